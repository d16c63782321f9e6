#include "value/container.h"

#include "value/container_private.h"

#include <string.h>

enum { SIZE_WORD = 8, MAX_ENTRIES = 1 << 24 };

struct vole_container_kind {
	const char *name;
	bool has_keys;
	bool (*visit)(const struct vole_container *c,
		      struct vole_container_visitor *visitor,
		      struct vole_error *err);
	/* Type and field that the parts' type is taken from. */
	const char *part;
};

bool container_field(const struct vole_container *c, struct vole_type *type,
		     const char *name, const struct vole_field **ret,
		     struct vole_error *err)
{
	const struct vole_field *field = NULL;

	if (!vole_type_load(c->rt->types, type, err))
		return false;
	if (type->kind == VOLE_KIND_STRUCT)
		field = vole_type_field(type, name);
	if (!field)
		return vole_fail(err, VOLE_UNSUPPORTED, VOLE_NOWHERE,
				 "%s without \"%s\"", type->name, name);
	if (!vole_type_load(c->rt->types, field->type, err))
		return false;
	*ret = field;
	return true;
}

/* type Pointer[T any] struct { _ [0]*T; _ noCopy; v unsafe.Pointer } */
bool container_pointee(const struct vole_container *c, struct vole_type *type,
		       struct vole_type **ret, struct vole_error *err)
{
	const struct vole_field *field;
	struct vole_type *elem = NULL;

	if (type->kind == VOLE_KIND_STRUCT) {
		if (!container_field(c, type, "_", &field, err))
			return false;
		if (field->type->kind == VOLE_KIND_ARRAY)
			elem = field->type->elem;
	} else {
		elem = type;
	}
	if (!elem || !vole_type_load(c->rt->types, elem, err) ||
	    elem->kind != VOLE_KIND_PTR || !elem->elem)
		return vole_fail(err, VOLE_UNSUPPORTED, VOLE_NOWHERE,
				 "%s is no pointer", type->name);
	*ret = elem->elem;
	return vole_type_load(c->rt->types, elem->elem, err);
}

bool container_word(const struct vole_container *c, uint64_t addr,
		    struct vole_type *type, const char *name, uint64_t *ret,
		    struct vole_error *err)
{
	const struct vole_field *field, *inner;
	uint64_t at;

	if (!container_field(c, type, name, &field, err))
		return false;
	at = addr + field->offset;
	if (field->type->kind == VOLE_KIND_STRUCT) {
		if (!container_field(c, field->type, "v", &inner, err))
			return false;
		at += inner->offset;
		field = inner;
	}
	return vole_memory_uint(c->rt->mem, at,
				field->type->size < SIZE_WORD ?
					(unsigned)field->type->size :
					SIZE_WORD,
				ret, err);
}

/* --- container/list, container/ring ------------------------------------------ */

static bool ends_badly(uint64_t addr, struct vole_error *err)
{
	return vole_fail(err, VOLE_CORRUPT, addr,
			 "a list that does not come to its end");
}

/* root is an Element in the List; the ring of them ends there. */
static bool visit_list(const struct vole_container *c,
		       struct vole_container_visitor *visitor,
		       struct vole_error *err)
{
	struct vole_type *type = (struct vole_type *)c->value.type;
	const struct vole_field *root, *value;
	uint64_t start, at, len, n;

	if (!container_field(c, type, "root", &root, err) ||
	    !container_field(c, root->type, "Value", &value, err) ||
	    !container_word(c, c->value.addr, type, "len", &len, err))
		return false;
	/* Of a copy of an empty list next is the other's root. */
	if (!len)
		return true;
	start = c->value.addr + root->offset;
	if (!container_word(c, start, root->type, "next", &at, err))
		return false;
	for (n = 0; at && at != start; n++) {
		if (n == len || n == MAX_ENTRIES)
			return ends_badly(at, err);
		if (!visitor->entry(visitor, 0, at + value->offset))
			return true;
		if (!container_word(c, at, root->type, "next", &at, err))
			return false;
	}
	return n == len || ends_badly(start, err);
}

/* Each Ring is an element; the first is the one that was asked for. */
static bool visit_ring(const struct vole_container *c,
		       struct vole_container_visitor *visitor,
		       struct vole_error *err)
{
	struct vole_type *type = (struct vole_type *)c->value.type;
	uint64_t at = c->value.addr, n = 0;
	const struct vole_field *value;

	if (!container_field(c, type, "Value", &value, err))
		return false;
	do {
		if (n++ == MAX_ENTRIES)
			return ends_badly(at, err);
		if (!visitor->entry(visitor, 0, at + value->offset))
			return true;
		if (!container_word(c, at, type, "next", &at, err))
			return false;
	} while (at && at != c->value.addr);
	return true;
}

static const struct vole_container_kind kinds[] = {
	{ "container/list.List", false, visit_list, "root" },
	{ "container/ring.Ring", false, visit_ring, NULL },
	{ "sync.Map", true, container_visit_sync_map, NULL },
};

/* interface{}, by a field "Value"; sync.Map finds its own. */
static bool find_part(struct vole_container *c, struct vole_error *err)
{
	struct vole_type *type = (struct vole_type *)c->value.type;
	const struct vole_field *field;

	if (c->has_keys)
		return container_sync_map_part(c, &c->part, err);
	if (c->kind->part) {
		if (!container_field(c, type, c->kind->part, &field, err))
			return false;
		type = field->type;
	}
	if (!container_field(c, type, "Value", &field, err))
		return false;
	c->part = field->type;
	return true;
}

bool vole_container_open(const struct vole_runtime *rt,
			 const struct vole_value *value,
			 struct vole_container *ret)
{
	struct vole_container c = { .rt = rt, .value = *value };
	struct vole_error ignored;
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(value->type->name, kinds[i].name))
			c.kind = &kinds[i];
	if (!c.kind || value->where != VOLE_IN_MEMORY)
		return false;
	c.has_keys = c.kind->has_keys;
	if (!find_part(&c, &ignored) || c.part->kind != VOLE_KIND_INTERFACE)
		return false;
	*ret = c;
	return true;
}

bool vole_container_visit(const struct vole_container *container,
			  struct vole_container_visitor *visitor,
			  struct vole_error *err)
{
	return container->kind->visit(container, visitor, err);
}
