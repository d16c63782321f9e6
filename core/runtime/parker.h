/**
 * Which function a goroutine is parked in on a semaphore, which tells what the
 * semaphore is a part of: a sync.Mutex, an RWMutex, a WaitGroup.
 */
#ifndef VOLE_RUNTIME_PARKER_H
#define VOLE_RUNTIME_PARKER_H

#include "runtime/wait.h"

struct vole_parker {
	enum vole_wait_kind kind; /* VOLE_WAIT_SEMAPHORE: something else's */
	enum vole_wait_op op;
	bool in_rwmutex; /* RWMutex.Lock waits for the mutex in it */
};

/** By the functions on the stack of @p g. */
struct vole_parker vole_parker_find(const struct vole_runtime *rt,
				    const struct vole_goroutine *g);
/** What the semaphore at @p sema is a field of; 0 not known. */
uint64_t vole_parker_object(const struct vole_runtime *rt,
			    const struct vole_parker *parker, uint64_t sema);

#endif
