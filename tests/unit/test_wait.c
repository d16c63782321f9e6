/* What goroutines wait for: channels, descriptors, time, or nothing. */
#include "runtime/wait.h"

#include "fake_waiting.h"

enum { CHAN = WAITS_OBJECTS, OTHER_CHAN = WAITS_OBJECTS + 0x100 };

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
