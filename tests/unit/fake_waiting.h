/**
 * Asking what parked goroutines of a fake program wait for: what tests of the
 * kinds of waits share. All functions are static.
 */
#ifndef VOLE_TESTS_FAKE_WAITING_H
#define VOLE_TESTS_FAKE_WAITING_H

#include "runtime/wait.h"

#include "fake_parked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static struct fake_sched s;
static struct vole_arena arena;
static struct vole_waiting waiting;
static struct vole_wait wait;
static struct vole_error err;

static int setup(void **state)
{
	(void)state;
	fake_parked_open(&s);
	vole_arena_init(&arena, 1 << 22);
	vole_waiting_begin(&waiting, &s.go.rt);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	vole_waiting_end(&waiting);
	vole_arena_clear(&arena);
	fake_sched_close(&s);
	return 0;
}

static void read_wait(uint64_t addr)
{
	struct vole_goroutine g;

	assert_true(vole_goroutine_read(&s.go.rt, addr, &g, &err));
	assert_true(vole_waiting_of(&waiting, &g, &arena, &wait, &err));
}

static void assert_case(size_t index, uint64_t object, enum vole_wait_op op)
{
	assert_true(index < wait.num_cases);
	assert_int_equal(wait.cases[index].object, object);
	assert_int_equal(wait.cases[index].op, op);
}

/* The only case, and no doubt. */
static void assert_waits(uint64_t g, enum vole_wait_kind kind, uint64_t object,
			 enum vole_wait_op op)
{
	read_wait(g);
	assert_int_equal(wait.kind, kind);
	assert_int_equal(wait.num_cases, 1);
	assert_case(0, object, op);
	assert_null(wait.problem);
	assert_null(waiting.problem);
}

#endif
