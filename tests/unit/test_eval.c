/* Expressions over a small program: what each gives, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "tests/unit/test_eval_rows.h"
#include "tests/unit/test_eval_vars.h"

static struct fake_program *program;

/* Rows that failed: a table tells about all of them. */
static unsigned num_failed;

#define complain(...)                     \
	do {                              \
		print_error(__VA_ARGS__); \
		print_error("\n");        \
		num_failed++;             \
	} while (0)

static int setup(void **state)
{
	(void)state;
	num_failed = 0;
	program = fake_program();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_close(program);
	return 0;
}

static void check_good(const struct good *row)
{
	struct vole_strbuf buf = { 0 };
	struct vole_error err = { 0 };
	struct vole_value value;

	if (!row->type)
		return;
	if (!vole_eval(&program->eval, row->text, &value, &err)) {
		complain("%s: %s", row->text, err.text);
		return;
	}
	fake_show(program, &value, &buf);
	if (strcmp(value.type->name, row->type) != 0 ||
	    strcmp(vole_strbuf_text(&buf), row->value) != 0)
		complain("%s: %s %s, not %s %s", row->text, value.type->name,
			 vole_strbuf_text(&buf), row->type, row->value);
	vole_strbuf_free(&buf);
}

static void check_bad(const struct bad *row)
{
	struct vole_error err = { 0 };
	struct vole_value value;

	if (vole_eval(&program->eval, row->text, &value, &err))
		complain("%s gave a %s", row->text, value.type->name);
	else if (err.code != row->code || !err.has_column ||
		 err.column != row->column || !strstr(err.text, row->part))
		complain("%s: %s at %u: %s", row->text,
			 vole_code_name(err.code),
			 err.has_column ? err.column : 9999, err.text);
}

#define TABLE(name)                                                       \
	static void test_##name(void **state)                             \
	{                                                                 \
		(void)state;                                              \
		for (size_t i = 0; i < sizeof(name) / sizeof(*name); i++) \
			check_good(&name[i]);                             \
		assert_int_equal(num_failed, 0);                          \
	}

TABLE(literals)
TABLE(constants)
TABLE(names)
TABLE(parts)
TABLE(map_keys)
TABLE(operators)
TABLE(conversions)

static void test_wrong(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		check_bad(&wrong[i]);
	assert_int_equal(num_failed, 0);
}

static void refused(const char *text)
{
	struct vole_error err = { 0 };
	struct vole_value value;

	assert_false(vole_eval(&program->eval, text, &value, &err));
	assert_int_not_equal(err.code, VOLE_OK);
}

/* @p unit as often as @p num says, between @p head and @p tail. */
static char *repeat(const char *head, const char *unit, size_t num,
		    const char *tail)
{
	struct vole_strbuf buf = { 0 };

	vole_strbuf_add(&buf, head);
	for (size_t i = 0; i < num; i++)
		vole_strbuf_add(&buf, unit);
	vole_strbuf_add(&buf, tail);
	assert_false(buf.failed);
	return buf.text;
}

static void test_hostile_texts_are_refused(void **state)
{
	static const struct {
		const char *head, *unit;
		size_t num;
		const char *tail;
	} rows[] = {
		{ "", "(", 30000, "1" },
		{ "", "-", 30000, "1" },
		{ "", "*", 30000, "p" },
		{ "", "[]", 30000, "int" },
		{ "", "a[", 30000, "1" },
		{ "", "main.users[", 5000, "1" },
		{ "", "1+", 30000, "1" },
		{ "i", ".x", 30000, "" },
		{ "i", "(1)", 20000, "" },
		{ "", "func(", 10000, "" },
		{ "", "struct{", 9000, "" },
		{ "", "interface{", 6000, "" },
		{ "", "map[", 15000, "" },
		{ "", "{", 30000, "" },
		{ "x{", "{", 30000, "" },
		{ "", "a/b.c", 12000, "" },
		{ "", "x.y/", 12000, "z" },
		{ "\"", "a", 1 << 20, "\"" },
		{ "", "9", 60000, "" },
		{ "", "x", 60000, "" },
		{ "1 << ", "9", 400, "" },
		{ "", "chan ", 12000, "int" },
		{ "main.ints[", ":", 100, "]" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char *text = repeat(rows[i].head, rows[i].unit, rows[i].num,
				    rows[i].tail);

		refused(text);
		free(text);
		vole_arena_clear(&program->arena);
	}
}

/* How often the value of a local was taken. */
static unsigned num_found;

static bool has_local(const struct vole_scope *scope, const char *name,
		      const struct vole_type **ret_type)
{
	struct vole_type *type;
	struct vole_error err;

	(void)scope;
	if (strcmp(name, "i") != 0 && strcmp(name, "http") != 0 &&
	    strcmp(name, "main") != 0)
		return false;
	assert_true(vole_types_basic(program->rt.types, VOLE_KIND_INT, &type,
				     &err));
	*ret_type = type;
	return true;
}

static bool find_local(const struct vole_scope *scope, const char *name,
		       struct vole_value *ret, struct vole_error *err)
{
	static const uint8_t bytes[8] = { 77 };
	const struct vole_type *type;

	if (!has_local(scope, name, &type))
		return vole_fail(err, VOLE_NOT_FOUND, VOLE_NOWHERE, "none");
	num_found++;
	*ret = (struct vole_value){ .type = type,
				    .where = VOLE_IN_BYTES,
				    .bytes = bytes };
	return true;
}

static const struct vole_scope locals = { find_local, has_local, "net/http" };

static void test_locals_hide_packages_and_variables(void **state)
{
	static const struct good rows[] = {
		{ "i", "int", "77" },
		/* An int has no field i: the package's is meant. */
		{ "main.i", "int", "10" },
		{ "main", "int", "77" },
		{ "Count", "int", "9" },
		{ "point.X", "int", "11" },
	};

	(void)state;
	program->eval.scope = &locals;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		check_good(&rows[i]);
	check_bad(&(struct bad){ "http.Count", VOLE_SYNTAX, 5,
				 "type int has no fields" });
	check_bad(&(struct bad){ "&i", VOLE_SYNTAX, 0,
				 "cannot take the address" });
	assert_int_equal(num_failed, 0);
}

static void test_a_local_that_is_not_meant_is_not_taken(void **state)
{
	(void)state;
	program->eval.scope = &locals;
	num_found = 0;
	check_good(&(struct good){ "main.i", "int", "10" });
	assert_int_equal(num_found, 0);
	check_good(&(struct good){ "main", "int", "77" });
	assert_int_equal(num_found, 1);
	assert_int_equal(num_failed, 0);
}

static bool interrupted(void *arg)
{
	(void)arg;
	return true;
}

static void test_ctrl_c_ends_a_comparison(void **state)
{
	const char *text = "[65536]uint8{} == [65536]uint8{}";
	struct vole_error err = { 0 };
	struct vole_value value;

	(void)state;
	assert_true(vole_eval(&program->eval, text, &value, &err));
	program->eval.interrupted = interrupted;
	assert_false(vole_eval(&program->eval, text, &value, &err));
	assert_int_equal(err.code, VOLE_INTERRUPTED);
}

static void test_types_by_name(void **state)
{
	static const char *const rows[][2] = {
		{ "int", "int" },
		{ "byte", "uint8" },
		{ "any", "interface {}" },
		{ "interface{}", "interface {}" },
		{ "error", "error" },
		{ "*main.Point", "*main.Point" },
		{ "[]main.Point", "[]main.Point" },
		{ "[3][]*int", "[3][]*int" },
		{ "map[string]int", "map[string]int" },
		{ "map[any]int", "map[interface {}]int" },
		{ "chan int", "chan int" },
		{ "func(x int) int", "func(int) int" },
		{ "func(int) (int)", "func(int) int" },
		{ "struct { A int; B string }", "struct { A int; B string }" },
		{ "main.Pair[ string , int ]", "main.Pair[string,int]" },
		{ "main.Pair[string, other.Point]",
		  "main.Pair[string,example.com/a-b/other.Point]" },
		{ "*example.com/a-b/other.Point",
		  "*example.com/a-b/other.Point" },
		{ "yaml.Node", "gopkg.in/yaml%2ev3.Node" },
		{ "unsafe.Pointer", "unsafe.Pointer" },
		{ "(*int)", "*int" },
		{ "Point", "main.Point" },
	};
	struct vole_error err = { 0 };
	struct vole_type *type;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (!vole_eval_type(&program->eval, rows[i][0], &type, &err))
			fail_msg("%s: %s", rows[i][0], err.text);
		assert_true(type->loaded);
		assert_string_equal(type->name, rows[i][1]);
	}
	assert_false(vole_eval_type(&program->eval, "main.i", &type, &err));
	assert_int_equal(err.code, VOLE_SYNTAX);
	assert_false(vole_eval_type(&program->eval, "1", &type, &err));
	assert_false(vole_eval_type(&program->eval, "map[int]", &type, &err));
	assert_false(vole_eval_type(&program->eval, "[-1]int", &type, &err));
}

static void test_stripped_program_keeps_its_constants(void **state)
{
	struct vole_debuginfo *di = program->rt.di;

	(void)state;
	program->rt.di = NULL;
	check_good(&(struct good){ "1 + 2", "int", "3" });
	check_bad(&(struct bad){ "main.i", VOLE_NO_DEBUG_INFO, 0,
				 "names need debug information" });
	check_bad(&(struct bad){ "a.b/c.D", VOLE_NO_DEBUG_INFO, 0,
				 "no variable a.b/c.D" });
	assert_int_equal(num_failed, 0);
	program->rt.di = di;
}

#define each(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		each(test_literals),
		each(test_constants),
		each(test_names),
		each(test_parts),
		each(test_map_keys),
		each(test_operators),
		each(test_conversions),
		each(test_wrong),
		each(test_hostile_texts_are_refused),
		each(test_locals_hide_packages_and_variables),
		each(test_a_local_that_is_not_meant_is_not_taken),
		each(test_ctrl_c_ends_a_comparison),
		each(test_types_by_name),
		each(test_stripped_program_keeps_its_constants),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
