#include "value/walk.h"

#include <string.h>

#include "value/walk_private.h"

static struct vole_value_head head_of(const struct vole_value *value)
{
	const struct vole_type *type = value->type;

	return (struct vole_value_head){
		.type = type->name,
		.kind = vole_kind_name(type->kind),
		.kind_id = type->kind,
		/* Predeclared types are named like their kind. */
		.named = type->named &&
			 strcmp(type->name, vole_kind_name(type->kind)) != 0,
		.has_addr = value->where == VOLE_IN_MEMORY,
		.addr = value->addr,
	};
}

void vole_walk_broken(struct vole_walk *w, const struct vole_value_head *head,
		      const struct vole_error *err)
{
	w->visitor->ops->broken(w->visitor, head, err);
}

void vole_walk_scalar(struct vole_walk *w, const struct vole_value_head *head,
		      const struct vole_scalar *s)
{
	w->visitor->ops->scalar(w->visitor, head, s);
}

void vole_walk_nil(struct vole_walk *w, const struct vole_value_head *head)
{
	const struct vole_scalar s = { .kind = VOLE_SCALAR_NIL };

	vole_walk_scalar(w, head, &s);
}

bool vole_walk_word(struct vole_walk *w, const struct vole_value *value,
		    struct vole_value_head *head, uint64_t *ret)
{
	struct vole_error err;

	if (!vole_value_word(w->rt, value, 0, ret, &err)) {
		vole_walk_broken(w, head, &err);
		return false;
	}
	head->has_value = true;
	head->value = *ret;
	if (!*ret)
		vole_walk_nil(w, head);
	return *ret != 0;
}

void vole_walk_address(struct vole_walk *w, const struct vole_value_head *head,
		       uint64_t addr, const char *remark)
{
	const struct vole_scalar s = { .kind = VOLE_SCALAR_POINTER,
				       .u = addr,
				       .remark = remark };

	vole_walk_scalar(w, head, &s);
}

bool vole_walk_may_enter(const struct vole_walk *w)
{
	return w->depth <= w->limits->depth && w->depth < VOLE_WALK_MAX_DEPTH;
}

uint64_t vole_walk_shown(const struct vole_walk *w, uint64_t count)
{
	if (w->limits->count && count > w->limits->count)
		return w->limits->count;
	return count;
}

bool vole_walk_go_on(struct vole_walk *w, const struct vole_walk_share *whole,
		     uint64_t i, uint64_t num)
{
	w->share.size = whole->size / (double)num;
	w->share.from = whole->from + w->share.size * (double)i;
	if (!w->stopped)
		w->stopped = w->visitor->ops->stop(w->visitor, w->share.from);
	return !w->stopped;
}

void vole_walk_omitted(struct vole_walk *w, uint64_t count,
		       const struct vole_error *err)
{
	if (count || err)
		w->visitor->ops->omitted(w->visitor, count, err);
}

void vole_walk_at(struct vole_walk *w, struct vole_type *type, uint64_t addr)
{
	struct vole_value value;
	struct vole_error err;

	if (vole_value_at(w->rt, type, addr, &value, &err)) {
		vole_walk_value(w, &value);
		return;
	}
	vole_walk_broken(w,
			 &(struct vole_value_head){ .type = type ? type->name :
								   "?",
						    .kind = vole_kind_name(0),
						    .has_addr = true,
						    .addr = addr },
			 &err);
}

static void walk_nothing(struct vole_walk *w, const struct vole_value *value,
			 struct vole_value_head *head)
{
	struct vole_error err;

	(void)value;
	vole_fail(&err, VOLE_UNSUPPORTED, VOLE_NOWHERE,
		  "a type that Go does not have");
	vole_walk_broken(w, head, &err);
}

typedef void walker(struct vole_walk *w, const struct vole_value *value,
		    struct vole_value_head *head);

static walker *const walkers[VOLE_NUM_KINDS] = {
	[VOLE_KIND_INVALID] = walk_nothing,
	[VOLE_KIND_ARRAY] = vole_walk_array,
	[VOLE_KIND_CHAN] = vole_walk_chan,
	[VOLE_KIND_FUNC] = vole_walk_func,
	[VOLE_KIND_INTERFACE] = vole_walk_iface,
	[VOLE_KIND_MAP] = vole_walk_map,
	[VOLE_KIND_PTR] = vole_walk_pointer,
	[VOLE_KIND_SLICE] = vole_walk_slice,
	[VOLE_KIND_STRING] = vole_walk_string,
	[VOLE_KIND_STRUCT] = vole_walk_struct,
	[VOLE_KIND_UNSAFE_POINTER] = vole_walk_pointer,
};

void vole_walk_value(struct vole_walk *w, const struct vole_value *value)
{
	struct vole_value_head head = head_of(value);
	walker *fn = walkers[value->type->kind];
	const struct vole_walk_share whole = w->share;
	struct vole_error err;

	if (w->limits->total && !w->left) {
		vole_fail(&err, VOLE_UNSUPPORTED, VOLE_NOWHERE,
			  "more than %" PRIu64 " values; ask for a part",
			  w->limits->total);
		vole_walk_broken(w, &head, &err);
		w->stopped = true;
		return;
	}
	w->left -= w->left > 0;
	if (value->where == VOLE_IN_NOTHING) {
		vole_fail(&err, VOLE_UNREADABLE, VOLE_NOWHERE, "%s",
			  value->why);
		vole_walk_broken(w, &head, &err);
		return;
	}
	if (w->limits->raw && vole_walk_raw(w, value, &head))
		return;
	if (fn)
		fn(w, value, &head);
	else
		vole_walk_number(w, value, &head);
	w->share = whole;
}

void vole_value_walk(const struct vole_runtime *rt, struct vole_arena *arena,
		     const struct vole_value *value,
		     const struct vole_walk_limits *limits,
		     struct vole_visitor *visitor)
{
	/* Not all of it: `path` is large, and a map has a million entries. */
	struct vole_walk w;

	w.rt = rt;
	w.arena = arena;
	w.limits = limits;
	w.visitor = visitor;
	w.left = limits->total;
	w.depth = 0;
	w.num_path = 0;
	w.stopped = false;
	w.share = (struct vole_walk_share){ 0, 1 };
	vole_walk_value(&w, value);
}
