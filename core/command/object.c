#include "command/object.h"

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

void vole_put_object(struct vole_context *ctx, const struct vole_object *object)
{
	struct vole_sink *sink = ctx->sink;

	vole_sink_object(sink, "object");
	vole_sink_address(sink, "address", object->base);
	vole_sink_number(sink, "size", (int64_t)object->size);
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
