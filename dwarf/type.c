/* Go's and C's types out of their entries. src/cmd/internal/dwarf/dwarf.go. */
#include "dwarf/names.h"
#include "dwarf/private.h"
#include "target/types.h"

#include <string.h>

enum { WORD = 8, MAX_DIMENSIONS = 16 };

struct loading {
	struct dwarf *d;
	struct vole_types *types;
	struct vole_type *type;
};

static bool damaged(const struct loading *l, const char *what,
		    struct vole_error *err)
{
	return vole_fail(err, VOLE_CORRUPT, VOLE_NOWHERE,
			 "debug information: the type at offset %" PRIu64 " %s",
			 l->type->ref, what);
}

static bool stub(struct loading *l, uint32_t ref, struct vole_type **ret,
		 struct vole_error *err)
{
	*ret = vole_types_stub(l->types, VOLE_TYPE_DEBUGINFO, ref);
	return *ret ? true : vole_fail_nomem(err);
}

static const struct {
	uint8_t encoding;
	uint8_t size;
	enum vole_kind kind;
} bases[] = {
	{ ATE_boolean, 1, VOLE_KIND_BOOL },
	{ ATE_signed, 1, VOLE_KIND_INT8 },
	{ ATE_signed, 2, VOLE_KIND_INT16 },
	{ ATE_signed, 4, VOLE_KIND_INT32 },
	{ ATE_signed, 8, VOLE_KIND_INT64 },
	{ ATE_signed_char, 1, VOLE_KIND_INT8 },
	{ ATE_unsigned, 1, VOLE_KIND_UINT8 },
	{ ATE_unsigned, 2, VOLE_KIND_UINT16 },
	{ ATE_unsigned, 4, VOLE_KIND_UINT32 },
	{ ATE_unsigned, 8, VOLE_KIND_UINT64 },
	{ ATE_unsigned_char, 1, VOLE_KIND_UINT8 },
	{ ATE_UTF, 1, VOLE_KIND_UINT8 },
	{ ATE_UTF, 2, VOLE_KIND_UINT16 },
	{ ATE_UTF, 4, VOLE_KIND_UINT32 },
	{ ATE_float, 4, VOLE_KIND_FLOAT32 },
	{ ATE_float, 8, VOLE_KIND_FLOAT64 },
	{ ATE_complex_float, 8, VOLE_KIND_COMPLEX64 },
	{ ATE_complex_float, 16, VOLE_KIND_COMPLEX128 },
};

static enum vole_kind base_kind(const struct die *die)
{
	size_t i;

	for (i = 0; i < sizeof(bases) / sizeof(bases[0]); i++)
		if (bases[i].encoding == die->encoding &&
		    bases[i].size == die->size)
			return bases[i].kind;
	return VOLE_KIND_INVALID;
}

static enum vole_kind enum_kind(const struct die *die)
{
	switch (die->size) {
	case 1:
		return VOLE_KIND_UINT8;
	case 2:
		return VOLE_KIND_UINT16;
	case 8:
		return VOLE_KIND_UINT64;
	default:
		return VOLE_KIND_UINT32;
	}
}

static enum vole_kind kind_of(const struct die *die)
{
	if (die->has_kind && die->kind < VOLE_NUM_KINDS)
		return die->kind;
	switch (die->tag) {
	case TAG_base_type:
		return base_kind(die);
	case TAG_enumeration_type:
		return enum_kind(die);
	case TAG_structure_type:
	case TAG_class_type:
	case TAG_union_type:
		return VOLE_KIND_STRUCT;
	case TAG_array_type:
		return VOLE_KIND_ARRAY;
	case TAG_subroutine_type:
		return VOLE_KIND_FUNC;
	case TAG_pointer_type:
	case TAG_reference_type:
		return die->has_type ? VOLE_KIND_PTR : VOLE_KIND_UNSAFE_POINTER;
	default:
		return VOLE_KIND_INVALID;
	}
}

static bool transparent(const struct die *die)
{
	switch (die->tag) {
	case TAG_typedef:
		return !die->has_kind;
	case TAG_const_type:
	case TAG_volatile_type:
	case TAG_restrict_type:
	case TAG_atomic_type:
		return true;
	default:
		return false;
	}
}

/*
 * Follow typedefs and qualifiers to what the type is made of. The first name
 * on the way is the type's, the first runtime type its descriptor.
 */
static bool resolve(struct loading *l, struct die *ret, struct vole_error *err)
{
	unsigned steps;
	uint32_t at = (uint32_t)l->type->ref;

	for (steps = 0; steps < VOLE_DWARF_MAX_CHAIN; steps++) {
		if (!die_read(l->d, at, ret, err))
			return false;
		if (ret->name && !l->type->named) {
			l->type->name = ret->name;
			l->type->named = true;
		}
		if (!l->type->runtime_type)
			l->type->runtime_type = ret->runtime_type;
		if (!transparent(ret))
			return true;
		if (!ret->has_type) {
			/* typedef void T, const void */
			l->type->is_void = true;
			return true;
		}
		at = ret->type;
	}
	return damaged(l, "is a typedef of itself", err);
}

/* Does Go spell this name for a type that has none of its own? */
static bool composed(const char *name)
{
	static const char *const starts[] = {
		"*",	       "[",	  "map[",    "chan ",
		"chan<-",      "<-chan ", "func(",   "struct {",
		"interface {", "noalg.",  "struct{", "interface{"
	};
	size_t i;

	for (i = 0; i < sizeof(starts) / sizeof(starts[0]); i++)
		if (!strncmp(name, starts[i], strlen(starts[i])))
			return true;
	return false;
}

static bool count_members(struct loading *l, const struct die *die,
			  uint16_t tag, size_t *ret, struct vole_error *err)
{
	uint32_t next = die->next;
	struct die child;

	*ret = 0;
	do {
		if (!die_child(l->d, die, &next, &child, err))
			return false;
		if (child.tag == tag && ++*ret > VOLE_DWARF_MAX_FIELDS)
			return damaged(l, "has too many fields", err);
	} while (child.tag);
	return true;
}

static bool load_field(struct loading *l, const struct die *die,
		       struct vole_field *ret, struct vole_error *err)
{
	if (!die->has_type)
		return damaged(l, "has a field without a type", err);
	ret->name = die->name && *die->name ? die->name : "_";
	ret->offset = die->member;
	ret->embedded = die->embedded;
	if (die->bit_size && die->bit_size <= 64 && die->has_bit_offset) {
		ret->bit_size = (uint8_t)die->bit_size;
		ret->offset = die->bit_offset / 8;
		ret->bit_offset = (uint8_t)(die->bit_offset % 8);
	}
	return stub(l, die->type, &ret->type, err);
}

static bool load_struct(struct loading *l, const struct die *die,
			struct vole_error *err)
{
	struct vole_type *type = l->type;
	uint32_t next = die->next;
	struct die child;
	size_t num;

	type->is_union = die->tag == TAG_union_type;
	if (!count_members(l, die, TAG_member, &num, err))
		return false;
	type->fields = vole_arena_array(vole_types_arena(l->types), num + 1,
					sizeof(*type->fields));
	if (!type->fields)
		return vole_fail_nomem(err);
	do
		if (!die_child(l->d, die, &next, &child, err) ||
		    (child.tag == TAG_member &&
		     !load_field(l, &child, &type->fields[type->num_fields++],
				 err)))
			return false;
	while (child.tag && type->num_fields < num);
	return true;
}

/* Lengths of an array, outermost first; C's may have several. */
static bool dimensions(struct loading *l, const struct die *die, uint64_t *lens,
		       size_t *ret, struct vole_error *err)
{
	uint32_t next = die->next;
	struct die child;

	*ret = 0;
	do {
		if (!die_child(l->d, die, &next, &child, err))
			return false;
		if (child.tag != TAG_subrange_type)
			continue;
		if (*ret == MAX_DIMENSIONS)
			return damaged(l, "has too many dimensions", err);
		lens[(*ret)++] = child.has_count ? child.count : 0;
	} while (child.tag);
	return true;
}

static bool load_array(struct loading *l, const struct die *die,
		       struct vole_error *err)
{
	struct vole_type *type = l->type;
	uint64_t lens[MAX_DIMENSIONS];
	size_t num;

	if (!die->has_type)
		return damaged(l, "is an array of nothing", err);
	if (!stub(l, die->type, &type->elem, err) ||
	    !dimensions(l, die, lens, &num, err))
		return false;
	while (num > 1)
		if (!vole_types_array(l->types, type->elem, lens[--num],
				      &type->elem, err))
			return false;
	type->len = num ? lens[0] : 0;
	if (!vole_type_load(l->types, type->elem, err))
		return false;
	if (__builtin_mul_overflow(type->len, type->elem->size, &type->size))
		return damaged(l, "is an array larger than memory", err);
	return true;
}

/* What a map's or channel's pointer leads to: hash<K,V>, hchan<T>. */
static bool load_header(struct loading *l, const struct die *die,
			struct vole_error *err)
{
	struct die pointer;

	l->type->size = WORD;
	if (!die->has_type || !die_read(l->d, die->type, &pointer, err))
		return !die->has_type;
	if (pointer.tag != TAG_pointer_type || !pointer.has_type)
		return true;
	return stub(l, pointer.type, &l->type->header, err);
}

static bool load_map(struct loading *l, const struct die *die,
		     struct vole_error *err)
{
	if (!die->has_key || !die->has_elem)
		return damaged(l, "is a map without key or element", err);
	return stub(l, die->key, &l->type->key, err) &&
	       stub(l, die->elem, &l->type->elem, err) &&
	       load_header(l, die, err);
}

static bool load_chan(struct loading *l, const struct die *die,
		      struct vole_error *err)
{
	const char *spelled = die->name ? die->name : "";

	if (!die->has_elem)
		return damaged(l, "is a channel of nothing", err);
	l->type->chan_dir = !strncmp(spelled, "<-chan ", 7) ? 1 :
			    !strncmp(spelled, "chan<- ", 7) ? 2 :
							      3;
	return stub(l, die->elem, &l->type->elem, err) &&
	       load_header(l, die, err);
}

static bool load_slice(struct loading *l, const struct die *die,
		       struct vole_error *err)
{
	l->type->size = 3 * WORD;
	if (!die->has_elem)
		return damaged(l, "is a slice of nothing", err);
	return stub(l, die->elem, &l->type->elem, err);
}

/* An interface is a typedef of runtime.iface or runtime.eface. */
static bool load_iface(struct loading *l, const struct die *die,
		       struct vole_error *err)
{
	struct die at = *die;
	unsigned steps;

	l->type->size = 2 * WORD;
	for (steps = 0; steps < VOLE_DWARF_MAX_CHAIN && at.has_type; steps++) {
		if (!die_read(l->d, at.type, &at, err))
			return false;
		if (at.tag != TAG_typedef)
			break;
	}
	l->type->is_eface = at.name && !strcmp(at.name, "runtime.eface");
	return true;
}

static bool load_pointer(struct loading *l, const struct die *die,
			 struct vole_error *err)
{
	struct die elem;

	l->type->size = WORD;
	if (!die->has_type) {
		l->type->kind = VOLE_KIND_UNSAFE_POINTER;
		return true;
	}
	/* C's function pointer is an address of code, no func value of Go's. */
	if (!die->unit->is_go) {
		if (!die_read(l->d, die->type, &elem, err))
			return false;
		if (elem.tag == TAG_subroutine_type) {
			l->type->kind = VOLE_KIND_UNSAFE_POINTER;
			return true;
		}
	}
	return stub(l, die->type, &l->type->elem, err);
}

static bool fill(struct loading *l, const struct die *die,
		 struct vole_error *err)
{
	l->type->kind = kind_of(die);
	l->type->size = die->size;
	switch (l->type->kind) {
	case VOLE_KIND_STRUCT:
		return load_struct(l, die, err);
	case VOLE_KIND_ARRAY:
		return load_array(l, die, err);
	case VOLE_KIND_MAP:
		return load_map(l, die, err);
	case VOLE_KIND_CHAN:
		return load_chan(l, die, err);
	case VOLE_KIND_SLICE:
		return load_slice(l, die, err);
	case VOLE_KIND_INTERFACE:
		return load_iface(l, die, err);
	case VOLE_KIND_PTR:
		return load_pointer(l, die, err);
	case VOLE_KIND_STRING:
		l->type->size = 2 * WORD;
		return true;
	case VOLE_KIND_FUNC:
	case VOLE_KIND_UNSAFE_POINTER:
		l->type->size = WORD;
		return true;
	default:
		if (vole_kind_is_number(l->type->kind) &&
		    (!l->type->size || l->type->size > 16))
			return damaged(l, "is a number of no size", err);
		return true;
	}
}

static const char *keyword(const struct die *die)
{
	switch (die->tag) {
	case TAG_union_type:
		return "union";
	case TAG_enumeration_type:
		return "enum";
	case TAG_subroutine_type:
		return "func()";
	default:
		return "struct";
	}
}

/*
 * C's pointers and arrays have no names: they are spelled as Go does, what is
 * made of something in front of it. NULL when memory ran out.
 */
static const char *spell(struct loading *l, const struct die *die,
			 unsigned depth)
{
	struct vole_arena *arena = vole_types_arena(l->types);
	const char *inner = "?";
	struct vole_error ignored;
	uint64_t lens[MAX_DIMENSIONS];
	size_t num, i;
	struct die elem;

	if (die->name)
		return die->name;
	if (die->tag == TAG_pointer_type && !die->has_type)
		return "unsafe.Pointer";
	if (die->tag != TAG_pointer_type && die->tag != TAG_array_type &&
	    !transparent(die))
		return keyword(die);
	if (!die->has_type)
		return "void";
	if (depth < VOLE_DWARF_MAX_SPELLED &&
	    die_read(l->d, die->type, &elem, &ignored))
		inner = spell(l, &elem, depth + 1);
	if (!inner || transparent(die))
		return inner;
	if (die->tag == TAG_pointer_type)
		return vole_arena_printf(arena, "*%s", inner);
	if (!dimensions(l, die, lens, &num, &ignored))
		return "array";
	for (i = num; inner && i > 0; i--)
		inner = vole_arena_printf(arena, "[%" PRIu64 "]%s", lens[i - 1],
					  inner);
	return inner;
}

bool type_load(struct vole_debuginfo *di, struct vole_types *types,
	       struct vole_type *type, struct vole_error *err)
{
	struct loading l = { (struct dwarf *)di, types, type };
	struct die die;

	if (type->ref > UINT32_MAX)
		return damaged(&l, "lies outside the section", err);
	type->named = false;
	type->runtime_type = 0;
	if (!resolve(&l, &die, err))
		return false;
	type->is_c = !die.unit->is_go;
	if (type->is_void) {
		type->kind = VOLE_KIND_INVALID;
		if (!type->named)
			type->name = "void";
		return true;
	}
	if (!type->named)
		type->name = spell(&l, &die, 0);
	if (!type->name)
		return vole_fail_nomem(err);
	if (!fill(&l, &die, err))
		return false;
	type->named = type->named && !composed(type->name);
	return true;
}
