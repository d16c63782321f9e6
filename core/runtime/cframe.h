/**
 * Frames of C, between Go's or around them: by the unwind tables of the file
 * they are in, else by frame pointer.
 */
#ifndef VOLE_RUNTIME_CFRAME_H
#define VOLE_RUNTIME_CFRAME_H

#include "runtime/stack.h"

enum vole_cframe_result {
	VOLE_CFRAME_CALLER, /* the stack stands before the caller */
	VOLE_CFRAME_TOP, /* nothing called it: a thread's first function */
	VOLE_CFRAME_LOST, /* the caller cannot be told */
};

/**
 * From the C frame that @p stack stands at to its caller; @p ret_cfa is the
 * frame's end, 0 when it is not known.
 */
enum vole_cframe_result vole_cframe_caller(struct vole_stack *stack,
					   uint64_t *ret_cfa);

/** A word of the stack; in stack.c. */
bool vole_stack_word(struct vole_stack *stack, uint64_t addr, uint64_t *ret);

#endif
