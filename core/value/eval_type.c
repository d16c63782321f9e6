#include "value/eval.h"

#include <string.h>

#include "base/quote.h"
#include "runtime/typelink.h"

struct vole_type *vole_type_of(const struct vole_value *value)
{
	return (struct vole_type *)(uintptr_t)value->type;
}

/*
 * The linker's list has what has no name of its own; of what has one, and of
 * interfaces, it has pointers or slices.
 */
static bool find_linked(struct vole_evaluation *ev, const char *name,
			struct vole_type **ret)
{
	static const char *const of[] = { "", "*", "[]" };
	struct vole_error ignored;
	struct vole_type *type;
	const char *text;
	unsigned i;

	for (i = 0; i < 3; i++) {
		text = vole_arena_printf(ev->arena, "%s%s", of[i], name);
		if (!text || !vole_typelink_find(ev->rt, text, &type, &ignored))
			continue;
		*ret = i ? type->elem : type;
		return *ret && vole_type_load(ev->rt->types, *ret, &ignored);
	}
	return false;
}

bool vole_eval_find_type(struct vole_evaluation *ev, const char *name,
			 struct vole_type **ret, struct vole_error *err)
{
	return vole_types_find(ev->rt->types, name, ret, err) ||
	       (err->code == VOLE_NO_DEBUG_INFO && find_linked(ev, name, ret));
}

bool vole_eval_predeclared(struct vole_evaluation *ev, const char *name,
			   struct vole_type **ret, struct vole_error *err)
{
	if (strcmp(name, "byte") == 0)
		name = "uint8";
	if (strcmp(name, "rune") == 0)
		name = "int32";
	if (strcmp(name, "any") == 0)
		return vole_types_any(ev->rt->types, ret, err);
	if (strcmp(name, "error") == 0)
		return vole_types_error(ev->rt->types, ret, err);
	for (int i = VOLE_KIND_BOOL; i <= VOLE_KIND_STRING; i++) {
		bool basic = i <= VOLE_KIND_COMPLEX128 || i == VOLE_KIND_STRING;

		if (basic &&
		    strcmp(vole_kind_name((enum vole_kind)i), name) == 0)
			return vole_types_basic(ev->rt->types,
						(enum vole_kind)i, ret, err);
	}
	*ret = NULL;
	return true;
}

/* The debug information's type of that spelling. */
static bool find_spelt(struct vole_evaluation *ev, const char *name,
		       struct vole_type **ret, struct vole_error *err)
{
	char buf[160];

	if (!name)
		return vole_fail_nomem(err);
	if (vole_eval_find_type(ev, name, ret, err))
		return true;
	if (err->code != VOLE_NOT_FOUND)
		return false;
	vole_escape_into(buf, sizeof(buf), name);
	return vole_fail(err, VOLE_NOT_FOUND, VOLE_NOWHERE,
			 "the program has no type %s", buf);
}

static bool array_type(struct vole_evaluation *ev, const struct vole_node *node,
		       struct vole_type **ret, struct vole_error *err)
{
	struct vole_type *elem;
	uint64_t len;

	if (node->flag)
		return vole_fail_at(err, VOLE_SYNTAX, node->column,
				    "[...] needs a composite literal");
	if (!vole_eval_type_node(ev, node->b, &elem, err))
		return false;
	if (!node->a)
		return vole_types_slice(ev->rt->types, elem, ret, err);
	return vole_eval_bound(ev, node->a, &len, err) &&
	       vole_types_array(ev->rt->types, elem, len, ret, err);
}

static bool map_type(struct vole_evaluation *ev, const struct vole_node *node,
		     struct vole_type **ret, struct vole_error *err)
{
	struct vole_type *key, *elem;

	return vole_eval_type_node(ev, node->a, &key, err) &&
	       vole_eval_type_node(ev, node->b, &elem, err) &&
	       find_spelt(ev,
			  vole_arena_printf(ev->arena, "map[%s]%s", key->name,
					    elem->name),
			  ret, err);
}

static bool chan_type(struct vole_evaluation *ev, const struct vole_node *node,
		      struct vole_type **ret, struct vole_error *err)
{
	static const char *const dirs[] = { "", "<-chan ", "chan<- ", "chan " };
	struct vole_type *elem;
	bool inner;

	if (!vole_eval_type_node(ev, node->a, &elem, err))
		return false;
	/* chan (<-chan T), or it would read as (chan<-) chan T. */
	inner = node->dir == 3 && strncmp(elem->name, "<-", 2) == 0;
	return find_spelt(ev,
			  vole_arena_printf(ev->arena, "%s%s%s%s",
					    dirs[node->dir & 3],
					    inner ? "(" : "", elem->name,
					    inner ? ")" : ""),
			  ret, err);
}

/* Type names of a list, between brackets of the caller. */
static bool spell_list(struct vole_evaluation *ev,
		       const struct vole_node *first, const char *separator,
		       bool variadic, struct vole_strbuf *buf,
		       struct vole_error *err)
{
	struct vole_type *type;

	for (const struct vole_node *n = first; n; n = n->next) {
		const struct vole_node *what =
			n->kind == VOLE_NODE_FIELD ? n->a : n;

		if (!vole_eval_type_node(ev, what, &type, err))
			return false;
		if (n != first)
			vole_strbuf_add(buf, separator);
		if (variadic && !n->next)
			vole_strbuf_add(buf, "...");
		vole_strbuf_add(buf, type->name);
	}
	return true;
}

static bool spell_func(struct vole_evaluation *ev, const struct vole_node *node,
		       struct vole_strbuf *buf, struct vole_error *err)
{
	bool many = node->a && node->a->next;

	vole_strbuf_add(buf, "func(");
	if (!spell_list(ev, node->list, ", ", node->flag, buf, err))
		return false;
	vole_strbuf_add(buf, ")");
	if (node->a)
		vole_strbuf_add(buf, many ? " (" : " ");
	if (!spell_list(ev, node->a, ", ", false, buf, err))
		return false;
	if (many)
		vole_strbuf_add(buf, ")");
	return true;
}

static bool spell_struct(struct vole_evaluation *ev,
			 const struct vole_node *node, struct vole_strbuf *buf,
			 struct vole_error *err)
{
	struct vole_type *type;

	vole_strbuf_add(buf, "struct {");
	for (const struct vole_node *n = node->list; n; n = n->next) {
		if (!vole_eval_type_node(ev, n->a, &type, err))
			return false;
		vole_strbuf_add(buf, n == node->list ? " " : "; ");
		if (n->text)
			vole_strbuf_printf(buf, "%s ", n->text);
		vole_strbuf_add(buf, type->name);
		if (n->constant) {
			vole_strbuf_add(buf, " ");
			vole_quote(buf, n->constant->text, n->constant->len);
		}
	}
	vole_strbuf_add(buf, node->list ? " }" : "}");
	return true;
}

/* Go's own spelling of T[args]: no spaces. */
static bool spell_instance(struct vole_evaluation *ev,
			   const struct vole_node *node,
			   struct vole_strbuf *buf, struct vole_error *err)
{
	vole_strbuf_add(buf, "[");
	if (!spell_list(ev, node->list, ",", false, buf, err))
		return false;
	vole_strbuf_add(buf, "]");
	return true;
}

/* What @p spell writes, moved into the arena. */
static bool
spelt(struct vole_evaluation *ev, const struct vole_node *node,
      bool (*spell)(struct vole_evaluation *ev, const struct vole_node *node,
		    struct vole_strbuf *buf, struct vole_error *err),
      const char **ret, struct vole_error *err)
{
	struct vole_strbuf buf = { 0 };
	bool ok = spell(ev, node, &buf, err);

	if (ok) {
		*ret = vole_arena_string(ev->arena, vole_strbuf_text(&buf));
		ok = *ret && !buf.failed;
		if (!ok)
			vole_fail_nomem(err);
	}
	vole_strbuf_free(&buf);
	return ok;
}

/* An instance of a generic type is a symbol of its whole spelling. */
static bool instance(struct vole_evaluation *ev, const struct vole_node *node,
		     struct vole_type **ret, struct vole_error *err)
{
	struct vole_node whole = *node->a;
	struct vole_operand operand = { 0 };
	const char *args;
	bool found = false;

	if (whole.kind != VOLE_NODE_NAME && whole.kind != VOLE_NODE_SELECTOR)
		return vole_fail_at(err, VOLE_SYNTAX, node->column,
				    "not a type");
	if (!spelt(ev, node, spell_instance, &args, err))
		return false;
	whole.text = vole_arena_printf(ev->arena, "%s%s", whole.text, args);
	if (!whole.text)
		return vole_fail_nomem(err);
	if (whole.kind == VOLE_NODE_SELECTOR ?
		    !vole_eval_package(ev, &whole, &found, &operand, err) :
		    !vole_eval_name(ev, &whole, &operand, err))
		return false;
	found = found || whole.kind == VOLE_NODE_NAME;
	if (!found || operand.kind != VOLE_OPERAND_TYPE)
		return vole_fail_at(err, VOLE_SYNTAX, node->column,
				    "not a type");
	*ret = operand.type;
	return true;
}

static bool named_type(struct vole_evaluation *ev, const struct vole_node *node,
		       struct vole_type **ret, struct vole_error *err)
{
	struct vole_operand operand = { 0 };

	if (!vole_eval_node(ev, node, &operand, err))
		return false;
	if (operand.kind != VOLE_OPERAND_TYPE)
		return vole_fail_at(err, VOLE_SYNTAX, node->column,
				    "not a type");
	*ret = operand.type;
	return true;
}

static bool type_node(struct vole_evaluation *ev, const struct vole_node *node,
		      struct vole_type **ret, struct vole_error *err)
{
	struct vole_type *elem;
	const char *name;

	switch (node->kind) {
	case VOLE_NODE_UNARY:
		if (node->op != VOLE_TOKEN_MUL)
			return vole_fail_at(err, VOLE_SYNTAX, node->column,
					    "not a type");
		return vole_eval_type_node(ev, node->a, &elem, err) &&
		       vole_types_pointer(ev->rt->types, elem, ret, err);
	case VOLE_NODE_ARRAY_TYPE:
		return array_type(ev, node, ret, err);
	case VOLE_NODE_MAP_TYPE:
		return map_type(ev, node, ret, err);
	case VOLE_NODE_CHAN_TYPE:
		return chan_type(ev, node, ret, err);
	case VOLE_NODE_FUNC_TYPE:
		return spelt(ev, node, spell_func, &name, err) &&
		       find_spelt(ev, name, ret, err);
	case VOLE_NODE_STRUCT_TYPE:
		return spelt(ev, node, spell_struct, &name, err) &&
		       find_spelt(ev, name, ret, err);
	case VOLE_NODE_INTERFACE_TYPE:
		if (!node->text[0])
			return vole_types_any(ev->rt->types, ret, err);
		return find_spelt(ev,
				  vole_arena_printf(ev->arena,
						    "interface { %s }",
						    node->text),
				  ret, err);
	case VOLE_NODE_INDEX:
		return instance(ev, node, ret, err);
	default:
		return named_type(ev, node, ret, err);
	}
}

bool vole_eval_type_node(struct vole_evaluation *ev,
			 const struct vole_node *node, struct vole_type **ret,
			 struct vole_error *err)
{
	return (type_node(ev, node, ret, err) &&
		vole_type_load(ev->rt->types, *ret, err)) ||
	       vole_eval_at(node, err);
}

bool vole_same_type(const struct vole_type *a, const struct vole_type *b)
{
	if (a == b)
		return true;
	if (!a || !b)
		return false;
	if (!a->loaded || !b->loaded)
		return a->source == b->source && a->ref == b->ref;
	return a->kind == b->kind && a->size == b->size && a->is_c == b->is_c &&
	       strcmp(a->name, b->name) == 0;
}

static bool same_fields(const struct vole_type *a, const struct vole_type *b)
{
	if (a->num_fields != b->num_fields)
		return false;
	for (size_t i = 0; i < a->num_fields; i++)
		if (strcmp(a->fields[i].name, b->fields[i].name) != 0 ||
		    a->fields[i].offset != b->fields[i].offset ||
		    !vole_same_type(a->fields[i].type, b->fields[i].type))
			return false;
	return true;
}

bool vole_same_underlying(const struct vole_type *a, const struct vole_type *b)
{
	if (vole_same_type(a, b))
		return true;
	if (a->kind != b->kind || a->size != b->size)
		return false;
	switch (a->kind) {
	case VOLE_KIND_ARRAY:
		return a->len == b->len && vole_same_type(a->elem, b->elem);
	case VOLE_KIND_CHAN:
	case VOLE_KIND_PTR:
	case VOLE_KIND_SLICE:
		return vole_same_type(a->elem, b->elem);
	case VOLE_KIND_MAP:
		return vole_same_type(a->key, b->key) &&
		       vole_same_type(a->elem, b->elem);
	case VOLE_KIND_STRUCT:
		return same_fields(a, b);
	case VOLE_KIND_FUNC:
	case VOLE_KIND_INTERFACE:
		return false;
	default:
		return true;
	}
}

bool vole_assignable(const struct vole_type *from, const struct vole_type *to)
{
	if (vole_same_type(from, to))
		return true;
	return (!from->named || !to->named) && vole_same_underlying(from, to);
}
