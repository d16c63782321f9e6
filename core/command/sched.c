#include "runtime/sched.h"

#include <string.h>
#include <time.h>

#include "base/hash.h"
#include "command/select.h"
#include "runtime/clock.h"
#include "runtime/func.h"
#include "runtime/gc.h"
#include "runtime/p.h"

enum {
	SHOWN = 8, /* goroutines of a queue, for people */
	MAX_QUEUE = 1 << 26,
};

struct report {
	struct vole_context *ctx;
	struct vole_sched sched;
	const struct vole_ms *ms;
	uint64_t unreadable; /* goroutines in queues */
	uint64_t not_runnable; /* of them, which have no business there */
};

static bool read_g(const struct report *r, uint64_t addr,
		   struct vole_goroutine *ret)
{
	struct vole_error unused;

	return addr && vole_goroutine_read(r->ctx->rt, addr, ret, &unused);
}

static bool goid(const struct report *r, uint64_t addr, int64_t *ret)
{
	struct vole_goroutine g;

	if (!read_g(r, addr, &g))
		return false;
	*ret = (int64_t)g.id;
	return true;
}

/* --- the collector --------------------------------------------------------- */

static void put_size(struct vole_sink *sink, const char *label, const char *key,
		     uint64_t bytes)
{
	vole_sink_number_json(sink, key, (int64_t)bytes);
	vole_sink_cell_printf(sink, label, VOLE_STYLE_PLAIN, "%.1f MB",
			      (double)bytes / (1 << 20));
}

static void put_last(struct report *r, const struct vole_gc *gc)
{
	int64_t now = vole_clock_newest(r->ctx->rt);
	struct vole_sink *sink = r->ctx->sink;
	time_t seconds = (time_t)(gc->last_unix / 1000000000);
	char text[32];
	struct tm tm;

	if (!gc->cycles || !gmtime_r(&seconds, &tm) ||
	    !strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm))
		return;
	vole_sink_text(sink, "last", VOLE_STYLE_PLAIN, text);
	if (now > (int64_t)gc->last_nanotime) {
		uint64_t ago = (uint64_t)now - gc->last_nanotime;

		vole_sink_number_json(sink, "last_ago_ns", (int64_t)ago);
		vole_put_duration(sink, "ago", (int64_t)ago);
	}
	vole_sink_number_json(sink, "last_pause_ns", (int64_t)gc->last_pause);
	vole_put_duration(sink, "last pause", (int64_t)gc->last_pause);
	vole_sink_number_json(sink, "total_pause_ns", (int64_t)gc->total_pause);
	vole_put_duration(sink, "all pauses", (int64_t)gc->total_pause);
}

static void put_gc(struct report *r)
{
	struct vole_sink *sink = r->ctx->sink;
	struct vole_error err;
	struct vole_gc gc;

	if (!vole_gc_read(r->ctx->rt, &gc, &err)) {
		vole_sink_warn(sink, "the collector: %s", err.text);
		return;
	}
	vole_sink_object(sink, "gc");
	vole_sink_text(sink, "phase", VOLE_STYLE_PLAIN, vole_gc_phase(&gc));
	vole_sink_number(sink, "cycles", gc.cycles);
	vole_sink_number(sink, "forced", gc.forced);
	put_last(r, &gc);
	if (gc.percent < 0)
		vole_sink_cell(sink, "GOGC", VOLE_STYLE_PLAIN, "off");
	else
		vole_sink_cell_printf(sink, "GOGC", VOLE_STYLE_PLAIN,
				      "%" PRId32, gc.percent);
	vole_sink_number_json(sink, "percent", gc.percent);
	if (gc.percent >= 0)
		put_size(sink, "goal", "goal_bytes", gc.goal);
	if (gc.memory_limit)
		put_size(sink, "memory limit", "memory_limit_bytes",
			 gc.memory_limit);
	put_size(sink, "live", "live_bytes", gc.live);
	put_size(sink, "marked", "marked_bytes", gc.marked);
	vole_sink_end(sink);
}

/* --- queues ---------------------------------------------------------------- */

/* The id of the g at @p addr, which is about to run. */
static bool queued_goid(struct report *r, uint64_t addr, int64_t *ret)
{
	struct vole_goroutine g;

	if (!read_g(r, addr, &g)) {
		r->unreadable++;
		return false;
	}
	r->not_runnable += g.status != VOLE_GSTATUS_RUNNABLE;
	*ret = (int64_t)g.id;
	return true;
}

static void warn_of_queues(const struct report *r)
{
	if (r->unreadable)
		vole_sink_warn(r->ctx->sink,
			       "%" PRIu64 " in the queues cannot be read",
			       r->unreadable);
	if (r->not_runnable)
		vole_sink_warn(r->ctx->sink,
			       "%" PRIu64 " in the queues cannot run: they are "
			       "stale or damaged",
			       r->not_runnable);
}

/* A queue of goroutines, told while it is walked. */
struct queue {
	struct report *r;
	struct vole_strbuf text;
	uint64_t len;
};

static void queue_begin(struct queue *q, struct report *r)
{
	*q = (struct queue){ .r = r };
	vole_sink_list_json(r->ctx->sink, "queue");
}

static void queue_add(struct queue *q, uint64_t g)
{
	int64_t id;

	if (!queued_goid(q->r, g, &id))
		return;
	vole_sink_number_json(q->r->ctx->sink, NULL, id);
	if (q->len < SHOWN)
		vole_strbuf_printf(&q->text, "%s%" PRId64, q->len ? ", " : "",
				   id);
	q->len++;
}

static void queue_end(struct queue *q)
{
	vole_sink_end(q->r->ctx->sink);
	if (q->len > SHOWN)
		vole_strbuf_printf(&q->text, ", ... +%" PRIu64 " more",
				   q->len - SHOWN);
	if (q->len)
		vole_sink_cell(q->r->ctx->sink, "queued", VOLE_STYLE_PLAIN,
			       vole_strbuf_text(&q->text));
	vole_strbuf_free(&q->text);
}

static void put_global_queue(struct report *r)
{
	struct vole_hash seen = { 0 };
	struct vole_error err = { 0 };
	uint64_t g = r->sched.queue;
	struct queue q;

	vole_sink_object(r->ctx->sink, "global");
	queue_begin(&q, r);
	while (g && !vole_sink_stopped(r->ctx->sink)) {
		if (vole_hash_get(&seen, g, NULL) || seen.len > MAX_QUEUE) {
			(void)vole_fail(&err, VOLE_CORRUPT, g,
					"it leads back to itself");
			break;
		}
		queue_add(&q, g);
		if (!vole_hash_put(&seen, g, 1) ||
		    !vole_sched_next(r->ctx->rt, g, &g, &err))
			break;
	}
	queue_end(&q);
	vole_sink_end(r->ctx->sink);
	vole_hash_free(&seen);
	if (err.code != VOLE_OK)
		vole_sink_warn(r->ctx->sink, "the global queue: %s", err.text);
}

/* --- Ps -------------------------------------------------------------------- */

static void put_p(struct report *r, const struct vole_p *p)
{
	const struct vole_m *m = p->m ? vole_m_at(r->ms, p->m) : NULL;
	struct vole_sink *sink = r->ctx->sink;
	struct vole_error unused;
	struct queue q;
	uint32_t i;
	uint64_t g;
	int64_t id;

	vole_sink_row(sink);
	vole_sink_number(sink, "id", p->id);
	vole_sink_address_json(sink, "address", p->addr);
	vole_sink_text(sink, "state", VOLE_STYLE_PLAIN, vole_p_state(p));
	if (m)
		vole_sink_number(sink, "m", m->id);
	if (m && goid(r, m->curg, &id))
		vole_sink_number(sink, "goroutine", id);
	if (p->run_next && queued_goid(r, p->run_next, &id))
		vole_sink_number(sink, "next", id);
	queue_begin(&q, r);
	for (i = 0; i < p->runq_tail - p->runq_head; i++)
		if (vole_p_queued(r->ctx->rt, p, i, &g, &unused))
			queue_add(&q, g);
	queue_end(&q);
	vole_sink_end(sink);
}

static void put_ps(struct report *r)
{
	static const struct vole_column columns[] = {
		{ "id", "P", true },	{ "state", NULL, false },
		{ "m", "M", true },	{ "goroutine", NULL, true },
		{ "next", NULL, true }, { "queued", "queue", false },
	};
	struct vole_sink *sink = r->ctx->sink;
	struct vole_error err;
	struct vole_ps ps;
	struct vole_p p;
	uint64_t i;

	if (!vole_ps_find(r->ctx->rt, &ps, &err)) {
		vole_sink_warn(sink, "Ps: %s", err.text);
		return;
	}
	vole_sink_table(sink, "ps", columns, 6);
	for (i = 0; i < ps.len && !vole_sink_stopped(sink); i++)
		if (vole_p_read(r->ctx->rt, &ps, i, &p, &err))
			put_p(r, &p);
		else
			vole_sink_warn(sink, "P %" PRIu64 ": %s", i, err.text);
	vole_sink_end(sink);
}

/* Who has not stopped yet, when somebody wants the world to. */
static void put_world(struct report *r)
{
	struct vole_sink *sink = r->ctx->sink;
	struct vole_error unused;
	struct vole_ps ps;
	struct vole_p p;
	uint64_t i;

	vole_sink_text(sink, "world", VOLE_STYLE_PLAIN,
		       vole_world_name(r->sched.world));
	if (r->sched.world != VOLE_WORLD_STOPPING ||
	    !vole_ps_find(r->ctx->rt, &ps, &unused))
		return;
	vole_sink_number(sink, "stop_wait", r->sched.stop_wait);
	vole_sink_items(sink, "blockers");
	for (i = 0; i < ps.len; i++) {
		const struct vole_m *m;
		int64_t id;

		if (!vole_p_read(r->ctx->rt, &ps, i, &p, &unused) ||
		    strcmp(vole_p_state(&p), "running") != 0)
			continue;
		m = vole_m_at(r->ms, p.m);
		if (!m || !goid(r, m->curg, &id))
			continue;
		vole_sink_row(sink);
		vole_sink_cell_printf(sink, "text", VOLE_STYLE_BAD,
				      "it waits for goroutine %" PRId64
				      " on P %" PRId64 " to stop",
				      id, p.id);
		vole_sink_number_json(sink, "goroutine", id);
		vole_sink_number_json(sink, "p", p.id);
		vole_sink_end(sink);
	}
	vole_sink_end(sink);
}

/* --- Ms -------------------------------------------------------------------- */

static const char *m_state(const struct report *r, const struct vole_m *m)
{
	struct vole_goroutine g;

	if (m->is_extra && (m->is_extra_in_c || !m->curg))
		return m->tid ? "a thread of C" : "spare, for threads of C";
	if (m->dying)
		return "dying";
	if (m->in_cgo || m->ncgo > 0)
		return "in C";
	if (read_g(r, m->curg, &g))
		return g.status == VOLE_GSTATUS_SYSCALL ? "system call" :
							  "running";
	if (m->spinning)
		return "spinning";
	return m->p ? "scheduling" : "idle";
}

static void put_start(struct report *r, const struct vole_m *m)
{
	struct vole_funcval fn;
	struct vole_error unused;

	if (m->start_fn &&
	    vole_funcval_open(r->ctx->rt, m->start_fn, &fn, &unused))
		vole_sink_text(r->ctx->sink, "runs", VOLE_STYLE_NAME,
			       fn.func.name);
}

static void put_m(struct report *r, const struct vole_m *m)
{
	struct vole_sink *sink = r->ctx->sink;
	int64_t id;

	vole_sink_row(sink);
	vole_sink_number(sink, "id", m->id);
	vole_sink_address_json(sink, "address", m->addr);
	if (m->tid)
		vole_sink_number(sink, "thread", (int64_t)m->tid);
	vole_sink_text(sink, "state", VOLE_STYLE_PLAIN, m_state(r, m));
	if (goid(r, m->curg, &id))
		vole_sink_number(sink, "goroutine", id);
	if (goid(r, m->locked_g, &id))
		vole_sink_number(sink, "locked", id);
	if (m->locks)
		vole_sink_number(sink, "locks", m->locks);
	put_start(r, m);
	vole_sink_end(sink);
}

static void put_ms(struct report *r)
{
	static const struct vole_column columns[] = {
		{ "id", "M", true },
		{ "thread", NULL, true },
		{ "state", NULL, false },
		{ "goroutine", NULL, true },
		{ "locked", "locked to", true },
		{ "locks", NULL, true },
		{ "runs", NULL, false },
	};
	struct vole_sink *sink = r->ctx->sink;
	size_t i;

	vole_sink_table(sink, "ms", columns, 7);
	for (i = 0; i < r->ms->len && !vole_sink_stopped(sink); i++)
		put_m(r, &r->ms->items[i]);
	vole_sink_end(sink);
	if (r->ms->problem)
		vole_sink_warn(sink, "%s", r->ms->problem);
}

static bool run(struct vole_context *ctx, struct vole_error *err)
{
	struct report r = { .ctx = ctx };

	if (!vole_ms_get(ctx->rt, &r.ms, err) ||
	    !vole_sched_read(ctx->rt, &r.sched, err))
		return false;
	put_world(&r);
	put_gc(&r);
	put_ps(&r);
	put_ms(&r);
	put_global_queue(&r);
	warn_of_queues(&r);
	return true;
}

const struct vole_command vole_cmd_sched = {
	.name = "sched",
	.args = "",
	.summary = "Show Ms, Ps, queues of goroutines, and the collector.",
	.detail = "After a crash the world is frozen: the runtime stopped "
		  "what it could before it\nprinted its traceback. Where it is "
		  "being stopped, who has not stopped yet is named.",
	.example = "sched",
	.json = "`world` (`running`, `stopping`, `stopped`, `frozen`), when "
		"stopping `stop_wait` and `blockers`: objects of `goroutine`, "
		"`p`; `gc`: `phase` (`off`, `mark`, `mark termination`), "
		"`cycles`, `forced`, `last`, `last_ago_ns`, `last_pause_ns`, "
		"`total_pause_ns`, `percent` (GOGC; negative: off), "
		"`goal_bytes`, `memory_limit_bytes`, `live_bytes`, "
		"`marked_bytes`; `ps`: objects of `id`, `address`, `state` "
		"(`idle`, `running`, `syscall`, `gcstop`, `dead`), `m`, "
		"`goroutine`, `next`, `queue`; `ms`: objects of `id`, "
		"`address`, `thread`, `state` (`running`, `system call`, `in C`, "
		"`a thread of C`, `spare, for threads of C`, `dying`, "
		"`spinning`, `scheduling`, `idle`), `goroutine`, `locked`, "
		"`locks`, `runs`; `global`: `queue`.",
	.takes = VOLE_TAKES_NOTHING,
	.run = run,
};
