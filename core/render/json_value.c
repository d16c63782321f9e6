/* A Go value as JSON: what the walk tells, written by the JSON sink. */
#include "render/json_private.h"

#include <stdio.h>
#include <string.h>

#include "base/quote.h"
#include "render/number.h"
#include "target/types.h"

static struct vole_json_sink *json_of_visitor(struct vole_visitor *v)
{
	return (struct vole_json_sink *)((char *)v -
					 offsetof(struct vole_json_sink,
						  visitor));
}

/* A run of invalid bytes is one U+FFFD, as Go's strings.ToValidUTF8 does. */
static bool put_go_string(struct vole_json_sink *j, const char *text,
			  size_t len)
{
	const unsigned char *bytes = (const unsigned char *)text;
	bool valid = true, bad = false;
	size_t i = 0;

	vole_json_put(j, "\"");
	while (i < len) {
		uint32_t rune;
		size_t n = vole_utf8(bytes + i, len - i, &rune);

		if (rune != VOLE_BAD_RUNE || !bad)
			vole_json_put_rune(&j->base.out, bytes + i, n, rune);
		bad = rune == VOLE_BAD_RUNE;
		valid = valid && !bad;
		i += n;
	}
	vole_json_put(j, "\"");
	return valid;
}

static void put_head(struct vole_json_sink *j,
		     const struct vole_value_head *head)
{
	vole_json_put(j, "{\"type\":");
	vole_json_put_string(j, head->type, strlen(head->type));
	vole_json_put(j, ",\"kind\":");
	vole_json_put_string(j, head->kind, strlen(head->kind));
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
		vole_json_put(j, ",\"closed\":true");
	if (head->text) {
		vole_json_put(j, head->kind_id == VOLE_KIND_FUNC ?
					 ",\"function\":" :
					 ",\"text\":");
		vole_json_put_string(j, head->text, strlen(head->text));
	}
	if (head->has_value)
		vole_strbuf_printf(&j->base.out, ",\"value\":\"0x%" PRIx64 "\"",
				   head->value);
}

static void put_bytes(struct vole_json_sink *j, const char *bytes, size_t len)
{
	size_t i;

	vole_json_put(j, ",\"bytes\":\"");
	for (i = 0; i < len; i++)
		vole_strbuf_printf(&j->base.out, "%02x",
				   (unsigned char)bytes[i]);
	vole_json_put(j, "\"");
}

static void put_scalar(struct vole_json_sink *j, const struct vole_scalar *s)
{
	const char *quote = s->bits >= 64 ? "\"" : "";
	char buf[VOLE_NUMBER_ROOM];

	switch (s->kind) {
	case VOLE_SCALAR_BOOL:
		vole_json_put(j, s->u ? "true" : "false");
		return;
	case VOLE_SCALAR_INT:
		vole_format_int(buf, s->i);
		vole_json_put(j, quote);
		vole_json_put(j, buf);
		vole_json_put(j, quote);
		return;
	case VOLE_SCALAR_UINT:
		vole_format_uint(buf, s->u);
		vole_json_put(j, quote);
		vole_json_put(j, buf);
		vole_json_put(j, quote);
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
	vole_json_put_string(j, buf, strlen(buf));
}

static void on_scalar(struct vole_visitor *v,
		      const struct vole_value_head *head,
		      const struct vole_scalar *s)
{
	struct vole_json_sink *j = json_of_visitor(v);

	put_head(j, head);
	if (s->kind == VOLE_SCALAR_FUNC) {
		vole_json_put(j, ",\"function\":");
		vole_json_put_string(j, s->text, s->text_len);
	}
	if (s->kind == VOLE_SCALAR_NIL && !head->has_value) {
		vole_json_put(j, ",\"nil\":true}");
		return;
	}
	if (!head->has_value) {
		vole_json_put(j, ",\"value\":");
		if (s->kind != VOLE_SCALAR_STRING)
			put_scalar(j, s);
		else if (!put_go_string(j, s->text, s->text_len))
			put_bytes(j, s->text, s->text_len);
	}
	if (s->kind == VOLE_SCALAR_NIL)
		vole_json_put(j, ",\"nil\":true");
	if (s->omitted)
		vole_strbuf_printf(&j->base.out, ",\"omitted\":%" PRIu64,
				   s->omitted);
	if (s->remark) {
		vole_json_put(j, ",\"not_followed\":");
		vole_json_put_string(j, s->remark, strlen(s->remark));
	}
	vole_json_put(j, "}");
	vole_sink_flush(&j->base, VOLE_SINK_CHUNK);
}

static const struct {
	enum vole_json_shape shape;
	const char *key;
} shapes[VOLE_NUM_KINDS] = {
	[VOLE_KIND_ARRAY] = { VOLE_JSON_ELEMENTS, "elements" },
	[VOLE_KIND_CHAN] = { VOLE_JSON_ELEMENTS, "elements" },
	[VOLE_KIND_SLICE] = { VOLE_JSON_ELEMENTS, "elements" },
	[VOLE_KIND_STRUCT] = { VOLE_JSON_FIELDS, "fields" },
	[VOLE_KIND_STRING] = { VOLE_JSON_FIELDS, "fields" }, /* --raw */
	[VOLE_KIND_FUNC] = { VOLE_JSON_FIELDS, "captures" },
	[VOLE_KIND_MAP] = { VOLE_JSON_ENTRIES, "entries" },
	[VOLE_KIND_PTR] = { VOLE_JSON_ONE, "pointee" },
	[VOLE_KIND_INTERFACE] = { VOLE_JSON_ONE, "dynamic" },
};

static struct vole_json_value *innermost(struct vole_json_sink *j)
{
	static struct vole_json_value none;

	return j->num_values && j->num_values <= VOLE_JSON_MAX_DEPTH ?
		       &j->values[j->num_values - 1] :
		       &none;
}

static void on_holds(struct vole_visitor *v, const struct vole_value_head *head,
		     bool typed)
{
	struct vole_json_sink *j = json_of_visitor(v);

	(void)typed;
	put_head(j, head);
	vole_json_put(j, ",\"holds\":");
}

static void on_begin(struct vole_visitor *v, const struct vole_value_head *head)
{
	struct vole_json_sink *j = json_of_visitor(v);
	enum vole_json_shape shape = head->raw ? VOLE_JSON_FIELDS :
						 shapes[head->kind_id].shape;

	if (!head->held)
		put_head(j, head);
	vole_strbuf_printf(&j->base.out, ",\"%s\":",
			   head->raw ? "fields" : shapes[head->kind_id].key);
	if (shape != VOLE_JSON_ONE)
		vole_json_put(j, "[");
	if (j->num_values < VOLE_JSON_MAX_DEPTH) {
		struct vole_json_value *value = &j->values[j->num_values];

		value->shape = shape;
		value->any = value->in_part = false;
		value->omitted = 0;
		value->damage[0] = '\0';
	}
	j->num_values++;
}

/* A part of the innermost value begins. */
static void part(struct vole_json_sink *j)
{
	struct vole_json_value *value = innermost(j);

	if (value->in_part) {
		vole_json_put(j, "}");
		value->in_part = false;
	}
	if (value->any && value->shape != VOLE_JSON_ONE)
		vole_json_put(j, ",");
	value->any = true;
}

static void on_field(struct vole_visitor *v, const char *name)
{
	struct vole_json_sink *j = json_of_visitor(v);

	part(j);
	vole_json_put(j, "{\"name\":");
	vole_json_put_string(j, name, strlen(name));
	vole_json_put(j, ",\"value\":");
	innermost(j)->in_part = true;
}

static void on_key(struct vole_visitor *v)
{
	struct vole_json_sink *j = json_of_visitor(v);

	part(j);
	vole_json_put(j, "{\"key\":");
	innermost(j)->in_part = true;
}

static void on_element(struct vole_visitor *v)
{
	struct vole_json_sink *j = json_of_visitor(v);

	if (innermost(j)->shape == VOLE_JSON_ENTRIES)
		vole_json_put(j, ",\"value\":");
	else
		part(j);
}

static void put_error(struct vole_json_sink *j, const struct vole_error *err)
{
	struct vole_strbuf text = { 0 };

	vole_strbuf_add(&text, err->text);
	if (err->has_addr)
		vole_strbuf_printf(&text, " (at 0x%" PRIx64 ")", err->addr);
	vole_json_put_string(j, vole_strbuf_text(&text), text.len);
	vole_strbuf_free(&text);
}

static void on_omitted(struct vole_visitor *v, uint64_t count,
		       const struct vole_error *err)
{
	struct vole_json_sink *j = json_of_visitor(v);

	struct vole_json_value *value = innermost(j);

	value->omitted += count;
	if (err)
		snprintf(value->damage, sizeof(value->damage), "%s: %s",
			 vole_code_name(err->code), err->text);
}

static void on_end(struct vole_visitor *v)
{
	struct vole_json_sink *j = json_of_visitor(v);
	struct vole_json_value *value = innermost(j);

	if (value->in_part)
		vole_json_put(j, "}");
	if (value->shape != VOLE_JSON_ONE)
		vole_json_put(j, "]");
	else if (!value->any)
		vole_json_put(j, "null");
	if (value->omitted)
		vole_strbuf_printf(&j->base.out, ",\"omitted\":%" PRIu64,
				   value->omitted);
	if (value->damage[0]) {
		vole_json_put(j, ",\"damage\":");
		vole_json_put_string(j, value->damage, strlen(value->damage));
	}
	vole_json_put(j, "}");
	j->num_values--;
	vole_sink_flush(&j->base, VOLE_SINK_CHUNK);
}

static void on_broken(struct vole_visitor *v,
		      const struct vole_value_head *head,
		      const struct vole_error *err)
{
	struct vole_json_sink *j = json_of_visitor(v);

	put_head(j, head);
	vole_json_put(j, ",\"unreadable\":");
	put_error(j, err);
	vole_json_put(j, "}");
}

static bool on_stop(struct vole_visitor *v, double done)
{
	struct vole_sink *sink = &json_of_visitor(v)->base;

	vole_sink_progress_part(sink, done);
	return vole_sink_stopped(sink);
}

const struct vole_visitor_ops vole_json_visitor_ops = {
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
