#include "value/eval.h"

#include "base/checked.h"
#include "base/quote.h"

bool vole_eval_bound(struct vole_evaluation *ev, const struct vole_node *node,
		     uint64_t *ret, struct vole_error *err)
{
	struct vole_operand operand = { 0 };
	struct vole_number n = { 0 };
	char buf[64];
	__int128 i;

	if (!vole_eval_operand(ev, node, &operand, err))
		return false;
	if (operand.kind == VOLE_OPERAND_CONSTANT) {
		if (!vole_constant_to_int(&operand.constant, &i) ||
		    i > INT64_MAX)
			return vole_fail_at(
				err, VOLE_SYNTAX, node->column,
				"%s is no index",
				vole_constant_show(&operand.constant, buf,
						   sizeof(buf)));
		if (i < 0)
			return vole_fail_at(
				err, VOLE_SYNTAX, node->column,
				"negative index %s",
				vole_constant_show(&operand.constant, buf,
						   sizeof(buf)));
		*ret = (uint64_t)i;
		return true;
	}
	if (operand.kind != VOLE_OPERAND_VALUE ||
	    !(vole_kind_is_signed(operand.value.type->kind) ||
	      vole_kind_is_unsigned(operand.value.type->kind)))
		return vole_fail_at(err, VOLE_SYNTAX, node->column,
				    "the index is no integer");
	if (!vole_number_load(ev, &operand.value, &n, err))
		return vole_eval_at(node, err);
	if (vole_kind_is_signed(n.kind) && (int64_t)n.bits < 0)
		return vole_fail_at(err, VOLE_SYNTAX, node->column,
				    "negative index %" PRId64, (int64_t)n.bits);
	*ret = n.bits;
	return true;
}

static bool out_of_range(const struct vole_node *node, uint64_t index,
			 uint64_t len, struct vole_error *err)
{
	return vole_fail_at(err, VOLE_SYNTAX, node->column,
			    "index %" PRIu64
			    " out of range, length is %" PRIu64,
			    index, len);
}

static bool index_array(struct vole_evaluation *ev, const struct vole_node *key,
			const struct vole_value *array, struct vole_value *ret,
			struct vole_error *err)
{
	struct vole_type *elem = array->type->elem;
	uint64_t index, offset;

	if (!vole_eval_bound(ev, key, &index, err))
		return false;
	if (index >= array->type->len)
		return out_of_range(key, index, array->type->len, err);
	if (!elem || !vole_type_load(ev->rt->types, elem, err))
		return vole_eval_at(key, err);
	if (!vole_at(0, index, elem->size, &offset))
		return out_of_range(key, index, array->type->len, err);
	return vole_value_part(ev->rt, array, elem, offset, ret, err) ||
	       vole_eval_at(key, err);
}

static bool index_slice(struct vole_evaluation *ev, const struct vole_node *key,
			const struct vole_value *value, struct vole_value *ret,
			struct vole_error *err)
{
	struct vole_type *elem = value->type->elem;
	uint64_t index, data, len, addr;

	if (!vole_eval_bound(ev, key, &index, err))
		return false;
	if (!elem || !vole_type_load(ev->rt->types, elem, err) ||
	    !vole_value_word(ev->rt, value, 0, &data, err) ||
	    !vole_value_word(ev->rt, value, 8, &len, err))
		return vole_eval_at(key, err);
	if (index >= len || len > INT64_MAX)
		return out_of_range(key, index, len, err);
	if (!vole_at(data, index, elem->size, &addr)) {
		vole_fail(err, VOLE_CORRUPT, data,
			  "slice of %" PRIu64 " elements ends past 2^64", len);
		return vole_eval_at(key, err);
	}
	return vole_value_at(ev->rt, elem, addr, ret, err) ||
	       vole_eval_at(key, err);
}

static bool index_string(struct vole_evaluation *ev,
			 const struct vole_node *key,
			 const struct vole_value *value, struct vole_value *ret,
			 struct vole_error *err)
{
	struct vole_chars chars;
	struct vole_type *byte;
	uint64_t index;

	if (!vole_eval_bound(ev, key, &index, err))
		return false;
	if (!vole_chars_load(ev, value, &chars, err) ||
	    !vole_types_basic(ev->rt->types, VOLE_KIND_UINT8, &byte, err))
		return vole_eval_at(key, err);
	if (index >= chars.len)
		return out_of_range(key, index, chars.len, err);
	*ret = (struct vole_value){ .type = byte, .where = VOLE_IN_MEMORY };
	if (chars.bytes) {
		ret->where = VOLE_IN_BYTES;
		ret->bytes = chars.bytes + index;
	} else {
		ret->addr = chars.addr + index;
	}
	return true;
}

/* C's p[i]: nothing tells how far the array goes. */
static bool index_c_pointer(struct vole_evaluation *ev,
			    const struct vole_node *key,
			    const struct vole_value *pointer,
			    struct vole_value *ret, struct vole_error *err)
{
	uint64_t index, addr;

	if (!vole_eval_bound(ev, key, &index, err))
		return false;
	if (!vole_eval_deref(ev, pointer, ret, err))
		return vole_eval_at(key, err);
	if (!vole_at(ret->addr, index, ret->type->size, &addr))
		return vole_fail_at(err, VOLE_SYNTAX, key->column,
				    "index %" PRIu64 " is past 2^64", index);
	ret->addr = addr;
	return true;
}

bool vole_eval_base(struct vole_evaluation *ev, struct vole_value *base,
		    const char *what, struct vole_error *err)
{
	struct vole_type *elem = base->type->elem;
	bool nil;

	if (base->type->kind == VOLE_KIND_INTERFACE) {
		if (!vole_value_dynamic(ev->rt, base, &nil, base, err))
			return false;
		if (nil)
			return vole_fail(err, VOLE_UNREADABLE, VOLE_NOWHERE,
					 "%s of a nil interface", what);
		elem = base->type->elem;
	}
	if (base->type->kind != VOLE_KIND_PTR || !elem)
		return true;
	if (!vole_type_load(ev->rt->types, elem, err))
		return false;
	return elem->kind != VOLE_KIND_ARRAY ||
	       vole_eval_deref(ev, base, base, err);
}

bool vole_eval_index(struct vole_evaluation *ev, const struct vole_node *node,
		     struct vole_value *base, struct vole_operand *ret,
		     struct vole_error *err)
{
	const struct vole_node *key = node->list;
	char name[128];

	if (!key || key->next)
		return vole_fail_at(err, VOLE_SYNTAX, node->column,
				    "one index is needed");
	if (!vole_eval_base(ev, base, "index", err))
		return vole_eval_at(node->a, err);
	ret->kind = VOLE_OPERAND_VALUE;
	switch (base->type->kind) {
	case VOLE_KIND_ARRAY:
		return index_array(ev, key, base, &ret->value, err);
	case VOLE_KIND_SLICE:
		return index_slice(ev, key, base, &ret->value, err);
	case VOLE_KIND_STRING:
		return index_string(ev, key, base, &ret->value, err);
	case VOLE_KIND_MAP:
		return vole_eval_map_key(ev, base, key, &ret->value, err);
	case VOLE_KIND_PTR:
		if (base->type->is_c)
			return index_c_pointer(ev, key, base, &ret->value, err);
		break;
	default:
		break;
	}
	vole_escape_into(name, sizeof(name), base->type->name);
	return vole_fail_at(err, VOLE_SYNTAX, node->column,
			    "cannot index a value of type %s", name);
}
