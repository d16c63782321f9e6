/**
 * What the two halves of the parser, expressions and types, share.
 */
#ifndef VOLE_VALUE_PARSER_STATE_H
#define VOLE_VALUE_PARSER_STATE_H

#include "value/parser.h"

struct vole_parser {
	struct vole_lexer lexer;
	struct vole_token token; /* the next one, not yet taken */
	const struct vole_parser_names *names;
	struct vole_arena *arena;
	struct vole_error *err;
	unsigned depth; /* brackets, operators and types around */
};

/** Take the token. All of these report through p->err. */
bool vole_parser_advance(struct vole_parser *p);
/** Is the next token of that kind? Is it that keyword? */
bool vole_parser_is(const struct vole_parser *p, enum vole_token_kind kind);
bool vole_parser_is_word(const struct vole_parser *p, const char *word);
/** Fail: @p wanted was expected. */
bool vole_parser_unexpected(struct vole_parser *p, const char *wanted);
/** Take a token that must be of that kind. */
bool vole_parser_expect(struct vole_parser *p, enum vole_token_kind kind);
/** One level deeper; the caller decrements p->depth on the way back. */
bool vole_parser_enter(struct vole_parser *p);
/** A new node, or NULL. */
struct vole_node *vole_parser_node(struct vole_parser *p,
				   enum vole_node_kind kind, uint32_t column);
/** The node is complete: check its height, give it out. */
bool vole_parser_finish(struct vole_parser *p, struct vole_node *node,
			struct vole_node **ret);

/** The text of the next token, or NULL. */
char *vole_parser_text(struct vole_parser *p);

/** A name with its import path, a literal, .name after @p node. */
bool vole_parser_name(struct vole_parser *p, struct vole_node **ret);
bool vole_parser_literal(struct vole_parser *p, struct vole_node **ret);
bool vole_parser_selector(struct vole_parser *p, struct vole_node **node);
/** a, b, c up to @p close, which is taken; appended to *@p ret. */
bool vole_parser_list(struct vole_parser *p, enum vole_token_kind close,
		      bool (*item)(struct vole_parser *p,
				   struct vole_node **ret),
		      struct vole_node **ret);
/** An expression; a type; a type that a keyword starts, else *@p ret is NULL. */
bool vole_parser_expr(struct vole_parser *p, struct vole_node **ret);
bool vole_parser_type(struct vole_parser *p, struct vole_node **ret);
bool vole_parser_keyword_type(struct vole_parser *p, struct vole_node **ret);
/** []T and [n]T; <-chan T, whose arrow is taken. */
bool vole_parser_array_type(struct vole_parser *p, struct vole_node **ret);
bool vole_parser_receive_type(struct vole_parser *p, struct vole_node **ret);

#endif
