#include "runtime/lock.h"

#include "fake_parked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

enum {
	LOCK = WAITS_OBJECTS,
	SECOND = WAITS_OBJECTS + 0x40,
	RECORD = WAITS_OBJECTS + 0x800,
	CLOSURE = WAITS_CLOSURES,
	MAX_FOUND = 8,
};

static struct fake_sched s;
static struct vole_arena arena;
static struct vole_hash locks;
static struct vole_error err;
static struct {
	struct vole_holder items[MAX_FOUND];
	size_t len, max; /* it stops after so many */
} found;

static int setup(void **state)
{
	(void)state;
	fake_parked_open(&s);
	vole_arena_init(&arena, 1 << 20);
	memset(&found, 0, sizeof(found));
	found.max = MAX_FOUND;
	assert_true(vole_hash_put(&locks, LOCK, 1));
	assert_true(vole_hash_put(&locks, SECOND, 1));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	vole_hash_free(&locks);
	vole_arena_clear(&arena);
	fake_sched_close(&s);
	return 0;
}

/* --- what a lock says of itself -------------------------------------------- */

static void assert_state(enum vole_wait_kind kind, uint64_t addr,
			 const char *text, bool held)
{
	char buf[80] = "x";

	vole_lock_state(&s.go.rt, kind, addr, buf, sizeof(buf));
	assert_string_equal(buf, text);
	assert_int_equal(vole_lock_is_held(&s.go.rt, kind, addr), held);
}

static void assert_mutex(uint32_t word, const char *text, bool held)
{
	fake_set(&s, LOCK, VOLE_MUTEX_STATE, word);
	assert_state(VOLE_WAIT_MUTEX, LOCK, text, held);
}

static void test_mutexes(void **state)
{
	(void)state;
	assert_mutex(0, "unlocked, 0 waiters", false);
	assert_mutex(1 | 1 << 3, "locked, 1 waiter", true);
	assert_mutex(1 | 4 | 2 << 3, "locked, starving, 2 waiters", true);
	assert_mutex(2, "unlocked, 0 waiters", false); /* one is woken */
	assert_mutex(UINT32_MAX, "locked, starving, 536870911 waiters", true);
}

static void assert_rwmutex(int64_t count, int64_t left, const char *text,
			   bool held)
{
	fake_set(&s, LOCK, VOLE_RWMUTEX_READER_COUNT, (uint64_t)count);
	fake_set(&s, LOCK, VOLE_RWMUTEX_READER_WAIT, (uint64_t)left);
	assert_state(VOLE_WAIT_RWMUTEX, LOCK, text, held);
}

static void test_rwmutexes(void **state)
{
	enum { WRITER = 1 << 30 };

	(void)state;
	assert_rwmutex(0, 0, "0 readers", false);
	assert_rwmutex(1, 0, "1 reader", true);
	assert_rwmutex(3, 0, "3 readers", true);
	assert_rwmutex(-WRITER, 0, "locked for writing, 0 readers waiting",
		       true);
	assert_rwmutex(1 - WRITER, 0, "locked for writing, 1 reader waiting",
		       true);
	assert_rwmutex(2 - WRITER, 2, "a writer waits for 2 readers", true);
	assert_rwmutex(2 - WRITER, 1, "a writer waits for 1 reader", true);
}

static void test_groups(void **state)
{
	(void)state;
	fake_word(&s, LOCK, UINT64_C(3) << 32 | 2);
	assert_state(VOLE_WAIT_GROUP, LOCK, "counter 3", false);
	fake_word(&s, LOCK, UINT64_MAX);
	assert_state(VOLE_WAIT_GROUP, LOCK, "counter -1", false);
}

static void test_locks_that_say_nothing(void **state)
{
	(void)state;
	assert_state(VOLE_WAIT_MUTEX, UINT64_MAX - 1, "", false);
	assert_state(VOLE_WAIT_RWMUTEX, UINT64_MAX - 17, "", false);
	assert_state(VOLE_WAIT_GROUP, 0, "", false);
	assert_state(VOLE_WAIT_COND, LOCK, "", false);
}

/* --- who has it ------------------------------------------------------------ */

static bool on_holder(void *arg, const struct vole_holder *holder)
{
	(void)arg;
	assert_true(found.len < MAX_FOUND);
	found.items[found.len++] = *holder;
	return found.len < found.max;
}

static void find(uint64_t g_addr, uint64_t waits_for)
{
	struct vole_goroutine g;

	found.len = 0;
	assert_true(vole_goroutine_read(&s.go.rt, g_addr, &g, &err));
	assert_true(vole_locks_find(&s.go.rt, &g, &locks, waits_for, &arena,
				    on_holder, NULL, &err));
}

static uint64_t parked(void)
{
	static const unsigned fns[] = { WFN_GOPARK, WFN_USER };
	uint64_t g = fake_parked(&s, 0, REASON_RECEIVE);

	fake_stands_in(&s, 0, fns, 2);
	return g;
}

/* Deferred call @p index of the parked one is a closure over @p word. */
static void defers(uint64_t g, unsigned index, uint64_t word)
{
	uint64_t record = RECORD + 48 * (uint64_t)index;
	uint64_t closure = CLOSURE + 16 * (uint64_t)index;

	fake_word(&s, closure, fake_code_at(WFN_DEFERRED));
	fake_word(&s, closure + 8, word);
	fake_set(&s, record, VOLE_DEFER_FN, closure);
	fake_set(&s, record, VOLE_DEFER_SP, fake_stack_of(0) + 0x180);
	if (index)
		fake_set(&s, record - 48, VOLE_DEFER_LINK, record);
	else
		fake_set(&s, g, VOLE_G_DEFER, record);
}

static void assert_deferred(size_t index, uint64_t lock, uint64_t at)
{
	const struct vole_holder *it = &found.items[index];

	assert_true(index < found.len);
	assert_int_equal(it->lock, lock);
	assert_int_equal(it->goroutine, 10);
	assert_int_equal(it->evidence, VOLE_EVIDENCE_DEFER);
	assert_int_equal(it->at, at);
	assert_int_equal(it->code, fake_code_at(WFN_DEFERRED));
}

static void assert_on_stack(size_t index, uint64_t lock, uint64_t at)
{
	const struct vole_holder *it = &found.items[index];

	assert_true(index < found.len);
	assert_int_equal(it->lock, lock);
	assert_int_equal(it->evidence, VOLE_EVIDENCE_STACK);
	assert_int_equal(it->at, at);
	assert_int_equal(it->code, 0);
}

static void test_nothing(void **state)
{
	(void)state;
	find(parked(), 0);
	assert_int_equal(found.len, 0);
}

static void test_deferred_calls(void **state)
{
	uint64_t g = parked();

	(void)state;
	defers(g, 0, LOCK);
	defers(g, 1, LOCK + 8); /* not a lock that anybody waits for */
	defers(g, 2, SECOND);
	find(g, 0);
	assert_int_equal(found.len, 2);
	assert_deferred(0, LOCK, CLOSURE);
	assert_deferred(1, SECOND, CLOSURE + 32);
}

/* One that locks it again waits for itself. */
static void test_deferred_call_of_one_that_waits_for_it(void **state)
{
	uint64_t g = parked();

	(void)state;
	defers(g, 0, LOCK);
	find(g, LOCK);
	assert_int_equal(found.len, 1);
	assert_deferred(0, LOCK, CLOSURE);
}

/* Only what is in its frames; below them it is long over. */
static void test_words_of_its_stack(void **state)
{
	uint64_t g = parked(), sp = fake_stack_of(0) + WAITS_STACK / 2;

	(void)state;
	fake_word(&s, sp - 16, SECOND);
	fake_word(&s, sp + 24, LOCK);
	fake_word(&s, sp + 32, LOCK);
	find(g, 0);
	assert_int_equal(found.len, 1);
	assert_on_stack(0, LOCK, sp + 24);
	find(g, LOCK); /* it waits there, and need not have it */
	assert_int_equal(found.len, 0);
}

static void test_the_best_evidence_is_told(void **state)
{
	uint64_t g = parked(), sp = fake_stack_of(0) + WAITS_STACK / 2;

	(void)state;
	fake_word(&s, sp + 24, LOCK);
	fake_word(&s, fake_stack_of(0) + WAITS_STACK - 8, SECOND);
	defers(g, 0, LOCK);
	defers(g, 1, LOCK);
	find(g, 0);
	assert_int_equal(found.len, 2);
	assert_deferred(0, LOCK, CLOSURE);
	assert_on_stack(1, SECOND, fake_stack_of(0) + WAITS_STACK - 8);
}

static void test_it_can_be_stopped(void **state)
{
	uint64_t g = parked();

	(void)state;
	found.max = 1;
	defers(g, 0, LOCK);
	defers(g, 1, SECOND);
	fake_word(&s, fake_stack_of(0) + WAITS_STACK - 8, SECOND);
	find(g, 0);
	assert_int_equal(found.len, 1);
}

static void test_damaged_closures_and_stacks(void **state)
{
	uint64_t g = parked();

	(void)state;
	defers(g, 0, LOCK);
	defers(g, 1, SECOND);
	fake_set(&s, RECORD, VOLE_DEFER_FN, FAKE_BASE + FAKE_SIZE - 8);
	find(g, 0);
	assert_int_equal(found.len, 1);
	assert_deferred(0, SECOND, CLOSURE + 16);
	/* A stack of a gigabyte, most of it nowhere: it has the closures. */
	fake_set(&s, g, VOLE_G_DEFER, 0);
	fake_set(&s, g, VOLE_G_STACK_HI, FAKE_BASE + (1 << 30));
	find(g, 0);
	assert_int_equal(found.len, 2);
	assert_on_stack(0, LOCK, CLOSURE + 8);
	assert_on_stack(1, SECOND, CLOSURE + 24);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_mutexes),
		TEST(test_rwmutexes),
		TEST(test_groups),
		TEST(test_locks_that_say_nothing),
		TEST(test_nothing),
		TEST(test_deferred_calls),
		TEST(test_deferred_call_of_one_that_waits_for_it),
		TEST(test_words_of_its_stack),
		TEST(test_the_best_evidence_is_told),
		TEST(test_it_can_be_stopped),
		TEST(test_damaged_closures_and_stacks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
