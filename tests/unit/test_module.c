#include "runtime/module.h"

#include "fake_code.h"
#include "fake_sched.h"
#include "runtime/module_private.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

enum {
	FIRST = FAKE_BASE + 0x2000, /* moduledata */
	SECOND = FAKE_BASE + 0x2800,
	CODE = FAKE_BASE + 0x8000, /* its function table */
	NAME = FAKE_BASE + 0x3000,
	TYPES = 0x500000,
	DATA = 0x600000,
};

static const struct fake_func funcs[] = {
	{ "main.main", "main.go", 8, 0 },
	{ "main.f", "main.go", 8, 0 },
};

static struct fake_sched s;
static struct vole_error err;

static void set_table(uint64_t module, enum vole_field_id field,
		      const struct vole_table *table)
{
	uint64_t at = module + s.go.rt.layout.place[field].offset;

	fake_put(&s.go, at, 8, table->addr);
	fake_put(&s.go, at + 8, 8, table->len);
}

/* A moduledata in the words of src/runtime/symtab.go. */
static void put_module(uint64_t at, uint64_t next)
{
	struct vole_module m = s.go.module;

	fake_set(&s, at, VOLE_MODULEDATA_PC_HEADER, m.pc_header);
	set_table(at, VOLE_MODULEDATA_FUNCNAMETAB, &m.funcnametab);
	set_table(at, VOLE_MODULEDATA_CUTAB, &m.cutab);
	set_table(at, VOLE_MODULEDATA_FILETAB, &m.filetab);
	set_table(at, VOLE_MODULEDATA_PCTAB, &m.pctab);
	set_table(at, VOLE_MODULEDATA_PCLNTABLE, &m.pclntable);
	set_table(at, VOLE_MODULEDATA_FTAB, &m.ftab);
	fake_set(&s, at, VOLE_MODULEDATA_MINPC, m.minpc);
	fake_set(&s, at, VOLE_MODULEDATA_MAXPC, m.maxpc);
	fake_set(&s, at, VOLE_MODULEDATA_TEXT, m.text);
	fake_set(&s, at, VOLE_MODULEDATA_ETEXT, m.etext);
	fake_set(&s, at, VOLE_MODULEDATA_TYPES, TYPES);
	fake_set(&s, at, VOLE_MODULEDATA_ETYPES, TYPES + 0x1000);
	fake_set(&s, at, VOLE_MODULEDATA_NOPTRDATA, DATA);
	fake_set(&s, at, VOLE_MODULEDATA_ENOPTRDATA, DATA + 0x100);
	fake_set(&s, at, VOLE_MODULEDATA_ENOPTRBSS, DATA + 0x400);
	fake_set(&s, at, VOLE_MODULEDATA_NEXT, next);
}

static int setup(void **state)
{
	(void)state;
	fake_sched_open(&s);
	s.go.host.mappings = fake_go_mappings;
	s.go.rt.build = (struct vole_buildinfo){
		.version = "go1.26", .experiments = "", .path = "", .minor = 26
	};
	vole_runtime_table_apply(&s.go.rt, 0);
	fake_code(&s.go, CODE, funcs, 2);
	put_module(FIRST, 0);
	s.go.rt.modules = (struct vole_modules){ 0 };
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_sched_close(&s);
	return 0;
}

static void assert_found(size_t len)
{
	assert_true(vole_modules_find(&s.go.rt, &err));
	assert_int_equal(s.go.rt.modules.len, len);
	assert_int_equal(s.go.rt.modules.items[0].addr, FIRST);
}

static void assert_refused(enum vole_code code)
{
	assert_false(vole_modules_find(&s.go.rt, &err));
	assert_int_equal(err.code, code);
}

static void by_name(void)
{
	fake_var(&s, "runtime.firstmoduledata", FIRST);
	s.go.host.mappings = NULL;
}

static void test_by_variable(void **state)
{
	const struct vole_module *m;

	(void)state;
	by_name();
	assert_found(1);
	m = s.go.rt.modules.items;
	assert_int_equal(m->minpc, fake_code_at(0));
	assert_int_equal(m->ftab.len, 3);
	assert_int_equal(m->types, TYPES);
	assert_string_equal(m->name, "");
	assert_ptr_equal(vole_module_of_pc(&s.go.rt, fake_code_at(1)), m);
	assert_null(vole_module_of_pc(&s.go.rt, fake_code_at(2)));
	assert_ptr_equal(vole_module_of_type(&s.go.rt, TYPES + 8), m);
	assert_null(vole_module_of_type(&s.go.rt, TYPES + 0x1000));
	assert_ptr_equal(vole_module_of_data(&s.go.rt, DATA), m);
	assert_ptr_equal(vole_module_of_data(&s.go.rt, DATA + 0x3ff), m);
	assert_null(vole_module_of_data(&s.go.rt, DATA - 1));
	assert_null(vole_module_of_data(&s.go.rt, DATA + 0x400));
}

static void test_by_scan_of_memory(void **state)
{
	(void)state;
	assert_found(1);
	fake_set(&s, FIRST, VOLE_MODULEDATA_FUNCNAMETAB, NAME);
	assert_refused(VOLE_NOT_FOUND);
}

static void test_nothing_to_find(void **state)
{
	(void)state;
	fake_put(&s.go, CODE, 8, 0); /* no magic */
	assert_refused(VOLE_NOT_FOUND);
	s.go.host.mappings = NULL;
	assert_refused(VOLE_NOT_FOUND);
}

static void test_two_modules(void **state)
{
	const struct vole_table name = { NAME, 6 };

	(void)state;
	by_name();
	put_module(FIRST, SECOND);
	put_module(SECOND, 0);
	set_table(SECOND, VOLE_MODULEDATA_PLUGINPATH, &name);
	memcpy(s.go.bytes + (NAME - FAKE_BASE), "plugin", 6);
	assert_found(2);
	assert_string_equal(s.go.rt.modules.items[1].name, "plugin");
}

static void test_list_that_goes_round(void **state)
{
	(void)state;
	by_name();
	put_module(FIRST, SECOND);
	put_module(SECOND, FIRST);
	assert_found(2);
	assert_int_equal(s.go.target.num_problems, 1);
}

static void test_list_that_breaks_off(void **state)
{
	(void)state;
	by_name();
	put_module(FIRST, UINT64_MAX - 15);
	assert_found(1);
	assert_int_equal(s.go.target.num_problems, 1);
	put_module(FIRST, NAME);
	assert_found(1);
}

static void test_what_contradicts_itself(void **state)
{
	static const struct {
		enum vole_field_id field;
		uint64_t value, usual;
	} rows[] = {
		{ VOLE_MODULEDATA_MINPC, UINT64_MAX, CODE_TEXT },
		{ VOLE_MODULEDATA_ETEXT, 1, UINT64_MAX },
		{ VOLE_MODULEDATA_ETYPES, 1, UINT64_MAX },
		{ VOLE_MODULEDATA_DATA, 1, 0 }, /* it ends at 0 */
		{ VOLE_MODULEDATA_NOPTRBSS, UINT64_MAX, 0 },
		{ VOLE_MODULEDATA_PC_HEADER, NAME, CODE },
		{ VOLE_MODULEDATA_FUNCNAMETAB, NAME, CODE },
	};
	size_t i;

	(void)state;
	by_name();
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		fake_set(&s, FIRST, rows[i].field, rows[i].value);
		assert_refused(VOLE_CORRUPT);
		fake_set(&s, FIRST, rows[i].field, rows[i].usual);
	}
}

static void test_absurd_table(void **state)
{
	const struct vole_table huge = { CODE, UINT64_MAX };

	(void)state;
	by_name();
	set_table(FIRST, VOLE_MODULEDATA_FTAB, &huge);
	assert_refused(VOLE_CORRUPT);
}

static void test_cut(void **state)
{
	(void)state;
	by_name();
	s.go.size = FIRST + 100 - FAKE_BASE;
	vole_memory_forget(&s.go.target.mem);
	assert_refused(VOLE_UNREADABLE);
	s.vars[0].addr = UINT64_MAX - 15;
	assert_refused(VOLE_UNREADABLE);
}

/* Without its executable a core has no function table: that is no damage. */
static void test_function_table_that_was_not_dumped(void **state)
{
	(void)state;
	by_name();
	s.go.size = CODE - FAKE_BASE;
	vole_memory_forget(&s.go.target.mem);
	assert_found(1);
}

/* --- tables of the releases ---------------------------------------------------- */

static void test_release_that_is_not_known(void **state)
{
	(void)state;
	s.go.rt.build.minor = 0;
	put_module(FIRST, 0);
	by_name();
	assert_found(1);
}

static size_t table_of(unsigned minor)
{
	const struct vole_buildinfo build = { .version = "", .minor = minor };

	return vole_runtime_table_of(&build);
}

static void test_table_of_a_release(void **state)
{
	unsigned minor;

	(void)state;
	assert_int_equal(table_of(0), 0);
	assert_int_equal(table_of(99), 0);
	for (minor = 18; minor < 26; minor++)
		assert_in_range(table_of(minor), table_of(minor + 1),
				vole_runtime_num_tables() - 1);
	assert_int_equal(table_of(1), vole_runtime_num_tables() - 1);
}

static void test_tables_leave_debug_information_alone(void **state)
{
	struct vole_layout *layout = &s.go.rt.layout;

	(void)state;
	*layout = (struct vole_layout){ 0 };
	layout->from[VOLE_STRUCT_TYPE] = VOLE_LAYOUT_DEBUGINFO;
	layout->has[VOLE_STRUCT_TYPE] = true;
	layout->size[VOLE_STRUCT_TYPE] = 56;
	vole_runtime_table_apply(&s.go.rt, 0);
	assert_int_equal(layout->size[VOLE_STRUCT_TYPE], 56);
	assert_false(layout->place[VOLE_TYPE_HASH].known);
	assert_true(layout->place[VOLE_MODULEDATA_NEXT].known);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_by_variable),
		TEST(test_by_scan_of_memory),
		TEST(test_nothing_to_find),
		TEST(test_two_modules),
		TEST(test_list_that_goes_round),
		TEST(test_list_that_breaks_off),
		TEST(test_what_contradicts_itself),
		TEST(test_absurd_table),
		TEST(test_cut),
		TEST(test_function_table_that_was_not_dumped),
		TEST(test_release_that_is_not_known),
		TEST(test_table_of_a_release),
		TEST(test_tables_leave_debug_information_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
