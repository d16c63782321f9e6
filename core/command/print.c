#include "command/command.h"

static bool run(struct vole_context *ctx, struct vole_error *err)
{
	struct vole_walk_limits limits;
	struct vole_value value;

	if (!vole_context_limits(ctx, &limits, err) ||
	    !vole_context_eval(ctx, &value, err))
		return false;
	vole_context_value(ctx, NULL, &value, &limits);
	ctx->sink->ops->value_end(ctx->sink);
	return true;
}

static const struct vole_option options[] = {
	{ "--depth", "N", "levels of nesting and of pointers to show" },
	{ "--limit", "N", "elements of each part to show; 0 shows all" },
	{ "--raw", NULL, "headers as they are, not what they lead to" },
	{ NULL, NULL, NULL },
};

const struct vole_command vole_cmd_print = {
	.name = "print",
	.aliases = { "p" },
	.args = "EXPR",
	.summary = "Print a value as a Go literal.",
	.detail = "EXPR is a Go expression over package variables: "
		  "selectors, indexing, slicing,\nmap indexing by key, *p, "
		  "&x, type assertions, conversions, arithmetic and\n"
		  "comparison. Nothing is executed in the target.\n\nA part "
		  "that cannot be read says why in its place. `...` stands "
		  "for what the\nlimit or the depth left out.\n\nTypes of "
		  "the standard library read as people think of them: times, "
		  "buffers,\nlocks, atomic numbers, network addresses and "
		  "big integers as text, a sync.Map\nas a map, a "
		  "container/list or ring as a list. An error of the "
		  "library reads\nas what its Error method returns and what "
		  "it wraps, a context as the chain from\nthe outermost one "
		  "in, with what ended it in brackets. A reflect.Value, "
		  "atomic.Value,\natomic.Pointer, unique.Handle or "
		  "weak.Pointer is shown as what it holds, a\nreflect.Type as "
		  "the type's name. With --raw they are the structs that they "
		  "are.",
	.example = "print main.users[\"ada\"].Tags",
	.json = "A Go value, in place of the object of other commands.",
	.takes = VOLE_TAKES_EXPR,
	.options = options,
	.run = run,
};
