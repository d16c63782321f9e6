/*
 * Classic maps: 2^B buckets of eight slots with chains of overflow buckets;
 * growing leaves the old array in place until each of its buckets has been
 * evacuated. src/runtime/map.go (Go 1.24: map_noswiss.go).
 */
#include "runtime/map.h"

#include "base/checked.h"
#include "runtime/map_private.h"

#include <string.h>

enum {
	/* maptype.flags; no constants there. */
	INDIRECT_KEY = 1,
	INDIRECT_ELEM = 2,
	/* Overflow buckets seen where the array itself has none. */
	FEW_OVERFLOWS = 64,
	/* Buckets more than entries to look at in an array that ends nowhere. */
	DOOMED_SLACK = 1024,
};

/* maptype: slots are in two arrays, and the overflow pointer ends the bucket. */
static bool shape_by_descriptor(struct vole_map *map, uint64_t rtype,
				struct vole_error *err)
{
	struct vole_view t = vole_runtime_view(map->rt, rtype, err);
	struct vole_map_shape *shape = &map->shape;
	uint64_t flags;

	if (!t.layout->place[VOLE_CLASSIC_MAPTYPE_BUCKET_SIZE].known)
		return vole_fail(err, VOLE_NO_DEBUG_INFO, rtype,
				 "map descriptors are not described");
	shape->key_stride = vole_get(&t, VOLE_CLASSIC_MAPTYPE_KEY_SIZE);
	shape->elem_stride = vole_get(&t, VOLE_CLASSIC_MAPTYPE_ELEM_SIZE);
	shape->unit_size = vole_get(&t, VOLE_CLASSIC_MAPTYPE_BUCKET_SIZE);
	flags = vole_get(&t, VOLE_CLASSIC_MAPTYPE_FLAGS);
	if (!t.ok)
		return false;
	shape->keys_off = VOLE_MAP_SLOTS;
	shape->elems_off = shape->keys_off + VOLE_MAP_SLOTS * shape->key_stride;
	shape->overflow_off =
		shape->elems_off + VOLE_MAP_SLOTS * shape->elem_stride;
	shape->indirect_key = flags & INDIRECT_KEY;
	shape->indirect_elem = flags & INDIRECT_ELEM;
	return true;
}

/* hash<K,V>.buckets -> bucket<K,V>{tophash, keys, values, overflow} */
static bool shape_by_header(struct vole_map *map, struct vole_error *err)
{
	struct vole_map_shape *shape = &map->shape;
	struct vole_type *bucket, *key, *elem;
	const struct vole_field *overflow;

	if (!vole_map_pointee(map, map->type->header, "buckets", &bucket,
			      err) ||
	    !vole_map_array(map, bucket, "keys", &shape->keys_off,
			    &shape->key_stride, &key, err) ||
	    !vole_map_array(map, bucket, "values", &shape->elems_off,
			    &shape->elem_stride, &elem, err))
		return false;
	overflow = vole_type_field(bucket, "overflow");
	if (!overflow)
		return vole_fail(err, VOLE_UNSUPPORTED, VOLE_NOWHERE,
				 "debug information of a bucket without "
				 "\"overflow\"");
	shape->overflow_off = overflow->offset;
	shape->unit_size = bucket->size;
	shape->indirect_key = vole_map_indirect(key, map->key);
	shape->indirect_elem = vole_map_indirect(elem, map->elem);
	return true;
}

uint64_t vole_classic_num_buckets(const struct vole_map *map)
{
	return UINT64_C(1) << map->b;
}

uint64_t vole_classic_num_old_buckets(const struct vole_map *map)
{
	uint64_t num = vole_classic_num_buckets(map);

	return map->same_size_growth ? num : num / 2;
}

enum vole_map_slot_state vole_classic_state(const struct vole_map *map,
					    uint8_t top_hash)
{
	if (top_hash >= map->mark[MARK_MIN_TOP])
		return VOLE_MAP_OTHER;
	if (top_hash > map->mark[MARK_EMPTY_ONE])
		return VOLE_MAP_MOVED;
	return top_hash == map->mark[MARK_EMPTY_ONE] ? VOLE_MAP_EMPTY :
						       VOLE_MAP_EMPTY_REST;
}

uint8_t vole_classic_top_hash(const struct vole_map *map, uint64_t hash)
{
	uint8_t top = hash >> 56;

	return top < map->mark[MARK_MIN_TOP] ? top + map->mark[MARK_MIN_TOP] :
					       top;
}

static bool read_header(struct vole_map *map, struct vole_error *err)
{
	struct vole_view h = vole_runtime_view(map->rt, map->addr, err);
	uint64_t b;

	map->count = vole_get(&h, VOLE_HMAP_COUNT);
	map->flags = (uint8_t)vole_get(&h, VOLE_HMAP_FLAGS);
	b = vole_get(&h, VOLE_HMAP_B);
	map->noverflow = (uint32_t)vole_get(&h, VOLE_HMAP_NOVERFLOW);
	map->seed = vole_get(&h, VOLE_HMAP_HASH0);
	map->buckets = vole_get(&h, VOLE_HMAP_BUCKETS);
	map->old_buckets = vole_get(&h, VOLE_HMAP_OLDBUCKETS);
	map->nevacuate = vole_get(&h, VOLE_HMAP_NEVACUATE);
	map->extra = vole_get(&h, VOLE_HMAP_EXTRA);
	if (!h.ok)
		return false;
	if (b > VOLE_MAP_MAX_B)
		return vole_fail(err, VOLE_CORRUPT, map->addr,
				 "map with B=%" PRIu64 ", that is 2^%" PRIu64
				 " buckets",
				 b, b);
	map->b = (uint8_t)b;
	map->growing = map->old_buckets != 0;
	map->writing = map->flags & vole_map_const(map, VOLE_CONST_HASH_WRITING,
						   CLASSIC_HASH_WRITING);
	map->same_size_growth = map->flags &
				vole_map_const(map, VOLE_CONST_SAME_SIZE_GROW,
					       CLASSIC_SAME_SIZE_GROW);
	map->mark[MARK_EMPTY_ONE] =
		vole_map_const(map, VOLE_CONST_EMPTY_ONE, CLASSIC_EMPTY_ONE);
	map->mark[MARK_MIN_TOP] = vole_map_const(map, VOLE_CONST_MIN_TOP_HASH,
						 CLASSIC_MIN_TOP_HASH);
	return true;
}

static bool check_header(const struct vole_map *map, struct vole_error *err)
{
	/* Growth starts before eight entries a bucket: overLoadFactor(). */
	if (map->count / VOLE_MAP_SLOTS > vole_classic_num_buckets(map) ||
	    (!map->buckets && map->count))
		return vole_fail(err, VOLE_CORRUPT, map->addr,
				 "map of %" PRId64 " entries in %" PRIu64
				 " buckets at 0x%" PRIx64,
				 (int64_t)map->count,
				 vole_classic_num_buckets(map), map->buckets);
	if (map->growing &&
	    (!map->buckets || !vole_classic_num_old_buckets(map) ||
	     map->old_buckets == map->buckets ||
	     map->nevacuate > vole_classic_num_old_buckets(map)))
		return vole_fail(err, VOLE_CORRUPT, map->addr,
				 "map that grows from 0x%" PRIx64
				 " to 0x%" PRIx64 " with B=%u, %" PRIu64
				 " evacuated",
				 map->old_buckets, map->buckets, map->b,
				 map->nevacuate);
	return true;
}

/* A bucket array must not wrap past the end of memory. */
static bool check_array(const struct vole_map *map, const char *what,
			uint64_t addr, uint64_t num, struct vole_error *err)
{
	uint64_t size;

	if (__builtin_mul_overflow(num, map->shape.unit_size, &size))
		size = UINT64_MAX;
	return vole_map_place(map, what, addr, size, err);
}

static bool open(struct vole_map *map, struct vole_error *err)
{
	if (!read_header(map, err) || !check_header(map, err))
		return false;
	if (!map->buckets)
		return true;
	if (!vole_map_shape_find(map, shape_by_descriptor, shape_by_header,
				 err) ||
	    !check_array(map, "buckets", map->buckets,
			 vole_classic_num_buckets(map), err))
		return false;
	if (!map->growing)
		return true;
	if (!check_array(map, "old buckets", map->old_buckets,
			 vole_classic_num_old_buckets(map), err))
		return false;
	/* Else entries would come twice. */
	if (map->old_buckets - map->buckets <
		    vole_classic_num_buckets(map) * map->shape.unit_size ||
	    map->buckets - map->old_buckets <
		    vole_classic_num_old_buckets(map) * map->shape.unit_size)
		return vole_fail(err, VOLE_CORRUPT, map->addr,
				 "map that grows from 0x%" PRIx64
				 " into 0x%" PRIx64 ", which is the same",
				 map->old_buckets, map->buckets);
	return true;
}

/*
 * Start on an array. Where its last bucket is unreadable, B is wrong or the
 * core is cut: look at what a map of that count would have, then say so.
 */
static void begin_array(struct vole_map_walk *walk, bool old)
{
	const struct vole_map *map = walk->map;
	uint64_t num = old ? vole_classic_num_old_buckets(map) :
			     vole_classic_num_buckets(map);
	uint64_t base = old ? map->old_buckets : map->buckets;
	uint64_t size = map->shape.unit_size;

	walk->old = old;
	walk->at = 0;
	walk->end = num;
	/* No wrap: check_array(). */
	walk->doomed =
		!vole_memory_readable(map->rt->mem, base + num * size - 1);
	if (walk->doomed && num - 1 > map->count + DOOMED_SLACK)
		walk->end = map->count + DOOMED_SLACK;
}

static bool load(struct vole_map_walk *walk, uint64_t unit,
		 struct vole_error *err)
{
	if (!vole_map_unit_load(walk->map, unit, walk->control, &walk->overflow,
				err))
		return false;
	walk->unit = unit;
	walk->index = 0;
	walk->loaded = true;
	return true;
}

bool vole_classic_in_arrays(const struct vole_map *map, uint64_t addr)
{
	uint64_t size = map->shape.unit_size;

	return addr - map->buckets < vole_classic_num_buckets(map) * size ||
	       (map->growing &&
		addr - map->old_buckets <
			vole_classic_num_old_buckets(map) * size);
}

static bool load_overflow(struct vole_map_walk *walk, struct vole_error *err)
{
	const struct vole_map *map = walk->map;
	uint64_t unit = walk->overflow;

	if (!vole_map_place(map, "overflow bucket", unit, map->shape.unit_size,
			    err))
		return false;
	if (vole_classic_in_arrays(map, unit) ||
	    vole_hash_get(&walk->visited, unit, NULL))
		return vole_fail(err, VOLE_CORRUPT, walk->unit,
				 "map bucket is followed by 0x%" PRIx64
				 ", which belongs elsewhere",
				 unit);
	/*
	 * Keys that agree in their low bits make a map grow in place long
	 * before its overflow buckets are several times the others.
	 */
	if (walk->visited.len / 4 > walk->end + FEW_OVERFLOWS)
		return vole_fail(err, VOLE_CORRUPT, walk->unit,
				 "map of %" PRIu64
				 " buckets with over %zu overflow buckets",
				 walk->end, walk->visited.len);
	if (!vole_hash_put(&walk->visited, unit, 0))
		return vole_fail_nomem(err);
	return load(walk, unit, err);
}

static bool evacuated(const struct vole_map_walk *walk)
{
	return vole_classic_state(walk->map, walk->control[0]) ==
	       VOLE_MAP_MOVED;
}

/* The next bucket of the current array, passing evacuated ones. */
static bool load_bucket(struct vole_map_walk *walk, struct vole_error *err)
{
	const struct vole_map *map = walk->map;
	uint64_t base = walk->old ? map->old_buckets : map->buckets;

	while (walk->at < walk->end) {
		uint64_t unit = base + walk->at++ * map->shape.unit_size;

		if (!load(walk, unit, err))
			return false;
		/*
		 * What an evacuated bucket held is in the new array. One that
		 * a writer is just evacuating has slots that are not yet; its
		 * others are marked one by one and count as empty.
		 */
		if (!walk->old || map->writing || !evacuated(walk))
			return true;
		walk->loaded = false;
	}
	err->code = VOLE_OK;
	return false;
}

/* The next bucket of all; false with VOLE_OK when there is none. */
static bool advance(struct vole_map_walk *walk, struct vole_error *err)
{
	const struct vole_map *map = walk->map;

	if (!walk->begun) {
		walk->begun = true;
		begin_array(walk, false);
	} else if (walk->overflow) {
		return load_overflow(walk, err);
	}
	for (;;) {
		if (load_bucket(walk, err))
			return true;
		if (err->code != VOLE_OK)
			return false;
		if (walk->doomed)
			return vole_fail(err, VOLE_UNREADABLE, map->addr,
					 "the end of the map's %" PRIu64
					 " buckets cannot be read",
					 vole_classic_num_buckets(map));
		if (walk->old || !map->growing)
			return vole_map_walk_finish(walk, err);
		begin_array(walk, true);
	}
}

static bool next(struct vole_map_walk *walk, struct vole_map_slot *ret,
		 struct vole_error *err)
{
	const struct vole_map *map = walk->map;

	if (!map->buckets)
		return vole_map_walk_finish(walk, err);
	for (;;) {
		while (walk->loaded && walk->index < VOLE_MAP_SLOTS) {
			unsigned index = walk->index++;

			if (walk->control[index] >= map->mark[MARK_MIN_TOP])
				return vole_map_slot_at(walk, index, ret, err);
		}
		walk->loaded = false;
		if (!advance(walk, err))
			return false;
	}
}

const struct vole_map_ops vole_map_classic = { "classic", open, next };
