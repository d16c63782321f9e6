/**
 * The parts of the command `map`: one file for each way to look at a map. The
 * map is open and not nil.
 */
#ifndef VOLE_COMMAND_MAP_SHOW_H
#define VOLE_COMMAND_MAP_SHOW_H

#include "command/command.h"
#include "runtime/map_visit.h"

/** What every way begins with; @p regions: also where its memory lies. */
void vole_map_show_header(struct vole_context *ctx, const struct vole_map *map,
			  bool regions);
/** Lines for the debuggers that stop when @p size bytes at @p addr change. */
void vole_map_show_watch(struct vole_sink *sink, const char *key,
			 const char *label, unsigned size, uint64_t addr);
/** --find: an entry, and the slots on the way to it. */
VOLE_CHECKED bool vole_map_show_find(struct vole_context *ctx,
				     const struct vole_map *map,
				     const struct vole_walk_limits *limits,
				     struct vole_error *err);
/** --buckets */
VOLE_CHECKED bool vole_map_show_buckets(struct vole_context *ctx,
					const struct vole_map *map,
					uint64_t limit, struct vole_error *err);
/** --verify */
VOLE_CHECKED bool vole_map_show_verify(struct vole_context *ctx,
				       const struct vole_map *map,
				       uint64_t limit, struct vole_error *err);
/** --iterators */
VOLE_CHECKED bool vole_map_show_iterators(struct vole_context *ctx,
					  const struct vole_map *map,
					  uint64_t limit,
					  struct vole_error *err);
/** --verify of the map at @p addr, which could not be opened, for the reason @p why. */
void vole_map_show_bad_header(struct vole_context *ctx, uint64_t addr,
			      const struct vole_error *why);
/** A key or element at @p addr under @p key. */
VOLE_CHECKED bool vole_map_show_part(struct vole_context *ctx,
				     struct vole_type *type, uint64_t addr,
				     const char *key,
				     const struct vole_walk_limits *limits,
				     struct vole_error *err);

#endif
