#include "target/ehframe.h"

#include "fake_ehframe.h"
#include "fake_go.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

enum {
	TEXT = 0x401000, /* one function of 0x40 bytes */
	BIAS = 0x10000000,
	SP = FAKE_BASE + 0x1000,
};

static struct fake_elf file;
static struct fake_go go; /* the target's memory */
static struct vole_elf *elf;
static struct vole_ehframe *tables;
static struct vole_c_regs regs;
static struct vole_c_caller caller;
static struct vole_error err;
static struct fake_ehframe eh = { .file = &file };

static int setup(void **state)
{
	(void)state;
	fake_go_open(&go);
	fake_elf_begin(&file, ET_EXEC);
	eh.len = 0;
	regs = (struct vole_c_regs){ 0 };
	regs.value[VOLE_REG_RSP] = SP;
	regs.value[VOLE_REG_RBP] = SP + 0x80;
	regs.known = 1u << VOLE_REG_RSP | 1u << VOLE_REG_RBP;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	vole_ehframe_close(tables);
	vole_elf_close(elf);
	tables = NULL;
	elf = NULL;
	fake_elf_remove(&file);
	fake_go_close(&go);
	return 0;
}

static void put_fde(const uint8_t *program, size_t num)
{
	fake_fde(&eh, TEXT, 0x40, program, num);
}

static void open_tables(void)
{
	fake_eh_section(&eh);
	fake_elf_write(&file);
	assert_true(vole_elf_open(file.path, &elf, &err));
	assert_true(vole_ehframe_open(elf, &tables, &err));
}

static bool step(uint64_t offset)
{
	return vole_ehframe_step(tables, go.rt.mem, BIAS, BIAS + TEXT + offset,
				 &regs, &caller, &err);
}

static void assert_cfa(uint64_t offset, uint64_t cfa)
{
	assert_true(step(offset));
	assert_int_equal(caller.cfa, cfa);
	assert_int_equal(caller.regs.value[VOLE_REG_RSP], cfa);
}

static void assert_refused(uint64_t offset, enum vole_code code)
{
	assert_false(step(offset));
	assert_int_equal(err.code, code);
}

/* push rbp at byte 4: cfa rsp+16, rbp at cfa-16; mov rbp at 8: cfa rbp+16. */
static const uint8_t usual[] = { 0x44, 0x0e, 16,   0x86, 2, 0x44,
				 0x0d, 6,    0x68, 0x0c, 7, 8 };

static void open_usual(const char *letters)
{
	fake_cie(&eh, letters);
	put_fde(usual, sizeof(usual));
	open_tables();
}

static void test_rows(void **state)
{
	(void)state;
	open_usual("zR");
	fake_put(&go, SP, 8, 0x1111);
	fake_put(&go, SP + 8, 8, 0x2222);
	assert_cfa(0, SP + 8);
	assert_int_equal(caller.regs.value[VOLE_REG_RIP], 0x1111);
	assert_int_equal(caller.regs.value[VOLE_REG_RBP], SP + 0x80);
	assert_cfa(4, SP + 16);
	assert_int_equal(caller.regs.value[VOLE_REG_RIP], 0x2222);
	assert_int_equal(caller.regs.value[VOLE_REG_RBP], 0x1111);
	assert_cfa(8, SP + 0x80 + 16);
	assert_cfa(0x2f, SP + 0x80 + 16);
	assert_cfa(0x30, SP + 8);
	assert_false(caller.signal);
	assert_false(caller.top);
	assert_false(caller.regs.known >> VOLE_REG_RBX & 1);
}

static void test_outside_of_all_functions(void **state)
{
	(void)state;
	open_usual("zR");
	assert_refused((uint64_t)-1, VOLE_NOT_FOUND);
	assert_refused(0x40, VOLE_NOT_FOUND);
	assert_refused(UINT64_MAX - BIAS, VOLE_NOT_FOUND);
}

static void test_no_tables(void **state)
{
	(void)state;
	open_tables();
	assert_refused(0, VOLE_NOT_FOUND);
}

static void test_signal_frame(void **state)
{
	(void)state;
	open_usual("zRS");
	assert_cfa(0, SP + 8);
	assert_true(caller.signal);
}

static void test_outermost_function(void **state)
{
	static const uint8_t program[] = { 0x07, 16 };

	(void)state;
	fake_cie(&eh, "zR");
	put_fde(program, sizeof(program));
	open_tables();
	assert_true(step(0));
	assert_true(caller.top);
}

static void test_remembered_rows(void **state)
{
	static const uint8_t program[] = { 0x0a, 0x44, 0x0e, 64, 0x44, 0x0b };

	(void)state;
	fake_cie(&eh, "zR");
	put_fde(program, sizeof(program));
	open_tables();
	assert_cfa(4, SP + 64);
	assert_cfa(8, SP + 8);
}

static void test_register_that_is_not_known(void **state)
{
	static const uint8_t program[] = { 0x0c, 3, 16 }; /* cfa rbx+16 */

	(void)state;
	fake_cie(&eh, "zR");
	put_fde(program, sizeof(program));
	open_tables();
	assert_refused(0, VOLE_UNSUPPORTED);
}

static void test_damaged_programs(void **state)
{
	static const struct {
		uint8_t bytes[4];
		size_t len;
	} programs[] = {
		{ { 0x0b }, 1 }, /* nothing was remembered */
		{ { 0x3f }, 1 }, /* no such instruction */
		{ { 0x0c, 7 }, 2 }, /* cut */
		{ { 0x0f, 0xff, 0x7f }, 3 }, /* longer than all there is */
	};
	size_t i;

	(void)state;
	for (i = 0; i < 4; i++) {
		teardown(NULL);
		setup(NULL);
		fake_cie(&eh, "zR");
		put_fde(programs[i].bytes, programs[i].len);
		open_tables();
		assert_refused(0, VOLE_CORRUPT);
	}
}

static void test_entries_that_are_none(void **state)
{
	(void)state;
	fake_cie(&eh, "zR");
	fake_eh_u32(&eh, 9);
	fake_eh_u32(&eh, 0x7000); /* its CIE lies before the section */
	fake_eh(&eh, "\0\0\0\0\0", 5);
	put_fde(usual, sizeof(usual));
	fake_eh_u32(&eh, 0x7fffffff); /* longer than the section */
	open_tables();
	assert_cfa(0, SP + 8);
}

static void test_table_that_is_cut(void **state)
{
	size_t whole;

	(void)state;
	fake_cie(&eh, "zR");
	put_fde(usual, sizeof(usual));
	whole = eh.len;
	for (eh.len = 0; eh.len < whole; eh.len++) {
		open_tables();
		assert_refused(0, VOLE_NOT_FOUND);
		vole_ehframe_close(tables);
		vole_elf_close(elf);
		fake_elf_header(&file)->e_shnum = 0;
		file.names = 1;
		tables = NULL;
		elf = NULL;
	}
}

static void test_stack_that_cannot_be_read(void **state)
{
	(void)state;
	open_usual("zR");
	regs.value[VOLE_REG_RSP] = UINT64_MAX - 3;
	assert_refused(0, VOLE_UNREADABLE);
	regs.value[VOLE_REG_RSP] = FAKE_BASE + FAKE_SIZE - 4;
	assert_refused(0, VOLE_UNREADABLE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_rows),
		TEST(test_outside_of_all_functions),
		TEST(test_no_tables),
		TEST(test_signal_frame),
		TEST(test_outermost_function),
		TEST(test_remembered_rows),
		TEST(test_register_that_is_not_known),
		TEST(test_damaged_programs),
		TEST(test_entries_that_are_none),
		TEST(test_table_that_is_cut),
		TEST(test_stack_that_cannot_be_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
