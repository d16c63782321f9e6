#include "command/map_stats.h"

#include "command/map_objects.h"
#include "runtime/keyhash.h"

#include <stdio.h>

enum { ASK_EVERY = 1024, SIZE_WORD = 8, LOAD_FACTOR_NUM = 13 };

struct taking {
	struct vole_map_visitor visitor; /* first: cast back */
	struct vole_map_stats *stats;
	struct vole_keyhash keyhash;
	bool hashes;
	bool (*stopped)(void *arg);
	void *arg;
};

static void count_probe(struct vole_map_stats *s, uint64_t length)
{
	if (length < VOLE_MAP_STATS_PROBES)
		s->probes[length]++;
	else
		s->unknown++;
}

/* Groups between the first for the key's hash and its own. */
static uint64_t distance(struct taking *t, const struct vole_map_unit *unit,
			 unsigned index)
{
	struct vole_map_slot slot;
	struct vole_key_hash hash;
	struct vole_error ignored;

	if (!unit->table)
		return 0;
	if (!t->hashes ||
	    !vole_map_unit_slot(t->stats->map, unit, index, &slot, &ignored) ||
	    !vole_keyhash_at(&t->keyhash, slot.key, &hash, &ignored) ||
	    hash.random)
		return UINT64_MAX;
	return vole_map_unit_distance(unit, hash.bits);
}

static void count_entries(struct taking *t, const struct vole_map_unit *unit)
{
	struct vole_map_stats *s = t->stats;
	unsigned i;

	for (i = 0; i < VOLE_MAP_SLOTS; i++) {
		s->deleted += unit->state[i] == VOLE_MAP_DELETED;
		if (unit->state[i] != VOLE_MAP_OTHER)
			continue;
		s->entries++;
		count_probe(s, s->map->ops == &vole_map_classic ?
				       unit->depth :
				       distance(t, unit, i));
	}
}

static void add_moved(struct vole_map_stats *s, uint64_t number)
{
	struct vole_map_run *last =
		s->num_runs && s->num_runs <= VOLE_MAP_STATS_RUNS ?
			&s->runs[s->num_runs - 1] :
			NULL;

	s->moved++;
	if (last && last->last + 1 == number) {
		last->last = number;
		return;
	}
	if (s->num_runs < VOLE_MAP_STATS_RUNS)
		s->runs[s->num_runs] = (struct vole_map_run){ number, number };
	s->num_runs++;
}

/* Is the overflow bucket one of those that were made with its array? */
static bool is_in_room(const struct vole_map_stats *s,
		       const struct vole_map_unit *unit)
{
	const struct vole_map *map = s->map;
	uint64_t base = unit->old ? map->old_buckets : map->buckets;
	uint64_t room = unit->old ? s->old_room : s->room;

	return unit->addr - base < room * map->shape.unit_size;
}

static bool on_unit(struct vole_map_visitor *visitor,
		    const struct vole_map_unit *unit)
{
	struct taking *t = (struct taking *)visitor;
	struct vole_map_stats *s = t->stats;

	s->units++;
	s->slots += unit->old ? 0 : VOLE_MAP_SLOTS;
	s->overflows += unit->depth > 0;
	s->old_units += unit->old;
	if (unit->old && !unit->depth && unit->state[0] == VOLE_MAP_MOVED)
		add_moved(s, unit->number);
	if (!is_in_room(s, unit))
		s->bytes += s->map->shape.unit_size;
	if (!unit->old || unit->used)
		s->fill[unit->used]++;
	count_entries(t, unit);
	return s->units % ASK_EVERY || !t->stopped(t->arg);
}

static bool on_table(struct vole_map_visitor *visitor,
		     const struct vole_map_table *table)
{
	struct vole_map_stats *s = ((struct taking *)visitor)->stats;

	s->tables++;
	s->full_tables += !table->growth_left;
	return true;
}

static void take_memory(struct vole_map_stats *s)
{
	const struct vole_map *map = s->map;
	const struct vole_layout *layout = &map->rt->layout;
	const struct vole_map_shape *shape = &map->shape;
	uint64_t each = map->key->size + map->elem->size;

	s->bytes += (s->room + s->old_room) * shape->unit_size;
	if (map->extra)
		s->bytes += layout->size[VOLE_STRUCT_MAPEXTRA];
	s->bytes += layout->size[map->ops == &vole_map_classic ?
					 VOLE_STRUCT_HMAP :
					 VOLE_STRUCT_SWISSMAP];
	s->bytes += map->dir_len * SIZE_WORD +
		    s->tables * layout->size[VOLE_STRUCT_SWISSTABLE];
	s->bytes += shape->indirect_key ? s->entries * map->key->size : 0;
	s->bytes += shape->indirect_elem ? s->entries * map->elem->size : 0;
	s->wasted = s->bytes - s->entries * each;
}

static void take_watch(struct vole_map_stats *s)
{
	static const enum vole_field_id classic[] = { VOLE_HMAP_FLAGS,
						      VOLE_HMAP_BUCKETS,
						      VOLE_HMAP_OLDBUCKETS };
	static const enum vole_field_id swiss[] = { VOLE_SWISSMAP_WRITING,
						    VOLE_SWISSMAP_DIR_PTR,
						    VOLE_SWISSMAP_USED };
	const enum vole_field_id *fields =
		s->map->ops == &vole_map_classic ? classic : swiss;
	unsigned i;

	for (i = 0; i < 3; i++)
		s->watch[i] = s->map->addr +
			      s->map->rt->layout.place[fields[i]].offset;
}

void vole_map_stats_take(const struct vole_map *map,
			 const struct vole_heap *heap,
			 bool (*stopped)(void *arg), void *arg,
			 struct vole_map_stats *ret)
{
	struct taking t = {
		.visitor = { .table = on_table, .unit = on_unit },
		.stats = ret,
		.stopped = stopped,
		.arg = arg,
	};
	struct vole_error ignored;

	*ret = (struct vole_map_stats){ .map = map };
	if (heap) {
		ret->room = vole_map_room(map, heap, map->buckets);
		ret->old_room = vole_map_room(map, heap, map->old_buckets);
	}
	t.hashes = map->ops == &vole_map_swiss && map->dir_len &&
		   vole_keyhash_open(map, &t.keyhash, &ignored);
	vole_map_visit(map, &t.visitor);
	if (t.hashes)
		vole_keyhash_close(&t.keyhash);
	take_memory(ret);
	take_watch(ret);
}

/* --- words ------------------------------------------------------------------- */

static const char *writing_words(const struct vole_map *map)
{
	return map->writing ? "; a goroutine is changing it" : "";
}

/* map.go: overLoadFactor(), tooManyOverflowBuckets() */
static const char *next_words(const struct vole_map *map)
{
	uint64_t num = UINT64_C(1) << map->b;
	const struct vole_layout *layout = &map->rt->layout;
	/* Of two buckets; Go 1.21 has 12. */
	uint64_t load =
		layout->has_const[VOLE_CONST_LOAD_FACTOR_NUM] ?
			(uint64_t)layout->value[VOLE_CONST_LOAD_FACTOR_NUM] :
			LOAD_FACTOR_NUM;
	uint64_t max = map->b ? load * (num / 2) : VOLE_MAP_SLOTS;
	uint64_t most = map->b < 15 ? num : UINT64_C(1) << 15;

	if (map->count >= max)
		return "the next new key doubles it";
	if (map->noverflow >= most)
		return "the next new key copies it at the same size, to be rid "
		       "of overflow buckets";
	return "there is room before it doubles";
}

static void classic_words(const struct vole_map_stats *s, char *buf, size_t len)
{
	const struct vole_map *map = s->map;
	uint64_t num = UINT64_C(1) << map->b;

	if (!map->buckets)
		snprintf(buf, len, "no buckets yet: the first entry makes one");
	else if (map->growing)
		snprintf(buf, len,
			 "%s from %" PRIu64 " to %" PRIu64 " buckets: %" PRIu64
			 " old ones have been moved, each insertion and "
			 "deletion moves one or two more%s",
			 map->same_size_growth ? "copied at the same size" :
						 "growing",
			 map->same_size_growth ? num : num / 2, num, s->moved,
			 writing_words(map));
	else
		snprintf(buf, len, "not growing; %s%s", next_words(map),
			 writing_words(map));
}

/* What comes next of those that have no room left. */
static const char *full_words(const struct vole_map_stats *s)
{
	if (!s->full_tables)
		return "";
	if (s->deleted)
		return ", where a new key takes the slot of a tombstone, "
		       "doubles the table, or at 1024 slots splits it in two";
	return ", which with a new key doubles, or splits in two at 1024 slots";
}

static void swiss_words(const struct vole_map_stats *s, char *buf, size_t len)
{
	const struct vole_map *map = s->map;

	if (!map->dir)
		snprintf(buf, len, "no group yet: the first entry makes one");
	else if (!map->dir_len)
		snprintf(buf, len,
			 "small: one group without hashing beyond its control "
			 "bytes; the ninth entry makes a table%s",
			 writing_words(map));
	else
		snprintf(buf, len,
			 "%" PRIu64 " table%s behind a directory of %" PRIu64
			 "; %" PRIu64 " full%s%s",
			 s->tables, s->tables == 1 ? "" : "s", map->dir_len,
			 s->full_tables, full_words(s), writing_words(map));
}

const char *vole_map_stats_moved(const struct vole_map_stats *stats, char *buf,
				 size_t len)
{
	size_t used = 0;
	uint64_t i;

	buf[0] = '\0';
	for (i = 0; i < stats->num_runs && i < VOLE_MAP_STATS_RUNS; i++) {
		const struct vole_map_run *run = &stats->runs[i];

		if (used < len)
			used += (size_t)snprintf(buf + used, len - used,
						 "%s%" PRIu64, used ? ", " : "",
						 run->first);
		if (used < len && run->last > run->first)
			used += (size_t)snprintf(buf + used, len - used,
						 "-%" PRIu64, run->last);
	}
	if (used < len && i < stats->num_runs)
		snprintf(buf + used, len - used, ", and more");
	return buf;
}

const char *vole_map_stats_words(const struct vole_map_stats *stats, char *buf,
				 size_t len)
{
	if (stats->map->ops == &vole_map_classic)
		classic_words(stats, buf, len);
	else
		swiss_words(stats, buf, len);
	return buf;
}

const char *vole_map_stats_flags(const struct vole_map_stats *stats, char *buf,
				 size_t len)
{
	static const char *const names[] = { "iterator", "old-iterator",
					     "writing", "same-size-growth" };
	size_t used = 0;
	unsigned i;

	for (i = 0; i < 4; i++)
		if (stats->map->flags & 1 << i && used < len)
			used += (size_t)snprintf(buf + used, len - used, "%s%s",
						 used ? ", " : "", names[i]);
	if (!used)
		snprintf(buf, len, "none");
	return buf;
}
