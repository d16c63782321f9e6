#include "runtime/package_var.h"

#include "fake_vars.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

enum { AT = FAKE_BASE + 0x1000 };

static struct fake_vars v;
static struct vole_package_var var;
static struct vole_type *word, *pair, *nothing;
static struct vole_error err;

static int setup(void **state)
{
	(void)state;
	fake_vars_open(&v);
	word = fake_type(&v.go, VOLE_KIND_INT, 8);
	pair = fake_type(&v.go, VOLE_KIND_STRUCT, 16);
	nothing = fake_type(&v.go, VOLE_KIND_STRUCT, 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_vars_close(&v);
	return 0;
}

static void assert_at(uint64_t addr, const char *name, uint64_t begins,
		      uint64_t size)
{
	assert_true(vole_package_var_at(&v.go.rt, addr, &var, &err));
	assert_string_equal(var.name, name);
	assert_int_equal(var.addr, begins);
	assert_int_equal(var.size, size);
	assert_int_equal(var.type->size, size);
}

static void assert_none(uint64_t addr)
{
	assert_false(vole_package_var_at(&v.go.rt, addr, &var, &err));
	assert_int_equal(err.code, VOLE_NOT_FOUND);
}

static void test_each_byte_of_a_variable(void **state)
{
	(void)state;
	fake_vars_add(&v, "main.b", AT + 32, word);
	fake_vars_add(&v, "main.a", AT, pair);
	assert_at(AT, "main.a", AT, 16);
	assert_at(AT + 15, "main.a", AT, 16);
	assert_at(AT + 39, "main.b", AT + 32, 8);
	assert_none(AT - 1);
	assert_none(AT + 16);
	assert_none(AT + 40);
	assert_none(0);
	assert_none(UINT64_MAX);
}

static void test_where_the_program_was_loaded(void **state)
{
	(void)state;
	v.go.target.bias = 0x5000;
	fake_vars_add(&v, "main.a", AT, word);
	assert_at(AT + 0x5000, "main.a", AT + 0x5000, 8);
	assert_none(AT);
}

static void test_no_variables(void **state)
{
	(void)state;
	assert_none(AT);
	fake_vars_add(&v, "main.late", AT, word);
	assert_none(AT); /* they were asked for once */
}

/* The linker puts variables of no size where others are. */
static void test_variables_of_no_size_hide_none(void **state)
{
	unsigned i;

	(void)state;
	for (i = 0; i < 6; i++)
		fake_vars_add(&v, i == 3 ? "main.a" : "main.nothing", AT,
			      i == 3 ? word : nothing);
	assert_at(AT, "main.a", AT, 8);
	assert_at(AT + 7, "main.a", AT, 8);
	assert_none(AT + 8);
}

static void test_variable_that_is_nowhere(void **state)
{
	(void)state;
	v.optimised_away = true;
	fake_vars_add(&v, "main.gone", AT, word);
	assert_none(AT);
}

static void test_variable_whose_type_is_damaged(void **state)
{
	(void)state;
	fake_vars_add(&v, "main.bad", AT, NULL);
	fake_vars_add(&v, "main.good", AT + 8, word);
	assert_none(AT);
	assert_at(AT + 8, "main.good", AT + 8, 8);
}

static void test_at_the_end_of_the_address_space(void **state)
{
	(void)state;
	fake_vars_add(&v, "main.last", UINT64_MAX - 7, pair);
	assert_at(UINT64_MAX, "main.last", UINT64_MAX - 7, 16);
	assert_none(0);
}

static void test_without_debug_information(void **state)
{
	(void)state;
	v.go.rt.di = NULL;
	assert_false(vole_package_var_at(&v.go.rt, AT, &var, &err));
	assert_int_equal(err.code, VOLE_NO_DEBUG_INFO);
	v.go.rt.di = &v.di;
	v.broken = true;
	assert_false(vole_package_var_at(&v.go.rt, AT, &var, &err));
	assert_int_equal(err.code, VOLE_CORRUPT);
	v.broken = false; /* and it is not kept */
	fake_vars_add(&v, "main.a", AT, word);
	assert_at(AT, "main.a", AT, 8);
}

struct names {
	const char *items[4];
	size_t len, max;
};

static bool on_var(void *arg, const struct vole_package_var *each)
{
	struct names *names = arg;

	assert_true(names->len < names->max);
	names->items[names->len++] = each->name;
	return names->len < names->max;
}

static void test_all_by_address(void **state)
{
	struct names names = { .max = 4 };

	(void)state;
	fake_vars_add(&v, "main.c", AT + 64, word);
	fake_vars_add(&v, "main.bad", AT + 32, NULL);
	fake_vars_add(&v, "main.a", AT, word);
	fake_vars_add(&v, "main.b", AT + 16, word);
	assert_true(vole_package_vars_each(&v.go.rt, on_var, &names, &err));
	assert_int_equal(names.len, 3);
	assert_string_equal(names.items[0], "main.a");
	assert_string_equal(names.items[1], "main.b");
	assert_string_equal(names.items[2], "main.c");
	names = (struct names){ .max = 2 };
	assert_true(vole_package_vars_each(&v.go.rt, on_var, &names, &err));
	assert_int_equal(names.len, 2);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_each_byte_of_a_variable),
		TEST(test_where_the_program_was_loaded),
		TEST(test_no_variables),
		TEST(test_variables_of_no_size_hide_none),
		TEST(test_variable_that_is_nowhere),
		TEST(test_variable_whose_type_is_damaged),
		TEST(test_at_the_end_of_the_address_space),
		TEST(test_without_debug_information),
		TEST(test_all_by_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
