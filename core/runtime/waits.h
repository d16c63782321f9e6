/**
 * Who waits for what, and for whom: all goroutines of a program at once.
 */
#ifndef VOLE_RUNTIME_WAITS_H
#define VOLE_RUNTIME_WAITS_H

#include "base/array.h"
#include "runtime/lock.h"

/** A goroutine that waits. */
struct vole_waiter {
	uint64_t id, addr; /* of the goroutine */
	int64_t since; /* nanotime; 0 not known */
	bool system; /* works for the runtime */
	bool leaked; /* nothing can wake it; see heap/leaked.h */
	struct vole_wait wait;
	size_t first_holder, num_holders; /* in vole_waits.holders */
};

/** Goroutines of which each waits for a lock that the next likely holds. */
struct vole_wait_cycle {
	const uint64_t *ids;
	size_t len;
};

struct vole_waits {
	struct vole_arena *arena;
	VOLE_ARRAY(struct vole_waiter) waiters; /* as the runtime lists them */
	VOLE_ARRAY(struct vole_holder) holders; /* by lock, the best first */
	VOLE_ARRAY(struct vole_wait_cycle) cycles;
	uint64_t num_goroutines; /* that live */
	uint64_t unreadable;
	const char *problem; /* why some waiters may be missing, or NULL */
};

/**
 * Fill @p ret, in @p arena and by malloc. @p stopped (may be NULL) is asked
 * now and then with how far it is; true ends it early with what was found.
 */
VOLE_CHECKED bool
vole_waits_read(const struct vole_runtime *rt, struct vole_arena *arena,
		bool (*stopped)(void *arg, uint64_t done, uint64_t all),
		void *arg, struct vole_waits *ret, struct vole_error *err);
void vole_waits_free(struct vole_waits *waits);

#endif
