/* What stands at the cursor is completed, whatever stands before it. */
#include "command/complete.h"

#include "target/debuginfo.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct vole_symbol names[] = {
	{ .kind = VOLE_SYMBOL_VAR, .name = "main.users" },
	{ .kind = VOLE_SYMBOL_VAR, .name = "main.usable" },
	{ .kind = VOLE_SYMBOL_VAR, .name = "net/http.DefaultClient" },
	{ .kind = VOLE_SYMBOL_VAR, .name = "example.com/go-x/v2.Top" },
	{ .kind = VOLE_SYMBOL_TYPE, .name = "main.user" },
};

static bool each(struct vole_debuginfo *di, uint32_t kinds,
		 bool (*offer)(void *arg, const struct vole_symbol *symbol),
		 void *arg, struct vole_error *err)
{
	size_t i;

	(void)di;
	(void)err;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].kind & kinds && !offer(arg, &names[i]))
			break;
	return true;
}

static const struct vole_debuginfo_ops ops = { .each = each };
static struct vole_debuginfo fake = { .ops = &ops };

static char found[4096];
static size_t num_asked;

static struct vole_debuginfo *give_names(void *arg)
{
	(void)arg;
	num_asked++;
	return &fake;
}

static char asked_args[64];

static void give_locals(void *arg, const struct vole_command *command,
			const char *args,
			void (*offer)(void *word, const char *name), void *word)
{
	(void)arg;
	(void)command;
	snprintf(asked_args, sizeof(asked_args), "%s", args);
	offer(word, "amount");
	offer(word, "user");
}

static void take(void *arg, const char *word)
{
	size_t used = strlen(found);

	(void)arg;
	snprintf(found + used, sizeof(found) - used, "%s%s", used ? " " : "",
		 word);
}

static const char *complete(const char *line)
{
	static const struct vole_completer completer = {
		.names = give_names,
		.locals = give_locals,
		.each = take,
		.limit = 50,
	};

	found[0] = '\0';
	num_asked = 0;
	vole_complete(&completer, line);
	return found;
}

static void commands_by_their_beginning(void **state)
{
	(void)state;
	assert_string_equal(complete("prin"), "print");
	assert_string_equal(complete("  help goroutine"),
			    "goroutines goroutine");
	assert_string_equal(complete("nosuch "), "");
}

static void options_and_settings(void **state)
{
	(void)state;
	assert_string_equal(complete("print --js"), "--json");
	assert_string_equal(complete("set lim"), "limit");
	assert_int_equal(num_asked, 0);
}

static void a_name_alone(void **state)
{
	(void)state;
	assert_string_equal(complete("print main.us"),
			    "main.users main.usable");
	assert_string_equal(complete("type main.user"), "main.users main.user");
}

static void variables_of_the_frame(void **state)
{
	(void)state;
	assert_string_equal(complete("print am"), "amount");
	assert_string_equal(complete("print -f 3 "), "amount user");
	assert_string_equal(asked_args, " -f 3 ");
	assert_int_equal(num_asked, 0);
	assert_string_equal(complete("print 2*len(us"), "2*len(user");
	assert_string_equal(complete("print 6/am"), "6/amount");
	assert_string_equal(complete("map --limit 3 us"), "user");
	assert_string_equal(complete("vars us"), "");
}

static void a_name_within_an_expression(void **state)
{
	(void)state;
	assert_string_equal(complete("print len(main.usa"), "len(main.usable");
	assert_string_equal(complete("print m[main.users"), "m[main.users");
	assert_string_equal(complete("print 1 + *main.usa"), "*main.usable");
	assert_string_equal(complete("print -main.usa"), "-main.usable");
}

static void a_path_and_an_operator_look_alike(void **state)
{
	(void)state;
	assert_string_equal(complete("print net/http.D"),
			    "net/http.DefaultClient");
	assert_string_equal(complete("print a/net/http.D"),
			    "a/net/http.DefaultClient");
	assert_string_equal(complete("print 6-main.usa"), "6-main.usable");
	assert_string_equal(complete("print &example.com/go-x/v"),
			    "&example.com/go-x/v2.Top");
}

static void nothing_typed_asks_for_no_names(void **state)
{
	(void)state;
	assert_string_equal(complete("types "), "");
	assert_string_equal(complete("print "), "amount user");
	assert_string_equal(complete("print len("), "len(amount len(user");
	assert_int_equal(num_asked, 0);
	assert_string_equal(complete("print a/"), "");
}

static void no_more_than_was_asked_for(void **state)
{
	static const struct vole_completer one = {
		.names = give_names,
		.locals = give_locals,
		.each = take,
		.limit = 1,
	};

	(void)state;
	found[0] = '\0';
	vole_complete(&one, "print main.");
	assert_string_equal(found, "main.users");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(commands_by_their_beginning),
		cmocka_unit_test(options_and_settings),
		cmocka_unit_test(a_name_alone),
		cmocka_unit_test(variables_of_the_frame),
		cmocka_unit_test(a_name_within_an_expression),
		cmocka_unit_test(a_path_and_an_operator_look_alike),
		cmocka_unit_test(nothing_typed_asks_for_no_names),
		cmocka_unit_test(no_more_than_was_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
