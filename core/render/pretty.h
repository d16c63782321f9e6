/**
 * Breaking long text into lines, as it streams by: groups that fit the width
 * stay on one line, others are broken at each of their breaks. Follows
 * Oppen's algorithm, so memory is bounded by the width and not by the text.
 */
#ifndef VOLE_RENDER_PRETTY_H
#define VOLE_RENDER_PRETTY_H

#include "base/array.h"
#include "render/style.h"

/** Deeper groups stay on the line of the last one that fits here. */
enum { VOLE_PRETTY_WIDTH = 80, VOLE_PRETTY_MAX_DEPTH = 128 };

enum vole_pretty_kind {
	VOLE_PRETTY_TEXT,
	VOLE_PRETTY_OPEN,
	VOLE_PRETTY_BREAK,
	VOLE_PRETTY_CLOSE,
};

struct vole_pretty_token {
	enum vole_pretty_kind kind;
	enum vole_style style;
	bool space; /* BREAK: a space when flat */
	bool fill; /* OPEN: break only where the next part does not fit */
	bool comma; /* CLOSE: a comma before the line break */
	size_t text, len; /* TEXT: in `text` */
	size_t width;
};

struct vole_pretty_group {
	bool broken;
	bool fill;
};

struct vole_pretty {
	struct vole_strbuf *out;
	size_t width; /* of a line; 0: VOLE_PRETTY_WIDTH */
	bool color;
	size_t indent; /* columns before every line */
	size_t column;
	VOLE_ARRAY(struct vole_pretty_token) tokens; /* not yet written */
	size_t first; /* of tokens */
	struct vole_strbuf text; /* of tokens */
	size_t pending; /* flat width of what waits */
	struct vole_pretty_group groups[VOLE_PRETTY_MAX_DEPTH];
	size_t depth; /* of what was written; may pass MAX_DEPTH */
	size_t open; /* groups begun and not ended, written or not */
	size_t broken; /* groups around that are broken */
};

/** Text goes to @p out from @p column on, continued lines at @p indent. */
void vole_pretty_begin(struct vole_pretty *pretty, struct vole_strbuf *out,
		       bool color, size_t column, size_t indent);
void vole_pretty_text(struct vole_pretty *pretty, enum vole_style style,
		      const char *text, size_t len);
void vole_pretty_open(struct vole_pretty *pretty, bool fill);
/** A place to break the line; @p space: a blank when it is not broken. */
void vole_pretty_break(struct vole_pretty *pretty, bool space);
void vole_pretty_close(struct vole_pretty *pretty, bool comma);
/** Write what waits. */
void vole_pretty_end(struct vole_pretty *pretty);
void vole_pretty_free(struct vole_pretty *pretty);

#endif
