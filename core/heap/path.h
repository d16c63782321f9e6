/**
 * The shortest way from a root to an object: who keeps it alive.
 */
#ifndef VOLE_HEAP_PATH_H
#define VOLE_HEAP_PATH_H

#include "heap/refs.h"

/** A path: pointers that lead on, the first in a root. */
struct vole_path {
	struct vole_ref *steps;
	size_t len;
};

/**
 * The shortest path to the object around @p addr, in @p arena: from a package
 * variable when there is one, else from finalizers and the like, else from
 * stacks and registers. VOLE_NOT_FOUND: no
 * object is there, or nobody can reach it. VOLE_INTERRUPTED (@p ui may be
 * NULL), VOLE_NOMEM.
 */
VOLE_CHECKED bool vole_path_find(struct vole_heap *heap, uint64_t addr,
				 struct vole_ui *ui, struct vole_arena *arena,
				 struct vole_path *ret, struct vole_error *err);

#endif
