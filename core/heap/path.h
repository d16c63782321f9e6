/**
 * The shortest ways from roots to objects: who keeps them alive.
 *
 *	struct vole_paths *paths;
 *
 *	vole_paths_open(heap, ui, 0, &paths, err)
 *	vole_paths_want(paths, addr);
 *	vole_paths_from(paths, 1 << VOLE_ROOT_DATA, err)
 *	if (vole_paths_to(paths, addr, 100, arena, &path))
 *		...
 *	vole_paths_close(paths);
 */
#ifndef VOLE_HEAP_PATH_H
#define VOLE_HEAP_PATH_H

#include "heap/refs.h"

/** A path: pointers that lead on, the first in a root. */
struct vole_path {
	struct vole_ref *steps;
	size_t len;
};

struct vole_paths;

/**
 * Nothing is wanted and nothing reached. At most @p most objects, 0 for all,
 * are gone over by each vole_paths_from(). @p heap is borrowed; @p ui may be
 * NULL. VOLE_NOMEM.
 */
VOLE_CHECKED bool vole_paths_open(struct vole_heap *heap, struct vole_ui *ui,
				  uint64_t most, struct vole_paths **ret,
				  struct vole_error *err);
/** NULL is fine. */
void vole_paths_close(struct vole_paths *paths);
/** A way to the object around @p addr is wanted; false: there is none. */
bool vole_paths_want(struct vole_paths *paths, uint64_t addr);
/**
 * Go on from the roots among @p kinds (1 << enum vole_root_kind) until all
 * that is wanted has been reached, or nothing is left. VOLE_INTERRUPTED,
 * VOLE_NOMEM, and what vole_roots_visit() can fail with.
 */
VOLE_CHECKED bool vole_paths_from(struct vole_paths *paths, uint32_t kinds,
				  struct vole_error *err);
/**
 * From here on only such words of roots are taken that @p sure, which may be
 * NULL for all, says yes to.
 */
void vole_paths_prefer(struct vole_paths *paths,
		       bool (*sure)(void *arg, const struct vole_ref *word),
		       void *arg);
/** Has all that is wanted been reached? */
bool vole_paths_done(const struct vole_paths *paths);
/**
 * The way to the object around @p addr, in @p arena; false when it was not
 * reached, or in more than @p most steps, or memory ran out.
 */
bool vole_paths_to(const struct vole_paths *paths, uint64_t addr, size_t most,
		   struct vole_arena *arena, struct vole_path *ret);

/**
 * The shortest path to the object around @p addr, in @p arena: from a package
 * variable when there is one, else from finalizers and the like, else from
 * words of stacks and registers that @p sure (maybe NULL) says yes to, else
 * from any. VOLE_NOT_FOUND: no object is there, or nobody can reach it.
 * VOLE_INTERRUPTED (@p ui may be NULL), VOLE_NOMEM.
 */
VOLE_CHECKED bool
vole_path_find(struct vole_heap *heap, uint64_t addr,
	       bool (*sure)(void *arg, const struct vole_ref *word), void *arg,
	       struct vole_ui *ui, struct vole_arena *arena,
	       struct vole_path *ret, struct vole_error *err);

#endif
