#include "runtime/iface.h"

#include "fake_rtype.h"
#include "runtime/rtype.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

enum {
	INT = FAKE_BASE + 0x100, /* descriptors */
	POINTER = FAKE_BASE + 0x200,
	STRINGER = FAKE_BASE + 0x280,
	NAME = 0x300, /* offsets from moduledata.types */
	TAB = FAKE_BASE + 0x2000,
	WORDS = FAKE_BASE + 0x3000,
	DATA = FAKE_BASE + 0x3100,
	HASH = 0x12345678,
};

static struct fake_go go;
static struct vole_type type;
static struct vole_iface iface;
static struct vole_error err;

static int setup(void **state)
{
	(void)state;
	fake_go_open(&go);
	fake_layout_types(&go);
	vole_rtype_install(&go.rt);
	fake_name(&go, NAME, "int");
	fake_name(&go, NAME + 16, "*int");
	fake_rtype(&go, INT, VOLE_KIND_INT, 0, NAME);
	fake_rtype(&go, POINTER, VOLE_KIND_PTR, FAKE_DIRECT, NAME + 16);
	fake_put(&go, POINTER + 8, 8, 8);
	fake_put(&go, POINTER + 48, 8, INT);
	fake_rtype(&go, STRINGER, VOLE_KIND_INTERFACE, 0, NAME);
	fake_put(&go, STRINGER, 8, 16);
	fake_put(&go, TAB, 8, STRINGER);
	fake_put(&go, TAB + 8, 8, INT);
	fake_put(&go, TAB + 16, 4, HASH);
	type = *fake_type(&go, VOLE_KIND_INTERFACE, 16);
	type.is_eface = true;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_go_close(&go);
	return 0;
}

static bool open_words(uint64_t tab, uint64_t data)
{
	const uint64_t words[2] = { tab, data };

	return vole_iface_open(&go.rt, &type, words, WORDS, &iface, &err);
}

static void assert_refused(uint64_t tab, uint64_t data, enum vole_code code)
{
	assert_false(open_words(tab, data));
	assert_int_equal(err.code, code);
}

static void test_nil(void **state)
{
	(void)state;
	assert_true(open_words(0, 0));
	assert_true(iface.nil);
}

/* A failed type assertion leaves the data of its operand. */
static void test_nil_with_data(void **state)
{
	(void)state;
	assert_true(open_words(0, DATA));
	assert_true(iface.nil);
}

static void test_empty_interface(void **state)
{
	(void)state;
	assert_true(open_words(INT, DATA));
	assert_false(iface.nil);
	assert_false(iface.direct);
	assert_int_equal(iface.tab, 0);
	assert_int_equal(iface.rtype, INT);
	assert_int_equal(iface.addr, DATA);
	assert_int_equal(iface.type->kind, VOLE_KIND_INT);
}

/* What is no pointer does not fit into the interface's word. */
static void test_more_than_a_word_in_the_word(void **state)
{
	(void)state;
	fake_put(&go, POINTER, 8, 1 << 20);
	assert_refused(POINTER, DATA, VOLE_CORRUPT);
}

static void test_interface_with_methods(void **state)
{
	(void)state;
	type.is_eface = false;
	assert_true(open_words(TAB, DATA));
	assert_int_equal(iface.tab, TAB);
	assert_int_equal(iface.rtype, INT);
	assert_int_equal(iface.addr, DATA);
}

static void test_types_without_debug_information(void **state)
{
	struct vole_type *any, *error, *again;

	(void)state;
	assert_true(vole_types_any(go.rt.types, &any, &err));
	assert_true(vole_types_error(go.rt.types, &error, &err));
	assert_true(vole_types_any(go.rt.types, &again, &err));
	assert_ptr_equal(any, again);
	type = *any;
	assert_true(open_words(INT, DATA));
	assert_int_equal(iface.rtype, INT);
	type = *error;
	assert_true(open_words(TAB, DATA));
	assert_int_equal(iface.tab, TAB);
	assert_int_equal(iface.rtype, INT);
}

/* The value is the data word itself; a typed nil is not nil. */
static void test_direct_value(void **state)
{
	(void)state;
	assert_true(open_words(POINTER, 0));
	assert_false(iface.nil);
	assert_true(iface.direct);
	assert_int_equal(iface.addr, WORDS + 8);
}

static void test_wrong_hash(void **state)
{
	(void)state;
	type.is_eface = false;
	fake_put(&go, TAB + 16, 4, HASH + 1);
	assert_refused(TAB, DATA, VOLE_CORRUPT);
	assert_non_null(strstr(err.text, "12345678"));
	assert_non_null(strstr(err.text, "12345679"));
}

/* Only itabs that the linker made carry the hash. */
static void test_itab_made_at_run_time(void **state)
{
	(void)state;
	type.is_eface = false;
	fake_put(&go, TAB + 16, 4, 0);
	assert_true(open_words(TAB, DATA));
	assert_int_equal(iface.rtype, INT);
	fake_put(&go, TAB, 8, INT);
	assert_refused(TAB, DATA, VOLE_CORRUPT);
}

static void test_absurd_words(void **state)
{
	(void)state;
	assert_false(open_words(1, DATA));
	assert_false(open_words(INT + 8, DATA));
	type.is_eface = false;
	assert_false(open_words(DATA, DATA)); /* all zeroes */
	assert_false(open_words(0x5000, DATA));
	fake_put(&go, TAB + 8, 8, TAB);
	assert_false(open_words(TAB, DATA));
}

static void test_truncated(void **state)
{
	(void)state;
	type.is_eface = false;
	go.size = TAB + 12 - FAKE_BASE;
	assert_refused(TAB, DATA, VOLE_UNREADABLE);
}

static void test_end_of_address_space(void **state)
{
	const uint64_t words[2] = { POINTER, DATA };

	(void)state;
	assert_false(open_words(UINT64_MAX - 7, DATA));
	assert_false(vole_iface_open(&go.rt, &type, words, UINT64_MAX - 7,
				     &iface, &err));
	type.is_eface = false;
	assert_false(open_words(UINT64_MAX - 7, DATA));
	assert_false(open_words(UINT64_MAX, DATA));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_nil),
		TEST(test_nil_with_data),
		TEST(test_empty_interface),
		TEST(test_more_than_a_word_in_the_word),
		TEST(test_interface_with_methods),
		TEST(test_types_without_debug_information),
		TEST(test_direct_value),
		TEST(test_wrong_hash),
		TEST(test_itab_made_at_run_time),
		TEST(test_absurd_words),
		TEST(test_truncated),
		TEST(test_end_of_address_space),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
