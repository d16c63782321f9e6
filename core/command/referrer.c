#include "command/referrer.h"

#include "command/object.h"

static const char *const kinds[VOLE_NUM_ROOT_KINDS] = {
	[VOLE_ROOT_DATA] = "variable",
	[VOLE_ROOT_STACK] = "stack",
	[VOLE_ROOT_SYSTEM_STACK] = "system-stack",
	[VOLE_ROOT_REGISTERS] = "register",
	[VOLE_ROOT_SPECIAL] = "special",
	[VOLE_ROOT_QUEUE] = "queue",
};

bool vole_value_address(struct vole_context *ctx,
			const struct vole_value *value, uint64_t *ret,
			uint64_t *ret_len, struct vole_error *err)
{
	*ret_len = 1;
	switch (value->type->kind) {
	case VOLE_KIND_STRUCT:
	case VOLE_KIND_ARRAY:
		break;
	case VOLE_KIND_INTERFACE:
		return vole_value_word(ctx->rt, value, 8, ret, err);
	case VOLE_KIND_STRING:
	case VOLE_KIND_SLICE:
	case VOLE_KIND_MAP:
	case VOLE_KIND_CHAN:
	case VOLE_KIND_FUNC:
		if (value->where == VOLE_IN_TEXT)
			break;
		return vole_value_word(ctx->rt, value, 0, ret, err);
	default:
		if (value->type->size == 8)
			return vole_value_int(ctx->rt, value, ret, err);
	}
	if (value->where != VOLE_IN_MEMORY)
		return vole_fail(
			err, VOLE_SYNTAX, VOLE_NOWHERE,
			"the expression has no address and holds none");
	*ret = value->addr;
	*ret_len = value->type->size ? value->type->size : 1;
	return true;
}

bool vole_context_address(struct vole_context *ctx, uint64_t *ret,
			  uint64_t *ret_len, struct vole_error *err)
{
	struct vole_value value;

	if (!vole_context_eval(ctx, &value, err) ||
	    !vole_value_address(ctx, &value, ret, ret_len, err))
		return false;
	if (!*ret)
		return vole_fail(err, VOLE_NOT_FOUND, VOLE_NOWHERE,
				 "it is nil, which anything may be");
	return true;
}

/* The object that has it; true: it is garbage. */
static bool put_object(struct vole_context *ctx, struct vole_heap *heap,
		       const struct vole_mark *reached,
		       const struct vole_ref *ref)
{
	struct vole_sink *sink = ctx->sink;
	struct vole_object o;
	bool reachable = true;

	vole_object_of(heap, ref->span, ref->slot, &o);
	if (reached)
		reachable = vole_mark_has_number(reached, o.number);
	vole_sink_address_json(sink, "object", o.base);
	vole_sink_number_json(sink, "offset", (int64_t)(ref->addr - o.base));
	vole_sink_text(sink, "type", VOLE_STYLE_HIDDEN,
		       vole_object_type_name(ctx, &o));
	if (reached)
		vole_sink_flag_json(sink, "reachable", reachable);
	return !reachable;
}

static void put_root(struct vole_sink *sink, const struct vole_ref *ref,
		     const struct vole_owner *owner)
{
	switch (ref->kind) {
	case VOLE_ROOT_STACK:
		if (!owner->in_frame)
			vole_sink_number_json(sink, "goroutine",
					      (int64_t)ref->owner);
		break;
	case VOLE_ROOT_SYSTEM_STACK:
	case VOLE_ROOT_REGISTERS:
		vole_sink_number_json(sink, "thread", (int64_t)ref->owner);
		break;
	case VOLE_ROOT_SPECIAL:
		vole_sink_address_json(sink, "object", ref->owner);
		break;
	default:
		break;
	}
}

void vole_put_referrer(struct vole_context *ctx, struct vole_heap *heap,
		       struct vole_whose *whose,
		       const struct vole_mark *reached,
		       const struct vole_ref *ref)
{
	struct vole_ref word = *ref;
	const struct vole_path path = { &word, 1 };
	struct vole_sink *sink = ctx->sink;
	struct vole_owner owner;
	bool garbage = false;

	vole_whose_word(whose, &path, &owner);
	vole_sink_text(sink, "kind", VOLE_STYLE_HIDDEN,
		       ref->in_object ? "object" : kinds[ref->kind]);
	if (ref->addr)
		vole_sink_address(sink, "address", ref->addr);
	vole_sink_flag_json(sink, "exact", owner.exact);
	if (ref->in_object)
		garbage = put_object(ctx, heap, reached, ref);
	else
		put_root(sink, ref, &owner);
	vole_put_owner_frame(ctx, &owner);
	vole_sink_text(sink, "where",
		       owner.expression ? VOLE_STYLE_NAME : VOLE_STYLE_PLAIN,
		       owner.where);
	vole_sink_text(sink, "note", VOLE_STYLE_FAINT,
		       garbage	    ? "garbage" :
		       !owner.exact ? "maybe" :
				      "");
}
