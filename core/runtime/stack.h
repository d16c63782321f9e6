/**
 * Unwinding a goroutine's stack by the runtime's own tables, from where it is
 * parked or from its thread's registers: through signal frames, the system
 * stack and calls of C in both directions. src/runtime/traceback.go, and
 * asm_amd64.s for what that leaves out.
 *
 *	struct vole_stack stack;
 *	struct vole_frame frame;
 *
 *	vole_stack_begin(&stack, rt, &g);
 *	while (vole_stack_next(&stack, &frame))
 *		...
 *	if (stack.end)	// it ended early, and why
 */
#ifndef VOLE_RUNTIME_STACK_H
#define VOLE_RUNTIME_STACK_H

#include "runtime/m.h"
#include "runtime/pcinfo.h"
#include "target/ehframe.h"

enum vole_frame_kind {
	VOLE_FRAME_GO,
	VOLE_FRAME_C,
	VOLE_FRAME_SIGNAL, /* the kernel's, between a handler and what it hit */
};

/** A physical frame; inlined calls are in vole_calls_at(). */
struct vole_frame {
	enum vole_frame_kind kind;
	bool exact; /* pc is about to run; else it is a return address */
	bool has_bp;
	bool lost; /* C: who called it cannot be told; the next is further out */
	uint64_t pc, sp;
	uint64_t cfa; /* sp of the caller after return; 0 unknown */
	uint64_t bp; /* frame pointer register inside this frame */
	uint64_t entry; /* of its function; 0: not Go's */
};

/** Which of a thread's stacks an address is on. */
enum vole_stack_part {
	VOLE_STACK_GOROUTINE,
	VOLE_STACK_SYSTEM, /* of g0: the runtime's, and C's */
	VOLE_STACK_SIGNAL, /* of gsignal */
	VOLE_STACK_ELSEWHERE, /* a stack the runtime does not know */
};

/** Where all the registers of a frame lie, not only those that C keeps. */
enum vole_saved {
	VOLE_SAVED_NOWHERE,
	VOLE_SAVED_THREAD, /* they are the thread's: at is its tid */
	VOLE_SAVED_SIGNAL, /* in the kernel's struct ucontext at `at` */
	VOLE_SAVED_PREEMPT, /* at the bottom of asyncPreempt's frame, `at` */
};

struct vole_stack {
	const struct vole_runtime *rt;
	struct vole_goroutine g;
	const struct vole_m *m; /* runs it, or it is locked to it; or NULL */
	const char *end; /* why it ended early, or NULL */
	enum vole_stack_part part; /* that the next frame is on */
	bool done;
	bool exact;
	bool has_bp;
	bool innermost;
	bool in_signal; /* the next frame is the kernel's */
	bool left_c; /* for where the goroutine entered C */
	uint64_t pc, sp, bp; /* of the next frame */
	struct vole_c_regs kept; /* what else C may find its frames by */
	enum vole_saved saved; /* of the next frame */
	uint64_t saved_at;
	struct vole_pcinfo saved_by; /* PREEMPT: that frame's */
	uint64_t lo, hi; /* bounds of that part; 0: not known */
	uint64_t callback_sp; /* of the next cgocallback on the system stack */
	/* Where the goroutine goes on below frames of C, when has_resume. */
	bool has_resume;
	uint64_t resume_pc, resume_sp;
	size_t num_frames;
	size_t num_moves; /* from one part to another */
	char text[160]; /* of `end` */
};

/** Stand before the innermost frame of @p g. */
void vole_stack_begin(struct vole_stack *stack, const struct vole_runtime *rt,
		      const struct vole_goroutine *g);
/**
 * The next frame outwards; false at the end. When the stack could not be
 * followed to its top, stack->end says why.
 */
bool vole_stack_next(struct vole_stack *stack, struct vole_frame *ret);

#endif
