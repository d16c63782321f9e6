/*
 * Go 1.22 on: small objects have their bits at the end of their span, larger
 * ones a type in front of them or, the only one of its span, in the mspan.
 * src/runtime/mbitmap.go: heapBitsInSpan, typePointersOfUnchecked.
 */
#include "heap/bitmap.h"

static enum vole_span_kind kind(const struct vole_heap *heap,
				const struct vole_mspan *span,
				struct vole_span *ret)
{
	const struct vole_layout *layout = &heap->rt->layout;
	uint64_t bytes = (uint64_t)ret->num_pages << VOLE_PAGE_SHIFT;
	uint64_t taken = bytes / 64;

	if (!span->size_class ||
	    span->elem_size >
		    (uint64_t)layout->value[VOLE_CONST_MIN_SIZE_FOR_HEADER])
		return VOLE_SPAN_TYPED;
	if (vole_span_has_inline_marks(heap, span->base))
		taken += layout->size[VOLE_STRUCT_INLINE_MARKS];
	/* No object may reach into the bits. */
	if (taken > bytes || span->count * span->elem_size > bytes - taken)
		return VOLE_SPAN_UNKNOWN;
	ret->bits = (uint32_t)(bytes - taken);
	return VOLE_SPAN_BITS;
}

const struct vole_bitmap_ops vole_bitmap_typed = { "types and bits in spans",
						   kind, NULL };
