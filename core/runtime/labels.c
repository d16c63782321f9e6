#include "runtime/labels.h"

#include "base/checked.h"
#include "runtime/map.h"
#include "runtime/typelink.h"

#include <stdlib.h>
#include <string.h>

enum { STRING = 16, LABEL = 2 * STRING };

/* Lies in the type map[string]string itself, or under a name for it. */
static const char *const map_types[] = { "runtime/pprof.labelMap",
					 "map[string]string" };

static bool read_string(const struct vole_runtime *rt, uint64_t header,
			char *ret)
{
	struct vole_error unused;
	uint64_t addr, len;

	if (!vole_memory_uint(rt->mem, header, 8, &addr, &unused) ||
	    !vole_memory_uint(rt->mem, header + 8, 8, &len, &unused))
		return false;
	if (len >= VOLE_LABEL_ROOM)
		len = VOLE_LABEL_ROOM - 1;
	ret[len] = '\0';
	return vole_memory_read_all(rt->mem, addr, ret, len, &unused);
}

static bool add(const struct vole_runtime *rt, uint64_t key, uint64_t value,
		struct vole_labels *ret)
{
	if (ret->len == VOLE_MAX_LABELS) {
		ret->more = true;
		return true;
	}
	if (!read_string(rt, key, ret->items[ret->len].key) ||
	    !read_string(rt, value, ret->items[ret->len].value))
		return false;
	ret->len++;
	return true;
}

static bool read_list(const struct vole_runtime *rt, uint64_t at,
		      struct vole_labels *ret)
{
	struct vole_error unused;
	struct vole_view v = vole_runtime_view(rt, at, &unused);
	uint64_t slice = vole_get_addr(&v, VOLE_LABEL_MAP_LIST), addr, len, i;

	if (!v.ok || !vole_memory_uint(rt->mem, slice, 8, &addr, &unused) ||
	    !vole_memory_uint(rt->mem, slice + 8, 8, &len, &unused))
		return false;
	ret->more = len > VOLE_MAX_LABELS;
	for (i = 0; i < len && i < VOLE_MAX_LABELS; i++) {
		uint64_t label;

		if (!vole_at(addr, i, LABEL, &label) ||
		    !add(rt, label, label + STRING, ret))
			return false;
	}
	return true;
}

static const struct vole_type *map_type(const struct vole_runtime *rt)
{
	struct vole_error unused;
	struct vole_type *type;
	size_t i;

	for (i = 0; i < 2; i++)
		if (vole_types_find(rt->types, map_types[i], &type, &unused) &&
		    type->kind == VOLE_KIND_MAP)
			return type;
	if (vole_typelink_find(rt, "*pprof.labelMap", &type, &unused) &&
	    vole_type_load(rt->types, type->elem, &unused) &&
	    type->elem->kind == VOLE_KIND_MAP)
		return type->elem;
	return NULL;
}

static bool read_map(const struct vole_runtime *rt, uint64_t at,
		     struct vole_labels *ret)
{
	const struct vole_type *type = map_type(rt);
	struct vole_map_walk walk;
	struct vole_map_slot slot;
	struct vole_error err;
	struct vole_map map;
	uint64_t addr;
	bool ok = true;

	if (!type || !vole_memory_uint(rt->mem, at, 8, &addr, &err) ||
	    !vole_map_open(rt, type, addr, &map, &err))
		return false;
	vole_map_walk_begin(&map, &walk);
	while (ok && !ret->more && vole_map_walk_next(&walk, &slot, &err))
		ok = add(rt, slot.key, slot.elem, ret);
	vole_map_walk_end(&walk);
	return ok && (ret->more || err.code == VOLE_OK);
}

static int by_key(const void *a, const void *b)
{
	return strcmp(((const struct vole_label *)a)->key,
		      ((const struct vole_label *)b)->key);
}

bool vole_labels_read(const struct vole_runtime *rt,
		      const struct vole_goroutine *g, struct vole_labels *ret)
{
	bool ok;

	ret->len = 0;
	ret->more = false;
	if (!g->labels)
		return false;
	ok = rt->layout.place[VOLE_LABEL_MAP_LIST].known ?
		     read_list(rt, g->labels, ret) :
		     read_map(rt, g->labels, ret);
	if (ok)
		qsort(ret->items, ret->len, sizeof(ret->items[0]), by_key);
	return ok;
}
