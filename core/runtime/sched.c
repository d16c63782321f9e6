#include "runtime/sched.h"

/*
 * proc.go: freezeStopWait. The scheduler counts down from it, so that nobody
 * takes the world for stopped.
 */
static const int32_t FREEZE_STOP_WAIT = 0x7fffffff;
/* No program has as many Ps: it is what was counted down. */
static const int32_t MAX_COUNTED = 1 << 20;

static const char *const worlds[] = { "running", "stopping", "stopped",
				      "frozen" };

bool vole_sched_froze(int32_t stop_wait)
{
	return stop_wait > FREEZE_STOP_WAIT - MAX_COUNTED;
}

const char *vole_world_name(enum vole_world world)
{
	return worlds[world];
}

bool vole_sched_read(const struct vole_runtime *rt, struct vole_sched *ret,
		     struct vole_error *err)
{
	struct vole_sched s = { .world = VOLE_WORLD_RUNNING };
	struct vole_view v;
	bool waiting;
	uint64_t at;

	if (!vole_runtime_var(rt, "runtime.sched", &at, err))
		return false;
	v = vole_runtime_view(rt, at, err);
	s.queue = vole_get(&v, VOLE_SCHED_RUNQ_HEAD);
	s.queue_len = (int32_t)vole_get(&v, VOLE_SCHED_RUNQ_SIZE);
	s.idle_ms = (int32_t)vole_get(&v, VOLE_SCHED_NUM_IDLE_M);
	s.idle_ps = (int32_t)vole_get(&v, VOLE_SCHED_NUM_IDLE_P);
	s.spinning_ms = (int32_t)vole_get(&v, VOLE_SCHED_NUM_SPINNING);
	s.max_ms = (int32_t)vole_get(&v, VOLE_SCHED_MAX_M);
	s.stop_wait = (int32_t)vole_get(&v, VOLE_SCHED_STOP_WAIT);
	waiting = vole_get(&v, VOLE_SCHED_GC_WAITING);
	if (!v.ok)
		return false;
	if (vole_sched_froze(s.stop_wait)) {
		s.world = VOLE_WORLD_FROZEN;
		s.stop_wait = 0;
	} else if (waiting) {
		s.world = s.stop_wait > 0 ? VOLE_WORLD_STOPPING :
					    VOLE_WORLD_STOPPED;
	}
	*ret = s;
	return true;
}

bool vole_sched_next(const struct vole_runtime *rt, uint64_t g, uint64_t *ret,
		     struct vole_error *err)
{
	struct vole_view v = vole_runtime_view(rt, g, err);

	*ret = vole_get(&v, VOLE_G_SCHEDLINK);
	return v.ok;
}
