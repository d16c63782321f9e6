/*
 * Contexts: the chain from the context outwards, written from its outermost
 * one in, as context.Context's own String does, and what has become of each.
 */
#include "value/people_private.h"

#include "runtime/clock.h"

#include <string.h>

enum {
	MAX_LINKS = 64,
	MAX_EMBEDDED = 4, /* structs embedded in each other */
	HAS_MONOTONIC_SHIFT = 63,
	NS_PER_MS = 1000000,
};

/* The chain of one context, from it outwards. */
struct chain {
	struct vole_value links[MAX_LINKS];
	size_t len;
	const char *lost; /* why the outermost is not known; NULL: it is */
};

static bool is_named(const struct vole_value *value, const char *name)
{
	return !strcmp(value->type->name, name);
}

/* --- the chain --------------------------------------------------------------- */

/* The context.Context that a struct embeds, @p depth structs further in. */
static bool find_embedded(const struct vole_people *p,
			  const struct vole_value *value, unsigned depth,
			  struct vole_value *ret)
{
	const struct vole_type *type = value->type;
	struct vole_value part, behind;
	struct vole_error ignored;
	size_t i;

	for (i = 0; type->kind == VOLE_KIND_STRUCT && i < type->num_fields;
	     i++) {
		const struct vole_field *field = &type->fields[i];

		if (!field->embedded)
			continue;
		/* Bounded, whatever debug information says of embedding. */
		if (!*p->left || !--*p->left)
			return false;
		if (!vole_value_part(p->rt, value, field->type, field->offset,
				     &part, &ignored))
			continue;
		if (!depth && is_named(&part, "context.Context")) {
			*ret = part;
			return true;
		}
		if (!depth)
			continue;
		if (part.type->kind == VOLE_KIND_PTR &&
		    vole_people_behind(p, &part, &behind))
			part = behind;
		if (find_embedded(p, &part, depth - 1, ret))
			return true;
	}
	return false;
}

/*
 * The one whose methods it has where it has none of its own: Go takes that
 * which is least deep in structs embedded in each other.
 */
static bool find_parent(const struct vole_people *p,
			const struct vole_value *value, struct vole_value *ret)
{
	unsigned depth;

	for (depth = 0; depth <= MAX_EMBEDDED; depth++)
		if (find_embedded(p, value, depth, ret))
			return true;
	return false;
}

static bool has_parent(const struct vole_people *p,
		       const struct vole_value *link, struct vole_value *ret)
{
	const struct vole_people inner = vole_people_inside(p, link);

	if (is_named(link, "context.withoutCancelCtx"))
		return vole_people_part(&inner, "c", ret);
	return find_parent(p, link, ret);
}

static bool is_known(const struct chain *chain, const struct vole_value *value)
{
	size_t i;

	for (i = 0; i < chain->len; i++)
		if (value->where == VOLE_IN_MEMORY &&
		    chain->links[i].where == VOLE_IN_MEMORY &&
		    chain->links[i].type == value->type &&
		    chain->links[i].addr == value->addr && value->type->size)
			return true;
	return false;
}

/* The value that a context.Context holds, and what that points to. */
static bool open_context(const struct vole_people *p,
			 const struct vole_value *iface, struct vole_value *ret,
			 const char **why)
{
	struct vole_value behind;
	struct vole_error err;
	bool nil;

	*why = "<unreadable>";
	if (!vole_value_dynamic(p->rt, iface, &nil, ret, &err)) {
		if (err.code == VOLE_CORRUPT)
			*why = "<corrupt>";
		return false;
	}
	*why = "nil";
	if (nil)
		return false;
	*why = "<unreadable>";
	if (ret->type->kind == VOLE_KIND_PTR) {
		if (!vole_people_behind(p, ret, &behind))
			return false;
		*ret = behind;
	}
	return true;
}

static void follow(const struct vole_people *p, struct chain *chain)
{
	struct vole_value parent, link = *p->value;

	chain->links[chain->len++] = link;
	while (has_parent(p, &link, &parent)) {
		if (!open_context(p, &parent, &link, &chain->lost))
			return;
		chain->lost = NULL;
		if (is_known(chain, &link))
			chain->lost = "<a cycle>";
		else if (chain->len == MAX_LINKS)
			chain->lost = "...";
		if (chain->lost)
			return;
		chain->links[chain->len++] = link;
	}
}

/* --- its links --------------------------------------------------------------- */

/* The error in a field that is an error, or to Go's taste an atomic.Value. */
static bool open_error(const struct vole_people *p, const char *name,
		       bool *ret_nil, struct vole_value *ret)
{
	struct vole_error ignored;
	struct vole_value part = { 0 }, inside;
	const struct vole_people inner = vole_people_inside(p, &part);

	if (!vole_people_part(p, name, &part))
		return false;
	if (part.type->kind == VOLE_KIND_STRUCT &&
	    vole_people_part(&inner, "v", &inside))
		part = inside;
	return part.type->kind == VOLE_KIND_INTERFACE &&
	       vole_value_dynamic(p->rt, &part, ret_nil, ret, &ignored);
}

static bool is_same(const struct vole_people *p, const struct vole_value *a,
		    const struct vole_value *b)
{
	struct vole_error ignored;
	uint64_t x, y;

	if (a->type != b->type)
		return false;
	return !a->type->size ||
	       (a->type->kind == VOLE_KIND_PTR &&
		vole_value_word(p->rt, a, 0, &x, &ignored) &&
		vole_value_word(p->rt, b, 0, &y, &ignored) && x == y);
}

static void put_error(const struct vole_people *p,
		      const struct vole_value *error, bool quoted,
		      struct vole_strbuf *out)
{
	const struct vole_people inner = vole_people_inside(p, error);
	struct vole_strbuf message = { 0 };

	if (quoted || !vole_people_message(&inner, &message))
		vole_people_brief(&inner, out);
	else
		vole_strbuf_add(out, vole_strbuf_text(&message));
	vole_strbuf_free(&message);
}

/* The cancelCtx that the context is or embeds, by value or (1.20) pointer. */
static bool find_cancel(const struct vole_people *p, struct vole_value *ret)
{
	struct vole_value part = { 0 };

	if (is_named(p->value, "context.cancelCtx")) {
		*ret = *p->value;
		return true;
	}
	if (!vole_people_part(p, "cancelCtx", ret))
		return false;
	if (ret->type->kind != VOLE_KIND_PTR)
		return true;
	if (!vole_people_behind(p, ret, &part))
		return false;
	*ret = part;
	return true;
}

/* "[context canceled, cause &main.quota{...}]"; nothing while it is in force. */
static bool put_end(const struct vole_people *p, struct vole_strbuf *out)
{
	struct vole_value cancel = { 0 }, error, cause;
	const struct vole_people inner = vole_people_inside(p, &cancel);
	bool nil, no_cause;

	if (!find_cancel(p, &cancel) ||
	    !open_error(&inner, "err", &nil, &error)) {
		vole_strbuf_add(out, "[<unreadable>]");
		return true;
	}
	if (nil)
		return false;
	vole_strbuf_add(out, "[");
	put_error(&inner, &error, false, out);
	/* Go 1.20 */
	if (open_error(&inner, "cause", &no_cause, &cause) && !no_cause &&
	    !is_same(p, &error, &cause)) {
		vole_strbuf_add(out, ", cause ");
		put_error(&inner, &cause, true, out);
	}
	vole_strbuf_add(out, "]");
	return true;
}

static const int64_t NS_PER_YEAR = INT64_C(31557600) * 1000000000;

/*
 * How long at most until the deadline, by the newest time that the program
 * noted; false: not known.
 */
static bool time_left(const struct vole_people *p, int64_t *ret)
{
	int64_t now = vole_clock_newest(p->rt);
	uint64_t wall, ext, start_var, start;
	struct vole_error ignored;

	if (!now || !vole_people_int(p, "deadline.wall", &wall) ||
	    !vole_people_int(p, "deadline.ext", &ext) ||
	    !(wall >> HAS_MONOTONIC_SHIFT) ||
	    !vole_runtime_var(p->rt, "time.startNano", &start_var, &ignored) ||
	    !vole_memory_uint(p->rt->mem, start_var, sizeof(start), &start,
			      &ignored))
		return false;
	*ret = (int64_t)(ext + start - (uint64_t)now);
	/* The clock of a synctest bubble is in the year 2000. */
	return *ret > -NS_PER_YEAR;
}

static void put_deadline(const struct vole_people *p, struct vole_strbuf *out)
{
	struct vole_value deadline = { 0 };
	const struct vole_people inner = vole_people_inside(p, &deadline);
	const char *when = NULL;
	int64_t left;

	if (vole_people_part(p, "deadline", &deadline))
		when = vole_people_time(&inner);
	vole_strbuf_printf(out, ".WithDeadline(%s)",
			   when ? when : "<unreadable>");
	if (put_end(p, out) || !when || !time_left(p, &left))
		return;
	left -= left % NS_PER_MS;
	vole_strbuf_printf(out, "[%s%s%s]", left < 0 ? "" : "in at most ",
			   vole_people_duration(p->arena,
						left < 0 ? -left : left),
			   left < 0 ? " ago or more" : "");
}

static void put_value(const struct vole_people *p, struct vole_strbuf *out)
{
	static const char *const names[] = { "key", "val" };
	struct vole_value part = { 0 };
	const struct vole_people inner = vole_people_inside(p, &part);
	size_t i;

	vole_strbuf_add(out, ".WithValue(");
	for (i = 0; i < 2; i++) {
		vole_strbuf_add(out, i ? ", " : "");
		if (vole_people_part(p, names[i], &part))
			vole_people_brief(&inner, out);
		else
			vole_strbuf_add(out, "<unreadable>");
	}
	vole_strbuf_add(out, ")");
}

static void put_link(const struct vole_people *p, struct vole_strbuf *out)
{
	if (is_named(p->value, "context.valueCtx")) {
		put_value(p, out);
	} else if (is_named(p->value, "context.cancelCtx")) {
		vole_strbuf_add(out, ".WithCancel");
		put_end(p, out);
	} else if (is_named(p->value, "context.timerCtx")) {
		put_deadline(p, out);
	} else if (is_named(p->value, "context.withoutCancelCtx")) {
		vole_strbuf_add(out, ".WithoutCancel");
	} else if (is_named(p->value, "context.afterFuncCtx")) {
		vole_strbuf_add(out, ".AfterFunc");
		put_end(p, out);
	} else if (!is_named(p->value, "context.stopCtx")) {
		/* stopCtx: only how cancelCtx is told of its parent. */
		vole_strbuf_printf(out, ".In(%s)", p->value->type->name);
	}
}

/* --- the outermost ----------------------------------------------------------- */

const char *vole_people_empty_context(const struct vole_runtime *rt,
				      const struct vole_value *value)
{
	static const struct {
		const char *var, *name;
	} known[] = { { "context.background", "context.Background" },
		      { "context.todo", "context.TODO" } };
	struct vole_error ignored;
	uint64_t var, word;
	size_t i;

	for (i = 0; i < 2 && value->where == VOLE_IN_MEMORY; i++)
		if (vole_runtime_var(rt, known[i].var, &var, &ignored) &&
		    vole_memory_uint(rt->mem, var, sizeof(word), &word,
				     &ignored) &&
		    word == value->addr)
			return known[i].name;
	return NULL;
}

static void put_outermost(const struct vole_people *p,
			  const struct vole_value *value,
			  struct vole_strbuf *out)
{
	const char *name = NULL;

	if (is_named(value, "context.backgroundCtx"))
		name = "context.Background";
	else if (is_named(value, "context.todoCtx"))
		name = "context.TODO";
	else if (is_named(value, "context.emptyCtx"))
		name = vole_people_empty_context(p->rt, value);
	vole_strbuf_add(out, name ? name : value->type->name);
}

const char *vole_people_context(const struct vole_people *p)
{
	struct vole_strbuf text = { 0 };
	struct chain chain;
	size_t i;

	chain.len = 0;
	chain.lost = NULL;
	follow(p, &chain);
	i = chain.len;
	if (chain.lost)
		vole_strbuf_add(&text, chain.lost);
	else
		put_outermost(p, &chain.links[--i], &text);
	while (i-- > 0) {
		const struct vole_people link =
			vole_people_inside(p, &chain.links[i]);

		put_link(&link, &text);
	}
	return vole_people_keep(p, &text);
}
