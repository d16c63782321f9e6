#include "value/container.h"
#include "value/walk_private.h"

enum { POLL_MASK = 0xfff };

struct walking {
	struct vole_container_visitor visitor; /* first: cast back */
	struct vole_walk *w;
	const struct vole_container *container;
	struct vole_walk_share whole;
	uint64_t count; /* of all */
	uint64_t shown, most;
};

static bool count_entry(struct vole_container_visitor *visitor, uint64_t key,
			uint64_t value)
{
	struct walking *c = (struct walking *)visitor;

	(void)key;
	(void)value;
	/* Damage may have it that there are millions. */
	if (!(++c->count & POLL_MASK) && !c->w->stopped)
		c->w->stopped = c->w->visitor->ops->stop(c->w->visitor,
							 c->w->share.from);
	return !c->w->stopped;
}

static bool walk_entry(struct vole_container_visitor *visitor, uint64_t key,
		       uint64_t value)
{
	struct walking *c = (struct walking *)visitor;
	const struct vole_visitor_ops *ops = c->w->visitor->ops;

	if (c->shown >= c->most ||
	    !vole_walk_go_on(c->w, &c->whole, c->shown, c->most))
		return false;
	if (key) {
		ops->key(c->w->visitor);
		vole_walk_at(c->w, c->container->part, key);
	}
	ops->element(c->w->visitor);
	vole_walk_at(c->w, c->container->part, value);
	c->shown++;
	return true;
}

bool vole_walk_container(struct vole_walk *w, const struct vole_value *value,
			 struct vole_value_head *head)
{
	const struct vole_visitor_ops *ops = w->visitor->ops;
	struct vole_container container;
	struct vole_error why = { 0 }, unused;
	struct walking c = { .visitor = { count_entry },
			     .w = w,
			     .container = &container,
			     .whole = w->share };
	enum vole_kind kind;
	bool whole;

	if (!vole_container_open(w->rt, value, &container))
		return false;
	whole = vole_container_visit(&container, &c.visitor, &why);
	if (w->stopped) {
		vole_fail(&why, VOLE_INTERRUPTED, VOLE_NOWHERE, "interrupted");
		vole_walk_broken(w, head, &why);
		return true;
	}
	kind = container.has_keys ? VOLE_KIND_MAP : VOLE_KIND_SLICE;
	head->kind = vole_kind_name(kind);
	head->kind_id = kind;
	head->has_len = true;
	head->len = c.count;
	ops->begin(w->visitor, head);
	c.most = vole_walk_may_enter(w) ? vole_walk_shown(w, c.count) : 0;
	c.visitor.entry = walk_entry;
	w->depth++;
	(void)!vole_container_visit(&container, &c.visitor, &unused);
	w->depth--;
	if (!whole)
		vole_walk_omitted(w, c.count - c.shown + 1, &why);
	else
		vole_walk_omitted(w, c.count - c.shown, NULL);
	ops->end(w->visitor);
	return true;
}
