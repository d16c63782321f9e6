#include "render/sink.h"

#include "base/quote.h"
#include "render/literal.h"
#include "render/pieces.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INDENT = 2 };

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
	struct vole_pieces pieces;
	struct vole_strbuf field; /* the text of the one in hand */
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

static void write_pieces(struct text_sink *t)
{
	vole_pieces_write(&t->pieces, &t->base, indent(t));
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
	if (g == VOLE_GROUP_TABLE)
		vole_pieces_begin_table(&t->pieces, columns, num_columns);
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

	if (around == VOLE_GROUP_TABLE) {
		vole_pieces_end_row(&t->pieces, &t->base, indent(t));
	} else if (around == VOLE_GROUP_ENTRIES || is_flat(around)) {
		vole_strbuf_add_char(&t->base.out, '\n');
		vole_sink_flush(&t->base, VOLE_SINK_CHUNK);
	} else {
		write_pieces(t);
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
			t->pieces.columns = NULL;
	}
	t->depth--;
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
	if (style == VOLE_STYLE_HIDDEN || t->hidden)
		return;
	if (group(t) == VOLE_GROUP_ROW && !t->pieces.columns) {
		begin_word(t);
		add(t, style, text, len);
		t->row_width += vole_text_width(text, len);
		return;
	}
	if (!vole_pieces_add(&t->pieces, key, style, text, len))
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
		vole_pieces_write_label(sink, key, 0);
		column += strlen(key) + VOLE_PIECES_GAP;
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
	vole_pieces_free(&t->pieces);
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
