/*
 * What src/runtime/map.go keeps true of mapextra: makeBucketArray() and
 * newoverflow() for the buckets that wait behind the array, createOverflow()
 * and hashGrow() for the lists.
 */
#include "runtime/map_extra.h"
#include "runtime/map_verify_private.h"

enum {
	SIZE_WORD = 8,
	/* From this B on there are overflow buckets behind the array. */
	MIN_KEPT_B = 4,
};

static uint64_t end_of_array(const struct vole_map *map)
{
	return map->buckets +
	       vole_classic_num_buckets(map) * map->shape.unit_size;
}

/* How many buckets lie behind the array; false: not known. */
static bool num_kept(const struct verifier *v, uint64_t *ret)
{
	uint64_t num = vole_classic_num_buckets(v->map);

	if (v->map->b < MIN_KEPT_B) {
		*ret = 0;
		return true;
	}
	if (v->verify->room <= num)
		return false;
	*ret = v->verify->room - num;
	return true;
}

void verify_extra_unit(struct verifier *v, const struct vole_map_unit *unit)
{
	const struct vole_map *map = v->map;
	uint64_t num;

	if (unit->old)
		v->old_overflows++;
	else
		v->overflows++;
	if (!unit->old && num_kept(v, &num) &&
	    unit->addr - end_of_array(map) < num * map->shape.unit_size)
		v->kept++;
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

static void check_next(struct verifier *v, uint64_t next)
{
	const struct vole_map *map = v->map;
	uint64_t size = map->shape.unit_size, num, used;

	if (!num_kept(v, &num))
		return;
	used = next ? (next - end_of_array(map)) / size : num;
	if (next && ((next - end_of_array(map)) % size || used >= num)) {
		verify_problem(v, VOLE_MAP_BAD_CHAIN, map->extra,
			       "the next overflow bucket is at 0x%" PRIx64
			       ", which is none of the %" PRIu64
			       " behind the array",
			       next, num);
		return;
	}
	if (!v->damaged && (v->kept != used || (next && v->overflows != used)))
		verify_problem(v, VOLE_MAP_BAD_CHAIN, map->extra,
			       "%" PRIu64 " of the %" PRIu64
			       " overflow buckets behind the array should be "
			       "in use, but %" PRIu64 " are, and %" PRIu64
			       " elsewhere",
			       used, num, v->kept, v->overflows - v->kept);
	if (next)
		check_waiting(v, next, end_of_array(map) + num * size);
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
	if (!map->extra && map->b >= MIN_KEPT_B) {
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
