#include "heap/leaked.h"

#include "heap/mark.h"
#include "heap/object.h"
#include "runtime/sudog.h"

enum {
	/*
	 * The stacks of goroutines are followed one by one. Those of threads
	 * are none of the collector's either: they have what is left over.
	 */
	ROOTS = VOLE_ROOTS_GO & ~(1 << VOLE_ROOT_STACK),
};

/* Looks at waiters in all: turns go over all of them, this way and that. */
static const uint64_t MAX_LOOKS = UINT64_C(1) << 28;

struct search {
	const struct vole_runtime *rt;
	struct vole_waits *waits;
	struct vole_heap *heap;
	struct vole_mark *mark;
	struct vole_leaked *to;
	struct vole_hash sudogs; /* barred */
};

/* --- what must not be followed --------------------------------------------- */

static bool bar_sudogs(struct search *s, uint64_t at)
{
	struct vole_sudog sudog;
	struct vole_error unused;

	while (at && !vole_hash_get(&s->sudogs, at, NULL)) {
		if (!vole_hash_put(&s->sudogs, at, 1))
			return false;
		vole_mark_bar(s->mark, at);
		if (!vole_sudog_read(s->rt, at, &sudog, &unused))
			return true;
		/* Of a semaphore it leads to other goroutines. */
		at = sudog.chan ? sudog.wait_link : 0;
	}
	return true;
}

/* The runtime's own lists know every goroutine and what it waits in. */
static bool bar_goroutines(struct search *s, struct vole_error *err)
{
	struct vole_goroutines all;
	struct vole_error unused;
	uint64_t i, addr;

	if (!vole_goroutines_find(s->rt, &all, err))
		return false;
	for (i = 0; i < all.len; i++) {
		struct vole_goroutine g;

		if (!vole_goroutines_get(s->rt, &all, i, &addr, &unused))
			continue;
		vole_mark_bar(s->mark, addr);
		if (vole_goroutine_read(s->rt, addr, &g, &unused) &&
		    vole_goroutine_lives(&g) && !bar_sudogs(s, g.waiting))
			return vole_fail_nomem(err);
	}
	return true;
}

static bool bar_semaphores(struct search *s, struct vole_error *err)
{
	struct vole_semtable table;
	size_t i;

	if (!vole_semtable_read(s->rt, &table, err))
		/* Without it nothing parked there is thought to be leaked. */
		return err->code != VOLE_NOMEM;
	for (i = 0; i < table.of_g.room; i++)
		if (table.of_g.slots[i].used)
			vole_mark_bar(s->mark, table.of_g.slots[i].value);
	vole_semtable_free(&table);
	return true;
}

/* --- who may go on --------------------------------------------------------- */

/* Does it wait for nothing but what the program does itself? */
static bool for_others(const struct vole_waiter *w)
{
	switch (w->wait.kind) {
	case VOLE_WAIT_FOREVER:
		return !w->system;
	case VOLE_WAIT_CHAN:
	case VOLE_WAIT_MUTEX:
	case VOLE_WAIT_RWMUTEX:
	case VOLE_WAIT_GROUP:
	case VOLE_WAIT_COND:
		return !w->system && w->wait.num_cases && !w->wait.problem &&
		       !w->wait.until;
	default:
		return false;
	}
}

/* Can anything that may go on reach what it waits for? */
static bool may_wake(const struct search *s, const struct vole_waiter *w)
{
	size_t i;

	for (i = 0; i < w->wait.num_cases; i++) {
		uint64_t at = w->wait.cases[i].object;
		struct vole_object object;

		if (!vole_object_at(s->heap, at, &object) ||
		    object.part == VOLE_PART_MANUAL ||
		    vole_mark_has(s->mark, at))
			return true;
	}
	return false;
}

static bool goes_on(struct search *s, uint64_t addr, struct vole_error *err)
{
	struct vole_goroutine g;
	struct vole_error unused;

	vole_mark_unbar(s->mark, addr);
	if (!vole_mark_from(s->mark, addr, err))
		return false;
	if (!vole_goroutine_read(s->rt, addr, &g, &unused))
		return true;
	return vole_mark_from_stack(s->mark, &g, err);
}

/* The waiter that @p g is, or NULL: both lists have the same order. */
static struct vole_waiter *waiter_of(const struct search *s, size_t *next,
				     uint64_t g)
{
	struct vole_waits *waits = s->waits;

	if (*next < waits->waiters.len && waits->waiters.items[*next].addr == g)
		return &waits->waiters.items[(*next)++];
	return NULL;
}

/* All but those that wait for others go on; those are left to be woken. */
static bool begin(struct search *s, struct vole_error *err)
{
	struct vole_goroutines all;
	struct vole_error unused;
	uint64_t i, addr;
	size_t next = 0;

	if (!vole_goroutines_find(s->rt, &all, err))
		return false;
	for (i = 0; i < all.len; i++) {
		struct vole_waiter *waiter;
		struct vole_goroutine g;

		if (!vole_goroutines_get(s->rt, &all, i, &addr, &unused) ||
		    !vole_goroutine_read(s->rt, addr, &g, &unused) ||
		    !vole_goroutine_lives(&g))
			continue;
		waiter = waiter_of(s, &next, addr);
		if (waiter && for_others(waiter))
			waiter->leaked = true;
		else if (!goes_on(s, addr, err))
			return false;
	}
	return true;
}

/* One look at all that are left, forwards and back in turn. */
static bool turn(struct search *s, bool back, bool *ret_any,
		 struct vole_error *err)
{
	size_t len = s->waits->waiters.len, i;

	*ret_any = false;
	for (i = 0; i < len; i++) {
		size_t at = back ? len - 1 - i : i;
		struct vole_waiter *w = &s->waits->waiters.items[at];

		if (!w->leaked || !may_wake(s, w))
			continue;
		w->leaked = false;
		*ret_any = true;
		if (!goes_on(s, w->addr, err))
			return false;
	}
	return true;
}

static bool search(struct search *s, struct vole_error *err)
{
	bool any = true;
	uint64_t n;
	size_t i;

	if (!bar_goroutines(s, err) || !bar_semaphores(s, err) ||
	    !vole_mark_from_roots(s->mark, ROOTS, err) || !begin(s, err))
		return false;
	for (n = 0; any; n++) {
		if (n * (uint64_t)s->waits->waiters.len > MAX_LOOKS)
			return vole_fail(err, VOLE_UNSUPPORTED, VOLE_NOWHERE,
					 "who wakes whom is a chain too long "
					 "to follow");
		if (!turn(s, n % 2, &any, err))
			return false;
	}
	for (i = 0; i < s->waits->waiters.len; i++)
		s->to->num += s->waits->waiters.items[i].leaked;
	return true;
}

bool vole_leaked_find(const struct vole_runtime *rt, struct vole_ui *ui,
		      struct vole_waits *waits,
		      void (*progress)(void *arg, uint64_t done, uint64_t all),
		      void *arg, struct vole_leaked *ret,
		      struct vole_error *err)
{
	struct search s = { .rt = rt, .waits = waits, .to = ret };
	bool ok;
	size_t i;

	*ret = (struct vole_leaked){ 0 };
	if (!vole_heap_get(rt, ui, &s.heap, err) ||
	    !vole_mark_open(s.heap, ui, &s.mark, err))
		return false;
	vole_mark_watch(s.mark, progress, arg);
	ok = search(&s, err);
	for (i = 0; !ok && i < waits->waiters.len; i++)
		waits->waiters.items[i].leaked = false;
	vole_hash_free(&s.sudogs);
	vole_mark_close(s.mark);
	ret->partial = rt->mem->core && rt->mem->core->truncated;
	for (i = 0; i < VOLE_NUM_HEAP_DAMAGES; i++)
		ret->partial |= s.heap->problems[i].num > 0;
	return ok;
}
