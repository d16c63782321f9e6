#include "value/eval.h"

#include <string.h>

#include "base/checked.h"

/* Read a float of @p size bytes at @p offset as a double. */
static bool load_float(struct vole_evaluation *ev,
		       const struct vole_value *value, uint64_t offset,
		       uint64_t size, double *ret, struct vole_error *err)
{
	uint8_t bytes[8];
	float narrow;

	if (!vole_value_read(ev->rt, value, offset, bytes, size, err))
		return false;
	if (size == 8) {
		memcpy(ret, bytes, 8);
	} else {
		memcpy(&narrow, bytes, 4);
		*ret = narrow;
	}
	return true;
}

bool vole_number_load(struct vole_evaluation *ev,
		      const struct vole_value *value, struct vole_number *ret,
		      struct vole_error *err)
{
	struct vole_number n = { .kind = value->type->kind };
	bool is_complex = vole_kind_is_complex(n.kind);
	uint64_t size = value->type->size;

	if (!is_complex && !vole_kind_is_float(n.kind)) {
		if (!vole_value_int(ev->rt, value, &n.bits, err))
			return false;
		*ret = n;
		return true;
	}
	if (is_complex)
		size /= 2;
	if (size != 4 && size != 8)
		return vole_fail(err, VOLE_UNSUPPORTED, VOLE_NOWHERE,
				 "a float of %" PRIu64 " bytes", size);
	if (!load_float(ev, value, 0, size, &n.re, err) ||
	    (is_complex && !load_float(ev, value, size, size, &n.im, err)))
		return false;
	*ret = n;
	return true;
}

static void store_float(uint8_t *bytes, uint64_t size, double x)
{
	float narrow = (float)x;

	if (size == 8)
		memcpy(bytes, &x, 8);
	else
		memcpy(bytes, &narrow, 4);
}

bool vole_number_store(struct vole_evaluation *ev, struct vole_type *type,
		       const struct vole_number *number, struct vole_value *ret,
		       struct vole_error *err)
{
	bool is_complex = vole_kind_is_complex(type->kind);
	uint64_t size = is_complex ? type->size / 2 : type->size;
	bool is_float = is_complex || vole_kind_is_float(type->kind);
	uint8_t *bytes;

	if (!size || size > 8 || (is_float && size != 4 && size != 8))
		return vole_fail(err, VOLE_UNSUPPORTED, VOLE_NOWHERE,
				 "a number of %" PRIu64 " bytes", size);
	bytes = vole_arena_alloc(ev->arena, 16);
	if (!bytes)
		return vole_fail_nomem(err);
	if (is_float) {
		store_float(bytes, size, number->re);
		if (is_complex)
			store_float(bytes + size, size, number->im);
	} else {
		for (uint64_t i = 0; i < size; i++)
			bytes[i] = (uint8_t)(number->bits >> (8 * i));
	}
	*ret = (struct vole_value){ .type = type,
				    .where = VOLE_IN_BYTES,
				    .bytes = bytes };
	return true;
}

bool vole_words_store(struct vole_evaluation *ev, struct vole_type *type,
		      const uint64_t *words, size_t num, struct vole_value *ret,
		      struct vole_error *err)
{
	uint8_t *bytes;

	if (type->size != num * 8)
		return vole_fail(err, VOLE_CORRUPT, VOLE_NOWHERE,
				 "a %s of %" PRIu64 " bytes",
				 vole_kind_name(type->kind), type->size);
	bytes = vole_arena_array(ev->arena, num, 8);
	if (!bytes)
		return vole_fail_nomem(err);
	for (size_t i = 0; i < num * 8; i++)
		bytes[i] = (uint8_t)(words[i / 8] >> (8 * (i % 8)));
	*ret = (struct vole_value){ .type = type,
				    .where = VOLE_IN_BYTES,
				    .bytes = bytes };
	return true;
}

bool vole_chars_load(struct vole_evaluation *ev,
		     const struct vole_value *string, struct vole_chars *ret,
		     struct vole_error *err)
{
	struct vole_chars c = { 0 };

	if (string->where == VOLE_IN_TEXT) {
		c.bytes = string->bytes;
		c.len = string->len;
	} else if (!vole_value_word(ev->rt, string, 0, &c.addr, err) ||
		   !vole_value_word(ev->rt, string, 8, &c.len, err)) {
		return false;
	}
	if (!c.bytes && (c.len > INT64_MAX || !vole_range_ok(c.addr, c.len)))
		return vole_fail(err, VOLE_CORRUPT, c.addr,
				 "string of %" PRIu64 " bytes", c.len);
	*ret = c;
	return true;
}

bool vole_chars_copy(struct vole_evaluation *ev, const struct vole_chars *chars,
		     const uint8_t **ret, struct vole_error *err)
{
	uint8_t *copy;

	if (chars->bytes) {
		*ret = chars->bytes;
		return true;
	}
	if (chars->len > VOLE_MAX_CHARS)
		return vole_fail(err, VOLE_UNSUPPORTED, chars->addr,
				 "string of %" PRIu64
				 " bytes; at most %d are copied",
				 chars->len, VOLE_MAX_CHARS);
	if (!vole_eval_spend(ev, chars->len / 64, err))
		return false;
	/* Readable first: a lying length must not cost us the arena. */
	if (chars->len &&
	    !vole_memory_readable(ev->rt->mem, chars->addr + chars->len - 1))
		return vole_fail(err, VOLE_UNREADABLE, chars->addr,
				 "string of %" PRIu64
				 " bytes reaches into unreadable memory",
				 chars->len);
	copy = vole_arena_alloc(ev->arena, chars->len + 1);
	if (!copy)
		return vole_fail_nomem(err);
	if (chars->len && !vole_memory_read_all(ev->rt->mem, chars->addr, copy,
						chars->len, err))
		return false;
	*ret = copy;
	return true;
}
