#include "runtime/goroutine_search.h"

#include "runtime/goroutine.h"

#include <string.h>

enum { TRIED = 64, CHUNK = 64 << 10, SLICE = 24, MAX_GS = 1 << 28 };

/* What a search may cost: the data of a very large program. */
static const uint64_t MAX_SEARCH = (uint64_t)1 << 30;

/* Is it a g? One is known by how its fields agree. */
static bool is_g(const struct vole_runtime *rt, uint64_t addr)
{
	struct vole_error unused;
	struct vole_goroutine g;

	if (!addr || addr & 7 || !vole_goroutine_read(rt, addr, &g, &unused))
		return false;
	if (!vole_goroutine_lives(&g))
		return g.id < (uint64_t)1 << 40;
	return g.id && g.stack_lo < g.stack_hi &&
	       (g.status == VOLE_GSTATUS_RUNNING ||
		(g.sched_sp > g.stack_lo && g.sched_sp <= g.stack_hi));
}

static bool is_allgs(const struct vole_runtime *rt, const uint64_t slice[3])
{
	uint64_t i, addr, num = slice[1] < TRIED ? slice[1] : TRIED;
	struct vole_error unused;

	if (!slice[0] || slice[0] & 7 || !slice[1] || slice[1] > slice[2] ||
	    slice[2] > MAX_GS)
		return false;
	for (i = 0; i < num; i++)
		if (!vole_memory_uint(rt->mem, slice[0] + i * 8, 8, &addr,
				      &unused) ||
		    !is_g(rt, addr))
			return false;
	return true;
}

static void search(const struct vole_runtime *rt, uint64_t lo, uint64_t hi,
		   uint64_t *best, uint64_t *best_len)
{
	uint64_t len = hi < lo ? 0 : hi - lo, done, slice[3];
	uint8_t bytes[CHUNK + SLICE];

	for (done = 0; done < len && done < MAX_SEARCH; done += CHUNK) {
		uint64_t at = lo + done, left = len - done;
		size_t want = left < sizeof(bytes) ? left : sizeof(bytes);
		size_t have = vole_memory_read(rt->mem, at, bytes, want), i;

		for (i = 0; i + SLICE <= have && i < CHUNK; i += 8) {
			memcpy(slice, bytes + i, SLICE);
			if (slice[1] <= *best_len || !is_allgs(rt, slice))
				continue;
			*best = at + i;
			*best_len = slice[1];
		}
	}
}

bool vole_goroutines_search(const struct vole_runtime *rt, uint64_t *ret)
{
	const struct vole_module *m = rt->modules.items;
	uint64_t len = 0;

	if (!rt->modules.len)
		return false;
	/* allgs has pointers: it is in bss, or in data. */
	search(rt, m->bss, m->ebss, ret, &len);
	if (!len)
		search(rt, m->data, m->edata, ret, &len);
	return len > 0;
}
