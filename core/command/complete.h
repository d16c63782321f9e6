/**
 * What may stand at the cursor: command names, options, settings, and in an
 * expression the target's own names.
 */
#ifndef VOLE_COMMAND_COMPLETE_H
#define VOLE_COMMAND_COMPLETE_H

#include "command/command.h"

/** Who asks for completions. */
struct vole_completer {
	/** Names of the target, opened when they are needed; NULL: none. */
	struct vole_debuginfo *(*names)(void *arg);
	/**
	 * Calls @p each with the variables of the frame that @p command is
	 * about when its arguments begin with @p args.
	 */
	void (*locals)(void *arg, const struct vole_command *command,
		       const char *args,
		       void (*each)(void *word, const char *name), void *word);
	/** Takes a whole last word: what stands after the last blank. */
	void (*each)(void *arg, const char *word);
	void *arg;
	size_t limit; /* words to give at most */
};

/** Complete @p line, a command and its arguments; the cursor is at its end. */
void vole_complete(const struct vole_completer *completer, const char *line);

#endif
