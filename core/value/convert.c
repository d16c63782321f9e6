#include "value/eval.h"

#include <math.h>
#include <string.h>

#include "base/quote.h"
#include "runtime/iface.h"
#include "runtime/rtype.h"

static bool is_integer(enum vole_kind kind)
{
	return vole_kind_is_signed(kind) || vole_kind_is_unsigned(kind);
}

/* Kinds that are one word: an address. */
static bool is_address(enum vole_kind kind)
{
	return kind == VOLE_KIND_PTR || kind == VOLE_KIND_UNSAFE_POINTER ||
	       kind == VOLE_KIND_CHAN || kind == VOLE_KIND_MAP ||
	       kind == VOLE_KIND_FUNC;
}

static bool refuse(const char *what, const struct vole_type *type,
		   struct vole_error *err)
{
	char from[128], to[128];

	return vole_fail(err, VOLE_SYNTAX, VOLE_NOWHERE,
			 "cannot convert %s to %s",
			 vole_escape_into(from, sizeof(from), what),
			 vole_escape_into(to, sizeof(to), type->name));
}

static bool refuse_constant(const struct vole_constant *c,
			    const struct vole_type *type,
			    struct vole_error *err)
{
	char text[64], to[128];

	return vole_fail(err, VOLE_SYNTAX, VOLE_NOWHERE,
			 "cannot use %s (untyped %s) as %s",
			 vole_constant_show(c, text, sizeof(text)),
			 vole_constant_kind_name(c->kind),
			 vole_escape_into(to, sizeof(to), type->name));
}

static bool make_text(struct vole_type *type, const void *text, size_t len,
		      struct vole_value *ret)
{
	*ret = (struct vole_value){
		.type = type, .where = VOLE_IN_TEXT, .bytes = text, .len = len
	};
	return true;
}

/* string(rune) */
static bool rune_text(struct vole_evaluation *ev, uint64_t rune,
		      struct vole_type *type, struct vole_value *ret,
		      struct vole_error *err)
{
	char *text = vole_arena_alloc(ev->arena, 4);
	size_t len;

	if (!text)
		return vole_fail_nomem(err);
	len = vole_rune_encode(rune > 0x10ffff ? 0xfffd : (uint32_t)rune, text);
	return make_text(type, text, len, ret);
}

/* Does @p i fit into the integer or address type? */
static bool fits(__int128 i, const struct vole_type *type)
{
	unsigned bits = (unsigned)(type->size < 8 ? type->size * 8 : 64);

	if (vole_kind_is_signed(type->kind))
		return i >= -((__int128)1 << (bits - 1)) &&
		       i < (__int128)1 << (bits - 1);
	return i >= 0 && i < (__int128)1 << bits;
}

static bool constant_integer(struct vole_evaluation *ev,
			     const struct vole_constant *c,
			     struct vole_type *type, struct vole_value *ret,
			     struct vole_error *err)
{
	struct vole_number n = { .kind = type->kind };
	char text[64], to[128];
	__int128 i;

	if (!vole_constant_is_number(c))
		return refuse_constant(c, type, err);
	vole_constant_show(c, text, sizeof(text));
	vole_escape_into(to, sizeof(to), type->name);
	if (!vole_constant_to_int(c, &i))
		return vole_fail(err, VOLE_SYNTAX, VOLE_NOWHERE,
				 "constant %s is truncated to %s", text, to);
	if (!type->size || !fits(i, type))
		return vole_fail(err, VOLE_SYNTAX, VOLE_NOWHERE,
				 "constant %s overflows %s", text, to);
	n.bits = (uint64_t)i;
	return vole_number_store(ev, type, &n, ret, err);
}

static bool constant_float(struct vole_evaluation *ev,
			   const struct vole_constant *c,
			   struct vole_type *type, struct vole_value *ret,
			   struct vole_error *err)
{
	struct vole_constant wide = vole_constant_to_complex(c);
	struct vole_number n = { .kind = type->kind };
	bool is_complex = vole_kind_is_complex(type->kind);
	bool narrow = type->size == (is_complex ? 8 : 4);
	char text[64], to[128];

	if (!vole_constant_is_number(c) || (!is_complex && wide.im != 0))
		return refuse_constant(c, type, err);
	n.re = narrow ? (double)(float)wide.re : wide.rounded;
	n.im = narrow ? (double)(float)wide.im : (double)wide.im;
	if (!isfinite(n.re) || !isfinite(n.im))
		return vole_fail(err, VOLE_SYNTAX, VOLE_NOWHERE,
				 "constant %s overflows %s",
				 vole_constant_show(c, text, sizeof(text)),
				 vole_escape_into(to, sizeof(to), type->name));
	return vole_number_store(ev, type, &n, ret, err);
}

static bool to_interface(struct vole_evaluation *ev,
			 const struct vole_value *value, struct vole_type *type,
			 struct vole_value *ret, struct vole_error *err);

/* A constant as a @p type; @p explicit: T(c), which may do more. */
static bool constant_to(struct vole_evaluation *ev,
			const struct vole_constant *c, struct vole_type *type,
			bool explicit, struct vole_value *ret,
			struct vole_error *err)
{
	struct vole_number n = { .kind = type->kind, .bits = c->truth };
	struct vole_value value;
	__int128 i;

	if (is_integer(type->kind))
		return constant_integer(ev, c, type, ret, err);
	if (vole_kind_is_number(type->kind))
		return constant_float(ev, c, type, ret, err);
	if (type->kind == VOLE_KIND_BOOL && c->kind == VOLE_CONSTANT_BOOL)
		return vole_number_store(ev, type, &n, ret, err);
	if (type->kind == VOLE_KIND_STRING && c->kind == VOLE_CONSTANT_STRING)
		return make_text(type, c->text, c->len, ret);
	if (type->kind == VOLE_KIND_INTERFACE)
		return vole_constant_value(ev, c, &value, err) &&
		       to_interface(ev, &value, type, ret, err);
	if (!explicit || !type->size)
		return refuse_constant(c, type, err);
	if (type->kind == VOLE_KIND_STRING &&
	    (c->kind == VOLE_CONSTANT_INT || c->kind == VOLE_CONSTANT_RUNE) &&
	    vole_constant_to_int(c, &i))
		return rune_text(ev,
				 i < 0 || i > 0x10ffff ? 0xfffd : (uint64_t)i,
				 type, ret, err);
	if (is_address(type->kind))
		return constant_integer(ev, c, type, ret, err);
	if (type->kind == VOLE_KIND_SLICE && c->kind == VOLE_CONSTANT_STRING)
		return vole_fail(err, VOLE_UNSUPPORTED, VOLE_NOWHERE,
				 "the bytes of a string of the expression "
				 "have no place in the target");
	return refuse_constant(c, type, err);
}

bool vole_constant_value(struct vole_evaluation *ev,
			 const struct vole_constant *c, struct vole_value *ret,
			 struct vole_error *err)
{
	static const enum vole_kind kinds[] = {
		[VOLE_CONSTANT_BOOL] = VOLE_KIND_BOOL,
		[VOLE_CONSTANT_STRING] = VOLE_KIND_STRING,
		[VOLE_CONSTANT_INT] = VOLE_KIND_INT,
		[VOLE_CONSTANT_RUNE] = VOLE_KIND_INT32,
		[VOLE_CONSTANT_FLOAT] = VOLE_KIND_FLOAT64,
		[VOLE_CONSTANT_COMPLEX] = VOLE_KIND_COMPLEX128,
	};
	struct vole_type *type;

	return vole_types_basic(ev->rt->types, kinds[c->kind], &type, err) &&
	       constant_to(ev, c, type, false, ret, err);
}

/* Of two words: what interface{}(x) would hold. */
static bool to_interface(struct vole_evaluation *ev,
			 const struct vole_value *value, struct vole_type *type,
			 struct vole_value *ret, struct vole_error *err)
{
	struct vole_rtype head;
	struct vole_value dynamic = *value;
	uint64_t words[2] = { 0, 0 };
	bool nil = false;

	if (vole_same_type(value->type, type)) {
		*ret = *value;
		return true;
	}
	if (!type->is_eface)
		return vole_fail(err, VOLE_UNSUPPORTED, VOLE_NOWHERE,
				 "an interface with methods cannot be made "
				 "here: nothing is executed in the target");
	if (value->type->kind == VOLE_KIND_INTERFACE &&
	    !vole_value_dynamic(ev->rt, value, &nil, &dynamic, err))
		return false;
	if (nil)
		return vole_words_store(ev, type, words, 2, ret, err);
	if (!vole_rtype_of(ev->rt, dynamic.type, &words[0], err) ||
	    !vole_rtype_read(ev->rt, words[0], &head, err))
		return false;
	if (head.direct) {
		if (!vole_value_word(ev->rt, &dynamic, 0, &words[1], err))
			return false;
	} else if (dynamic.where == VOLE_IN_MEMORY) {
		words[1] = dynamic.addr;
	} else {
		return vole_fail(err, VOLE_UNSUPPORTED, VOLE_NOWHERE,
				 "a value of the expression has no place in "
				 "the target that an interface could hold");
	}
	return vole_words_store(ev, type, words, 2, ret, err);
}

static bool nil_to(struct vole_evaluation *ev, struct vole_type *type,
		   struct vole_value *ret, struct vole_error *err)
{
	const uint64_t zero[3] = { 0, 0, 0 };

	if (!is_address(type->kind) && type->kind != VOLE_KIND_SLICE &&
	    type->kind != VOLE_KIND_INTERFACE)
		return refuse("nil", type, err);
	return vole_words_store(ev, type, zero,
				type->kind == VOLE_KIND_SLICE	  ? 3 :
				type->kind == VOLE_KIND_INTERFACE ? 2 :
								    1,
				ret, err);
}

bool vole_assign(struct vole_evaluation *ev, const struct vole_operand *operand,
		 struct vole_type *type, struct vole_value *ret,
		 struct vole_error *err)
{
	if (operand->kind == VOLE_OPERAND_NIL)
		return nil_to(ev, type, ret, err);
	if (operand->kind == VOLE_OPERAND_CONSTANT)
		return constant_to(ev, &operand->constant, type, false, ret,
				   err);
	if (type->kind == VOLE_KIND_INTERFACE)
		return to_interface(ev, &operand->value, type, ret, err);
	if (!vole_assignable(operand->value.type, type))
		return refuse(operand->value.type->name, type, err);
	*ret = operand->value;
	ret->type = type;
	return true;
}

/*
 * What the machine's truncation gives, in and out of range: to 32 bits for
 * types that fit in them with their sign, else to 64.
 */
static uint64_t float_bits(double x, const struct vole_type *type)
{
	bool is_unsigned = vole_kind_is_unsigned(type->kind);

	if (type->size + is_unsigned <= 4)
		return x > -0x1p31 - 1 && x < 0x1p31 ? (uint64_t)(int64_t)x :
						       (uint64_t)INT32_MIN;
	if (is_unsigned && x >= 0x1p63 && x < 0x1p64)
		return (uint64_t)(x - 0x1p63) ^ (1ull << 63);
	if (!(x >= -0x1p63 && x < 0x1p63))
		return 1ull << 63;
	return (uint64_t)(int64_t)x;
}

static bool number_to_number(struct vole_evaluation *ev,
			     const struct vole_value *value,
			     struct vole_type *type, struct vole_value *ret,
			     struct vole_error *err)
{
	struct vole_number n;

	if (vole_kind_is_complex(value->type->kind) !=
	    vole_kind_is_complex(type->kind))
		return refuse(value->type->name, type, err);
	if (!vole_number_load(ev, value, &n, err))
		return false;
	if (vole_kind_is_float(n.kind) && is_integer(type->kind))
		n.bits = float_bits(n.re, type);
	/* Rounded once. */
	else if (vole_kind_is_signed(n.kind))
		n.re = type->size == 4 ? (double)(float)(int64_t)n.bits :
					 (double)(int64_t)n.bits;
	else if (vole_kind_is_unsigned(n.kind))
		n.re = type->size == 4 ? (double)(float)n.bits : (double)n.bits;
	return vole_number_store(ev, type, &n, ret, err);
}

/* string(runes) */
static bool runes_text(struct vole_evaluation *ev, uint64_t data, uint64_t len,
		       struct vole_type *type, struct vole_value *ret,
		       struct vole_error *err)
{
	struct vole_chars chars = { .addr = data, .len = len * 4 };
	const uint8_t *from;
	size_t at = 0;
	char *text;

	if (len > VOLE_MAX_CHARS / 4)
		return vole_fail(err, VOLE_UNSUPPORTED, data,
				 "%" PRIu64 " runes", len);
	if (!vole_chars_copy(ev, &chars, &from, err))
		return false;
	text = vole_arena_alloc(ev->arena, len * 4 + 1);
	if (!text)
		return vole_fail_nomem(err);
	for (uint64_t i = 0; i < len; i++) {
		uint32_t rune;

		memcpy(&rune, from + i * 4, 4);
		at += vole_rune_encode(rune, text + at);
	}
	return make_text(type, text, at, ret);
}

static bool slice_to_string(struct vole_evaluation *ev,
			    const struct vole_value *value,
			    struct vole_type *type, struct vole_value *ret,
			    struct vole_error *err)
{
	struct vole_type *elem = value->type->elem;
	uint64_t words[2];

	if (!vole_type_load(ev->rt->types, elem, err) ||
	    !vole_value_word(ev->rt, value, 0, &words[0], err) ||
	    !vole_value_word(ev->rt, value, 8, &words[1], err))
		return false;
	/* The very bytes: nothing changes them while we look. */
	if (elem->kind == VOLE_KIND_UINT8)
		return vole_words_store(ev, type, words, 2, ret, err);
	if (elem->kind == VOLE_KIND_INT32)
		return runes_text(ev, words[0], words[1], type, ret, err);
	return refuse(value->type->name, type, err);
}

static bool string_to_slice(struct vole_evaluation *ev,
			    const struct vole_value *value,
			    struct vole_type *type, struct vole_value *ret,
			    struct vole_error *err)
{
	struct vole_chars chars;
	uint64_t words[3];

	if (!vole_type_load(ev->rt->types, type->elem, err) ||
	    !vole_chars_load(ev, value, &chars, err))
		return false;
	if (type->elem->kind != VOLE_KIND_UINT8 || chars.bytes)
		return vole_fail(err, VOLE_UNSUPPORTED, VOLE_NOWHERE,
				 "the elements of the slice have no place in "
				 "the target");
	words[0] = chars.addr;
	words[1] = words[2] = chars.len;
	return vole_words_store(ev, type, words, 3, ret, err);
}

/* [N]T(s) and (*[N]T)(s) of a slice that is long enough. */
static bool slice_to_array(struct vole_evaluation *ev,
			   const struct vole_value *value,
			   struct vole_type *type, struct vole_value *ret,
			   struct vole_error *err)
{
	bool pointer = type->kind == VOLE_KIND_PTR;
	struct vole_type *array = pointer ? type->elem : type;
	uint64_t data, len;

	if (!array || !vole_type_load(ev->rt->types, array, err))
		return false;
	if (array->kind != VOLE_KIND_ARRAY ||
	    !vole_same_type(array->elem, value->type->elem))
		return refuse(value->type->name, type, err);
	if (!vole_value_word(ev->rt, value, 0, &data, err) ||
	    !vole_value_word(ev->rt, value, 8, &len, err))
		return false;
	if (len < array->len)
		return vole_fail(err, VOLE_SYNTAX, VOLE_NOWHERE,
				 "slice of length %" PRIu64
				 " is too short for an array of %" PRIu64,
				 len, array->len);
	if (pointer)
		return vole_words_store(ev, type, &data, 1, ret, err);
	if (!vole_value_at(ev->rt, array, data, ret, err))
		return false;
	ret->addressable = false;
	return true;
}

/* Addresses to each other and to numbers: what debugging is made of. */
static bool word_to_word(struct vole_evaluation *ev,
			 const struct vole_value *value, struct vole_type *type,
			 struct vole_value *ret, struct vole_error *err)
{
	struct vole_number n;

	if (!vole_number_load(ev, value, &n, err))
		return false;
	return vole_number_store(ev, type, &n, ret, err);
}

static bool convert_value(struct vole_evaluation *ev,
			  const struct vole_value *value,
			  struct vole_type *type, struct vole_value *ret,
			  struct vole_error *err)
{
	enum vole_kind from = value->type->kind, to = type->kind;
	struct vole_number n;

	if (vole_same_underlying(value->type, type)) {
		*ret = *value;
		ret->type = type;
		ret->addressable = false;
		return true;
	}
	if (to == VOLE_KIND_INTERFACE)
		return to_interface(ev, value, type, ret, err);
	if (vole_kind_is_number(from) && vole_kind_is_number(to))
		return number_to_number(ev, value, type, ret, err);
	if ((is_address(from) || is_integer(from)) &&
	    (is_address(to) || is_integer(to)))
		return word_to_word(ev, value, type, ret, err);
	if (from == VOLE_KIND_SLICE &&
	    (to == VOLE_KIND_ARRAY || to == VOLE_KIND_PTR))
		return slice_to_array(ev, value, type, ret, err);
	if (from == VOLE_KIND_SLICE && to == VOLE_KIND_STRING &&
	    value->type->elem)
		return slice_to_string(ev, value, type, ret, err);
	if (from == VOLE_KIND_STRING && to == VOLE_KIND_SLICE && type->elem)
		return string_to_slice(ev, value, type, ret, err);
	if (is_integer(from) && to == VOLE_KIND_STRING)
		return vole_number_load(ev, value, &n, err) &&
		       rune_text(ev, n.bits, type, ret, err);
	return refuse(value->type->name, type, err);
}

bool vole_convert(struct vole_evaluation *ev,
		  const struct vole_operand *operand, struct vole_type *type,
		  struct vole_value *ret, struct vole_error *err)
{
	if (operand->kind == VOLE_OPERAND_NIL)
		return nil_to(ev, type, ret, err);
	if (operand->kind == VOLE_OPERAND_CONSTANT)
		return constant_to(ev, &operand->constant, type, true, ret,
				   err);
	if (operand->shifted && type->kind != VOLE_KIND_INT)
		return vole_fail(
			err, VOLE_UNSUPPORTED, VOLE_NOWHERE,
			"the constant that is shifted would be of the "
			"type that this converts to: convert it first, "
			"as in uint8(1)<<n");
	return convert_value(ev, &operand->value, type, ret, err);
}
