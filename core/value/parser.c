#include "value/parser.h"

#include <string.h>

#include "value/parser_state.h"

bool vole_parser_advance(struct vole_parser *p)
{
	return vole_lexer_next(&p->lexer, &p->token, p->err);
}

bool vole_parser_is(const struct vole_parser *p, enum vole_token_kind kind)
{
	return p->token.kind == kind;
}

bool vole_parser_is_word(const struct vole_parser *p, const char *word)
{
	return vole_parser_is(p, VOLE_TOKEN_IDENT) &&
	       p->token.len == strlen(word) &&
	       memcmp(p->lexer.text + p->token.column, word, p->token.len) == 0;
}

bool vole_parser_unexpected(struct vole_parser *p, const char *wanted)
{
	int len = p->token.len < 40 ? (int)p->token.len : 40;

	if (vole_parser_is(p, VOLE_TOKEN_ASSIGN))
		return vole_fail_at(p->err, VOLE_SYNTAX, p->token.column,
				    "unexpected %.*s; nothing is assigned in "
				    "the target",
				    len, p->lexer.text + p->token.column);
	if (vole_parser_is(p, VOLE_TOKEN_END))
		return vole_fail_at(p->err, VOLE_SYNTAX, p->token.column,
				    "expected %s at the end", wanted);
	if (vole_parser_is(p, VOLE_TOKEN_STRING) ||
	    vole_parser_is(p, VOLE_TOKEN_RUNE))
		return vole_fail_at(p->err, VOLE_SYNTAX, p->token.column,
				    "expected %s, found a %s", wanted,
				    vole_token_name(p->token.kind));
	return vole_fail_at(p->err, VOLE_SYNTAX, p->token.column,
			    "expected %s, found %.*s", wanted, len,
			    p->lexer.text + p->token.column);
}

bool vole_parser_expect(struct vole_parser *p, enum vole_token_kind kind)
{
	if (!vole_parser_is(p, kind))
		return vole_parser_unexpected(p, vole_token_name(kind));
	return vole_parser_advance(p);
}

bool vole_parser_enter(struct vole_parser *p)
{
	if (++p->depth <= VOLE_MAX_NESTING)
		return true;
	return vole_fail_at(p->err, VOLE_SYNTAX, p->token.column,
			    "expression nested deeper than %d",
			    VOLE_MAX_NESTING);
}

struct vole_node *vole_parser_node(struct vole_parser *p,
				   enum vole_node_kind kind, uint32_t column)
{
	struct vole_node *n = vole_arena_alloc(p->arena, sizeof(*n));

	if (!n) {
		vole_fail_nomem(p->err);
		return NULL;
	}
	n->kind = kind;
	n->column = column;
	return n;
}

bool vole_parser_finish(struct vole_parser *p, struct vole_node *node,
			struct vole_node **ret)
{
	if (!vole_node_finish(node, p->err))
		return false;
	*ret = node;
	return true;
}

char *vole_parser_text(struct vole_parser *p)
{
	char *text = vole_arena_copy(p->arena, p->lexer.text + p->token.column,
				     p->token.len);

	if (!text)
		vole_fail_nomem(p->err);
	return text;
}

/* A name where no import path can start: after a dot, of a field. */
static bool plain_name(struct vole_parser *p, const char **ret)
{
	if (!vole_parser_is(p, VOLE_TOKEN_IDENT))
		return vole_parser_unexpected(p, "a name");
	*ret = vole_parser_text(p);
	return *ret && vole_parser_advance(p);
}

bool vole_parser_literal(struct vole_parser *p, struct vole_node **ret)
{
	struct vole_node *n =
		vole_parser_node(p, VOLE_NODE_LITERAL, p->token.column);
	struct vole_constant *c;

	if (!n)
		return false;
	c = vole_arena_alloc(p->arena, sizeof(*c));
	if (!c)
		return vole_fail_nomem(p->err);
	n->constant = c;
	if (vole_parser_is(p, VOLE_TOKEN_NUMBER) ?
		    !vole_token_number(&p->lexer, &p->token, c, p->err) :
		    !vole_token_text(&p->lexer, &p->token, p->arena, c, p->err))
		return false;
	return vole_parser_advance(p) && vole_parser_finish(p, n, ret);
}

/* a, b, c up to @p close, which is taken. */
bool vole_parser_list(struct vole_parser *p, enum vole_token_kind close,
		      bool (*item)(struct vole_parser *p,
				   struct vole_node **ret),
		      struct vole_node **ret)
{
	struct vole_node **tail = ret;

	while (*tail)
		tail = &(*tail)->next;
	while (!vole_parser_is(p, close)) {
		if (!item(p, tail))
			return false;
		tail = &(*tail)->next;
		if (vole_parser_is(p, close))
			break;
		if (vole_parser_is(p, VOLE_TOKEN_ELLIPSIS))
			return vole_parser_unexpected(p,
						      vole_token_name(close));
		if (!vole_parser_expect(p, VOLE_TOKEN_COMMA))
			return false;
	}
	return vole_parser_advance(p);
}

bool vole_parser_selector(struct vole_parser *p, struct vole_node **node)
{
	struct vole_node *n =
		vole_parser_node(p, VOLE_NODE_SELECTOR, p->token.column);

	if (!n)
		return false;
	n->a = *node;
	return plain_name(p, &n->text) && vole_parser_finish(p, n, node);
}

/* An element of a composite literal: value, key: value or {...}. */
static bool element(struct vole_parser *p, struct vole_node **ret)
{
	struct vole_node *n, *key;

	if (vole_parser_is(p, VOLE_TOKEN_LBRACE)) {
		n = vole_parser_node(p, VOLE_NODE_COMPOSITE, p->token.column);
		if (!n || !vole_parser_enter(p) || !vole_parser_advance(p) ||
		    !vole_parser_list(p, VOLE_TOKEN_RBRACE, element, &n->list))
			return false;
		p->depth--;
		return vole_parser_finish(p, n, ret);
	}
	if (!vole_parser_expr(p, ret))
		return false;
	if (!vole_parser_is(p, VOLE_TOKEN_COLON))
		return true;
	key = *ret;
	n = vole_parser_node(p, VOLE_NODE_KEYED, key->column);
	if (!n || !vole_parser_advance(p))
		return false;
	n->a = key;
	return element(p, &n->b) && vole_parser_finish(p, n, ret);
}

/* a[b], a[b:c], a[b:c:d], T[b, c]; the bracket is taken. */
static bool index_or_slice(struct vole_parser *p, struct vole_node **node)
{
	struct vole_node *n =
		vole_parser_node(p, VOLE_NODE_INDEX, p->token.column);
	struct vole_node *first = NULL;

	if (!n)
		return false;
	n->a = *node;
	if (!vole_parser_is(p, VOLE_TOKEN_COLON) &&
	    !vole_parser_expr(p, &first))
		return false;
	if (!vole_parser_is(p, VOLE_TOKEN_COLON)) {
		n->list = first;
		if (vole_parser_is(p, VOLE_TOKEN_COMMA) &&
		    !vole_parser_advance(p))
			return false;
		return vole_parser_list(p, VOLE_TOKEN_RBRACK, vole_parser_expr,
					&n->list) &&
		       vole_parser_finish(p, n, node);
	}
	n->kind = VOLE_NODE_SLICE;
	n->b = first;
	if (!vole_parser_advance(p))
		return false;
	if (!vole_parser_is(p, VOLE_TOKEN_RBRACK) &&
	    !vole_parser_is(p, VOLE_TOKEN_COLON) && !vole_parser_expr(p, &n->c))
		return false;
	if (vole_parser_is(p, VOLE_TOKEN_COLON)) {
		if (!n->c)
			return vole_parser_unexpected(p, "the middle index");
		if (!vole_parser_advance(p) || !vole_parser_expr(p, &n->d))
			return false;
	}
	return vole_parser_expect(p, VOLE_TOKEN_RBRACK) &&
	       vole_parser_finish(p, n, node);
}

static bool parse_unary(struct vole_parser *p, struct vole_node **ret);

static bool assertion(struct vole_parser *p, struct vole_node **node)
{
	struct vole_node *n =
		vole_parser_node(p, VOLE_NODE_ASSERT, p->token.column);

	if (!n || !vole_parser_advance(p))
		return false;
	n->a = *node;
	if (vole_parser_is_word(p, "type"))
		return vole_fail_at(p->err, VOLE_SYNTAX, p->token.column,
				    "x.(type) is for switches; name a type");
	return vole_parser_type(p, &n->b) &&
	       vole_parser_expect(p, VOLE_TOKEN_RPAREN) &&
	       vole_parser_finish(p, n, node);
}

/* Call arguments, elements of a composite: the opening bracket is next. */
static bool with_list(struct vole_parser *p, struct vole_node **node)
{
	bool call = vole_parser_is(p, VOLE_TOKEN_LPAREN);
	struct vole_node *n =
		vole_parser_node(p, call ? VOLE_NODE_CALL : VOLE_NODE_COMPOSITE,
				 (*node)->column);

	if (!n || !vole_parser_advance(p))
		return false;
	n->a = *node;
	if (!vole_parser_list(p, call ? VOLE_TOKEN_RPAREN : VOLE_TOKEN_RBRACE,
			      call ? vole_parser_expr : element, &n->list))
		return false;
	return vole_parser_finish(p, n, node);
}

static bool suffixes(struct vole_parser *p, struct vole_node **node)
{
	for (;;) {
		bool ok;

		if (vole_parser_is(p, VOLE_TOKEN_PERIOD)) {
			ok = vole_parser_advance(p) &&
			     (vole_parser_is(p, VOLE_TOKEN_LPAREN) ?
				      assertion(p, node) :
				      vole_parser_selector(p, node));
		} else if (vole_parser_is(p, VOLE_TOKEN_LBRACK)) {
			ok = vole_parser_advance(p) && index_or_slice(p, node);
		} else if (vole_parser_is(p, VOLE_TOKEN_LPAREN) ||
			   vole_parser_is(p, VOLE_TOKEN_LBRACE)) {
			ok = with_list(p, node);
		} else {
			return true;
		}
		if (!ok)
			return false;
	}
}

static bool operand(struct vole_parser *p, struct vole_node **ret)
{
	switch (p->token.kind) {
	case VOLE_TOKEN_NUMBER:
	case VOLE_TOKEN_RUNE:
	case VOLE_TOKEN_STRING:
		return vole_parser_literal(p, ret);
	case VOLE_TOKEN_LPAREN:
		return vole_parser_advance(p) && vole_parser_expr(p, ret) &&
		       vole_parser_expect(p, VOLE_TOKEN_RPAREN);
	case VOLE_TOKEN_LBRACK:
		return vole_parser_array_type(p, ret);
	case VOLE_TOKEN_IDENT:
		if (!vole_parser_keyword_type(p, ret))
			return false;
		return *ret || vole_parser_name(p, ret);
	default:
		return vole_parser_unexpected(p, "an expression");
	}
}

/* <-chan T is a type, <-x would be a receive. */
static bool arrow(struct vole_parser *p, struct vole_node **ret)
{
	uint32_t column = p->token.column;

	if (!vole_parser_advance(p))
		return false;
	if (!vole_parser_is_word(p, "chan"))
		return vole_fail_at(p->err, VOLE_SYNTAX, column,
				    "a receive; nothing is executed in the "
				    "target");
	return vole_parser_receive_type(p, ret) && suffixes(p, ret);
}

static bool unary_inside(struct vole_parser *p, struct vole_node **ret)
{
	struct vole_node *n;

	switch (p->token.kind) {
	case VOLE_TOKEN_ADD:
	case VOLE_TOKEN_SUB:
	case VOLE_TOKEN_NOT:
	case VOLE_TOKEN_XOR:
	case VOLE_TOKEN_MUL:
	case VOLE_TOKEN_AND:
		break;
	case VOLE_TOKEN_ARROW:
		return arrow(p, ret);
	default:
		return operand(p, ret) && suffixes(p, ret);
	}
	n = vole_parser_node(p, VOLE_NODE_UNARY, p->token.column);
	if (!n)
		return false;
	n->op = p->token.kind;
	if (!vole_parser_advance(p) || !parse_unary(p, &n->a))
		return false;
	return vole_parser_finish(p, n, ret);
}

static bool parse_unary(struct vole_parser *p, struct vole_node **ret)
{
	if (!vole_parser_enter(p) || !unary_inside(p, ret))
		return false;
	p->depth--;
	return true;
}

/* Go's five levels; 0: no binary operator. */
static int precedence(enum vole_token_kind op)
{
	switch (op) {
	case VOLE_TOKEN_LOR:
		return 1;
	case VOLE_TOKEN_LAND:
		return 2;
	case VOLE_TOKEN_EQL:
	case VOLE_TOKEN_NEQ:
	case VOLE_TOKEN_LSS:
	case VOLE_TOKEN_LEQ:
	case VOLE_TOKEN_GTR:
	case VOLE_TOKEN_GEQ:
		return 3;
	case VOLE_TOKEN_ADD:
	case VOLE_TOKEN_SUB:
	case VOLE_TOKEN_OR:
	case VOLE_TOKEN_XOR:
		return 4;
	case VOLE_TOKEN_MUL:
	case VOLE_TOKEN_QUO:
	case VOLE_TOKEN_REM:
	case VOLE_TOKEN_SHL:
	case VOLE_TOKEN_SHR:
	case VOLE_TOKEN_AND:
	case VOLE_TOKEN_AND_NOT:
		return 5;
	default:
		return 0;
	}
}

/* Operators that bind tighter than @p outer, from the left. */
static bool parse_binary(struct vole_parser *p, int outer,
			 struct vole_node **ret)
{
	struct vole_node *left, *n;
	int level;

	if (!parse_unary(p, &left))
		return false;
	while ((level = precedence(p->token.kind)) > outer) {
		n = vole_parser_node(p, VOLE_NODE_BINARY, p->token.column);
		if (!n)
			return false;
		n->op = p->token.kind;
		n->a = left;
		if (!vole_parser_advance(p) || !parse_binary(p, level, &n->b) ||
		    !vole_parser_finish(p, n, &left))
			return false;
	}
	*ret = left;
	return true;
}

bool vole_parser_expr(struct vole_parser *p, struct vole_node **ret)
{
	return parse_binary(p, 0, ret);
}

static bool parse_all(const char *text, struct vole_parser *p,
		      bool (*what)(struct vole_parser *p,
				   struct vole_node **ret),
		      struct vole_node **ret)
{
	struct vole_node *node;

	if (!vole_lexer_init(&p->lexer, text, p->err) ||
	    !vole_parser_advance(p) || !what(p, &node))
		return false;
	if (!vole_parser_is(p, VOLE_TOKEN_END))
		return vole_parser_unexpected(p, "an operator or the end");
	*ret = node;
	return true;
}

bool vole_parse(const char *text, const struct vole_parser_names *names,
		struct vole_arena *arena, struct vole_node **ret,
		struct vole_error *err)
{
	struct vole_parser p = { .names = names, .arena = arena, .err = err };

	return parse_all(text, &p, vole_parser_expr, ret);
}

bool vole_parse_type(const char *text, const struct vole_parser_names *names,
		     struct vole_arena *arena, struct vole_node **ret,
		     struct vole_error *err)
{
	struct vole_parser p = { .names = names, .arena = arena, .err = err };

	return parse_all(text, &p, vole_parser_type, ret);
}
