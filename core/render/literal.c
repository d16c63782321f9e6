#include "render/literal.h"

#include "base/quote.h"
#include "render/number.h"
#include "render/sink.h"
#include "target/types.h"

#include <stdio.h>
#include <string.h>

static struct vole_literal *literal_of(struct vole_visitor *v)
{
	return (struct vole_literal *)v;
}

static struct vole_literal_level *top(struct vole_literal *l)
{
	return l->depth ? &l->levels[l->depth - 1] : NULL;
}

static void put(struct vole_literal *l, enum vole_style style, const char *text)
{
	vole_pretty_text(&l->pretty, style, text, strlen(text));
}

/* Target text, escaped. */
static void put_name(struct vole_literal *l, enum vole_style style,
		     const char *name)
{
	vole_strbuf_clear(&l->scratch);
	vole_escape(&l->scratch, name, strlen(name));
	vole_pretty_text(&l->pretty, style, vole_strbuf_text(&l->scratch),
			 l->scratch.len);
}

static void put_address(struct vole_literal *l, uint64_t addr)
{
	vole_strbuf_clear(&l->scratch);
	vole_strbuf_printf(&l->scratch, "0x%" PRIx64, addr);
	put(l, VOLE_STYLE_ADDRESS, vole_strbuf_text(&l->scratch));
}

static enum vole_literal_place place(struct vole_literal *l)
{
	struct vole_literal_level *level = top(l);

	return level ? level->place : l->known;
}

/* Types whose conversions need parentheses: (*T)(x), (chan int)(x). */
static bool needs_parens(const struct vole_value_head *head)
{
	return !head->named && (head->kind_id == VOLE_KIND_PTR ||
				head->kind_id == VOLE_KIND_CHAN ||
				head->kind_id == VOLE_KIND_FUNC);
}

static void put_conversion(struct vole_literal *l,
			   const struct vole_value_head *head)
{
	bool parens = needs_parens(head);

	if (parens)
		put(l, VOLE_STYLE_PLAIN, "(");
	put_name(l, VOLE_STYLE_TYPE, head->type);
	put(l, VOLE_STYLE_PLAIN, parens ? ")(" : "(");
}

static void put_number(struct vole_literal *l, const struct vole_scalar *s,
		       unsigned kind)
{
	char text[VOLE_NUMBER_ROOM];

	switch (s->kind) {
	case VOLE_SCALAR_BOOL:
		put(l, VOLE_STYLE_PLAIN, s->u ? "true" : "false");
		return;
	case VOLE_SCALAR_INT:
		vole_format_int(text, s->i);
		break;
	case VOLE_SCALAR_UINT:
		if (kind == VOLE_KIND_UINTPTR)
			snprintf(text, sizeof(text), "0x%" PRIx64, s->u);
		else
			vole_format_uint(text, s->u);
		break;
	case VOLE_SCALAR_FLOAT:
		vole_format_float(text, s->re, s->bits);
		break;
	default:
		vole_format_complex(text, s->re, s->im, s->bits);
		break;
	}
	put(l, VOLE_STYLE_PLAIN, text);
}

static void put_string(struct vole_literal *l, const struct vole_scalar *s)
{
	vole_strbuf_clear(&l->scratch);
	vole_quote(&l->scratch, s->text, s->text_len);
	vole_pretty_text(&l->pretty, VOLE_STYLE_STRING,
			 vole_strbuf_text(&l->scratch), l->scratch.len);
	if (!s->omitted)
		return;
	vole_strbuf_clear(&l->scratch);
	vole_strbuf_printf(&l->scratch, "... +%" PRIu64 " more", s->omitted);
	put(l, VOLE_STYLE_FAINT, vole_strbuf_text(&l->scratch));
}

/* Does the literal alone tell its type, as a Go constant would? */
static bool tells_type(const struct vole_value_head *head,
		       const struct vole_scalar *s)
{
	char text[VOLE_NUMBER_ROOM];

	if (head->named)
		return false;
	switch (head->kind_id) {
	case VOLE_KIND_BOOL:
	case VOLE_KIND_INT:
	case VOLE_KIND_STRING:
	case VOLE_KIND_COMPLEX128:
		return true;
	case VOLE_KIND_FLOAT64:
		vole_format_float(text, s->re, 64);
		return strpbrk(text, ".eNI");
	default:
		return false;
	}
}

static void put_scalar(struct vole_literal *l,
		       const struct vole_value_head *head,
		       const struct vole_scalar *s)
{
	switch (s->kind) {
	case VOLE_SCALAR_STRING:
		put_string(l, s);
		break;
	case VOLE_SCALAR_NIL:
		put(l, VOLE_STYLE_PLAIN, "nil");
		break;
	case VOLE_SCALAR_POINTER:
		put_address(l, s->u);
		break;
	case VOLE_SCALAR_FUNC:
		put_name(l, VOLE_STYLE_NAME, s->text);
		break;
	default:
		put_number(l, s, head->kind_id);
		break;
	}
}

static void remark(struct vole_literal *l, const char *text)
{
	vole_strbuf_clear(&l->scratch);
	vole_strbuf_printf(&l->scratch, " /* %s */", text);
	put(l, VOLE_STYLE_FAINT, vole_strbuf_text(&l->scratch));
}

/* What stands before a part and counts it. */
static void before_part(struct vole_literal *l)
{
	struct vole_literal_level *level = top(l);

	if (!level || !level->group)
		return;
	if (level->entry) {
		level->entry = false;
		return;
	}
	if (level->parts++)
		put(l, VOLE_STYLE_PLAIN, ",");
	vole_pretty_break(&l->pretty, level->parts > 1);
}

static void on_scalar(struct vole_visitor *v,
		      const struct vole_value_head *head,
		      const struct vole_scalar *s)
{
	struct vole_literal *l = literal_of(v);
	bool convert;

	if (l->muted)
		return;
	if (s->kind == VOLE_SCALAR_POINTER)
		convert = true;
	else if (s->kind == VOLE_SCALAR_FUNC)
		convert = false;
	else
		convert = place(l) == VOLE_PLACE_FREE &&
			  (head->text || !tells_type(head, s));
	if (convert)
		put_conversion(l, head);
	if (head->text)
		put_name(l, VOLE_STYLE_PLAIN, head->text);
	else
		put_scalar(l, head, s);
	if (convert)
		put(l, VOLE_STYLE_PLAIN, ")");
	if (s->remark)
		remark(l, s->remark);
}

static void open_braces(struct vole_literal *l,
			struct vole_literal_level *level,
			const struct vole_value_head *head, bool fill)
{
	if (place(l) != VOLE_PLACE_ELEMENT)
		put_name(l, VOLE_STYLE_TYPE, head->type);
	put(l, VOLE_STYLE_PLAIN, "{");
	vole_pretty_open(&l->pretty, fill);
	level->group = true;
}

/* time.Time and friends: their text stands for all fields. */
static void put_people(struct vole_literal *l,
		       const struct vole_value_head *head)
{
	const struct vole_literal_level *level = top(l);
	bool convert = place(l) != VOLE_PLACE_ELEMENT;
	/* The type is known: &(text), as & alone would stand before text. */
	bool parens = convert || (level && level->kind == VOLE_KIND_PTR);

	if (convert)
		put_conversion(l, head);
	else if (parens)
		put(l, VOLE_STYLE_PLAIN, "(");
	put_name(l, VOLE_STYLE_PLAIN, head->text);
	if (parens)
		put(l, VOLE_STYLE_PLAIN, ")");
}

static void push_level(struct vole_literal *l,
		       const struct vole_literal_level *level)
{
	if (l->depth < VOLE_LITERAL_MAX_DEPTH)
		l->levels[l->depth++] = *level;
	else
		l->lost++;
}

/* reflect.Value(...): what it holds is shown in place of its fields. */
static void on_holds(struct vole_visitor *v, const struct vole_value_head *head,
		     bool typed)
{
	struct vole_literal *l = literal_of(v);
	struct vole_literal_level level = { .kind = VOLE_KIND_INTERFACE,
					    .place = typed ? VOLE_PLACE_FIELD :
							     VOLE_PLACE_FREE };

	if (l->muted)
		return;
	level.paren = place(l) != VOLE_PLACE_ELEMENT;
	if (level.paren)
		put_conversion(l, head);
	push_level(l, &level);
}

/* What it holds was shown; its fields are not. */
static void end_held(struct vole_literal *l)
{
	struct vole_literal_level *level = top(l);

	if (l->muted++)
		return;
	if (l->lost) {
		l->lost--;
		return;
	}
	if (level->paren)
		put(l, VOLE_STYLE_PLAIN, ")");
	l->depth--;
}

static void on_begin(struct vole_visitor *v, const struct vole_value_head *head)
{
	struct vole_literal *l = literal_of(v);
	struct vole_literal_level level = { .kind = head->raw ?
							    VOLE_KIND_STRUCT :
							    head->kind_id,
					    .len = head->len,
					    .cap = head->cap };

	if (head->held) {
		end_held(l);
		return;
	}
	if (l->muted || (head->text && head->kind_id == VOLE_KIND_STRUCT)) {
		if (!l->muted++)
			put_people(l, head);
		return;
	}
	switch (head->raw ? VOLE_KIND_STRUCT : head->kind_id) {
	case VOLE_KIND_PTR:
		put(l, VOLE_STYLE_PLAIN, "&");
		level.place = place(l);
		break;
	case VOLE_KIND_INTERFACE:
		level.paren = !l->depth;
		if (level.paren)
			put_conversion(l, head);
		level.place = VOLE_PLACE_FREE;
		break;
	case VOLE_KIND_FUNC:
		put_name(l, VOLE_STYLE_NAME, head->text ? head->text : "?");
		put(l, VOLE_STYLE_PLAIN, "{");
		vole_pretty_open(&l->pretty, false);
		level.group = true;
		level.place = VOLE_PLACE_FREE;
		break;
	case VOLE_KIND_STRUCT:
		open_braces(l, &level, head, false);
		level.place = VOLE_PLACE_FIELD;
		break;
	default:
		/* Numbers stand many to a line, other parts one to a line. */
		open_braces(l, &level, head, head->parts_are_scalars);
		level.place = VOLE_PLACE_ELEMENT;
		break;
	}
	push_level(l, &level);
}

static void on_field(struct vole_visitor *v, const char *name)
{
	struct vole_literal *l = literal_of(v);

	if (l->muted)
		return;
	before_part(l);
	put_name(l, VOLE_STYLE_PLAIN, name);
	put(l, VOLE_STYLE_PLAIN, ": ");
}

static void on_key(struct vole_visitor *v)
{
	if (!literal_of(v)->muted)
		before_part(literal_of(v));
}

static void on_element(struct vole_visitor *v)
{
	struct vole_literal *l = literal_of(v);
	struct vole_literal_level *level = top(l);

	if (l->muted)
		return;
	if (level && level->kind == VOLE_KIND_MAP) {
		put(l, VOLE_STYLE_PLAIN, ": ");
		return;
	}
	before_part(l);
}

static void put_error(struct vole_literal *l, const struct vole_error *err)
{
	vole_strbuf_clear(&l->scratch);
	vole_strbuf_add(&l->scratch, "<");
	vole_strbuf_add(&l->scratch, err->code == VOLE_UNREADABLE ?
					     "unreadable: " :
				     err->code == VOLE_CORRUPT ? "corrupt: " :
								 "unknown: ");
	vole_strbuf_add(&l->scratch, err->text);
	if (err->has_addr)
		vole_strbuf_printf(&l->scratch, " (at 0x%" PRIx64 ")",
				   err->addr);
	vole_strbuf_add(&l->scratch, ">");
	put(l, VOLE_STYLE_BAD, vole_strbuf_text(&l->scratch));
}

static void on_omitted(struct vole_visitor *v, uint64_t count,
		       const struct vole_error *err)
{
	struct vole_literal *l = literal_of(v);
	struct vole_literal_level *level = top(l);

	if (l->muted)
		return;
	before_part(l);
	if (err) {
		put_error(l, err);
		return;
	}
	vole_strbuf_clear(&l->scratch);
	if (level && level->parts == 1)
		vole_strbuf_add(&l->scratch, "...");
	else
		vole_strbuf_printf(&l->scratch, "... +%" PRIu64 " more", count);
	put(l, VOLE_STYLE_FAINT, vole_strbuf_text(&l->scratch));
}

static void on_end(struct vole_visitor *v)
{
	struct vole_literal *l = literal_of(v);
	struct vole_literal_level *level = top(l);
	char text[64];

	if (l->muted) {
		l->muted--;
		return;
	}
	if (l->lost) {
		l->lost--;
		return;
	}
	if (!level)
		return;
	if (level->group) {
		vole_pretty_close(&l->pretty, level->parts > 0);
		put(l, VOLE_STYLE_PLAIN, "}");
	}
	if (level->paren)
		put(l, VOLE_STYLE_PLAIN, ")");
	l->depth--;
	if (level->kind == VOLE_KIND_CHAN) {
		snprintf(text, sizeof(text), "%" PRIu64 " of %" PRIu64,
			 level->len, level->cap);
		remark(l, text);
	}
}

static void on_broken(struct vole_visitor *v,
		      const struct vole_value_head *head,
		      const struct vole_error *err)
{
	struct vole_literal *l = literal_of(v);
	bool convert = place(l) == VOLE_PLACE_FREE;

	if (l->muted)
		return;
	if (convert)
		put_conversion(l, head);
	put_error(l, err);
	if (convert)
		put(l, VOLE_STYLE_PLAIN, ")");
}

static bool on_stop(struct vole_visitor *v, double done)
{
	struct vole_literal *l = literal_of(v);

	vole_sink_flush(l->sink, VOLE_SINK_CHUNK);
	vole_sink_progress_part(l->sink, done);
	return vole_sink_stopped(l->sink);
}

static const struct vole_visitor_ops ops = {
	.scalar = on_scalar,
	.holds = on_holds,
	.begin = on_begin,
	.field = on_field,
	.key = on_key,
	.element = on_element,
	.omitted = on_omitted,
	.end = on_end,
	.broken = on_broken,
	.stop = on_stop,
};

void vole_literal_init(struct vole_literal *literal, struct vole_sink *sink)
{
	literal->visitor.ops = &ops;
	literal->sink = sink;
}

void vole_literal_free(struct vole_literal *literal)
{
	vole_pretty_free(&literal->pretty);
	vole_strbuf_free(&literal->scratch);
}

void vole_literal_begin(struct vole_literal *literal, size_t column,
			size_t indent, enum vole_literal_place known)
{
	literal->known = known;
	literal->depth = 0;
	literal->lost = 0;
	literal->muted = 0;
	vole_pretty_begin(&literal->pretty, &literal->sink->out,
			  literal->sink->ui->color, column, indent);
}

void vole_literal_text(struct vole_literal *literal, const char *text)
{
	put(literal, VOLE_STYLE_PLAIN, text);
}

void vole_literal_end(struct vole_literal *literal)
{
	vole_pretty_end(&literal->pretty);
}
