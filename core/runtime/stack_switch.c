#include "runtime/stack_private.h"

/* What asmcgocall takes of the system stack, at most. */
enum { MAX_ALIGNED = 96 };

/* struct ucontext of amd64, which a signal frame's cfa points at. */
enum {
	GREGS = 40, /* uc_mcontext.gregs */
	GREG_RBP = GREGS + 10 * WORD,
	GREG_RSP = GREGS + 15 * WORD,
	GREG_RIP = GREGS + 16 * WORD,
};

/*
 * Has the innermost function, which changes stacks, done so? The system stack
 * is used from where g0 notes that it ends.
 */
static bool has_switched(const struct vole_stack *stack)
{
	uint64_t from = stack->m ? stack->m->g0_sp : 0;

	return from >= stack->sp && from - stack->sp <= MAX_ALIGNED;
}

/* From the system stack to the goroutine that it works for. */
void stack_jump_to_goroutine(struct vole_stack *stack, struct vole_pcinfo *info)
{
	const struct vole_goroutine *g = &stack->g;

	if (stack->part == VOLE_STACK_GOROUTINE || !stack->m ||
	    stack->m->curg != g->addr)
		return;
	if (info->special == VOLE_SPECIAL_SYSTEMSTACK) {
		if (stack->innermost && stack->sp != stack->m->g0_sp)
			return;
		stack->sp = g->sched_sp;
		stack_stand_on(stack, VOLE_STACK_GOROUTINE);
	} else if (info->special == VOLE_SPECIAL_MORESTACK) {
		stack_move_to(stack, g->sched_pc, g->sched_sp);
		*info = vole_pcinfo_at(stack->rt, stack->pc);
	}
}

void stack_call_from_c_ended(struct vole_stack *stack)
{
	if (!stack->has_resume) {
		stack->done = true;
		return;
	}
	stack->has_resume = false;
	stack_move_to(stack, stack->resume_pc, stack->resume_sp);
	/* A thread of C came in: nothing of Go's called it. */
	if (vole_pcinfo_at(stack->rt, stack->pc).special == VOLE_SPECIAL_GOEXIT)
		stack->done = true;
}

/*
 * asm_amd64.s: asmcgocall leaves g and how deep its stack was, at the bottom
 * of its frame on the system stack; in other places up to Go 1.21. Called on
 * the system stack it leaves 0 and its own stack pointer.
 */
static bool find_asmcgocall(struct vole_stack *stack, uint64_t sp,
			    bool on_goroutine, uint64_t *ret_at)
{
	static const uint64_t places[][2] = { { 8, 0 }, { 48, 40 } };
	uint64_t hi = stack->g.stack_hi, size = hi - stack->g.stack_lo;
	size_t i;

	for (i = 0; i < 2; i++) {
		uint64_t g, at, pc;

		if (!vole_stack_word(stack, sp + places[i][0], &g) ||
		    !vole_stack_word(stack, sp + places[i][1], &at) ||
		    g != (on_goroutine ? stack->g.addr : 0))
			continue;
		if (on_goroutine ? at >= size || at < WORD :
				   at <= sp || at - sp > MAX_ALIGNED)
			continue;
		*ret_at = on_goroutine ? hi - at : at;
		if (vole_stack_word(stack, *ret_at, &pc) &&
		    vole_pcinfo_at(stack->rt, pc).known)
			return true;
	}
	return false;
}

/* To the caller of asmcgocall, whose return address is at @p at. */
static bool leave_asmcgocall(struct vole_stack *stack, uint64_t at)
{
	uint64_t pc;

	if (!vole_stack_word(stack, at, &pc))
		return stack_stop(stack,
				  "the return address at 0x%" PRIx64
				  " cannot be read",
				  at);
	stack_move_to(stack, pc, at + WORD);
	return true;
}

/* Below asmcgocall on the system stack lies what called C. */
bool stack_leave_c(struct vole_stack *stack, const struct vole_frame *frame,
		   bool innermost)
{
	const struct vole_goroutine *g = &stack->g;
	uint64_t at;

	/* What is innermost has not left them yet, or has read them again. */
	if (innermost && has_switched(stack))
		return leave_asmcgocall(stack, g->sched_sp);
	if (find_asmcgocall(stack, frame->sp, false, &at))
		return leave_asmcgocall(stack, at);
	if (innermost)
		return leave_asmcgocall(stack, frame->sp);
	if (stack->has_resume) {
		stack_call_from_c_ended(stack);
		return true;
	}
	if (g->syscall_sp) {
		stack_move_to(stack, g->syscall_pc, g->syscall_sp);
		return true;
	}
	if (find_asmcgocall(stack, frame->sp, true, &at))
		return leave_asmcgocall(stack, at);
	return stack_stop(stack,
			  "where asmcgocall left the goroutine's stack was not "
			  "found at 0x%" PRIx64,
			  frame->sp);
}

/*
 * asm_amd64.s: cgocallback has a frame on both stacks. The one of the system
 * stack, where C called it, begins with the place of the one before.
 */
bool stack_enter_c(struct vole_stack *stack, const struct vole_frame *frame,
		   int32_t delta, uint64_t ret_pc)
{
	uint64_t sp = stack->callback_sp, before, pc;

	stack->resume_pc = ret_pc;
	stack->resume_sp = frame->cfa;
	stack->has_resume = true;
	if (!sp || !vole_stack_word(stack, sp, &before) ||
	    !vole_stack_word(stack, sp + (uint64_t)delta, &pc) ||
	    !vole_pcinfo_at(stack->rt, pc).known) {
		stack_call_from_c_ended(stack);
		return true;
	}
	stack->callback_sp = before;
	stack->pc = pc;
	stack->sp = sp + (uint64_t)delta + WORD;
	stack->exact = false;
	stack->has_bp = false;
	stack_stand_on(stack, VOLE_STACK_SYSTEM);
	return true;
}

/* What the handler of a signal interrupted. */
bool stack_leave_signal(struct vole_stack *stack,
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
		return stack_stop(stack,
				  "the signal frame at 0x%" PRIx64
				  " cannot be read",
				  frame->sp);
	stack_move_to(stack, pc, sp);
	stack->bp = bp;
	stack->has_bp = true;
	stack->exact = true;
	stack_save(stack, VOLE_SAVED_SIGNAL, frame->sp);
	for (i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		uint64_t value;

		if (vole_stack_word(stack, frame->sp + kept[i].at, &value))
			stack_keep_reg(stack, kept[i].reg, value);
	}
	return stack_pop_nil_call(stack);
}

/*
 * runtime/cgo/abi_amd64.h: PUSH_REGS_HOST_TO_ABI0 keeps C's registers in
 * crosscall2's frame, whose size tells that it is still as it was.
 */
void stack_restore_c_regs(struct vole_stack *stack,
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
			stack_keep_reg(stack, regs[i], value);
		}
	}
}

/*
 * mcall noted where it left the goroutine's stack. Who is called there may be
 * changing that: pc, sp and the frame pointer then do not belong together.
 */
bool stack_leave_mcall(struct vole_stack *stack)
{
	const struct vole_goroutine *g = &stack->g;
	struct vole_pcinfo info = vole_pcinfo_at(stack->rt, g->sched_pc);

	if (!stack->m || stack->m->curg != g->addr || !info.known ||
	    (info.delta &&
	     g->sched_bp != g->sched_sp + (uint64_t)info.delta - WORD))
		return stack_stop(stack, "the thread has left the goroutine");
	stack_move_to(stack, g->sched_pc, g->sched_sp);
	stack->bp = g->sched_bp;
	stack->has_bp = g->sched_bp != 0;
	return true;
}

/* A thread that has just been made takes its first goroutine. */
bool stack_top_frame(struct vole_stack *stack)
{
	if (stack->part == VOLE_STACK_SYSTEM)
		return stack_leave_mcall(stack);
	stack->done = true;
	return true;
}

/* Inside a call of the kernel's clock: the runtime noted who asked. */
bool stack_leave_vdso(struct vole_stack *stack)
{
	const struct vole_m *m = stack->m;

	if (!stack->exact || !m || !m->vdso_sp ||
	    !vole_pcinfo_at(stack->rt, m->vdso_pc).known)
		return false;
	stack_move_to(stack, m->vdso_pc, m->vdso_sp);
	return true;
}

/* Past frames of C that cannot be told, to what called into C. */
bool stack_go_on_in_go(struct vole_stack *stack)
{
	const struct vole_goroutine *g = &stack->g;

	if (stack->has_resume) {
		stack_call_from_c_ended(stack);
		return true;
	}
	if (!g->syscall_sp || !stack->m || stack->m->curg != g->addr ||
	    stack->left_c)
		return false;
	/* Only the innermost call was noted there. */
	stack->left_c = true;
	stack_move_to(stack, g->syscall_pc, g->syscall_sp);
	return true;
}
