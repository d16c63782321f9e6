#include "runtime/stack.h"

#include "fake_stack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

enum {
	SP = STACK_HI - 0x200,
	G0_SP = STACK_G0_HI - 0x400,
	SIGNAL_SP = STACK_SIGNAL_HI - 0x800,
	/* In a signal frame; see struct ucontext. */
	UC_RBP = 120,
	UC_RSP = 160,
	UC_RIP = 168,
};

static struct fake_sched s;
static struct vole_stack stack;
static struct vole_frame frame;
static struct vole_error err;

static int setup(void **state)
{
	(void)state;
	fake_stack_open(&s);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_sched_close(&s);
	return 0;
}

static void begin(void)
{
	struct vole_goroutine g;

	assert_true(vole_goroutine_read(&s.go.rt, STACK_G, &g, &err));
	vole_m_cache_clear(s.go.rt.ms);
	vole_stack_begin(&stack, &s.go.rt, &g);
}

static void assert_frame(unsigned fn)
{
	assert_true(vole_stack_next(&stack, &frame));
	assert_int_equal(frame.kind, VOLE_FRAME_GO);
	assert_int_equal(frame.entry, fake_code_at(fn));
}

static void assert_end(void)
{
	assert_false(vole_stack_next(&stack, &frame));
	assert_null(stack.end);
}

static void assert_ends_because(const char *why)
{
	assert_false(vole_stack_next(&stack, &frame));
	assert_non_null(stack.end);
	if (!strstr(stack.end, why))
		fail_msg("'%s' does not say '%s'", stack.end, why);
}

/* main.work, called by main.main, called by nobody. */
static void park(void)
{
	static const unsigned fns[] = { FN_WORK, FN_MAIN, FN_GOEXIT };

	fake_frames(&s, SP, fns, 3);
	fake_stand(&s, VOLE_GSTATUS_WAITING, fake_in(FN_WORK), SP);
}

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
		TEST(test_pc_in_no_function),
		TEST(test_sp_outside_its_stack),
		TEST(test_sp_that_is_none),
		TEST(test_stack_that_is_cut),
		TEST(test_return_address_that_cannot_be_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
