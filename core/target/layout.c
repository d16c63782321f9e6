#include "target/layout.h"

#include <stdio.h>
#include <string.h>

#define VOLE_LAYOUT_STRUCT(id, ...) { #id, { __VA_ARGS__ } },
#define VOLE_LAYOUT_FIELD(owner, id, kind, ...)
#define VOLE_LAYOUT_MAYBE(owner, id, kind, ...)
#define VOLE_LAYOUT_CONST(id, ...)
const struct vole_struct_row vole_struct_rows[VOLE_NUM_STRUCTS] = {
#include "target/layout.def"
};
#undef VOLE_LAYOUT_STRUCT
#undef VOLE_LAYOUT_FIELD
#undef VOLE_LAYOUT_MAYBE
#undef VOLE_LAYOUT_CONST

#define ROW(owner, id, kind, optional, ...) \
	{ VOLE_STRUCT_##owner,              \
	  VOLE_FIELD_##kind,                \
	  optional,                         \
	  #owner "." #id,                   \
	  { __VA_ARGS__ } },
#define VOLE_LAYOUT_STRUCT(id, ...)
#define VOLE_LAYOUT_FIELD(owner, id, kind, ...) \
	ROW(owner, id, kind, false, __VA_ARGS__)
#define VOLE_LAYOUT_MAYBE(owner, id, kind, ...) \
	ROW(owner, id, kind, true, __VA_ARGS__)
#define VOLE_LAYOUT_CONST(id, ...)
const struct vole_layout_row vole_layout_rows[VOLE_NUM_FIELDS] = {
#include "target/layout.def"
};
#undef VOLE_LAYOUT_STRUCT
#undef VOLE_LAYOUT_FIELD
#undef VOLE_LAYOUT_MAYBE
#undef VOLE_LAYOUT_CONST

#define VOLE_LAYOUT_STRUCT(id, ...)
#define VOLE_LAYOUT_FIELD(owner, id, kind, ...)
#define VOLE_LAYOUT_MAYBE(owner, id, kind, ...)
#define VOLE_LAYOUT_CONST(id, ...) { #id, { __VA_ARGS__ } },
const struct vole_const_row vole_const_rows[VOLE_NUM_CONSTS] = {
#include "target/layout.def"
};
#undef VOLE_LAYOUT_STRUCT
#undef VOLE_LAYOUT_FIELD
#undef VOLE_LAYOUT_MAYBE
#undef VOLE_LAYOUT_CONST

/* heapArena, the largest, had 2 MiB in Go 1.17. */
static const uint64_t MAX_STRUCT_SIZE = 4 << 20;

static const char *const kind_names[] = {
	[VOLE_FIELD_INT] = "int",	 [VOLE_FIELD_UINT] = "uint",
	[VOLE_FIELD_PTR] = "pointer",	 [VOLE_FIELD_SLICE] = "slice",
	[VOLE_FIELD_STRING] = "string",	 [VOLE_FIELD_STRUCT] = "struct",
	[VOLE_FIELD_ARRAY] = "array",	 [VOLE_FIELD_IFACE] = "interface",
	[VOLE_FIELD_NUMBER] = "integer", [VOLE_FIELD_WORD] = "word",
};

const char *vole_field_kind_name(enum vole_field_kind kind)
{
	return kind_names[kind];
}

static bool fits(enum vole_field_kind kind, const struct vole_type *type)
{
	switch (kind) {
	case VOLE_FIELD_INT:
		return vole_kind_is_signed(type->kind);
	case VOLE_FIELD_UINT:
		return vole_kind_is_unsigned(type->kind) ||
		       type->kind == VOLE_KIND_BOOL;
	case VOLE_FIELD_NUMBER:
		return vole_kind_is_signed(type->kind) ||
		       vole_kind_is_unsigned(type->kind);
	case VOLE_FIELD_WORD:
		return type->kind == VOLE_KIND_UINTPTR ||
		       fits(VOLE_FIELD_PTR, type);
	case VOLE_FIELD_PTR:
		return type->kind == VOLE_KIND_PTR ||
		       type->kind == VOLE_KIND_UNSAFE_POINTER ||
		       type->kind == VOLE_KIND_MAP ||
		       type->kind == VOLE_KIND_CHAN ||
		       type->kind == VOLE_KIND_FUNC;
	case VOLE_FIELD_SLICE:
		return type->kind == VOLE_KIND_SLICE;
	case VOLE_FIELD_STRING:
		return type->kind == VOLE_KIND_STRING;
	case VOLE_FIELD_STRUCT:
		return type->kind == VOLE_KIND_STRUCT;
	case VOLE_FIELD_ARRAY:
		return type->kind == VOLE_KIND_ARRAY;
	case VOLE_FIELD_IFACE:
		return type->kind == VOLE_KIND_INTERFACE;
	}
	return false;
}

/* Follow "a.b.c" through embedded structs; NULL type when there is no such field. */
static bool follow(struct vole_types *types, struct vole_type *type,
		   const char *path, struct vole_type **ret, uint64_t *offset,
		   struct vole_error *err)
{
	*offset = 0;
	while (*path) {
		size_t len = strcspn(path, ".");
		const struct vole_field *field = NULL;
		size_t i;

		if (!vole_type_load(types, type, err))
			return false;
		for (i = 0; i < type->num_fields && !field; i++)
			if (strlen(type->fields[i].name) == len &&
			    !memcmp(type->fields[i].name, path, len))
				field = &type->fields[i];
		if (!field) {
			*ret = NULL;
			return true;
		}
		if (field->offset > MAX_STRUCT_SIZE)
			return vole_fail(err, VOLE_CORRUPT, VOLE_NOWHERE,
					 "field %s at offset %" PRIu64, path,
					 field->offset);
		*offset += field->offset;
		type = field->type;
		path += len + (path[len] == '.');
	}
	*ret = type;
	return vole_type_load(types, type, err);
}

static bool resolve_field(struct vole_types *types, struct vole_type *owner,
			  const struct vole_layout_row *row,
			  struct vole_place *ret, struct vole_error *err)
{
	size_t i;

	for (i = 0; i < VOLE_LAYOUT_SPELLINGS && row->paths[i]; i++) {
		struct vole_type *type = NULL;
		uint64_t offset;

		if (!follow(types, owner, row->paths[i], &type, &offset, err))
			return false;
		if (!type || !fits(row->kind, type))
			continue;
		if (type->size > owner->size ||
		    offset > owner->size - type->size)
			return vole_fail(err, VOLE_CORRUPT, VOLE_NOWHERE,
					 "%s.%s lies outside its structure",
					 owner->name, row->paths[i]);
		*ret = (struct vole_place){ true, (uint32_t)offset,
					    (uint32_t)type->size,
					    row->paths[i] };
		return true;
	}
	if (row->optional)
		return true;
	return vole_fail(err, VOLE_UNSUPPORTED, VOLE_NOWHERE,
			 "%s has no field %s of kind %s: a Go release that "
			 "this version does not know",
			 owner->name, row->paths[0], kind_names[row->kind]);
}

static bool resolve_struct(struct vole_types *types, enum vole_struct_id id,
			   struct vole_type **ret, struct vole_error *err)
{
	const struct vole_struct_row *row = &vole_struct_rows[id];
	size_t i;

	*ret = NULL;
	for (i = 0; i < VOLE_LAYOUT_SPELLINGS && row->names[i]; i++) {
		struct vole_type *type;

		if (!vole_types_find(types, row->names[i], &type, err)) {
			if (err->code != VOLE_NOT_FOUND)
				return false;
			continue;
		}
		if (type->kind != VOLE_KIND_STRUCT ||
		    type->size > MAX_STRUCT_SIZE)
			continue;
		*ret = type;
		return true;
	}
	return true;
}

static void resolve_consts(struct vole_debuginfo *di, struct vole_layout *ret)
{
	size_t id, i;

	for (id = 0; id < VOLE_NUM_CONSTS; id++)
		for (i = 0; i < VOLE_LAYOUT_SPELLINGS; i++) {
			const char *name = vole_const_rows[id].names[i];
			struct vole_symbol_info info;
			struct vole_symbol symbol;
			struct vole_error err;

			if (!name || !di->ops->find(di, VOLE_SYMBOL_CONST, name,
						    &symbol, &err))
				continue;
			if (!di->ops->info(di, &symbol, &info, &err))
				continue;
			ret->has_const[id] = true;
			ret->value[id] = info.value;
			break;
		}
}

bool vole_layout_resolve(struct vole_types *types, struct vole_debuginfo *di,
			 struct vole_layout *ret, struct vole_error *err)
{
	struct vole_type *owners[VOLE_NUM_STRUCTS];
	struct vole_error row_err;
	bool ok = true;
	size_t id;

	memset(ret, 0, sizeof(*ret));
	for (id = 0; id < VOLE_NUM_STRUCTS; id++) {
		if (!resolve_struct(types, id, &owners[id], err))
			return false;
		if (!owners[id])
			continue;
		ret->has[id] = true;
		ret->from[id] = VOLE_LAYOUT_DEBUGINFO;
		ret->size[id] = owners[id]->size;
		ret->name[id] = owners[id]->name;
	}
	for (id = 0; id < VOLE_NUM_FIELDS; id++) {
		const struct vole_layout_row *row = &vole_layout_rows[id];

		if (!owners[row->owner] ||
		    resolve_field(types, owners[row->owner], row,
				  &ret->place[id], &row_err))
			continue;
		/* The first is told; those who read other rows can go on. */
		if (ok)
			*err = row_err;
		ok = false;
	}
	resolve_consts(di, ret);
	ret->source = VOLE_LAYOUT_DEBUGINFO;
	return ok;
}
