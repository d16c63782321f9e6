/* Values where they are: in memory, in bytes, in text, in pieces. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/test_eval_vars.h"

static struct fake_program *program;

static int setup(void **state)
{
	(void)state;
	program = fake_program();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_close(program);
	return 0;
}

static struct vole_value value_of(const char *text)
{
	struct vole_error err = { 0 };
	struct vole_value value;

	if (!vole_eval(&program->eval, text, &value, &err))
		fail_msg("%s: %s", text, err.text);
	return value;
}

static void test_integers_are_extended_by_their_sign(void **state)
{
	struct vole_value value = value_of("main.neg");
	struct vole_error err;
	uint64_t n;

	(void)state;
	assert_true(vole_value_int(&program->rt, &value, &n, &err));
	assert_true((int64_t)n == -7);
	value = value_of("int8(-1)");
	assert_true(vole_value_int(&program->rt, &value, &n, &err));
	assert_true(n == UINT64_MAX);
	value = value_of("uint8(255)");
	assert_true(vole_value_int(&program->rt, &value, &n, &err));
	assert_true(n == 255);
}

static void test_a_float_is_no_integer(void **state)
{
	struct vole_value value = value_of("main.f");
	struct vole_error err;
	uint64_t n;

	(void)state;
	assert_false(vole_value_int(&program->rt, &value, &n, &err));
	assert_int_equal(err.code, VOLE_CORRUPT);
}

static void test_reads_end_with_the_value(void **state)
{
	struct vole_value value = value_of("main.point");
	struct vole_error err;
	uint64_t word;

	(void)state;
	assert_true(vole_value_word(&program->rt, &value, 8, &word, &err));
	assert_true(word == 22);
	assert_false(vole_value_word(&program->rt, &value, 9, &word, &err));
	assert_int_equal(err.code, VOLE_CORRUPT);
	assert_false(
		vole_value_word(&program->rt, &value, UINT64_MAX, &word, &err));
	assert_int_equal(err.code, VOLE_CORRUPT);
	value.addr = UINT64_MAX - 3;
	assert_false(vole_value_word(&program->rt, &value, 8, &word, &err));
}

static void test_parts_share_the_place(void **state)
{
	struct vole_value value = value_of("main.point"), part;
	struct vole_type *type = value.type->fields[1].type;
	struct vole_error err;

	(void)state;
	assert_true(
		vole_value_part(&program->rt, &value, type, 8, &part, &err));
	assert_int_equal(part.where, VOLE_IN_MEMORY);
	assert_true(part.addr == value.addr + 8);
	assert_true(part.addressable);
	assert_false(
		vole_value_part(&program->rt, &value, type, 9, &part, &err));
	value = value_of("main.Point{3, 4}");
	assert_int_equal(value.where, VOLE_IN_BYTES);
	assert_true(
		vole_value_part(&program->rt, &value, type, 8, &part, &err));
	assert_int_equal(part.bytes[0], 4);
	assert_false(part.addressable);
}

static void test_text_is_read_as_text_only(void **state)
{
	struct vole_value value = value_of("\"abc\"");
	struct vole_error err;
	uint64_t word;

	(void)state;
	assert_int_equal(value.where, VOLE_IN_TEXT);
	assert_int_equal(value.len, 3);
	assert_false(vole_value_word(&program->rt, &value, 0, &word, &err));
	assert_int_equal(err.code, VOLE_UNSUPPORTED);
}

static void test_pieces_answer_for_their_part(void **state)
{
	struct vole_value value = value_of("main.mapKey{7, \"abc\"}"), part;
	struct vole_error err;
	uint64_t word;
	uint8_t all[24];

	(void)state;
	assert_int_equal(value.where, VOLE_IN_PIECES);
	assert_true(vole_value_word(&program->rt, &value, 0, &word, &err));
	assert_true(word == 7);
	assert_false(vole_value_word(&program->rt, &value, 8, &word, &err));
	assert_int_equal(err.code, VOLE_UNSUPPORTED);
	assert_false(vole_value_read(&program->rt, &value, 0, all, sizeof(all),
				     &err));
	assert_true(vole_value_part(&program->rt, &value,
				    value.type->fields[1].type, 8, &part,
				    &err));
	assert_int_equal(part.where, VOLE_IN_TEXT);
	assert_true(vole_value_part(&program->rt, &value,
				    value.type->fields[0].type, 0, &part,
				    &err));
	assert_int_equal(part.where, VOLE_IN_BYTES);
	assert_int_equal(part.bytes[0], 7);
}

static void test_unreadable_memory_names_the_address(void **state)
{
	struct vole_value value = value_of("*main.badPoint");
	struct vole_error err;
	uint64_t word;

	(void)state;
	assert_false(vole_value_word(&program->rt, &value, 0, &word, &err));
	assert_int_equal(err.code, VOLE_UNREADABLE);
	assert_true(err.has_addr && err.addr == 0xdead0000);
}

#define each(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		each(test_integers_are_extended_by_their_sign),
		each(test_a_float_is_no_integer),
		each(test_reads_end_with_the_value),
		each(test_parts_share_the_place),
		each(test_text_is_read_as_text_only),
		each(test_pieces_answer_for_their_part),
		each(test_unreadable_memory_names_the_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
