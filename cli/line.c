#include "line.h"

#include <string.h>

void line_free(struct line *line)
{
	vole_strbuf_free(&line->text);
	line->at = 0;
}

static bool inside_rune(const struct line *line, size_t at)
{
	return at < line->text.len &&
	       ((unsigned char)line->text.text[at] & 0xc0) == 0x80;
}

size_t line_before(const struct line *line, size_t at)
{
	if (at)
		at--;
	while (at && inside_rune(line, at))
		at--;
	return at;
}

size_t line_after(const struct line *line, size_t at)
{
	if (at < line->text.len)
		at++;
	while (inside_rune(line, at))
		at++;
	return at;
}

size_t line_word(const struct line *line)
{
	size_t at = line->at;

	while (at && line->text.text[at - 1] == ' ')
		at--;
	while (at && line->text.text[at - 1] != ' ')
		at--;
	return at;
}

void line_cut(struct line *line, size_t from, size_t to)
{
	struct vole_strbuf *text = &line->text;

	if (from == to)
		return;
	memmove(text->text + from, text->text + to, text->len - to + 1);
	text->len -= to - from;
	line->at = from;
}

void line_insert(struct line *line, const char *text, size_t len)
{
	char *at;

	vole_strbuf_fill(&line->text, ' ', len);
	if (line->text.failed || !len)
		return;
	at = line->text.text + line->at;
	memmove(at + len, at, line->text.len - len - line->at);
	memcpy(at, text, len);
	line->at += len;
}

void line_set(struct line *line, const char *text)
{
	vole_strbuf_clear(&line->text);
	line->at = 0;
	line_insert(line, text, strlen(text));
}
