#include "value/local.h"

#include "command/frames.h"
#include "command/select.h"

enum { USUAL_DEPTH = 2 };

static const char *role_name(const struct vole_local *local)
{
	static const char *const names[] = {
		[VOLE_ROLE_LOCAL] = "local",
		[VOLE_ROLE_PARAMETER] = "parameter",
		[VOLE_ROLE_RESULT] = "result",
	};

	return local->captured ? "captured" : names[local->role];
}

static void put_note(struct vole_sink *sink, const struct vole_local *local)
{
	bool plain = local->role == VOLE_ROLE_LOCAL && !local->captured;
	const struct {
		bool holds;
		const char *text;
	} notes[] = {
		{ !plain, role_name(local) },
		{ local->escaped, "on the heap" },
		{ local->hidden, "hidden" },
		{ local->unused, "no longer used" },
	};
	struct vole_strbuf text = { 0 };
	size_t i;

	for (i = 0; i < sizeof(notes) / sizeof(notes[0]); i++)
		if (notes[i].holds)
			vole_strbuf_printf(&text, "%s%s",
					   text.len ? ", " : "// ",
					   notes[i].text);
	if (text.len)
		vole_sink_cell(sink, "note", VOLE_STYLE_FAINT, text.text);
	vole_strbuf_free(&text);
}

static void put(struct vole_context *ctx, const struct vole_local *local,
		const struct vole_walk_limits *limits)
{
	struct vole_sink *sink = ctx->sink;

	vole_sink_row(sink);
	vole_sink_text(sink, "role", VOLE_STYLE_HIDDEN, role_name(local));
	vole_sink_text(sink, "name", VOLE_STYLE_NAME, local->name);
	vole_sink_flag_json(sink, "escaped", local->escaped);
	vole_sink_flag_json(sink, "hidden", local->hidden);
	vole_sink_flag_json(sink, "unused", local->unused);
	if (local->line)
		vole_sink_number_json(sink, "line", local->line);
	vole_context_value(ctx, "value", &local->value, limits);
	sink->ops->value_end(sink);
	put_note(sink, local);
	vole_sink_end(sink);
}

static void put_all(struct vole_context *ctx, const struct vole_locals *locals,
		    const struct vole_walk_limits *limits)
{
	size_t num = locals->len, i;

	if (limits->count && num > limits->count)
		num = (size_t)limits->count;
	vole_sink_variables(ctx->sink, "variables");
	for (i = 0; i < num && !vole_sink_stopped(ctx->sink); i++) {
		vole_sink_progress(ctx->sink, i, num);
		put(ctx, &locals->items[i], limits);
	}
	vole_sink_end(ctx->sink);
	vole_sink_omitted(ctx->sink, locals->len - i);
}

/* Of many variables each is shown in less depth, unless asked for more. */
static bool limits_of(const struct vole_context *ctx,
		      struct vole_walk_limits *ret, struct vole_error *err)
{
	if (!vole_context_limits(ctx, ret, err))
		return false;
	if (!vole_args_has(ctx, "--depth") && ret->depth > USUAL_DEPTH)
		ret->depth = USUAL_DEPTH;
	return true;
}

static bool run(struct vole_context *ctx, struct vole_error *err)
{
	const struct vole_frame_reader *variables;
	struct vole_walk_limits limits;
	struct vole_locals locals;
	struct vole_frame_at at;
	struct vole_goroutine g;

	if (!limits_of(ctx, &limits, err) ||
	    !vole_context_frame(ctx, &g, &at, err))
		return false;
	vole_put_frame(ctx, &g, &at);
	if (!vole_locals_open(ctx->rt, ctx->arena, &at, &variables, err) ||
	    !vole_locals_read(variables, &locals, err))
		return false;
	put_all(ctx, &locals, &limits);
	if (!locals.len)
		vole_sink_say(ctx->sink, VOLE_STYLE_FAINT, "no variables");
	return true;
}

static const struct vole_option options[] = {
	{ "--depth", "N", "levels of nesting and of pointers to show; 2" },
	{ "--limit", "N", "variables, and elements of each part; 0 shows all" },
	{ "--raw", NULL, "headers as they are, not what they lead to" },
	{ NULL, NULL, NULL },
};

const struct vole_command vole_cmd_locals = {
	.name = "locals",
	.args = "",
	.summary = "Show the variables of a frame.",
	.detail =
		"Parameters, results and other variables of the selected "
		"goroutine and frame, each\nwith its value, or why it has "
		"none: optimised out here, in a register that the\ncall did "
		"not keep, declared later. Without a selected frame it is "
		"the innermost\none of user code. Inlined calls have frames "
		"and variables of their own.\nWhat a variable leads to that is "
		"no longer used may have been freed since.",
	.example = "locals --frame 13",
	.json = "`goroutine`, `frame`: as one of `frames` of `bt`, "
		"`variables`: objects of `name`, `role` (`parameter`, "
		"`result`, `local`, `captured` by a closure), `escaped` (it "
		"lives on the heap), `hidden` (an inner variable has its "
		"name), `line` of the declaration, `value`.",
	.takes = VOLE_TAKES_NOTHING,
	.in_frame = true,
	.options = options,
	.run = run,
};
