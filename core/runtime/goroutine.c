#include "runtime/goroutine.h"

#include "base/checked.h"

#include <string.h>

enum {
	MAX_GOROUTINES = 1 << 28,
	G_BYTES = 512, /* a g has 392 to 456 */
	STATUS_SCAN = 0x1000,
	MAX_STACK = 1 << 30, /* runtime.maxstacksize on 64-bit machines */
};

const char *const vole_goroutine_states[] = { "idle",	 "runnable",  "running",
					      "syscall", "waiting",   "dead",
					      "copying", "preempted", "leaked",
					      NULL };

static const char *const state_of[] = {
	[VOLE_GSTATUS_IDLE] = "idle",
	[VOLE_GSTATUS_RUNNABLE] = "runnable",
	[VOLE_GSTATUS_RUNNING] = "running",
	[VOLE_GSTATUS_SYSCALL] = "syscall",
	[VOLE_GSTATUS_WAITING] = "waiting",
	[VOLE_GSTATUS_DEAD] = "dead",
	[VOLE_GSTATUS_COPYSTACK] = "copying",
	[VOLE_GSTATUS_PREEMPTED] = "preempted",
	[VOLE_GSTATUS_LEAKED] = "leaked",
	[VOLE_GSTATUS_DEADEXTRA] = "dead",
};

enum { NUM_STATES = sizeof(state_of) / sizeof(state_of[0]) };

const char *vole_goroutine_state(const struct vole_goroutine *g)
{
	return state_of[g->status];
}

bool vole_goroutine_lives(const struct vole_goroutine *g)
{
	return g->status != VOLE_GSTATUS_IDLE &&
	       g->status != VOLE_GSTATUS_DEAD &&
	       g->status != VOLE_GSTATUS_DEADEXTRA;
}

bool vole_goroutines_find(const struct vole_runtime *rt,
			  struct vole_goroutines *ret, struct vole_error *err)
{
	struct vole_goroutines list;
	struct vole_error unused;
	uint64_t at;

	if (!rt->layout.has[VOLE_STRUCT_G])
		return vole_fail(err, VOLE_NO_DEBUG_INFO, VOLE_NOWHERE,
				 "how a goroutine is laid out is not known");
	if (!vole_runtime_var(rt, "runtime.allgs", &at, &unused))
		return vole_fail(err, VOLE_NOT_FOUND, VOLE_NOWHERE,
				 "the list of goroutines (runtime.allgs) was "
				 "not found");
	if (!vole_memory_uint(rt->mem, at, 8, &list.addr, err) ||
	    !vole_memory_uint(rt->mem, at + 8, 8, &list.len, err))
		return vole_fail_in(err, "reading runtime.allgs");
	if (list.len > MAX_GOROUTINES ||
	    !vole_range_ok(list.addr, list.len * 8))
		return vole_fail(err, VOLE_CORRUPT, at,
				 "runtime.allgs with %" PRIu64
				 " goroutines at 0x%" PRIx64,
				 list.len, list.addr);
	ret->addr = list.addr;
	ret->len = vole_memory_extent(rt->mem, list.addr, list.len * 8) / 8;
	ret->lost = list.len - ret->len;
	return true;
}

bool vole_goroutines_get(const struct vole_runtime *rt,
			 const struct vole_goroutines *list, uint64_t index,
			 uint64_t *ret, struct vole_error *err)
{
	uint64_t at;

	if (index >= list->len || !vole_at(list->addr, index, 8, &at))
		return vole_fail(err, VOLE_USAGE, VOLE_NOWHERE,
				 "entry %" PRIu64 " of %" PRIu64 " goroutines",
				 index, list->len);
	if (!vole_memory_uint(rt->mem, at, 8, ret, err))
		return vole_fail_in(err, "reading runtime.allgs");
	return true;
}

void vole_goroutine_prefetch(const struct vole_runtime *rt, uint64_t next,
			     uint64_t sooner)
{
	enum { STACK_TOP = 256 };
	const struct vole_place *place = &rt->layout.place[VOLE_G_SCHED_SP];
	struct vole_error unused;
	uint64_t sp;

	vole_memory_prefetch(rt->mem, next, G_BYTES);
	if (sooner &&
	    vole_memory_uint(rt->mem, sooner + place->offset, 8, &sp, &unused))
		vole_memory_prefetch(rt->mem, sp, STACK_TOP);
}

void vole_goroutines_prefetch(const struct vole_runtime *rt,
			      const struct vole_goroutines *list,
			      uint64_t index, bool whole)
{
	struct vole_error unused;
	uint64_t next, sooner;

	if (index + VOLE_NEXT_G >= list->len ||
	    !vole_goroutines_get(rt, list, index + VOLE_NEXT_G, &next,
				 &unused) ||
	    !vole_goroutines_get(rt, list, index + VOLE_SOONER_G, &sooner,
				 &unused))
		return;
	if (whole) {
		vole_goroutine_prefetch(rt, next, sooner);
		return;
	}
	vole_memory_prefetch(rt->mem, next, 1);
	vole_memory_prefetch(rt->mem,
			     next + rt->layout.place[VOLE_G_STATUS].offset, 1);
}

static bool check(const struct vole_goroutine *g, uint64_t status,
		  struct vole_error *err)
{
	if (status >= NUM_STATES || !state_of[status])
		return vole_fail(err, VOLE_CORRUPT, g->addr,
				 "goroutine with status %" PRIu64, status);
	if (g->stack_lo > g->stack_hi)
		return vole_fail(err, VOLE_CORRUPT, g->addr,
				 "goroutine %" PRIu64 " with a stack from "
				 "0x%" PRIx64 " down to 0x%" PRIx64,
				 g->id, g->stack_lo, g->stack_hi);
	if (g->stack_hi - g->stack_lo > MAX_STACK)
		return vole_fail(err, VOLE_CORRUPT, g->addr,
				 "goroutine %" PRIu64 " with a stack of "
				 "%" PRIu64 " bytes",
				 g->id, g->stack_hi - g->stack_lo);
	return true;
}

static bool get_head(struct vole_view *v, struct vole_goroutine *g)
{
	uint64_t status = vole_get(v, VOLE_G_STATUS);

	g->id = vole_get(v, VOLE_G_GOID);
	g->stack_lo = vole_get(v, VOLE_G_STACK_LO);
	g->stack_hi = vole_get(v, VOLE_G_STACK_HI);
	g->wait_since = (int64_t)vole_get(v, VOLE_G_WAIT_SINCE);
	g->wait_reason = (uint8_t)vole_get(v, VOLE_G_WAIT_REASON);
	g->scan = status & STATUS_SCAN;
	status &= ~(uint64_t)STATUS_SCAN;
	if (!v->ok || !check(g, status, v->err))
		return false;
	g->status = (enum vole_goroutine_status)status;
	return true;
}

static void load(const struct vole_runtime *rt, struct vole_view *v,
		 uint8_t bytes[G_BYTES])
{
	uint64_t size = rt->layout.size[VOLE_STRUCT_G];

	vole_view_load(v, bytes, size < G_BYTES ? size : G_BYTES);
}

bool vole_goroutine_head(const struct vole_runtime *rt, uint64_t addr,
			 struct vole_goroutine *ret, struct vole_error *err)
{
	struct vole_view v = vole_runtime_view(rt, addr, err);
	struct vole_goroutine g = { .addr = addr };
	uint8_t bytes[G_BYTES];

	load(rt, &v, bytes);
	if (!get_head(&v, &g))
		return false;
	*ret = g;
	return true;
}

bool vole_goroutine_read(const struct vole_runtime *rt, uint64_t addr,
			 struct vole_goroutine *ret, struct vole_error *err)
{
	struct vole_view v = vole_runtime_view(rt, addr, err);
	struct vole_goroutine g = { .addr = addr };
	uint8_t bytes[G_BYTES];

	load(rt, &v, bytes);
	g.sched_sp = vole_get(&v, VOLE_G_SCHED_SP);
	g.sched_pc = vole_get(&v, VOLE_G_SCHED_PC);
	g.sched_bp = vole_get(&v, VOLE_G_SCHED_BP);
	g.syscall_sp = vole_get(&v, VOLE_G_SYSCALL_SP);
	g.syscall_pc = vole_get(&v, VOLE_G_SYSCALL_PC);
	g.syscall_bp = vole_get(&v, VOLE_G_SYSCALL_BP);
	g.m = vole_get(&v, VOLE_G_M);
	g.locked_m = vole_get(&v, VOLE_G_LOCKED_M);
	g.panic = vole_get(&v, VOLE_G_PANIC);
	g.defer = vole_get(&v, VOLE_G_DEFER);
	g.parent = vole_get(&v, VOLE_G_PARENT);
	g.go_pc = vole_get(&v, VOLE_G_GO_PC);
	g.start_pc = vole_get(&v, VOLE_G_START_PC);
	g.waiting = vole_get(&v, VOLE_G_WAITING);
	g.labels = vole_get(&v, VOLE_G_LABELS);
	g.timer = vole_get(&v, VOLE_G_TIMER);
	g.sleep_when = (int64_t)vole_get(&v, VOLE_G_SLEEP_WHEN);
	g.sig = (uint32_t)vole_get(&v, VOLE_G_SIG);
	g.sigcode0 = vole_get(&v, VOLE_G_SIGCODE0);
	g.sigcode1 = vole_get(&v, VOLE_G_SIGCODE1);
	g.sigpc = vole_get(&v, VOLE_G_SIGPC);
	if (!get_head(&v, &g))
		return false;
	*ret = g;
	return true;
}

bool vole_goroutine_find(const struct vole_runtime *rt, uint64_t id,
			 struct vole_goroutine *ret, struct vole_error *err)
{
	struct vole_goroutines list;
	struct vole_goroutine g;
	struct vole_error unused;
	uint64_t i, addr, unreadable;

	if (!vole_goroutines_find(rt, &list, err))
		return false;
	unreadable = list.lost;
	for (i = 0; i < list.len; i++) {
		if (!vole_goroutines_get(rt, &list, i, &addr, &unused) ||
		    !vole_goroutine_read(rt, addr, &g, &unused)) {
			unreadable++;
		} else if (g.id == id && vole_goroutine_lives(&g)) {
			*ret = g;
			return true;
		}
	}
	if (unreadable)
		return vole_fail(err, VOLE_UNREADABLE, VOLE_NOWHERE,
				 "no goroutine %" PRIu64 " lives among those "
				 "that can be read; %" PRIu64 " cannot",
				 id, unreadable);
	return vole_fail(err, VOLE_NOT_FOUND, VOLE_NOWHERE,
			 "no goroutine %" PRIu64
			 " lives; `go goroutines` lists "
			 "them",
			 id);
}
