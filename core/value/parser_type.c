#include "value/parser_state.h"

/* chan T, chan<- T, <-chan T; the arrow in front is already taken. */
static bool chan_type(struct vole_parser *p, bool receive,
		      struct vole_node **ret)
{
	struct vole_node *n =
		vole_parser_node(p, VOLE_NODE_CHAN_TYPE, p->token.column);

	if (!n || !vole_parser_advance(p))
		return false;
	n->dir = receive ? 1 : 3;
	if (!receive && vole_parser_is(p, VOLE_TOKEN_ARROW)) {
		n->dir = 2;
		if (!vole_parser_advance(p))
			return false;
	}
	return vole_parser_type(p, &n->a) && vole_parser_finish(p, n, ret);
}

static bool map_type(struct vole_parser *p, struct vole_node **ret)
{
	struct vole_node *n =
		vole_parser_node(p, VOLE_NODE_MAP_TYPE, p->token.column);

	return n && vole_parser_advance(p) &&
	       vole_parser_expect(p, VOLE_TOKEN_LBRACK) &&
	       vole_parser_type(p, &n->a) &&
	       vole_parser_expect(p, VOLE_TOKEN_RBRACK) &&
	       vole_parser_type(p, &n->b) && vole_parser_finish(p, n, ret);
}

/* []T, [n]T, [...]T */
bool vole_parser_array_type(struct vole_parser *p, struct vole_node **ret)
{
	struct vole_node *n =
		vole_parser_node(p, VOLE_NODE_ARRAY_TYPE, p->token.column);

	if (!n || !vole_parser_advance(p))
		return false;
	n->flag = vole_parser_is(p, VOLE_TOKEN_ELLIPSIS);
	if (n->flag && !vole_parser_advance(p))
		return false;
	if (!n->flag && !vole_parser_is(p, VOLE_TOKEN_RBRACK) &&
	    !vole_parser_expr(p, &n->a))
		return false;
	return vole_parser_expect(p, VOLE_TOKEN_RBRACK) &&
	       vole_parser_type(p, &n->b) && vole_parser_finish(p, n, ret);
}

/* One argument or result: a type, perhaps after a name and dots. */
static bool parse_param(struct vole_parser *p, bool *variadic,
			struct vole_node **ret)
{
	struct vole_node *n =
		vole_parser_node(p, VOLE_NODE_FIELD, p->token.column);

	if (!n)
		return false;
	*variadic = vole_parser_is(p, VOLE_TOKEN_ELLIPSIS);
	if ((*variadic && !vole_parser_advance(p)) ||
	    !vole_parser_type(p, &n->a))
		return false;
	if (!vole_parser_is(p, VOLE_TOKEN_COMMA) &&
	    !vole_parser_is(p, VOLE_TOKEN_RPAREN)) {
		*variadic = vole_parser_is(p, VOLE_TOKEN_ELLIPSIS);
		if ((*variadic && !vole_parser_advance(p)) ||
		    !vole_parser_type(p, &n->a))
			return false;
	}
	return vole_parser_finish(p, n, ret);
}

static bool parse_params(struct vole_parser *p, bool *variadic,
			 struct vole_node **ret)
{
	struct vole_node **tail = ret;

	if (!vole_parser_expect(p, VOLE_TOKEN_LPAREN))
		return false;
	while (!vole_parser_is(p, VOLE_TOKEN_RPAREN)) {
		if (!parse_param(p, variadic, tail))
			return false;
		tail = &(*tail)->next;
		if (vole_parser_is(p, VOLE_TOKEN_RPAREN))
			break;
		if (!vole_parser_expect(p, VOLE_TOKEN_COMMA))
			return false;
	}
	return vole_parser_advance(p);
}

static bool starts_type(const struct vole_parser *p)
{
	return vole_parser_is(p, VOLE_TOKEN_IDENT) ||
	       vole_parser_is(p, VOLE_TOKEN_MUL) ||
	       vole_parser_is(p, VOLE_TOKEN_LBRACK) ||
	       vole_parser_is(p, VOLE_TOKEN_ARROW);
}

static bool func_type(struct vole_parser *p, struct vole_node **ret)
{
	struct vole_node *n =
		vole_parser_node(p, VOLE_NODE_FUNC_TYPE, p->token.column);
	bool ignored;

	if (!n || !vole_parser_advance(p) ||
	    !parse_params(p, &n->flag, &n->list))
		return false;
	if (vole_parser_is(p, VOLE_TOKEN_LBRACE))
		return vole_fail_at(p->err, VOLE_SYNTAX, n->column,
				    "a function literal; nothing is executed "
				    "in the target");
	if (vole_parser_is(p, VOLE_TOKEN_LPAREN)) {
		if (!parse_params(p, &ignored, &n->a))
			return false;
	} else if (starts_type(p)) {
		n->a = vole_parser_node(p, VOLE_NODE_FIELD, p->token.column);
		if (!n->a || !vole_parser_type(p, &n->a->a) ||
		    !vole_node_finish(n->a, p->err))
			return false;
	}
	return vole_parser_finish(p, n, ret);
}

/* name T "tag", or an embedded T. */
static bool struct_field(struct vole_parser *p, struct vole_node **ret)
{
	struct vole_node *n =
		vole_parser_node(p, VOLE_NODE_FIELD, p->token.column);

	if (!n || !vole_parser_type(p, &n->a))
		return false;
	if (!vole_parser_is(p, VOLE_TOKEN_SEMICOLON) &&
	    !vole_parser_is(p, VOLE_TOKEN_RBRACE) &&
	    !vole_parser_is(p, VOLE_TOKEN_STRING)) {
		if (n->a->kind != VOLE_NODE_NAME)
			return vole_parser_unexpected(p, "; or }");
		n->text = n->a->text;
		if (!vole_parser_type(p, &n->a))
			return false;
	}
	if (vole_parser_is(p, VOLE_TOKEN_STRING)) {
		struct vole_node *tag;

		if (!vole_parser_literal(p, &tag))
			return false;
		n->constant = tag->constant;
	}
	return vole_parser_finish(p, n, ret);
}

static bool struct_type(struct vole_parser *p, struct vole_node **ret)
{
	struct vole_node *n =
		vole_parser_node(p, VOLE_NODE_STRUCT_TYPE, p->token.column);
	struct vole_node **tail = n ? &n->list : NULL;

	if (!n || !vole_parser_advance(p) ||
	    !vole_parser_expect(p, VOLE_TOKEN_LBRACE))
		return false;
	while (!vole_parser_is(p, VOLE_TOKEN_RBRACE)) {
		if (!struct_field(p, tail))
			return false;
		tail = &(*tail)->next;
		if (vole_parser_is(p, VOLE_TOKEN_SEMICOLON) &&
		    !vole_parser_advance(p))
			return false;
		else if (!vole_parser_is(p, VOLE_TOKEN_RBRACE) &&
			 vole_parser_is(p, VOLE_TOKEN_END))
			return vole_parser_unexpected(p, "}");
	}
	return vole_parser_advance(p) && vole_parser_finish(p, n, ret);
}

/* The methods are kept as text: they only name the type. */
static bool interface_type(struct vole_parser *p, struct vole_node **ret)
{
	struct vole_node *n =
		vole_parser_node(p, VOLE_NODE_INTERFACE_TYPE, p->token.column);
	unsigned open = 1;
	size_t from, end;

	if (!n || !vole_parser_advance(p) ||
	    !vole_parser_expect(p, VOLE_TOKEN_LBRACE))
		return false;
	from = end = p->token.column;
	for (;;) {
		if (vole_parser_is(p, VOLE_TOKEN_END))
			return vole_parser_unexpected(p, "}");
		open += vole_parser_is(p, VOLE_TOKEN_LBRACE);
		open -= vole_parser_is(p, VOLE_TOKEN_RBRACE);
		if (!open)
			break;
		end = p->token.column + p->token.len;
		if (!vole_parser_advance(p))
			return false;
	}
	n->text = vole_arena_copy(p->arena, p->lexer.text + from, end - from);
	if (!n->text)
		return vole_fail_nomem(p->err);
	return vole_parser_advance(p) && vole_parser_finish(p, n, ret);
}

/* A type that starts with a keyword, if one does; *@p ret stays NULL else. */
bool vole_parser_keyword_type(struct vole_parser *p, struct vole_node **ret)
{
	static const struct {
		const char *word;
		bool (*parse)(struct vole_parser *p, struct vole_node **ret);
	} table[] = {
		{ "map", map_type },
		{ "func", func_type },
		{ "struct", struct_type },
		{ "interface", interface_type },
	};

	*ret = NULL;
	if (vole_parser_is_word(p, "chan"))
		return chan_type(p, false, ret);
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		if (vole_parser_is_word(p, table[i].word))
			return table[i].parse(p, ret);
	return true;
}

/* pkg.Name[args] */
static bool type_name(struct vole_parser *p, struct vole_node **ret)
{
	struct vole_node *n;

	if (!vole_parser_name(p, &n))
		return false;
	while (vole_parser_is(p, VOLE_TOKEN_PERIOD))
		if (!vole_parser_advance(p) || !vole_parser_selector(p, &n))
			return false;
	if (vole_parser_is(p, VOLE_TOKEN_LBRACK)) {
		struct vole_node *instance =
			vole_parser_node(p, VOLE_NODE_INDEX, p->token.column);

		if (!instance || !vole_parser_advance(p))
			return false;
		instance->a = n;
		if (!vole_parser_list(p, VOLE_TOKEN_RBRACK, vole_parser_type,
				      &instance->list))
			return false;
		n = instance;
	}
	return vole_parser_finish(p, n, ret);
}

static bool pointer_type(struct vole_parser *p, struct vole_node **ret)
{
	struct vole_node *n =
		vole_parser_node(p, VOLE_NODE_UNARY, p->token.column);

	if (!n || !vole_parser_advance(p))
		return false;
	n->op = VOLE_TOKEN_MUL;
	return vole_parser_type(p, &n->a) && vole_parser_finish(p, n, ret);
}

static bool type_inside(struct vole_parser *p, struct vole_node **ret)
{
	if (vole_parser_is(p, VOLE_TOKEN_MUL))
		return pointer_type(p, ret);
	if (vole_parser_is(p, VOLE_TOKEN_LBRACK))
		return vole_parser_array_type(p, ret);
	if (vole_parser_is(p, VOLE_TOKEN_LPAREN))
		return vole_parser_advance(p) && vole_parser_type(p, ret) &&
		       vole_parser_expect(p, VOLE_TOKEN_RPAREN);
	if (vole_parser_is(p, VOLE_TOKEN_ARROW)) {
		if (!vole_parser_advance(p))
			return false;
		return vole_parser_is_word(p, "chan") ?
			       chan_type(p, true, ret) :
			       vole_parser_unexpected(p, "chan");
	}
	if (!vole_parser_is(p, VOLE_TOKEN_IDENT))
		return vole_parser_unexpected(p, "a type");
	if (!vole_parser_keyword_type(p, ret))
		return false;
	return *ret || type_name(p, ret);
}

bool vole_parser_type(struct vole_parser *p, struct vole_node **ret)
{
	if (!vole_parser_enter(p) || !type_inside(p, ret))
		return false;
	p->depth--;
	return true;
}

bool vole_parser_receive_type(struct vole_parser *p, struct vole_node **ret)
{
	return chan_type(p, true, ret);
}
