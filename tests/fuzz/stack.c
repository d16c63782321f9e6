/*
 * A goroutine in C called by Go on a thread that took a signal, another one
 * parked with deferred calls and a panic, then bytes of all that replaced:
 * whatever is asked of goroutines must end, with bounded room.
 */
#include "../unit/fake_patch.h"
#include "../unit/fake_stack.h"
#include "../unit/fake_waits.h"

#include "runtime/defer.h"
#include "runtime/labels.h"
#include "runtime/panic.h"
#include "runtime/place.h"
#include "runtime/stack_merge.h"
#include "runtime/trace.h"
#include "runtime/waits.h"

enum {
	ALLGS = FAKE_BASE + 0x200,
	LIST = FAKE_BASE + 0x300,
	PARKED = FAKE_BASE + 0x3000,
	SP = STACK_HI - 0x200,
	PARKED_SP = STACK_HI - 0x800,
	G0_SP = STACK_G0_HI - 0x400,
	SIGNAL_SP = STACK_SIGNAL_HI - 0x800,
	MAX_GS = 64,
};

static const size_t ROOM = 64 << 20;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void build(struct fake_sched *s)
{
	static const unsigned parked[] = { FN_SLEEP, FN_WORK, FN_MAIN,
					   FN_GOEXIT };
	static const unsigned running[] = { FN_WORK, FN_MAIN, FN_GOEXIT };

	fake_stack_open(s);
	fake_var(s, "runtime.allgs", ALLGS);
	fake_word(s, ALLGS, LIST);
	fake_word(s, ALLGS + 8, 2);
	fake_word(s, LIST, STACK_G);
	fake_word(s, LIST + 8, PARKED);
	fake_g(s, PARKED, 7, VOLE_GSTATUS_WAITING, STACK_LO, STACK_HI);
	fake_set(s, PARKED, VOLE_G_SCHED_SP, PARKED_SP);
	fake_set(s, PARKED, VOLE_G_SCHED_PC, fake_in(FN_SLEEP));
	fake_waits(s, PARKED, PARKED_SP + 16, fake_code_at(FN_NOTHING));
	fake_frames(s, PARKED_SP, parked, 4);
	/* In C, which a signal interrupted. */
	fake_frames(s, SP, running, 3);
	fake_stand(s, VOLE_GSTATUS_RUNNING, fake_in(FN_SIGTRAMP), SIGNAL_SP);
	fake_word(s, SIGNAL_SP + 8, STACK_C_CODE);
	fake_word(s, SIGNAL_SP + 16 + 168, STACK_C_CODE + 100);
	fake_word(s, SIGNAL_SP + 16 + 160, G0_SP);
	fake_word(s, SIGNAL_SP + 16 + 120, G0_SP + 0x20);
	fake_word(s, G0_SP + 0x28, fake_in(FN_ASMCGOCALL));
	fake_word(s, G0_SP + 0x30, STACK_HI - (SP + 40));
	fake_word(s, G0_SP + 0x38, STACK_G);
}

static bool never(void *arg, uint64_t done, uint64_t all)
{
	(void)arg;
	return done > all || done > MAX_GS;
}

static void look_at(const struct vole_runtime *rt, struct vole_arena *arena,
		    const struct vole_goroutine *g)
{
	const struct vole_trace_options options = { .limit = 100 };
	struct vole_place_of place;
	struct vole_labels labels;
	struct vole_trace trace;
	struct vole_defers defers;
	struct vole_panics panics;
	struct vole_error err;

	vole_goroutine_place(rt, g, &place);
	if (place.end && !place.end[0])
		abort();
	vole_goroutine_wait_reason(rt, g);
	if (vole_labels_read(rt, g, &labels) && labels.len > VOLE_MAX_LABELS)
		abort();
	if (vole_trace_take(rt, g, &options, arena, &trace, &err) &&
	    trace.len > 100)
		abort();
	if (vole_defers_read(rt, g, arena, &defers, &err) && defers.len > 65536)
		abort();
	vole_panics_read(rt, g, &panics);
	if (panics.len > VOLE_MAX_PANICS)
		abort();
}

static void look_at_all(const struct vole_runtime *rt, struct vole_arena *arena)
{
	struct vole_goroutines list;
	struct vole_goroutine g;
	struct vole_merge merge;
	struct vole_waits waits;
	struct vole_error err;
	uint64_t i, addr;

	if (!vole_goroutines_find(rt, &list, &err))
		return;
	for (i = 0; i < list.len && i < MAX_GS; i++)
		if (vole_goroutines_get(rt, &list, i, &addr, &err) &&
		    vole_goroutine_read(rt, addr, &g, &err))
			look_at(rt, arena, &g);
	(void)!vole_goroutine_crashed(rt, &g, &err);
	(void)!vole_stacks_merge(rt, arena, never, NULL, &merge, &err);
	if (vole_waits_read(rt, arena, never, NULL, &waits, &err))
		vole_waits_free(&waits);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vole_arena arena;
	struct fake_sched s;

	build(&s);
	fake_patch_all(&s.go, data, size);
	vole_memory_forget(&s.go.target.mem);
	vole_arena_init(&arena, ROOM);
	look_at_all(&s.go.rt, &arena);
	vole_arena_clear(&arena);
	fake_sched_close(&s);
	return 0;
}
