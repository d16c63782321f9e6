#include "runtime/stack.h"

#include "runtime/cframe.h"

#include <stdio.h>
#include <string.h>

enum {
	/* The largest stack, 1 GB, in frames of 64 bytes. */
	MAX_FRAMES = 1 << 24,
	/* Go and C calling each other, on a C stack of some 50 MB. */
	MAX_MOVES = 1 << 17,
	WORD = 8,
};

/* struct ucontext of amd64, which a signal frame's cfa points at. */
enum {
	GREGS = 40, /* uc_mcontext.gregs */
	GREG_RBP = GREGS + 10 * WORD,
	GREG_RSP = GREGS + 15 * WORD,
	GREG_RIP = GREGS + 16 * WORD,
};

static bool stop(struct vole_stack *stack, const char *fmt, ...)
	VOLE_PRINTF(2, 3);

static bool stop(struct vole_stack *stack, const char *fmt, ...)
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

static void stand_on(struct vole_stack *stack, enum vole_stack_part part)
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

static enum vole_stack_part part_of(const struct vole_stack *stack, uint64_t sp)
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

static void move_to(struct vole_stack *stack, uint64_t pc, uint64_t sp)
{
	stack->pc = pc;
	stack->sp = sp;
	stack->exact = false;
	stack->has_bp = false;
	stack->kept.known = 0;
	stand_on(stack, part_of(stack, sp));
}

static void save(struct vole_stack *stack, enum vole_saved kind, uint64_t at)
{
	stack->saved = kind;
	stack->saved_at = at;
}

static void keep_reg(struct vole_stack *stack, unsigned reg, uint64_t value)
{
	stack->kept.value[reg] = value;
	stack->kept.known |= 1u << reg;
}

/* --- the first frame ------------------------------------------------------- */

/* Called a nil function: only the return address is there. */
static bool pop_nil_call(struct vole_stack *stack)
{
	if (stack->pc)
		return true;
	if (!vole_stack_word(stack, stack->sp, &stack->pc))
		return stop(stack, "pc is 0 and its stack cannot be read");
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
			keep_reg(stack, kept[k].reg,
				 core->threads[i].gregs[kept[k].at]);
}

static bool begin_on_thread(struct vole_stack *stack)
{
	const struct vole_m *m = stack->m;
	const uint32_t needed = VOLE_HAVE_PC | VOLE_HAVE_SP;

	if (!m)
		return stop(stack, "it runs, on no thread that is known");
	if (!m->has_regs || (m->regs.have & needed) != needed)
		return stop(stack,
			    "it runs on thread %" PRIu64 ", whose "
			    "registers are not known",
			    m->tid);
	move_to(stack, m->regs.pc, m->regs.sp);
	stack->bp = m->regs.bp;
	stack->has_bp = m->regs.have & VOLE_HAVE_BP;
	stack->exact = true;
	keep_thread_regs(stack, m->regs.tid);
	save(stack, VOLE_SAVED_THREAD, m->regs.tid);
	return pop_nil_call(stack);
}

/* A thread in C is unwound from there; one in a system call from its caller. */
static bool is_in_c(const struct vole_stack *stack)
{
	const struct vole_m *m = stack->m;

	return m && m->addr == stack->g.m && m->has_regs &&
	       m->curg == stack->g.addr &&
	       part_of(stack, m->regs.sp) != VOLE_STACK_GOROUTINE;
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
		move_to(stack, g->syscall_pc, g->syscall_sp);
		stack->bp = g->syscall_bp;
		stack->has_bp = g->syscall_bp != 0;
	} else {
		move_to(stack, g->sched_pc, g->sched_sp);
		stack->bp = g->sched_bp;
		stack->has_bp = g->sched_bp != 0;
	}
	if (!stack->done && !vole_goroutine_lives(g))
		stop(stack, "it is %s", vole_goroutine_state(g));
}

/* --- from frame to frame --------------------------------------------------- */

/* From the system stack to the goroutine that it works for. */
static void jump_to_goroutine(struct vole_stack *stack,
			      struct vole_pcinfo *info)
{
	const struct vole_goroutine *g = &stack->g;

	if (stack->part == VOLE_STACK_GOROUTINE || !stack->m ||
	    stack->m->curg != g->addr)
		return;
	if (info->special == VOLE_SPECIAL_SYSTEMSTACK) {
		stack->sp = g->sched_sp;
		stand_on(stack, VOLE_STACK_GOROUTINE);
	} else if (info->special == VOLE_SPECIAL_MORESTACK) {
		move_to(stack, g->sched_pc, g->sched_sp);
		*info = vole_pcinfo_at(stack->rt, stack->pc);
	}
}

static void call_from_c_ended(struct vole_stack *stack)
{
	if (!stack->has_resume) {
		stack->done = true;
		return;
	}
	stack->has_resume = false;
	move_to(stack, stack->resume_pc, stack->resume_sp);
	/* A thread of C came in: nothing of Go's called it. */
	if (vole_pcinfo_at(stack->rt, stack->pc).special == VOLE_SPECIAL_GOEXIT)
		stack->done = true;
}

/*
 * asm_amd64.s: asmcgocall leaves g and how deep its stack was, at the bottom
 * of its frame on the system stack; in other places up to Go 1.21.
 */
static bool find_saved_depth(struct vole_stack *stack, uint64_t sp,
			     uint64_t *ret)
{
	static const uint64_t places[][2] = { { 8, 0 }, { 48, 40 } };
	uint64_t size = stack->g.stack_hi - stack->g.stack_lo;
	size_t i;

	for (i = 0; i < 2; i++) {
		uint64_t g, depth;

		if (!vole_stack_word(stack, sp + places[i][0], &g) ||
		    !vole_stack_word(stack, sp + places[i][1], &depth) ||
		    g != stack->g.addr || depth >= size || depth < WORD)
			continue;
		*ret = depth;
		return true;
	}
	return false;
}

/* Below asmcgocall on the system stack lies the goroutine that called C. */
static bool leave_c(struct vole_stack *stack, const struct vole_frame *frame)
{
	const struct vole_goroutine *g = &stack->g;
	uint64_t depth, pc;

	if (stack->has_resume) {
		call_from_c_ended(stack);
		return true;
	}
	if (g->syscall_sp) {
		move_to(stack, g->syscall_pc, g->syscall_sp);
		return true;
	}
	if (!find_saved_depth(stack, frame->sp, &depth) ||
	    !vole_stack_word(stack, g->stack_hi - depth, &pc))
		return stop(stack,
			    "where asmcgocall left the goroutine's "
			    "stack was not found at 0x%" PRIx64,
			    frame->sp);
	move_to(stack, pc, g->stack_hi - depth + WORD);
	return true;
}

/*
 * asm_amd64.s: cgocallback has a frame on both stacks. The one of the system
 * stack, where C called it, begins with the place of the one before.
 */
static bool enter_c(struct vole_stack *stack, const struct vole_frame *frame,
		    int32_t delta, uint64_t ret_pc)
{
	uint64_t sp = stack->callback_sp, before, pc;

	stack->resume_pc = ret_pc;
	stack->resume_sp = frame->cfa;
	stack->has_resume = true;
	if (!sp || !vole_stack_word(stack, sp, &before) ||
	    !vole_stack_word(stack, sp + (uint64_t)delta, &pc) ||
	    !vole_pcinfo_at(stack->rt, pc).known) {
		call_from_c_ended(stack);
		return true;
	}
	stack->callback_sp = before;
	stack->pc = pc;
	stack->sp = sp + (uint64_t)delta + WORD;
	stack->exact = false;
	stack->has_bp = false;
	stand_on(stack, VOLE_STACK_SYSTEM);
	return true;
}

/* What the handler of a signal interrupted. */
static bool leave_signal(struct vole_stack *stack,
			 const struct vole_frame *frame)
{
	static const struct {
		unsigned reg, at;
	} kept[] = { { VOLE_REG_RBX, GREGS + 11 * WORD },
		     { VOLE_REG_R12, GREGS + 4 * WORD },
		     { VOLE_REG_R12 + 1, GREGS + 5 * WORD },
		     { VOLE_REG_R12 + 2, GREGS + 6 * WORD },
		     { VOLE_REG_R15, GREGS + 7 * WORD } };
	uint64_t pc, sp, bp;
	size_t i;

	if (!vole_stack_word(stack, frame->sp + GREG_RIP, &pc) ||
	    !vole_stack_word(stack, frame->sp + GREG_RSP, &sp) ||
	    !vole_stack_word(stack, frame->sp + GREG_RBP, &bp))
		return stop(stack,
			    "the signal frame at 0x%" PRIx64 " cannot be read",
			    frame->sp);
	move_to(stack, pc, sp);
	stack->bp = bp;
	stack->has_bp = true;
	stack->exact = true;
	save(stack, VOLE_SAVED_SIGNAL, frame->sp);
	for (i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		uint64_t value;

		if (vole_stack_word(stack, frame->sp + kept[i].at, &value))
			keep_reg(stack, kept[i].reg, value);
	}
	return pop_nil_call(stack);
}

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

/*
 * runtime/cgo/abi_amd64.h: PUSH_REGS_HOST_TO_ABI0 keeps C's registers in
 * crosscall2's frame, whose size tells that it is still as it was.
 */
static void restore_c_regs(struct vole_stack *stack,
			   const struct vole_frame *frame,
			   const struct vole_pcinfo *info)
{
	enum { CROSSCALL_SIZE = 256, FIRST = 224 };
	static const unsigned regs[] = { VOLE_REG_RBP,	   VOLE_REG_RBX,
					 VOLE_REG_R12,	   VOLE_REG_R12 + 1,
					 VOLE_REG_R12 + 2, VOLE_REG_R15 };
	uint64_t at = frame->cfa - FIRST, value;
	size_t i;

	stack->has_bp = false;
	if (info->delta != CROSSCALL_SIZE)
		return;
	for (i = 0; i < sizeof(regs) / sizeof(regs[0]); i++) {
		if (!vole_stack_word(stack, at + i * WORD, &value))
			continue;
		if (regs[i] == VOLE_REG_RBP) {
			stack->bp = value;
			stack->has_bp = true;
		} else {
			keep_reg(stack, regs[i], value);
		}
	}
}

static bool cfa_ok(struct vole_stack *stack, const struct vole_frame *frame)
{
	if (frame->cfa <= frame->sp || frame->sp & (WORD - 1))
		return stop(stack, "a frame at sp 0x%" PRIx64 " is impossible",
			    frame->sp);
	if (stack->hi && (frame->sp < stack->lo || frame->cfa > stack->hi))
		return stop(stack,
			    "a frame at sp 0x%" PRIx64 " lies outside its "
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

/* Inside a call of the kernel's clock: the runtime noted who asked. */
static bool leave_vdso(struct vole_stack *stack)
{
	const struct vole_m *m = stack->m;

	if (!stack->innermost || !stack->exact || !m || !m->vdso_sp ||
	    !vole_pcinfo_at(stack->rt, m->vdso_pc).known)
		return false;
	move_to(stack, m->vdso_pc, m->vdso_sp);
	return true;
}

static bool go_caller(struct vole_stack *stack, const struct vole_frame *frame,
		      const struct vole_pcinfo *info, bool innermost)
{
	uint64_t pc;

	switch ((enum vole_special)info->special) {
	case VOLE_SPECIAL_ASMCGOCALL:
		if (stack->part != VOLE_STACK_GOROUTINE && !innermost)
			return leave_c(stack, frame);
		break;
	case VOLE_SPECIAL_GOEXIT:
		stack->done = true;
		return true;
	case VOLE_SPECIAL_MCALL:
		if (stack->part == VOLE_STACK_GOROUTINE)
			break;
		stack->done = true;
		return true;
	case VOLE_SPECIAL_SIGTRAMP:
		if (!vole_stack_word(stack, frame->cfa - WORD, &stack->pc))
			return stop(stack,
				    "the signal frame at 0x%" PRIx64
				    " cannot be read",
				    frame->cfa);
		stack->sp = frame->cfa;
		stack->in_signal = true;
		return true;
	default:
		break;
	}
	if (info->flag & VOLE_FUNC_SP_WRITE && leave_vdso(stack))
		return true;
	if (is_bottom(info, innermost)) {
		if (info->flag & VOLE_FUNC_TOP_FRAME)
			stack->done = true;
		else
			stop(stack, "what called a function that changes "
				    "stacks cannot be told");
		return true;
	}
	if (!vole_stack_word(stack, frame->cfa - WORD, &pc))
		return stop(stack,
			    "the return address at 0x%" PRIx64
			    " cannot be read",
			    frame->cfa - WORD);
	if (info->special == VOLE_SPECIAL_CGOCALLBACK &&
	    stack->part == VOLE_STACK_GOROUTINE)
		return enter_c(stack, frame, info->delta, pc);
	follow_bp(stack, frame, info);
	stack->kept.known = 0;
	if (info->special == VOLE_SPECIAL_CROSSCALL)
		restore_c_regs(stack, frame, info);
	stack->pc = pc;
	stack->sp = frame->cfa;
	stack->exact = info->special == VOLE_SPECIAL_SIGPANIC ||
		       info->special == VOLE_SPECIAL_INJECTED;
	/* It keeps them before it calls anything. */
	if (info->special == VOLE_SPECIAL_INJECTED && !frame->exact) {
		save(stack, VOLE_SAVED_PREEMPT, frame->sp);
		stack->saved_by = *info;
	}
	return true;
}

static bool next_go(struct vole_stack *stack, struct vole_pcinfo info,
		    struct vole_frame *ret)
{
	bool innermost = stack->innermost;

	jump_to_goroutine(stack, &info);
	if (!info.known)
		return stop(stack, "0x%" PRIx64 " is in no function",
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
	leave_signal(stack, ret);
	return true;
}

static bool next_c(struct vole_stack *stack, struct vole_frame *ret)
{
	if (stack->part == VOLE_STACK_GOROUTINE)
		return stop(stack, "0x%" PRIx64 " is in no function",
			    stack->pc);
	*ret = (struct vole_frame){
		.kind = VOLE_FRAME_C,
		.exact = stack->exact,
		.has_bp = stack->has_bp,
		.pc = stack->pc,
		.sp = stack->sp,
		.bp = stack->bp,
	};
	if (leave_vdso(stack))
		return true;
	switch (vole_cframe_caller(stack, &ret->cfa)) {
	case VOLE_CFRAME_CALLER:
		break;
	case VOLE_CFRAME_TOP:
		call_from_c_ended(stack);
		break;
	case VOLE_CFRAME_LOST:
		if (stack->has_resume)
			call_from_c_ended(stack);
		else
			stop(stack,
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
		return stop(stack, "it has over %d frames", MAX_FRAMES);
	/* On one stack frames only go up: a circle has to change stacks. */
	if (stack->num_moves > MAX_MOVES)
		return stop(stack, "it goes round between its stacks");
	stack->saved = VOLE_SAVED_NOWHERE;
	if (stack->in_signal)
		return next_signal(stack, ret);
	info = vole_pcinfo_at(stack->rt, stack->pc);
	ok = info.known ? next_go(stack, info, ret) : next_c(stack, ret);
	stack->innermost = false;
	return ok;
}
