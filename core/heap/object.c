#include "heap/object.h"

#include "heap/pointers.h"

enum { TINY_SIZE = 16 }; /* src/runtime/malloc.go: maxTinySize */

static enum vole_object_state state_of(const struct vole_heap *heap,
				       const struct vole_mspan *m,
				       const struct vole_object *object)
{
	bool marked;

	if (!vole_bit(heap->allocated, object->number))
		return m->need_zero ? VOLE_OBJECT_FREE : VOLE_OBJECT_NEVER;
	if (vole_span_marks(heap, m) == VOLE_MARKS_FINAL &&
	    vole_mspan_marked(heap, m, object->index, &marked) && !marked)
		return VOLE_OBJECT_GARBAGE;
	return VOLE_OBJECT_ALLOCATED;
}

/* The type that the runtime keeps with an object over 512 bytes. */
static uint64_t type_of(const struct vole_heap *heap,
			const struct vole_object *object,
			const struct vole_mspan *m)
{
	struct vole_error unused;
	uint64_t type;

	if (!object->span->size)
		return m->large_type;
	return vole_memory_uint(heap->rt->mem, object->slot, 8, &type,
				&unused) ?
		       type :
		       0;
}

void vole_object_of(const struct vole_heap *heap, const struct vole_span *span,
		    uint32_t index, struct vole_object *ret)
{
	uint64_t size = vole_span_object_size(heap, span);
	unsigned header = span->kind == VOLE_SPAN_TYPED && span->size ? 8 : 0;
	struct vole_mspan m = { 0 };
	struct vole_error unused;

	*ret = (struct vole_object){
		.span = span,
		.part = VOLE_PART_OBJECT,
		.number = span->first + index,
		.index = index,
		.slot = span->base + index * size,
		.base = span->base + index * size + header,
		.size = size - header,
		.noscan = span->kind == VOLE_SPAN_NOSCAN,
	};
	ret->tiny = ret->noscan && size == TINY_SIZE;
	if (!vole_mspan_read(heap->rt, heap->mspans[span - heap->spans], &m,
			     &unused))
		m.need_zero = true;
	ret->state = state_of(heap, &m, ret);
	if (span->kind == VOLE_SPAN_TYPED && ret->state <= VOLE_OBJECT_GARBAGE)
		ret->type = type_of(heap, ret, &m);
}

bool vole_object_at(const struct vole_heap *heap, uint64_t addr,
		    struct vole_object *ret)
{
	uint32_t number = vole_heap_span_at(heap, addr), index;
	const struct vole_span *span;

	if (!number)
		return false;
	span = &heap->spans[number - 1];
	index = vole_span_slot(heap, span, addr - span->base);
	if (span->kind == VOLE_SPAN_MANUAL || index >= span->count) {
		*ret = (struct vole_object){
			.span = span,
			.part = span->kind == VOLE_SPAN_MANUAL ?
					VOLE_PART_MANUAL :
					VOLE_PART_TAIL,
		};
		return true;
	}
	vole_object_of(heap, span, index, ret);
	ret->offset = addr - ret->base;
	if (addr < ret->base) {
		ret->part = VOLE_PART_HEADER;
		ret->offset = 0;
	}
	return true;
}

const char *vole_object_state_name(enum vole_object_state state)
{
	static const char *const names[] = {
		[VOLE_OBJECT_ALLOCATED] = "allocated",
		[VOLE_OBJECT_GARBAGE] = "garbage",
		[VOLE_OBJECT_FREE] = "free",
		[VOLE_OBJECT_NEVER] = "never-allocated",
	};

	return names[state];
}
