#include "value/eval.h"

#include "runtime/rtype.h"
#include "value/map_key.h"
#include "value/parser.h"

/* An entry is looked at; Ctrl-C is asked for now and then. */
enum { POLL_EVERY = 1024 };

static bool equal(struct vole_evaluation *ev, const struct vole_map *map,
		  uint64_t addr, const struct vole_value *key, bool *ret,
		  struct vole_error *err)
{
	struct vole_value other;

	/* A map has as many entries as it has; each is bounded. */
	ev->budget = VOLE_EVAL_BUDGET;
	return vole_value_at(ev->rt, map->key, addr, &other, err) &&
	       vole_eval_equal(ev, &other, key, ret, err);
}

static bool scan(struct vole_evaluation *ev, struct vole_map_walk *walk,
		 const struct vole_value *key, struct vole_map_slot *ret,
		 bool *found, struct vole_error *err)
{
	uint64_t num = 0;

	*found = false;
	for (;;) {
		err->code = VOLE_OK;
		if (!vole_map_walk_next(walk, ret, err))
			return err->code == VOLE_OK;
		if (++num % POLL_EVERY == 0 && !vole_eval_poll(ev, err))
			return false;
		if (!equal(ev, walk->map, ret->key, key, found, err))
			return false;
		if (*found)
			return true;
	}
}

static bool scan_map(struct vole_evaluation *ev, const struct vole_map *map,
		     const struct vole_value *key, struct vole_map_slot *ret,
		     bool *found, struct vole_error *err)
{
	struct vole_map_walk walk;
	bool ok;

	vole_map_walk_begin(map, &walk);
	ok = scan(ev, &walk, key, ret, found, err);
	vole_map_walk_end(&walk);
	return ok;
}

/* --- hashes of values that may not be in the target -------------------------- */

struct value_source {
	struct vole_key_source source;
	struct vole_evaluation *ev;
	const struct vole_value *value;
};

static const uint8_t *value_bytes(struct vole_key_source *source,
				  uint64_t offset, size_t len,
				  struct vole_error *err)
{
	struct value_source *v = (struct value_source *)source;
	uint8_t *bytes;

	if (len > VOLE_MAX_CHARS) {
		vole_fail(err, VOLE_UNSUPPORTED, VOLE_NOWHERE,
			  "a key with %zu bytes in one part", len);
		return NULL;
	}
	bytes = vole_arena_alloc(v->ev->arena, len + 1);
	if (!bytes) {
		vole_fail_nomem(err);
		return NULL;
	}
	return vole_value_read(v->ev->rt, v->value, offset, bytes, len, err) ?
		       bytes :
		       NULL;
}

/* The string that was made here and is part of @p value at @p offset. */
static const struct vole_value *text_at(const struct vole_value *value,
					uint64_t offset)
{
	size_t i;

	if (value->where == VOLE_IN_TEXT)
		return offset ? NULL : value;
	if (value->where != VOLE_IN_PIECES)
		return NULL;
	for (i = 0; i < value->num_pieces; i++) {
		const struct vole_value_piece *p = &value->pieces[i];

		if (offset >= p->offset &&
		    offset - p->offset < p->value.type->size)
			return text_at(&p->value, offset - p->offset);
	}
	return NULL;
}

static const uint8_t *value_string(struct vole_key_source *source,
				   uint64_t offset, uint64_t *ret_len,
				   struct vole_error *err)
{
	struct value_source *v = (struct value_source *)source;
	const struct vole_value *text = text_at(v->value, offset);
	struct vole_chars chars = { 0 };
	const uint8_t *bytes = NULL;

	if (text) {
		*ret_len = text->len;
		return text->bytes;
	}
	if (!vole_value_word(v->ev->rt, v->value, offset, &chars.addr, err) ||
	    !vole_value_word(v->ev->rt, v->value, offset + 8, &chars.len,
			     err) ||
	    !vole_chars_copy(v->ev, &chars, &bytes, err))
		return NULL;
	*ret_len = chars.len;
	return bytes;
}

/* Interfaces hash what they hold, by its own type. */
static bool hash_dynamic(struct vole_evaluation *ev,
			 struct vole_keyhash *keyhash,
			 const struct vole_value *key,
			 struct vole_key_hash *ret, struct vole_error *err)
{
	struct vole_value value = *key;
	struct value_source source = { { value_bytes, value_string },
				       ev,
				       &value };
	uint64_t rtype;
	bool nil;

	if (key->type->kind == VOLE_KIND_INTERFACE) {
		if (!vole_value_dynamic(ev->rt, key, &nil, &value, err))
			return false;
		if (nil) {
			*ret = (struct vole_key_hash){ .bits = keyhash->seed };
			return true;
		}
	}
	return vole_rtype_of(ev->rt, value.type, &rtype, err) &&
	       vole_keyhash_dynamic(keyhash, rtype, &source.source, ret, err);
}

static bool hash(struct vole_evaluation *ev, struct vole_keyhash *keyhash,
		 const struct vole_map *map, const struct vole_value *key,
		 struct vole_key_hash *ret, struct vole_error *err)
{
	struct value_source source = { { value_bytes, value_string }, ev, key };

	ev->budget = VOLE_EVAL_BUDGET;
	if (map->key->kind == VOLE_KIND_INTERFACE)
		return hash_dynamic(ev, keyhash, key, ret, err);
	return vole_keyhash_of(keyhash, &source.source, ret, err);
}

/* --- lookup ------------------------------------------------------------------ */

bool vole_map_key_begin(const struct vole_map *map,
			const struct vole_key_hash *hash,
			struct vole_map_probe *ret, struct vole_error *err)
{
	if (!vole_map_probe_begin(map, hash->bits, ret, err))
		return false;
	if (hash->fast == VOLE_KEY_FAST_WORD)
		vole_map_probe_word(ret);
	else if (hash->fast == VOLE_KEY_FAST_STRING)
		vole_map_probe_string(ret, hash->len);
	return true;
}

/* What the program's own way to a key comes to. */
enum answer { UNKNOWN, ABSENT, PRESENT };

static enum answer probe(struct vole_evaluation *ev,
			 struct vole_keyhash *keyhash,
			 const struct vole_map *map,
			 const struct vole_value *key,
			 struct vole_map_slot *ret)
{
	struct vole_map_probe_slot slot;
	struct vole_map_probe walk;
	struct vole_key_hash bits;
	struct vole_error err;
	bool found;

	if (!hash(ev, keyhash, map, key, &bits, &err) || bits.random ||
	    !vole_map_key_begin(map, &bits, &walk, &err))
		return UNKNOWN;
	while (vole_map_probe_next(&walk, &slot, &err)) {
		if (slot.state != VOLE_MAP_MATCH)
			continue;
		if (!equal(ev, map, slot.slot.key, key, &found, &err))
			return UNKNOWN;
		*ret = slot.slot;
		if (found)
			return PRESENT;
	}
	if (err.code != VOLE_OK || map->writing ||
	    vole_map_reads_unhashed(map, &bits))
		return UNKNOWN;
	return ABSENT;
}

static enum answer look_up(struct vole_evaluation *ev,
			   const struct vole_map *map,
			   const struct vole_value *key,
			   struct vole_map_slot *ret)
{
	struct vole_keyhash keyhash;
	struct vole_error ignored;
	enum answer answer;

	if (!map->addr || !vole_keyhash_open(map, &keyhash, &ignored))
		return UNKNOWN;
	answer = probe(ev, &keyhash, map, key, ret);
	vole_keyhash_close(&keyhash);
	return answer;
}

/* By its hash; where that is not known among all keys. */
static bool find_slot(struct vole_evaluation *ev, const struct vole_map *map,
		      const struct vole_value *key,
		      const struct vole_node *node, struct vole_map_slot *ret,
		      bool *ret_found, struct vole_error *err)
{
	enum answer answer = look_up(ev, map, key, ret);

	*ret_found = true;
	if (answer == PRESENT)
		return true;
	if (!scan_map(ev, map, key, ret, ret_found, err))
		return vole_eval_at(node, err);
	if (answer == ABSENT && *ret_found)
		return vole_fail_at(err, VOLE_NOT_FOUND, node->column,
				    "no lookup finds the key, though it is in "
				    "the map: see map --find");
	return true;
}

static bool no_such_key(const struct vole_node *key, const struct vole_map *map,
			struct vole_error *err)
{
	if (!map->addr)
		return vole_fail_at(err, VOLE_NOT_FOUND, key->column,
				    "no such key: the map is nil");
	return vole_fail_at(err, VOLE_NOT_FOUND, key->column,
			    "no such key in the map of %" PRIu64 " entr%s",
			    map->count, map->count == 1 ? "y" : "ies");
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

static bool eval_key(struct vole_evaluation *ev, const struct vole_map *map,
		     const struct vole_node *node, struct vole_value *ret,
		     struct vole_error *err)
{
	struct vole_operand operand = { 0 };
	bool ok;

	if (!vole_eval_operand(ev, node, &operand, err))
		return false;
	/* Any value may be compared with the keys of map[any]T. */
	ok = map->key->kind == VOLE_KIND_INTERFACE ?
		     interface_key(ev, &operand, map->key, ret, err) :
		     vole_assign(ev, &operand, map->key, ret, err);
	return ok || vole_eval_at(node, err);
}

bool vole_eval_map_key(struct vole_evaluation *ev,
		       const struct vole_value *value,
		       const struct vole_node *node, struct vole_value *ret,
		       struct vole_error *err)
{
	struct vole_map_slot slot;
	struct vole_value key;
	struct vole_map map;
	uint64_t header;
	bool found;

	if (!vole_value_word(ev->rt, value, 0, &header, err) ||
	    !vole_map_open(ev->rt, value->type, header, &map, err))
		return vole_eval_at(node, err);
	if (!eval_key(ev, &map, node, &key, err))
		return false;
	if (!find_slot(ev, &map, &key, node, &slot, &found, err))
		return false;
	if (!found)
		return no_such_key(node, &map, err);
	if (!vole_value_at(ev->rt, map.elem, slot.elem, ret, err))
		return vole_eval_at(node, err);
	ret->addressable = false;
	return true;
}

/* --- for those outside of expressions ---------------------------------------- */

bool vole_map_key_eval(struct vole_eval *eval, const struct vole_map *map,
		       const char *text, struct vole_value *ret,
		       struct vole_error *err)
{
	struct vole_parser_names names;
	struct vole_evaluation ev;
	struct vole_node *node;

	vole_eval_begin(eval, &ev, &names);
	*err = (struct vole_error){ 0 };
	return vole_parse(text, &names, ev.arena, &node, err) &&
	       eval_key(&ev, map, node, ret, err);
}

bool vole_map_key_hash(struct vole_eval *eval, struct vole_keyhash *keyhash,
		       const struct vole_map *map, const struct vole_value *key,
		       struct vole_key_hash *ret, struct vole_error *err)
{
	struct vole_parser_names names;
	struct vole_evaluation ev;

	vole_eval_begin(eval, &ev, &names);
	return hash(&ev, keyhash, map, key, ret, err);
}

bool vole_map_key_equal(struct vole_eval *eval, const struct vole_map *map,
			uint64_t addr, const struct vole_value *key, bool *ret,
			struct vole_error *err)
{
	struct vole_parser_names names;
	struct vole_evaluation ev;

	vole_eval_begin(eval, &ev, &names);
	return equal(&ev, map, addr, key, ret, err);
}

bool vole_map_key_scan(struct vole_eval *eval, const struct vole_map *map,
		       const struct vole_value *key, bool *ret_found,
		       struct vole_map_slot *ret, struct vole_error *err)
{
	struct vole_parser_names names;
	struct vole_evaluation ev;

	vole_eval_begin(eval, &ev, &names);
	return scan_map(&ev, map, key, ret, ret_found, err);
}
