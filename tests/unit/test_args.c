/* Options stand anywhere, quotes keep blanks, expressions arrive whole. */
#include "command/command.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct vole_arena arena;
static struct vole_args args;
static struct vole_error err;

static bool parse(const char *line)
{
	vole_arena_clear(&arena);
	vole_arena_init(&arena, 1 << 20);
	return vole_args_parse(&vole_cmd_print, line, &arena, &args, &err);
}

static void options_stand_before_and_after(void **state)
{
	(void)state;
	assert_true(parse(" --json main.x --limit 3 "));
	assert_string_equal(args.text, "main.x");
	assert_true(args.json);
	assert_string_equal(args.value[1], "3");
	assert_true(parse("main.x --limit=7"));
	assert_string_equal(args.value[1], "7");
}

static void quotes_keep_what_is_in_them(void **state)
{
	(void)state;
	assert_true(parse("main.m[\"a --json b\"]"));
	assert_string_equal(args.text, "main.m[\"a --json b\"]");
	assert_false(args.json);
	assert_true(parse("main.m[`x --raw`]"));
	assert_string_equal(args.text, "main.m[`x --raw`]");
}

static void one_pair_of_single_quotes_goes(void **state)
{
	(void)state;
	assert_true(parse("'main.m[\"a b\"]'"));
	assert_string_equal(args.text, "main.m[\"a b\"]");
	assert_true(parse("'a'"));
	assert_string_equal(args.text, "'a'");
	assert_true(parse("'\\n'"));
	assert_string_equal(args.text, "'\\n'");
	assert_true(parse("'a' + 'b'"));
	assert_string_equal(args.text, "'a' + 'b'");
}

static void a_frame_is_named_before_the_expression(void **state)
{
	(void)state;
	assert_true(parse("-g 5 -f 2 x.y"));
	assert_string_equal(args.goroutine, "5");
	assert_string_equal(args.frame, "2");
	assert_string_equal(args.text, "x.y");
	assert_true(parse("x --frame=3 --goroutine 7"));
	assert_string_equal(args.goroutine, "7");
	assert_string_equal(args.frame, "3");
	assert_string_equal(args.text, "x");
}

static void minus_g_may_be_an_expression(void **state)
{
	(void)state;
	assert_true(parse("-g"));
	assert_null(args.goroutine);
	assert_string_equal(args.text, "-g");
	assert_true(parse("x -g 5"));
	assert_null(args.goroutine);
	assert_string_equal(args.text, "x -g 5");
	assert_true(parse("-- -g 5"));
	assert_string_equal(args.text, "-g 5");
	assert_true(parse("-f + 1"));
	assert_null(args.frame);
}

static void only_what_has_names_has_a_frame(void **state)
{
	(void)state;
	vole_arena_clear(&arena);
	vole_arena_init(&arena, 1 << 20);
	assert_false(vole_args_parse(&vole_cmd_info, "--frame 3", &arena, &args,
				     &err));
	assert_int_equal(err.code, VOLE_USAGE);
	assert_true(
		vole_args_parse(&vole_cmd_locals, "-f 3", &arena, &args, &err));
	assert_string_equal(args.frame, "3");
}

static void values_lose_their_quotes(void **state)
{
	static const struct vole_option options[] = {
		{ "--state", "STATE", "" },
		{ "--find", "KEY", "" },
		{ NULL, NULL, NULL },
	};
	static const struct vole_command command = {
		.name = "probe",
		.options = options,
	};

	(void)state;
	vole_arena_clear(&arena);
	vole_arena_init(&arena, 1 << 20);
	assert_true(vole_args_parse(&command,
				    "--state \"chan send\" --find \"a b\"",
				    &arena, &args, &err));
	assert_string_equal(args.value[0], "chan send");
	assert_string_equal(args.value[1], "\"a b\"");
	assert_true(vole_args_parse(&command, "--state='chan send'", &arena,
				    &args, &err));
	assert_string_equal(args.value[0], "chan send");
}

static void two_dashes_end_the_options(void **state)
{
	(void)state;
	assert_true(parse("--raw -- --json"));
	assert_string_equal(args.text, "--json");
	assert_true(args.given[2]);
	assert_false(args.json);
}

static void operators_are_no_options(void **state)
{
	(void)state;
	assert_true(parse("main.a - -main.b"));
	assert_string_equal(args.text, "main.a - -main.b");
	assert_true(parse("1|2<3"));
	assert_string_equal(args.text, "1|2<3");
}

static void mistakes_are_told(void **state)
{
	(void)state;
	assert_false(parse(""));
	assert_int_equal(err.code, VOLE_USAGE);
	assert_false(parse("--nosuch main.x"));
	assert_non_null(strstr(err.text, "--nosuch"));
	assert_false(parse("main.x --limit"));
	assert_non_null(strstr(err.text, "--limit"));
}

static void patterns_are_parts_or_globs(void **state)
{
	(void)state;
	assert_true(vole_pattern_matches("", "main.x"));
	assert_true(vole_pattern_matches("in.x", "main.x"));
	assert_true(vole_pattern_matches("main.*", "main.x"));
	assert_false(vole_pattern_matches("x.*", "main.x"));
}

static void each_alias_is_a_name_of_its_own(void **state)
{
	const struct vole_command *command;
	size_t i, n, num_aliases = 0;

	(void)state;
	for (i = 0; i < vole_commands_len; i++) {
		const char *const *alias = vole_commands[i]->aliases;

		for (n = 0; alias[n]; n++, num_aliases++) {
			assert_true(vole_command_find(
				alias[n], strlen(alias[n]), &command, &err));
			assert_ptr_equal(command, vole_commands[i]);
		}
		assert_true(vole_command_find(vole_commands[i]->name,
					      strlen(vole_commands[i]->name),
					      &command, &err));
		assert_ptr_equal(command, vole_commands[i]);
	}
	assert_true(num_aliases > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_stand_before_and_after),
		cmocka_unit_test(quotes_keep_what_is_in_them),
		cmocka_unit_test(one_pair_of_single_quotes_goes),
		cmocka_unit_test(values_lose_their_quotes),
		cmocka_unit_test(two_dashes_end_the_options),
		cmocka_unit_test(operators_are_no_options),
		cmocka_unit_test(a_frame_is_named_before_the_expression),
		cmocka_unit_test(minus_g_may_be_an_expression),
		cmocka_unit_test(only_what_has_names_has_a_frame),
		cmocka_unit_test(mistakes_are_told),
		cmocka_unit_test(patterns_are_parts_or_globs),
		cmocka_unit_test(each_alias_is_a_name_of_its_own),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	vole_arena_clear(&arena);
	return failed;
}
