/**
 * Go's expression grammar. Nothing is looked up here but one thing the
 * grammar cannot tell: whether a/b.C is a division or the name of a package
 * variable; the longest run of text that names something wins.
 */
#ifndef VOLE_VALUE_PARSER_H
#define VOLE_VALUE_PARSER_H

#include "value/ast.h"

/** What the parser asks about names. */
struct vole_parser_names {
	/** Does @p name ("net/http.DefaultClient") name anything? */
	bool (*known)(void *arg, const char *name);
	/** Is there a package of that import path? May be slow. */
	bool (*package)(void *arg, const char *path);
	void *arg;
};

/** Brackets, operators and types inside each other, at most. */
enum { VOLE_MAX_NESTING = 200 };

/**
 * Parse all of @p text. @p names may be NULL: nothing is known. The tree lies
 * in @p arena. VOLE_SYNTAX with a column, VOLE_NOMEM.
 */
VOLE_CHECKED bool vole_parse(const char *text,
			     const struct vole_parser_names *names,
			     struct vole_arena *arena, struct vole_node **ret,
			     struct vole_error *err);
/** The same for a text that must be a type. */
VOLE_CHECKED bool vole_parse_type(const char *text,
				  const struct vole_parser_names *names,
				  struct vole_arena *arena,
				  struct vole_node **ret,
				  struct vole_error *err);

#endif
