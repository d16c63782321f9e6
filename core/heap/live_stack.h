/**
 * The words of a goroutine's stack that a collection follows,
 * src/runtime/mgcmark.go: scanstack(). In a frame at a call these are what its
 * maps say, and of the variables whose address was taken those that a followed
 * word points to. In any other frame each word could be a pointer. What is left
 * over in frames, and in stacks used again, is not followed.
 */
#ifndef VOLE_HEAP_LIVE_STACK_H
#define VOLE_HEAP_LIVE_STACK_H

#include "heap/roots.h"

/** What is known of frames by their pc, for one stack after the other. */
struct vole_live_stacks;

/** @p heap is borrowed. VOLE_NOMEM. */
VOLE_CHECKED bool vole_live_stacks_open(struct vole_heap *heap,
					struct vole_live_stacks **ret,
					struct vole_error *err);
/** NULL is fine. */
void vole_live_stacks_close(struct vole_live_stacks *stacks);

/** Tell @p v of the stack of @p g; false when that ended it. */
bool vole_live_stack_visit(struct vole_live_stacks *stacks,
			   const struct vole_goroutine *g,
			   struct vole_root_visitor *v);

#endif
