#include "runtime/pool.h"

#include "fake_go.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

enum {
	POOL = FAKE_BASE + 0x2000,
	LOCALS = FAKE_BASE + 0x3000, /* 128 bytes each */
	RING = FAKE_BASE + 0x4000,
	OLDER = FAKE_BASE + 0x5000,
	VALS = FAKE_BASE + 0x6000,
	OLDER_VALS = FAKE_BASE + 0x7000,
	TYPE = FAKE_BASE + 0x100,
};

static struct fake_go go;
static struct vole_pool pool;
static struct vole_error err;

struct seen {
	struct vole_pool_visitor visitor; /* first: cast back */
	size_t len, most, broken;
	struct vole_pool_item items[32];
	struct vole_error err;
};

static void put_ring(uint64_t ring, uint64_t vals, uint32_t head, uint32_t tail,
		     uint64_t len, uint64_t prev)
{
	fake_put(&go, ring, 8, (uint64_t)head << 32 | tail);
	fake_put(&go, ring + 8, 8, vals);
	fake_put(&go, ring + 16, 8, len);
	fake_put(&go, ring + 24, 8, len);
	fake_put(&go, ring + 40, 8, prev);
}

/* Of two Ps the second has a private item and two rings of one and two. */
static int setup(void **state)
{
	unsigned i;

	(void)state;
	fake_go_open(&go);
	fake_has(&go, VOLE_STRUCT_POOL, 40);
	fake_field(&go, VOLE_POOL_LOCAL, 0, 8);
	fake_field(&go, VOLE_POOL_LOCAL_SIZE, 8, 8);
	fake_field(&go, VOLE_POOL_VICTIM, 16, 8);
	fake_field(&go, VOLE_POOL_VICTIM_SIZE, 24, 8);
	fake_has(&go, VOLE_STRUCT_POOL_LOCAL, 128);
	fake_field(&go, VOLE_POOL_LOCAL_PRIVATE, 0, 16);
	fake_field(&go, VOLE_POOL_LOCAL_SHARED_HEAD, 16, 8);
	fake_has(&go, VOLE_STRUCT_POOL_CHAIN, 48);
	fake_field(&go, VOLE_POOL_CHAIN_HEAD_TAIL, 0, 8);
	fake_field(&go, VOLE_POOL_CHAIN_VALS, 8, 24);
	fake_field(&go, VOLE_POOL_CHAIN_PREV, 40, 8);
	fake_put(&go, POOL, 8, LOCALS);
	fake_put(&go, POOL + 8, 8, 2);
	fake_put(&go, LOCALS + 128, 8, TYPE);
	fake_put(&go, LOCALS + 128 + 16, 8, RING);
	for (i = 0; i < 8; i++) {
		fake_put(&go, VALS + 16 * i, 8, TYPE);
		fake_put(&go, OLDER_VALS + 16 * i, 8, TYPE);
	}
	put_ring(RING, VALS, 1, 0, 8, OLDER);
	/* Around the end: indices 7 and 0. */
	put_ring(OLDER, OLDER_VALS, 9, 7, 8, 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_go_close(&go);
	return 0;
}

static bool on_item(struct vole_pool_visitor *visitor,
		    const struct vole_pool_item *item)
{
	struct seen *seen = (struct seen *)visitor;

	assert_true(seen->len < 32);
	seen->items[seen->len++] = *item;
	return seen->len != seen->most;
}

static void on_broken(struct vole_pool_visitor *visitor,
		      const struct vole_error *why)
{
	struct seen *seen = (struct seen *)visitor;

	seen->broken++;
	seen->err = *why;
}

static struct seen visit(size_t most)
{
	struct seen seen = { .visitor = { on_item, on_broken }, .most = most };

	assert_true(vole_pool_open(&go.rt, POOL, &pool, &err));
	vole_pool_visit(&pool, &seen.visitor);
	return seen;
}

static void assert_broken(enum vole_code code)
{
	struct seen seen = visit(0);

	assert_int_equal(seen.broken, 1);
	assert_int_equal(seen.err.code, code);
}

static void test_in_the_order_of_get(void **state)
{
	struct seen seen = visit(0);

	(void)state;
	assert_int_equal(seen.len, 4);
	assert_int_equal(seen.broken, 0);
	assert_int_equal(seen.items[0].p, 1);
	assert_false(seen.items[0].shared);
	assert_int_equal(seen.items[0].addr, LOCALS + 128);
	assert_true(seen.items[1].shared);
	assert_int_equal(seen.items[1].addr, VALS);
	assert_int_equal(seen.items[2].addr, OLDER_VALS);
	assert_int_equal(seen.items[3].addr, OLDER_VALS + 7 * 16);
}

static void test_victims(void **state)
{
	struct seen seen;

	(void)state;
	fake_put(&go, POOL + 16, 8, LOCALS);
	fake_put(&go, POOL + 24, 8, 2);
	fake_put(&go, POOL + 8, 8, 0);
	seen = visit(0);
	assert_int_equal(seen.len, 4);
	assert_true(seen.items[3].victim);
}

static void test_empty(void **state)
{
	(void)state;
	fake_put(&go, POOL, 8, 0);
	fake_put(&go, POOL + 8, 8, 0);
	assert_int_equal(visit(0).len, 0);
}

static void test_an_item_being_taken(void **state)
{
	(void)state;
	fake_put(&go, VALS, 8, 0);
	assert_int_equal(visit(0).len, 3);
}

static void test_the_visitor_may_end_it(void **state)
{
	(void)state;
	assert_int_equal(visit(2).len, 2);
}

/* Rings of nothing that come before themselves, at many Ps. */
static void test_a_pool_of_too_many_items(void **state)
{
	enum { PS = 512, LEN = 4096, FROM = FAKE_BASE + 0x10000 };
	struct seen seen;
	unsigned i;

	(void)state;
	fake_put(&go, POOL + 8, 8, PS);
	fake_put(&go, POOL, 8, FROM);
	for (i = 0; i < PS; i++)
		fake_put(&go, FROM + 128 * i + 16, 8, RING);
	put_ring(RING, FAKE_BASE + 0x8000, LEN / 2, 0, LEN, RING);
	seen = visit(0);
	assert_int_equal(seen.len, 0);
	/* Each P says that its rings do not end, until it is enough. */
	assert_in_range(seen.broken, 1, PS / 2);
	assert_int_equal(seen.err.code, VOLE_CORRUPT);
}

static void test_damage(void **state)
{
	(void)state;
	put_ring(RING, VALS, 1, 0, 7, 0);
	assert_broken(VOLE_CORRUPT);
	put_ring(RING, VALS, 9, 0, 8, 0);
	assert_broken(VOLE_CORRUPT);
	put_ring(RING, VALS, 0, 0, 8, RING);
	assert_broken(VOLE_CORRUPT);
	put_ring(RING, UINT64_MAX - 8, 2, 1, 8, 0);
	assert_broken(VOLE_CORRUPT);
	put_ring(RING, 0x10, 1, 0, 8, 0);
	assert_broken(VOLE_UNREADABLE);
	fake_put(&go, LOCALS + 128 + 16, 8, 0x10);
	assert_broken(VOLE_UNREADABLE);
}

static void test_absurd(void **state)
{
	(void)state;
	fake_put(&go, POOL + 8, 8, 1 << 20);
	assert_false(vole_pool_open(&go.rt, POOL, &pool, &err));
	assert_int_equal(err.code, VOLE_CORRUPT);
	assert_false(
		vole_pool_open(&go.rt, FAKE_BASE + FAKE_SIZE - 8, &pool, &err));
	assert_int_equal(err.code, VOLE_UNREADABLE);
	assert_false(vole_pool_open(&go.rt, UINT64_MAX - 7, &pool, &err));
}

static void test_not_described(void **state)
{
	(void)state;
	go.rt.layout.place[VOLE_POOL_CHAIN_VALS].known = false;
	assert_false(vole_pool_open(&go.rt, POOL, &pool, &err));
	assert_int_equal(err.code, VOLE_NO_DEBUG_INFO);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_in_the_order_of_get),
		TEST(test_victims),
		TEST(test_empty),
		TEST(test_an_item_being_taken),
		TEST(test_the_visitor_may_end_it),
		TEST(test_a_pool_of_too_many_items),
		TEST(test_damage),
		TEST(test_absurd),
		TEST(test_not_described),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
