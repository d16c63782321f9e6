/**
 * What map.c, map_classic.c and map_swiss.c share.
 */
#ifndef VOLE_RUNTIME_MAP_PRIVATE_H
#define VOLE_RUNTIME_MAP_PRIVATE_H

#include "runtime/map_probe.h"

/* map.go: tophash values below minTopHash. */
enum {
	CLASSIC_EMPTY_REST = 0, /* also those after it are empty */
	CLASSIC_EMPTY_ONE = 1,
	CLASSIC_EVACUATED_X = 2, /* to the bucket of the same number */
	CLASSIC_EVACUATED_Y = 3, /* to the one in the upper half */
	CLASSIC_EVACUATED_EMPTY = 4,
	CLASSIC_MIN_TOP_HASH = 5,
};
/* Buckets of a chain: keys that all hash alike make long ones. */
enum { CLASSIC_MAX_CHAIN = 1 << 16 };
/* map.go: hmap.flags */
enum {
	CLASSIC_ITERATOR = 1,
	CLASSIC_OLD_ITERATOR = 2,
	CLASSIC_HASH_WRITING = 4,
	CLASSIC_SAME_SIZE_GROW = 8,
};
/* group.go: control bytes; those of entries hold seven bits of the hash */
enum {
	SWISS_EMPTY = 0x80,
	SWISS_DELETED = 0xfe,
	SWISS_NOT_FULL = 0x80,
	SWISS_H2 = 0x7f,
};
/* mark[] by generation */
enum { MARK_EMPTY_ONE, MARK_MIN_TOP };
enum { MARK_EMPTY, MARK_DELETED };

/** A constant of the target, or @p fallback where it is not recorded. */
uint8_t vole_map_const(const struct vole_map *map, enum vole_const_id id,
		       uint8_t fallback);

/**
 * Find the shape: by @p descriptor from the type's descriptor, else by
 * @p header from debug information's type->header, which is loaded. The
 * shape is checked against the types of key and element.
 */
VOLE_CHECKED bool vole_map_shape_find(
	struct vole_map *map,
	bool (*descriptor)(struct vole_map *map, uint64_t rtype,
			   struct vole_error *err),
	bool (*header)(struct vole_map *map, struct vole_error *err),
	struct vole_error *err);

/**
 * The direct field @p name of @p owner with its type loaded, of kind @p kind.
 * VOLE_UNSUPPORTED when there is none.
 */
VOLE_CHECKED bool vole_map_field(const struct vole_map *map,
				 const struct vole_type *owner,
				 const char *name, enum vole_kind kind,
				 const struct vole_field **ret,
				 struct vole_error *err);
/** The loaded struct that field @p name of @p owner points to. */
VOLE_CHECKED bool vole_map_pointee(const struct vole_map *map,
				   const struct vole_type *owner,
				   const char *name, struct vole_type **ret,
				   struct vole_error *err);
/**
 * A field of @p owner that is an array of eight: its offset, stride and the
 * loaded type of its elements.
 */
VOLE_CHECKED bool vole_map_array(const struct vole_map *map,
				 const struct vole_type *owner,
				 const char *name, uint64_t *ret_offset,
				 uint64_t *ret_stride, struct vole_type **ret,
				 struct vole_error *err);
/** Does a slot of type @p slot hold a pointer to @p type instead of it? */
bool vole_map_indirect(const struct vole_type *slot,
		       const struct vole_type *type);

/** Slot @p index of @p unit; follows indirection. */
VOLE_CHECKED bool vole_map_slot_of(const struct vole_map *map, uint64_t unit,
				   unsigned index, struct vole_map_slot *ret,
				   struct vole_error *err);
/** The control bytes of @p unit and, of a bucket, what follows it. */
VOLE_CHECKED bool vole_map_unit_load(const struct vole_map *map, uint64_t unit,
				     uint8_t control[VOLE_MAP_SLOTS],
				     uint64_t *ret_overflow,
				     struct vole_error *err);
/** Slot @p index of the walk's unit; counts it. */
VOLE_CHECKED bool vole_map_slot_at(struct vole_map_walk *walk, unsigned index,
				   struct vole_map_slot *ret,
				   struct vole_error *err);
/** End the walk: false with VOLE_OK, or VOLE_CORRUPT by the count. */
bool vole_map_walk_finish(const struct vole_map_walk *walk,
			  struct vole_error *err);
/** Is @p addr a possible place of @p size bytes of runtime structure? */
VOLE_CHECKED bool vole_map_place(const struct vole_map *map, const char *what,
				 uint64_t addr, uint64_t size,
				 struct vole_error *err);

/* map_classic.c */

uint64_t vole_classic_num_buckets(const struct vole_map *map);
/** Of the array that a growing map grows out of. */
uint64_t vole_classic_num_old_buckets(const struct vole_map *map);
/** OTHER for an entry. */
enum vole_map_slot_state vole_classic_state(const struct vole_map *map,
					    uint8_t top_hash);
/** Does @p addr lie in one of the arrays? Overflow buckets never do. */
bool vole_classic_in_arrays(const struct vole_map *map, uint64_t addr);
uint8_t vole_classic_top_hash(const struct vole_map *map, uint64_t hash);

/* map_swiss.c */

/** internal/runtime/maps/table.go: type table, as it lies. */
struct vole_swiss_table {
	uint64_t addr;
	uint64_t used, capacity, growth_left, depth;
	int64_t index; /* first directory slot; -1 replaced by others */
	uint64_t groups, mask;
};

/** OTHER for an entry, also for a byte that is nothing else. */
enum vole_map_slot_state vole_swiss_state(const struct vole_map *map,
					  uint8_t control);
uint64_t vole_swiss_directory_index(const struct vole_map *map, uint64_t hash);
/** Read a table and check what a walk relies on. */
VOLE_CHECKED bool vole_swiss_table_open(const struct vole_map *map,
					uint64_t addr,
					struct vole_swiss_table *ret,
					struct vole_error *err);
/** The address in directory slot @p slot, never 0. */
VOLE_CHECKED bool vole_swiss_directory_slot(const struct vole_map *map,
					    uint64_t slot, uint64_t *ret,
					    struct vole_error *err);
/** The table that directory slot @p slot holds. */
VOLE_CHECKED bool vole_swiss_table_at(const struct vole_map *map, uint64_t slot,
				      struct vole_swiss_table *ret,
				      struct vole_error *err);

#endif
