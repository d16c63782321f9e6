#include "runtime/waits.h"

#include "fake_parked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <time.h>
#include <cmocka.h>

enum { LOCKS = WAITS_OBJECTS, RECORDS = WAITS_OBJECTS + 0x1000 };

static struct fake_sched s;
static struct vole_arena arena;
static struct vole_waits waits;
static struct vole_error err;

static int setup(void **state)
{
	(void)state;
	fake_parked_open(&s);
	vole_arena_init(&arena, 1 << 30);
	memset(&waits, 0, sizeof(waits));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	vole_waits_free(&waits);
	vole_arena_clear(&arena);
	fake_sched_close(&s);
	return 0;
}

static void read_waits(void)
{
	vole_waits_free(&waits);
	assert_true(
		vole_waits_read(&s.go.rt, &arena, NULL, NULL, &waits, &err));
}

/* Goroutine @p index waits for mutex @p lock; it is locked. */
static uint64_t waits_for(unsigned index, unsigned lock)
{
	static const unsigned fns[] = { WFN_GOPARK, WFN_SEMACQUIRE,
					WFN_MUTEX_SLOW, WFN_MUTEX_LOCK,
					WFN_USER };
	uint64_t g = fake_parked(&s, index, REASON_MUTEX);
	uint64_t mutex = LOCKS + 8 * (uint64_t)lock;

	fake_stands_in(&s, index, fns, 5);
	fake_waits_on(&s, index, fake_sudog(&s, index, g, 0), mutex + 4);
	fake_set(&s, mutex, VOLE_MUTEX_STATE, 1 | 1 << 3);
	return g;
}

/* Goroutine @p index will unlock mutex @p lock. */
static void has(unsigned index, unsigned lock)
{
	uint64_t g = WAITS_G + SCHED_G_SIZE * (uint64_t)index;
	uint64_t record = RECORDS + 64 * (uint64_t)index, closure = record + 48;

	fake_word(&s, closure, fake_code_at(WFN_DEFERRED));
	fake_word(&s, closure + 8, LOCKS + 8 * (uint64_t)lock);
	fake_set(&s, record, VOLE_DEFER_FN, closure);
	fake_set(&s, record, VOLE_DEFER_SP, fake_stack_of(index) + 0x180);
	fake_set(&s, g, VOLE_G_DEFER, record);
}

static void assert_cycle(size_t index, size_t len, const uint64_t *ids)
{
	const struct vole_wait_cycle *it = &waits.cycles.items[index];

	assert_true(index < waits.cycles.len);
	assert_int_equal(it->len, len);
	assert_memory_equal(it->ids, ids, len * sizeof(*ids));
}

static void test_who_waits_for_whom(void **state)
{
	const struct vole_waiter *w;

	(void)state;
	waits_for(0, 0);
	fake_parked(&s, 1, REASON_SLEEP);
	has(1, 0);
	fake_set(&s, fake_parked(&s, 2, REASON_NONE), VOLE_G_STATUS,
		 VOLE_GSTATUS_RUNNABLE);
	fake_set(&s, fake_parked(&s, 3, REASON_NONE), VOLE_G_STATUS,
		 VOLE_GSTATUS_DEAD);
	read_waits();
	assert_int_equal(waits.num_goroutines, 3);
	assert_int_equal(waits.waiters.len, 2);
	w = &waits.waiters.items[0];
	assert_int_equal(w->id, 10);
	assert_int_equal(w->wait.kind, VOLE_WAIT_MUTEX);
	assert_int_equal(w->num_holders, 1);
	assert_int_equal(waits.holders.items[w->first_holder].goroutine, 11);
	assert_int_equal(waits.waiters.items[1].num_holders, 0);
	assert_int_equal(waits.cycles.len, 0);
	assert_int_equal(waits.unreadable, 0);
	assert_null(waits.problem);
}

static void test_two_that_wait_for_each_other(void **state)
{
	static const uint64_t ids[] = { 10, 11 };

	(void)state;
	waits_for(0, 0);
	waits_for(1, 1);
	has(0, 1);
	has(1, 0);
	read_waits();
	assert_int_equal(waits.cycles.len, 1);
	assert_cycle(0, 2, ids);
}

/* Whoever comes in from outside does not make it another circle. */
static void test_each_circle_is_told_once(void **state)
{
	static const uint64_t first[] = { 13, 11, 12 }, second[] = { 15 };

	(void)state;
	waits_for(0, 2); /* has nothing: leads into the first one */
	waits_for(1, 1);
	waits_for(2, 2);
	waits_for(3, 3);
	waits_for(4, 1); /* and so does the last */
	waits_for(5, 5);
	has(1, 3);
	has(2, 1);
	has(3, 2);
	has(5, 5); /* locked it twice */
	read_waits();
	assert_int_equal(waits.cycles.len, 2);
	assert_cycle(0, 3, first);
	assert_cycle(1, 1, second);
}

/* An address on a stack is no reason to call it a deadlock. */
static void test_no_circle_by_words_of_stacks(void **state)
{
	(void)state;
	waits_for(0, 0);
	waits_for(1, 1);
	has(0, 1);
	fake_word(&s, fake_stack_of(1) + WAITS_STACK - 8, LOCKS);
	read_waits();
	assert_int_equal(waits.waiters.items[0].num_holders, 1);
	assert_int_equal(waits.cycles.len, 0);
}

/* Of the holders of a lock those are told whose evidence is best. */
static void test_the_best_evidence_only(void **state)
{
	const struct vole_waiter *w;

	(void)state;
	waits_for(0, 0);
	fake_parked(&s, 1, REASON_SLEEP);
	fake_parked(&s, 2, REASON_SLEEP);
	fake_word(&s, fake_stack_of(1) + WAITS_STACK - 8, LOCKS);
	fake_stands_in(&s, 1, (const unsigned[]){ WFN_GOPARK, WFN_USER }, 2);
	read_waits();
	w = &waits.waiters.items[0];
	assert_int_equal(w->num_holders, 1);
	assert_int_equal(waits.holders.items[w->first_holder].goroutine, 11);
	has(2, 0);
	read_waits();
	w = &waits.waiters.items[0];
	assert_int_equal(w->num_holders, 1);
	assert_int_equal(waits.holders.items[w->first_holder].goroutine, 12);
}

/* One of the readers sleeps, another waits for what the writer has. */
static void test_circle_past_one_that_only_sleeps(void **state)
{
	static const uint64_t ids[] = { 11, 12 };

	(void)state;
	fake_parked(&s, 0, REASON_SLEEP);
	waits_for(1, 0);
	waits_for(2, 1);
	has(0, 0);
	has(1, 1);
	has(2, 0);
	read_waits();
	assert_int_equal(waits.cycles.len, 1);
	assert_cycle(0, 2, ids);
}

static void test_goroutines_that_cannot_be_read(void **state)
{
	(void)state;
	waits_for(0, 0);
	fake_set(&s, fake_parked(&s, 1, REASON_SLEEP), VOLE_G_STATUS, 99);
	fake_word(&s, WAITS_LIST + 16, UINT64_MAX - 7);
	fake_word(&s, WAITS_ALLGS + 8, 3);
	read_waits();
	assert_int_equal(waits.unreadable, 2);
	assert_int_equal(waits.waiters.len, 1);
}

static void test_goroutine_that_is_listed_twice(void **state)
{
	static const uint64_t ids[] = { 10 };

	(void)state;
	waits_for(0, 0);
	has(0, 0);
	fake_word(&s, WAITS_LIST + 8, WAITS_G);
	fake_word(&s, WAITS_ALLGS + 8, 2);
	read_waits();
	assert_int_equal(waits.waiters.len, 2);
	assert_int_equal(waits.cycles.len, 1);
	assert_cycle(0, 1, ids);
}

static bool at_once(void *arg, uint64_t done, uint64_t all)
{
	(void)done;
	*(uint64_t *)arg = all;
	return true;
}

static void test_it_can_be_stopped(void **state)
{
	uint64_t all = 0;

	(void)state;
	waits_for(0, 0);
	assert_true(
		vole_waits_read(&s.go.rt, &arena, at_once, &all, &waits, &err));
	assert_int_equal(all, 1);
	assert_int_equal(waits.waiters.len, 0);
}

static void test_no_list_of_goroutines(void **state)
{
	(void)state;
	s.vars[0].name = "";
	assert_false(
		vole_waits_read(&s.go.rt, &arena, NULL, NULL, &waits, &err));
	assert_int_equal(err.code, VOLE_NOT_FOUND);
}

/* --- as many as a program has ---------------------------------------------- */

enum {
	NUM = 100000,
	EACH = 512, /* bytes: g, sudog, mutex, record, closure */
	AT_SUDOG = 256,
	AT_MUTEX = 352,
	AT_RECORD = 384,
	AT_CLOSURE = 432,
	AT_LIST = NUM * EACH,
};

static const uint64_t many = FAKE_BASE + FAKE_SIZE;

static void put(uint64_t addr, uint64_t value)
{
	memcpy(s.go.bytes + (addr - FAKE_BASE), &value, sizeof(value));
}

static void copy(unsigned index, uint64_t from, size_t at, size_t len)
{
	memcpy(s.go.bytes + FAKE_SIZE + (size_t)index * EACH + at,
	       s.go.bytes + (from - FAKE_BASE), len);
}

/* NUM goroutines in a row, as the first: they share its stack. */
static void make_many(void)
{
	const size_t size = AT_LIST + NUM * sizeof(uint64_t);
	unsigned i;

	waits_for(0, 0);
	s.go.size = FAKE_SIZE + size;
	s.go.bytes = realloc(s.go.bytes, s.go.size);
	assert_non_null(s.go.bytes);
	memset(s.go.bytes + FAKE_SIZE, 0, size);
	for (i = 0; i < NUM; i++) {
		uint64_t at = many + (uint64_t)i * EACH;

		copy(i, WAITS_G, 0, SCHED_G_SIZE);
		put(at + 104, i + 1); /* goid */
		put(at + 24, at + AT_RECORD); /* its deferred call */
		put(at + 200, at + AT_SUDOG); /* it waits in */
		put(at + AT_SUDOG, at);
		put(at + AT_MUTEX, 1);
		put(at + AT_RECORD + 24, at + AT_CLOSURE);
		put(at + AT_CLOSURE, fake_code_at(WFN_DEFERRED));
		put(many + AT_LIST + 8 * (uint64_t)i, at);
	}
	fake_word(&s, WAITS_ALLGS, many + AT_LIST);
	fake_word(&s, WAITS_ALLGS + 8, NUM);
	fake_word(&s, WAITS_ALLGS + 16, NUM);
	fake_word(&s, WAITS_SEMTABLE + 8, 0);
	vole_memory_forget(&s.go.target.mem);
}

/* Goroutine @p index waits for the mutex of @p other, and has that of @p own. */
static void wire(unsigned index, unsigned other, unsigned own)
{
	uint64_t at = many + (uint64_t)index * EACH;

	put(at + AT_SUDOG + 24, many + (uint64_t)other * EACH + AT_MUTEX + 4);
	put(at + AT_CLOSURE + 8, many + (uint64_t)own * EACH + AT_MUTEX);
}

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void test_a_circle_of_all(void **state)
{
	double began;
	unsigned i;

	(void)state;
	make_many();
	for (i = 0; i < NUM; i++)
		wire(i, (i + 1) % NUM, i);
	began = seconds();
	read_waits();
	assert_true(seconds() - began < 30);
	assert_int_equal(waits.waiters.len, NUM);
	assert_int_equal(waits.cycles.len, 1);
	assert_int_equal(waits.cycles.items[0].len, NUM);
}

/* All wait for one lock, and all have it: as readers do that write as well. */
static void test_all_have_the_one_that_all_wait_for(void **state)
{
	double began;
	unsigned i;

	(void)state;
	make_many();
	for (i = 0; i < NUM; i++)
		wire(i, 0, 0);
	began = seconds();
	read_waits();
	assert_true(seconds() - began < 30);
	assert_int_equal(waits.waiters.items[NUM - 1].num_holders, NUM);
	assert_int_equal(waits.cycles.len, 1);
}

/* All wait for one lock that all others have, who do not wait. */
static void test_holders_that_do_not_wait(void **state)
{
	double began;
	unsigned i;

	(void)state;
	make_many();
	for (i = 0; i < NUM; i++) {
		wire(i, 0, i % 2 ? 0 : i);
		if (i % 2)
			put(many + (uint64_t)i * EACH + 96,
			    VOLE_GSTATUS_RUNNABLE);
	}
	began = seconds();
	read_waits();
	assert_true(seconds() - began < 30);
	assert_int_equal(waits.waiters.len, NUM / 2);
	assert_int_equal(waits.waiters.items[1].num_holders, NUM / 2 + 1);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_who_waits_for_whom),
		TEST(test_two_that_wait_for_each_other),
		TEST(test_each_circle_is_told_once),
		TEST(test_no_circle_by_words_of_stacks),
		TEST(test_the_best_evidence_only),
		TEST(test_circle_past_one_that_only_sleeps),
		TEST(test_goroutines_that_cannot_be_read),
		TEST(test_goroutine_that_is_listed_twice),
		TEST(test_it_can_be_stopped),
		TEST(test_no_list_of_goroutines),
		TEST(test_a_circle_of_all),
		TEST(test_all_have_the_one_that_all_wait_for),
		TEST(test_holders_that_do_not_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
