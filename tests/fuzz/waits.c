/*
 * Goroutines that lock each other out, wait for a sync.Cond, a descriptor and
 * in a select, with deferred calls of all kinds, then bytes of that replaced:
 * who waits for whom must be told in bounded room, with every number in range.
 */
#include "../unit/fake_parked.h"
#include "../unit/fake_patch.h"

#include "runtime/defer.h"
#include "runtime/lock.h"
#include "runtime/waits.h"

enum {
	LOCKS = WAITS_OBJECTS,
	CHANS = WAITS_OBJECTS + 0x100,
	NOTIFY = WAITS_OBJECTS + 0x300,
	POLL_DESC = WAITS_OBJECTS + 0x380,
	RECORDS = WAITS_OBJECTS + 0x400,
	MAX_DEFERS = 1 << 18,
	MAX_GS = 1 << 12, /* as many as a user waits for */
};

static const size_t ROOM = 64 << 20;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Goroutine @p index waits for the lock of @p other and has its own. */
static void lock_out(struct fake_sched *s, unsigned index, unsigned other)
{
	static const unsigned fns[] = { WFN_GOPARK, WFN_MUTEX_SLOW, WFN_RW_LOCK,
					WFN_USER };
	uint64_t g = fake_parked(s, index, REASON_MUTEX);
	uint64_t record = RECORDS + 64 * (uint64_t)index;

	fake_stands_in(s, index, fns, 4);
	fake_waits_on(s, index, fake_sudog(s, index, g, 0),
		      LOCKS + 32 * (uint64_t)other + 4);
	fake_set(s, LOCKS + 32 * (uint64_t)index, VOLE_MUTEX_STATE, 9);
	fake_set(s, LOCKS + 32 * (uint64_t)index, VOLE_RWMUTEX_READER_COUNT, 1);
	fake_word(s, record + 48, fake_code_at(WFN_DEFERRED));
	fake_word(s, record + 56, LOCKS + 32 * (uint64_t)index);
	fake_set(s, record, VOLE_DEFER_FN, record + 48);
	fake_set(s, record, VOLE_DEFER_SP, fake_stack_of(index) + 0x180);
	fake_set(s, g, VOLE_G_DEFER, record);
}

static void select_of_two(struct fake_sched *s)
{
	uint64_t g = fake_parked(s, 2, REASON_SELECT);
	uint64_t a = fake_sudog(s, 2, g, CHANS);
	uint64_t b = fake_sudog(s, 3, g, CHANS + 0x60);

	fake_set(s, g, VOLE_G_WAITING, a);
	fake_set(s, a, VOLE_SUDOG_WAIT_LINK, b);
	fake_set(s, CHANS, VOLE_HCHAN_RECVQ, a);
	fake_set(s, CHANS + 0x60, VOLE_HCHAN_SENDQ, b);
	fake_set(s, CHANS, VOLE_HCHAN_TIMER, CHANS + 0xc0);
	fake_set(s, CHANS + 0xc0, VOLE_TIMER_WHEN, 12345);
}

static void cond_of_two(struct fake_sched *s)
{
	uint64_t a = fake_sudog(s, 4, fake_parked(s, 3, REASON_COND), 0);
	uint64_t b = fake_sudog(s, 5, fake_parked(s, 4, REASON_COND), 0);

	fake_set(s, NOTIFY, VOLE_NOTIFY_LIST_WAIT, 2);
	fake_set(s, NOTIFY, VOLE_NOTIFY_LIST_HEAD, a);
	fake_set(s, NOTIFY, VOLE_NOTIFY_LIST_TAIL, b);
	fake_set(s, a, VOLE_SUDOG_NEXT, b);
	fake_word(s, fake_stack_of(3) + WAITS_STACK - 16, NOTIFY);
}

/* In a frame of open-coded defers, with a range over func around it. */
static void defers_of_all_kinds(struct fake_sched *s)
{
	static const unsigned fns[] = { WFN_GOPARK, WFN_OPEN_CODED, WFN_USER };
	static const uint8_t info[] = { 8, 40 };
	uint64_t g = fake_parked(s, 5, REASON_IO);
	uint64_t frame = fake_stack_of(5) + WAITS_STACK / 2 + 16;
	uint64_t range = RECORDS + 0x200;

	fake_stands_in(s, 5, fns, 3);
	fake_bytes(&s->go, WAITS_CODE + CODE_GOFUNC + OPEN_CODED_AT, info, 2);
	fake_put(&s->go, frame + 40, 1, 3);
	fake_word(s, frame + 8, RECORDS + 48);
	fake_word(s, frame + 16, RECORDS + 48);
	fake_word(s, frame + 24, POLL_DESC);
	fake_set(s, POLL_DESC, VOLE_POLL_DESC_RG, g);
	fake_set(s, range, VOLE_DEFER_RANGE_FUNC, 1);
	fake_set(s, range, VOLE_DEFER_HEAD, range + 48);
	fake_word(s, range + 48, range + 64);
	fake_set(s, range + 64, VOLE_DEFER_FN, RECORDS + 48);
	fake_set(s, g, VOLE_G_DEFER, range);
}

static void build(struct fake_sched *s)
{
	fake_parked_open(s);
	lock_out(s, 0, 1);
	lock_out(s, 1, 0);
	select_of_two(s);
	cond_of_two(s);
	defers_of_all_kinds(s);
}

static void check_waiter(const struct vole_runtime *rt,
			 const struct vole_waits *waits,
			 const struct vole_waiter *w)
{
	char text[80];
	size_t i;

	if (w->num_holders > waits->holders.len ||
	    w->first_holder > waits->holders.len - w->num_holders ||
	    w->wait.num_cases > 1 << 16 || !vole_wait_kind_name(w->wait.kind))
		abort();
	for (i = 0; i < w->num_holders; i++)
		if (waits->holders.items[w->first_holder + i].lock !=
		    w->wait.cases[0].object)
			abort();
	if (w->wait.num_cases)
		vole_lock_state(rt, w->wait.kind, w->wait.cases[0].object, text,
				sizeof(text));
}

static bool is_waiter(const struct vole_waits *waits, uint64_t id)
{
	size_t i;

	for (i = 0; i < waits->waiters.len; i++)
		if (waits->waiters.items[i].id == id)
			return true;
	return false;
}

static void check(const struct vole_runtime *rt, const struct vole_waits *waits)
{
	size_t i;

	for (i = 0; i < waits->waiters.len; i++)
		check_waiter(rt, waits, &waits->waiters.items[i]);
	for (i = 0; i < waits->cycles.len; i++) {
		const struct vole_wait_cycle *it = &waits->cycles.items[i];

		if (!it->len || it->len > waits->waiters.len ||
		    !is_waiter(waits, it->ids[0]) ||
		    !is_waiter(waits, it->ids[it->len - 1]))
			abort();
	}
}

static void check_defers(const struct vole_runtime *rt,
			 struct vole_arena *arena)
{
	struct vole_goroutine g;
	struct vole_defers defers;
	struct vole_error err;
	unsigned i;

	for (i = 0; i < 6; i++)
		if (vole_goroutine_read(rt, WAITS_G + SCHED_G_SIZE * i, &g,
					&err) &&
		    vole_defers_read(rt, &g, arena, &defers, &err) &&
		    defers.len > MAX_DEFERS)
			abort();
}

static bool too_many(void *arg, uint64_t done, uint64_t all)
{
	(void)arg;
	return done > all || done > MAX_GS;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vole_arena arena;
	struct vole_waits waits;
	struct vole_error err;
	struct fake_sched s;

	build(&s);
	if (size && data[0] & 1) /* Go 1.21 */
		s.go.rt.layout.place[VOLE_DEFER_RANGE_FUNC].known = false;
	fake_patch_all(&s.go, data + !!size, size - !!size);
	vole_memory_forget(&s.go.target.mem);
	vole_arena_init(&arena, ROOM);
	check_defers(&s.go.rt, &arena);
	if (vole_waits_read(&s.go.rt, &arena, too_many, NULL, &waits, &err)) {
		check(&s.go.rt, &waits);
		vole_waits_free(&waits);
	}
	vole_arena_clear(&arena);
	fake_sched_close(&s);
	return 0;
}
