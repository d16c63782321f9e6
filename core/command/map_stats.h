/**
 * What all buckets or groups of a map come to: how full they are, how far
 * lookups go, what memory that takes.
 */
#ifndef VOLE_COMMAND_MAP_STATS_H
#define VOLE_COMMAND_MAP_STATS_H

#include "heap/heap.h"
#include "runtime/map_visit.h"

enum { VOLE_MAP_STATS_PROBES = 32, VOLE_MAP_STATS_RUNS = 32 };

/** Old buckets next to each other that have been moved. */
struct vole_map_run {
	uint64_t first, last;
};

struct vole_map_stats {
	const struct vole_map *map;
	uint64_t units, old_units, moved; /* buckets or groups */
	uint64_t overflows; /* buckets that are not in an array */
	struct vole_map_run runs[VOLE_MAP_STATS_RUNS]; /* of `moved` */
	uint64_t num_runs; /* maybe more than there is room for */
	uint64_t slots, entries, deleted;
	uint64_t fill[VOLE_MAP_SLOTS + 1]; /* units by entries */
	/* Entries by the units that a lookup looks at, less one. */
	uint64_t probes[VOLE_MAP_STATS_PROBES];
	uint64_t unknown; /* entries whose way is not known, or longer */
	uint64_t tables, full_tables; /* swiss */
	uint64_t room, old_room; /* buckets of the arrays' objects; 0 unknown */
	uint64_t bytes, wasted;
	uint64_t watch[3]; /* addresses of what changes when the map grows */
};

/**
 * Visits the map; @p stopped is asked now and then, with @p arg. @p heap tells
 * what waits behind the buckets; it may be NULL.
 */
void vole_map_stats_take(const struct vole_map *map,
			 const struct vole_heap *heap,
			 bool (*stopped)(void *arg), void *arg,
			 struct vole_map_stats *ret);
/** "0-7, 12": old buckets that have been moved, in @p buf. */
const char *vole_map_stats_moved(const struct vole_map_stats *stats, char *buf,
				 size_t len);
/** The state of the map in words, in @p buf. */
const char *vole_map_stats_words(const struct vole_map_stats *stats, char *buf,
				 size_t len);
/** A classic map's flags: "writing, iterator", "none". */
const char *vole_map_stats_flags(const struct vole_map_stats *stats, char *buf,
				 size_t len);

#endif
