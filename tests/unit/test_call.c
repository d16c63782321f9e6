#include "runtime/call.h"

#include "fake_funcs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

enum {
	AT = FAKE_BASE + 0x1000,
	F = FUNCS_TEXT + FUNCS_F_ENTRY,
	G = FUNCS_TEXT + FUNCS_G_ENTRY,
	TREE = AT + FUNCS_TREE,
};

static struct fake_go go;
static struct vole_calls calls;
static struct vole_error err;

static int setup(void **state)
{
	(void)state;
	fake_go_open(&go);
	fake_funcs(&go, AT);
	go.rt.calls = vole_call_cache_new();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	vole_call_cache_free(go.rt.calls);
	fake_go_close(&go);
	return 0;
}

static void open_table(void)
{
	assert_true(vole_pclntab_open(&go.rt, &go.rt.pclntab, &err));
}

static void assert_calls(uint64_t pc, bool exact, size_t num)
{
	assert_true(vole_calls_at(&go.rt, pc, exact, &calls, &err));
	assert_int_equal(calls.len, num);
}

static void assert_refused(uint64_t pc, enum vole_code code)
{
	assert_false(vole_calls_at(&go.rt, pc, true, &calls, &err));
	assert_int_equal(err.code, code);
}

/* Open with a word of the inline tree changed, and look where it is used. */
static void assert_tree_refused(uint64_t offset, uint32_t word)
{
	fake_put(&go, TREE + offset, 4, word);
	open_table();
	assert_refused(G + 8, VOLE_CORRUPT);
}

static void test_inlined_call_comes_before_its_function(void **state)
{
	(void)state;
	open_table();
	assert_calls(G + 8, true, 2);
	assert_string_equal(calls.items[0].name, "main.h");
	assert_true(calls.items[0].inlined);
	assert_int_equal(calls.items[0].start_line, 25);
	assert_string_equal(calls.items[1].name, "main.g");
	assert_false(calls.items[1].inlined);
	assert_int_equal(calls.items[1].line, 30);
	assert_int_equal(calls.items[1].start_line, 20);
	assert_string_equal(calls.items[1].file, "/b.go");
}

/* Each line is compared with the first of the function that it is in. */
static void test_inlined_call_written_above_its_caller(void **state)
{
	enum { START_LINE = 36 };

	(void)state;
	fake_put(&go, AT + FUNCS_FUNCS + FUNCS_G + START_LINE, 4, 90);
	open_table();
	assert_calls(G + 8, true, 2);
	assert_int_equal(calls.items[0].line, 30);
	assert_int_equal(calls.items[1].start_line, 90);
}

static void test_line_before_its_function_is_of_what_was_before(void **state)
{
	(void)state;
	fake_put(&go, TREE + 12, 4, 31);
	open_table();
	assert_calls(G + 8, true, 1);
	assert_calls(G + 9, true, 2);
}

static void test_return_address_is_of_the_call_before_it(void **state)
{
	(void)state;
	open_table();
	assert_calls(G + 8, false, 1);
	assert_calls(G + 16, false, 2);
	assert_calls(G + 16, true, 1);
	assert_calls(F + 8, true, 1);
	assert_int_equal(calls.items[0].line, 9);
	assert_calls(F + 8, false, 1);
	assert_int_equal(calls.items[0].line, 10);
	assert_calls(F, false, 1); /* a function's first: never called */
	assert_string_equal(calls.items[0].name, "main.f");
}

static void test_second_question_has_the_same_answer(void **state)
{
	const struct vole_call *first;

	(void)state;
	open_table();
	assert_calls(G + 8, true, 2);
	first = calls.items;
	go.size = 0;
	vole_memory_forget(&go.target.mem);
	assert_calls(G + 8, true, 2);
	assert_ptr_equal(calls.items, first);
}

static void test_no_inlined_call(void **state)
{
	(void)state;
	open_table();
	assert_calls(F, true, 1);
	assert_calls(G, true, 1);
	assert_refused(F - 1, VOLE_NOT_FOUND);
	fake_put(&go, AT + FUNCS_FUNCS + FUNCS_G + 68, 4, UINT32_MAX);
	open_table();
	assert_calls(G + 8, true, 1); /* no tree */
}

static void test_truncated_tree(void **state)
{
	(void)state;
	open_table();
	go.size = TREE + 15 - FAKE_BASE;
	vole_memory_forget(&go.target.mem);
	assert_refused(G + 8, VOLE_UNREADABLE);
	assert_calls(G, true, 1);
}

static void test_lost_line_of_a_known_function(void **state)
{
	(void)state;
	go.module.filetab.len = 0;
	open_table();
	assert_null(vole_calls_problem(&go.rt));
	assert_calls(F, true, 1);
	assert_string_equal(calls.items[0].name, "main.f");
	assert_string_equal(calls.items[0].file, "?");
	assert_int_equal(calls.items[0].line, 0);
	assert_non_null(vole_calls_problem(&go.rt));
}

static void test_name_outside_the_names(void **state)
{
	(void)state;
	assert_tree_refused(4, 22);
	assert_tree_refused(4, UINT32_MAX);
}

static void test_caller_outside_the_function(void **state)
{
	(void)state;
	assert_tree_refused(8, FUNCS_G_END - FUNCS_G_ENTRY);
	assert_tree_refused(8, UINT32_MAX);
}

static void test_call_inlined_into_itself(void **state)
{
	(void)state;
	assert_tree_refused(8, 8);
}

static void test_absurd_call_number(void **state)
{
	static const uint8_t table[] = { 0xfe, 0xff, 0xff, 0xff, 0x0f, 32 };

	(void)state;
	fake_bytes(&go, AT + FUNCS_PCTAB + FUNCS_INLINED, table, sizeof(table));
	open_table();
	assert_refused(G + 8, VOLE_UNREADABLE);
}

static void test_end_of_address_space(void **state)
{
	(void)state;
	open_table();
	go.module.gofunc = UINT64_MAX - 16;
	assert_refused(G + 8, VOLE_UNREADABLE);
	go.module.gofunc = UINT64_MAX - 31; /* its tree is the last 16 bytes */
	fake_put(&go, UINT64_MAX - 11, 4, FUNCS_NAME_H);
	assert_calls(G + 8, true, 2);
	assert_string_equal(calls.items[0].name, "main.h");
}

/* Where runtime.main is at home, there the standard library is. */
static void test_whose_code_it_is(void **state)
{
	(void)state;
	fake_bytes(&go, AT + FUNCS_FILES + 10, "/x/runtime/proc.go", 19);
	fake_bytes(&go, AT + FUNCS_NAMES, "\0runtime.main\0x.g\0", 19);
	fake_put(&go, AT + FUNCS_FUNCS + 32, 4, 1);
	fake_put(&go, AT + FUNCS_FUNCS + FUNCS_G + 4, 4, 14);
	fake_put(&go, AT + FUNCS_FUNCS + FUNCS_G + 32, 4, 0);
	go.module.filetab.len = 10 + 19;
	open_table();
	assert_calls(F, true, 1);
	assert_string_equal(calls.items[0].name, "runtime.main");
	assert_true(calls.items[0].is_runtime);
	assert_true(calls.items[0].is_std);
	assert_calls(G, true, 1);
	assert_string_equal(calls.items[0].name, "x.g");
	assert_false(calls.items[0].is_runtime);
	assert_false(calls.items[0].is_std);
}

static void test_package_of_a_name(void **state)
{
	(void)state;
	assert_int_equal(vole_package_len("main.f"), 4);
	assert_int_equal(vole_package_len("net/http.(*Conn).serve"), 8);
	assert_int_equal(vole_package_len("gopkg.in/yaml%2ev2.f"), 18);
	assert_int_equal(vole_package_len("main.F[net/http.Client]"), 4);
	assert_int_equal(vole_package_len("_cgo_x"), 6);
	assert_int_equal(vole_package_len(""), 0);
	assert_string_equal(vole_base_name("/usr/a.go"), "a.go");
	assert_string_equal(vole_base_name("a.go"), "a.go");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_inlined_call_comes_before_its_function),
		TEST(test_inlined_call_written_above_its_caller),
		TEST(test_line_before_its_function_is_of_what_was_before),
		TEST(test_return_address_is_of_the_call_before_it),
		TEST(test_second_question_has_the_same_answer),
		TEST(test_no_inlined_call),
		TEST(test_truncated_tree),
		TEST(test_lost_line_of_a_known_function),
		TEST(test_name_outside_the_names),
		TEST(test_caller_outside_the_function),
		TEST(test_call_inlined_into_itself),
		TEST(test_absurd_call_number),
		TEST(test_end_of_address_space),
		TEST(test_whose_code_it_is),
		TEST(test_package_of_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
