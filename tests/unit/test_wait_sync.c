/* What goroutines wait for: semaphores, the locks over them, and sync.Cond. */
#include "runtime/wait.h"

#include "fake_waiting.h"

/* --- semaphores ------------------------------------------------------------ */

static uint64_t parked_in(unsigned index, const unsigned *fns, size_t num,
			  uint64_t sema)
{
	uint64_t g = fake_parked(&s, index, REASON_SEMACQUIRE);

	fake_stands_in(&s, index, fns, num);
	fake_waits_on(&s, index, fake_sudog(&s, index, g, 0), sema);
	return g;
}

#define PARKED_IN(index, sema, ...)                                            \
	parked_in(index,                                                       \
		  (const unsigned[]){ WFN_GOPARK, WFN_SEMACQUIRE, __VA_ARGS__, \
				      WFN_USER },                              \
		  2 + sizeof((const unsigned[]){ __VA_ARGS__, WFN_USER }) /    \
				  sizeof(unsigned),                            \
		  sema)

static void test_locks_by_the_functions_on_the_stack(void **state)
{
	uint64_t at = WAITS_OBJECTS;

	(void)state;
	assert_waits(PARKED_IN(0, at + 4, WFN_MUTEX_SLOW, WFN_MUTEX_LOCK),
		     VOLE_WAIT_MUTEX, at, VOLE_OP_LOCK);
	vole_waiting_end(&waiting);
	vole_waiting_begin(&waiting, &s.go.rt);
	assert_waits(PARKED_IN(1, at + 0x44, WFN_OLD_MUTEX_SLOW,
			       WFN_MUTEX_LOCK),
		     VOLE_WAIT_MUTEX, at + 0x40, VOLE_OP_LOCK);
	vole_waiting_end(&waiting);
	vole_waiting_begin(&waiting, &s.go.rt);
	assert_waits(PARKED_IN(2, at + 0x88, WFN_GROUP_WAIT), VOLE_WAIT_GROUP,
		     at + 0x80, VOLE_OP_WAIT);
}

static void test_rwmutexes(void **state)
{
	uint64_t at = WAITS_OBJECTS;
	uint64_t reads = PARKED_IN(0, at + 12, WFN_RLOCK);
	uint64_t writes = PARKED_IN(1, at + 8, WFN_RW_LOCK);
	uint64_t second = PARKED_IN(2, at + 4, WFN_MUTEX_SLOW, WFN_MUTEX_LOCK,
				    WFN_RW_LOCK);

	(void)state;
	assert_waits(reads, VOLE_WAIT_RWMUTEX, at, VOLE_OP_RLOCK);
	assert_waits(writes, VOLE_WAIT_RWMUTEX, at, VOLE_OP_LOCK);
	assert_waits(second, VOLE_WAIT_RWMUTEX, at, VOLE_OP_LOCK);
}

/* A function of the program may have any name. */
static void test_only_the_standard_library_names_a_lock(void **state)
{
	uint64_t g = PARKED_IN(0, WAITS_OBJECTS + 4, WFN_USER, WFN_GROUP_WAIT);

	(void)state;
	assert_waits(g, VOLE_WAIT_SEMAPHORE, WAITS_OBJECTS + 4, VOLE_OP_NONE);
}

static void test_stack_that_says_nothing(void **state)
{
	uint64_t g = PARKED_IN(0, WAITS_OBJECTS + 4, WFN_MUTEX_SLOW);

	(void)state;
	fake_set(&s, g, VOLE_G_SCHED_PC, 0x42);
	assert_waits(g, VOLE_WAIT_SEMAPHORE, WAITS_OBJECTS + 4, VOLE_OP_NONE);
}

static void test_lock_without_a_layout(void **state)
{
	uint64_t g = PARKED_IN(0, WAITS_OBJECTS + 4, WFN_MUTEX_SLOW);

	(void)state;
	s.go.rt.layout.place[VOLE_MUTEX_SEMA].known = false;
	assert_waits(g, VOLE_WAIT_SEMAPHORE, WAITS_OBJECTS + 4, VOLE_OP_LOCK);
}

/* Since Go 1.26 a goroutine has its sudog; the table is not asked. */
static void test_semaphore_that_its_goroutine_knows(void **state)
{
	uint64_t g = PARKED_IN(0, WAITS_OBJECTS + 4, WFN_MUTEX_SLOW);

	(void)state;
	fake_set(&s, g, VOLE_G_WAITING, fake_sudog_at(0));
	s.num_vars--; /* no runtime.semtable */
	assert_waits(g, VOLE_WAIT_MUTEX, WAITS_OBJECTS, VOLE_OP_LOCK);
}

static void test_no_table_of_semaphores(void **state)
{
	uint64_t g = PARKED_IN(0, WAITS_OBJECTS + 4, WFN_MUTEX_SLOW);

	(void)state;
	s.num_vars--;
	read_wait(g);
	assert_int_equal(wait.kind, VOLE_WAIT_OTHER);
	assert_int_equal(wait.num_cases, 0);
	assert_non_null(waiting.problem);
}

/* --- sync.Cond ------------------------------------------------------------- */

enum {
	OTHER = WAITS_OBJECTS, /* of nothing, or of a list that is broken */
	COND = OTHER + 0x20,
	NOTIFY = COND + 16,
};

static void notify_list(uint64_t at, uint32_t waits, uint32_t done,
			uint64_t head, uint64_t tail)
{
	fake_set(&s, at, VOLE_NOTIFY_LIST_WAIT, waits);
	fake_set(&s, at, VOLE_NOTIFY_LIST_NOTIFY, done);
	fake_set(&s, at, VOLE_NOTIFY_LIST_HEAD, head);
	fake_set(&s, at, VOLE_NOTIFY_LIST_TAIL, tail);
}

/* It has the address of the list somewhere on its stack. */
static uint64_t in_cond(unsigned index, uint64_t list)
{
	uint64_t g = fake_parked(&s, index, REASON_COND);

	fake_sudog(&s, index, g, 0);
	fake_set(&s, g, VOLE_G_SCHED_SP, fake_stack_of(index) + 0x100);
	fake_word(&s, fake_stack_of(index) + 0x140, list);
	return g;
}

static void test_cond_found_on_the_stack(void **state)
{
	uint64_t a = in_cond(0, NOTIFY), b = in_cond(1, 0);

	(void)state;
	fake_set(&s, fake_sudog_at(0), VOLE_SUDOG_NEXT, fake_sudog_at(1));
	notify_list(NOTIFY, 2, 0, fake_sudog_at(0), fake_sudog_at(1));
	assert_waits(a, VOLE_WAIT_COND, COND, VOLE_OP_WAIT);
	/* And so another one's is known that is in the list. */
	assert_waits(b, VOLE_WAIT_COND, COND, VOLE_OP_WAIT);
}

/* Tickets go round at 32 bits. */
static void test_counters_of_a_cond_that_wrapped(void **state)
{
	uint64_t g = in_cond(0, NOTIFY);

	(void)state;
	notify_list(NOTIFY, 0, UINT32_MAX, fake_sudog_at(0), fake_sudog_at(0));
	assert_waits(g, VOLE_WAIT_COND, COND, VOLE_OP_WAIT);
}

static void test_cond_that_its_goroutine_knows(void **state)
{
	uint64_t g = in_cond(0, 0);

	(void)state;
	fake_set(&s, g, VOLE_G_WAITING, fake_sudog_at(0));
	fake_set(&s, fake_sudog_at(0), VOLE_SUDOG_ELEM, NOTIFY);
	assert_waits(g, VOLE_WAIT_COND, COND, VOLE_OP_WAIT);
}

/* The functions say what the words of wait reasons cannot. */
static void test_cond_without_words(void **state)
{
	uint64_t g = in_cond(0, 0);

	(void)state;
	fake_stands_in(&s, 0, (const unsigned[]){ WFN_GOPARK, WFN_COND_WAIT },
		       2);
	fake_set(&s, g, VOLE_G_WAITING, fake_sudog_at(0));
	fake_set(&s, fake_sudog_at(0), VOLE_SUDOG_ELEM, NOTIFY);
	s.vars[1].name = "";
	assert_waits(g, VOLE_WAIT_COND, COND, VOLE_OP_WAIT);
}

static void assert_no_cond(uint64_t g)
{
	read_wait(g);
	assert_int_equal(wait.kind, VOLE_WAIT_COND);
	assert_int_equal(wait.num_cases, 0);
	assert_non_null(wait.problem);
	vole_waiting_end(&waiting);
	vole_waiting_begin(&waiting, &s.go.rt);
}

static void test_lists_that_are_none(void **state)
{
	uint64_t g = in_cond(0, NOTIFY), first = fake_sudog_at(0);

	(void)state;
	assert_no_cond(g);
	notify_list(NOTIFY, 1, 1, first, first); /* nobody waits */
	assert_no_cond(g);
	notify_list(NOTIFY, 0, 5, first, first); /* 4294967291 do */
	assert_no_cond(g);
	notify_list(NOTIFY, 1, 0, first, first + 8); /* its tail is another */
	assert_no_cond(g);
	notify_list(NOTIFY, 1, 0, first, first);
	fake_set(&s, first, VOLE_SUDOG_C, OTHER);
	assert_no_cond(g);
}

/* What was read of it before must not be believed. */
static void test_list_that_is_sound_in_part(void **state)
{
	uint64_t g = in_cond(0, NOTIFY);

	(void)state;
	notify_list(NOTIFY, 9, 0, fake_sudog_at(0), fake_sudog_at(0));
	fake_set(&s, fake_sudog_at(0), VOLE_SUDOG_NEXT, fake_sudog_at(1));
	assert_no_cond(g); /* the second is of nobody */
	fake_set(&s, fake_sudog_at(0), VOLE_SUDOG_NEXT, fake_sudog_at(0));
	assert_no_cond(g); /* back to itself */
	fake_set(&s, fake_sudog_at(0), VOLE_SUDOG_NEXT, UINT64_MAX - 7);
	assert_no_cond(g);
	notify_list(NOTIFY, 1, 0, fake_sudog_at(0), fake_sudog_at(1));
	fake_set(&s, fake_sudog_at(0), VOLE_SUDOG_NEXT, fake_sudog_at(1));
	fake_sudog(&s, 1, g + SCHED_G_SIZE, 0);
	assert_no_cond(g); /* longer than its counters say */
}

/* A word that leads to a broken one comes before the right one. */
static void test_list_after_a_broken_one(void **state)
{
	uint64_t g = in_cond(0, NOTIFY);

	(void)state;
	fake_word(&s, fake_stack_of(0) + 0x120, OTHER);
	notify_list(OTHER, 2, 0, fake_sudog_at(0), fake_sudog_at(1));
	notify_list(NOTIFY, 1, 0, fake_sudog_at(0), fake_sudog_at(0));
	assert_waits(g, VOLE_WAIT_COND, COND, VOLE_OP_WAIT);
}

static void test_cond_with_a_stack_pointer_that_is_none(void **state)
{
	uint64_t g = in_cond(0, NOTIFY);

	(void)state;
	notify_list(NOTIFY, 1, 0, fake_sudog_at(0), fake_sudog_at(0));
	fake_set(&s, g, VOLE_G_SCHED_SP, fake_stack_of(1));
	assert_no_cond(g);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_locks_by_the_functions_on_the_stack),
		TEST(test_rwmutexes),
		TEST(test_only_the_standard_library_names_a_lock),
		TEST(test_stack_that_says_nothing),
		TEST(test_lock_without_a_layout),
		TEST(test_semaphore_that_its_goroutine_knows),
		TEST(test_no_table_of_semaphores),
		TEST(test_cond_found_on_the_stack),
		TEST(test_counters_of_a_cond_that_wrapped),
		TEST(test_cond_that_its_goroutine_knows),
		TEST(test_cond_without_words),
		TEST(test_lists_that_are_none),
		TEST(test_list_that_is_sound_in_part),
		TEST(test_list_after_a_broken_one),
		TEST(test_cond_with_a_stack_pointer_that_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
