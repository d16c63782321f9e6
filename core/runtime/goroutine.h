/**
 * Goroutines as runtime.allgs has them: every g that ever was, dead ones
 * included. src/runtime/runtime2.go: type g.
 */
#ifndef VOLE_RUNTIME_GOROUTINE_H
#define VOLE_RUNTIME_GOROUTINE_H

#include "runtime/runtime.h"

/** runtime2.go: _Gidle and so on; the same numbers in 1.18 to 1.26. */
enum vole_goroutine_status {
	VOLE_GSTATUS_IDLE = 0,
	VOLE_GSTATUS_RUNNABLE = 1,
	VOLE_GSTATUS_RUNNING = 2,
	VOLE_GSTATUS_SYSCALL = 3,
	VOLE_GSTATUS_WAITING = 4,
	VOLE_GSTATUS_DEAD = 6,
	VOLE_GSTATUS_COPYSTACK = 8,
	VOLE_GSTATUS_PREEMPTED = 9,
	VOLE_GSTATUS_LEAKED = 10, /* 1.26: like waiting */
	VOLE_GSTATUS_DEADEXTRA = 11, /* 1.26: of an idle extra M */
};

struct vole_goroutine {
	uint64_t addr; /* of the g */
	uint64_t id; /* goid */
	uint64_t stack_lo, stack_hi;
	uint64_t sched_sp, sched_pc, sched_bp; /* stale while it runs */
	uint64_t syscall_sp, syscall_pc, syscall_bp; /* 0: not in a call */
	uint64_t m; /* that runs it, or 0 */
	uint64_t locked_m; /* that it is locked to, or 0 */
	uint64_t panic, defer; /* newest _panic and _defer, or 0 */
	uint64_t parent; /* goid of its creator; 0: not recorded (to 1.20) */
	uint64_t go_pc; /* return address of its go statement; 0 none */
	uint64_t start_pc;
	uint64_t waiting; /* its sudogs, or 0 */
	uint64_t labels; /* profiler labels, or 0 */
	uint64_t timer; /* of time.Sleep, or 0 */
	int64_t sleep_when; /* nanotime; 0 not recorded */
	int64_t wait_since; /* nanotime; 0 until a collection saw it wait */
	uint64_t sigcode0, sigcode1, sigpc;
	uint32_t sig; /* of the fault it is in, or 0 */
	enum vole_goroutine_status status;
	bool scan; /* a collector is at its stack */
	uint8_t wait_reason; /* says nothing unless status is waiting */
};

/** runtime.allgs. */
struct vole_goroutines {
	uint64_t addr; /* of the array of pointers */
	uint64_t len; /* of what can be read of it */
	uint64_t lost; /* how many more the list claims to have */
};

/**
 * Where all goroutines are: by variable, in stripped programs by a search of
 * the data segment. VOLE_CORRUPT (an absurd length), VOLE_NOT_FOUND.
 */
VOLE_CHECKED bool vole_goroutines_find(const struct vole_runtime *rt,
				       struct vole_goroutines *ret,
				       struct vole_error *err);
/** Address of the g number @p index. */
VOLE_CHECKED bool vole_goroutines_get(const struct vole_runtime *rt,
				      const struct vole_goroutines *list,
				      uint64_t index, uint64_t *ret,
				      struct vole_error *err);
/**
 * Hints for a walk over many: the g at @p next will be read, and of the one at
 * @p sooner, which was @p next before, the stack. Either may be 0.
 */
void vole_goroutine_prefetch(const struct vole_runtime *rt, uint64_t next,
			     uint64_t sooner);
/** How many steps ahead of the walk those are. */
enum { VOLE_NEXT_G = 24, VOLE_SOONER_G = 12 };
/**
 * The same for a walk over all of @p list that is at @p index; not @p whole:
 * only heads will be read.
 */
void vole_goroutines_prefetch(const struct vole_runtime *rt,
			      const struct vole_goroutines *list,
			      uint64_t index, bool whole);
/** Read the g at @p addr. VOLE_CORRUPT: a status or a stack that is none. */
VOLE_CHECKED bool vole_goroutine_read(const struct vole_runtime *rt,
				      uint64_t addr, struct vole_goroutine *ret,
				      struct vole_error *err);
/**
 * The living goroutine whose goid is @p id. VOLE_NOT_FOUND; VOLE_UNREADABLE
 * where it may be one of those that cannot be read.
 */
VOLE_CHECKED bool vole_goroutine_find(const struct vole_runtime *rt,
				      uint64_t id, struct vole_goroutine *ret,
				      struct vole_error *err);

/**
 * Only id, status, stack, wait_since and wait_reason of it, the rest is 0: of
 * many goroutines at a third of the time.
 */
VOLE_CHECKED bool vole_goroutine_head(const struct vole_runtime *rt,
				      uint64_t addr, struct vole_goroutine *ret,
				      struct vole_error *err);

/** Is it one that runs, waits or can run: neither idle nor dead? */
bool vole_goroutine_lives(const struct vole_goroutine *g);
/** "waiting", "running", ...: a closed list, see vole_goroutine_states. */
const char *vole_goroutine_state(const struct vole_goroutine *g);
/** All words of vole_goroutine_state(), NULL at the end. */
extern const char *const vole_goroutine_states[];
/**
 * What a waiting goroutine waits for, in the runtime's own words ("chan
 * receive"), read from the target; NULL when it does not wait or the words
 * cannot be read. Lives as long as the runtime.
 */
const char *vole_goroutine_wait_reason(const struct vole_runtime *rt,
				       const struct vole_goroutine *g);

/** For vole_runtime_open() and _close() only. */
struct vole_wait_reasons *vole_wait_reasons_new(void);
void vole_wait_reasons_free(struct vole_wait_reasons *reasons);

#endif
