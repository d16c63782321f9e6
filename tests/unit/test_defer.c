#include "runtime/defer.h"

#include "fake_parked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

enum {
	RECORDS = WAITS_OBJECTS,
	RECORD = 48,
	HEAD = WAITS_OBJECTS + 0x800, /* of a range over func */
	FRAME = 56, /* of WFN_OPEN_CODED up to its return address */
	BITS = 8, /* offsets of its defer bits and closures */
	SLOTS = 40,
};

static struct fake_sched s;
static struct vole_arena arena;
static struct vole_goroutine g;
static struct vole_defers defers;
static uint64_t sp; /* of the frame of WFN_OPEN_CODED */
static struct vole_error err;

/* Closure number @p index, of a function of the program. */
static uint64_t closure(unsigned index)
{
	return WAITS_CLOSURES + 16 * index;
}

static int setup(void **state)
{
	static const unsigned fns[] = { WFN_GOPARK, WFN_OPEN_CODED, WFN_USER };
	unsigned i;

	(void)state;
	fake_parked_open(&s);
	vole_arena_init(&arena, 1 << 24);
	fake_parked(&s, 0, REASON_RECEIVE);
	fake_stands_in(&s, 0, fns, 3);
	sp = fake_stack_of(0) + WAITS_STACK / 2 + 8 + 8;
	for (i = 0; i < 32; i++)
		fake_word(&s, closure(i), fake_code_at(WFN_DEFERRED));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	vole_arena_clear(&arena);
	fake_sched_close(&s);
	return 0;
}

static void read_defers(void)
{
	assert_true(vole_goroutine_read(&s.go.rt, WAITS_G, &g, &err));
	assert_true(vole_defers_read(&s.go.rt, &g, &arena, &defers, &err));
}

static void assert_defer(size_t index, uint64_t addr, uint64_t frame,
			 unsigned closure_index)
{
	assert_true(index < defers.len);
	assert_int_equal(defers.items[index].addr, addr);
	assert_int_equal(defers.items[index].sp, frame);
	assert_int_equal(defers.items[index].fn, closure(closure_index));
	assert_int_equal(defers.items[index].code, fake_code_at(WFN_DEFERRED));
}

static uint64_t record_at(unsigned index)
{
	return RECORDS + RECORD * (uint64_t)index;
}

/* Record number @p index, which defers closure @p index; then @p link. */
static void record(unsigned index, uint64_t frame, uint64_t link)
{
	fake_set(&s, record_at(index), VOLE_DEFER_SP, frame);
	fake_set(&s, record_at(index), VOLE_DEFER_FN, closure(index));
	fake_set(&s, record_at(index), VOLE_DEFER_LINK, link);
}

static void list_begins(uint64_t addr)
{
	fake_set(&s, WAITS_G, VOLE_G_DEFER, addr);
}

static void put_varints(const uint8_t *bytes, size_t len)
{
	fake_bytes(&s.go, WAITS_CODE + CODE_GOFUNC + OPEN_CODED_AT, bytes, len);
}

/* The frame's own words, below its frame pointer and return address. */
static uint64_t below(uint64_t offset)
{
	return sp + FRAME - 8 - offset;
}

/* Go 1.22: where the bits are, where the first closure is. */
static void open_coded(uint8_t bits)
{
	static const uint8_t info[] = { BITS, SLOTS };

	put_varints(info, 2);
	fake_put(&s.go, below(BITS), 1, bits);
}

static void assert_damaged(size_t len)
{
	read_defers();
	assert_int_equal(defers.len, len);
	assert_non_null(defers.problem);
}

/* --- lists ----------------------------------------------------------------- */

static void test_none(void **state)
{
	(void)state;
	open_coded(0);
	read_defers();
	assert_int_equal(defers.len, 0);
	assert_null(defers.problem);
}

static void test_list(void **state)
{
	(void)state;
	open_coded(0);
	record(0, sp, record_at(1));
	record(1, sp, record_at(2));
	record(2, sp + 64, 0);
	list_begins(record_at(0));
	read_defers();
	assert_int_equal(defers.len, 3);
	assert_defer(0, record_at(0), sp, 0);
	assert_defer(1, record_at(1), sp, 1);
	assert_defer(2, record_at(2), sp + 64, 2);
	assert_null(defers.problem);
}

/* To Go 1.21: those that run now, and frames whose defers are open-coded. */
static void test_records_that_defer_nothing(void **state)
{
	(void)state;
	open_coded(0);
	fake_field(&s.go, VOLE_DEFER_STARTED, 2, 1);
	fake_field(&s.go, VOLE_DEFER_OPEN_CODED, 3, 1);
	record(0, sp, record_at(1));
	record(1, sp, record_at(2));
	record(2, sp, 0);
	fake_set(&s, record_at(0), VOLE_DEFER_STARTED, 1);
	fake_set(&s, record_at(1), VOLE_DEFER_OPEN_CODED, 1);
	list_begins(record_at(0));
	read_defers();
	assert_int_equal(defers.len, 1);
	assert_defer(0, record_at(2), sp, 2);
}

/* Record 0 stands for those that the body of a range over func deferred. */
static void range_over_func(void)
{
	record(0, sp, record_at(1));
	fake_set(&s, record_at(0), VOLE_DEFER_FN, 0);
	fake_set(&s, record_at(0), VOLE_DEFER_RANGE_FUNC, 1);
	fake_set(&s, record_at(0), VOLE_DEFER_HEAD, HEAD);
	record(1, sp + 64, 0);
	fake_word(&s, HEAD, record_at(2));
	record(2, 0, record_at(3));
	record(3, 0, 0);
	list_begins(record_at(0));
}

static void test_range_over_func(void **state)
{
	(void)state;
	open_coded(0);
	range_over_func();
	read_defers();
	assert_int_equal(defers.len, 3);
	assert_defer(0, record_at(2), sp, 2);
	assert_defer(1, record_at(3), sp, 3);
	assert_defer(2, record_at(1), sp + 64, 1);
	assert_null(defers.problem);
}

static void test_range_that_leads_nowhere(void **state)
{
	(void)state;
	open_coded(0);
	range_over_func();
	fake_set(&s, record_at(0), VOLE_DEFER_HEAD, UINT64_MAX - 3);
	assert_damaged(1);
	assert_defer(0, record_at(1), sp + 64, 1);
	fake_set(&s, record_at(0), VOLE_DEFER_HEAD, HEAD);
	fake_word(&s, HEAD, 1); /* panic.go: badDefer */
	assert_damaged(1);
	fake_word(&s, HEAD, record_at(0));
	assert_damaged(1);
}

static void test_list_that_leads_back_to_itself(void **state)
{
	(void)state;
	open_coded(0);
	record(0, sp, record_at(1));
	record(1, sp, record_at(0));
	list_begins(record_at(0));
	assert_damaged(2);
	assert_defer(0, record_at(0), sp, 0);
	assert_defer(1, record_at(1), sp, 1);
}

static void test_list_that_is_cut(void **state)
{
	(void)state;
	open_coded(0);
	record(0, sp, FAKE_BASE + FAKE_SIZE - 8);
	list_begins(record_at(0));
	assert_damaged(1);
	list_begins(UINT64_MAX - 7);
	assert_damaged(0);
}

static void test_call_of_no_function(void **state)
{
	(void)state;
	open_coded(0);
	record(0, sp, record_at(1));
	record(1, sp, 0);
	fake_set(&s, record_at(0), VOLE_DEFER_FN, 0);
	list_begins(record_at(0));
	assert_damaged(1);
	assert_defer(0, record_at(1), sp, 1);
	fake_set(&s, record_at(0), VOLE_DEFER_FN, UINT64_MAX - 3);
	assert_damaged(1);
}

/* Ranges in ranges of frames at 0, deeper than any stack of C. */
static void test_ranges_a_million_deep(void **state)
{
	enum { NUM = 1000000, ROOM = NUM * (RECORD + 8) };
	uint64_t first = FAKE_BASE + FAKE_SIZE, addr;
	unsigned i;

	(void)state;
	open_coded(0);
	s.go.size = FAKE_SIZE + (size_t)ROOM;
	s.go.bytes = realloc(s.go.bytes, s.go.size);
	assert_non_null(s.go.bytes);
	memset(s.go.bytes + FAKE_SIZE, 0, ROOM);
	for (i = 0; i < NUM; i++) {
		uint8_t *at = s.go.bytes + FAKE_SIZE + (size_t)i * (RECORD + 8);

		addr = first + i * (uint64_t)(RECORD + 8) + RECORD;
		at[1] = 1;
		memcpy(at + 40, &addr, sizeof(addr)); /* head */
		addr += 8;
		memcpy(at + RECORD, &addr, sizeof(addr));
	}
	list_begins(first);
	assert_damaged(0);
}

/* --- open-coded ------------------------------------------------------------ */

static void test_open_coded(void **state)
{
	(void)state;
	open_coded(5);
	fake_word(&s, below(SLOTS), closure(7));
	fake_word(&s, below(SLOTS - 8), closure(8)); /* not reached yet */
	fake_word(&s, below(SLOTS - 16), closure(9));
	read_defers();
	assert_int_equal(defers.len, 2);
	assert_defer(0, 0, sp, 9);
	assert_defer(1, 0, sp, 7);
	assert_null(defers.problem);
}

/* To Go 1.21 each closure has a place of its own; the last is told first. */
static void test_open_coded_of_old(void **state)
{
	static const uint8_t info[] = { BITS, 3, 16, 40, 24 };

	(void)state;
	s.go.rt.layout.place[VOLE_DEFER_RANGE_FUNC].known = false;
	put_varints(info, sizeof(info));
	fake_put(&s.go, below(BITS), 1, 5);
	fake_word(&s, below(16), closure(9));
	fake_word(&s, below(40), closure(8));
	fake_word(&s, below(24), closure(7));
	read_defers();
	assert_int_equal(defers.len, 2);
	assert_defer(0, 0, sp, 9);
	assert_defer(1, 0, sp, 7);
	assert_null(defers.problem);
}

/* With a list too they come as they run: inner frames first. */
static void test_open_coded_among_a_list(void **state)
{
	(void)state;
	open_coded(1);
	fake_word(&s, below(SLOTS), closure(7));
	record(0, sp - 8, record_at(1));
	record(1, sp + 64, 0);
	list_begins(record_at(0));
	read_defers();
	assert_int_equal(defers.len, 3);
	assert_defer(0, record_at(0), sp - 8, 0);
	assert_defer(1, 0, sp, 7);
	assert_defer(2, record_at(1), sp + 64, 1);
}

static void test_open_coded_closure_that_is_none(void **state)
{
	(void)state;
	open_coded(3);
	fake_word(&s, below(SLOTS), closure(7));
	assert_damaged(1);
	assert_defer(0, 0, sp, 7);
}

static void test_varints_without_an_end(void **state)
{
	static const uint8_t endless[] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
					   0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
	static const uint8_t second[] = { BITS, 0xff, 0xff, 0xff, 0xff, 0xff,
					  0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

	(void)state;
	put_varints(endless, sizeof(endless));
	assert_damaged(0);
	put_varints(second, sizeof(second));
	assert_damaged(0);
}

/* Bits and closures lie in the frame, or the numbers are wrong. */
static void test_offsets_out_of_the_frame(void **state)
{
	static const uint8_t bits[] = { 0x80, 1, SLOTS };
	static const uint8_t slots[] = { BITS, 0x80, 1 };
	static const uint8_t above[] = { BITS, 8 };
	static const uint8_t wrapping[] = { 0xf8, 0xff, 0xff, 0xff, 0xff, 0xff,
					    0xff, 0xff, 0xff, 1,    SLOTS };

	(void)state;
	open_coded(0);
	fake_put(&s.go, below(128), 1, 1);
	fake_word(&s, below(SLOTS), closure(7));
	put_varints(bits, sizeof(bits));
	assert_damaged(0);
	fake_put(&s.go, below((uint64_t)-8), 1, 1);
	put_varints(wrapping, sizeof(wrapping));
	assert_damaged(0);
	open_coded(1);
	fake_word(&s, below(128), closure(7));
	put_varints(slots, sizeof(slots));
	assert_damaged(0);
	open_coded(4);
	fake_word(&s, below(8 - 16), closure(7));
	put_varints(above, sizeof(above));
	fake_put(&s.go, below(BITS), 1, 4);
	assert_damaged(0);
}

static void test_too_many_of_old(void **state)
{
	static const uint8_t info[] = { BITS, 9,  16, 16, 16, 16,
					16,   16, 16, 16, 16 };

	(void)state;
	s.go.rt.layout.place[VOLE_DEFER_RANGE_FUNC].known = false;
	put_varints(info, sizeof(info));
	fake_put(&s.go, below(BITS), 1, 1);
	assert_damaged(0);
}

static void test_stack_that_is_cut(void **state)
{
	(void)state;
	open_coded(0);
	fake_word(&s, sp + FRAME, 0x42); /* a return address of nothing */
	assert_damaged(0);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_none),
		TEST(test_list),
		TEST(test_records_that_defer_nothing),
		TEST(test_range_over_func),
		TEST(test_range_that_leads_nowhere),
		TEST(test_list_that_leads_back_to_itself),
		TEST(test_list_that_is_cut),
		TEST(test_call_of_no_function),
		TEST(test_ranges_a_million_deep),
		TEST(test_open_coded),
		TEST(test_open_coded_of_old),
		TEST(test_open_coded_among_a_list),
		TEST(test_open_coded_closure_that_is_none),
		TEST(test_varints_without_an_end),
		TEST(test_offsets_out_of_the_frame),
		TEST(test_too_many_of_old),
		TEST(test_stack_that_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
