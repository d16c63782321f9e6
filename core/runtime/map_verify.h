/**
 * Does a map hold what it says? Everything in it that follows from something
 * else is worked out again and compared: counts, marks, directories, and each
 * key's place from its hash.
 */
#ifndef VOLE_RUNTIME_MAP_VERIFY_H
#define VOLE_RUNTIME_MAP_VERIFY_H

#include "runtime/keyhash.h"
#include "runtime/map_visit.h"

/** Closed; vole_map_problem_name() gives the words. */
enum vole_map_problem_kind {
	VOLE_MAP_BAD_HEADER, /* a field that cannot be */
	VOLE_MAP_BAD_COUNT, /* more or fewer entries than it says */
	VOLE_MAP_BAD_KEY, /* its hash does not lead there, or it is twice */
	VOLE_MAP_BAD_SEED, /* no key's hash leads to its entry */
	VOLE_MAP_BAD_CONTROL, /* a tophash or control byte that cannot be */
	VOLE_MAP_BAD_CHAIN, /* overflow buckets, or their number */
	VOLE_MAP_BAD_EVACUATION, /* what has moved and what has not */
	VOLE_MAP_BAD_DIRECTORY, /* tables and the slots that hold them */
	VOLE_MAP_BAD_TABLE, /* a table's counts and sizes */
	VOLE_MAP_BAD_MEMORY, /* a part that cannot be read */
	VOLE_MAP_BAD_OBJECT, /* a part in memory that is not the map's */
};

struct vole_map_problem {
	enum vole_map_problem_kind kind;
	/* A thread was changing the map, or memory is missing: it may be. */
	bool possible;
	uint64_t addr;
	uint64_t key; /* address of the key it is about, or 0 */
	char text[320];
};

struct vole_map_verify {
	const struct vole_map *map;
	/** Told of each problem; returns false to stop. */
	bool (*problem)(void *arg, const struct vole_map_problem *problem);
	/** Asked now and then: stop? May be NULL. */
	bool (*interrupted)(void *arg, uint64_t entries);
	void *arg;
	/*
	 * Classic: how many buckets the objects have room for that begin where
	 * the buckets and the old ones begin; 0: not known.
	 */
	uint64_t room, old_room;
	/* Results. */
	uint64_t num_problems;
	uint64_t units; /* buckets or groups looked at */
	uint64_t entries; /* slots with an entry */
	uint64_t hashed; /* keys compared with their place */
	uint64_t random; /* keys with a NaN: they may be anywhere */
	uint64_t unhashed; /* keys whose hash could not be worked out */
	struct vole_error why; /* of the first of them; VOLE_OK none */
};

/** "key", "count", ...: the published words. */
const char *vole_map_problem_name(enum vole_map_problem_kind kind);
/**
 * Look at all of an opened map. VOLE_NOMEM only: all else is a problem, or a
 * key that could not be hashed.
 */
VOLE_CHECKED bool vole_map_verify(struct vole_map_verify *verify,
				  struct vole_error *err);

#endif
