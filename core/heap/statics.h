/**
 * Static data without a name: what the compiler laid out for composite
 * literals of package variables. Its words are roots, and whose they are is
 * told by the pointers that lead there.
 */
#ifndef VOLE_HEAP_STATICS_H
#define VOLE_HEAP_STATICS_H

#include "heap/path.h"

/** A word of a module's data, and where in such data it leads. */
struct vole_static_ref {
	uint64_t to;
	uint64_t addr;
};

struct vole_statics {
	const struct vole_runtime *rt;
	VOLE_ARRAY(struct vole_static_ref) refs; /* by `to` */
};

/**
 * Gather all; close them in any case. VOLE_NOMEM, and what vole_roots_visit()
 * can fail with.
 */
VOLE_CHECKED bool vole_statics_open(struct vole_heap *heap, struct vole_ui *ui,
				    struct vole_statics *ret,
				    struct vole_error *err);
void vole_statics_close(struct vole_statics *statics);
/**
 * Pointers from a package variable to the static data around @p addr, at most
 * @p most of them, the first in the variable, in @p arena; none when @p addr
 * is in a variable. False: no variable is known to lead there.
 */
bool vole_statics_way(const struct vole_statics *statics, uint64_t addr,
		      size_t most, struct vole_arena *arena,
		      struct vole_path *ret);

#endif
