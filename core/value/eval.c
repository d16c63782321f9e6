#include "value/eval.h"

#include "base/quote.h"
#include "value/expr.h"
#include "value/parser.h"

/* How often Ctrl-C is asked for while the budget is spent. */
enum { POLL_MASK = 0xffff };

bool vole_eval_at(const struct vole_node *node, struct vole_error *err)
{
	if (!err->has_column) {
		err->has_column = true;
		err->column = node->column;
	}
	return false;
}

bool vole_eval_poll(struct vole_evaluation *ev, struct vole_error *err)
{
	if (ev->eval->interrupted &&
	    ev->eval->interrupted(ev->eval->interrupted_arg))
		return vole_fail(err, VOLE_INTERRUPTED, VOLE_NOWHERE,
				 "interrupted");
	return true;
}

bool vole_eval_spend(struct vole_evaluation *ev, uint64_t what,
		     struct vole_error *err)
{
	uint64_t before = ev->budget;

	if (what > ev->budget)
		return vole_fail(err, VOLE_UNSUPPORTED, VOLE_NOWHERE,
				 "the values are too large to be compared");
	ev->budget -= what;
	if (before / (POLL_MASK + 1) == ev->budget / (POLL_MASK + 1))
		return true;
	return vole_eval_poll(ev, err);
}

static bool eval_selector(struct vole_evaluation *ev,
			  const struct vole_node *node,
			  struct vole_operand *ret, struct vole_error *err)
{
	struct vole_value base;
	bool found;

	if (!vole_eval_package(ev, node, &found, ret, err))
		return false;
	if (found)
		return true;
	if (!vole_eval_value(ev, node->a, &base, err))
		return false;
	ret->kind = VOLE_OPERAND_VALUE;
	return vole_eval_select(ev, &base, node->text, &ret->value, err) ||
	       vole_eval_at(node, err);
}

/*
 * a[b], or an instance of a generic type: names of those are symbols only
 * together with their arguments, so a failure to find a tells nothing yet.
 */
static bool eval_index(struct vole_evaluation *ev, const struct vole_node *node,
		       struct vole_operand *ret, struct vole_error *err)
{
	bool maybe_type = node->a->kind == VOLE_NODE_NAME ||
			  node->a->kind == VOLE_NODE_SELECTOR;
	struct vole_error second = { 0 };
	struct vole_value base;

	if (vole_eval_value(ev, node->a, &base, err))
		return vole_eval_index(ev, node, &base, ret, err);
	if (!maybe_type ||
	    (err->code != VOLE_NOT_FOUND && err->code != VOLE_NO_DEBUG_INFO))
		return false;
	if (!vole_eval_type_node(ev, node, &ret->type, &second)) {
		/* T[int] of a T that is there with other arguments only. */
		if (node->list && node->list->next)
			*err = second;
		return false;
	}
	*err = (struct vole_error){ 0 };
	ret->kind = VOLE_OPERAND_TYPE;
	return true;
}

static bool eval_assert(struct vole_evaluation *ev,
			const struct vole_node *node, struct vole_operand *ret,
			struct vole_error *err)
{
	struct vole_type *type;
	struct vole_value base;

	if (!vole_eval_value(ev, node->a, &base, err) ||
	    !vole_eval_type_node(ev, node->b, &type, err))
		return false;
	ret->kind = VOLE_OPERAND_VALUE;
	return vole_eval_assert(ev, &base, type, &ret->value, err) ||
	       vole_eval_at(node, err);
}

/* [...]T{...} counts its elements. */
static bool composite_type(struct vole_evaluation *ev,
			   const struct vole_node *node, struct vole_type **ret,
			   struct vole_error *err)
{
	struct vole_type *elem;

	if (!node->a)
		return vole_fail_at(err, VOLE_SYNTAX, node->column,
				    "a composite literal needs a type");
	if (node->a->kind != VOLE_NODE_ARRAY_TYPE || !node->a->flag)
		return vole_eval_type_node(ev, node->a, ret, err);
	return vole_eval_type_node(ev, node->a->b, &elem, err) &&
	       vole_types_array(ev->rt->types, elem, vole_node_count(node), ret,
				err);
}

static bool eval_composite(struct vole_evaluation *ev,
			   const struct vole_node *node,
			   struct vole_operand *ret, struct vole_error *err)
{
	struct vole_type *type;

	if (!composite_type(ev, node, &type, err))
		return false;
	ret->kind = VOLE_OPERAND_VALUE;
	return vole_eval_composite(ev, node, type, &ret->value, err);
}

bool vole_eval_node(struct vole_evaluation *ev, const struct vole_node *node,
		    struct vole_operand *ret, struct vole_error *err)
{
	switch (node->kind) {
	case VOLE_NODE_NAME:
		return vole_eval_name(ev, node, ret, err);
	case VOLE_NODE_LITERAL:
		ret->kind = VOLE_OPERAND_CONSTANT;
		ret->constant = *node->constant;
		return true;
	case VOLE_NODE_SELECTOR:
		return eval_selector(ev, node, ret, err);
	case VOLE_NODE_INDEX:
		return eval_index(ev, node, ret, err);
	case VOLE_NODE_SLICE:
		return vole_eval_slice(ev, node, ret, err);
	case VOLE_NODE_ASSERT:
		return eval_assert(ev, node, ret, err);
	case VOLE_NODE_CALL:
		return vole_eval_call(ev, node, ret, err);
	case VOLE_NODE_COMPOSITE:
		return eval_composite(ev, node, ret, err);
	case VOLE_NODE_UNARY:
		return vole_eval_unary(ev, node, ret, err);
	case VOLE_NODE_BINARY:
		return vole_eval_binary(ev, node, ret, err);
	case VOLE_NODE_KEYED:
	case VOLE_NODE_FIELD:
		return vole_fail_at(err, VOLE_SYNTAX, node->column,
				    "a key outside of a literal");
	default:
		ret->kind = VOLE_OPERAND_TYPE;
		return vole_eval_type_node(ev, node, &ret->type, err);
	}
}

bool vole_eval_operand(struct vole_evaluation *ev, const struct vole_node *node,
		       struct vole_operand *ret, struct vole_error *err)
{
	char name[160];

	if (!vole_eval_node(ev, node, ret, err))
		return vole_eval_at(node, err);
	if (ret->kind != VOLE_OPERAND_TYPE)
		return true;
	vole_escape_into(name, sizeof(name), ret->type->name);
	return vole_fail_at(err, VOLE_SYNTAX, node->column,
			    "%s is a type, not a value", name);
}

bool vole_eval_value(struct vole_evaluation *ev, const struct vole_node *node,
		     struct vole_value *ret, struct vole_error *err)
{
	struct vole_operand operand = { 0 };

	if (!vole_eval_operand(ev, node, &operand, err))
		return false;
	if (operand.kind == VOLE_OPERAND_NIL)
		return vole_fail_at(err, VOLE_SYNTAX, node->column,
				    "nil has no type here");
	if (operand.kind == VOLE_OPERAND_CONSTANT)
		return vole_constant_value(ev, &operand.constant, ret, err) ||
		       vole_eval_at(node, err);
	*ret = operand.value;
	return true;
}

void vole_eval_begin(struct vole_eval *eval, struct vole_evaluation *ev,
		     struct vole_parser_names *names)
{
	*ev = (struct vole_evaluation){ .eval = eval,
					.rt = eval->rt,
					.arena = eval->arena,
					.budget = VOLE_EVAL_BUDGET };
	*names = (struct vole_parser_names){ .known = vole_eval_known,
					     .package = vole_eval_is_package,
					     .arg = ev };
}

bool vole_eval(struct vole_eval *eval, const char *text, struct vole_value *ret,
	       struct vole_error *err)
{
	struct vole_parser_names names;
	struct vole_evaluation ev;
	struct vole_node *node;

	vole_eval_begin(eval, &ev, &names);
	*err = (struct vole_error){ 0 };
	return vole_parse(text, &names, ev.arena, &node, err) &&
	       vole_eval_value(&ev, node, ret, err);
}

bool vole_eval_type(struct vole_eval *eval, const char *text,
		    struct vole_type **ret, struct vole_error *err)
{
	struct vole_parser_names names;
	struct vole_evaluation ev;
	struct vole_node *node;

	vole_eval_begin(eval, &ev, &names);
	*err = (struct vole_error){ 0 };
	return vole_parse_type(text, &names, ev.arena, &node, err) &&
	       vole_eval_type_node(&ev, node, ret, err);
}
