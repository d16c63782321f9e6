#include "heap/path.h"

#include "command/referrer.h"

/* It is shown only when evaluating it leads where the path does. */
static void put_expression(struct vole_context *ctx, struct vole_whose *whose,
			   const struct vole_path *path)
{
	uint64_t value = path->steps[path->len - 1].value;
	struct vole_owner owner;

	vole_whose_word(whose, path, &owner);
	if (!vole_owner_leads(ctx, &owner, value))
		return;
	vole_sink_text(ctx->sink, "expression", VOLE_STYLE_NAME,
		       owner.expression);
	vole_put_owner_frame(ctx, &owner);
	if (owner.in_frame)
		vole_sink_cell_printf(ctx->sink, "of", VOLE_STYLE_PLAIN,
				      "goroutine %" PRIu64 ", frame %" PRIu64
				      ": %s",
				      owner.goroutine, owner.frame,
				      owner.function ? owner.function : "C");
}

static bool run(struct vole_context *ctx, struct vole_error *err)
{
	static const struct vole_column columns[] = {
		{ "address", NULL, false },
		{ "where", NULL, false },
		{ "note", "", false },
	};
	struct vole_sink *sink = ctx->sink;
	struct vole_whose *whose;
	struct vole_heap *heap;
	struct vole_path path;
	uint64_t addr, len, limit, i;

	if (!vole_args_number(ctx, "--limit", ctx->settings->limit, &limit,
			      err) ||
	    !vole_heap_get(ctx->rt, sink->ui, &heap, err) ||
	    !vole_context_address(ctx, &addr, &len, err) ||
	    !vole_whose_open(ctx, heap, &whose, err))
		return false;
	if (!vole_path_find(heap, addr, vole_whose_is_sure, whose, sink->ui,
			    ctx->arena, &path, err)) {
		vole_whose_close(whose);
		return false;
	}
	vole_sink_address(sink, "address", addr);
	put_expression(ctx, whose, &path);
	vole_sink_table(sink, "path", columns, 3);
	for (i = 0; i < path.len && (!limit || i < limit); i++) {
		vole_sink_row(sink);
		vole_put_referrer(ctx, heap, whose, NULL, &path.steps[i]);
		vole_sink_end(sink);
	}
	vole_sink_end(sink);
	vole_sink_omitted(sink, path.len - i);
	vole_whose_close(whose);
	return true;
}

static const struct vole_option options[] = { VOLE_OPTION_LIMIT, { 0 } };

const struct vole_command vole_cmd_why = {
	.name = "why",
	.args = "ADDR|EXPR",
	.summary = "Show what keeps an object alive.",
	.detail = "The shortest way from a package variable, a finalizer "
		  "or, when there is none, a\nvariable of a frame, or else "
		  "any word of a stack or a register: each row is a\n"
		  "pointer, and leads into the object of the next. The "
		  "expression is that way in\nGo; where \"of\" says so it "
		  "is over the variables of that frame, for --goroutine\n"
		  "and --frame. Maps and channels keep their elements in "
		  "parts of their own, which\nno expression leads to.",
	.example = "why main.recent",
	.json = "`address`, `expression` when there is one, of a frame with "
		"its `goroutine`, `frame` and `function`; `path`: " VOLE_REFERRER_JSON
		".",
	.takes = VOLE_TAKES_EXPR,
	.options = options,
	.run = run,
};
