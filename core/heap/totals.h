/**
 * How much of the heap is what: by spans and marks, and what the runtime
 * itself has counted.
 */
#ifndef VOLE_HEAP_TOTALS_H
#define VOLE_HEAP_TOTALS_H

#include "heap/mark.h"

/** Bytes of the arenas; all but `objects` add up to `arenas`. */
struct vole_heap_totals {
	uint64_t arenas;
	uint64_t live, live_objects; /* reached by a mark */
	uint64_t garbage, garbage_objects; /* allocated and not reached */
	uint64_t free, free_slots; /* for objects, in spans in use */
	uint64_t waste; /* behind the last slot, and bits of the span */
	uint64_t stacks; /* of goroutines, dead ones too; used or not */
	uint64_t manual; /* other spans without objects: the runtime's own */
	uint64_t unused; /* pages of no span */
};

/** What @p mark, which has gone over all roots, and the spans say. */
VOLE_CHECKED bool vole_heap_count(const struct vole_heap *heap,
				  const struct vole_mark *mark,
				  struct vole_ui *ui,
				  struct vole_heap_totals *ret,
				  struct vole_error *err);

/** runtime.gcController and runtime.memstats: each number, or 0. */
struct vole_memstats {
	uint64_t heap_in_use; /* MemStats.HeapInuse */
	uint64_t heap_free; /* 1.19 */
	uint64_t heap_released; /* MemStats.HeapReleased */
	uint64_t heap_live; /* as the collector guesses between its cycles */
	uint64_t heap_marked; /* by the last collection */
	uint64_t num_gc;
	uint64_t metadata; /* of the runtime, outside the arenas */
};

/** VOLE_NO_DEBUG_INFO, VOLE_UNREADABLE. */
VOLE_CHECKED bool vole_memstats_read(const struct vole_runtime *rt,
				     struct vole_memstats *ret,
				     struct vole_error *err);

#endif
