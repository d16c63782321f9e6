/* Tokens and the values of literals. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "value/constant.h"
#include "value/lexer.h"

static void tokens(const char *text, const char *expected)
{
	struct vole_lexer lexer;
	struct vole_token token;
	struct vole_error err;
	char list[512] = "";

	assert_true(vole_lexer_init(&lexer, text, &err));
	do {
		assert_true(vole_lexer_next(&lexer, &token, &err));
		strcat(list, vole_token_name(token.kind));
		strcat(list, " ");
	} while (token.kind != VOLE_TOKEN_END);
	assert_string_equal(list, expected);
}

static void test_operators_are_as_long_as_can_be(void **state)
{
	(void)state;
	tokens("a&^b&&c&d", "name &^ name && name & name end of expression ");
	tokens("<<<-<=<", "<< <- <= < end of expression ");
	tokens("x[1:2]...", "name [ number : number ] ... end of expression ");
	tokens("!= ! == =", "!= ! == assignment end of expression ");
}

static void test_numbers_end_where_gos_do(void **state)
{
	(void)state;
	tokens("1e+3+4", "number + number end of expression ");
	tokens("0x1e+3", "number + number end of expression ");
	tokens("0x1p-3-1", "number - number end of expression ");
	tokens(".5.x", "number end of expression ");
	tokens("a.b", "name . name end of expression ");
}

static void test_columns_are_byte_offsets(void **state)
{
	struct vole_lexer lexer;
	struct vole_token token;
	struct vole_error err;

	(void)state;
	assert_true(vole_lexer_init(&lexer, " \"世\"  x", &err));
	assert_true(vole_lexer_next(&lexer, &token, &err));
	assert_int_equal(token.column, 1);
	assert_int_equal(token.len, 5);
	assert_true(vole_lexer_next(&lexer, &token, &err));
	assert_int_equal(token.column, 8);
}

static bool number(const char *text, struct vole_constant *ret)
{
	struct vole_lexer lexer;
	struct vole_token token;
	struct vole_error err;

	assert_true(vole_lexer_init(&lexer, text, &err));
	assert_true(vole_lexer_next(&lexer, &token, &err));
	assert_int_equal(token.kind, VOLE_TOKEN_NUMBER);
	return vole_token_number(&lexer, &token, ret, &err);
}

static void test_bad_numbers_are_refused(void **state)
{
	static const char *const rows[] = {
		"0x",
		"0b2",
		"0o8",
		"08",
		"1_",
		"1__2",
		"0x1.8",
		"1e",
		"1abc",
		"1.2.3",
		"0b",
		"1_.5",
		"1._5",
		"0xg",
		"1e9999",
		"1p3",
		"99999999999999999999999999999999999999999",
	};
	struct vole_constant c;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (number(rows[i], &c))
			fail_msg("%s", rows[i]);
}

static void test_integers_have_127_bits(void **state)
{
	struct vole_constant c;
	char text[64];

	(void)state;
	assert_true(number("170141183460469231731687303715884105727", &c));
	assert_string_equal(vole_constant_show(&c, text, sizeof(text)),
			    "170141183460469231731687303715884105727");
	assert_false(number("170141183460469231731687303715884105728", &c));
}

static void test_floats_are_rounded_once(void **state)
{
	struct vole_constant c;

	(void)state;
	assert_true(number("0.1", &c));
	assert_true(c.rounded == 0.1);
	assert_true(number("1_0.2_5e-0_1", &c));
	assert_true(c.rounded == 1.025);
	/* Halfway in long double: rounding twice would give 1 + 2^-52. */
	assert_true(number("1.00000000000000011102230246251565404", &c));
	assert_true(c.rounded == 1.0);
	assert_true(number("0x1p-1074", &c));
	assert_true(c.rounded == 0x1p-1074);
	assert_true(number("010i", &c));
	assert_true(c.im == 10);
}

static void test_long_text_is_refused(void **state)
{
	static char text[VOLE_MAX_EXPR + 2];
	struct vole_lexer lexer;
	struct vole_error err;

	(void)state;
	memset(text, ' ', VOLE_MAX_EXPR + 1);
	assert_false(vole_lexer_init(&lexer, text, &err));
	assert_int_equal(err.code, VOLE_SYNTAX);
	text[VOLE_MAX_EXPR] = 0;
	assert_true(vole_lexer_init(&lexer, text, &err));
}

static void test_runes_are_encoded_as_utf8(void **state)
{
	char to[4];

	(void)state;
	assert_int_equal(vole_rune_encode('a', to), 1);
	assert_int_equal(vole_rune_encode(0xe9, to), 2);
	assert_int_equal(vole_rune_encode(0x4e16, to), 3);
	assert_int_equal(vole_rune_encode(0x1f600, to), 4);
	assert_memory_equal(to, "\xf0\x9f\x98\x80", 4);
	assert_int_equal(vole_rune_encode(0xd800, to), 3);
	assert_memory_equal(to, "\xef\xbf\xbd", 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_operators_are_as_long_as_can_be),
		cmocka_unit_test(test_numbers_end_where_gos_do),
		cmocka_unit_test(test_columns_are_byte_offsets),
		cmocka_unit_test(test_bad_numbers_are_refused),
		cmocka_unit_test(test_integers_have_127_bits),
		cmocka_unit_test(test_floats_are_rounded_once),
		cmocka_unit_test(test_long_text_is_refused),
		cmocka_unit_test(test_runes_are_encoded_as_utf8),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
