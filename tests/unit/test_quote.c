/* Text of the target's as it may be shown: quoted as Go does, or escaped. */
#include "base/quote.h"

#include "base/strbuf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct vole_strbuf quoted;

static const char *quote(const char *bytes, size_t len)
{
	vole_strbuf_clear(&quoted);
	vole_quote(&quoted, bytes, len);
	return vole_strbuf_text(&quoted);
}

static const char *rune(uint32_t code)
{
	vole_strbuf_clear(&quoted);
	vole_quote_rune(&quoted, code);
	return vole_strbuf_text(&quoted);
}

#define QUOTE(text) quote(text, sizeof(text) - 1)

/* Each as strconv.Quote has it. */
static void text_is_quoted_as_go_does(void **state)
{
	(void)state;
	assert_string_equal(QUOTE(""), "\"\"");
	assert_string_equal(QUOTE("a b"), "\"a b\"");
	assert_string_equal(QUOTE("\"\\'"), "\"\\\"\\\\'\"");
	assert_string_equal(QUOTE("\a\b\t\n\v\f\r"),
			    "\"\\a\\b\\t\\n\\v\\f\\r\"");
	assert_string_equal(QUOTE("\0\x1b\x7f"), "\"\\x00\\x1b\\x7f\"");
	assert_string_equal(QUOTE("h\xc3\xa9 \xe4\xb8\x96 \xf0\x9f\x98\x80"),
			    "\"h\xc3\xa9 \xe4\xb8\x96 \xf0\x9f\x98\x80\"");
}

static void what_turns_a_line_around_is_not_shown_raw(void **state)
{
	(void)state;
	assert_string_equal(QUOTE("\xc2\x9b"), "\"\\u009b\"");
	assert_string_equal(QUOTE("\xe2\x80\xae"), "\"\\u202e\"");
	assert_string_equal(QUOTE("\xef\xbb\xbf"), "\"\\ufeff\"");
	assert_string_equal(QUOTE("\xf3\xa0\x81\x81"), "\"\\U000e0041\"");
}

static void bytes_that_are_no_utf8_are_shown_each(void **state)
{
	(void)state;
	assert_string_equal(QUOTE("\xff\x80"), "\"\\xff\\x80\"");
	assert_string_equal(QUOTE("\xc3"), "\"\\xc3\"");
	assert_string_equal(QUOTE("\xe4\xb8"), "\"\\xe4\\xb8\"");
	assert_string_equal(QUOTE("\xf0\x9f\x98"), "\"\\xf0\\x9f\\x98\"");
	/* Too long a form, a surrogate, past the last code point. */
	assert_string_equal(QUOTE("\xc0\xaf"), "\"\\xc0\\xaf\"");
	assert_string_equal(QUOTE("\xe0\x80\xaf"), "\"\\xe0\\x80\\xaf\"");
	assert_string_equal(QUOTE("\xf0\x80\x80\xaf"),
			    "\"\\xf0\\x80\\x80\\xaf\"");
	assert_string_equal(QUOTE("\xed\xa0\x80"), "\"\\xed\\xa0\\x80\"");
	assert_string_equal(QUOTE("\xf4\x90\x80\x80"),
			    "\"\\xf4\\x90\\x80\\x80\"");
	assert_string_equal(QUOTE("\xc3("), "\"\\xc3(\"");
}

static void a_rune_is_quoted_as_go_does(void **state)
{
	(void)state;
	assert_string_equal(rune('a'), "'a'");
	assert_string_equal(rune('\''), "'\\''");
	assert_string_equal(rune('"'), "'\"'");
	assert_string_equal(rune('\\'), "'\\\\'");
	assert_string_equal(rune(0), "'\\x00'");
	assert_string_equal(rune(0xe9), "'\xc3\xa9'");
	assert_string_equal(rune(0x4e16), "'\xe4\xb8\x96'");
	assert_string_equal(rune(0x1f600), "'\xf0\x9f\x98\x80'");
	assert_string_equal(rune(0x202e), "'\\u202e'");
	assert_string_equal(rune(0x110000), "'\\U00110000'");
}

static void any_byte_that_is_not_plain_is_seen_at_any_place(void **state)
{
	char text[24];
	size_t at;
	int byte;

	(void)state;
	for (at = 0; at < sizeof(text); at++)
		for (byte = 0; byte < 256; byte++) {
			bool plain = byte >= ' ' && byte <= '~';

			memset(text, 'a' + (int)at, sizeof(text));
			text[at] = (char)byte;
			assert_int_equal(vole_ascii_len(text, sizeof(text)),
					 plain ? sizeof(text) : at);
		}
	assert_int_equal(vole_ascii_len("", 0), 0);
}

static void a_long_text_is_quoted_as_a_short_one(void **state)
{
	char text[300], expected[700] = "\"";
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(text) - 1; i++) {
		text[i] = i % 70 == 69 ? '"' : 'x';
		strcat(expected, text[i] == 'x' ? "x" : "\\\"");
	}
	strcat(expected, "\"");
	assert_string_equal(quote(text, sizeof(text) - 1), expected);
}

static void escaping_leaves_quotes_alone(void **state)
{
	(void)state;
	vole_strbuf_clear(&quoted);
	vole_escape(&quoted, "a\"\\\x1b\n\xff", 6);
	assert_string_equal(vole_strbuf_text(&quoted), "a\"\\\\x1b\\n\\xff");
}

static void escaped_text_that_is_long_is_cut(void **state)
{
	char dst[8];

	(void)state;
	assert_string_equal(vole_escape_into(dst, 8, "1234567"), "1234567");
	assert_string_equal(vole_escape_into(dst, 8, "12345678"), "1234...");
	assert_string_equal(vole_escape_into(dst, 8, "\x1b"), "\\x1b");
	assert_string_equal(vole_escape_into(dst, 8, ""), "");
}

static void a_cut_leaves_no_half_of_a_rune(void **state)
{
	char dst[8];

	(void)state;
	assert_string_equal(vole_escape_into(dst, 8, "123\xc3\xa9 xx"),
			    "123...");
	assert_string_equal(vole_escape_into(dst, 8, "1\xf0\x9f\x98\x80 long"),
			    "1...");
	assert_string_equal(vole_escape_into(dst, 8, "\xf0\x9f\x98\x80 long"),
			    "\xf0\x9f\x98\x80...");
}

static void only_what_is_cut_off_is_no_whole_rune(void **state)
{
	(void)state;
	assert_int_equal(vole_utf8_whole("", 0), 0);
	assert_int_equal(vole_utf8_whole("ab", 2), 2);
	assert_int_equal(vole_utf8_whole("a\xc3\xa9", 3), 3);
	assert_int_equal(vole_utf8_whole("a\xc3\xa9", 2), 1);
	assert_int_equal(vole_utf8_whole("a\xf0\x9f\x98\x80", 5), 5);
	assert_int_equal(vole_utf8_whole("a\xf0\x9f\x98\x80", 4), 1);
	assert_int_equal(vole_utf8_whole("\xe4\xb8", 2), 0);
	assert_int_equal(vole_utf8_whole("\x80\x80\x80\x80", 4), 4);
}

static int tear_down(void **state)
{
	(void)state;
	vole_strbuf_free(&quoted);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_quoted_as_go_does),
		cmocka_unit_test(what_turns_a_line_around_is_not_shown_raw),
		cmocka_unit_test(bytes_that_are_no_utf8_are_shown_each),
		cmocka_unit_test(a_rune_is_quoted_as_go_does),
		cmocka_unit_test(
			any_byte_that_is_not_plain_is_seen_at_any_place),
		cmocka_unit_test(a_long_text_is_quoted_as_a_short_one),
		cmocka_unit_test(escaping_leaves_quotes_alone),
		cmocka_unit_test(escaped_text_that_is_long_is_cut),
		cmocka_unit_test(a_cut_leaves_no_half_of_a_rune),
		cmocka_unit_test(only_what_is_cut_off_is_no_whole_rune),
	};

	return cmocka_run_group_tests(tests, NULL, tear_down);
}
