/**
 * What stack.c and stack_switch.c share: a stack that is being followed, and
 * the ways from one of a thread's stacks to another.
 */
#ifndef VOLE_RUNTIME_STACK_PRIVATE_H
#define VOLE_RUNTIME_STACK_PRIVATE_H

#include "runtime/cframe.h"
#include "runtime/stack.h"

enum { WORD = 8 };

/** It ends here, and why; false. */
bool stack_stop(struct vole_stack *stack, const char *fmt, ...)
	VOLE_PRINTF(2, 3);
enum vole_stack_part stack_part_of(const struct vole_stack *stack, uint64_t sp);
void stack_stand_on(struct vole_stack *stack, enum vole_stack_part part);
/** The next frame is at @p pc and @p sp, of whichever stack that is. */
void stack_move_to(struct vole_stack *stack, uint64_t pc, uint64_t sp);
/** Where the registers of the next frame are. */
void stack_save(struct vole_stack *stack, enum vole_saved kind, uint64_t at);
/** One that C keeps, in the next frame. */
void stack_keep_reg(struct vole_stack *stack, unsigned reg, uint64_t value);
/** Where pc is 0, a nil function was called: back to who did. */
bool stack_pop_nil_call(struct vole_stack *stack);

/** At systemstack and morestack: to the goroutine that they work for. */
void stack_jump_to_goroutine(struct vole_stack *stack,
			     struct vole_pcinfo *info);
/** Past asmcgocall: to what called C. */
bool stack_leave_c(struct vole_stack *stack, const struct vole_frame *frame,
		   bool innermost);
/** Past cgocallback on the goroutine's stack: to the C that called. */
bool stack_enter_c(struct vole_stack *stack, const struct vole_frame *frame,
		   int32_t delta, uint64_t ret_pc);
/** Past the last frame of C that called Go: back to the goroutine's stack. */
void stack_call_from_c_ended(struct vole_stack *stack);
/** Past frames of C that cannot be told; false: not known where to. */
bool stack_go_on_in_go(struct vole_stack *stack);
/** At crosscall2: the registers that C had. */
void stack_restore_c_regs(struct vole_stack *stack,
			  const struct vole_frame *frame,
			  const struct vole_pcinfo *info);
/** Past a signal's frame: to what it interrupted. */
bool stack_leave_signal(struct vole_stack *stack,
			const struct vole_frame *frame);
/** Past mcall: to the goroutine that the thread left or will go on with. */
bool stack_leave_mcall(struct vole_stack *stack);
/** At a function that nobody called. */
bool stack_top_frame(struct vole_stack *stack);
/** Out of a call of the kernel's clock; false: it is none. */
bool stack_leave_vdso(struct vole_stack *stack);

#endif
