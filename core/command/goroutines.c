#include "command/frames.h"
#include "command/goroutine_groups.h"
#include "command/select.h"

#include "base/array.h"
#include "base/quote.h"
#include "runtime/clock.h"
#include "runtime/labels.h"
#include "runtime/place.h"

#include <stdio.h>
#include <string.h>

enum { POLL = 1024 };

/* What was asked for. */
struct filter {
	const char *state, *in, *created, *label;
	bool user, system;
	bool needs_place; /* some filter looks at more than the g */
};

struct list {
	struct vole_context *ctx;
	struct filter filter;
	VOLE_ARRAY(struct vole_goroutine_ref) refs;
	uint64_t unreadable, all;
	bool sorted;
	int64_t now; /* nanotime at the stop, at least */
	struct vole_strbuf what; /* the row in hand does */
};

static bool read_filter(struct vole_context *ctx, struct filter *ret,
			struct vole_error *err)
{
	*ret = (struct filter){
		.state = vole_args_value(ctx, "--state"),
		.in = vole_args_value(ctx, "--in"),
		.created = vole_args_value(ctx, "--created"),
		.label = vole_args_value(ctx, "--label"),
		.user = vole_args_has(ctx, "--user"),
		.system = vole_args_has(ctx, "--system"),
	};
	ret->needs_place = ret->in || ret->created || ret->user || ret->system;
	if (ctx->args.text[0])
		return vole_fail(err, VOLE_USAGE, VOLE_NOWHERE,
				 "goroutines takes options only; `goroutine "
				 "%.20s` shows one",
				 ctx->args.text);
	return true;
}

/* A state's word, or part of what it waits for: "waiting", "chan". */
static bool matches_state(const struct vole_runtime *rt, const char *wanted,
			  const struct vole_goroutine *g)
{
	const char *reason = vole_goroutine_wait_reason(rt, g);

	return !strcmp(vole_goroutine_state(g), wanted) ||
	       (reason && strstr(reason, wanted));
}

static bool matches_call(const char *pattern, const struct vole_call *call)
{
	return call && vole_pattern_matches(pattern, call->name);
}

/* Does any call of the stack match? */
static bool stack_matches(const struct vole_runtime *rt,
			  const struct vole_goroutine *g, const char *pattern)
{
	enum { MAX_FRAMES = 4096 };
	struct vole_stack stack;
	struct vole_frame frame;
	unsigned n = 0;

	vole_stack_begin(&stack, rt, g);
	while (n++ < MAX_FRAMES && vole_stack_next(&stack, &frame)) {
		struct vole_error unused;
		struct vole_calls calls;
		size_t i;

		if (frame.kind != VOLE_FRAME_GO ||
		    !vole_calls_at(rt, frame.pc, frame.exact, &calls, &unused))
			continue;
		for (i = 0; i < calls.len; i++)
			if (matches_call(pattern, &calls.items[i]))
				return true;
	}
	return false;
}

static bool matches_label(const struct vole_runtime *rt,
			  const struct vole_goroutine *g, const char *wanted)
{
	const char *equals = strchr(wanted, '=');
	size_t len = equals ? (size_t)(equals - wanted) : strlen(wanted);
	struct vole_labels labels;
	size_t i;

	if (!vole_labels_read(rt, g, &labels))
		return false;
	for (i = 0; i < labels.len; i++) {
		const struct vole_label *label = &labels.items[i];

		if (strlen(label->key) == len &&
		    !memcmp(label->key, wanted, len) &&
		    (!equals || !strcmp(label->value, equals + 1)))
			return true;
	}
	return false;
}

static bool wanted(const struct list *list, const struct vole_goroutine *g)
{
	const struct vole_runtime *rt = list->ctx->rt;
	const struct filter *f = &list->filter;
	struct vole_place_of place;

	if (f->state && !matches_state(rt, f->state, g))
		return false;
	if (f->label && !matches_label(rt, g, f->label))
		return false;
	if (!f->needs_place)
		return true;
	vole_goroutine_place(rt, g, &place);
	if ((f->user && place.system) || (f->system && !place.system))
		return false;
	if (f->created && !matches_call(f->created, place.created))
		return false;
	return !f->in || stack_matches(rt, g, f->in);
}

static bool gather(struct list *list, struct vole_error *err)
{
	const struct vole_runtime *rt = list->ctx->rt;
	bool whole = list->filter.needs_place || list->filter.label;
	struct vole_goroutines all;
	struct vole_error unused;
	uint64_t i, addr;

	if (!vole_goroutines_find(rt, &all, err))
		return false;
	list->all = all.len + all.lost;
	list->unreadable = all.lost;
	list->sorted = true;
	for (i = 0; i < all.len; i++) {
		struct vole_goroutine g;
		struct vole_goroutine_ref *ref;

		if (i % POLL == 0) {
			vole_sink_progress(list->ctx->sink, i, all.len);
			if (vole_sink_stopped(list->ctx->sink))
				return true;
		}
		vole_goroutines_prefetch(rt, &all, i, whole);
		if (!vole_goroutines_get(rt, &all, i, &addr, &unused) ||
		    !(whole ? vole_goroutine_read :
			      vole_goroutine_head)(rt, addr, &g, &unused)) {
			list->unreadable++;
			continue;
		}
		if (!vole_goroutine_lives(&g))
			continue;
		if (g.wait_since > list->now)
			list->now = g.wait_since;
		if (!wanted(list, &g))
			continue;
		ref = vole_array_push(&list->refs);
		if (!ref)
			return vole_fail_nomem(err);
		*ref = (struct vole_goroutine_ref){ g.id, addr };
		if (list->refs.len > 1 && ref[-1].id > g.id)
			list->sorted = false;
	}
	return true;
}

static int by_id(const void *a, const void *b)
{
	const struct vole_goroutine_ref *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

static void put_place(struct vole_sink *sink, const char *const keys[4],
		      const struct vole_call *call, enum vole_style style)
{
	if (!call)
		return;
	vole_sink_text(sink, keys[0], VOLE_STYLE_HIDDEN, call->name);
	vole_sink_text(sink, keys[1], VOLE_STYLE_HIDDEN, call->file);
	vole_sink_number_json(sink, keys[2], call->line);
	if (keys[3])
		vole_sink_cell(sink, keys[3], style, call->where);
}

static void put_labels(struct vole_context *ctx, const struct vole_goroutine *g)
{
	struct vole_labels labels;
	size_t i;

	if (!g->labels || !vole_labels_read(ctx->rt, g, &labels))
		return;
	vole_sink_object_json(ctx->sink, "labels");
	for (i = 0; i < labels.len; i++)
		vole_sink_text(ctx->sink, labels.items[i].key,
			       VOLE_STYLE_HIDDEN, labels.items[i].value);
	vole_sink_end(ctx->sink);
}

static void put_state(struct list *list, const struct vole_goroutine *g)
{
	const char *state = vole_goroutine_state(g);
	const char *reason = vole_goroutine_wait_reason(list->ctx->rt, g);
	int64_t waited = vole_waited(g, list->now);
	struct vole_sink *sink = list->ctx->sink;

	vole_sink_text(sink, "state", VOLE_STYLE_HIDDEN, state);
	vole_sink_text(sink, "wait_reason", VOLE_STYLE_HIDDEN, reason);
	vole_strbuf_clear(&list->what);
	vole_strbuf_add(&list->what, reason ? reason : state);
	if (waited) {
		vole_sink_number_json(sink, "wait_ns", waited);
		vole_strbuf_add(&list->what, ", ");
		vole_duration_add(&list->what, waited);
	}
	vole_sink_cell(sink, "what", VOLE_STYLE_PLAIN,
		       vole_strbuf_text(&list->what));
}

static void put_goroutine(struct list *list,
			  const struct vole_goroutine_ref *ref)
{
	static const char *const top[] = { "function", "file", "line", NULL };
	static const char *const created[] = { "created_by", "created_file",
					       "created_line", "by" };
	struct vole_context *ctx = list->ctx;
	struct vole_sink *sink = ctx->sink;
	struct vole_place_of place;
	struct vole_goroutine g;
	struct vole_error err;

	vole_sink_row(sink);
	vole_sink_number(sink, "id", (int64_t)ref->id);
	if (!vole_goroutine_read(ctx->rt, ref->addr, &g, &err)) {
		vole_sink_text(sink, "unreadable", VOLE_STYLE_BAD, err.text);
		vole_sink_end(sink);
		return;
	}
	vole_goroutine_place(ctx->rt, &g, &place);
	vole_sink_address_json(sink, "address", g.addr);
	vole_sink_flag_json(sink, "system", place.system);
	vole_sink_cell(sink, "mark", VOLE_STYLE_FAINT,
		       place.system ? "sys" : "");
	put_state(list, &g);
	put_place(sink, top, place.top, VOLE_STYLE_PLAIN);
	vole_put_user_code(sink, &place);
	put_place(sink, created, place.created, VOLE_STYLE_FAINT);
	if (g.parent)
		vole_sink_number_json(sink, "parent", (int64_t)g.parent);
	put_labels(ctx, &g);
	vole_sink_text(sink, "end", VOLE_STYLE_HIDDEN, place.end);
	vole_sink_end(sink);
}

static void prefetch(const struct list *list, size_t at)
{
	if (list->refs.len - at > VOLE_NEXT_G)
		vole_goroutine_prefetch(
			list->ctx->rt, list->refs.items[at + VOLE_NEXT_G].addr,
			list->refs.items[at + VOLE_SOONER_G].addr);
}

static bool put(struct list *list, struct vole_error *err)
{
	static const struct vole_column columns[] = {
		{ "id", NULL, true },	       { "mark", "", false },
		{ "what", "state", false },    { "where", "user code", false },
		{ "by", "created by", false },
	};
	struct vole_sink *sink = list->ctx->sink;
	uint64_t limit;
	size_t i;

	if (!vole_args_number(list->ctx, "--limit", list->ctx->settings->limit,
			      &limit, err))
		return false;
	vole_sink_number_json(sink, "count", (int64_t)list->refs.len);
	vole_sink_table(sink, "goroutines", columns, 5);
	for (i = 0; i < list->refs.len && (!limit || i < limit) &&
		    !vole_sink_stopped(sink);
	     i++) {
		vole_sink_progress(sink, i, list->refs.len);
		prefetch(list, i);
		put_goroutine(list, &list->refs.items[i]);
	}
	vole_sink_end(sink);
	vole_sink_omitted(sink, list->refs.len - i);
	if (!list->refs.len)
		vole_sink_say(sink, VOLE_STYLE_FAINT, "no goroutine matches");
	if (list->unreadable)
		vole_sink_warn(sink,
			       "%" PRIu64 " of %" PRIu64
			       " goroutines could not be read",
			       list->unreadable, list->all);
	return true;
}

static bool run(struct vole_context *ctx, struct vole_error *err)
{
	const char *by = vole_args_value(ctx, "--group");
	struct list list = { .ctx = ctx };
	bool ok;

	if (!read_filter(ctx, &list.filter, err))
		return false;
	list.now = vole_clock_newest(ctx->rt);
	ok = gather(&list, err);
	if (ok && !list.sorted)
		qsort(list.refs.items, list.refs.len,
		      sizeof(struct vole_goroutine_ref), by_id);
	if (ok)
		ok = by ? vole_put_goroutine_groups(ctx, list.refs.items,
						    list.refs.len, by, err) :
			  put(&list, err);
	vole_array_free(&list.refs);
	vole_strbuf_free(&list.what);
	return ok;
}

static const struct vole_option options[] = {
	{ "--state", "STATE", "in that state, or waiting for that" },
	{ "--in", "FUNC", "with a matching function in their stack" },
	{ "--created", "FUNC", "created by a matching function" },
	{ "--label", "KEY[=VALUE]", "with that profiler label" },
	{ "--group", "BY",
	  "count them by state, user, function, created, start, label:KEY" },
	{ "--user", NULL, "the program's own" },
	{ "--system", NULL, "the runtime's own" },
	VOLE_OPTION_LIMIT,
	{ NULL, NULL, NULL },
};

const struct vole_command vole_cmd_goroutines = {
	.name = "goroutines",
	.aliases = { "gs", "grs" },
	.args = "[--state STATE] [--in FUNC] [--group BY]",
	.summary = "List goroutines: state, where in user code, created where.",
	.detail = "User code is the innermost function outside the standard "
		  "library. Goroutines that\nwork for the runtime are marked "
		  "`sys`. How long one has waited is known from the\nfirst "
		  "garbage collection that saw it wait, up to the newest time "
		  "that the runtime\nnoted before the stop.",
	.example = "goroutines",
	.json = "`count`, `goroutines`: objects of `id`, `address`, `system`, "
		"`state`, `wait_reason`, `wait_ns`, `function`, `file`, "
		"`line`, `user_function`, `user_file`, `user_line`, "
		"`created_by`, `created_file`, `created_line`, `parent`, "
		"`labels`, `end` (why its stack could not be followed). "
		"States: `idle`, `runnable`, `running`, `syscall`, `waiting`, "
		"`copying`, `preempted`, `leaked`. With --group `groups` instead: "
		"objects of `count`, `key`, `goroutines`.",
	.takes = VOLE_TAKES_WORDS,
	.options = options,
	.on_stacks = true,
	.run = run,
};
