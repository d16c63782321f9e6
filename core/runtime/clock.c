#include "runtime/clock.h"

#include "runtime/p.h"

#include <time.h>

static bool is_here(const struct vole_runtime *rt)
{
	struct vole_host *host = rt->target->host;
	struct vole_facts facts;

	if (rt->target->kind != VOLE_TARGET_LIVE || !host)
		return false;
	host->facts(host, &facts);
	return !facts.remote;
}

static int64_t latest(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t of_sched(const struct vole_runtime *rt)
{
	struct vole_error unused;
	struct vole_view v;
	uint64_t addr;

	if (!vole_runtime_var(rt, "runtime.sched", &addr, &unused))
		return 0;
	v = vole_runtime_view(rt, addr, &unused);
	return (int64_t)vole_get(&v, VOLE_SCHED_LAST_POLL);
}

int64_t vole_clock_newest(const struct vole_runtime *rt)
{
	int64_t newest = of_sched(rt);
	struct vole_error unused;
	struct timespec now;
	struct vole_ps ps;
	size_t i;

	if (is_here(rt) && !clock_gettime(CLOCK_MONOTONIC, &now))
		return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
	if (!vole_ps_find(rt, &ps, &unused))
		return newest;
	for (i = 0; i < ps.len; i++) {
		struct vole_p p;

		if (!vole_p_read(rt, &ps, i, &p, &unused))
			continue;
		newest = latest(newest, p.sched_when);
		newest = latest(newest, p.syscall_when);
	}
	return newest;
}
