#include "runtime/map_probe.h"

#include "fake_go.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

enum {
	MAP = FAKE_BASE + 0x2000,
	DIR = FAKE_BASE + 0x3000,
	TABLE = FAKE_BASE + 0x3800,
	GROUPS = FAKE_BASE + 0x4000,
	BUCKETS = FAKE_BASE + 0x8000,
	OLD = FAKE_BASE + 0xa000,
	CHAIN = FAKE_BASE + 0xc000,
	GROUP = 8 + 8 * 16, /* of map[int]int */
	BUCKET = GROUP + 8,
};

/* Top hash 0x20, bucket 1. */
#define CLASSIC_HASH UINT64_C(0x2000000000000001)
/* Control byte 0x21, group 1 first. */
#define SWISS_HASH UINT64_C(0x00000000000000a1)

static struct fake_go go;
static struct vole_map map;
static struct vole_map_probe probe;
static struct vole_map_probe_slot slot;
static struct vole_error err;

static int setup_classic(void **state)
{
	(void)state;
	fake_go_open(&go);
	fake_classic(&go, 8, 8);
	fake_put(&go, MAP, 8, 3);
	fake_put(&go, MAP + 9, 1, 1);
	fake_put(&go, MAP + 16, 8, BUCKETS);
	return 0;
}

/* A table of four groups, all without an empty slot. */
static int setup_swiss(void **state)
{
	unsigned i;

	(void)state;
	fake_go_open(&go);
	fake_swiss(&go, 8, 8, false);
	fake_put(&go, MAP, 8, 3);
	fake_put(&go, MAP + 16, 8, DIR);
	fake_put(&go, MAP + 24, 8, 1);
	fake_put(&go, MAP + 33, 1, 64);
	fake_put(&go, DIR, 8, TABLE);
	fake_put(&go, TABLE + 2, 2, 32);
	fake_put(&go, TABLE + 16, 8, GROUPS);
	fake_put(&go, TABLE + 24, 8, 3);
	for (i = 0; i < 4; i++)
		fake_put(&go, GROUPS + i * GROUP, 8,
			 UINT64_C(0xfefefefefefefefe));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_go_close(&go);
	return 0;
}

static void begin(uint64_t hash)
{
	assert_true(vole_map_open(&go.rt, &go.map, MAP, &map, &err));
	assert_true(vole_map_probe_begin(&map, hash, &probe, &err));
}

/* The next slot is this one. */
static void assert_slot(uint64_t unit, unsigned index,
			enum vole_map_slot_state state)
{
	assert_true(vole_map_probe_next(&probe, &slot, &err));
	assert_int_equal(slot.slot.unit, unit);
	assert_int_equal(slot.slot.index, index);
	assert_int_equal(slot.state, state);
}

static void assert_end(enum vole_code code)
{
	assert_false(vole_map_probe_next(&probe, &slot, &err));
	assert_int_equal(err.code, code);
	assert_false(vole_map_probe_next(&probe, &slot, &err));
}

static void pass_over(unsigned num)
{
	while (num--)
		assert_true(vole_map_probe_next(&probe, &slot, &err));
}

static void test_classic_ends_where_nothing_follows(void **state)
{
	(void)state;
	fake_put(&go, BUCKETS + BUCKET, 8, UINT64_C(0x200120ff));
	begin(CLASSIC_HASH);
	assert_int_equal(probe.control_wanted, 0x20);
	assert_slot(BUCKETS + BUCKET, 0, VOLE_MAP_OTHER);
	assert_slot(BUCKETS + BUCKET, 1, VOLE_MAP_MATCH);
	assert_int_equal(slot.slot.key, BUCKETS + BUCKET + 8 + 8);
	assert_slot(BUCKETS + BUCKET, 2, VOLE_MAP_EMPTY);
	assert_slot(BUCKETS + BUCKET, 3, VOLE_MAP_MATCH);
	assert_slot(BUCKETS + BUCKET, 4, VOLE_MAP_EMPTY_REST);
	assert_end(VOLE_OK);
}

/* Their hashes are not looked at when a program reads map[string]T. */
static void test_short_strings_of_one_bucket_are_all_matches(void **state)
{
	(void)state;
	fake_put(&go, MAP + 9, 1, 0);
	fake_put(&go, BUCKETS, 8, UINT64_C(0x2120ff));
	go.key.kind = VOLE_KIND_STRING;
	begin(CLASSIC_HASH);
	vole_map_probe_string(&probe, 31);
	pass_over(2);
	assert_slot(BUCKETS, 2, VOLE_MAP_MATCH);
	begin(CLASSIC_HASH);
	vole_map_probe_string(&probe, 32);
	pass_over(2);
	assert_slot(BUCKETS, 2, VOLE_MAP_OTHER);
}

static void test_strings_of_two_buckets_match_by_hash(void **state)
{
	(void)state;
	fake_put(&go, BUCKETS + BUCKET, 8, UINT64_C(0x21));
	go.key.kind = VOLE_KIND_STRING;
	begin(CLASSIC_HASH);
	vole_map_probe_string(&probe, 5);
	assert_slot(BUCKETS + BUCKET, 0, VOLE_MAP_OTHER);
}

/* mapaccess1_fast64() compares nothing else, to the end of the chain. */
static void test_words_of_a_classic_map_are_all_matches(void **state)
{
	(void)state;
	fake_put(&go, BUCKETS + BUCKET, 8, UINT64_C(0x0021012000030021));
	fake_put(&go, BUCKETS + 2 * BUCKET - 8, 8, CHAIN);
	fake_put(&go, CHAIN, 1, 0x22);
	begin(CLASSIC_HASH);
	vole_map_probe_word(&probe);
	assert_slot(BUCKETS + BUCKET, 0, VOLE_MAP_MATCH);
	assert_slot(BUCKETS + BUCKET, 1, VOLE_MAP_EMPTY);
	assert_slot(BUCKETS + BUCKET, 2, VOLE_MAP_MATCH);
	pass_over(5);
	assert_slot(CHAIN, 0, VOLE_MAP_MATCH);
	begin(CLASSIC_HASH);
	go.elem.size = 129;
	vole_map_probe_word(&probe);
	assert_slot(BUCKETS + BUCKET, 0, VOLE_MAP_OTHER);
	assert_slot(BUCKETS + BUCKET, 1, VOLE_MAP_EMPTY_REST);
	assert_end(VOLE_OK);
}

static void test_low_hashes_are_moved_up(void **state)
{
	(void)state;
	begin(UINT64_C(0x0300000000000000));
	assert_int_equal(probe.control_wanted, 8);
}

static void test_classic_follows_the_chain(void **state)
{
	(void)state;
	fake_put(&go, BUCKETS + BUCKET, 8, UINT64_C(0xffffffffffffffff));
	fake_put(&go, BUCKETS + 2 * BUCKET - 8, 8, CHAIN);
	fake_put(&go, CHAIN, 1, 0x20);
	begin(CLASSIC_HASH);
	pass_over(8);
	assert_slot(CHAIN, 0, VOLE_MAP_MATCH);
	assert_int_equal(slot.step, 1);
	assert_slot(CHAIN, 1, VOLE_MAP_EMPTY_REST);
	assert_end(VOLE_OK);
}

static void test_a_chain_in_a_circle_ends(void **state)
{
	unsigned i = 0;

	(void)state;
	fake_put(&go, BUCKETS + BUCKET, 8, UINT64_C(0xffffffffffffffff));
	fake_put(&go, BUCKETS + 2 * BUCKET - 8, 8, BUCKETS + BUCKET);
	begin(CLASSIC_HASH);
	while (vole_map_probe_next(&probe, &slot, &err))
		assert_true(++i < 1 << 20);
	assert_int_equal(err.code, VOLE_CORRUPT);
}

static void test_a_chain_that_cannot_be_read(void **state)
{
	(void)state;
	fake_put(&go, BUCKETS + BUCKET, 8, UINT64_C(0xffffffffffffffff));
	fake_put(&go, BUCKETS + 2 * BUCKET - 8, 8, 0x10);
	begin(CLASSIC_HASH);
	pass_over(8);
	assert_end(VOLE_UNREADABLE);
	fake_put(&go, BUCKETS + 2 * BUCKET - 8, 8, UINT64_MAX - 7);
	begin(CLASSIC_HASH);
	pass_over(8);
	assert_end(VOLE_CORRUPT);
}

/* From one bucket to two. */
static void test_growing(void **state)
{
	(void)state;
	fake_put(&go, MAP + 24, 8, OLD);
	fake_put(&go, OLD, 1, 0x20);
	begin(CLASSIC_HASH);
	assert_true(probe.old);
	assert_slot(OLD, 0, VOLE_MAP_MATCH);
	fake_put(&go, OLD, 1, 2);
	begin(CLASSIC_HASH);
	assert_false(probe.old);
	assert_slot(BUCKETS + BUCKET, 0, VOLE_MAP_EMPTY_REST);
}

/* Groups 1, 2, 0, 3: each step is longer by one. */
static void test_swiss_goes_on_without_an_empty_slot(void **state)
{
	(void)state;
	begin(SWISS_HASH);
	assert_int_equal(probe.control_wanted, 0x21);
	assert_slot(GROUPS + GROUP, 0, VOLE_MAP_DELETED);
	pass_over(7);
	assert_slot(GROUPS + 2 * GROUP, 0, VOLE_MAP_DELETED);
	pass_over(7);
	assert_slot(GROUPS, 0, VOLE_MAP_DELETED);
	pass_over(7);
	assert_slot(GROUPS + 3 * GROUP, 0, VOLE_MAP_DELETED);
	pass_over(7);
	assert_end(VOLE_OK);
}

static void test_swiss_ends_with_an_empty_slot(void **state)
{
	(void)state;
	fake_put(&go, GROUPS + GROUP, 8, UINT64_C(0x2180ff2011fefefe));
	begin(SWISS_HASH);
	assert_slot(GROUPS + GROUP, 0, VOLE_MAP_DELETED);
	pass_over(2);
	assert_slot(GROUPS + GROUP, 3, VOLE_MAP_OTHER);
	pass_over(2);
	assert_slot(GROUPS + GROUP, 6, VOLE_MAP_EMPTY);
	assert_slot(GROUPS + GROUP, 7, VOLE_MAP_MATCH);
	assert_end(VOLE_OK);
}

static void test_a_small_map_is_one_group(void **state)
{
	(void)state;
	fake_put(&go, MAP + 16, 8, GROUPS);
	fake_put(&go, MAP + 24, 8, 0);
	fake_put(&go, GROUPS + 7, 1, 0x21);
	begin(SWISS_HASH);
	pass_over(7);
	assert_slot(GROUPS, 7, VOLE_MAP_MATCH);
	assert_end(VOLE_OK);
}

static void test_words_of_a_group_are_all_matches(void **state)
{
	(void)state;
	fake_put(&go, MAP + 16, 8, GROUPS);
	fake_put(&go, MAP + 24, 8, 0);
	fake_put(&go, GROUPS, 2, 0x8022);
	begin(SWISS_HASH);
	vole_map_probe_word(&probe);
	assert_slot(GROUPS, 0, VOLE_MAP_MATCH);
	assert_slot(GROUPS, 1, VOLE_MAP_EMPTY);
	assert_slot(GROUPS, 2, VOLE_MAP_DELETED);
}

static void test_words_of_a_table_match_by_hash(void **state)
{
	(void)state;
	fake_put(&go, GROUPS + GROUP, 1, 0x22);
	begin(SWISS_HASH);
	vole_map_probe_word(&probe);
	assert_slot(GROUPS + GROUP, 0, VOLE_MAP_OTHER);
}

static void test_a_directory_with_a_hole(void **state)
{
	(void)state;
	fake_put(&go, DIR, 8, 0);
	assert_true(vole_map_open(&go.rt, &go.map, MAP, &map, &err));
	assert_false(vole_map_probe_begin(&map, SWISS_HASH, &probe, &err));
	assert_int_equal(err.code, VOLE_CORRUPT);
}

static void test_a_map_without_memory(void **state)
{
	(void)state;
	fake_put(&go, MAP, 8, 0);
	fake_put(&go, MAP + 16, 8, 0);
	fake_put(&go, MAP + 24, 8, 0);
	begin(SWISS_HASH);
	assert_end(VOLE_OK);
}

#define CLASSIC(name) \
	cmocka_unit_test_setup_teardown(name, setup_classic, teardown)
#define SWISS(name) cmocka_unit_test_setup_teardown(name, setup_swiss, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CLASSIC(test_classic_ends_where_nothing_follows),
		CLASSIC(test_short_strings_of_one_bucket_are_all_matches),
		CLASSIC(test_strings_of_two_buckets_match_by_hash),
		CLASSIC(test_words_of_a_classic_map_are_all_matches),
		CLASSIC(test_low_hashes_are_moved_up),
		CLASSIC(test_classic_follows_the_chain),
		CLASSIC(test_a_chain_in_a_circle_ends),
		CLASSIC(test_a_chain_that_cannot_be_read),
		CLASSIC(test_growing),
		SWISS(test_swiss_goes_on_without_an_empty_slot),
		SWISS(test_swiss_ends_with_an_empty_slot),
		SWISS(test_a_small_map_is_one_group),
		SWISS(test_words_of_a_group_are_all_matches),
		SWISS(test_words_of_a_table_match_by_hash),
		SWISS(test_a_directory_with_a_hole),
		SWISS(test_a_map_without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
