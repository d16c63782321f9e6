#include "runtime/p.h"

#include "fake_sched.h"
#include "runtime/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

enum {
	ALLP = FAKE_BASE + 0x100, /* the variable */
	LIST = FAKE_BASE + 0x200, /* what it points at */
	SCHED = FAKE_BASE + 0x300,
	P0 = FAKE_BASE + 0x1000,
	P1 = FAKE_BASE + 0x2000,
};

static struct fake_sched s;
static struct vole_ps ps;
static struct vole_p p;
static struct vole_error err;

static int setup(void **state)
{
	(void)state;
	fake_sched_open(&s);
	fake_var(&s, "runtime.allp", ALLP);
	fake_put(&s.go, ALLP, 8, LIST);
	fake_put(&s.go, ALLP + 8, 8, 2);
	fake_put(&s.go, LIST, 8, P0);
	fake_put(&s.go, LIST + 8, 8, P1);
	fake_set(&s, P1, VOLE_P_ID, 1);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_sched_close(&s);
	return 0;
}

static void assert_read(uint64_t index)
{
	assert_true(vole_ps_find(&s.go.rt, &ps, &err));
	assert_true(vole_p_read(&s.go.rt, &ps, index, &p, &err));
}

static void assert_not_read(uint64_t index, enum vole_code code)
{
	assert_true(vole_ps_find(&s.go.rt, &ps, &err));
	assert_false(vole_p_read(&s.go.rt, &ps, index, &p, &err));
	assert_int_equal(err.code, code);
}

static void assert_no_ps(enum vole_code code)
{
	assert_false(vole_ps_find(&s.go.rt, &ps, &err));
	assert_int_equal(err.code, code);
}

static void assert_queued(uint32_t index, uint64_t g)
{
	uint64_t got = 0;

	assert_true(vole_p_queued(&s.go.rt, &p, index, &got, &err));
	assert_int_equal(got, g);
}

static void test_fields(void **state)
{
	(void)state;
	fake_set(&s, P1, VOLE_P_STATUS, 1);
	fake_set(&s, P1, VOLE_P_M, 0x5000);
	fake_set(&s, P1, VOLE_P_RUN_NEXT, 0x6000);
	assert_read(1);
	assert_int_equal(ps.len, 2);
	assert_int_equal(p.addr, P1);
	assert_int_equal(p.id, 1);
	assert_int_equal(p.m, 0x5000);
	assert_int_equal(p.run_next, 0x6000);
	assert_string_equal(vole_p_state(&p), "running");
}

static void test_queue_goes_round(void **state)
{
	(void)state;
	fake_set(&s, P0, VOLE_P_RUNQ_HEAD, UINT32_MAX);
	fake_set(&s, P0, VOLE_P_RUNQ_TAIL, 1);
	fake_put(&s.go, P0 + SCHED_RUNQ + 8 * 255, 8, 0xa);
	fake_put(&s.go, P0 + SCHED_RUNQ, 8, 0xb);
	assert_read(0);
	assert_queued(0, 0xa);
	assert_queued(1, 0xb);
	assert_false(vole_p_queued(&s.go.rt, &p, 2, &(uint64_t){ 0 }, &err));
	assert_int_equal(err.code, VOLE_USAGE);
}

static void test_empty_queue(void **state)
{
	(void)state;
	assert_read(0);
	assert_false(vole_p_queued(&s.go.rt, &p, 0, &(uint64_t){ 0 }, &err));
}

static void test_absurd_fields(void **state)
{
	(void)state;
	fake_set(&s, P0, VOLE_P_STATUS, 5);
	assert_not_read(0, VOLE_CORRUPT);
	fake_set(&s, P0, VOLE_P_STATUS, 0);
	fake_set(&s, P0, VOLE_P_RUNQ_TAIL, 257);
	assert_not_read(0, VOLE_CORRUPT);
	fake_set(&s, P0, VOLE_P_RUNQ_HEAD, 1);
	assert_read(0);
	fake_set(&s, P0, VOLE_P_RUNQ_HEAD, 258); /* behind its tail */
	assert_not_read(0, VOLE_CORRUPT);
}

static void test_list_that_is_none(void **state)
{
	(void)state;
	fake_put(&s.go, ALLP + 8, 8, 1 << 17);
	assert_no_ps(VOLE_CORRUPT);
	fake_put(&s.go, ALLP, 8, UINT64_MAX - 7);
	fake_put(&s.go, ALLP + 8, 8, 2);
	assert_no_ps(VOLE_CORRUPT);
	s.vars[0].addr = FAKE_BASE + FAKE_SIZE - 8;
	assert_no_ps(VOLE_UNREADABLE);
	s.num_vars = 0;
	assert_no_ps(VOLE_NOT_FOUND);
}

static void test_ps_that_cannot_be_read(void **state)
{
	(void)state;
	assert_not_read(2, VOLE_USAGE);
	fake_put(&s.go, LIST, 8, 0);
	assert_not_read(0, VOLE_UNREADABLE);
	fake_put(&s.go, LIST, 8, UINT64_MAX - 3);
	assert_not_read(0, VOLE_CORRUPT);
	fake_put(&s.go, ALLP, 8, FAKE_BASE + FAKE_SIZE - 8);
	assert_not_read(1, VOLE_UNREADABLE);
}

/* --- the clock ----------------------------------------------------------------- */

static void test_newest_time_that_was_noted(void **state)
{
	(void)state;
	s.go.target.kind = VOLE_TARGET_CORE;
	fake_var(&s, "runtime.sched", SCHED);
	fake_set(&s, SCHED, VOLE_SCHED_LAST_POLL, 500);
	assert_int_equal(vole_clock_newest(&s.go.rt), 500);
	fake_set(&s, P0, VOLE_P_SCHED_WHEN, 700);
	assert_int_equal(vole_clock_newest(&s.go.rt), 700);
	fake_set(&s, P1, VOLE_P_SYSCALL_WHEN, 900);
	assert_int_equal(vole_clock_newest(&s.go.rt), 900);
	fake_set(&s, P1, VOLE_P_STATUS, 9); /* damaged: not believed */
	assert_int_equal(vole_clock_newest(&s.go.rt), 700);
}

static void test_nothing_notes_the_time(void **state)
{
	(void)state;
	s.go.target.kind = VOLE_TARGET_CORE;
	s.num_vars = 0;
	assert_int_equal(vole_clock_newest(&s.go.rt), 0);
	fake_var(&s, "runtime.sched", UINT64_MAX - 3);
	assert_int_equal(vole_clock_newest(&s.go.rt), 0);
}

static void test_of_a_process_here_it_is_now(void **state)
{
	int64_t before, after;

	(void)state;
	before = vole_clock_newest(&s.go.rt);
	after = vole_clock_newest(&s.go.rt);
	assert_true(before > 0);
	assert_true(after >= before);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_fields),
		TEST(test_queue_goes_round),
		TEST(test_empty_queue),
		TEST(test_absurd_fields),
		TEST(test_list_that_is_none),
		TEST(test_ps_that_cannot_be_read),
		TEST(test_newest_time_that_was_noted),
		TEST(test_nothing_notes_the_time),
		TEST(test_of_a_process_here_it_is_now),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
