#include "runtime/pclntab.h"

#include "fake_funcs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

enum {
	AT = FAKE_BASE + 0x1000,
	F = FUNCS_TEXT + FUNCS_F_ENTRY,
	G = FUNCS_TEXT + FUNCS_G_ENTRY,
	END = FUNCS_TEXT + FUNCS_G_END,
	FUNC_F = AT + FUNCS_FUNCS,
	FUNC_G = FUNC_F + FUNCS_G,
};

static struct fake_go go;
static struct vole_func func;
static struct vole_error err;

static int setup(void **state)
{
	(void)state;
	fake_go_open(&go);
	fake_funcs(&go, AT);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_go_close(&go);
	return 0;
}

static bool open_table(void)
{
	return vole_pclntab_open(&go.rt, &go.rt.pclntab, &err);
}

/* Cut memory off at @p offset of the tables. */
static void cut(uint64_t offset)
{
	go.size = AT + offset - FAKE_BASE;
	vole_memory_forget(&go.target.mem);
}

static void assert_refused(enum vole_code code)
{
	assert_false(open_table());
	assert_int_equal(err.code, code);
}

static void assert_at(uint64_t pc, const char *name)
{
	assert_true(vole_func_at(&go.rt, pc, &func, &err));
	assert_string_equal(func.name, name);
}

static void assert_not_at(uint64_t pc, enum vole_code code)
{
	assert_false(vole_func_at(&go.rt, pc, &func, &err));
	assert_int_equal(err.code, code);
}

static void assert_value(uint32_t table, uint64_t pc, int32_t value)
{
	int32_t got = -2;

	assert_true(vole_func_pcvalue(&go.rt, &func, table, pc, &got, &err));
	assert_int_equal(got, value);
}

static void assert_line(uint64_t pc, const char *file, int32_t line)
{
	const char *got_file;
	int32_t got_line;

	assert_at(pc, func.name);
	assert_true(
		vole_func_line(&go.rt, &func, pc, &got_file, &got_line, &err));
	assert_string_equal(got_file, file);
	assert_int_equal(got_line, line);
}

static void assert_no_line(uint64_t pc)
{
	const char *file;
	int32_t line;

	assert_true(vole_func_at(&go.rt, pc, &func, &err));
	assert_false(vole_func_line(&go.rt, &func, pc, &file, &line, &err));
	assert_int_equal(err.code, VOLE_CORRUPT);
}

static void test_function_around_a_pc(void **state)
{
	(void)state;
	assert_true(open_table());
	assert_at(F, "main.f");
	assert_at(G - 1, "main.f");
	assert_int_equal(func.entry, F);
	assert_int_equal(func.end, G);
	assert_int_equal(func.func, FUNC_F);
	assert_int_equal(func.args, 8);
	assert_int_equal(func.start_line, 7);
	assert_int_equal(func.func_id, 0x12);
	assert_int_equal(func.flag, 5);
	assert_at(G, "main.g");
	assert_at(END - 1, "main.g");
	assert_int_equal(func.num_pcdata, 3);
	assert_int_equal(func.num_funcdata, 4);
}

static void test_functions_by_number_and_name(void **state)
{
	(void)state;
	assert_true(open_table());
	assert_int_equal(vole_func_count(&go.rt), 2);
	assert_true(vole_func_get(&go.rt, 1, &func, &err));
	assert_int_equal(func.entry, G);
	assert_false(vole_func_get(&go.rt, 2, &func, &err));
	assert_int_equal(err.code, VOLE_NOT_FOUND);
	assert_true(vole_func_find(&go.rt, "main.f", &func, &err));
	assert_int_equal(func.entry, F);
	assert_false(vole_func_find(&go.rt, "ain.f", &func, &err));
	assert_int_equal(err.code, VOLE_NOT_FOUND);
	/* Inlined everywhere: it has a name, but no code. */
	assert_false(vole_func_find(&go.rt, "main.h", &func, &err));
}

static void test_values_change_where_the_table_says(void **state)
{
	(void)state;
	assert_true(open_table());
	assert_at(F, "main.f");
	assert_value(func.pcsp, F, 0);
	assert_value(func.pcsp, F + 3, 0);
	assert_value(func.pcsp, F + 4, 24);
	assert_value(func.pcsp, G - 1, 24);
	assert_value(func.pcsp, G, -1); /* another function's */
	assert_value(func.pcsp, F - 1, -1);
	assert_at(G, "main.g");
	assert_value(FUNCS_INLINED, G + 7, -1);
	assert_value(FUNCS_INLINED, G + 8, 0);
	assert_value(FUNCS_INLINED, G + 16, -1);
}

static void test_files_and_lines(void **state)
{
	(void)state;
	assert_true(open_table());
	assert_at(F, "main.f");
	assert_line(F, "/src/a.go", 10);
	assert_line(F + 7, "/src/a.go", 10);
	assert_line(F + 8, "/src/a.go", 9);
	assert_at(G, "main.g");
	assert_line(G, "/b.go", 30);
}

static void test_tables_of_a_function(void **state)
{
	(void)state;
	assert_true(open_table());
	assert_at(G, "main.g");
	assert_int_equal(vole_func_pcdata(&go.rt, &func, 2), FUNCS_INLINED);
	assert_int_equal(vole_func_pcdata(&go.rt, &func, 3), 0);
	assert_int_equal(vole_func_funcdata(&go.rt, &func, 0), 0); /* none */
	assert_int_equal(vole_func_funcdata(&go.rt, &func, 3), AT + FUNCS_TREE);
	assert_int_equal(vole_func_funcdata(&go.rt, &func, 4), 0);
}

/* _func had no start line before Go 1.20. */
static void test_table_of_go_1_18(void **state)
{
	(void)state;
	fake_put(&go, AT, 4, 0xfffffff0);
	fake_put(&go, FUNC_F + 36, 4, 0x00000512);
	fake_put(&go, FUNC_G + 28, 4, 0);
	fake_put(&go, FUNC_G + 36, 4, 0x01000000);
	fake_put(&go, FUNC_G + 40, 4, 8);
	assert_true(open_table());
	assert_at(F, "main.f");
	assert_int_equal(func.start_line, 0);
	assert_int_equal(func.func_id, 0x12);
	assert_at(G, "main.g");
	assert_int_equal(func.num_funcdata, 1);
	assert_int_equal(vole_func_funcdata(&go.rt, &func, 0),
			 go.module.gofunc + 8);
}

static void test_no_code_and_no_table(void **state)
{
	(void)state;
	assert_not_at(F, VOLE_NOT_FOUND);
	assert_int_equal(vole_func_count(&go.rt), 0);
	assert_false(vole_func_find(&go.rt, "main.f", &func, &err));
	assert_true(open_table());
	assert_not_at(0, VOLE_NOT_FOUND);
	assert_not_at(F - 1, VOLE_NOT_FOUND);
	assert_not_at(END, VOLE_NOT_FOUND);
	assert_not_at(UINT64_MAX, VOLE_NOT_FOUND);
	assert_false(vole_func_find(&go.rt, "", &func, &err));
	assert_at(F, "main.f");
	assert_value(0, F, -1);
	go.rt.modules.len = 0;
	assert_refused(VOLE_NOT_FOUND);
}

static void test_position_that_is_not_recorded(void **state)
{
	(void)state;
	fake_put(&go, FUNC_F + 24, 4, 0); /* no lines */
	fake_put(&go, FUNC_G + 32, 4, UINT32_MAX); /* file 1 is 0: none */
	assert_true(open_table());
	assert_at(F, "main.f");
	assert_line(F, "?", 0);
}

static void test_truncated_tables(void **state)
{
	(void)state;
	cut(FUNCS_FTAB + 16); /* the end of main.g is gone, and so is it */
	assert_true(open_table());
	assert_int_equal(vole_func_count(&go.rt), 1);
	assert_at(F, "main.f");
	assert_not_at(G, VOLE_NOT_FOUND);
	cut(FUNCS_FTAB + 8);
	assert_refused(VOLE_UNREADABLE);
	cut(71);
	assert_refused(VOLE_UNREADABLE);
}

static void test_truncated_function(void **state)
{
	(void)state;
	go.module.pclntable.len = FUNCS_G + 71;
	assert_true(open_table());
	assert_at(F, "main.f");
	assert_not_at(G, VOLE_CORRUPT);
	go.module.pclntable.len = FUNCS_G + 43;
	assert_true(open_table());
	assert_not_at(G, VOLE_CORRUPT);
	go.module.pclntable.len = 0;
	assert_true(open_table());
	assert_not_at(F, VOLE_CORRUPT);
}

static void test_truncated_names_and_values(void **state)
{
	int32_t value;

	(void)state;
	go.module.funcnametab.len = FUNCS_NAME_G + 6; /* without its zero */
	assert_true(open_table());
	assert_at(F, "main.f");
	assert_not_at(G, VOLE_CORRUPT);
	go.module.pctab.len = FUNCS_SP_F + 3;
	assert_true(open_table());
	assert_at(F, "main.f");
	assert_value(func.pcsp, F + 3, 0);
	assert_false(vole_func_pcvalue(&go.rt, &func, func.pcsp, F + 4, &value,
				       &err));
	assert_int_equal(err.code, VOLE_CORRUPT);
}

/* Nobody looks for the end of a name again and again. */
static void test_a_name_as_long_as_its_table(void **state)
{
	enum { AT_NAMES = FAKE_BASE + 0x2000, LEN = 0x1e000 };

	(void)state;
	memset(go.bytes + (AT_NAMES - FAKE_BASE), 'a', LEN - 1);
	fake_put(&go, AT_NAMES, 1, 0);
	fake_put(&go, AT_NAMES + LEN - 1, 1, 0);
	go.module.funcnametab.addr = AT_NAMES;
	go.module.funcnametab.len = LEN;
	assert_true(open_table());
	assert_not_at(F, VOLE_CORRUPT);
}

static void test_headers_that_are_none(void **state)
{
	(void)state;
	fake_put(&go, AT, 4, 0);
	assert_refused(VOLE_CORRUPT);
	fake_put(&go, AT, 4, 0xfffffff2); /* no such magic so far */
	assert_refused(VOLE_UNSUPPORTED);
	fake_put(&go, AT, 4, 0xfffffffa); /* Go 1.16 */
	assert_refused(VOLE_UNSUPPORTED);
	fake_put(&go, AT, 4, 0xfffffff1);
	fake_put(&go, AT + 7, 1, 4); /* 32 bits */
	assert_refused(VOLE_UNSUPPORTED);
	fake_put(&go, AT + 7, 1, 8);
	go.module.pctab.len = UINT64_MAX;
	assert_refused(VOLE_CORRUPT);
}

static void test_absurd_functions(void **state)
{
	(void)state;
	fake_put(&go, AT + FUNCS_FTAB + 4, 4, UINT32_MAX);
	fake_put(&go, FUNC_G + 28, 4, UINT32_MAX); /* words of pcdata */
	assert_true(open_table());
	assert_not_at(F, VOLE_CORRUPT);
	assert_not_at(G, VOLE_CORRUPT);
	fake_funcs(&go, AT);
	fake_put(&go, FUNC_F, 4, FUNCS_G_ENTRY);
	fake_put(&go, FUNC_G + 4, 4, UINT32_MAX);
	assert_true(open_table());
	assert_not_at(F, VOLE_CORRUPT);
	assert_not_at(G, VOLE_CORRUPT);
}

static void test_functions_out_of_order(void **state)
{
	(void)state;
	fake_put(&go, AT + FUNCS_FTAB + 16, 4, FUNCS_F_ENTRY);
	assert_true(open_table());
	assert_not_at(G, VOLE_NOT_FOUND);
	assert_false(vole_func_get(&go.rt, 1, &func, &err));
	assert_int_equal(err.code, VOLE_CORRUPT);
}

static void test_absurd_positions(void **state)
{
	(void)state;
	fake_put(&go, FUNC_F + 32, 4, 2); /* file 3 of 3 */
	fake_put(&go, AT + FUNCS_CU + 8, 4, 16); /* its name: behind all */
	assert_true(open_table());
	assert_no_line(F);
	assert_no_line(G);
	memset(go.bytes + AT - FAKE_BASE + FUNCS_PCTAB, 0xff, 24);
	assert_true(open_table());
	assert_no_line(F);
}

/* Up to Go 1.25 cutab claims its bytes as words; the files follow it. */
static void test_file_numbers_end_where_names_begin(void **state)
{
	(void)state;
	go.module.cutab.len = FUNCS_FILES - FUNCS_CU;
	fake_put(&go, FUNC_F + 32, 4, (FUNCS_FILES - FUNCS_CU) / 4 - 1);
	assert_true(open_table());
	assert_no_line(F);
}

static void test_second_module(void **state)
{
	struct vole_module modules[2];

	(void)state;
	modules[0] = modules[1] = go.module;
	modules[1].text = 0x3ffff0 - FUNCS_G_END;
	modules[1].minpc = modules[1].text + FUNCS_F_ENTRY;
	modules[1].maxpc = 0x3ffff0;
	go.rt.modules.items = modules;
	go.rt.modules.len = 2;
	assert_true(open_table());
	assert_int_equal(vole_func_count(&go.rt), 4);
	assert_at(0x3ffff0 - 1, "main.g");
	assert_at(F, "main.f");
	assert_int_equal(func.entry, F);
	assert_true(vole_func_get(&go.rt, 0, &func, &err)); /* by address */
	assert_int_equal(func.entry, modules[1].minpc);
	/* What is wrong with it is a problem, not the end of the program's. */
	modules[1].pc_header = 0;
	assert_true(open_table());
	assert_int_equal(vole_func_count(&go.rt), 2);
	assert_int_equal(go.target.num_problems, 1);
}

/* textsectmap: what is at offset 32 was linked apart, at 0x600000. */
static void test_text_in_sections(void **state)
{
	static const uint64_t sections[] = {
		0, 32, FUNCS_TEXT, 32, 64, 0x600000
	};

	(void)state;
	fake_bytes(&go, AT + 0x400, sections, sizeof(sections));
	go.module.textsectmap = (struct vole_table){ AT + 0x400, 2 };
	go.module.maxpc = go.module.etext = 0x600020;
	assert_true(open_table());
	assert_at(F, "main.f");
	assert_at(0x600008, "main.g");
	assert_int_equal(func.entry, 0x600000);
	assert_int_equal(func.end, 0x600020);
	assert_value(FUNCS_INLINED, 0x600008, 0);
	assert_not_at(0x500000, VOLE_NOT_FOUND);
	go.module.textsectmap.len = UINT32_MAX;
	assert_refused(VOLE_CORRUPT);
}

static void test_end_of_address_space(void **state)
{
	(void)state;
	fake_funcs(&go, UINT64_MAX - FUNCS_END);
	assert_true(open_table());
	assert_at(G, "main.g");
	assert_value(FUNCS_INLINED, G + 8, 0);
	assert_int_equal(vole_func_funcdata(&go.rt, &func, 3),
			 UINT64_MAX - FUNCS_END + FUNCS_TREE);
	go.module.pc_header = UINT64_MAX - 70;
	assert_refused(VOLE_UNREADABLE);
}

static void test_code_at_the_end_of_the_address_space(void **state)
{
	(void)state;
	go.module.text = UINT64_MAX - FUNCS_G_END;
	go.module.minpc = go.module.text + FUNCS_F_ENTRY;
	go.module.maxpc = UINT64_MAX;
	assert_true(open_table());
	assert_at(UINT64_MAX - 1, "main.g");
	assert_value(FUNCS_LINE_G, UINT64_MAX - 1, 30);
	assert_not_at(UINT64_MAX, VOLE_NOT_FOUND);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_function_around_a_pc),
		TEST(test_functions_by_number_and_name),
		TEST(test_values_change_where_the_table_says),
		TEST(test_files_and_lines),
		TEST(test_tables_of_a_function),
		TEST(test_table_of_go_1_18),
		TEST(test_no_code_and_no_table),
		TEST(test_position_that_is_not_recorded),
		TEST(test_truncated_tables),
		TEST(test_truncated_function),
		TEST(test_truncated_names_and_values),
		TEST(test_a_name_as_long_as_its_table),
		TEST(test_headers_that_are_none),
		TEST(test_absurd_functions),
		TEST(test_functions_out_of_order),
		TEST(test_absurd_positions),
		TEST(test_file_numbers_end_where_names_begin),
		TEST(test_second_module),
		TEST(test_text_in_sections),
		TEST(test_end_of_address_space),
		TEST(test_code_at_the_end_of_the_address_space),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
