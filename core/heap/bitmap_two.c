/*
 * Go 1.18 and 1.19: four words a byte of the arena's bitmap, four bits that
 * say "pointer" and four that say "go on". src/runtime/mbitmap.go: heapBits.
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

/* The low half of each of eight bytes, put together. */
static uint64_t pack(uint64_t x)
{
	x &= 0x0f0f0f0f0f0f0f0f;
	x = (x | x >> 4) & 0x00ff00ff00ff00ff;
	x = (x | x >> 8) & 0x0000ffff0000ffff;
	return (x | x >> 16) & 0x00000000ffffffff;
}

static bool next(struct vole_pointers *walk, uint64_t *ret_mask,
		 unsigned *ret_words)
{
	const struct vole_heap_arena *arena =
		vole_heap_arena_at(walk->heap, walk->at);
	uint64_t word = (walk->at & VOLE_ARENA_MASK) / 8;
	unsigned skip = word % 4, left;
	uint64_t bytes[2] = { 0 }, mask, scan;
	size_t len = sizeof(bytes);

	/* An arena's bitmap ends with the arena. */
	if (len > (VOLE_ARENA_WORDS - word + 3) / 4)
		len = (VOLE_ARENA_WORDS - word + 3) / 4;
	if (!arena ||
	    !vole_arena_bitmap_read(walk->heap, arena, word / 4, bytes, len))
		return false;
	mask = (pack(bytes[0]) | pack(bytes[1]) << 32) >> skip;
	scan = (pack(bytes[0] >> 4) | pack(bytes[1] >> 4) << 32) >> skip;
	left = (unsigned)len * 4 - skip;
	/* The word behind the last pointer says that none follows. */
	if (~scan) {
		unsigned end = (unsigned)__builtin_ctzll(~scan);

		if (end < left) {
			mask &= (UINT64_C(1) << end) - 1;
			if (walk->end - walk->at > (uint64_t)end * 8)
				walk->end = walk->at + (uint64_t)end * 8;
		}
	}
	*ret_mask = mask;
	*ret_words = left;
	return true;
}

const struct vole_bitmap_ops vole_bitmap_two = { "two bits a word", kind,
						 next };
