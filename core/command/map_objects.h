/**
 * Is the memory of a map its own? By the heap: each part of it must be an
 * object in use, from its first byte on, and large enough.
 */
#ifndef VOLE_COMMAND_MAP_OBJECTS_H
#define VOLE_COMMAND_MAP_OBJECTS_H

#include "command/command.h"
#include "runtime/map_verify.h"

/**
 * Tell @p problem of each part that is not, until it returns false. Fails
 * when nothing is known of the heap, as vole_heap_get() does.
 */
VOLE_CHECKED bool vole_map_check_objects(
	struct vole_context *ctx, const struct vole_map *map,
	bool (*problem)(void *arg, const struct vole_map_problem *p), void *arg,
	struct vole_error *err);

#endif
