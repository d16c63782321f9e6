#include "value/people.h"

#include "fake_go.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

enum { AT = FAKE_BASE + 0x2000, DATA = FAKE_BASE + 0x3000 };

static struct fake_go go;
static struct vole_arena arena;

static int setup(void **state)
{
	(void)state;
	fake_go_open(&go);
	vole_arena_init(&arena, 1 << 20);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	vole_arena_clear(&arena);
	fake_go_close(&go);
	return 0;
}

static const char *text_of(const struct vole_type *type, uint64_t addr)
{
	struct vole_value value = { .type = type,
				    .where = VOLE_IN_MEMORY,
				    .addr = addr };

	return vole_people_struct(&go.rt, &arena, &value);
}

/* type Buffer struct { buf []byte; off int } */
static struct vole_type *make_buffer(void)
{
	struct vole_type *type = fake_struct(&go, "bytes.Buffer", 32);

	fake_member(&go, type, "buf", fake_type(&go, VOLE_KIND_SLICE, 24), 0);
	fake_member(&go, type, "off", fake_type(&go, VOLE_KIND_INT, 8), 24);
	memcpy(go.bytes + (DATA - FAKE_BASE), "hello", 5);
	fake_put(&go, AT, 8, DATA);
	fake_put(&go, AT + 8, 8, 5);
	fake_put(&go, AT + 16, 8, 8);
	fake_put(&go, AT + 24, 8, 2);
	return type;
}

static void test_buffer(void **state)
{
	struct vole_type *type = make_buffer();

	(void)state;
	assert_string_equal(text_of(type, AT), "\"llo\"");
	fake_put(&go, AT + 24, 8, 5);
	assert_string_equal(text_of(type, AT), "\"\"");
}

/* Then its fields are shown, as they are. */
static void test_a_buffer_that_cannot_be(void **state)
{
	struct vole_type *type = make_buffer();

	(void)state;
	fake_put(&go, AT + 24, 8, 6);
	assert_null(text_of(type, AT));
	fake_put(&go, AT + 24, 8, UINT64_MAX);
	assert_null(text_of(type, AT));
	fake_put(&go, AT + 24, 8, 0);
	fake_put(&go, AT, 8, 0x10);
	assert_null(text_of(type, AT));
	fake_put(&go, AT + 8, 8, UINT64_MAX);
	assert_null(text_of(type, AT));
	assert_null(text_of(type, UINT64_MAX - 15));
}

/* type Int struct { neg bool; abs nat } */
static struct vole_type *make_big(void)
{
	struct vole_type *type = fake_struct(&go, "math/big.Int", 32);

	fake_member(&go, type, "neg", fake_type(&go, VOLE_KIND_BOOL, 1), 0);
	fake_member(&go, type, "abs", fake_type(&go, VOLE_KIND_SLICE, 24), 8);
	fake_put(&go, AT, 1, 1);
	fake_put(&go, AT + 8, 8, DATA);
	return type;
}

static void test_big_integers(void **state)
{
	struct vole_type *type = make_big();

	(void)state;
	assert_string_equal(text_of(type, AT), "-0");
	fake_put(&go, AT + 16, 8, 1);
	fake_put(&go, DATA, 8, UINT64_MAX);
	assert_string_equal(text_of(type, AT), "-18446744073709551615");
	fake_put(&go, AT + 16, 8, 2);
	fake_put(&go, DATA, 8, 0);
	fake_put(&go, DATA + 8, 8, 1);
	assert_string_equal(text_of(type, AT), "-18446744073709551616");
	fake_put(&go, AT + 16, 8, 1000);
	assert_null(text_of(type, AT));
	fake_put(&go, AT + 16, 8, 2);
	fake_put(&go, AT + 8, 8, 0x10);
	assert_null(text_of(type, AT));
}

static void test_locks(void **state)
{
	struct vole_type *type = fake_struct(&go, "sync.Mutex", 8);

	(void)state;
	fake_member(&go, type, "state", fake_type(&go, VOLE_KIND_INT32, 4), 0);
	fake_put(&go, AT, 4, 0);
	assert_string_equal(text_of(type, AT), "unlocked");
	fake_put(&go, AT, 4, 1);
	assert_string_equal(text_of(type, AT), "locked");
	fake_put(&go, AT, 4, 3 << 3 | 5);
	assert_string_equal(text_of(type, AT), "locked, 3 waiting, starving");
}

static void test_other_structs(void **state)
{
	struct vole_type *type = fake_struct(&go, "main.Mutex", 8);

	(void)state;
	assert_null(text_of(type, AT));
	type->name = "sync.Mutex";
	assert_null(text_of(type, AT));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_buffer),	  TEST(test_a_buffer_that_cannot_be),
		TEST(test_big_integers),  TEST(test_locks),
		TEST(test_other_structs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
