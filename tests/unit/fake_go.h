/**
 * A Go program of a few pages, for tests of decoders and for fuzz targets: a
 * host that answers from arrays, a runtime over it with layouts as of Go 1.23
 * (classic maps) or 1.26 (swiss maps), and types made by hand. All functions
 * are static, so this header is all there is.
 */
#ifndef VOLE_TESTS_FAKE_GO_H
#define VOLE_TESTS_FAKE_GO_H

#include "runtime/map.h"
#include "runtime/runtime.h"

#include <stdlib.h>
#include <string.h>

#pragma GCC diagnostic ignored "-Wunused-function"

enum {
	FAKE_BASE = 0x100000,
	FAKE_SIZE = 0x20000,
	FAKE_LAST = 0x1000, /* bytes at the very end of the address space */
};

#define FAKE_END (UINT64_MAX - FAKE_LAST + 1)

struct fake_go {
	struct vole_host host; /* first: cast back */
	uint8_t *bytes; /* at FAKE_BASE */
	size_t size; /* of them; less cuts the memory */
	uint8_t last[FAKE_LAST]; /* at FAKE_END */
	struct vole_target target;
	struct vole_runtime rt;
	struct vole_module module;
	/* A map type, the structs behind it, and room for their fields. */
	struct vole_type map, key, elem, slot_key, slot_elem;
	struct vole_type types[16];
	struct vole_field fields[16];
	size_t num_types, num_fields;
};

static size_t fake_go_read(struct vole_host *host, uint64_t addr, void *buf,
			   size_t len)
{
	struct fake_go *go = (struct fake_go *)host;
	const uint8_t *bytes = go->bytes;
	uint64_t base = FAKE_BASE, size = go->size;

	if (addr >= FAKE_END) {
		bytes = go->last;
		base = FAKE_END;
		size = FAKE_LAST;
	}
	if (addr < base || addr - base >= size)
		return 0;
	if (len > size - (addr - base))
		len = (size_t)(size - (addr - base));
	memcpy(buf, bytes + (addr - base), len);
	return len;
}

static uint64_t fake_go_generation(struct vole_host *host)
{
	(void)host;
	return 1;
}

static void fake_go_facts(struct vole_host *host, struct vole_facts *ret)
{
	(void)host;
	*ret = (struct vole_facts){ .kind = VOLE_TARGET_LIVE };
}

/** All of it is one mapping that can be written to. */
static void fake_go_mappings(struct vole_host *host,
			     bool (*each)(void *arg,
					  const struct vole_mapping *),
			     void *arg)
{
	const struct vole_mapping m = { .start = FAKE_BASE,
					.end = FAKE_BASE + FAKE_SIZE,
					.perms = VOLE_PERM_READ |
						 VOLE_PERM_WRITE };

	(void)host;
	each(arg, &m);
}

/** Write an integer where the host will read it. */
static void fake_put(struct fake_go *go, uint64_t addr, unsigned size,
		     uint64_t value)
{
	if (addr >= FAKE_END)
		memcpy(go->last + (addr - FAKE_END), &value, size);
	else
		memcpy(go->bytes + (addr - FAKE_BASE), &value, size);
	vole_memory_forget(&go->target.mem);
}

static void fake_field(struct fake_go *go, enum vole_field_id field,
		       uint32_t offset, uint32_t size)
{
	go->rt.layout.place[field] =
		(struct vole_place){ true, offset, size,
				     vole_layout_rows[field].paths[0] };
}

static void fake_has(struct fake_go *go, enum vole_struct_id id, uint64_t size)
{
	go->rt.layout.has[id] = true;
	go->rt.layout.size[id] = size;
}

static void fake_go_open(struct fake_go *go)
{
	struct vole_error err;

	memset(go, 0, sizeof(*go));
	go->bytes = calloc(1, FAKE_SIZE);
	go->size = FAKE_SIZE;
	go->host.read = fake_go_read;
	go->host.generation = fake_go_generation;
	go->host.facts = fake_go_facts;
	go->target.host = &go->host;
	go->target.kind = VOLE_TARGET_LIVE;
	vole_memory_init(&go->target.mem, &go->host, NULL, NULL, 0);
	go->rt.target = &go->target;
	go->rt.mem = &go->target.mem;
	vole_arena_init(&go->rt.arena, 1 << 20);
	vole_arena_init(&go->target.arena, 1 << 20);
	if (!go->bytes || !vole_types_open(NULL, &go->rt.types, &err))
		abort();
}

static void fake_go_close(struct fake_go *go)
{
	vole_memory_free(&go->target.mem);
	vole_types_close(go->rt.types);
	vole_arena_clear(&go->rt.arena);
	vole_arena_clear(&go->target.arena);
	free(go->bytes);
}

/** src/internal/abi/type.go, src/internal/abi/iface.go */
static void fake_layout_types(struct fake_go *go)
{
	fake_has(go, VOLE_STRUCT_TYPE, 48);
	fake_field(go, VOLE_TYPE_SIZE, 0, 8);
	fake_field(go, VOLE_TYPE_PTR_BYTES, 8, 8);
	fake_field(go, VOLE_TYPE_HASH, 16, 4);
	fake_field(go, VOLE_TYPE_TFLAG, 20, 1);
	fake_field(go, VOLE_TYPE_ALIGN, 21, 1);
	fake_field(go, VOLE_TYPE_KIND, 23, 1);
	fake_field(go, VOLE_TYPE_GC_DATA, 32, 8);
	fake_field(go, VOLE_TYPE_STR, 40, 4);
	fake_field(go, VOLE_TYPE_PTR_TO_THIS, 44, 4);
	fake_has(go, VOLE_STRUCT_ITAB, 32);
	fake_field(go, VOLE_ITAB_INTER, 0, 8);
	fake_field(go, VOLE_ITAB_TYPE, 8, 8);
	fake_field(go, VOLE_ITAB_HASH, 16, 4);
	go->rt.layout.has_const[VOLE_CONST_TFLAG_DIRECT_IFACE] = true;
	go->rt.layout.value[VOLE_CONST_TFLAG_DIRECT_IFACE] = 32;
	go->rt.modules.items = &go->module;
	go->rt.modules.len = 1;
	go->module.name = "";
	go->module.types = FAKE_BASE;
	go->module.etypes = FAKE_BASE + 0x1000;
}

static struct vole_type *fake_type(struct fake_go *go, enum vole_kind kind,
				   uint64_t size)
{
	struct vole_type *type = &go->types[go->num_types++];

	*type = (struct vole_type){
		.source = VOLE_TYPE_MADE,
		.loaded = true,
		.kind = kind,
		.name = vole_kind_name(kind),
		.size = size,
	};
	return type;
}

static struct vole_type *fake_struct(struct fake_go *go, const char *name,
				     uint64_t size)
{
	struct vole_type *type = fake_type(go, VOLE_KIND_STRUCT, size);

	type->name = name;
	return type;
}

static struct vole_type *fake_pointer(struct fake_go *go,
				      struct vole_type *elem)
{
	struct vole_type *type = fake_type(go, VOLE_KIND_PTR, 8);

	type->elem = elem;
	return type;
}

/** An array of eight. */
static struct vole_type *fake_array(struct fake_go *go, struct vole_type *elem)
{
	struct vole_type *type = fake_type(go, VOLE_KIND_ARRAY, 8 * elem->size);

	type->elem = elem;
	type->len = 8;
	return type;
}

/** Add a field to the struct that is being made; begin with its first. */
static void fake_member(struct fake_go *go, struct vole_type *owner,
			const char *name, struct vole_type *type,
			uint64_t offset)
{
	struct vole_field *field = &go->fields[go->num_fields++];

	*field = (struct vole_field){ name, type, offset, false, 0, 0 };
	if (!owner->fields)
		owner->fields = field;
	owner->num_fields++;
}

static void fake_map_type(struct fake_go *go, uint64_t key_size,
			  uint64_t elem_size)
{
	go->num_types = go->num_fields = 0;
	memset(&go->map, 0, sizeof(go->map));
	go->key = *fake_type(go, VOLE_KIND_INT, key_size);
	go->elem = *fake_type(go, VOLE_KIND_INT, elem_size);
	go->slot_key = go->key;
	go->slot_elem = go->elem;
	if (key_size > 128)
		go->slot_key = *fake_pointer(go, &go->key);
	if (elem_size > 128)
		go->slot_elem = *fake_pointer(go, &go->elem);
	go->map = *fake_type(go, VOLE_KIND_MAP, 8);
	go->map.key = &go->key;
	go->map.elem = &go->elem;
	go->num_types = 0;
}

/** src/runtime/map.go; a map type with its hash<K,V> and bucket<K,V>. */
static void fake_classic(struct fake_go *go, uint64_t key_size,
			 uint64_t elem_size)
{
	struct vole_type *header, *bucket, *keys, *values;
	uint64_t at = 8;

	fake_layout_types(go);
	fake_has(go, VOLE_STRUCT_HMAP, 48);
	fake_field(go, VOLE_HMAP_COUNT, 0, 8);
	fake_field(go, VOLE_HMAP_FLAGS, 8, 1);
	fake_field(go, VOLE_HMAP_B, 9, 1);
	fake_field(go, VOLE_HMAP_NOVERFLOW, 10, 2);
	fake_field(go, VOLE_HMAP_HASH0, 12, 4);
	fake_field(go, VOLE_HMAP_BUCKETS, 16, 8);
	fake_field(go, VOLE_HMAP_OLDBUCKETS, 24, 8);
	fake_field(go, VOLE_HMAP_NEVACUATE, 32, 8);
	go->rt.map = vole_map_generation(&go->rt.layout);
	fake_map_type(go, key_size, elem_size);
	header = fake_type(go, VOLE_KIND_STRUCT, 48);
	bucket = fake_type(go, VOLE_KIND_STRUCT, 0);
	fake_member(go, header, "buckets", fake_pointer(go, bucket), 16);
	keys = fake_array(go, &go->slot_key);
	values = fake_array(go, &go->slot_elem);
	fake_member(go, bucket, "keys", keys, at);
	at += keys->size;
	fake_member(go, bucket, "values", values, at);
	at += values->size;
	fake_member(go, bucket, "overflow", fake_type(go, VOLE_KIND_UINTPTR, 8),
		    at);
	bucket->size = at + 8;
	go->map.header = header;
}

/** The header behind a swiss map type, down to its group. */
static void fake_swiss_header(struct fake_go *go, struct vole_type *group)
{
	struct vole_type *header = fake_type(go, VOLE_KIND_STRUCT, 48);
	struct vole_type *table = fake_type(go, VOLE_KIND_STRUCT, 32);
	struct vole_type *groups = fake_type(go, VOLE_KIND_STRUCT, 16);

	fake_member(go, header, "dirPtr",
		    fake_pointer(go, fake_pointer(go, table)), 16);
	fake_member(go, table, "groups", groups, 16);
	fake_member(go, groups, "data", fake_pointer(go, group), 0);
	go->map.header = header;
}

/** src/internal/runtime/maps; with @p split keys and elements are apart. */
static void fake_swiss(struct fake_go *go, uint64_t key_size,
		       uint64_t elem_size, bool split)
{
	struct vole_type *group, *slot;

	fake_layout_types(go);
	fake_has(go, VOLE_STRUCT_SWISSMAP, 48);
	fake_field(go, VOLE_SWISSMAP_USED, 0, 8);
	fake_field(go, VOLE_SWISSMAP_SEED, 8, 8);
	fake_field(go, VOLE_SWISSMAP_DIR_PTR, 16, 8);
	fake_field(go, VOLE_SWISSMAP_DIR_LEN, 24, 8);
	fake_field(go, VOLE_SWISSMAP_GLOBAL_DEPTH, 32, 1);
	fake_field(go, VOLE_SWISSMAP_GLOBAL_SHIFT, 33, 1);
	fake_field(go, VOLE_SWISSMAP_WRITING, 34, 1);
	fake_field(go, VOLE_SWISSMAP_CLEAR_SEQ, 40, 8);
	fake_has(go, VOLE_STRUCT_SWISSTABLE, 32);
	fake_field(go, VOLE_SWISSTABLE_USED, 0, 2);
	fake_field(go, VOLE_SWISSTABLE_CAPACITY, 2, 2);
	fake_field(go, VOLE_SWISSTABLE_GROWTH_LEFT, 4, 2);
	fake_field(go, VOLE_SWISSTABLE_LOCAL_DEPTH, 6, 1);
	fake_field(go, VOLE_SWISSTABLE_INDEX, 8, 8);
	fake_field(go, VOLE_SWISSTABLE_GROUPS, 16, 8);
	fake_field(go, VOLE_SWISSTABLE_LENGTH_MASK, 24, 8);
	go->rt.map = vole_map_generation(&go->rt.layout);
	fake_map_type(go, key_size, elem_size);
	key_size = go->slot_key.size;
	elem_size = go->slot_elem.size;
	group = fake_type(go, VOLE_KIND_STRUCT, 8 + 8 * (key_size + elem_size));
	if (split) {
		fake_member(go, group, "keys", fake_array(go, &go->slot_key),
			    8);
		fake_member(go, group, "elems", fake_array(go, &go->slot_elem),
			    8 + 8 * key_size);
	} else {
		/* A struct's last field of no size is padded. */
		slot = fake_type(go, VOLE_KIND_STRUCT,
				 elem_size ? key_size + elem_size :
					     key_size + 8);
		group->size = 8 + 8 * slot->size;
		fake_member(go, group, "slots", fake_array(go, slot), 8);
		fake_member(go, slot, "key", &go->slot_key, 0);
		fake_member(go, slot, "elem", &go->slot_elem, key_size);
	}
	fake_swiss_header(go, group);
}

/** A whole walk: keys and elements as integers, and how it ended. */
struct fake_walk {
	bool opened;
	size_t len;
	uint64_t keys[64], elems[64];
	struct vole_error err; /* of open or the walk's end */
};

static uint64_t fake_load(struct fake_go *go, uint64_t addr)
{
	struct vole_error err;
	uint64_t value;

	return vole_memory_uint(&go->target.mem, addr, 8, &value, &err) ?
		       value :
		       UINT64_MAX;
}

static struct fake_walk fake_walk_map(struct fake_go *go, uint64_t addr)
{
	struct fake_walk ret = { 0 };
	struct vole_map_walk walk;
	struct vole_map_slot slot;
	struct vole_map map;

	ret.opened = vole_map_open(&go->rt, &go->map, addr, &map, &ret.err);
	if (!ret.opened)
		return ret;
	vole_map_walk_begin(&map, &walk);
	while (ret.len < 64 && vole_map_walk_next(&walk, &slot, &ret.err)) {
		ret.keys[ret.len] = fake_load(go, slot.key);
		ret.elems[ret.len++] = fake_load(go, slot.elem);
	}
	vole_map_walk_end(&walk);
	return ret;
}

/** How often @p key came with @p elem. */
static size_t fake_times(const struct fake_walk *walk, uint64_t key,
			 uint64_t elem)
{
	size_t i, times = 0;

	for (i = 0; i < walk->len; i++)
		times += walk->keys[i] == key && walk->elems[i] == elem;
	return times;
}

#endif
