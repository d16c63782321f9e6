/**
 * Where the runtime recorded which words of objects are pointers: one file a
 * generation, chosen once by what is there. Most callers want pointers.h.
 */
#ifndef VOLE_HEAP_BITMAP_H
#define VOLE_HEAP_BITMAP_H

#include "heap/heap.h"
#include "heap/span.h"

struct vole_pointers;

struct vole_bitmap_ops {
	const char *name;
	/**
	 * How the pointers of a span with pointers are told; sets ret->bits.
	 * The rest of @p ret is there.
	 */
	enum vole_span_kind (*kind)(const struct vole_heap *heap,
				    const struct vole_mspan *span,
				    struct vole_span *ret);
	/**
	 * The mask of an object's words from walk->at on and for how many, at
	 * least one; where no more pointers follow walk->end moves to the end
	 * of those. False when it cannot be read. NULL: never BITMAP.
	 */
	bool (*next)(struct vole_pointers *walk, uint64_t *ret_mask,
		     unsigned *ret_words);
};

extern const struct vole_bitmap_ops vole_bitmap_two; /* bits a word, to 1.19 */
extern const struct vole_bitmap_ops vole_bitmap_one; /* 1.20, 1.21 */
extern const struct vole_bitmap_ops vole_bitmap_typed; /* 1.22 on */
extern const struct vole_bitmap_ops vole_bitmap_unknown;

/** The generation of a target. */
const struct vole_bitmap_ops *
vole_bitmap_generation(const struct vole_layout *layout);

/** @p len bytes from @p off on of the bitmap of @p arena, that lie in it. */
VOLE_CHECKED bool vole_arena_bitmap_read(const struct vole_heap *heap,
					 const struct vole_heap_arena *arena,
					 uint64_t off, void *buf, size_t len);
/** Does the span that begins at @p base have its mark bits in itself? 1.25 */
bool vole_span_has_inline_marks(const struct vole_heap *heap, uint64_t base);

#endif
