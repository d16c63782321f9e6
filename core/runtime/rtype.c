#include "runtime/rtype.h"

#include "runtime/rtype_private.h"
#include "runtime/typelink.h"

#include <stdio.h>

enum {
	KIND_MASK = 31,
	KIND_DIRECT = 32, /* to Go 1.25; then a bit of tflag */
	TFLAG_NAMED = 4,
	MAX_FIELDS = 1 << 16,
	FIELD_SIZE = 24, /* sizeof(abi.StructField) */
};

static const uint64_t MAX_SIZE = UINT64_C(1) << 47;

bool vole_rtype_read(const struct vole_runtime *rt, uint64_t addr,
		     struct vole_rtype *ret, struct vole_error *err)
{
	struct vole_view v = vole_runtime_view(rt, addr, err);
	const struct vole_layout *layout = &rt->layout;
	uint8_t kind = (uint8_t)vole_get(&v, VOLE_TYPE_KIND);
	struct vole_rtype type = {
		.addr = addr,
		.size = vole_get(&v, VOLE_TYPE_SIZE),
		.ptr_bytes = vole_get(&v, VOLE_TYPE_PTR_BYTES),
		.hash = (uint32_t)vole_get(&v, VOLE_TYPE_HASH),
		.tflag = (uint8_t)vole_get(&v, VOLE_TYPE_TFLAG),
		.align = (uint8_t)vole_get(&v, VOLE_TYPE_ALIGN),
		.kind = kind & KIND_MASK,
		.gc_data = vole_get(&v, VOLE_TYPE_GC_DATA),
	};

	if (!v.ok)
		return vole_fail_in(err, "no type is at 0x%" PRIx64, addr);
	if (type.kind == VOLE_KIND_INVALID || type.kind >= VOLE_NUM_KINDS ||
	    type.size > MAX_SIZE || type.ptr_bytes > type.size || (addr & 7) ||
	    !type.align || (type.align & (type.align - 1)))
		return vole_fail(err, VOLE_CORRUPT, addr,
				 "no type is here: kind %u, size %" PRIu64
				 ", %" PRIu64 " bytes of pointers, align %u",
				 kind, type.size, type.ptr_bytes, type.align);
	type.direct =
		layout->has_const[VOLE_CONST_TFLAG_DIRECT_IFACE] ?
			type.tflag &
				layout->value[VOLE_CONST_TFLAG_DIRECT_IFACE] :
			kind & KIND_DIRECT;
	*ret = type;
	return true;
}

/* The stub of a descriptor's type: debug information's where it has one. */
static bool stub_at(const struct vole_runtime *rt, uint64_t addr,
		    struct vole_type **ret, struct vole_error *err)
{
	const struct vole_module *module = vole_module_of_type(rt, addr);
	struct vole_error ignored;
	uint64_t ref;

	/* Offsets are those of the program's own module. */
	if (rt->di && module && module == rt->modules.items &&
	    rt->di->ops->by_runtime_type(rt->di, addr - module->types, &ref,
					 &ignored))
		*ret = vole_types_stub(rt->types, VOLE_TYPE_DEBUGINFO, ref);
	else
		*ret = vole_types_stub(rt->types, VOLE_TYPE_DESCRIPTOR, addr);
	return *ret ? true : vole_fail_nomem(err);
}

bool vole_rtype_type(const struct vole_runtime *rt, uint64_t addr,
		     struct vole_type **ret, struct vole_error *err)
{
	struct vole_rtype head;
	struct vole_type *type;

	if (!vole_rtype_read(rt, addr, &head, err) ||
	    !stub_at(rt, addr, &type, err))
		return false;
	/* What the two say of a type must agree, or the descriptor holds. */
	if (type->source == VOLE_TYPE_DEBUGINFO &&
	    (!vole_type_load(rt->types, type, err) || type->kind != head.kind ||
	     type->size != head.size)) {
		type = vole_types_stub(rt->types, VOLE_TYPE_DESCRIPTOR, addr);
		if (!type)
			return vole_fail_nomem(err);
	}
	if (!vole_type_load(rt->types, type, err))
		return false;
	*ret = type;
	return true;
}

/* Without debug information: what the linker lists pointers to. */
static bool find_linked(const struct vole_runtime *rt,
			const struct vole_type *type, uint64_t *ret)
{
	struct vole_error ignored;
	struct vole_type *pointer;
	char name[256];
	int len = snprintf(name, sizeof(name), "*%s", type->name);

	if (rt->di || len < 0 || (size_t)len >= sizeof(name) ||
	    !vole_typelink_find(rt, name, &pointer, &ignored) ||
	    !pointer->elem || pointer->elem->source != VOLE_TYPE_DESCRIPTOR)
		return false;
	*ret = pointer->elem->ref;
	return true;
}

bool vole_rtype_of(const struct vole_runtime *rt, const struct vole_type *type,
		   uint64_t *ret, struct vole_error *err)
{
	const struct vole_module *module = rt->modules.items;

	if (type->source == VOLE_TYPE_DESCRIPTOR) {
		*ret = type->ref;
		return true;
	}
	if (find_linked(rt, type, ret))
		return true;
	if (!type->runtime_type || !rt->modules.len ||
	    type->runtime_type >= module->etypes - module->types)
		return vole_fail(err, VOLE_NOT_FOUND, VOLE_NOWHERE,
				 "the program has no descriptor of %s",
				 type->name);
	*ret = module->types + type->runtime_type;
	return true;
}

/* --- loading ----------------------------------------------------------------- */

static bool child(const struct vole_runtime *rt, uint64_t at,
		  struct vole_type **ret, struct vole_error *err)
{
	uint64_t addr;

	return vole_memory_uint(rt->mem, at, 8, &addr, err) &&
	       stub_at(rt, addr, ret, err);
}

/* StructType: PkgPath 48, Fields 56 (a slice of {Name, Typ, Offset}). */
bool rtype_num_fields(const struct vole_runtime *rt, uint64_t addr,
		      uint64_t *ret, struct vole_error *err)
{
	if (!vole_memory_uint(rt->mem, addr + 64, 8, ret, err))
		return false;
	return *ret <= MAX_FIELDS ?
		       true :
		       vole_fail(err, VOLE_CORRUPT, addr,
				 "a struct of %" PRIu64 " fields", *ret);
}

bool rtype_field_at(const struct vole_runtime *rt, uint64_t addr,
		    uint64_t index, struct vole_arena *arena,
		    struct rtype_field *ret, struct vole_error *err)
{
	uint64_t words[3], fields;
	struct rtype_name name;
	const char *tag;

	if (!vole_memory_uint(rt->mem, addr + 56, 8, &fields, err) ||
	    !vole_memory_read_all(rt->mem, fields + index * FIELD_SIZE, words,
				  sizeof(words), err) ||
	    !rtype_read_name(rt, words[0], arena, &name, err))
		return false;
	if (!rtype_read_tag(rt, &name, arena, &tag, err))
		return false;
	*ret = (struct rtype_field){ .name = name.text,
				     .tag = tag,
				     .type = words[1],
				     .offset = words[2],
				     .embedded = name.embedded };
	/* Go 1.18 kept offset<<1|embedded there. */
	if (rt->build.minor && rt->build.minor <= 18) {
		ret->offset = words[2] >> 1;
		ret->embedded = words[2] & 1;
	}
	return true;
}

static bool load_fields(const struct vole_runtime *rt, struct vole_types *types,
			struct vole_type *type, struct vole_error *err)
{
	struct vole_arena *arena = vole_types_arena(types);
	struct rtype_field field;
	uint64_t num, i;

	if (!rtype_num_fields(rt, type->ref, &num, err))
		return false;
	type->fields = vole_arena_array(arena, num + 1, sizeof(*type->fields));
	if (!type->fields)
		return vole_fail_nomem(err);
	for (i = 0; i < num; i++) {
		struct vole_field *f = &type->fields[i];

		if (!rtype_field_at(rt, type->ref, i, arena, &field, err) ||
		    !stub_at(rt, field.type, &f->type, err))
			return false;
		if (field.offset > type->size)
			return vole_fail(err, VOLE_CORRUPT, type->ref,
					 "field %s at offset %" PRIu64
					 " of a struct of %" PRIu64 " bytes",
					 field.name, field.offset, type->size);
		f->name = field.name;
		f->offset = field.offset;
		f->embedded = field.embedded;
	}
	type->num_fields = num;
	return true;
}

static bool load_tail(const struct vole_runtime *rt, struct vole_types *types,
		      struct vole_type *type, struct vole_error *err)
{
	uint64_t addr = type->ref, word;

	switch (type->kind) {
	case VOLE_KIND_ARRAY:
		return child(rt, addr + 48, &type->elem, err) &&
		       vole_memory_uint(rt->mem, addr + 64, 8, &type->len, err);
	case VOLE_KIND_CHAN:
		if (!vole_memory_uint(rt->mem, addr + 56, 8, &word, err))
			return false;
		type->chan_dir = word & 3;
		return child(rt, addr + 48, &type->elem, err);
	case VOLE_KIND_PTR:
	case VOLE_KIND_SLICE:
		return child(rt, addr + 48, &type->elem, err);
	case VOLE_KIND_MAP:
		return child(rt, addr + 48, &type->key, err) &&
		       child(rt, addr + 56, &type->elem, err);
	case VOLE_KIND_INTERFACE:
		/* InterfaceType: PkgPath 48, Methods 56. */
		if (!vole_memory_uint(rt->mem, addr + 64, 8, &word, err))
			return false;
		type->is_eface = !word;
		return true;
	case VOLE_KIND_STRUCT:
		return load_fields(rt, types, type, err);
	default:
		return true;
	}
}

/* Damage may have it that a type holds itself: no loading of descriptors here. */
static bool size_of(const struct vole_runtime *rt, struct vole_types *types,
		    struct vole_type *type, uint64_t *ret,
		    struct vole_error *err)
{
	struct vole_rtype head;

	if (type->source == VOLE_TYPE_DESCRIPTOR) {
		if (!vole_rtype_read(rt, type->ref, &head, err))
			return false;
		*ret = head.size;
		return true;
	}
	if (!vole_type_load(types, type, err))
		return false;
	*ret = type->size;
	return true;
}

/* An array's size must be that of its elements, or walks would run away. */
static bool check_array(const struct vole_runtime *rt, struct vole_types *types,
			struct vole_type *type, struct vole_error *err)
{
	uint64_t elem_size, size;

	if (type->kind != VOLE_KIND_ARRAY)
		return true;
	if (!size_of(rt, types, type->elem, &elem_size, err))
		return false;
	if (__builtin_mul_overflow(type->len, elem_size, &size) ||
	    size != type->size)
		return vole_fail(err, VOLE_CORRUPT, type->ref,
				 "an array of %" PRIu64 " elements in %" PRIu64
				 " bytes",
				 type->len, type->size);
	return true;
}

static bool load(struct vole_type_loader *loader, struct vole_types *types,
		 struct vole_type *type, struct vole_error *err)
{
	const struct vole_runtime *rt =
		(const struct vole_runtime *)((char *)loader -
					      offsetof(struct vole_runtime,
						       descriptors));
	struct vole_rtype head;

	if (!vole_rtype_read(rt, type->ref, &head, err) ||
	    !vole_rtype_name(rt, type->ref, vole_types_arena(types),
			     &type->name, err))
		return false;
	type->kind = head.kind;
	type->size = head.size;
	type->align = head.align;
	type->named = head.tflag & TFLAG_NAMED;
	return load_tail(rt, types, type, err) &&
	       check_array(rt, types, type, err);
}

void vole_rtype_install(struct vole_runtime *rt)
{
	rt->descriptors.load = load;
	vole_types_set_loader(rt->types, &rt->descriptors);
}
