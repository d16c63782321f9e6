/* Lines that are too long are broken where a value's parts begin. */
#include "render/pretty.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void text(struct vole_pretty *p, const char *t)
{
	vole_pretty_text(p, VOLE_STYLE_PLAIN, t, strlen(t));
}

/* "T{aaaa, aaaa, ...}" of @p count parts. */
static char *list(const char *part, int count, bool fill)
{
	struct vole_strbuf out = { 0 };
	struct vole_pretty p = { 0 };
	int i;

	vole_pretty_begin(&p, &out, false, 0, 0);
	text(&p, "T{");
	vole_pretty_open(&p, fill);
	for (i = 0; i < count; i++) {
		if (i)
			text(&p, ",");
		vole_pretty_break(&p, i > 0);
		text(&p, part);
	}
	vole_pretty_close(&p, true);
	text(&p, "}");
	vole_pretty_end(&p);
	vole_pretty_free(&p);
	assert_false(out.failed);
	return out.text;
}

static void what_fits_stays_on_its_line(void **state)
{
	char *out = list("aaaa", 3, false);

	(void)state;
	assert_string_equal(out, "T{aaaa, aaaa, aaaa}");
	free(out);
}

static void nothing_is_just_braces(void **state)
{
	char *out = list("", 0, false);

	(void)state;
	assert_string_equal(out, "T{}");
	free(out);
}

static void what_does_not_fit_has_a_part_a_line(void **state)
{
	char *out = list("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 3, false);

	(void)state;
	assert_string_equal(out, "T{\n"
				 "    aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,\n"
				 "    aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,\n"
				 "    aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,\n"
				 "}");
	free(out);
}

static void filled_parts_share_lines(void **state)
{
	char *out = list("1234567", 20, true);
	char *line, *rest = out;
	int lines = 0;

	(void)state;
	while ((line = strsep(&rest, "\n"))) {
		assert_true(strlen(line) <= VOLE_PRETTY_WIDTH);
		lines++;
	}
	assert_int_equal(lines, 5);
	free(out);
}

static void memory_does_not_grow_with_the_text(void **state)
{
	struct vole_strbuf out = { 0 };
	struct vole_pretty p = { 0 };
	int i;

	(void)state;
	vole_pretty_begin(&p, &out, false, 0, 0);
	vole_pretty_open(&p, false);
	for (i = 0; i < 100000; i++) {
		vole_pretty_break(&p, true);
		text(&p, "x");
		vole_strbuf_clear(&out);
	}
	vole_pretty_close(&p, false);
	vole_pretty_end(&p);
	assert_true(p.tokens.room < 1024);
	assert_true(p.text.room < 4096);
	vole_pretty_free(&p);
	vole_strbuf_free(&out);
}

static void deeper_than_the_limit_is_harmless(void **state)
{
	struct vole_strbuf out = { 0 };
	struct vole_pretty p = { 0 };
	int i;

	(void)state;
	vole_pretty_begin(&p, &out, false, 0, 0);
	for (i = 0; i < 1000; i++) {
		text(&p, "{");
		vole_pretty_open(&p, false);
		vole_pretty_break(&p, false);
	}
	for (i = 0; i < 1000; i++) {
		vole_pretty_close(&p, true);
		text(&p, "}");
	}
	/* One end too many. */
	vole_pretty_close(&p, true);
	vole_pretty_end(&p);
	assert_false(out.failed);
	vole_pretty_free(&p);
	vole_strbuf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_fits_stays_on_its_line),
		cmocka_unit_test(nothing_is_just_braces),
		cmocka_unit_test(what_does_not_fit_has_a_part_a_line),
		cmocka_unit_test(filled_parts_share_lines),
		cmocka_unit_test(memory_does_not_grow_with_the_text),
		cmocka_unit_test(deeper_than_the_limit_is_harmless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
