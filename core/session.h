/**
 * What a session holds, for the files beside vole.c only.
 */
#ifndef VOLE_SESSION_H
#define VOLE_SESSION_H

#include "command/command.h"
#include "command/select.h"
#include "vole.h"

struct vole_session {
	struct vole_host *host;
	vole_debuginfo_open *open_debuginfo;
	bool force;
	struct vole_settings settings;
	struct vole_selection selection;
	/* Of the target that is open; all NULL when none is. */
	struct vole_target *target;
	struct vole_debuginfo *di;
	struct vole_runtime *rt;
	uint64_t generation;
	uint64_t identity; /* of the facts that it was opened by */
};

/** Open the target of now, or see that it is still the one that is open. */
VOLE_CHECKED bool vole_session_target(struct vole_session *session,
				      struct vole_error *err);

/**
 * The same where nothing but memory can have changed since the last: cheap
 * enough for each value that a debugger prints.
 */
VOLE_CHECKED bool vole_session_again(struct vole_session *session,
				     struct vole_error *err);

#endif
