#include "runtime/wait.h"

#include "fake_parked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

enum { CHAN = WAITS_OBJECTS, OTHER_CHAN = WAITS_OBJECTS + 0x100 };

static struct fake_sched s;
static struct vole_arena arena;
static struct vole_waiting waiting;
static struct vole_wait wait;
static struct vole_error err;

static int setup(void **state)
{
	(void)state;
	fake_parked_open(&s);
	vole_arena_init(&arena, 1 << 22);
	vole_waiting_begin(&waiting, &s.go.rt);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	vole_waiting_end(&waiting);
	vole_arena_clear(&arena);
	fake_sched_close(&s);
	return 0;
}

static void read_wait(uint64_t addr)
{
	struct vole_goroutine g;

	assert_true(vole_goroutine_read(&s.go.rt, addr, &g, &err));
	assert_true(vole_waiting_of(&waiting, &g, &arena, &wait, &err));
}

static void assert_case(size_t index, uint64_t object, enum vole_wait_op op)
{
	assert_true(index < wait.num_cases);
	assert_int_equal(wait.cases[index].object, object);
	assert_int_equal(wait.cases[index].op, op);
}

/* The only case, and no doubt. */
static void assert_waits(uint64_t g, enum vole_wait_kind kind, uint64_t object,
			 enum vole_wait_op op)
{
	read_wait(g);
	assert_int_equal(wait.kind, kind);
	assert_int_equal(wait.num_cases, 1);
	assert_case(0, object, op);
	assert_null(wait.problem);
	assert_null(waiting.problem);
}

/* --- channels -------------------------------------------------------------- */

static void queue(uint64_t chan, enum vole_field_id field, uint64_t first)
{
	fake_set(&s, chan, field, first);
}

static uint64_t parked_on(unsigned index, uint64_t chan)
{
	uint64_t g = fake_parked(&s, index, REASON_RECEIVE);
	uint64_t sudog = fake_sudog(&s, index, g, chan);

	fake_set(&s, g, VOLE_G_WAITING, sudog);
	return g;
}

static void test_receives_and_sends(void **state)
{
	uint64_t a = parked_on(0, CHAN), b = parked_on(1, CHAN);
	uint64_t c = parked_on(2, OTHER_CHAN);

	(void)state;
	queue(CHAN, VOLE_HCHAN_RECVQ, fake_sudog_at(0));
	fake_set(&s, fake_sudog_at(0), VOLE_SUDOG_NEXT, fake_sudog_at(1));
	queue(OTHER_CHAN, VOLE_HCHAN_SENDQ, fake_sudog_at(2));
	assert_waits(a, VOLE_WAIT_CHAN, CHAN, VOLE_OP_RECEIVE);
	assert_waits(b, VOLE_WAIT_CHAN, CHAN, VOLE_OP_RECEIVE);
	assert_waits(c, VOLE_WAIT_CHAN, OTHER_CHAN, VOLE_OP_SEND);
	assert_false(wait.is_select);
	assert_int_equal(wait.until, 0);
}

/* A select of two; the first case's channel has a timer. */
static uint64_t selecting(void)
{
	uint64_t g = parked_on(0, CHAN),
		 second = fake_sudog(&s, 1, g, OTHER_CHAN);

	fake_set(&s, fake_sudog_at(0), VOLE_SUDOG_IS_SELECT, 1);
	fake_set(&s, second, VOLE_SUDOG_IS_SELECT, 1);
	fake_set(&s, fake_sudog_at(0), VOLE_SUDOG_WAIT_LINK, second);
	queue(CHAN, VOLE_HCHAN_RECVQ, fake_sudog_at(0));
	queue(OTHER_CHAN, VOLE_HCHAN_SENDQ, second);
	return g;
}

static void test_cases_of_a_select(void **state)
{
	uint64_t g = selecting();

	(void)state;
	read_wait(g);
	assert_int_equal(wait.kind, VOLE_WAIT_CHAN);
	assert_true(wait.is_select);
	assert_int_equal(wait.num_cases, 2);
	assert_case(0, CHAN, VOLE_OP_RECEIVE);
	assert_case(1, OTHER_CHAN, VOLE_OP_SEND);
	assert_null(wait.problem);
}

static void test_first_timer_of_a_select(void **state)
{
	uint64_t g = selecting(), timers = WAITS_OBJECTS + 0x400;

	(void)state;
	fake_set(&s, CHAN, VOLE_HCHAN_TIMER, timers);
	fake_set(&s, timers, VOLE_TIMER_WHEN, 9000);
	read_wait(g);
	assert_int_equal(wait.until, 9000);
	fake_set(&s, OTHER_CHAN, VOLE_HCHAN_TIMER, timers + 0x40);
	fake_set(&s, timers + 0x40, VOLE_TIMER_WHEN, 700);
	read_wait(g);
	assert_int_equal(wait.until, 700);
	fake_set(&s, timers + 0x40, VOLE_TIMER_WHEN, (uint64_t)-5);
	read_wait(g);
	assert_int_equal(wait.until, 9000);
}

static void test_channel_that_does_not_know_of_it(void **state)
{
	uint64_t g = parked_on(0, CHAN);

	(void)state;
	read_wait(g);
	assert_int_equal(wait.kind, VOLE_WAIT_CHAN);
	assert_case(0, CHAN, VOLE_OP_NONE);
	assert_non_null(wait.problem);
}

static void test_select_that_leads_back_to_itself(void **state)
{
	uint64_t g = selecting();

	(void)state;
	fake_set(&s, fake_sudog_at(1), VOLE_SUDOG_WAIT_LINK, fake_sudog_at(0));
	read_wait(g);
	assert_int_equal(wait.num_cases, 2);
	assert_non_null(wait.problem);
}

static void test_select_that_leads_to_anothers(void **state)
{
	uint64_t g = selecting();

	(void)state;
	fake_set(&s, fake_sudog_at(1), VOLE_SUDOG_G, g + SCHED_G_SIZE);
	read_wait(g);
	assert_int_equal(wait.num_cases, 1);
	assert_case(0, CHAN, VOLE_OP_RECEIVE);
	assert_non_null(wait.problem);
}

static void test_queue_that_leads_back_to_itself(void **state)
{
	uint64_t a = parked_on(0, CHAN), b = parked_on(1, CHAN);

	(void)state;
	queue(CHAN, VOLE_HCHAN_RECVQ, fake_sudog_at(0));
	fake_set(&s, fake_sudog_at(0), VOLE_SUDOG_NEXT, fake_sudog_at(1));
	fake_set(&s, fake_sudog_at(1), VOLE_SUDOG_NEXT, fake_sudog_at(0));
	read_wait(a);
	assert_case(0, CHAN, VOLE_OP_RECEIVE);
	assert_non_null(waiting.problem);
	read_wait(b);
	assert_case(0, CHAN, VOLE_OP_RECEIVE);
}

static void test_queue_that_is_cut(void **state)
{
	uint64_t a = parked_on(0, CHAN), b = parked_on(1, CHAN);

	(void)state;
	queue(CHAN, VOLE_HCHAN_RECVQ, fake_sudog_at(0));
	fake_set(&s, fake_sudog_at(0), VOLE_SUDOG_NEXT, UINT64_MAX - 7);
	read_wait(a);
	assert_case(0, CHAN, VOLE_OP_RECEIVE);
	assert_non_null(waiting.problem);
	read_wait(b);
	assert_case(0, CHAN, VOLE_OP_NONE);
	assert_non_null(wait.problem);
}

static void assert_damaged_sudog(uint64_t g)
{
	read_wait(g);
	assert_int_equal(wait.kind, VOLE_WAIT_OTHER);
	assert_int_equal(wait.num_cases, 0);
	assert_non_null(wait.problem);
}

static void test_sudog_of_another(void **state)
{
	uint64_t g = parked_on(0, CHAN);

	(void)state;
	fake_set(&s, fake_sudog_at(0), VOLE_SUDOG_G, g + SCHED_G_SIZE);
	assert_damaged_sudog(g);
}

static void test_sudog_that_is_nowhere(void **state)
{
	uint64_t g = parked_on(0, CHAN);

	(void)state;
	fake_set(&s, g, VOLE_G_WAITING, UINT64_MAX);
	assert_damaged_sudog(g);
	fake_set(&s, g, VOLE_G_WAITING, FAKE_BASE + FAKE_SIZE - 16);
	assert_damaged_sudog(g);
}

static void test_channel_that_is_nowhere(void **state)
{
	uint64_t g = parked_on(0, UINT64_MAX - 63);

	(void)state;
	read_wait(g);
	assert_case(0, UINT64_MAX - 63, VOLE_OP_NONE);
	assert_non_null(wait.problem);
}

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

enum { COND = WAITS_OBJECTS + 0x20, NOTIFY = COND + 16 };

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
	fake_set(&s, first, VOLE_SUDOG_C, CHAN);
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
	fake_word(&s, fake_stack_of(0) + 0x120, CHAN);
	notify_list(CHAN, 2, 0, fake_sudog_at(0), fake_sudog_at(1));
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

/* --- descriptors, sleep, and what never ends ------------------------------- */

static uint64_t in_poll(enum vole_field_id field, uint64_t desc)
{
	uint64_t g = fake_parked(&s, 0, REASON_IO);

	fake_set(&s, g, VOLE_G_SCHED_SP, fake_stack_of(0) + 0x100);
	fake_word(&s, fake_stack_of(0) + 0x110, WAITS_OBJECTS + 0x800);
	fake_word(&s, fake_stack_of(0) + 0x118, desc);
	fake_set(&s, desc, field, g);
	fake_set(&s, desc, VOLE_POLL_DESC_FD, 7);
	fake_set(&s, desc, VOLE_POLL_DESC_READ_DEADLINE, 500);
	fake_set(&s, desc, VOLE_POLL_DESC_WRITE_DEADLINE, (uint64_t)-1);
	return g;
}

static void test_descriptor_that_is_read(void **state)
{
	(void)state;
	assert_waits(in_poll(VOLE_POLL_DESC_RG, WAITS_OBJECTS), VOLE_WAIT_FD,
		     WAITS_OBJECTS, VOLE_OP_READ);
	assert_int_equal(wait.fd, 7);
	assert_int_equal(wait.until, 500);
}

static void test_descriptor_that_is_written(void **state)
{
	(void)state;
	assert_waits(in_poll(VOLE_POLL_DESC_WG, WAITS_OBJECTS), VOLE_WAIT_FD,
		     WAITS_OBJECTS, VOLE_OP_WRITE);
	assert_int_equal(wait.fd, 7);
	assert_int_equal(wait.until, 0); /* its time is over already */
}

static void test_descriptor_of_another(void **state)
{
	uint64_t g = in_poll(VOLE_POLL_DESC_RG, WAITS_OBJECTS);

	(void)state;
	fake_set(&s, WAITS_OBJECTS, VOLE_POLL_DESC_RG, g + SCHED_G_SIZE);
	read_wait(g);
	assert_int_equal(wait.kind, VOLE_WAIT_FD);
	assert_int_equal(wait.num_cases, 0);
	assert_int_equal(wait.fd, -1);
	assert_int_equal(wait.until, 0);
	assert_non_null(wait.problem);
}

static void test_sleep(void **state)
{
	uint64_t g = fake_parked(&s, 0, REASON_SLEEP);

	(void)state;
	fake_set(&s, g, VOLE_G_SLEEP_WHEN, 1234);
	read_wait(g);
	assert_int_equal(wait.kind, VOLE_WAIT_TIME);
	assert_int_equal(wait.until, 1234);
	fake_set(&s, g, VOLE_G_SLEEP_WHEN, 0);
	fake_set(&s, g, VOLE_G_TIMER, WAITS_OBJECTS);
	fake_set(&s, WAITS_OBJECTS, VOLE_TIMER_WHEN, 77);
	read_wait(g);
	assert_int_equal(wait.until, 77);
	fake_set(&s, g, VOLE_G_TIMER, UINT64_MAX - 7);
	read_wait(g);
	assert_int_equal(wait.until, 0);
}

static void assert_kind(unsigned reason, enum vole_wait_kind kind)
{
	read_wait(fake_parked(&s, 0, reason));
	assert_int_equal(wait.kind, kind);
	assert_int_equal(wait.num_cases, 0);
	assert_null(wait.problem);
}

static void test_what_never_ends(void **state)
{
	(void)state;
	assert_kind(REASON_NIL_CHAN, VOLE_WAIT_FOREVER);
	assert_kind(REASON_NO_CASES, VOLE_WAIT_FOREVER);
	assert_kind(REASON_SELECT, VOLE_WAIT_FOREVER); /* of nil channels */
	assert_kind(REASON_GC, VOLE_WAIT_OTHER);
}

static void test_who_does_not_wait(void **state)
{
	uint64_t g = parked_on(0, CHAN);

	(void)state;
	fake_set(&s, g, VOLE_G_STATUS, VOLE_GSTATUS_RUNNABLE);
	read_wait(g);
	assert_int_equal(wait.kind, VOLE_WAIT_NONE);
	assert_int_equal(wait.num_cases, 0);
	fake_set(&s, g, VOLE_G_STATUS, VOLE_GSTATUS_LEAKED);
	read_wait(g);
	assert_int_equal(wait.kind, VOLE_WAIT_CHAN);
}

static void test_words_that_cannot_be_read(void **state)
{
	(void)state;
	fake_word(&s, WAITS_REASONS + 16 * REASON_IO + 8, 1 << 20);
	read_wait(fake_parked(&s, 0, REASON_IO));
	assert_int_equal(wait.kind, VOLE_WAIT_OTHER);
	assert_non_null(wait.problem);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_receives_and_sends),
		TEST(test_cases_of_a_select),
		TEST(test_first_timer_of_a_select),
		TEST(test_channel_that_does_not_know_of_it),
		TEST(test_select_that_leads_back_to_itself),
		TEST(test_select_that_leads_to_anothers),
		TEST(test_queue_that_leads_back_to_itself),
		TEST(test_queue_that_is_cut),
		TEST(test_sudog_of_another),
		TEST(test_sudog_that_is_nowhere),
		TEST(test_channel_that_is_nowhere),
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
		TEST(test_descriptor_that_is_read),
		TEST(test_descriptor_that_is_written),
		TEST(test_descriptor_of_another),
		TEST(test_sleep),
		TEST(test_what_never_ends),
		TEST(test_who_does_not_wait),
		TEST(test_words_that_cannot_be_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
