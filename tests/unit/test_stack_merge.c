#include "runtime/stack_merge.h"

#include "fake_stack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

enum {
	ALLGS = FAKE_BASE + 0x200, /* the variable */
	LIST = FAKE_BASE + 0x300,
	GS = FAKE_BASE + 0x3000,
	NUM_GS = 5,
};

static struct fake_sched s;
static struct vole_arena arena;
static struct vole_merge merge;
static struct vole_error err;

static uint64_t g_at(size_t index)
{
	return GS + SCHED_G_SIZE * index;
}

/* Number @p index, of goid 10 less that, with 256 bytes of stack. */
static void park(size_t index, unsigned first, unsigned second)
{
	uint64_t hi = STACK_LO + 0x100 * (index + 1), sp = hi - 0x80;
	const unsigned fns[] = { first, second, FN_GOEXIT };

	fake_word(&s, LIST + 8 * index, g_at(index));
	fake_g(&s, g_at(index), 10 - index, VOLE_GSTATUS_WAITING, hi - 0x100,
	       hi);
	fake_set(&s, g_at(index), VOLE_G_SCHED_SP, sp);
	fake_set(&s, g_at(index), VOLE_G_SCHED_PC, fake_in(first));
	fake_frames(&s, sp, fns, 3);
}

static int setup(void **state)
{
	(void)state;
	fake_stack_open(&s);
	vole_arena_init(&arena, 1 << 20);
	fake_var(&s, "runtime.allgs", ALLGS);
	fake_word(&s, ALLGS, LIST);
	fake_word(&s, ALLGS + 8, NUM_GS);
	park(0, FN_MAIN, FN_NOTHING);
	park(1, FN_WORK, FN_MAIN);
	park(2, FN_WORK, FN_NOTHING);
	park(3, FN_WORK, FN_MAIN);
	park(4, FN_WORK, FN_MAIN);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	vole_arena_clear(&arena);
	fake_sched_close(&s);
	return 0;
}

static bool never(void *arg, uint64_t done, uint64_t all)
{
	(void)arg;
	assert_true(done < all);
	return false;
}

static bool at_once(void *arg, uint64_t done, uint64_t all)
{
	(void)arg;
	(void)done;
	(void)all;
	return true;
}

/* Whenever it is not because of the number of goroutines. */
static bool amid(void *arg, uint64_t done, uint64_t all)
{
	(void)arg;
	(void)all;
	return done % 1024 != 0;
}

static void merge_all(void)
{
	assert_true(
		vole_stacks_merge(&s.go.rt, &arena, never, NULL, &merge, &err));
}

static void test_equal_stacks_once(void **state)
{
	(void)state;
	merge_all();
	assert_int_equal(merge.num_goroutines, 5);
	assert_int_equal(merge.unreadable, 0);
	assert_int_equal(merge.len, 3);
	assert_int_equal(merge.items[0].num_ids, 3);
	assert_int_equal(merge.items[0].ids[0], 6);
	assert_int_equal(merge.items[0].ids[1], 7);
	assert_int_equal(merge.items[0].ids[2], 9);
	assert_int_equal(merge.items[0].addr, g_at(1));
	/* As many each: by the lowest goid. */
	assert_int_equal(merge.items[1].ids[0], 8);
	assert_int_equal(merge.items[2].ids[0], 10);
}

static void test_cut_stack_is_another(void **state)
{
	(void)state;
	park(1, FN_WORK, FN_MSTART);
	park(3, FN_WORK, FN_MSTART);
	park(4, FN_WORK, FN_MSTART);
	/* The same frames; but whether the last was called is not known. */
	fake_set(&s, g_at(3), VOLE_G_STACK_HI, STACK_LO + 0x400 - 0x50);
	merge_all();
	assert_int_equal(merge.items[0].num_ids, 2);
	assert_int_equal(merge.len, 4);
}

static void test_dead_and_damaged_ones(void **state)
{
	(void)state;
	fake_set(&s, g_at(1), VOLE_G_STATUS, VOLE_GSTATUS_DEAD);
	fake_set(&s, g_at(2), VOLE_G_STATUS, 77);
	fake_word(&s, LIST + 8 * 3, UINT64_MAX - 3);
	merge_all();
	assert_int_equal(merge.num_all, 5);
	assert_int_equal(merge.num_goroutines, 2);
	assert_int_equal(merge.unreadable, 2);
}

/* Few goroutines may have many frames. */
static void test_frames_are_counted_too(void **state)
{
	enum { MANY = 5000, LONG_LIST = FAKE_BASE + 0x14000 };
	size_t i;

	(void)state;
	for (i = 0; i < MANY; i++)
		fake_word(&s, LONG_LIST + 8 * i, g_at(1));
	fake_word(&s, ALLGS, LONG_LIST);
	fake_word(&s, ALLGS + 8, MANY);
	assert_true(
		vole_stacks_merge(&s.go.rt, &arena, amid, NULL, &merge, &err));
	assert_in_range(merge.num_goroutines, 1024, MANY - 1);
}

static void test_none(void **state)
{
	(void)state;
	fake_word(&s, ALLGS + 8, 0);
	merge_all();
	assert_int_equal(merge.len, 0);
}

static void test_absurd_number(void **state)
{
	(void)state;
	fake_word(&s, ALLGS + 8, UINT64_MAX);
	assert_false(
		vole_stacks_merge(&s.go.rt, &arena, never, NULL, &merge, &err));
	assert_int_equal(err.code, VOLE_CORRUPT);
}

static void test_list_past_the_end_of_memory(void **state)
{
	(void)state;
	fake_word(&s, ALLGS, FAKE_BASE + FAKE_SIZE - 8);
	fake_word(&s, FAKE_BASE + FAKE_SIZE - 8, g_at(0));
	merge_all();
	assert_int_equal(merge.num_goroutines, 1);
	assert_int_equal(merge.unreadable, 4);
}

static void test_stopped_at_once(void **state)
{
	(void)state;
	assert_true(vole_stacks_merge(&s.go.rt, &arena, at_once, NULL, &merge,
				      &err));
	assert_int_equal(merge.num_all, 5);
	assert_int_equal(merge.len, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_equal_stacks_once),
		TEST(test_cut_stack_is_another),
		TEST(test_dead_and_damaged_ones),
		TEST(test_frames_are_counted_too),
		TEST(test_none),
		TEST(test_absurd_number),
		TEST(test_list_past_the_end_of_memory),
		TEST(test_stopped_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
