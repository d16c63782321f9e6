#include "runtime/slice.h"

#include "command/command.h"

#include "base/checked.h"

/* The header of a slice, string, array or pointer to an array. */
static bool open_header(struct vole_context *ctx,
			const struct vole_value *value, struct vole_slice *ret,
			struct vole_error *err)
{
	const struct vole_type *type = value->type;
	uint64_t words[3] = { 0 };

	switch (type->kind) {
	case VOLE_KIND_STRING:
		if (value->where == VOLE_IN_TEXT)
			return vole_fail(err, VOLE_SYNTAX, VOLE_NOWHERE,
					 "this string was made by the "
					 "expression: it has no header");
		return vole_value_read(ctx->rt, value, 0, words, 16, err) &&
		       vole_slice_open(ctx->rt, type, words, ret, err);
	case VOLE_KIND_SLICE:
		return vole_value_read(ctx->rt, value, 0, words, 24, err) &&
		       vole_slice_open(ctx->rt, type, words, ret, err);
	case VOLE_KIND_ARRAY:
		if (value->where != VOLE_IN_MEMORY)
			break;
		*ret = (struct vole_slice){ .data = value->addr,
					    .len = type->len,
					    .cap = type->len,
					    .elem = type->elem };
		if (!vole_type_load(ctx->rt->types, type->elem, err))
			return false;
		ret->elem_size = type->elem->size;
		return true;
	default:
		break;
	}
	return vole_fail(err, VOLE_SYNTAX, VOLE_NOWHERE,
			 "the expression is a %s, not a slice, string or array",
			 type->name);
}

static void problem(struct vole_context *ctx, const char *text)
{
	vole_sink_row(ctx->sink);
	vole_sink_text(ctx->sink, "message", VOLE_STYLE_BAD, text);
	vole_sink_end(ctx->sink);
}

/* Can the last byte of [data, data + count * size) be read? */
static bool reaches(struct vole_context *ctx, const struct vole_slice *s,
		    uint64_t count)
{
	uint64_t end;

	if (!count || !s->elem_size)
		return true;
	return vole_at(s->data, count, s->elem_size, &end) &&
	       vole_memory_readable(ctx->rt->mem, s->data) &&
	       vole_memory_readable(ctx->rt->mem, end - 1);
}

static bool run(struct vole_context *ctx, struct vole_error *err)
{
	struct vole_sink *sink = ctx->sink;
	struct vole_error sound = { 0 };
	bool possible, len_ok, cap_ok, aligned;
	struct vole_value value;
	struct vole_slice s;

	if (!vole_context_eval(ctx, &value, err) ||
	    !open_header(ctx, &value, &s, err))
		return false;
	possible = vole_slice_check(&s, &sound);
	len_ok = possible && reaches(ctx, &s, s.len);
	cap_ok = possible && reaches(ctx, &s, s.cap);
	aligned = !s.elem || !s.cap ||
		  !(s.data % vole_type_align(ctx->rt->types, s.elem));
	vole_sink_text(sink, "type", VOLE_STYLE_TYPE, value.type->name);
	vole_sink_address(sink, "data", s.data);
	vole_sink_number(sink, "len", (int64_t)s.len);
	vole_sink_number(sink, "cap", (int64_t)s.cap);
	vole_sink_number(sink, "element_size", (int64_t)s.elem_size);
	if (s.elem)
		vole_sink_text(sink, "element", VOLE_STYLE_TYPE, s.elem->name);
	if (possible && s.cap > s.len)
		vole_sink_number(sink, "room", (int64_t)(s.cap - s.len));
	vole_sink_flag(sink, "ok", possible && len_ok && cap_ok && aligned);
	vole_sink_items(sink, "problems");
	if (!possible)
		problem(ctx, sound.text);
	else if (!len_ok)
		problem(ctx, "its elements cannot all be read");
	else if (!cap_ok)
		problem(ctx, "the room behind its elements cannot be read");
	if (!aligned)
		problem(ctx, "data is not aligned as its elements must be");
	vole_sink_end(sink);
	return true;
}

const struct vole_command vole_cmd_slice = {
	.name = "slice",
	.args = "EXPR",
	.summary = "Show the header of a slice, string or array.",
	.detail = "Says whether the header is sound by itself: 0 <= len <= "
		  "cap, data set when there\nis a capacity, and all of "
		  "[data, data + cap * element size) readable.",
	.example = "slice main.recent",
	.json = "`type`, `data`, `len`, `cap`, `element_size`, `element`, "
		"`room`, `ok`, `problems`: objects of `message`.",
	.takes = VOLE_TAKES_EXPR,
	.run = run,
};
