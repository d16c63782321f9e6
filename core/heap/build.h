/**
 * Between the files that make the index; nobody else needs this.
 */
#ifndef VOLE_HEAP_BUILD_H
#define VOLE_HEAP_BUILD_H

#include "heap/heap.h"

struct vole_heap_build {
	struct vole_heap *heap;
	struct vole_ui *ui;
	VOLE_ARRAY(struct vole_heap_arena) arenas;
	VOLE_ARRAY(struct vole_span) spans;
	VOLE_ARRAY(uint64_t) mspans;
	VOLE_ARRAY(struct vole_span_special) specials;
	VOLE_ARRAY(uint64_t) allocated;
	/* Index in heap->sizes of each size / 8. */
	uint8_t size_index[VOLE_MAX_SMALL_SIZE / 8 + 1];
	unsigned num_sizes;
	/* Bytes of objects by spanClass / 2; 0: not known. */
	uint16_t class_size[128];
	uint64_t table[VOLE_ARENA_PAGES]; /* spans of the arena at hand */
	uint64_t stale, stale_base; /* mspan looked at last, and its start */
	uint64_t skip; /* its first pages belong to the span before */
};

void vole_heap_damaged(struct vole_heap *heap, enum vole_heap_damage damage,
		       uint64_t addr);
/** False with VOLE_INTERRUPTED when the user asked to stop. */
VOLE_CHECKED bool vole_heap_go_on(struct vole_ui *ui, struct vole_error *err);
/** Fill heap->arenas and the two tables from addresses to spans. */
VOLE_CHECKED bool vole_heap_find_arenas(struct vole_heap_build *b,
					uint64_t mheap, struct vole_error *err);
/** Read all spans of all arenas. */
VOLE_CHECKED bool vole_heap_find_spans(struct vole_heap_build *b,
				       struct vole_error *err);

#endif
