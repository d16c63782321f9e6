/**
 * Growable arrays: `VOLE_ARRAY(struct row) rows = {0};`, then
 * `vole_array_push(&rows)` for a pointer to a new zeroed last item, or NULL
 * when memory ran out. Free with vole_array_free(). Pointers to items last
 * until the next push.
 */
#ifndef VOLE_BASE_ARRAY_H
#define VOLE_BASE_ARRAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define VOLE_ARRAY(type)     \
	struct {             \
		type *items; \
		size_t len;  \
		size_t room; \
	}

#define vole_array_push(array)                                      \
	((array)->len < (array)->room ||                            \
			 vole_array_grow((void **)&(array)->items,  \
					 &(array)->room,            \
					 sizeof(*(array)->items)) ? \
		 ((__typeof__((array)->items))memset(               \
			 &(array)->items[(array)->len++], 0,        \
			 sizeof(*(array)->items))) :                \
		 NULL)

#define vole_array_free(array)                        \
	do {                                          \
		free((array)->items);                 \
		memset((array), 0, sizeof(*(array))); \
	} while (0)

/** Double the room; used by vole_array_push() only. */
bool vole_array_grow(void **items, size_t *room, size_t size);

#endif
