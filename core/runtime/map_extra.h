/**
 * What a classic map keeps beside its buckets: overflow buckets that were made
 * with the array and wait behind it, and, where buckets have no pointers for
 * the collector to follow, lists of all overflow buckets in use.
 * src/runtime/map.go: type mapextra.
 */
#ifndef VOLE_RUNTIME_MAP_EXTRA_H
#define VOLE_RUNTIME_MAP_EXTRA_H

#include "runtime/map.h"

/** A *[]*bmap. */
struct vole_map_list {
	uint64_t addr; /* of the slice; 0: there is no list */
	uint64_t items, len, cap;
};

struct vole_map_extra {
	struct vole_map_list overflow, old_overflow;
	uint64_t next_overflow; /* the first that waits, or 0 */
};

/**
 * Of a map with map->extra. VOLE_NO_DEBUG_INFO: how it lies is not known;
 * VOLE_UNREADABLE.
 */
VOLE_CHECKED bool vole_map_extra_read(const struct vole_map *map,
				      struct vole_map_extra *ret,
				      struct vole_error *err);
/**
 * Have the map's buckets no pointers, so that there are lists? False when that
 * is not known.
 */
VOLE_CHECKED bool vole_map_extra_lists(const struct vole_map *map, bool *ret);

#endif
