#include "command/frames.h"
#include "command/select.h"

#include <stdio.h>

#include "heap/leaked.h"
#include "runtime/clock.h"
#include "runtime/waits.h"
#include "value/variables.h"

enum { SHOWN_HOLDERS = 3 };

struct table {
	struct vole_context *ctx;
	struct vole_waits waits;
	struct vole_leaked leaked;
	bool knows_leaked; /* false: not asked, or it cannot be told */
	struct vole_variables *variables; /* NULL: they cannot be read */
	int64_t now; /* nanotime at the stop, at least */
	bool system;
};

/* As the variables of each kind are named in debug information. */
static const char *type_of(enum vole_wait_kind kind)
{
	switch (kind) {
	case VOLE_WAIT_CHAN:
		return "chan";
	case VOLE_WAIT_MUTEX:
		return "sync.Mutex";
	case VOLE_WAIT_RWMUTEX:
		return "sync.RWMutex";
	case VOLE_WAIT_GROUP:
		return "sync.WaitGroup";
	case VOLE_WAIT_COND:
		return "sync.Cond";
	default:
		return NULL;
	}
}

static const char *name_of(const struct table *t, enum vole_wait_kind kind,
			   uint64_t addr)
{
	const char *type = type_of(kind);

	return type && t->variables ? vole_variables_at(t->variables, addr,
							type, t->ctx->arena) :
				      NULL;
}

static bool stopped(void *arg, uint64_t done, uint64_t all)
{
	vole_sink_progress(arg, done, all);
	return vole_sink_stopped(arg);
}

/* --- one waiter ------------------------------------------------------------ */

static void put_for(struct vole_sink *sink, const struct vole_wait *wait,
		    const char *reason)
{
	const char *op = wait->num_cases == 1 ?
				 vole_wait_op_name(wait->cases[0].op) :
				 NULL;

	if (wait->is_select)
		vole_sink_cell_printf(sink, "for", VOLE_STYLE_PLAIN,
				      "select of %zu", wait->num_cases);
	else if (wait->kind == VOLE_WAIT_OTHER && reason)
		vole_sink_cell(sink, "for", VOLE_STYLE_PLAIN, reason);
	else
		vole_sink_cell_printf(sink, "for", VOLE_STYLE_PLAIN, "%s%s%s",
				      vole_wait_kind_name(wait->kind),
				      op ? " " : "", op ? op : "");
}

static void put_objects_json(const struct table *t,
			     const struct vole_wait *wait)
{
	struct vole_sink *sink = t->ctx->sink;
	size_t i;

	vole_sink_list_json(sink, "objects");
	for (i = 0; i < wait->num_cases; i++) {
		const struct vole_wait_case *it = &wait->cases[i];

		vole_sink_object_json(sink, NULL);
		vole_sink_address_json(sink, "address", it->object);
		vole_sink_text(sink, "op", VOLE_STYLE_HIDDEN,
			       vole_wait_op_name(it->op));
		vole_sink_text(sink, "name", VOLE_STYLE_HIDDEN,
			       name_of(t, wait->kind, it->object));
		vole_sink_end(sink);
	}
	vole_sink_end(sink);
}

static void put_object(const struct table *t, const struct vole_wait *wait)
{
	struct vole_sink *sink = t->ctx->sink;
	char state[96];
	const char *name;

	put_objects_json(t, wait);
	if (!wait->num_cases)
		return;
	vole_lock_state(t->ctx->rt, wait->kind, wait->cases[0].object, state,
			sizeof(state));
	vole_sink_text(sink, "state", VOLE_STYLE_PLAIN, *state ? state : NULL);
	if (wait->num_cases > 1)
		return;
	name = name_of(t, wait->kind, wait->cases[0].object);
	if (name)
		vole_sink_cell_printf(sink, "object", VOLE_STYLE_NAME,
				      "%s 0x%" PRIx64, name,
				      wait->cases[0].object);
	else if (wait->kind == VOLE_WAIT_FD)
		vole_sink_cell_printf(sink, "object", VOLE_STYLE_NAME,
				      "descriptor %" PRId64, wait->fd);
	else
		vole_sink_cell_printf(sink, "object", VOLE_STYLE_NAME,
				      "0x%" PRIx64, wait->cases[0].object);
}

static const char *certainty(const struct vole_holder *holder)
{
	return holder->evidence == VOLE_EVIDENCE_DEFER ? "likely" : "possible";
}

static void put_why(struct table *t, const struct vole_holder *holder)
{
	struct vole_sink *sink = t->ctx->sink;
	struct vole_error unused;
	struct vole_calls calls;

	if (holder->evidence == VOLE_EVIDENCE_STACK)
		vole_sink_printf(sink, "why", VOLE_STYLE_HIDDEN,
				 "the lock's address is on its stack at "
				 "0x%" PRIx64,
				 holder->at);
	else if (vole_calls_at(t->ctx->rt, holder->code, true, &calls, &unused))
		vole_sink_printf(sink, "why", VOLE_STYLE_HIDDEN,
				 "a deferred call of %s has the lock's address",
				 calls.items[calls.len - 1].name);
}

static void put_holders(struct table *t, const struct vole_waiter *waiter)
{
	const struct vole_holder *holders =
		&t->waits.holders.items[waiter->first_holder];
	struct vole_sink *sink = t->ctx->sink;
	char text[SHOWN_HOLDERS * 24 + 32];
	size_t len = 0, i;

	vole_sink_list_json(sink, "holders");
	for (i = 0; i < waiter->num_holders; i++) {
		vole_sink_object_json(sink, NULL);
		vole_sink_number_json(sink, "goroutine",
				      (int64_t)holders[i].goroutine);
		vole_sink_text(sink, "certainty", VOLE_STYLE_HIDDEN,
			       certainty(&holders[i]));
		put_why(t, &holders[i]);
		vole_sink_end(sink);
	}
	vole_sink_end(sink);
	if (!waiter->num_holders)
		return;
	for (i = 0; i < waiter->num_holders && i < SHOWN_HOLDERS; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len,
					"%s%" PRIu64, i ? ", " : "",
					holders[i].goroutine);
	snprintf(text + len, sizeof(text) - len, "%s (%s)",
		 waiter->num_holders > SHOWN_HOLDERS ? ", ..." : "",
		 certainty(holders));
	vole_sink_cell(sink, "held", VOLE_STYLE_PLAIN, text);
}

static void put_times(struct table *t, const struct vole_waiter *waiter)
{
	struct vole_sink *sink = t->ctx->sink;
	int64_t left = waiter->wait.until - t->now;

	if (waiter->since > 0 && t->now > waiter->since) {
		vole_put_duration(sink, "since", t->now - waiter->since);
		vole_sink_number_json(sink, "wait_ns", t->now - waiter->since);
	}
	if (waiter->leaked)
		vole_sink_cell(sink, "wakes", VOLE_STYLE_BAD,
			       t->leaked.partial ? "never (likely)" : "never");
	if (waiter->wait.until <= 0 || !t->now)
		return;
	vole_put_duration(sink, "wakes", left > 0 ? left : 0);
	vole_sink_number_json(sink, "wakes_in_ns", left);
}

static void put_waiter(struct table *t, const struct vole_waiter *waiter)
{
	struct vole_sink *sink = t->ctx->sink;
	const struct vole_wait *wait = &waiter->wait;
	const char *reason = NULL;
	struct vole_place_of place;
	struct vole_goroutine g;
	struct vole_error unused;
	bool readable =
		vole_goroutine_read(t->ctx->rt, waiter->addr, &g, &unused);

	if (readable)
		reason = vole_goroutine_wait_reason(t->ctx->rt, &g);
	vole_sink_row(sink);
	vole_sink_number(sink, "goroutine", (int64_t)waiter->id);
	vole_sink_text(sink, "kind", VOLE_STYLE_HIDDEN,
		       vole_wait_kind_name(wait->kind));
	vole_sink_flag_json(sink, "select", wait->is_select);
	vole_sink_text(sink, "wait_reason", VOLE_STYLE_HIDDEN, reason);
	put_for(sink, wait, reason);
	put_object(t, wait);
	if (wait->fd >= 0)
		vole_sink_number_json(sink, "fd", wait->fd);
	vole_sink_text(sink, "problem", VOLE_STYLE_HIDDEN, wait->problem);
	put_holders(t, waiter);
	put_times(t, waiter);
	if (readable) {
		vole_goroutine_place(t->ctx->rt, &g, &place);
		vole_put_user_code(sink, &place);
	}
	vole_sink_end(sink);
}

/* --- all ------------------------------------------------------------------- */

static int compare(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

/* What waits for the same thing stands together, locks first. */
static int by_object(const void *a, const void *b)
{
	static const uint8_t rank[] = {
		[VOLE_WAIT_MUTEX] = 0,	   [VOLE_WAIT_RWMUTEX] = 1,
		[VOLE_WAIT_GROUP] = 2,	   [VOLE_WAIT_COND] = 3,
		[VOLE_WAIT_FOREVER] = 4,   [VOLE_WAIT_CHAN] = 5,
		[VOLE_WAIT_SEMAPHORE] = 6, [VOLE_WAIT_FD] = 7,
		[VOLE_WAIT_TIME] = 8,	   [VOLE_WAIT_OTHER] = 9,
	};
	const struct vole_waiter *x = a, *y = b;
	int by = compare(rank[x->wait.kind], rank[y->wait.kind]);

	if (!by)
		by = compare(x->wait.is_select, y->wait.is_select);
	if (!by && x->wait.num_cases && y->wait.num_cases)
		by = compare(x->wait.cases[0].object, y->wait.cases[0].object);
	return by ? by : compare(x->id, y->id);
}

static bool put_waiters(struct table *t, struct vole_error *err)
{
	static const struct vole_column columns[] = {
		{ "goroutine", NULL, true },	{ "for", "waits for", false },
		{ "object", NULL, false },	{ "state", NULL, false },
		{ "held", "held by", false },	{ "since", "waits", false },
		{ "wakes", "wakes in", false }, { "where", "user code", false },
	};
	struct vole_sink *sink = t->ctx->sink;
	struct vole_waits *waits = &t->waits;
	uint64_t limit, shown = 0, left_out = 0;
	size_t i;

	if (!vole_args_number(t->ctx, "--limit", t->ctx->settings->limit,
			      &limit, err))
		return false;
	if (waits->waiters.len)
		qsort(waits->waiters.items, waits->waiters.len,
		      sizeof(struct vole_waiter), by_object);
	vole_sink_table(sink, "waits", columns, 8);
	for (i = 0; i < waits->waiters.len && !vole_sink_stopped(sink); i++) {
		if (waits->waiters.items[i].system && !t->system)
			continue;
		if (limit && shown >= limit) {
			left_out++;
			continue;
		}
		shown++;
		put_waiter(t, &waits->waiters.items[i]);
	}
	vole_sink_end(sink);
	vole_sink_omitted(sink, left_out);
	if (!shown)
		vole_sink_say(sink, VOLE_STYLE_FAINT, "no goroutine waits");
	return true;
}

static void put_cycle(struct vole_sink *sink,
		      const struct vole_wait_cycle *cycle)
{
	struct vole_strbuf text = { 0 };
	size_t i;

	vole_sink_row(sink);
	vole_sink_list_json(sink, "goroutines");
	for (i = 0; i < cycle->len; i++) {
		vole_sink_number_json(sink, NULL, (int64_t)cycle->ids[i]);
		vole_strbuf_printf(&text, "%s%" PRIu64, i ? " -> " : "",
				   cycle->ids[i]);
	}
	vole_sink_end(sink);
	vole_sink_text(sink, "certainty", VOLE_STYLE_HIDDEN, "likely");
	vole_sink_printf(sink, "text", VOLE_STYLE_BAD,
			 cycle->len == 1 ?
				 "deadlock (likely): goroutine %s waits for a "
				 "lock that it holds itself" :
				 "deadlock (likely): each waits for a lock of "
				 "the next: goroutines %s",
			 vole_strbuf_text(&text));
	vole_sink_end(sink);
	vole_strbuf_free(&text);
}

static void put_cycles(struct table *t)
{
	size_t i;

	vole_sink_items(t->ctx->sink, "cycles");
	for (i = 0; i < t->waits.cycles.len; i++)
		put_cycle(t->ctx->sink, &t->waits.cycles.items[i]);
	vole_sink_end(t->ctx->sink);
}

static void put_leaked(struct table *t)
{
	const char *certainty = t->leaked.partial ? "likely" : "certain";
	struct vole_sink *sink = t->ctx->sink;
	size_t i;

	vole_sink_list_json(sink, "leaked");
	for (i = 0; i < t->waits.waiters.len; i++) {
		if (!t->waits.waiters.items[i].leaked)
			continue;
		vole_sink_object_json(sink, NULL);
		vole_sink_number_json(sink, "goroutine",
				      (int64_t)t->waits.waiters.items[i].id);
		vole_sink_text(sink, "certainty", VOLE_STYLE_HIDDEN, certainty);
		vole_sink_end(sink);
	}
	vole_sink_end(sink);
	if (t->leaked.num)
		vole_sink_say(sink, VOLE_STYLE_BAD,
			      "%zu can never be woken: nothing that runs can "
			      "reach what they wait for",
			      t->leaked.num);
}

static void on_marked(void *arg, uint64_t done, uint64_t all)
{
	vole_sink_progress(arg, done, all);
}

static void find_leaked(struct table *t)
{
	struct vole_sink *sink = t->ctx->sink;
	struct vole_error err;

	if (vole_args_has(t->ctx, "--quick"))
		return;
	t->knows_leaked = vole_leaked_find(t->ctx->rt, sink->ui, &t->waits,
					   on_marked, sink, &t->leaked, &err);
	if (!t->knows_leaked)
		vole_sink_warn(sink,
			       "which can never be woken is not known: %s",
			       err.text);
}

static bool run(struct vole_context *ctx, struct vole_error *err)
{
	struct table t = { .ctx = ctx,
			   .now = vole_clock_newest(ctx->rt),
			   .system = vole_args_has(ctx, "--system") };
	struct vole_error unused;
	bool ok;

	if (!vole_waits_read(ctx->rt, ctx->arena, stopped, ctx->sink, &t.waits,
			     err))
		return false;
	if (!vole_variables_open(ctx->rt, &t.variables, &unused))
		vole_sink_warn(ctx->sink, "names of variables: %s",
			       unused.text);
	find_leaked(&t);
	ok = put_waiters(&t, err);
	if (ok) {
		put_cycles(&t);
		if (t.knows_leaked)
			put_leaked(&t);
	}
	if (t.waits.problem)
		vole_sink_warn(ctx->sink, "%s", t.waits.problem);
	if (t.waits.unreadable)
		vole_sink_warn(ctx->sink,
			       "%" PRIu64 " goroutines could not be read",
			       t.waits.unreadable);
	vole_variables_close(t.variables);
	vole_waits_free(&t.waits);
	return ok;
}

static const struct vole_option options[] = {
	{ "--system", NULL, "the runtime's own goroutines, too" },
	{ "--quick", NULL, "do not look for those that nothing can wake" },
	VOLE_OPTION_LIMIT,
	{ NULL, NULL, NULL },
};

const struct vole_command vole_cmd_waits = {
	.name = "waits",
	.args = "",
	.summary = "Show who waits for what, and who holds it.",
	.detail = "Go records no owner of a lock. Held by: likely, a "
		  "goroutine with a deferred call that\nhas the lock's "
		  "address; possible, one with the address on its stack, "
		  "which may be\nleft over. What waits for the same thing "
		  "stands together. Never woken: what they wait\nfor can be "
		  "reached only from themselves and others like them.",
	.example = "waits",
	.json = "`waits`: objects of `goroutine`, `kind` (`mutex`, `rwmutex`, "
		"`waitgroup`, `cond`, `chan`, `semaphore`, `fd`, `time`, "
		"`forever`: nothing can ever wake it, `other`), `wait_reason`, `select`, "
		"`objects`: `address`, `op` (`send`, `receive`, `lock`, "
		"`rlock`, `wait`, `read`, `write`), `name`; `state`, `fd`, "
		"`problem`, `holders`: `goroutine`, `certainty` (`likely`, "
		"`possible`), `why`; `wait_ns`, `wakes_in_ns`, "
		"`user_function`, `user_file`, `user_line`; `cycles`: "
		"objects of `goroutines`, each waiting for the next, "
		"`certainty`, `text`; `leaked` (not with --quick): objects of "
		"`goroutine`, `certainty` (`certain`; `likely` where the core "
		"is not whole).",
	.takes = VOLE_TAKES_NOTHING,
	.options = options,
	.on_stacks = true,
	.run = run,
};
