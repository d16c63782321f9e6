/**
 * What a goroutine still has to do before it may end: its panics and its
 * deferred calls, the same in every command that shows them.
 */
#ifndef VOLE_COMMAND_PANICS_H
#define VOLE_COMMAND_PANICS_H

#include "command/command.h"
#include "runtime/goroutine.h"

/** Nothing when there are none. */
void vole_put_panics(struct vole_context *ctx, const struct vole_goroutine *g);
void vole_put_defers(struct vole_context *ctx, const struct vole_goroutine *g);

/** What their JSON holds, for the commands' help. */
#define VOLE_PANICS_JSON                                                               \
	"`panics`, newest first: objects of `address`, `type`, `value`, `recovered`, " \
	"`aborted`, `goexit`; `deferred`, the next to run first: objects of "          \
	"`function`, `file`, `line`, `open_coded`, `fn` (the func value), "            \
	"`frame` (sp of the frame that deferred it)"

#endif
