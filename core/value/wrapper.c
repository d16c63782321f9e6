#include "value/wrapper.h"

#include "runtime/rtype.h"

#include <string.h>

enum {
	/* src/reflect/value.go: flagKindMask, flagIndir */
	KIND_MASK = (1 << 5) - 1,
	INDIRECT = 1 << 7,
	ROOM = 256, /* of the name of a type argument */
};

static bool part(const struct vole_runtime *rt, const struct vole_value *value,
		 const char *name, struct vole_value *ret)
{
	const struct vole_field *field = NULL;
	struct vole_error ignored;

	if (value->type->kind == VOLE_KIND_STRUCT)
		field = vole_type_field(value->type, name);
	return field && vole_value_part(rt, value, field->type, field->offset,
					ret, &ignored);
}

static bool word(const struct vole_runtime *rt, const struct vole_value *value,
		 const char *name, uint64_t *ret)
{
	struct vole_error ignored;
	struct vole_value it;

	return part(rt, value, name, &it) &&
	       vole_value_word(rt, &it, 0, ret, &ignored);
}

/* --- reflect.Value ----------------------------------------------------------- */

bool vole_wrapper_reflect(const struct vole_runtime *rt,
			  const struct vole_value *value, uint64_t *ret_type,
			  uint64_t *ret_flag)
{
	/* Go 1.21 calls the type typ_. */
	return (word(rt, value, "typ_", ret_type) ||
		word(rt, value, "typ", ret_type)) &&
	       word(rt, value, "flag", ret_flag);
}

static bool in_reflect_value(const struct vole_runtime *rt,
			     const struct vole_value *value,
			     struct vole_value *ret)
{
	struct vole_error ignored;
	struct vole_type *type;
	uint64_t rtype, flag;
	struct vole_value ptr;
	uint64_t addr;

	if (!vole_wrapper_reflect(rt, value, &rtype, &flag) || !flag ||
	    flag & VOLE_REFLECT_METHOD ||
	    !vole_rtype_type(rt, rtype, &type, &ignored) ||
	    type->kind != (enum vole_kind)(flag & KIND_MASK) ||
	    !part(rt, value, "ptr", &ptr))
		return false;
	if (flag & INDIRECT)
		return vole_value_word(rt, &ptr, 0, &addr, &ignored) &&
		       vole_value_at(rt, type, addr, ret, &ignored);
	*ret = ptr;
	ret->type = type;
	return type->size == ptr.type->size;
}

/* --- sync/atomic ------------------------------------------------------------- */

static bool in_atomic_value(const struct vole_runtime *rt,
			    const struct vole_value *value,
			    struct vole_value *ret)
{
	uint64_t type, first;
	struct vole_error ignored;

	return part(rt, value, "v", ret) &&
	       ret->type->kind == VOLE_KIND_INTERFACE &&
	       vole_value_word(rt, ret, 0, &type, &ignored) &&
	       !(vole_runtime_var(rt, "sync/atomic.firstStoreInProgress",
				  &first, &ignored) &&
		 first == type);
}

/* "main.T" of "sync/atomic.Pointer[main.T]" */
static bool argument(const struct vole_type *type, char name[ROOM])
{
	const char *open = strchr(type->name, '[');
	size_t len = open ? strlen(open + 1) : 0;

	if (!len || len > ROOM || open[len] != ']')
		return false;
	memcpy(name, open + 1, len - 1);
	name[len - 1] = '\0';
	return true;
}

/*
 * *T of a struct with one type argument, by a field that has no size: [0]*T,
 * or [0]T in some patch releases of Go 1.19.
 */
static bool pointer_type(const struct vole_runtime *rt,
			 const struct vole_type *type, struct vole_type **ret)
{
	struct vole_error ignored;
	char name[ROOM];
	size_t i;

	for (i = 0; argument(type, name) && i < type->num_fields; i++) {
		struct vole_type *none = type->fields[i].type, *elem;

		if (!vole_type_load(rt->types, none, &ignored) ||
		    none->kind != VOLE_KIND_ARRAY || none->len)
			continue;
		elem = none->elem;
		if (!vole_type_load(rt->types, elem, &ignored))
			return false;
		if (!strcmp(elem->name, name))
			return vole_types_pointer(rt->types, elem, ret,
						  &ignored);
		*ret = elem;
		return elem->kind == VOLE_KIND_PTR && elem->name[0] == '*' &&
		       !strcmp(elem->name + 1, name);
	}
	return false;
}

static bool in_atomic_pointer(const struct vole_runtime *rt,
			      const struct vole_value *value,
			      struct vole_value *ret)
{
	struct vole_type *type;

	if (!pointer_type(rt, value->type, &type) ||
	    !part(rt, value, "v", ret) ||
	    ret->type->kind != VOLE_KIND_UNSAFE_POINTER)
		return false;
	if (type->size != ret->type->size)
		return false;
	ret->type = type;
	return true;
}

/* --- unique, weak ------------------------------------------------------------ */

/* type Handle[T comparable] struct { value *T } */
static bool in_handle(const struct vole_runtime *rt,
		      const struct vole_value *value, struct vole_value *ret)
{
	struct vole_error ignored;
	struct vole_value pointer;
	uint64_t addr;

	return part(rt, value, "value", &pointer) &&
	       pointer.type->kind == VOLE_KIND_PTR && pointer.type->elem &&
	       vole_value_word(rt, &pointer, 0, &addr, &ignored) && addr &&
	       vole_value_at(rt, pointer.type->elem, addr, ret, &ignored);
}

/* runtime/mheap.go: u leads to a word that is the pointer, 0 once it is dead. */
static bool in_weak_pointer(const struct vole_runtime *rt,
			    const struct vole_value *value,
			    struct vole_value *ret)
{
	struct vole_error ignored;
	struct vole_type *type;
	uint64_t addr, target;

	return pointer_type(rt, value->type, &type) &&
	       word(rt, value, "u", &addr) && addr &&
	       vole_memory_uint(rt->mem, addr, sizeof(target), &target,
				&ignored) &&
	       target && vole_value_at(rt, type, addr, ret, &ignored);
}

static const struct {
	const char *name; /* with [ before type arguments */
	bool typed;
	bool (*open)(const struct vole_runtime *rt,
		     const struct vole_value *value, struct vole_value *ret);
} kinds[] = {
	{ "reflect.Value", false, in_reflect_value },
	{ "sync/atomic.Value", true, in_atomic_value },
	{ "sync/atomic.Pointer[", true, in_atomic_pointer },
	{ "unique.Handle[", true, in_handle },
	{ "weak.Pointer[", true, in_weak_pointer },
};

bool vole_wrapper_open(const struct vole_runtime *rt,
		       const struct vole_value *value, bool *ret_typed,
		       struct vole_value *ret)
{
	const char *name = value->type->name;
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		size_t len = strlen(kinds[i].name);

		if (kinds[i].name[len - 1] == '[' ?
			    strncmp(name, kinds[i].name, len) != 0 :
			    strcmp(name, kinds[i].name) != 0)
			continue;
		*ret_typed = kinds[i].typed;
		return kinds[i].open(rt, value, ret);
	}
	return false;
}
