#include "render/pieces.h"

#include <string.h>

enum {
	/* Rows looked at to find the widths of columns; later ones stream. */
	MEASURED_ROWS = 500,
	MAX_WIDTH = 64, /* of a column */
};

void vole_pieces_free(struct vole_pieces *p)
{
	vole_array_free(&p->waiting);
	vole_strbuf_free(&p->text);
}

void vole_pieces_begin_table(struct vole_pieces *p,
			     const struct vole_column *columns, size_t num)
{
	p->columns = columns;
	p->num_columns = num < VOLE_PIECES_COLUMNS ? num : VOLE_PIECES_COLUMNS;
	p->measured = false;
	p->rows = 0;
}

static int column_of(const struct vole_pieces *p, const char *key)
{
	size_t i;

	for (i = 0; i < p->num_columns; i++)
		if (p->columns[i].key == key || !strcmp(p->columns[i].key, key))
			return (int)i;
	return -1;
}

bool vole_pieces_add(struct vole_pieces *p, const char *key,
		     enum vole_style style, const char *text, size_t len)
{
	int column = p->columns ? column_of(p, key) : 0;
	struct vole_piece *added;

	/* An empty cell is none: nothing is to trail a row. */
	if (column < 0 || (p->columns && !len))
		return true;
	added = vole_array_push(&p->waiting);
	if (!added)
		return false;
	*added = (struct vole_piece){ .label = key,
				      .column = column,
				      .style = style,
				      .text = p->text.len,
				      .len = len,
				      .width = vole_text_width(text, len) };
	vole_strbuf_add_bytes(&p->text, text, len);
	return !p->text.failed;
}

static void add_styled(struct vole_sink *sink, enum vole_style style,
		       const char *text, size_t len)
{
	vole_style_add(&sink->out, sink->ui->color, style, text, len);
}

static void write_piece(const struct vole_pieces *p, struct vole_sink *sink,
			const struct vole_piece *piece)
{
	add_styled(sink, piece->style, p->text.text + piece->text, piece->len);
}

static void forget(struct vole_pieces *p)
{
	p->waiting.len = 0;
	p->rows = 0;
	vole_strbuf_clear(&p->text);
}

/* --- fields ---------------------------------------------------------------- */

void vole_pieces_write_label(struct vole_sink *sink, const char *label,
			     size_t width)
{
	char text[64];
	size_t len = 0;

	for (; label[len] && len < sizeof(text) - 1; len++)
		text[len] = label[len] == '_' ? ' ' : label[len];
	add_styled(sink, VOLE_STYLE_LABEL, text, len);
	vole_strbuf_fill(&sink->out, ' ',
			 (width > len ? width - len : 0) + VOLE_PIECES_GAP);
}

static void write_fields(struct vole_pieces *p, struct vole_sink *sink,
			 size_t indent)
{
	size_t width = 0, i;

	for (i = 0; i < p->waiting.len; i++) {
		size_t len = strlen(p->waiting.items[i].label);

		width = len > width ? len : width;
	}
	for (i = 0; i < p->waiting.len; i++) {
		const struct vole_piece *field = &p->waiting.items[i];

		vole_strbuf_fill(&sink->out, ' ', indent);
		vole_pieces_write_label(sink, field->label, width);
		write_piece(p, sink, field);
		vole_strbuf_add_char(&sink->out, '\n');
	}
	forget(p);
}

/* --- tables ---------------------------------------------------------------- */

static const char *title_of(const struct vole_column *column)
{
	return column->title ? column->title : column->key;
}

/* Blanks that make up for what @p used leaves of a column. */
static size_t padding(const struct vole_pieces *p, size_t column, size_t used)
{
	return p->widths[column] > used ? p->widths[column] - used : 0;
}

static void write_cell(const struct vole_pieces *p, struct vole_sink *sink,
		       size_t column, const struct vole_piece *piece, bool last)
{
	bool right = p->columns[column].right;
	size_t pad = padding(p, column, piece ? piece->width : 0);

	if (right)
		vole_strbuf_fill(&sink->out, ' ', pad);
	if (piece)
		write_piece(p, sink, piece);
	if (!last)
		vole_strbuf_fill(&sink->out, ' ',
				 (right ? 0 : pad) + VOLE_PIECES_GAP);
}

/* Pieces [from, to) in column order; nothing trails the last. */
static void write_row(struct vole_pieces *p, struct vole_sink *sink,
		      size_t indent, size_t from, size_t to)
{
	const struct vole_piece *cells[VOLE_PIECES_COLUMNS] = { 0 };
	size_t last = 0, i;

	for (i = from; i < to; i++) {
		size_t column = (size_t)p->waiting.items[i].column;

		cells[column] = &p->waiting.items[i];
		last = column > last ? column : last;
	}
	vole_strbuf_fill(&sink->out, ' ', indent);
	for (i = 0; i <= last; i++)
		write_cell(p, sink, i, cells[i], i == last);
	vole_strbuf_add_char(&sink->out, '\n');
	vole_sink_flush(sink, VOLE_SINK_CHUNK);
}

static void write_titles(const struct vole_pieces *p, struct vole_sink *sink,
			 size_t indent)
{
	size_t num = p->num_columns, i;

	/* Nothing trails the last title. */
	while (num && !*title_of(&p->columns[num - 1]))
		num--;
	vole_strbuf_fill(&sink->out, ' ', indent);
	for (i = 0; i < num; i++) {
		const char *title = title_of(&p->columns[i]);
		size_t len = strlen(title), pad = padding(p, i, len);
		bool right = p->columns[i].right;

		if (right)
			vole_strbuf_fill(&sink->out, ' ', pad);
		add_styled(sink, VOLE_STYLE_LABEL, title, len);
		if (i + 1 < num)
			vole_strbuf_fill(&sink->out, ' ',
					 (right ? 0 : pad) + VOLE_PIECES_GAP);
	}
	vole_strbuf_add_char(&sink->out, '\n');
}

static void measure(struct vole_pieces *p)
{
	size_t i;

	for (i = 0; i < p->num_columns; i++)
		p->widths[i] = strlen(title_of(&p->columns[i]));
	for (i = 0; i < p->waiting.len; i++) {
		const struct vole_piece *cell = &p->waiting.items[i];
		size_t width = cell->width < MAX_WIDTH ? cell->width :
							 MAX_WIDTH;

		if (width > p->widths[cell->column])
			p->widths[cell->column] = width;
	}
}

static void write_rows(struct vole_pieces *p, struct vole_sink *sink,
		       size_t indent)
{
	size_t from = 0, i;

	if (!p->measured) {
		if (!p->rows)
			return;
		measure(p);
		write_titles(p, sink, indent);
		p->measured = true;
	}
	for (i = 0; i < p->waiting.len; i++)
		if (p->waiting.items[i].last) {
			write_row(p, sink, indent, from, i + 1);
			from = i + 1;
		}
	forget(p);
}

void vole_pieces_end_row(struct vole_pieces *p, struct vole_sink *sink,
			 size_t indent)
{
	if (!p->waiting.len)
		return;
	p->waiting.items[p->waiting.len - 1].last = true;
	p->rows++;
	if (p->measured || p->rows >= MEASURED_ROWS)
		write_rows(p, sink, indent);
}

void vole_pieces_write(struct vole_pieces *p, struct vole_sink *sink,
		       size_t indent)
{
	if (p->columns)
		write_rows(p, sink, indent);
	else
		write_fields(p, sink, indent);
}
