#include "command/complete.h"

#include "base/strbuf.h"
#include "target/debuginfo.h"
#include "value/lexer.h"

#include <stdio.h>
#include <string.h>

enum { MAX_ARGS = 256 };

/* The word at the cursor, and the part of it that is being completed. */
struct word {
	const struct vole_completer *completer;
	const char *text;
	size_t from, len; /* of the part, which ends with the text */
	size_t given; /* words so far */
	const struct vole_command *command;
	const char *args; /* before the word */
};

static void offer(struct word *w, const char *name)
{
	struct vole_strbuf whole = { 0 };

	if (w->given == w->completer->limit ||
	    strncmp(name, w->text + w->from, w->len) != 0)
		return;
	vole_strbuf_add_bytes(&whole, w->text, w->from);
	vole_strbuf_add(&whole, name);
	w->completer->each(w->completer->arg, vole_strbuf_text(&whole));
	vole_strbuf_free(&whole);
	w->given++;
}

static bool offer_symbol(void *arg, const struct vole_symbol *symbol)
{
	struct word *w = arg;

	offer(w, symbol->name);
	return w->given < w->completer->limit;
}

static void offer_local(void *arg, const char *name)
{
	offer(arg, name);
}

static void offer_commands(struct word *w)
{
	size_t i;

	for (i = 0; i < vole_commands_len; i++)
		offer(w, vole_commands[i]->name);
}

static void offer_settings(struct word *w)
{
	size_t i;

	for (i = 0; i < VOLE_NUM_SETTINGS; i++)
		offer(w, vole_setting_table[i].name);
}

static void offer_options(struct word *w, const struct vole_option *option)
{
	for (; option && option->name; option++)
		offer(w, option->name);
}

/* In an import path these are bytes of it, elsewhere they are operators. */
static bool is_separator(char c)
{
	return c && strchr("/-~%", c);
}

static bool in_path(char c)
{
	return vole_is_name_byte(c) || c == '.' || is_separator(c);
}

/* Make the longest end of the word that may be one name the part. */
static void find_name(struct word *w)
{
	size_t end = strlen(w->text);

	w->from = end;
	while (w->from && in_path(w->text[w->from - 1]))
		w->from--;
	w->len = end - w->from;
}

/* What follows the next byte that may be an operator. */
static void shorten(struct word *w)
{
	while (w->len && !is_separator(w->text[w->from])) {
		w->from++;
		w->len--;
	}
	if (w->len) {
		w->from++;
		w->len--;
	}
}

static void offer_names(struct word *w, uint32_t kinds)
{
	const struct vole_completer *c = w->completer;
	struct vole_debuginfo *di;
	struct vole_error err;

	find_name(w);
	/* All names of a large program help nobody. */
	di = w->len ? c->names(c->arg) : NULL;
	do {
		if (vole_command_in_frame(w->command))
			c->locals(c->arg, w->command, w->args, offer_local, w);
		if (di && !di->ops->each(di, kinds, offer_symbol, w, &err))
			return;
		shorten(w);
	} while (w->len && !w->given);
}

static void offer_arguments(struct word *w)
{
	const struct vole_command *command = w->command;
	uint32_t kinds = VOLE_SYMBOL_VAR;

	if (w->text[0] == '-' && (!w->text[1] || w->text[1] == '-')) {
		offer_options(w, command->options);
		if (vole_command_in_frame(command))
			offer_options(w, vole_frame_options);
		offer_options(w, vole_common_options);
		return;
	}
	if (command == &vole_cmd_help)
		offer_commands(w);
	if (command == &vole_cmd_set || command == &vole_cmd_show)
		offer_settings(w);
	if (command->no_target)
		return;
	if (command == &vole_cmd_type || command == &vole_cmd_types)
		kinds |= VOLE_SYMBOL_TYPE;
	offer_names(w, kinds);
}

void vole_complete(const struct vole_completer *completer, const char *line)
{
	struct word w = { .completer = completer };
	char before[MAX_ARGS];
	struct vole_error err;
	const char *last;
	size_t len;

	line += strspn(line, " \t");
	len = strcspn(line, " \t");
	last = strrchr(line, ' ');
	w.text = last ? last + 1 : line;
	w.len = strlen(w.text);
	if (!line[len]) {
		offer_commands(&w);
		return;
	}
	if (!vole_command_find(line, len, &w.command, &err))
		return;
	line += len;
	snprintf(before, sizeof(before), "%.*s", (int)(w.text - line), line);
	w.args = before;
	offer_arguments(&w);
}
