#include "runtime/gc.h"

#include "fake_sched.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

enum {
	PHASE = FAKE_BASE + 0x100,
	STATS = FAKE_BASE + 0x1000,
	CONTROLLER = FAKE_BASE + 0x2000,
	PAUSES = 64, /* in the stats */
};

static const struct fake_row rows[] = {
	{ VOLE_MSTATS_LAST_GC_UNIX, 0, 8 },
	{ VOLE_MSTATS_LAST_GC_NANOTIME, 8, 8 },
	{ VOLE_MSTATS_PAUSE_TOTAL, 16, 8 },
	{ VOLE_MSTATS_NUM_GC, 24, 4 },
	{ VOLE_MSTATS_NUM_FORCED_GC, 28, 4 },
	{ VOLE_MSTATS_PAUSES, PAUSES, 2048 },
	{ VOLE_GC_CONTROLLER_PERCENT, 0, 4 },
	{ VOLE_GC_CONTROLLER_MEMORY_LIMIT, 8, 8 },
	{ VOLE_GC_CONTROLLER_HEAP_GOAL, 16, 8 },
	{ VOLE_GC_CONTROLLER_HEAP_LIVE, 24, 8 },
	{ VOLE_GC_CONTROLLER_HEAP_MARKED, 32, 8 },
};

static struct fake_sched s;
static struct vole_gc gc;
static struct vole_error err;

static int setup(void **state)
{
	size_t i;

	(void)state;
	fake_sched_open(&s);
	fake_has(&s.go, VOLE_STRUCT_MSTATS, 4096);
	fake_has(&s.go, VOLE_STRUCT_GC_CONTROLLER, 64);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		fake_field(&s.go, rows[i].field, rows[i].offset, rows[i].size);
	fake_var(&s, "runtime.gcphase", PHASE);
	fake_var(&s, "runtime.memstats", STATS);
	fake_var(&s, "runtime.gcController", CONTROLLER);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_sched_close(&s);
	return 0;
}

static void read_gc(void)
{
	assert_true(vole_gc_read(&s.go.rt, &gc, &err));
}

static void assert_not_read(enum vole_code code)
{
	assert_false(vole_gc_read(&s.go.rt, &gc, &err));
	assert_int_equal(err.code, code);
}

static void test_before_the_first_cycle(void **state)
{
	(void)state;
	fake_put(&s.go, STATS + PAUSES + 255 * 8, 8, 99);
	read_gc();
	assert_string_equal(vole_gc_phase(&gc), "off");
	assert_int_equal(gc.cycles, 0);
	assert_int_equal(gc.last_pause, 0);
	assert_int_equal(gc.memory_limit, 0);
}

static void test_all_of_it(void **state)
{
	(void)state;
	fake_put(&s.go, PHASE, 4, 1);
	fake_set(&s, STATS, VOLE_MSTATS_NUM_GC, 3);
	fake_set(&s, STATS, VOLE_MSTATS_NUM_FORCED_GC, 2);
	fake_set(&s, STATS, VOLE_MSTATS_LAST_GC_UNIX, 1000);
	fake_set(&s, STATS, VOLE_MSTATS_LAST_GC_NANOTIME, 2000);
	fake_set(&s, STATS, VOLE_MSTATS_PAUSE_TOTAL, 60);
	fake_put(&s.go, STATS + PAUSES + 2 * 8, 8, 30);
	fake_set(&s, CONTROLLER, VOLE_GC_CONTROLLER_PERCENT, (uint64_t)-1);
	fake_set(&s, CONTROLLER, VOLE_GC_CONTROLLER_MEMORY_LIMIT, 1 << 20);
	fake_set(&s, CONTROLLER, VOLE_GC_CONTROLLER_HEAP_GOAL, 4 << 20);
	fake_set(&s, CONTROLLER, VOLE_GC_CONTROLLER_HEAP_LIVE, 5);
	fake_set(&s, CONTROLLER, VOLE_GC_CONTROLLER_HEAP_MARKED, 6);
	read_gc();
	assert_string_equal(vole_gc_phase(&gc), "mark");
	assert_int_equal(gc.cycles, 3);
	assert_int_equal(gc.forced, 2);
	assert_int_equal(gc.last_unix, 1000);
	assert_int_equal(gc.last_nanotime, 2000);
	assert_int_equal(gc.total_pause, 60);
	assert_int_equal(gc.last_pause, 30);
	assert_int_equal(gc.percent, -1);
	assert_int_equal(gc.memory_limit, 1 << 20);
	assert_int_equal(gc.goal, 4 << 20);
	assert_int_equal(gc.live, 5);
	assert_int_equal(gc.marked, 6);
}

/* 256 pauses are kept, round and round. */
static void test_pauses_go_round(void **state)
{
	(void)state;
	fake_put(&s.go, STATS + PAUSES + 255 * 8, 8, 7);
	fake_put(&s.go, STATS + PAUSES, 8, 8);
	fake_set(&s, STATS, VOLE_MSTATS_NUM_GC, 256);
	read_gc();
	assert_int_equal(gc.last_pause, 7);
	fake_set(&s, STATS, VOLE_MSTATS_NUM_GC, 257);
	read_gc();
	assert_int_equal(gc.last_pause, 8);
	fake_set(&s, STATS, VOLE_MSTATS_NUM_GC, UINT32_MAX);
	read_gc(); /* number 254 */
	assert_int_equal(gc.last_pause, 0);
}

static void test_no_limit(void **state)
{
	(void)state;
	fake_set(&s, CONTROLLER, VOLE_GC_CONTROLLER_MEMORY_LIMIT, INT64_MAX);
	read_gc();
	assert_int_equal(gc.memory_limit, 0);
}

static void test_phases(void **state)
{
	(void)state;
	fake_put(&s.go, PHASE, 4, 2);
	read_gc();
	assert_string_equal(vole_gc_phase(&gc), "mark termination");
	fake_put(&s.go, PHASE, 4, 3);
	assert_not_read(VOLE_CORRUPT);
	fake_put(&s.go, PHASE, 4, UINT32_MAX);
	assert_not_read(VOLE_CORRUPT);
}

static void test_what_is_not_there(void **state)
{
	unsigned i;

	(void)state;
	for (i = 0; i < 3; i++) {
		uint64_t at = s.vars[i].addr;
		const char *name = s.vars[i].name;

		s.vars[i].addr = FAKE_BASE + FAKE_SIZE - 2;
		assert_not_read(VOLE_UNREADABLE);
		s.vars[i].addr = UINT64_MAX - 1;
		assert_false(vole_gc_read(&s.go.rt, &gc, &err));
		s.vars[i].addr = at;
		s.vars[i].name = "";
		assert_not_read(VOLE_NOT_FOUND);
		s.vars[i].name = name;
	}
	read_gc();
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_before_the_first_cycle),
		TEST(test_all_of_it),
		TEST(test_pauses_go_round),
		TEST(test_no_limit),
		TEST(test_phases),
		TEST(test_what_is_not_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
