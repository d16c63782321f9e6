/**
 * Ps: the runtime's processors, each with a queue of goroutines that can run.
 * src/runtime/runtime2.go: type p.
 */
#ifndef VOLE_RUNTIME_P_H
#define VOLE_RUNTIME_P_H

#include "runtime/runtime.h"

enum { VOLE_P_RUNQ_SIZE = 256 };

struct vole_p {
	uint64_t addr;
	int64_t id;
	uint32_t status; /* see vole_p_state() */
	uint64_t m; /* that holds it, or 0 */
	uint64_t run_next; /* g that runs next, or 0 */
	uint64_t runq; /* address of the ring of g's */
	uint32_t runq_head, runq_tail; /* counted on, not wrapped */
	int64_t sched_when, syscall_when; /* nanotime, by sysmon */
};

/** runtime.allp. */
struct vole_ps {
	uint64_t addr;
	uint64_t len;
};

/** VOLE_NOT_FOUND, VOLE_CORRUPT. */
VOLE_CHECKED bool vole_ps_find(const struct vole_runtime *rt,
			       struct vole_ps *ret, struct vole_error *err);
/** VOLE_CORRUPT: a queue of more than it can hold. */
VOLE_CHECKED bool vole_p_read(const struct vole_runtime *rt,
			      const struct vole_ps *ps, uint64_t index,
			      struct vole_p *ret, struct vole_error *err);
/** "idle", "running", "syscall", "gcstop", "dead". */
const char *vole_p_state(const struct vole_p *p);
/** The g at place @p index of the queue, 0 the next to run. */
VOLE_CHECKED bool vole_p_queued(const struct vole_runtime *rt,
				const struct vole_p *p, uint32_t index,
				uint64_t *ret, struct vole_error *err);

#endif
