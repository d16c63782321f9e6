/**
 * The text of a line that is being typed, and the cursor in it, which stands
 * before a rune or at the end.
 */
#ifndef VOLE_CLI_LINE_H
#define VOLE_CLI_LINE_H

#include "base/strbuf.h"

struct line {
	struct vole_strbuf text;
	size_t at; /* the cursor: a byte of the text */
};

void line_free(struct line *line);
/** Where the rune before byte @p at begins, and the one after it. */
size_t line_before(const struct line *line, size_t at);
size_t line_after(const struct line *line, size_t at);
/** Where the word begins that the cursor is in or after, with its blanks. */
size_t line_word(const struct line *line);
/** Take out bytes [@p from, @p to); the cursor is there then. */
void line_cut(struct line *line, size_t from, size_t to);
/** Put @p text before the cursor. */
void line_insert(struct line *line, const char *text, size_t len);
/** All of it is @p text now, the cursor at its end. */
void line_set(struct line *line, const char *text);

#endif
