#include "runtime/func.h"

enum { SIZE_WORD = 8 };

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
