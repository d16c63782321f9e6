#include "command/command.h"

#include "runtime/pclntab.h"

#include <string.h>

static const char *const layout_sources[] = {
	[VOLE_LAYOUT_NONE] = "unknown",
	[VOLE_LAYOUT_DEBUGINFO] = "dwarf",
	[VOLE_LAYOUT_TABLE] = "table",
};

/* "linux/amd64" needs no table: vole reads x86-64 ELF files and no others. */
static const char goarch[] = "amd64";

static void put_target(struct vole_sink *sink, const struct vole_target *t)
{
	vole_sink_text(sink, "target", VOLE_STYLE_PLAIN,
		       t->kind == VOLE_TARGET_CORE ? "core" : "live");
	if (t->exe)
		vole_sink_text(sink, "executable", VOLE_STYLE_PLAIN,
			       t->exe->path);
	if (t->debug && t->debug != t->exe)
		vole_sink_text(sink, "debug_file", VOLE_STYLE_PLAIN,
			       t->debug->path);
	if (t->pid)
		vole_sink_number(sink, "pid", t->pid);
	if (t->core && t->core->signal > 0) {
		const char *name = sigabbrev_np(t->core->signal);

		vole_sink_printf(sink, "signal", VOLE_STYLE_PLAIN, "SIG%s",
				 name ? name : "?");
	}
	if (t->core)
		vole_sink_number(sink, "threads",
				 (int64_t)t->core->num_threads);
	if (t->bias)
		vole_sink_address(sink, "load_bias", t->bias);
}

static void put_lines(struct vole_context *ctx, const char *list,
		      const char *key, uint64_t limit)
{
	const struct vole_buildinfo *build = &ctx->rt->build;
	uint64_t shown = 0, left = 0;
	char *text, *tab;
	size_t i;

	vole_sink_items(ctx->sink, list);
	for (i = 0; i < build->num_lines; i++) {
		if (strcmp(build->lines[i].key, key))
			continue;
		if (limit && shown == limit) {
			left++;
			continue;
		}
		shown++;
		text = vole_arena_string(ctx->arena, build->lines[i].value);
		if (!text)
			continue;
		while ((tab = strchr(text, '\t')))
			*tab = ' ';
		vole_sink_row(ctx->sink);
		vole_sink_printf(ctx->sink, "text", VOLE_STYLE_PLAIN, "%-6s %s",
				 key, text);
		vole_sink_end(ctx->sink);
	}
	vole_sink_end(ctx->sink);
	vole_sink_omitted(ctx->sink, left);
}

static void put_problems(struct vole_sink *sink, const struct vole_target *t)
{
	size_t i;

	vole_sink_items(sink, "problems");
	for (i = 0; i < t->num_problems; i++) {
		vole_sink_row(sink);
		vole_sink_printf(sink, "message", VOLE_STYLE_BAD, "problem: %s",
				 t->problems[i]);
		vole_sink_end(sink);
	}
	vole_sink_end(sink);
}

static bool run(struct vole_context *ctx, struct vole_error *err)
{
	const struct vole_runtime *rt = ctx->rt;
	struct vole_sink *sink = ctx->sink;
	uint64_t limit;

	if (!vole_args_number(ctx, "--limit", ctx->settings->limit, &limit,
			      err))
		return false;
	vole_sink_text(sink, "go_version", VOLE_STYLE_PLAIN, rt->build.version);
	if (rt->build.experiments[0])
		vole_sink_text(sink, "experiments", VOLE_STYLE_PLAIN,
			       rt->build.experiments);
	vole_sink_text(sink, "path", VOLE_STYLE_PLAIN, rt->build.path);
	vole_sink_text(sink, "goarch", VOLE_STYLE_PLAIN, goarch);
	put_target(sink, rt->target);
	vole_sink_flag(sink, "dwarf", rt->di != NULL);
	vole_sink_text(sink, "layout_source", VOLE_STYLE_PLAIN,
		       layout_sources[rt->layout.source]);
	vole_sink_number(sink, "functions", (int64_t)vole_func_count(rt));
	vole_sink_number(sink, "modules", (int64_t)rt->modules.len);
	put_lines(ctx, "module", "mod", limit);
	put_lines(ctx, "dependencies", "dep", limit);
	put_lines(ctx, "settings", "build", limit);
	put_problems(sink, rt->target);
	return true;
}

static const struct vole_option options[] = {
	VOLE_OPTION_LIMIT,
	{ NULL, NULL, NULL },
};

const struct vole_command vole_cmd_info = {
	.name = "info",
	.aliases = { "i" },
	.args = "",
	.summary = "Say what the target is and what is missing from it.",
	.detail = "The Go release, the build's settings and modules, core or "
		  "live process, where the\nlayouts of the runtime's "
		  "structures came from, and every problem met on opening.",
	.example = "info",
	.json = "`go_version`, `experiments`, `path`, `goarch`, `target` "
		"(`core`, `live`), `executable`, `debug_file`, `pid`, "
		"`signal`, `threads`, `load_bias`, `dwarf`, `layout_source` "
		"(`dwarf`, `table`, `unknown`), `functions`, `modules`, "
		"`module`, `dependencies`, `settings`: objects of `text`; "
		"`problems`: objects of `message`.",
	.takes = VOLE_TAKES_NOTHING,
	.options = options,
	.run = run,
};
