/**
 * Func values: a pointer to a closure object whose first word is the code.
 * Captured variables are known by name and place from Go 1.23 on
 * (DW_AT_go_closure_offset), else not at all here; the receiver of a method
 * value always.
 */
#ifndef VOLE_RUNTIME_FUNC_H
#define VOLE_RUNTIME_FUNC_H

#include "runtime/pclntab.h"
#include "runtime/runtime.h"

struct vole_funcval {
	uint64_t addr; /* closure object; 0: nil func */
	uint64_t code;
	struct vole_func func; /* name and place of the code */
};

/** A variable that a closure has captured. */
struct vole_capture {
	/* Without the "&" of debug information; ".this", ".dict": see below. */
	const char *name;
	uint64_t offset; /* in the closure object */
	bool by_reference; /* the object holds the variable's address */
	struct vole_type *type; /* of the variable; maybe a stub */
};

/**
 * Open the func value whose word is @p addr (0: nil). VOLE_CORRUPT: the code
 * word is no function's entry. VOLE_NOT_FOUND: there is no function table.
 */
VOLE_CHECKED bool vole_funcval_open(const struct vole_runtime *rt,
				    uint64_t addr, struct vole_funcval *ret,
				    struct vole_error *err);
/**
 * What @p func has captured, in the order of its closure object, in @p arena.
 * None where debug information does not say (before Go 1.23, stripped); of a
 * method value its receiver, ".this". ".dict" is what generic code knows of
 * its types.
 */
VOLE_CHECKED bool vole_funcval_captures(const struct vole_runtime *rt,
					struct vole_arena *arena,
					const struct vole_funcval *func,
					const struct vole_capture **ret,
					size_t *ret_num,
					struct vole_error *err);

#endif
