#include "value/eval.h"

#include <stdio.h>
#include <string.h>

#include "base/quote.h"
#include "runtime/iface.h"
#include "value/nearest.h"

enum {
	MAX_EMBEDDED = 256, /* structs looked into for one selector */
	MAX_INTERFACES = 16, /* interfaces inside each other that are opened */
	MAX_OFFERED = 1 << 16, /* fields that may have been meant */
};

bool vole_eval_deref(struct vole_evaluation *ev,
		     const struct vole_value *pointer, struct vole_value *ret,
		     struct vole_error *err)
{
	struct vole_type *elem = pointer->type->elem;
	uint64_t addr;
	char name[128];

	vole_escape_into(name, sizeof(name), pointer->type->name);
	if (pointer->type->kind == VOLE_KIND_UNSAFE_POINTER ||
	    (pointer->type->kind == VOLE_KIND_PTR && !elem))
		return vole_fail(err, VOLE_SYNTAX, VOLE_NOWHERE,
				 "cannot follow a value of type %s; convert "
				 "it to a pointer type first",
				 name);
	if (pointer->type->kind != VOLE_KIND_PTR)
		return vole_fail(err, VOLE_SYNTAX, VOLE_NOWHERE,
				 "cannot follow a value of type %s: it is no "
				 "pointer",
				 name);
	if (!vole_type_load(ev->rt->types, elem, err) ||
	    !vole_value_int(ev->rt, pointer, &addr, err))
		return false;
	if (elem->is_void)
		return vole_fail(err, VOLE_SYNTAX, VOLE_NOWHERE,
				 "cannot follow a value of type %s; convert "
				 "it to another pointer type first",
				 name);
	if (!addr)
		return vole_fail(err, VOLE_UNREADABLE, 0,
				 "nil pointer of type %s", name);
	return vole_value_at(ev->rt, elem, addr, ret, err);
}

/* The value inside interfaces, for those who look through them. */
static bool unwrap(struct vole_evaluation *ev, struct vole_value *value,
		   const char *why, struct vole_error *err)
{
	bool nil;

	for (int i = 0; value->type->kind == VOLE_KIND_INTERFACE; i++) {
		if (i == MAX_INTERFACES)
			return vole_fail(err, VOLE_CORRUPT, VOLE_NOWHERE,
					 "interface inside interface");
		if (!vole_value_dynamic(ev->rt, value, &nil, value, err))
			return false;
		if (nil)
			return vole_fail(err, VOLE_UNREADABLE, VOLE_NOWHERE,
					 "nil interface has no %s", why);
	}
	return true;
}

/* A struct that the selector reaches through embedded fields. */
struct reached {
	struct vole_type *type; /* loaded */
	const struct vole_field *via; /* the embedded field; NULL: the root */
	size_t from; /* index of the struct it is a field of */
	unsigned depth;
	bool twice; /* of this type, twice at this depth: ambiguous */
};

struct search {
	struct vole_evaluation *ev;
	struct reached items[MAX_EMBEDDED];
	size_t num;
};

/* Add the struct behind an embedded field, unless it was reached before. */
static bool reach(struct search *s, size_t from, const struct vole_field *field,
		  struct vole_error *err)
{
	struct vole_type *type = field->type;
	unsigned depth = s->items[from].depth + 1;

	if (!vole_type_load(s->ev->rt->types, type, err))
		return false;
	if (type->kind == VOLE_KIND_PTR && type->elem) {
		type = type->elem;
		if (!vole_type_load(s->ev->rt->types, type, err))
			return false;
	}
	if (type->kind != VOLE_KIND_STRUCT || s->num == MAX_EMBEDDED)
		return true;
	for (size_t i = 0; i < s->num; i++) {
		if (s->items[i].type != type)
			continue;
		s->items[i].twice |= s->items[i].depth == depth;
		return true;
	}
	s->items[s->num++] = (struct reached){ .type = type,
					       .via = field,
					       .from = from,
					       .depth = depth,
					       .twice = s->items[from].twice };
	return true;
}

/* C's anonymous structs and unions have no name and lend their members. */
static bool is_embedded(const struct vole_field *field)
{
	return field->embedded || !field->name || !*field->name;
}

/* Go's rule: the field at the least depth, if it is the only one there. */
static bool find_field(struct search *s, const char *name, size_t *ret_owner,
		       const struct vole_field **ret, struct vole_error *err)
{
	const struct vole_field *found = NULL;
	bool ambiguous = false;
	size_t owner = 0;

	for (size_t i = 0; i < s->num; i++) {
		const struct vole_type *type = s->items[i].type;

		if (found && s->items[i].depth > s->items[owner].depth)
			break;
		for (size_t f = 0; f < type->num_fields; f++) {
			const struct vole_field *field = &type->fields[f];

			if (field->name && strcmp(field->name, name) == 0) {
				ambiguous |= found || s->items[i].twice;
				found = field;
				owner = i;
			} else if (is_embedded(field) &&
				   !reach(s, i, field, err)) {
				return false;
			}
		}
	}
	if (ambiguous)
		return vole_fail(err, VOLE_SYNTAX, VOLE_NOWHERE,
				 "ambiguous selector %s", name);
	*ret = found;
	*ret_owner = owner;
	return true;
}

static bool bit_field(struct vole_evaluation *ev,
		      const struct vole_value *value,
		      const struct vole_field *field, struct vole_value *ret,
		      struct vole_error *err)
{
	struct vole_number n;
	unsigned size = field->bit_size, shift = field->bit_offset;
	uint64_t bits;

	if (!vole_value_part(ev->rt, value, field->type, field->offset, ret,
			     err) ||
	    !vole_number_load(ev, ret, &n, err))
		return false;
	if (size > 64 || shift >= 64)
		return vole_fail(err, VOLE_CORRUPT, VOLE_NOWHERE,
				 "bit field of %u bits at bit %u", size, shift);
	bits = n.bits >> shift;
	if (size < 64) {
		bits &= (1ull << size) - 1;
		if (vole_kind_is_signed(n.kind) && bits >> (size - 1))
			bits |= UINT64_MAX << size;
	}
	n.bits = bits;
	return vole_number_store(ev, field->type, &n, ret, err);
}

static bool take_field(struct vole_evaluation *ev, struct vole_value *value,
		       const struct vole_field *field, struct vole_error *err)
{
	if (value->type->kind == VOLE_KIND_PTR &&
	    !vole_eval_deref(ev, value, value, err))
		return false;
	if (field->bit_size)
		return bit_field(ev, value, field, value, err);
	return vole_value_part(ev->rt, value, field->type, field->offset, value,
			       err);
}

/* From the root along the embedded fields to the struct @p owner. */
static bool walk_to(struct search *s, size_t owner, struct vole_value *value,
		    struct vole_error *err)
{
	size_t path[MAX_EMBEDDED], num = 0;

	for (size_t i = owner; i; i = s->items[i].from)
		path[num++] = i;
	while (num)
		if (!take_field(s->ev, value, s->items[path[--num]].via, err))
			return false;
	return true;
}

/* Is it a method? Then that is what to say. */
static bool is_method(struct vole_evaluation *ev, const char *type,
		      const char *name)
{
	const char *dot = strrchr(type, '.');
	char full[512];

	if (strpbrk(type, "[({ "))
		return false;
	snprintf(full, sizeof(full), "%s.%s", type, name);
	if (vole_eval_has(ev, VOLE_SYMBOL_FUNC, full, NULL))
		return true;
	if (!dot)
		return false;
	snprintf(full, sizeof(full), "%.*s.(*%s).%s", (int)(dot - type), type,
		 dot + 1, name);
	return vole_eval_has(ev, VOLE_SYMBOL_FUNC, full, NULL);
}

static bool method_of(const char *type, const char *name,
		      struct vole_error *err)
{
	char text[128];

	vole_escape_into(text, sizeof(text), type);
	return vole_fail(err, VOLE_SYNTAX, VOLE_NOWHERE,
			 "%.80s is a method of %s; nothing is executed in the "
			 "target",
			 name, text);
}

/* A method nearer than the field is what the selector means. */
static bool check_methods(struct search *s, size_t owner, const char *name,
			  struct vole_error *err)
{
	unsigned depth = s->items[owner].depth;

	for (size_t i = 0; depth && i < s->num; i++) {
		if (i == owner || s->items[i].depth > depth ||
		    !is_method(s->ev, s->items[i].type->name, name))
			continue;
		if (s->items[i].depth < depth)
			return method_of(s->items[i].type->name, name, err);
		return vole_fail(err, VOLE_SYNTAX, VOLE_NOWHERE,
				 "ambiguous selector %s", name);
	}
	return true;
}

static bool no_field(struct search *s, const char *name, struct vole_error *err)
{
	const struct vole_type *root = s->items[0].type;
	char type[128], near[160];
	struct vole_nearest nearest;
	unsigned offered = 0;

	vole_escape_into(type, sizeof(type), root->name);
	for (size_t i = 0; i < s->num; i++)
		if (is_method(s->ev, s->items[i].type->name, name))
			return method_of(root->name, name, err);
	vole_nearest_init(&nearest, name);
	for (size_t i = 0; i < s->num; i++)
		for (size_t f = 0; f < s->items[i].type->num_fields; f++)
			if (s->items[i].type->fields[f].name &&
			    offered++ < MAX_OFFERED)
				vole_nearest_offer(
					&nearest,
					s->items[i].type->fields[f].name);
	return vole_fail(err, VOLE_NOT_FOUND, VOLE_NOWHERE,
			 "type %s has no field %.80s%s", type, name,
			 vole_nearest_text(&nearest, near, sizeof(near)));
}

/* What has no fields at all. */
static bool no_struct(struct vole_evaluation *ev, const struct vole_type *type,
		      const char *name, struct vole_error *err)
{
	char buf[160];

	if (is_method(ev, type->name, name))
		return method_of(type->name, name, err);
	vole_escape_into(buf, sizeof(buf), type->name);
	return vole_fail(err, VOLE_SYNTAX, VOLE_NOWHERE,
			 "type %s has no fields, so no %.80s", buf, name);
}

static bool select_field(struct search *s, struct vole_value *value,
			 const char *name, struct vole_error *err)
{
	struct vole_type *root = vole_type_of(value);
	const struct vole_field *field = NULL;
	size_t owner = 0;

	if (root->kind == VOLE_KIND_PTR && root->elem) {
		root = root->elem;
		if (!vole_type_load(s->ev->rt->types, root, err))
			return false;
	}
	if (root->kind != VOLE_KIND_STRUCT || strcmp(name, "_") == 0)
		return no_struct(s->ev, value->type, name, err);
	s->items[0] = (struct reached){ .type = root };
	s->num = 1;
	if (!find_field(s, name, &owner, &field, err))
		return false;
	if (!field)
		return no_field(s, name, err);
	return check_methods(s, owner, name, err) &&
	       walk_to(s, owner, value, err) &&
	       take_field(s->ev, value, field, err);
}

bool vole_eval_select(struct vole_evaluation *ev,
		      const struct vole_value *value, const char *name,
		      struct vole_value *ret, struct vole_error *err)
{
	struct search *s = vole_arena_alloc(ev->arena, sizeof(*s));
	struct vole_value at = *value;

	if (!s)
		return vole_fail_nomem(err);
	s->ev = ev;
	if (!unwrap(ev, &at, name, err) || !select_field(s, &at, name, err))
		return false;
	*ret = at;
	return true;
}

bool vole_eval_assert(struct vole_evaluation *ev,
		      const struct vole_value *iface, struct vole_type *type,
		      struct vole_value *ret, struct vole_error *err)
{
	char want[120], have[120];
	struct vole_operand operand = { .kind = VOLE_OPERAND_VALUE };
	bool nil;

	vole_escape_into(want, sizeof(want), type->name);
	vole_escape_into(have, sizeof(have), iface->type->name);
	if (iface->type->kind != VOLE_KIND_INTERFACE)
		return vole_fail(err, VOLE_SYNTAX, VOLE_NOWHERE,
				 "type assertion on a %s, which is no "
				 "interface",
				 have);
	if (!vole_value_dynamic(ev->rt, iface, &nil, &operand.value, err))
		return false;
	if (nil)
		return vole_fail(err, VOLE_SYNTAX, VOLE_NOWHERE,
				 "interface %s is nil, not %s", have, want);
	if (type->kind == VOLE_KIND_INTERFACE) {
		operand.value = *iface;
		return vole_convert(ev, &operand, type, ret, err);
	}
	vole_escape_into(have, sizeof(have), operand.value.type->name);
	if (!vole_same_type(operand.value.type, type))
		return vole_fail(err, VOLE_SYNTAX, VOLE_NOWHERE,
				 "interface holds %s, not %s", have, want);
	*ret = operand.value;
	return true;
}
