#include "runtime/map_iter.h"

#include "runtime/map_private.h"
#include "runtime/rtype.h"

/* map.go: noCheck; the map did not grow while the loop is in this bucket. */
static const uint64_t NO_CHECK = UINT64_MAX;

static bool is_classic(const struct vole_map *map)
{
	return map->ops == &vole_map_classic;
}

static unsigned count_full(const struct vole_map *map, const uint8_t *control)
{
	unsigned i, n = 0;

	for (i = 0; i < VOLE_MAP_SLOTS; i++)
		n += is_classic(map) ? vole_classic_state(map, control[i]) ==
					       VOLE_MAP_OTHER :
				       !(control[i] & SWISS_NOT_FULL);
	return n;
}

static bool same_type(const struct vole_map *map, uint64_t rtype)
{
	struct vole_error ignored;
	uint64_t own;

	return vole_rtype_of(map->rt, map->type, &own, &ignored) &&
	       own == rtype;
}

/* Is @p addr the key of slot @p index of @p unit? */
static bool is_key(const struct vole_map *map, uint64_t unit, unsigned index,
		   uint64_t addr)
{
	struct vole_map_slot slot;
	struct vole_error ignored;

	return vole_map_place(map, "unit", unit, map->shape.unit_size,
			      &ignored) &&
	       vole_map_slot_of(map, unit, index, &slot, &ignored) &&
	       slot.key == addr;
}

/* --- classic ----------------------------------------------------------------- */

struct classic_iter {
	uint64_t key, elem, type, map, buckets, unit, start, bucket, check;
	uint64_t offset, wrapped, b, i;
};

static bool read_classic(const struct vole_map *map, uint64_t addr,
			 struct classic_iter *ret)
{
	struct vole_error err;
	struct vole_view h = vole_runtime_view(map->rt, addr, &err);

	*ret = (struct classic_iter){
		.key = vole_get(&h, VOLE_HITER_KEY),
		.elem = vole_get(&h, VOLE_HITER_ELEM),
		.type = vole_get(&h, VOLE_HITER_TYPE),
		.map = vole_get(&h, VOLE_HITER_MAP),
		.buckets = vole_get(&h, VOLE_HITER_BUCKETS),
		.unit = vole_get(&h, VOLE_HITER_BPTR),
		.start = vole_get(&h, VOLE_HITER_START_BUCKET),
		.bucket = vole_get(&h, VOLE_HITER_BUCKET),
		.check = vole_get(&h, VOLE_HITER_CHECK_BUCKET),
		.offset = vole_get(&h, VOLE_HITER_OFFSET),
		.wrapped = vole_get(&h, VOLE_HITER_WRAPPED),
		.b = vole_get(&h, VOLE_HITER_B),
		.i = vole_get(&h, VOLE_HITER_I),
	};
	return h.ok;
}

static bool sane_classic(const struct vole_map *map,
			 const struct classic_iter *it)
{
	return it->map == map->addr && it->key && it->b <= map->b &&
	       it->start >> it->b == 0 && it->bucket >> it->b == 0 &&
	       it->offset < VOLE_MAP_SLOTS && it->wrapped <= 1 && it->i &&
	       it->i <= VOLE_MAP_SLOTS && same_type(map, it->type);
}

/* Entries of the chain from @p unit on. */
static bool count_chain(const struct vole_map *map, uint64_t unit,
			uint64_t *sum)
{
	uint8_t control[VOLE_MAP_SLOTS];
	struct vole_error ignored;
	uint64_t steps = 0;

	for (; unit; steps++) {
		if (steps > CLASSIC_MAX_CHAIN ||
		    !vole_map_place(map, "bucket", unit, map->shape.unit_size,
				    &ignored) ||
		    !vole_map_unit_load(map, unit, control, &unit, &ignored))
			return false;
		*sum += count_full(map, control);
	}
	return true;
}

/* What is left of the chain it stands in, and all buckets to come. */
static bool count_classic(const struct vole_map *map,
			  const struct classic_iter *it, uint64_t buckets,
			  uint64_t *sum)
{
	uint8_t control[VOLE_MAP_SLOTS];
	struct vole_error ignored;
	uint64_t overflow, n, i;

	*sum = 0;
	if (!vole_map_unit_load(map, it->unit, control, &overflow, &ignored))
		return false;
	for (i = it->i; i < VOLE_MAP_SLOTS; i++)
		*sum += vole_classic_state(
				map,
				control[(i + it->offset) % VOLE_MAP_SLOTS]) ==
			VOLE_MAP_OTHER;
	if (!count_chain(map, overflow, sum))
		return false;
	for (n = 0; n < buckets; n++) {
		uint64_t number = (it->bucket + n) &
				  (vole_classic_num_buckets(map) - 1);

		if (!count_chain(map,
				 map->buckets + number * map->shape.unit_size,
				 sum))
			return false;
	}
	return true;
}

static bool open_classic(const struct vole_map *map, uint64_t addr,
			 struct vole_map_iter *ret)
{
	struct classic_iter it;
	uint64_t num;

	if (!read_classic(map, addr, &it) || !sane_classic(map, &it))
		return false;
	num = UINT64_C(1) << it.b;
	ret->key = it.key;
	ret->elem = it.elem;
	ret->unit = it.unit;
	ret->index = (unsigned)(it.i - 1 + it.offset) % VOLE_MAP_SLOTS;
	ret->grown = it.b != map->b || it.buckets != map->buckets;
	ret->units_left = it.start - it.bucket + (it.wrapped ? 0 : num);
	if (ret->units_left > num)
		return false;
	/* After growth the key is looked up, and is elsewhere. */
	if (!ret->grown && it.check == NO_CHECK &&
	    !is_key(map, it.unit, ret->index, it.key))
		return false;
	ret->entries_known =
		!ret->grown && !map->growing && it.check == NO_CHECK &&
		count_classic(map, &it, ret->units_left, &ret->entries_left);
	return true;
}

/* --- swiss ------------------------------------------------------------------- */

struct swiss_iter {
	uint64_t key, elem, type, map, entry_offset, dir_offset, clear_seq;
	uint64_t depth, table, group, index;
	int64_t dir_index;
};

static bool read_swiss(const struct vole_map *map, uint64_t addr,
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

static bool sane_swiss(const struct vole_map *map, const struct swiss_iter *it)
{
	return it->map == map->addr && it->key && it->group && it->index &&
	       it->depth <= map->global_depth && it->dir_index >= -1 &&
	       it->dir_index < (int64_t)(UINT64_C(1) << it->depth) &&
	       same_type(map, it->type);
}

/* Slots of the group it began with, from the next on. */
static bool count_small(const struct vole_map *map, const struct swiss_iter *it,
			uint64_t *sum)
{
	uint8_t control[VOLE_MAP_SLOTS];
	struct vole_error ignored;
	uint64_t overflow, i;

	*sum = 0;
	if (!vole_map_unit_load(map, it->group, control, &overflow, &ignored))
		return false;
	for (i = it->index; i < VOLE_MAP_SLOTS; i++)
		*sum += !(control[(i + it->entry_offset) % VOLE_MAP_SLOTS] &
			  SWISS_NOT_FULL);
	return true;
}

/* The rest of its table. */
static bool count_table(const struct vole_map *map, const struct swiss_iter *it,
			const struct vole_swiss_table *table, uint64_t *sum)
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
		*sum += !(control[at % VOLE_MAP_SLOTS] & SWISS_NOT_FULL);
	}
	return true;
}

/* Tables that come after its own, by the directory. */
static bool count_rest(const struct vole_map *map, const struct swiss_iter *it,
		       uint64_t first, struct vole_map_iter *ret)
{
	uint64_t at = first;

	while (at < map->dir_len) {
		uint64_t slot = (at + it->dir_offset) & (map->dir_len - 1);
		struct vole_swiss_table table;
		struct vole_error ignored;

		if (!vole_swiss_table_at(map, slot, &table, &ignored))
			return false;
		ret->units_left++;
		ret->entries_left += table.used;
		at += UINT64_C(1) << (map->global_depth - table.depth);
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
		if (is_key(map, group, i, addr)) {
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

static bool open_large(const struct vole_map *map, const struct swiss_iter *it,
		       struct vole_map_iter *ret)
{
	struct vole_swiss_table table;
	struct vole_error ignored;
	uint64_t next;
	bool found;

	/* The index is that of the next full slot in the group, or behind it. */
	if (!vole_swiss_table_open(map, it->table, &table, &ignored) ||
	    it->index >= (uint64_t)table.capacity + VOLE_MAP_SLOTS ||
	    !is_group(map, &table, it->group))
		return false;
	found = find_key(map, it->group, it->key, &ret->index) &&
		is_before(map, &table, it, ret->index);
	ret->grown = it->depth != map->global_depth || table.index < 0;
	if (ret->grown || !found)
		return ret->grown;
	next = (uint64_t)it->dir_index +
	       (UINT64_C(1) << (map->global_depth - table.depth));
	ret->entries_known = !ret->cleared &&
			     count_table(map, it, &table, &ret->entries_left) &&
			     count_rest(map, it, next, ret);
	return true;
}

static bool open_small(const struct vole_map *map, const struct swiss_iter *it,
		       struct vole_map_iter *ret)
{
	if (it->index > VOLE_MAP_SLOTS)
		return false;
	ret->index =
		(unsigned)((it->index - 1 + it->entry_offset) % VOLE_MAP_SLOTS);
	ret->grown = map->dir_len != 0;
	if (ret->grown)
		return true;
	if (it->group != map->dir ||
	    !is_key(map, ret->unit, ret->index, it->key))
		return false;
	ret->entries_known = count_small(map, it, &ret->entries_left);
	return true;
}

static bool open_swiss(const struct vole_map *map, uint64_t addr,
		       struct vole_map_iter *ret)
{
	struct vole_error ignored;
	struct vole_view m = vole_runtime_view(map->rt, map->addr, &ignored);
	struct swiss_iter it;

	if (!read_swiss(map, addr, &it) || !sane_swiss(map, &it))
		return false;
	ret->key = it.key;
	ret->elem = it.elem;
	ret->unit = it.group;
	ret->cleared = it.clear_seq != vole_get(&m, VOLE_SWISSMAP_CLEAR_SEQ);
	return it.dir_index < 0 ? open_small(map, &it, ret) :
				  open_large(map, &it, ret);
}

/* --- both -------------------------------------------------------------------- */

bool vole_map_iter_offset(const struct vole_map *map, uint64_t *ret)
{
	enum vole_struct_id id = is_classic(map) ? VOLE_STRUCT_HITER :
						   VOLE_STRUCT_SWISSITER;
	enum vole_field_id field = is_classic(map) ? VOLE_HITER_MAP :
						     VOLE_SWISSITER_MAP;

	if (!map->rt->layout.has[id] || !map->rt->layout.place[field].known)
		return false;
	*ret = map->rt->layout.place[field].offset;
	return true;
}

bool vole_map_iter_read(const struct vole_map *map, uint64_t addr,
			struct vole_map_iter *ret)
{
	struct vole_map_iter iter = { .addr = addr };

	if (!map->addr || !map->shape.unit_size ||
	    !(is_classic(map) ? open_classic(map, addr, &iter) :
				open_swiss(map, addr, &iter)))
		return false;
	*ret = iter;
	return true;
}
