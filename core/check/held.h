/**
 * Pointers of one object that lead where none of its should: into memory that
 * is freed, or out of what Go manages.
 */
#ifndef VOLE_CHECK_HELD_H
#define VOLE_CHECK_HELD_H

#include "check/region.h"

struct vole_held {
	uint64_t offset; /* of the word, from the object's first byte */
	uint64_t value; /* what the word holds */
	struct vole_region region; /* where that leads */
};

/**
 * The first pointer of the allocated @p object that leads into freed memory,
 * else the first that leads to memory that is not Go's; false: there is
 * neither among the first few thousand words. Words that only may be pointers
 * are not looked at. @p ui may be NULL.
 */
bool vole_held_find(const struct vole_runtime *rt, struct vole_ui *ui,
		    struct vole_heap *heap, const struct vole_object *object,
		    struct vole_held *ret);

#endif
