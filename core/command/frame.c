#include "command/frames.h"
#include "command/select.h"

#include <stdlib.h>

static bool parse(const struct vole_context *ctx, uint64_t *ret,
		  struct vole_error *err)
{
	const char *text = ctx->args.text;
	char *end;

	if (*text >= '0' && *text <= '9') {
		*ret = strtoull(text, &end, 0);
		if (!*end && *ret != VOLE_FRAME_OF_USER)
			return true;
	}
	return vole_fail(err, VOLE_USAGE, VOLE_NOWHERE,
			 "%s takes a number, not \"%.40s\"", ctx->command->name,
			 text);
}

static bool go_to(struct vole_context *ctx, const struct vole_goroutine *g,
		  uint64_t index, struct vole_error *err)
{
	struct vole_frame_at at;

	if (!vole_frame_at(ctx->rt, g, index, NULL, NULL, &at, err))
		return false;
	vole_selection_frame(ctx->selection, g->id, &at);
	vole_selection_stand(ctx->selection, ctx->rt->target->host);
	vole_put_frame(ctx, g, &at);
	return true;
}

static bool run_frame(struct vole_context *ctx, struct vole_error *err)
{
	struct vole_frame_at at;
	struct vole_goroutine g;
	uint64_t index;

	if (*ctx->args.text)
		return parse(ctx, &index, err) &&
		       vole_context_goroutine(ctx, "", &g, err) &&
		       go_to(ctx, &g, index, err);
	if (!vole_context_frame(ctx, &g, &at, err))
		return false;
	vole_put_frame(ctx, &g, &at);
	return true;
}

static bool move(struct vole_context *ctx, bool out, struct vole_error *err)
{
	struct vole_frame_at at;
	struct vole_goroutine g;
	uint64_t by = 1;

	if ((*ctx->args.text && !parse(ctx, &by, err)) ||
	    !vole_context_frame(ctx, &g, &at, err))
		return false;
	if (!out && by > at.index)
		return vole_fail(err, VOLE_NOT_FOUND, VOLE_NOWHERE,
				 "only %" PRIu64 " frames lie further in",
				 at.index);
	if (out && by >= VOLE_FRAME_OF_USER - at.index)
		by = VOLE_FRAME_OF_USER - at.index - 1;
	return go_to(ctx, &g, out ? at.index + by : at.index - by, err);
}

static bool run_up(struct vole_context *ctx, struct vole_error *err)
{
	return move(ctx, true, err);
}

static bool run_down(struct vole_context *ctx, struct vole_error *err)
{
	return move(ctx, false, err);
}

#define FRAME_JSON "`goroutine` and `frame`: as one of `frames` of `bt`."

const struct vole_command vole_cmd_frame = {
	.name = "frame",
	.args = "[K]",
	.summary = "Select frame K of the goroutine for what follows.",
	.detail = "Frames are counted as `bt` counts them. Names in "
		  "expressions mean the variables\nof the selected frame "
		  "first. Without a number it shows the selected one; that "
		  "is\nthe innermost one of user code until another is "
		  "chosen.",
	.example = "frame 13",
	.json = FRAME_JSON,
	.takes = VOLE_TAKES_WORDS,
	.run = run_frame,
};

const struct vole_command vole_cmd_up = {
	.name = "up",
	.args = "[N]",
	.summary = "Select the frame that called the selected one.",
	.detail = "With a number it goes that many frames out.",
	.example = "up",
	.json = FRAME_JSON,
	.takes = VOLE_TAKES_WORDS,
	.run = run_up,
};

const struct vole_command vole_cmd_down = {
	.name = "down",
	.args = "[N]",
	.summary = "Select the frame that the selected one called.",
	.detail = "With a number it goes that many frames in.",
	.example = "down",
	.json = FRAME_JSON,
	.takes = VOLE_TAKES_WORDS,
	.run = run_down,
};
