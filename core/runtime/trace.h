/**
 * A whole stack, kept: with what repeats folded, so that a stack overflow of
 * ten million frames takes as little room as the recursion that made it.
 */
#ifndef VOLE_RUNTIME_TRACE_H
#define VOLE_RUNTIME_TRACE_H

#include "runtime/stack.h"

/** A frame, or the frames before it over again. */
struct vole_trace_item {
	struct vole_frame frame; /* when !repeats */
	uint32_t period; /* how many frames before this are repeated */
	uint64_t repeats; /* how often more; 0: this is a frame */
};

struct vole_trace {
	struct vole_trace_item *items; /* innermost first */
	size_t len;
	uint64_t num_frames; /* physical ones, repeated ones counted */
	uint64_t omitted; /* of them left out at the outer end */
	const char *end; /* why it ended early, or NULL */
};

struct vole_trace_options {
	uint64_t limit; /* items to keep; 0: all there is room for */
	bool unfolded; /* keep each frame */
	bool (*stopped)(void *arg); /* polled; NULL: never */
	void *stopped_arg;
};

/** The stack of @p g; memory comes from @p arena. VOLE_NOMEM. */
VOLE_CHECKED bool vole_trace_take(const struct vole_runtime *rt,
				  const struct vole_goroutine *g,
				  const struct vole_trace_options *options,
				  struct vole_arena *arena,
				  struct vole_trace *ret,
				  struct vole_error *err);

#endif
