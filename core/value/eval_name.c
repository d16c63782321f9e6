#include "value/eval.h"

#include <string.h>

enum {
	ALL = VOLE_SYMBOL_VAR | VOLE_SYMBOL_TYPE | VOLE_SYMBOL_FUNC |
	      VOLE_SYMBOL_CONST,
	SHOWN = VOLE_SYMBOL_VAR | VOLE_SYMBOL_TYPE | VOLE_SYMBOL_CONST,
};

/*
 * The linker writes dots of the last element of an import path as %2e:
 * gopkg.in/yaml%2ev3.Node. NULL: nothing to escape.
 */
static const char *escaped_path(struct vole_evaluation *ev, const char *name)
{
	const char *slash = strrchr(name, '/'), *last = strrchr(name, '.');
	const char *from = slash ? slash : name;
	size_t dots = 0, at = 0;
	char *copy;

	for (const char *s = from; last && s < last; s++)
		dots += *s == '.';
	if (!dots)
		return NULL;
	copy = vole_arena_alloc(ev->arena, strlen(name) + 2 * dots + 1);
	for (const char *s = name; copy && *s; s++) {
		if (*s == '.' && s > from && s < last) {
			memcpy(copy + at, "%2e", 3);
			at += 3;
		} else {
			copy[at++] = *s;
		}
	}
	return copy;
}

bool vole_eval_known(void *arg, const char *name)
{
	struct vole_evaluation *ev = arg;
	const char *escaped;

	if (vole_eval_has(ev, ALL, name, NULL))
		return true;
	escaped = escaped_path(ev, name);
	return escaped && vole_eval_has(ev, ALL, escaped, NULL);
}

/* A name with its import path, as it is or as the linker escapes it. */
static bool full_name(struct vole_evaluation *ev, const char *name, bool *found,
		      struct vole_operand *ret, struct vole_error *err)
{
	const char *escaped;

	if (!vole_eval_symbol(ev, name, found, ret, err))
		return false;
	if (*found)
		return true;
	escaped = escaped_path(ev, name);
	return !escaped || vole_eval_symbol(ev, escaped, found, ret, err);
}

static bool in_package(struct vole_evaluation *ev, const char *package,
		       const char *name, bool *found, struct vole_operand *ret,
		       struct vole_error *err)
{
	const char *full = vole_arena_printf(ev->arena, "%s.%s", package, name);

	if (!full)
		return vole_fail_nomem(err);
	return full_name(ev, full, found, ret, err);
}

/* A variable of the selected frame. */
static bool in_scope(struct vole_evaluation *ev, const char *name, bool *found,
		     struct vole_operand *ret, struct vole_error *err)
{
	const struct vole_scope *scope = ev->eval->scope;

	*found = false;
	if (!scope || !scope->find)
		return true;
	ret->kind = VOLE_OPERAND_VALUE;
	if (scope->find(scope, name, &ret->value, err)) {
		*found = true;
		return true;
	}
	if (err->code != VOLE_NOT_FOUND)
		return false;
	*err = (struct vole_error){ 0 };
	return true;
}

/* The frame's package, then main. */
static bool package_level(struct vole_evaluation *ev, const char *name,
			  bool *found, struct vole_operand *ret,
			  struct vole_error *err)
{
	const struct vole_scope *scope = ev->eval->scope;

	*found = false;
	if (scope && scope->package && strcmp(scope->package, "main") != 0 &&
	    !in_package(ev, scope->package, name, found, ret, err))
		return false;
	return *found || in_package(ev, "main", name, found, ret, err);
}

static bool universe(struct vole_evaluation *ev, const char *name, bool *found,
		     struct vole_operand *ret, struct vole_error *err)
{
	bool truth = strcmp(name, "true") == 0;

	*found = true;
	if (truth || strcmp(name, "false") == 0) {
		ret->kind = VOLE_OPERAND_CONSTANT;
		ret->constant = vole_constant_bool(truth);
		return true;
	}
	if (strcmp(name, "nil") == 0) {
		ret->kind = VOLE_OPERAND_NIL;
		return true;
	}
	ret->kind = VOLE_OPERAND_TYPE;
	if (!vole_eval_predeclared(ev, name, &ret->type, err))
		return false;
	*found = ret->type != NULL;
	return true;
}

/* A name without package, by Go's scopes from inside out, C's globals last. */
static bool bare_name(struct vole_evaluation *ev, const char *name, bool *found,
		      struct vole_operand *ret, struct vole_error *err)
{
	if (!in_scope(ev, name, found, ret, err))
		return false;
	if (!*found && !package_level(ev, name, found, ret, err))
		return false;
	if (!*found && !universe(ev, name, found, ret, err))
		return false;
	return *found || vole_eval_symbol(ev, name, found, ret, err);
}

bool vole_eval_name(struct vole_evaluation *ev, const struct vole_node *node,
		    struct vole_operand *ret, struct vole_error *err)
{
	bool found = false, ok;

	ok = node->flag ? full_name(ev, node->text, &found, ret, err) :
			  bare_name(ev, node->text, &found, ret, err);
	if (ok && !found)
		ok = vole_eval_unknown(ev, VOLE_SYMBOL_VAR | VOLE_SYMBOL_CONST,
				       "variable", node->text, err);
	return ok || vole_eval_at(node, err);
}

/* Is the name a variable, so that name.x is a field of it? */
static bool names_variable(struct vole_evaluation *ev, const char *name)
{
	const struct vole_scope *scope = ev->eval->scope;
	const char *packages[] = { "main", scope ? scope->package : NULL };

	for (size_t i = 0; i < 2; i++) {
		const char *full;

		if (!packages[i])
			continue;
		full = vole_arena_printf(ev->arena, "%s.%s", packages[i], name);
		if (full &&
		    vole_eval_has(ev, VOLE_SYMBOL_VAR | VOLE_SYMBOL_CONST, full,
				  NULL))
			return true;
	}
	return vole_eval_has(ev, VOLE_SYMBOL_VAR, name, NULL);
}

/* The package's short name, as source code would say it: http.Get. */
static bool short_name(struct vole_evaluation *ev, const struct vole_node *node,
		       bool *found, struct vole_operand *ret,
		       struct vole_error *err)
{
	const char *full;

	if (!vole_eval_short(ev, node->a->text, node->text, &full, err))
		return false;
	if (full)
		return vole_eval_symbol(ev, full, found, ret, err);
	full = vole_arena_printf(ev->arena, "%s.%s", node->a->text, node->text);
	if (!full)
		return vole_fail_nomem(err);
	return vole_eval_unknown(ev, SHOWN, "variable", full, err);
}

/* Could name.x be a field of a variable of that type? */
static bool may_have_fields(const struct vole_type *type)
{
	if (!type)
		return true;
	switch (type->kind) {
	case VOLE_KIND_STRUCT:
	case VOLE_KIND_PTR:
	case VOLE_KIND_INTERFACE:
		return true;
	default:
		return false;
	}
}

bool vole_eval_package(struct vole_evaluation *ev, const struct vole_node *node,
		       bool *ret_found, struct vole_operand *ret,
		       struct vole_error *err)
{
	const struct vole_scope *scope = ev->eval->scope;
	const struct vole_type *type;
	bool is_local;

	*ret_found = false;
	if (node->a->kind != VOLE_NODE_NAME || node->a->flag)
		return true;
	is_local = scope && scope->has &&
		   scope->has(scope, node->a->text, &type);
	/* In Go it hides the package; here nothing else can be meant. */
	if (is_local && may_have_fields(type))
		return true;
	if (strcmp(node->a->text, "unsafe") == 0 &&
	    strcmp(node->text, "Pointer") == 0) {
		*ret_found = true;
		ret->kind = VOLE_OPERAND_TYPE;
		return vole_types_basic(ev->rt->types, VOLE_KIND_UNSAFE_POINTER,
					&ret->type, err);
	}
	if (!in_package(ev, node->a->text, node->text, ret_found, ret, err))
		return vole_eval_at(node->a, err);
	if (*ret_found || is_local || names_variable(ev, node->a->text))
		return true;
	return short_name(ev, node, ret_found, ret, err) ||
	       vole_eval_at(node->a, err);
}
