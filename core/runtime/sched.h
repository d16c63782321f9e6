/**
 * The scheduler as a whole: the queue all Ps share, and whether the world is
 * stopped or being stopped. src/runtime/proc.go, runtime2.go: type schedt.
 */
#ifndef VOLE_RUNTIME_SCHED_H
#define VOLE_RUNTIME_SCHED_H

#include "runtime/goroutine.h"

enum vole_world {
	VOLE_WORLD_RUNNING,
	VOLE_WORLD_STOPPING, /* for a collection, or somebody else */
	VOLE_WORLD_STOPPED,
	VOLE_WORLD_FROZEN, /* by the crash itself: proc.go, freezetheworld */
};

struct vole_sched {
	enum vole_world world;
	int32_t stop_wait; /* Ps it still waits for, when STOPPING */
	uint64_t queue; /* first g of the global queue, or 0 */
	int32_t queue_len; /* as the scheduler counts */
	int32_t idle_ms, idle_ps, spinning_ms, max_ms;
};

/** VOLE_NOT_FOUND (no such variable), VOLE_UNREADABLE. */
VOLE_CHECKED bool vole_sched_read(const struct vole_runtime *rt,
				  struct vole_sched *ret,
				  struct vole_error *err);
/** The g after @p g in the global queue, through @p ret; 0 at its end. */
VOLE_CHECKED bool vole_sched_next(const struct vole_runtime *rt, uint64_t g,
				  uint64_t *ret, struct vole_error *err);
/** Is @p stop_wait, of sched, that of a world which the crash itself froze? */
bool vole_sched_froze(int32_t stop_wait);
/** "running", "stopping", "stopped", "frozen". */
const char *vole_world_name(enum vole_world world);

#endif
