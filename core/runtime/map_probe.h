/**
 * Looking a key up the way the process does: which slots its hash leads to,
 * in order, until one is sure that the key is not there. Whoever asks
 * compares the keys of the slots that may hold it.
 */
#ifndef VOLE_RUNTIME_MAP_PROBE_H
#define VOLE_RUNTIME_MAP_PROBE_H

#include "runtime/keyhash.h"

enum vole_map_slot_state {
	VOLE_MAP_EMPTY, /* never used, or free again; classic: emptyOne */
	VOLE_MAP_EMPTY_REST, /* classic: and nothing comes after it */
	VOLE_MAP_DELETED, /* swiss: a tombstone, probing goes on */
	VOLE_MAP_MOVED, /* classic: evacuated */
	VOLE_MAP_OTHER, /* an entry whose hash differs in the control byte */
	VOLE_MAP_MATCH, /* an entry of the same control byte: compare keys */
};

struct vole_map_probe_slot {
	enum vole_map_slot_state state;
	uint8_t control;
	uint64_t number; /* of the bucket in its array or group in its table */
	unsigned step; /* buckets or groups looked at before this one */
	struct vole_map_slot slot; /* key and elem when MATCH, else 0 */
};

struct vole_map_probe {
	const struct vole_map *map;
	uint8_t control_wanted; /* tophash or H2 */
	bool old; /* classic: the bucket has not been evacuated yet */
	uint64_t table; /* swiss: of the directory slot; 0 small map */
	uint64_t directory_slot;
	/* The rest is the decoders' business. */
	bool over;
	bool all; /* each entry is a match, whatever its control byte */
	bool whole; /* classic: nothing but the chain's end ends it */
	uint64_t base, mask, number; /* of buckets or groups */
	uint64_t unit;
	unsigned step;
	unsigned index;
	uint64_t overflow;
	uint8_t control[VOLE_MAP_SLOTS];
};

/**
 * Begin at the first slot for @p hash. VOLE_CORRUPT, VOLE_UNREADABLE: there
 * is no way there.
 */
VOLE_CHECKED bool vole_map_probe_begin(const struct vole_map *map,
				       uint64_t hash,
				       struct vole_map_probe *ret,
				       struct vole_error *err);
/**
 * The key is a VOLE_KEY_FAST_STRING of @p len bytes: a classic map of one
 * bucket is read without a look at the hashes when it is short.
 */
void vole_map_probe_string(struct vole_map_probe *probe, uint64_t len);
/**
 * The key is a VOLE_KEY_FAST_WORD: compiled lookups compare the keys of all
 * entries that they come by, in classic maps and in a single group.
 */
void vole_map_probe_word(struct vole_map_probe *probe);
/**
 * May a read of @p map find a key of @p hash that this does not lead to? A
 * VOLE_KEY_FAST_STRING of one bucket or group, when a long one looks like no
 * other.
 */
bool vole_map_reads_unhashed(const struct vole_map *map,
			     const struct vole_key_hash *hash);
/** The next slot; false with VOLE_OK at the end, as of vole_map_walk_next(). */
bool vole_map_probe_next(struct vole_map_probe *probe,
			 struct vole_map_probe_slot *ret,
			 struct vole_error *err);

#endif
