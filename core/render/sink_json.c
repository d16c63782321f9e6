#include "render/sink.h"

#include "base/quote.h"
#include "render/json_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct vole_json_sink *json_sink_of(struct vole_sink *sink)
{
	return (struct vole_json_sink *)sink;
}

void vole_json_put(struct vole_json_sink *j, const char *text)
{
	vole_strbuf_add(&j->base.out, text);
}

void vole_json_put_rune(struct vole_strbuf *buf, const unsigned char *bytes,
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

bool vole_json_put_string(struct vole_json_sink *j, const char *text,
			  size_t len)
{
	const unsigned char *bytes = (const unsigned char *)text;
	bool valid = true;
	size_t i = 0;

	vole_json_put(j, "\"");
	while (i < len) {
		size_t n = vole_plain_len(bytes + i, len - i, '"');
		uint32_t rune;

		vole_strbuf_add_bytes(&j->base.out, bytes + i, n);
		i += n;
		if (n)
			continue;
		n = vole_utf8(bytes + i, len - i, &rune);
		valid = valid && rune != VOLE_BAD_RUNE;
		vole_json_put_rune(&j->base.out, bytes + i, n, rune);
		i += n;
	}
	vole_json_put(j, "\"");
	return valid;
}

static void put_key(struct vole_json_sink *j, const char *key)
{
	vole_json_put_string(j, key, strlen(key));
	vole_json_put(j, ":");
}

/* Comma and key before a member of the innermost object or list. */
static void member(struct vole_json_sink *j, const char *key)
{
	size_t at = j->depth - 1;

	if (j->any[at])
		vole_json_put(j, ",");
	j->any[at] = true;
	if (key && !j->array[at])
		put_key(j, key);
	vole_sink_flush(&j->base, VOLE_SINK_CHUNK);
}

static void push(struct vole_json_sink *j, bool array)
{
	vole_json_put(j, array ? "[" : "{");
	if (j->depth < VOLE_SINK_MAX_NESTING) {
		j->array[j->depth] = array;
		j->any[j->depth] = false;
	}
	j->depth++;
}

static void begin(struct vole_sink *sink, const char *key, enum vole_group g,
		  const struct vole_column *columns, size_t num_columns)
{
	struct vole_json_sink *j = json_sink_of(sink);

	(void)columns, (void)num_columns;
	if (g == VOLE_GROUP_ROW_TEXT) {
		j->muted = true;
		return;
	}
	member(j, key);
	push(j, g == VOLE_GROUP_TABLE || g == VOLE_GROUP_ENTRIES ||
			g == VOLE_GROUP_ITEMS || g == VOLE_GROUP_VARIABLES ||
			g == VOLE_GROUP_LIST_JSON);
}

static void end(struct vole_sink *sink)
{
	struct vole_json_sink *j = json_sink_of(sink);

	if (j->muted) {
		j->muted = false;
		return;
	}
	if (j->depth <= 1)
		return;
	j->depth--;
	vole_json_put(j, j->array[j->depth] ? "]" : "}");
}

static void text(struct vole_sink *sink, const char *key, enum vole_style style,
		 const char *bytes, size_t len)
{
	struct vole_json_sink *j = json_sink_of(sink);

	(void)style;
	if (j->muted)
		return;
	member(j, key);
	vole_json_put_string(j, bytes, len);
}

static void number(struct vole_sink *sink, const char *key,
		   enum vole_style style, int64_t n)
{
	struct vole_json_sink *j = json_sink_of(sink);

	(void)style;
	if (j->muted)
		return;
	member(j, key);
	vole_strbuf_add_int(&sink->out, n);
}

static void address(struct vole_sink *sink, const char *key,
		    enum vole_style style, uint64_t addr)
{
	struct vole_json_sink *j = json_sink_of(sink);

	(void)style;
	if (j->muted)
		return;
	member(j, key);
	vole_strbuf_add_char(&sink->out, '"');
	vole_strbuf_add_addr(&sink->out, addr);
	vole_strbuf_add_char(&sink->out, '"');
}

static void flag(struct vole_sink *sink, const char *key, enum vole_style style,
		 bool f)
{
	struct vole_json_sink *j = json_sink_of(sink);

	(void)style;
	if (j->muted)
		return;
	member(j, key);
	vole_json_put(j, f ? "true" : "false");
}

static void say(struct vole_sink *sink, enum vole_style style, const char *line)
{
	(void)sink, (void)style, (void)line;
}

static struct vole_visitor *value(struct vole_sink *sink, const char *key)
{
	struct vole_json_sink *j = json_sink_of(sink);

	j->num_values = 0;
	if (key || j->depth > 1) {
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

static void begin_document(struct vole_json_sink *j)
{
	vole_strbuf_clear(&j->base.out);
	vole_strbuf_printf(&j->base.out,
			   "{\"schema\":1,\"command\":\"%s\",\"result\":",
			   j->base.command);
	push(j, false);
}

static void put_failure(struct vole_json_sink *j, const struct vole_error *err)
{
	vole_strbuf_printf(&j->base.out, "\"error\":{\"code\":\"%s\"",
			   vole_code_name(err->code));
	if (err->has_addr)
		vole_strbuf_printf(&j->base.out,
				   ",\"address\":\"0x%" PRIx64 "\"", err->addr);
	vole_json_put(j, ",\"message\":");
	vole_json_put_string(j, err->text, strlen(err->text));
	vole_json_put(j, "}");
}

static void finish(struct vole_sink *sink, const struct vole_error *err)
{
	struct vole_json_sink *j = json_sink_of(sink);
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
			vole_json_put(j, "}");
		if (err) {
			sink->partial = true;
			vole_json_put(j, ",");
			put_failure(j, err);
		}
	}
	vole_json_put(j, ",\"warnings\":[");
	for (i = 0; i < sink->num_warnings; i++) {
		if (i)
			vole_json_put(j, ",");
		vole_json_put_string(j, sink->warnings[i],
				     strlen(sink->warnings[i]));
	}
	vole_json_put(j, "]");
	if (sink->partial)
		vole_json_put(j, ",\"partial\":true");
	if (sink->omitted)
		vole_strbuf_printf(&sink->out, ",\"omitted\":%" PRIu64,
				   sink->omitted);
	vole_json_put(j, "}\n");
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
	struct vole_json_sink *j = calloc(1, sizeof(*j));

	if (!j)
		return NULL;
	vole_sink_init(&j->base, &ops, ui, command);
	j->base.for_scripts = true;
	j->visitor.ops = &vole_json_visitor_ops;
	begin_document(j);
	return &j->base;
}
