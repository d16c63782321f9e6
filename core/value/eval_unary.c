#include "value/eval.h"

#include "base/quote.h"

static bool undefined(const struct vole_node *node, const char *type,
		      struct vole_error *err)
{
	char name[128];

	vole_escape_into(name, sizeof(name), type);
	return vole_fail_at(err, VOLE_SYNTAX, node->column,
			    "operator %s is not defined on %s",
			    vole_token_name(node->op), name);
}

/* &x: only what has a place in the target has an address. */
static bool address_of(struct vole_evaluation *ev, const struct vole_node *node,
		       struct vole_operand *ret, struct vole_error *err)
{
	struct vole_operand x = { 0 };
	struct vole_type *type;

	if (!vole_eval_operand(ev, node->a, &x, err))
		return false;
	if (x.kind != VOLE_OPERAND_VALUE || !x.value.addressable ||
	    x.value.where != VOLE_IN_MEMORY)
		return vole_fail_at(err, VOLE_SYNTAX, node->column,
				    "cannot take the address of what has none");
	if (!vole_types_pointer(ev->rt->types, vole_type_of(&x.value), &type,
				err))
		return vole_eval_at(node, err);
	ret->kind = VOLE_OPERAND_VALUE;
	return vole_words_store(ev, type, &x.value.addr, 1, &ret->value, err) ||
	       vole_eval_at(node, err);
}

/* *p, or the pointer type *T. */
static bool star(struct vole_evaluation *ev, const struct vole_node *node,
		 struct vole_operand *ret, struct vole_error *err)
{
	struct vole_operand x = { 0 };
	bool nil = false;

	if (!vole_eval_node(ev, node->a, &x, err))
		return vole_eval_at(node->a, err);
	if (x.kind == VOLE_OPERAND_TYPE) {
		ret->kind = VOLE_OPERAND_TYPE;
		return vole_types_pointer(ev->rt->types, x.type, &ret->type,
					  err) ||
		       vole_eval_at(node, err);
	}
	if (x.kind != VOLE_OPERAND_VALUE)
		return vole_fail_at(err, VOLE_SYNTAX, node->column,
				    "cannot follow a constant; convert it "
				    "first, as in *(*int)(0xc000012340)");
	if (x.value.type->kind == VOLE_KIND_INTERFACE &&
	    !vole_value_dynamic(ev->rt, &x.value, &nil, &x.value, err))
		return vole_eval_at(node, err);
	if (nil)
		return vole_fail_at(err, VOLE_UNREADABLE, node->column,
				    "nil interface");
	ret->kind = VOLE_OPERAND_VALUE;
	return vole_eval_deref(ev, &x.value, &ret->value, err) ||
	       vole_eval_at(node, err);
}

static bool apply(const struct vole_node *node, const struct vole_type *type,
		  struct vole_number *n, struct vole_error *err)
{
	bool integer = vole_kind_is_signed(n->kind) ||
		       vole_kind_is_unsigned(n->kind);

	if (node->op == VOLE_TOKEN_NOT && n->kind == VOLE_KIND_BOOL) {
		n->bits = !n->bits;
	} else if (node->op == VOLE_TOKEN_XOR && integer) {
		n->bits = ~n->bits;
	} else if (node->op == VOLE_TOKEN_SUB && vole_kind_is_number(n->kind)) {
		n->bits = -n->bits;
		n->re = -n->re;
		n->im = -n->im;
	} else if (node->op != VOLE_TOKEN_ADD ||
		   !vole_kind_is_number(n->kind)) {
		return undefined(node, type->name, err);
	}
	return true;
}

bool vole_eval_unary(struct vole_evaluation *ev, const struct vole_node *node,
		     struct vole_operand *ret, struct vole_error *err)
{
	struct vole_operand x = { 0 };
	struct vole_number n;

	if (node->op == VOLE_TOKEN_AND)
		return address_of(ev, node, ret, err);
	if (node->op == VOLE_TOKEN_MUL)
		return star(ev, node, ret, err);
	if (!vole_eval_operand(ev, node->a, &x, err))
		return false;
	if (x.kind == VOLE_OPERAND_NIL)
		return undefined(node, "nil", err);
	if (x.kind == VOLE_OPERAND_CONSTANT) {
		ret->kind = VOLE_OPERAND_CONSTANT;
		return vole_constant_unary(node->op, &x.constant, node->column,
					   &ret->constant, err);
	}
	if (!vole_kind_is_number(x.value.type->kind) &&
	    x.value.type->kind != VOLE_KIND_BOOL)
		return undefined(node, x.value.type->name, err);
	if (!vole_number_load(ev, &x.value, &n, err))
		return vole_eval_at(node, err);
	if (!apply(node, x.value.type, &n, err))
		return false;
	ret->kind = VOLE_OPERAND_VALUE;
	ret->shifted = x.shifted;
	return vole_number_store(ev, vole_type_of(&x.value), &n, &ret->value,
				 err) ||
	       vole_eval_at(node, err);
}
