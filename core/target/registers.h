/**
 * A thread's registers by their DWARF numbers. System V ABI for amd64,
 * figure 3.36.
 */
#ifndef VOLE_TARGET_REGISTERS_H
#define VOLE_TARGET_REGISTERS_H

#include <stdbool.h>
#include <stdint.h>

enum {
	VOLE_REGISTER_BP = 6,
	VOLE_REGISTER_SP = 7,
	VOLE_REGISTER_G = 14, /* what Go's code has in r14 */
	VOLE_REGISTER_PC = 16,
	VOLE_REGISTER_XMM0 = 17,
	VOLE_NUM_REGISTERS = 33,
};

/** 0 to 15 the general ones, 16 rip, 17 to 32 the low halves of xmm0 to 15. */
struct vole_registers {
	uint64_t known; /* bit i: value[i] is */
	uint64_t value[VOLE_NUM_REGISTERS];
};

/** "rax"; "?" of a number that is none of these. */
const char *vole_register_name(uint64_t number);
/** Note that register @p number holds @p value. */
void vole_register_set(struct vole_registers *regs, unsigned number,
		       uint64_t value);

/** From the kernel's struct user_regs_struct: core files, ptrace. */
void vole_registers_of_user(struct vole_registers *regs, const uint64_t *user);
/** The low halves of xmm0 to 15 from the 512 bytes that fxsave writes. */
void vole_registers_of_fxsave(struct vole_registers *regs, const void *bytes);

#endif
