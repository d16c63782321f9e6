#include "render/sink.h"

#include "base/quote.h"
#include "render/number.h"
#include "target/types.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_DEPTH = 512 };

/* How a value's parts are written, and what closes them. */
enum shape {
	SHAPE_NONE, /* not begun, or a scalar */
	SHAPE_FIELDS, /* [{"name", "value"}] */
	SHAPE_ELEMENTS, /* [value] */
	SHAPE_ENTRIES, /* [{"key", "value"}] */
	SHAPE_ONE, /* "pointee" or "dynamic": value */
};

struct json_value {
	enum shape shape;
	bool any; /* a part was written */
	bool in_part; /* the object around a field or entry is open */
	uint64_t omitted;
	char damage[400]; /* why parts are missing; "" none */
};

struct json_sink {
	struct vole_sink base; /* first: cast back */
	struct vole_visitor visitor;
	bool array[VOLE_SINK_MAX_NESTING];
	bool any[VOLE_SINK_MAX_NESTING];
	size_t depth;
	bool muted; /* inside a row for people only */
	struct json_value values[MAX_DEPTH];
	size_t num_values;
	bool whole; /* the value is the answer itself */
};

static struct json_sink *json_sink_of(struct vole_sink *sink)
{
	return (struct json_sink *)sink;
}

static struct json_sink *json_of_visitor(struct vole_visitor *v)
{
	return (struct json_sink *)((char *)v -
				    offsetof(struct json_sink, visitor));
}

static void put(struct json_sink *j, const char *text)
{
	vole_strbuf_add(&j->base.out, text);
}

static void put_rune(struct vole_strbuf *buf, const unsigned char *bytes,
		     size_t len, uint32_t rune)
{
	if (rune == VOLE_BAD_RUNE)
		vole_strbuf_add(buf, "\xef\xbf\xbd");
	else if (rune == '"' || rune == '\\')
		vole_strbuf_printf(buf, "\\%c", (int)rune);
	else if (rune < 0x10000 && !vole_rune_printable(rune) && rune != ' ')
		vole_strbuf_printf(buf, "\\u%04x", rune);
	else
		vole_strbuf_add_bytes(buf, bytes, len);
}

/* A JSON string; false when @p text was no valid UTF-8. */
static bool put_string(struct json_sink *j, const char *text, size_t len)
{
	const unsigned char *bytes = (const unsigned char *)text;
	bool valid = true;
	size_t i = 0;

	put(j, "\"");
	while (i < len) {
		uint32_t rune;
		size_t n = vole_utf8(bytes + i, len - i, &rune);

		valid = valid && rune != VOLE_BAD_RUNE;
		put_rune(&j->base.out, bytes + i, n, rune);
		i += n;
	}
	put(j, "\"");
	return valid;
}

/* A run of invalid bytes is one U+FFFD, as Go's strings.ToValidUTF8 does. */
static bool put_go_string(struct json_sink *j, const char *text, size_t len)
{
	const unsigned char *bytes = (const unsigned char *)text;
	bool valid = true, bad = false;
	size_t i = 0;

	put(j, "\"");
	while (i < len) {
		uint32_t rune;
		size_t n = vole_utf8(bytes + i, len - i, &rune);

		if (rune != VOLE_BAD_RUNE || !bad)
			put_rune(&j->base.out, bytes + i, n, rune);
		bad = rune == VOLE_BAD_RUNE;
		valid = valid && !bad;
		i += n;
	}
	put(j, "\"");
	return valid;
}

static void put_key(struct json_sink *j, const char *key)
{
	put_string(j, key, strlen(key));
	put(j, ":");
}

/* Comma and key before a member of the innermost object or list. */
static void member(struct json_sink *j, const char *key)
{
	size_t at = j->depth - 1;

	if (j->any[at])
		put(j, ",");
	j->any[at] = true;
	if (key && !j->array[at])
		put_key(j, key);
	vole_sink_flush(&j->base, VOLE_SINK_CHUNK);
}

static void push(struct json_sink *j, bool array)
{
	put(j, array ? "[" : "{");
	if (j->depth < VOLE_SINK_MAX_NESTING) {
		j->array[j->depth] = array;
		j->any[j->depth] = false;
	}
	j->depth++;
}

static void begin(struct vole_sink *sink, const char *key, enum vole_group g,
		  const struct vole_column *columns, size_t num_columns)
{
	struct json_sink *j = json_sink_of(sink);

	(void)columns, (void)num_columns;
	if (g == VOLE_GROUP_ROW_TEXT) {
		j->muted = true;
		return;
	}
	member(j, key);
	push(j, g == VOLE_GROUP_TABLE || g == VOLE_GROUP_ENTRIES ||
			g == VOLE_GROUP_ITEMS || g == VOLE_GROUP_LIST_JSON);
}

static void end(struct vole_sink *sink)
{
	struct json_sink *j = json_sink_of(sink);

	if (j->muted) {
		j->muted = false;
		return;
	}
	if (j->depth <= 1)
		return;
	j->depth--;
	put(j, j->array[j->depth] ? "]" : "}");
}

static void text(struct vole_sink *sink, const char *key, enum vole_style style,
		 const char *bytes, size_t len)
{
	struct json_sink *j = json_sink_of(sink);

	(void)style;
	if (j->muted)
		return;
	member(j, key);
	put_string(j, bytes, len);
}

static void number(struct vole_sink *sink, const char *key,
		   enum vole_style style, int64_t n)
{
	struct json_sink *j = json_sink_of(sink);

	(void)style;
	if (j->muted)
		return;
	member(j, key);
	vole_strbuf_printf(&sink->out, "%" PRId64, n);
}

static void address(struct vole_sink *sink, const char *key,
		    enum vole_style style, uint64_t addr)
{
	struct json_sink *j = json_sink_of(sink);

	(void)style;
	if (j->muted)
		return;
	member(j, key);
	vole_strbuf_printf(&sink->out, "\"0x%" PRIx64 "\"", addr);
}

static void flag(struct vole_sink *sink, const char *key, enum vole_style style,
		 bool f)
{
	struct json_sink *j = json_sink_of(sink);

	(void)style;
	if (j->muted)
		return;
	member(j, key);
	put(j, f ? "true" : "false");
}

static void say(struct vole_sink *sink, enum vole_style style, const char *line)
{
	(void)sink, (void)style, (void)line;
}

/* --- a Go value ---------------------------------------------------------- */

static void put_head(struct json_sink *j, const struct vole_value_head *head)
{
	put(j, "{\"type\":");
	put_string(j, head->type, strlen(head->type));
	put(j, ",\"kind\":");
	put_string(j, head->kind, strlen(head->kind));
	if (head->has_addr)
		vole_strbuf_printf(&j->base.out,
				   ",\"address\":\"0x%" PRIx64 "\"",
				   head->addr);
	if (head->has_len)
		vole_strbuf_printf(&j->base.out, ",\"len\":%" PRIu64,
				   head->len);
	if (head->has_cap)
		vole_strbuf_printf(&j->base.out, ",\"cap\":%" PRIu64,
				   head->cap);
	if (head->closed)
		put(j, ",\"closed\":true");
	if (head->text) {
		put(j, head->kind_id == VOLE_KIND_FUNC ? ",\"function\":" :
							 ",\"text\":");
		put_string(j, head->text, strlen(head->text));
	}
	if (head->has_value)
		vole_strbuf_printf(&j->base.out, ",\"value\":\"0x%" PRIx64 "\"",
				   head->value);
}

static void put_bytes(struct json_sink *j, const char *bytes, size_t len)
{
	size_t i;

	put(j, ",\"bytes\":\"");
	for (i = 0; i < len; i++)
		vole_strbuf_printf(&j->base.out, "%02x",
				   (unsigned char)bytes[i]);
	put(j, "\"");
}

static void put_scalar(struct json_sink *j, const struct vole_scalar *s)
{
	const char *quote = s->bits >= 64 ? "\"" : "";
	char buf[VOLE_NUMBER_ROOM];

	switch (s->kind) {
	case VOLE_SCALAR_BOOL:
		put(j, s->u ? "true" : "false");
		return;
	case VOLE_SCALAR_INT:
		vole_format_int(buf, s->i);
		put(j, quote);
		put(j, buf);
		put(j, quote);
		return;
	case VOLE_SCALAR_UINT:
		vole_format_uint(buf, s->u);
		put(j, quote);
		put(j, buf);
		put(j, quote);
		return;
	case VOLE_SCALAR_FLOAT:
		vole_format_float(buf, s->re, s->bits);
		break;
	case VOLE_SCALAR_COMPLEX:
		vole_format_complex(buf, s->re, s->im, s->bits);
		break;
	default:
		snprintf(buf, sizeof(buf), "0x%" PRIx64, s->u);
		break;
	}
	put_string(j, buf, strlen(buf));
}

static void on_scalar(struct vole_visitor *v,
		      const struct vole_value_head *head,
		      const struct vole_scalar *s)
{
	struct json_sink *j = json_of_visitor(v);

	put_head(j, head);
	if (s->kind == VOLE_SCALAR_FUNC) {
		put(j, ",\"function\":");
		put_string(j, s->text, s->text_len);
	}
	if (s->kind == VOLE_SCALAR_NIL && !head->has_value) {
		put(j, ",\"nil\":true}");
		return;
	}
	if (!head->has_value) {
		put(j, ",\"value\":");
		if (s->kind != VOLE_SCALAR_STRING)
			put_scalar(j, s);
		else if (!put_go_string(j, s->text, s->text_len))
			put_bytes(j, s->text, s->text_len);
	}
	if (s->kind == VOLE_SCALAR_NIL)
		put(j, ",\"nil\":true");
	if (s->omitted)
		vole_strbuf_printf(&j->base.out, ",\"omitted\":%" PRIu64,
				   s->omitted);
	if (s->remark) {
		put(j, ",\"not_followed\":");
		put_string(j, s->remark, strlen(s->remark));
	}
	put(j, "}");
	vole_sink_flush(&j->base, VOLE_SINK_CHUNK);
}

static const struct {
	enum shape shape;
	const char *key;
} shapes[VOLE_NUM_KINDS] = {
	[VOLE_KIND_ARRAY] = { SHAPE_ELEMENTS, "elements" },
	[VOLE_KIND_CHAN] = { SHAPE_ELEMENTS, "elements" },
	[VOLE_KIND_SLICE] = { SHAPE_ELEMENTS, "elements" },
	[VOLE_KIND_STRUCT] = { SHAPE_FIELDS, "fields" },
	[VOLE_KIND_STRING] = { SHAPE_FIELDS, "fields" }, /* --raw */
	[VOLE_KIND_FUNC] = { SHAPE_FIELDS, "captures" },
	[VOLE_KIND_MAP] = { SHAPE_ENTRIES, "entries" },
	[VOLE_KIND_PTR] = { SHAPE_ONE, "pointee" },
	[VOLE_KIND_INTERFACE] = { SHAPE_ONE, "dynamic" },
};

static struct json_value *innermost(struct json_sink *j)
{
	static struct json_value none;

	return j->num_values && j->num_values <= MAX_DEPTH ?
		       &j->values[j->num_values - 1] :
		       &none;
}

static void on_begin(struct vole_visitor *v, const struct vole_value_head *head)
{
	struct json_sink *j = json_of_visitor(v);
	enum shape shape = head->raw ? SHAPE_FIELDS :
				       shapes[head->kind_id].shape;

	put_head(j, head);
	vole_strbuf_printf(&j->base.out, ",\"%s\":",
			   head->raw ? "fields" : shapes[head->kind_id].key);
	if (shape != SHAPE_ONE)
		put(j, "[");
	if (j->num_values < MAX_DEPTH) {
		struct json_value *value = &j->values[j->num_values];

		value->shape = shape;
		value->any = value->in_part = false;
		value->omitted = 0;
		value->damage[0] = '\0';
	}
	j->num_values++;
}

/* A part of the innermost value begins. */
static void part(struct json_sink *j)
{
	struct json_value *value = innermost(j);

	if (value->in_part) {
		put(j, "}");
		value->in_part = false;
	}
	if (value->any && value->shape != SHAPE_ONE)
		put(j, ",");
	value->any = true;
}

static void on_field(struct vole_visitor *v, const char *name)
{
	struct json_sink *j = json_of_visitor(v);

	part(j);
	put(j, "{\"name\":");
	put_string(j, name, strlen(name));
	put(j, ",\"value\":");
	innermost(j)->in_part = true;
}

static void on_key(struct vole_visitor *v)
{
	struct json_sink *j = json_of_visitor(v);

	part(j);
	put(j, "{\"key\":");
	innermost(j)->in_part = true;
}

static void on_element(struct vole_visitor *v)
{
	struct json_sink *j = json_of_visitor(v);

	if (innermost(j)->shape == SHAPE_ENTRIES)
		put(j, ",\"value\":");
	else
		part(j);
}

static void put_error(struct json_sink *j, const struct vole_error *err)
{
	struct vole_strbuf text = { 0 };

	vole_strbuf_add(&text, err->text);
	if (err->has_addr)
		vole_strbuf_printf(&text, " (at 0x%" PRIx64 ")", err->addr);
	put_string(j, vole_strbuf_text(&text), text.len);
	vole_strbuf_free(&text);
}

static void on_omitted(struct vole_visitor *v, uint64_t count,
		       const struct vole_error *err)
{
	struct json_sink *j = json_of_visitor(v);

	struct json_value *value = innermost(j);

	value->omitted += count;
	if (err)
		snprintf(value->damage, sizeof(value->damage), "%s: %s",
			 vole_code_name(err->code), err->text);
}

static void on_end(struct vole_visitor *v)
{
	struct json_sink *j = json_of_visitor(v);
	struct json_value *value = innermost(j);

	if (value->in_part)
		put(j, "}");
	if (value->shape != SHAPE_ONE)
		put(j, "]");
	else if (!value->any)
		put(j, "null");
	if (value->omitted)
		vole_strbuf_printf(&j->base.out, ",\"omitted\":%" PRIu64,
				   value->omitted);
	if (value->damage[0]) {
		put(j, ",\"damage\":");
		put_string(j, value->damage, strlen(value->damage));
	}
	put(j, "}");
	j->num_values--;
	vole_sink_flush(&j->base, VOLE_SINK_CHUNK);
}

static void on_broken(struct vole_visitor *v,
		      const struct vole_value_head *head,
		      const struct vole_error *err)
{
	struct json_sink *j = json_of_visitor(v);

	put_head(j, head);
	put(j, ",\"unreadable\":");
	put_error(j, err);
	put(j, "}");
}

static bool on_stop(struct vole_visitor *v, double done)
{
	struct vole_sink *sink = &json_of_visitor(v)->base;

	vole_sink_progress_part(sink, done);
	return vole_sink_stopped(sink);
}

static const struct vole_visitor_ops visitor_ops = {
	.scalar = on_scalar,
	.begin = on_begin,
	.field = on_field,
	.key = on_key,
	.element = on_element,
	.omitted = on_omitted,
	.end = on_end,
	.broken = on_broken,
	.stop = on_stop,
};

static struct vole_visitor *value(struct vole_sink *sink, const char *key)
{
	struct json_sink *j = json_sink_of(sink);

	j->num_values = 0;
	if (key) {
		member(j, key);
	} else {
		/* The value takes the place of the result object. */
		vole_strbuf_clear(&sink->out);
		vole_strbuf_printf(&sink->out,
				   "{\"schema\":1,\"command\":\"%s\","
				   "\"result\":",
				   sink->command);
		j->whole = true;
	}
	return &j->visitor;
}

static void value_end(struct vole_sink *sink)
{
	vole_sink_flush(sink, VOLE_SINK_CHUNK);
}

/* --- the document -------------------------------------------------------- */

static void begin_document(struct json_sink *j)
{
	vole_strbuf_clear(&j->base.out);
	vole_strbuf_printf(&j->base.out,
			   "{\"schema\":1,\"command\":\"%s\",\"result\":",
			   j->base.command);
	push(j, false);
}

static void put_failure(struct json_sink *j, const struct vole_error *err)
{
	vole_strbuf_printf(&j->base.out, "\"error\":{\"code\":\"%s\"",
			   vole_code_name(err->code));
	if (err->has_addr)
		vole_strbuf_printf(&j->base.out,
				   ",\"address\":\"0x%" PRIx64 "\"", err->addr);
	put(j, ",\"message\":");
	put_string(j, err->text, strlen(err->text));
	put(j, "}");
}

static void finish(struct vole_sink *sink, const struct vole_error *err)
{
	struct json_sink *j = json_sink_of(sink);
	size_t i;

	if (err && !sink->started) {
		vole_strbuf_clear(&sink->out);
		vole_strbuf_printf(&sink->out,
				   "{\"schema\":1,\"command\":\"%s\",",
				   sink->command);
		put_failure(j, err);
	} else {
		while (j->depth > 1)
			end(sink);
		if (!j->whole)
			put(j, "}");
		if (err) {
			sink->partial = true;
			put(j, ",");
			put_failure(j, err);
		}
	}
	put(j, ",\"warnings\":[");
	for (i = 0; i < sink->num_warnings; i++) {
		if (i)
			put(j, ",");
		put_string(j, sink->warnings[i], strlen(sink->warnings[i]));
	}
	put(j, "]");
	if (sink->partial)
		put(j, ",\"partial\":true");
	if (sink->omitted)
		vole_strbuf_printf(&sink->out, ",\"omitted\":%" PRIu64,
				   sink->omitted);
	put(j, "}\n");
	vole_sink_flush(sink, 1);
}

static void close_json(struct vole_sink *sink)
{
	free(json_sink_of(sink));
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
	.close = close_json,
};

struct vole_sink *vole_sink_json_open(struct vole_ui *ui, const char *command)
{
	struct json_sink *j = calloc(1, sizeof(*j));

	if (!j)
		return NULL;
	vole_sink_init(&j->base, &ops, ui, command);
	j->visitor.ops = &visitor_ops;
	begin_document(j);
	return &j->base;
}
