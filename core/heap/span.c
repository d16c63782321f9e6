#include "heap/span.h"

#include "base/checked.h"
#include "heap/bitmap.h"

enum {
	MSPAN_BYTES = 256, /* the fields read lie in front */
	NOSCAN = 1, /* of a spanClass; the size class is above it */
};

bool vole_mspan_read(const struct vole_runtime *rt, uint64_t addr,
		     struct vole_mspan *ret, struct vole_error *err)
{
	struct vole_view v = vole_runtime_view(rt, addr, err);
	uint64_t size = rt->layout.size[VOLE_STRUCT_MSPAN];
	uint8_t bytes[MSPAN_BYTES], class;

	vole_view_load(&v, bytes, size < sizeof(bytes) ? size : sizeof(bytes));
	*ret = (struct vole_mspan){
		.addr = addr,
		.base = vole_get(&v, VOLE_MSPAN_START_ADDR),
		.num_pages = vole_get(&v, VOLE_MSPAN_NPAGES),
		.free_index = vole_get(&v, VOLE_MSPAN_FREE_INDEX),
		.count = vole_get(&v, VOLE_MSPAN_NELEMS),
		.elem_size = vole_get(&v, VOLE_MSPAN_ELEMSIZE),
		.alloc_bits = vole_get(&v, VOLE_MSPAN_ALLOC_BITS),
		.mark_bits = vole_get(&v, VOLE_MSPAN_GCMARK_BITS),
		.specials = vole_get(&v, VOLE_MSPAN_SPECIALS),
		.large_type = vole_get(&v, VOLE_MSPAN_LARGE_TYPE),
		.sweepgen = (uint32_t)vole_get(&v, VOLE_MSPAN_SWEEPGEN),
		.alloc_count = (uint16_t)vole_get(&v, VOLE_MSPAN_ALLOC_COUNT),
		.state = (uint8_t)vole_get(&v, VOLE_MSPAN_STATE),
		.need_zero = vole_get(&v, VOLE_MSPAN_NEED_ZERO),
	};
	class = (uint8_t)vole_get(&v, VOLE_MSPAN_SPAN_CLASS);
	ret->size_class = class >> 1;
	ret->noscan = class & NOSCAN;
	return v.ok;
}

/*
 * mheap.go: sweepgen. 0: swept; 3: swept and in an mcache; -2: to be swept; -1:
 * being swept; 1: in an mcache since before this cycle.
 */
enum vole_span_marks vole_span_marks(const struct vole_heap *heap,
				     const struct vole_mspan *span)
{
	uint32_t behind = heap->sweepgen - span->sweepgen;

	if (heap->gc_phase)
		return VOLE_MARKS_PARTIAL;
	if (behind == 1)
		return VOLE_MARKS_CHANGING;
	return behind == 2 || behind == (uint32_t)-1 ? VOLE_MARKS_FINAL :
						       VOLE_MARKS_NONE;
}

bool vole_span_is_cached(const struct vole_heap *heap,
			 const struct vole_mspan *span)
{
	uint32_t behind = heap->sweepgen - span->sweepgen;

	return behind == (uint32_t)-1 || behind == (uint32_t)-3;
}

/* mgcmark_greenteagc.go: the bits at the end of a span are moved when it is
 * swept. */
bool vole_mspan_marked(const struct vole_heap *heap,
		       const struct vole_mspan *span, uint64_t index, bool *ret)
{
	const struct vole_layout *layout = &heap->rt->layout;
	uint64_t bits = span->mark_bits, at, byte;
	struct vole_error unused;

	if (layout->has[VOLE_STRUCT_INLINE_MARKS] &&
	    vole_span_has_inline_marks(heap, span->base))
		bits = span->base + (span->num_pages << VOLE_PAGE_SHIFT) -
		       layout->size[VOLE_STRUCT_INLINE_MARKS] +
		       layout->place[VOLE_INLINE_MARKS_MARKS].offset;
	if (!vole_at(bits, index / 8, 1, &at) ||
	    !vole_memory_uint(heap->rt->mem, at, 1, &byte, &unused))
		return false;
	*ret = byte >> index % 8 & 1;
	return true;
}
