#include "value/complex.h"
#include "value/eval.h"

#include <math.h>
#include <string.h>

#include "base/quote.h"

static bool is_comparison(enum vole_token_kind op)
{
	return op >= VOLE_TOKEN_EQL && op <= VOLE_TOKEN_GEQ;
}

static bool is_equality(enum vole_token_kind op)
{
	return op == VOLE_TOKEN_EQL || op == VOLE_TOKEN_NEQ;
}

static bool is_integer(enum vole_kind kind)
{
	return vole_kind_is_signed(kind) || vole_kind_is_unsigned(kind);
}

static bool is_word_kind(enum vole_kind kind)
{
	return kind == VOLE_KIND_PTR || kind == VOLE_KIND_UNSAFE_POINTER ||
	       kind == VOLE_KIND_CHAN || kind == VOLE_KIND_MAP ||
	       kind == VOLE_KIND_FUNC;
}

/* Every comparison is an untyped bool. */
static bool give_bool(struct vole_operand *ret, bool truth)
{
	ret->kind = VOLE_OPERAND_CONSTANT;
	ret->constant = vole_constant_bool(truth);
	return true;
}

static bool give_order(struct vole_operand *ret, enum vole_token_kind op,
		       int order)
{
	switch (op) {
	case VOLE_TOKEN_LSS:
		return give_bool(ret, order < 0);
	case VOLE_TOKEN_LEQ:
		return give_bool(ret, order <= 0);
	case VOLE_TOKEN_GTR:
		return give_bool(ret, order > 0);
	default:
		return give_bool(ret, order >= 0);
	}
}

static bool undefined(const struct vole_node *node,
		      const struct vole_type *type, struct vole_error *err)
{
	char name[128];

	vole_escape_into(name, sizeof(name), type->name);
	return vole_fail_at(err, VOLE_SYNTAX, node->column,
			    "operator %s is not defined on %s",
			    vole_token_name(node->op), name);
}

static bool mismatched(const struct vole_node *node, const char *a,
		       const char *b, struct vole_error *err)
{
	char x[128], y[128];

	return vole_fail_at(err, VOLE_SYNTAX, node->column,
			    "mismatched types %s and %s in %s",
			    vole_escape_into(x, sizeof(x), a),
			    vole_escape_into(y, sizeof(y), b),
			    vole_token_name(node->op));
}

static bool to_bool(struct vole_evaluation *ev, const struct vole_node *node,
		    bool *ret, struct vole_error *err)
{
	struct vole_operand operand = { 0 };
	struct vole_number n;

	if (!vole_eval_operand(ev, node, &operand, err))
		return false;
	if (operand.kind == VOLE_OPERAND_CONSTANT &&
	    operand.constant.kind == VOLE_CONSTANT_BOOL) {
		*ret = operand.constant.truth;
		return true;
	}
	if (operand.kind != VOLE_OPERAND_VALUE ||
	    operand.value.type->kind != VOLE_KIND_BOOL)
		return vole_fail_at(err, VOLE_SYNTAX, node->column,
				    "not a bool");
	if (!vole_number_load(ev, &operand.value, &n, err))
		return vole_eval_at(node, err);
	*ret = n.bits != 0;
	return true;
}

/* The right side is not looked at when the left decides: p != nil && p.x. */
static bool logical(struct vole_evaluation *ev, const struct vole_node *node,
		    struct vole_operand *ret, struct vole_error *err)
{
	bool left, right;

	if (!to_bool(ev, node->a, &left, err))
		return false;
	if (left == (node->op == VOLE_TOKEN_LOR))
		return give_bool(ret, left);
	return to_bool(ev, node->b, &right, err) && give_bool(ret, right);
}

static bool integer_op(const struct vole_node *node, struct vole_number *a,
		       const struct vole_number *b, struct vole_error *err)
{
	bool is_signed = vole_kind_is_signed(a->kind);
	uint64_t x = a->bits, y = b->bits;

	if ((node->op == VOLE_TOKEN_QUO || node->op == VOLE_TOKEN_REM) && !y)
		return vole_fail_at(err, VOLE_SYNTAX, node->column,
				    "division by zero");
	switch (node->op) {
	case VOLE_TOKEN_ADD:
		a->bits = x + y;
		return true;
	case VOLE_TOKEN_SUB:
		a->bits = x - y;
		return true;
	case VOLE_TOKEN_MUL:
		a->bits = x * y;
		return true;
	case VOLE_TOKEN_QUO:
		/* The least integer by -1 is itself in Go, a trap in C. */
		if (is_signed)
			a->bits = y == UINT64_MAX ?
					  -x :
					  (uint64_t)((int64_t)x / (int64_t)y);
		else
			a->bits = x / y;
		return true;
	case VOLE_TOKEN_REM:
		if (is_signed)
			a->bits = y == UINT64_MAX ?
					  0 :
					  (uint64_t)((int64_t)x % (int64_t)y);
		else
			a->bits = x % y;
		return true;
	case VOLE_TOKEN_AND:
		a->bits = x & y;
		return true;
	case VOLE_TOKEN_OR:
		a->bits = x | y;
		return true;
	case VOLE_TOKEN_XOR:
		a->bits = x ^ y;
		return true;
	case VOLE_TOKEN_AND_NOT:
		a->bits = x & ~y;
		return true;
	default:
		return false;
	}
}

static bool float_op(const struct vole_node *node, struct vole_number *a,
		     const struct vole_number *b)
{
	switch (node->op) {
	case VOLE_TOKEN_ADD:
		a->re += b->re;
		a->im += b->im;
		return true;
	case VOLE_TOKEN_SUB:
		a->re -= b->re;
		a->im -= b->im;
		return true;
	case VOLE_TOKEN_MUL:
		a->re *= b->re;
		return true;
	case VOLE_TOKEN_QUO:
		a->re /= b->re;
		return true;
	default:
		return false;
	}
}

static bool complex_op(const struct vole_node *node, struct vole_number *a,
		       const struct vole_number *b)
{
	struct vole_number r = *a;

	switch (node->op) {
	case VOLE_TOKEN_MUL:
		r.re = a->re * b->re - a->im * b->im;
		r.im = a->re * b->im + a->im * b->re;
		break;
	case VOLE_TOKEN_QUO:
		vole_complex_divide(a, b, &r);
		break;
	default:
		return float_op(node, a, b);
	}
	*a = r;
	return true;
}

static bool arithmetic(struct vole_evaluation *ev, const struct vole_node *node,
		       const struct vole_value *a, const struct vole_value *b,
		       struct vole_operand *ret, struct vole_error *err)
{
	struct vole_number x, y;
	bool ok;

	if (!vole_kind_is_number(a->type->kind))
		return undefined(node, a->type, err);
	if (!vole_number_load(ev, a, &x, err) ||
	    !vole_number_load(ev, b, &y, err))
		return vole_eval_at(node, err);
	err->code = VOLE_OK;
	if (is_integer(x.kind))
		ok = integer_op(node, &x, &y, err);
	else if (vole_kind_is_complex(x.kind))
		ok = complex_op(node, &x, &y);
	else
		ok = float_op(node, &x, &y);
	if (!ok)
		return err->code != VOLE_OK ? false :
					      undefined(node, a->type, err);
	ret->kind = VOLE_OPERAND_VALUE;
	return vole_number_store(ev, vole_type_of(a), &x, &ret->value, err) ||
	       vole_eval_at(node, err);
}

static bool concatenate(struct vole_evaluation *ev,
			const struct vole_node *node,
			const struct vole_value *a, const struct vole_value *b,
			struct vole_operand *ret, struct vole_error *err)
{
	struct vole_chars x, y;
	const uint8_t *left, *right;
	uint8_t *both;

	if (node->op != VOLE_TOKEN_ADD)
		return undefined(node, a->type, err);
	if (!vole_chars_load(ev, a, &x, err) ||
	    !vole_chars_load(ev, b, &y, err) ||
	    !vole_chars_copy(ev, &x, &left, err) ||
	    !vole_chars_copy(ev, &y, &right, err))
		return vole_eval_at(node, err);
	/* Each copy is bounded, but constants are not copied. */
	if (x.len > VOLE_MAX_CHARS || y.len > VOLE_MAX_CHARS - x.len)
		return vole_fail_at(err, VOLE_UNSUPPORTED, node->column,
				    "string of more than %d bytes",
				    VOLE_MAX_CHARS);
	both = vole_arena_alloc(ev->arena, x.len + y.len + 1);
	if (!both)
		return vole_fail_nomem(err);
	memcpy(both, left, x.len);
	memcpy(both + x.len, right, y.len);
	ret->kind = VOLE_OPERAND_VALUE;
	ret->value = (struct vole_value){ .type = a->type,
					  .where = VOLE_IN_TEXT,
					  .bytes = both,
					  .len = x.len + y.len };
	return true;
}

/* < and the like. */
static bool order(struct vole_evaluation *ev, const struct vole_node *node,
		  const struct vole_value *a, const struct vole_value *b,
		  struct vole_operand *ret, struct vole_error *err)
{
	struct vole_chars s, t;
	struct vole_number x, y;
	int sign;

	if (a->type->kind == VOLE_KIND_STRING) {
		if (!vole_chars_load(ev, a, &s, err) ||
		    !vole_chars_load(ev, b, &t, err) ||
		    !vole_chars_compare(ev, &s, &t, &sign, err))
			return vole_eval_at(node, err);
		return give_order(ret, node->op, sign);
	}
	if (!is_integer(a->type->kind) && !vole_kind_is_float(a->type->kind))
		return undefined(node, a->type, err);
	if (!vole_number_load(ev, a, &x, err) ||
	    !vole_number_load(ev, b, &y, err))
		return vole_eval_at(node, err);
	if (vole_kind_is_float(x.kind)) {
		/* Nothing is before, after or equal to NaN. */
		if (isnan(x.re) || isnan(y.re))
			return give_bool(ret, false);
		sign = (x.re > y.re) - (x.re < y.re);
	} else if (vole_kind_is_signed(x.kind)) {
		sign = ((int64_t)x.bits > (int64_t)y.bits) -
		       ((int64_t)x.bits < (int64_t)y.bits);
	} else {
		sign = (x.bits > y.bits) - (x.bits < y.bits);
	}
	return give_order(ret, node->op, sign);
}

static bool equality(struct vole_evaluation *ev, const struct vole_node *node,
		     const struct vole_value *a, const struct vole_value *b,
		     struct vole_operand *ret, struct vole_error *err)
{
	bool same;

	ev->budget = VOLE_EVAL_BUDGET;
	if (!vole_eval_equal(ev, a, b, &same, err))
		return vole_eval_at(node, err);
	return give_bool(ret, same == (node->op == VOLE_TOKEN_EQL));
}

static bool typed(struct vole_evaluation *ev, const struct vole_node *node,
		  const struct vole_value *a, const struct vole_value *b,
		  struct vole_operand *ret, struct vole_error *err)
{
	bool iface = a->type->kind == VOLE_KIND_INTERFACE ||
		     b->type->kind == VOLE_KIND_INTERFACE;

	if (is_equality(node->op) && iface)
		return equality(ev, node, a, b, ret, err);
	if (!vole_assignable(a->type, b->type) &&
	    !vole_assignable(b->type, a->type))
		return mismatched(node, a->type->name, b->type->name, err);
	if (is_equality(node->op))
		return equality(ev, node, a, b, ret, err);
	if (is_comparison(node->op))
		return order(ev, node, a, b, ret, err);
	if (a->type->kind == VOLE_KIND_STRING)
		return concatenate(ev, node, a, b, ret, err);
	return arithmetic(ev, node, a, b, ret, err);
}

/* A constant beside a value becomes one of the value's type. */
static bool lift(struct vole_evaluation *ev, const struct vole_node *node,
		 struct vole_operand *x, const struct vole_type *like,
		 struct vole_error *err)
{
	struct vole_value value;
	struct vole_type *type = (struct vole_type *)(uintptr_t)like;
	bool ok;

	/* p == 0xc000012340: what one pastes from elsewhere. */
	if (like->kind == VOLE_KIND_INTERFACE)
		ok = vole_constant_value(ev, &x->constant, &value, err);
	else if (is_word_kind(like->kind) && is_equality(node->op))
		ok = vole_convert(ev, x, type, &value, err);
	else
		ok = vole_assign(ev, x, type, &value, err);
	if (!ok)
		return vole_eval_at(node, err);
	*x = (struct vole_operand){ .kind = VOLE_OPERAND_VALUE,
				    .value = value };
	return true;
}

static bool with_nil(struct vole_evaluation *ev, const struct vole_node *node,
		     const struct vole_operand *x, struct vole_operand *ret,
		     struct vole_error *err)
{
	bool nil;

	if (!is_equality(node->op))
		return vole_fail_at(err, VOLE_SYNTAX, node->column,
				    "operator %s is not defined on nil",
				    vole_token_name(node->op));
	if (x->kind != VOLE_OPERAND_VALUE)
		return mismatched(
			node, "untyped nil",
			x->kind == VOLE_OPERAND_NIL ?
				"untyped nil" :
				vole_constant_kind_name(x->constant.kind),
			err);
	if (!vole_eval_is_nil(ev, &x->value, &nil, err))
		return vole_eval_at(node, err);
	return give_bool(ret, nil == (node->op == VOLE_TOKEN_EQL));
}

/* How far to shift; what is past 64 bits is 64. */
static bool shift_count(struct vole_evaluation *ev,
			const struct vole_node *node,
			const struct vole_operand *x, uint64_t *ret,
			struct vole_error *err)
{
	struct vole_number n;
	__int128 i;

	if (x->kind == VOLE_OPERAND_CONSTANT) {
		if (!vole_constant_to_int(&x->constant, &i) || i < 0)
			return vole_fail_at(err, VOLE_SYNTAX, node->b->column,
					    "not a shift count");
		*ret = i < 64 ? (uint64_t)i : 64;
		return true;
	}
	if (x->kind != VOLE_OPERAND_VALUE || !is_integer(x->value.type->kind))
		return vole_fail_at(err, VOLE_SYNTAX, node->b->column,
				    "not a shift count");
	if (!vole_number_load(ev, &x->value, &n, err))
		return vole_eval_at(node->b, err);
	if (vole_kind_is_signed(n.kind) && (int64_t)n.bits < 0)
		return vole_fail_at(err, VOLE_SYNTAX, node->b->column,
				    "negative shift count");
	*ret = n.bits < 64 ? n.bits : 64;
	return true;
}

static bool shift(struct vole_evaluation *ev, const struct vole_node *node,
		  struct vole_operand *x, const struct vole_operand *y,
		  struct vole_operand *ret, struct vole_error *err)
{
	struct vole_type *type;
	struct vole_number n;
	uint64_t count = 0;

	if (!shift_count(ev, node, y, &count, err))
		return false;
	ret->shifted = x->kind == VOLE_OPERAND_CONSTANT || x->shifted;
	if (x->kind == VOLE_OPERAND_CONSTANT &&
	    (!vole_types_basic(ev->rt->types, VOLE_KIND_INT, &type, err) ||
	     !lift(ev, node, x, type, err)))
		return false;
	if (x->kind != VOLE_OPERAND_VALUE || !is_integer(x->value.type->kind))
		return vole_fail_at(err, VOLE_SYNTAX, node->column,
				    "shift of what is no integer");
	if (!vole_number_load(ev, &x->value, &n, err))
		return vole_eval_at(node, err);
	if (node->op == VOLE_TOKEN_SHL)
		n.bits = count < 64 ? n.bits << count : 0;
	else if (vole_kind_is_signed(n.kind))
		n.bits = (uint64_t)((int64_t)n.bits >>
				    (count < 64 ? count : 63));
	else
		n.bits = count < 64 ? n.bits >> count : 0;
	ret->kind = VOLE_OPERAND_VALUE;
	return vole_number_store(ev, vole_type_of(&x->value), &n, &ret->value,
				 err) ||
	       vole_eval_at(node, err);
}

bool vole_eval_binary(struct vole_evaluation *ev, const struct vole_node *node,
		      struct vole_operand *ret, struct vole_error *err)
{
	struct vole_constant_op op = { node->op, node->column, ev->arena };
	struct vole_operand x = { 0 }, y = { 0 };

	if (node->op == VOLE_TOKEN_LAND || node->op == VOLE_TOKEN_LOR)
		return logical(ev, node, ret, err);
	if (!vole_eval_operand(ev, node->a, &x, err) ||
	    !vole_eval_operand(ev, node->b, &y, err))
		return false;
	if (x.kind == VOLE_OPERAND_CONSTANT &&
	    y.kind == VOLE_OPERAND_CONSTANT) {
		ret->kind = VOLE_OPERAND_CONSTANT;
		return vole_constant_binary(&op, &x.constant, &y.constant,
					    &ret->constant, err);
	}
	if (node->op == VOLE_TOKEN_SHL || node->op == VOLE_TOKEN_SHR)
		return shift(ev, node, &x, &y, ret, err);
	if (x.kind == VOLE_OPERAND_NIL || y.kind == VOLE_OPERAND_NIL)
		return with_nil(ev, node, x.kind == VOLE_OPERAND_NIL ? &y : &x,
				ret, err);
	ret->shifted = (x.shifted || x.kind == VOLE_OPERAND_CONSTANT) &&
		       (y.shifted || y.kind == VOLE_OPERAND_CONSTANT) &&
		       !is_comparison(node->op);
	if (x.kind == VOLE_OPERAND_CONSTANT &&
	    !lift(ev, node, &x, y.value.type, err))
		return false;
	if (y.kind == VOLE_OPERAND_CONSTANT &&
	    !lift(ev, node, &y, x.value.type, err))
		return false;
	return typed(ev, node, &x.value, &y.value, ret, err);
}
