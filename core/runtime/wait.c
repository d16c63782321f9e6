#include "runtime/wait.h"

#include <string.h>

#include "runtime/parker.h"
#include "runtime/sudog.h"

enum {
	MAX_CASES = 1 << 16, /* select.go: more do not compile */
	MAX_QUEUE = 1 << 26,
	MAX_SCAN = 4096, /* bytes of stack: netpollblock is near */
};

static const char *const kinds[] = {
	[VOLE_WAIT_NONE] = "none",	 [VOLE_WAIT_CHAN] = "chan",
	[VOLE_WAIT_FOREVER] = "forever", [VOLE_WAIT_MUTEX] = "mutex",
	[VOLE_WAIT_RWMUTEX] = "rwmutex", [VOLE_WAIT_GROUP] = "waitgroup",
	[VOLE_WAIT_COND] = "cond",	 [VOLE_WAIT_SEMAPHORE] = "semaphore",
	[VOLE_WAIT_FD] = "fd",		 [VOLE_WAIT_TIME] = "time",
	[VOLE_WAIT_OTHER] = "other",
};

static const char *const ops[] = {
	[VOLE_OP_NONE] = NULL,	       [VOLE_OP_SEND] = "send",
	[VOLE_OP_RECEIVE] = "receive", [VOLE_OP_LOCK] = "lock",
	[VOLE_OP_RLOCK] = "rlock",     [VOLE_OP_WAIT] = "wait",
	[VOLE_OP_READ] = "read",       [VOLE_OP_WRITE] = "write",
};

const char *vole_wait_kind_name(enum vole_wait_kind kind)
{
	return kinds[kind];
}

const char *vole_wait_op_name(enum vole_wait_op op)
{
	return ops[op];
}

void vole_waiting_begin(struct vole_waiting *waiting,
			const struct vole_runtime *rt)
{
	*waiting = (struct vole_waiting){ .rt = rt };
}

void vole_waiting_end(struct vole_waiting *waiting)
{
	vole_semtable_free(&waiting->semtable);
	vole_hash_free(&waiting->queue_of);
	vole_hash_free(&waiting->chans);
	vole_notify_lists_free(&waiting->lists);
}

static bool begins(const char *text, const char *with)
{
	return text && !strncmp(text, with, strlen(with));
}

static bool one_case(struct vole_arena *arena, uint64_t object,
		     enum vole_wait_op op, struct vole_wait *ret,
		     struct vole_error *err)
{
	struct vole_wait_case *it = vole_arena_alloc(arena, sizeof(*it));

	if (!it)
		return vole_fail_nomem(err);
	*it = (struct vole_wait_case){ object, op };
	ret->cases = it;
	ret->num_cases = 1;
	return true;
}

/* --- channels -------------------------------------------------------------- */

/* A queue as a number: channels are aligned. */
static uint64_t queue_of(uint64_t chan, enum vole_wait_op op)
{
	return (chan & ~UINT64_C(7)) | op;
}

/* Which of the queues of @p chan @p sudog is in. */
static enum vole_wait_op op_of(const struct vole_waiting *w, uint64_t sudog,
			       uint64_t chan)
{
	uint64_t queue;

	if (!vole_hash_get(&w->queue_of, sudog, &queue))
		return VOLE_OP_NONE;
	if (queue == queue_of(chan, VOLE_OP_RECEIVE))
		return VOLE_OP_RECEIVE;
	return queue == queue_of(chan, VOLE_OP_SEND) ? VOLE_OP_SEND :
						       VOLE_OP_NONE;
}

/* Note which sudogs are in the queue that begins with @p first. */
static bool note_queue(struct vole_waiting *w, uint64_t chan, uint64_t first,
		       enum vole_wait_op op)
{
	struct vole_sudog sudog;
	struct vole_error unused;
	uint64_t at;

	for (at = first; at; at = sudog.next) {
		if (vole_hash_get(&w->queue_of, at, NULL) ||
		    w->queue_of.len > MAX_QUEUE ||
		    !vole_sudog_read(w->rt, at, &sudog, &unused)) {
			w->problem = "the queue of a channel is damaged: some "
				     "waiters may be missing";
			return true;
		}
		if (!vole_hash_put(&w->queue_of, at, queue_of(chan, op)))
			return false;
	}
	return true;
}

static bool note_chan(struct vole_waiting *w, uint64_t chan)
{
	struct vole_error unused;
	struct vole_view v = vole_runtime_view(w->rt, chan, &unused);
	uint64_t receivers, senders;

	if (vole_hash_get(&w->chans, chan, NULL))
		return true;
	receivers = vole_get(&v, VOLE_HCHAN_RECVQ);
	senders = vole_get(&v, VOLE_HCHAN_SENDQ);
	if (!vole_hash_put(&w->chans, chan, 1))
		return false;
	return !v.ok || (note_queue(w, chan, receivers, VOLE_OP_RECEIVE) &&
			 note_queue(w, chan, senders, VOLE_OP_SEND));
}

/* How many sudogs of channels @p g has; *ret_whole: and nothing else. */
static bool count_cases(const struct vole_waiting *w,
			const struct vole_goroutine *g, size_t *ret,
			bool *ret_whole)
{
	struct vole_hash seen = { 0 };
	struct vole_sudog sudog;
	struct vole_error unused;
	uint64_t at = g->waiting;
	bool ok = true;
	size_t n;

	for (n = 0; at && ok && n < MAX_CASES; n++) {
		if (vole_hash_get(&seen, at, NULL) ||
		    !vole_sudog_read(w->rt, at, &sudog, &unused) ||
		    sudog.g != g->addr || !sudog.chan)
			break;
		if (sudog.wait_link)
			ok = vole_hash_put(&seen, at, 1);
		at = sudog.wait_link;
	}
	vole_hash_free(&seen);
	*ret = n;
	*ret_whole = !at;
	return ok;
}

static int64_t timer_when(const struct vole_runtime *rt, uint64_t timer)
{
	struct vole_error unused;
	struct vole_view v = vole_runtime_view(rt, timer, &unused);
	uint64_t when = timer ? vole_get(&v, VOLE_TIMER_WHEN) : 0;

	return v.ok ? (int64_t)when : 0;
}

/* time.go: since Go 1.23 the channel of a timer knows the timer. */
static int64_t first_timer(const struct vole_runtime *rt,
			   const struct vole_wait *wait)
{
	int64_t first = 0;
	size_t i;

	for (i = 0; i < wait->num_cases; i++) {
		struct vole_error unused;
		struct vole_view v =
			vole_runtime_view(rt, wait->cases[i].object, &unused);
		uint64_t timer = vole_get(&v, VOLE_HCHAN_TIMER);
		int64_t when = v.ok ? timer_when(rt, timer) : 0;

		if (when > 0 && (!first || when < first))
			first = when;
	}
	return first;
}

static bool channels(struct vole_waiting *w, const struct vole_goroutine *g,
		     struct vole_arena *arena, struct vole_wait *ret,
		     struct vole_error *err)
{
	struct vole_wait_case *cases;
	struct vole_sudog sudog;
	struct vole_error unused;
	uint64_t at = g->waiting;
	bool whole;
	size_t n, i;

	if (!count_cases(w, g, &n, &whole))
		return vole_fail_nomem(err);
	cases = vole_arena_array(arena, n, sizeof(*cases));
	if (!cases)
		return vole_fail_nomem(err);
	ret->kind = VOLE_WAIT_CHAN;
	ret->cases = cases;
	ret->num_cases = n;
	for (i = 0; i < n && vole_sudog_read(w->rt, at, &sudog, &unused); i++) {
		if (!note_chan(w, sudog.chan))
			return vole_fail_nomem(err);
		cases[i] = (struct vole_wait_case){ sudog.chan,
						    op_of(w, at, sudog.chan) };
		if (cases[i].op == VOLE_OP_NONE)
			ret->problem = "a channel does not know of it";
		ret->is_select |= sudog.is_select;
		at = sudog.wait_link;
	}
	if (!whole)
		ret->problem = "the list of its channels is damaged: some may "
			       "be missing";
	ret->until = first_timer(w->rt, ret);
	return true;
}

/* --- words of the stack ---------------------------------------------------- */

struct scan {
	uint64_t words[MAX_SCAN / 8];
	size_t len;
};

static void load_stack(struct vole_waiting *w, const struct vole_goroutine *g,
		       struct scan *ret)
{
	uint64_t room = 0;

	if (g->sched_sp >= g->stack_lo && g->sched_sp < g->stack_hi)
		room = g->stack_hi - g->sched_sp;
	if (room > sizeof(ret->words))
		room = sizeof(ret->words);
	ret->len = vole_memory_read(w->rt->mem, g->sched_sp, ret->words,
				    (size_t)room) /
		   8;
}

/* --- semaphores ------------------------------------------------------------ */

static bool semaphore(struct vole_waiting *w, const struct vole_goroutine *g,
		      uint64_t sema, struct vole_arena *arena,
		      struct vole_wait *ret, struct vole_error *err)
{
	struct vole_parker parker = vole_parker_find(w->rt, g);
	uint64_t object = vole_parker_object(w->rt, &parker, sema);

	ret->kind = parker.kind;
	if (!object) {
		ret->kind = VOLE_WAIT_SEMAPHORE;
		object = sema;
	} else if (parker.in_rwmutex) {
		/* rwmutex.go: w is its first field. */
		ret->kind = VOLE_WAIT_RWMUTEX;
	}
	return one_case(arena, object, parker.op, ret, err);
}

static bool read_semtable(struct vole_waiting *w, struct vole_error *err)
{
	if (w->has_semtable)
		return true;
	w->has_semtable = true;
	if (vole_semtable_read(w->rt, &w->semtable, err)) {
		if (w->semtable.problem)
			w->problem = w->semtable.problem;
		return true;
	}
	w->no_semtable = true;
	return err->code != VOLE_NOMEM;
}

/*
 * Without the table (stripped programs up to Go 1.25): semacquire1 has the
 * sudog in its frame, and the sudog says whose it is. 0 none.
 */
static uint64_t semaphore_on_stack(struct vole_waiting *w,
				   const struct vole_goroutine *g)
{
	const char *reason = vole_goroutine_wait_reason(w->rt, g);
	struct scan scan;
	size_t i;

	if (!begins(reason, "sync.") && !begins(reason, "semacquire"))
		return 0;
	load_stack(w, g, &scan);
	for (i = 0; i < scan.len; i++) {
		struct vole_sudog sudog;
		struct vole_error unused;

		if (scan.words[i] && !(scan.words[i] % 8) &&
		    vole_sudog_read(w->rt, scan.words[i], &sudog, &unused) &&
		    sudog.g == g->addr && !sudog.chan && sudog.elem &&
		    !(sudog.elem % 4))
			return sudog.elem;
	}
	w->problem = "the table of semaphores (runtime.semtable) was not "
		     "found: what some wait for is not known";
	return 0;
}

/* The semaphore that @p g is parked on through @p ret; 0 none. */
static bool find_semaphore(struct vole_waiting *w,
			   const struct vole_goroutine *g,
			   const struct vole_sudog *own, uint64_t *ret,
			   struct vole_error *err)
{
	struct vole_sudog sudog;
	uint64_t at;

	/* Since Go 1.26 it is known to its goroutine. */
	*ret = own->elem;
	if (own->elem)
		return true;
	if (!read_semtable(w, err))
		return false;
	if (w->no_semtable)
		*ret = semaphore_on_stack(w, g);
	else if (vole_hash_get(&w->semtable.of_g, g->addr, &at) &&
		 vole_sudog_read(w->rt, at, &sudog, err))
		*ret = sudog.elem;
	return true;
}

/* --- sync.Cond and descriptors: found on the stack ------------------------- */

static bool find_cond(struct vole_waiting *w, const struct vole_goroutine *g,
		      uint64_t *ret, struct vole_error *err)
{
	struct scan scan;
	size_t i;

	*ret = 0;
	if (vole_notify_lists_get(&w->lists, g->addr, ret))
		return true;
	load_stack(w, g, &scan);
	for (i = 0; i < scan.len; i++) {
		uint64_t at = scan.words[i];

		if (!at || at % 8)
			continue;
		if (!vole_notify_lists_try(&w->lists, w->rt, at))
			return vole_fail_nomem(err);
		if (vole_notify_lists_get(&w->lists, g->addr, ret))
			return true;
	}
	return true;
}

static bool cond(struct vole_waiting *w, const struct vole_goroutine *g,
		 uint64_t list, struct vole_arena *arena, struct vole_wait *ret,
		 struct vole_error *err)
{
	const struct vole_place *notify =
		&w->rt->layout.place[VOLE_COND_NOTIFY];

	ret->kind = VOLE_WAIT_COND;
	if (!list && !find_cond(w, g, &list, err))
		return false;
	if (!list) {
		ret->problem = "its sync.Cond was not found on its stack";
		return true;
	}
	if (notify->known && list > notify->offset)
		list -= notify->offset;
	return one_case(arena, list, VOLE_OP_WAIT, ret, err);
}

/* A pollDesc has the g that waits for it. */
static bool descriptor(struct vole_waiting *w, const struct vole_goroutine *g,
		       struct vole_arena *arena, struct vole_wait *ret,
		       struct vole_error *err)
{
	struct scan scan;
	size_t i;

	ret->kind = VOLE_WAIT_FD;
	load_stack(w, g, &scan);
	for (i = 0; i < scan.len; i++) {
		struct vole_error unused;
		struct vole_view v =
			vole_runtime_view(w->rt, scan.words[i], &unused);
		bool reads, writes;

		if (!scan.words[i] || scan.words[i] % 8)
			continue;
		reads = vole_get(&v, VOLE_POLL_DESC_RG) == g->addr;
		writes = vole_get(&v, VOLE_POLL_DESC_WG) == g->addr;
		ret->fd = (int32_t)vole_get(&v, VOLE_POLL_DESC_FD);
		ret->until = (int64_t)vole_get(
			&v, reads ? VOLE_POLL_DESC_READ_DEADLINE :
				    VOLE_POLL_DESC_WRITE_DEADLINE);
		if (ret->until < 0)
			ret->until = 0;
		if (v.ok && (reads || writes))
			return one_case(arena, scan.words[i],
					reads ? VOLE_OP_READ : VOLE_OP_WRITE,
					ret, err);
	}
	ret->until = 0;
	ret->fd = -1;
	ret->problem = "its descriptor was not found on its stack";
	return true;
}

/* --- all ------------------------------------------------------------------- */

static bool by_reason(struct vole_waiting *w, const struct vole_goroutine *g,
		      struct vole_arena *arena, struct vole_wait *ret,
		      struct vole_error *err)
{
	const char *reason = vole_goroutine_wait_reason(w->rt, g);

	if (!reason) {
		ret->problem = "the words of wait reasons cannot be read";
		/* A select of nil channels only has queued nowhere, too. */
	} else if (strstr(reason, "(nil chan)") ||
		   (begins(reason, "select") && !g->waiting)) {
		ret->kind = VOLE_WAIT_FOREVER;
	} else if (begins(reason, "IO wait")) {
		return descriptor(w, g, arena, ret, err);
	} else if (begins(reason, "sleep")) {
		ret->kind = VOLE_WAIT_TIME;
		ret->until = g->sleep_when ? g->sleep_when :
					     timer_when(w->rt, g->timer);
	}
	return true;
}

bool vole_waiting_of(struct vole_waiting *w, const struct vole_goroutine *g,
		     struct vole_arena *arena, struct vole_wait *ret,
		     struct vole_error *err)
{
	struct vole_sudog sudog = { 0 };
	struct vole_error unused;
	uint64_t sema = 0;

	*ret = (struct vole_wait){ .fd = -1 };
	if (g->status != VOLE_GSTATUS_WAITING &&
	    g->status != VOLE_GSTATUS_LEAKED)
		return true;
	ret->kind = VOLE_WAIT_OTHER;
	if (g->waiting &&
	    (!vole_sudog_read(w->rt, g->waiting, &sudog, &unused) ||
	     sudog.g != g->addr)) {
		ret->problem = "what it waits in (its sudog) is damaged";
		return true;
	}
	if (sudog.chan)
		return channels(w, g, arena, ret, err);
	if (begins(vole_goroutine_wait_reason(w->rt, g), "sync.Cond"))
		return cond(w, g, sudog.elem, arena, ret, err);
	if (!find_semaphore(w, g, &sudog, &sema, err))
		return false;
	if (sema)
		return semaphore(w, g, sema, arena, ret, err);
	return by_reason(w, g, arena, ret, err);
}
