/**
 * The goroutine and frame that commands speak of: the user's choice, else
 * what the debugger stands on, else the goroutine that crashed.
 */
#ifndef VOLE_COMMAND_SELECT_H
#define VOLE_COMMAND_SELECT_H

#include "command/command.h"
#include "runtime/trace.h"

/** One for each session; kept until the target changes. */
struct vole_selection {
	bool chosen;
	uint64_t goroutine; /* goid */
	uint64_t frame; /* as `bt` counts */
	uint64_t changes; /* of the choice, ever */
};

/** Choose goroutine number @p id, in its innermost frame. */
void vole_selection_choose(struct vole_selection *selection, uint64_t id);
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

/** "waiting: chan receive", "running": state and what it waits for. */
void vole_state_text(const struct vole_runtime *rt,
		     const struct vole_goroutine *g, char *buf, size_t room);
/** "1.5s", "2m10s": @p ns for people. */
void vole_duration_add(struct vole_strbuf *buf, int64_t ns);
/**
 * Nanoseconds that @p g has waited, up to the newest time @p now that the
 * runtime noted; 0 not known.
 */
int64_t vole_waited(const struct vole_goroutine *g, int64_t now);

#endif
