#include "target/types.h"

#include "base/hash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A program of 150 MB has types for some 60 MB when all are loaded. */
static const size_t TYPES_CAP = (size_t)1 << 30;

enum {
	SIZE_WORD = 8,
	MAX_NAME = 4096,
	MAX_NESTED = 100, /* arrays in arrays; the C stack bears more */
	MAX_ALIGN_DEPTH = 32, /* structs and arrays in each other */
};

struct vole_types {
	struct vole_debuginfo *di;
	struct vole_type_loader *loader;
	struct vole_arena arena;
	struct vole_hash by_ref[VOLE_TYPE_MADE]; /* ref to struct vole_type * */
	struct vole_hash pointers, slices; /* elem to struct vole_type * */
	struct vole_type *basic[VOLE_NUM_KINDS];
	struct vole_type any, error; /* made here when they are loaded */
	unsigned nested; /* types being loaded for one another */
};

bool vole_types_open(struct vole_debuginfo *di, struct vole_types **ret,
		     struct vole_error *err)
{
	struct vole_types *types = calloc(1, sizeof(*types));

	if (!types)
		return vole_fail_nomem(err);
	types->di = di;
	vole_arena_init(&types->arena, TYPES_CAP);
	*ret = types;
	return true;
}

void vole_types_close(struct vole_types *types)
{
	size_t i;

	if (!types)
		return;
	for (i = 0; i < VOLE_TYPE_MADE; i++)
		vole_hash_free(&types->by_ref[i]);
	vole_hash_free(&types->pointers);
	vole_hash_free(&types->slices);
	vole_arena_clear(&types->arena);
	free(types);
}

void vole_types_set_loader(struct vole_types *types,
			   struct vole_type_loader *loader)
{
	types->loader = loader;
}

struct vole_arena *vole_types_arena(struct vole_types *types)
{
	return &types->arena;
}

/* Host pointers fit a table of uint64_t; both are ours, none is a target's. */
static struct vole_type *lookup(const struct vole_hash *table, uint64_t key)
{
	uint64_t found;

	if (!vole_hash_get(table, key, &found))
		return NULL;
	return (struct vole_type *)(uintptr_t)found;
}

static struct vole_type *enter(struct vole_types *types,
			       struct vole_hash *table, uint64_t key)
{
	struct vole_type *type = vole_arena_alloc(&types->arena, sizeof(*type));

	if (!type || !vole_hash_put(table, key, (uintptr_t)type))
		return NULL;
	type->name = "?";
	return type;
}

struct vole_type *vole_types_stub(struct vole_types *types,
				  enum vole_type_source source, uint64_t ref)
{
	struct vole_hash *table = &types->by_ref[source];
	struct vole_type *type = lookup(table, ref);

	if (type)
		return type;
	type = enter(types, table, ref);
	if (type) {
		type->source = source;
		type->ref = ref;
	}
	return type;
}

static bool load(struct vole_types *types, struct vole_type *type,
		 struct vole_error *err)
{
	switch (type->source) {
	case VOLE_TYPE_DEBUGINFO:
		if (types->di)
			return types->di->ops->load(types->di, types, type,
						    err);
		break;
	case VOLE_TYPE_DESCRIPTOR:
		if (types->loader)
			return types->loader->load(types->loader, types, type,
						   err);
		break;
	case VOLE_TYPE_MADE:
		return true;
	}
	return vole_fail(err, VOLE_NO_DEBUG_INFO, VOLE_NOWHERE,
			 "nothing describes this type");
}

bool vole_type_load(struct vole_types *types, struct vole_type *type,
		    struct vole_error *err)
{
	bool ok;

	if (!type)
		return vole_fail(
			err, VOLE_CORRUPT, VOLE_NOWHERE,
			"a type is missing from the debug information");
	if (type->loaded)
		return true;
	if (type->failed)
		return vole_fail(err, VOLE_CORRUPT, VOLE_NOWHERE,
				 "a type could not be loaded before");
	if (types->nested == MAX_NESTED)
		return vole_fail(err, VOLE_CORRUPT, VOLE_NOWHERE,
				 "over %d arrays in each other, or one in "
				 "itself",
				 MAX_NESTED);
	types->nested++;
	ok = load(types, type, err);
	types->nested--;
	if (!ok) {
		/* Memory may come back, damage does not mend. */
		type->failed = err->code != VOLE_NOMEM;
		return false;
	}
	type->loaded = true;
	return true;
}

bool vole_types_get(struct vole_types *types, enum vole_type_source source,
		    uint64_t ref, struct vole_type **ret,
		    struct vole_error *err)
{
	struct vole_type *type = vole_types_stub(types, source, ref);

	if (!type)
		return vole_fail_nomem(err);
	if (!vole_type_load(types, type, err))
		return false;
	*ret = type;
	return true;
}

bool vole_types_find(struct vole_types *types, const char *name,
		     struct vole_type **ret, struct vole_error *err)
{
	struct vole_symbol symbol;

	if (!types->di)
		return vole_fail(err, VOLE_NO_DEBUG_INFO, VOLE_NOWHERE,
				 "the program has no debug information");
	if (!types->di->ops->find(types->di, VOLE_SYMBOL_TYPE, name, &symbol,
				  err))
		return false;
	return vole_types_get(types, VOLE_TYPE_DEBUGINFO, symbol.ref, ret, err);
}

static const struct {
	const char *name; /* as reflect says it */
	uint8_t size; /* of predeclared types; 0: not one of them */
} kinds[VOLE_NUM_KINDS] = {
	[VOLE_KIND_INVALID] = { "invalid", 0 },
	[VOLE_KIND_BOOL] = { "bool", 1 },
	[VOLE_KIND_INT] = { "int", 8 },
	[VOLE_KIND_INT8] = { "int8", 1 },
	[VOLE_KIND_INT16] = { "int16", 2 },
	[VOLE_KIND_INT32] = { "int32", 4 },
	[VOLE_KIND_INT64] = { "int64", 8 },
	[VOLE_KIND_UINT] = { "uint", 8 },
	[VOLE_KIND_UINT8] = { "uint8", 1 },
	[VOLE_KIND_UINT16] = { "uint16", 2 },
	[VOLE_KIND_UINT32] = { "uint32", 4 },
	[VOLE_KIND_UINT64] = { "uint64", 8 },
	[VOLE_KIND_UINTPTR] = { "uintptr", 8 },
	[VOLE_KIND_FLOAT32] = { "float32", 4 },
	[VOLE_KIND_FLOAT64] = { "float64", 8 },
	[VOLE_KIND_COMPLEX64] = { "complex64", 8 },
	[VOLE_KIND_COMPLEX128] = { "complex128", 16 },
	[VOLE_KIND_ARRAY] = { "array", 0 },
	[VOLE_KIND_CHAN] = { "chan", 0 },
	[VOLE_KIND_FUNC] = { "func", 0 },
	[VOLE_KIND_INTERFACE] = { "interface", 0 },
	[VOLE_KIND_MAP] = { "map", 0 },
	[VOLE_KIND_PTR] = { "ptr", 0 },
	[VOLE_KIND_SLICE] = { "slice", 0 },
	[VOLE_KIND_STRING] = { "string", 16 },
	[VOLE_KIND_STRUCT] = { "struct", 0 },
	[VOLE_KIND_UNSAFE_POINTER] = { "unsafe.Pointer", 8 },
};

const char *vole_kind_name(enum vole_kind kind)
{
	return (unsigned)kind < VOLE_NUM_KINDS ? kinds[kind].name : "invalid";
}

bool vole_kind_is_signed(enum vole_kind kind)
{
	return kind >= VOLE_KIND_INT && kind <= VOLE_KIND_INT64;
}

bool vole_kind_is_unsigned(enum vole_kind kind)
{
	return kind >= VOLE_KIND_UINT && kind <= VOLE_KIND_UINTPTR;
}

bool vole_kind_is_float(enum vole_kind kind)
{
	return kind == VOLE_KIND_FLOAT32 || kind == VOLE_KIND_FLOAT64;
}

bool vole_kind_is_complex(enum vole_kind kind)
{
	return kind == VOLE_KIND_COMPLEX64 || kind == VOLE_KIND_COMPLEX128;
}

bool vole_kind_is_number(enum vole_kind kind)
{
	return kind >= VOLE_KIND_INT && kind <= VOLE_KIND_COMPLEX128;
}

bool vole_kind_begins_with_pointer(enum vole_kind kind)
{
	switch (kind) {
	case VOLE_KIND_CHAN:
	case VOLE_KIND_FUNC:
	case VOLE_KIND_MAP:
	case VOLE_KIND_PTR:
	case VOLE_KIND_SLICE:
	case VOLE_KIND_STRING:
	case VOLE_KIND_UNSAFE_POINTER:
		return true;
	default:
		return false;
	}
}

bool vole_types_basic(struct vole_types *types, enum vole_kind kind,
		      struct vole_type **ret, struct vole_error *err)
{
	struct vole_type *type;

	if ((unsigned)kind >= VOLE_NUM_KINDS || !kinds[kind].size)
		return vole_fail(err, VOLE_NOT_FOUND, VOLE_NOWHERE,
				 "no predeclared type of kind %u",
				 (unsigned)kind);
	if (!types->basic[kind] && types->di &&
	    vole_types_find(types, kinds[kind].name, &type, err) &&
	    type->kind == kind)
		types->basic[kind] = type;
	if (!types->basic[kind]) {
		type = vole_arena_alloc(&types->arena, sizeof(*type));
		if (!type)
			return vole_fail_nomem(err);
		*type = (struct vole_type){
			.source = VOLE_TYPE_MADE,
			.loaded = true,
			.kind = kind,
			.name = kinds[kind].name,
			.named = true,
			.size = kinds[kind].size,
			.align = kinds[kind].size < SIZE_WORD ?
					 kinds[kind].size :
					 SIZE_WORD,
		};
		types->basic[kind] = type;
	}
	*ret = types->basic[kind];
	return true;
}

/* @p made where debug information does not have the type. */
static bool find_or_make(struct vole_types *types, struct vole_type *made,
			 const struct vole_type *as, struct vole_type **ret,
			 struct vole_error *err)
{
	if (types->di && vole_types_find(types, as->name, ret, err))
		return true;
	*made = *as;
	*ret = made;
	return true;
}

bool vole_types_any(struct vole_types *types, struct vole_type **ret,
		    struct vole_error *err)
{
	const struct vole_type any = {
		.source = VOLE_TYPE_MADE,
		.loaded = true,
		.kind = VOLE_KIND_INTERFACE,
		.name = "interface {}",
		.is_eface = true,
		.size = 2 * SIZE_WORD,
		.align = SIZE_WORD,
	};

	return find_or_make(types, &types->any, &any, ret, err);
}

bool vole_types_error(struct vole_types *types, struct vole_type **ret,
		      struct vole_error *err)
{
	const struct vole_type error = {
		.source = VOLE_TYPE_MADE,
		.loaded = true,
		.kind = VOLE_KIND_INTERFACE,
		.name = "error",
		.named = true,
		.size = 2 * SIZE_WORD,
		.align = SIZE_WORD,
	};

	return find_or_make(types, &types->error, &error, ret, err);
}

/*
 * The type named prefix + elem's name: debug information's when it has it,
 * else one made here.
 */
static bool compose(struct vole_types *types, const char *prefix,
		    const struct vole_type *made, struct vole_type **ret,
		    struct vole_error *err)
{
	char name[MAX_NAME];
	struct vole_type *type;
	int len =
		snprintf(name, sizeof(name), "%s%s", prefix, made->elem->name);

	if (len < 0 || (size_t)len >= sizeof(name))
		return vole_fail(err, VOLE_UNSUPPORTED, VOLE_NOWHERE,
				 "a type name of over %d bytes", MAX_NAME);
	if (made->elem->source == VOLE_TYPE_DEBUGINFO &&
	    vole_types_find(types, name, &type, err) &&
	    type->kind == made->kind && type->elem == made->elem) {
		*ret = type;
		return true;
	}
	type = vole_arena_alloc(&types->arena, sizeof(*type));
	if (!type)
		return vole_fail_nomem(err);
	*type = *made;
	type->source = VOLE_TYPE_MADE;
	type->loaded = true;
	type->name = vole_arena_string(&types->arena, name);
	if (!type->name)
		return vole_fail_nomem(err);
	*ret = type;
	return true;
}

/* compose() remembered in @p table by the element's type. */
static bool compose_once(struct vole_types *types, struct vole_hash *table,
			 const char *prefix, const struct vole_type *made,
			 struct vole_type **ret, struct vole_error *err)
{
	struct vole_type *known = lookup(table, (uintptr_t)made->elem);

	if (known) {
		*ret = known;
		return true;
	}
	if (!vole_type_load(types, made->elem, err) ||
	    !compose(types, prefix, made, ret, err))
		return false;
	if (!vole_hash_put(table, (uintptr_t)made->elem, (uintptr_t)*ret))
		return vole_fail_nomem(err);
	return true;
}

bool vole_types_pointer(struct vole_types *types, struct vole_type *elem,
			struct vole_type **ret, struct vole_error *err)
{
	const struct vole_type made = {
		.kind = VOLE_KIND_PTR,
		.size = SIZE_WORD,
		.align = SIZE_WORD,
		.elem = elem,
	};

	return compose_once(types, &types->pointers, "*", &made, ret, err);
}

bool vole_types_slice(struct vole_types *types, struct vole_type *elem,
		      struct vole_type **ret, struct vole_error *err)
{
	const struct vole_type made = {
		.kind = VOLE_KIND_SLICE,
		.size = 3 * SIZE_WORD,
		.align = SIZE_WORD,
		.elem = elem,
	};

	return compose_once(types, &types->slices, "[]", &made, ret, err);
}

bool vole_types_array(struct vole_types *types, struct vole_type *elem,
		      uint64_t len, struct vole_type **ret,
		      struct vole_error *err)
{
	struct vole_type made = { .kind = VOLE_KIND_ARRAY,
				  .len = len,
				  .elem = elem };
	char prefix[32];

	if (!vole_type_load(types, elem, err))
		return false;
	if (__builtin_mul_overflow(elem->size, len, &made.size))
		return vole_fail(err, VOLE_CORRUPT, VOLE_NOWHERE,
				 "an array of %" PRIu64 " elements", len);
	made.align = elem->align;
	snprintf(prefix, sizeof(prefix), "[%" PRIu64 "]", len);
	return compose(types, prefix, &made, ret, err);
}

const struct vole_field *vole_type_field(const struct vole_type *type,
					 const char *name)
{
	size_t i;

	for (i = 0; i < type->num_fields; i++)
		if (!strcmp(type->fields[i].name, name))
			return &type->fields[i];
	return NULL;
}

static uint64_t align_of(struct vole_types *types, struct vole_type *type,
			 unsigned depth)
{
	struct vole_error ignored;
	uint64_t most = 1, align;
	size_t i;

	if (depth > MAX_ALIGN_DEPTH || !vole_type_load(types, type, &ignored))
		return 1;
	if (type->align)
		return type->align;
	switch (type->kind) {
	case VOLE_KIND_STRUCT:
		/* Known from here on: one within itself would be endless. */
		type->align = 1;
		for (i = 0; i < type->num_fields; i++) {
			align = align_of(types, type->fields[i].type,
					 depth + 1);
			most = align > most ? align : most;
		}
		break;
	case VOLE_KIND_ARRAY:
		most = align_of(types, type->elem, depth + 1);
		break;
	case VOLE_KIND_COMPLEX64:
		most = 4;
		break;
	default:
		most = type->size && type->size < SIZE_WORD ? type->size :
							      SIZE_WORD;
	}
	type->align = most;
	return most;
}

uint64_t vole_type_align(struct vole_types *types, struct vole_type *type)
{
	return align_of(types, type, 0);
}
