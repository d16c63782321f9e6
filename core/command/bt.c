#include "command/frames.h"
#include "command/select.h"
#include "runtime/place.h"
#include "runtime/stack_merge.h"

#include "base/quote.h"

#include <stdio.h>
#include <string.h>

static bool stopped(void *arg)
{
	return vole_sink_stopped(arg);
}

static bool merge_stopped(void *arg, uint64_t done, uint64_t all)
{
	vole_sink_progress(arg, done, all);
	return vole_sink_stopped(arg);
}

static void put_created(struct vole_context *ctx,
			const struct vole_goroutine *g)
{
	struct vole_place_of place;

	vole_goroutine_place(ctx->rt, g, &place);
	if (!place.created)
		return;
	vole_sink_text(ctx->sink, "created_by", VOLE_STYLE_HIDDEN,
		       place.created->name);
	vole_sink_text(ctx->sink, "created_file", VOLE_STYLE_HIDDEN,
		       place.created->file);
	vole_sink_number_json(ctx->sink, "created_line", place.created->line);
	vole_sink_say(ctx->sink, VOLE_STYLE_FAINT,
		      "created by %s at %s:%" PRId32, place.created->name,
		      place.created->file, place.created->line);
}

static bool one(struct vole_context *ctx, struct vole_error *err)
{
	struct vole_trace_options options = { .unfolded = vole_args_has(
						      ctx, "--full"),
					      .stopped = stopped,
					      .stopped_arg = ctx->sink };
	struct vole_goroutine g;
	struct vole_trace trace;
	char state[96];

	if (!vole_context_goroutine(ctx, ctx->args.text, &g, err) ||
	    !vole_args_number(ctx, "--limit", ctx->settings->limit,
			      &options.limit, err) ||
	    !vole_trace_take(ctx->rt, &g, &options, ctx->arena, &trace, err))
		return false;
	vole_state_text(ctx->rt, &g, state, sizeof(state));
	vole_sink_number_json(ctx->sink, "goroutine", (int64_t)g.id);
	vole_sink_text(ctx->sink, "state", VOLE_STYLE_HIDDEN,
		       vole_goroutine_state(&g));
	vole_sink_say(ctx->sink, VOLE_STYLE_LABEL, "goroutine %" PRIu64 " [%s]",
		      g.id, state);
	vole_put_frames(ctx, &trace);
	put_created(ctx, &g);
	return true;
}

static void put_ids(struct vole_context *ctx, const struct vole_merged *merged)
{
	enum { SHOWN = 8 };
	char text[SHOWN * 22 + 8];
	size_t len = 0, i;

	vole_sink_list_json(ctx->sink, "goroutines");
	for (i = 0; i < merged->num_ids; i++)
		vole_sink_number_json(ctx->sink, NULL, (int64_t)merged->ids[i]);
	vole_sink_end(ctx->sink);
	for (i = 0; i < merged->num_ids && i < SHOWN; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len,
					"%s%" PRIu64, i ? ", " : "",
					merged->ids[i]);
	vole_sink_say(ctx->sink, VOLE_STYLE_LABEL, "%zu goroutine%s: %s%s",
		      merged->num_ids, merged->num_ids == 1 ? "" : "s", text,
		      merged->num_ids > SHOWN ? ", ..." : "");
}

static bool put_merged(struct vole_context *ctx,
		       const struct vole_merged *merged, struct vole_error *err)
{
	struct vole_trace_options options = {
		.unfolded = vole_args_has(ctx, "--full"), .limit = 1 << 16
	};
	struct vole_goroutine g;
	struct vole_trace trace;

	if (!vole_goroutine_read(ctx->rt, merged->addr, &g, err) ||
	    !vole_trace_take(ctx->rt, &g, &options, ctx->arena, &trace, err))
		return false;
	vole_sink_row(ctx->sink);
	vole_sink_number_json(ctx->sink, "count", (int64_t)merged->num_ids);
	put_ids(ctx, merged);
	vole_put_frames(ctx, &trace);
	vole_sink_end(ctx->sink);
	return true;
}

static bool all(struct vole_context *ctx, struct vole_error *err)
{
	struct vole_merge merge;
	struct vole_error unused;
	uint64_t limit;
	size_t i;

	if (!vole_args_number(ctx, "--limit", ctx->settings->limit, &limit,
			      err) ||
	    !vole_stacks_merge(ctx->rt, ctx->arena, merge_stopped, ctx->sink,
			       &merge, err))
		return false;
	vole_sink_number_json(ctx->sink, "count",
			      (int64_t)merge.num_goroutines);
	vole_sink_items(ctx->sink, "stacks");
	for (i = 0; i < merge.len && (!limit || i < limit) &&
		    !vole_sink_stopped(ctx->sink);
	     i++)
		if (!put_merged(ctx, &merge.items[i], &unused))
			vole_sink_warn(ctx->sink, "goroutine %" PRIu64 ": %s",
				       merge.items[i].ids[0], unused.text);
	vole_sink_end(ctx->sink);
	vole_sink_omitted(ctx->sink, merge.len - i);
	if (merge.unreadable)
		vole_sink_warn(ctx->sink,
			       "%" PRIu64 " of %" PRIu64
			       " goroutines could not be read",
			       merge.unreadable, merge.num_all);
	return true;
}

static bool run(struct vole_context *ctx, struct vole_error *err)
{
	return strcmp(ctx->args.text, "all") ? one(ctx, err) : all(ctx, err);
}

static const struct vole_option options[] = {
	{ "--full", NULL, "show each frame of a recursion" },
	VOLE_OPTION_LIMIT,
	{ NULL, NULL, NULL },
};

const struct vole_command vole_cmd_bt = {
	.name = "bt",
	.args = "[N|all]",
	.summary = "Show the stack of a goroutine, or of all.",
	.detail = "Inlined calls are frames of their own, and frames of C "
		  "between Go's are shown\nwhere they are. A recursion is "
		  "folded. `bt all` shows equal stacks once, the\nmost "
		  "frequent first.",
	.example = "bt 1",
	.json = "`goroutine`, `state`, " VOLE_FRAMES_JSON
		", `created_by`, `created_file`, `created_line`. For `all` "
		"`count` (goroutines) and `stacks`: objects of `count`, "
		"`goroutines` (numbers), `frames` and `end`.",
	.takes = VOLE_TAKES_WORDS,
	.options = options,
	.on_stacks = true,
	.run = run,
};
