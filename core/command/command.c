#include "command/command.h"

#include "value/nearest.h"
#include "value/walk.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

const struct vole_command *const vole_commands[] = {
	&vole_cmd_info,	 &vole_cmd_print,      &vole_cmd_vars,
	&vole_cmd_types, &vole_cmd_funcs,      &vole_cmd_type,
	&vole_cmd_map,	 &vole_cmd_slice,      &vole_cmd_chan,
	&vole_cmd_pool,	 &vole_cmd_goroutines, &vole_cmd_goroutine,
	&vole_cmd_bt,	 &vole_cmd_locals,     &vole_cmd_frame,
	&vole_cmd_up,	 &vole_cmd_down,       &vole_cmd_waits,
	&vole_cmd_heap,	 &vole_cmd_refs,       &vole_cmd_why,
	&vole_cmd_sched, &vole_cmd_layout,     &vole_cmd_set,
	&vole_cmd_show,	 &vole_cmd_help,
};
const size_t vole_commands_len =
	sizeof(vole_commands) / sizeof(vole_commands[0]);

/* Values in all that a command prints unless --limit 0: some 1 MB of text. */
static const uint64_t MAX_VALUES = 20000;

enum { MAX_LINE = 60 }; /* of vole_context_text() */

static bool named(const struct vole_command *c, const char *name, size_t len)
{
	const char *const *alias;

	if (strlen(c->name) == len && !memcmp(c->name, name, len))
		return true;
	for (alias = c->aliases; *alias; alias++)
		if (strlen(*alias) == len && !memcmp(*alias, name, len))
			return true;
	return false;
}

bool vole_command_find(const char *name, size_t len,
		       const struct vole_command **ret, struct vole_error *err)
{
	const struct vole_command *one = NULL;
	struct vole_nearest nearest;
	char word[64], near[128];
	size_t matches = 0, i;

	for (i = 0; i < vole_commands_len; i++) {
		if (named(vole_commands[i], name, len)) {
			*ret = vole_commands[i];
			return true;
		}
		if (!strncmp(vole_commands[i]->name, name, len)) {
			one = vole_commands[i];
			matches++;
		}
	}
	if (matches == 1) {
		*ret = one;
		return true;
	}
	snprintf(word, sizeof(word), "%.*s", len > 40 ? 40 : (int)len, name);
	vole_nearest_init(&nearest, word);
	for (i = 0; i < vole_commands_len; i++)
		vole_nearest_offer(&nearest, vole_commands[i]->name);
	return vole_fail(err, VOLE_USAGE, VOLE_NOWHERE,
			 "%s command \"%s\"%s; `help` lists them",
			 matches ? "ambiguous" : "no", word,
			 vole_nearest_text(&nearest, near, sizeof(near)));
}

bool vole_context_limits(const struct vole_context *ctx,
			 struct vole_walk_limits *ret, struct vole_error *err)
{
	uint64_t depth = ctx->settings->depth;

	if (!vole_args_number(ctx, "--limit", ctx->settings->limit, &ret->count,
			      err) ||
	    !vole_args_number(ctx, "--depth", depth, &depth, err))
		return false;
	ret->depth = depth < UINT32_MAX ? (unsigned)depth : UINT32_MAX;
	ret->raw = vole_args_has(ctx, "--raw");
	ret->total = ret->count ? MAX_VALUES : 0;
	return true;
}

void vole_context_value(struct vole_context *ctx, const char *key,
			const struct vole_value *value,
			const struct vole_walk_limits *limits)
{
	struct vole_visitor *visitor;

	ctx->sink->started = true;
	visitor = ctx->sink->ops->value(ctx->sink, key);
	vole_value_walk(ctx->rt, ctx->arena, value, limits, visitor);
}

/* A ui that keeps what is written. */
struct capture {
	struct vole_ui ui; /* first: cast back */
	struct vole_strbuf text;
};

static void keep(struct vole_ui *ui, const char *text, size_t len)
{
	vole_strbuf_add_bytes(&((struct capture *)ui)->text, text, len);
}

/* One line: what gofmt would have written on one, cut at a whole rune. */
static void flatten(struct vole_strbuf *text)
{
	char *at = text->text;
	size_t from, to = 0;

	for (from = 0; from < text->len; from++) {
		if (at[from] != '\n') {
			at[to++] = at[from];
			continue;
		}
		while (from + 1 < text->len && at[from + 1] == ' ')
			from++;
		/* "{", line break; ",", line break, "}" */
		if (to && at[to - 1] == ',' && from + 1 < text->len &&
		    at[from + 1] == '}')
			to--;
		else if (to && at[to - 1] != '{' && from + 1 < text->len)
			at[to++] = ' ';
	}
	if (to > MAX_LINE) {
		to = MAX_LINE;
		while (to && (at[to] & 0xc0) == 0x80)
			to--;
	}
	at[to] = '\0';
}

const char *vole_context_text(struct vole_context *ctx,
			      const struct vole_value *value)
{
	static const struct vole_walk_limits limits = { .count = 4,
							.depth = 3,
							.total = 64 };
	struct capture capture = { .ui = vole_ui_quiet() };
	struct vole_sink *sink;
	const char *ret = NULL;

	capture.ui.write = keep;
	sink = vole_sink_text_open(&capture.ui, ctx->command->name);
	if (!sink)
		return NULL;
	vole_value_walk(ctx->rt, ctx->arena, value, &limits,
			sink->ops->value(sink, NULL));
	sink->ops->value_end(sink);
	sink->ops->finish(sink, NULL);
	vole_sink_close(sink);
	if (capture.text.len && !capture.text.failed) {
		flatten(&capture.text);
		ret = vole_arena_string(ctx->arena, capture.text.text);
	}
	vole_strbuf_free(&capture.text);
	return ret;
}

bool vole_pattern_matches(const char *pattern, const char *name)
{
	if (!*pattern)
		return true;
	if (strpbrk(pattern, "*?"))
		return !fnmatch(pattern, name, FNM_NOESCAPE);
	return strstr(name, pattern) != NULL;
}
