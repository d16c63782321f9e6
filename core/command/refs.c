#include "heap/refs.h"

#include "command/object.h"
#include "runtime/package_var.h"

/* What is asked about: a range, and the object of the heap it is, if any. */
struct subject {
	uint64_t addr, len;
	bool is_object;
	struct vole_object object;
};

struct search {
	struct vole_ref_visitor v; /* first: cast back */
	struct vole_context *ctx;
	struct vole_heap *heap;
	struct vole_mark *mark;
	uint64_t limit, count;
};

static const char *const kinds[VOLE_NUM_ROOT_KINDS] = {
	[VOLE_ROOT_DATA] = "variable",
	[VOLE_ROOT_STACK] = "stack",
	[VOLE_ROOT_SYSTEM_STACK] = "system-stack",
	[VOLE_ROOT_REGISTERS] = "register",
	[VOLE_ROOT_SPECIAL] = "special",
	[VOLE_ROOT_QUEUE] = "queue",
};

/* --- what is asked about --------------------------------------------------- */

/* The address that @p value holds or, when it holds none, has. */
static bool address_of(struct vole_context *ctx, const struct vole_value *value,
		       uint64_t *ret, uint64_t *ret_len, struct vole_error *err)
{
	*ret_len = 1;
	switch (value->type->kind) {
	case VOLE_KIND_STRUCT:
	case VOLE_KIND_ARRAY:
		break;
	case VOLE_KIND_INTERFACE:
		return vole_value_word(ctx->rt, value, 8, ret, err);
	case VOLE_KIND_STRING:
	case VOLE_KIND_SLICE:
	case VOLE_KIND_MAP:
	case VOLE_KIND_CHAN:
	case VOLE_KIND_FUNC:
		if (value->where == VOLE_IN_TEXT)
			break;
		return vole_value_word(ctx->rt, value, 0, ret, err);
	default:
		if (value->type->size == 8)
			return vole_value_int(ctx->rt, value, ret, err);
	}
	if (value->where != VOLE_IN_MEMORY)
		return vole_fail(
			err, VOLE_SYNTAX, VOLE_NOWHERE,
			"the expression has no address and holds none");
	*ret = value->addr;
	*ret_len = value->type->size ? value->type->size : 1;
	return true;
}

static bool find_subject(struct vole_context *ctx, struct vole_heap *heap,
			 struct subject *ret, struct vole_error *err)
{
	struct vole_package_var var;
	struct vole_value value;
	struct vole_error unused;

	if (!vole_context_eval(ctx, &value, err) ||
	    !address_of(ctx, &value, &ret->addr, &ret->len, err))
		return false;
	if (!ret->addr)
		return vole_fail(err, VOLE_NOT_FOUND, VOLE_NOWHERE,
				 "it is nil, which anything may be");
	ret->is_object = vole_object_at(heap, ret->addr, &ret->object) &&
			 ret->object.part <= VOLE_PART_HEADER;
	if (ret->is_object) {
		ret->addr = ret->object.base;
		ret->len = ret->object.size;
	} else if (ret->len == 1 &&
		   vole_package_var_at(ctx->rt, ret->addr, &var, &unused)) {
		ret->addr = var.addr;
		ret->len = var.size;
	}
	return true;
}

static void put_subject(struct vole_context *ctx, const struct subject *s)
{
	struct vole_sink *sink = ctx->sink;

	vole_sink_address(sink, "address", s->addr);
	vole_sink_number(sink, "size", (int64_t)s->len);
	if (s->is_object)
		vole_put_object(ctx, &s->object);
}

/* --- who points at it ------------------------------------------------------ */

static void put_object(struct search *s, const struct vole_ref *ref)
{
	struct vole_sink *sink = s->ctx->sink;
	struct vole_object o;
	const char *name;
	bool reachable;

	vole_object_of(s->heap, ref->span, ref->slot, &o);
	reachable = vole_mark_has_number(s->mark, o.number);
	name = vole_object_type_name(s->ctx, &o);
	vole_sink_address_json(sink, "object", o.base);
	vole_sink_number_json(sink, "offset", (int64_t)(ref->addr - o.base));
	vole_sink_text(sink, "type", VOLE_STYLE_HIDDEN, name);
	vole_sink_flag_json(sink, "reachable", reachable);
	vole_sink_printf(sink, "where", VOLE_STYLE_PLAIN,
			 "object 0x%" PRIx64 " + %" PRIu64 "%s%s", o.base,
			 ref->addr - o.base, name ? ", type " : "",
			 name ? name : "");
	vole_sink_text(sink, "note", VOLE_STYLE_FAINT,
		       !reachable  ? "garbage" :
		       !ref->exact ? "maybe" :
				     "");
}

static void put_variable(struct search *s, const struct vole_ref *ref)
{
	struct vole_sink *sink = s->ctx->sink;
	struct vole_package_var var;
	struct vole_error unused;

	if (!vole_package_var_at(s->ctx->rt, ref->addr, &var, &unused))
		vole_sink_text(sink, "where", VOLE_STYLE_PLAIN,
			       "a package variable without a name");
	else if (ref->addr == var.addr)
		vole_sink_text(sink, "where", VOLE_STYLE_NAME, var.name);
	else
		vole_sink_printf(sink, "where", VOLE_STYLE_NAME,
				 "%s + %" PRIu64, var.name,
				 ref->addr - var.addr);
}

static void put_thread(struct vole_sink *sink, const struct vole_ref *ref)
{
	vole_sink_number_json(sink, "thread", (int64_t)ref->owner);
	vole_sink_printf(sink, "where", VOLE_STYLE_PLAIN,
			 "%s of thread %" PRIu64,
			 ref->addr ? "system stack" : "register", ref->owner);
}

static void put_root(struct search *s, const struct vole_ref *ref)
{
	struct vole_sink *sink = s->ctx->sink;

	switch (ref->kind) {
	case VOLE_ROOT_DATA:
		put_variable(s, ref);
		break;
	case VOLE_ROOT_STACK:
		vole_sink_number_json(sink, "goroutine", (int64_t)ref->owner);
		vole_sink_printf(sink, "where", VOLE_STYLE_PLAIN,
				 "stack of goroutine %" PRIu64, ref->owner);
		break;
	case VOLE_ROOT_SYSTEM_STACK:
	case VOLE_ROOT_REGISTERS:
		put_thread(sink, ref);
		break;
	case VOLE_ROOT_SPECIAL:
		vole_sink_address_json(sink, "object", ref->owner);
		vole_sink_printf(sink, "where", VOLE_STYLE_PLAIN,
				 "finalizer or cleanup of object 0x%" PRIx64,
				 ref->owner);
		break;
	default:
		vole_sink_text(sink, "where", VOLE_STYLE_PLAIN,
			       vole_root_kind_name(ref->kind));
	}
	vole_sink_text(sink, "note", VOLE_STYLE_FAINT,
		       ref->exact ? "" : "maybe");
}

static bool visit(struct vole_ref_visitor *v, const struct vole_ref *ref)
{
	struct search *s = (struct search *)v;
	struct vole_sink *sink = s->ctx->sink;

	if (s->limit && s->count++ >= s->limit)
		return true;
	vole_sink_row(sink);
	vole_sink_text(sink, "kind", VOLE_STYLE_HIDDEN,
		       ref->in_object ? "object" : kinds[ref->kind]);
	if (ref->addr)
		vole_sink_address(sink, "address", ref->addr);
	else
		vole_sink_text(sink, "register", VOLE_STYLE_PLAIN, "");
	vole_sink_flag_json(sink, "exact", ref->exact);
	if (ref->in_object)
		put_object(s, ref);
	else
		put_root(s, ref);
	vole_sink_end(sink);
	return true;
}

static void show_progress(void *arg, uint64_t done, uint64_t all)
{
	vole_sink_progress(arg, done, all);
}

static bool list(struct search *s, const struct subject *subject,
		 struct vole_error *err)
{
	static const struct vole_column columns[] = {
		{ "address", NULL, false },
		{ "where", NULL, false },
		{ "note", "", false },
	};
	struct vole_sink *sink = s->ctx->sink;
	struct vole_ref_search search = {
		.addr = subject->addr,
		.len = subject->len,
		.roots = VOLE_ROOTS_ALL,
		.ui = sink->ui,
		.progress = show_progress,
		.arg = sink,
	};
	bool ok;

	vole_sink_table(sink, "referrers", columns, 3);
	ok = vole_refs_visit(s->heap, &search, &s->v, err);
	vole_sink_end(sink);
	if (s->limit && s->count > s->limit)
		vole_sink_omitted(sink, s->count - s->limit);
	if (ok && !s->count)
		vole_sink_say(sink, VOLE_STYLE_FAINT, "nobody");
	/* What was found before the user stopped it is shown. */
	return ok || (s->count && vole_sink_stopped(sink));
}

static bool run(struct vole_context *ctx, struct vole_error *err)
{
	struct search s = { .v = { visit }, .ctx = ctx };
	struct subject subject = { 0 };
	bool ok;

	if (!vole_args_number(ctx, "--limit", ctx->settings->limit, &s.limit,
			      err) ||
	    !vole_heap_get(ctx->rt, ctx->sink->ui, &s.heap, err) ||
	    !find_subject(ctx, s.heap, &subject, err) ||
	    !vole_mark_open(s.heap, ctx->sink->ui, &s.mark, err))
		return false;
	ok = vole_mark_from_roots(s.mark, VOLE_ROOTS_GO, err);
	if (ok) {
		put_subject(ctx, &subject);
		ok = list(&s, &subject, err);
	}
	vole_mark_close(s.mark);
	return ok;
}

static const struct vole_option options[] = { VOLE_OPTION_LIMIT, { 0 } };

const struct vole_command vole_cmd_refs = {
	.name = "refs",
	.args = "ADDR|EXPR",
	.summary = "List who points at an object.",
	.detail = "A pointer or a number is the address; of a slice, string, "
		  "map, channel, func or\ninterface it is what the header "
		  "leads to; of another variable its own place. When\nan "
		  "object of the heap is there, any pointer into it counts. "
		  "Package variables and\nobjects hold pointers exactly; on "
		  "stacks and in registers any word that leads there\nis "
		  "listed, as \"maybe\". Objects that nobody can reach any "
		  "more are \"garbage\".",
	.example = "refs main.recent",
	.json = "`address`, `size`: what the pointers lead into; " VOLE_OBJECT_JSON
		"; `referrers`: objects of `kind` (`variable`, "
		"`object`, `stack`, `system-stack`, `register`, `special`, "
		"`queue`), `address` of the pointer, `where`, `exact`, and by "
		"kind `object`, `offset`, `type`, `reachable`, `goroutine`, "
		"`thread`.",
	.takes = VOLE_TAKES_EXPR,
	.options = options,
	.run = run,
};
