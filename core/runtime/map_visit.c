#include "runtime/map_visit.h"

#include "runtime/map_private.h"

#include <string.h>

enum {
	SIZE_WORD = 8,
	/* Damaged parts told of before the rest is given up. */
	MAX_BROKEN = 64,
	/* Buckets more than entries to look at in an array that ends nowhere. */
	DOOMED_SLACK = 1024,
};

struct visit {
	const struct vole_map *map;
	struct vole_map_visitor *visitor;
	struct vole_hash seen; /* overflow buckets */
	unsigned num_broken;
};

/* Tell of damage; false when it is enough. */
static bool broken(struct visit *v, const struct vole_error *err)
{
	if (v->visitor->broken && !v->visitor->broken(v->visitor, err))
		return false;
	return ++v->num_broken < MAX_BROKEN;
}

static bool is_entry(const struct vole_map *map, enum vole_map_slot_state state,
		     uint8_t control)
{
	if (state != VOLE_MAP_OTHER)
		return false;
	/* A damaged control byte of a group is neither mark nor entry. */
	return map->ops == &vole_map_classic || !(control & SWISS_NOT_FULL);
}

/* Load and give the unit; @p unit names where it is. */
static bool give(struct visit *v, struct vole_map_unit *unit,
		 struct vole_error *err)
{
	const struct vole_map *map = v->map;
	unsigned i;

	if (!vole_map_unit_load(map, unit->addr, unit->control, &unit->overflow,
				err))
		return false;
	unit->used = 0;
	for (i = 0; i < VOLE_MAP_SLOTS; i++) {
		uint8_t control = unit->control[i];

		unit->state[i] = map->ops == &vole_map_classic ?
					 vole_classic_state(map, control) :
					 vole_swiss_state(map, control);
		unit->used += is_entry(map, unit->state[i], control);
	}
	err->code = VOLE_OK;
	return !v->visitor->unit || v->visitor->unit(v->visitor, unit);
}

/* --- classic ----------------------------------------------------------------- */

static bool follow(struct visit *v, struct vole_map_unit *unit,
		   struct vole_error *err)
{
	const struct vole_map *map = v->map;
	uint64_t next = unit->overflow;

	if (!vole_map_place(map, "overflow bucket", next, map->shape.unit_size,
			    err))
		return false;
	if (vole_classic_in_arrays(map, next) ||
	    vole_hash_get(&v->seen, next, NULL) ||
	    unit->depth >= CLASSIC_MAX_CHAIN)
		return vole_fail(err, VOLE_CORRUPT, unit->addr,
				 "map bucket is followed by 0x%" PRIx64
				 ", which belongs elsewhere",
				 next);
	if (!vole_hash_put(&v->seen, next, 0))
		return vole_fail_nomem(err);
	unit->addr = next;
	unit->depth++;
	return give(v, unit, err);
}

/* A bucket and its chain; false to stop. */
static bool visit_chain(struct visit *v, uint64_t addr, uint64_t number,
			bool old)
{
	struct vole_map_unit unit = { .addr = addr,
				      .number = number,
				      .old = old };
	struct vole_error err = { 0 };
	bool ok = give(v, &unit, &err);

	while (ok && unit.overflow)
		ok = follow(v, &unit, &err);
	if (err.code == VOLE_OK)
		return ok;
	return broken(v, &err);
}

static bool visit_array(struct visit *v, uint64_t base, uint64_t num, bool old)
{
	const struct vole_map *map = v->map;
	uint64_t size = map->shape.unit_size, end = num, i;
	struct vole_error err;

	/* No wrap: the map was opened. */
	if (!vole_memory_readable(map->rt->mem, base + num * size - 1)) {
		if (num - 1 > map->count + DOOMED_SLACK)
			end = map->count + DOOMED_SLACK;
		vole_fail(&err, VOLE_UNREADABLE, base,
			  "the end of the map's %" PRIu64
			  " buckets cannot be read",
			  num);
		if (!broken(v, &err))
			return false;
	}
	for (i = 0; i < end; i++)
		if (!visit_chain(v, base + i * size, i, old))
			return false;
	return true;
}

static void visit_classic(struct visit *v)
{
	const struct vole_map *map = v->map;

	if (visit_array(v, map->buckets, vole_classic_num_buckets(map),
			false) &&
	    map->growing)
		visit_array(v, map->old_buckets,
			    vole_classic_num_old_buckets(map), true);
}

/* --- swiss ------------------------------------------------------------------- */

static bool visit_groups(struct visit *v, const struct vole_map_table *table,
			 uint64_t groups, uint64_t num)
{
	struct vole_error err;
	uint64_t i;

	for (i = 0; i < num; i++) {
		struct vole_map_unit unit = {
			/* No wrap: the groups' end was checked. */
			.addr = groups + i * v->map->shape.unit_size,
			.number = i,
			.table = table,
		};

		if (give(v, &unit, &err))
			continue;
		if (err.code == VOLE_OK || !broken(v, &err))
			return false;
	}
	return true;
}

static bool visit_table(struct visit *v, const struct vole_swiss_table *t,
			uint64_t slot)
{
	struct vole_map_visitor *visitor = v->visitor;
	struct vole_map_table table = {
		.addr = t->addr,
		.slot = slot,
		.num_slots = UINT64_C(1) << (v->map->global_depth - t->depth),
		.used = t->used,
		.capacity = t->capacity,
		.growth_left = t->growth_left,
		.depth = t->depth,
		.index = t->index,
		.groups = t->groups,
		.num_groups = t->mask + 1,
	};

	if (visitor->table && !visitor->table(visitor, &table))
		return false;
	if (!visit_groups(v, &table, table.groups, table.num_groups))
		return false;
	return !visitor->table_end || visitor->table_end(visitor, &table);
}

/* Each table once, where it comes first. */
static void visit_directory(struct visit *v)
{
	const struct vole_map *map = v->map;
	struct vole_error err = { 0 };
	struct vole_swiss_table table;
	uint64_t slot, addr, last = 0;

	for (slot = 0; slot < map->dir_len; slot++) {
		if (!vole_swiss_directory_slot(map, slot, &addr, &err)) {
			if (!broken(v, &err))
				return;
			continue;
		}
		if (addr == last)
			continue;
		last = addr;
		if (vole_hash_get(&v->seen, addr, NULL))
			continue;
		if (!vole_hash_put(&v->seen, addr, 0))
			return;
		if (vole_swiss_table_open(map, addr, &table, &err)) {
			if (!visit_table(v, &table, slot))
				return;
		} else if (!broken(v, &err)) {
			return;
		}
	}
}

void vole_map_visit(const struct vole_map *map,
		    struct vole_map_visitor *visitor)
{
	struct visit v = { .map = map, .visitor = visitor };

	/* A map without memory yet has no shape. */
	if (!map->addr || !map->shape.unit_size)
		return;
	if (map->ops == &vole_map_classic)
		visit_classic(&v);
	else if (map->dir_len)
		visit_directory(&v);
	else
		visit_groups(&v, NULL, map->dir, 1);
	vole_hash_free(&v.seen);
}

bool vole_map_unit_slot(const struct vole_map *map,
			const struct vole_map_unit *unit, unsigned index,
			struct vole_map_slot *ret, struct vole_error *err)
{
	return vole_map_slot_of(map, unit->addr, index, ret, err);
}

uint64_t vole_map_unit_distance(const struct vole_map_unit *unit, uint64_t hash)
{
	uint64_t mask = unit->table->num_groups - 1;
	uint64_t number = hash >> 7 & mask, step;

	for (step = 0; step <= mask; step++) {
		number = (number + step) & mask;
		if (number == unit->number)
			return step;
	}
	return UINT64_MAX;
}
