/**
 * Deferred calls that have not run yet: those on the goroutine's list and the
 * open-coded ones, which only their frame knows of. src/runtime/panic.go,
 * cmd/compile/internal/ssagen/ssa.go: emitOpenDeferInfo.
 */
#ifndef VOLE_RUNTIME_DEFER_H
#define VOLE_RUNTIME_DEFER_H

#include "runtime/func.h"
#include "runtime/stack.h"

struct vole_defer {
	uint64_t addr; /* of the _defer; 0: open-coded */
	uint64_t sp; /* of the frame that deferred the call */
	uint64_t fn; /* func value; see vole_funcval_open() */
	uint64_t code; /* of fn */
};

struct vole_defers {
	const struct vole_defer *items; /* the next to run first */
	size_t len;
	const char *problem; /* why some may be missing, or NULL */
};

/**
 * All of @p g, in @p arena. A damaged list ends where it is, with
 * ret->problem set; false is VOLE_NOMEM only.
 */
VOLE_CHECKED bool vole_defers_read(const struct vole_runtime *rt,
				   const struct vole_goroutine *g,
				   struct vole_arena *arena,
				   struct vole_defers *ret,
				   struct vole_error *err);

#endif
