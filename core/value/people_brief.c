/* Any value on one line, for the text of others: keys, causes, wrapped errors. */
#include "value/people_private.h"

#include "runtime/func.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	SIZE_WORD = 8,
	MAX_FIELDS = 8,
	MAX_STRING = 64,
	MAX_READ = 4096, /* of a string, to tell how much is not shown */
	FLOAT_ROOM = 40,
};

static void put_word(const struct vole_people *p, struct vole_strbuf *out,
		     const char *remark)
{
	const struct vole_type *type = p->value->type;
	bool parens = !type->named;
	struct vole_error ignored;
	uint64_t word;

	if (!vole_value_word(p->rt, p->value, 0, &word, &ignored))
		vole_strbuf_add(out, "<unreadable>");
	else if (!word)
		vole_strbuf_add(out, "nil");
	else
		vole_strbuf_printf(out, "%s%s%s(0x%" PRIx64 ")%s",
				   parens ? "(" : "", type->name,
				   parens ? ")" : "", word, remark);
}

static void put_float(struct vole_strbuf *out, uint64_t bits, bool is_double)
{
	int digits, most = is_double ? 17 : 9;
	char text[FLOAT_ROOM];
	double wide;
	float narrow;

	memcpy(&wide, &bits, sizeof(wide));
	memcpy(&narrow, &bits, sizeof(narrow));
	if (!is_double)
		wide = (double)narrow;
	/* The fewest digits that give it back. */
	for (digits = 1; digits <= most; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, wide);
		if (is_double ? strtod(text, NULL) == wide :
				strtof(text, NULL) == narrow)
			break;
	}
	vole_strbuf_add(out, text);
}

/* "1-2i" */
static void put_complex(const struct vole_people *p, struct vole_strbuf *out)
{
	bool is_double = p->value->type->kind == VOLE_KIND_COMPLEX128;
	size_t half = is_double ? sizeof(double) : sizeof(float);
	struct vole_strbuf imaginary = { 0 };
	uint64_t re = 0, im = 0;
	struct vole_error ignored;

	if (!vole_value_read(p->rt, p->value, 0, &re, half, &ignored) ||
	    !vole_value_read(p->rt, p->value, half, &im, half, &ignored)) {
		vole_strbuf_add(out, "<unreadable>");
		return;
	}
	put_float(out, re, is_double);
	put_float(&imaginary, im, is_double);
	vole_strbuf_printf(out, "%s%si",
			   *vole_strbuf_text(&imaginary) == '-' ? "" : "+",
			   vole_strbuf_text(&imaginary));
	vole_strbuf_free(&imaginary);
}

static void put_digits(const struct vole_people *p, struct vole_strbuf *out)
{
	enum vole_kind kind = p->value->type->kind;
	struct vole_error ignored;
	const char *text;
	size_t from = out->len;
	uint64_t bits = 0;

	if (!vole_value_read(p->rt, p->value, 0, &bits, p->value->type->size,
			     &ignored)) {
		vole_strbuf_add(out, "<unreadable>");
		return;
	}
	if (vole_kind_is_float(kind)) {
		put_float(out, bits, kind == VOLE_KIND_FLOAT64);
		text = vole_strbuf_text(out) + from;
		/* 1 would be an int. */
		if (!text[strspn(text, "-0123456789")])
			vole_strbuf_add(out, ".0");
		return;
	}
	if (!vole_value_int(p->rt, p->value, &bits, &ignored)) {
		vole_strbuf_add(out, "<unreadable>");
		return;
	}
	text = vole_people_number(p->rt, p->arena, p->value, (int64_t)bits);
	if (text)
		vole_strbuf_add(out, text);
	else if (kind == VOLE_KIND_BOOL)
		vole_strbuf_add(out, bits ? "true" : "false");
	else if (vole_kind_is_signed(kind))
		vole_strbuf_printf(out, "%" PRId64, (int64_t)bits);
	else
		vole_strbuf_printf(out, "%" PRIu64, bits);
}

static void put_string(const struct vole_people *p, struct vole_strbuf *out)
{
	struct vole_strbuf bytes = { 0 };

	if (vole_people_string(p, p->value, MAX_READ, &bytes))
		vole_people_quote(out, vole_strbuf_text(&bytes), bytes.len,
				  MAX_STRING);
	else
		vole_strbuf_add(out, "...");
	vole_strbuf_free(&bytes);
}

/* Types of which a Go constant alone would be. */
static bool is_default(const struct vole_type *type)
{
	return !strcmp(type->name, "int") || !strcmp(type->name, "string") ||
	       !strcmp(type->name, "bool") || !strcmp(type->name, "float64");
}

static void put_constant(const struct vole_people *p, struct vole_strbuf *out)
{
	const struct vole_type *type = p->value->type;
	bool convert = !is_default(type);

	if (convert)
		vole_strbuf_printf(out, "%s(", type->name);
	if (type->kind == VOLE_KIND_STRING)
		put_string(p, out);
	else if (type->kind == VOLE_KIND_COMPLEX64 ||
		 type->kind == VOLE_KIND_COMPLEX128)
		put_complex(p, out);
	else if (type->size <= SIZE_WORD)
		put_digits(p, out);
	else
		vole_strbuf_add(out, "...");
	if (convert)
		vole_strbuf_add(out, ")");
}

static void put_fields(const struct vole_people *p, struct vole_strbuf *out)
{
	const struct vole_type *type = p->value->type;
	struct vole_error ignored;
	size_t i;

	vole_strbuf_printf(out, "%s{", type->name);
	for (i = 0; i < type->num_fields && i < MAX_FIELDS; i++) {
		const struct vole_field *field = &type->fields[i];
		struct vole_people inner;
		struct vole_value part;

		vole_strbuf_printf(out, "%s%s: ", i ? ", " : "", field->name);
		inner = vole_people_inside(p, &part);
		if (!field->bit_size &&
		    vole_value_part(p->rt, p->value, field->type, field->offset,
				    &part, &ignored))
			vole_people_brief(&inner, out);
		else
			vole_strbuf_add(out, "...");
	}
	if (i < type->num_fields)
		vole_strbuf_printf(out, ", ... +%zu more",
				   type->num_fields - i);
	vole_strbuf_add(out, "}");
}

static void put_struct(const struct vole_people *p, struct vole_strbuf *out)
{
	const char *text = vole_people_text(p);

	if (text)
		vole_strbuf_printf(out, "%s(%s)", p->value->type->name, text);
	else
		put_fields(p, out);
}

/* Is the struct one of those that this text is about? */
static bool is_cycle(const struct vole_people *p,
		     const struct vole_value *value)
{
	const struct vole_people *at;

	for (at = p->outer; at; at = at->outer)
		if (at->value->where == VOLE_IN_MEMORY &&
		    at->value->addr == value->addr &&
		    at->value->type == value->type)
			return true;
	return false;
}

static void put_pointer(const struct vole_people *p, struct vole_strbuf *out)
{
	struct vole_value behind = { 0 };
	struct vole_people inner = vole_people_inside(p, &behind);

	if (!vole_people_behind(p, p->value, &behind) ||
	    behind.type->kind != VOLE_KIND_STRUCT) {
		put_word(p, out, "");
	} else if (is_cycle(p, &behind)) {
		put_word(p, out, " /* cycle */");
	} else {
		vole_strbuf_add(out, "&");
		vole_people_brief(&inner, out);
	}
}

static void put_dynamic(const struct vole_people *p, struct vole_strbuf *out)
{
	struct vole_value dynamic = { 0 };
	struct vole_people inner = vole_people_inside(p, &dynamic);
	struct vole_error err;
	bool nil;

	if (!vole_value_dynamic(p->rt, p->value, &nil, &dynamic, &err))
		vole_strbuf_printf(out, "<%s: %s>",
				   err.code == VOLE_CORRUPT ? "corrupt" :
							      "unreadable",
				   err.text);
	else if (nil)
		vole_strbuf_add(out, "nil");
	else
		vole_people_brief(&inner, out);
}

static void put_func(const struct vole_people *p, struct vole_strbuf *out)
{
	struct vole_funcval func;
	struct vole_error ignored;
	uint64_t addr;

	if (vole_value_word(p->rt, p->value, 0, &addr, &ignored) && addr &&
	    vole_funcval_open(p->rt, addr, &func, &ignored))
		vole_strbuf_add(out, func.func.name);
	else
		put_word(p, out, "");
}

static void put_length(const struct vole_people *p, struct vole_strbuf *out)
{
	const struct vole_type *type = p->value->type;
	uint64_t len = type->len, data = 1;
	struct vole_error ignored;

	if (type->kind == VOLE_KIND_SLICE &&
	    (!vole_value_word(p->rt, p->value, 0, &data, &ignored) ||
	     !vole_value_word(p->rt, p->value, SIZE_WORD, &len, &ignored)))
		vole_strbuf_add(out, "<unreadable>");
	else if (!data)
		vole_strbuf_add(out, "nil");
	else if (!len)
		vole_strbuf_printf(out, "%s{}", type->name);
	else
		vole_strbuf_printf(out, "%s{... +%" PRIu64 " more}", type->name,
				   len);
}

void vole_people_brief(const struct vole_people *p, struct vole_strbuf *out)
{
	if (!vole_people_may_go_on(p)) {
		vole_strbuf_add(out, "...");
		return;
	}
	switch (p->value->type->kind) {
	case VOLE_KIND_STRUCT:
		put_struct(p, out);
		break;
	case VOLE_KIND_PTR:
		put_pointer(p, out);
		break;
	case VOLE_KIND_INTERFACE:
		put_dynamic(p, out);
		break;
	case VOLE_KIND_FUNC:
		put_func(p, out);
		break;
	case VOLE_KIND_ARRAY:
	case VOLE_KIND_SLICE:
		put_length(p, out);
		break;
	case VOLE_KIND_CHAN:
	case VOLE_KIND_MAP:
	case VOLE_KIND_UNSAFE_POINTER:
		put_word(p, out, "");
		break;
	case VOLE_KIND_INVALID:
		vole_strbuf_add(out, "...");
		break;
	default:
		put_constant(p, out);
		break;
	}
}
