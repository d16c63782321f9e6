/* Numbers look as Go's %v prints them. */
#include "render/number.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void floats_are_the_shortest_that_read_back(void **state)
{
	static const struct {
		double value;
		unsigned bits;
		const char *text;
	} rows[] = {
		{ 0, 64, "0" },
		{ -0.0, 64, "-0" },
		{ 1, 64, "1" },
		{ 0.1, 64, "0.1" },
		{ 0.1f, 32, "0.1" },
		{ 36.6, 64, "36.6" },
		{ -2.5, 64, "-2.5" },
		{ 123456.789, 64, "123456.789" },
		{ 1e20, 64, "100000000000000000000" },
		{ 1e21, 64, "1e+21" },
		{ 1e-4, 64, "0.0001" },
		{ 1e-5, 64, "1e-05" },
		{ 0.00012345, 64, "0.00012345" },
		{ 5e-324, 64, "5e-324" },
		{ 1.7976931348623157e308, 64, "1.7976931348623157e+308" },
		{ INFINITY, 64, "+Inf" },
		{ -INFINITY, 32, "-Inf" },
		{ NAN, 64, "NaN" },
	};
	char buf[VOLE_NUMBER_ROOM];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		vole_format_float(buf, rows[i].value, rows[i].bits);
		assert_string_equal(buf, rows[i].text);
	}
}

static void complex_numbers_have_both_signs(void **state)
{
	char buf[VOLE_NUMBER_ROOM];

	(void)state;
	vole_format_complex(buf, 1, -2, 128);
	assert_string_equal(buf, "(1-2i)");
	vole_format_complex(buf, 0, INFINITY, 128);
	assert_string_equal(buf, "(0+Infi)");
	vole_format_complex(buf, -1.5, 0.25f, 64);
	assert_string_equal(buf, "(-1.5+0.25i)");
}

static void integers_reach_their_ends(void **state)
{
	char buf[VOLE_NUMBER_ROOM];

	(void)state;
	vole_format_int(buf, INT64_MIN);
	assert_string_equal(buf, "-9223372036854775808");
	vole_format_uint(buf, UINT64_MAX);
	assert_string_equal(buf, "18446744073709551615");
	vole_format_int(buf, 0);
	assert_string_equal(buf, "0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(floats_are_the_shortest_that_read_back),
		cmocka_unit_test(complex_numbers_have_both_signs),
		cmocka_unit_test(integers_reach_their_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
