/**
 * What all buckets or groups of a map come to: how full they are, how far
 * lookups go, what memory that takes.
 */
#ifndef VOLE_COMMAND_MAP_STATS_H
#define VOLE_COMMAND_MAP_STATS_H

#include "runtime/map_visit.h"

enum { VOLE_MAP_STATS_PROBES = 32 };

struct vole_map_stats {
	const struct vole_map *map;
	uint64_t units, old_units, moved; /* buckets or groups */
	uint64_t overflows; /* buckets that are not in an array */
	uint64_t slots, entries, deleted;
	uint64_t fill[VOLE_MAP_SLOTS + 1]; /* units by entries */
	/* Entries by the units that a lookup looks at, less one. */
	uint64_t probes[VOLE_MAP_STATS_PROBES];
	uint64_t unknown; /* entries whose way is not known, or longer */
	uint64_t tables, full_tables; /* swiss */
	uint64_t bytes, wasted;
	uint64_t watch[3]; /* addresses of what changes when the map grows */
};

/** Visits the map; @p stopped is asked now and then, with @p arg. */
void vole_map_stats_take(const struct vole_map *map, bool (*stopped)(void *arg),
			 void *arg, struct vole_map_stats *ret);
/** The state of the map in words, in @p buf. */
const char *vole_map_stats_words(const struct vole_map_stats *stats, char *buf,
				 size_t len);
/** A classic map's flags: "writing, iterator", "none". */
const char *vole_map_stats_flags(const struct vole_map_stats *stats, char *buf,
				 size_t len);

#endif
