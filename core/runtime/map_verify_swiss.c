/* What internal/runtime/maps keeps true of Map, its tables and groups. */
#include "runtime/map_verify_private.h"

static void check_shift(struct verifier *v)
{
	const struct vole_map *map = v->map;

	/* Of a large map open() has compared it with the depth. */
	if (!map->dir_len && map->global_shift)
		verify_problem(v, VOLE_MAP_BAD_HEADER, map->addr,
			       "a small map with directory shift %u",
			       map->global_shift);
}

static void check_writing(struct verifier *v)
{
	const struct vole_map *map = v->map;
	struct vole_error err;
	struct vole_view m = vole_runtime_view(map->rt, map->addr, &err);
	uint64_t writing = vole_get(&m, VOLE_SWISSMAP_WRITING);

	if (m.ok && writing > 1)
		verify_problem(v, VOLE_MAP_BAD_HEADER, map->addr,
			       "\"writing\" is %" PRIu64 ", not 0 or 1",
			       writing);
}

void verify_swiss_header(struct verifier *v)
{
	check_shift(v);
	check_writing(v);
}

/* A table takes the directory slots that begin with its top bits. */
static void check_slots(struct verifier *v, const struct vole_map_table *table)
{
	uint64_t at;

	for (at = table->slot;
	     at < table->slot + table->num_slots && at < v->map->dir_len;
	     at++) {
		struct vole_error err;
		uint64_t addr;

		if (!vole_swiss_directory_slot(v->map, at, &addr, &err) ||
		    addr == table->addr)
			continue;
		verify_problem(v, VOLE_MAP_BAD_DIRECTORY, table->addr,
			       "the table takes %" PRIu64
			       " directory slots from %" PRIu64
			       " on, but slot %" PRIu64
			       " holds the table at 0x%" PRIx64,
			       table->num_slots, table->slot, at, addr);
		return;
	}
}

void verify_swiss_table(struct verifier *v, const struct vole_map_table *table)
{
	verify_same_begin(v);
	v->table_used = v->table_deleted = 0;
	v->used += table->used;
	if (table->index != (int64_t)table->slot)
		verify_problem(v, VOLE_MAP_BAD_DIRECTORY, table->addr,
			       "the table of directory slot %" PRIu64
			       " says that it is at slot %" PRId64,
			       table->slot, table->index);
	if (table->slot % table->num_slots ||
	    table->num_slots > v->map->dir_len - table->slot)
		verify_problem(v, VOLE_MAP_BAD_DIRECTORY, table->addr,
			       "the table takes %" PRIu64
			       " directory slots by its depth %" PRIu64
			       ", but the first is %" PRIu64 " of %" PRIu64,
			       table->num_slots, table->depth, table->slot,
			       v->map->dir_len);
	check_slots(v, table);
}

static bool has_empty(const struct verifier *v, const uint8_t *control)
{
	unsigned i;

	for (i = 0; i < VOLE_MAP_SLOTS; i++)
		if (vole_swiss_state(v->map, control[i]) == VOLE_MAP_EMPTY)
			return true;
	return false;
}

/* Does probing for @p hash come to that group of its table? */
static bool reached(struct verifier *v, const struct vole_map_unit *unit,
		    uint64_t hash)
{
	const struct vole_map *map = v->map;
	uint64_t mask = unit->table->num_groups - 1;
	uint64_t number = hash >> 7 & mask, step;

	for (step = 0; step <= mask; step++) {
		uint8_t control[VOLE_MAP_SLOTS];
		struct vole_error ignored;
		uint64_t overflow;

		number = (number + step) & mask;
		if (number == unit->number)
			return true;
		if (!vole_map_unit_load(map,
					unit->table->groups +
						number * map->shape.unit_size,
					control, &overflow, &ignored) ||
		    has_empty(v, control))
			return false;
	}
	return false;
}

static void misplaced(struct verifier *v, const struct vole_map_unit *unit,
		      const struct vole_map_slot *slot, uint64_t hash)
{
	uint64_t directory = vole_swiss_directory_index(v->map, hash);
	uint8_t control = unit->control[slot->index];

	if (!unit->table)
		verify_key_problem(v, slot,
				   "0x%" PRIx64 " has control byte 0x%02x, but "
				   "its key hashes to 0x%016" PRIx64
				   ": control byte 0x%02x",
				   unit->addr, control, hash,
				   (unsigned)(hash & SWISS_H2));
	else if (directory - unit->table->slot >= unit->table->num_slots)
		verify_key_problem(v, slot,
				   "%" PRIu64 " has control byte 0x%02x in the "
				   "table of directory slot %" PRIu64
				   ", but its key hashes to 0x%016" PRIx64
				   ": slot %" PRIu64 ", control byte 0x%02x",
				   unit->number, control, unit->table->slot,
				   hash, directory,
				   (unsigned)(hash & SWISS_H2));
	else
		verify_key_problem(v, slot,
				   "%" PRIu64 " has control byte 0x%02x, but "
				   "its key hashes to 0x%016" PRIx64
				   ": group %" PRIu64
				   " and on, control byte 0x%02x",
				   unit->number, control, hash,
				   hash >> 7 & (unit->table->num_groups - 1),
				   (unsigned)(hash & SWISS_H2));
}

static void check_key(struct verifier *v, const struct vole_map_unit *unit,
		      unsigned i)
{
	struct vole_map_slot slot;
	uint64_t hash;
	bool ok;

	v->verify->entries++;
	v->table_used++;
	if (!verify_hash(v, unit, i, &slot, &hash))
		return;
	ok = (hash & SWISS_H2) == unit->control[i];
	if (ok && unit->table)
		ok = vole_swiss_directory_index(v->map, hash) -
				     unit->table->slot <
			     unit->table->num_slots &&
		     reached(v, unit, hash);
	if (ok)
		verify_key_ok(v, &slot, hash);
	else
		misplaced(v, unit, &slot, hash);
}

void verify_swiss_unit(struct verifier *v, const struct vole_map_unit *unit)
{
	unsigned i;

	for (i = 0; i < VOLE_MAP_SLOTS; i++) {
		bool deleted = unit->state[i] == VOLE_MAP_DELETED;

		v->table_deleted += deleted;
		if (unit->state[i] == VOLE_MAP_OTHER &&
		    !(unit->control[i] & SWISS_NOT_FULL))
			check_key(v, unit, i);
		else if (unit->state[i] == VOLE_MAP_OTHER ||
			 (deleted && !unit->table))
			verify_problem(v, VOLE_MAP_BAD_CONTROL, unit->addr + i,
				       "slot %u of group %" PRIu64
				       " has control byte 0x%02x, which %s",
				       i, unit->number, unit->control[i],
				       deleted ? "a small map never has" :
						 "means nothing");
	}
}

/* table.go: maxAvgGroupLoad, of eight slots. */
static uint64_t max_load(const struct vole_map_table *table)
{
	return table->capacity <= VOLE_MAP_SLOTS ? table->capacity - 1 :
						   table->capacity / 8 * 7;
}

void verify_swiss_table_end(struct verifier *v,
			    const struct vole_map_table *table)
{
	uint64_t max = max_load(table);

	v->deleted += v->table_deleted;
	if (v->damaged)
		return;
	if (table->used != v->table_used)
		verify_problem(v, VOLE_MAP_BAD_TABLE, table->addr,
			       "the table of directory slot %" PRIu64
			       " says %" PRIu64 " entries, %" PRIu64
			       " are there",
			       table->slot, table->used, v->table_used);
	/* An entry or a tombstone takes from what may come before growth. */
	if (table->growth_left + v->table_used + v->table_deleted != max)
		verify_problem(v, VOLE_MAP_BAD_TABLE, table->addr,
			       "the table of directory slot %" PRIu64
			       " has %" PRIu64 " entries, %" PRIu64
			       " tombstones and room for %" PRIu64
			       " before it grows: not %" PRIu64 " together",
			       table->slot, v->table_used, v->table_deleted,
			       table->growth_left, max);
}

/* Go 1.25: false only while no table has a tombstone. */
static void check_tombstones(struct verifier *v)
{
	const struct vole_map *map = v->map;
	struct vole_error err;
	struct vole_view m = vole_runtime_view(map->rt, map->addr, &err);
	uint64_t possible;

	if (!m.layout->place[VOLE_SWISSMAP_TOMBSTONE_POSSIBLE].known)
		return;
	possible = vole_get(&m, VOLE_SWISSMAP_TOMBSTONE_POSSIBLE);
	if (!m.ok)
		return;
	if (possible > 1)
		verify_problem(v, VOLE_MAP_BAD_HEADER, map->addr,
			       "\"tombstonePossible\" is %" PRIu64
			       ", not 0 or 1",
			       possible);
	if (!possible && v->deleted)
		verify_problem(v, VOLE_MAP_BAD_TABLE, map->addr,
			       "%" PRIu64
			       " tombstones in a map that says it has none",
			       v->deleted);
}

void verify_swiss_end(struct verifier *v)
{
	const struct vole_map *map = v->map;

	check_tombstones(v);
	if (map->dir_len && !v->damaged && v->used != map->count)
		verify_problem(v, VOLE_MAP_BAD_COUNT, map->addr,
			       "the map says %" PRIu64
			       " entries, its tables say %" PRIu64,
			       map->count, v->used);
}
