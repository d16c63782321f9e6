/* src/runtime/map.go: mapiternext() */
#include "runtime/map_iter_private.h"

enum {
	/* Times as many buckets as an array has, and more, are no chains. */
	MAX_CHAINED = 5,
	FEW = 64,
};

/* noCheck: the map did not grow while the loop is in this bucket. */
static const uint64_t NO_CHECK = UINT64_MAX;

struct classic_iter {
	uint64_t key, elem, type, map, buckets, unit, start, bucket, check;
	uint64_t offset, wrapped, b, i, clear_seq;
};

static bool read_iter(const struct vole_map *map, uint64_t addr,
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
		.clear_seq = vole_get(&h, VOLE_HITER_CLEAR_SEQ),
	};
	return h.ok;
}

static bool is_sane(const struct vole_map *map, const struct classic_iter *it)
{
	return it->map == map->addr && it->key && it->b <= map->b &&
	       it->start >> it->b == 0 && it->bucket >> it->b == 0 &&
	       it->offset < VOLE_MAP_SLOTS && it->wrapped <= 1 && it->i &&
	       it->i <= VOLE_MAP_SLOTS && iter_same_type(map, it->type);
}

/* Has the slot something to give? Of what moved the loop looks up the key. */
static bool counts(const struct vole_map *map, const struct vole_map_iter *iter,
		   uint8_t top_hash)
{
	enum vole_map_slot_state state = vole_classic_state(map, top_hash);

	return state == VOLE_MAP_OTHER ||
	       (iter->walks != VOLE_MAP_WALKS_CURRENT &&
		state == VOLE_MAP_MOVED && top_hash != CLASSIC_EVACUATED_EMPTY);
}

/* Entries of the chain from @p unit on; takes its buckets from a budget. */
static bool count_chain(const struct vole_map *map, struct vole_map_iter *iter,
			uint64_t unit, uint64_t *budget)
{
	uint8_t control[VOLE_MAP_SLOTS];
	struct vole_error ignored;
	unsigned i;

	while (unit) {
		if (!*budget || !--*budget ||
		    !vole_map_place(map, "bucket", unit, map->shape.unit_size,
				    &ignored) ||
		    !vole_map_unit_load(map, unit, control, &unit, &ignored))
			return false;
		for (i = 0; i < VOLE_MAP_SLOTS; i++)
			iter->entries_left += counts(map, iter, control[i]);
	}
	return true;
}

/* What is left of the chain it stands in, and all buckets to come. */
static bool count_left(const struct vole_map *map,
		       const struct classic_iter *it,
		       struct vole_map_iter *iter)
{
	uint8_t control[VOLE_MAP_SLOTS];
	struct vole_error ignored;
	uint64_t overflow, n, i;
	/* The memory may be another's now. */
	uint64_t budget = MAX_CHAINED * ((UINT64_C(1) << it->b) + FEW);

	if (!vole_map_unit_load(map, it->unit, control, &overflow, &ignored))
		return false;
	for (i = it->i; i < VOLE_MAP_SLOTS; i++)
		iter->entries_left += counts(
			map, iter, control[(i + it->offset) % VOLE_MAP_SLOTS]);
	if (!count_chain(map, iter, overflow, &budget))
		return false;
	for (n = 0; n < iter->units_left; n++) {
		uint64_t number = (it->bucket + n) &
				  ((UINT64_C(1) << it->b) - 1);

		if (!count_chain(map, iter,
				 iter->array + number * map->shape.unit_size,
				 &budget))
			return false;
	}
	return true;
}

/* Is the slot of the entry it gave last empty? */
static bool is_gone(const struct vole_map *map, const struct vole_map_iter *it)
{
	uint8_t control[VOLE_MAP_SLOTS];
	struct vole_error ignored;
	uint64_t overflow;

	return vole_map_unit_load(map, it->unit, control, &overflow,
				  &ignored) &&
	       vole_classic_state(map, control[it->index]) != VOLE_MAP_OTHER &&
	       vole_classic_state(map, control[it->index]) != VOLE_MAP_MOVED;
}

/* An array that the map outgrew is all that the loop goes through. */
static void set_array(const struct vole_map *map, const struct classic_iter *it,
		      struct vole_map_iter *ret)
{
	ret->array = it->buckets;
	ret->array_size = map->shape.unit_size << it->b;
	ret->grown = it->b != map->b || it->buckets != map->buckets;
	ret->doublings = (unsigned)(map->b - it->b);
	if (!ret->grown)
		ret->walks = VOLE_MAP_WALKS_CURRENT;
	else if (map->growing && it->buckets == map->old_buckets)
		ret->walks = VOLE_MAP_WALKS_OLD;
	else
		ret->walks = VOLE_MAP_WALKS_FORMER;
}

/* Go 1.24; before, a cleared map is like one whose entries were deleted. */
static bool is_cleared(const struct vole_map *map,
		       const struct classic_iter *it)
{
	struct vole_error ignored;
	struct vole_view h = vole_runtime_view(map->rt, map->addr, &ignored);

	return vole_get(&h, VOLE_HMAP_CLEAR_SEQ) != it->clear_seq;
}

bool iter_open_classic(const struct vole_map *map, uint64_t addr,
		       struct vole_map_iter *ret)
{
	struct classic_iter it;
	uint64_t num;

	if (!read_iter(map, addr, &it) || !is_sane(map, &it))
		return false;
	num = UINT64_C(1) << it.b;
	ret->key = it.key;
	ret->elem = it.elem;
	ret->unit = it.unit;
	ret->index = (unsigned)(it.i - 1 + it.offset) % VOLE_MAP_SLOTS;
	set_array(map, &it, ret);
	ret->cleared = is_cleared(map, &it);
	ret->units_left = it.start - it.bucket + (it.wrapped ? 0 : num);
	if (ret->units_left > num)
		return false;
	/* After growth the key is looked up, and is elsewhere. */
	if (!ret->grown && it.check == NO_CHECK && !ret->cleared &&
	    !iter_is_key(map, it.unit, ret->index, it.key))
		return false;
	ret->gone = !ret->grown && is_gone(map, ret);
	ret->entries_limit = ret->grown;
	/* In a growing map a loop takes what will move to its bucket. */
	ret->entries_known = it.check == NO_CHECK &&
			     (ret->grown || !map->growing) &&
			     count_left(map, &it, ret);
	return true;
}
