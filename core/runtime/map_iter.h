/**
 * Range loops over a map: where one stands, what it walks, whether the map
 * grew since it began, what is left. runtime.hiter and
 * internal/runtime/maps.Iter, which lie in the frame of the function with the
 * loop, or in a reflect.MapIter anywhere.
 */
#ifndef VOLE_RUNTIME_MAP_ITER_H
#define VOLE_RUNTIME_MAP_ITER_H

#include "runtime/keyhash.h"

struct vole_frame;

/** What a loop goes through: closed, see vole_map_iter_walks_name(). */
enum vole_map_iter_walks {
	VOLE_MAP_WALKS_CURRENT, /* what the map has */
	VOLE_MAP_WALKS_OLD, /* classic: the array that the map grows out of */
	VOLE_MAP_WALKS_FORMER, /* buckets or groups that the map had once */
};

struct vole_map_iter {
	uint64_t addr;
	uint64_t key, elem; /* of the entry it gave last */
	/*
	 * The map has grown since: its order is the old one's. Swiss loops over
	 * tables take note of it at their next step: only known when it has.
	 */
	bool grown_known, grown;
	bool cleared_known; /* from Go 1.24 on */
	bool cleared; /* clear() emptied the map since */
	/*
	 * The slot of the entry it gave last holds none now, or another. Known
	 * while the slot is one of the map's, but when it holds one whose key
	 * lies in it: that may have come later.
	 */
	bool gone_known, gone;
	unsigned doublings; /* classic: of the map, since it began */
	uint64_t unit; /* bucket or group of the slot it gave last */
	/* Swiss: not known when the key lay elsewhere and was deleted. */
	bool slot_known;
	unsigned index;
	/* What it goes through now: an array, or the groups of a table. */
	enum vole_map_iter_walks walks;
	uint64_t array, array_size;
	/*
	 * Classic: buckets not yet begun. Swiss: tables, known when the entries
	 * are; 0 small.
	 */
	uint64_t units_left;
	/*
	 * Entries that it has still to give. Of what the map has no more this
	 * is an upper limit: some may have been deleted since.
	 */
	bool entries_known, entries_limit;
	uint64_t entries_left;
};

/** What a reader of iterators can be given; all may be NULL. */
struct vole_map_iter_help {
	/* While a classic map grows, what is left is known by its keys. */
	struct vole_keyhash *keyhash;
	/* Asked now and then: stop? Then what is left is not known. */
	bool (*interrupted)(void *arg);
	void *arg;
};

/** "current", "old", "former": the published words. */
const char *vole_map_iter_walks_name(enum vole_map_iter_walks walks);
/** How far into an iterator the pointer to its map is; false: not known. */
bool vole_map_iter_offset(const struct vole_map *map, uint64_t *ret);
/**
 * Is there, at @p addr, an iterator over @p map that has given an entry and
 * not come to the end? What else lies in memory is told from one by all its
 * fields. @p help may be NULL.
 */
bool vole_map_iter_read(const struct vole_map *map,
			const struct vole_map_iter_help *help, uint64_t addr,
			struct vole_map_iter *ret);
/**
 * Is the iterator at @p addr in the locals of @p frame that a collection
 * follows? Then what it goes through is not another's by now. False: not
 * known.
 */
bool vole_map_iter_held(const struct vole_map *map,
			const struct vole_frame *frame, uint64_t addr);

#endif
