#include "command/help.h"

#include "command/command.h"

#include <string.h>

static void add_options(struct vole_strbuf *buf,
			const struct vole_option *option)
{
	for (; option && option->name; option++) {
		size_t used = strlen(option->name) +
			      (option->arg ? strlen(option->arg) + 1 : 0);

		vole_strbuf_printf(buf, "  %s%s%s", option->name,
				   option->arg ? " " : "",
				   option->arg ? option->arg : "");
		vole_strbuf_fill(buf, ' ', used < 14 ? 14 - used : 1);
		vole_strbuf_printf(buf, "%s\n", option->help);
	}
}

void vole_help_text(const struct vole_command *c, struct vole_strbuf *buf)
{
	const char *const *alias;

	vole_strbuf_printf(buf, "go %s%s%s\n", c->name, *c->args ? " " : "",
			   c->args);
	for (alias = c->aliases; *alias; alias++)
		vole_strbuf_printf(buf, "go %s%s%s\n", *alias,
				   *c->args ? " " : "", c->args);
	vole_strbuf_printf(buf, "\n%s\n", c->summary);
	if (c->detail)
		vole_strbuf_printf(buf, "\n%s\n", c->detail);
	vole_strbuf_add(buf, "\nOptions:\n");
	add_options(buf, c->options);
	if (vole_command_in_frame(c))
		add_options(buf, vole_frame_options);
	add_options(buf, vole_common_options);
	vole_strbuf_printf(buf, "\nExample:\n  go %s\n", c->example);
}

static bool put_help(struct vole_context *ctx, const struct vole_command *c,
		     struct vole_error *err)
{
	struct vole_strbuf buf = { 0 };
	const char *line;
	char *text;

	vole_help_text(c, &buf);
	text = buf.failed ? NULL : vole_arena_string(ctx->arena, buf.text);
	vole_strbuf_free(&buf);
	if (!text)
		return vole_fail_nomem(err);
	vole_sink_text(ctx->sink, "name", VOLE_STYLE_HIDDEN, c->name);
	vole_sink_text(ctx->sink, "help", VOLE_STYLE_HIDDEN, text);
	while ((line = strsep(&text, "\n")) && (*line || text))
		vole_sink_say(ctx->sink, VOLE_STYLE_PLAIN, "%s", line);
	return true;
}

static void put_list(struct vole_context *ctx)
{
	static const struct vole_column columns[] = {
		{ "name", "command", false },
		{ "args", NULL, false },
		{ "summary", NULL, false },
	};
	size_t i;

	vole_sink_table(ctx->sink, "commands", columns, 3);
	for (i = 0; i < vole_commands_len; i++) {
		vole_sink_row(ctx->sink);
		vole_sink_text(ctx->sink, "name", VOLE_STYLE_NAME,
			       vole_commands[i]->name);
		vole_sink_text(ctx->sink, "args", VOLE_STYLE_PLAIN,
			       vole_commands[i]->args);
		vole_sink_text(ctx->sink, "summary", VOLE_STYLE_PLAIN,
			       vole_commands[i]->summary);
		vole_sink_end(ctx->sink);
	}
	vole_sink_end(ctx->sink);
	vole_sink_say(ctx->sink, VOLE_STYLE_FAINT,
		      "`go help COMMAND` tells more, with an example.");
}

static void say_text(struct vole_sink *sink, const char *text)
{
	while (*text) {
		size_t len = strcspn(text, "\n");

		vole_sink_say(sink, VOLE_STYLE_PLAIN, "%.*s", (int)len, text);
		text += len + (text[len] == '\n');
	}
}

/* docs/commands.md. */
static void put_commands_page(struct vole_sink *sink)
{
	struct vole_strbuf buf = { 0 };
	size_t i;

	say_text(
		sink,
		"# Commands\n\n"
		"Made from the command table by `vole help --markdown`. In gdb "
		"and lldb each command\nis typed after `go`, in the `vole` "
		"program without it.\n");
	for (i = 0; i < vole_commands_len; i++) {
		vole_strbuf_clear(&buf);
		vole_help_text(vole_commands[i], &buf);
		vole_sink_say(sink, VOLE_STYLE_PLAIN, "\n## %s\n\n```",
			      vole_commands[i]->name);
		say_text(sink, vole_strbuf_text(&buf));
		say_text(sink, "```\n");
	}
	vole_sink_say(sink, VOLE_STYLE_PLAIN, "\n## Settings\n");
	for (i = 0; i < VOLE_NUM_SETTINGS; i++)
		vole_sink_say(sink, VOLE_STYLE_PLAIN, "- `%s` (%s): %s",
			      vole_setting_table[i].name,
			      vole_setting_table[i].values,
			      vole_setting_table[i].help);
	vole_strbuf_free(&buf);
}

static const char json_intro[] =
	"# JSON\n\n"
	"Every command takes `--json` and prints exactly one JSON document in "
	"UTF-8, then a\nnewline. Made from the command table by `vole help "
	"--markdown --json`.\n\n"
	"```\n"
	"{\"schema\":1,\"command\":\"map\",\"result\":{...},\"warnings\":[]}\n"
	"{\"schema\":1,\"command\":\"map\",\"error\":{\"code\":\"CORRUPT\","
	"\"address\":\"0x...\",\"message\":\"...\"},\"warnings\":[]}\n"
	"```\n\n"
	"`partial` is true when the answer was cut short (Ctrl-C, damage), "
	"`omitted` counts what\na limit left out. `code` is one of USAGE, "
	"SYNTAX, NOT_FOUND (exit 2); UNREADABLE,\nCORRUPT, MISMATCH, "
	"UNSUPPORTED, NO_DEBUG_INFO, INTERRUPTED, NO_MEMORY (exit 3).\n\n"
	"Addresses are strings \"0x...\". Numbers out of the target are "
	"strings when their Go\ntype has 64 bits or is a float, JSON numbers "
	"otherwise; sizes, counts and offsets\nare JSON numbers.\n\n"
	"## A Go value\n\n"
	"`type`, `kind` (reflect's word), `address` where it lies in memory, "
	"and by kind:\n\n"
	"- numbers, bools, strings: `value`; strings also `len`, `omitted` "
	"(bytes not shown) and,\n  when they are no valid UTF-8, `bytes` in "
	"hex\n"
	"- struct: `fields`, objects of `name` and `value`\n"
	"- array, slice, chan: `elements`, with `len` and `cap`; a closed chan "
	"has `closed`\n"
	"- map: `entries`, objects of `key` and `value`, with `len`\n"
	"- ptr: `value`, the address it holds, and `pointee` when followed, "
	"else perhaps\n  `not_followed`: `cycle`, `unreadable`\n"
	"- interface: `dynamic`\n"
	"- func: `function` and, where known, `captures`; `.this` is the receiver of a\n  method value; `damage` where some are not told\n"
	"- types of the standard library that have one (`print`): `text` beside\n"
	"- reflect.Value, atomic.Value, atomic.Pointer, unique.Handle, weak.Pointer:\n"
	"  `holds` beside, the value in it\n"
	"- any nil: `nil`\n"
	"- in place of any of them `unreadable`: why\n\n"
	"`omitted` counts parts that were left out, `damage` says why when it "
	"was not a limit.\n\n"
	"## Results\n";

/* docs/json.md. */
static void put_json_page(struct vole_sink *sink)
{
	size_t i;

	say_text(sink, json_intro);
	say_text(sink, "\n");
	for (i = 0; i < vole_commands_len; i++)
		vole_sink_say(sink, VOLE_STYLE_PLAIN, "- `%s`: %s",
			      vole_commands[i]->name, vole_commands[i]->json);
}

static bool run(struct vole_context *ctx, struct vole_error *err)
{
	const struct vole_command *command;

	if (vole_args_has(ctx, "--markdown")) {
		if (ctx->args.json)
			put_json_page(ctx->sink);
		else
			put_commands_page(ctx->sink);
		return true;
	}
	if (!*ctx->args.text) {
		put_list(ctx);
		return true;
	}
	if (!vole_command_find(ctx->args.text, strlen(ctx->args.text), &command,
			       err))
		return false;
	return put_help(ctx, command, err);
}

static const struct vole_option options[] = {
	{ "--markdown", NULL,
	  "all of it as a page: docs/commands.md, with --json docs/json.md" },
	{ NULL, NULL, NULL },
};

const struct vole_command vole_cmd_help = {
	.name = "help",
	.aliases = { "h" },
	.args = "[COMMAND]",
	.summary = "List the commands, or tell about one.",
	.example = "help map",
	.json = "`commands`: objects of `name`, `args`, `summary`; of one "
		"command `name` and `help`.",
	.takes = VOLE_TAKES_PATTERN,
	.no_target = true,
	.options = options,
	.run = run,
};
