/* The look of a program by TinyGo: Go's names without Go's tables. */
#include <stdlib.h>

void *tiny_alloc(unsigned long size) __asm__("runtime.alloc");
void *tiny_alloc(unsigned long size)
{
	return malloc(size);
}

void tinygo_startTask(void)
{
	abort();
}

int main(void)
{
	if (tiny_alloc(8))
		tinygo_startTask();
	return 0;
}
