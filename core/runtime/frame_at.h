/**
 * One frame of a goroutine as `bt` counts them, inlined calls being frames of
 * their own, with the registers that are known in it.
 */
#ifndef VOLE_RUNTIME_FRAME_AT_H
#define VOLE_RUNTIME_FRAME_AT_H

#include "runtime/call.h"
#include "runtime/registers.h"

struct vole_frame_at {
	uint64_t index; /* as `bt` counts, 0 innermost */
	struct vole_frame frame; /* the physical one */
	struct vole_registers regs;
	struct vole_calls calls; /* len 0: not Go's */
	size_t inlined; /* its place in calls: 0 the innermost */
};

/** The frame of no number: the innermost of user code. */
#define VOLE_FRAME_OF_USER UINT64_MAX

/**
 * Frame @p index of @p g; of VOLE_FRAME_OF_USER the innermost outside the
 * standard library, else outside the runtime, else 0. @p stopped, maybe NULL,
 * is polled. VOLE_NOT_FOUND, VOLE_INTERRUPTED.
 */
VOLE_CHECKED bool vole_frame_at(const struct vole_runtime *rt,
				const struct vole_goroutine *g, uint64_t index,
				bool (*stopped)(void *arg), void *arg,
				struct vole_frame_at *ret,
				struct vole_error *err);
/**
 * The same for the frame whose stack pointer is @p sp: the call inlined in it
 * that has @p inner others further in, or the outermost.
 */
VOLE_CHECKED bool vole_frame_by_sp(const struct vole_runtime *rt,
				   const struct vole_goroutine *g, uint64_t sp,
				   size_t inner, struct vole_frame_at *ret,
				   struct vole_error *err);

/** The call that the frame is, or NULL when it is not Go's. */
const struct vole_call *vole_frame_call(const struct vole_frame_at *at);

#endif
