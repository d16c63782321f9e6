#include "command/panics.h"

#include "runtime/call.h"
#include "runtime/defer.h"
#include "runtime/panic.h"
#include "value/local.h"

#include <string.h>

/* The value in the interface{} at @p addr; of a nil one the nil. */
static bool open_value(struct vole_context *ctx, uint64_t addr,
		       struct vole_value *ret, struct vole_error *err)
{
	struct vole_type *any;
	bool nil;

	return vole_types_any(ctx->rt->types, &any, err) &&
	       vole_value_at(ctx->rt, any, addr, ret, err) &&
	       vole_value_dynamic(ctx->rt, ret, &nil, ret, err);
}

/* The frame of gopanic, which has the _panic among its variables. */
static bool find_gopanic(const struct vole_runtime *rt,
			 const struct vole_goroutine *g, uint64_t panic,
			 struct vole_frame_at *ret)
{
	const struct vole_call *call;
	struct vole_error unused;
	struct vole_stack stack;
	struct vole_frame frame;

	vole_stack_begin(&stack, rt, g);
	while (vole_stack_next(&stack, &frame)) {
		if (frame.kind != VOLE_FRAME_GO || panic < frame.sp ||
		    panic >= frame.cfa)
			continue;
		if (!vole_frame_by_sp(rt, g, frame.sp, SIZE_MAX, ret, &unused))
			return false;
		call = vole_frame_call(ret);
		return call && !strcmp(call->name, "runtime.gopanic");
	}
	return false;
}

/*
 * What panic was called with: gopanic's parameter. The _panic may have the
 * text of it by now: preprintpanics() does that before the program dies.
 */
static bool open_original(struct vole_context *ctx,
			  const struct vole_goroutine *g, uint64_t panic,
			  struct vole_value *ret)
{
	const struct vole_frame_reader *variables;
	struct vole_frame_at at;
	struct vole_local e;
	struct vole_error unused;
	bool nil;

	if (!find_gopanic(ctx->rt, g, panic, &at) ||
	    !vole_locals_open(ctx->rt, ctx->arena, &at, &variables, &unused) ||
	    !vole_local_read(variables, "e", &e) ||
	    e.value.where == VOLE_IN_NOTHING ||
	    e.value.type->kind != VOLE_KIND_INTERFACE)
		return false;
	*ret = e.value;
	return vole_value_dynamic(ctx->rt, &e.value, &nil, ret, &unused);
}

static void put_value(struct vole_context *ctx, const struct vole_goroutine *g,
		      const struct vole_panic *panic)
{
	struct vole_walk_limits limits;
	struct vole_value value;
	struct vole_error err;

	if ((!open_original(ctx, g, panic->addr, &value) &&
	     !open_value(ctx, panic->arg, &value, &err)) ||
	    !vole_context_limits(ctx, &limits, &err)) {
		vole_sink_printf(ctx->sink, "problem", VOLE_STYLE_BAD,
				 "its value is not known: %s", err.text);
		return;
	}
	vole_sink_text(ctx->sink, "type", VOLE_STYLE_TYPE, value.type->name);
	vole_context_value(ctx, "value", &value, &limits);
	ctx->sink->ops->value_end(ctx->sink);
}

static const char *state(const struct vole_panic *panic)
{
	if (panic->recovered)
		return "recovered: its deferred calls are still running";
	if (panic->aborted)
		return "aborted by the one above";
	return NULL;
}

void vole_put_panics(struct vole_context *ctx, const struct vole_goroutine *g)
{
	struct vole_sink *sink = ctx->sink;
	struct vole_panics list;
	size_t i;

	vole_panics_read(ctx->rt, g, &list);
	if (!list.len && !list.problem)
		return;
	vole_sink_say(sink, VOLE_STYLE_LABEL, "panics");
	vole_sink_items(sink, "panics");
	for (i = 0; i < list.len; i++) {
		const struct vole_panic *panic = &list.items[i];

		vole_sink_row(sink);
		vole_sink_address_json(sink, "address", panic->addr);
		vole_sink_flag_json(sink, "recovered", panic->recovered);
		vole_sink_flag_json(sink, "aborted", panic->aborted);
		vole_sink_flag_json(sink, "goexit", panic->goexit);
		if (panic->goexit)
			vole_sink_text(sink, "end", VOLE_STYLE_PLAIN,
				       "runtime.Goexit: no panic, the "
				       "goroutine ends");
		else
			put_value(ctx, g, panic);
		vole_sink_end(sink);
		if (state(panic))
			vole_sink_say(sink, VOLE_STYLE_FAINT, "%s",
				      state(panic));
	}
	vole_sink_end(sink);
	if (list.problem)
		vole_sink_warn(sink, "%s", list.problem);
}

static void put_defer(struct vole_context *ctx, const struct vole_defer *it)
{
	struct vole_sink *sink = ctx->sink;
	struct vole_error unused;
	struct vole_calls calls;

	vole_sink_row(sink);
	if (vole_calls_at(ctx->rt, it->code, true, &calls, &unused)) {
		const struct vole_call *call = &calls.items[calls.len - 1];

		vole_sink_text(sink, "function", VOLE_STYLE_NAME, call->name);
		vole_sink_cell_printf(sink, "at", VOLE_STYLE_FAINT,
				      "%s:%" PRId32, vole_base_name(call->file),
				      call->line);
		vole_sink_text(sink, "file", VOLE_STYLE_HIDDEN, call->file);
		vole_sink_number_json(sink, "line", call->line);
	}
	vole_sink_flag(sink, "open_coded", !it->addr);
	vole_sink_address(sink, "fn", it->fn);
	vole_sink_address(sink, "frame", it->sp);
	vole_sink_end(sink);
}

void vole_put_defers(struct vole_context *ctx, const struct vole_goroutine *g)
{
	static const struct vole_column columns[] = {
		{ "function", "deferred call", false },
		{ "at", NULL, false },
		{ "fn", "func value", false },
		{ "frame", "of frame", false },
		{ "open_coded", "open-coded", false },
	};
	struct vole_defers list;
	struct vole_error err;
	uint64_t limit, i;

	if (!vole_defers_read(ctx->rt, g, ctx->arena, &list, &err)) {
		vole_sink_warn(ctx->sink, "deferred calls: %s", err.text);
		return;
	}
	limit = ctx->settings->limit;
	if (!limit || limit > list.len)
		limit = list.len;
	if (list.len) {
		vole_sink_table(ctx->sink, "deferred", columns, 5);
		for (i = 0; i < limit; i++)
			put_defer(ctx, &list.items[i]);
		vole_sink_end(ctx->sink);
		vole_sink_omitted(ctx->sink, list.len - limit);
	}
	if (list.problem)
		vole_sink_warn(ctx->sink, "deferred calls: %s", list.problem);
}
