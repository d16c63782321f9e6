#include "value/walk_private.h"

#include "base/checked.h"
#include "runtime/chan.h"
#include "runtime/map.h"

enum { DAMAGED_COUNT = 64 }; /* elements shown of a slice that is cut off */

static bool is_small_scalar(const struct vole_type *type)
{
	return type && type->loaded &&
	       (vole_kind_is_number(type->kind) ||
		type->kind == VOLE_KIND_BOOL);
}

bool vole_walk_open_slice(struct vole_walk *w, const struct vole_value *value,
			  struct vole_slice *ret, struct vole_error *err)
{
	uint64_t words[3] = { 0 };
	size_t len = value->type->kind == VOLE_KIND_STRING ? 16 : 24;

	return vole_value_read(w->rt, value, 0, words, len, err) &&
	       vole_slice_open(w->rt, value->type, words, ret, err);
}

void vole_walk_array(struct vole_walk *w, const struct vole_value *value,
		     struct vole_value_head *head)
{
	const struct vole_visitor_ops *ops = w->visitor->ops;
	const struct vole_walk_share whole = w->share;
	struct vole_type *elem = value->type->elem;
	uint64_t len = value->type->len, n, i;
	struct vole_value part;
	struct vole_error err;

	head->has_len = true;
	head->len = len;
	if (!vole_type_load(w->rt->types, elem, &err)) {
		vole_walk_broken(w, head, &err);
		return;
	}
	head->parts_are_scalars = is_small_scalar(elem);
	ops->begin(w->visitor, head);
	n = vole_walk_may_enter(w) ? vole_walk_shown(w, len) : 0;
	w->depth++;
	for (i = 0; i < n && vole_walk_go_on(w, &whole, i, n); i++) {
		if (!vole_value_part(w->rt, value, elem, i * elem->size, &part,
				     &err)) {
			vole_walk_omitted(w, len - i, &err);
			break;
		}
		ops->element(w->visitor);
		vole_walk_value(w, &part);
	}
	w->depth--;
	vole_walk_omitted(w, len - i, NULL);
	ops->end(w->visitor);
}

void vole_walk_slice(struct vole_walk *w, const struct vole_value *value,
		     struct vole_value_head *head)
{
	const struct vole_visitor_ops *ops = w->visitor->ops;
	const struct vole_walk_share whole = w->share;
	bool damaged = false;
	struct vole_slice s;
	struct vole_error err;
	uint64_t n, i, addr = 0;

	if (!vole_walk_open_slice(w, value, &s, &err)) {
		vole_walk_broken(w, head, &err);
		return;
	}
	head->has_len = head->has_cap = true;
	head->len = s.len;
	head->cap = s.cap;
	if (!vole_slice_check(&s, &err)) {
		vole_walk_broken(w, head, &err);
		return;
	}
	if (!s.data && !s.cap) {
		vole_walk_nil(w, head);
		return;
	}
	head->parts_are_scalars = is_small_scalar(s.elem);
	ops->begin(w->visitor, head);
	n = vole_walk_may_enter(w) ? vole_walk_shown(w, s.len) : 0;
	/* A length that no memory is behind: its beginning is enough. */
	if (n > DAMAGED_COUNT && s.elem_size &&
	    (!vole_at(s.data, s.len, s.elem_size, &addr) ||
	     !vole_memory_readable(w->rt->mem, addr - 1))) {
		vole_fail(&err, VOLE_UNREADABLE, addr - 1,
			  "%" PRIu64 " elements end where nothing can be read",
			  s.len);
		n = DAMAGED_COUNT;
		damaged = true;
	}
	w->depth++;
	for (i = 0; i < n && vole_walk_go_on(w, &whole, i, n); i++) {
		if (!vole_at(s.data, i, s.elem_size, &addr))
			break;
		/* One line for a run of elements that are not there. */
		if (s.elem_size && !vole_memory_readable(w->rt->mem, addr)) {
			vole_fail(&err, VOLE_UNREADABLE, addr,
				  "%" PRIu64 " elements cannot be read",
				  s.len - i);
			ops->omitted(w->visitor, s.len - i, &err);
			i = s.len;
			break;
		}
		ops->element(w->visitor);
		vole_walk_at(w, s.elem, addr);
	}
	w->depth--;
	vole_walk_omitted(w, s.len - i, damaged && i == n ? &err : NULL);
	ops->end(w->visitor);
}

static void walk_entries(struct vole_walk *w, const struct vole_map *map)
{
	const struct vole_visitor_ops *ops = w->visitor->ops;
	const struct vole_walk_share whole = w->share;
	struct vole_map_walk it;
	struct vole_map_slot slot;
	struct vole_error err = { 0 };
	bool enter = vole_walk_may_enter(w);
	uint64_t n = enter ? vole_walk_shown(w, map->count) : 0, i = 0;

	vole_map_walk_begin(map, &it);
	w->depth++;
	while (i < n && vole_walk_go_on(w, &whole, i, n) &&
	       vole_map_walk_next(&it, &slot, &err)) {
		ops->key(w->visitor);
		vole_walk_at(w, map->key, slot.key);
		ops->element(w->visitor);
		vole_walk_at(w, map->elem, slot.elem);
		i++;
	}
	w->depth--;
	/* What the walk says at its end: does the header's count hold? */
	if (enter && i == map->count && !w->stopped)
		(void)!vole_map_walk_next(&it, &slot, &err);
	vole_map_walk_end(&it);
	if (err.code != VOLE_OK)
		vole_walk_omitted(w, map->count - i, &err);
	else if (i < map->count)
		vole_walk_omitted(w, map->count - i, NULL);
}

void vole_walk_map(struct vole_walk *w, const struct vole_value *value,
		   struct vole_value_head *head)
{
	struct vole_error err;
	struct vole_map map;
	uint64_t addr;

	if (!vole_walk_word(w, value, head, &addr))
		return;
	if (!vole_map_open(w->rt, value->type, addr, &map, &err)) {
		vole_walk_broken(w, head, &err);
		return;
	}
	head->has_len = true;
	head->len = map.count;
	w->visitor->ops->begin(w->visitor, head);
	walk_entries(w, &map);
	w->visitor->ops->end(w->visitor);
}

void vole_walk_chan(struct vole_walk *w, const struct vole_value *value,
		    struct vole_value_head *head)
{
	const struct vole_visitor_ops *ops = w->visitor->ops;
	const struct vole_walk_share whole = w->share;
	struct vole_chan chan;
	struct vole_error err;
	uint64_t addr, n, i;

	if (!vole_walk_word(w, value, head, &addr))
		return;
	if (!vole_chan_open(w->rt, value->type, addr, &chan, &err)) {
		vole_walk_broken(w, head, &err);
		return;
	}
	head->has_len = head->has_cap = true;
	head->len = chan.len;
	head->cap = chan.cap;
	head->closed = chan.closed;
	head->parts_are_scalars = is_small_scalar(value->type->elem);
	ops->begin(w->visitor, head);
	n = vole_walk_may_enter(w) ? vole_walk_shown(w, chan.len) : 0;
	w->depth++;
	for (i = 0; i < n && vole_walk_go_on(w, &whole, i, n); i++) {
		if (!vole_chan_elem(&chan, i, &addr, &err)) {
			vole_walk_omitted(w, chan.len - i, &err);
			break;
		}
		ops->element(w->visitor);
		vole_walk_at(w, value->type->elem, addr);
	}
	w->depth--;
	vole_walk_omitted(w, chan.len - i, NULL);
	ops->end(w->visitor);
}
