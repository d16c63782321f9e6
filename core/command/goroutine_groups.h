/**
 * Goroutines counted by what they have in common.
 */
#ifndef VOLE_COMMAND_GOROUTINE_GROUPS_H
#define VOLE_COMMAND_GOROUTINE_GROUPS_H

#include "command/command.h"

struct vole_goroutine_ref {
	uint64_t id, addr;
};

/**
 * Send @p refs, in order of ids, as groups by @p by: "state", "user",
 * "function", "created", "start", or "label:KEY". VOLE_USAGE, VOLE_NOMEM.
 */
VOLE_CHECKED bool
vole_put_goroutine_groups(struct vole_context *ctx,
			  const struct vole_goroutine_ref *refs, size_t len,
			  const char *by, struct vole_error *err);

#endif
