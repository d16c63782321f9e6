/* A frame by its number, and the registers that are known in it. */
#include "runtime/frame_at.h"

#include "fake_walk.h"

enum {
	/* In a signal frame; see struct ucontext. */
	UC_R8 = 40,
	UC_RAX = UC_R8 + 13 * 8,
	UC_RCX = UC_R8 + 14 * 8,
	UC_RSP = 160,
	UC_RIP = 168,
	UC_FPSTATE = 224,
	XMM1 = 160 + 16,
};

static struct vole_goroutine g;
static struct vole_frame_at at;

/* time.Sleep called by main.work called by main.main, parked. */
static void sleep_in_work(void)
{
	static const unsigned fns[] = { FN_SLEEP, FN_WORK, FN_MAIN, FN_GOEXIT };

	fake_frames(&s, SP, fns, 4);
	fake_stand(&s, VOLE_GSTATUS_WAITING, fake_in(FN_SLEEP), SP);
	assert_true(vole_goroutine_read(&s.go.rt, STACK_G, &g, &err));
}

static bool go_to(uint64_t index)
{
	return vole_frame_at(&s.go.rt, &g, index, NULL, NULL, &at, &err);
}

static bool knows(unsigned number)
{
	return at.regs.known >> number & 1;
}

static void frames_are_counted_from_inside(void **state)
{
	(void)state;
	sleep_in_work();
	assert_true(go_to(0));
	assert_int_equal(at.frame.entry, fake_code_at(FN_SLEEP));
	assert_true(go_to(2));
	assert_int_equal(at.index, 2);
	assert_string_equal(vole_frame_call(&at)->name, "main.main");
	assert_int_equal(at.frame.sp, SP + 8 + 8 + 40 + 8);
}

static void without_a_number_it_is_the_users(void **state)
{
	(void)state;
	sleep_in_work();
	assert_true(go_to(VOLE_FRAME_OF_USER));
	assert_int_equal(at.index, 1);
	assert_string_equal(vole_frame_call(&at)->name, "main.work");
}

static void a_number_past_the_end_is_refused(void **state)
{
	(void)state;
	sleep_in_work();
	assert_false(go_to(4));
	assert_int_equal(err.code, VOLE_NOT_FOUND);
	assert_non_null(strstr(err.text, "has 4"));
}

static void a_goroutine_that_is_dead_has_no_frame(void **state)
{
	(void)state;
	sleep_in_work();
	fake_stand(&s, VOLE_GSTATUS_DEAD, 0, 0);
	assert_true(vole_goroutine_read(&s.go.rt, STACK_G, &g, &err));
	assert_false(go_to(0));
	assert_int_equal(err.code, VOLE_NOT_FOUND);
}

static void a_frame_is_found_by_its_stack_pointer(void **state)
{
	(void)state;
	sleep_in_work();
	assert_true(vole_frame_by_sp(&s.go.rt, &g, SP + 16, 0, &at, &err));
	assert_int_equal(at.index, 1);
	assert_false(vole_frame_by_sp(&s.go.rt, &g, SP + 17, 0, &at, &err));
}

static void a_parked_goroutine_has_pc_and_sp_only(void **state)
{
	(void)state;
	sleep_in_work();
	assert_true(go_to(1));
	assert_true(knows(VOLE_REGISTER_PC));
	assert_true(knows(VOLE_REGISTER_SP));
	assert_int_equal(at.regs.value[VOLE_REGISTER_SP], SP + 16);
	assert_false(knows(0));
	assert_false(knows(VOLE_REGISTER_XMM0));
}

static bool host_registers(struct vole_host *host, uint32_t tid,
			   struct vole_registers *ret)
{
	(void)host;
	assert_int_equal(tid, STACK_TID);
	vole_register_set(ret, 2, 22);
	return true;
}

static void the_innermost_frame_has_its_threads(void **state)
{
	static const unsigned fns[] = { FN_WORK, FN_MAIN, FN_GOEXIT };

	(void)state;
	s.go.host.registers = host_registers;
	fake_frames(&s, SP, fns, 3);
	fake_stand(&s, VOLE_GSTATUS_RUNNING, fake_in(FN_WORK), SP);
	assert_true(vole_goroutine_read(&s.go.rt, STACK_G, &g, &err));
	assert_true(go_to(0));
	assert_true(knows(2));
	assert_int_equal(at.regs.value[2], 22);
	assert_true(go_to(1));
	assert_false(knows(2));
}

/* A handler on the signal stack, which the kernel called in main.work. */
static void interrupt_work(void)
{
	static const unsigned fns[] = { FN_WORK, FN_MAIN, FN_GOEXIT };
	uint64_t context = SIGNAL_SP + 8 + 8;

	fake_frames(&s, SP, fns, 3);
	fake_stand(&s, VOLE_GSTATUS_RUNNING, fake_in(FN_SIGTRAMP), SIGNAL_SP);
	fake_word(&s, SIGNAL_SP + 8, STACK_C_CODE);
	fake_word(&s, context + UC_RSP, SP);
	fake_word(&s, context + UC_RIP, fake_in(FN_WORK));
	fake_word(&s, context + UC_R8, 88);
	fake_word(&s, context + UC_RAX, 11);
	fake_word(&s, context + UC_RCX, 33);
	fake_word(&s, context + UC_FPSTATE, FAKE_BASE + 0x4000);
	fake_word(&s, FAKE_BASE + 0x4000 + XMM1, 55);
	assert_true(vole_goroutine_read(&s.go.rt, STACK_G, &g, &err));
}

static void what_a_signal_interrupted_has_all(void **state)
{
	(void)state;
	interrupt_work();
	assert_true(go_to(2));
	assert_string_equal(vole_frame_call(&at)->name, "main.work");
	assert_true(at.frame.exact);
	assert_int_equal(at.regs.value[8], 88);
	assert_int_equal(at.regs.value[0], 11);
	assert_int_equal(at.regs.value[2], 33);
	assert_int_equal(at.regs.value[VOLE_REGISTER_XMM0 + 1], 55);
	assert_true(go_to(3));
	assert_false(knows(0));
}

static void registers_that_cannot_be_read_are_unknown(void **state)
{
	(void)state;
	interrupt_work();
	fake_word(&s, SIGNAL_SP + 16 + UC_FPSTATE, 0x10);
	assert_true(go_to(2));
	assert_true(knows(0));
	assert_false(knows(VOLE_REGISTER_XMM0 + 1));
}

static void registers_have_names(void **state)
{
	(void)state;
	assert_string_equal(vole_register_name(0), "rax");
	assert_string_equal(vole_register_name(VOLE_REGISTER_PC), "rip");
	assert_string_equal(vole_register_name(32), "xmm15");
	assert_string_equal(vole_register_name(UINT64_MAX), "?");
}

/* r15 first, then r14, r13, r12, rbp, rbx, r11 to r8, rax, rcx, rdx, ... */
static void the_kernels_order_is_not_dwarfs(void **state)
{
	struct vole_registers regs = { 0 };
	uint64_t user[27];
	unsigned i;

	(void)state;
	for (i = 0; i < 27; i++)
		user[i] = 100 + i;
	vole_registers_of_user(&regs, user);
	assert_int_equal(regs.value[15], 100);
	assert_int_equal(regs.value[3], 105);
	assert_int_equal(regs.value[0], 110);
	assert_int_equal(regs.value[2], 111);
	assert_int_equal(regs.value[1], 112);
	assert_int_equal(regs.value[4], 113);
	assert_int_equal(regs.value[5], 114);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(frames_are_counted_from_inside),
		TEST(without_a_number_it_is_the_users),
		TEST(a_number_past_the_end_is_refused),
		TEST(a_goroutine_that_is_dead_has_no_frame),
		TEST(a_frame_is_found_by_its_stack_pointer),
		TEST(a_parked_goroutine_has_pc_and_sp_only),
		TEST(the_innermost_frame_has_its_threads),
		TEST(what_a_signal_interrupted_has_all),
		TEST(registers_that_cannot_be_read_are_unknown),
		TEST(registers_have_names),
		TEST(the_kernels_order_is_not_dwarfs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
