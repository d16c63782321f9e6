/* A goroutine's own stack, sound or damaged. */
#include "runtime/stack.h"

#include "fake_walk.h"

static void test_parked(void **state)
{
	(void)state;
	park();
	begin();
	assert_frame(FN_WORK);
	assert_int_equal(frame.pc, fake_in(FN_WORK));
	assert_int_equal(frame.sp, SP);
	assert_int_equal(frame.cfa, SP + 48);
	assert_false(frame.exact);
	assert_frame(FN_MAIN);
	assert_int_equal(frame.sp, SP + 48);
	assert_int_equal(frame.cfa, SP + 80);
	assert_frame(FN_GOEXIT);
	assert_end();
}

static void test_frame_pointers(void **state)
{
	(void)state;
	park();
	fake_set(&s, STACK_G, VOLE_G_SCHED_BP, SP + 32);
	fake_word(&s, SP + 32, SP + 64);
	begin();
	assert_frame(FN_WORK);
	assert_true(frame.has_bp);
	assert_int_equal(frame.bp, SP + 32);
	assert_frame(FN_MAIN);
	assert_int_equal(frame.bp, SP + 64);
}

static void test_running(void **state)
{
	(void)state;
	park();
	fake_stand(&s, VOLE_GSTATUS_RUNNING, fake_in(FN_WORK), SP);
	begin();
	assert_frame(FN_WORK);
	assert_true(frame.exact);
	assert_frame(FN_MAIN);
	assert_false(frame.exact);
	assert_frame(FN_GOEXIT);
	assert_end();
}

static void test_running_on_no_known_thread(void **state)
{
	(void)state;
	park();
	fake_set(&s, STACK_G, VOLE_G_STATUS, VOLE_GSTATUS_RUNNING);
	begin();
	assert_ends_because("on no thread that is known");
	fake_set(&s, STACK_G, VOLE_G_M, STACK_M);
	s.num_threads = 0;
	begin();
	assert_ends_because("registers are not known");
}

static void test_in_a_system_call(void **state)
{
	(void)state;
	park();
	fake_set(&s, STACK_G, VOLE_G_STATUS, VOLE_GSTATUS_SYSCALL);
	fake_set(&s, STACK_G, VOLE_G_SCHED_PC, 0x1234);
	fake_set(&s, STACK_G, VOLE_G_SYSCALL_PC, fake_in(FN_WORK));
	fake_set(&s, STACK_G, VOLE_G_SYSCALL_SP, SP);
	begin();
	assert_frame(FN_WORK);
	assert_frame(FN_MAIN);
}

static void test_dead_ones_have_none(void **state)
{
	(void)state;
	park();
	fake_set(&s, STACK_G, VOLE_G_STATUS, VOLE_GSTATUS_DEAD);
	begin();
	assert_ends_because("it is dead");
}

static void test_call_of_a_nil_function(void **state)
{
	(void)state;
	park();
	fake_word(&s, SP - 8, fake_in(FN_WORK));
	fake_stand(&s, VOLE_GSTATUS_RUNNING, 0, SP - 8);
	begin();
	assert_frame(FN_WORK);
	assert_false(frame.exact);
	fake_stand(&s, VOLE_GSTATUS_RUNNING, 0, FAKE_BASE + FAKE_SIZE);
	begin();
	assert_ends_because("pc is 0");
}

static void test_fault_is_as_if_it_called(void **state)
{
	static const unsigned fns[] = { FN_SIGPANIC, FN_WORK, FN_GOEXIT };

	(void)state;
	fake_frames(&s, SP, fns, 3);
	fake_stand(&s, VOLE_GSTATUS_WAITING, fake_in(FN_SIGPANIC), SP);
	begin();
	assert_frame(FN_SIGPANIC);
	assert_frame(FN_WORK);
	assert_true(frame.exact);
	assert_frame(FN_GOEXIT);
	assert_false(frame.exact);
}

/* --- damage ------------------------------------------------------------------------ */

static void test_pc_in_no_function(void **state)
{
	(void)state;
	fake_stand(&s, VOLE_GSTATUS_WAITING, 0x1234, SP);
	begin();
	assert_ends_because("in no function");
}

static void test_sp_outside_its_stack(void **state)
{
	static const uint64_t places[] = { STACK_LO - 64, STACK_HI - 16 };
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		fake_stand(&s, VOLE_GSTATUS_WAITING, fake_in(FN_WORK),
			   places[i]);
		begin();
		assert_true(vole_stack_next(&stack, &frame));
		while (vole_stack_next(&stack, &frame))
			;
		assert_non_null(stack.end);
	}
}

static void test_sp_that_is_none(void **state)
{
	static const uint64_t places[] = { 0, SP + 3, UINT64_MAX - 7,
					   UINT64_MAX - 40 };
	size_t i;

	(void)state;
	for (i = 0; i < 4; i++) {
		fake_stand(&s, VOLE_GSTATUS_WAITING, fake_in(FN_WORK),
			   places[i]);
		begin();
		assert_frame(FN_WORK);
		assert_false(vole_stack_next(&stack, &frame));
		assert_non_null(stack.end);
	}
}

static void test_stack_that_is_cut(void **state)
{
	(void)state;
	park();
	fake_set(&s, STACK_G, VOLE_G_STACK_HI, SP + 64);
	begin();
	assert_frame(FN_WORK);
	assert_frame(FN_MAIN);
	assert_ends_because("outside its stack");
}

static void test_return_address_that_cannot_be_read(void **state)
{
	uint64_t end = FAKE_BASE + FAKE_SIZE;

	(void)state;
	fake_set(&s, STACK_G, VOLE_G_STACK_LO, end - 0x1000);
	fake_set(&s, STACK_G, VOLE_G_STACK_HI, end + 0x1000);
	fake_stand(&s, VOLE_GSTATUS_WAITING, fake_in(FN_WORK), end - 16);
	begin();
	assert_frame(FN_WORK);
	assert_ends_because("cannot be read");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_parked),
		TEST(test_frame_pointers),
		TEST(test_running),
		TEST(test_running_on_no_known_thread),
		TEST(test_in_a_system_call),
		TEST(test_dead_ones_have_none),
		TEST(test_call_of_a_nil_function),
		TEST(test_fault_is_as_if_it_called),
		TEST(test_pc_in_no_function),
		TEST(test_sp_outside_its_stack),
		TEST(test_sp_that_is_none),
		TEST(test_stack_that_is_cut),
		TEST(test_return_address_that_cannot_be_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
