/* src/runtime/map.go: mapiternext() */
#include "runtime/map_iter_private.h"

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

/* Counts what a loop has still to give. */
struct count {
	const struct vole_map *map;
	struct vole_map_iter *iter;
	const struct vole_map_iter_help *help;
	uint64_t counted; /* buckets; the memory may be another's now */
	uint64_t b; /* the loop's */
	/*
	 * The bucket of the new array that entries of an old one must belong
	 * to, or NO_CHECK.
	 */
	uint64_t check;
};

/* The bit of a hash that tells the bucket from that of the upper half. */
static bool is_upper(const struct count *c)
{
	return c->b && c->check >> (c->b - 1) & 1;
}

/* Will the entry move to the bucket that the loop is at? */
static bool belongs(struct count *c, uint64_t unit, unsigned i, uint8_t top,
		    bool *ret)
{
	uint64_t mask = (UINT64_C(1) << c->b) - 1;
	struct vole_error ignored;
	struct vole_key_hash hash;
	struct vole_map_slot slot;

	if (!c->help->keyhash ||
	    !vole_map_slot_of(c->map, unit, i, &slot, &ignored) ||
	    !vole_keyhash_at(c->help->keyhash, slot.key, &hash, &ignored))
		return false;
	*ret = hash.random ? (top & 1) == is_upper(c) :
			     (hash.bits & mask) == c->check;
	return true;
}

/* Of what moved the loop looks up the key: it may be gone by now. */
static bool count_slot(struct count *c, uint64_t unit, unsigned i, uint8_t top)
{
	enum vole_map_slot_state state = vole_classic_state(c->map, top);
	bool checked = c->check != NO_CHECK && !c->map->same_size_growth;
	bool counts = true;

	if (state == VOLE_MAP_OTHER) {
		if (checked && !belongs(c, unit, i, top, &counts))
			return false;
	} else {
		counts = state == VOLE_MAP_MOVED &&
			 top != CLASSIC_EVACUATED_EMPTY;
		/* Whether that kept the size is no longer known. */
		if (counts && checked && !c->map->growing)
			return false;
		if (counts && checked)
			counts = (top == CLASSIC_EVACUATED_Y) == is_upper(c);
		c->iter->entries_limit |= counts;
	}
	c->iter->entries_left += counts;
	return true;
}

/* Entries of the chain from @p unit on. */
static bool count_chain(struct count *c, uint64_t unit)
{
	uint8_t control[VOLE_MAP_SLOTS];
	struct vole_error ignored;
	unsigned i, depth;
	uint64_t next;

	for (depth = 0; unit; unit = next, depth++) {
		if (depth > CLASSIC_MAX_CHAIN ||
		    c->counted++ >= ITER_MAX_COUNTED ||
		    iter_stopped(c->help, c->counted) ||
		    !vole_map_place(c->map, "bucket", unit,
				    c->map->shape.unit_size, &ignored) ||
		    !vole_map_unit_load(c->map, unit, control, &next, &ignored))
			return false;
		for (i = 0; i < VOLE_MAP_SLOTS; i++)
			if (!count_slot(c, unit, i, control[i]))
				return false;
	}
	return true;
}

/* While the map grows, a loop over its new array takes what has not moved. */
static bool count_bucket(struct count *c, uint64_t number)
{
	const struct vole_map *map = c->map;
	uint64_t size = map->shape.unit_size, unit, overflow;
	uint8_t control[VOLE_MAP_SLOTS];
	struct vole_error ignored;

	c->check = NO_CHECK;
	unit = c->iter->array + number * size;
	if (c->iter->walks == VOLE_MAP_WALKS_CURRENT && map->growing) {
		uint64_t old = number & (vole_classic_num_old_buckets(map) - 1);

		if (!vole_map_unit_load(map, map->old_buckets + old * size,
					control, &overflow, &ignored))
			return false;
		if (vole_classic_state(map, control[0]) != VOLE_MAP_MOVED) {
			c->check = number;
			unit = map->old_buckets + old * size;
		}
	}
	return count_chain(c, unit);
}

/* What is left of the chain it stands in, and all buckets to come. */
static bool count_left(struct count *c, const struct classic_iter *it)
{
	uint8_t control[VOLE_MAP_SLOTS];
	struct vole_error ignored;
	uint64_t overflow, n;
	unsigned i;

	if (c->iter->units_left > ITER_MAX_COUNTED)
		return false;
	c->check = it->check;
	if (!vole_map_unit_load(c->map, it->unit, control, &overflow, &ignored))
		return false;
	for (i = (unsigned)it->i; i < VOLE_MAP_SLOTS; i++) {
		unsigned at = (i + (unsigned)it->offset) % VOLE_MAP_SLOTS;

		if (!count_slot(c, it->unit, at, control[at]))
			return false;
	}
	if (!count_chain(c, overflow))
		return false;
	for (n = 0; n < c->iter->units_left; n++)
		if (!count_bucket(c, (it->bucket + n) &
					     ((UINT64_C(1) << it->b) - 1)))
			return false;
	return true;
}

/*
 * Is the slot of the entry it gave last empty? What was moved out of it, or is
 * in a chain that clear() may have cut off, is not known.
 */
static void look_up(const struct vole_map *map, const struct classic_iter *it,
		    struct vole_map_iter *ret)
{
	bool chained = !vole_classic_in_arrays(map, it->unit);
	uint8_t control[VOLE_MAP_SLOTS];
	enum vole_map_slot_state state;
	struct vole_error ignored;
	uint64_t overflow;

	if (ret->grown || (it->check != NO_CHECK && !map->growing) ||
	    (ret->cleared && chained) ||
	    !vole_map_unit_load(map, it->unit, control, &overflow, &ignored))
		return;
	state = vole_classic_state(map, control[ret->index]);
	if (state == VOLE_MAP_MOVED ||
	    (state == VOLE_MAP_OTHER && chained && !ret->cleared_known))
		return;
	iter_judge_slot(map, state == VOLE_MAP_OTHER, ret);
}

/* An array that the map outgrew is all that the loop goes through. */
static void set_array(const struct vole_map *map, const struct classic_iter *it,
		      struct vole_map_iter *ret)
{
	ret->array = it->buckets;
	ret->array_size = map->shape.unit_size << it->b;
	ret->grown_known = true;
	ret->grown = it->b != map->b || it->buckets != map->buckets;
	ret->doublings = (unsigned)(map->b - it->b);
	if (!ret->grown)
		ret->walks = VOLE_MAP_WALKS_CURRENT;
	else if (map->growing && it->buckets == map->old_buckets)
		ret->walks = VOLE_MAP_WALKS_OLD;
	else
		ret->walks = VOLE_MAP_WALKS_FORMER;
}

/* Before Go 1.24 it is like a map whose entries were deleted. */
static bool is_cleared(const struct vole_map *map,
		       const struct classic_iter *it)
{
	struct vole_error ignored;
	struct vole_view h = vole_runtime_view(map->rt, map->addr, &ignored);

	return vole_get(&h, VOLE_HMAP_CLEAR_SEQ) != it->clear_seq;
}

bool iter_open_classic(const struct vole_map *map,
		       const struct vole_map_iter_help *help, uint64_t addr,
		       struct vole_map_iter *ret)
{
	struct count count = { .map = map, .iter = ret, .help = help };
	bool known;
	struct classic_iter it;
	uint64_t num;

	if (!read_iter(map, addr, &it) || !is_sane(map, &it))
		return false;
	num = UINT64_C(1) << it.b;
	ret->key = it.key;
	ret->elem = it.elem;
	ret->unit = it.unit;
	ret->index = (unsigned)(it.i - 1 + it.offset) % VOLE_MAP_SLOTS;
	ret->slot_known = true;
	set_array(map, &it, ret);
	ret->cleared_known = iter_counts_clears(map);
	ret->cleared = ret->cleared_known && is_cleared(map, &it);
	ret->units_left = it.start - it.bucket + (it.wrapped ? 0 : num);
	if (ret->units_left > num)
		return false;
	/* After growth the key is looked up, and is elsewhere. */
	if (!ret->grown && it.check == NO_CHECK && !ret->cleared &&
	    !iter_had_key(map, it.unit, ret->index, it.key))
		return false;
	look_up(map, &it, ret);
	ret->entries_limit = ret->grown;
	count.b = it.b;
	/* A check is of the growth that there was when the bucket began. */
	known = it.check == NO_CHECK || !ret->grown || map->same_size_growth;
	ret->entries_known = known && count_left(&count, &it);
	return true;
}
