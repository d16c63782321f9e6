#include "value/walk_private.h"

#include <string.h>

#include "value/people.h"

enum {
	/* Bytes of a string for each element of the limit. */
	STRING_FACTOR = 16,
	MAX_STRING = 64 << 20, /* bytes shown of one string with --limit 0 */
};

static int64_t extend(uint64_t bits, uint64_t size)
{
	unsigned shift = size < 8 ? 64 - 8 * (unsigned)size : 0;

	return (int64_t)(bits << shift) >> shift;
}

static double float_at(const uint8_t *bytes, unsigned bits)
{
	double d;
	float f;

	if (bits == 32) {
		memcpy(&f, bytes, sizeof(f));
		return (double)f;
	}
	memcpy(&d, bytes, sizeof(d));
	return d;
}

void vole_walk_number(struct vole_walk *w, const struct vole_value *value,
		      struct vole_value_head *head)
{
	enum vole_kind kind = value->type->kind;
	struct vole_scalar s = { .bits = (unsigned)value->type->size * 8 };
	struct vole_error err;
	uint8_t bytes[16] = { 0 };
	uint64_t word;

	if (value->type->size > sizeof(bytes) || !value->type->size) {
		vole_fail(&err, VOLE_CORRUPT, VOLE_NOWHERE,
			  "a number of %" PRIu64 " bytes", value->type->size);
		vole_walk_broken(w, head, &err);
		return;
	}
	if (!vole_value_read(w->rt, value, 0, bytes, value->type->size, &err)) {
		vole_walk_broken(w, head, &err);
		return;
	}
	memcpy(&word, bytes, sizeof(word));
	s.u = word;
	if (kind == VOLE_KIND_BOOL) {
		s.kind = VOLE_SCALAR_BOOL;
	} else if (vole_kind_is_signed(kind)) {
		s.kind = VOLE_SCALAR_INT;
		s.i = extend(word, value->type->size);
	} else if (vole_kind_is_unsigned(kind)) {
		s.kind = VOLE_SCALAR_UINT;
	} else if (vole_kind_is_float(kind)) {
		s.kind = VOLE_SCALAR_FLOAT;
		s.re = float_at(bytes, s.bits);
	} else {
		s.kind = VOLE_SCALAR_COMPLEX;
		s.re = float_at(bytes, s.bits / 2);
		s.im = float_at(bytes + s.bits / 16, s.bits / 2);
	}
	head->text = w->limits->raw ?
			     NULL :
			     vole_people_number(w->rt, w->arena, value,
						s.kind == VOLE_SCALAR_INT ?
							s.i :
							(int64_t)s.u);
	vole_walk_scalar(w, head, &s);
}

static void show_string(struct vole_walk *w, struct vole_value_head *head,
			const char *text, uint64_t len, uint64_t whole)
{
	const struct vole_scalar s = { .kind = VOLE_SCALAR_STRING,
				       .text = text,
				       .text_len = len,
				       .omitted = whole - len };

	head->has_len = true;
	head->len = whole;
	vole_walk_scalar(w, head, &s);
}

static uint64_t string_limit(const struct vole_walk *w, uint64_t len)
{
	uint64_t most = MAX_STRING;

	if (w->limits->count && w->limits->count < MAX_STRING / STRING_FACTOR)
		most = w->limits->count * STRING_FACTOR;
	return len < most ? len : most;
}

void vole_walk_string(struct vole_walk *w, const struct vole_value *value,
		      struct vole_value_head *head)
{
	struct vole_slice s;
	struct vole_error err;
	const uint8_t *lent;
	size_t have = 0;
	uint64_t len;
	char *text;

	if (value->where == VOLE_IN_TEXT) {
		len = string_limit(w, value->len);
		show_string(w, head, (const char *)value->bytes, len,
			    value->len);
		return;
	}
	if (!vole_walk_open_slice(w, value, &s, &err) ||
	    !vole_slice_check(&s, &err)) {
		vole_walk_broken(w, head, &err);
		return;
	}
	len = string_limit(w, s.len);
	lent = len ? vole_memory_borrow(w->rt->mem, s.data, &have) : NULL;
	if (!len || (lent && have >= len)) {
		show_string(w, head, lent ? (const char *)lent : "", len,
			    s.len);
		return;
	}
	/* Prove that the end can be read before room is made for it all. */
	if (!vole_memory_readable(w->rt->mem, s.data + len - 1)) {
		vole_fail(&err, VOLE_UNREADABLE, s.data + len - 1,
			  "a string of %" PRIu64
			  " bytes ends where nothing can be read",
			  s.len);
		vole_walk_broken(w, head, &err);
		return;
	}
	text = vole_arena_alloc(w->arena, len);
	if (!text)
		vole_fail_nomem(&err);
	if (!text || !vole_memory_read_all(w->rt->mem, s.data, text, len, &err))
		vole_walk_broken(w, head, &err);
	else
		show_string(w, head, text, len, s.len);
}
