#include "command/command.h"

#include "base/quote.h"

#include <stdlib.h>
#include <string.h>

const struct vole_option vole_common_options[] = {
	{ "--json", NULL, "print one JSON document" },
	{ NULL, NULL, NULL },
};

const struct vole_option vole_frame_options[] = {
	{ "--goroutine", "N", "names mean variables of goroutine N (or -g N)" },
	{ "--frame", "K", "and of its frame K, as `bt` counts (or -f K)" },
	{ NULL, NULL, NULL },
};

static bool blank(char c)
{
	return c == ' ' || c == '\t';
}

bool vole_command_in_frame(const struct vole_command *command)
{
	return command->in_frame || command->takes == VOLE_TAKES_EXPR;
}

/* The index of the option named by [word, word + len); -1 none. */
static int index_in(const struct vole_option *options, const char *word,
		    size_t len)
{
	int i;

	for (i = 0; options && options[i].name; i++)
		if (strlen(options[i].name) == len &&
		    !memcmp(options[i].name, word, len))
			return i;
	return -1;
}

static int option_index(const struct vole_command *command, const char *word,
			size_t len)
{
	return index_in(command->options, word, len);
}

/* Past a quoted span; to the end when it never closes. */
static const char *skip_quoted(const char *at)
{
	char quote = *at++;

	while (*at && *at != quote)
		at += *at == '\\' && quote != '`' && at[1] ? 2 : 1;
	return *at ? at + 1 : at;
}

static const char *word_end(const char *at)
{
	while (*at && !blank(*at))
		at = *at == '"' || *at == '`' || *at == '\'' ? skip_quoted(at) :
							       at + 1;
	return at;
}

static bool keeps_quotes(const struct vole_option *option)
{
	return !strcmp(option->arg, "EXPR") || !strcmp(option->arg, "KEY");
}

static bool in_quotes(const char *text, size_t len)
{
	return len >= 2 && text[0] == text[len - 1] &&
	       (text[0] == '"' || text[0] == '\'');
}

/*
 * Is all of @p text in one pair of single quotes? A rune literal is Go's own
 * and stays one: 'x', '\n'.
 */
static bool whole_quoted(const char *text, size_t len)
{
	uint32_t rune;

	if (len < 2 || text[0] != '\'' || text[len - 1] != '\'' ||
	    memchr(text + 1, '\'', len - 2))
		return false;
	return len > 2 && text[1] != '\\' &&
	       vole_utf8((const unsigned char *)text + 1, len - 2, &rune) !=
		       len - 2;
}

/* The pair of quotes around an option's value that is not part of it. */
static bool quoted_value(const struct vole_option *option, const char *value,
			 size_t len)
{
	return keeps_quotes(option) ? whole_quoted(value, len) :
				      in_quotes(value, len);
}

/* The value of @p option at @p at, behind "=" or blanks; moves it past that. */
static bool take_value(const struct vole_option *option, const char **at,
		       struct vole_arena *arena, const char **ret,
		       struct vole_error *err)
{
	const char *value = *at + (**at == '='), *end;
	size_t len;

	while (value == *at && blank(*value))
		*at = ++value;
	end = word_end(value);
	*at = end;
	if (value == end)
		return vole_fail(err, VOLE_USAGE, VOLE_NOWHERE,
				 "%s needs a value: %s %s", option->name,
				 option->name, option->arg);
	len = (size_t)(end - value);
	if (quoted_value(option, value, len)) {
		value++;
		len -= 2;
	}
	*ret = vole_arena_copy(arena, value, len);
	return *ret ? true : vole_fail_nomem(err);
}

static bool is_word(const char *word, size_t len, const char *what)
{
	return strlen(what) == len && !memcmp(word, what, len);
}

/* Of the frame that names are looked up in; -1: it is another option. */
static int frame_option(const struct vole_command *command, const char *word,
			size_t len)
{
	if (!vole_command_in_frame(command))
		return -1;
	if (is_word(word, len, "-g"))
		return 0;
	return is_word(word, len, "-f") ?
		       1 :
		       index_in(vole_frame_options, word, len);
}

/* An option at @p at; moves it past the option and its value. */
static bool take_option(const struct vole_command *command, const char **at,
			struct vole_arena *arena, struct vole_args *ret,
			struct vole_error *err)
{
	const char *word = *at, *end = word_end(word);
	const char *equals = memchr(word, '=', (size_t)(end - word));
	size_t len = (size_t)((equals ? equals : end) - word);
	int i = frame_option(command, word, len);

	*at = word + len;
	if (i >= 0)
		return take_value(&vole_frame_options[i], at, arena,
				  i ? &ret->frame : &ret->goroutine, err);
	if (is_word(word, len, "--json")) {
		*at = end;
		ret->json = true;
		return true;
	}
	i = option_index(command, word, len);
	if (i < 0)
		return vole_fail(err, VOLE_USAGE, VOLE_NOWHERE,
				 "%s has no option %.*s; `help %s` lists them",
				 command->name, len > 40 ? 40 : (int)len, word,
				 command->name);
	ret->given[i] = true;
	if (command->options[i].arg)
		return take_value(&command->options[i], at, arena,
				  &ret->value[i], err);
	*at = end;
	return true;
}

static bool starts_option(const char *at)
{
	return at[0] == '-' && at[1] == '-' && at[2] >= 'a' && at[2] <= 'z';
}

/* "-g 5" before the expression; -g is an expression, -g 5 is none. */
static bool starts_short(const struct vole_command *command,
			 const struct vole_strbuf *before, const char *at)
{
	if (!vole_command_in_frame(command) || at[0] != '-' ||
	    (at[1] != 'g' && at[1] != 'f') || !blank(at[2]) ||
	    strspn(vole_strbuf_text(before), " \t") != before->len)
		return false;
	at += 2 + strspn(at + 2, " \t");
	return *at >= '0' && *at <= '9';
}

static bool finish_text(struct vole_strbuf *text, struct vole_arena *arena,
			struct vole_args *ret, struct vole_error *err)
{
	const char *from = vole_strbuf_text(text);
	size_t len = text->len;

	while (len && blank(from[len - 1]))
		len--;
	while (len && blank(*from))
		from++, len--;
	if (whole_quoted(from, len)) {
		from++;
		len -= 2;
	}
	ret->text = text->failed ? NULL : vole_arena_copy(arena, from, len);
	vole_strbuf_free(text);
	return ret->text ? true : vole_fail_nomem(err);
}

bool vole_args_parse(const struct vole_command *command, const char *line,
		     struct vole_arena *arena, struct vole_args *ret,
		     struct vole_error *err)
{
	struct vole_strbuf text = { 0 };
	const char *at = line;
	bool start = true; /* of a word */

	*ret = (struct vole_args){ 0 };
	while (*at) {
		const char *from = at;

		if (start && at[0] == '-' && at[1] == '-' &&
		    (!at[2] || blank(at[2]))) {
			vole_strbuf_add(&text, at + 2);
			break;
		}
		if (start &&
		    (starts_option(at) || starts_short(command, &text, at))) {
			if (!take_option(command, &at, arena, ret, err)) {
				vole_strbuf_free(&text);
				return false;
			}
			continue;
		}
		start = blank(*at);
		at = *at == '"' || *at == '`' || *at == '\'' ? skip_quoted(at) :
							       at + 1;
		vole_strbuf_add_bytes(&text, from, (size_t)(at - from));
	}
	if (!finish_text(&text, arena, ret, err))
		return false;
	if (command->takes == VOLE_TAKES_EXPR && !*ret->text)
		return vole_fail(err, VOLE_USAGE, VOLE_NOWHERE,
				 "%s needs an expression: %s %s", command->name,
				 command->name, command->args);
	if (command->takes == VOLE_TAKES_NOTHING && *ret->text)
		return vole_fail(err, VOLE_USAGE, VOLE_NOWHERE,
				 "%s takes no argument", command->name);
	return true;
}

bool vole_args_has(const struct vole_context *ctx, const char *option)
{
	int i = option_index(ctx->command, option, strlen(option));

	return i >= 0 && ctx->args.given[i];
}

const char *vole_args_value(const struct vole_context *ctx, const char *option)
{
	int i = option_index(ctx->command, option, strlen(option));

	return i >= 0 ? ctx->args.value[i] : NULL;
}

bool vole_args_number(const struct vole_context *ctx, const char *option,
		      uint64_t fallback, uint64_t *ret, struct vole_error *err)
{
	const char *text = vole_args_value(ctx, option);
	char *end;

	if (!text) {
		*ret = fallback;
		return true;
	}
	if (*text >= '0' && *text <= '9') {
		*ret = strtoull(text, &end, 0);
		if (!*end)
			return true;
	}
	return vole_fail(err, VOLE_USAGE, VOLE_NOWHERE,
			 "%s takes a number, not \"%.40s\"", option, text);
}
