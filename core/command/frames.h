/**
 * A stack as a table of frames, the same in every command that shows one.
 */
#ifndef VOLE_COMMAND_FRAMES_H
#define VOLE_COMMAND_FRAMES_H

#include "command/command.h"
#include "runtime/trace.h"

/** Send @p trace as the table "frames". */
void vole_put_frames(struct vole_context *ctx, const struct vole_trace *trace);
/**
 * Frame number @p index of @p trace as `bt` counts: inlined calls are frames
 * of their own. @p ret_inline is how many calls of that physical frame lie
 * further in. VOLE_NOT_FOUND.
 */
VOLE_CHECKED bool vole_frame_number(const struct vole_runtime *rt,
				    const struct vole_trace *trace,
				    uint64_t index, struct vole_frame *ret,
				    size_t *ret_inline, struct vole_error *err);

/** What the JSON of a frame holds, for the commands' help. */
#define VOLE_FRAMES_JSON                                                      \
	"`frames`, innermost first: objects of `pc`, `sp`, `size` (bytes; 0 " \
	"for an inlined call), `function`, `file`, `line`, `inlined`, "       \
	"`kind` (`go`, `c`, `signal`, or `repeat`: the `period` frames "      \
	"before it `times` more), and `end`: why the stack could not be "     \
	"followed further"

#endif
