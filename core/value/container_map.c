/*
 * sync.Map: to Go 1.23 two maps of entries (src/sync/oldmap.go), then a trie
 * of hashes (src/internal/sync/hashtriemap.go).
 */
#include "value/container_private.h"

#include "runtime/iface.h"
#include "runtime/map.h"

#include <stdio.h>
#include <string.h>

enum {
	SIZE_WORD = 8,
	MAX_DEPTH = 16, /* of a trie: four bits of the hash each */
	MAX_CHILDREN = 1 << 8,
	MAX_LOOKED = 1 << 26, /* nodes, and their children */
	MAX_NAME = 512,
};

/* --- two maps ---------------------------------------------------------------- */

/* The readOnly struct: by atomic.Value in Go 1.18, then by atomic.Pointer. */
static bool open_read(const struct vole_container *c,
		      const struct vole_field *read, uint64_t *ret_addr,
		      struct vole_type **ret, struct vole_error *err)
{
	uint64_t at = c->value.addr + read->offset, words[2];
	const struct vole_field *v;
	struct vole_iface iface;

	if (!container_field(c, read->type, "v", &v, err))
		return false;
	at += v->offset;
	if (v->type->kind != VOLE_KIND_INTERFACE)
		return container_pointee(c, read->type, ret, err) &&
		       vole_memory_uint(c->rt->mem, at, SIZE_WORD, ret_addr,
					err);
	if (!vole_memory_read_all(c->rt->mem, at, words, sizeof(words), err) ||
	    !vole_iface_open(c->rt, v->type, words, at, &iface, err))
		return false;
	*ret = iface.type;
	*ret_addr = iface.nil ? 0 : iface.addr;
	return true;
}

/* dirty has all that read has, and more, when read is amended. */
static bool choose_map(const struct vole_container *c, uint64_t *ret,
		       struct vole_error *err)
{
	struct vole_type *type = (struct vole_type *)c->value.type;
	struct vole_type *read_type = NULL;
	const struct vole_field *read;
	uint64_t read_addr = 0, amended = 0, dirty;

	*ret = 0;
	if (!container_word(c, c->value.addr, type, "dirty", &dirty, err) ||
	    !container_field(c, type, "read", &read, err) ||
	    !open_read(c, read, &read_addr, &read_type, err))
		return false;
	if (read_addr &&
	    (!container_word(c, read_addr, read_type, "amended", &amended,
			     err) ||
	     !container_word(c, read_addr, read_type, "m", ret, err)))
		return false;
	if (dirty && (amended || !*ret))
		*ret = dirty;
	return true;
}

static bool visit_old(const struct vole_container *c,
		      const struct vole_field *dirty,
		      struct vole_container_visitor *visitor,
		      struct vole_error *err)
{
	uint64_t addr, var, expunged = 0, entry, p;
	struct vole_map_walk walk;
	struct vole_map_slot slot;
	struct vole_error ignored;
	struct vole_type *type;
	struct vole_map map;
	bool ok;

	if (!choose_map(c, &addr, err) ||
	    !vole_map_open(c->rt, dirty->type, addr, &map, err) ||
	    !container_pointee(c, map.elem, &type, err))
		return false;
	if (vole_runtime_var(c->rt, "sync.expunged", &var, &ignored) &&
	    !vole_memory_uint(c->rt->mem, var, SIZE_WORD, &expunged, err))
		return false;
	vole_map_walk_begin(&map, &walk);
	while ((ok = vole_map_walk_next(&walk, &slot, err))) {
		ok = vole_memory_uint(c->rt->mem, slot.elem, SIZE_WORD, &entry,
				      err) &&
		     container_word(c, entry, type, "p", &p, err);
		if (!ok || (p && p != expunged &&
			    !visitor->entry(visitor, slot.key, p)))
			break;
	}
	vole_map_walk_end(&walk);
	return ok || err->code == VOLE_OK;
}

/* --- the trie ---------------------------------------------------------------- */

struct trie {
	const struct vole_container *c;
	struct vole_container_visitor *visitor;
	struct vole_type *indirect, *node, *entry;
	const struct vole_field *children, *key, *value;
	uint64_t looked;
	bool ended;
};

/* The entry's type goes by the name of its node: only memory leads to it. */
static bool find_entry(struct trie *t, struct vole_error *err)
{
	const struct vole_container *c = t->c;
	const char *rest = strstr(t->node->name, "node[");
	char name[MAX_NAME];

	if (!rest || strlen(t->node->name) + 2 > sizeof(name))
		return vole_fail(err, VOLE_UNSUPPORTED, VOLE_NOWHERE,
				 "a trie of %s", t->node->name);
	snprintf(name, sizeof(name), "%.*sentry%s", (int)(rest - t->node->name),
		 t->node->name, rest + strlen("node"));
	return vole_types_find(c->rt->types, name, &t->entry, err) &&
	       container_field(c, t->entry, "key", &t->key, err) &&
	       container_field(c, t->entry, "value", &t->value, err);
}

static bool open_trie(struct trie *t, const struct vole_field *m,
		      struct vole_error *err)
{
	const struct vole_container *c = t->c;
	const struct vole_field *root;

	return container_field(c, m->type, "root", &root, err) &&
	       container_pointee(c, root->type, &t->indirect, err) &&
	       container_field(c, t->indirect, "children", &t->children, err) &&
	       t->children->type->elem &&
	       vole_type_load(c->rt->types, t->children->type->elem, err) &&
	       container_pointee(c, t->children->type->elem, &t->node, err) &&
	       find_entry(t, err);
}

static bool look(struct trie *t, uint64_t num, uint64_t at,
		 struct vole_error *err)
{
	t->looked += num;
	return t->looked <= MAX_LOOKED ||
	       vole_fail(err, VOLE_CORRUPT, at, "a trie of over %d nodes",
			 MAX_LOOKED);
}

/* Entries of one hash hang on each other. */
static bool visit_entries(struct trie *t, uint64_t at, struct vole_error *err)
{
	while (at && !t->ended) {
		if (!look(t, 1, at, err))
			return false;
		t->ended = !t->visitor->entry(t->visitor, at + t->key->offset,
					      at + t->value->offset);
		if (!container_word(t->c, at, t->entry, "overflow", &at, err))
			return false;
	}
	return true;
}

static bool visit_node(struct trie *t, uint64_t at, unsigned depth,
		       struct vole_error *err)
{
	uint64_t num = t->children->type->len, i, child, is_entry;
	uint64_t stride = t->children->type->elem->size;

	if (depth > MAX_DEPTH)
		return vole_fail(err, VOLE_CORRUPT, at,
				 "a trie deeper than hashes are long");
	if (num > MAX_CHILDREN)
		return vole_fail(err, VOLE_CORRUPT, at,
				 "a trie whose nodes have %" PRIu64 " children",
				 num);
	if (!look(t, num, at, err))
		return false;
	for (i = 0; i < num && !t->ended; i++) {
		uint64_t slot = at + t->children->offset + i * stride;

		/* An atomic.Pointer is its one word. */
		if (!vole_memory_uint(t->c->rt->mem, slot, SIZE_WORD, &child,
				      err))
			return false;
		if (!child)
			continue;
		if (!container_word(t->c, child, t->node, "isEntry", &is_entry,
				    err) ||
		    !(is_entry ? visit_entries(t, child, err) :
				 visit_node(t, child, depth + 1, err)))
			return false;
	}
	return true;
}

static bool visit_trie(const struct vole_container *c,
		       const struct vole_field *m,
		       struct vole_container_visitor *visitor,
		       struct vole_error *err)
{
	struct trie t = { .c = c, .visitor = visitor };
	uint64_t root;

	if (!open_trie(&t, m, err) ||
	    !container_word(c, c->value.addr + m->offset, m->type, "root",
			    &root, err))
		return false;
	return !root || visit_node(&t, root, 0, err);
}

/* --- both -------------------------------------------------------------------- */

bool container_visit_sync_map(const struct vole_container *c,
			      struct vole_container_visitor *visitor,
			      struct vole_error *err)
{
	struct vole_type *type = (struct vole_type *)c->value.type;
	const struct vole_field *field;

	if (vole_type_field(type, "dirty"))
		return container_field(c, type, "dirty", &field, err) &&
		       visit_old(c, field, visitor, err);
	return container_field(c, type, "m", &field, err) &&
	       visit_trie(c, field, visitor, err);
}

bool container_sync_map_part(const struct vole_container *c,
			     struct vole_type **ret, struct vole_error *err)
{
	struct vole_type *type = (struct vole_type *)c->value.type;
	struct trie t = { .c = c };
	const struct vole_field *field;

	if (vole_type_field(type, "dirty")) {
		if (!container_field(c, type, "dirty", &field, err))
			return false;
		*ret = field->type->key;
	} else {
		if (!container_field(c, type, "m", &field, err) ||
		    !open_trie(&t, field, err))
			return false;
		*ret = t.key->type;
	}
	return *ret ? vole_type_load(c->rt->types, *ret, err) :
		      vole_fail(err, VOLE_UNSUPPORTED, VOLE_NOWHERE,
				"a sync.Map without keys");
}
