/*
 * A small Go program in arrays, for tests of expressions: types, variables
 * and 64 KiB of memory, as dwarf/ and a core file would tell of them.
 */
#ifndef VOLE_TESTS_UNIT_TEST_EVAL_FAKE_H
#define VOLE_TESTS_UNIT_TEST_EVAL_FAKE_H

#include <stdlib.h>
#include <string.h>

#include "runtime/map.h"
#include "tests/unit/test_eval_types.h"
#include "value/expr.h"

enum {
	FAKE_BASE = 0x10000,
	FAKE_SIZE = 0x10000,
	FAKE_TYPES = 0x1a000, /* descriptors; moduledata.types */
	FAKE_TYPE_STRIDE = 64,
	FAKE_BIAS = 0x1000, /* load address minus link address */
};

struct fake_symbol {
	const char *name;
	enum fake_ref type;
	enum vole_symbol_kind kind;
	bool is_c;
	uint64_t addr; /* as loaded; constants: value; 0 optimised away */
};

enum { FAKE_MAX_SYMBOLS = 256 };

struct fake_program {
	struct vole_debuginfo di;
	struct vole_host host;
	struct vole_memory mem;
	struct vole_target target;
	struct vole_module module;
	struct vole_runtime rt;
	struct vole_arena arena;
	struct vole_eval eval;
	struct fake_symbol symbols[FAKE_MAX_SYMBOLS];
	size_t num_symbols;
	uint8_t bytes[FAKE_SIZE];
	uint64_t free; /* next free address */
};

static struct fake_program *fake_of(struct vole_debuginfo *di)
{
	return (struct fake_program *)di;
}

static void fake_give(const struct fake_symbol *from, size_t index,
		      struct vole_symbol *ret)
{
	*ret = (struct vole_symbol){ from->kind, from->name, from->is_c,
				     from->kind == VOLE_SYMBOL_TYPE ?
					     (uint64_t)from->type :
					     index };
}

static bool fake_find(struct vole_debuginfo *di, uint32_t kinds,
		      const char *name, struct vole_symbol *ret,
		      struct vole_error *err)
{
	struct fake_program *p = fake_of(di);

	for (size_t i = 0; i < p->num_symbols; i++)
		if ((p->symbols[i].kind & kinds) &&
		    strcmp(p->symbols[i].name, name) == 0) {
			fake_give(&p->symbols[i], i, ret);
			return true;
		}
	return vole_fail(err, VOLE_NOT_FOUND, VOLE_NOWHERE, "no %.100s", name);
}

static bool fake_info(struct vole_debuginfo *di,
		      const struct vole_symbol *symbol,
		      struct vole_symbol_info *ret, struct vole_error *err)
{
	const struct fake_symbol *s = &fake_of(di)->symbols[symbol->ref];

	(void)err;
	*ret = (struct vole_symbol_info){ .type_ref = s->type };
	if (s->kind == VOLE_SYMBOL_CONST) {
		ret->value = (int64_t)s->addr;
		return true;
	}
	ret->has_addr = s->addr != 0;
	ret->addr = s->addr - FAKE_BIAS;
	return true;
}

static bool fake_by_runtime_type(struct vole_debuginfo *di, uint64_t offset,
				 uint64_t *ret, struct vole_error *err)
{
	(void)di;
	*ret = offset / FAKE_TYPE_STRIDE;
	if (offset % FAKE_TYPE_STRIDE == 0 && *ret > 0 && *ret < FAKE_NUM_TYPES)
		return true;
	return vole_fail(err, VOLE_NOT_FOUND, VOLE_NOWHERE, "no type");
}

static struct vole_type *fake_stub(struct vole_types *types, uint64_t ref)
{
	return vole_types_stub(types, VOLE_TYPE_DEBUGINFO, ref);
}

static void fake_fields(struct vole_types *types, struct vole_type *type,
			const struct fake_field *from)
{
	while (from[type->num_fields].name)
		type->num_fields++;
	type->fields = vole_arena_array(vole_types_arena(types),
					type->num_fields,
					sizeof(*type->fields));
	for (size_t i = 0; i < type->num_fields; i++)
		type->fields[i] = (struct vole_field){
			.name = from[i].name,
			.type = fake_stub(types, from[i].type),
			.offset = from[i].offset,
			.embedded = from[i].embedded,
			.bit_size = from[i].bits,
			.bit_offset = from[i].bit,
		};
}

/* hash<K,V>, bucket<K,V> and the arrays in it. */
static bool fake_map_part(struct vole_types *types, struct vole_type *type,
			  const struct fake_type *map, uint64_t part)
{
	uint64_t ref = type->ref & 0xffffffff;
	uint64_t keys = 8ull * fake_types[map->key].size;
	uint64_t elems = 8ull * fake_types[map->elem].size;
	static const struct fake_field header[] = { { "buckets", FAKE_NO_TYPE,
						      16, 0, 0, 0 },
						    { NULL, 0, 0, 0, 0, 0 } };
	static const struct fake_field bucket[] = {
		{ "tophash", FAKE_NO_TYPE, 0, 0, 0, 0 },
		{ "keys", FAKE_NO_TYPE, 8, 0, 0, 0 },
		{ "values", FAKE_NO_TYPE, 8, 0, 0, 0 },
		{ "overflow", F_UINTPTR, 8, 0, 0, 0 },
		{ NULL, 0, 0, 0, 0, 0 }
	};

	type->name = "part of a map";
	type->kind = VOLE_KIND_ARRAY;
	type->len = 8;
	if (part == FAKE_HEADER) {
		type->kind = VOLE_KIND_STRUCT;
		type->size = 48;
		fake_fields(types, type, header);
		type->fields[0].type =
			fake_stub(types, ref | (uint64_t)FAKE_P_BUCKET << 32);
	} else if (part == FAKE_P_BUCKET) {
		type->kind = VOLE_KIND_PTR;
		type->size = 8;
		type->elem =
			fake_stub(types, ref | (uint64_t)FAKE_BUCKET << 32);
	} else if (part == FAKE_BUCKET) {
		type->kind = VOLE_KIND_STRUCT;
		type->size = 8 + keys + elems + 8;
		fake_fields(types, type, bucket);
		for (uint64_t i = 0; i < 3; i++)
			type->fields[i].type =
				fake_stub(types, ref | (FAKE_TOPS + i) << 32);
		type->fields[2].offset += keys;
		type->fields[3].offset += keys + elems;
	} else {
		type->size = part == FAKE_TOPS ? 8 :
			     part == FAKE_KEYS ? keys :
						 elems;
		type->elem = fake_stub(types, part == FAKE_TOPS ? F_UINT8 :
					      part == FAKE_KEYS ? map->key :
								  map->elem);
	}
	type->loaded = true;
	return true;
}

static bool fake_load(struct vole_debuginfo *di, struct vole_types *types,
		      struct vole_type *type, struct vole_error *err)
{
	const struct fake_type *from;
	uint64_t ref = type->ref & 0xffffffff;

	(void)di;
	if (!ref || ref >= FAKE_NUM_TYPES)
		return vole_fail(err, VOLE_CORRUPT, VOLE_NOWHERE, "no type");
	from = &fake_types[ref];
	if (type->ref >> 32)
		return fake_map_part(types, type, from, type->ref >> 32);
	type->kind = from->kind;
	type->name = from->name;
	type->named = !from->unnamed;
	type->is_c = from->is_c;
	type->size = from->size;
	type->len = from->len;
	type->chan_dir = 3;
	type->is_eface = ref == F_EFACE;
	type->runtime_type =
		from->kind == VOLE_KIND_MAP ? 0 : ref * FAKE_TYPE_STRIDE;
	if (from->elem)
		type->elem = fake_stub(types, from->elem);
	if (from->key)
		type->key = fake_stub(types, from->key);
	if (from->kind == VOLE_KIND_MAP)
		type->header =
			fake_stub(types, ref | (uint64_t)FAKE_HEADER << 32);
	if (from->fields)
		fake_fields(types, type, from->fields);
	type->loaded = true;
	return true;
}

static bool fake_each(struct vole_debuginfo *di, uint32_t kinds,
		      bool (*each)(void *arg, const struct vole_symbol *symbol),
		      void *arg, struct vole_error *err)
{
	struct fake_program *p = fake_of(di);
	struct vole_symbol symbol;

	(void)err;
	for (size_t i = 0; i < p->num_symbols; i++) {
		if (!(p->symbols[i].kind & kinds))
			continue;
		fake_give(&p->symbols[i], i, &symbol);
		if (!each(arg, &symbol))
			break;
	}
	return true;
}

static const struct vole_debuginfo_ops fake_ops = {
	.find = fake_find,
	.info = fake_info,
	.by_runtime_type = fake_by_runtime_type,
	.load = fake_load,
	.each = fake_each,
};

static size_t fake_read(struct vole_host *host, uint64_t addr, void *buf,
			size_t len)
{
	struct fake_program *p =
		(struct fake_program *)((char *)host -
					offsetof(struct fake_program, host));
	uint64_t end = FAKE_BASE + FAKE_SIZE;

	if (addr < FAKE_BASE || addr >= end)
		return 0;
	if (len > end - addr)
		len = end - addr;
	memcpy(buf, p->bytes + (addr - FAKE_BASE), len);
	return len;
}

static uint64_t fake_generation(struct vole_host *host)
{
	(void)host;
	return 1;
}

static void fake_facts(struct vole_host *host, struct vole_facts *ret)
{
	(void)host;
	memset(ret, 0, sizeof(*ret));
}

static uint64_t fake_alloc(struct fake_program *p, uint64_t len)
{
	uint64_t addr = p->free;

	p->free = (p->free + len + 15) & ~15ull;
	if (p->free > FAKE_TYPES)
		abort();
	return addr;
}

static void fake_put(struct fake_program *p, uint64_t addr, unsigned size,
		     uint64_t value)
{
	/* The first word of something larger. */
	memcpy(p->bytes + (addr - FAKE_BASE), &value, size < 8 ? size : 8);
}

static void fake_put_float(struct fake_program *p, uint64_t addr, double x)
{
	memcpy(p->bytes + (addr - FAKE_BASE), &x, 8);
}

static void fake_put_string(struct fake_program *p, uint64_t addr,
			    const char *text)
{
	uint64_t len = strlen(text), data = len ? fake_alloc(p, len) : 0;

	if (len)
		memcpy(p->bytes + (data - FAKE_BASE), text, len);
	fake_put(p, addr, 8, data);
	fake_put(p, addr + 8, 8, len);
}

static void fake_name(struct fake_program *p, const char *name,
		      enum vole_symbol_kind kind, enum fake_ref type,
		      uint64_t addr)
{
	if (p->num_symbols == FAKE_MAX_SYMBOLS)
		abort();
	p->symbols[p->num_symbols++] =
		(struct fake_symbol){ name, type, kind, false, addr };
}

/* A zeroed variable; its address. */
static uint64_t fake_var(struct fake_program *p, const char *name,
			 enum fake_ref type)
{
	uint64_t addr = fake_alloc(p, fake_types[type].size);

	fake_name(p, name, VOLE_SYMBOL_VAR, type, addr);
	return addr;
}

/* A map variable with room for eight entries; the address of the bucket. */
static uint64_t fake_map(struct fake_program *p, const char *name,
			 enum fake_ref type, unsigned count)
{
	uint64_t header = fake_alloc(p, 48);
	uint64_t keys = fake_types[fake_types[type].key].size * 8;
	uint64_t bucket = fake_alloc(p, 8 + keys + 64 + 8);

	fake_put(p, fake_var(p, name, type), 8, header);
	fake_put(p, header, 8, count);
	fake_put(p, header + 16, 8, bucket);
	for (unsigned i = 0; i < count; i++) {
		fake_put(p, bucket + i, 1, 5 + i);
		fake_put(p, bucket + 8 + keys + i * 8, 8, 100 + i);
	}
	return bucket;
}

/* An interface of one type word (or itab) and a pointer to the value. */
static void fake_iface(struct fake_program *p, uint64_t addr,
		       enum fake_ref type, uint64_t data)
{
	fake_put(p, addr, 8, FAKE_TYPES + type * FAKE_TYPE_STRIDE);
	fake_put(p, addr + 8, 8, data);
}

/* internal/abi.Type of Go 1.22: kind 32 is "direct". */
static void fake_descriptors(struct fake_program *p)
{
	for (int i = 1; i < FAKE_NUM_TYPES; i++) {
		uint64_t addr = FAKE_TYPES + i * FAKE_TYPE_STRIDE;
		enum vole_kind kind = fake_types[i].kind;
		bool direct = kind == VOLE_KIND_PTR || kind == VOLE_KIND_MAP ||
			      kind == VOLE_KIND_CHAN ||
			      kind == VOLE_KIND_FUNC ||
			      kind == VOLE_KIND_UNSAFE_POINTER;

		fake_put(p, addr, 8, fake_types[i].size);
		fake_put(p, addr + 8, 8, direct ? 8 : 0);
		fake_put(p, addr + 16, 4, (uint64_t)i);
		fake_put(p, addr + 21, 1, 1);
		fake_put(p, addr + 22, 1, 1);
		fake_put(p, addr + 23, 1, kind | (direct ? 32 : 0));
		fake_put(p, addr + 32, 8, direct ? FAKE_TYPES : 0);
	}
}

static void fake_place(struct fake_program *p, enum vole_field_id field,
		       uint32_t offset, uint32_t size)
{
	p->rt.layout.place[field] =
		(struct vole_place){ true, offset, size, "fake" };
}

static void fake_layout(struct fake_program *p)
{
	struct vole_layout *l = &p->rt.layout;

	l->source = VOLE_LAYOUT_DEBUGINFO;
	l->has[VOLE_STRUCT_TYPE] = l->has[VOLE_STRUCT_HMAP] = true;
	l->has[VOLE_STRUCT_HCHAN] = l->has[VOLE_STRUCT_ITAB] = true;
	l->size[VOLE_STRUCT_TYPE] = 48;
	fake_place(p, VOLE_TYPE_SIZE, 0, 8);
	fake_place(p, VOLE_TYPE_PTR_BYTES, 8, 8);
	fake_place(p, VOLE_TYPE_HASH, 16, 4);
	fake_place(p, VOLE_TYPE_TFLAG, 20, 1);
	fake_place(p, VOLE_TYPE_ALIGN, 21, 1);
	fake_place(p, VOLE_TYPE_KIND, 23, 1);
	fake_place(p, VOLE_TYPE_GC_DATA, 32, 8);
	fake_place(p, VOLE_TYPE_STR, 40, 4);
	fake_place(p, VOLE_TYPE_PTR_TO_THIS, 44, 4);
	fake_place(p, VOLE_ITAB_INTER, 0, 8);
	fake_place(p, VOLE_ITAB_TYPE, 8, 8);
	fake_place(p, VOLE_ITAB_HASH, 16, 4);
	fake_place(p, VOLE_HMAP_COUNT, 0, 8);
	fake_place(p, VOLE_HMAP_FLAGS, 8, 1);
	fake_place(p, VOLE_HMAP_B, 9, 1);
	fake_place(p, VOLE_HMAP_NOVERFLOW, 10, 2);
	fake_place(p, VOLE_HMAP_HASH0, 12, 4);
	fake_place(p, VOLE_HMAP_BUCKETS, 16, 8);
	fake_place(p, VOLE_HMAP_OLDBUCKETS, 24, 8);
	fake_place(p, VOLE_HMAP_NEVACUATE, 32, 8);
	fake_place(p, VOLE_HCHAN_QCOUNT, 0, 8);
	fake_place(p, VOLE_HCHAN_DATAQSIZ, 8, 8);
	fake_place(p, VOLE_HCHAN_BUF, 16, 8);
	fake_place(p, VOLE_HCHAN_ELEMSIZE, 24, 2);
	fake_place(p, VOLE_HCHAN_CLOSED, 28, 4);
	fake_place(p, VOLE_HCHAN_ELEMTYPE, 32, 8);
	fake_place(p, VOLE_HCHAN_SENDX, 40, 8);
	fake_place(p, VOLE_HCHAN_RECVX, 48, 8);
	fake_place(p, VOLE_HCHAN_RECVQ, 56, 8);
	fake_place(p, VOLE_HCHAN_SENDQ, 64, 8);
}

static struct fake_program *fake_open(void)
{
	struct fake_program *p = calloc(1, sizeof(*p));
	struct vole_error err;

	if (!p)
		abort();
	p->free = FAKE_BASE + 0x100;
	p->di.ops = &fake_ops;
	p->di.is_go = true;
	p->host = (struct vole_host){ .read = fake_read,
				      .generation = fake_generation,
				      .facts = fake_facts };
	vole_memory_init(&p->mem, &p->host, NULL, NULL, FAKE_BIAS);
	p->target.host = &p->host;
	p->target.bias = FAKE_BIAS;
	p->module.types = FAKE_TYPES;
	p->module.etypes = FAKE_BASE + FAKE_SIZE;
	p->module.name = "";
	p->rt.target = &p->target;
	p->rt.mem = &p->mem;
	p->rt.di = &p->di;
	p->rt.modules.items = &p->module;
	p->rt.modules.len = 1;
	p->rt.map = &vole_map_classic;
	fake_layout(p);
	if (!vole_types_open(&p->di, &p->rt.types, &err))
		abort();
	vole_arena_init(&p->arena, 256u << 20);
	p->eval = (struct vole_eval){ .rt = &p->rt, .arena = &p->arena };
	for (int i = 1; i < FAKE_NUM_TYPES; i++)
		fake_name(p, fake_types[i].name, VOLE_SYMBOL_TYPE,
			  (enum fake_ref)i, 0);
	fake_descriptors(p);
	return p;
}

static __attribute__((unused)) void fake_close(struct fake_program *p)
{
	vole_types_close(p->rt.types);
	vole_memory_free(&p->mem);
	vole_arena_clear(&p->arena);
	vole_arena_clear(&p->rt.arena);
	free(p);
}

#endif
