/**
 * A stack as a table of frames, the same in every command that shows one.
 */
#ifndef VOLE_COMMAND_FRAMES_H
#define VOLE_COMMAND_FRAMES_H

#include "command/command.h"
#include "runtime/frame_at.h"
#include "runtime/place.h"
#include "runtime/trace.h"

/** Send @p trace as the table "frames". */
void vole_put_frames(struct vole_context *ctx, const struct vole_trace *trace);
/** One frame: "frame 3: main.f at /x.go:5", and the object "frame". */
void vole_put_frame(struct vole_context *ctx, const struct vole_goroutine *g,
		    const struct vole_frame_at *at);
/**
 * Where @p place has the user's code, else the innermost call: the cell
 * "where", and user_function, user_file and user_line.
 */
void vole_put_user_code(struct vole_sink *sink,
			const struct vole_place_of *place);

/** What the JSON of a frame holds, for the commands' help. */
#define VOLE_FRAMES_JSON                                                      \
	"`frames`, innermost first: objects of `pc`, `sp`, `size` (bytes; 0 " \
	"for an inlined call), `function`, `file`, `line`, `inlined`, "       \
	"`kind` (`go`, `c`, `signal`, or `repeat`: the `period` frames "      \
	"before it `times` more), `lost` (true where those of C that called " \
	"it cannot be told), and `end`: why the stack could not be followed " \
	"further"

#endif
