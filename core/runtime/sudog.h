/**
 * Sudogs: one goroutine in one wait queue, of a channel, a semaphore or a
 * sync.Cond. src/runtime/runtime2.go: type sudog.
 */
#ifndef VOLE_RUNTIME_SUDOG_H
#define VOLE_RUNTIME_SUDOG_H

#include "runtime/runtime.h"

struct vole_sudog {
	uint64_t addr;
	uint64_t g; /* that waits */
	uint64_t next, prev; /* in its queue; of a semaphore: in the treap */
	uint64_t elem; /* data slot, or the semaphore's address */
	uint64_t wait_link; /* the same goroutine's next, or of the same sema */
	uint64_t chan; /* 0: it waits for no channel */
	bool is_select;
};

VOLE_CHECKED bool vole_sudog_read(const struct vole_runtime *rt, uint64_t addr,
				  struct vole_sudog *ret,
				  struct vole_error *err);

#endif
