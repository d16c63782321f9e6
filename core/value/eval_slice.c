#include "value/eval.h"

#include "base/checked.h"
#include "base/quote.h"

/* What is sliced: an array in memory, a slice, a string. */
struct sliced {
	struct vole_type *elem; /* NULL: a string */
	struct vole_type *type; /* of the result */
	struct vole_chars chars; /* strings */
	uint64_t data, len, cap;
};

static bool refuse(const struct vole_value *base, const char *why,
		   struct vole_error *err)
{
	char name[128];

	vole_escape_into(name, sizeof(name), base->type->name);
	return vole_fail(err, VOLE_SYNTAX, VOLE_NOWHERE,
			 "cannot slice a value of type %s%s", name, why);
}

static bool open_array(struct vole_evaluation *ev,
		       const struct vole_value *base, struct sliced *ret,
		       struct vole_error *err)
{
	ret->elem = base->type->elem;
	if (!base->addressable || base->where != VOLE_IN_MEMORY)
		return refuse(base, ": it has no address", err);
	ret->data = base->addr;
	ret->len = ret->cap = base->type->len;
	return vole_type_load(ev->rt->types, ret->elem, err) &&
	       vole_types_slice(ev->rt->types, ret->elem, &ret->type, err);
}

static bool open_slice(struct vole_evaluation *ev,
		       const struct vole_value *base, struct sliced *ret,
		       struct vole_error *err)
{
	ret->elem = base->type->elem;
	ret->type = vole_type_of(base);
	if (!vole_type_load(ev->rt->types, ret->elem, err) ||
	    !vole_value_word(ev->rt, base, 0, &ret->data, err) ||
	    !vole_value_word(ev->rt, base, 8, &ret->len, err) ||
	    !vole_value_word(ev->rt, base, 16, &ret->cap, err))
		return false;
	if (ret->len > ret->cap || ret->cap > INT64_MAX)
		return vole_fail(err, VOLE_CORRUPT, ret->data,
				 "slice of length %" PRIu64
				 " and capacity %" PRIu64,
				 ret->len, ret->cap);
	return true;
}

static bool open_string(struct vole_evaluation *ev,
			const struct vole_value *base, struct sliced *ret,
			struct vole_error *err)
{
	ret->elem = NULL;
	ret->type = vole_type_of(base);
	if (!vole_chars_load(ev, base, &ret->chars, err))
		return false;
	ret->len = ret->cap = ret->chars.len;
	return true;
}

static bool open_base(struct vole_evaluation *ev, struct vole_value *base,
		      struct sliced *ret, struct vole_error *err)
{
	if (!vole_eval_base(ev, base, "slice", err))
		return false;
	if (base->type->kind == VOLE_KIND_STRING)
		return open_string(ev, base, ret, err);
	if (base->type->kind == VOLE_KIND_SLICE && base->type->elem)
		return open_slice(ev, base, ret, err);
	if (base->type->kind == VOLE_KIND_ARRAY && base->type->elem)
		return open_array(ev, base, ret, err);
	return refuse(base, "", err);
}

/* A bound at most @p limit; @p fallback when it is left out. */
static bool bound(struct vole_evaluation *ev, const struct vole_node *node,
		  uint64_t fallback, uint64_t limit, uint64_t *ret,
		  struct vole_error *err)
{
	*ret = fallback;
	if (!node)
		return true;
	if (!vole_eval_bound(ev, node, ret, err))
		return false;
	if (*ret > limit)
		return vole_fail_at(err, VOLE_SYNTAX, node->column,
				    "slice bound %" PRIu64
				    " out of range, at most %" PRIu64,
				    *ret, limit);
	return true;
}

static bool make_string(struct vole_evaluation *ev, const struct sliced *s,
			uint64_t low, uint64_t high, struct vole_value *ret,
			struct vole_error *err)
{
	uint64_t words[2] = { s->chars.addr, high - low };

	if (s->chars.bytes) {
		*ret = (struct vole_value){ .type = s->type,
					    .where = VOLE_IN_TEXT,
					    .bytes = s->chars.bytes + low,
					    .len = high - low };
		return true;
	}
	/* As Go does: an empty rest does not point past its string. */
	if (high > low)
		words[0] += low;
	return vole_words_store(ev, s->type, words, 2, ret, err);
}

static bool make_slice(struct vole_evaluation *ev, const struct sliced *s,
		       const uint64_t at[3], struct vole_value *ret,
		       struct vole_error *err)
{
	uint64_t words[3] = { s->data, at[1] - at[0], at[2] - at[0] };

	if (words[2] && !vole_at(s->data, at[0], s->elem->size, &words[0]))
		return vole_fail(err, VOLE_CORRUPT, s->data,
				 "slice ends past 2^64");
	return vole_words_store(ev, s->type, words, 3, ret, err);
}

bool vole_eval_slice(struct vole_evaluation *ev, const struct vole_node *node,
		     struct vole_operand *ret, struct vole_error *err)
{
	struct sliced s = { 0 };
	struct vole_value base;
	uint64_t at[3]; /* low, high, max */
	bool ok;

	if (!vole_eval_value(ev, node->a, &base, err))
		return false;
	if (!open_base(ev, &base, &s, err))
		return vole_eval_at(node->a, err);
	if (node->d && !s.elem)
		return vole_fail_at(err, VOLE_SYNTAX, node->d->column,
				    "a string has no capacity");
	if (!bound(ev, node->d, s.cap, s.cap, &at[2], err) ||
	    !bound(ev, node->c, s.len, at[2], &at[1], err) ||
	    !bound(ev, node->b, 0, at[1], &at[0], err))
		return false;
	ret->kind = VOLE_OPERAND_VALUE;
	ok = s.elem ? make_slice(ev, &s, at, &ret->value, err) :
		      make_string(ev, &s, at[0], at[1], &ret->value, err);
	return ok || vole_eval_at(node, err);
}
