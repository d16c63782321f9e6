#include "runtime/map_verify.h"

#include "fake_go.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

/*
 * These programs have no secret, so keys are not hashed here; see
 * test_keyhash.c, and map_flips.py for all of it.
 */
enum {
	MAP = FAKE_BASE + 0x2000,
	DIR = FAKE_BASE + 0x3000,
	TABLES = FAKE_BASE + 0x3800, /* 0x100 each */
	GROUPS = FAKE_BASE + 0x4000, /* 0x400 for each table */
	BUCKETS = FAKE_BASE + 0x8000,
	OLD = FAKE_BASE + 0xa000,
	CHAIN = FAKE_BASE + 0xc000,
	EXTRA = FAKE_BASE + 0xc800,
	GROUP = 8 + 8 * 16, /* of map[int]int */
	BUCKET = GROUP + 8,
	FULL = 0x11,
};

static struct fake_go go;
static struct vole_map_verify verify;
static struct vole_map map;
static struct vole_error err;
static struct vole_map_problem first;
static uint64_t room, old_room; /* of the arrays, in buckets */

static int setup_classic(void **state)
{
	(void)state;
	fake_go_open(&go);
	fake_classic(&go, 8, 8);
	/* Two buckets, three entries, one in a chain. */
	fake_put(&go, MAP, 8, 3);
	fake_put(&go, MAP + 9, 1, 1);
	fake_put(&go, MAP + 10, 2, 1);
	fake_put(&go, MAP + 16, 8, BUCKETS);
	fake_put(&go, BUCKETS, 1, FULL);
	fake_put(&go, BUCKETS + BUCKET, 8, UINT64_C(0x0101010101010111));
	fake_put(&go, BUCKETS + 2 * BUCKET - 8, 8, CHAIN);
	fake_put(&go, CHAIN, 1, FULL);
	return 0;
}

static int setup_swiss(void **state)
{
	(void)state;
	fake_go_open(&go);
	fake_swiss(&go, 8, 8, false);
	/* A table of two groups: two entries, a tombstone, eleven to come. */
	fake_put(&go, MAP, 8, 2);
	fake_put(&go, MAP + 16, 8, DIR);
	fake_put(&go, MAP + 24, 8, 1);
	fake_put(&go, MAP + 33, 1, 64);
	fake_put(&go, DIR, 8, TABLES);
	fake_put(&go, TABLES, 2, 2);
	fake_put(&go, TABLES + 2, 2, 16);
	fake_put(&go, TABLES + 4, 2, 11);
	fake_put(&go, TABLES + 16, 8, GROUPS);
	fake_put(&go, TABLES + 24, 8, 1);
	fake_put(&go, GROUPS, 8, UINT64_C(0x808080808080fe11));
	fake_put(&go, GROUPS + GROUP, 8, UINT64_C(0x8080808080808011));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_go_close(&go);
	room = old_room = 0;
	return 0;
}

static bool keep_first(void *arg, const struct vole_map_problem *problem)
{
	uint64_t *num = arg;

	if (!(*num)++)
		first = *problem;
	return true;
}

static uint64_t run(void)
{
	uint64_t num = 0;

	assert_true(vole_map_open(&go.rt, &go.map, MAP, &map, &err));
	verify = (struct vole_map_verify){ .map = &map,
					   .problem = keep_first,
					   .arg = &num,
					   .room = room,
					   .old_room = old_room };
	assert_true(vole_map_verify(&verify, &err));
	assert_int_equal(num, verify.num_problems);
	return num;
}

static void assert_found(enum vole_map_problem_kind kind)
{
	assert_true(run() > 0);
	assert_string_equal(vole_map_problem_name(first.kind),
			    vole_map_problem_name(kind));
	assert_false(first.possible);
}

static void test_a_right_map(void **state)
{
	(void)state;
	assert_int_equal(run(), 0);
	assert_int_equal(verify.entries, map.count);
	assert_int_equal(verify.unhashed, map.count);
}

static void test_a_wrong_count(void **state)
{
	(void)state;
	fake_put(&go, MAP, 8, map.count - 1);
	assert_found(VOLE_MAP_BAD_COUNT);
}

static void test_a_writer_makes_it_possible(void **state)
{
	(void)state;
	fake_put(&go, MAP, 8, 1);
	fake_put(&go, MAP + (go.rt.map == &vole_map_classic ? 8 : 34), 1,
		 go.rt.map == &vole_map_classic ? 4 : 1);
	assert_true(run() > 0);
	assert_true(first.possible);
}

static void test_flags_that_mean_nothing(void **state)
{
	(void)state;
	fake_put(&go, MAP + 8, 1, 16);
	assert_found(VOLE_MAP_BAD_HEADER);
	fake_put(&go, MAP + 8, 1, 8);
	assert_found(VOLE_MAP_BAD_HEADER);
}

static void test_overflow_buckets_are_counted(void **state)
{
	(void)state;
	fake_put(&go, MAP + 10, 2, 2);
	assert_found(VOLE_MAP_BAD_CHAIN);
}

static void test_a_chain_in_a_circle(void **state)
{
	(void)state;
	fake_put(&go, CHAIN + BUCKET - 8, 8, CHAIN);
	assert_found(VOLE_MAP_BAD_CHAIN);
}

static void test_a_chain_that_cannot_be_read(void **state)
{
	(void)state;
	fake_put(&go, BUCKETS + 2 * BUCKET - 8, 8, 0x10);
	assert_true(run() > 0);
	assert_int_equal(first.kind, VOLE_MAP_BAD_MEMORY);
	assert_true(first.possible);
}

static void test_an_entry_after_the_end(void **state)
{
	(void)state;
	fake_put(&go, BUCKETS, 8, UINT64_C(0x1100));
	assert_found(VOLE_MAP_BAD_CONTROL);
}

static void test_an_empty_slot_at_the_end(void **state)
{
	(void)state;
	fake_put(&go, BUCKETS, 8, UINT64_C(0x0111));
	assert_found(VOLE_MAP_BAD_CONTROL);
	assert_int_equal(first.addr, BUCKETS + 2);
}

static void test_a_moved_entry_in_the_new_array(void **state)
{
	(void)state;
	fake_put(&go, BUCKETS, 8, UINT64_C(0x0311));
	assert_found(VOLE_MAP_BAD_CONTROL);
}

/* Growing from one bucket to two; the old one has been moved. */
static void grow(void)
{
	fake_put(&go, MAP + 24, 8, OLD);
	fake_put(&go, OLD, 8, UINT64_C(0x0404040404040302));
	/* Or the array would be gone. */
	fake_put(&go, MAP + 9, 1, 2);
	fake_put(&go, OLD + BUCKET, 8, 0);
	fake_put(&go, MAP + 32, 8, 1);
}

static void test_growing(void **state)
{
	(void)state;
	grow();
	fake_put(&go, BUCKETS + BUCKET, 8, 0);
	fake_put(&go, BUCKETS + 2 * BUCKET - 8, 8, 0);
	fake_put(&go, MAP, 8, 1);
	fake_put(&go, MAP + 10, 2, 0);
	assert_int_equal(run(), 0);
}

static void test_an_entry_came_before_the_old_ones_moved(void **state)
{
	(void)state;
	grow();
	assert_found(VOLE_MAP_BAD_EVACUATION);
	assert_int_equal(first.addr, BUCKETS + BUCKET);
}

static void test_a_slot_that_did_not_move(void **state)
{
	(void)state;
	grow();
	fake_put(&go, OLD + 3, 1, FULL);
	fake_put(&go, BUCKETS + BUCKET, 8, 0);
	fake_put(&go, BUCKETS + 2 * BUCKET - 8, 8, 0);
	assert_found(VOLE_MAP_BAD_EVACUATION);
	assert_int_equal(first.addr, OLD + 3);
}

/*
 * 16 empty buckets, the first of which is followed by the first of three that
 * were made with the array.
 */
static void make_room(void)
{
	uint64_t kept = BUCKETS + 16 * BUCKET;
	unsigned i;

	fake_field(&go, VOLE_HMAP_EXTRA, 40, 8);
	fake_field(&go, VOLE_MAPEXTRA_OVERFLOW, 0, 8);
	fake_field(&go, VOLE_MAPEXTRA_OLD_OVERFLOW, 8, 8);
	fake_field(&go, VOLE_MAPEXTRA_NEXT_OVERFLOW, 16, 8);
	for (i = 0; i < 3 * BUCKET; i += 8)
		fake_put(&go, BUCKETS + i, 8, 0);
	fake_put(&go, MAP, 8, 0);
	fake_put(&go, MAP + 9, 1, 4);
	fake_put(&go, MAP + 40, 8, EXTRA);
	fake_put(&go, BUCKETS + BUCKET - 8, 8, kept);
	fake_put(&go, EXTRA + 16, 8, kept + BUCKET);
	fake_put(&go, kept + 3 * BUCKET - 8, 8, BUCKETS);
	room = 19;
}

static void test_buckets_that_wait(void **state)
{
	(void)state;
	make_room();
	assert_int_equal(run(), 0);
}

static void test_a_chain_begins_within_a_bucket_that_waited(void **state)
{
	(void)state;
	make_room();
	fake_put(&go, BUCKETS + BUCKET - 8, 8, BUCKETS + 16 * BUCKET + 16);
	assert_found(VOLE_MAP_BAD_CHAIN);
	assert_int_equal(first.addr, BUCKETS + 16 * BUCKET + 16);
}

static void test_a_chain_has_a_bucket_out_of_turn(void **state)
{
	(void)state;
	make_room();
	fake_put(&go, BUCKETS + BUCKET - 8, 8, BUCKETS + 17 * BUCKET);
	assert_found(VOLE_MAP_BAD_CHAIN);
	assert_int_equal(first.addr, EXTRA);
}

static void test_an_old_chain_begins_within_a_bucket(void **state)
{
	(void)state;
	make_room();
	fake_put(&go, MAP + 8, 1, 8); /* sameSizeGrow */
	fake_put(&go, MAP + 10, 2, 1);
	fake_put(&go, MAP + 24, 8, OLD);
	old_room = 17;
	fake_put(&go, OLD + BUCKET - 8, 8, OLD + 16 * BUCKET);
	assert_int_equal(run(), 0);
	fake_put(&go, OLD + BUCKET - 8, 8, OLD + 16 * BUCKET + 16);
	assert_found(VOLE_MAP_BAD_CHAIN);
	assert_int_equal(first.addr, OLD + 16 * BUCKET + 16);
}

static void test_nevacuate_without_growth(void **state)
{
	(void)state;
	fake_put(&go, MAP + 32, 8, 1);
	assert_int_equal(run(), 0);
	fake_put(&go, MAP + 32, 8, 5);
	assert_found(VOLE_MAP_BAD_EVACUATION);
}

static void test_a_control_byte_that_means_nothing(void **state)
{
	(void)state;
	fake_put(&go, GROUPS + 7, 1, 0x81);
	assert_found(VOLE_MAP_BAD_CONTROL);
}

static void test_a_tables_counts(void **state)
{
	(void)state;
	fake_put(&go, TABLES + 4, 2, 12);
	assert_found(VOLE_MAP_BAD_TABLE);
	fake_put(&go, TABLES + 4, 2, 11);
	fake_put(&go, TABLES, 2, 3);
	assert_found(VOLE_MAP_BAD_TABLE);
}

static void test_a_table_in_the_wrong_slot(void **state)
{
	(void)state;
	fake_put(&go, TABLES + 8, 8, 1);
	assert_found(VOLE_MAP_BAD_DIRECTORY);
}

static void test_a_directory_with_a_hole(void **state)
{
	(void)state;
	fake_put(&go, DIR, 8, 0);
	assert_found(VOLE_MAP_BAD_TABLE);
}

static void test_a_table_that_cannot_be_read(void **state)
{
	(void)state;
	fake_put(&go, DIR, 8, 0x10);
	assert_true(run() > 0);
	assert_int_equal(first.kind, VOLE_MAP_BAD_MEMORY);
}

static void test_a_small_map(void **state)
{
	(void)state;
	fake_put(&go, MAP + 16, 8, GROUPS + GROUP);
	fake_put(&go, MAP + 24, 8, 0);
	fake_put(&go, MAP + 33, 1, 0);
	fake_put(&go, MAP, 8, 1);
	assert_int_equal(run(), 0);
	fake_put(&go, MAP + 33, 1, 1);
	assert_found(VOLE_MAP_BAD_HEADER);
	fake_put(&go, MAP + 33, 1, 0);
	fake_put(&go, GROUPS + GROUP + 1, 1, 0xfe);
	assert_found(VOLE_MAP_BAD_CONTROL);
}

#define CLASSIC(name) \
	cmocka_unit_test_setup_teardown(name, setup_classic, teardown)
#define SWISS(name) cmocka_unit_test_setup_teardown(name, setup_swiss, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CLASSIC(test_a_right_map),
		CLASSIC(test_a_wrong_count),
		CLASSIC(test_a_writer_makes_it_possible),
		CLASSIC(test_flags_that_mean_nothing),
		CLASSIC(test_overflow_buckets_are_counted),
		CLASSIC(test_a_chain_in_a_circle),
		CLASSIC(test_a_chain_that_cannot_be_read),
		CLASSIC(test_an_entry_after_the_end),
		CLASSIC(test_an_empty_slot_at_the_end),
		CLASSIC(test_a_moved_entry_in_the_new_array),
		CLASSIC(test_growing),
		CLASSIC(test_an_entry_came_before_the_old_ones_moved),
		CLASSIC(test_a_slot_that_did_not_move),
		CLASSIC(test_buckets_that_wait),
		CLASSIC(test_a_chain_begins_within_a_bucket_that_waited),
		CLASSIC(test_a_chain_has_a_bucket_out_of_turn),
		CLASSIC(test_an_old_chain_begins_within_a_bucket),
		CLASSIC(test_nevacuate_without_growth),
		SWISS(test_a_right_map),
		SWISS(test_a_wrong_count),
		SWISS(test_a_writer_makes_it_possible),
		SWISS(test_a_control_byte_that_means_nothing),
		SWISS(test_a_tables_counts),
		SWISS(test_a_table_in_the_wrong_slot),
		SWISS(test_a_directory_with_a_hole),
		SWISS(test_a_table_that_cannot_be_read),
		SWISS(test_a_small_map),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
