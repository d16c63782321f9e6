#include "heap/bitmap.h"

#include <string.h>

static enum vole_span_kind no_kind(const struct vole_heap *heap,
				   const struct vole_mspan *span,
				   struct vole_span *ret)
{
	(void)heap;
	(void)span;
	(void)ret;
	return VOLE_SPAN_UNKNOWN;
}

const struct vole_bitmap_ops vole_bitmap_unknown = { "unknown", no_kind, NULL };

const struct vole_bitmap_ops *
vole_bitmap_generation(const struct vole_layout *layout)
{
	uint32_t words = 1 << (VOLE_ARENA_SHIFT - 3);
	const struct vole_place *bitmap =
		&layout->place[VOLE_HEAP_ARENA_BITMAP];
	const struct vole_place *ends =
		&layout->place[VOLE_HEAP_ARENA_NO_MORE_PTRS];

	if (bitmap->known && ends->known)
		return bitmap->size == words / 8 && ends->size == words / 512 ?
			       &vole_bitmap_one :
			       &vole_bitmap_unknown;
	if (bitmap->known)
		return bitmap->size == words / 4 ? &vole_bitmap_two :
						   &vole_bitmap_unknown;
	return layout->place[VOLE_MSPAN_LARGE_TYPE].known &&
			       layout->has_const[VOLE_CONST_MIN_SIZE_FOR_HEADER] ?
		       &vole_bitmap_typed :
		       &vole_bitmap_unknown;
}

bool vole_arena_bitmap_read(const struct vole_heap *heap,
			    const struct vole_heap_arena *arena, uint64_t off,
			    void *buf, size_t len)
{
	const struct vole_layout *layout = &heap->rt->layout;

	if (arena->bitmap) {
		memcpy(buf, arena->bitmap + off, len);
		return true;
	}
	off += layout->place[VOLE_HEAP_ARENA_BITMAP].offset;
	return vole_memory_read(heap->rt->mem, arena->addr + off, buf, len) ==
	       len;
}

bool vole_span_has_inline_marks(const struct vole_heap *heap, uint64_t base)
{
	const struct vole_place *place =
		&heap->rt->layout.place[VOLE_HEAP_ARENA_INLINE_MARKS];
	const struct vole_heap_arena *arena = vole_heap_arena_at(heap, base);
	uint64_t page = (base >> VOLE_PAGE_SHIFT) % VOLE_ARENA_PAGES, byte;
	struct vole_error unused;

	return place->known && arena && page / 8 < place->size &&
	       vole_memory_uint(heap->rt->mem,
				arena->addr + place->offset + page / 8, 1,
				&byte, &unused) &&
	       byte >> page % 8 & 1;
}
