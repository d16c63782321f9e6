#include "runtime/keyhash.h"

#include "fake_rtype.h"
#include "runtime/key_plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#define SEED UINT64_C(0x0123456789abcdef)
#define C0 UINT64_C(33054211828000289)
#define C1 UINT64_C(23344194077549503)

enum {
	REGULAR = 8, /* abi.TFlagRegularMemory */
	INT32 = FAKE_BASE + 0x100, /* descriptors */
	INT64 = FAKE_BASE + 0x180,
	STRING = FAKE_BASE + 0x200,
	FLOAT64 = FAKE_BASE + 0x280,
	EFACE = FAKE_BASE + 0x300,
	SLICE = FAKE_BASE + 0x380,
	EMPTY = FAKE_BASE + 0x400,
	POINTER = FAKE_BASE + 0x480,
	COMPOSITE = FAKE_BASE + 0x500,
	FIELDS = FAKE_BASE + 0x600,
	KEY = FAKE_BASE + 0x2000,
	OTHER_KEY = FAKE_BASE + 0x2100,
	TEXT = FAKE_BASE + 0x3000,
	TOWER = FAKE_BASE + 0x4000,
	/* Names, from FAKE_BASE. */
	NAME_A = 0x10,
	NAME_BLANK = 0x18,
};

static struct fake_go go;
static struct vole_keyhash keyhash;
static struct vole_error err;

static void put_type(uint64_t at, enum vole_kind kind, unsigned tflag,
		     uint64_t size)
{
	fake_rtype(&go, at, kind, tflag, NAME_A);
	fake_put(&go, at, 8, size);
}

static int setup(void **state)
{
	uint8_t schedule[128];
	unsigned i;

	(void)state;
	for (i = 0; i < sizeof(schedule); i++)
		schedule[i] = (uint8_t)(i * 7 + 1);
	fake_go_open(&go);
	fake_layout_types(&go);
	fake_name(&go, NAME_A, "a");
	fake_name(&go, NAME_BLANK, "_");
	put_type(INT32, VOLE_KIND_INT32, REGULAR, 4);
	put_type(INT64, VOLE_KIND_INT64, REGULAR, 8);
	put_type(STRING, VOLE_KIND_STRING, 0, 16);
	put_type(FLOAT64, VOLE_KIND_FLOAT64, 0, 8);
	put_type(EFACE, VOLE_KIND_INTERFACE, 0, 16);
	put_type(SLICE, VOLE_KIND_SLICE, 0, 24);
	put_type(EMPTY, VOLE_KIND_STRUCT, REGULAR, 0);
	put_type(POINTER, VOLE_KIND_PTR, REGULAR | FAKE_DIRECT, 8);
	keyhash = (struct vole_keyhash){ .rt = &go.rt, .seed = SEED };
	vole_arena_init(&keyhash.arena, 1 << 20);
	vole_memhash_init(&keyhash.mem);
	vole_memhash_set(&keyhash.mem, VOLE_MEMHASH_AES, schedule);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	vole_keyhash_close(&keyhash);
	fake_go_close(&go);
	return 0;
}

/* The hash of the key at KEY, a value of the type at @p rtype. */
static struct vole_key_hash hash_as(uint64_t rtype, enum vole_key_recipe recipe)
{
	struct vole_key_hash ret = { 0 };

	assert_true(vole_key_plan(&go.rt, rtype, recipe, &keyhash.arena,
				  &keyhash.key, &err));
	assert_true(vole_keyhash_at(&keyhash, KEY, &ret, &err));
	return ret;
}

static void assert_hash(uint64_t rtype, uint64_t expected)
{
	assert_int_equal(hash_as(rtype, VOLE_KEY_COMPILED).bits, expected);
	assert_int_equal(hash_as(rtype, VOLE_KEY_TYPEHASH).bits, expected);
}

static uint64_t bytes_hash(uint64_t addr, size_t len, uint64_t seed)
{
	return vole_memhash(&keyhash.mem, go.bytes + (addr - FAKE_BASE), len,
			    seed);
}

static void put_string(uint64_t addr, uint64_t data, uint64_t len)
{
	fake_put(&go, addr, 8, data);
	fake_put(&go, addr + 8, 8, len);
}

static void put_text(void)
{
	memcpy(go.bytes + (TEXT - FAKE_BASE), "some text of a key", 18);
}

static void put_struct(uint64_t num_fields, uint64_t size)
{
	put_type(COMPOSITE, VOLE_KIND_STRUCT, 0, size);
	fake_rtype_tail(&go, COMPOSITE, 0, FIELDS, num_fields);
}

static void test_words(void **state)
{
	(void)state;
	fake_put(&go, KEY, 8, UINT64_C(0xfedcba9876543210));
	assert_hash(INT32, vole_memhash32(&keyhash.mem, 0x76543210, SEED));
	assert_hash(INT64, vole_memhash64(&keyhash.mem,
					  UINT64_C(0xfedcba9876543210), SEED));
}

/* memhash0 returns the seed, typehash scrambles it. */
static void test_nothing(void **state)
{
	(void)state;
	assert_int_equal(hash_as(EMPTY, VOLE_KEY_COMPILED).bits, SEED);
	assert_int_equal(hash_as(EMPTY, VOLE_KEY_TYPEHASH).bits,
			 bytes_hash(KEY, 0, SEED));
}

static void test_string(void **state)
{
	(void)state;
	put_text();
	put_string(KEY, TEXT, 18);
	assert_hash(STRING, bytes_hash(TEXT, 18, SEED));
	put_string(KEY, 0, 0);
	assert_hash(STRING, bytes_hash(TEXT, 0, SEED));
}

static void test_floats(void **state)
{
	double one = 1, minus_zero = -0.0;
	uint64_t bits;

	(void)state;
	memcpy(&bits, &one, 8);
	fake_put(&go, KEY, 8, bits);
	assert_hash(FLOAT64, bytes_hash(KEY, 8, SEED));
	fake_put(&go, KEY, 8, 0);
	assert_hash(FLOAT64, C1 * (C0 ^ SEED));
	memcpy(&bits, &minus_zero, 8);
	fake_put(&go, KEY, 8, bits);
	assert_hash(FLOAT64, C1 * (C0 ^ SEED));
	assert_false(hash_as(FLOAT64, VOLE_KEY_COMPILED).random);
}

static void test_a_nan_is_random(void **state)
{
	(void)state;
	fake_put(&go, KEY, 8, UINT64_C(0x7ff8000000000001));
	assert_true(hash_as(FLOAT64, VOLE_KEY_COMPILED).random);
}

static void test_interfaces(void **state)
{
	(void)state;
	assert_hash(EFACE, SEED);
	fake_put(&go, KEY, 8, INT64);
	fake_put(&go, KEY + 8, 8, TEXT);
	fake_put(&go, TEXT, 8, 77);
	assert_hash(EFACE, C1 * vole_memhash64(&keyhash.mem, 77, SEED ^ C0));
	fake_put(&go, KEY, 8, POINTER);
	assert_hash(EFACE, C1 * vole_memhash64(&keyhash.mem, TEXT, SEED ^ C0));
}

static bool is_same(uint64_t rtype)
{
	bool same = false;

	hash_as(rtype, VOLE_KEY_COMPILED);
	assert_true(vole_keyhash_same(&keyhash, KEY, OTHER_KEY, &same, &err));
	return same;
}

static void test_keys_of_one_hash_may_be_the_same(void **state)
{
	(void)state;
	put_text();
	put_string(KEY, TEXT, 1);
	put_string(OTHER_KEY, TEXT + 9, 1); /* "t", not "s" */
	assert_false(is_same(STRING));
	put_string(OTHER_KEY, TEXT, 1);
	assert_true(is_same(STRING));
	fake_put(&go, KEY, 8, INT64);
	fake_put(&go, OTHER_KEY, 8, INT64);
	fake_put(&go, KEY + 8, 8, TEXT);
	fake_put(&go, OTHER_KEY + 8, 8, TEXT + 0x100);
	fake_put(&go, TEXT, 8, 77);
	fake_put(&go, TEXT + 0x100, 8, 77);
	assert_true(is_same(EFACE));
	/* Its hash is the same. */
	put_type(COMPOSITE, VOLE_KIND_UINT64, REGULAR, 8);
	fake_put(&go, OTHER_KEY, 8, COMPOSITE);
	assert_false(is_same(EFACE));
	fake_put(&go, KEY, 8, 0x7ff8000000000001);
	fake_put(&go, OTHER_KEY, 8, 0x7ff8000000000001);
	assert_false(is_same(FLOAT64));
}

/* struct{ a, b int32; s string }: the compiler joins a and b. */
static void test_fields_run_together(void **state)
{
	uint64_t run, word;

	(void)state;
	put_text();
	put_struct(3, 24);
	fake_rtype_field(&go, FIELDS, 0, NAME_A, INT32, 0);
	fake_rtype_field(&go, FIELDS, 1, NAME_A, INT32, 4);
	fake_rtype_field(&go, FIELDS, 2, NAME_A, STRING, 8);
	fake_put(&go, KEY, 4, 5);
	fake_put(&go, KEY + 4, 4, 6);
	put_string(KEY + 8, TEXT, 4);
	run = bytes_hash(KEY, 8, SEED);
	word = vole_memhash32(&keyhash.mem, 5, SEED);
	word = vole_memhash32(&keyhash.mem, 6, word);
	assert_int_equal(hash_as(COMPOSITE, VOLE_KEY_COMPILED).bits,
			 bytes_hash(TEXT, 4, run));
	assert_int_equal(hash_as(COMPOSITE, VOLE_KEY_TYPEHASH).bits,
			 bytes_hash(TEXT, 4, word));
}

/* struct{ a int32; _ int32; b int32; (padding) c int64 } */
static void test_blanks_and_padding_do_not_count(void **state)
{
	uint64_t hash = SEED;

	(void)state;
	put_struct(4, 24);
	fake_rtype_field(&go, FIELDS, 0, NAME_A, INT32, 0);
	fake_rtype_field(&go, FIELDS, 1, NAME_BLANK, INT32, 4);
	fake_rtype_field(&go, FIELDS, 2, NAME_A, INT32, 8);
	fake_rtype_field(&go, FIELDS, 3, NAME_A, INT64, 16);
	fake_put(&go, KEY, 4, 5);
	fake_put(&go, KEY + 4, 4, 0x55);
	fake_put(&go, KEY + 8, 4, 7);
	fake_put(&go, KEY + 12, 4, 0x66);
	fake_put(&go, KEY + 16, 8, 8);
	hash = bytes_hash(KEY, 4, hash);
	hash = bytes_hash(KEY + 8, 4, hash);
	hash = bytes_hash(KEY + 16, 8, hash);
	assert_int_equal(hash_as(COMPOSITE, VOLE_KEY_COMPILED).bits, hash);
}

static void test_arrays(void **state)
{
	(void)state;
	put_text();
	put_type(COMPOSITE, VOLE_KIND_ARRAY, 0, 32);
	fake_rtype_tail(&go, COMPOSITE, STRING, 0, 2);
	put_string(KEY, TEXT, 3);
	put_string(KEY + 16, TEXT + 3, 5);
	assert_hash(COMPOSITE,
		    bytes_hash(TEXT + 3, 5, bytes_hash(TEXT, 3, SEED)));
}

static void test_a_slice_is_no_key(void **state)
{
	(void)state;
	assert_false(vole_key_plan(&go.rt, SLICE, VOLE_KEY_COMPILED,
				   &keyhash.arena, &keyhash.key, &err));
	assert_int_equal(err.code, VOLE_UNSUPPORTED);
}

static void test_an_array_of_itself_ends(void **state)
{
	(void)state;
	put_type(COMPOSITE, VOLE_KIND_ARRAY, 0, 32);
	fake_rtype_tail(&go, COMPOSITE, COMPOSITE, 0, 1);
	assert_false(vole_key_plan(&go.rt, COMPOSITE, VOLE_KEY_COMPILED,
				   &keyhash.arena, &keyhash.key, &err));
	assert_int_equal(err.code, VOLE_CORRUPT);
}

/* Structs of two structs of two structs of nothing. */
static void test_a_key_of_too_many_parts_ends(void **state)
{
	enum { LEVELS = 40, STEP = 0x100, TOP = TOWER + LEVELS * STEP };
	uint64_t at;

	(void)state;
	put_type(TOWER, VOLE_KIND_STRUCT, 0, 0);
	for (at = TOWER + STEP; at <= TOP; at += STEP) {
		put_type(at, VOLE_KIND_STRUCT, 0, 0);
		fake_rtype_tail(&go, at, 0, at + 0x80, 2);
		fake_rtype_field(&go, at + 0x80, 0, NAME_A, at - STEP, 0);
		fake_rtype_field(&go, at + 0x80, 1, NAME_A, at - STEP, 0);
	}
	assert_false(vole_key_plan(&go.rt, TOP, VOLE_KEY_COMPILED,
				   &keyhash.arena, &keyhash.key, &err));
	assert_int_equal(err.code, VOLE_UNSUPPORTED);
}

/* Each part is a large one. */
static void test_a_key_of_too_many_bytes_ends(void **state)
{
	struct vole_key_hash ret;

	(void)state;
	put_type(TOWER, VOLE_KIND_ARRAY, REGULAR, 0x10000);
	put_type(COMPOSITE, VOLE_KIND_ARRAY, 0, 0);
	fake_rtype_tail(&go, COMPOSITE, TOWER, 0, UINT64_C(1) << 40);
	assert_true(vole_key_plan(&go.rt, COMPOSITE, VOLE_KEY_COMPILED,
				  &keyhash.arena, &keyhash.key, &err));
	assert_false(vole_keyhash_at(&keyhash, KEY, &ret, &err));
	assert_int_equal(err.code, VOLE_UNSUPPORTED);
}

static void assert_unreadable(uint64_t addr)
{
	struct vole_key_hash ret;

	assert_true(vole_key_plan(&go.rt, STRING, VOLE_KEY_COMPILED,
				  &keyhash.arena, &keyhash.key, &err));
	assert_false(vole_keyhash_at(&keyhash, addr, &ret, &err));
	assert_true(err.code == VOLE_UNREADABLE ||
		    err.code == VOLE_UNSUPPORTED || err.code == VOLE_CORRUPT);
}

static void test_strings_that_lie(void **state)
{
	(void)state;
	put_string(KEY, TEXT, 1 << 20);
	assert_unreadable(KEY);
	put_string(KEY, TEXT, UINT64_MAX);
	assert_unreadable(KEY);
	put_string(KEY, 8, 1);
	assert_unreadable(KEY);
	assert_unreadable(FAKE_BASE + FAKE_SIZE - 8);
	assert_unreadable(UINT64_MAX - 4);
}

/* An interface that holds an interface that holds it. */
static void test_interfaces_in_a_circle(void **state)
{
	struct vole_key_hash ret;

	(void)state;
	fake_put(&go, KEY, 8, EFACE);
	fake_put(&go, KEY + 8, 8, KEY);
	assert_true(vole_key_plan(&go.rt, EFACE, VOLE_KEY_COMPILED,
				  &keyhash.arena, &keyhash.key, &err));
	assert_false(vole_keyhash_at(&keyhash, KEY, &ret, &err));
	assert_int_equal(err.code, VOLE_UNSUPPORTED);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_words),
		TEST(test_nothing),
		TEST(test_string),
		TEST(test_floats),
		TEST(test_a_nan_is_random),
		TEST(test_interfaces),
		TEST(test_keys_of_one_hash_may_be_the_same),
		TEST(test_fields_run_together),
		TEST(test_blanks_and_padding_do_not_count),
		TEST(test_arrays),
		TEST(test_a_slice_is_no_key),
		TEST(test_an_array_of_itself_ends),
		TEST(test_a_key_of_too_many_parts_ends),
		TEST(test_a_key_of_too_many_bytes_ends),
		TEST(test_strings_that_lie),
		TEST(test_interfaces_in_a_circle),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
