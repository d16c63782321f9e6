#include "command/slice_backing.h"

/*
 * To what is mapped: what looks like a pointer to nothing is a number. False:
 * nothing is left.
 */
static bool clip(struct vole_memory *mem, struct vole_backing *b)
{
	uint64_t room = 0;

	switch (vole_memory_presence(mem, b->addr)) {
	case VOLE_PRESENCE_READABLE:
		room = vole_memory_extent(mem, b->addr, b->size);
		break;
	case VOLE_PRESENCE_NOT_DUMPED:
	case VOLE_PRESENCE_CUT_OFF:
		room = vole_corefile_undumped(mem->core, b->addr);
		break;
	case VOLE_PRESENCE_NONE:
	case VOLE_PRESENCE_UNKNOWN:
		break;
	}
	if (b->size > room)
		b->size = room;
	return b->size > 0;
}

bool vole_backing_find(struct vole_context *ctx, const struct vole_slice *s,
		       struct vole_backing *ret)
{
	struct vole_error unused;
	struct vole_heap *heap;

	*ret = (struct vole_backing){ .kind = VOLE_BACKING_BARE,
				      .addr = s->data,
				      .size = s->cap * s->elem_size,
				      .slice = s };
	if (!s->data || !ret->size)
		return false;
	if (vole_heap_get(ctx->rt, ctx->sink->ui, &heap, &unused) &&
	    vole_object_at(heap, s->data, &ret->object) &&
	    ret->object.part <= VOLE_PART_HEADER) {
		ret->kind = VOLE_BACKING_OBJECT;
		ret->addr = ret->object.base;
		ret->size = ret->object.size;
	} else if (vole_package_var_at(ctx->rt, s->data, &ret->variable,
				       &unused)) {
		ret->kind = VOLE_BACKING_VARIABLE;
		ret->addr = ret->variable.addr;
		ret->size = ret->variable.size;
	}
	return ret->kind != VOLE_BACKING_BARE || clip(ctx->rt->mem, ret);
}

bool vole_backing_holds(const struct vole_backing *b)
{
	return b->slice->data >= b->addr &&
	       b->slice->cap * b->slice->elem_size <=
		       b->addr + b->size - b->slice->data;
}

void vole_put_backing(struct vole_context *ctx, const struct vole_backing *b)
{
	uint64_t end = b->slice->data + b->slice->cap * b->slice->elem_size;
	struct vole_sink *sink = ctx->sink;

	if (b->kind == VOLE_BACKING_BARE)
		return;
	if (b->kind == VOLE_BACKING_OBJECT)
		vole_put_object(ctx, &b->object);
	else
		vole_sink_text(sink, "variable", VOLE_STYLE_NAME,
			       b->variable.name);
	if (vole_backing_holds(b))
		vole_sink_number(sink, "bytes_behind",
				 (int64_t)(b->addr + b->size - end));
	if (b->slice->data >= b->addr)
		vole_sink_number(sink, "bytes_before",
				 (int64_t)(b->slice->data - b->addr));
}
