#include "runtime/func.h"

#include "target/variable.h"

#include <string.h>

enum {
	SIZE_WORD = 8,
	SCOPES_CAP = 1 << 20, /* of one function's variables */
};

/* To Go 1.20 the function table has [...] for type arguments. */
static void find_arguments(const struct vole_runtime *rt,
			   struct vole_func *func)
{
	struct vole_code_scope *scopes;
	struct vole_arena scratch;
	struct vole_error ignored;
	size_t num;

	if (!strstr(func->name, "[...]") || !rt->di || !rt->di->ops->scopes)
		return;
	vole_arena_init(&scratch, SCOPES_CAP);
	if (rt->di->ops->scopes(rt->di, func->entry - rt->target->bias, NULL,
				&scratch, &scopes, &num, &ignored) &&
	    num && scopes[0].name && !strstr(scopes[0].name, "go.shape."))
		func->name = scopes[0].name;
	vole_arena_clear(&scratch);
}

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
	find_arguments(rt, &val.func);
	*ret = val;
	return true;
}
