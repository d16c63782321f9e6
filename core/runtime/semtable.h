/**
 * Who is parked on which semaphore: runtime.semtable, where the waiters of
 * every sync.Mutex, RWMutex, WaitGroup and of internal/poll's locks are.
 * src/runtime/sema.go.
 */
#ifndef VOLE_RUNTIME_SEMTABLE_H
#define VOLE_RUNTIME_SEMTABLE_H

#include "base/hash.h"
#include "runtime/runtime.h"

struct vole_semtable {
	struct vole_hash of_g; /* address of a g to that of its sudog */
	const char *problem; /* one sentence when part of it is damaged */
};

/**
 * Read all of it. What is damaged is left out and told in ret->problem; false
 * only for VOLE_NOT_FOUND (no such variable) and VOLE_NOMEM. Free with
 * vole_semtable_free().
 */
VOLE_CHECKED bool vole_semtable_read(const struct vole_runtime *rt,
				     struct vole_semtable *ret,
				     struct vole_error *err);
void vole_semtable_free(struct vole_semtable *table);

#endif
