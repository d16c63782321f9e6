#include "value/eval.h"

#include "runtime/map.h"

/* An entry is looked at; Ctrl-C is asked for now and then. */
enum { POLL_EVERY = 1024 };

/*
 * The entry with that key, by looking at each: an entry that is in the map
 * though its hash says otherwise is what one debugs for.
 */
static bool scan(struct vole_evaluation *ev, struct vole_map_walk *walk,
		 const struct vole_value *key, struct vole_map_slot *ret,
		 bool *found, struct vole_error *err)
{
	struct vole_value other;
	uint64_t num = 0;

	*found = false;
	for (;;) {
		err->code = VOLE_OK;
		if (!vole_map_walk_next(walk, ret, err))
			return err->code == VOLE_OK;
		if (++num % POLL_EVERY == 0 && !vole_eval_poll(ev, err))
			return false;
		/* A map has as many entries as it has; each is bounded. */
		ev->budget = VOLE_EVAL_BUDGET;
		if (!vole_value_at(ev->rt, walk->map->key, ret->key, &other,
				   err) ||
		    !vole_eval_equal(ev, &other, key, found, err))
			return false;
		if (*found)
			return true;
	}
}

static bool no_such_key(const struct vole_node *key, const struct vole_map *map,
			struct vole_error *err)
{
	if (!map->addr)
		return vole_fail_at(err, VOLE_NOT_FOUND, key->column,
				    "no such key: the map is nil");
	return vole_fail_at(err, VOLE_NOT_FOUND, key->column,
			    "no such key in the map of %" PRIu64 " entries",
			    map->count);
}

static bool interface_key(struct vole_evaluation *ev,
			  const struct vole_operand *operand,
			  struct vole_type *type, struct vole_value *ret,
			  struct vole_error *err)
{
	if (operand->kind == VOLE_OPERAND_CONSTANT)
		return vole_constant_value(ev, &operand->constant, ret, err);
	if (operand->kind == VOLE_OPERAND_NIL)
		return vole_assign(ev, operand, type, ret, err);
	*ret = operand->value;
	return true;
}

bool vole_eval_map_key(struct vole_evaluation *ev,
		       const struct vole_value *value,
		       const struct vole_node *node, struct vole_value *ret,
		       struct vole_error *err)
{
	struct vole_operand operand = { 0 };
	struct vole_map_walk walk;
	struct vole_map_slot slot;
	struct vole_value key;
	struct vole_map map;
	uint64_t header;
	bool found, ok;

	if (!vole_value_word(ev->rt, value, 0, &header, err) ||
	    !vole_map_open(ev->rt, value->type, header, &map, err))
		return vole_eval_at(node, err);
	if (!vole_eval_operand(ev, node, &operand, err))
		return false;
	/* Any value may be compared with the keys of map[any]T. */
	ok = map.key->kind == VOLE_KIND_INTERFACE ?
		     interface_key(ev, &operand, map.key, &key, err) :
		     vole_assign(ev, &operand, map.key, &key, err);
	if (!ok)
		return vole_eval_at(node, err);
	vole_map_walk_begin(&map, &walk);
	ok = scan(ev, &walk, &key, &slot, &found, err);
	vole_map_walk_end(&walk);
	if (!ok)
		return vole_eval_at(node, err);
	if (!found)
		return no_such_key(node, &map, err);
	if (!vole_value_at(ev->rt, map.elem, slot.elem, ret, err))
		return vole_eval_at(node, err);
	ret->addressable = false;
	return true;
}
