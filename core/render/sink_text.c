#include "render/sink.h"

#include "base/array.h"
#include "base/quote.h"
#include "render/literal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	INDENT = 2,
	GAP = 2, /* blanks between columns */
	/* Rows looked at to find the widths of columns; later ones stream. */
	MEASURED_ROWS = 500,
	MAX_COLUMNS = 16,
	MAX_COLUMN_WIDTH = 64,
};

/* A field of an object, or a cell of a row, that waits for its neighbours. */
struct piece {
	const char *label; /* objects; borrowed until the object ends */
	int column; /* rows */
	enum vole_style style;
	size_t text, len; /* in `pieces_text` */
	size_t width;
	bool last; /* of its row */
};

struct level {
	enum vole_group group;
	const char *key;
};

struct text_sink {
	struct vole_sink base; /* first: cast back */
	struct vole_literal literal;
	struct level levels[VOLE_SINK_MAX_NESTING];
	size_t depth;
	size_t too_deep;
	size_t hidden; /* groups for scripts that are open */
	VOLE_ARRAY(struct piece) pieces;
	struct vole_strbuf pieces_text;
	struct vole_strbuf field; /* the text of the one in hand */
	const struct vole_column *columns;
	size_t num_columns;
	size_t widths[MAX_COLUMNS];
	size_t rows; /* waiting */
	bool measured;
	bool in_entry; /* ENTRIES: the key was written */
	size_t row_width; /* ITEMS: of the words that the row begins with */
	bool value_line; /* the value ends a line of its own */
};

static struct text_sink *text_sink_of(struct vole_sink *sink)
{
	return (struct text_sink *)sink;
}

static struct level *top(struct text_sink *t)
{
	return t->depth ? &t->levels[t->depth - 1] : NULL;
}

static enum vole_group group(struct text_sink *t)
{
	return t->depth ? top(t)->group : VOLE_GROUP_OBJECT;
}

/* Rows that stand as far left as what is around them. */
static bool is_flat(enum vole_group g)
{
	return g == VOLE_GROUP_TABLE || g == VOLE_GROUP_ITEMS ||
	       g == VOLE_GROUP_VARIABLES;
}

/* Blanks before a line: nothing for fields of the answer itself. */
static size_t indent(struct text_sink *t)
{
	size_t i, n = 0;

	for (i = 0; i < t->depth; i++)
		n += t->levels[i].group != VOLE_GROUP_ROW &&
		     !is_flat(t->levels[i].group);
	return n * INDENT;
}

static void add(struct text_sink *t, enum vole_style style, const char *text,
		size_t len)
{
	vole_style_add(&t->base.out, t->base.ui->color, style, text, len);
}

static void add_piece_text(struct text_sink *t, const struct piece *piece)
{
	add(t, piece->style, t->pieces_text.text + piece->text, piece->len);
}

static void add_label(struct text_sink *t, const char *label, size_t width)
{
	char text[64];
	size_t len = 0;

	for (; label[len] && len < sizeof(text) - 1; len++)
		text[len] = label[len] == '_' ? ' ' : label[len];
	add(t, VOLE_STYLE_LABEL, text, len);
	vole_strbuf_fill(&t->base.out, ' ',
			 (width > len ? width - len : 0) + GAP);
}

/* Fields gathered so far, labels aligned. */
static void write_fields(struct text_sink *t)
{
	size_t width = 0, i;

	for (i = 0; i < t->pieces.len; i++) {
		size_t len = strlen(t->pieces.items[i].label);

		width = len > width ? len : width;
	}
	for (i = 0; i < t->pieces.len; i++) {
		vole_strbuf_fill(&t->base.out, ' ', indent(t));
		add_label(t, t->pieces.items[i].label, width);
		add_piece_text(t, &t->pieces.items[i]);
		vole_strbuf_add_char(&t->base.out, '\n');
	}
	t->pieces.len = 0;
	vole_strbuf_clear(&t->pieces_text);
}

static void write_cell(struct text_sink *t, size_t column,
		       const struct piece *piece, bool last)
{
	bool right = t->columns[column].right;
	size_t used = piece ? piece->width : 0;
	size_t pad = t->widths[column] > used ? t->widths[column] - used : 0;

	if (right)
		vole_strbuf_fill(&t->base.out, ' ', pad);
	if (piece)
		add_piece_text(t, piece);
	if (last)
		return;
	vole_strbuf_fill(&t->base.out, ' ', (right ? 0 : pad) + GAP);
}

/* One row: pieces [from, to) in column order; returns nothing trailing. */
static void write_row(struct text_sink *t, size_t from, size_t to)
{
	const struct piece *cells[MAX_COLUMNS] = { 0 };
	size_t last = 0, i;

	for (i = from; i < to; i++) {
		size_t column = (size_t)t->pieces.items[i].column;

		cells[column] = &t->pieces.items[i];
		last = column > last ? column : last;
	}
	vole_strbuf_fill(&t->base.out, ' ', indent(t));
	for (i = 0; i <= last; i++)
		write_cell(t, i, cells[i], i == last);
	vole_strbuf_add_char(&t->base.out, '\n');
	vole_sink_flush(&t->base, VOLE_SINK_CHUNK);
}

static const char *title_of(const struct vole_column *column)
{
	return column->title ? column->title : column->key;
}

static void write_titles(struct text_sink *t)
{
	size_t num = t->num_columns, i;

	/* Nothing trails the last title. */
	while (num && !*title_of(&t->columns[num - 1]))
		num--;
	vole_strbuf_fill(&t->base.out, ' ', indent(t));
	for (i = 0; i < num; i++) {
		const char *title = title_of(&t->columns[i]);
		bool right = t->columns[i].right;
		size_t len = strlen(title);
		size_t pad = t->widths[i] > len ? t->widths[i] - len : 0;

		if (right)
			vole_strbuf_fill(&t->base.out, ' ', pad);
		add(t, VOLE_STYLE_LABEL, title, len);
		if (i + 1 < num)
			vole_strbuf_fill(&t->base.out, ' ',
					 (right ? 0 : pad) + GAP);
	}
	vole_strbuf_add_char(&t->base.out, '\n');
}

static void measure_columns(struct text_sink *t)
{
	size_t i;

	for (i = 0; i < t->num_columns; i++) {
		const struct vole_column *c = &t->columns[i];

		t->widths[i] = strlen(title_of(c));
	}
	for (i = 0; i < t->pieces.len; i++) {
		const struct piece *piece = &t->pieces.items[i];
		size_t width = piece->width < MAX_COLUMN_WIDTH ?
				       piece->width :
				       MAX_COLUMN_WIDTH;

		if (width > t->widths[piece->column])
			t->widths[piece->column] = width;
	}
}

static void write_rows(struct text_sink *t)
{
	size_t from = 0, i;

	if (!t->measured) {
		if (!t->rows)
			return;
		measure_columns(t);
		write_titles(t);
		t->measured = true;
	}
	for (i = 0; i < t->pieces.len; i++)
		if (t->pieces.items[i].last) {
			write_row(t, from, i + 1);
			from = i + 1;
		}
	t->pieces.len = 0;
	t->rows = 0;
	vole_strbuf_clear(&t->pieces_text);
}

static void write_pieces(struct text_sink *t)
{
	if (t->columns)
		write_rows(t);
	else
		write_fields(t);
}

static void begin(struct vole_sink *sink, const char *key, enum vole_group g,
		  const struct vole_column *columns, size_t num_columns)
{
	struct text_sink *t = text_sink_of(sink);

	if (t->hidden || g == VOLE_GROUP_OBJECT_JSON ||
	    g == VOLE_GROUP_LIST_JSON) {
		t->hidden++;
		return;
	}
	if (g == VOLE_GROUP_ROW_TEXT)
		g = VOLE_GROUP_ROW;
	if (g != VOLE_GROUP_ROW)
		write_pieces(t);
	if (t->depth == VOLE_SINK_MAX_NESTING) {
		t->too_deep++;
		return;
	}
	if (key && !is_flat(g)) {
		vole_strbuf_fill(&sink->out, ' ', indent(t));
		add(t, VOLE_STYLE_LABEL, key, strlen(key));
		vole_strbuf_add_char(&sink->out, '\n');
	}
	t->levels[t->depth++] = (struct level){ g, key };
	if (g == VOLE_GROUP_TABLE) {
		t->columns = columns;
		t->num_columns = num_columns < MAX_COLUMNS ? num_columns :
							     MAX_COLUMNS;
		t->measured = false;
		t->rows = 0;
	}
	t->in_entry = false;
	t->row_width = 0;
}

/* What the row that is open is in. */
static enum vole_group around_row(struct text_sink *t)
{
	return t->depth > 1 ? t->levels[t->depth - 2].group : VOLE_GROUP_OBJECT;
}

static void end_row(struct text_sink *t)
{
	enum vole_group around = around_row(t);

	if (around == VOLE_GROUP_TABLE && t->pieces.len) {
		t->pieces.items[t->pieces.len - 1].last = true;
		t->rows++;
		if (t->measured || t->rows >= MEASURED_ROWS)
			write_rows(t);
	} else if (around == VOLE_GROUP_ENTRIES || is_flat(around)) {
		vole_strbuf_add_char(&t->base.out, '\n');
		vole_sink_flush(&t->base, VOLE_SINK_CHUNK);
	} else {
		write_fields(t);
	}
}

static void end(struct vole_sink *sink)
{
	struct text_sink *t = text_sink_of(sink);

	if (t->hidden) {
		t->hidden--;
		return;
	}
	if (t->too_deep) {
		t->too_deep--;
		return;
	}
	if (!t->depth)
		return;
	if (group(t) == VOLE_GROUP_ROW) {
		end_row(t);
	} else {
		write_pieces(t);
		if (group(t) == VOLE_GROUP_TABLE)
			t->columns = NULL;
	}
	t->depth--;
}

static int column_of(struct text_sink *t, const char *key)
{
	size_t i;

	for (i = 0; i < t->num_columns; i++)
		if (t->columns[i].key == key || !strcmp(t->columns[i].key, key))
			return (int)i;
	return -1;
}

/* Rows without columns are words beside each other. */
static void begin_word(struct text_sink *t)
{
	vole_strbuf_fill(&t->base.out, ' ', t->row_width ? 1 : indent(t));
	t->row_width += t->row_width ? 1 : 0;
}

/* @p text is escaped already. */
static void piece(struct text_sink *t, const char *key, enum vole_style style,
		  const char *text, size_t len)
{
	struct piece *p;
	int column = 0;

	if (style == VOLE_STYLE_HIDDEN || t->hidden)
		return;
	if (group(t) == VOLE_GROUP_ROW && !t->columns) {
		begin_word(t);
		add(t, style, text, len);
		t->row_width += vole_text_width(text, len);
		return;
	}
	if (t->columns) {
		column = column_of(t, key);
		if (column < 0)
			return;
	}
	p = vole_array_push(&t->pieces);
	if (!p) {
		t->base.out.failed = true;
		return;
	}
	*p = (struct piece){ .label = key,
			     .column = column,
			     .style = style,
			     .text = t->pieces_text.len,
			     .len = len,
			     .width = vole_text_width(text, len) };
	vole_strbuf_add_bytes(&t->pieces_text, text, len);
	if (t->pieces_text.failed)
		t->base.out.failed = true;
}

static void put_field(struct text_sink *t, const char *key,
		      enum vole_style style)
{
	if (t->field.failed)
		t->base.out.failed = true;
	piece(t, key, style, vole_strbuf_text(&t->field), t->field.len);
}

static void text(struct vole_sink *sink, const char *key, enum vole_style style,
		 const char *bytes, size_t len)
{
	struct text_sink *t = text_sink_of(sink);

	if (style == VOLE_STYLE_HIDDEN || t->hidden)
		return;
	vole_strbuf_clear(&t->field);
	vole_escape(&t->field, bytes, len);
	put_field(t, key, style);
}

static void number(struct vole_sink *sink, const char *key,
		   enum vole_style style, int64_t n)
{
	struct text_sink *t = text_sink_of(sink);

	if (style == VOLE_STYLE_HIDDEN || t->hidden)
		return;
	vole_strbuf_clear(&t->field);
	vole_strbuf_add_int(&t->field, n);
	put_field(t, key, style);
}

static void address(struct vole_sink *sink, const char *key,
		    enum vole_style style, uint64_t addr)
{
	struct text_sink *t = text_sink_of(sink);

	if (style == VOLE_STYLE_HIDDEN || t->hidden)
		return;
	vole_strbuf_clear(&t->field);
	vole_strbuf_add_addr(&t->field, addr);
	put_field(t, key, style);
}

static void flag(struct vole_sink *sink, const char *key, enum vole_style style,
		 bool f)
{
	piece(text_sink_of(sink), key, style, f ? "yes" : "no", f ? 3 : 2);
}

static struct vole_visitor *value(struct vole_sink *sink, const char *key)
{
	enum vole_literal_place place = VOLE_PLACE_ELEMENT;
	struct text_sink *t = text_sink_of(sink);
	size_t column = indent(t);

	if (group(t) == VOLE_GROUP_ROW) {
		/* An entry: "key: value" on a line. */
		if (t->in_entry) {
			vole_literal_text(&t->literal, ": ");
			t->literal.depth = 0;
			return &t->literal.visitor;
		}
		t->in_entry = true;
		begin_word(t);
		if (around_row(t) == VOLE_GROUP_VARIABLES) {
			vole_strbuf_add(&sink->out, "= ");
			t->row_width += 2;
			place = VOLE_PLACE_FREE;
		}
		/* What is above, or before, says of which type they are. */
		vole_literal_begin(&t->literal, column + t->row_width, column,
				   place);
		t->value_line = false;
		return &t->literal.visitor;
	}
	write_pieces(t);
	vole_strbuf_fill(&sink->out, ' ', column);
	if (key) {
		add_label(t, key, 0);
		column += strlen(key) + GAP;
	}
	vole_literal_begin(&t->literal, column, indent(t), VOLE_PLACE_FREE);
	t->value_line = true;
	return &t->literal.visitor;
}

static void value_end(struct vole_sink *sink)
{
	struct text_sink *t = text_sink_of(sink);

	vole_literal_end(&t->literal);
	/* Inside a row its end will do: output rests at ends of lines. */
	if (!t->value_line)
		return;
	vole_strbuf_add_char(&sink->out, '\n');
	vole_sink_flush(sink, VOLE_SINK_CHUNK);
}

/* Names of the target may be in it; the breaks between lines are ours. */
static void say_line(struct text_sink *t, enum vole_style style,
		     const char *line)
{
	struct vole_strbuf escaped = { 0 };

	for (;;) {
		size_t len = strcspn(line, "\n");

		vole_strbuf_clear(&escaped);
		vole_escape(&escaped, line, len);
		add(t, style, vole_strbuf_text(&escaped), escaped.len);
		line += len;
		if (!*line)
			break;
		vole_strbuf_add_char(&t->base.out, *line++);
	}
	t->base.out.failed = t->base.out.failed || escaped.failed;
	vole_strbuf_free(&escaped);
}

static void say(struct vole_sink *sink, enum vole_style style, const char *line)
{
	struct text_sink *t = text_sink_of(sink);

	write_pieces(t);
	vole_strbuf_fill(&sink->out, ' ', indent(t));
	say_line(t, style, line);
	vole_strbuf_add_char(&sink->out, '\n');
}

static void finish(struct vole_sink *sink, const struct vole_error *err)
{
	struct text_sink *t = text_sink_of(sink);
	size_t i;

	while (t->depth || t->too_deep)
		end(sink);
	write_pieces(t);
	(void)err; /* the front end shows it */
	vole_sink_flush(sink, 1);
	if (sink->in_line)
		vole_strbuf_add_char(&sink->out, '\n');
	for (i = 0; i < sink->num_warnings; i++) {
		add(t, VOLE_STYLE_BAD, "warning: ", strlen("warning: "));
		vole_escape(&sink->out, sink->warnings[i],
			    strlen(sink->warnings[i]));
		vole_strbuf_add_char(&sink->out, '\n');
	}
	vole_sink_flush(sink, 1);
}

static void close_text(struct vole_sink *sink)
{
	struct text_sink *t = text_sink_of(sink);

	vole_literal_free(&t->literal);
	vole_array_free(&t->pieces);
	vole_strbuf_free(&t->pieces_text);
	vole_strbuf_free(&t->field);
	free(t);
}

static const struct vole_sink_ops ops = {
	.begin = begin,
	.end = end,
	.text = text,
	.number = number,
	.address = address,
	.flag = flag,
	.value = value,
	.value_end = value_end,
	.say = say,
	.finish = finish,
	.close = close_text,
};

struct vole_sink *vole_sink_text_open(struct vole_ui *ui, const char *command)
{
	struct text_sink *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	vole_sink_init(&t->base, &ops, ui, command);
	vole_literal_init(&t->literal, &t->base);
	return &t->base;
}
