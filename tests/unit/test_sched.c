#include "runtime/sched.h"

#include "fake_sched.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

enum { SCHED = FAKE_BASE + 0x100, G = FAKE_BASE + 0x1000 };

static const struct fake_row rows[] = {
	{ VOLE_SCHED_RUNQ_HEAD, 8, 8 },	    { VOLE_SCHED_RUNQ_SIZE, 16, 4 },
	{ VOLE_SCHED_NUM_IDLE_M, 20, 4 },   { VOLE_SCHED_NUM_IDLE_P, 24, 4 },
	{ VOLE_SCHED_NUM_SPINNING, 28, 4 }, { VOLE_SCHED_MAX_M, 32, 4 },
	{ VOLE_SCHED_STOP_WAIT, 36, 4 },    { VOLE_SCHED_GC_WAITING, 40, 1 },
};

static struct fake_sched s;
static struct vole_sched sched;
static struct vole_error err;

static int setup(void **state)
{
	size_t i;

	(void)state;
	fake_sched_open(&s);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		fake_field(&s.go, rows[i].field, rows[i].offset, rows[i].size);
	fake_var(&s, "runtime.sched", SCHED);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_sched_close(&s);
	return 0;
}

static void test_counts(void **state)
{
	(void)state;
	fake_set(&s, SCHED, VOLE_SCHED_RUNQ_HEAD, G);
	fake_set(&s, SCHED, VOLE_SCHED_RUNQ_SIZE, 2);
	fake_set(&s, SCHED, VOLE_SCHED_NUM_IDLE_M, 3);
	fake_set(&s, SCHED, VOLE_SCHED_NUM_IDLE_P, 4);
	fake_set(&s, SCHED, VOLE_SCHED_NUM_SPINNING, (uint64_t)-1);
	fake_set(&s, SCHED, VOLE_SCHED_MAX_M, 10000);
	assert_true(vole_sched_read(&s.go.rt, &sched, &err));
	assert_int_equal(sched.queue, G);
	assert_int_equal(sched.queue_len, 2);
	assert_int_equal(sched.idle_ms, 3);
	assert_int_equal(sched.idle_ps, 4);
	assert_int_equal(sched.spinning_ms, -1);
	assert_int_equal(sched.max_ms, 10000);
}

static void assert_world(unsigned gc_waiting, uint32_t stop_wait,
			 const char *world, int32_t left)
{
	fake_set(&s, SCHED, VOLE_SCHED_GC_WAITING, gc_waiting);
	fake_set(&s, SCHED, VOLE_SCHED_STOP_WAIT, stop_wait);
	assert_true(vole_sched_read(&s.go.rt, &sched, &err));
	assert_string_equal(vole_world_name(sched.world), world);
	assert_int_equal(sched.stop_wait, left);
}

static void test_the_world(void **state)
{
	(void)state;
	assert_world(0, 0, "running", 0);
	assert_world(1, 2, "stopping", 2);
	assert_world(1, 0, "stopped", 0);
	assert_world(1, UINT32_MAX, "stopped", -1); /* damaged, and no more */
	assert_world(1, 0x7fffffff, "frozen", 0);
	assert_world(0, 0x7fffffff - 8, "frozen", 0); /* 8 Ps stopped since */
}

static void assert_not_read(enum vole_code code)
{
	assert_false(vole_sched_read(&s.go.rt, &sched, &err));
	assert_int_equal(err.code, code);
}

static void test_what_is_not_there(void **state)
{
	(void)state;
	s.vars[0].addr = FAKE_BASE + FAKE_SIZE - 16;
	assert_not_read(VOLE_UNREADABLE);
	s.vars[0].addr = UINT64_MAX - 3;
	assert_not_read(VOLE_CORRUPT);
	s.num_vars = 0;
	assert_not_read(VOLE_NOT_FOUND);
}

static void test_the_next_in_the_queue(void **state)
{
	uint64_t next;

	(void)state;
	fake_set(&s, G, VOLE_G_SCHEDLINK, G + 0x200);
	assert_true(vole_sched_next(&s.go.rt, G, &next, &err));
	assert_int_equal(next, G + 0x200);
	assert_true(vole_sched_next(&s.go.rt, next, &next, &err));
	assert_int_equal(next, 0);
	assert_false(vole_sched_next(&s.go.rt, UINT64_MAX, &next, &err));
	assert_false(vole_sched_next(&s.go.rt, 0, &next, &err));
	assert_int_equal(err.code, VOLE_UNREADABLE);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_counts),
		TEST(test_the_world),
		TEST(test_what_is_not_there),
		TEST(test_the_next_in_the_queue),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
