#include "runtime/trace.h"

#include "fake_stack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

enum { SP = STACK_HI - 0xf00, MAX_FNS = 60 };

static struct fake_sched s;
static struct vole_arena arena;
static struct vole_trace_options options;
static struct vole_trace trace;

static int setup(void **state)
{
	(void)state;
	fake_stack_open(&s);
	vole_arena_init(&arena, 1 << 20);
	options = (struct vole_trace_options){ 0 };
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	vole_arena_clear(&arena);
	fake_sched_close(&s);
	return 0;
}

/* The trace of the goroutine as it is. */
static void take_it(void)
{
	struct vole_goroutine g;
	struct vole_error err;

	assert_true(vole_goroutine_read(&s.go.rt, STACK_G, &g, &err));
	assert_true(
		vole_trace_take(&s.go.rt, &g, &options, &arena, &trace, &err));
}

/* A stack of those functions, 'w'ork, 'm'ain and goe'x'it, and its trace. */
static void take(const char *letters)
{
	unsigned fns[MAX_FNS];
	size_t i;

	for (i = 0; letters[i]; i++)
		fns[i] = letters[i] == 'w' ? FN_WORK :
			 letters[i] == 'm' ? FN_MAIN :
					     FN_GOEXIT;
	fake_frames(&s, SP, fns, i);
	fake_stand(&s, VOLE_GSTATUS_WAITING, fake_in(fns[0]), SP);
	take_it();
}

static void assert_frame(size_t index, unsigned fn)
{
	assert_int_equal(trace.items[index].repeats, 0);
	assert_int_equal(trace.items[index].frame.entry, fake_code_at(fn));
}

static void assert_repeats(size_t index, uint32_t period, uint64_t repeats)
{
	assert_int_equal(trace.items[index].period, period);
	assert_int_equal(trace.items[index].repeats, repeats);
}

static void test_each_frame(void **state)
{
	(void)state;
	take("wmx");
	assert_int_equal(trace.len, 3);
	assert_int_equal(trace.num_frames, 3);
	assert_frame(0, FN_WORK);
	assert_frame(1, FN_MAIN);
	assert_frame(2, FN_GOEXIT);
	assert_null(trace.end);
}

static void test_recursion_is_folded(void **state)
{
	(void)state;
	take("mwwwwwwwwx");
	assert_int_equal(trace.num_frames, 10);
	assert_int_equal(trace.len, 4);
	assert_frame(0, FN_MAIN);
	assert_frame(1, FN_WORK);
	assert_repeats(2, 1, 7);
	assert_frame(3, FN_GOEXIT);
}

static void test_functions_that_call_each_other(void **state)
{
	(void)state;
	take("wmwmwmwmwx");
	assert_int_equal(trace.num_frames, 10);
	assert_int_equal(trace.len, 5);
	assert_repeats(2, 2, 3);
	assert_frame(3, FN_WORK); /* of a round that does not end */
	assert_frame(4, FN_GOEXIT);
}

static void test_two_rounds_are_no_repetition(void **state)
{
	(void)state;
	take("wwmx");
	assert_int_equal(trace.len, 4);
	take("wmwmx");
	assert_int_equal(trace.len, 5);
}

static void test_unfolded(void **state)
{
	(void)state;
	options.unfolded = true;
	take("wwwwwwwwx");
	assert_int_equal(trace.len, 9);
}

static void test_limit(void **state)
{
	(void)state;
	options.limit = 2;
	take("wmx");
	assert_int_equal(trace.len, 2);
	assert_int_equal(trace.omitted, 1);
	assert_int_equal(trace.num_frames, 3);
}

static void test_why_it_ended(void **state)
{
	(void)state;
	fake_word(&s, SP + 40, 0x1234);
	take("w");
	assert_int_equal(trace.len, 1);
	assert_non_null(strstr(trace.end, "in no function"));
}

static bool at_once(void *arg)
{
	++*(unsigned *)arg;
	return true;
}

static void test_user_may_stop_it(void **state)
{
	uint64_t lo = FAKE_BASE + 0x4000, hi = FAKE_BASE + 0x10000, at;
	unsigned asked = 0;

	(void)state;
	/* Of 48 KiB, in frames of 8 bytes. */
	fake_set(&s, STACK_G, VOLE_G_STACK_LO, lo);
	fake_set(&s, STACK_G, VOLE_G_STACK_HI, hi);
	for (at = lo; at < hi; at += 8)
		fake_word(&s, at, fake_in(FN_NOTHING));
	options.stopped = at_once;
	options.stopped_arg = &asked;
	fake_stand(&s, VOLE_GSTATUS_WAITING, fake_in(FN_NOTHING), lo + 8);
	take_it();
	assert_int_equal(asked, 1);
	assert_int_equal(trace.num_frames, 4096);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_each_frame),
		TEST(test_recursion_is_folded),
		TEST(test_functions_that_call_each_other),
		TEST(test_two_rounds_are_no_repetition),
		TEST(test_unfolded),
		TEST(test_limit),
		TEST(test_why_it_ended),
		TEST(test_user_may_stop_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
