/*
 * Go 1.20 and 1.21: one bit a word in the arena's bitmap, and one for each 64
 * of them that says "no more". src/runtime/mbitmap.go: heapBits.
 */
#include "heap/bitmap.h"
#include "heap/pointers.h"

static enum vole_span_kind kind(const struct vole_heap *heap,
				const struct vole_mspan *span,
				struct vole_span *ret)
{
	(void)heap;
	(void)span;
	(void)ret;
	return VOLE_SPAN_BITMAP;
}

static bool no_more(const struct vole_heap *heap,
		    const struct vole_heap_arena *arena, uint64_t index)
{
	uint64_t at =
		arena->addr + index / 8 +
		heap->rt->layout.place[VOLE_HEAP_ARENA_NO_MORE_PTRS].offset;
	struct vole_error unused;
	uint64_t byte;

	return vole_memory_uint(heap->rt->mem, at, 1, &byte, &unused) &&
	       byte >> index % 8 & 1;
}

static bool next(struct vole_pointers *walk, uint64_t *ret_mask,
		 unsigned *ret_words)
{
	const struct vole_heap_arena *arena =
		vole_heap_arena_at(walk->heap, walk->at);
	uint64_t word = (walk->at & VOLE_ARENA_MASK) / 8, mask;
	unsigned words = 64 - word % 64;

	if (!arena || !vole_arena_bitmap_read(walk->heap, arena, word / 64 * 8,
					      &mask, sizeof(mask)))
		return false;
	if (walk->end - walk->at > (uint64_t)words * 8 &&
	    no_more(walk->heap, arena, word / 64))
		walk->end = walk->at + (uint64_t)words * 8;
	*ret_mask = mask >> word % 64;
	*ret_words = words;
	return true;
}

const struct vole_bitmap_ops vole_bitmap_one = { "one bit a word", kind, next };
