/**
 * Entries of .eh_frame, and what a function's entry says of its registers.
 * One entry is read at a time, out of bytes that nothing vouches for.
 */
#ifndef VOLE_TARGET_EHFRAME_PRIVATE_H
#define VOLE_TARGET_EHFRAME_PRIVATE_H

#include "target/bytes.h"
#include "target/ehframe.h"

struct vole_eh_section {
	const uint8_t *bytes;
	uint64_t len;
	uint64_t addr; /* link address of bytes */
};

/* What a CIE says of all its functions. */
struct vole_cie {
	uint64_t code_align;
	int64_t data_align;
	uint64_t ra; /* register of the return address */
	uint8_t pointers; /* DW_EH_PE_* of addresses */
	bool augmented; /* FDEs have augmentation data */
	bool signal;
	struct vole_cursor program;
};

/** A number as @p encoding (DW_EH_PE_*, its size alone) writes it. */
uint64_t vole_eh_number(struct vole_cursor *c, uint8_t encoding);

/** A link address; `c->bad` for those that only the linker could tell. */
uint64_t vole_eh_pointer(const struct vole_eh_section *section,
			 struct vole_cursor *c, uint8_t encoding);

/** False: there is no CIE at @p offset that could be understood. */
VOLE_CHECKED bool vole_cie_read(const struct vole_eh_section *section,
				uint64_t offset, struct vole_cie *ret);

/** The entry (FDE) of a function. Offsets are the section's. */
struct vole_eh_function {
	uint64_t start, end; /* link addresses */
	uint64_t fde, fde_end; /* what follows its addresses */
	uint64_t cie;
};

/**
 * The caller of @p f, stopped at @p pc (a link address), as its entry tells.
 * VOLE_CORRUPT, VOLE_UNSUPPORTED, VOLE_UNREADABLE.
 */
VOLE_CHECKED bool vole_eh_unwind(const struct vole_eh_section *section,
				 const struct vole_eh_function *f, uint64_t pc,
				 struct vole_memory *mem,
				 const struct vole_c_regs *regs,
				 struct vole_c_caller *ret,
				 struct vole_error *err);

#endif
