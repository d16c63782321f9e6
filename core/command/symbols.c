/* vars, types and funcs: names by pattern, with where they are. */
#include "command/command.h"

#include "base/array.h"
#include "runtime/pclntab.h"

#include <string.h>

struct match {
	struct vole_symbol symbol;
	struct vole_func func; /* Go functions, when is_func */
	bool is_func;
};

struct matches {
	const char *pattern;
	struct vole_sink *sink;
	VOLE_ARRAY(struct match) list;
	bool failed;
};

/* The program's own names first, then by name. */
static int by_name(const void *a, const void *b)
{
	const char *x = ((const struct match *)a)->symbol.name;
	const char *y = ((const struct match *)b)->symbol.name;
	bool main_x = !strncmp(x, "main.", 5);
	bool main_y = !strncmp(y, "main.", 5);

	return main_x != main_y ? (int)main_y - (int)main_x : strcmp(x, y);
}

static bool add(struct matches *m, const struct match *match)
{
	struct match *at;

	if (!vole_pattern_matches(m->pattern, match->symbol.name))
		return true;
	at = vole_array_push(&m->list);
	if (!at) {
		m->failed = true;
		return false;
	}
	*at = *match;
	return true;
}

static bool on_symbol(void *arg, const struct vole_symbol *symbol)
{
	struct matches *m = arg;
	struct match match = { .symbol = *symbol };

	/* Go's functions come from the runtime's own table. */
	if (symbol->kind == VOLE_SYMBOL_FUNC && !symbol->is_c)
		return true;
	return add(m, &match) && !vole_sink_stopped(m->sink);
}

static bool add_funcs(const struct vole_runtime *rt, struct matches *m,
		      struct vole_error *err)
{
	size_t count = vole_func_count(rt), i;

	for (i = 0; i < count && !vole_sink_stopped(m->sink); i++) {
		struct match match = { .is_func = true };

		vole_sink_progress(m->sink, i, count);
		if (!vole_func_get(rt, i, &match.func, err))
			return false;
		match.symbol.kind = VOLE_SYMBOL_FUNC;
		match.symbol.name = match.func.name;
		if (!add(m, &match))
			return false;
	}
	return true;
}

static bool gather(struct vole_context *ctx, uint32_t kind, struct matches *m,
		   struct vole_error *err)
{
	struct vole_debuginfo *di = ctx->rt->di;
	bool ok = true;

	if (kind == VOLE_SYMBOL_FUNC)
		ok = add_funcs(ctx->rt, m, err);
	else if (!di)
		return vole_fail(err, VOLE_NO_DEBUG_INFO, VOLE_NOWHERE,
				 "the program was built without debug "
				 "information (-ldflags=-w or -s): its %s are "
				 "not known by name",
				 kind == VOLE_SYMBOL_VAR ? "variables" :
							   "types");
	if (ok && di)
		ok = di->ops->each(di, kind, on_symbol, m, err);
	if (m->failed)
		return vole_fail_nomem(err);
	return ok;
}

static void put_place(struct vole_sink *sink, const char *file, int64_t line)
{
	if (!file)
		return;
	vole_sink_text(sink, "file", VOLE_STYLE_HIDDEN, file);
	vole_sink_number_json(sink, "line", line);
	vole_sink_cell_printf(sink, "place", VOLE_STYLE_FAINT, "%s:%" PRId64,
			      file, line);
}

static void put_func(struct vole_context *ctx, const struct vole_func *func)
{
	struct vole_error err;
	const char *file;
	int32_t line;

	vole_sink_address(ctx->sink, "address", func->entry);
	vole_sink_text(ctx->sink, "name", VOLE_STYLE_NAME, func->name);
	if (vole_func_line(ctx->rt, func, func->entry, &file, &line, &err))
		put_place(ctx->sink, file,
			  func->start_line > 0 ? func->start_line : line);
}

/* The type's name, or why it has none. */
static const struct vole_type *type_of(struct vole_context *ctx, uint64_t ref)
{
	struct vole_type *type;
	struct vole_error err;

	if (!ref || !vole_types_get(ctx->rt->types, VOLE_TYPE_DEBUGINFO, ref,
				    &type, &err))
		return NULL;
	return type;
}

static void put_symbol(struct vole_context *ctx, const struct vole_symbol *s)
{
	struct vole_debuginfo *di = ctx->rt->di;
	struct vole_sink *sink = ctx->sink;
	const struct vole_type *type = NULL;
	struct vole_symbol_info info = { 0 };
	struct vole_error err;

	if (s->kind == VOLE_SYMBOL_TYPE)
		type = type_of(ctx, s->ref);
	else if (di->ops->info(di, s, &info, &err))
		type = type_of(ctx, info.type_ref);
	if (info.has_addr)
		vole_sink_address(sink, "address",
				  info.addr + ctx->rt->target->bias);
	vole_sink_text(sink, "name", VOLE_STYLE_NAME, s->name);
	if (type && s->kind == VOLE_SYMBOL_TYPE)
		vole_sink_text(sink, "kind", VOLE_STYLE_PLAIN,
			       vole_kind_name(type->kind));
	else if (type)
		vole_sink_text(sink, "type", VOLE_STYLE_TYPE, type->name);
	if (type && s->kind != VOLE_SYMBOL_FUNC)
		vole_sink_number(sink, "size", (int64_t)type->size);
	vole_sink_flag_json(sink, "c", s->is_c);
	put_place(sink, info.file, info.line);
}

static bool list(struct vole_context *ctx, uint32_t kind,
		 const struct vole_column *columns, size_t num_columns,
		 struct vole_error *err)
{
	struct matches m = { .pattern = ctx->args.text, .sink = ctx->sink };
	uint64_t limit;
	size_t i, n;
	bool ok;

	if (!vole_args_number(ctx, "--limit", ctx->settings->limit, &limit,
			      err))
		return false;
	ok = gather(ctx, kind, &m, err);
	if (ok) {
		if (m.list.len)
			qsort(m.list.items, m.list.len, sizeof(struct match),
			      by_name);
		n = limit && m.list.len > limit ? limit : m.list.len;
		vole_sink_number_json(ctx->sink, "count", (int64_t)m.list.len);
		vole_sink_table(ctx->sink, "items", columns, num_columns);
		for (i = 0; i < n && !vole_sink_stopped(ctx->sink); i++) {
			vole_sink_progress(ctx->sink, i, n);
			vole_sink_row(ctx->sink);
			if (m.list.items[i].is_func)
				put_func(ctx, &m.list.items[i].func);
			else
				put_symbol(ctx, &m.list.items[i].symbol);
			vole_sink_end(ctx->sink);
		}
		vole_sink_end(ctx->sink);
		vole_sink_omitted(ctx->sink, m.list.len - i);
		if (!m.list.len)
			vole_sink_say(ctx->sink, VOLE_STYLE_FAINT,
				      "nothing matches");
	}
	vole_array_free(&m.list);
	return ok;
}

static bool run_vars(struct vole_context *ctx, struct vole_error *err)
{
	static const struct vole_column columns[] = {
		{ "address", NULL, true }, { "size", NULL, true },
		{ "name", NULL, false },   { "type", NULL, false },
		{ "place", NULL, false },
	};

	return list(ctx, VOLE_SYMBOL_VAR, columns, 5, err);
}

static bool run_types(struct vole_context *ctx, struct vole_error *err)
{
	static const struct vole_column columns[] = {
		{ "size", NULL, true },
		{ "kind", NULL, false },
		{ "name", NULL, false },
	};

	return list(ctx, VOLE_SYMBOL_TYPE, columns, 3, err);
}

static bool run_funcs(struct vole_context *ctx, struct vole_error *err)
{
	static const struct vole_column columns[] = {
		{ "address", NULL, true },
		{ "name", NULL, false },
		{ "place", NULL, false },
	};

	return list(ctx, VOLE_SYMBOL_FUNC, columns, 3, err);
}

static const struct vole_option options[] = {
	VOLE_OPTION_LIMIT,
	{ NULL, NULL, NULL },
};

#define PATTERN                                                               \
	"PATTERN is a part of the name, or a whole name with * and ? in it. " \
	"Names of\npackage main come first."

const struct vole_command vole_cmd_vars = {
	.name = "vars",
	.args = "[PATTERN]",
	.summary = "List package variables.",
	.detail = PATTERN "\nGo does not record the file and line of a "
			  "variable, C does.",
	.example = "vars main.*",
	.json = "`count`, `items`: objects of `name`, `address`, `type`, "
		"`size`, `c` (of a C unit), and of C variables `file` and "
		"`line`.",
	.takes = VOLE_TAKES_PATTERN,
	.options = options,
	.run = run_vars,
};

const struct vole_command vole_cmd_types = {
	.name = "types",
	.args = "[PATTERN]",
	.summary = "List types.",
	.detail = PATTERN,
	.example = "types main.",
	.json = "`count`, `items`: objects of `name`, `kind`, `size`, `c`.",
	.takes = VOLE_TAKES_PATTERN,
	.options = options,
	.run = run_types,
};

const struct vole_command vole_cmd_funcs = {
	.name = "funcs",
	.args = "[PATTERN]",
	.summary = "List functions.",
	.detail = PATTERN "\nGo's functions are known without debug "
			  "information too.",
	.example = "funcs main.",
	.json = "`count`, `items`: objects of `name`, `address`, `file`, "
		"`line`.",
	.takes = VOLE_TAKES_PATTERN,
	.options = options,
	.run = run_funcs,
};
