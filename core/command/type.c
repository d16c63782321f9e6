#include "command/command.h"

#include "base/checked.h"

#include <stdio.h>
#include <string.h>

enum { MAX_DEPTH = 32, MAX_WORDS = 64, MAX_LOOKED = 65536 };

/* Offsets of words that hold pointers, as the garbage collector sees them. */
struct words {
	uint64_t offsets[MAX_WORDS];
	size_t len;
	bool more; /* than MAX_WORDS, or not all was looked at */
	unsigned looked; /* types */
};

static void add_word(struct words *w, uint64_t offset)
{
	if (w->len < MAX_WORDS)
		w->offsets[w->len++] = offset;
	else
		w->more = true;
}

static bool find_words(struct vole_types *types, struct vole_type *type,
		       uint64_t offset, unsigned depth, struct words *ret,
		       struct vole_error *err)
{
	size_t before = ret->len, f;
	uint64_t at, i;

	if (!vole_type_load(types, type, err))
		return false;
	ret->more |= depth > MAX_DEPTH || ret->looked++ == MAX_LOOKED;
	if (ret->more)
		return true;
	switch (type->kind) {
	case VOLE_KIND_INTERFACE:
		add_word(ret, offset);
		add_word(ret, offset + 8);
		return true;
	case VOLE_KIND_ARRAY:
		if (!vole_type_load(types, type->elem, err))
			return false;
		for (i = 0; i < type->len && i <= MAX_WORDS; i++) {
			/* The first has none: no other has. */
			if (i && ret->len == before)
				break;
			ret->more |= !vole_at(offset, i, type->elem->size, &at);
			if (ret->more)
				break;
			if (!find_words(types, type->elem, at, depth + 1, ret,
					err))
				return false;
		}
		return true;
	case VOLE_KIND_STRUCT:
		for (f = 0; f < type->num_fields; f++) {
			/* Damage may have a field past 2^64. */
			ret->more |= !vole_at(offset, 1, type->fields[f].offset,
					      &at);
			if (ret->more)
				break;
			if (!find_words(types, type->fields[f].type, at,
					depth + 1, ret, err))
				return false;
		}
		return true;
	default:
		if (vole_kind_begins_with_pointer(type->kind))
			add_word(ret, offset);
		return true;
	}
}

static void put_words(struct vole_sink *sink, const struct words *words)
{
	char text[MAX_WORDS * 22] = "";
	size_t len = 0, i;

	for (i = 0; i < words->len; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len,
					"%s%" PRIu64, i ? ", " : "",
					words->offsets[i]);
	if (words->more)
		snprintf(text + len, sizeof(text) - len, "%s...",
			 len ? ", " : "");
	vole_sink_text(sink, "pointer_words", VOLE_STYLE_PLAIN,
		       *text ? text : "none");
}

static const struct vole_column columns[] = {
	{ "offset", NULL, true },
	{ "size", NULL, true },
	{ "name", NULL, false },
	{ "type", NULL, false },
};

static void put_padding(struct vole_sink *sink, uint64_t from, uint64_t to)
{
	if (to <= from)
		return;
	vole_sink_row_text(sink);
	vole_sink_number(sink, "offset", (int64_t)from);
	vole_sink_number(sink, "size", (int64_t)(to - from));
	vole_sink_text(sink, "name", VOLE_STYLE_FAINT, "(padding)");
	vole_sink_end(sink);
}

static bool put_fields(struct vole_context *ctx, const struct vole_type *type,
		       struct vole_error *err)
{
	struct vole_sink *sink = ctx->sink;
	uint64_t end = 0;
	size_t i;

	vole_sink_table(sink, "fields", columns,
			sizeof(columns) / sizeof(columns[0]));
	for (i = 0; i < type->num_fields; i++) {
		const struct vole_field *field = &type->fields[i];

		if (!vole_type_load(ctx->rt->types, field->type, err))
			return false;
		if (!type->is_union)
			put_padding(sink, end, field->offset);
		vole_sink_row(sink);
		vole_sink_number(sink, "offset", (int64_t)field->offset);
		vole_sink_number(sink, "size", (int64_t)field->type->size);
		vole_sink_text(sink, "name", VOLE_STYLE_NAME, field->name);
		vole_sink_text(sink, "type", VOLE_STYLE_TYPE,
			       field->type->name);
		vole_sink_flag_json(sink, "embedded", field->embedded);
		vole_sink_end(sink);
		end = field->offset + field->type->size;
	}
	if (type->kind == VOLE_KIND_STRUCT && !type->is_union)
		put_padding(sink, end, type->size);
	vole_sink_end(sink);
	return true;
}

static bool put_type(struct vole_context *ctx, struct vole_type *type,
		     struct vole_error *err)
{
	struct vole_sink *sink = ctx->sink;
	struct words words = { .len = 0 };

	if (!find_words(ctx->rt->types, type, 0, 0, &words, err) ||
	    (type->elem && !vole_type_load(ctx->rt->types, type->elem, err)) ||
	    (type->key && !vole_type_load(ctx->rt->types, type->key, err)))
		return false;
	vole_sink_text(sink, "name", VOLE_STYLE_TYPE, type->name);
	vole_sink_text(sink, "kind", VOLE_STYLE_PLAIN,
		       vole_kind_name(type->kind));
	vole_sink_number(sink, "size", (int64_t)type->size);
	vole_sink_number(sink, "align",
			 (int64_t)vole_type_align(ctx->rt->types, type));
	if (type->kind == VOLE_KIND_ARRAY)
		vole_sink_number(sink, "len", (int64_t)type->len);
	if (type->key)
		vole_sink_text(sink, "key", VOLE_STYLE_TYPE, type->key->name);
	if (type->elem)
		vole_sink_text(sink, "elem", VOLE_STYLE_TYPE, type->elem->name);
	put_words(sink, &words);
	return put_fields(ctx, type, err);
}

/* A type's name first; what is none is an expression, whose type is shown. */
static bool run(struct vole_context *ctx, struct vole_error *err)
{
	struct vole_error of_type;
	struct vole_eval eval;
	struct vole_type *type;
	struct vole_value value;

	if (!vole_context_evaluator(ctx, &eval, err))
		return false;
	if (vole_eval_type(&eval, ctx->args.text, &type, &of_type))
		return put_type(ctx, type, err);
	if (!vole_context_eval(ctx, &value, err)) {
		/* Neither: what was said of the type names types. */
		if (err->code == VOLE_NOT_FOUND &&
		    of_type.code == VOLE_NOT_FOUND)
			*err = of_type;
		return false;
	}
	return put_type(ctx, (struct vole_type *)value.type, err);
}

const struct vole_command vole_cmd_type = {
	.name = "type",
	.args = "NAME|EXPR",
	.summary = "Show how a type is laid out.",
	.detail = "Fields with their offsets and sizes, the padding between "
		  "them, and which words\nare pointers to the garbage "
		  "collector.",
	.example = "type main.User",
	.json = "`name`, `kind`, `size`, `align`, `pointer_words`, `len` "
		"(arrays), `key`, `elem`, `fields`: objects of `name`, `type`, "
		"`offset`, `size`, `embedded`.",
	.takes = VOLE_TAKES_EXPR,
	.run = run,
};
