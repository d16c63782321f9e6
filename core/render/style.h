/**
 * Colour by meaning: what a piece of text is, and the escape codes for it.
 */
#ifndef VOLE_RENDER_STYLE_H
#define VOLE_RENDER_STYLE_H

#include "base/strbuf.h"

enum vole_style {
	VOLE_STYLE_PLAIN,
	VOLE_STYLE_LABEL, /* names of fields in a report, titles of columns */
	VOLE_STYLE_NAME, /* variables, functions, commands */
	VOLE_STYLE_TYPE,
	VOLE_STYLE_ADDRESS,
	VOLE_STYLE_STRING,
	VOLE_STYLE_FAINT, /* remarks, what was left out */
	VOLE_STYLE_BAD, /* broken, unreadable, errors */
	VOLE_STYLE_HIDDEN, /* for JSON only */
};

/** Append @p text (already escaped), coloured when @p color. */
void vole_style_add(struct vole_strbuf *buf, bool color, enum vole_style style,
		    const char *text, size_t len);
/** Columns that UTF-8 text takes, one for each rune. */
size_t vole_text_width(const char *text, size_t len);

#endif
