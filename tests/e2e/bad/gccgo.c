/*
 * The look of a program by gccgo: its symbols and its export section, but no
 * pclntab and none of the runtime vole knows.
 */
#include <stdlib.h>

__attribute__((section(".go_export"), used)) static const char export_data[] =
	"v3;\npackage main\n";

void go_main(void) __asm__("main.main");
void go_main(void)
{
	abort();
}

int runtime_g __asm__("runtime.g0") = 1;
void __go_init_main(void)
{
}

int main(void)
{
	__go_init_main();
	go_main();
}
