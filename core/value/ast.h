/**
 * The tree of a parsed expression. Types are expressions too: only evaluation
 * tells a[b] (index) from T[b] (instance of a generic type).
 */
#ifndef VOLE_VALUE_AST_H
#define VOLE_VALUE_AST_H

#include "base/strbuf.h"
#include "value/constant.h"

enum vole_node_kind {
	VOLE_NODE_NAME, /* text; flag: with its package path */
	VOLE_NODE_LITERAL, /* constant */
	VOLE_NODE_SELECTOR, /* a.text */
	VOLE_NODE_INDEX, /* a[list] */
	VOLE_NODE_SLICE, /* a[b:c:d], each may be NULL */
	VOLE_NODE_ASSERT, /* a.(b) */
	VOLE_NODE_CALL, /* a(list) */
	VOLE_NODE_COMPOSITE, /* a{list}; a is NULL when elided */
	VOLE_NODE_KEYED, /* a: b in a composite */
	VOLE_NODE_UNARY, /* op a; * is also the pointer type */
	VOLE_NODE_BINARY, /* a op b */
	VOLE_NODE_ARRAY_TYPE, /* [a]b; a is NULL for slices; flag: [...]b */
	VOLE_NODE_MAP_TYPE, /* map[a]b */
	VOLE_NODE_CHAN_TYPE, /* chan a; dir */
	VOLE_NODE_FUNC_TYPE, /* list: FIELDs of arguments; a: of results; flag:
			      * variadic */
	VOLE_NODE_STRUCT_TYPE, /* list: FIELDs */
	VOLE_NODE_INTERFACE_TYPE, /* text: between the braces */
	VOLE_NODE_FIELD, /* text (or NULL) a, tag in constant (or NULL) */
};

/** Nodes deeper than this are not made: evaluation recurses. */
enum { VOLE_MAX_NODE_HEIGHT = 1000 };

struct vole_node {
	enum vole_node_kind kind;
	enum vole_token_kind op;
	uint32_t column; /* where to point at in errors */
	uint32_t height;
	bool flag;
	uint8_t dir; /* CHAN_TYPE: 1 receive, 2 send, 3 both */
	const char *text;
	struct vole_constant *constant;
	struct vole_node *a, *b, *c, *d;
	struct vole_node *list; /* first of the children linked by next */
	struct vole_node *next;
};

/** Set node->height from the children; VOLE_SYNTAX when it is too much. */
VOLE_CHECKED bool vole_node_finish(struct vole_node *node,
				   struct vole_error *err);
/** The number of children in node->list. */
size_t vole_node_count(const struct vole_node *node);
/** The tree with every operation in parentheses, for tests and debugging. */
void vole_node_show(const struct vole_node *node, struct vole_strbuf *buf);

#endif
