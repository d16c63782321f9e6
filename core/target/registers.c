#include "target/registers.h"

const char *vole_register_name(uint64_t number)
{
	static const char *const names[VOLE_NUM_REGISTERS] = {
		"rax",	 "rdx",	  "rcx",   "rbx",   "rsi",   "rdi",  "rbp",
		"rsp",	 "r8",	  "r9",	   "r10",   "r11",   "r12",  "r13",
		"r14",	 "r15",	  "rip",   "xmm0",  "xmm1",  "xmm2", "xmm3",
		"xmm4",	 "xmm5",  "xmm6",  "xmm7",  "xmm8",  "xmm9", "xmm10",
		"xmm11", "xmm12", "xmm13", "xmm14", "xmm15",
	};

	return number < VOLE_NUM_REGISTERS ? names[number] : "?";
}

void vole_register_set(struct vole_registers *regs, unsigned number,
		       uint64_t value)
{
	regs->value[number] = value;
	regs->known |= UINT64_C(1) << number;
}
