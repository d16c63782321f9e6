#include "target/registers.h"

#include <string.h>

enum { FXSAVE_XMM = 160, NUM_XMM = 16 };

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

void vole_registers_of_user(struct vole_registers *regs, const uint64_t *user)
{
	static const uint8_t order[] = { 15, 14, 13, 12, 6, 3, 11, 10,
					 9,  8,	 0,  2,	 1, 4, 5 };
	unsigned i;

	for (i = 0; i < sizeof(order); i++)
		vole_register_set(regs, order[i], user[i]);
}

void vole_registers_of_fxsave(struct vole_registers *regs, const void *bytes)
{
	const unsigned char *at = (const unsigned char *)bytes + FXSAVE_XMM;
	uint64_t value;
	unsigned i;

	for (i = 0; i < NUM_XMM; i++) {
		memcpy(&value, at + (size_t)i * 16, sizeof(value));
		vole_register_set(regs, VOLE_REGISTER_XMM0 + i, value);
	}
}
