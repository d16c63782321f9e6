#include "runtime/gc.h"

enum { NUM_PAUSES = 256 }; /* mstats.go: the newest, round and round */

static const char *const phases[] = { "off", "mark", "mark termination" };

enum { NUM_PHASES = sizeof(phases) / sizeof(phases[0]) };

const char *vole_gc_phase(const struct vole_gc *gc)
{
	return phases[gc->phase];
}

static bool read_phase(const struct vole_runtime *rt, struct vole_gc *ret,
		       struct vole_error *err)
{
	uint64_t at, phase;

	if (!vole_runtime_var(rt, "runtime.gcphase", &at, err) ||
	    !vole_memory_uint(rt->mem, at, 4, &phase, err))
		return false;
	if (phase >= NUM_PHASES)
		return vole_fail(err, VOLE_CORRUPT, at,
				 "the collector is in phase %" PRIu64, phase);
	ret->phase = (uint32_t)phase;
	return true;
}

static bool read_stats(const struct vole_runtime *rt, struct vole_gc *ret,
		       struct vole_error *err)
{
	struct vole_view v;
	uint64_t at, pauses;

	if (!vole_runtime_var(rt, "runtime.memstats", &at, err))
		return false;
	v = vole_runtime_view(rt, at, err);
	ret->cycles = (uint32_t)vole_get(&v, VOLE_MSTATS_NUM_GC);
	ret->forced = (uint32_t)vole_get(&v, VOLE_MSTATS_NUM_FORCED_GC);
	ret->last_unix = vole_get(&v, VOLE_MSTATS_LAST_GC_UNIX);
	ret->last_nanotime = vole_get(&v, VOLE_MSTATS_LAST_GC_NANOTIME);
	ret->total_pause = vole_get(&v, VOLE_MSTATS_PAUSE_TOTAL);
	pauses = vole_get_addr(&v, VOLE_MSTATS_PAUSES);
	if (!v.ok)
		return false;
	if (!ret->cycles)
		return true;
	return vole_memory_uint(
		rt->mem, pauses + (uint64_t)(ret->cycles - 1) % NUM_PAUSES * 8,
		8, &ret->last_pause, err);
}

static bool read_controller(const struct vole_runtime *rt, struct vole_gc *ret,
			    struct vole_error *err)
{
	struct vole_view v;
	uint64_t at;

	if (!vole_runtime_var(rt, "runtime.gcController", &at, err))
		return false;
	v = vole_runtime_view(rt, at, err);
	ret->percent = (int32_t)vole_get(&v, VOLE_GC_CONTROLLER_PERCENT);
	ret->memory_limit = vole_get(&v, VOLE_GC_CONTROLLER_MEMORY_LIMIT);
	if (ret->memory_limit == INT64_MAX)
		ret->memory_limit = 0;
	ret->goal = vole_get(&v, VOLE_GC_CONTROLLER_HEAP_GOAL);
	ret->live = vole_get(&v, VOLE_GC_CONTROLLER_HEAP_LIVE);
	ret->marked = vole_get(&v, VOLE_GC_CONTROLLER_HEAP_MARKED);
	return v.ok;
}

bool vole_gc_read(const struct vole_runtime *rt, struct vole_gc *ret,
		  struct vole_error *err)
{
	*ret = (struct vole_gc){ 0 };
	return read_phase(rt, ret, err) && read_stats(rt, ret, err) &&
	       read_controller(rt, ret, err);
}
