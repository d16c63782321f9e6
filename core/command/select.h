/**
 * The goroutine and frame that commands speak of: the user's choice, else
 * what the debugger stands on, else the goroutine that crashed.
 */
#ifndef VOLE_COMMAND_SELECT_H
#define VOLE_COMMAND_SELECT_H

#include "command/command.h"
#include "runtime/frame_at.h"
#include "runtime/trace.h"

/** One for each session; kept until the target changes. */
struct vole_selection {
	bool chosen;
	uint64_t goroutine; /* goid */
	bool has_frame;
	uint64_t frame; /* as `bt` counts */
	/* Where it lies, its function, inlined calls of it further in. */
	uint64_t frame_sp, frame_entry;
	size_t frame_inner;
	/* Where the debugger stood then: a later choice there is the user's. */
	uint64_t stood_sp;
	uint32_t stood_inner;
	uint64_t changes; /* of the choice, ever */
	uint64_t frame_changes; /* of the frame, ever */
};

/** Choose goroutine number @p id, and no frame of it. */
void vole_selection_choose(struct vole_selection *selection, uint64_t id);
/** Choose frame @p at of goroutine number @p id. */
void vole_selection_frame(struct vole_selection *selection, uint64_t id,
			  const struct vole_frame_at *at);
/** Note where the debugger stands; @p host may be NULL. */
void vole_selection_stand(struct vole_selection *selection,
			  struct vole_host *host);
/** Go back to what the debugger stands on. */
void vole_selection_clear(struct vole_selection *selection);

/**
 * The goroutine that @p text names by its number; "" the selected one.
 * VOLE_USAGE, VOLE_NOT_FOUND.
 */
VOLE_CHECKED bool vole_context_goroutine(struct vole_context *ctx,
					 const char *text,
					 struct vole_goroutine *ret,
					 struct vole_error *err);

/**
 * The frame that a command is about and its goroutine: those of its options
 * --goroutine and --frame, else what is selected, else the innermost frame of
 * user code. VOLE_USAGE, VOLE_NOT_FOUND.
 */
VOLE_CHECKED bool vole_context_frame(struct vole_context *ctx,
				     struct vole_goroutine *ret_goroutine,
				     struct vole_frame_at *ret,
				     struct vole_error *err);

/** "waiting: chan receive", "running": state and what it waits for. */
void vole_state_text(const struct vole_runtime *rt,
		     const struct vole_goroutine *g, char *buf, size_t room);
/** "1.5s", "2m10s": @p ns for people. */
void vole_duration_add(struct vole_strbuf *buf, int64_t ns);
/** The same as a cell of @p key. */
void vole_put_duration(struct vole_sink *sink, const char *key, int64_t ns);
/**
 * Nanoseconds that @p g has waited, up to the newest time @p now that the
 * runtime noted; 0 not known.
 */
int64_t vole_waited(const struct vole_goroutine *g, int64_t now);

#endif
