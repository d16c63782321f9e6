#include "runtime/map_iter.h"

#include "fake_iter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

enum {
	TYPE = FAKE_BASE + 0x100,
	MAP = FAKE_BASE + 0x2000,
	ITER = FAKE_BASE + 0x2800,
	DIR = FAKE_BASE + 0x3000,
	TABLES = FAKE_BASE + 0x3800, /* 0x100 each */
	GROUPS = FAKE_BASE + 0x4000, /* 0x400 for each table */
	BUCKETS = FAKE_BASE + 0x8000,
	CHAIN = FAKE_BASE + 0xc000,
	FORMER = FAKE_BASE + 0x10000, /* an array */
	GROUP = 8 + 8 * 16, /* of map[int]int */
	BUCKET = GROUP + 8,
};

static struct fake_go go;
static struct vole_map map;
static struct vole_map_iter iter;
static struct vole_error err;

/*
 * Two buckets: slots 1, 3 and 5 of the second, one in its chain, one in the
 * first. The loop began at the second, with slot 2, and is at slot 3.
 */
static int setup_classic(void **state)
{
	(void)state;
	fake_go_open(&go);
	fake_classic(&go, 8, 8);
	go.map.runtime_type = TYPE - FAKE_BASE;
	fake_hiter(&go);
	fake_put(&go, MAP, 8, 5);
	fake_put(&go, MAP + 9, 1, 1);
	fake_put(&go, MAP + 16, 8, BUCKETS);
	fake_put(&go, BUCKETS, 1, 0x11);
	fake_put(&go, BUCKETS + BUCKET, 8, UINT64_C(0x110111011101));
	fake_put(&go, BUCKETS + 2 * BUCKET - 8, 8, CHAIN);
	fake_put(&go, CHAIN, 1, 0x11);
	fake_put(&go, ITER, 8, BUCKETS + BUCKET + 8 + 3 * 8);
	fake_put(&go, ITER + 16, 8, TYPE);
	fake_put(&go, ITER + 24, 8, MAP);
	fake_put(&go, ITER + 32, 8, BUCKETS);
	fake_put(&go, ITER + 40, 8, BUCKETS + BUCKET);
	fake_put(&go, ITER + 64, 8, 1);
	fake_put(&go, ITER + 72, 1, 2);
	fake_put(&go, ITER + 73, 1, 1);
	fake_put(&go, ITER + 74, 1, 1);
	fake_put(&go, ITER + 75, 1, 2);
	fake_put(&go, ITER + 80, 8, 0);
	fake_put(&go, ITER + 88, 8, UINT64_MAX);
	return 0;
}

/*
 * Two tables of one group: slots 0, 2 and 7 of the first, two entries in the
 * second. The loop began with the second table's slot and slot 2 of each, and
 * is at slot 7 of the first.
 */
static int setup_swiss(void **state)
{
	unsigned i;

	(void)state;
	fake_go_open(&go);
	fake_swiss(&go, 8, 8, false);
	go.map.runtime_type = TYPE - FAKE_BASE;
	fake_swissiter(&go);
	fake_put(&go, MAP, 8, 5);
	fake_put(&go, MAP + 16, 8, DIR);
	fake_put(&go, MAP + 24, 8, 2);
	fake_put(&go, MAP + 32, 1, 1);
	fake_put(&go, MAP + 33, 1, 63);
	for (i = 0; i < 2; i++) {
		fake_put(&go, DIR + 8 * i, 8, TABLES + 0x100 * i);
		fake_put(&go, TABLES + 0x100 * i, 2, i ? 2 : 3);
		fake_put(&go, TABLES + 0x100 * i + 2, 2, 8);
		fake_put(&go, TABLES + 0x100 * i + 6, 1, 1);
		fake_put(&go, TABLES + 0x100 * i + 8, 8, i);
		fake_put(&go, TABLES + 0x100 * i + 16, 8, GROUPS + 0x400 * i);
	}
	fake_put(&go, GROUPS, 8, UINT64_C(0x1180808080118011));
	fake_put(&go, ITER, 8, GROUPS + 8 + 7 * 16);
	fake_put(&go, ITER + 16, 8, TYPE);
	fake_put(&go, ITER + 24, 8, MAP);
	fake_put(&go, ITER + 32, 8, 2);
	fake_put(&go, ITER + 56, 1, 1);
	fake_put(&go, ITER + 72, 8, TABLES);
	fake_put(&go, ITER + 80, 8, GROUPS);
	fake_put(&go, ITER + 88, 8, 6);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_go_close(&go);
	return 0;
}

static bool read_iter(void)
{
	assert_true(vole_map_open(&go.rt, &go.map, MAP, &map, &err));
	return vole_map_iter_read(&map, NULL, ITER, &iter);
}

static void test_classic(void **state)
{
	(void)state;
	assert_true(read_iter());
	assert_int_equal(iter.unit, BUCKETS + BUCKET);
	assert_int_equal(iter.index, 3);
	assert_true(iter.grown_known);
	assert_false(iter.grown);
	/* Slots 5 and 1, the chain's, and the first bucket's. */
	assert_int_equal(iter.units_left, 1);
	assert_true(iter.entries_known);
	assert_int_equal(iter.entries_left, 4);
}

static void test_classic_grown(void **state)
{
	(void)state;
	fake_put(&go, ITER + 32, 8, FORMER);
	/* An entry, one that moved, and an empty one that was passed. */
	fake_put(&go, FORMER, 8, 0x040211);
	assert_true(read_iter());
	assert_true(iter.grown);
	assert_int_equal(iter.doublings, 0);
	assert_int_equal(iter.walks, VOLE_MAP_WALKS_FORMER);
	assert_int_equal(iter.array, FORMER);
	assert_int_equal(iter.array_size, 2 * BUCKET);
	assert_true(iter.entries_known);
	assert_true(iter.entries_limit);
	assert_int_equal(iter.entries_left, 5);
	/* Nothing was looked up. */
	assert_false(iter.gone_known);
}

/* A bucket that is followed by itself. */
static void test_classic_endless_chain(void **state)
{
	(void)state;
	fake_put(&go, CHAIN + BUCKET - 8, 8, CHAIN);
	assert_true(read_iter());
	assert_false(iter.entries_known);
}

static bool stop(void *arg)
{
	++*(unsigned *)arg;
	return true;
}

static void test_classic_interrupted(void **state)
{
	unsigned asked = 0;
	const struct vole_map_iter_help help = { .interrupted = stop,
						 .arg = &asked };

	(void)state;
	fake_put(&go, CHAIN + BUCKET - 8, 8, CHAIN);
	assert_true(vole_map_open(&go.rt, &go.map, MAP, &map, &err));
	assert_true(vole_map_iter_read(&map, &help, ITER, &iter));
	assert_false(iter.entries_known);
	assert_int_equal(asked, 1);
}

/* An array of more buckets than anyone would wait for. */
static void test_classic_huge(void **state)
{
	(void)state;
	fake_put(&go, MAP + 9, 1, 23);
	fake_put(&go, ITER + 74, 1, 23);
	fake_put(&go, ITER + 73, 1, 0);
	fake_put(&go, ITER + 80, 8, 2);
	assert_true(read_iter());
	assert_false(iter.entries_known);
}

/* It stands in an old bucket that the map has moved since. */
static void test_classic_moved(void **state)
{
	(void)state;
	fake_put(&go, MAP + 24, 8, FORMER);
	fake_put(&go, MAP + 8, 1, 8); /* sameSizeGrow */
	fake_put(&go, ITER, 8, FORMER + BUCKET + 8 + 3 * 8);
	fake_put(&go, ITER + 40, 8, FORMER + BUCKET);
	fake_put(&go, ITER + 88, 8, 1);
	fake_put(&go, FORMER + BUCKET, 8, UINT64_C(0x110101011101));
	assert_true(read_iter());
	assert_true(iter.gone_known);
	assert_true(iter.gone);
	/* Whether that is the one it gave, or came later. */
	fake_put(&go, FORMER + BUCKET, 8, UINT64_C(0x110111011101));
	assert_true(read_iter());
	assert_false(iter.gone_known);
	fake_put(&go, FORMER + BUCKET, 8, UINT64_C(0x040204020402));
	assert_true(read_iter());
	assert_false(iter.gone_known);
}

/* The map doubles, and the loop goes through what is left of the old array. */
static void test_classic_growing(void **state)
{
	(void)state;
	fake_put(&go, MAP + 9, 1, 2);
	fake_put(&go, MAP + 16, 8, FORMER);
	fake_put(&go, MAP + 24, 8, BUCKETS);
	assert_true(read_iter());
	assert_int_equal(iter.doublings, 1);
	assert_int_equal(iter.walks, VOLE_MAP_WALKS_OLD);
	assert_true(iter.entries_limit);
	assert_int_equal(iter.entries_left, 4);
}

static void test_classic_deleted(void **state)
{
	(void)state;
	fake_put(&go, BUCKETS + BUCKET + 3, 1, 1);
	assert_true(read_iter());
	assert_true(iter.gone_known);
	assert_true(iter.gone);
	assert_false(iter.cleared_known);
}

/* Before Go 1.24 it may be of a map that was cleared since. */
static void test_classic_chain(void **state)
{
	(void)state;
	fake_put(&go, BUCKETS + 2 * BUCKET - 8, 8, FORMER);
	fake_put(&go, ITER, 8, FORMER + 8 + 3 * 8);
	fake_put(&go, ITER + 40, 8, FORMER);
	fake_put(&go, FORMER, 8, UINT64_C(0x11001111));
	assert_true(read_iter());
	assert_false(iter.cleared_known);
	assert_false(iter.gone_known);
}

static void test_swiss(void **state)
{
	(void)state;
	assert_true(read_iter());
	assert_int_equal(iter.unit, GROUPS);
	assert_int_equal(iter.index, 7);
	/* A table may have been split, and the loop have taken note of it. */
	assert_false(iter.grown_known);
	/* Slot 0, and the second table. */
	assert_int_equal(iter.units_left, 1);
	assert_true(iter.entries_known);
	assert_int_equal(iter.entries_left, 3);
}

/* The next full slot, or the next group, need not be the next slot. */
static void test_swiss_skips(void **state)
{
	(void)state;
	fake_put(&go, ITER + 88, 8, 8);
	assert_true(read_iter());
	assert_int_equal(iter.index, 7);
	assert_int_equal(iter.entries_left, 2);
}

static void test_swiss_replaced_table(void **state)
{
	(void)state;
	fake_put(&go, TABLES + 8, 8, UINT64_MAX);
	assert_true(read_iter());
	assert_true(iter.grown);
	assert_int_equal(iter.walks, VOLE_MAP_WALKS_FORMER);
	assert_false(iter.gone_known);
	assert_int_equal(iter.array, GROUPS);
	assert_true(iter.entries_limit);
	assert_int_equal(iter.entries_left, 3);
}

static void test_swiss_cleared(void **state)
{
	(void)state;
	fake_put(&go, MAP + 40, 8, 1);
	assert_true(read_iter());
	assert_true(iter.cleared_known);
	assert_true(iter.cleared);
	assert_false(iter.gone_known);
	assert_int_equal(iter.entries_left, 3);
}

/* Offsets and values that make it none. */
static const struct {
	uint64_t offset;
	unsigned size;
	uint64_t value;
} classic_lies[] = {
	{ 0, 8, 0 },		     { 0, 8, BUCKETS + BUCKET + 8 },
	{ 16, 8, TYPE + 8 },	     { 24, 8, MAP + 8 },
	{ 40, 8, 0x10 },	     { 40, 8, UINT64_MAX - 7 },
	{ 64, 8, 2 },		     { 64, 8, UINT64_MAX },
	{ 72, 1, 8 },		     { 73, 1, 2 },
	{ 74, 1, 2 },		     { 75, 1, 0 },
	{ 75, 1, 9 },		     { 80, 8, 2 },
}, swiss_lies[] = {
	{ 0, 8, 0 },		     { 0, 8, GROUPS + 8 },
	{ 16, 8, TYPE + 8 },	     { 24, 8, MAP + 8 },
	{ 56, 1, 2 },		     { 64, 8, 2 },
	{ 64, 8, UINT64_MAX - 1 },   { 72, 8, 0x10 },
	{ 72, 8, UINT64_MAX - 7 },   { 80, 8, GROUPS + 8 },
	{ 88, 8, 0 },		     { 88, 8, 16 },
};

static void test_what_is_none(void **state)
{
	bool classic = go.rt.map == &vole_map_classic;
	size_t num = classic ? sizeof(classic_lies) / sizeof(classic_lies[0]) :
			       sizeof(swiss_lies) / sizeof(swiss_lies[0]);
	size_t i;

	(void)state;
	for (i = 0; i < num; i++) {
		uint64_t offset = classic ? classic_lies[i].offset :
					    swiss_lies[i].offset;
		uint64_t kept = fake_load(&go, ITER + offset);

		fake_put(&go, ITER + offset,
			 classic ? classic_lies[i].size : swiss_lies[i].size,
			 classic ? classic_lies[i].value : swiss_lies[i].value);
		assert_false(read_iter());
		fake_put(&go, ITER + offset, 8, kept);
	}
	assert_true(read_iter());
}

static void test_at_the_end_of_memory(void **state)
{
	(void)state;
	assert_true(read_iter());
	assert_false(vole_map_iter_read(&map, NULL, FAKE_BASE + FAKE_SIZE - 32,
					&iter));
	assert_false(vole_map_iter_read(&map, NULL, UINT64_MAX - 31, &iter));
}

#define CLASSIC(name) \
	cmocka_unit_test_setup_teardown(name, setup_classic, teardown)
#define SWISS(name) cmocka_unit_test_setup_teardown(name, setup_swiss, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CLASSIC(test_classic),
		CLASSIC(test_classic_grown),
		CLASSIC(test_classic_growing),
		CLASSIC(test_classic_endless_chain),
		CLASSIC(test_classic_interrupted),
		CLASSIC(test_classic_huge),
		CLASSIC(test_classic_moved),
		CLASSIC(test_classic_deleted),
		CLASSIC(test_classic_chain),
		CLASSIC(test_what_is_none),
		CLASSIC(test_at_the_end_of_memory),
		SWISS(test_swiss),
		SWISS(test_swiss_skips),
		SWISS(test_swiss_replaced_table),
		SWISS(test_swiss_cleared),
		SWISS(test_what_is_none),
		SWISS(test_at_the_end_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
