/**
 * Go maps of both generations: classic (hmap and buckets, to Go 1.23 and with
 * noswissmap) and swiss (internal/runtime/maps, Go 1.24 on). A map is opened,
 * which checks its header, then walked; each live entry is seen exactly once,
 * also while the map grows.
 *
 * A "unit" is what holds eight slots: a classic bucket or a swiss group. It
 * starts with one control byte a slot (tophash or ctrl).
 */
#ifndef VOLE_RUNTIME_MAP_H
#define VOLE_RUNTIME_MAP_H

#include "base/hash.h"
#include "runtime/runtime.h"

/** Named limits for what a header may claim. */
enum {
	VOLE_MAP_MAX_B = 48, /* classic: 2^B buckets */
	VOLE_MAP_MAX_DEPTH = 48, /* swiss: 2^depth directory slots */
	VOLE_MAP_SLOTS = 8, /* of a unit */
};

/**
 * Where keys and elements lie in a unit: key I at keys_off + I * key_stride.
 * That covers slots of {key, elem} and separate arrays of both.
 */
struct vole_map_shape {
	uint64_t unit_size;
	uint64_t keys_off, key_stride;
	uint64_t elems_off, elem_stride;
	uint64_t overflow_off; /* classic */
	bool indirect_key, indirect_elem; /* the slot holds a pointer */
};

struct vole_map {
	const struct vole_runtime *rt;
	const struct vole_map_ops *ops;
	const struct vole_type *type; /* loaded map type */
	struct vole_type *key, *elem; /* loaded */
	struct vole_map_shape shape; /* zero when there is no unit to walk */
	uint64_t addr; /* of the header; 0: nil map */
	uint64_t count; /* what the header says */
	bool growing; /* classic: old buckets not all evacuated */
	bool same_size_growth; /* classic */
	bool writing; /* a writer is inside: counts may be off */
	/* Classic: hmap. */
	uint8_t flags, b;
	uint32_t noverflow;
	uint64_t buckets, old_buckets, nevacuate;
	uint64_t extra; /* of mapextra, or 0; see map_extra.h */
	/* Swiss: maps.Map. dir is the lone group when dir_len is 0. */
	uint64_t dir, dir_len;
	uint8_t global_depth, global_shift;
	uint64_t seed; /* hash0 or seed */
	/* Control bytes: classic emptyOne and minTopHash, swiss ctrlEmpty
	 * and ctrlDeleted. */
	uint8_t mark[2];
};

/** An entry; addresses are of key and element themselves, not of pointers. */
struct vole_map_slot {
	uint64_t key;
	uint64_t elem;
	uint64_t unit; /* bucket or group it is in */
	unsigned index; /* 0 to 7 */
};

/** Position of a walk; the decoders' business. Free with vole_map_walk_end(). */
struct vole_map_walk {
	const struct vole_map *map;
	bool begun;
	bool over; /* ended or failed: nothing more comes */
	bool loaded; /* control[] is of `unit` */
	uint8_t control[VOLE_MAP_SLOTS];
	unsigned index; /* next slot of unit */
	uint64_t unit;
	uint64_t at; /* of the current bucket array or directory */
	uint64_t end; /* where `at` ends */
	uint64_t seen; /* live entries given so far */
	/* Classic: `old` while the old buckets are walked. */
	bool old;
	bool doomed; /* the array's last bucket cannot be read */
	uint64_t overflow; /* what follows unit in its chain */
	struct vole_hash visited; /* overflow buckets */
	/* Swiss: the current table. */
	uint64_t step; /* directory slots it takes */
	uint64_t groups, group, num_groups;
};

struct vole_map_ops {
	const char *name; /* "classic", "swiss" */
	bool (*open)(struct vole_map *map, struct vole_error *err);
	/** The next live slot; false with err->code VOLE_OK at the end. */
	bool (*next)(struct vole_map_walk *walk, struct vole_map_slot *ret,
		     struct vole_error *err);
};

extern const struct vole_map_ops vole_map_classic;
extern const struct vole_map_ops vole_map_swiss;

/** The generation of this target, by the structures that are there; or NULL. */
const struct vole_map_ops *
vole_map_generation(const struct vole_layout *layout);

/**
 * Open the map of @p type whose header is at @p addr (the word of the map
 * variable; 0 is the nil map). VOLE_CORRUPT names the absurd field,
 * VOLE_NO_DEBUG_INFO: this program does not tell how its maps lie. @p type
 * must outlive the map.
 */
VOLE_CHECKED bool vole_map_open(const struct vole_runtime *rt,
				const struct vole_type *type, uint64_t addr,
				struct vole_map *ret, struct vole_error *err);
/**
 * May a goroutine be writing to the map at @p addr, which could not be opened?
 * True, too, when that cannot be read.
 */
bool vole_map_may_be_written(const struct vole_runtime *rt, uint64_t addr);
void vole_map_walk_begin(const struct vole_map *map, struct vole_map_walk *ret);
/**
 * The next entry. At the end returns false with err->code VOLE_OK; on damage
 * returns false with the error, what came before stands and nothing comes
 * after. Fewer or more entries than the header says is such damage, found at
 * the end (VOLE_CORRUPT), unless a writer was inside the map.
 */
bool vole_map_walk_next(struct vole_map_walk *walk, struct vole_map_slot *ret,
			struct vole_error *err);
void vole_map_walk_end(struct vole_map_walk *walk);

#endif
