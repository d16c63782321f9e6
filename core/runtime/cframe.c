#include "runtime/cframe.h"

enum { WORD = 8, MAX_FRAME = 8 << 20 /* the usual limit of a C stack */ };

/* System V ABI: [bp] is the caller's bp, [bp + 8] the return address. */
static enum vole_cframe_result by_frame_pointer(struct vole_stack *stack,
						uint64_t *ret_cfa)
{
	uint64_t bp = stack->bp, pc, next;

	if (!stack->has_bp || bp < stack->sp || bp - stack->sp > MAX_FRAME ||
	    bp & (WORD - 1) || !vole_stack_word(stack, bp, &next) ||
	    !vole_stack_word(stack, bp + WORD, &pc) || !pc)
		return VOLE_CFRAME_LOST;
	*ret_cfa = bp + 2 * WORD;
	stack->pc = pc;
	stack->sp = *ret_cfa;
	stack->bp = next;
	stack->exact = false;
	return VOLE_CFRAME_CALLER;
}

enum vole_cframe_result vole_cframe_caller(struct vole_stack *stack,
					   uint64_t *ret_cfa)
{
	return by_frame_pointer(stack, ret_cfa);
}
