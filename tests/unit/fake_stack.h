/**
 * A goroutine on a thread of a fake program, with the functions that
 * unwinding must know. All functions are static.
 */
#ifndef VOLE_TESTS_FAKE_STACK_H
#define VOLE_TESTS_FAKE_STACK_H

#include "fake_code.h"
#include "fake_sched.h"

#include "runtime/stack.h"

/** Where things are. */
enum {
	STACK_CODE = FAKE_BASE + 0x10000, /* the function table */
	STACK_ALLM = FAKE_BASE + 0x100,
	STACK_M = FAKE_BASE + 0x1000,
	STACK_G = FAKE_BASE + 0x2000,
	STACK_G0 = FAKE_BASE + 0x2400,
	STACK_GSIGNAL = FAKE_BASE + 0x2800,
	STACK_LO = FAKE_BASE + 0x8000, /* the goroutine's */
	STACK_HI = FAKE_BASE + 0x9000,
	STACK_G0_LO = FAKE_BASE + 0xa000,
	STACK_G0_HI = FAKE_BASE + 0xb000,
	STACK_SIGNAL_LO = FAKE_BASE + 0xc000,
	STACK_SIGNAL_HI = FAKE_BASE + 0xd000,
	STACK_C_CODE = FAKE_BASE + 0xe000, /* filled with calls */
	STACK_TID = 10,
};

/** Functions, by their place in the table. */
enum {
	FN_MAIN,
	FN_WORK,
	FN_GOEXIT,
	FN_MSTART,
	FN_SYSTEMSTACK,
	FN_MCALL,
	FN_MORESTACK,
	FN_ASMCGOCALL,
	FN_CGOCALLBACK,
	FN_CROSSCALL2,
	FN_SIGTRAMP,
	FN_SIGPANIC,
	FN_GOGO,
	FN_RUNTIME_MAIN,
	FN_SLEEP,
	FN_SYSMON,
	FN_NOTHING,
	NUM_FNS,
};

static const struct fake_func fake_stack_funcs[NUM_FNS] = {
	[FN_MAIN] = { "main.main", "/home/u/main.go", 24, 0 },
	[FN_WORK] = { "main.work", "/home/u/work.go", 40, 0 },
	[FN_GOEXIT] = { "runtime.goexit", "/go/src/runtime/asm.s", 0,
			VOLE_FUNC_TOP_FRAME },
	[FN_MSTART] = { "runtime.mstart", "/go/src/runtime/asm.s", 0,
			VOLE_FUNC_TOP_FRAME },
	[FN_SYSTEMSTACK] = { "runtime.systemstack", "/go/src/runtime/asm.s", 8,
			     VOLE_FUNC_SP_WRITE },
	[FN_MCALL] = { "runtime.mcall", "/go/src/runtime/asm.s", 0,
		       VOLE_FUNC_SP_WRITE },
	[FN_MORESTACK] = { "runtime.morestack", "/go/src/runtime/asm.s", 0,
			   VOLE_FUNC_SP_WRITE },
	[FN_ASMCGOCALL] = { "runtime.asmcgocall", "/go/src/runtime/asm.s", 16,
			    0 },
	[FN_CGOCALLBACK] = { "runtime.cgocallback", "/go/src/runtime/asm.s", 24,
			     VOLE_FUNC_SP_WRITE },
	[FN_CROSSCALL2] = { "crosscall2", "/go/src/runtime/cgo/asm.s", 256, 0 },
	[FN_SIGTRAMP] = { "runtime.sigtramp", "/go/src/runtime/sys.s", 8,
			  VOLE_FUNC_TOP_FRAME },
	[FN_SIGPANIC] = { "runtime.sigpanic", "/go/src/runtime/signal.go", 24,
			  0 },
	[FN_GOGO] = { "runtime.gogo", "/go/src/runtime/asm.s", 0,
		      VOLE_FUNC_SP_WRITE },
	[FN_RUNTIME_MAIN] = { "runtime.main", "/go/src/runtime/proc.go", 8, 0 },
	[FN_SLEEP] = { "time.Sleep", "/go/src/runtime/time.go", 8, 0 },
	[FN_SYSMON] = { "runtime.sysmon", "/go/src/runtime/proc.go", 8, 0 },
	[FN_NOTHING] = { "main.nothing", "/home/u/main.go", 0, 0 },
};

/** A return address in that function. */
static uint64_t fake_in(unsigned fn)
{
	return fake_code_at(fn) + 8;
}

static void fake_word(struct fake_sched *s, uint64_t addr, uint64_t value)
{
	fake_put(&s->go, addr, 8, value);
}

/**
 * Lay frames of @p fns, outermost last, from @p sp on: each return address is
 * in the next function. The last one's is not written. The sp of the last.
 */
static uint64_t fake_frames(struct fake_sched *s, uint64_t sp,
			    const unsigned *fns, size_t num)
{
	size_t i;

	for (i = 0; i + 1 < num; i++) {
		sp += fake_stack_funcs[fns[i]].frame;
		fake_word(s, sp, fake_in(fns[i + 1]));
		sp += 8;
	}
	return sp;
}

/** The goroutine stands in fns[0] and is parked, or its thread runs it. */
static void fake_stand(struct fake_sched *s, enum vole_goroutine_status status,
		       uint64_t pc, uint64_t sp)
{
	fake_set(s, STACK_G, VOLE_G_STATUS, status);
	if (status == VOLE_GSTATUS_RUNNING) {
		fake_set(s, STACK_G, VOLE_G_M, STACK_M);
		fake_set(s, STACK_M, VOLE_M_CURG, STACK_G);
		s->threads[0].pc = pc;
		s->threads[0].sp = sp;
		return;
	}
	fake_set(s, STACK_G, VOLE_G_SCHED_PC, pc);
	fake_set(s, STACK_G, VOLE_G_SCHED_SP, sp);
}

static void fake_stack_open(struct fake_sched *s)
{
	unsigned i;

	fake_sched_open(s);
	fake_code(&s->go, STACK_CODE, fake_stack_funcs, NUM_FNS);
	fake_var(s, "runtime.allm", STACK_ALLM);
	fake_word(s, STACK_ALLM, STACK_M);
	fake_set(s, STACK_M, VOLE_M_PROCID, STACK_TID);
	fake_set(s, STACK_M, VOLE_M_G0, STACK_G0);
	fake_set(s, STACK_M, VOLE_M_GSIGNAL, STACK_GSIGNAL);
	fake_g(s, STACK_G, 5, VOLE_GSTATUS_WAITING, STACK_LO, STACK_HI);
	fake_g(s, STACK_G0, 0, VOLE_GSTATUS_IDLE, STACK_G0_LO, STACK_G0_HI);
	fake_g(s, STACK_GSIGNAL, 0, VOLE_GSTATUS_IDLE, STACK_SIGNAL_LO,
	       STACK_SIGNAL_HI);
	fake_thread(s, STACK_TID, 0, 0);
	/* Calls, where unwinding looks for them before a return address. */
	for (i = 0; i < NUM_FNS; i++)
		fake_put(&s->go, fake_in(i) - 5, 1, 0xe8);
	for (i = 0; i < 0x100; i += 5)
		fake_put(&s->go, STACK_C_CODE + i, 1, 0xe8);
}

#endif
