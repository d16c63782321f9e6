/**
 * Range loops over a map: where one stands, whether the map grew since it
 * began, what is left. runtime.hiter and internal/runtime/maps.Iter, which
 * lie in the frame of the function with the loop.
 */
#ifndef VOLE_RUNTIME_MAP_ITER_H
#define VOLE_RUNTIME_MAP_ITER_H

#include "runtime/map.h"

struct vole_map_iter {
	uint64_t addr;
	uint64_t key, elem; /* of the entry it gave last */
	bool grown; /* the map has grown since: its order is the old one's */
	bool cleared; /* swiss: clear() emptied the map since */
	uint64_t unit; /* bucket or group of the slot it gave last */
	unsigned index;
	/* Classic: buckets not yet begun. Swiss: tables; 0 small. */
	uint64_t units_left;
	bool entries_known; /* it did not grow, so that they can be counted */
	uint64_t entries_left;
};

/** How far into an iterator the pointer to its map is; false: not known. */
bool vole_map_iter_offset(const struct vole_map *map, uint64_t *ret);
/**
 * Is there, at @p addr, an iterator over @p map that has given an entry and
 * not come to the end? What else lies in memory is told from one by all its
 * fields.
 */
bool vole_map_iter_read(const struct vole_map *map, uint64_t addr,
			struct vole_map_iter *ret);

#endif
