#include "runtime/panic.h"

static bool seen(const uint64_t *records, size_t len, uint64_t addr)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (records[i] == addr)
			return true;
	return false;
}

void vole_panics_read(const struct vole_runtime *rt,
		      const struct vole_goroutine *g, struct vole_panics *ret)
{
	uint64_t records[VOLE_MAX_PANICS], at = g->panic;
	size_t n = 0;

	ret->len = 0;
	ret->problem = NULL;
	while (at) {
		struct vole_error unused;
		struct vole_view v = vole_runtime_view(rt, at, &unused);
		struct vole_panic it = {
			.addr = at,
			.arg = vole_get_addr(&v, VOLE_PANIC_ARG),
			.recovered = vole_get(&v, VOLE_PANIC_RECOVERED),
			.aborted = vole_get(&v, VOLE_PANIC_ABORTED),
			.goexit = vole_get(&v, VOLE_PANIC_GOEXIT),
		};
		/* A function that returns runs its defers by one, too. */
		bool returning = vole_get(&v, VOLE_PANIC_DEFER_RETURN);

		if (!v.ok || seen(records, n, at)) {
			ret->problem = "the list of panics is damaged";
			return;
		}
		if (n == VOLE_MAX_PANICS) {
			ret->problem = "there are more panics";
			return;
		}
		records[n++] = at;
		at = vole_get(&v, VOLE_PANIC_LINK);
		if (!returning)
			ret->items[ret->len++] = it;
	}
}
