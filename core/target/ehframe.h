/**
 * How functions of C return, by the tables that C++ exceptions need and every
 * compiler writes: .eh_frame of an ELF file. System V ABI for amd64, section
 * 3.7; LSB, "Exception Frames"; DWARF 5, section 6.4.
 */
#ifndef VOLE_TARGET_EHFRAME_H
#define VOLE_TARGET_EHFRAME_H

#include "target/elf.h"
#include "target/memory.h"

/** Registers by their DWARF numbers on amd64. */
enum {
	VOLE_REG_RBX = 3,
	VOLE_REG_RBP = 6,
	VOLE_REG_RSP = 7,
	VOLE_REG_R12 = 12,
	VOLE_REG_R15 = 15,
	VOLE_REG_RIP = 16,
	VOLE_NUM_REGS = 17,
};

struct vole_c_regs {
	uint64_t value[VOLE_NUM_REGS];
	uint32_t known; /* bit i: value[i] is */
};

struct vole_ehframe;

/** Index the file's functions. One without tables has none. VOLE_NOMEM. */
VOLE_CHECKED bool vole_ehframe_open(struct vole_elf *elf,
				    struct vole_ehframe **ret,
				    struct vole_error *err);
/** NULL is fine. */
void vole_ehframe_close(struct vole_ehframe *tables);

/** What a step found. */
struct vole_c_caller {
	struct vole_c_regs regs; /* the caller's; rip is where it goes on */
	uint64_t cfa; /* the frame's end */
	bool top; /* nothing called it; regs say nothing */
	bool signal; /* the kernel's frame: the caller's rip is exact */
};

/**
 * From @p regs, inside a function that @p pc (a load address: rip, or the call
 * before it) lies in, to its caller. VOLE_NOT_FOUND: no table covers it.
 * VOLE_CORRUPT, VOLE_UNSUPPORTED, VOLE_UNREADABLE.
 */
VOLE_CHECKED bool vole_ehframe_step(const struct vole_ehframe *tables,
				    struct vole_memory *mem, uint64_t bias,
				    uint64_t pc, const struct vole_c_regs *regs,
				    struct vole_c_caller *ret,
				    struct vole_error *err);

#endif
