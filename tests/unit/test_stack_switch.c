/* Stacks that go on elsewhere: a thread's other ones, signals' and C's. */
#include "runtime/stack.h"

#include "fake_walk.h"

enum {
	/* In a signal frame; see struct ucontext. */
	UC_RBP = 120,
	UC_RSP = 160,
	UC_RIP = 168,
};

/* --- the thread's other stacks -------------------------------------------------- */

static void test_from_the_system_stack(void **state)
{
	static const unsigned fns[] = { FN_WORK, FN_SYSTEMSTACK };

	(void)state;
	park();
	fake_frames(&s, G0_SP, fns, 2);
	fake_stand(&s, VOLE_GSTATUS_RUNNING, fake_in(FN_WORK), G0_SP);
	/* systemstack's frame on the goroutine's stack, below main.main's. */
	fake_set(&s, STACK_G, VOLE_G_SCHED_SP, SP + 32);
	begin();
	assert_frame(FN_WORK);
	assert_frame(FN_SYSTEMSTACK);
	assert_int_equal(frame.sp, SP + 32);
	assert_frame(FN_MAIN);
	assert_int_equal(frame.sp, SP + 48);
	assert_frame(FN_GOEXIT);
	assert_end();
}

static void test_while_its_stack_grows(void **state)
{
	static const unsigned fns[] = { FN_WORK, FN_MORESTACK };

	(void)state;
	park();
	fake_frames(&s, G0_SP, fns, 2);
	fake_stand(&s, VOLE_GSTATUS_RUNNING, fake_in(FN_WORK), G0_SP);
	begin();
	assert_frame(FN_WORK);
	assert_int_equal(frame.sp, G0_SP);
	assert_frame(FN_WORK);
	assert_int_equal(frame.sp, SP);
	assert_frame(FN_MAIN);
}

static void test_thread_that_left_it(void **state)
{
	static const unsigned fns[] = { FN_WORK, FN_MCALL };

	(void)state;
	park();
	fake_frames(&s, G0_SP, fns, 2);
	fake_stand(&s, VOLE_GSTATUS_RUNNING, fake_in(FN_WORK), G0_SP);
	fake_set(&s, STACK_G, VOLE_G_SCHED_BP, SP + 32);
	begin();
	assert_frame(FN_WORK);
	assert_frame(FN_MCALL);
	assert_frame(FN_WORK);
	assert_int_equal(frame.sp, SP);
	assert_frame(FN_MAIN);
	assert_frame(FN_GOEXIT);
	assert_end();
	/* Half of it is of where the goroutine will go on. */
	fake_set(&s, STACK_G, VOLE_G_SCHED_BP, SP + 64);
	begin();
	assert_frame(FN_WORK);
	assert_frame(FN_MCALL);
	assert_ends_because("has left the goroutine");
}

static void test_function_that_changes_stacks(void **state)
{
	static const unsigned fns[] = { FN_WORK, FN_GOGO, FN_MAIN };

	(void)state;
	fake_frames(&s, SP, fns, 3);
	fake_stand(&s, VOLE_GSTATUS_WAITING, fake_in(FN_WORK), SP);
	begin();
	assert_frame(FN_WORK);
	assert_frame(FN_GOGO);
	assert_ends_because("changes stacks");
}

/* A handler at SIGNAL_SP, of a signal that came at @p pc and @p sp. */
static void take_signal(uint64_t pc, uint64_t sp)
{
	uint64_t context = SIGNAL_SP + 16;

	fake_word(&s, SIGNAL_SP + 8, STACK_C_CODE); /* the restorer */
	fake_word(&s, context + UC_RIP, pc);
	fake_word(&s, context + UC_RSP, sp);
	fake_word(&s, context + UC_RBP, SP + 32);
	fake_stand(&s, VOLE_GSTATUS_RUNNING, fake_in(FN_SIGTRAMP), SIGNAL_SP);
}

static void test_interrupted_by_a_signal(void **state)
{
	(void)state;
	park();
	take_signal(fake_in(FN_WORK), SP);
	begin();
	assert_frame(FN_SIGTRAMP);
	assert_true(vole_stack_next(&stack, &frame));
	assert_int_equal(frame.kind, VOLE_FRAME_SIGNAL);
	assert_frame(FN_WORK);
	assert_true(frame.exact);
	assert_int_equal(frame.bp, SP + 32);
	assert_frame(FN_MAIN);
	assert_frame(FN_GOEXIT);
	assert_end();
}

static void test_signal_frame_that_cannot_be_read(void **state)
{
	(void)state;
	take_signal(fake_in(FN_WORK), SP);
	s.go.size = SIGNAL_SP + 100 - FAKE_BASE;
	vole_memory_forget(&s.go.target.mem);
	begin();
	assert_frame(FN_SIGTRAMP);
	assert_true(vole_stack_next(&stack, &frame));
	assert_ends_because("signal frame");
}

/* Each handler was interrupted in itself. */
static void test_signals_that_go_round(void **state)
{
	unsigned long num = 0;

	(void)state;
	take_signal(fake_in(FN_SIGTRAMP), SIGNAL_SP);
	begin();
	while (vole_stack_next(&stack, &frame))
		num++;
	assert_in_range(num, 1000, 1 << 20);
	assert_non_null(strstr(stack.end, "goes round"));
}

/* --- C ---------------------------------------------------------------------------- */

/*
 * The thread is in a function of C that keeps a frame pointer. asmcgocall
 * called it and left how deep the goroutine's stack was, and whose it was.
 */
static void call_c(void)
{
	fake_word(&s, G0_SP + 0x20, 0);
	fake_word(&s, G0_SP + 0x28, fake_in(FN_ASMCGOCALL));
	fake_word(&s, G0_SP + 0x30, STACK_HI - (SP + 40));
	fake_word(&s, G0_SP + 0x38, STACK_G);
	fake_stand(&s, VOLE_GSTATUS_RUNNING, STACK_C_CODE + 100, G0_SP);
	s.threads[0].bp = G0_SP + 0x20;
	s.threads[0].have |= VOLE_HAVE_BP;
}

static void assert_c(uint64_t pc)
{
	assert_true(vole_stack_next(&stack, &frame));
	assert_int_equal(frame.kind, VOLE_FRAME_C);
	assert_int_equal(frame.pc, pc);
}

static void test_in_c(void **state)
{
	(void)state;
	park();
	call_c();
	begin();
	assert_c(STACK_C_CODE + 100);
	assert_int_equal(frame.cfa, G0_SP + 0x30);
	assert_frame(FN_ASMCGOCALL);
	assert_frame(FN_MAIN);
	assert_int_equal(frame.sp, SP + 48);
	assert_frame(FN_GOEXIT);
	assert_end();
}

static void test_where_c_was_called_is_not_known(void **state)
{
	static const uint64_t depths[] = { 0, 7, 0x2000, UINT64_MAX };
	size_t i;

	(void)state;
	park();
	call_c();
	for (i = 0; i < 4; i++) {
		fake_word(&s, G0_SP + 0x30, depths[i]);
		begin();
		assert_c(STACK_C_CODE + 100);
		assert_frame(FN_ASMCGOCALL);
		assert_ends_because("asmcgocall");
	}
}

/* main.work, called by C, which main.main had called. */
static void test_called_by_c(void **state)
{
	static const unsigned fns[] = { FN_WORK, FN_CGOCALLBACK };
	uint64_t sp = SP - 0x100;

	(void)state;
	park();
	call_c();
	fake_stand(&s, VOLE_GSTATUS_RUNNING, fake_in(FN_WORK), sp);
	sp = fake_frames(&s, sp, fns, 2);
	fake_word(&s, sp + 24, fake_in(FN_MAIN)); /* where Go goes on */
	/* cgocallback's frame on the system stack, which g0.sched.sp has. */
	fake_set(&s, STACK_G0, VOLE_G_SCHED_SP, G0_SP - 0x400);
	fake_word(&s, G0_SP - 0x400, 0);
	fake_word(&s, G0_SP - 0x400 + 24, fake_in(FN_CROSSCALL2));
	fake_word(&s, G0_SP - 0x400 + 32 + 256, STACK_C_CODE + 105);
	begin();
	assert_frame(FN_WORK);
	assert_frame(FN_CGOCALLBACK);
	assert_frame(FN_CROSSCALL2);
	assert_int_equal(frame.sp, G0_SP - 0x400 + 32);
	assert_c(STACK_C_CODE + 105);
	assert_frame(FN_MAIN); /* C cannot be followed: what is known of Go */
	assert_int_equal(frame.sp, sp + 32);
}

/* Where C called Go, the system stack leads back to where Go called C. */
static void test_callbacks_that_go_round(void **state)
{
	static const unsigned fns[] = { FN_WORK, FN_SYSTEMSTACK };
	unsigned long num = 0;

	(void)state;
	fake_stand(&s, VOLE_GSTATUS_RUNNING, fake_in(FN_CGOCALLBACK), SP);
	fake_set(&s, STACK_G0, VOLE_G_SCHED_SP, G0_SP);
	fake_word(&s, G0_SP, G0_SP);
	fake_word(&s, G0_SP + 24, fake_in(FN_WORK));
	fake_frames(&s, G0_SP + 32, fns, 2);
	fake_set(&s, STACK_G, VOLE_G_SCHED_SP, SP);
	fake_word(&s, SP + 8, fake_in(FN_CGOCALLBACK));
	begin();
	while (vole_stack_next(&stack, &frame))
		num++;
	assert_in_range(num, 1000, 1 << 20);
	assert_non_null(strstr(stack.end, "goes round"));
}

static void test_c_that_cannot_be_followed(void **state)
{
	(void)state;
	call_c();
	s.threads[0].bp = G0_SP - 8; /* below sp */
	begin();
	assert_c(STACK_C_CODE + 100);
	assert_ends_because("C code");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_from_the_system_stack),
		TEST(test_while_its_stack_grows),
		TEST(test_thread_that_left_it),
		TEST(test_function_that_changes_stacks),
		TEST(test_interrupted_by_a_signal),
		TEST(test_signal_frame_that_cannot_be_read),
		TEST(test_signals_that_go_round),
		TEST(test_in_c),
		TEST(test_where_c_was_called_is_not_known),
		TEST(test_called_by_c),
		TEST(test_callbacks_that_go_round),
		TEST(test_c_that_cannot_be_followed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
