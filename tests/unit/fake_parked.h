/**
 * Goroutines of a fake program that are parked, and what they wait in: wait
 * queues, locks, the table of semaphores, deferred calls and panics, laid out
 * as of Go 1.23. All functions are static.
 */
#ifndef VOLE_TESTS_FAKE_PARKED_H
#define VOLE_TESTS_FAKE_PARKED_H

#include "fake_code.h"
#include "fake_sched.h"

#include "runtime/stack.h"

/** Where things are. */
enum {
	WAITS_ALLGS = FAKE_BASE + 0x100, /* the variable */
	WAITS_REASONS = FAKE_BASE + 0x200, /* its array */
	WAITS_TEXTS = FAKE_BASE + 0x400,
	WAITS_LIST = FAKE_BASE + 0x800, /* of g */
	WAITS_G = FAKE_BASE + 0x1000, /* one after another */
	WAITS_STACKS = FAKE_BASE + 0x3000,
	WAITS_SEMTABLE = FAKE_BASE + 0x7000,
	WAITS_SUDOGS = FAKE_BASE + 0xb000,
	WAITS_OBJECTS = FAKE_BASE + 0xd000, /* for the test */
	WAITS_CODE = FAKE_BASE + 0x10000, /* the function table */
	WAITS_CLOSURES = FAKE_BASE + 0x1d000,
	WAITS_STACK = 0x200, /* bytes of a stack */
	WAITS_MAX = 32, /* goroutines */
	SUDOG_SIZE = 96,
	SEMA_STRIDE = 64,
	SEMA_ROOTS = 251,
};

static const struct fake_row fake_parked_rows[] = {
	{ VOLE_SUDOG_G, 0, 8 },
	{ VOLE_SUDOG_NEXT, 8, 8 },
	{ VOLE_SUDOG_PREV, 16, 8 },
	{ VOLE_SUDOG_ELEM, 24, 8 },
	{ VOLE_SUDOG_IS_SELECT, 52, 1 },
	{ VOLE_SUDOG_WAIT_LINK, 72, 8 },
	{ VOLE_SUDOG_C, 88, 8 },
	{ VOLE_HCHAN_TIMER, 32, 8 },
	{ VOLE_HCHAN_RECVQ, 64, 8 },
	{ VOLE_HCHAN_SENDQ, 80, 8 },
	{ VOLE_SEMA_ROOT_TREAP, 8, 8 },
	{ VOLE_NOTIFY_LIST_WAIT, 0, 4 },
	{ VOLE_NOTIFY_LIST_NOTIFY, 4, 4 },
	{ VOLE_NOTIFY_LIST_HEAD, 16, 8 },
	{ VOLE_NOTIFY_LIST_TAIL, 24, 8 },
	{ VOLE_COND_NOTIFY, 16, 40 },
	{ VOLE_MUTEX_STATE, 0, 4 },
	{ VOLE_MUTEX_SEMA, 4, 4 },
	{ VOLE_RWMUTEX_WRITER_SEM, 8, 4 },
	{ VOLE_RWMUTEX_READER_SEM, 12, 4 },
	{ VOLE_RWMUTEX_READER_COUNT, 16, 4 },
	{ VOLE_RWMUTEX_READER_WAIT, 20, 4 },
	{ VOLE_WAIT_GROUP_STATE, 0, 8 },
	{ VOLE_WAIT_GROUP_SEMA, 8, 4 },
	{ VOLE_POLL_DESC_FD, 16, 8 },
	{ VOLE_POLL_DESC_RG, 32, 8 },
	{ VOLE_POLL_DESC_WG, 40, 8 },
	{ VOLE_POLL_DESC_READ_DEADLINE, 48, 8 },
	{ VOLE_POLL_DESC_WRITE_DEADLINE, 56, 8 },
	{ VOLE_TIMER_WHEN, 8, 8 },
	{ VOLE_DEFER_RANGE_FUNC, 1, 1 },
	{ VOLE_DEFER_SP, 8, 8 },
	{ VOLE_DEFER_PC, 16, 8 },
	{ VOLE_DEFER_FN, 24, 8 },
	{ VOLE_DEFER_LINK, 32, 8 },
	{ VOLE_DEFER_HEAD, 40, 8 },
	{ VOLE_PANIC_ARG, 8, 16 },
	{ VOLE_PANIC_LINK, 24, 8 },
	{ VOLE_PANIC_RECOVERED, 32, 1 },
	{ VOLE_PANIC_GOEXIT, 34, 1 },
	{ VOLE_PANIC_DEFER_RETURN, 35, 1 },
};

static const struct {
	enum vole_struct_id id;
	uint64_t size;
} fake_parked_structs[] = {
	{ VOLE_STRUCT_SUDOG, SUDOG_SIZE }, { VOLE_STRUCT_HCHAN, 96 },
	{ VOLE_STRUCT_SEMA_ROOT, 24 },	   { VOLE_STRUCT_NOTIFY_LIST, 32 },
	{ VOLE_STRUCT_COND, 64 },	   { VOLE_STRUCT_MUTEX, 8 },
	{ VOLE_STRUCT_RWMUTEX, 24 },	   { VOLE_STRUCT_WAIT_GROUP, 16 },
	{ VOLE_STRUCT_POLL_DESC, 64 },	   { VOLE_STRUCT_TIMER, 16 },
	{ VOLE_STRUCT_DEFER, 48 },	   { VOLE_STRUCT_PANIC, 40 },
};

/** Reasons of waiting, by their number. */
enum {
	REASON_NONE,
	REASON_RECEIVE,
	REASON_SEND,
	REASON_SELECT,
	REASON_NIL_CHAN,
	REASON_NO_CASES,
	REASON_SEMACQUIRE,
	REASON_MUTEX,
	REASON_COND,
	REASON_IO,
	REASON_SLEEP,
	REASON_GC,
	NUM_REASONS,
};

static const char *const fake_reasons[NUM_REASONS] = {
	"",
	"chan receive",
	"chan send",
	"select",
	"chan receive (nil chan)",
	"select (no cases)",
	"semacquire",
	"sync.Mutex.Lock",
	"sync.Cond.Wait",
	"IO wait",
	"sleep",
	"GC worker (idle)",
};

/** Functions, by their place in the table. */
enum {
	WFN_USER,
	WFN_GOEXIT,
	WFN_RUNTIME_MAIN,
	WFN_GOPARK,
	WFN_SEMACQUIRE,
	WFN_MUTEX_SLOW,
	WFN_OLD_MUTEX_SLOW,
	WFN_MUTEX_LOCK,
	WFN_RLOCK,
	WFN_RW_LOCK,
	WFN_GROUP_WAIT,
	WFN_COND_WAIT,
	WFN_OPEN_CODED,
	WFN_DEFERRED,
	NUM_WFNS,
};

enum { OPEN_CODED_AT = 8 }; /* in gofunc */

static const struct fake_func fake_parked_funcs[NUM_WFNS] = {
	[WFN_USER] = { "main.work", "/home/u/main.go", 24, 0 },
	[WFN_GOEXIT] = { "runtime.goexit", "/go/src/runtime/asm.s", 0,
			 VOLE_FUNC_TOP_FRAME },
	[WFN_RUNTIME_MAIN] = { "runtime.main", "/go/src/runtime/proc.go", 8,
			       0 },
	[WFN_GOPARK] = { "runtime.gopark", "/go/src/runtime/proc.go", 8, 0 },
	[WFN_SEMACQUIRE] = { "sync.runtime_Semacquire",
			     "/go/src/runtime/sema.go", 8, 0 },
	[WFN_MUTEX_SLOW] = { "internal/sync.(*Mutex).lockSlow",
			     "/go/src/internal/sync/mutex.go", 8, 0 },
	[WFN_OLD_MUTEX_SLOW] = { "sync.(*Mutex).lockSlow",
				 "/go/src/sync/mutex.go", 8, 0 },
	[WFN_MUTEX_LOCK] = { "sync.(*Mutex).Lock", "/go/src/sync/mutex.go", 8,
			     0 },
	[WFN_RLOCK] = { "sync.(*RWMutex).RLock", "/go/src/sync/rwmutex.go", 8,
			0 },
	[WFN_RW_LOCK] = { "sync.(*RWMutex).Lock", "/go/src/sync/rwmutex.go", 8,
			  0 },
	[WFN_GROUP_WAIT] = { "sync.(*WaitGroup).Wait",
			     "/go/src/sync/waitgroup.go", 8, 0 },
	[WFN_COND_WAIT] = { "sync.(*Cond).Wait", "/go/src/sync/cond.go", 8, 0 },
	[WFN_OPEN_CODED] = { "main.deferring", "/home/u/main.go", 56, 0 },
	[WFN_DEFERRED] = { "main.unlock", "/home/u/main.go", 8, 0 },
};

static void fake_word(struct fake_sched *s, uint64_t addr, uint64_t value)
{
	fake_put(&s->go, addr, 8, value);
}

static void fake_parked_layout(struct fake_go *go)
{
	size_t i;

	for (i = 0;
	     i < sizeof(fake_parked_structs) / sizeof(fake_parked_structs[0]);
	     i++)
		fake_has(go, fake_parked_structs[i].id,
			 fake_parked_structs[i].size);
	for (i = 0; i < sizeof(fake_parked_rows) / sizeof(fake_parked_rows[0]);
	     i++)
		fake_field(go, fake_parked_rows[i].field,
			   fake_parked_rows[i].offset,
			   fake_parked_rows[i].size);
}

static void fake_parked_open(struct fake_sched *s)
{
	size_t i;

	fake_sched_open(s);
	fake_parked_layout(&s->go);
	fake_code(&s->go, WAITS_CODE, fake_parked_funcs, NUM_WFNS);
	fake_code_defers(&s->go, WAITS_CODE, WFN_OPEN_CODED, OPEN_CODED_AT);
	for (i = 0; i < NUM_REASONS; i++) {
		fake_bytes(&s->go, WAITS_TEXTS + 32 * i, fake_reasons[i],
			   strlen(fake_reasons[i]));
		fake_word(s, WAITS_REASONS + 16 * i, WAITS_TEXTS + 32 * i);
		fake_word(s, WAITS_REASONS + 16 * i + 8,
			  strlen(fake_reasons[i]));
	}
	fake_word(s, WAITS_ALLGS, WAITS_LIST);
	fake_var(s, "runtime.allgs", WAITS_ALLGS);
	fake_var(s, "runtime.waitReasonStrings", WAITS_REASONS);
	fake_var(s, "runtime.semtable", WAITS_SEMTABLE);
}

/** Where the stack of goroutine number @p index begins. */
static uint64_t fake_stack_of(unsigned index)
{
	return WAITS_STACKS + WAITS_STACK * (uint64_t)index;
}

/** Goroutine number @p index, of id 10 + index; with those before it. */
static uint64_t fake_parked(struct fake_sched *s, unsigned index,
			    unsigned reason)
{
	uint64_t g = WAITS_G + SCHED_G_SIZE * (uint64_t)index;
	uint64_t lo = fake_stack_of(index);

	fake_g(s, g, 10 + index, VOLE_GSTATUS_WAITING, lo, lo + WAITS_STACK);
	fake_set(s, g, VOLE_G_WAIT_REASON, reason);
	fake_word(s, WAITS_LIST + 8 * index, g);
	fake_word(s, WAITS_ALLGS + 8, index + 1);
	fake_word(s, WAITS_ALLGS + 16, WAITS_MAX);
	return g;
}

/** Lay frames of @p fns on its stack, from its middle on, then goexit. */
static uint64_t fake_stands_in(struct fake_sched *s, unsigned index,
			       const unsigned *fns, size_t num)
{
	uint64_t g = WAITS_G + SCHED_G_SIZE * (uint64_t)index;
	uint64_t sp = fake_stack_of(index) + WAITS_STACK / 2;
	size_t i;

	fake_set(s, g, VOLE_G_SCHED_SP, sp);
	fake_set(s, g, VOLE_G_SCHED_PC, fake_code_at(fns[0]) + 8);
	for (i = 0; i < num; i++) {
		sp += fake_parked_funcs[fns[i]].frame;
		fake_word(s, sp,
			  fake_code_at(i + 1 < num ? fns[i + 1] : WFN_GOEXIT) +
				  8);
		sp += 8;
	}
	return sp;
}

static uint64_t fake_sudog_at(unsigned index)
{
	return WAITS_SUDOGS + SUDOG_SIZE * (uint64_t)index;
}

/** A sudog of @p g; @p chan 0: of none. */
static uint64_t fake_sudog(struct fake_sched *s, unsigned index, uint64_t g,
			   uint64_t chan)
{
	uint64_t at = fake_sudog_at(index);

	fake_set(s, at, VOLE_SUDOG_G, g);
	fake_set(s, at, VOLE_SUDOG_C, chan);
	return at;
}

/** Let @p sudog wait for the semaphore at @p sema, as a treap's root. */
static void fake_waits_on(struct fake_sched *s, unsigned root, uint64_t sudog,
			  uint64_t sema)
{
	fake_set(s, sudog, VOLE_SUDOG_ELEM, sema);
	fake_set(s, WAITS_SEMTABLE + SEMA_STRIDE * (uint64_t)root,
		 VOLE_SEMA_ROOT_TREAP, sudog);
}

#endif
