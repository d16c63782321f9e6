#include "render/pretty.h"

enum { TAB = 4 };

void vole_pretty_begin(struct vole_pretty *pretty, struct vole_strbuf *out,
		       bool color, size_t column, size_t indent)
{
	pretty->out = out;
	pretty->color = color;
	pretty->column = column;
	pretty->indent = indent;
	pretty->tokens.len = 0;
	pretty->first = 0;
	pretty->pending = 0;
	pretty->depth = 0;
	pretty->open = 0;
	pretty->broken = 0;
	vole_strbuf_clear(&pretty->text);
}

void vole_pretty_free(struct vole_pretty *pretty)
{
	vole_array_free(&pretty->tokens);
	vole_strbuf_free(&pretty->text);
}

static void new_line(struct vole_pretty *pretty)
{
	size_t column = pretty->indent + pretty->broken * TAB;

	vole_strbuf_add_char(pretty->out, '\n');
	vole_strbuf_fill(pretty->out, ' ', column);
	pretty->column = column;
}

static struct vole_pretty_group *innermost(struct vole_pretty *pretty)
{
	static struct vole_pretty_group flat;

	if (!pretty->depth || pretty->depth > VOLE_PRETTY_MAX_DEPTH)
		return &flat;
	return &pretty->groups[pretty->depth - 1];
}

/*
 * Flat width from token @p at to the close of the group open there, or to its
 * next break when @p part; false when the tokens end before that and fit.
 */
static bool measure(const struct vole_pretty *pretty, size_t at, bool part,
		    size_t room, size_t *ret)
{
	size_t width = 0, depth = 0;

	for (; at < pretty->tokens.len; at++) {
		const struct vole_pretty_token *t = &pretty->tokens.items[at];

		if (part && !depth &&
		    (t->kind == VOLE_PRETTY_BREAK ||
		     t->kind == VOLE_PRETTY_CLOSE)) {
			*ret = width;
			return true;
		}
		width += t->width;
		depth += t->kind == VOLE_PRETTY_OPEN;
		depth -= t->kind == VOLE_PRETTY_CLOSE;
		if (width > room || (!part && !depth)) {
			*ret = width;
			return true;
		}
	}
	return false;
}

static size_t line_width(const struct vole_pretty *pretty)
{
	return pretty->width ? pretty->width : VOLE_PRETTY_WIDTH;
}

static size_t room_left(const struct vole_pretty *pretty)
{
	/* A closing brace and a comma follow most groups. */
	size_t used = pretty->column + 2, width = line_width(pretty);

	return used < width ? width - used : 0;
}

/* Decide whether the group that opens at the first token is broken. */
static bool open_group(struct vole_pretty *pretty,
		       const struct vole_pretty_token *t, bool final)
{
	struct vole_pretty_group group = { false, t->fill };
	struct vole_pretty_group *around = innermost(pretty);
	size_t room = room_left(pretty), width = 0;

	if (!pretty->depth || around->broken) {
		if (!measure(pretty, pretty->first, false, room, &width) &&
		    !final)
			return false;
		group.broken = width > room &&
			       pretty->depth < VOLE_PRETTY_MAX_DEPTH;
	}
	if (pretty->depth < VOLE_PRETTY_MAX_DEPTH)
		pretty->groups[pretty->depth] = group;
	pretty->depth++;
	pretty->broken += group.broken;
	return true;
}

static bool break_line(struct vole_pretty *pretty,
		       const struct vole_pretty_token *t, bool final)
{
	struct vole_pretty_group *group = innermost(pretty);
	size_t room = room_left(pretty), width = 0;
	bool fits = false;

	if (group->broken && group->fill && t->space) {
		if (!measure(pretty, pretty->first + 1, true, room, &width) &&
		    !final)
			return false;
		fits = width + 1 <= room;
	}
	if (group->broken && !fits) {
		new_line(pretty);
	} else if (t->space) {
		vole_strbuf_add_char(pretty->out, ' ');
		pretty->column++;
	}
	return true;
}

static void close_group(struct vole_pretty *pretty,
			const struct vole_pretty_token *t)
{
	struct vole_pretty_group *group = innermost(pretty);
	bool broken = group->broken;

	if (pretty->depth)
		pretty->depth--;
	if (!broken)
		return;
	pretty->broken--;
	if (t->comma)
		vole_strbuf_add_char(pretty->out, ',');
	new_line(pretty);
}

/* Write the first waiting token; false when it must wait for more. */
static bool write_one(struct vole_pretty *pretty, bool final)
{
	const struct vole_pretty_token *t =
		&pretty->tokens.items[pretty->first];

	switch (t->kind) {
	case VOLE_PRETTY_TEXT:
		vole_style_add(pretty->out, pretty->color, t->style,
			       pretty->text.text + t->text, t->len);
		pretty->column += t->width;
		break;
	case VOLE_PRETTY_OPEN:
		if (!open_group(pretty, t, final))
			return false;
		break;
	case VOLE_PRETTY_BREAK:
		if (!break_line(pretty, t, final))
			return false;
		break;
	case VOLE_PRETTY_CLOSE:
		close_group(pretty, t);
		break;
	}
	pretty->pending -= t->width;
	pretty->first++;
	return true;
}

/* Drop what was written, so that the queue stays as short as the width. */
static void drop_written(struct vole_pretty *pretty)
{
	size_t left = pretty->tokens.len - pretty->first;
	size_t cut = pretty->text.len, i;

	memmove(pretty->tokens.items, pretty->tokens.items + pretty->first,
		left * sizeof(*pretty->tokens.items));
	pretty->first = 0;
	pretty->tokens.len = left;
	for (i = 0; i < left; i++)
		if (pretty->tokens.items[i].kind == VOLE_PRETTY_TEXT) {
			cut = pretty->tokens.items[i].text;
			break;
		}
	for (; i < left; i++)
		if (pretty->tokens.items[i].kind == VOLE_PRETTY_TEXT)
			pretty->tokens.items[i].text -= cut;
	if (cut)
		memmove(pretty->text.text, pretty->text.text + cut,
			pretty->text.len - cut);
	pretty->text.len -= cut;
}

static void write_ready(struct vole_pretty *pretty, bool final)
{
	while (pretty->first < pretty->tokens.len && write_one(pretty, final))
		;
	if (pretty->first > pretty->tokens.len / 2)
		drop_written(pretty);
}

static void add(struct vole_pretty *pretty, struct vole_pretty_token token)
{
	struct vole_pretty_token *t = vole_array_push(&pretty->tokens);

	if (!t) {
		pretty->out->failed = true;
		return;
	}
	*t = token;
	pretty->pending += token.width;
	/* Nothing can be decided before a group ends or the line is full. */
	if (!pretty->open || pretty->pending > line_width(pretty))
		write_ready(pretty, false);
}

void vole_pretty_text(struct vole_pretty *pretty, enum vole_style style,
		      const char *text, size_t len)
{
	struct vole_pretty_token token = {
		.kind = VOLE_PRETTY_TEXT,
		.style = style,
		.text = pretty->text.len,
		.len = len,
		.width = vole_text_width(text, len),
	};

	/* Outside of all groups there is nothing to decide. */
	if (!pretty->open && pretty->first == pretty->tokens.len) {
		vole_style_add(pretty->out, pretty->color, style, text, len);
		pretty->column += token.width;
		return;
	}
	vole_strbuf_add_bytes(&pretty->text, text, len);
	if (pretty->text.failed)
		pretty->out->failed = true;
	else
		add(pretty, token);
}

void vole_pretty_open(struct vole_pretty *pretty, bool fill)
{
	pretty->open++;
	add(pretty, (struct vole_pretty_token){ .kind = VOLE_PRETTY_OPEN,
						.fill = fill });
}

void vole_pretty_break(struct vole_pretty *pretty, bool space)
{
	add(pretty, (struct vole_pretty_token){ .kind = VOLE_PRETTY_BREAK,
						.space = space,
						.width = space });
}

void vole_pretty_close(struct vole_pretty *pretty, bool comma)
{
	if (pretty->open)
		pretty->open--;
	add(pretty, (struct vole_pretty_token){ .kind = VOLE_PRETTY_CLOSE,
						.comma = comma });
}

void vole_pretty_end(struct vole_pretty *pretty)
{
	write_ready(pretty, true);
}
