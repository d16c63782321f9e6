/**
 * The state of what goroutines wait for each other with, and who holds it.
 * src/sync/mutex.go, rwmutex.go, waitgroup.go.
 *
 * Go records no owner of a lock. What is told here is evidence: a deferred
 * call that has the lock's address is there to unlock it; an address on the
 * stack of a goroutine that does not wait for it may be left over.
 */
#ifndef VOLE_RUNTIME_LOCK_H
#define VOLE_RUNTIME_LOCK_H

#include "base/hash.h"
#include "runtime/wait.h"

/** What a lock says of itself, in words: "locked, 2 waiters"; "" not known. */
void vole_lock_state(const struct vole_runtime *rt, enum vole_wait_kind kind,
		     uint64_t addr, char *buf, size_t room);
/** Is anybody holding it, as far as it says? */
bool vole_lock_is_held(const struct vole_runtime *rt, enum vole_wait_kind kind,
		       uint64_t addr);

enum vole_evidence {
	VOLE_EVIDENCE_STACK, /* its address is on the goroutine's stack */
	VOLE_EVIDENCE_DEFER, /* a deferred call of the goroutine has it */
};

struct vole_holder {
	uint64_t lock;
	uint64_t goroutine; /* id */
	enum vole_evidence evidence;
	uint64_t at; /* the word of stack; the closure of the deferred call */
	uint64_t code; /* of the deferred call; 0 */
};

/**
 * Look for the lock addresses (keys of @p locks) in @p g, which waits for
 * @p waits_for (0: none of them). The best evidence for each lock is added
 * to @p found by @p add; it returns false to stop. VOLE_NOMEM.
 */
VOLE_CHECKED bool
vole_locks_find(const struct vole_runtime *rt, const struct vole_goroutine *g,
		const struct vole_hash *locks, uint64_t waits_for,
		struct vole_arena *arena,
		bool (*add)(void *arg, const struct vole_holder *holder),
		void *arg, struct vole_error *err);

#endif
