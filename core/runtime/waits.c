#include "runtime/waits.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/place.h"

enum {
	POLL = 256,
	MAX_HOLDERS = 1 << 20,
	MAX_CYCLES = 1000,
};

struct reader {
	const struct vole_runtime *rt;
	struct vole_waits *to;
	struct vole_waiting waiting;
	struct vole_hash locks; /* contended, by address */
	size_t next; /* waiter, while holders are looked for */
	bool (*stopped)(void *arg, uint64_t done, uint64_t all);
	void *arg;
	bool ended; /* the user wants no more */
	bool no_memory;
};

static bool go_on(struct reader *r, uint64_t done, uint64_t all)
{
	if (done % POLL == 0 && r->stopped && r->stopped(r->arg, done, all))
		r->ended = true;
	return !r->ended && !r->no_memory;
}

/* The lock it waits for; 0: none that somebody can hold. */
static uint64_t lock_of(const struct vole_wait *wait)
{
	bool lock = wait->kind == VOLE_WAIT_MUTEX ||
		    wait->kind == VOLE_WAIT_RWMUTEX;

	return lock && wait->num_cases ? wait->cases[0].object : 0;
}

static bool add_waiter(struct reader *r, const struct vole_goroutine *g,
		       struct vole_error *err)
{
	struct vole_waiter *added;
	struct vole_place_of place;
	struct vole_wait wait;
	uint64_t lock;

	if (!vole_waiting_of(&r->waiting, g, r->to->arena, &wait, err))
		return false;
	if (wait.kind == VOLE_WAIT_NONE)
		return true;
	added = vole_array_push(&r->to->waiters);
	if (!added)
		return vole_fail_nomem(err);
	vole_goroutine_place(r->rt, g, &place);
	*added = (struct vole_waiter){ .id = g->id,
				       .addr = g->addr,
				       .since = g->wait_since,
				       .system = place.system,
				       .wait = wait };
	lock = lock_of(&wait);
	if (lock && vole_lock_is_held(r->rt, wait.kind, lock) &&
	    !vole_hash_put(&r->locks, lock, 1))
		return vole_fail_nomem(err);
	return true;
}

static bool on_holder(void *arg, const struct vole_holder *holder)
{
	struct reader *r = arg;
	struct vole_holder *added;

	if (r->to->holders.len >= MAX_HOLDERS)
		return false;
	added = vole_array_push(&r->to->holders);
	if (added)
		*added = *holder;
	else
		r->no_memory = true;
	return added != NULL;
}

static bool find_holders(struct reader *r, const struct vole_goroutine *g,
			 struct vole_error *err)
{
	struct vole_waits *waits = r->to;
	uint64_t waits_for = 0;

	/* They come in the same order again. */
	if (r->next < waits->waiters.len &&
	    waits->waiters.items[r->next].addr == g->addr)
		waits_for = lock_of(&waits->waiters.items[r->next++].wait);
	return vole_locks_find(r->rt, g, &r->locks, waits_for, waits->arena,
			       on_holder, r, err) &&
	       (!r->no_memory || vole_fail_nomem(err));
}

/* Call @p each for every goroutine that lives. */
static bool each_goroutine(struct reader *r,
			   bool (*each)(struct reader *r,
					const struct vole_goroutine *g,
					struct vole_error *err),
			   struct vole_error *err)
{
	struct vole_goroutines all;
	struct vole_error unused;
	uint64_t i, addr;

	if (!vole_goroutines_find(r->rt, &all, err))
		return false;
	r->to->unreadable = all.lost;
	r->to->num_goroutines = 0;
	for (i = 0; i < all.len && go_on(r, i, all.len); i++) {
		struct vole_goroutine g;

		if (!vole_goroutines_get(r->rt, &all, i, &addr, &unused) ||
		    !vole_goroutine_read(r->rt, addr, &g, &unused)) {
			r->to->unreadable++;
			continue;
		}
		if (!vole_goroutine_lives(&g))
			continue;
		r->to->num_goroutines++;
		if (!each(r, &g, err))
			return false;
	}
	return true;
}

/* --- holders of each lock -------------------------------------------------- */

static int by_lock(const void *a, const void *b)
{
	const struct vole_holder *x = a, *y = b;

	if (x->lock != y->lock)
		return x->lock < y->lock ? -1 : 1;
	if (x->evidence != y->evidence)
		return x->evidence > y->evidence ? -1 : 1;
	return (x->goroutine > y->goroutine) - (x->goroutine < y->goroutine);
}

/* How many holders come before @p lock's of less evidence than @p least. */
static size_t before(const struct vole_waits *waits, uint64_t lock,
		     unsigned least)
{
	size_t from = 0, to = waits->holders.len;

	while (from < to) {
		size_t mid = from + (to - from) / 2;
		const struct vole_holder *it = &waits->holders.items[mid];

		if (it->lock < lock ||
		    (it->lock == lock && it->evidence >= least))
			from = mid + 1;
		else
			to = mid;
	}
	return from;
}

/* Where in the holders each lock's begin; its best kind of evidence only. */
static void connect(struct vole_waits *waits, struct vole_waiter *waiter)
{
	uint64_t lock = lock_of(&waiter->wait);
	size_t first = before(waits, lock, VOLE_EVIDENCE_DEFER + 1);

	if (!lock || first == waits->holders.len ||
	    waits->holders.items[first].lock != lock)
		return;
	waiter->first_holder = first;
	waiter->num_holders =
		before(waits, lock, waits->holders.items[first].evidence) -
		first;
}

/* --- cycles ---------------------------------------------------------------- */

struct graph {
	struct vole_waits *waits;
	struct vole_hash by_id; /* to index of waiter */
	/* By holder: the first from it on that waits for a lock, + 1; or 0. */
	size_t *waits_too;
	size_t *path_of; /* by waiter: 0 not seen, else the walk that saw it */
};

/* Only who is likely to have a lock makes it a deadlock. */
static void find_who_waits_too(struct graph *graph)
{
	const struct vole_waits *waits = graph->waits;
	size_t i;

	for (i = waits->holders.len; i--;) {
		const struct vole_holder *it = &waits->holders.items[i];
		uint64_t at;

		if (it->evidence != VOLE_EVIDENCE_DEFER)
			continue;
		if (vole_hash_get(&graph->by_id, it->goroutine, &at) &&
		    waits->waiters.items[at].num_holders)
			graph->waits_too[i] = (size_t)at + 1;
		else if (i + 1 < waits->holders.len && it[1].lock == it->lock)
			graph->waits_too[i] = graph->waits_too[i + 1];
	}
}

/* The waiter that @p from waits for, when one is likely and it waits itself. */
static bool next_waiter(const struct graph *graph, size_t from, size_t *ret)
{
	const struct vole_waiter *w = &graph->waits->waiters.items[from];

	if (!w->num_holders || !graph->waits_too[w->first_holder])
		return false;
	*ret = graph->waits_too[w->first_holder] - 1;
	return true;
}

static bool add_cycle(struct graph *graph, size_t first)
{
	struct vole_waits *waits = graph->waits;
	struct vole_wait_cycle *added;
	size_t len = 0, at = first, i;
	uint64_t *ids;

	do {
		len++;
	} while (next_waiter(graph, at, &at) && at != first);
	ids = vole_arena_array(waits->arena, len, sizeof(*ids));
	added = ids ? vole_array_push(&waits->cycles) : NULL;
	if (!added)
		return false;
	for (i = 0, at = first; i < len; i++) {
		ids[i] = waits->waiters.items[at].id;
		(void)!next_waiter(graph, at, &at);
	}
	*added = (struct vole_wait_cycle){ ids, len };
	return true;
}

/* Each waiter leads to one other at most: walks end, meet, or go round. */
static bool find_cycles(struct graph *graph)
{
	size_t num = graph->waits->waiters.len, i;

	for (i = 0; i < num && graph->waits->cycles.len < MAX_CYCLES; i++) {
		size_t at = i;
		bool goes_on = true;

		while (goes_on && !graph->path_of[at]) {
			graph->path_of[at] = i + 1;
			goes_on = next_waiter(graph, at, &at);
		}
		if (goes_on && graph->path_of[at] == i + 1 &&
		    !add_cycle(graph, at))
			return false;
	}
	return true;
}

static bool read_cycles(struct vole_waits *waits)
{
	struct graph graph = { .waits = waits };
	size_t num = waits->waiters.len, i;
	bool ok;

	if (!waits->holders.len)
		return true;
	graph.path_of = calloc(num, sizeof(*graph.path_of));
	graph.waits_too = calloc(waits->holders.len, sizeof(*graph.waits_too));
	ok = graph.path_of && graph.waits_too;
	for (i = 0; i < num && ok; i++)
		ok = vole_hash_put(&graph.by_id, waits->waiters.items[i].id, i);
	if (ok)
		find_who_waits_too(&graph);
	ok = ok && find_cycles(&graph);
	vole_hash_free(&graph.by_id);
	free(graph.waits_too);
	free(graph.path_of);
	return ok;
}

/* --- all ------------------------------------------------------------------- */

static bool read_holders(struct reader *r, struct vole_error *err)
{
	struct vole_waits *waits = r->to;
	size_t i;

	if (!r->locks.len)
		return true;
	if (!each_goroutine(r, find_holders, err))
		return false;
	if (waits->holders.len)
		qsort(waits->holders.items, waits->holders.len,
		      sizeof(struct vole_holder), by_lock);
	for (i = 0; i < waits->waiters.len; i++)
		connect(waits, &waits->waiters.items[i]);
	return read_cycles(waits) || vole_fail_nomem(err);
}

bool vole_waits_read(const struct vole_runtime *rt, struct vole_arena *arena,
		     bool (*stopped)(void *arg, uint64_t done, uint64_t all),
		     void *arg, struct vole_waits *ret, struct vole_error *err)
{
	struct reader r = {
		.rt = rt, .to = ret, .stopped = stopped, .arg = arg
	};
	bool ok;

	*ret = (struct vole_waits){ .arena = arena };
	vole_waiting_begin(&r.waiting, rt);
	ok = each_goroutine(&r, add_waiter, err) &&
	     (r.ended || read_holders(&r, err));
	ret->problem = r.waiting.problem;
	vole_waiting_end(&r.waiting);
	vole_hash_free(&r.locks);
	if (!ok)
		vole_waits_free(ret);
	return ok;
}

void vole_waits_free(struct vole_waits *waits)
{
	vole_array_free(&waits->waiters);
	vole_array_free(&waits->holders);
	vole_array_free(&waits->cycles);
}
