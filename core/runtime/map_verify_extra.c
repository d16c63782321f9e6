/*
 * What src/runtime/map.go keeps true of mapextra: makeBucketArray() and
 * newoverflow() for the buckets that wait behind the array, createOverflow()
 * and hashGrow() for the lists.
 */
#include "runtime/map_extra.h"
#include "runtime/map_verify_private.h"

enum {
	SIZE_WORD = 8,
	/* An array of so many has overflow buckets behind it. */
	MIN_KEPT = 16,
};

/* The overflow buckets that were made with an array, behind it. */
struct kept {
	uint64_t begin, num;
};

/* False: not known. */
static bool find_kept(const struct verifier *v, bool old, struct kept *ret)
{
	const struct vole_map *map = v->map;
	uint64_t base = old ? map->old_buckets : map->buckets;
	uint64_t room = old ? v->verify->old_room : v->verify->room;
	uint64_t num = old ? vole_classic_num_old_buckets(map) :
			     vole_classic_num_buckets(map);

	*ret = (struct kept){ base + num * map->shape.unit_size, 0 };
	if (num < MIN_KEPT)
		return true;
	if (room <= num)
		return false;
	ret->num = room - num;
	return true;
}

/* Of a chain's bucket: if it is a kept one it must be whole, and counts. */
static void check_kept(struct verifier *v, const struct vole_map_unit *unit)
{
	uint64_t size = v->map->shape.unit_size, offset, index;
	struct kept kept;

	if (!find_kept(v, unit->old, &kept))
		return;
	offset = unit->addr - kept.begin;
	index = offset / size;
	if (index >= kept.num)
		return;
	if (offset % size) {
		v->damaged = true;
		verify_problem(v, VOLE_MAP_BAD_CHAIN, unit->addr,
			       "an overflow bucket begins at byte %" PRIu64
			       " of number %" PRIu64 " behind the array",
			       offset % size, index);
	} else if (!unit->old) {
		v->kept++;
		if (v->last_kept < index)
			v->last_kept = index;
	}
}

void verify_extra_unit(struct verifier *v, const struct vole_map_unit *unit)
{
	if (unit->old)
		v->old_overflows++;
	else
		v->overflows++;
	check_kept(v, unit);
	if (!vole_hash_put(&v->chained, unit->addr,
			   unit->old ? VERIFY_OLD : VERIFY_NEW))
		v->failed = v->stopped = true;
}

/* --- buckets that wait ------------------------------------------------------- */

/* The last of those that wait points to the array, the others nowhere. */
static void check_waiting(struct verifier *v, uint64_t next, uint64_t end)
{
	const struct vole_map *map = v->map;
	uint64_t size = map->shape.unit_size, addr, overflow;
	struct vole_error ignored;

	for (addr = next; addr < end; addr += size) {
		bool last = addr + size == end;

		if (!verify_go_on(v))
			return;
		if (vole_memory_uint(map->rt->mem,
				     addr + map->shape.overflow_off, SIZE_WORD,
				     &overflow, &ignored) &&
		    overflow == (last ? map->buckets : 0))
			continue;
		verify_problem(v, VOLE_MAP_BAD_CHAIN, addr,
			       "an overflow bucket that waits for its use "
			       "should be followed by %s",
			       last ? "the array, as the last of them" :
				      "none");
		return;
	}
}

/* newoverflow() takes them one after another, before it makes any. */
static void check_used(struct verifier *v, const struct kept *kept,
		       uint64_t used)
{
	if (v->kept != used || (used < kept->num && v->overflows != used))
		verify_problem(v, VOLE_MAP_BAD_CHAIN, v->map->extra,
			       "%" PRIu64 " of the %" PRIu64
			       " overflow buckets behind the array should be "
			       "in use, but %" PRIu64 " are, and %" PRIu64
			       " elsewhere",
			       used, kept->num, v->kept,
			       v->overflows - v->kept);
	else if (used && v->last_kept >= used)
		verify_problem(v, VOLE_MAP_BAD_CHAIN, v->map->extra,
			       "the first %" PRIu64
			       " overflow buckets behind the array should be "
			       "in use, but number %" PRIu64 " is",
			       used, v->last_kept);
}

static void check_next(struct verifier *v, uint64_t next)
{
	uint64_t size = v->map->shape.unit_size, used;
	struct kept kept;

	if (!find_kept(v, false, &kept))
		return;
	used = next ? (next - kept.begin) / size : kept.num;
	if (next && ((next - kept.begin) % size || used >= kept.num)) {
		verify_problem(v, VOLE_MAP_BAD_CHAIN, v->map->extra,
			       "the next overflow bucket is at 0x%" PRIx64
			       ", which is none of the %" PRIu64
			       " behind the array",
			       next, kept.num);
		return;
	}
	if (!v->damaged)
		check_used(v, &kept, used);
	if (next)
		check_waiting(v, next, kept.begin + kept.num * size);
}

/* --- lists ------------------------------------------------------------------- */

/* Each bucket of a list is in a chain of its array, and is there once. */
static void check_items(struct verifier *v, const char *name,
			const struct vole_map_list *list,
			enum verify_chain chain)
{
	uint64_t i, item, found = VERIFY_NEW;
	struct vole_error err;

	for (i = 0; i < list->len; i++) {
		if (!verify_go_on(v))
			return;
		if (!vole_memory_uint(v->map->rt->mem,
				      list->items + i * SIZE_WORD, SIZE_WORD,
				      &item, &err)) {
			verify_problem(v, VOLE_MAP_BAD_MEMORY, list->items,
				       "%s: %s", name, err.text);
			return;
		}
		if (vole_hash_get(&v->chained, item, &found) &&
		    found == (uint64_t)chain &&
		    vole_hash_put(&v->chained, item, VERIFY_LISTED))
			continue;
		verify_problem(v, VOLE_MAP_BAD_CHAIN,
			       list->items + i * SIZE_WORD,
			       "%s has 0x%" PRIx64 ", which %s", name, item,
			       found == VERIFY_LISTED ? "it has twice" :
							"is in no such chain");
		return;
	}
}

static void check_list(struct verifier *v, const char *name,
		       const struct vole_map_list *list, uint64_t num,
		       enum verify_chain chain)
{
	if (list->len != num)
		verify_problem(v, VOLE_MAP_BAD_CHAIN,
			       list->addr ? list->addr : v->map->addr,
			       "%s has %" PRIu64 " of %" PRIu64
			       " overflow buckets",
			       name, list->len, num);
	else if (list->cap < num || !list->items != !list->cap)
		verify_problem(v, VOLE_MAP_BAD_CHAIN, list->addr,
			       "%s has %" PRIu64
			       " overflow buckets in an array at 0x%" PRIx64
			       " for %" PRIu64,
			       name, num, list->items, list->cap);
	else
		check_items(v, name, list, chain);
}

static void check_no_list(struct verifier *v, const char *name,
			  const struct vole_map_list *list, const char *why)
{
	if (list->addr)
		verify_problem(v, VOLE_MAP_BAD_CHAIN, list->addr,
			       "there is a list %s, but %s", name, why);
}

static void check_lists(struct verifier *v, const struct vole_map_extra *extra)
{
	bool lists;

	if (!v->map->growing)
		check_no_list(v, "oldoverflow", &extra->old_overflow,
			      "the map does not grow");
	if (v->damaged || !vole_map_extra_lists(v->map, &lists))
		return;
	if (lists) {
		check_list(v, "overflow", &extra->overflow, v->overflows,
			   VERIFY_NEW);
		if (v->map->growing)
			check_list(v, "oldoverflow", &extra->old_overflow,
				   v->old_overflows, VERIFY_OLD);
		return;
	}
	check_no_list(v, "overflow", &extra->overflow, "buckets have pointers");
	if (v->map->growing)
		check_no_list(v, "oldoverflow", &extra->old_overflow,
			      "buckets have pointers");
}

void verify_extra_end(struct verifier *v)
{
	const struct vole_map *map = v->map;
	struct vole_map_extra extra = { 0 };
	struct vole_error err;

	if (!map->rt->layout.place[VOLE_HMAP_EXTRA].known || !map->buckets)
		return;
	if (!map->extra && vole_classic_num_buckets(map) >= MIN_KEPT) {
		verify_problem(v, VOLE_MAP_BAD_HEADER, map->addr,
			       "%" PRIu64 " buckets, but no mapextra",
			       vole_classic_num_buckets(map));
		return;
	}
	if (map->extra && !vole_map_extra_read(map, &extra, &err)) {
		if (err.code == VOLE_UNREADABLE)
			verify_problem(v, VOLE_MAP_BAD_MEMORY, map->extra,
				       "mapextra: %s", err.text);
		return;
	}
	check_next(v, extra.next_overflow);
	check_lists(v, &extra);
}
