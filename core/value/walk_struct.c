#include "value/walk_private.h"

#include "value/people.h"
#include "value/wrapper.h"

/* A C bit-field: a few bits as a number of the field's type. */
static void walk_bits(struct vole_walk *w, const struct vole_value *value,
		      const struct vole_field *field)
{
	struct vole_value_head head = { .type = field->type->name };
	struct vole_value bits = { .where = VOLE_IN_BYTES };
	unsigned width = field->bit_size, shift = 64 - width;
	uint64_t len = (field->bit_offset + width + 7) / 8, word = 0;
	struct vole_error err;

	head.kind = vole_kind_name(VOLE_KIND_INVALID);
	if (!vole_type_load(w->rt->types, field->type, &err) ||
	    (field->type->size > sizeof(word) &&
	     !vole_fail(&err, VOLE_CORRUPT, VOLE_NOWHERE,
			"a C bit-field of a type of %" PRIu64 " bytes",
			field->type->size)) ||
	    (len > sizeof(word) &&
	     !vole_fail(&err, VOLE_UNSUPPORTED, VOLE_NOWHERE,
			"a C bit-field over %" PRIu64 " bytes", len)) ||
	    !vole_value_read(w->rt, value, field->offset, &word, len, &err)) {
		vole_walk_broken(w, &head, &err);
		return;
	}
	word = word >> field->bit_offset << shift;
	word = vole_kind_is_signed(field->type->kind) ?
		       (uint64_t)((int64_t)word >> shift) :
		       word >> shift;
	bits.type = field->type;
	bits.bytes = (const uint8_t *)&word;
	vole_walk_value(w, &bits);
}

static void walk_field(struct vole_walk *w, const struct vole_value *value,
		       const struct vole_field *field)
{
	struct vole_value part;
	struct vole_error err;

	w->visitor->ops->field(w->visitor, field->name);
	if (field->bit_size) {
		walk_bits(w, value, field);
		return;
	}
	if (vole_value_part(w->rt, value, field->type, field->offset, &part,
			    &err)) {
		vole_walk_value(w, &part);
		return;
	}
	vole_walk_broken(w,
			 &(struct vole_value_head){ .type = field->type->name,
						    .kind = vole_kind_name(0) },
			 &err);
}

/* What a struct holds whose fields say less; false: it is no such one. */
static bool walk_held(struct vole_walk *w, const struct vole_value *value,
		      const struct vole_value_head *head)
{
	struct vole_value held;
	bool typed;

	if (!vole_walk_may_enter(w) ||
	    !vole_wrapper_open(w->rt, value, &typed, &held))
		return false;
	w->visitor->ops->holds(w->visitor, head, typed);
	w->depth++;
	vole_walk_value(w, &held);
	w->depth--;
	return true;
}

void vole_walk_struct(struct vole_walk *w, const struct vole_value *value,
		      struct vole_value_head *head)
{
	const struct vole_visitor_ops *ops = w->visitor->ops;
	const struct vole_walk_share whole = w->share;
	const struct vole_type *type = value->type;
	size_t i;

	if (!w->limits->raw && vole_walk_container(w, value, head))
		return;
	if (!w->limits->raw) {
		head->text = vole_people_struct(w->rt, w->arena, value);
		head->held = !head->text && walk_held(w, value, head);
	}
	ops->begin(w->visitor, head);
	if (!vole_walk_may_enter(w)) {
		vole_walk_omitted(w, type->num_fields, NULL);
	} else {
		w->depth++;
		for (i = 0; i < type->num_fields &&
			    vole_walk_go_on(w, &whole, i, type->num_fields);
		     i++)
			walk_field(w, value, &type->fields[i]);
		vole_walk_omitted(w, type->num_fields - i, NULL);
		w->depth--;
	}
	ops->end(w->visitor);
}
