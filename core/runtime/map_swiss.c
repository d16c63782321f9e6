/*
 * Swiss maps: a directory of tables of groups of eight slots, or one lone
 * group for small maps. src/internal/runtime/maps/{map,table,group}.go.
 */
#include "runtime/map.h"

#include "base/checked.h"
#include "runtime/map_private.h"

#include <string.h>

/* Where the target records no constants. */
enum {
	INDIRECT_KEY = 4,
	INDIRECT_ELEM = 8,
};

enum {
	SIZE_WORD = 8,
	MAX_CAPACITY = 1 << 15, /* of a table; its field has 16 bits */
};

/*
 * Go 1.27 told slots apart into places of keys and of elements, and with the
 * experiment mapsplitgroup keeps both in arrays of their own; before, all
 * follows from the size of a slot.
 */
static bool shape_by_descriptor(struct vole_map *map, uint64_t rtype,
				struct vole_error *err)
{
	struct vole_view t = vole_runtime_view(map->rt, rtype, err);
	const struct vole_place *place = t.layout->place;
	struct vole_map_shape *shape = &map->shape;
	uint64_t flags;

	if (!place[VOLE_SWISS_MAPTYPE_GROUP_SIZE].known ||
	    !place[VOLE_SWISS_MAPTYPE_FLAGS].known)
		return vole_fail(err, VOLE_NO_DEBUG_INFO, rtype,
				 "map descriptors are not described");
	shape->unit_size = vole_get(&t, VOLE_SWISS_MAPTYPE_GROUP_SIZE);
	if (place[VOLE_SWISS_MAPTYPE_KEYS_OFF].known) {
		shape->keys_off = vole_get(&t, VOLE_SWISS_MAPTYPE_KEYS_OFF);
		shape->key_stride = vole_get(&t, VOLE_SWISS_MAPTYPE_KEY_STRIDE);
		shape->elems_off = vole_get(&t, VOLE_SWISS_MAPTYPE_ELEMS_OFF);
		shape->elem_stride =
			vole_get(&t, VOLE_SWISS_MAPTYPE_ELEM_STRIDE);
	} else {
		shape->keys_off = VOLE_MAP_SLOTS;
		shape->key_stride = vole_get(&t, VOLE_SWISS_MAPTYPE_SLOT_SIZE);
		shape->elems_off = vole_get(&t, VOLE_SWISS_MAPTYPE_ELEM_OFF);
		shape->elem_stride = shape->key_stride;
		if (!vole_at(shape->keys_off, 1, shape->elems_off,
			     &shape->elems_off))
			shape->elems_off = UINT64_MAX;
	}
	flags = vole_get(&t, VOLE_SWISS_MAPTYPE_FLAGS);
	shape->indirect_key = flags &
			      vole_map_const(map, VOLE_CONST_SWISS_INDIRECT_KEY,
					     INDIRECT_KEY);
	shape->indirect_elem =
		flags & vole_map_const(map, VOLE_CONST_SWISS_INDIRECT_ELEM,
				       INDIRECT_ELEM);
	return t.ok;
}

/* map<K,V>.dirPtr -> -> table<K,V>.groups.data -> the group */
static bool find_group(const struct vole_map *map, struct vole_type **ret,
		       struct vole_error *err)
{
	const struct vole_field *groups;
	struct vole_type *type;

	if (!vole_map_pointee(map, map->type->header, "dirPtr", &type, err) ||
	    !vole_type_load(map->rt->types, type->elem, err) ||
	    !vole_map_field(map, type->elem, "groups", VOLE_KIND_STRUCT,
			    &groups, err))
		return false;
	return vole_map_pointee(map, groups->type, "data", ret, err);
}

/* group {ctrl, slots [8]{key, elem}}, or {ctrl, keys [8]K, elems [8]V} */
static bool shape_by_header(struct vole_map *map, struct vole_error *err)
{
	struct vole_map_shape *shape = &map->shape;
	struct vole_type *group, *key, *elem, *slot;
	const struct vole_field *key_field, *elem_field;

	if (!find_group(map, &group, err))
		return false;
	shape->unit_size = group->size;
	if (vole_type_field(group, "keys")) {
		if (!vole_map_array(map, group, "keys", &shape->keys_off,
				    &shape->key_stride, &key, err) ||
		    !vole_map_array(map, group, "elems", &shape->elems_off,
				    &shape->elem_stride, &elem, err))
			return false;
	} else {
		if (!vole_map_array(map, group, "slots", &shape->keys_off,
				    &shape->key_stride, &slot, err))
			return false;
		key_field = vole_type_field(slot, "key");
		elem_field = vole_type_field(slot, "elem");
		if (!key_field || !elem_field)
			return vole_fail(err, VOLE_UNSUPPORTED, VOLE_NOWHERE,
					 "debug information of a map slot "
					 "without \"key\" and \"elem\"");
		key = key_field->type;
		elem = elem_field->type;
		if (!vole_type_load(map->rt->types, key, err) ||
		    !vole_type_load(map->rt->types, elem, err))
			return false;
		shape->elem_stride = shape->key_stride;
		if (!vole_at(shape->keys_off, 1, elem_field->offset,
			     &shape->elems_off) ||
		    !vole_at(shape->keys_off, 1, key_field->offset,
			     &shape->keys_off))
			shape->elems_off = UINT64_MAX;
	}
	shape->indirect_key = vole_map_indirect(key, map->key);
	shape->indirect_elem = vole_map_indirect(elem, map->elem);
	return true;
}

static bool read_header(struct vole_map *map, struct vole_error *err)
{
	struct vole_view m = vole_runtime_view(map->rt, map->addr, err);

	map->count = vole_get(&m, VOLE_SWISSMAP_USED);
	map->seed = vole_get(&m, VOLE_SWISSMAP_SEED);
	map->dir = vole_get(&m, VOLE_SWISSMAP_DIR_PTR);
	map->dir_len = vole_get(&m, VOLE_SWISSMAP_DIR_LEN);
	map->global_depth = (uint8_t)vole_get(&m, VOLE_SWISSMAP_GLOBAL_DEPTH);
	map->global_shift = (uint8_t)vole_get(&m, VOLE_SWISSMAP_GLOBAL_SHIFT);
	map->writing = vole_get(&m, VOLE_SWISSMAP_WRITING) != 0;
	map->mark[MARK_EMPTY] =
		vole_map_const(map, VOLE_CONST_CTRL_EMPTY, SWISS_EMPTY);
	map->mark[MARK_DELETED] =
		vole_map_const(map, VOLE_CONST_CTRL_DELETED, SWISS_DELETED);
	return m.ok;
}

static bool check_header(const struct vole_map *map, struct vole_error *err)
{
	uint64_t tables = map->dir_len;

	if (map->global_depth > VOLE_MAP_MAX_DEPTH)
		return vole_fail(err, VOLE_CORRUPT, map->addr,
				 "map directory of depth %u",
				 map->global_depth);
	if (tables ? tables != UINT64_C(1) << map->global_depth :
		     map->global_depth != 0)
		return vole_fail(err, VOLE_CORRUPT, map->addr,
				 "map directory of %" PRIu64
				 " tables and depth %u",
				 tables, map->global_depth);
	/* The top bits of a hash choose the table: 64 bits less the depth. */
	if (tables && map->global_shift != 64 - map->global_depth)
		return vole_fail(err, VOLE_CORRUPT, map->addr,
				 "map directory of depth %u with shift %u",
				 map->global_depth, map->global_shift);
	if (!map->dir && (tables || map->count))
		return vole_fail(err, VOLE_CORRUPT, map->addr,
				 "map of %" PRIu64 " entries without a "
				 "directory",
				 map->count);
	if (map->count / MAX_CAPACITY > tables ||
	    (!tables && map->count > VOLE_MAP_SLOTS))
		return vole_fail(err, VOLE_CORRUPT, map->addr,
				 "map of %" PRIu64 " entries in %" PRIu64
				 " tables",
				 map->count, tables);
	return true;
}

static bool open(struct vole_map *map, struct vole_error *err)
{
	if (!read_header(map, err) || !check_header(map, err))
		return false;
	if (!map->dir)
		return true;
	if (!vole_map_shape_find(map, shape_by_descriptor, shape_by_header,
				 err))
		return false;
	if (!map->dir_len)
		return vole_map_place(map, "map group", map->dir,
				      map->shape.unit_size, err);
	return vole_map_place(map, "map directory", map->dir,
			      map->dir_len * SIZE_WORD, err);
}

enum vole_map_slot_state vole_swiss_state(const struct vole_map *map,
					  uint8_t control)
{
	if (control == map->mark[MARK_EMPTY])
		return VOLE_MAP_EMPTY;
	return control == map->mark[MARK_DELETED] ? VOLE_MAP_DELETED :
						    VOLE_MAP_OTHER;
}

/* The top bits of the hash; map.go: directoryIndex(). */
uint64_t vole_swiss_directory_index(const struct vole_map *map, uint64_t hash)
{
	return map->global_depth ? hash >> (64 - map->global_depth) : 0;
}

static void read_table(const struct vole_map *map, uint64_t addr,
		       struct vole_swiss_table *ret, struct vole_view *t,
		       struct vole_error *err)
{
	*t = vole_runtime_view(map->rt, addr, err);
	ret->addr = addr;
	ret->used = vole_get(t, VOLE_SWISSTABLE_USED);
	ret->capacity = vole_get(t, VOLE_SWISSTABLE_CAPACITY);
	ret->growth_left = vole_get(t, VOLE_SWISSTABLE_GROWTH_LEFT);
	ret->depth = vole_get(t, VOLE_SWISSTABLE_LOCAL_DEPTH);
	ret->index = (int64_t)vole_get(t, VOLE_SWISSTABLE_INDEX);
	ret->groups = vole_get(t, VOLE_SWISSTABLE_GROUPS);
	ret->mask = vole_get(t, VOLE_SWISSTABLE_LENGTH_MASK);
}

bool vole_swiss_table_open(const struct vole_map *map, uint64_t addr,
			   struct vole_swiss_table *ret, struct vole_error *err)
{
	struct vole_swiss_table table;
	struct vole_view t;
	uint64_t num;

	if (!vole_map_place(map, "map table", addr,
			    map->rt->layout.size[VOLE_STRUCT_SWISSTABLE], err))
		return false;
	read_table(map, addr, &table, &t, err);
	if (!t.ok)
		return false;
	if (table.depth > map->global_depth)
		return vole_fail(err, VOLE_CORRUPT, addr,
				 "map table of depth %" PRIu64
				 " in a directory of depth %u",
				 table.depth, map->global_depth);
	num = table.mask + 1;
	/* A mask within limits before num * 8 is formed. */
	if (table.mask >= MAX_CAPACITY || table.mask & num ||
	    table.capacity != num * VOLE_MAP_SLOTS ||
	    table.used > table.capacity)
		return vole_fail(err, VOLE_CORRUPT, addr,
				 "map table of %" PRIu64 " entries, %" PRIu64
				 " slots and group mask 0x%" PRIx64,
				 table.used, table.capacity, table.mask);
	if (!vole_map_place(map, "map groups", table.groups,
			    num * map->shape.unit_size, err))
		return false;
	*ret = table;
	return true;
}

bool vole_swiss_directory_slot(const struct vole_map *map, uint64_t at,
			       uint64_t *ret, struct vole_error *err)
{
	/* No wrap: open() checked the directory's end. */
	if (!vole_memory_uint(map->rt->mem, map->dir + at * SIZE_WORD,
			      SIZE_WORD, ret, err))
		return vole_fail_in(err, "reading a map's directory");
	if (!*ret)
		return vole_fail(err, VOLE_CORRUPT, map->dir + at * SIZE_WORD,
				 "map directory without table %" PRIu64, at);
	return true;
}

bool vole_swiss_table_at(const struct vole_map *map, uint64_t slot,
			 struct vole_swiss_table *ret, struct vole_error *err)
{
	uint64_t addr;

	return vole_swiss_directory_slot(map, slot, &addr, err) &&
	       vole_swiss_table_open(map, addr, ret, err);
}

/*
 * Take the groups of the table that directory slot walk->at holds. A table
 * knows its slot, so one that a second slot holds is found out.
 */
static bool load_table(struct vole_map_walk *walk, struct vole_error *err)
{
	const struct vole_map *map = walk->map;
	struct vole_swiss_table table;
	uint64_t last;

	if (!vole_swiss_table_at(map, walk->at, &table, err))
		return false;
	if (table.index != (int64_t)walk->at)
		return vole_fail(err, VOLE_CORRUPT, table.addr,
				 "map table of directory slot %" PRId64
				 " in slot %" PRIu64,
				 table.index, walk->at);
	walk->step = UINT64_C(1) << (map->global_depth - table.depth);
	if (walk->at % walk->step || walk->step > map->dir_len - walk->at)
		return vole_fail(err, VOLE_CORRUPT, table.addr,
				 "map table that takes %" PRIu64
				 " directory slots from %" PRIu64 " on",
				 walk->step, walk->at);
	if (!vole_swiss_directory_slot(map, walk->at + walk->step - 1, &last,
				       err))
		return false;
	if (last != table.addr)
		return vole_fail(err, VOLE_CORRUPT, table.addr,
				 "map table takes %" PRIu64
				 " directory slots from %" PRIu64
				 " on, but not the last of them",
				 walk->step, walk->at);
	walk->groups = table.groups;
	walk->num_groups = table.mask + 1;
	walk->group = 0;
	return true;
}

/* The control bytes of group walk->group. */
static bool load_group(struct vole_map_walk *walk, struct vole_error *err)
{
	const struct vole_map *map = walk->map;
	unsigned i;

	/* No wrap: the groups' end was checked. */
	walk->unit = walk->groups + walk->group * map->shape.unit_size;
	if (!vole_memory_read_all(map->rt->mem, walk->unit, walk->control,
				  sizeof(walk->control), err))
		return vole_fail_in(err, "reading a map group");
	for (i = 0; i < VOLE_MAP_SLOTS; i++) {
		uint8_t ctrl = walk->control[i];

		if ((ctrl & SWISS_NOT_FULL) && ctrl != map->mark[MARK_EMPTY] &&
		    ctrl != map->mark[MARK_DELETED])
			return vole_fail(err, VOLE_CORRUPT, walk->unit + i,
					 "map control byte 0x%02x", ctrl);
	}
	walk->index = 0;
	walk->loaded = true;
	return true;
}

/* Small maps have no table: dir is their group. */
static void begin(struct vole_map_walk *walk)
{
	const struct vole_map *map = walk->map;

	walk->begun = true;
	walk->end = map->dir_len ? map->dir_len : 1;
	if (map->dir_len)
		return;
	walk->step = 1;
	walk->groups = map->dir;
	walk->num_groups = 1;
}

/* The next group of all; false with VOLE_OK when there is none. */
static bool advance(struct vole_map_walk *walk, struct vole_error *err)
{
	if (!walk->begun) {
		begin(walk);
	} else if (++walk->group >= walk->num_groups) {
		walk->at += walk->step;
		walk->num_groups = 0;
	}
	if (walk->at >= walk->end)
		return vole_map_walk_finish(walk, err);
	if (!walk->num_groups && !load_table(walk, err))
		return false;
	return load_group(walk, err);
}

static bool next(struct vole_map_walk *walk, struct vole_map_slot *ret,
		 struct vole_error *err)
{
	if (!walk->map->dir)
		return vole_map_walk_finish(walk, err);
	for (;;) {
		while (walk->loaded && walk->index < VOLE_MAP_SLOTS) {
			unsigned index = walk->index++;

			if (!(walk->control[index] & SWISS_NOT_FULL))
				return vole_map_slot_at(walk, index, ret, err);
		}
		walk->loaded = false;
		if (!advance(walk, err))
			return false;
	}
}

const struct vole_map_ops vole_map_swiss = { "swiss", open, next };
