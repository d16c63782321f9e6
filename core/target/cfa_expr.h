/**
 * DWARF expressions of unwind tables: the few that find a frame or a saved
 * register by arithmetic (signal frames, procedure linkage stubs).
 */
#ifndef VOLE_TARGET_CFA_EXPR_H
#define VOLE_TARGET_CFA_EXPR_H

#include "target/ehframe.h"

/**
 * The value of the expression. @p first, when not NULL, is on its stack to
 * begin with (the CFA). VOLE_UNSUPPORTED (an operation not for this use),
 * VOLE_CORRUPT, VOLE_UNREADABLE.
 */
VOLE_CHECKED bool vole_cfa_expr(const uint8_t *expr, uint64_t len,
				const uint64_t *first, struct vole_memory *mem,
				const struct vole_c_regs *regs, uint64_t *ret,
				struct vole_error *err);

#endif
