/** Another process of this machine as a target, stopped while it is looked at. */
#ifndef VOLE_CLI_PROCESS_H
#define VOLE_CLI_PROCESS_H

#include <limits.h>
#include <sys/types.h>

#include "target/host.h"

struct process_thread {
	pid_t tid;
	int signal; /* was on its way when we came: give it back; 0 none */
	struct vole_regs regs;
};

struct process {
	struct vole_host host; /* first: cast back from it */
	pid_t pid;
	char exe[PATH_MAX];
	struct process_thread *threads;
	size_t num_threads;
	size_t room;
};

/**
 * Stop all threads of @p pid. VOLE_NOT_FOUND: no such process;
 * VOLE_UNREADABLE: we may not. Whatever happens to us, the kernel lets the
 * process go on when we end.
 */
VOLE_CHECKED bool process_open(struct process *process, pid_t pid,
			       struct vole_error *err);
/** Let it go on. Harmless after a failed or no process_open(). */
void process_close(struct process *process);

#endif
