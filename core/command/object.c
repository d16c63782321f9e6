#include "command/object.h"

#include "heap/span.h"
#include "runtime/rtype.h"

const char *vole_object_type_name(struct vole_context *ctx,
				  const struct vole_object *object)
{
	struct vole_error unused;
	const char *name;

	if (!object->type ||
	    !vole_rtype_name(ctx->rt, object->type, ctx->arena, &name, &unused))
		return NULL;
	return name;
}

/* Which of the allocator's sizes it has: the slot's, with the header. */
static void put_size_class(struct vole_context *ctx,
			   const struct vole_object *object)
{
	struct vole_sink *sink = ctx->sink;
	struct vole_mspan span;
	struct vole_error unused;
	struct vole_heap *heap;

	if (!vole_heap_get(ctx->rt, sink->ui, &heap, &unused) ||
	    !vole_mspan_read(ctx->rt, heap->mspans[object->span - heap->spans],
			     &span, &unused))
		return;
	vole_sink_number_json(sink, "size_class", span.size_class);
	if (span.size_class)
		vole_sink_cell_printf(sink, "size class", VOLE_STYLE_PLAIN,
				      "%u of %" PRIu64 " bytes",
				      span.size_class, span.elem_size);
	else
		vole_sink_cell(sink, "size class", VOLE_STYLE_PLAIN,
			       "none: large, in a span of its own");
}

void vole_put_object(struct vole_context *ctx, const struct vole_object *object)
{
	struct vole_sink *sink = ctx->sink;

	vole_sink_object(sink, "object");
	vole_sink_address(sink, "address", object->base);
	vole_sink_number(sink, "size", (int64_t)object->size);
	put_size_class(ctx, object);
	vole_sink_text(sink, "state", VOLE_STYLE_PLAIN,
		       vole_object_state_name(object->state));
	vole_sink_flag(sink, "pointers", !object->noscan);
	vole_sink_flag_json(sink, "tiny", object->tiny);
	vole_sink_number_json(sink, "index", object->index);
	vole_sink_address(sink, "span", object->span->base);
	vole_sink_text(sink, "type", VOLE_STYLE_TYPE,
		       vole_object_type_name(ctx, object));
	vole_sink_end(sink);
}
