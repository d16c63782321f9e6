#include "runtime/defer.h"

#include "fake_stack.h"
#include "fake_waits.h"
#include "runtime/panic.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

enum { SP = STACK_HI - 0x200, HEAD = FAKE_BASE + 0x500 };

static struct fake_sched s;
static struct vole_arena arena;
static struct vole_goroutine g;
static struct vole_defers defers;
static struct vole_panics panics;
static struct vole_error err;

static int setup(void **state)
{
	static const unsigned fns[] = { FN_WORK, FN_MAIN, FN_GOEXIT };

	(void)state;
	fake_stack_open(&s);
	vole_arena_init(&arena, 1 << 20);
	fake_frames(&s, SP, fns, 3);
	fake_stand(&s, VOLE_GSTATUS_WAITING, fake_in(FN_WORK), SP);
	fake_waits(&s, STACK_G, SP, fake_code_at(FN_NOTHING));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	vole_arena_clear(&arena);
	fake_sched_close(&s);
	return 0;
}

static void read_all(size_t num_defers)
{
	assert_true(vole_goroutine_read(&s.go.rt, STACK_G, &g, &err));
	assert_true(vole_defers_read(&s.go.rt, &g, &arena, &defers, &err));
	assert_int_equal(defers.len, num_defers);
	vole_panics_read(&s.go.rt, &g, &panics);
}

static void test_next_to_run_first(void **state)
{
	(void)state;
	read_all(2);
	assert_null(defers.problem);
	assert_int_equal(defers.items[0].addr, FAKE_DEFERS);
	assert_int_equal(defers.items[0].sp, SP);
	assert_int_equal(defers.items[0].fn, FAKE_FUNCVAL);
	assert_int_equal(defers.items[0].code, fake_code_at(FN_NOTHING));
	assert_int_equal(defers.items[1].addr, FAKE_DEFER_2);
}

static void test_none(void **state)
{
	(void)state;
	fake_set(&s, STACK_G, VOLE_G_DEFER, 0);
	fake_set(&s, STACK_G, VOLE_G_PANIC, 0);
	read_all(0);
	assert_null(defers.problem);
	assert_int_equal(panics.len, 0);
	assert_null(panics.problem);
}

/* In the body of a range over func: of the frame around it. */
static void test_list_of_a_range_over_func(void **state)
{
	(void)state;
	fake_set(&s, FAKE_DEFERS, VOLE_DEFER_LINK, 0);
	fake_set(&s, FAKE_DEFERS, VOLE_DEFER_RANGE_FUNC, 1);
	fake_set(&s, FAKE_DEFERS, VOLE_DEFER_HEAD, HEAD);
	fake_word(&s, HEAD, FAKE_DEFER_2);
	read_all(1);
	assert_int_equal(defers.items[0].addr, FAKE_DEFER_2);
	assert_int_equal(defers.items[0].sp, SP);
}

/* No list is in such a list: else damage could go as deep as it likes. */
static void test_lists_are_not_in_lists(void **state)
{
	(void)state;
	fake_set(&s, FAKE_DEFERS, VOLE_DEFER_SP, 0);
	fake_set(&s, FAKE_DEFERS, VOLE_DEFER_LINK, 0);
	fake_set(&s, FAKE_DEFERS, VOLE_DEFER_RANGE_FUNC, 1);
	fake_set(&s, FAKE_DEFERS, VOLE_DEFER_HEAD, HEAD);
	fake_word(&s, HEAD, FAKE_DEFER_2);
	fake_set(&s, FAKE_DEFER_2, VOLE_DEFER_RANGE_FUNC, 1);
	fake_set(&s, FAKE_DEFER_2, VOLE_DEFER_HEAD, UINT64_MAX);
	read_all(1);
	assert_null(defers.problem);
}

static void test_lists_that_go_round(void **state)
{
	(void)state;
	fake_set(&s, FAKE_DEFER_2, VOLE_DEFER_LINK, FAKE_DEFERS);
	fake_set(&s, FAKE_PANIC_2, VOLE_PANIC_LINK, FAKE_PANICS);
	read_all(2);
	assert_non_null(defers.problem);
	assert_int_equal(panics.len, 2);
	assert_non_null(panics.problem);
}

static void test_lists_that_break_off(void **state)
{
	(void)state;
	fake_set(&s, FAKE_DEFER_2, VOLE_DEFER_LINK, UINT64_MAX - 3);
	fake_set(&s, FAKE_PANIC_2, VOLE_PANIC_LINK, 16);
	read_all(2);
	assert_non_null(defers.problem);
	assert_int_equal(panics.len, 2);
	assert_non_null(panics.problem);
}

static void test_call_of_no_function(void **state)
{
	(void)state;
	fake_set(&s, FAKE_DEFERS, VOLE_DEFER_FN, UINT64_MAX - 3);
	read_all(1);
	assert_int_equal(defers.items[0].addr, FAKE_DEFER_2);
	assert_non_null(defers.problem);
}

static void test_panics_newest_first(void **state)
{
	(void)state;
	read_all(2);
	assert_int_equal(panics.len, 2);
	assert_int_equal(panics.items[0].addr, FAKE_PANICS);
	assert_int_equal(panics.items[0].arg, FAKE_PANICS);
	assert_false(panics.items[0].recovered);
	assert_true(panics.items[1].recovered);
	assert_null(panics.problem);
}

static void test_function_that_returns_is_no_panic(void **state)
{
	(void)state;
	fake_set(&s, FAKE_PANICS, VOLE_PANIC_DEFER_RETURN, 1);
	read_all(2);
	assert_int_equal(panics.len, 1);
	assert_int_equal(panics.items[0].addr, FAKE_PANIC_2);
}

static void test_more_panics_than_are_told(void **state)
{
	uint64_t at = FAKE_BASE + 0x5000;
	unsigned i;

	(void)state;
	fake_set(&s, STACK_G, VOLE_G_PANIC, at);
	for (i = 0; i <= VOLE_MAX_PANICS; i++, at += 32)
		fake_set(&s, at, VOLE_PANIC_LINK, at + 32);
	read_all(2);
	assert_int_equal(panics.len, VOLE_MAX_PANICS);
	assert_non_null(panics.problem);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_next_to_run_first),
		TEST(test_none),
		TEST(test_list_of_a_range_over_func),
		TEST(test_lists_are_not_in_lists),
		TEST(test_lists_that_go_round),
		TEST(test_lists_that_break_off),
		TEST(test_call_of_no_function),
		TEST(test_panics_newest_first),
		TEST(test_function_that_returns_is_no_panic),
		TEST(test_more_panics_than_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
