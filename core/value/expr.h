/**
 * Go expressions over what a target holds. A lexer, a parser by Go's
 * precedence, and an evaluator with Go's types; nothing is ever executed in
 * the target. Errors point at the place in the text (err->column).
 */
#ifndef VOLE_VALUE_EXPR_H
#define VOLE_VALUE_EXPR_H

#include "base/arena.h"
#include "value/value.h"

/** Names beyond package variables: the selected frame's (with goroutines). */
struct vole_scope {
	/** The variable @p name; VOLE_NOT_FOUND when the scope has none. */
	bool (*find)(const struct vole_scope *scope, const char *name,
		     struct vole_value *ret, struct vole_error *err);
	/**
	 * Has it the variable @p name, with a value or without? Its type, or
	 * NULL when that cannot be told. To look is not to use it.
	 */
	bool (*has)(const struct vole_scope *scope, const char *name,
		    const struct vole_type **ret_type);
	/** Package of the frame, tried before "main" for bare names; or NULL. */
	const char *package;
};

struct vole_eval {
	const struct vole_runtime *rt;
	struct vole_arena *arena; /* the command's */
	const struct vole_scope *scope; /* NULL: package variables only */
	bool (*interrupted)(void *arg); /* polled in scans; NULL: never */
	void *interrupted_arg;
};

/**
 * Evaluate @p text. VOLE_SYNTAX (does not parse, or Go's types forbid it),
 * VOLE_NOT_FOUND (no such name; the nearest ones are named in the text; no
 * such map key), VOLE_NO_DEBUG_INFO, VOLE_UNREADABLE, VOLE_CORRUPT,
 * VOLE_UNSUPPORTED (a literal that has no place in the target), all with a
 * column.
 */
VOLE_CHECKED bool vole_eval(struct vole_eval *eval, const char *text,
			    struct vole_value *ret, struct vole_error *err);
/** The type that @p text names ("[]int", "map[string]*main.User"), loaded. */
VOLE_CHECKED bool vole_eval_type(struct vole_eval *eval, const char *text,
				 struct vole_type **ret,
				 struct vole_error *err);

#endif
