#include "runtime/map.h"

#include "base/checked.h"
#include "runtime/map_private.h"
#include "runtime/rtype.h"

#include <string.h>

enum {
	SIZE_WORD = 8,
	/* Keys and elements over 128 bytes are indirect, so 2072 is the most. */
	MAX_UNIT_SIZE = 4096,
};

/*
 * runtime.hmap decides: internal/runtime/maps.Map may be described in a
 * program built with noswissmap too, as the runtime imports that package.
 */
const struct vole_map_ops *vole_map_generation(const struct vole_layout *layout)
{
	if (layout->has[VOLE_STRUCT_HMAP])
		return &vole_map_classic;
	return layout->has[VOLE_STRUCT_SWISSMAP] ? &vole_map_swiss : NULL;
}

bool vole_map_open(const struct vole_runtime *rt, const struct vole_type *type,
		   uint64_t addr, struct vole_map *ret, struct vole_error *err)
{
	struct vole_map map = {
		.rt = rt,
		.ops = rt->map,
		.type = type,
		.key = type->key,
		.elem = type->elem,
		.addr = addr,
	};

	if (type->kind != VOLE_KIND_MAP)
		return vole_fail(err, VOLE_USAGE, VOLE_NOWHERE,
				 "a value of kind %s is no map",
				 vole_kind_name(type->kind));
	if (!vole_type_load(rt->types, map.key, err) ||
	    !vole_type_load(rt->types, map.elem, err))
		return false;
	if (addr) {
		if (!map.ops)
			return vole_fail(err, VOLE_NO_DEBUG_INFO, addr,
					 "how the maps of this program lie is "
					 "not known");
		if (!vole_map_place(&map, "map", addr, SIZE_WORD, err) ||
		    !map.ops->open(&map, err))
			return false;
	}
	*ret = map;
	return true;
}

bool vole_map_may_be_written(const struct vole_runtime *rt, uint64_t addr)
{
	const struct vole_map map = { .rt = rt, .ops = rt->map, .addr = addr };
	struct vole_error ignored;
	struct vole_view v = vole_runtime_view(rt, addr, &ignored);
	uint64_t writing;

	if (map.ops == &vole_map_classic)
		writing = vole_get(&v, VOLE_HMAP_FLAGS) &
			  vole_map_const(&map, VOLE_CONST_HASH_WRITING,
					 CLASSIC_HASH_WRITING);
	else
		writing = vole_get(&v, VOLE_SWISSMAP_WRITING);
	return !v.ok || writing;
}

void vole_map_walk_begin(const struct vole_map *map, struct vole_map_walk *ret)
{
	*ret = (struct vole_map_walk){ .map = map, .over = !map->addr };
}

bool vole_map_walk_next(struct vole_map_walk *walk, struct vole_map_slot *ret,
			struct vole_error *err)
{
	if (walk->over) {
		err->code = VOLE_OK;
		return false;
	}
	if (walk->map->ops->next(walk, ret, err))
		return true;
	walk->over = true;
	return false;
}

void vole_map_walk_end(struct vole_map_walk *walk)
{
	vole_hash_free(&walk->visited);
	walk->over = true;
}

bool vole_map_walk_finish(const struct vole_map_walk *walk,
			  struct vole_error *err)
{
	const struct vole_map *map = walk->map;

	if (walk->seen != map->count && !map->writing)
		return vole_fail(err, VOLE_CORRUPT, map->addr,
				 "map says %" PRIu64 " entries, %" PRIu64
				 " found",
				 map->count, walk->seen);
	err->code = VOLE_OK;
	return false;
}

bool vole_map_place(const struct vole_map *map, const char *what, uint64_t addr,
		    uint64_t size, struct vole_error *err)
{
	if (addr % SIZE_WORD || !vole_range_ok(addr, size))
		return vole_fail(err, VOLE_CORRUPT, map->addr,
				 "%s at 0x%" PRIx64 ", where none can be", what,
				 addr);
	return true;
}

/* The key or element of a slot at @p addr, which a pointer may stand for. */
static bool resolve(const struct vole_map *map, const char *what, uint64_t addr,
		    bool indirect, uint64_t *ret, struct vole_error *err)
{
	uint64_t target;

	if (!indirect) {
		*ret = addr;
		return true;
	}
	if (!vole_memory_uint(map->rt->mem, addr, SIZE_WORD, &target, err))
		return vole_fail_in(err, "reading the pointer to a map's %s",
				    what);
	if (!target)
		return vole_fail(err, VOLE_CORRUPT, addr,
				 "a nil pointer instead of a map's %s", what);
	*ret = target;
	return true;
}

bool vole_map_slot_of(const struct vole_map *map, uint64_t unit, unsigned index,
		      struct vole_map_slot *ret, struct vole_error *err)
{
	const struct vole_map_shape *shape = &map->shape;
	/* No wrap: the unit's place and the shape were checked. */
	uint64_t key = unit + shape->keys_off + index * shape->key_stride;
	uint64_t elem = unit + shape->elems_off + index * shape->elem_stride;
	struct vole_map_slot slot = { .unit = unit, .index = index };

	if (!resolve(map, "key", key, shape->indirect_key, &slot.key, err) ||
	    !resolve(map, "element", elem, shape->indirect_elem, &slot.elem,
		     err))
		return false;
	*ret = slot;
	return true;
}

bool vole_map_slot_at(struct vole_map_walk *walk, unsigned index,
		      struct vole_map_slot *ret, struct vole_error *err)
{
	const struct vole_map *map = walk->map;

	if (walk->seen >= map->count && !map->writing)
		return vole_fail(err, VOLE_CORRUPT, map->addr,
				 "map says %" PRIu64 " entries, more are there",
				 map->count);
	if (!vole_map_slot_of(map, walk->unit, index, ret, err))
		return false;
	walk->seen++;
	return true;
}

bool vole_map_unit_load(const struct vole_map *map, uint64_t unit,
			uint8_t control[VOLE_MAP_SLOTS], uint64_t *ret_overflow,
			struct vole_error *err)
{
	const struct vole_map_shape *shape = &map->shape;
	struct vole_memory *mem = map->rt->mem;
	uint64_t overflow_off = shape->overflow_off;
	size_t len;
	const uint8_t *bytes = vole_memory_borrow(mem, unit, &len);

	*ret_overflow = 0;
	if (bytes && len >= shape->unit_size) {
		memcpy(control, bytes, VOLE_MAP_SLOTS);
		if (overflow_off)
			memcpy(ret_overflow, bytes + overflow_off, SIZE_WORD);
		return true;
	}
	if (!vole_memory_read_all(mem, unit, control, VOLE_MAP_SLOTS, err) ||
	    (overflow_off && !vole_memory_uint(mem, unit + overflow_off,
					       SIZE_WORD, ret_overflow, err)))
		return vole_fail_in(err, "reading a map %s",
				    overflow_off ? "bucket" : "group");
	return true;
}

uint8_t vole_map_const(const struct vole_map *map, enum vole_const_id id,
		       uint8_t fallback)
{
	const struct vole_layout *layout = &map->rt->layout;

	return layout->has_const[id] ? (uint8_t)layout->value[id] : fallback;
}

/* Do eight values of @p size at that place and stride fit a unit? */
static bool fits(const struct vole_map_shape *shape, uint64_t offset,
		 uint64_t stride, uint64_t size)
{
	uint64_t room = shape->unit_size;

	return offset >= VOLE_MAP_SLOTS && offset <= room && size <= stride &&
	       stride <= room / VOLE_MAP_SLOTS &&
	       (VOLE_MAP_SLOTS - 1) * stride + size <= room - offset;
}

/* Before a shape is used its sums must not wrap and its slots must not leave. */
static bool check_shape(const struct vole_map *map, struct vole_error *err)
{
	const struct vole_map_shape *shape = &map->shape;
	uint64_t key = shape->indirect_key ? SIZE_WORD : map->key->size;
	uint64_t elem = shape->indirect_elem ? SIZE_WORD : map->elem->size;

	if (shape->unit_size < VOLE_MAP_SLOTS ||
	    shape->unit_size > MAX_UNIT_SIZE || shape->unit_size % SIZE_WORD)
		return vole_fail(err, VOLE_CORRUPT, map->addr,
				 "eight map slots of %" PRIu64 " bytes in all",
				 shape->unit_size);
	if (!fits(shape, shape->keys_off, shape->key_stride, key))
		return vole_fail(err, VOLE_CORRUPT, map->addr,
				 "map keys of %" PRIu64 " bytes at %" PRIu64
				 " every %" PRIu64 " of %" PRIu64,
				 key, shape->keys_off, shape->key_stride,
				 shape->unit_size);
	if (!fits(shape, shape->elems_off, shape->elem_stride, elem))
		return vole_fail(err, VOLE_CORRUPT, map->addr,
				 "map elements of %" PRIu64 " bytes at %" PRIu64
				 " every %" PRIu64 " of %" PRIu64,
				 elem, shape->elems_off, shape->elem_stride,
				 shape->unit_size);
	if (shape->overflow_off > shape->unit_size - SIZE_WORD)
		return vole_fail(err, VOLE_CORRUPT, map->addr,
				 "bucket of %" PRIu64
				 " bytes with its overflow at %" PRIu64,
				 shape->unit_size, shape->overflow_off);
	return true;
}

/*
 * The descriptor is one small read and is what the running program itself
 * goes by; but it may lie in memory that was not dumped, or be damaged.
 */
bool vole_map_shape_find(struct vole_map *map,
			 bool (*descriptor)(struct vole_map *map,
					    uint64_t rtype,
					    struct vole_error *err),
			 bool (*header)(struct vole_map *map,
					struct vole_error *err),
			 struct vole_error *err)
{
	struct vole_type *type = map->type->header;
	uint64_t rtype;

	if (vole_rtype_of(map->rt, map->type, &rtype, err) &&
	    descriptor(map, rtype, err) && check_shape(map, err))
		return true;
	if (!type)
		return vole_fail_in(err, "how this map type lies");
	memset(&map->shape, 0, sizeof(map->shape));
	return vole_type_load(map->rt->types, type, err) && header(map, err) &&
	       check_shape(map, err);
}

bool vole_map_field(const struct vole_map *map, const struct vole_type *owner,
		    const char *name, enum vole_kind kind,
		    const struct vole_field **ret, struct vole_error *err)
{
	const struct vole_field *field = vole_type_field(owner, name);

	if (!field)
		return vole_fail(err, VOLE_UNSUPPORTED, VOLE_NOWHERE,
				 "debug information of a map without \"%s\"",
				 name);
	if (!vole_type_load(map->rt->types, field->type, err))
		return false;
	if (field->type->kind != kind)
		return vole_fail(err, VOLE_UNSUPPORTED, VOLE_NOWHERE,
				 "\"%s\" of a map is of kind %s, not %s", name,
				 vole_kind_name(field->type->kind),
				 vole_kind_name(kind));
	*ret = field;
	return true;
}

bool vole_map_pointee(const struct vole_map *map, const struct vole_type *owner,
		      const char *name, struct vole_type **ret,
		      struct vole_error *err)
{
	const struct vole_field *field;

	if (!vole_map_field(map, owner, name, VOLE_KIND_PTR, &field, err) ||
	    !vole_type_load(map->rt->types, field->type->elem, err))
		return false;
	*ret = field->type->elem;
	return true;
}

bool vole_map_array(const struct vole_map *map, const struct vole_type *owner,
		    const char *name, uint64_t *ret_offset,
		    uint64_t *ret_stride, struct vole_type **ret,
		    struct vole_error *err)
{
	const struct vole_field *field;

	if (!vole_map_field(map, owner, name, VOLE_KIND_ARRAY, &field, err) ||
	    !vole_type_load(map->rt->types, field->type->elem, err))
		return false;
	if (field->type->len != VOLE_MAP_SLOTS)
		return vole_fail(err, VOLE_UNSUPPORTED, VOLE_NOWHERE,
				 "\"%s\" of a map are %" PRIu64 ", not %d",
				 name, field->type->len, VOLE_MAP_SLOTS);
	*ret_offset = field->offset;
	*ret_stride = field->type->elem->size;
	*ret = field->type->elem;
	return true;
}

bool vole_map_indirect(const struct vole_type *slot,
		       const struct vole_type *type)
{
	return slot->kind == VOLE_KIND_PTR && slot->size != type->size;
}
