#include "runtime/place.h"

#include "fake_walk.h"

static struct vole_place_of place;

/* Park it in @p fns; it was started by the outermost but goexit. */
static void park_in(const unsigned *fns, size_t num)
{
	struct vole_goroutine g;

	fake_frames(&s, SP, fns, num);
	fake_stand(&s, VOLE_GSTATUS_WAITING, fake_in(fns[0]), SP);
	fake_set(&s, STACK_G, VOLE_G_START_PC, fake_code_at(fns[num - 2]));
	assert_true(vole_goroutine_read(&s.go.rt, STACK_G, &g, &err));
	vole_goroutine_place(&s.go.rt, &g, &place);
}

static void assert_call(const struct vole_call *call, unsigned fn)
{
	assert_non_null(call);
	assert_string_equal(call->name, fake_stack_funcs[fn].name);
}

static void test_innermost_and_users_call(void **state)
{
	static const unsigned fns[] = { FN_SLEEP, FN_WORK, FN_MAIN, FN_GOEXIT };

	(void)state;
	fake_set(&s, STACK_G, VOLE_G_GO_PC, fake_in(FN_MAIN));
	park_in(fns, 4);
	assert_call(place.top, FN_SLEEP);
	assert_call(place.user, FN_WORK);
	assert_call(place.start, FN_MAIN);
	assert_call(place.created, FN_MAIN);
	assert_false(place.system);
	assert_null(place.end);
}

static void test_the_runtimes_own(void **state)
{
	static const unsigned fns[] = { FN_SLEEP, FN_SYSMON, FN_GOEXIT };

	(void)state;
	park_in(fns, 3);
	assert_call(place.top, FN_SLEEP);
	assert_null(place.user);
	assert_null(place.created);
	assert_true(place.system);
}

static void test_main_goroutine_is_the_users(void **state)
{
	static const unsigned fns[] = { FN_WORK, FN_MAIN, FN_RUNTIME_MAIN,
					FN_GOEXIT };

	(void)state;
	fake_set(&s, STACK_G, VOLE_G_GOID, 1);
	fake_set(&s, STACK_G, VOLE_G_GO_PC, fake_in(FN_MSTART));
	park_in(fns, 4);
	assert_false(place.system);
	assert_null(place.created); /* by no go statement */
	assert_call(place.start, FN_RUNTIME_MAIN);
}

static void test_why_no_more_is_known(void **state)
{
	static const unsigned fns[] = { FN_SLEEP, FN_SYSMON };

	(void)state;
	fake_word(&s, SP + 16 + 8, 0x1234);
	park_in(fns, 2);
	assert_call(place.top, FN_SLEEP);
	assert_null(place.user);
	assert_non_null(strstr(place.end, "in no function"));
}

static void test_nothing_is_known(void **state)
{
	struct vole_goroutine g = { .id = 3,
				    .status = VOLE_GSTATUS_WAITING,
				    .go_pc = UINT64_MAX,
				    .start_pc = UINT64_MAX,
				    .sched_pc = UINT64_MAX,
				    .sched_sp = UINT64_MAX };

	(void)state;
	vole_goroutine_place(&s.go.rt, &g, &place);
	assert_null(place.top);
	assert_null(place.user);
	assert_null(place.created);
	assert_null(place.start);
	assert_non_null(place.end);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_innermost_and_users_call),
		TEST(test_the_runtimes_own),
		TEST(test_main_goroutine_is_the_users),
		TEST(test_why_no_more_is_known),
		TEST(test_nothing_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
