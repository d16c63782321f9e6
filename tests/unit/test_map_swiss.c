#include "fake_go.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

enum {
	MAP = FAKE_BASE + 0x2000,
	DIR = FAKE_BASE + 0x3000,
	TABLES = FAKE_BASE + 0x3800, /* 0x100 each */
	GROUPS = FAKE_BASE + 0x4000, /* 0x400 for each table */
	BOX = FAKE_BASE + 0x8000,
	DESCRIPTOR = FAKE_BASE + 0x100,
	GROUP = 8 + 8 * 16, /* of map[int]int */
	EMPTY = 0x80,
	DELETED = 0xfe,
};

static struct fake_go go;

static int setup(void **state)
{
	(void)state;
	fake_go_open(&go);
	fake_swiss(&go, 8, 8, false);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_go_close(&go);
	return 0;
}

static void put_map(uint64_t used, uint64_t dir, uint64_t dir_len,
		    unsigned depth)
{
	fake_put(&go, MAP, 8, used);
	fake_put(&go, MAP + 16, 8, dir);
	fake_put(&go, MAP + 24, 8, dir_len);
	fake_put(&go, MAP + 32, 1, depth);
	fake_put(&go, MAP + 33, 1, 64 - depth);
}

static void put_empty(uint64_t group)
{
	fake_put(&go, group, 8, UINT64_C(0x8080808080808080));
}

static void put_slot(uint64_t group, unsigned i, uint64_t key, uint64_t elem)
{
	fake_put(&go, group + i, 1, 0x11);
	fake_put(&go, group + 8 + 16 * i, 8, key);
	fake_put(&go, group + 16 + 16 * i, 8, elem);
}

static uint64_t table_at(unsigned n)
{
	return TABLES + 0x100 * n;
}

/* Table @p n at directory slot @p index, with two empty groups. */
static void put_table(unsigned n, uint64_t index, unsigned depth, unsigned used)
{
	uint64_t groups = GROUPS + 0x400 * n;

	fake_put(&go, table_at(n), 2, used);
	fake_put(&go, table_at(n) + 2, 2, 16);
	fake_put(&go, table_at(n) + 6, 1, depth);
	fake_put(&go, table_at(n) + 8, 8, index);
	fake_put(&go, table_at(n) + 16, 8, groups);
	fake_put(&go, table_at(n) + 24, 8, 1);
	put_empty(groups);
	put_empty(groups + GROUP);
}

static void put_dir(unsigned slot, uint64_t table)
{
	fake_put(&go, DIR + 8 * slot, 8, table);
}

/* Depth 2: table 0 has the first two slots, 1 and 2 one each; five entries. */
static void put_large(void)
{
	put_map(5, DIR, 4, 2);
	put_table(0, 0, 1, 2);
	put_table(1, 2, 2, 2);
	put_table(2, 3, 2, 1);
	put_dir(0, table_at(0));
	put_dir(1, table_at(0));
	put_dir(2, table_at(1));
	put_dir(3, table_at(2));
	put_slot(GROUPS, 0, 10, 100);
	put_slot(GROUPS + GROUP, 7, 11, 110);
	put_slot(GROUPS + 0x400, 3, 12, 120);
	put_slot(GROUPS + 0x400 + GROUP, 4, 13, 130);
	fake_put(&go, GROUPS + 0x400, 1, DELETED);
	put_slot(GROUPS + 0x800, 1, 14, 140);
}

static void test_every_entry_once(void **state)
{
	struct fake_walk walk;
	unsigned i;

	(void)state;
	put_large();
	walk = fake_walk_map(&go, MAP);
	assert_true(walk.opened);
	assert_int_equal(walk.err.code, VOLE_OK);
	assert_int_equal(walk.len, 5);
	for (i = 10; i < 15; i++)
		assert_int_equal(fake_times(&walk, i, 10 * i), 1);
}

static void test_small_map(void **state)
{
	struct fake_walk walk;
	unsigned i;

	(void)state;
	put_map(8, GROUPS, 0, 0);
	for (i = 0; i < 8; i++)
		put_slot(GROUPS, i, i, 2 * i);
	walk = fake_walk_map(&go, MAP);
	assert_int_equal(walk.err.code, VOLE_OK);
	assert_int_equal(walk.len, 8);
	for (i = 0; i < 8; i++)
		assert_int_equal(fake_times(&walk, i, 2 * i), 1);
}

static void test_nil_map(void **state)
{
	struct fake_walk walk = fake_walk_map(&go, 0);

	(void)state;
	assert_true(walk.opened);
	assert_int_equal(walk.len, 0);
	assert_int_equal(walk.err.code, VOLE_OK);
}

static void test_empty_map(void **state)
{
	struct fake_walk walk = fake_walk_map(&go, MAP);

	(void)state;
	assert_true(walk.opened);
	assert_int_equal(walk.len, 0);
	assert_int_equal(walk.err.code, VOLE_OK);
	put_empty(GROUPS);
	put_map(0, GROUPS, 0, 0);
	walk = fake_walk_map(&go, MAP);
	assert_int_equal(walk.len, 0);
	assert_int_equal(walk.err.code, VOLE_OK);
	put_map(0, DIR, 1, 0);
	put_table(0, 0, 0, 0);
	put_dir(0, table_at(0));
	walk = fake_walk_map(&go, MAP);
	assert_int_equal(walk.len, 0);
	assert_int_equal(walk.err.code, VOLE_OK);
}

static void test_large_keys_are_pointed_to(void **state)
{
	struct fake_walk walk;

	(void)state;
	fake_swiss(&go, 136, 200, false);
	put_map(1, GROUPS, 0, 0);
	put_empty(GROUPS);
	put_slot(GROUPS, 5, BOX, BOX + 256);
	fake_put(&go, BOX, 8, 50);
	fake_put(&go, BOX + 256, 8, 500);
	walk = fake_walk_map(&go, MAP);
	assert_int_equal(walk.err.code, VOLE_OK);
	assert_int_equal(fake_times(&walk, 50, 500), 1);
	put_slot(GROUPS, 5, BOX, 0);
	walk = fake_walk_map(&go, MAP);
	assert_int_equal(walk.err.code, VOLE_CORRUPT);
	assert_int_equal(walk.err.addr, GROUPS + 16 + 16 * 5);
}

/* The compiler pads a slot whose element has no size. */
static void test_elements_of_no_size(void **state)
{
	struct fake_walk walk;

	(void)state;
	fake_swiss(&go, 8, 0, false);
	put_map(2, GROUPS, 0, 0);
	put_empty(GROUPS);
	put_slot(GROUPS, 0, 60, 0);
	put_slot(GROUPS, 7, 61, 0);
	walk = fake_walk_map(&go, MAP);
	assert_int_equal(walk.err.code, VOLE_OK);
	assert_int_equal(walk.len, 2);
	assert_int_equal(walk.keys[0], 60);
	assert_int_equal(walk.keys[1], 61);
}

/* GOEXPERIMENT=mapsplitgroup: keys in one array, elements in another. */
static void put_split(void)
{
	put_map(2, GROUPS, 0, 0);
	put_empty(GROUPS);
	fake_put(&go, GROUPS + 1, 1, 0x11);
	fake_put(&go, GROUPS + 6, 1, 0x11);
	fake_put(&go, GROUPS + 8 + 8, 8, 70);
	fake_put(&go, GROUPS + 8 + 48, 8, 71);
	fake_put(&go, GROUPS + 72 + 8, 8, 700);
	fake_put(&go, GROUPS + 72 + 48, 8, 710);
}

static void assert_split(void)
{
	struct fake_walk walk = fake_walk_map(&go, MAP);

	assert_int_equal(walk.err.code, VOLE_OK);
	assert_int_equal(walk.len, 2);
	assert_int_equal(fake_times(&walk, 70, 700), 1);
	assert_int_equal(fake_times(&walk, 71, 710), 1);
}

static void test_split_groups(void **state)
{
	(void)state;
	fake_swiss(&go, 8, 8, true);
	put_split();
	assert_split();
}

static void assert_refused(enum vole_code code)
{
	struct fake_walk walk = fake_walk_map(&go, MAP);

	assert_false(walk.opened);
	assert_int_equal(walk.err.code, code);
}

static void test_absurd_headers(void **state)
{
	(void)state;
	put_large();
	put_map(5, DIR, 4, 255);
	assert_refused(VOLE_CORRUPT);
	put_map(5, DIR, 3, 2);
	assert_refused(VOLE_CORRUPT);
	put_map(5, DIR, 8, 2);
	assert_refused(VOLE_CORRUPT);
	put_map(5, DIR, UINT64_MAX, 2);
	assert_refused(VOLE_CORRUPT);
	put_map(5, DIR, 0, 2);
	assert_refused(VOLE_CORRUPT);
	put_map(5, 0, 4, 2);
	assert_refused(VOLE_CORRUPT);
	put_map(5, DIR + 1, 4, 2);
	assert_refused(VOLE_CORRUPT);
	put_map(UINT64_C(1) << 63, DIR, 4, 2);
	assert_refused(VOLE_CORRUPT);
	put_map(9, GROUPS, 0, 0);
	assert_refused(VOLE_CORRUPT);
	put_map(1, 0, 0, 0);
	assert_refused(VOLE_CORRUPT);
}

static void test_end_of_address_space(void **state)
{
	(void)state;
	assert_false(fake_walk_map(&go, UINT64_MAX - 7).opened);
	assert_false(fake_walk_map(&go, UINT64_MAX - 31).opened);
	put_map(5, UINT64_MAX - 7, 4, 2);
	assert_refused(VOLE_CORRUPT);
	put_map(5, UINT64_MAX - 7, 0, 0);
	assert_refused(VOLE_CORRUPT);
	put_large();
	put_dir(0, UINT64_MAX - 7);
	assert_int_equal(fake_walk_map(&go, MAP).err.code, VOLE_CORRUPT);
	put_large();
	fake_put(&go, table_at(0) + 16, 8, UINT64_MAX - 2 * GROUP + 1);
	assert_int_equal(fake_walk_map(&go, MAP).err.code, VOLE_CORRUPT);
}

static void test_unreadable_header(void **state)
{
	(void)state;
	assert_false(fake_walk_map(&go, 0x5000).opened);
	go.size = MAP + 16 - FAKE_BASE;
	assert_refused(VOLE_UNREADABLE);
}

/* What lies before the cut is shown. */
static void test_cut_groups(void **state)
{
	struct fake_walk walk;

	(void)state;
	put_large();
	go.size = GROUPS + 0x400 + 8 - FAKE_BASE;
	walk = fake_walk_map(&go, MAP);
	assert_true(walk.opened);
	assert_int_equal(walk.err.code, VOLE_UNREADABLE);
	assert_int_equal(walk.len, 3);
}

static void assert_bad_table(void)
{
	struct fake_walk walk = fake_walk_map(&go, MAP);

	assert_true(walk.opened);
	assert_int_equal(walk.len, 2); /* those of table 0 */
	assert_int_equal(walk.err.code, VOLE_CORRUPT);
	put_large();
}

/* Each time table 1 is the wrong one. */
static void test_absurd_tables(void **state)
{
	(void)state;
	put_large();
	put_dir(2, 0);
	assert_bad_table();
	put_dir(2, table_at(0)); /* once more */
	assert_bad_table();
	put_dir(2, table_at(1) + 4);
	assert_bad_table();
	fake_put(&go, table_at(1) + 8, 8, UINT64_MAX); /* stale */
	assert_bad_table();
	fake_put(&go, table_at(1) + 6, 1, 3);
	assert_bad_table();
	fake_put(&go, table_at(1) + 6, 1, 0); /* would take all four slots */
	assert_bad_table();
	fake_put(&go, table_at(1) + 6, 1, 1); /* would take slot 3 too */
	assert_bad_table();
	fake_put(&go, table_at(1) + 24, 8, 2); /* no 2^n - 1 */
	assert_bad_table();
	fake_put(&go, table_at(1) + 24, 8, UINT64_MAX);
	assert_bad_table();
	fake_put(&go, table_at(1) + 24, 8, 3); /* of 16 slots */
	assert_bad_table();
	fake_put(&go, table_at(1), 2, 17); /* entries in 16 slots */
	assert_bad_table();
	fake_put(&go, table_at(1) + 16, 8, GROUPS + 3);
	assert_bad_table();
}

static void test_random_control_bytes(void **state)
{
	struct fake_walk walk;

	(void)state;
	put_large();
	fake_put(&go, GROUPS + 0x400 + GROUP, 1, 0x90);
	walk = fake_walk_map(&go, MAP);
	assert_int_equal(walk.len, 3);
	assert_int_equal(walk.err.code, VOLE_CORRUPT);
	assert_int_equal(walk.err.addr, GROUPS + 0x400 + GROUP);
}

static void test_count_is_checked(void **state)
{
	struct fake_walk walk;

	(void)state;
	put_large();
	put_map(6, DIR, 4, 2);
	walk = fake_walk_map(&go, MAP);
	assert_int_equal(walk.len, 5);
	assert_int_equal(walk.err.code, VOLE_CORRUPT);
	assert_string_equal(walk.err.text, "map says 6 entries, 5 found");
	put_map(4, DIR, 4, 2);
	walk = fake_walk_map(&go, MAP);
	assert_int_equal(walk.len, 4);
	assert_int_equal(walk.err.code, VOLE_CORRUPT);
	fake_put(&go, MAP + 34, 1, 1); /* a writer is inside */
	walk = fake_walk_map(&go, MAP);
	assert_int_equal(walk.len, 5);
	assert_int_equal(walk.err.code, VOLE_OK);
}

/* abi.MapType: the place of each part in a group behind the common head. */
static void put_descriptor(const uint64_t *words, size_t num)
{
	size_t i;

	fake_put(&go, DESCRIPTOR, 8, 8);
	fake_put(&go, DESCRIPTOR + 8, 8, 8);
	fake_put(&go, DESCRIPTOR + 21, 1, 8);
	fake_put(&go, DESCRIPTOR + 23, 1, VOLE_KIND_MAP);
	for (i = 0; i < num; i++)
		fake_put(&go, DESCRIPTOR + 80 + 8 * i, 8, words[i]);
	go.map.source = VOLE_TYPE_DESCRIPTOR;
	go.map.ref = DESCRIPTOR;
	go.map.header = NULL;
}

static void test_shape_from_the_descriptor(void **state)
{
	static const uint64_t good[] = { GROUP, 16, 8, 0 };
	static const uint64_t small[] = { 64, 16, 8, 0 };
	static const uint64_t overlap[] = { GROUP, 16, UINT64_MAX - 4, 0 };
	static const uint64_t huge[] = { UINT64_MAX, UINT64_MAX / 2, 8, 0 };

	(void)state;
	fake_has(&go, VOLE_STRUCT_SWISS_MAPTYPE, 112);
	fake_field(&go, VOLE_SWISS_MAPTYPE_GROUP_SIZE, 80, 8);
	fake_field(&go, VOLE_SWISS_MAPTYPE_SLOT_SIZE, 88, 8);
	fake_field(&go, VOLE_SWISS_MAPTYPE_ELEM_OFF, 96, 8);
	fake_field(&go, VOLE_SWISS_MAPTYPE_FLAGS, 104, 4);
	put_large();
	put_descriptor(good, 4);
	assert_int_equal(fake_walk_map(&go, MAP).len, 5);
	put_descriptor(small, 4);
	assert_refused(VOLE_CORRUPT);
	put_descriptor(overlap, 4);
	assert_refused(VOLE_CORRUPT);
	put_descriptor(huge, 4);
	assert_refused(VOLE_CORRUPT);
}

/* Go 1.27 gives offset and stride of both. */
static void test_split_shape_from_the_descriptor(void **state)
{
	static const uint64_t split[] = { GROUP, 8, 8, 72, 8, 0 };
	static const uint64_t outside[] = { GROUP, 8, 8, 80, 8, 0 };

	(void)state;
	fake_has(&go, VOLE_STRUCT_SWISS_MAPTYPE, 128);
	fake_field(&go, VOLE_SWISS_MAPTYPE_GROUP_SIZE, 80, 8);
	fake_field(&go, VOLE_SWISS_MAPTYPE_KEYS_OFF, 88, 8);
	fake_field(&go, VOLE_SWISS_MAPTYPE_KEY_STRIDE, 96, 8);
	fake_field(&go, VOLE_SWISS_MAPTYPE_ELEMS_OFF, 104, 8);
	fake_field(&go, VOLE_SWISS_MAPTYPE_ELEM_STRIDE, 112, 8);
	fake_field(&go, VOLE_SWISS_MAPTYPE_FLAGS, 120, 4);
	put_split();
	put_descriptor(split, 6);
	assert_split();
	put_descriptor(outside, 6);
	assert_refused(VOLE_CORRUPT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_every_entry_once),
		TEST(test_small_map),
		TEST(test_nil_map),
		TEST(test_empty_map),
		TEST(test_large_keys_are_pointed_to),
		TEST(test_elements_of_no_size),
		TEST(test_split_groups),
		TEST(test_absurd_headers),
		TEST(test_end_of_address_space),
		TEST(test_unreadable_header),
		TEST(test_cut_groups),
		TEST(test_absurd_tables),
		TEST(test_random_control_bytes),
		TEST(test_count_is_checked),
		TEST(test_shape_from_the_descriptor),
		TEST(test_split_shape_from_the_descriptor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
