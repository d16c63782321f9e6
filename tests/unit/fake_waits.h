/**
 * What goroutines wait for and what they have deferred, in a fake program: a
 * channel with its queues, semaphores, deferred calls and panics. All
 * functions are static.
 */
#ifndef VOLE_TESTS_FAKE_WAITS_H
#define VOLE_TESTS_FAKE_WAITS_H

#include "fake_sched.h"

/** Where things are: pairs, one leading to the other. */
enum {
	FAKE_DEFERS = FAKE_BASE + 0x3800,
	FAKE_DEFER_2 = FAKE_BASE + 0x3880,
	FAKE_FUNCVAL = FAKE_BASE + 0x3900,
	FAKE_PANICS = FAKE_BASE + 0x3980,
	FAKE_PANIC_2 = FAKE_BASE + 0x39c0,
	FAKE_CHAN = FAKE_BASE + 0x3a00,
	FAKE_SUDOGS = FAKE_BASE + 0x3a80,
	FAKE_SUDOG_2 = FAKE_BASE + 0x3b00,
	FAKE_SEMTABLE = FAKE_BASE + 0x4000, /* 251 roots of 64 bytes */
};

static const struct fake_row fake_waits_rows[] = {
	{ VOLE_DEFER_SP, 8, 8 },
	{ VOLE_DEFER_FN, 24, 8 },
	{ VOLE_DEFER_LINK, 32, 8 },
	{ VOLE_DEFER_RANGE_FUNC, 1, 1 },
	{ VOLE_DEFER_HEAD, 40, 8 },
	{ VOLE_PANIC_ARG, 0, 16 },
	{ VOLE_PANIC_LINK, 16, 8 },
	{ VOLE_PANIC_RECOVERED, 24, 1 },
	{ VOLE_PANIC_GOEXIT, 25, 1 },
	{ VOLE_PANIC_DEFER_RETURN, 26, 1 },
	{ VOLE_SUDOG_G, 0, 8 },
	{ VOLE_SUDOG_NEXT, 8, 8 },
	{ VOLE_SUDOG_PREV, 16, 8 },
	{ VOLE_SUDOG_ELEM, 24, 8 },
	{ VOLE_SUDOG_WAIT_LINK, 32, 8 },
	{ VOLE_SUDOG_C, 40, 8 },
	{ VOLE_SUDOG_IS_SELECT, 48, 1 },
	{ VOLE_HCHAN_RECVQ, 0, 8 },
	{ VOLE_HCHAN_SENDQ, 16, 8 },
	{ VOLE_HCHAN_TIMER, 32, 8 },
	{ VOLE_SEMA_ROOT_TREAP, 0, 8 },
	{ VOLE_NOTIFY_LIST_WAIT, 0, 4 },
	{ VOLE_NOTIFY_LIST_NOTIFY, 4, 4 },
	{ VOLE_NOTIFY_LIST_HEAD, 8, 8 },
	{ VOLE_NOTIFY_LIST_TAIL, 16, 8 },
	{ VOLE_COND_NOTIFY, 16, 24 },
	{ VOLE_MUTEX_STATE, 0, 4 },
	{ VOLE_MUTEX_SEMA, 4, 4 },
	{ VOLE_POLL_DESC_FD, 0, 8 },
	{ VOLE_POLL_DESC_RG, 8, 8 },
	{ VOLE_POLL_DESC_WG, 16, 8 },
	{ VOLE_POLL_DESC_READ_DEADLINE, 24, 8 },
	{ VOLE_POLL_DESC_WRITE_DEADLINE, 32, 8 },
	{ VOLE_TIMER_WHEN, 8, 8 },
};

static void fake_layout_waits(struct fake_go *go)
{
	size_t i;

	fake_has(go, VOLE_STRUCT_DEFER, 48);
	fake_has(go, VOLE_STRUCT_PANIC, 32);
	fake_has(go, VOLE_STRUCT_SUDOG, 56);
	for (i = 0; i < sizeof(fake_waits_rows) / sizeof(fake_waits_rows[0]);
	     i++)
		fake_field(go, fake_waits_rows[i].field,
			   fake_waits_rows[i].offset, fake_waits_rows[i].size);
}

/**
 * Two deferred calls from the frame at @p sp, a panic in a deferred call of a
 * panic, and @p g in a select that receives from a channel and sends to it.
 */
static void fake_waits(struct fake_sched *s, uint64_t g, uint64_t sp,
		       uint64_t code)
{
	fake_layout_waits(&s->go);
	fake_set(s, FAKE_DEFERS, VOLE_DEFER_SP, sp);
	fake_set(s, FAKE_DEFERS, VOLE_DEFER_FN, FAKE_FUNCVAL);
	fake_set(s, FAKE_DEFERS, VOLE_DEFER_LINK, FAKE_DEFER_2);
	fake_set(s, FAKE_DEFER_2, VOLE_DEFER_SP, sp + 64);
	fake_set(s, FAKE_DEFER_2, VOLE_DEFER_FN, FAKE_FUNCVAL);
	fake_put(&s->go, FAKE_FUNCVAL, 8, code);
	fake_set(s, FAKE_PANICS, VOLE_PANIC_LINK, FAKE_PANIC_2);
	fake_set(s, FAKE_PANIC_2, VOLE_PANIC_RECOVERED, 1);
	fake_set(s, FAKE_CHAN, VOLE_HCHAN_RECVQ, FAKE_SUDOGS);
	fake_set(s, FAKE_CHAN, VOLE_HCHAN_SENDQ, FAKE_SUDOG_2);
	fake_set(s, FAKE_SUDOGS, VOLE_SUDOG_G, g);
	fake_set(s, FAKE_SUDOGS, VOLE_SUDOG_C, FAKE_CHAN);
	fake_set(s, FAKE_SUDOGS, VOLE_SUDOG_IS_SELECT, 1);
	fake_set(s, FAKE_SUDOGS, VOLE_SUDOG_WAIT_LINK, FAKE_SUDOG_2);
	fake_set(s, FAKE_SUDOG_2, VOLE_SUDOG_G, g);
	fake_set(s, FAKE_SUDOG_2, VOLE_SUDOG_C, FAKE_CHAN);
	fake_set(s, FAKE_SUDOG_2, VOLE_SUDOG_IS_SELECT, 1);
	fake_var(s, "runtime.semtable", FAKE_SEMTABLE);
	fake_set(s, g, VOLE_G_DEFER, FAKE_DEFERS);
	fake_set(s, g, VOLE_G_PANIC, FAKE_PANICS);
	fake_set(s, g, VOLE_G_WAITING, FAKE_SUDOGS);
}

#endif
