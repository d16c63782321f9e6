#include "runtime/registers.h"

#include "runtime/pclntab.h"

#include <string.h>

/* struct ucontext of amd64; its registers are numbered as in sys/ucontext.h. */
enum {
	WORD = 8,
	GREGS = 40,
	FPSTATE = GREGS + 23 * WORD,
	XMM = 160, /* in what fxsave writes */
};

/* DWARF's numbers in the order of two places. */
static const uint8_t greg_order[] = { 8, 9, 10, 11, 12, 13, 14, 15,
				      5, 4, 6,	3,  1,	0,  2 };
/* preempt_amd64.s: what asyncPreempt pushes; then xmm0 to 15 up to Go 1.25. */
static const uint8_t preempt_order[] = { 0, 2,	1,  3,	4,  5,	8,
					 9, 10, 11, 12, 13, 14, 15 };

#define LEN(array) (sizeof(array) / sizeof((array)[0]))

static bool read_word(const struct vole_stack *stack, uint64_t addr,
		      uint64_t *ret)
{
	struct vole_error unused;

	return vole_memory_uint(stack->rt->mem, addr, WORD, ret, &unused);
}

static void read_words(const struct vole_stack *stack, uint64_t addr,
		       const uint8_t *order, size_t len,
		       struct vole_registers *ret)
{
	uint64_t value;
	size_t i;

	for (i = 0; i < len; i++)
		if (read_word(stack, addr + i * WORD, &value))
			vole_register_set(ret, order[i], value);
}

static void read_xmm(const struct vole_stack *stack, uint64_t addr,
		     struct vole_registers *ret)
{
	uint64_t value;
	unsigned i;

	for (i = 0; i < 16; i++)
		if (read_word(stack, addr + i * 2 * WORD, &value))
			vole_register_set(ret, VOLE_REGISTER_XMM0 + i, value);
}

static const struct vole_core_thread *
core_thread(const struct vole_corefile *core, uint64_t tid)
{
	size_t i;

	for (i = 0; i < core->num_threads; i++)
		if (core->threads[i].regs.tid == tid)
			return &core->threads[i];
	return NULL;
}

bool vole_thread_registers(const struct vole_runtime *rt, uint64_t tid,
			   struct vole_registers *ret)
{
	const struct vole_target *target = rt->target;
	struct vole_host *host = target->host;
	const struct vole_core_thread *thread;

	if (!target->core)
		return host && host->registers &&
		       host->registers(host, (uint32_t)tid, ret);
	thread = core_thread(target->core, tid);
	if (thread)
		vole_core_thread_registers(thread, ret);
	return thread != NULL;
}

void vole_core_thread_registers(const struct vole_core_thread *thread,
				struct vole_registers *ret)
{
	*ret = (struct vole_registers){ 0 };
	vole_registers_of_user(ret, thread->gregs);
	if (thread->fxsave)
		vole_registers_of_fxsave(ret, thread->fxsave);
}

static void of_signal(const struct vole_stack *stack, uint64_t context,
		      struct vole_registers *ret)
{
	uint64_t fpstate;

	read_words(stack, context + GREGS, greg_order, LEN(greg_order), ret);
	if (read_word(stack, context + FPSTATE, &fpstate) && fpstate)
		read_xmm(stack, fpstate + XMM, ret);
}

static const uint64_t preempt_size = LEN(preempt_order) * WORD;

/* debugCall's functions keep theirs elsewhere. */
static bool is_preempt(const struct vole_stack *stack)
{
	struct vole_error unused;
	struct vole_func func;

	return vole_func_at(stack->rt, stack->saved_by.pc, &func, &unused) &&
	       strcmp(func.name, "runtime.asyncPreempt") == 0 &&
	       (uint64_t)stack->saved_by.delta >= preempt_size;
}

static void of_preempt(const struct vole_stack *stack, uint64_t sp,
		       struct vole_registers *ret)
{
	if (!is_preempt(stack))
		return;
	read_words(stack, sp, preempt_order, LEN(preempt_order), ret);
	if ((uint64_t)stack->saved_by.delta >= preempt_size + 16 * 2 * WORD)
		read_xmm(stack, sp + preempt_size, ret);
}

/* What C's functions kept for their callers. */
static void of_callee(const struct vole_stack *stack,
		      struct vole_registers *ret)
{
	unsigned i;

	for (i = 0; i < VOLE_NUM_REGS; i++)
		if (stack->kept.known >> i & 1)
			vole_register_set(ret, i, stack->kept.value[i]);
}

void vole_stack_registers(const struct vole_stack *stack,
			  struct vole_registers *ret)
{
	struct vole_registers all = { 0 };

	*ret = (struct vole_registers){ 0 };
	of_callee(stack, ret);
	switch (stack->saved) {
	case VOLE_SAVED_NOWHERE:
		break;
	case VOLE_SAVED_THREAD:
		if (vole_thread_registers(stack->rt, stack->saved_at, &all))
			*ret = all;
		break;
	case VOLE_SAVED_SIGNAL:
		of_signal(stack, stack->saved_at, ret);
		break;
	case VOLE_SAVED_PREEMPT:
		of_preempt(stack, stack->saved_at, ret);
		break;
	}
	if (stack->has_bp)
		vole_register_set(ret, VOLE_REGISTER_BP, stack->bp);
	vole_register_set(ret, VOLE_REGISTER_SP, stack->sp);
	vole_register_set(ret, VOLE_REGISTER_PC, stack->pc);
}

static bool in_order(const uint8_t *order, size_t len, uint64_t offset,
		     unsigned *ret)
{
	if (offset % WORD || offset / WORD >= len)
		return false;
	*ret = order[offset / WORD];
	return true;
}

unsigned vole_stack_interrupted(const struct vole_stack *stack,
				uint64_t *ret_addr)
{
	if (stack->saved != VOLE_SAVED_SIGNAL)
		return 0;
	*ret_addr = stack->saved_at + GREGS;
	return LEN(greg_order);
}

bool vole_stack_saved_register(const struct vole_stack *stack, uint64_t addr,
			       unsigned *ret)
{
	uint64_t offset = addr - stack->saved_at;

	switch (stack->saved) {
	case VOLE_SAVED_SIGNAL:
		return in_order(greg_order, LEN(greg_order), offset - GREGS,
				ret);
	case VOLE_SAVED_PREEMPT:
		return is_preempt(stack) &&
		       in_order(preempt_order, LEN(preempt_order), offset, ret);
	default:
		return false;
	}
}
