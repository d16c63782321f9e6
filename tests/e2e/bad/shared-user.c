/* A C program with a Go library in it. */
#include <stdlib.h>

int Touch(void);

int main(void)
{
	if (Touch() > 0)
		abort();
	return 0;
}
