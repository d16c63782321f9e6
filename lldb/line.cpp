/**
 * The line as it was typed. lldb splits a plugin's arguments and eats their
 * quotes, so that m["a b"] arrives as m[a b]; the interpreter's history still
 * has them, for lines that were typed, piped, sourced or given with -o.
 */
#include "plugin.h"

#include <cstring>

using namespace lldb;

/* As lldb's Args.cpp: between double quotes a backslash guards two characters. */
static const char *double_quoted(const char *at, struct vole_strbuf *word)
{
	for (; *at && *at != '"'; at++) {
		if (*at == '\\' && (at[1] == '"' || at[1] == '\\'))
			at++;
		vole_strbuf_add_char(word, *at);
	}
	return at;
}

static const char *quoted(const char *at, struct vole_strbuf *word)
{
	char quote = *at++;

	if (quote == '"') {
		at = double_quoted(at, word);
	} else {
		const char *end = strchrnul(at, quote);

		vole_strbuf_add_bytes(word, at, (size_t)(end - at));
		at = end;
	}
	return *at ? at + 1 : at;
}

/** Skip one word as lldb splits them, its text without quotes in @p word. */
static const char *next_word(const char *at, struct vole_strbuf *word)
{
	vole_strbuf_clear(word);
	while (*at && !strchr(" \t\r", *at)) {
		if (strchr("\"'`", *at)) {
			at = quoted(at, word);
			continue;
		}
		if (*at == '\\' && at[1] && strchr(" \t\\'\"`", at[1]))
			at++;
		vole_strbuf_add_char(word, *at++);
	}
	return at;
}

static const char *skip_blanks(const char *at)
{
	return at + strspn(at, " \t\n\v\f\r");
}

static size_t count_words(const char *line, struct vole_strbuf *word)
{
	size_t ret = 0;

	for (line = skip_blanks(line); *line; line = skip_blanks(line)) {
		line = next_word(line, word);
		ret++;
	}
	return ret;
}

/** Do the words from @p at on say the same as @p args? */
static bool same_words(const char *at, char **args, struct vole_strbuf *word)
{
	for (at = skip_blanks(at); *at; at = skip_blanks(at)) {
		at = next_word(at, word);
		if (!args || !*args || strcmp(vole_strbuf_text(word), *args++))
			return false;
	}
	return !args || !*args;
}

/** Where in @p line the arguments begin; NULL when these are not its last words. */
static const char *find_args(const char *line, const char *name, char **args,
			     bool *ret_typed)
{
	struct vole_strbuf word = {};
	size_t num_args = 0, num_words = count_words(line, &word), i;

	while (args && args[num_args])
		num_args++;
	*ret_typed = false;
	line = skip_blanks(line);
	if (num_words <= num_args)
		line = nullptr;
	for (i = num_args; line && i < num_words; i++) {
		line = skip_blanks(next_word(line, &word));
		/* The word before them is the name, abbreviated or not. */
		if (i + 1 == num_words)
			*ret_typed = num_words == num_args + 2 &&
				     !strncmp(name, vole_strbuf_text(&word),
					      word.len);
	}
	if (line && !same_words(line, args, &word))
		line = nullptr;
	*ret_typed = *ret_typed && line;
	vole_strbuf_free(&word);
	return line;
}

/** The last line of lldb's history; it has no other way out than this text. */
static bool last_line(SBCommandInterpreter interpreter, struct vole_strbuf *ret)
{
	SBCommandReturnObject result;
	const char *text, *colon;

	interpreter.HandleCommand("session history -s end -c 1", result, false);
	text = result.GetOutput();
	colon = text ? strchr(text, ':') : nullptr;
	if (!colon || colon[1] != ' ')
		return false;
	vole_strbuf_add_bytes(ret, colon + 2, strcspn(colon + 2, "\n"));
	return !ret->failed;
}

void vole_lldb_raw_line(SBCommandInterpreter interpreter, const char *name,
			char **args, struct vole_strbuf *ret, bool *ret_typed)
{
	struct vole_strbuf line = {};
	const char *raw = nullptr;

	*ret_typed = false;
	if (last_line(interpreter, &line))
		raw = find_args(vole_strbuf_text(&line), name, args, ret_typed);
	if (raw)
		vole_strbuf_add(ret, raw);
	for (; !raw && args && *args; args++) {
		vole_strbuf_add(ret, *args);
		if (args[1])
			vole_strbuf_add_char(ret, ' ');
	}
	vole_strbuf_free(&line);
}
