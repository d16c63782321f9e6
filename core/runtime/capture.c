/* What a closure has captured: debug information's word, or the receiver. */
#include "runtime/func.h"

#include "base/array.h"
#include "runtime/dictionary.h"

#include <stdlib.h>
#include <string.h>

enum {
	SIZE_WORD = 8,
	MAX_CAPTURES = 4096, /* no closure is written with so many */
	MAX_NAME = 512, /* of a type with methods */
};

struct gather {
	const struct vole_runtime *rt;
	VOLE_ARRAY(struct vole_variable) told;
	VOLE_ARRAY(struct vole_capture) found;
	bool failed; /* out of memory */
};

static void gather(void *arg, const struct vole_variable *variable)
{
	struct gather *g = arg;
	struct vole_variable *mine;

	if (g->failed || g->told.len >= MAX_CAPTURES)
		return;
	mine = vole_array_push(&g->told);
	if (mine)
		*mine = *variable;
	g->failed = !mine;
}

static int by_offset(const void *a, const void *b)
{
	const struct vole_capture *x = a, *y = b;

	return (x->offset > y->offset) - (x->offset < y->offset);
}

/* That of the generic function which made the closure; 0: not known. */
static uint64_t dictionary(const struct gather *g,
			   const struct vole_funcval *func)
{
	struct vole_error ignored;
	uint64_t dict;
	size_t i;

	for (i = 0; i < g->told.len; i++)
		if (!strcmp(g->told.items[i].name, ".dict") &&
		    vole_memory_uint(g->rt->mem,
				     func->addr +
					     g->told.items[i].closure_offset,
				     SIZE_WORD, &dict, &ignored))
			return dict;
	return 0;
}

/* "&x" is described as the pointer that the closure holds. */
static bool drop_pointer(struct gather *g, struct vole_capture *capture,
			 struct vole_error *err)
{
	if (!vole_type_load(g->rt->types, capture->type, err))
		return false;
	if (capture->type->kind != VOLE_KIND_PTR)
		return vole_fail(err, VOLE_CORRUPT, VOLE_NOWHERE,
				 "a variable captured by reference is of kind "
				 "%s",
				 vole_kind_name(capture->type->kind));
	capture->type = capture->type->elem;
	return true;
}

static bool add(struct gather *g, const struct vole_variable *variable,
		uint64_t dict, struct vole_error *err)
{
	struct vole_capture *ret = vole_array_push(&g->found);
	struct vole_error ignored;

	if (!ret)
		return vole_fail_nomem(err);
	*ret = (struct vole_capture){
		.name = variable->name + (*variable->name == '&'),
		.offset = variable->closure_offset,
		.by_reference = *variable->name == '&',
		.type = vole_types_stub(g->rt->types, VOLE_TYPE_DEBUGINFO,
					variable->type_ref),
	};
	if (!ret->type)
		return vole_fail_nomem(err);
	if (ret->by_reference && !drop_pointer(g, ret, err))
		return false;
	if (vole_type_load(g->rt->types, ret->type, &ignored))
		vole_dictionary_type(g->rt, dict, variable, &ret->type);
	return true;
}

static bool add_told(struct gather *g, const struct vole_funcval *func,
		     struct vole_error *err)
{
	uint64_t dict = dictionary(g, func);
	size_t i;

	for (i = 0; i < g->told.len; i++)
		if (!add(g, &g->told.items[i], dict, err))
			return false;
	return true;
}

/* --- method values ----------------------------------------------------------- */

/* The last dot that is in no type argument; NULL: there is none. */
static const char *last_dot(const char *name, const char *end)
{
	unsigned depth = 0;

	while (end > name) {
		end--;
		depth += *end == ']';
		depth -= *end == '[' && depth;
		if (*end == '.' && !depth)
			return end;
	}
	return NULL;
}

/*
 * "main.T" of "main.T.Method-fm" and of "main.(*T).Method-fm", which are what
 * cmd/compile calls the functions of method values.
 */
static bool receiver_name(const char *name, char ret[MAX_NAME],
			  bool *ret_pointer)
{
	size_t len = strlen(name), used = 0;
	const char *dot, *type;

	if (len < 3 || len > MAX_NAME || strcmp(name + len - 3, "-fm") != 0)
		return false;
	dot = last_dot(name, name + len - 3);
	type = dot ? last_dot(name, dot) : NULL;
	if (!type)
		return false;
	type++;
	/* The predeclared type error has a package here only. */
	if (strncmp(name, "go.builtin.", 11) != 0 &&
	    strncmp(name, "go:builtin.", 11) != 0)
		used = (size_t)(type - name);
	memcpy(ret, name, used);
	len = (size_t)(dot - type);
	*ret_pointer = len > 3 && type[0] == '(' && type[1] == '*' &&
		       type[len - 1] == ')';
	if (*ret_pointer) {
		type += 2;
		len -= 3;
	}
	memcpy(ret + used, type, len);
	ret[used + len] = '\0';
	return true;
}

/*
 * The closure of x.Method: struct { F uintptr; R T } with the receiver in it.
 * cmd/compile/internal/typecheck/func.go: MethodValueType.
 */
static bool add_receiver(struct gather *g, const struct vole_funcval *func,
			 struct vole_error *err)
{
	struct vole_error ignored;
	struct vole_capture *ret;
	struct vole_type *type;
	char name[MAX_NAME];
	bool pointer;

	if (!receiver_name(func->func.name, name, &pointer) ||
	    !vole_types_find(g->rt->types, name, &type, &ignored) ||
	    (pointer &&
	     !vole_types_pointer(g->rt->types, type, &type, &ignored)))
		return true;
	ret = vole_array_push(&g->found);
	if (!ret)
		return vole_fail_nomem(err);
	*ret = (struct vole_capture){ .name = ".this",
				      .offset = SIZE_WORD,
				      .type = type };
	return true;
}

static bool hand_over(const struct gather *g, struct vole_arena *arena,
		      const struct vole_capture **ret, size_t *ret_num,
		      struct vole_error *err)
{
	size_t num = g->found.len;
	struct vole_capture *items;

	*ret = NULL;
	*ret_num = 0;
	if (!num)
		return true;
	items = vole_arena_array(arena, num, sizeof(*items));
	if (!items)
		return vole_fail_nomem(err);
	memcpy(items, g->found.items, num * sizeof(*items));
	qsort(items, num, sizeof(*items), by_offset);
	*ret = items;
	*ret_num = num;
	return true;
}

bool vole_funcval_captures(const struct vole_runtime *rt,
			   struct vole_arena *arena,
			   const struct vole_funcval *func,
			   const struct vole_capture **ret, size_t *ret_num,
			   struct vole_error *err)
{
	struct gather g = { .rt = rt };
	bool ok = true;

	if (func->addr && rt->di && rt->di->ops->captures)
		ok = rt->di->ops->captures(rt->di,
					   func->func.entry - rt->target->bias,
					   gather, &g, err) ||
		     err->code == VOLE_NOT_FOUND;
	if (ok && g.failed)
		ok = vole_fail_nomem(err);
	ok = ok && add_told(&g, func, err) &&
	     (g.found.len || !func->addr || add_receiver(&g, func, err)) &&
	     hand_over(&g, arena, ret, ret_num, err);
	vole_array_free(&g.told);
	vole_array_free(&g.found);
	return ok;
}
