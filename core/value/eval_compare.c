#include "value/eval.h"

#include <string.h>

#include "base/quote.h"

enum {
	MAX_DEPTH = 64, /* interfaces and composites inside each other */
	CHUNK = 512,
};

static bool equal(struct vole_evaluation *ev, const struct vole_value *a,
		  const struct vole_value *b, unsigned depth, bool *ret,
		  struct vole_error *err);

static bool has_nil(const struct vole_type *type)
{
	switch (type->kind) {
	case VOLE_KIND_PTR:
	case VOLE_KIND_UNSAFE_POINTER:
	case VOLE_KIND_CHAN:
	case VOLE_KIND_MAP:
	case VOLE_KIND_FUNC:
	case VOLE_KIND_SLICE:
	case VOLE_KIND_INTERFACE:
		return true;
	default:
		return false;
	}
}

bool vole_eval_is_nil(struct vole_evaluation *ev,
		      const struct vole_value *value, bool *ret,
		      struct vole_error *err)
{
	char name[128];
	uint64_t word;

	if (!has_nil(value->type)) {
		vole_escape_into(name, sizeof(name), value->type->name);
		return vole_fail(err, VOLE_SYNTAX, VOLE_NOWHERE,
				 "a value of type %s is never nil", name);
	}
	/* Of interfaces the type word decides, of slices the data word. */
	if (!vole_value_word(ev->rt, value, 0, &word, err))
		return false;
	*ret = word == 0;
	return true;
}

/* Up to CHUNK bytes of @p chars from @p at on. */
static bool chunk(struct vole_evaluation *ev, const struct vole_chars *chars,
		  uint64_t at, uint64_t len, uint8_t buf[CHUNK],
		  struct vole_error *err)
{
	if (chars->bytes) {
		memcpy(buf, chars->bytes + at, len);
		return true;
	}
	return vole_memory_read_all(ev->rt->mem, chars->addr + at, buf, len,
				    err);
}

bool vole_chars_compare(struct vole_evaluation *ev, const struct vole_chars *a,
			const struct vole_chars *b, int *ret,
			struct vole_error *err)
{
	uint64_t both = a->len < b->len ? a->len : b->len;
	uint8_t x[CHUNK], y[CHUNK];
	int order = 0;

	/* The same bytes at the same place need no reading. */
	if (!a->bytes && !b->bytes && a->addr == b->addr)
		both = 0;
	for (uint64_t at = 0; at < both && !order; at += CHUNK) {
		uint64_t len = both - at < CHUNK ? both - at : CHUNK;

		if (!vole_eval_spend(ev, 1, err) ||
		    !chunk(ev, a, at, len, x, err) ||
		    !chunk(ev, b, at, len, y, err))
			return false;
		order = memcmp(x, y, len);
	}
	if (!order)
		order = (a->len > b->len) - (a->len < b->len);
	*ret = (order > 0) - (order < 0);
	return true;
}

static bool equal_strings(struct vole_evaluation *ev,
			  const struct vole_value *a,
			  const struct vole_value *b, bool *ret,
			  struct vole_error *err)
{
	struct vole_chars x, y;
	int order;

	if (!vole_chars_load(ev, a, &x, err) ||
	    !vole_chars_load(ev, b, &y, err))
		return false;
	*ret = x.len == y.len;
	if (!*ret)
		return true;
	if (!vole_chars_compare(ev, &x, &y, &order, err))
		return false;
	*ret = order == 0;
	return true;
}

/* Interface with interface, or with a value of another type. */
static bool equal_dynamic(struct vole_evaluation *ev,
			  const struct vole_value *a,
			  const struct vole_value *b, unsigned depth, bool *ret,
			  struct vole_error *err)
{
	const struct vole_value *sides[2] = { a, b };
	bool nil[2] = { false, false };
	struct vole_value at[2];

	for (int i = 0; i < 2; i++) {
		at[i] = *sides[i];
		if (sides[i]->type->kind == VOLE_KIND_INTERFACE &&
		    !vole_value_dynamic(ev->rt, sides[i], &nil[i], &at[i], err))
			return false;
	}
	*ret = nil[0] && nil[1];
	if (nil[0] || nil[1] || !vole_same_type(at[0].type, at[1].type))
		return true;
	if (at[0].type->kind == VOLE_KIND_INTERFACE)
		return vole_fail(err, VOLE_CORRUPT, VOLE_NOWHERE,
				 "interface inside interface");
	return equal(ev, &at[0], &at[1], depth + 1, ret, err);
}

static bool equal_structs(struct vole_evaluation *ev,
			  const struct vole_value *a,
			  const struct vole_value *b, unsigned depth, bool *ret,
			  struct vole_error *err)
{
	struct vole_value x, y;

	*ret = true;
	for (size_t i = 0; i < a->type->num_fields && *ret; i++) {
		const struct vole_field *f = &a->type->fields[i];

		if (!vole_eval_spend(ev, 1, err))
			return false;
		if (f->name && strcmp(f->name, "_") == 0)
			continue;
		if (!vole_value_part(ev->rt, a, f->type, f->offset, &x, err) ||
		    !vole_value_part(ev->rt, b, f->type, f->offset, &y, err) ||
		    !equal(ev, &x, &y, depth + 1, ret, err))
			return false;
	}
	return true;
}

static bool equal_arrays(struct vole_evaluation *ev, const struct vole_value *a,
			 const struct vole_value *b, unsigned depth, bool *ret,
			 struct vole_error *err)
{
	struct vole_type *elem = a->type->elem;
	struct vole_value x, y;

	*ret = true;
	if (!elem)
		return vole_fail(err, VOLE_CORRUPT, VOLE_NOWHERE,
				 "array of nothing");
	if (!vole_type_load(ev->rt->types, elem, err))
		return false;
	/* [2^60]struct{} is legal and takes no time in Go either. */
	if (!elem->size)
		return true;
	for (uint64_t i = 0; i < a->type->len && *ret; i++)
		if (!vole_value_part(ev->rt, a, elem, i * elem->size, &x,
				     err) ||
		    !vole_value_part(ev->rt, b, elem, i * elem->size, &y,
				     err) ||
		    !equal(ev, &x, &y, depth + 1, ret, err))
			return false;
	return true;
}

static bool equal_numbers(struct vole_evaluation *ev,
			  const struct vole_value *a,
			  const struct vole_value *b, bool *ret,
			  struct vole_error *err)
{
	struct vole_number x, y;

	if (!vole_number_load(ev, a, &x, err) ||
	    !vole_number_load(ev, b, &y, err))
		return false;
	/* NaN is not equal to itself: C's and Go's == agree. */
	*ret = x.bits == y.bits && x.re == y.re && x.im == y.im;
	return true;
}

static bool incomparable(const struct vole_value *a, struct vole_error *err)
{
	char name[128];

	vole_escape_into(name, sizeof(name), a->type->name);
	return vole_fail(err, VOLE_SYNTAX, VOLE_NOWHERE,
			 "values of type %s cannot be compared but with nil",
			 name);
}

static bool equal(struct vole_evaluation *ev, const struct vole_value *a,
		  const struct vole_value *b, unsigned depth, bool *ret,
		  struct vole_error *err)
{
	if (depth > MAX_DEPTH)
		return vole_fail(err, VOLE_CORRUPT, VOLE_NOWHERE,
				 "values nested deeper than %d", MAX_DEPTH);
	if (!vole_eval_spend(ev, 1, err))
		return false;
	if (a->type->kind == VOLE_KIND_INTERFACE ||
	    b->type->kind == VOLE_KIND_INTERFACE)
		return equal_dynamic(ev, a, b, depth, ret, err);
	switch (a->type->kind) {
	case VOLE_KIND_STRING:
		return equal_strings(ev, a, b, ret, err);
	case VOLE_KIND_STRUCT:
		return equal_structs(ev, a, b, depth, ret, err);
	case VOLE_KIND_ARRAY:
		return equal_arrays(ev, a, b, depth, ret, err);
	case VOLE_KIND_SLICE:
	case VOLE_KIND_MAP:
	case VOLE_KIND_FUNC:
	case VOLE_KIND_INVALID:
		return incomparable(a, err);
	default:
		return equal_numbers(ev, a, b, ret, err);
	}
}

bool vole_eval_equal(struct vole_evaluation *ev, const struct vole_value *a,
		     const struct vole_value *b, bool *ret,
		     struct vole_error *err)
{
	return equal(ev, a, b, 0, ret, err);
}
