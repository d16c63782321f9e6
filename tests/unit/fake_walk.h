/**
 * The stack of a fake program's goroutine, being walked or looked into: what
 * tests of stacks share. All functions are static.
 */
#ifndef VOLE_TESTS_FAKE_WALK_H
#define VOLE_TESTS_FAKE_WALK_H

#include "fake_stack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

enum {
	SP = STACK_HI - 0x200,
	G0_SP = STACK_G0_HI - 0x400,
	SIGNAL_SP = STACK_SIGNAL_HI - 0x800,
};

static struct fake_sched s;
static struct vole_stack stack;
static struct vole_frame frame;
static struct vole_error err;

static int setup(void **state)
{
	(void)state;
	fake_stack_open(&s);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_sched_close(&s);
	return 0;
}

static void begin(void)
{
	struct vole_goroutine g;

	assert_true(vole_goroutine_read(&s.go.rt, STACK_G, &g, &err));
	vole_m_cache_clear(s.go.rt.ms);
	vole_stack_begin(&stack, &s.go.rt, &g);
}

static void assert_frame(unsigned fn)
{
	assert_true(vole_stack_next(&stack, &frame));
	assert_int_equal(frame.kind, VOLE_FRAME_GO);
	assert_int_equal(frame.entry, fake_code_at(fn));
}

static void assert_end(void)
{
	assert_false(vole_stack_next(&stack, &frame));
	assert_null(stack.end);
}

static void assert_ends_because(const char *why)
{
	assert_false(vole_stack_next(&stack, &frame));
	assert_non_null(stack.end);
	if (!strstr(stack.end, why))
		fail_msg("'%s' does not say '%s'", stack.end, why);
}

/* main.work, called by main.main, called by nobody. */
static void park(void)
{
	static const unsigned fns[] = { FN_WORK, FN_MAIN, FN_GOEXIT };

	fake_frames(&s, SP, fns, 3);
	fake_stand(&s, VOLE_GSTATUS_WAITING, fake_in(FN_WORK), SP);
}

#endif
