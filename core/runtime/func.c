#include "runtime/func.h"

#include "base/array.h"

#include <stdlib.h>
#include <string.h>

enum {
	SIZE_WORD = 8,
	MAX_CAPTURES = 4096, /* no closure is written with so many */
};

bool vole_funcval_open(const struct vole_runtime *rt, uint64_t addr,
		       struct vole_funcval *ret, struct vole_error *err)
{
	struct vole_funcval val = { .addr = addr };

	if (!addr) {
		*ret = val;
		return true;
	}
	if (!vole_memory_uint(rt->mem, addr, SIZE_WORD, &val.code, err))
		return vole_fail_in(err, "reading a func value");
	if (!vole_func_at(rt, val.code, &val.func, err)) {
		/* Without a function table nothing is known of any code. */
		if (err->code != VOLE_NOT_FOUND || !rt->pclntab)
			return false;
		return vole_fail(err, VOLE_CORRUPT, addr,
				 "func value with code 0x%" PRIx64
				 ", which is no Go function",
				 val.code);
	}
	if (val.func.entry != val.code)
		return vole_fail(err, VOLE_CORRUPT, addr,
				 "func value with code 0x%" PRIx64
				 ", which is inside a function",
				 val.code);
	*ret = val;
	return true;
}

struct gather {
	const struct vole_runtime *rt;
	VOLE_ARRAY(struct vole_capture) found;
	bool failed; /* out of memory */
};

static void gather(void *arg, const char *name, uint64_t offset,
		   uint64_t type_ref)
{
	struct gather *g = arg;
	struct vole_capture *capture;

	if (g->failed || g->found.len >= MAX_CAPTURES)
		return;
	capture = vole_array_push(&g->found);
	if (capture)
		*capture = (struct vole_capture){
			.name = name + (*name == '&'),
			.offset = offset,
			.by_reference = *name == '&',
			.type = vole_types_stub(g->rt->types,
						VOLE_TYPE_DEBUGINFO, type_ref),
		};
	g->failed = !capture || !capture->type;
}

static int by_offset(const void *a, const void *b)
{
	const struct vole_capture *x = a, *y = b;

	return (x->offset > y->offset) - (x->offset < y->offset);
}

/* "&x" is described as the pointer that the closure holds. */
static bool drop_pointers(struct gather *g, struct vole_error *err)
{
	size_t i;

	for (i = 0; i < g->found.len; i++) {
		struct vole_capture *capture = &g->found.items[i];

		if (!capture->by_reference)
			continue;
		if (!vole_type_load(g->rt->types, capture->type, err))
			return false;
		if (capture->type->kind != VOLE_KIND_PTR)
			return vole_fail(err, VOLE_CORRUPT, VOLE_NOWHERE,
					 "a variable captured by reference is "
					 "of kind %s",
					 vole_kind_name(capture->type->kind));
		capture->type = capture->type->elem;
	}
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
	ok = ok && drop_pointers(&g, err) &&
	     hand_over(&g, arena, ret, ret_num, err);
	vole_array_free(&g.found);
	return ok;
}
