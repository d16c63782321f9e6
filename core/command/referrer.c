#include "command/referrer.h"

#include "command/object.h"
#include "runtime/package_var.h"
#include "value/part.h"

struct place {
	struct vole_context *ctx;
	struct vole_heap *heap;
	const struct vole_mark *reached; /* or NULL */
};

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

static void put_object(struct place *p, const struct vole_ref *ref)
{
	struct vole_sink *sink = p->ctx->sink;
	struct vole_object o;
	const char *name;
	bool reachable = true;

	vole_object_of(p->heap, ref->span, ref->slot, &o);
	if (p->reached)
		reachable = vole_mark_has_number(p->reached, o.number);
	name = vole_object_type_name(p->ctx, &o);
	vole_sink_address_json(sink, "object", o.base);
	vole_sink_number_json(sink, "offset", (int64_t)(ref->addr - o.base));
	vole_sink_text(sink, "type", VOLE_STYLE_HIDDEN, name);
	if (p->reached)
		vole_sink_flag_json(sink, "reachable", reachable);
	vole_sink_printf(sink, "where", VOLE_STYLE_PLAIN,
			 "object 0x%" PRIx64 " + %" PRIu64 "%s%s", o.base,
			 ref->addr - o.base, name ? ", type " : "",
			 name ? name : "");
	vole_sink_text(sink, "note", VOLE_STYLE_FAINT,
		       !reachable  ? "garbage" :
		       !ref->exact ? "maybe" :
				     "");
}

/* "main.users", "main.table[3].lock", "main.name + 4" */
static void put_variable(struct place *p, const struct vole_ref *ref)
{
	struct vole_sink *sink = p->ctx->sink;
	struct vole_strbuf text = { 0 };
	struct vole_package_var var;
	struct vole_error unused;
	struct vole_type *type;
	uint64_t offset;

	if (!vole_package_var_at(p->ctx->rt, ref->addr, &var, &unused)) {
		vole_sink_text(sink, "where", VOLE_STYLE_PLAIN,
			       "a package variable without a name");
		return;
	}
	type = var.type;
	offset = ref->addr - var.addr;
	vole_strbuf_add(&text, var.name);
	vole_part_leaf(p->ctx->rt, &type, &offset, &text);
	if (offset && (type->kind != VOLE_KIND_INTERFACE || offset != 8))
		vole_strbuf_printf(&text, " + %" PRIu64, offset);
	vole_sink_text(sink, "where", VOLE_STYLE_NAME, vole_strbuf_text(&text));
	vole_strbuf_free(&text);
}

static void put_thread(struct vole_sink *sink, const struct vole_ref *ref)
{
	vole_sink_number_json(sink, "thread", (int64_t)ref->owner);
	vole_sink_printf(sink, "where", VOLE_STYLE_PLAIN,
			 "%s of thread %" PRIu64,
			 ref->addr ? "system stack" : "register", ref->owner);
}

static void put_root(struct place *p, const struct vole_ref *ref)
{
	struct vole_sink *sink = p->ctx->sink;

	switch (ref->kind) {
	case VOLE_ROOT_DATA:
		put_variable(p, ref);
		break;
	case VOLE_ROOT_STACK:
		vole_sink_number_json(sink, "goroutine", (int64_t)ref->owner);
		vole_sink_printf(sink, "where", VOLE_STYLE_PLAIN,
				 "stack of goroutine %" PRIu64, ref->owner);
		break;
	case VOLE_ROOT_SYSTEM_STACK:
	case VOLE_ROOT_REGISTERS:
		put_thread(sink, ref);
		break;
	case VOLE_ROOT_SPECIAL:
		vole_sink_address_json(sink, "object", ref->owner);
		vole_sink_printf(sink, "where", VOLE_STYLE_PLAIN,
				 "finalizer or cleanup of object 0x%" PRIx64,
				 ref->owner);
		break;
	default:
		vole_sink_text(sink, "where", VOLE_STYLE_PLAIN,
			       vole_root_kind_name(ref->kind));
	}
	vole_sink_text(sink, "note", VOLE_STYLE_FAINT,
		       ref->exact ? "" : "maybe");
}

void vole_put_referrer(struct vole_context *ctx, struct vole_heap *heap,
		       const struct vole_mark *reached,
		       const struct vole_ref *ref)
{
	struct place p = { ctx, heap, reached };
	struct vole_sink *sink = ctx->sink;

	vole_sink_text(sink, "kind", VOLE_STYLE_HIDDEN,
		       ref->in_object ? "object" : kinds[ref->kind]);
	if (ref->addr)
		vole_sink_address(sink, "address", ref->addr);
	else
		vole_sink_text(sink, "register", VOLE_STYLE_PLAIN, "");
	vole_sink_flag_json(sink, "exact", ref->exact);
	if (ref->in_object)
		put_object(&p, ref);
	else
		put_root(&p, ref);
}
