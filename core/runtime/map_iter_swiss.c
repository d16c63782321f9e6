/* src/internal/runtime/maps/table.go: Iter.Next() */
#include "runtime/map_iter_private.h"

struct swiss_iter {
	uint64_t key, elem, type, map, entry_offset, dir_offset, clear_seq;
	uint64_t depth, table, group, index;
	int64_t dir_index;
};

static bool read_iter(const struct vole_map *map, uint64_t addr,
		      struct swiss_iter *ret)
{
	struct vole_error err;
	struct vole_view h = vole_runtime_view(map->rt, addr, &err);

	*ret = (struct swiss_iter){
		.key = vole_get(&h, VOLE_SWISSITER_KEY),
		.elem = vole_get(&h, VOLE_SWISSITER_ELEM),
		.type = vole_get(&h, VOLE_SWISSITER_TYPE),
		.map = vole_get(&h, VOLE_SWISSITER_MAP),
		.entry_offset = vole_get(&h, VOLE_SWISSITER_ENTRY_OFFSET),
		.dir_offset = vole_get(&h, VOLE_SWISSITER_DIR_OFFSET),
		.clear_seq = vole_get(&h, VOLE_SWISSITER_CLEAR_SEQ),
		.depth = vole_get(&h, VOLE_SWISSITER_GLOBAL_DEPTH),
		.table = vole_get(&h, VOLE_SWISSITER_TABLE),
		.group = vole_get(&h, VOLE_SWISSITER_GROUP),
		.index = vole_get(&h, VOLE_SWISSITER_ENTRY_INDEX),
		.dir_index = (int64_t)vole_get(&h, VOLE_SWISSITER_DIR_INDEX),
	};
	return h.ok;
}

static bool is_sane(const struct vole_map *map, const struct swiss_iter *it)
{
	return it->map == map->addr && it->key && it->group && it->index &&
	       it->depth <= map->global_depth && it->dir_index >= -1 &&
	       it->dir_index < (int64_t)(UINT64_C(1) << it->depth) &&
	       iter_same_type(map, it->type);
}

/* Slots of the group it began with, from the next on. */
static bool count_small(const struct vole_map *map, const struct swiss_iter *it,
			struct vole_map_iter *iter)
{
	uint8_t control[VOLE_MAP_SLOTS];
	struct vole_error ignored;
	uint64_t overflow, i;

	if (!vole_map_unit_load(map, it->group, control, &overflow, &ignored))
		return false;
	for (i = it->index; i < VOLE_MAP_SLOTS; i++)
		iter->entries_left +=
			!(control[(i + it->entry_offset) % VOLE_MAP_SLOTS] &
			  SWISS_NOT_FULL);
	return true;
}

/* The rest of its table. */
static bool count_table(const struct vole_map *map, const struct swiss_iter *it,
			const struct vole_swiss_table *table,
			struct vole_map_iter *iter)
{
	uint64_t mask = table->capacity - 1, i;
	uint8_t control[VOLE_MAP_SLOTS];
	struct vole_error ignored;
	uint64_t overflow, group;
	uint64_t loaded = UINT64_MAX;

	for (i = it->index; i <= mask; i++) {
		uint64_t at = (i + it->entry_offset) & mask;

		group = at / VOLE_MAP_SLOTS;
		if (group != loaded &&
		    !vole_map_unit_load(
			    map, table->groups + group * map->shape.unit_size,
			    control, &overflow, &ignored))
			return false;
		loaded = group;
		iter->entries_left +=
			!(control[at % VOLE_MAP_SLOTS] & SWISS_NOT_FULL);
	}
	return true;
}

/*
 * Tables that come after its own, by the directory; which Iter.Next() finds
 * again when it doubled, and nextDirIdx() goes through.
 */
static bool count_rest(const struct vole_map *map,
		       const struct vole_map_iter_help *help,
		       const struct swiss_iter *it,
		       const struct vole_swiss_table *table,
		       struct vole_map_iter *ret)
{
	unsigned shift = map->global_depth - (unsigned)it->depth;
	uint64_t offset = it->dir_offset << shift;
	uint64_t at = ((uint64_t)it->dir_index << shift) +
		      (UINT64_C(1) << (map->global_depth - table->depth));

	while (at < map->dir_len) {
		uint64_t slot = (at + offset) & (map->dir_len - 1);
		struct vole_swiss_table next;
		struct vole_error ignored;

		if (ret->units_left >= ITER_MAX_COUNTED ||
		    iter_stopped(help, ret->units_left) ||
		    !vole_swiss_table_at(map, slot, &next, &ignored))
			return false;
		ret->units_left++;
		ret->entries_left += next.used;
		at += UINT64_C(1) << (map->global_depth - next.depth);
	}
	return true;
}

static bool is_group(const struct vole_map *map,
		     const struct vole_swiss_table *table, uint64_t group)
{
	uint64_t size = map->shape.unit_size;
	uint64_t offset = group - table->groups;

	return !(offset % size) &&
	       offset / size < (uint64_t)table->capacity / VOLE_MAP_SLOTS;
}

/* Which slot of @p group has its key at @p addr? */
static bool find_key(const struct vole_map *map, uint64_t group, uint64_t addr,
		     unsigned *ret)
{
	unsigned i;

	for (i = 0; i < VOLE_MAP_SLOTS; i++)
		if (iter_is_key(map, group, i, addr)) {
			*ret = i;
			return true;
		}
	return false;
}

/* Does the loop come to slot @p index of its group before its next one? */
static bool is_before(const struct vole_map *map,
		      const struct vole_swiss_table *table,
		      const struct swiss_iter *it, unsigned index)
{
	uint64_t group = (it->group - table->groups) / map->shape.unit_size;
	uint64_t at = (group * VOLE_MAP_SLOTS + index - it->entry_offset) &
		      (table->capacity - 1);

	return at < it->index && it->index - at <= VOLE_MAP_SLOTS;
}

/* Is the slot of the entry it gave last empty? */
static void look_up(const struct vole_map *map, struct vole_map_iter *ret)
{
	uint8_t control[VOLE_MAP_SLOTS];
	struct vole_error ignored;
	uint64_t overflow;

	if (vole_map_unit_load(map, ret->unit, control, &overflow, &ignored))
		iter_judge_slot(map, !(control[ret->index] & SWISS_NOT_FULL),
				ret);
}

/* Of a slot that held a pointer to its key, which is gone with the entry. */
static bool is_forgotten(const struct vole_map *map,
			 const struct vole_swiss_table *table,
			 const struct swiss_iter *it)
{
	unsigned i;

	for (i = 0; map->shape.indirect_key && i < VOLE_MAP_SLOTS; i++)
		if (is_before(map, table, it, i))
			return true;
	return false;
}

static bool open_large(const struct vole_map *map,
		       const struct vole_map_iter_help *help,
		       const struct swiss_iter *it, struct vole_map_iter *ret)
{
	struct vole_swiss_table table;
	struct vole_error ignored;
	bool found, forgotten, former;

	/* The index is that of the next full slot in the group, or behind it. */
	if (!vole_swiss_table_open(map, it->table, &table, &ignored) ||
	    it->index >= (uint64_t)table.capacity + VOLE_MAP_SLOTS ||
	    !is_group(map, &table, it->group))
		return false;
	found = find_key(map, it->group, it->key, &ret->index) &&
		is_before(map, &table, it, ret->index);
	/* Tables that were replaced are told from others by that. */
	former = table.index < 0;
	ret->grown = it->depth != map->global_depth || former;
	ret->grown_known = ret->grown;
	forgotten = !found && !former && is_forgotten(map, &table, it);
	if (!found && !forgotten && !ret->grown && !ret->cleared)
		return false;
	ret->slot_known = found;
	ret->walks = former ? VOLE_MAP_WALKS_FORMER : VOLE_MAP_WALKS_CURRENT;
	ret->array = table.groups;
	ret->array_size =
		(table.capacity / VOLE_MAP_SLOTS) * map->shape.unit_size;
	ret->gone_known = ret->gone = forgotten;
	if (found && !former)
		look_up(map, ret);
	ret->entries_limit = former;
	ret->entries_known = count_table(map, it, &table, ret) &&
			     count_rest(map, help, it, &table, ret);
	return true;
}

static bool open_small(const struct vole_map *map, const struct swiss_iter *it,
		       struct vole_map_iter *ret)
{
	if (it->index > VOLE_MAP_SLOTS)
		return false;
	ret->index =
		(unsigned)((it->index - 1 + it->entry_offset) % VOLE_MAP_SLOTS);
	ret->slot_known = true;
	ret->grown_known = true;
	ret->grown = map->dir_len != 0;
	ret->walks = ret->grown ? VOLE_MAP_WALKS_FORMER :
				  VOLE_MAP_WALKS_CURRENT;
	ret->array = it->group;
	ret->array_size = map->shape.unit_size;
	if (!ret->grown &&
	    (it->group != map->dir ||
	     (!ret->cleared &&
	      !iter_had_key(map, ret->unit, ret->index, it->key))))
		return false;
	if (!ret->grown)
		look_up(map, ret);
	ret->entries_limit = ret->grown;
	ret->entries_known = count_small(map, it, ret);
	return true;
}

bool iter_open_swiss(const struct vole_map *map,
		     const struct vole_map_iter_help *help, uint64_t addr,
		     struct vole_map_iter *ret)
{
	struct vole_error ignored;
	struct vole_view m = vole_runtime_view(map->rt, map->addr, &ignored);
	struct swiss_iter it;

	if (!read_iter(map, addr, &it) || !is_sane(map, &it))
		return false;
	ret->key = it.key;
	ret->elem = it.elem;
	ret->unit = it.group;
	ret->cleared_known = iter_counts_clears(map);
	ret->cleared = ret->cleared_known &&
		       it.clear_seq != vole_get(&m, VOLE_SWISSMAP_CLEAR_SEQ);
	return it.dir_index < 0 ? open_small(map, &it, ret) :
				  open_large(map, help, &it, ret);
}
