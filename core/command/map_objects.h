/**
 * Is the memory of a map its own? By the heap: each part of it must be an
 * object in use, from its first byte on, and as large as such a part is made.
 */
#ifndef VOLE_COMMAND_MAP_OBJECTS_H
#define VOLE_COMMAND_MAP_OBJECTS_H

#include "heap/heap.h"
#include "runtime/map_verify.h"

/** Tell @p problem of each part that is not, until it returns false. */
void vole_map_check_objects(const struct vole_map *map,
			    const struct vole_heap *heap,
			    bool (*problem)(void *arg,
					    const struct vole_map_problem *p),
			    void *arg);
/**
 * How many buckets the object has room for that begins at @p addr, where an
 * array of the map is; 0: there is none, or the map is no classic one.
 */
uint64_t vole_map_room(const struct vole_map *map, const struct vole_heap *heap,
		       uint64_t addr);

#endif
