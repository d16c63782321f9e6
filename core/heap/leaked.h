/**
 * Goroutines that nothing can ever wake: what they wait for cannot be reached
 * but through themselves and others like them. The same rule as the
 * runtime's own search since Go 1.26, src/runtime/mgc.go: findGoroutineLeaks.
 */
#ifndef VOLE_HEAP_LEAKED_H
#define VOLE_HEAP_LEAKED_H

#include "heap/heap.h"
#include "runtime/waits.h"

struct vole_leaked {
	size_t num;
	bool partial; /* the heap is not all there: they are likely only */
};

/**
 * Set `leaked` of those among @p waits, which have the order that
 * vole_waits_read() left them in. @p progress (may be NULL) is told how far marking
 * is. VOLE_NOMEM, VOLE_INTERRUPTED and what reading the heap fails with.
 */
VOLE_CHECKED bool
vole_leaked_find(const struct vole_runtime *rt, struct vole_ui *ui,
		 struct vole_waits *waits,
		 void (*progress)(void *arg, uint64_t done, uint64_t all),
		 void *arg, struct vole_leaked *ret, struct vole_error *err);

#endif
