#include "heap/refs.h"

#include "command/object.h"
#include "command/referrer.h"
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
	struct vole_whose *whose;
	uint64_t limit, count;
};

/* --- what is asked about --------------------------------------------------- */

static bool find_subject(struct vole_context *ctx, struct vole_heap *heap,
			 struct subject *ret, struct vole_error *err)
{
	struct vole_package_var var;
	struct vole_error unused;

	if (!vole_context_address(ctx, &ret->addr, &ret->len, err))
		return false;
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

static bool visit(struct vole_ref_visitor *v, const struct vole_ref *ref)
{
	struct search *s = (struct search *)v;
	struct vole_sink *sink = s->ctx->sink;

	if (s->count++ >= s->limit && s->limit)
		return true;
	vole_sink_row(sink);
	vole_put_referrer(s->ctx, s->heap, s->whose, s->mark, ref);
	vole_sink_end(sink);
	return true;
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
		.progress = vole_sink_on_progress,
		.arg = sink,
	};
	bool ok;

	vole_sink_table(sink, "referrers", columns, 3);
	ok = vole_refs_visit(s->heap, &search, &s->v, err);
	vole_sink_end(sink);
	if (s->limit && s->count > s->limit)
		vole_sink_omitted(sink, s->count - s->limit);
	if (ok && !s->count)
		vole_sink_say(sink, VOLE_STYLE_FAINT,
			      vole_roots_are_whole(s->heap) ?
				      "nobody" :
				      "nobody that could be looked at, "
				      "but " VOLE_ROOTS_MISSING);
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
	    !vole_whose_open(ctx, s.heap, &s.whose, err))
		return false;
	ok = vole_mark_open(s.heap, ctx->sink->ui, &s.mark, err) &&
	     vole_mark_from_roots(s.mark, VOLE_ROOTS_GO, err);
	if (ok) {
		put_subject(ctx, &subject);
		ok = list(&s, &subject, err);
	}
	vole_mark_close(s.mark);
	vole_whose_close(s.whose);
	return ok;
}

static const struct vole_option options[] = { VOLE_OPTION_LIMIT, { 0 } };

const struct vole_command vole_cmd_refs = {
	.name = "refs",
	.args = "ADDR|EXPR",
	.summary = "List who points at an object.",
	.detail = "A pointer or a number is the address; of a slice, "
		  "string, map, channel, func or\ninterface it is what the "
		  "header leads to; of another variable its own place.\n"
		  "When an object of the heap is there, any pointer into "
		  "it counts. Package\nvariables and objects hold pointers "
		  "exactly. Of stacks and registers any word\nthat leads "
		  "there is listed: with the variable of the frame that "
		  "has it, or as\n\"maybe\" where no variable does, or one "
		  "that is not set there or not used any\nmore. Objects "
		  "that nobody can reach any more are \"garbage\".",
	.example = "refs main.recent",
	.json = "`address`, `size`: what the pointers lead into; " VOLE_OBJECT_JSON
		"; `referrers`: " VOLE_REFERRER_JSON
		"; of objects `reachable`.",
	.takes = VOLE_TAKES_EXPR,
	.options = options,
	.run = run,
};
