/* What src/runtime/map.go keeps true of hmap and its buckets. */
#include "runtime/map_verify_private.h"

enum {
	ALL_FLAGS = CLASSIC_ITERATOR | CLASSIC_OLD_ITERATOR |
		    CLASSIC_HASH_WRITING | CLASSIC_SAME_SIZE_GROW,
	/* incrnoverflow() counts exactly for fewer buckets than 2^16. */
	MAX_EXACT_B = 16,
	MAX_STEP = 1024, /* advanceEvacuationMark() */
};

static void check_flags(struct verifier *v)
{
	const struct vole_map *map = v->map;

	if (map->flags & ~ALL_FLAGS)
		verify_problem(v, VOLE_MAP_BAD_HEADER, map->addr,
			       "flags 0x%02x, of which 0x%02x mean nothing",
			       map->flags, map->flags & ~ALL_FLAGS);
	if (map->same_size_growth && !map->growing)
		verify_problem(v, VOLE_MAP_BAD_HEADER, map->addr,
			       "growing at the same size by its flags, but "
			       "without old buckets");
}

/* hashGrow() sets nevacuate to 0, advanceEvacuationMark() stops at the end. */
static void check_nevacuate(struct verifier *v)
{
	const struct vole_map *map = v->map;
	uint64_t num = vole_classic_num_buckets(map);

	if (map->growing || !map->nevacuate || map->nevacuate == num ||
	    map->nevacuate == num / 2)
		return;
	verify_problem(v, VOLE_MAP_BAD_EVACUATION, map->addr,
		       "%" PRIu64 " old buckets were moved, but %" PRIu64
		       " or %" PRIu64 " there were",
		       map->nevacuate, num / 2, num);
}

void verify_classic_header(struct verifier *v)
{
	check_flags(v);
	check_nevacuate(v);
}

/*
 * emptyRest: nothing follows in this bucket and its chain; and mapdelete()
 * turns each emptyOne that nothing follows into one.
 */
static void check_rest(struct verifier *v, const struct vole_map_unit *unit,
		       unsigned i)
{
	bool rest = unit->state[i] == VOLE_MAP_EMPTY_REST;
	bool last = i == VOLE_MAP_SLOTS - 1 && !unit->overflow;
	bool empty = unit->state[i] == VOLE_MAP_EMPTY;

	if (v->rest && !rest)
		verify_problem(v, VOLE_MAP_BAD_CONTROL, unit->addr + i,
			       "slot %u of bucket %" PRIu64
			       " has top hash 0x%02x after one that says that "
			       "nothing follows",
			       i, unit->number, unit->control[i]);
	else if ((v->empty && rest) || (empty && last))
		verify_problem(v, VOLE_MAP_BAD_CONTROL, unit->addr + i,
			       "slot %u of bucket %" PRIu64
			       " is empty, and nothing follows, but its top "
			       "hash does not say that",
			       v->empty && rest ? i - 1 : i, unit->number);
	v->rest = rest;
	v->empty = empty;
}

static void check_key(struct verifier *v, const struct vole_map_unit *unit,
		      unsigned i)
{
	const struct vole_map *map = v->map;
	uint64_t num = unit->old ? vole_classic_num_old_buckets(map) :
				   vole_classic_num_buckets(map);
	struct vole_map_slot slot;
	uint64_t hash, number;
	uint8_t top;

	v->verify->entries++;
	if (!verify_hash(v, unit, i, &slot, &hash))
		return;
	top = vole_classic_top_hash(map, hash);
	number = hash & (num - 1);
	if (top == unit->control[i] && number == unit->number)
		verify_key_ok(v, &slot, hash);
	else
		verify_key_problem(v, &slot,
				   "%" PRIu64 " has top hash 0x%02x, but its "
				   "key hashes to 0x%016" PRIx64
				   ": bucket %" PRIu64 ", top hash 0x%02x",
				   unit->number, unit->control[i], hash, number,
				   top);
}

/* Insertions move the old bucket first: growWork(). */
static void check_moved_first(struct verifier *v,
			      const struct vole_map_unit *unit)
{
	const struct vole_map *map = v->map;
	uint64_t number = unit->number &
			  (vole_classic_num_old_buckets(map) - 1);
	uint8_t control[VOLE_MAP_SLOTS];
	struct vole_error ignored;
	uint64_t overflow;

	if (!map->growing || unit->depth || !unit->used ||
	    !vole_map_unit_load(
		    map, map->old_buckets + number * map->shape.unit_size,
		    control, &overflow, &ignored) ||
	    vole_classic_state(map, control[0]) == VOLE_MAP_MOVED)
		return;
	verify_problem(v, VOLE_MAP_BAD_EVACUATION, unit->addr,
		       "bucket %" PRIu64 " has entries, but old bucket %" PRIu64
		       " has not been moved",
		       unit->number, number);
}

static void check_new(struct verifier *v, const struct vole_map_unit *unit)
{
	unsigned i;

	check_moved_first(v, unit);
	for (i = 0; i < VOLE_MAP_SLOTS; i++) {
		check_rest(v, unit, i);
		if (unit->state[i] == VOLE_MAP_OTHER)
			check_key(v, unit, i);
		else if (unit->state[i] == VOLE_MAP_MOVED)
			verify_problem(v, VOLE_MAP_BAD_CONTROL, unit->addr + i,
				       "slot %u of bucket %" PRIu64
				       " has top hash 0x%02x, of an entry that "
				       "moved, but no old bucket",
				       i, unit->number, unit->control[i]);
	}
}

/*
 * advanceEvacuationMark() passes buckets that were moved out of turn, but at
 * most 1024 at once.
 */
static void check_mark(struct verifier *v, const struct vole_map_unit *unit)
{
	const struct vole_map *map = v->map;

	if (unit->depth || unit->number != map->nevacuate ||
	    vole_classic_num_old_buckets(map) > MAX_STEP)
		return;
	verify_problem(v, VOLE_MAP_BAD_EVACUATION, map->addr,
		       "old bucket %" PRIu64
		       " is said to be the next to move, but has moved",
		       unit->number);
}

/* evacuate() marks every slot of the chain. */
static void check_moved(struct verifier *v, const struct vole_map_unit *unit)
{
	const struct vole_map *map = v->map;
	unsigned i;

	check_mark(v, unit);
	for (i = 0; i < VOLE_MAP_SLOTS; i++) {
		if (unit->state[i] == VOLE_MAP_OTHER)
			v->verify->entries += map->writing;
		if (unit->state[i] != VOLE_MAP_MOVED)
			verify_problem(v, VOLE_MAP_BAD_EVACUATION,
				       unit->addr + i,
				       "slot %u of old bucket %" PRIu64
				       " has top hash 0x%02x, but the bucket "
				       "has been moved",
				       i, unit->number, unit->control[i]);
		else if (map->same_size_growth &&
			 unit->control[i] == CLASSIC_EVACUATED_Y)
			verify_problem(v, VOLE_MAP_BAD_EVACUATION,
				       unit->addr + i,
				       "slot %u of old bucket %" PRIu64
				       " moved to the upper half of a map that "
				       "keeps its size",
				       i, unit->number);
	}
}

static void check_unmoved(struct verifier *v, const struct vole_map_unit *unit)
{
	unsigned i;

	if (!unit->depth && unit->number < v->map->nevacuate)
		verify_problem(v, VOLE_MAP_BAD_EVACUATION, unit->addr,
			       "old bucket %" PRIu64
			       " has not been moved, though the first %" PRIu64
			       " have",
			       unit->number, v->map->nevacuate);
	for (i = 0; i < VOLE_MAP_SLOTS; i++) {
		check_rest(v, unit, i);
		if (unit->state[i] == VOLE_MAP_OTHER)
			check_key(v, unit, i);
		else if (unit->state[i] == VOLE_MAP_MOVED)
			verify_problem(v, VOLE_MAP_BAD_EVACUATION,
				       unit->addr + i,
				       "slot %u of old bucket %" PRIu64
				       " has top hash 0x%02x, of an entry that "
				       "moved, but the bucket has not",
				       i, unit->number, unit->control[i]);
	}
}

void verify_classic_unit(struct verifier *v, const struct vole_map_unit *unit)
{
	if (!unit->depth) {
		verify_same_begin(v);
		v->rest = v->empty = false;
		v->moved = unit->old && unit->state[0] == VOLE_MAP_MOVED;
	} else {
		verify_extra_unit(v, unit);
	}
	if (!unit->old)
		check_new(v, unit);
	else if (v->moved)
		check_moved(v, unit);
	else
		check_unmoved(v, unit);
}

void verify_classic_end(struct verifier *v)
{
	const struct vole_map *map = v->map;

	if (map->b < MAX_EXACT_B && !v->damaged &&
	    v->overflows != map->noverflow)
		verify_problem(v, VOLE_MAP_BAD_CHAIN, map->addr,
			       "the map says %" PRIu32
			       " overflow buckets, %" PRIu64 " are there",
			       map->noverflow, v->overflows);
	verify_extra_end(v);
}
