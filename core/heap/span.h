/**
 * mspan, as it is in the target: for those who want to know all of one span.
 * src/runtime/mheap.go: type mspan.
 */
#ifndef VOLE_HEAP_SPAN_H
#define VOLE_HEAP_SPAN_H

#include "heap/heap.h"

/** mheap.go: mSpanState. */
enum vole_mspan_state {
	VOLE_MSPAN_DEAD = 0,
	VOLE_MSPAN_IN_USE = 1,
	VOLE_MSPAN_MANUAL = 2,
};

/** What the mark bits of a span say. */
enum vole_span_marks {
	VOLE_MARKS_NONE, /* swept: nothing until the next collection */
	VOLE_MARKS_PARTIAL, /* a collection is marking */
	VOLE_MARKS_FINAL, /* marked, not swept: what is not marked is garbage */
	/* Being swept at this moment: they may be the next collection's. */
	VOLE_MARKS_CHANGING,
};

struct vole_mspan {
	uint64_t addr; /* of the mspan */
	uint64_t base;
	uint64_t num_pages;
	uint64_t free_index, count, elem_size;
	uint64_t alloc_bits, mark_bits; /* addresses */
	uint64_t specials; /* the first, or 0 */
	uint64_t large_type; /* of the one object, or 0 */
	uint32_t sweepgen;
	uint16_t alloc_count;
	uint8_t state; /* enum vole_mspan_state */
	uint8_t size_class; /* 0: one large object */
	bool noscan;
	bool need_zero; /* its memory was in use before */
};

/** Read the mspan at @p addr; nothing in it is checked. */
VOLE_CHECKED bool vole_mspan_read(const struct vole_runtime *rt, uint64_t addr,
				  struct vole_mspan *ret,
				  struct vole_error *err);
/** How far sweeping is with @p span. */
enum vole_span_marks vole_span_marks(const struct vole_heap *heap,
				     const struct vole_mspan *span);
/** Does some P allocate from it at any time, without a lock? */
bool vole_span_is_cached(const struct vole_heap *heap,
			 const struct vole_mspan *span);

/** Is the object in slot @p index marked? False: its bit cannot be read. */
VOLE_CHECKED bool vole_mspan_marked(const struct vole_heap *heap,
				    const struct vole_mspan *span,
				    uint64_t index, bool *ret);

#endif
