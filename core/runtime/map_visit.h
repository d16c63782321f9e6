/**
 * All buckets, or tables and groups, of a map as they lie, for those who look
 * at the map and not at its entries. Unlike a walk this goes on after damage.
 */
#ifndef VOLE_RUNTIME_MAP_VISIT_H
#define VOLE_RUNTIME_MAP_VISIT_H

#include "runtime/map_probe.h"

/** A table of a swiss map. */
struct vole_map_table {
	uint64_t addr;
	uint64_t slot; /* the first directory slot that holds it */
	uint64_t num_slots; /* of the directory, by its depth */
	uint64_t used, capacity, growth_left, depth;
	int64_t index; /* what it says its first slot is */
	uint64_t groups, num_groups;
};

/** A bucket or a group. */
struct vole_map_unit {
	uint64_t addr;
	uint64_t number; /* of the bucket in its array, the group in its table */
	unsigned depth; /* classic: 0 in the array, then along the chain */
	bool old; /* classic: of the array that the map grows out of */
	uint64_t overflow; /* classic: the next of the chain, or 0 */
	const struct vole_map_table *table; /* swiss; NULL: a small map */
	uint8_t control[VOLE_MAP_SLOTS];
	enum vole_map_slot_state state[VOLE_MAP_SLOTS];
	unsigned used; /* slots with an entry */
};

/** Each returns false to stop; those that are NULL are not asked. */
struct vole_map_visitor {
	/** Before the groups of the table. */
	bool (*table)(struct vole_map_visitor *visitor,
		      const struct vole_map_table *table);
	/** Chains come in order, the bucket of the array first. */
	bool (*unit)(struct vole_map_visitor *visitor,
		     const struct vole_map_unit *unit);
	/** After the groups of the table. */
	bool (*table_end)(struct vole_map_visitor *visitor,
			  const struct vole_map_table *table);
	/** Something could not be read or makes no sense; what can goes on. */
	bool (*broken)(struct vole_map_visitor *visitor,
		       const struct vole_error *err);
};

/** Classic: the new array, then the old one. Swiss: by the directory. */
void vole_map_visit(const struct vole_map *map,
		    struct vole_map_visitor *visitor);

/** Slot @p index of a visited unit; follows indirection. */
VOLE_CHECKED bool vole_map_unit_slot(const struct vole_map *map,
				     const struct vole_map_unit *unit,
				     unsigned index, struct vole_map_slot *ret,
				     struct vole_error *err);
/**
 * Groups that probing for @p hash looks at before it comes to @p unit, empty
 * slots aside; UINT64_MAX when it never does.
 */
uint64_t vole_map_unit_distance(const struct vole_map_unit *unit,
				uint64_t hash);

#endif
