/*
 * Stacks and registers as roots: any word of them may be a pointer.
 */
#include "heap/build.h"
#include "heap/roots.h"
#include "runtime/m.h"
#include "runtime/registers.h"
#include "runtime/stack.h"
#include "target/registers.h"

enum {
	MAX_FRAMES = 4096,
	/*
	 * What copies go through is in memory, too, and stays in the others
	 * long after.
	 */
	GENERAL = (1 << (VOLE_REGISTER_PC + 1)) - 1,
};

/* Larger ones are C's: only the part in use is looked at. */
static const uint64_t MAX_UNKNOWN_STACK = 64 << 10;

static bool within(uint64_t addr, uint64_t lo, uint64_t hi)
{
	return addr >= lo && addr < hi;
}

/* Of a goroutine that a thread runs now: perhaps on another stack. */
static uint64_t running_sp(const struct vole_runtime *rt,
			   const struct vole_goroutine *g)
{
	struct vole_stack stack;
	struct vole_frame frame;
	unsigned num;

	vole_stack_begin(&stack, rt, g);
	for (num = 0; num < MAX_FRAMES && vole_stack_next(&stack, &frame);
	     num++)
		if (within(frame.sp, g->stack_lo, g->stack_hi))
			return frame.sp;
	return g->stack_lo;
}

uint64_t vole_stack_used(const struct vole_runtime *rt,
			 const struct vole_goroutine *g)
{
	uint64_t sp = g->syscall_sp ? g->syscall_sp : g->sched_sp;

	if (g->status == VOLE_GSTATUS_RUNNING)
		sp = running_sp(rt, g);
	return within(sp, g->stack_lo, g->stack_hi) ? sp : g->stack_lo;
}

static bool visit_stack(struct vole_root_walk *w,
			const struct vole_goroutine *g)
{
	struct vole_root root = { .kind = VOLE_ROOT_STACK,
				  .owner = g->id,
				  .g = g->addr };
	uint64_t lo = vole_stack_used(w->heap->rt, g);

	return g->stack_hi <= lo ||
	       vole_root_range(w, &root, lo, g->stack_hi - lo);
}

bool vole_root_stacks(struct vole_root_walk *w)
{
	const struct vole_runtime *rt = w->heap->rt;
	struct vole_goroutines list;
	uint64_t i, addr;

	if (!vole_goroutines_find(rt, &list, w->err))
		return false;
	for (i = 0; i < list.len; i++) {
		struct vole_error unused;
		struct vole_goroutine g;

		if (!(i & 255) && !vole_heap_go_on(w->ui, w->err))
			return false;
		if (!vole_goroutines_get(rt, &list, i, &addr, &unused) ||
		    !vole_goroutine_read(rt, addr, &g, &unused) ||
		    !vole_goroutine_lives(&g))
			continue;
		if (!visit_stack(w, &g))
			return false;
	}
	return true;
}

static bool is_readable(struct vole_memory *mem, uint64_t lo, uint64_t hi)
{
	return hi <= lo || (vole_memory_readable(mem, lo) &&
			    vole_memory_readable(mem, hi - 1));
}

bool vole_roots_are_whole(const struct vole_heap *heap)
{
	const struct vole_runtime *rt = heap->rt;
	const struct vole_ms *ms;
	struct vole_goroutines list;
	struct vole_goroutine g;
	struct vole_error unused;
	uint64_t i, addr;

	if ((rt->mem->core && rt->mem->core->truncated) ||
	    !vole_heap_is_whole(heap) ||
	    !vole_goroutines_find(rt, &list, &unused) || list.lost)
		return false;
	for (i = 0; i < list.len; i++)
		if (!vole_goroutines_get(rt, &list, i, &addr, &unused) ||
		    !vole_goroutine_head(rt, addr, &g, &unused) ||
		    !is_readable(rt->mem, g.stack_lo, g.stack_hi))
			return false;
	return vole_ms_get(rt, &ms, &unused) && !ms->problem;
}

/* The part in use of [lo, hi), a stack of the thread with @p regs. */
static bool visit_system_stack(struct vole_root_walk *w,
			       const struct vole_regs *regs, uint64_t sp,
			       uint64_t lo, uint64_t hi)
{
	struct vole_root root = { .kind = VOLE_ROOT_SYSTEM_STACK,
				  .owner = regs->tid };

	if (regs->have & VOLE_HAVE_SP && within(regs->sp, lo, hi))
		sp = regs->sp;
	if (!within(sp, lo, hi)) {
		if (hi <= lo || hi - lo > MAX_UNKNOWN_STACK)
			return true;
		sp = lo;
	}
	return vole_root_range(w, &root, sp, hi - sp);
}

static bool visit_regs(struct vole_root_walk *w, uint32_t tid,
		       const struct vole_registers *regs)
{
	struct vole_root root = {
		.kind = VOLE_ROOT_REGISTERS,
		.owner = tid,
		.words = { 0, regs->known & GENERAL,
			   (const uint8_t *)regs->value },
	};

	if (!root.words.mask || w->v->visit(w->v, &root))
		return true;
	w->ended = true;
	return false;
}

/* Of a process: all, else those that every host tells. */
static struct vole_registers regs_of(const struct vole_runtime *rt,
				     const struct vole_regs *from)
{
	struct vole_registers ret = { 0 };

	if (vole_thread_registers(rt, from->tid, &ret))
		return ret;
	ret = (struct vole_registers){ 0 };
	vole_register_set(&ret, VOLE_REGISTER_PC, from->pc);
	vole_register_set(&ret, VOLE_REGISTER_SP, from->sp);
	vole_register_set(&ret, VOLE_REGISTER_BP, from->bp);
	vole_register_set(&ret, VOLE_REGISTER_G, from->g);
	return ret;
}

static bool visit_all_regs(struct vole_root_walk *w, const struct vole_ms *ms)
{
	const struct vole_corefile *core = w->heap->rt->mem->core;
	size_t i;

	for (i = 0; core && i < core->num_threads; i++) {
		const struct vole_core_thread *t = &core->threads[i];
		struct vole_registers regs;

		vole_core_thread_registers(t, &regs);
		if (!visit_regs(w, t->regs.tid, &regs))
			return false;
	}
	for (i = 0; !core && i < ms->len; i++) {
		const struct vole_regs *from = &ms->items[i].regs;
		struct vole_registers regs = regs_of(w->heap->rt, from);

		if (ms->items[i].has_regs && !visit_regs(w, from->tid, &regs))
			return false;
	}
	return true;
}

/*
 * A thread that handles a signal has its goroutine's registers in memory: a
 * crash has every thread handle one.
 */
static bool visit_interrupted(struct vole_root_walk *w, const struct vole_m *m)
{
	struct vole_root root = { .kind = VOLE_ROOT_SYSTEM_STACK,
				  .owner = m->regs.tid };
	const struct vole_runtime *rt = w->heap->rt;
	struct vole_error unused;
	struct vole_goroutine g;
	struct vole_stack stack;
	struct vole_frame frame;
	unsigned num, words;
	uint64_t addr = 0;

	if (!m->has_regs || !m->curg ||
	    !within(m->regs.sp, m->signal_lo, m->signal_hi) ||
	    !vole_goroutine_read(rt, m->curg, &g, &unused))
		return true;
	vole_stack_begin(&stack, rt, &g);
	for (num = 0; num < MAX_FRAMES && vole_stack_next(&stack, &frame) &&
		      !within(frame.sp, g.stack_lo, g.stack_hi);
	     num++) {
		words = vole_stack_interrupted(&stack, &addr);
		if (words && !vole_root_range(w, &root, addr, words * 8))
			return false;
	}
	return true;
}

bool vole_root_threads(struct vole_root_walk *w, uint32_t kinds)
{
	const struct vole_ms *ms;
	size_t i;

	if (!vole_ms_get(w->heap->rt, &ms, w->err))
		return false;
	if (kinds & 1 << VOLE_ROOT_REGISTERS && !visit_all_regs(w, ms))
		return false;
	/* They are part of that stack. */
	if (kinds & 1 << VOLE_ROOT_SYSTEM_STACK)
		kinds &= ~(1u << VOLE_ROOT_REGISTERS);
	for (i = 0; kinds & 1 << VOLE_ROOT_REGISTERS && i < ms->len; i++)
		if (!vole_heap_go_on(w->ui, w->err) ||
		    !visit_interrupted(w, &ms->items[i]))
			return false;
	for (i = 0; kinds & 1 << VOLE_ROOT_SYSTEM_STACK && i < ms->len; i++) {
		const struct vole_m *m = &ms->items[i];

		if (!vole_heap_go_on(w->ui, w->err) ||
		    !visit_system_stack(w, &m->regs, m->g0_sp, m->g0_lo,
					m->g0_hi) ||
		    !visit_system_stack(w, &m->regs, 0, m->signal_lo,
					m->signal_hi))
			return false;
	}
	return true;
}
