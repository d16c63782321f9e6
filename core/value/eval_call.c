#include "value/eval.h"

#include <string.h>

#include "base/quote.h"
#include "runtime/chan.h"
#include "runtime/map.h"

static bool give_int(struct vole_evaluation *ev, uint64_t n,
		     struct vole_operand *ret, struct vole_error *err)
{
	struct vole_number number = { .kind = VOLE_KIND_INT, .bits = n };
	struct vole_type *type;

	ret->kind = VOLE_OPERAND_VALUE;
	return vole_types_basic(ev->rt->types, VOLE_KIND_INT, &type, err) &&
	       vole_number_store(ev, type, &number, &ret->value, err);
}

static bool no_length(const struct vole_value *value, bool cap,
		      struct vole_error *err)
{
	char name[128];

	vole_escape_into(name, sizeof(name), value->type->name);
	return vole_fail(err, VOLE_SYNTAX, VOLE_NOWHERE,
			 "a value of type %s has no %s", name,
			 cap ? "capacity" : "length");
}

static bool map_length(struct vole_evaluation *ev,
		       const struct vole_value *value, uint64_t *ret,
		       struct vole_error *err)
{
	struct vole_map map;
	uint64_t addr;

	if (!vole_value_word(ev->rt, value, 0, &addr, err) ||
	    !vole_map_open(ev->rt, value->type, addr, &map, err))
		return false;
	*ret = map.addr ? map.count : 0;
	return true;
}

static bool chan_length(struct vole_evaluation *ev,
			const struct vole_value *value, bool cap, uint64_t *ret,
			struct vole_error *err)
{
	struct vole_chan chan;
	uint64_t addr;

	if (!vole_value_word(ev->rt, value, 0, &addr, err) ||
	    !vole_chan_open(ev->rt, value->type, addr, &chan, err))
		return false;
	*ret = !chan.addr ? 0 : cap ? chan.cap : chan.len;
	return true;
}

static bool length(struct vole_evaluation *ev, const struct vole_value *value,
		   bool cap, uint64_t *ret, struct vole_error *err)
{
	struct vole_type *elem = value->type->elem;
	struct vole_chars chars;

	switch (value->type->kind) {
	case VOLE_KIND_STRING:
		if (cap)
			break;
		if (value->where != VOLE_IN_TEXT)
			return vole_value_word(ev->rt, value, 8, ret, err);
		if (!vole_chars_load(ev, value, &chars, err))
			return false;
		*ret = chars.len;
		return true;
	case VOLE_KIND_SLICE:
		return vole_value_word(ev->rt, value, cap ? 16 : 8, ret, err);
	case VOLE_KIND_ARRAY:
		*ret = value->type->len;
		return true;
	case VOLE_KIND_MAP:
		return cap ? no_length(value, cap, err) :
			     map_length(ev, value, ret, err);
	case VOLE_KIND_CHAN:
		return chan_length(ev, value, cap, ret, err);
	case VOLE_KIND_PTR:
		if (!elem || !vole_type_load(ev->rt->types, elem, err) ||
		    elem->kind != VOLE_KIND_ARRAY)
			break;
		*ret = elem->len;
		return true;
	default:
		break;
	}
	return no_length(value, cap, err);
}

static bool length_call(struct vole_evaluation *ev, const struct vole_node *arg,
			bool cap, struct vole_operand *ret,
			struct vole_error *err)
{
	struct vole_operand operand = { 0 };
	struct vole_value value;
	bool nil = false;
	uint64_t n;

	if (!vole_eval_operand(ev, arg, &operand, err))
		return false;
	if (operand.kind == VOLE_OPERAND_CONSTANT &&
	    operand.constant.kind == VOLE_CONSTANT_STRING && !cap) {
		ret->kind = VOLE_OPERAND_CONSTANT;
		ret->constant = vole_constant_int(operand.constant.len);
		return true;
	}
	if (operand.kind != VOLE_OPERAND_VALUE)
		return vole_fail_at(err, VOLE_SYNTAX, arg->column,
				    "a constant has no %s",
				    cap ? "capacity" : "length");
	value = operand.value;
	if (value.type->kind == VOLE_KIND_INTERFACE &&
	    !vole_value_dynamic(ev->rt, &value, &nil, &value, err))
		return vole_eval_at(arg, err);
	if (nil || !length(ev, &value, cap, &n, err)) {
		if (nil)
			no_length(&value, cap, err);
		return vole_eval_at(arg, err);
	}
	return give_int(ev, n, ret, err) || vole_eval_at(arg, err);
}

static bool len_call(struct vole_evaluation *ev, const struct vole_node *node,
		     struct vole_operand *ret, struct vole_error *err)
{
	return length_call(ev, node->list, false, ret, err);
}

static bool cap_call(struct vole_evaluation *ev, const struct vole_node *node,
		     struct vole_operand *ret, struct vole_error *err)
{
	return length_call(ev, node->list, true, ret, err);
}

/* real and imag: half of a complex number. */
static bool half_call(struct vole_evaluation *ev, const struct vole_node *node,
		      struct vole_operand *ret, struct vole_error *err)
{
	bool imag = node->a->text[0] == 'i';
	struct vole_operand x = { 0 };
	struct vole_number n;
	struct vole_type *type;
	bool narrow;

	if (!vole_eval_operand(ev, node->list, &x, err))
		return false;
	if (x.kind == VOLE_OPERAND_CONSTANT &&
	    vole_constant_is_number(&x.constant)) {
		struct vole_constant c = vole_constant_to_complex(&x.constant);

		ret->kind = VOLE_OPERAND_CONSTANT;
		ret->constant = vole_constant_float(imag ? c.im : c.re);
		ret->constant.off = c.off;
		return true;
	}
	if (x.kind != VOLE_OPERAND_VALUE ||
	    !vole_kind_is_complex(x.value.type->kind))
		return vole_fail_at(err, VOLE_SYNTAX, node->list->column,
				    "not a complex number");
	narrow = x.value.type->kind == VOLE_KIND_COMPLEX64;
	if (!vole_number_load(ev, &x.value, &n, err) ||
	    !vole_types_basic(ev->rt->types,
			      narrow ? VOLE_KIND_FLOAT32 : VOLE_KIND_FLOAT64,
			      &type, err))
		return vole_eval_at(node, err);
	n.re = imag ? n.im : n.re;
	ret->kind = VOLE_OPERAND_VALUE;
	return vole_number_store(ev, type, &n, &ret->value, err) ||
	       vole_eval_at(node, err);
}

static const struct {
	const char *name;
	bool (*call)(struct vole_evaluation *ev, const struct vole_node *node,
		     struct vole_operand *ret, struct vole_error *err);
} builtins[] = {
	{ "len", len_call },   { "cap", cap_call }, { "real", half_call },
	{ "imag", half_call }, /* the rest would execute */
	{ "append", NULL },    { "clear", NULL },   { "close", NULL },
	{ "complex", NULL },   { "copy", NULL },    { "delete", NULL },
	{ "make", NULL },      { "max", NULL },	    { "min", NULL },
	{ "new", NULL },       { "panic", NULL },   { "print", NULL },
	{ "println", NULL },   { "recover", NULL },
};

static bool one_argument(const struct vole_node *node, const char *what,
			 struct vole_error *err)
{
	size_t num = vole_node_count(node);

	if (num == 1)
		return true;
	return vole_fail_at(err, VOLE_SYNTAX, node->column,
			    "%s takes one argument, not %zu", what, num);
}

/* A builtin is called, if it is one. */
static bool builtin(struct vole_evaluation *ev, const struct vole_node *node,
		    bool *ret_is, struct vole_operand *ret,
		    struct vole_error *err)
{
	*ret_is = true;
	for (size_t i = 0; i < sizeof(builtins) / sizeof(*builtins); i++) {
		if (node->a->kind != VOLE_NODE_NAME || node->a->flag ||
		    strcmp(node->a->text, builtins[i].name) != 0)
			continue;
		if (!builtins[i].call)
			return vole_fail_at(err, VOLE_SYNTAX, node->column,
					    "%s is not evaluated; nothing is "
					    "executed in the target",
					    builtins[i].name);
		return one_argument(node, builtins[i].name, err) &&
		       builtins[i].call(ev, node, ret, err);
	}
	*ret_is = false;
	return true;
}

static bool is_sizeof(const struct vole_node *callee)
{
	return callee->kind == VOLE_NODE_SELECTOR &&
	       callee->a->kind == VOLE_NODE_NAME &&
	       strcmp(callee->a->text, "unsafe") == 0 &&
	       strcmp(callee->text, "Sizeof") == 0;
}

/* unsafe.Sizeof(x), also of a type. */
static bool sizeof_call(struct vole_evaluation *ev,
			const struct vole_node *node, struct vole_operand *ret,
			struct vole_error *err)
{
	struct vole_operand x = { 0 };
	struct vole_value value;

	if (!one_argument(node, "unsafe.Sizeof", err) ||
	    !vole_eval_node(ev, node->list, &x, err))
		return vole_eval_at(node->list ? node->list : node, err);
	if (x.kind == VOLE_OPERAND_NIL)
		return vole_fail_at(err, VOLE_SYNTAX, node->list->column,
				    "nil has no type here");
	if (x.kind == VOLE_OPERAND_CONSTANT) {
		if (!vole_constant_value(ev, &x.constant, &value, err))
			return vole_eval_at(node->list, err);
		x.value = value;
	}
	if (x.kind == VOLE_OPERAND_TYPE) {
		if (!vole_type_load(ev->rt->types, x.type, err))
			return vole_eval_at(node->list, err);
		x.value.type = x.type;
	}
	ret->kind = VOLE_OPERAND_CONSTANT;
	ret->constant = vole_constant_int(x.value.type->size);
	return true;
}

bool vole_eval_call(struct vole_evaluation *ev, const struct vole_node *node,
		    struct vole_operand *ret, struct vole_error *err)
{
	struct vole_operand callee = { 0 }, x = { 0 };
	bool is_builtin;

	if (!builtin(ev, node, &is_builtin, ret, err))
		return false;
	if (is_builtin)
		return true;
	if (is_sizeof(node->a))
		return sizeof_call(ev, node, ret, err);
	if (!vole_eval_node(ev, node->a, &callee, err))
		return vole_eval_at(node->a, err);
	if (callee.kind != VOLE_OPERAND_TYPE)
		return vole_fail_at(err, VOLE_SYNTAX, node->column,
				    "a call; nothing is executed in the "
				    "target");
	if (!one_argument(node, "a conversion", err) ||
	    !vole_eval_operand(ev, node->list, &x, err))
		return false;
	if (!vole_type_load(ev->rt->types, callee.type, err))
		return vole_eval_at(node->a, err);
	ret->kind = VOLE_OPERAND_VALUE;
	return vole_convert(ev, &x, callee.type, &ret->value, err) ||
	       vole_eval_at(node->list, err);
}
