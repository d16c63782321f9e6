/* A C program that dies: vole must say that there is no Go in it. */
#include <stdlib.h>

int main(void)
{
	abort();
}
