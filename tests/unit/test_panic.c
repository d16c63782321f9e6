#include "runtime/panic.h"

#include "fake_parked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

enum { RECORD = 40 };

static struct fake_sched s;
static struct vole_panics panics;

static int setup(void **state)
{
	(void)state;
	fake_parked_open(&s);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_sched_close(&s);
	return 0;
}

static void read_panics(uint64_t first)
{
	struct vole_goroutine g = { .panic = first };

	vole_panics_read(&s.go.rt, &g, &panics);
}

static uint64_t record_at(unsigned index)
{
	return WAITS_OBJECTS + RECORD * (uint64_t)index;
}

static void link_to(unsigned index, uint64_t next)
{
	fake_set(&s, record_at(index), VOLE_PANIC_LINK, next);
}

static void assert_panic(size_t index, unsigned number)
{
	assert_true(index < panics.len);
	assert_int_equal(panics.items[index].addr, record_at(number));
	assert_int_equal(panics.items[index].arg, record_at(number) + 8);
}

static void assert_damaged(size_t len)
{
	assert_int_equal(panics.len, len);
	assert_string_equal(panics.problem, "the list of panics is damaged");
}

static void test_none(void **state)
{
	(void)state;
	read_panics(0);
	assert_int_equal(panics.len, 0);
	assert_null(panics.problem);
}

static void test_panics_in_panics(void **state)
{
	(void)state;
	link_to(0, record_at(1));
	link_to(1, record_at(2));
	fake_set(&s, record_at(1), VOLE_PANIC_RECOVERED, 1);
	fake_set(&s, record_at(2), VOLE_PANIC_GOEXIT, 1);
	read_panics(record_at(0));
	assert_int_equal(panics.len, 3);
	assert_panic(0, 0);
	assert_panic(1, 1);
	assert_panic(2, 2);
	assert_false(panics.items[0].recovered || panics.items[0].goexit);
	assert_true(panics.items[1].recovered && !panics.items[1].goexit);
	assert_true(panics.items[2].goexit && !panics.items[2].recovered);
	assert_null(panics.problem);
}

/* To Go 1.21 a newer panic marks the one that it ends. */
static void test_aborted(void **state)
{
	(void)state;
	read_panics(record_at(0));
	assert_false(panics.items[0].aborted);
	fake_field(&s.go, VOLE_PANIC_ABORTED, 33, 1);
	fake_set(&s, record_at(0), VOLE_PANIC_ABORTED, 1);
	read_panics(record_at(0));
	assert_true(panics.items[0].aborted);
}

static void test_functions_that_return_do_not_panic(void **state)
{
	(void)state;
	link_to(0, record_at(1));
	fake_set(&s, record_at(0), VOLE_PANIC_DEFER_RETURN, 1);
	read_panics(record_at(0));
	assert_int_equal(panics.len, 1);
	assert_panic(0, 1);
	fake_set(&s, record_at(1), VOLE_PANIC_DEFER_RETURN, 1);
	read_panics(record_at(0));
	assert_int_equal(panics.len, 0);
	assert_null(panics.problem);
}

static void test_list_that_leads_back_to_itself(void **state)
{
	(void)state;
	link_to(0, record_at(1));
	link_to(1, record_at(0));
	read_panics(record_at(0));
	assert_damaged(2);
	fake_set(&s, record_at(0), VOLE_PANIC_DEFER_RETURN, 1);
	fake_set(&s, record_at(1), VOLE_PANIC_DEFER_RETURN, 1);
	read_panics(record_at(0));
	assert_damaged(0);
}

static void chain(unsigned num)
{
	unsigned i;

	for (i = 0; i + 1 < num; i++)
		link_to(i, record_at(i + 1));
	link_to(i, 0);
	read_panics(record_at(0));
}

static void test_as_many_as_are_kept(void **state)
{
	(void)state;
	chain(VOLE_MAX_PANICS);
	assert_int_equal(panics.len, VOLE_MAX_PANICS);
	assert_null(panics.problem);
	chain(VOLE_MAX_PANICS + 1);
	assert_int_equal(panics.len, VOLE_MAX_PANICS);
	assert_string_equal(panics.problem, "there are more panics");
}

static void test_list_that_is_cut(void **state)
{
	(void)state;
	link_to(0, FAKE_BASE + FAKE_SIZE - 8);
	read_panics(record_at(0));
	assert_damaged(1);
	read_panics(UINT64_MAX - 7);
	assert_damaged(0);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_none),
		TEST(test_panics_in_panics),
		TEST(test_aborted),
		TEST(test_functions_that_return_do_not_panic),
		TEST(test_list_that_leads_back_to_itself),
		TEST(test_as_many_as_are_kept),
		TEST(test_list_that_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
