#include "runtime/p.h"

#include "base/checked.h"

enum { MAX_PS = 1 << 16 };

static const char *const states[] = { "idle", "running", "syscall", "gcstop",
				      "dead" };

enum { NUM_STATES = sizeof(states) / sizeof(states[0]) };

const char *vole_p_state(const struct vole_p *p)
{
	return states[p->status];
}

bool vole_ps_find(const struct vole_runtime *rt, struct vole_ps *ret,
		  struct vole_error *err)
{
	struct vole_ps ps;
	uint64_t at;

	if (!vole_runtime_var(rt, "runtime.allp", &at, err))
		return false;
	if (!vole_memory_uint(rt->mem, at, 8, &ps.addr, err) ||
	    !vole_memory_uint(rt->mem, at + 8, 8, &ps.len, err))
		return vole_fail_in(err, "reading runtime.allp");
	if (ps.len > MAX_PS || !vole_range_ok(ps.addr, ps.len * 8))
		return vole_fail(err, VOLE_CORRUPT, at,
				 "runtime.allp with %" PRIu64
				 " Ps at 0x%" PRIx64,
				 ps.len, ps.addr);
	*ret = ps;
	return true;
}

bool vole_p_read(const struct vole_runtime *rt, const struct vole_ps *ps,
		 uint64_t index, struct vole_p *ret, struct vole_error *err)
{
	struct vole_p p = { 0 };
	struct vole_view v;
	uint64_t at;

	if (index >= ps->len || !vole_at(ps->addr, index, 8, &at))
		return vole_fail(err, VOLE_USAGE, VOLE_NOWHERE,
				 "P %" PRIu64 " of %" PRIu64, index, ps->len);
	if (!vole_memory_uint(rt->mem, at, 8, &p.addr, err))
		return vole_fail_in(err, "reading runtime.allp");
	v = vole_runtime_view(rt, p.addr, err);
	p.id = (int32_t)vole_get(&v, VOLE_P_ID);
	p.status = (uint32_t)vole_get(&v, VOLE_P_STATUS);
	p.m = vole_get(&v, VOLE_P_M);
	p.run_next = vole_get(&v, VOLE_P_RUN_NEXT);
	p.runq = vole_get_addr(&v, VOLE_P_RUNQ);
	p.runq_head = (uint32_t)vole_get(&v, VOLE_P_RUNQ_HEAD);
	p.runq_tail = (uint32_t)vole_get(&v, VOLE_P_RUNQ_TAIL);
	p.sched_when = (int64_t)vole_get(&v, VOLE_P_SCHED_WHEN);
	p.syscall_when = (int64_t)vole_get(&v, VOLE_P_SYSCALL_WHEN);
	if (!v.ok)
		return false;
	if (p.status >= NUM_STATES)
		return vole_fail(err, VOLE_CORRUPT, p.addr,
				 "P with status %" PRIu32, p.status);
	if (p.runq_tail - p.runq_head > VOLE_P_RUNQ_SIZE)
		return vole_fail(err, VOLE_CORRUPT, p.addr,
				 "P with %" PRIu32 " goroutines in a queue of "
				 "%d",
				 p.runq_tail - p.runq_head, VOLE_P_RUNQ_SIZE);
	*ret = p;
	return true;
}

bool vole_p_queued(const struct vole_runtime *rt, const struct vole_p *p,
		   uint32_t index, uint64_t *ret, struct vole_error *err)
{
	uint32_t at = (p->runq_head + index) % VOLE_P_RUNQ_SIZE;

	if (index >= p->runq_tail - p->runq_head)
		return vole_fail(err, VOLE_USAGE, p->addr,
				 "place %" PRIu32 " of a shorter queue", index);
	return vole_memory_uint(rt->mem, p->runq + (uint64_t)at * 8, 8, ret,
				err);
}
