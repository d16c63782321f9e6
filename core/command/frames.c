#include "command/frames.h"

#include "base/quote.h"
#include "runtime/call.h"
#include "runtime/func.h"
#include "target/image.h"

#include <stdio.h>

static const struct vole_column columns[] = {
	{ "index", "#", true },
	{ "function", NULL, false },
	{ "place", "at", false },
};

static const char *kind_name(enum vole_frame_kind kind)
{
	static const char *const names[] = { [VOLE_FRAME_GO] = "go",
					     [VOLE_FRAME_C] = "c",
					     [VOLE_FRAME_SIGNAL] = "signal" };

	return names[kind];
}

static void put_head(struct vole_sink *sink, const struct vole_frame *frame,
		     uint64_t index, bool inlined)
{
	uint64_t size = frame->cfa && !inlined ? frame->cfa - frame->sp : 0;

	vole_sink_number(sink, "index", (int64_t)index);
	vole_sink_address_json(sink, "pc", frame->pc);
	vole_sink_address_json(sink, "sp", frame->sp);
	vole_sink_number_json(sink, "size", (int64_t)size);
}

static void put_call_fields(struct vole_context *ctx,
			    const struct vole_frame *frame, uint64_t index,
			    const struct vole_call *call)
{
	struct vole_sink *sink = ctx->sink;

	put_head(sink, frame, index, call->inlined);
	vole_sink_text(sink, "function",
		       call->is_std ? VOLE_STYLE_FAINT : VOLE_STYLE_NAME,
		       call->name);
	vole_sink_text(sink, "file", VOLE_STYLE_HIDDEN, call->file);
	vole_sink_number_json(sink, "line", call->line);
	vole_sink_flag_json(sink, "inlined", call->inlined);
	vole_sink_text(sink, "kind", VOLE_STYLE_HIDDEN, kind_name(frame->kind));
	vole_sink_cell_printf(sink, "place", VOLE_STYLE_FAINT,
			      "%s:%" PRId32 "%s", call->file, call->line,
			      call->inlined ? " (inlined)" : "");
}

/* Of the executable, whose debug information is at hand, the line is known. */
static bool put_c_line(struct vole_context *ctx, uint64_t pc)
{
	struct vole_debuginfo *di = ctx->rt->di;
	struct vole_error unused;
	const char *file;
	uint32_t line;

	if (!di || !di->ops->line ||
	    !di->ops->line(di, pc - ctx->rt->target->bias, &file, &line,
			   &unused) ||
	    !file)
		return false;
	vole_sink_text(ctx->sink, "file", VOLE_STYLE_HIDDEN, file);
	vole_sink_number_json(ctx->sink, "line", line);
	vole_sink_cell_printf(ctx->sink, "place", VOLE_STYLE_FAINT,
			      "%s:%" PRIu32, file, line);
	return true;
}

/* The call is before a return address. */
static void put_c(struct vole_context *ctx, const struct vole_frame *frame)
{
	struct vole_images *images = vole_runtime_images(ctx->rt);
	uint64_t pc = frame->exact ? frame->pc : frame->pc - 1, offset;
	struct vole_image *image = images ? vole_image_at(images, pc) : NULL;
	struct vole_sink *sink = ctx->sink;
	struct vole_error unused;
	struct vole_func func;
	const char *name = NULL;

	if (image)
		name = vole_image_function(image, pc, &offset);
	if (!name && vole_func_at(ctx->rt, pc, &func, &unused))
		name = func.name;
	if (name)
		vole_sink_text(sink, "function", VOLE_STYLE_PLAIN, name);
	else if (image)
		vole_sink_printf(sink, "function", VOLE_STYLE_PLAIN,
				 "%s+0x%" PRIx64, vole_base_name(image->path),
				 frame->pc - image->start);
	else
		vole_sink_printf(sink, "function", VOLE_STYLE_PLAIN,
				 "0x%" PRIx64, frame->pc);
	if (!image)
		return;
	vole_sink_text(sink, "module", VOLE_STYLE_HIDDEN, image->path);
	if (!put_c_line(ctx, pc))
		vole_sink_cell_printf(sink, "place", VOLE_STYLE_FAINT, "in %s",
				      image->path);
}

/* A frame that is not Go's, or whose table is damaged. */
static void put_other_fields(struct vole_context *ctx,
			     const struct vole_frame *frame, uint64_t index)
{
	struct vole_sink *sink = ctx->sink;

	put_head(sink, frame, index, false);
	if (frame->kind == VOLE_FRAME_SIGNAL)
		vole_sink_text(sink, "function", VOLE_STYLE_FAINT, "<signal>");
	else
		put_c(ctx, frame);
	vole_sink_flag_json(sink, "inlined", false);
	vole_sink_text(sink, "kind", VOLE_STYLE_HIDDEN, kind_name(frame->kind));
	if (frame->lost)
		vole_sink_flag_json(sink, "lost", true);
}

static void put_gap(struct vole_sink *sink)
{
	vole_sink_row_text(sink);
	vole_sink_text(sink, "function", VOLE_STYLE_FAINT,
		       "... frames of C that cannot be told");
	vole_sink_end(sink);
}

static uint64_t put_frame(struct vole_context *ctx,
			  const struct vole_frame *frame, uint64_t index)
{
	struct vole_error unused;
	struct vole_calls calls;
	size_t i;

	if (frame->kind != VOLE_FRAME_GO ||
	    !vole_calls_at(ctx->rt, frame->pc, frame->exact, &calls, &unused)) {
		vole_sink_row(ctx->sink);
		put_other_fields(ctx, frame, index);
		vole_sink_end(ctx->sink);
		if (frame->lost)
			put_gap(ctx->sink);
		return 1;
	}
	for (i = 0; i < calls.len; i++) {
		vole_sink_row(ctx->sink);
		put_call_fields(ctx, frame, index + i, &calls.items[i]);
		vole_sink_end(ctx->sink);
	}
	return calls.len;
}

static uint64_t num_calls(const struct vole_runtime *rt,
			  const struct vole_frame *frame)
{
	struct vole_error unused;
	struct vole_calls calls;

	if (frame->kind != VOLE_FRAME_GO ||
	    !vole_calls_at(rt, frame->pc, frame->exact, &calls, &unused))
		return 1;
	return calls.len;
}

/* How many frames item @p at stands for, as `bt` counts. */
static uint64_t num_repeated(const struct vole_runtime *rt,
			     const struct vole_trace *trace, size_t at)
{
	const struct vole_trace_item *item = &trace->items[at];
	uint64_t num = 0;
	size_t i;

	for (i = at - item->period; i < at; i++)
		num += num_calls(rt, &trace->items[i].frame);
	return num * item->repeats;
}

static void put_repeat(struct vole_context *ctx,
		       const struct vole_trace_item *item, uint64_t num)
{
	struct vole_sink *sink = ctx->sink;

	vole_sink_row(sink);
	vole_sink_text(sink, "kind", VOLE_STYLE_HIDDEN, "repeat");
	vole_sink_number_json(sink, "period", item->period);
	vole_sink_number_json(sink, "times", (int64_t)item->repeats);
	vole_sink_printf(sink, "function", VOLE_STYLE_FAINT,
			 "... +%" PRIu64 " frames: the %s above, %" PRIu64
			 " times more",
			 num, item->period == 1 ? "one" : "same",
			 item->repeats);
	vole_sink_end(sink);
}

void vole_put_frames(struct vole_context *ctx, const struct vole_trace *trace)
{
	uint64_t index = 0, num;
	size_t i;

	vole_sink_table(ctx->sink, "frames", columns, 3);
	for (i = 0; i < trace->len && !vole_sink_stopped(ctx->sink); i++) {
		const struct vole_trace_item *item = &trace->items[i];

		if (item->repeats) {
			num = num_repeated(ctx->rt, trace, i);
			put_repeat(ctx, item, num);
			index += num;
		} else {
			index += put_frame(ctx, &item->frame, index);
		}
	}
	vole_sink_end(ctx->sink);
	vole_sink_omitted(ctx->sink, trace->omitted);
	if (trace->end) {
		vole_sink_text(ctx->sink, "end", VOLE_STYLE_HIDDEN, trace->end);
		vole_sink_say(ctx->sink, VOLE_STYLE_BAD,
			      "the stack could not be followed further: %s",
			      trace->end);
	}
}

static void say_c(struct vole_context *ctx, const struct vole_goroutine *g,
		  const struct vole_frame_at *at)
{
	struct vole_images *images = vole_runtime_images(ctx->rt);
	uint64_t pc = at->frame.exact ? at->frame.pc : at->frame.pc - 1, offset;
	struct vole_image *image = images ? vole_image_at(images, pc) : NULL;
	const char *name = image ? vole_image_function(image, pc, &offset) :
				   NULL;

	vole_sink_say(ctx->sink, VOLE_STYLE_LABEL,
		      "goroutine %" PRIu64 ", frame %" PRIu64
		      ": %s at pc 0x%" PRIx64 "%s%s",
		      g->id, at->index, name ? name : "C", at->frame.pc,
		      image ? " in " : "", image ? image->path : "");
}

static void say_frame(struct vole_context *ctx, const struct vole_goroutine *g,
		      const struct vole_frame_at *at)
{
	const struct vole_call *call = vole_frame_call(at);

	if (!call && at->frame.kind == VOLE_FRAME_SIGNAL)
		vole_sink_say(ctx->sink, VOLE_STYLE_LABEL,
			      "goroutine %" PRIu64 ", frame %" PRIu64
			      ": <signal>",
			      g->id, at->index);
	else if (call)
		vole_sink_say(ctx->sink, VOLE_STYLE_LABEL,
			      "goroutine %" PRIu64 ", frame %" PRIu64
			      ": %s at %s:%" PRId32 "%s",
			      g->id, at->index, call->name, call->file,
			      call->line, call->inlined ? " (inlined)" : "");
	else
		say_c(ctx, g, at);
}

void vole_put_frame(struct vole_context *ctx, const struct vole_goroutine *g,
		    const struct vole_frame_at *at)
{
	const struct vole_call *call = vole_frame_call(at);

	vole_sink_number_json(ctx->sink, "goroutine", (int64_t)g->id);
	say_frame(ctx, g, at);
	vole_sink_object_json(ctx->sink, "frame");
	if (call)
		put_call_fields(ctx, &at->frame, at->index, call);
	else
		put_other_fields(ctx, &at->frame, at->index);
	vole_sink_end(ctx->sink);
}

void vole_put_user_code(struct vole_sink *sink,
			const struct vole_place_of *place)
{
	const struct vole_call *call = place->user ? place->user : place->top;

	if (!call)
		return;
	vole_sink_text(sink, "user_function", VOLE_STYLE_HIDDEN, call->name);
	vole_sink_text(sink, "user_file", VOLE_STYLE_HIDDEN, call->file);
	vole_sink_number_json(sink, "user_line", call->line);
	vole_sink_cell(sink, "where", VOLE_STYLE_NAME, call->where);
}
