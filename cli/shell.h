/** Commands from the command line, a file or a prompt. */
#ifndef VOLE_CLI_SHELL_H
#define VOLE_CLI_SHELL_H

#include <stdio.h>

#include "vole.h"

struct shell {
	struct vole_session *session;
	int exit; /* the worst of all commands so far */
	bool done; /* `quit`, or Ctrl-C: run nothing more */
};

enum { SHELL_INTERRUPTED = 130 };

/** Take over SIGINT: it ends a command, not the program. */
void shell_init(struct shell *shell, struct vole_session *session);
/** Run one line; blank ones and those that begin with # do nothing. */
void shell_run(struct shell *shell, const char *line);
/** Run each line of @p file; of stdin at a terminal, with a prompt. */
void shell_run_file(struct shell *shell, FILE *file);
/** "error: message" on stderr, after what is on stdout; the exit status. */
int shell_error(const struct vole_error *err);

#endif
