/**
 * Registers of frames. Go's functions keep none for their callers, so most
 * frames have no more than pc and sp; the exceptions are the innermost frame
 * of a thread, what a signal interrupted, and callers within C.
 */
#ifndef VOLE_RUNTIME_REGISTERS_H
#define VOLE_RUNTIME_REGISTERS_H

#include "runtime/stack.h"
#include "target/registers.h"

/**
 * All that is known of thread @p tid's: of a process, or in the core; false:
 * nothing is, and what is in @p ret then says nothing.
 */
bool vole_thread_registers(const struct vole_runtime *rt, uint64_t tid,
			   struct vole_registers *ret);
/** The same of a thread that is in the core. */
void vole_core_thread_registers(const struct vole_core_thread *thread,
				struct vole_registers *ret);
/** Those of the frame that vole_stack_next() would give next. */
void vole_stack_registers(const struct vole_stack *stack,
			  struct vole_registers *ret);
/**
 * Where they lie in memory, words from @p ret_addr on, when a signal
 * interrupted the frame; 0: it did not.
 */
unsigned vole_stack_interrupted(const struct vole_stack *stack,
				uint64_t *ret_addr);
/**
 * Which of them the word at @p addr is, when they were saved in memory;
 * false: none.
 */
bool vole_stack_saved_register(const struct vole_stack *stack, uint64_t addr,
			       unsigned *ret);

#endif
