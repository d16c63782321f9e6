#include "runtime/stack.h"

#include "runtime/stack_private.h"

#include <stdio.h>
#include <string.h>

enum {
	/* The largest stack, 1 GB, in frames of 64 bytes. */
	MAX_FRAMES = 1 << 24,
	/* Go and C calling each other, on a C stack of some 50 MB. */
	MAX_MOVES = 1 << 17,
};

bool stack_stop(struct vole_stack *stack, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(stack->text, sizeof(stack->text), fmt, args);
	va_end(args);
	stack->end = stack->text;
	stack->done = true;
	return false;
}

bool vole_stack_word(struct vole_stack *stack, uint64_t addr, uint64_t *ret)
{
	struct vole_error unused;

	return vole_memory_uint(stack->rt->mem, addr, WORD, ret, &unused);
}

/* --- which stack ----------------------------------------------------------- */

static bool within(uint64_t sp, uint64_t lo, uint64_t hi)
{
	return sp > lo && sp <= hi;
}

void stack_stand_on(struct vole_stack *stack, enum vole_stack_part part)
{
	const struct vole_m *m = stack->m;

	stack->part = part;
	stack->num_moves++;
	stack->lo = stack->hi = 0;
	if (part == VOLE_STACK_GOROUTINE) {
		stack->lo = stack->g.stack_lo;
		stack->hi = stack->g.stack_hi;
	} else if (m && part == VOLE_STACK_SIGNAL) {
		stack->lo = m->signal_lo;
		stack->hi = m->signal_hi;
	}
	/* The bounds of g0 are an estimate where C made the thread. */
}

enum vole_stack_part stack_part_of(const struct vole_stack *stack, uint64_t sp)
{
	const struct vole_m *m = stack->m;

	if (within(sp, stack->g.stack_lo, stack->g.stack_hi))
		return VOLE_STACK_GOROUTINE;
	if (m && within(sp, m->g0_lo, m->g0_hi))
		return VOLE_STACK_SYSTEM;
	if (m && within(sp, m->signal_lo, m->signal_hi))
		return VOLE_STACK_SIGNAL;
	return VOLE_STACK_ELSEWHERE;
}

void stack_move_to(struct vole_stack *stack, uint64_t pc, uint64_t sp)
{
	stack->pc = pc;
	stack->sp = sp;
	stack->exact = false;
	stack->has_bp = false;
	stack->kept.known = 0;
	stack_stand_on(stack, stack_part_of(stack, sp));
}

void stack_save(struct vole_stack *stack, enum vole_saved kind, uint64_t at)
{
	stack->saved = kind;
	stack->saved_at = at;
}

void stack_keep_reg(struct vole_stack *stack, unsigned reg, uint64_t value)
{
	stack->kept.value[reg] = value;
	stack->kept.known |= 1u << reg;
}

/* --- the first frame ------------------------------------------------------- */

/* Only the return address is there. */
bool stack_pop_nil_call(struct vole_stack *stack)
{
	if (stack->pc)
		return true;
	if (!vole_stack_word(stack, stack->sp, &stack->pc))
		return stack_stop(stack,
				  "pc is 0 and its stack cannot be read");
	stack->sp += WORD;
	stack->exact = false;
	return true;
}

static void keep_thread_regs(struct vole_stack *stack, uint32_t tid)
{
	/* Places in user_regs_struct. */
	static const struct {
		unsigned reg, at;
	} kept[] = { { VOLE_REG_R15, 0 },
		     { VOLE_REG_R12 + 2, 1 },
		     { VOLE_REG_R12 + 1, 2 },
		     { VOLE_REG_R12, 3 },
		     { VOLE_REG_RBX, 5 } };
	const struct vole_corefile *core = stack->rt->target->core;
	size_t i, k;

	for (i = 0; core && i < core->num_threads; i++)
		for (k = 0; core->threads[i].regs.tid == tid &&
			    k < sizeof(kept) / sizeof(kept[0]);
		     k++)
			stack_keep_reg(stack, kept[k].reg,
				       core->threads[i].gregs[kept[k].at]);
}

static bool begin_on_thread(struct vole_stack *stack)
{
	const struct vole_m *m = stack->m;
	const uint32_t needed = VOLE_HAVE_PC | VOLE_HAVE_SP;

	if (!m)
		return stack_stop(stack, "it runs, on no thread that is known");
	if (!m->has_regs || (m->regs.have & needed) != needed)
		return stack_stop(stack,
				  "it runs on thread %" PRIu64 ", whose "
				  "registers are not known",
				  m->tid);
	stack_move_to(stack, m->regs.pc, m->regs.sp);
	stack->bp = m->regs.bp;
	stack->has_bp = m->regs.have & VOLE_HAVE_BP;
	stack->exact = true;
	keep_thread_regs(stack, m->regs.tid);
	stack_save(stack, VOLE_SAVED_THREAD, m->regs.tid);
	return stack_pop_nil_call(stack);
}

/* A thread in C is unwound from there; one in a system call from its caller. */
static bool is_in_c(const struct vole_stack *stack)
{
	const struct vole_m *m = stack->m;

	return m && m->addr == stack->g.m && m->has_regs &&
	       m->curg == stack->g.addr &&
	       stack_part_of(stack, m->regs.sp) != VOLE_STACK_GOROUTINE;
}

void vole_stack_begin(struct vole_stack *stack, const struct vole_runtime *rt,
		      const struct vole_goroutine *g)
{
	const struct vole_ms *ms;
	struct vole_error err;

	memset(stack, 0, sizeof(*stack));
	stack->rt = rt;
	stack->g = *g;
	stack->innermost = true;
	if (g->m || g->locked_m) {
		if (vole_ms_get(rt, &ms, &err))
			stack->m = vole_m_of(ms, g);
		if (stack->m)
			stack->callback_sp = stack->m->g0_sp;
	}
	if (g->status == VOLE_GSTATUS_RUNNING ||
	    (g->status == VOLE_GSTATUS_SYSCALL && is_in_c(stack))) {
		begin_on_thread(stack);
	} else if (g->syscall_sp) {
		stack_move_to(stack, g->syscall_pc, g->syscall_sp);
		stack->bp = g->syscall_bp;
		stack->has_bp = g->syscall_bp != 0;
	} else {
		stack_move_to(stack, g->sched_pc, g->sched_sp);
		stack->bp = g->sched_bp;
		stack->has_bp = g->sched_bp != 0;
	}
	if (!stack->done && !vole_goroutine_lives(g))
		stack_stop(stack, "it is %s", vole_goroutine_state(g));
}

/* --- from frame to frame --------------------------------------------------- */

/* Go saves the frame pointer below the return address of a frame with room. */
static void follow_bp(struct vole_stack *stack, const struct vole_frame *frame,
		      const struct vole_pcinfo *info)
{
	uint64_t bp;

	if (info->delta < WORD || (frame->exact && info->flag & VOLE_FUNC_ASM))
		return;
	stack->has_bp = vole_stack_word(stack, frame->cfa - 2 * WORD, &bp);
	stack->bp = bp;
}

static bool cfa_ok(struct vole_stack *stack, const struct vole_frame *frame)
{
	if (frame->cfa <= frame->sp || frame->sp & (WORD - 1))
		return stack_stop(stack,
				  "a frame at sp 0x%" PRIx64 " is impossible",
				  frame->sp);
	if (stack->hi && (frame->sp < stack->lo || frame->cfa > stack->hi))
		return stack_stop(stack,
				  "a frame at sp 0x%" PRIx64
				  " lies outside its "
				  "stack, 0x%" PRIx64 " to 0x%" PRIx64,
				  frame->sp, stack->lo, stack->hi);
	return true;
}

static bool is_bottom(const struct vole_pcinfo *info, bool innermost)
{
	if (info->flag & VOLE_FUNC_TOP_FRAME)
		return true;
	/* What runs next on its stack cannot be told. */
	return info->flag & VOLE_FUNC_SP_WRITE && !innermost &&
	       info->special != VOLE_SPECIAL_SYSTEMSTACK &&
	       info->special != VOLE_SPECIAL_CGOCALLBACK;
}

static bool go_caller(struct vole_stack *stack, const struct vole_frame *frame,
		      const struct vole_pcinfo *info, bool innermost)
{
	uint64_t pc;

	switch ((enum vole_special)info->special) {
	case VOLE_SPECIAL_ASMCGOCALL:
		if (stack->part != VOLE_STACK_GOROUTINE)
			return stack_leave_c(stack, frame, innermost);
		break;
	case VOLE_SPECIAL_GOGO:
		if (stack->part != VOLE_STACK_GOROUTINE)
			break;
		/* It is back on the stack of the one that it goes to. */
		stack_move_to(stack, stack->g.sched_pc, frame->sp);
		return true;
	case VOLE_SPECIAL_GOEXIT:
		stack->done = true;
		return true;
	case VOLE_SPECIAL_MCALL:
		if (stack->part == VOLE_STACK_GOROUTINE)
			break;
		return stack_leave_mcall(stack);
	case VOLE_SPECIAL_SIGTRAMP:
		if (!vole_stack_word(stack, frame->cfa - WORD, &stack->pc))
			return stack_stop(stack,
					  "the signal frame at 0x%" PRIx64
					  " cannot be read",
					  frame->cfa);
		stack->sp = frame->cfa;
		stack->in_signal = true;
		return true;
	default:
		break;
	}
	if (info->flag & VOLE_FUNC_SP_WRITE && stack_leave_vdso(stack))
		return true;
	if (is_bottom(info, innermost)) {
		if (info->flag & VOLE_FUNC_TOP_FRAME)
			return stack_top_frame(stack);
		return stack_stop(stack, "what called a function that changes "
					 "stacks cannot be told");
	}
	if (!vole_stack_word(stack, frame->cfa - WORD, &pc))
		return stack_stop(stack,
				  "the return address at 0x%" PRIx64
				  " cannot be read",
				  frame->cfa - WORD);
	if (info->special == VOLE_SPECIAL_CGOCALLBACK &&
	    stack->part == VOLE_STACK_GOROUTINE)
		return stack_enter_c(stack, frame, info->delta, pc);
	follow_bp(stack, frame, info);
	stack->kept.known = 0;
	if (info->special == VOLE_SPECIAL_CROSSCALL)
		stack_restore_c_regs(stack, frame, info);
	stack->pc = pc;
	stack->sp = frame->cfa;
	stack->exact = info->special == VOLE_SPECIAL_SIGPANIC ||
		       info->special == VOLE_SPECIAL_INJECTED;
	/* It keeps them before it calls anything. */
	if (info->special == VOLE_SPECIAL_INJECTED && !frame->exact) {
		stack_save(stack, VOLE_SAVED_PREEMPT, frame->sp);
		stack->saved_by = *info;
	}
	return true;
}

static bool next_go(struct vole_stack *stack, struct vole_pcinfo info,
		    struct vole_frame *ret)
{
	bool innermost = stack->innermost;

	stack_jump_to_goroutine(stack, &info);
	if (!info.known)
		return stack_stop(stack, "0x%" PRIx64 " is in no function",
				  stack->pc);
	*ret = (struct vole_frame){
		.kind = VOLE_FRAME_GO,
		.exact = stack->exact,
		.has_bp = stack->has_bp,
		.pc = stack->pc,
		.sp = stack->sp,
		.bp = stack->bp,
		.entry = info.entry,
	};
	if (__builtin_add_overflow(stack->sp, (uint64_t)info.delta + WORD,
				   &ret->cfa))
		ret->cfa = 0;
	if (info.special == VOLE_SPECIAL_GOEXIT) {
		stack->done = true;
		return true;
	}
	/* The frame is told, whether or not its caller can be found. */
	if (cfa_ok(stack, ret))
		go_caller(stack, ret, &info, innermost);
	return true;
}

static bool next_signal(struct vole_stack *stack, struct vole_frame *ret)
{
	*ret = (struct vole_frame){ .kind = VOLE_FRAME_SIGNAL,
				    .pc = stack->pc,
				    .sp = stack->sp };
	stack->in_signal = false;
	stack_leave_signal(stack, ret);
	return true;
}

static bool next_c(struct vole_stack *stack, struct vole_frame *ret)
{
	if (stack->part == VOLE_STACK_GOROUTINE)
		return stack_stop(stack, "0x%" PRIx64 " is in no function",
				  stack->pc);
	*ret = (struct vole_frame){
		.kind = VOLE_FRAME_C,
		.exact = stack->exact,
		.has_bp = stack->has_bp,
		.pc = stack->pc,
		.sp = stack->sp,
		.bp = stack->bp,
	};
	if (stack_leave_vdso(stack))
		return true;
	switch (vole_cframe_caller(stack, &ret->cfa)) {
	case VOLE_CFRAME_CALLER:
		/* A handler had a stack of its own. */
		if (stack->exact)
			stack_stand_on(stack, stack_part_of(stack, stack->sp));
		break;
	case VOLE_CFRAME_TOP:
		stack_call_from_c_ended(stack);
		break;
	case VOLE_CFRAME_LOST:
		ret->lost = stack_go_on_in_go(stack);
		if (!ret->lost)
			stack_stop(stack,
				   "what called the C code at 0x%" PRIx64
				   " cannot be told",
				   ret->pc);
		break;
	}
	return true;
}

bool vole_stack_next(struct vole_stack *stack, struct vole_frame *ret)
{
	struct vole_pcinfo info;
	bool ok;

	if (stack->done)
		return false;
	if (stack->num_frames++ == MAX_FRAMES)
		return stack_stop(stack, "it has over %d frames", MAX_FRAMES);
	/* On one stack frames only go up: a circle has to change stacks. */
	if (stack->num_moves > MAX_MOVES)
		return stack_stop(stack, "it goes round between its stacks");
	stack->saved = VOLE_SAVED_NOWHERE;
	if (stack->in_signal)
		return next_signal(stack, ret);
	info = vole_pcinfo_at(stack->rt, stack->pc);
	ok = info.known ? next_go(stack, info, ret) : next_c(stack, ret);
	stack->innermost = false;
	return ok;
}
