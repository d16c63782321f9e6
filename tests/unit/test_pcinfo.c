#include "runtime/pcinfo.h"

#include "fake_code.h"
#include "fake_sched.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

enum { AT = FAKE_BASE + 0x4000 };

static const struct {
	struct fake_func func;
	enum vole_special special;
} rows[] = {
	{ { "main.main", "main.go", 40, 0 }, VOLE_SPECIAL_NONE },
	{ { "runtime.goexit", "asm.s", 0, 5 }, VOLE_SPECIAL_GOEXIT },
	{ { "main.goexit", "main.go", 8, 0 }, VOLE_SPECIAL_NONE },
	{ { "runtime.mcall", "asm.s", 8, 6 }, VOLE_SPECIAL_MCALL },
	{ { "runtime.asmcgocall", "asm.s", 16, 0 }, VOLE_SPECIAL_ASMCGOCALL },
	{ { "runtime.asmcgocall_no_g", "asm.s", 16, 0 }, VOLE_SPECIAL_NONE },
	{ { "runtime.cgocallback", "asm.s", 16, 0 }, VOLE_SPECIAL_CGOCALLBACK },
	{ { "crosscall2", "asm.s", 256, 0 }, VOLE_SPECIAL_CROSSCALL },
	{ { "runtime.sigpanic", "asm.s", 16, 0 }, VOLE_SPECIAL_SIGPANIC },
	{ { "runtime.sigtramp", "asm.s", 16, 0 }, VOLE_SPECIAL_SIGTRAMP },
	{ { "runtime.systemstack", "asm.s", 16, 0 }, VOLE_SPECIAL_SYSTEMSTACK },
	{ { "runtime.morestack", "asm.s", 0, 0 }, VOLE_SPECIAL_MORESTACK },
	{ { "runtime.asyncPreempt", "asm.s", 400, 0 }, VOLE_SPECIAL_INJECTED },
	{ { "runtime.debugCall32", "asm.s", 40, 0 }, VOLE_SPECIAL_INJECTED },
	{ { "runtime.debugCallWrap", "asm.s", 40, 0 }, VOLE_SPECIAL_NONE },
};

enum { NUM_ROWS = sizeof(rows) / sizeof(rows[0]) };

static struct fake_sched s;

static int setup(void **state)
{
	struct fake_func funcs[NUM_ROWS];
	size_t i;

	(void)state;
	fake_sched_open(&s);
	for (i = 0; i < NUM_ROWS; i++)
		funcs[i] = rows[i].func;
	fake_code(&s.go, AT, funcs, NUM_ROWS);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_sched_close(&s);
	return 0;
}

static struct vole_pcinfo info_at(uint64_t pc)
{
	return vole_pcinfo_at(&s.go.rt, pc);
}

static void test_each_function(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < NUM_ROWS; i++) {
		struct vole_pcinfo info = info_at(fake_code_at(i) + 3);

		assert_true(info.known);
		assert_int_equal(info.entry, fake_code_at(i));
		assert_int_equal(info.delta, rows[i].func.frame);
		assert_int_equal(info.flag, rows[i].func.flag);
		assert_int_equal(info.special, rows[i].special);
	}
}

static void test_what_is_no_go_code(void **state)
{
	(void)state;
	assert_false(info_at(0).known);
	assert_false(info_at(CODE_TEXT - 1).known);
	assert_false(info_at(fake_code_at(NUM_ROWS)).known);
	assert_false(info_at(UINT64_MAX).known);
}

static void test_pcs_that_share_a_place_in_the_cache(void **state)
{
	uint64_t other = fake_code_at(1);
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		assert_true(info_at(other).known);
		assert_false(info_at(other + (UINT64_C(1) << 40)).known);
	}
}

static void test_damaged_table(void **state)
{
	(void)state;
	s.go.module.pctab.len = 2;
	assert_true(vole_pclntab_open(&s.go.rt, &s.go.rt.pclntab,
				      &(struct vole_error){ 0 }));
	assert_false(info_at(fake_code_at(3)).known);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_each_function),
		TEST(test_what_is_no_go_code),
		TEST(test_pcs_that_share_a_place_in_the_cache),
		TEST(test_damaged_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
