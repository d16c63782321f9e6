#include "runtime/lock.h"

#include <stdio.h>

#include "runtime/defer.h"

enum {
	/* mutex.go */
	MUTEX_LOCKED = 1,
	MUTEX_STARVING = 4,
	MUTEX_WAITER_SHIFT = 3,
	/* rwmutex.go: a writer takes it off readerCount */
	MAX_READERS = 1 << 30,
	CHUNK = 4096,
};

struct mutex {
	bool ok, locked, starving;
	uint32_t waiters;
};

static struct mutex read_mutex(const struct vole_runtime *rt, uint64_t addr)
{
	struct vole_error unused;
	struct vole_view v = vole_runtime_view(rt, addr, &unused);
	uint32_t state = (uint32_t)vole_get(&v, VOLE_MUTEX_STATE);

	return (struct mutex){
		.ok = v.ok,
		.locked = state & MUTEX_LOCKED,
		.starving = state & MUTEX_STARVING,
		.waiters = state >> MUTEX_WAITER_SHIFT,
	};
}

struct rwmutex {
	bool ok;
	bool writer; /* has it, or waits for the last readers */
	int32_t readers; /* that have it or wait for the writer */
	int32_t left; /* readers that the writer waits for */
};

static struct rwmutex read_rwmutex(const struct vole_runtime *rt, uint64_t addr)
{
	struct vole_error unused;
	struct vole_view v = vole_runtime_view(rt, addr, &unused);
	int32_t count = (int32_t)vole_get(&v, VOLE_RWMUTEX_READER_COUNT);
	int32_t left = (int32_t)vole_get(&v, VOLE_RWMUTEX_READER_WAIT);

	return (struct rwmutex){
		.ok = v.ok,
		.writer = count < 0,
		.readers = count < 0 ? count + MAX_READERS : count,
		.left = left,
	};
}

static const char *s(int64_t n)
{
	return n == 1 ? "" : "s";
}

static void mutex_state(const struct vole_runtime *rt, uint64_t addr, char *buf,
			size_t room)
{
	struct mutex m = read_mutex(rt, addr);

	if (m.ok)
		snprintf(buf, room, "%s%s, %" PRIu32 " waiter%s",
			 m.locked ? "locked" : "unlocked",
			 m.starving ? ", starving" : "", m.waiters,
			 s(m.waiters));
}

static void rwmutex_state(const struct vole_runtime *rt, uint64_t addr,
			  char *buf, size_t room)
{
	struct rwmutex m = read_rwmutex(rt, addr);

	if (!m.ok)
		return;
	if (m.writer && m.left > 0)
		snprintf(buf, room, "a writer waits for %" PRId32 " reader%s",
			 m.left, s(m.left));
	else if (m.writer)
		snprintf(buf, room,
			 "locked for writing, %" PRId32 " reader%s waiting",
			 m.readers, s(m.readers));
	else
		snprintf(buf, room, "%" PRId32 " reader%s", m.readers,
			 s(m.readers));
}

static void group_state(const struct vole_runtime *rt, uint64_t addr, char *buf,
			size_t room)
{
	struct vole_error unused;
	struct vole_view v = vole_runtime_view(rt, addr, &unused);
	uint64_t state = vole_get(&v, VOLE_WAIT_GROUP_STATE);

	/* waitgroup.go: counter above, waiters below; synctest has bit 31. */
	if (v.ok)
		snprintf(buf, room, "counter %" PRId32, (int32_t)(state >> 32));
}

void vole_lock_state(const struct vole_runtime *rt, enum vole_wait_kind kind,
		     uint64_t addr, char *buf, size_t room)
{
	*buf = '\0';
	if (kind == VOLE_WAIT_MUTEX)
		mutex_state(rt, addr, buf, room);
	else if (kind == VOLE_WAIT_RWMUTEX)
		rwmutex_state(rt, addr, buf, room);
	else if (kind == VOLE_WAIT_GROUP)
		group_state(rt, addr, buf, room);
}

bool vole_lock_is_held(const struct vole_runtime *rt, enum vole_wait_kind kind,
		       uint64_t addr)
{
	if (kind == VOLE_WAIT_RWMUTEX) {
		struct rwmutex m = read_rwmutex(rt, addr);

		return m.ok && (m.writer || m.readers > 0);
	}
	return kind == VOLE_WAIT_MUTEX && read_mutex(rt, addr).locked;
}

/* --- who holds it ---------------------------------------------------------- */

struct search {
	const struct vole_runtime *rt;
	const struct vole_goroutine *g;
	const struct vole_hash *locks;
	struct vole_hash told; /* locks of this goroutine */
	uint64_t waits_for;
	bool (*add)(void *arg, const struct vole_holder *holder);
	void *arg;
	bool stopped, no_memory;
};

static void tell(struct search *search, const struct vole_holder *holder)
{
	if (vole_hash_get(&search->told, holder->lock, NULL))
		return;
	if (!vole_hash_put(&search->told, holder->lock, 1))
		search->no_memory = true;
	else if (!search->add(search->arg, holder))
		search->stopped = true;
}

/*
 * `defer mu.Unlock()` is a closure over &mu alone. A goroutine that waits for
 * the lock may hold it already: that is how it locks itself out.
 */
static void look_in_defers(struct search *search,
			   const struct vole_defers *defers)
{
	size_t i;

	for (i = 0; i < defers->len && !search->stopped; i++) {
		const struct vole_defer *it = &defers->items[i];
		struct vole_error unused;
		uint64_t word;

		if (!vole_memory_uint(search->rt->mem, it->fn + 8, 8, &word,
				      &unused) ||
		    !vole_hash_get(search->locks, word, NULL))
			continue;
		tell(search, &(struct vole_holder){
				     .lock = word,
				     .goroutine = search->g->id,
				     .evidence = VOLE_EVIDENCE_DEFER,
				     .at = it->fn,
				     .code = it->code,
			     });
	}
}

/* Where its frames begin; 0: not known, or none. */
static uint64_t stack_from(const struct vole_runtime *rt,
			   const struct vole_goroutine *g)
{
	struct vole_stack stack;
	struct vole_frame frame;
	uint64_t sp = 0;

	vole_stack_begin(&stack, rt, g);
	while (!sp && vole_stack_next(&stack, &frame))
		if (frame.sp >= g->stack_lo && frame.sp < g->stack_hi)
			sp = frame.sp;
	return sp;
}

static void look_at_words(struct search *search, uint64_t at,
			  const uint64_t *words, size_t len)
{
	size_t i;

	for (i = 0; i < len && !search->stopped; i++) {
		if (!words[i] || words[i] == search->waits_for ||
		    !vole_hash_get(search->locks, words[i], NULL))
			continue;
		tell(search, &(struct vole_holder){
				     .lock = words[i],
				     .goroutine = search->g->id,
				     .evidence = VOLE_EVIDENCE_STACK,
				     .at = at + i * 8,
			     });
	}
}

static void look_on_stack(struct search *search)
{
	uint64_t at = stack_from(search->rt, search->g);
	uint64_t words[CHUNK / 8], end = search->g->stack_hi;

	while (at && at < end && !search->stopped && !search->no_memory) {
		size_t want = end - at < CHUNK ? (size_t)(end - at) : CHUNK;
		size_t got = vole_memory_read(search->rt->mem, at, words, want);

		look_at_words(search, at, words, got / 8);
		if (got < want)
			return;
		at += got;
	}
}

bool vole_locks_find(const struct vole_runtime *rt,
		     const struct vole_goroutine *g,
		     const struct vole_hash *locks, uint64_t waits_for,
		     struct vole_arena *arena,
		     bool (*add)(void *arg, const struct vole_holder *holder),
		     void *arg, struct vole_error *err)
{
	struct search search = { .rt = rt,
				 .g = g,
				 .locks = locks,
				 .waits_for = waits_for,
				 .add = add,
				 .arg = arg };
	struct vole_defers defers;

	if (!vole_defers_read(rt, g, arena, &defers, err))
		return false;
	look_in_defers(&search, &defers);
	if (!search.stopped && !search.no_memory)
		look_on_stack(&search);
	vole_hash_free(&search.told);
	return !search.no_memory || vole_fail_nomem(err);
}
