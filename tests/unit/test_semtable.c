#include "runtime/semtable.h"

#include "fake_parked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

enum { SEMA = WAITS_OBJECTS, G = 0x7000 /* of the first sudog */ };

static struct fake_sched s;
static struct vole_semtable table;
static struct vole_error err;

static int setup(void **state)
{
	(void)state;
	fake_parked_open(&s);
	memset(&table, 0, sizeof(table));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	vole_semtable_free(&table);
	fake_sched_close(&s);
	return 0;
}

static void read_table(void)
{
	vole_semtable_free(&table);
	assert_true(vole_semtable_read(&s.go.rt, &table, &err));
}

/* Sudog number @p index is of the g at G + index. */
static uint64_t sudog(unsigned index)
{
	return fake_sudog(&s, index, G + index, 0);
}

static void link_to(unsigned from, enum vole_field_id field, unsigned to)
{
	fake_set(&s, fake_sudog_at(from), field, fake_sudog_at(to));
}

static void assert_has(unsigned index)
{
	uint64_t at;

	assert_true(vole_hash_get(&table.of_g, G + index, &at));
	assert_int_equal(at, fake_sudog_at(index));
}

static void test_empty(void **state)
{
	(void)state;
	read_table();
	assert_int_equal(table.of_g.len, 0);
	assert_null(table.problem);
}

static void test_treap_and_waiters_of_each_address(void **state)
{
	unsigned i;

	(void)state;
	for (i = 0; i < 5; i++)
		sudog(i);
	fake_waits_on(&s, 0, fake_sudog_at(0), SEMA);
	link_to(0, VOLE_SUDOG_PREV, 1);
	link_to(0, VOLE_SUDOG_NEXT, 2);
	link_to(2, VOLE_SUDOG_WAIT_LINK, 3);
	fake_waits_on(&s, SEMA_ROOTS - 1, fake_sudog_at(4), SEMA + 8);
	read_table();
	assert_int_equal(table.of_g.len, 5);
	for (i = 0; i < 5; i++)
		assert_has(i);
	assert_null(table.problem);
}

static void test_root_past_the_last(void **state)
{
	(void)state;
	fake_waits_on(&s, SEMA_ROOTS, sudog(0), SEMA);
	read_table();
	assert_int_equal(table.of_g.len, 0);
}

static void assert_damaged(size_t len)
{
	read_table();
	assert_int_equal(table.of_g.len, len);
	assert_non_null(table.problem);
}

static void test_treap_that_leads_back_to_itself(void **state)
{
	(void)state;
	fake_waits_on(&s, 3, sudog(0), SEMA);
	sudog(1);
	link_to(0, VOLE_SUDOG_PREV, 1);
	link_to(1, VOLE_SUDOG_PREV, 0);
	link_to(1, VOLE_SUDOG_NEXT, 1);
	assert_damaged(2);
	assert_has(0);
	assert_has(1);
}

static void test_waiters_that_lead_back_to_themselves(void **state)
{
	(void)state;
	fake_waits_on(&s, 3, sudog(0), SEMA);
	sudog(1);
	link_to(0, VOLE_SUDOG_WAIT_LINK, 1);
	link_to(1, VOLE_SUDOG_WAIT_LINK, 1);
	assert_damaged(2);
}

static void test_two_roots_for_one_treap(void **state)
{
	(void)state;
	fake_waits_on(&s, 3, sudog(0), SEMA);
	fake_waits_on(&s, 4, fake_sudog_at(0), SEMA);
	assert_damaged(1);
}

static void test_what_is_damaged_is_left_out(void **state)
{
	const uint64_t root = WAITS_SEMTABLE + SEMA_STRIDE;

	(void)state;
	fake_waits_on(&s, 2, sudog(0), SEMA);
	fake_set(&s, root, VOLE_SEMA_ROOT_TREAP, UINT64_MAX - 7);
	assert_damaged(1);
	/* Of no goroutine. */
	fake_set(&s, root, VOLE_SEMA_ROOT_TREAP, fake_sudog_at(1));
	assert_damaged(1);
	assert_has(0);
}

static void test_table_that_is_cut(void **state)
{
	(void)state;
	fake_waits_on(&s, 0, sudog(0), SEMA);
	s.vars[2].addr = FAKE_BASE + FAKE_SIZE - SEMA_STRIDE;
	fake_set(&s, s.vars[2].addr, VOLE_SEMA_ROOT_TREAP, fake_sudog_at(0));
	assert_damaged(1);
	s.vars[2].addr = UINT64_MAX - 100;
	assert_damaged(0);
}

static void test_no_table(void **state)
{
	(void)state;
	s.num_vars--;
	assert_false(vole_semtable_read(&s.go.rt, &table, &err));
	assert_int_equal(err.code, VOLE_NOT_FOUND);
}

/* As long as there is memory: each is visited once. */
static void test_a_million_waiters(void **state)
{
	enum { NUM = 1000000 };
	uint64_t first = FAKE_BASE + FAKE_SIZE, g, next;
	unsigned i;

	(void)state;
	s.go.size = FAKE_SIZE + (size_t)NUM * SUDOG_SIZE;
	s.go.bytes = realloc(s.go.bytes, s.go.size);
	assert_non_null(s.go.bytes);
	memset(s.go.bytes + FAKE_SIZE, 0, (size_t)NUM * SUDOG_SIZE);
	for (i = 0; i < NUM; i++) {
		uint8_t *at = s.go.bytes + FAKE_SIZE + (size_t)i * SUDOG_SIZE;

		g = G + i;
		next = first + (i + 1) % NUM * (uint64_t)SUDOG_SIZE;
		memcpy(at, &g, sizeof(g));
		memcpy(at + 72, &next, sizeof(next)); /* waitlink */
	}
	fake_waits_on(&s, 0, first, SEMA);
	assert_damaged(NUM);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_empty),
		TEST(test_treap_and_waiters_of_each_address),
		TEST(test_root_past_the_last),
		TEST(test_treap_that_leads_back_to_itself),
		TEST(test_waiters_that_lead_back_to_themselves),
		TEST(test_two_roots_for_one_treap),
		TEST(test_what_is_damaged_is_left_out),
		TEST(test_table_that_is_cut),
		TEST(test_no_table),
		TEST(test_a_million_waiters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
