#include "runtime/slice.h"

#include "fake_go.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static struct fake_go go;
static struct vole_type type;
static struct vole_slice slice;
static struct vole_error err;

static int setup(void **state)
{
	(void)state;
	fake_go_open(&go);
	go.elem = *fake_type(&go, VOLE_KIND_INT, 8);
	type = *fake_type(&go, VOLE_KIND_SLICE, 24);
	type.elem = &go.elem;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_go_close(&go);
	return 0;
}

static bool sound(uint64_t data, uint64_t len, uint64_t cap)
{
	const uint64_t words[] = { data, len, cap };

	assert_true(vole_slice_open(&go.rt, &type, words, &slice, &err));
	assert_int_equal(slice.data, data);
	assert_int_equal(slice.len, len);
	return vole_slice_check(&slice, &err);
}

static void assert_unsound(uint64_t data, uint64_t len, uint64_t cap)
{
	assert_false(sound(data, len, cap));
	assert_int_equal(err.code, VOLE_CORRUPT);
	assert_non_null(strstr(err.text, "invalid length"));
}

static void test_slices(void **state)
{
	(void)state;
	assert_true(sound(0x1000, 2, 4));
	assert_int_equal(slice.cap, 4);
	assert_int_equal(slice.elem_size, 8);
	assert_ptr_equal(slice.elem, &go.elem);
	assert_true(sound(0, 0, 0));
	assert_true(sound(0x1000, 0, 0));
	/* Up to the last byte but one: past it no Go pointer may point. */
	assert_true(sound(UINT64_MAX - 16, 2, 2));
}

static void test_strings(void **state)
{
	const uint64_t words[] = { 0x1000, 5 };

	(void)state;
	type = *fake_type(&go, VOLE_KIND_STRING, 16);
	assert_true(vole_slice_open(&go.rt, &type, words, &slice, &err));
	assert_int_equal(slice.len, 5);
	assert_int_equal(slice.cap, 5);
	assert_int_equal(slice.elem_size, 1);
	assert_null(slice.elem);
	assert_true(vole_slice_check(&slice, &err));
}

static void test_absurd_headers(void **state)
{
	(void)state;
	assert_unsound(0x1000, 5, 4);
	assert_unsound(0x1000, 1, 0);
	assert_unsound(0x1000, UINT64_MAX, UINT64_MAX);
	assert_unsound(0x1000, 1, UINT64_C(1) << 63);
	assert_unsound(0x1000, 1, INT64_MAX);
	assert_unsound(0, 1, 1);
	assert_unsound(0, 0, 1);
}

static void test_end_of_address_space(void **state)
{
	(void)state;
	assert_unsound(UINT64_MAX - 7, 1, 2);
	assert_unsound(UINT64_MAX, 1, 1);
}

/* All of them lie at the same place. */
static void test_elements_of_no_size(void **state)
{
	(void)state;
	go.elem.size = 0;
	assert_true(sound(UINT64_MAX, 1000, INT64_MAX));
	assert_unsound(UINT64_MAX, 1000, 999);
}

static void test_other_kinds(void **state)
{
	const uint64_t words[] = { 1, 2, 3 };

	(void)state;
	type.kind = VOLE_KIND_MAP;
	assert_false(vole_slice_open(&go.rt, &type, words, &slice, &err));
	assert_int_equal(err.code, VOLE_USAGE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_slices),
		TEST(test_strings),
		TEST(test_absurd_headers),
		TEST(test_end_of_address_space),
		TEST(test_elements_of_no_size),
		TEST(test_other_kinds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
