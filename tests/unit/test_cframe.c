#include "runtime/cframe.h"

#include "fake_ehframe.h"
#include "fake_stack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

enum {
	SP = STACK_G0_HI - 0x400,
	BP = SP + 0x40,
	F = 0x1000, /* link address of a function that pushes rbx and rbp */
	OUTERMOST = 0x1100,
	CIRCULAR = 0x1200, /* its frame ends where it begins */
	CALLED = STACK_C_CODE + 105, /* after a call */
};

/* Where the file is mapped. */
static const uint64_t START = 0x7f0000000000;

static struct fake_sched s;
static struct fake_elf file;
static struct vole_stack stack;
static uint64_t cfa;

static void mappings(struct vole_host *host,
		     bool (*each)(void *arg, const struct vole_mapping *),
		     void *arg)
{
	const struct vole_mapping m = { .start = START,
					.end = START + 0x4000,
					.path = file.path };

	(void)host;
	each(arg, &m);
}

static void make_file(const char *letters)
{
	static const uint8_t f[] = { 0x0e, 24, 0x83, 2, 0x86, 3 };
	static const uint8_t outermost[] = { 0x07, 16 };
	static const uint8_t circular[] = { 0x0c, 7, 0 };
	struct fake_ehframe eh = { .file = &file };
	struct vole_error err;

	fake_elf_begin(&file, ET_DYN);
	fake_elf_segment(&file, (Elf64_Phdr){ .p_type = PT_LOAD,
					      .p_flags = PF_R | PF_X,
					      .p_filesz = 0x4000,
					      .p_memsz = 0x4000 });
	fake_cie(&eh, letters);
	fake_fde(&eh, F, 0x40, f, sizeof(f));
	fake_fde(&eh, OUTERMOST, 0x40, outermost, sizeof(outermost));
	fake_fde(&eh, CIRCULAR, 0x40, circular, sizeof(circular));
	fake_eh_section(&eh);
	fake_elf_write(&file);
	assert_true(vole_elf_open(file.path, &s.go.target.exe, &err));
	s.go.target.bias = START;
}

static int setup(void **state)
{
	(void)state;
	fake_stack_open(&s);
	s.go.host.mappings = mappings;
	make_file("zR");
	stack = (struct vole_stack){ .rt = &s.go.rt,
				     .part = VOLE_STACK_SYSTEM,
				     .exact = true,
				     .pc = START + F + 8,
				     .sp = SP,
				     .bp = BP,
				     .has_bp = true };
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	vole_runtime_forget(&s.go.rt);
	vole_elf_close(s.go.target.exe);
	fake_elf_remove(&file);
	fake_sched_close(&s);
	return 0;
}

static void assert_result(enum vole_cframe_result want)
{
	cfa = 0;
	assert_int_equal(vole_cframe_caller(&stack, &cfa), want);
}

static void test_by_table(void **state)
{
	(void)state;
	fake_word(&s, SP, 0x6666); /* rbp */
	fake_word(&s, SP + 8, 0x3333); /* rbx */
	fake_word(&s, SP + 16, CALLED);
	assert_result(VOLE_CFRAME_CALLER);
	assert_int_equal(cfa, SP + 24);
	assert_int_equal(stack.sp, SP + 24);
	assert_int_equal(stack.pc, CALLED);
	assert_int_equal(stack.bp, 0x6666);
	assert_true(stack.has_bp);
	assert_false(stack.exact);
	assert_int_equal(stack.kept.value[VOLE_REG_RBX], 0x3333);
}

static void test_return_address_is_of_the_call_before_it(void **state)
{
	(void)state;
	fake_word(&s, SP + 16, CALLED);
	stack.pc = START + F + 0x40; /* past the last byte: it called */
	stack.exact = false;
	assert_result(VOLE_CFRAME_CALLER);
	assert_int_equal(cfa, SP + 24);
}

static void test_outermost(void **state)
{
	(void)state;
	stack.pc = START + OUTERMOST;
	assert_result(VOLE_CFRAME_TOP);
	stack.pc = START + F;
	fake_word(&s, SP + 16, 0);
	assert_result(VOLE_CFRAME_TOP);
}

static void test_frame_pointer_where_no_table_is(void **state)
{
	(void)state;
	stack.pc = START + 0x3000;
	fake_word(&s, BP, BP + 0x100);
	fake_word(&s, BP + 8, CALLED);
	assert_result(VOLE_CFRAME_CALLER);
	assert_int_equal(cfa, BP + 16);
	assert_int_equal(stack.pc, CALLED);
	assert_int_equal(stack.bp, BP + 0x100);
}

static void test_frame_pointer_that_is_none(void **state)
{
	static const uint64_t places[] = { SP - 8, BP + 4, SP + (9 << 20),
					   UINT64_MAX - 7, 0 };
	size_t i;

	(void)state;
	stack.pc = START + 0x3000;
	for (i = 0; i < 5; i++) {
		stack.bp = places[i];
		assert_result(VOLE_CFRAME_LOST);
	}
	stack.bp = BP; /* but nothing was called there */
	fake_word(&s, BP + 8, STACK_C_CODE + 0x200);
	assert_result(VOLE_CFRAME_LOST);
	fake_word(&s, BP + 8, 3);
	assert_result(VOLE_CFRAME_LOST);
	stack.has_bp = false;
	assert_result(VOLE_CFRAME_LOST);
}

static void test_indirect_calls(void **state)
{
	(void)state;
	stack.pc = START + 0x3000;
	fake_word(&s, BP + 8, STACK_C_CODE + 0x207);
	fake_put(&s.go, STACK_C_CODE + 0x205, 1, 0xff); /* call *%rax */
	fake_put(&s.go, STACK_C_CODE + 0x206, 1, 0xd0);
	assert_result(VOLE_CFRAME_CALLER);
}

static void test_frame_that_does_not_go_up(void **state)
{
	(void)state;
	stack.pc = START + CIRCULAR;
	stack.has_bp = false;
	fake_word(&s, SP - 8, START + CIRCULAR);
	assert_result(VOLE_CFRAME_LOST);
}

/* The kernel's frame is on the stack of the handler. */
static void test_signal_frame_may_lead_down(void **state)
{
	(void)state;
	vole_runtime_forget(&s.go.rt);
	vole_elf_close(s.go.target.exe);
	make_file("zRS");
	stack.pc = START + CIRCULAR;
	fake_word(&s, SP - 8, START + F);
	assert_result(VOLE_CFRAME_CALLER);
	assert_true(stack.exact);
	assert_int_equal(stack.pc, START + F);
}

static void test_stack_that_cannot_be_read(void **state)
{
	(void)state;
	stack.sp = UINT64_MAX - 15;
	assert_result(VOLE_CFRAME_LOST);
	stack.sp = FAKE_BASE + FAKE_SIZE - 8;
	assert_result(VOLE_CFRAME_LOST);
}

static void test_code_of_no_file(void **state)
{
	(void)state;
	s.go.host.mappings = NULL;
	stack.has_bp = false;
	assert_result(VOLE_CFRAME_LOST);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_by_table),
		TEST(test_return_address_is_of_the_call_before_it),
		TEST(test_outermost),
		TEST(test_frame_pointer_where_no_table_is),
		TEST(test_frame_pointer_that_is_none),
		TEST(test_indirect_calls),
		TEST(test_frame_that_does_not_go_up),
		TEST(test_signal_frame_may_lead_down),
		TEST(test_stack_that_cannot_be_read),
		TEST(test_code_of_no_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
