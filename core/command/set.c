#include "command/command.h"

#include <string.h>

static bool put(struct vole_context *ctx, const struct vole_setting *setting,
		struct vole_error *err)
{
	char value[VOLE_SETTING_ROOM];

	if (!vole_settings_get(ctx->settings, setting->name, value, err))
		return false;
	vole_sink_row(ctx->sink);
	vole_sink_text(ctx->sink, "name", VOLE_STYLE_NAME, setting->name);
	vole_sink_text(ctx->sink, "value", VOLE_STYLE_PLAIN, value);
	vole_sink_text(ctx->sink, "help", VOLE_STYLE_FAINT, setting->help);
	vole_sink_end(ctx->sink);
	return true;
}

static bool put_table(struct vole_context *ctx, const char *name,
		      struct vole_error *err)
{
	static const struct vole_column columns[] = {
		{ "name", NULL, false },
		{ "value", NULL, false },
		{ "help", "meaning", false },
	};
	char value[VOLE_SETTING_ROOM];
	size_t i;

	if (*name && !vole_settings_get(ctx->settings, name, value, err))
		return false;
	vole_sink_table(ctx->sink, "settings", columns, 3);
	for (i = 0; i < VOLE_NUM_SETTINGS; i++)
		if ((!*name || !strcmp(name, vole_setting_table[i].name)) &&
		    !put(ctx, &vole_setting_table[i], err))
			return false;
	vole_sink_end(ctx->sink);
	return true;
}

static bool run_show(struct vole_context *ctx, struct vole_error *err)
{
	return put_table(ctx, ctx->args.text, err);
}

static bool run_set(struct vole_context *ctx, struct vole_error *err)
{
	const char *text = ctx->args.text;
	size_t len = strcspn(text, " \t");
	const char *value = text + len + strspn(text + len, " \t");
	char *name = vole_arena_copy(ctx->arena, text, len);

	if (!name)
		return vole_fail_nomem(err);
	if (!len)
		return put_table(ctx, "", err);
	if (!*value)
		return vole_fail(err, VOLE_USAGE, VOLE_NOWHERE,
				 "set what? set NAME VALUE");
	return vole_settings_set(ctx->settings, name, value, err);
}

const struct vole_command vole_cmd_set = {
	.name = "set",
	.args = "NAME VALUE",
	.summary = "Change a setting for this session.",
	.detail = "Without arguments it shows them all.",
	.example = "set limit 10",
	.json = "Nothing, or as `show`.",
	.takes = VOLE_TAKES_WORDS,
	.no_target = true,
	.run = run_set,
};

const struct vole_command vole_cmd_show = {
	.name = "show",
	.args = "[NAME]",
	.summary = "Show the settings.",
	.example = "show",
	.json = "`settings`: objects of `name`, `value`, `help`.",
	.takes = VOLE_TAKES_WORDS,
	.no_target = true,
	.run = run_show,
};
