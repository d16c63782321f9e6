#include "fake_people.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static struct fake_people p;

static int setup(void **state)
{
	(void)state;
	fake_people_open(&p);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_people_close(&p);
	return 0;
}

static const char *context(void)
{
	return fake_people_read(&p, FAKE_CANCEL, FAKE_CONTEXTS);
}

static const char *error(void)
{
	return fake_people_read(&p, FAKE_WRAP, FAKE_ERRORS);
}

static void test_context(void **state)
{
	(void)state;
	assert_string_equal(context(),
			    "context.Background.WithoutCancel.WithCancel");
}

static void test_canceled(void **state)
{
	(void)state;
	fake_people_iface(&p, FAKE_CONTEXTS + 16, FAKE_PLAIN_POINTER,
			  FAKE_ERRORS + 32);
	fake_people_iface(&p, FAKE_CONTEXTS + 32, FAKE_PLAIN_POINTER,
			  FAKE_ERRORS + 32);
	assert_string_equal(
		context(), "context.Background.WithoutCancel.WithCancel[gone]");
	fake_people_iface(&p, FAKE_CONTEXTS + 32, FAKE_WRAP_POINTER,
			  FAKE_ERRORS);
	assert_string_equal(
		context(),
		"context.Background.WithoutCancel.WithCancel[gone, cause "
		"&fmt.wrapError(\"load: gone\" wraps "
		"&errors.errorString(\"gone\"))]");
}

static void test_context_without_parent(void **state)
{
	(void)state;
	fake_people_iface(&p, FAKE_CONTEXTS, 0, 0);
	assert_string_equal(context(), "nil.WithCancel");
	fake_people_iface(&p, FAKE_CONTEXTS, FAKE_BASE + 0x7f0, FAKE_CONTEXTS);
	assert_string_equal(context(), "<corrupt>.WithCancel");
	fake_people_iface(&p, FAKE_CONTEXTS, FAKE_APART, 0x10);
	assert_string_equal(context(), "<unreadable>.WithoutCancel.WithCancel");
	fake_people_iface(&p, FAKE_CONTEXTS, FAKE_CANCEL, UINT64_MAX - 3);
	assert_string_equal(context(),
			    "<unreadable>.WithCancel[<unreadable>].WithCancel");
}

static void test_context_that_is_its_own_parent(void **state)
{
	(void)state;
	fake_people_iface(&p, FAKE_CONTEXTS + 64, FAKE_CANCEL, FAKE_CONTEXTS);
	assert_string_equal(context(), "<a cycle>.WithoutCancel.WithCancel");
}

static void test_chain_of_many_contexts(void **state)
{
	const char *text;
	unsigned i;

	(void)state;
	for (i = 0; i < 200; i++)
		fake_people_iface(&p, FAKE_CONTEXTS + 64 + 16 * i, FAKE_APART,
				  FAKE_CONTEXTS + 64 + 16 * (i + 1));
	text = context();
	assert_memory_equal(text, "....WithoutCancel.WithoutCancel", 31);
	assert_int_equal(strlen(text), 3 + 63 * 14 + 11);
}

static void test_error(void **state)
{
	(void)state;
	assert_string_equal(error(), "\"load: gone\" wraps "
				     "&errors.errorString(\"gone\")");
}

/* Its fields say what is wrong. */
static void test_error_without_message(void **state)
{
	(void)state;
	fake_people_text(&p, FAKE_ERRORS, UINT64_MAX);
	assert_null(error());
	fake_put(&p.go, FAKE_ERRORS, 8, 0x10);
	fake_put(&p.go, FAKE_ERRORS + 8, 8, 3);
	assert_null(error());
	assert_null(fake_people_read(&p, FAKE_WRAP, UINT64_MAX - 7));
}

static void test_error_that_wraps_nothing_known(void **state)
{
	(void)state;
	fake_people_iface(&p, FAKE_ERRORS + 16, 0, 0);
	assert_string_equal(error(), "\"load: gone\" wraps nil");
	fake_people_iface(&p, FAKE_ERRORS + 16, FAKE_WRAP_POINTER, 0x10);
	assert_string_equal(error(), "\"load: gone\" wraps (*fmt.wrapError)"
				     "(0x10)");
	fake_people_iface(&p, FAKE_ERRORS + 16, FAKE_BASE + 0x7f0, FAKE_ERRORS);
	assert_non_null(strstr(error(), "\"load: gone\" wraps <corrupt: "));
}

static void test_error_that_wraps_a_complex_number(void **state)
{
	const double wide[] = { 1.5, -2 };
	const float narrow[] = { 0.1F, 3 };
	uint64_t at = FAKE_ERRORS + 64, type = FAKE_BASE + 0x580;

	(void)state;
	fake_people_type(&p, type, VOLE_KIND_COMPLEX128, 16, "main.z");
	memcpy(p.go.bytes + (at - FAKE_BASE), wide, sizeof(wide));
	fake_people_iface(&p, FAKE_ERRORS + 16, type, at);
	assert_string_equal(error(), "\"load: gone\" wraps main.z(1.5-2i)");
	type += 0x80;
	fake_people_type(&p, type, VOLE_KIND_COMPLEX64, 8, "main.c");
	memcpy(p.go.bytes + (at - FAKE_BASE), narrow, sizeof(narrow));
	fake_people_iface(&p, FAKE_ERRORS + 16, type, at);
	assert_string_equal(error(), "\"load: gone\" wraps main.c(0.1+3i)");
	fake_people_iface(&p, FAKE_ERRORS + 16, type, 0x10);
	assert_non_null(strstr(error(), "<unreadable>"));
}

static void test_errors_that_wrap_each_other(void **state)
{
	(void)state;
	fake_people_iface(&p, FAKE_ERRORS + 16, FAKE_WRAP_POINTER,
			  FAKE_ERRORS + 64);
	fake_people_text(&p, FAKE_ERRORS + 64, 4);
	fake_people_iface(&p, FAKE_ERRORS + 80, FAKE_WRAP_POINTER, FAKE_ERRORS);
	assert_string_equal(error(),
			    "\"load: gone\" wraps &fmt.wrapError(\"load\" "
			    "wraps (*fmt.wrapError)(0x106000) /* cycle */)");
}

static void test_chain_of_many_errors(void **state)
{
	unsigned i;

	(void)state;
	for (i = 0; i < 200; i++) {
		uint64_t at = FAKE_ERRORS + 32 * i;

		fake_people_text(&p, at, 4);
		fake_people_iface(&p, at + 16, FAKE_WRAP_POINTER, at + 32);
	}
	assert_non_null(strstr(error(), "\"load\" wraps &...)"));
	assert_in_range(strlen(error()), 100, 1000);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_context),
		TEST(test_canceled),
		TEST(test_context_without_parent),
		TEST(test_context_that_is_its_own_parent),
		TEST(test_chain_of_many_contexts),
		TEST(test_error),
		TEST(test_error_without_message),
		TEST(test_error_that_wraps_nothing_known),
		TEST(test_error_that_wraps_a_complex_number),
		TEST(test_errors_that_wrap_each_other),
		TEST(test_chain_of_many_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
