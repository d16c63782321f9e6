/**
 * Fields of an object, or cells of a table, that wait for their neighbours so
 * that they can be aligned. Rows of a table past the first few hundred do not
 * wait: their widths are known by then, and a list may be long.
 */
#ifndef VOLE_RENDER_PIECES_H
#define VOLE_RENDER_PIECES_H

#include "base/array.h"
#include "render/sink.h"

enum {
	VOLE_PIECES_GAP = 2, /* blanks between columns, and after a label */
	VOLE_PIECES_COLUMNS = 16, /* at most */
};

struct vole_piece {
	const char *label; /* objects; borrowed until they are written */
	int column; /* rows */
	enum vole_style style;
	size_t text, len; /* in `text` of all */
	size_t width;
	bool last; /* of its row */
};

/** All zero: none wait, there is no table. */
struct vole_pieces {
	VOLE_ARRAY(struct vole_piece) waiting;
	struct vole_strbuf text;
	const struct vole_column *columns; /* NULL: no table; borrowed */
	size_t num_columns;
	size_t widths[VOLE_PIECES_COLUMNS];
	size_t rows; /* waiting */
	bool measured;
};

void vole_pieces_free(struct vole_pieces *pieces);

/** Until `columns` is set to NULL again, pieces are cells. */
void vole_pieces_begin_table(struct vole_pieces *pieces,
			     const struct vole_column *columns, size_t num);

/**
 * One more that waits. @p text is escaped already. Cells of no column of the
 * table, and those without text, are left out. False: no memory.
 */
VOLE_CHECKED bool vole_pieces_add(struct vole_pieces *pieces, const char *key,
				  enum vole_style style, const char *text,
				  size_t len);

/** The row has all its cells. Writes it, when widths are known. */
void vole_pieces_end_row(struct vole_pieces *pieces, struct vole_sink *sink,
			 size_t indent);

/** All that wait, each line behind @p indent blanks. */
void vole_pieces_write(struct vole_pieces *pieces, struct vole_sink *sink,
		       size_t indent);

/** A label, its underscores as blanks, and what is left of @p width. */
void vole_pieces_write_label(struct vole_sink *sink, const char *label,
			     size_t width);

#endif
