/* Did you mean. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "value/nearest.h"

static void test_distance_counts_edits(void **state)
{
	(void)state;
	assert_int_equal(vole_edit_distance("users", "users", 3), 0);
	assert_int_equal(vole_edit_distance("usres", "users", 3), 1);
	assert_int_equal(vole_edit_distance("user", "users", 3), 1);
	assert_int_equal(vole_edit_distance("uzers", "users", 3), 1);
	assert_int_equal(vole_edit_distance("", "abc", 3), 3);
	assert_int_equal(vole_edit_distance("kitten", "sitting", 3), 3);
	assert_int_equal(vole_edit_distance("kitten", "sitting", 2), 3);
	assert_int_equal(vole_edit_distance("a", "zzzzzzzz", 2), 3);
}

static void nearest(const char *want, const char *const *names, size_t num,
		    const char *text)
{
	struct vole_nearest n;
	char buf[200];

	vole_nearest_init(&n, want);
	for (size_t i = 0; i < num; i++)
		vole_nearest_offer(&n, names[i]);
	assert_string_equal(vole_nearest_text(&n, buf, sizeof(buf)), text);
}

static void test_three_nearest_in_a_fixed_order(void **state)
{
	static const char *const names[] = {
		"main.uses", "main.user",  "main.users", "os.Args",
		"main.user", "main.usurp", "main.userz",
	};

	(void)state;
	nearest("main.usres", names, 7,
		"; nearest: main.users, main.uses, main.user");
	nearest("main.usres", names + 3, 1, "");
	nearest("x", names, 7, "");
	nearest("OS.ARGS", names, 7, "; nearest: os.Args");
}

static void test_long_and_hostile_names(void **state)
{
	static const char *const names[] = { "ma\x1bn.users" };
	char longest[1000];

	(void)state;
	nearest("main.users", names, 1, "; nearest: ma\\x1bn.users");
	memset(longest, 'a', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = 0;
	nearest(longest, (const char *const[]){ longest }, 1, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_distance_counts_edits),
		cmocka_unit_test(test_three_nearest_in_a_fixed_order),
		cmocka_unit_test(test_long_and_hostile_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
