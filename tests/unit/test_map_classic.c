#include "fake_go.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

enum {
	HMAP = FAKE_BASE + 0x2000,
	BUCKETS = FAKE_BASE + 0x4000,
	OLD = FAKE_BASE + 0x8000,
	MORE = FAKE_BASE + 0xc000, /* overflow buckets */
	BOX = FAKE_BASE + 0x3000, /* indirect keys and elements */
	DESCRIPTOR = FAKE_BASE + 0x100,
	SIZE = 8 + 64 + 64 + 8, /* of a bucket of map[int]int */
};

static struct fake_go go;

static int setup(void **state)
{
	(void)state;
	fake_go_open(&go);
	fake_classic(&go, 8, 8);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_go_close(&go);
	return 0;
}

static void put_hmap(uint64_t count, unsigned b, uint64_t buckets)
{
	fake_put(&go, HMAP, 8, count);
	fake_put(&go, HMAP + 9, 1, b);
	fake_put(&go, HMAP + 16, 8, buckets);
}

static void put_growth(unsigned flags, uint64_t old, uint64_t nevacuate)
{
	fake_put(&go, HMAP + 8, 1, flags);
	fake_put(&go, HMAP + 24, 8, old);
	fake_put(&go, HMAP + 32, 8, nevacuate);
}

static void put_slot(uint64_t bucket, unsigned i, unsigned top, uint64_t key,
		     uint64_t elem)
{
	fake_put(&go, bucket + i, 1, top);
	fake_put(&go, bucket + 8 + 8 * i, 8, key);
	fake_put(&go, bucket + 72 + 8 * i, 8, elem);
}

static void put_overflow(uint64_t bucket, uint64_t next)
{
	fake_put(&go, bucket + SIZE - 8, 8, next);
}

/* Two buckets, an overflow bucket behind the second, three entries. */
static void put_small(void)
{
	put_hmap(3, 1, BUCKETS);
	put_slot(BUCKETS, 7, 5, 10, 100);
	put_slot(BUCKETS + SIZE, 0, 255, 11, 110);
	put_slot(BUCKETS + SIZE, 1, 1, 98, 980); /* deleted */
	put_overflow(BUCKETS + SIZE, MORE);
	put_slot(MORE, 3, 77, 12, 120);
}

static void test_every_entry_once(void **state)
{
	struct fake_walk walk;

	(void)state;
	put_small();
	walk = fake_walk_map(&go, HMAP);
	assert_true(walk.opened);
	assert_int_equal(walk.err.code, VOLE_OK);
	assert_int_equal(walk.len, 3);
	assert_int_equal(fake_times(&walk, 10, 100), 1);
	assert_int_equal(fake_times(&walk, 11, 110), 1);
	assert_int_equal(fake_times(&walk, 12, 120), 1);
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
	struct fake_walk walk = fake_walk_map(&go, HMAP);

	(void)state;
	assert_true(walk.opened);
	assert_int_equal(walk.len, 0);
	assert_int_equal(walk.err.code, VOLE_OK);
	put_hmap(0, 2, BUCKETS);
	walk = fake_walk_map(&go, HMAP);
	assert_true(walk.opened);
	assert_int_equal(walk.len, 0);
	assert_int_equal(walk.err.code, VOLE_OK);
}

/* B went from 1 to 2: old bucket 0 moved to 0 and 2, old bucket 1 did not. */
static void test_growth_by_doubling(void **state)
{
	struct fake_walk walk;

	(void)state;
	put_hmap(4, 2, BUCKETS);
	put_growth(0, OLD, 1);
	put_slot(BUCKETS, 0, 9, 20, 200);
	put_slot(BUCKETS + 2 * SIZE, 0, 9, 21, 210);
	put_slot(OLD, 0, 2, 20, 200);
	put_slot(OLD, 1, 3, 21, 210);
	put_slot(OLD + SIZE, 0, 9, 22, 220);
	put_overflow(OLD + SIZE, MORE);
	put_slot(MORE, 0, 9, 23, 230);
	/* Past the two old buckets: not looked at. */
	put_slot(OLD + 2 * SIZE, 0, 9, 99, 990);
	walk = fake_walk_map(&go, HMAP);
	assert_int_equal(walk.err.code, VOLE_OK);
	assert_int_equal(walk.len, 4);
	assert_int_equal(fake_times(&walk, 20, 200), 1);
	assert_int_equal(fake_times(&walk, 22, 220), 1);
	assert_int_equal(fake_times(&walk, 23, 230), 1);
}

static void test_growth_in_place(void **state)
{
	struct fake_walk walk;

	(void)state;
	put_hmap(3, 1, BUCKETS);
	put_growth(8, OLD, 1);
	put_slot(BUCKETS, 0, 9, 30, 300);
	put_slot(BUCKETS, 1, 9, 31, 310);
	put_slot(OLD, 0, 2, 30, 300);
	put_slot(OLD, 1, 2, 31, 310);
	put_slot(OLD + SIZE, 0, 9, 32, 320);
	walk = fake_walk_map(&go, HMAP);
	assert_int_equal(walk.err.code, VOLE_OK);
	assert_int_equal(walk.len, 3);
	assert_int_equal(fake_times(&walk, 32, 320), 1);
}

/* A writer has moved slot 0 of an old bucket and not slot 1. */
static void test_growth_caught_in_the_act(void **state)
{
	struct fake_walk walk;

	(void)state;
	put_hmap(2, 1, BUCKETS);
	put_growth(4, OLD, 0);
	put_slot(BUCKETS, 0, 9, 40, 400);
	put_slot(OLD, 0, 2, 40, 400);
	put_slot(OLD, 1, 9, 41, 410);
	walk = fake_walk_map(&go, HMAP);
	assert_int_equal(walk.err.code, VOLE_OK);
	assert_int_equal(walk.len, 2);
	assert_int_equal(fake_times(&walk, 40, 400), 1);
	assert_int_equal(fake_times(&walk, 41, 410), 1);
}

static void test_large_keys_are_pointed_to(void **state)
{
	struct fake_walk walk;

	(void)state;
	fake_classic(&go, 136, 200);
	put_hmap(1, 0, BUCKETS);
	put_slot(BUCKETS, 2, 9, BOX, BOX + 256);
	fake_put(&go, BOX, 8, 50);
	fake_put(&go, BOX + 256, 8, 500);
	walk = fake_walk_map(&go, HMAP);
	assert_int_equal(walk.err.code, VOLE_OK);
	assert_int_equal(fake_times(&walk, 50, 500), 1);
	put_slot(BUCKETS, 2, 9, 0, BOX);
	walk = fake_walk_map(&go, HMAP);
	assert_int_equal(walk.err.code, VOLE_CORRUPT);
	assert_int_equal(walk.err.addr, BUCKETS + 8 + 16);
}

static void test_elements_of_no_size(void **state)
{
	struct fake_walk walk;

	(void)state;
	fake_classic(&go, 8, 0);
	put_hmap(2, 0, BUCKETS);
	put_slot(BUCKETS, 0, 9, 60, MORE); /* elements[0] is the overflow */
	fake_put(&go, MORE, 1, 9);
	fake_put(&go, MORE + 8, 8, 61);
	walk = fake_walk_map(&go, HMAP);
	assert_int_equal(walk.err.code, VOLE_OK);
	assert_int_equal(walk.len, 2);
	assert_int_equal(walk.keys[0], 60);
	assert_int_equal(walk.keys[1], 61);
}

static void assert_refused(enum vole_code code)
{
	struct fake_walk walk = fake_walk_map(&go, HMAP);

	assert_false(walk.opened);
	assert_int_equal(walk.err.code, code);
}

static void test_absurd_headers(void **state)
{
	(void)state;
	put_small();
	put_hmap(3, 255, BUCKETS);
	assert_refused(VOLE_CORRUPT);
	put_hmap(UINT64_C(1) << 63, 1, BUCKETS);
	assert_refused(VOLE_CORRUPT);
	put_hmap(25, 1, BUCKETS);
	assert_refused(VOLE_CORRUPT);
	put_hmap(3, 1, 0);
	assert_refused(VOLE_CORRUPT);
	put_hmap(3, 1, BUCKETS + 1);
	assert_refused(VOLE_CORRUPT);
	put_hmap(3, 1, BUCKETS);
	put_growth(0, OLD + 4, 0);
	assert_refused(VOLE_CORRUPT);
	put_growth(0, BUCKETS + SIZE, 0);
	assert_refused(VOLE_CORRUPT);
	put_growth(0, OLD, 2);
	assert_refused(VOLE_CORRUPT);
	put_hmap(3, 0, BUCKETS); /* cannot have been half of that */
	put_growth(0, OLD, 0);
	assert_refused(VOLE_CORRUPT);
}

static void test_end_of_address_space(void **state)
{
	(void)state;
	assert_false(fake_walk_map(&go, UINT64_MAX - 7).opened);
	assert_false(fake_walk_map(&go, UINT64_MAX).opened);
	put_hmap(3, 1, UINT64_MAX - 7);
	assert_refused(VOLE_CORRUPT);
	put_hmap(3, 1, UINT64_MAX - 2 * SIZE - 7);
	assert_true(fake_walk_map(&go, HMAP).opened);
	put_hmap(3, 48, BUCKETS);
	assert_true(fake_walk_map(&go, HMAP).opened);
	put_hmap(3, 48, UINT64_C(0xffff000000000000));
	assert_refused(VOLE_CORRUPT);
}

static void test_unreadable_header(void **state)
{
	(void)state;
	assert_false(fake_walk_map(&go, 0x5000).opened);
	go.size = HMAP + 16 - FAKE_BASE;
	assert_refused(VOLE_UNREADABLE);
}

/* What lies before the cut is shown. */
static void test_cut_bucket_array(void **state)
{
	struct fake_walk walk;

	(void)state;
	put_hmap(9, 4, BUCKETS);
	put_slot(BUCKETS, 0, 9, 70, 700);
	put_slot(BUCKETS + SIZE, 0, 9, 71, 710);
	go.size = BUCKETS + 3 * SIZE - FAKE_BASE;
	walk = fake_walk_map(&go, HMAP);
	assert_true(walk.opened);
	assert_int_equal(walk.len, 2);
	assert_int_equal(walk.err.code, VOLE_UNREADABLE);
}

/* B is wrong; the memory behind the array is not walked to its end. */
static void test_array_that_ends_nowhere(void **state)
{
	struct fake_walk walk;

	(void)state;
	put_small();
	put_overflow(BUCKETS + SIZE, 0);
	put_hmap(2, 48, BUCKETS);
	walk = fake_walk_map(&go, HMAP);
	assert_int_equal(walk.len, 2);
	assert_int_equal(walk.err.code, VOLE_UNREADABLE);
}

static void assert_broken_chain(uint64_t overflow)
{
	struct fake_walk walk;

	put_small();
	put_overflow(MORE, overflow);
	walk = fake_walk_map(&go, HMAP);
	assert_true(walk.opened);
	assert_int_equal(walk.len, 3);
	assert_int_equal(walk.err.code, VOLE_CORRUPT);
}

static void test_overflow_chains(void **state)
{
	(void)state;
	assert_broken_chain(MORE); /* itself */
	assert_broken_chain(BUCKETS); /* the array */
	assert_broken_chain(BUCKETS + SIZE);
	assert_broken_chain(MORE + 4);
	assert_broken_chain(UINT64_MAX - 7);
	put_small();
	put_overflow(BUCKETS, MORE); /* two chains meet */
	assert_int_equal(fake_walk_map(&go, HMAP).err.code, VOLE_CORRUPT);
	put_overflow(BUCKETS, 0x5000);
	assert_int_equal(fake_walk_map(&go, HMAP).err.code, VOLE_UNREADABLE);
}

static void test_endless_chain(void **state)
{
	struct fake_walk walk;
	unsigned i;

	(void)state;
	put_hmap(1, 0, BUCKETS);
	put_overflow(BUCKETS, MORE);
	/* Overlapping, so that there are many. */
	for (i = 0; i < 0x3000; i += 8)
		fake_put(&go, MORE + SIZE - 8 + i, 8, MORE + 8 + i);
	fake_put(&go, MORE, 8, 0);
	walk = fake_walk_map(&go, HMAP);
	assert_int_equal(walk.err.code, VOLE_CORRUPT);
}

static void test_count_is_checked(void **state)
{
	struct fake_walk walk;

	(void)state;
	put_small();
	put_hmap(4, 1, BUCKETS);
	walk = fake_walk_map(&go, HMAP);
	assert_int_equal(walk.len, 3);
	assert_int_equal(walk.err.code, VOLE_CORRUPT);
	assert_string_equal(walk.err.text, "map says 4 entries, 3 found");
	put_hmap(2, 1, BUCKETS);
	walk = fake_walk_map(&go, HMAP);
	assert_int_equal(walk.len, 2);
	assert_int_equal(walk.err.code, VOLE_CORRUPT);
	put_growth(4, 0, 0); /* a writer is inside */
	walk = fake_walk_map(&go, HMAP);
	assert_int_equal(walk.len, 3);
	assert_int_equal(walk.err.code, VOLE_OK);
}

static void test_nothing_comes_after_the_end(void **state)
{
	struct vole_map_walk walk;
	struct vole_map_slot slot;
	struct vole_error err;
	struct vole_map map;

	(void)state;
	put_small();
	put_overflow(MORE, MORE);
	assert_true(vole_map_open(&go.rt, &go.map, HMAP, &map, &err));
	vole_map_walk_begin(&map, &walk);
	while (vole_map_walk_next(&walk, &slot, &err))
		;
	assert_int_equal(err.code, VOLE_CORRUPT);
	assert_false(vole_map_walk_next(&walk, &slot, &err));
	assert_int_equal(err.code, VOLE_OK);
	vole_map_walk_end(&walk);
}

/* abi.OldMapType: slot and bucket sizes and flags behind the common head. */
static void put_descriptor(unsigned key, unsigned elem, unsigned bucket)
{
	fake_has(&go, VOLE_STRUCT_CLASSIC_MAPTYPE, 88);
	fake_field(&go, VOLE_CLASSIC_MAPTYPE_KEY_SIZE, 80, 1);
	fake_field(&go, VOLE_CLASSIC_MAPTYPE_ELEM_SIZE, 81, 1);
	fake_field(&go, VOLE_CLASSIC_MAPTYPE_BUCKET_SIZE, 82, 2);
	fake_field(&go, VOLE_CLASSIC_MAPTYPE_FLAGS, 84, 4);
	fake_put(&go, DESCRIPTOR, 8, 8);
	fake_put(&go, DESCRIPTOR + 8, 8, 8);
	fake_put(&go, DESCRIPTOR + 21, 1, 8);
	fake_put(&go, DESCRIPTOR + 23, 1, VOLE_KIND_MAP);
	fake_put(&go, DESCRIPTOR + 80, 1, key);
	fake_put(&go, DESCRIPTOR + 81, 1, elem);
	fake_put(&go, DESCRIPTOR + 82, 2, bucket);
	go.map.source = VOLE_TYPE_DESCRIPTOR;
	go.map.ref = DESCRIPTOR;
}

static void test_shape_from_the_descriptor(void **state)
{
	struct vole_type *header = go.map.header;

	(void)state;
	put_small();
	put_descriptor(8, 8, SIZE);
	go.map.header = NULL;
	assert_int_equal(fake_walk_map(&go, HMAP).len, 3);
	put_descriptor(8, 8, 40);
	assert_refused(VOLE_CORRUPT);
	put_descriptor(4, 8, SIZE);
	assert_refused(VOLE_CORRUPT);
	/* A damaged descriptor is no matter where DWARF is. */
	go.map.header = header;
	assert_int_equal(fake_walk_map(&go, HMAP).len, 3);
}

static void test_no_shape_at_all(void **state)
{
	(void)state;
	put_small();
	go.map.header = NULL;
	assert_false(fake_walk_map(&go, HMAP).opened);
	go.rt.map = NULL;
	assert_refused(VOLE_NO_DEBUG_INFO);
}

static void test_marks_come_from_the_target(void **state)
{
	(void)state;
	put_small();
	go.rt.layout.has_const[VOLE_CONST_MIN_TOP_HASH] = true;
	go.rt.layout.value[VOLE_CONST_MIN_TOP_HASH] = 6;
	put_hmap(2, 1, BUCKETS);
	assert_int_equal(fake_walk_map(&go, HMAP).err.code, VOLE_OK);
}

static void test_only_maps_are_maps(void **state)
{
	(void)state;
	go.map.kind = VOLE_KIND_CHAN;
	assert_refused(VOLE_USAGE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_every_entry_once),
		TEST(test_nil_map),
		TEST(test_empty_map),
		TEST(test_growth_by_doubling),
		TEST(test_growth_in_place),
		TEST(test_growth_caught_in_the_act),
		TEST(test_large_keys_are_pointed_to),
		TEST(test_elements_of_no_size),
		TEST(test_absurd_headers),
		TEST(test_end_of_address_space),
		TEST(test_unreadable_header),
		TEST(test_cut_bucket_array),
		TEST(test_array_that_ends_nowhere),
		TEST(test_overflow_chains),
		TEST(test_endless_chain),
		TEST(test_count_is_checked),
		TEST(test_nothing_comes_after_the_end),
		TEST(test_shape_from_the_descriptor),
		TEST(test_no_shape_at_all),
		TEST(test_marks_come_from_the_target),
		TEST(test_only_maps_are_maps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
