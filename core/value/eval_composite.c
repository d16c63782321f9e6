#include "value/eval.h"

#include "base/quote.h"
#include "value/nearest.h"

/* Literals are map keys and things to compare with, not memory. */
enum { MAX_SIZE = 1 << 16, MAX_PIECES = 1024 };

struct composite {
	struct vole_evaluation *ev;
	const struct vole_type *type;
	uint8_t *bytes;
	struct vole_value_piece *pieces;
	size_t num_pieces;
};

/* One element or field into its place. */
static bool put(struct composite *c, const struct vole_node *node,
		struct vole_type *type, uint64_t offset, struct vole_error *err)
{
	struct vole_operand operand = { 0 };
	struct vole_value value;

	if (!vole_type_load(c->ev->rt->types, type, err))
		return vole_eval_at(node, err);
	if (offset > c->type->size || type->size > c->type->size - offset)
		return vole_fail_at(err, VOLE_CORRUPT, node->column,
				    "field at offset %" PRIu64
				    " of a type of %" PRIu64 " bytes",
				    offset, c->type->size);
	if (node->kind == VOLE_NODE_COMPOSITE && !node->a) {
		if (!vole_eval_composite(c->ev, node, type, &value, err))
			return false;
	} else if (!vole_eval_operand(c->ev, node, &operand, err) ||
		   !vole_assign(c->ev, &operand, type, &value, err)) {
		return vole_eval_at(node, err);
	}
	if (value.where != VOLE_IN_TEXT && value.where != VOLE_IN_PIECES)
		return vole_value_read(c->ev->rt, &value, 0, c->bytes + offset,
				       type->size, err) ||
		       vole_eval_at(node, err);
	if (c->num_pieces == MAX_PIECES)
		return vole_fail_at(err, VOLE_UNSUPPORTED, node->column,
				    "more than %d strings in a literal",
				    MAX_PIECES);
	value.type = type;
	c->pieces[c->num_pieces++] = (struct vole_value_piece){ offset, value };
	return true;
}

static bool fill_array(struct composite *c, const struct vole_node *node,
		       struct vole_error *err)
{
	struct vole_type *elem = c->type->elem;
	uint64_t index = 0;

	if (!elem || !vole_type_load(c->ev->rt->types, elem, err))
		return vole_eval_at(node, err);
	for (const struct vole_node *n = node->list; n; n = n->next) {
		bool keyed = n->kind == VOLE_NODE_KEYED;

		if (keyed && !vole_eval_bound(c->ev, n->a, &index, err))
			return false;
		if (index >= c->type->len)
			return vole_fail_at(err, VOLE_SYNTAX, n->column,
					    "index %" PRIu64
					    " out of range, length is %" PRIu64,
					    index, c->type->len);
		if (!put(c, keyed ? n->b : n, elem, index * elem->size, err))
			return false;
		index++;
	}
	return true;
}

static bool no_field(const struct composite *c, const struct vole_node *key,
		     const char *name, struct vole_error *err)
{
	struct vole_nearest nearest;
	char type[128], near[160];

	vole_escape_into(type, sizeof(type), c->type->name);
	vole_nearest_init(&nearest, name);
	for (size_t i = 0; i < c->type->num_fields; i++)
		if (c->type->fields[i].name)
			vole_nearest_offer(&nearest, c->type->fields[i].name);
	return vole_fail_at(err, VOLE_NOT_FOUND, key->column,
			    "type %s has no field %.80s%s", type, name,
			    vole_nearest_text(&nearest, near, sizeof(near)));
}

static bool fill_struct(struct composite *c, const struct vole_node *node,
			struct vole_error *err)
{
	const struct vole_field *field;
	size_t at = 0;

	for (const struct vole_node *n = node->list; n; n = n->next) {
		const struct vole_node *what = n;

		if (n->kind == VOLE_NODE_KEYED) {
			const char *name =
				n->a->kind == VOLE_NODE_NAME ? n->a->text : "";

			what = n->b;
			field = vole_type_field(c->type, name);
			if (!field)
				return no_field(c, n->a, name, err);
		} else if (at < c->type->num_fields) {
			field = &c->type->fields[at++];
		} else {
			return vole_fail_at(err, VOLE_SYNTAX, n->column,
					    "too many values: the struct has "
					    "%zu fields",
					    c->type->num_fields);
		}
		if (field->bit_size)
			return vole_fail_at(err, VOLE_UNSUPPORTED, n->column,
					    "a bit field in a literal");
		if (!put(c, what, field->type, field->offset, err))
			return false;
	}
	if (at && at < c->type->num_fields)
		return vole_fail_at(err, VOLE_SYNTAX, node->column,
				    "too few values: the struct has %zu fields",
				    c->type->num_fields);
	return true;
}

static bool fill(struct composite *c, const struct vole_node *node,
		 struct vole_error *err)
{
	char name[128];

	if (c->type->kind == VOLE_KIND_ARRAY)
		return fill_array(c, node, err);
	if (c->type->kind == VOLE_KIND_STRUCT)
		return fill_struct(c, node, err);
	vole_escape_into(name, sizeof(name), c->type->name);
	return vole_fail_at(err, VOLE_UNSUPPORTED, node->column,
			    "a literal of type %s has no place in the target",
			    name);
}

bool vole_eval_composite(struct vole_evaluation *ev,
			 const struct vole_node *node, struct vole_type *type,
			 struct vole_value *ret, struct vole_error *err)
{
	struct composite c = { .ev = ev, .type = type };
	size_t room = vole_node_count(node);

	if (!vole_type_load(ev->rt->types, type, err))
		return vole_eval_at(node, err);
	if (type->size > MAX_SIZE)
		return vole_fail_at(err, VOLE_UNSUPPORTED, node->column,
				    "a literal of %" PRIu64
				    " bytes; at most %d",
				    type->size, MAX_SIZE);
	if (room > MAX_PIECES)
		room = MAX_PIECES;
	c.bytes = vole_arena_alloc(ev->arena, type->size + 1);
	c.pieces = vole_arena_array(ev->arena, room + 1, sizeof(*c.pieces));
	if (!c.bytes || !c.pieces)
		return vole_fail_nomem(err);
	if (!fill(&c, node, err))
		return false;
	*ret = (struct vole_value){ .type = type,
				    .where = c.num_pieces ? VOLE_IN_PIECES :
							    VOLE_IN_BYTES,
				    .bytes = c.bytes,
				    .pieces = c.pieces,
				    .num_pieces = c.num_pieces };
	return true;
}
