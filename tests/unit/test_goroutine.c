#include "runtime/goroutine.h"

#include "fake_sched.h"
#include "runtime/search.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

enum {
	ALLGS = FAKE_BASE + 0x100, /* the variable */
	LIST = FAKE_BASE + 0x200, /* what it points at */
	REASONS = FAKE_BASE + 0x300,
	TEXT = FAKE_BASE + 0x400,
	G1 = FAKE_BASE + 0x1000,
	G2 = FAKE_BASE + 0x1200,
	LO = FAKE_BASE + 0x8000,
	HI = FAKE_BASE + 0x9000,
};

static struct fake_sched s;
static struct vole_goroutines list;
static struct vole_goroutine g;
static struct vole_error err;

static int setup(void **state)
{
	(void)state;
	fake_sched_open(&s);
	fake_put(&s.go, ALLGS, 8, LIST);
	fake_put(&s.go, ALLGS + 8, 8, 2);
	fake_put(&s.go, ALLGS + 16, 8, 4);
	fake_put(&s.go, LIST, 8, G1);
	fake_put(&s.go, LIST + 8, 8, G2);
	fake_g(&s, G1, 1, VOLE_GSTATUS_WAITING, LO, HI);
	fake_g(&s, G2, 7, VOLE_GSTATUS_RUNNABLE, LO, HI);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_sched_close(&s);
	return 0;
}

static void assert_read(uint64_t addr)
{
	assert_true(vole_goroutine_read(&s.go.rt, addr, &g, &err));
}

static void assert_not_read(uint64_t addr, enum vole_code code)
{
	assert_false(vole_goroutine_read(&s.go.rt, addr, &g, &err));
	assert_int_equal(err.code, code);
}

static void assert_no_list(enum vole_code code)
{
	assert_false(vole_goroutines_find(&s.go.rt, &list, &err));
	assert_int_equal(err.code, code);
}

static void test_fields(void **state)
{
	(void)state;
	fake_set(&s, G1, VOLE_G_SCHED_PC, 0x401000);
	fake_set(&s, G1, VOLE_G_PARENT, 5);
	fake_set(&s, G1, VOLE_G_WAIT_SINCE, 1000);
	fake_set(&s, G1, VOLE_G_WAIT_REASON, 3);
	assert_read(G1);
	assert_int_equal(g.addr, G1);
	assert_int_equal(g.id, 1);
	assert_int_equal(g.stack_lo, LO);
	assert_int_equal(g.stack_hi, HI);
	assert_int_equal(g.sched_sp, HI - 64);
	assert_int_equal(g.sched_pc, 0x401000);
	assert_int_equal(g.parent, 5);
	assert_int_equal(g.wait_since, 1000);
	assert_int_equal(g.wait_reason, 3);
	assert_false(g.scan);
	assert_string_equal(vole_goroutine_state(&g), "waiting");
}

static void test_collector_at_its_stack(void **state)
{
	(void)state;
	fake_set(&s, G1, VOLE_G_STATUS, 0x1000 | VOLE_GSTATUS_RUNNING);
	assert_read(G1);
	assert_true(g.scan);
	assert_string_equal(vole_goroutine_state(&g), "running");
}

static void test_each_state_has_a_word(void **state)
{
	static const struct {
		unsigned status;
		const char *state;
		bool lives;
	} rows[] = {
		{ VOLE_GSTATUS_IDLE, "idle", false },
		{ VOLE_GSTATUS_RUNNABLE, "runnable", true },
		{ VOLE_GSTATUS_SYSCALL, "syscall", true },
		{ VOLE_GSTATUS_DEAD, "dead", false },
		{ VOLE_GSTATUS_COPYSTACK, "copying", true },
		{ VOLE_GSTATUS_PREEMPTED, "preempted", true },
		{ VOLE_GSTATUS_LEAKED, "leaked", true },
		{ VOLE_GSTATUS_DEADEXTRA, "dead", false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		fake_set(&s, G1, VOLE_G_STATUS, rows[i].status);
		assert_read(G1);
		assert_string_equal(vole_goroutine_state(&g), rows[i].state);
		assert_int_equal(vole_goroutine_lives(&g), rows[i].lives);
	}
}

static void test_status_that_is_none(void **state)
{
	(void)state;
	fake_set(&s, G1, VOLE_G_STATUS, 5); /* _Gmoribund_unused */
	assert_not_read(G1, VOLE_CORRUPT);
	fake_set(&s, G1, VOLE_G_STATUS, 12);
	assert_not_read(G1, VOLE_CORRUPT);
	fake_set(&s, G1, VOLE_G_STATUS, UINT32_MAX);
	assert_not_read(G1, VOLE_CORRUPT);
}

static void test_stack_that_is_none(void **state)
{
	(void)state;
	fake_set(&s, G1, VOLE_G_STACK_LO, HI + 8);
	assert_not_read(G1, VOLE_CORRUPT);
	fake_set(&s, G1, VOLE_G_STACK_LO, 0);
	fake_set(&s, G1, VOLE_G_STACK_HI, UINT64_MAX);
	assert_not_read(G1, VOLE_CORRUPT);
}

static void test_where_nothing_can_be_read(void **state)
{
	(void)state;
	assert_not_read(0, VOLE_UNREADABLE);
	assert_not_read(FAKE_BASE + FAKE_SIZE - 8, VOLE_UNREADABLE);
	assert_not_read(UINT64_MAX - 16, VOLE_CORRUPT);
	assert_not_read(UINT64_MAX, VOLE_CORRUPT);
}

static void test_list_by_variable(void **state)
{
	uint64_t addr;

	(void)state;
	fake_var(&s, "runtime.allgs", ALLGS);
	assert_true(vole_goroutines_find(&s.go.rt, &list, &err));
	assert_int_equal(list.len, 2);
	assert_true(vole_goroutines_get(&s.go.rt, &list, 1, &addr, &err));
	assert_int_equal(addr, G2);
	assert_false(vole_goroutines_get(&s.go.rt, &list, 2, &addr, &err));
	assert_int_equal(err.code, VOLE_USAGE);
}

static void test_empty_list(void **state)
{
	(void)state;
	fake_var(&s, "runtime.allgs", ALLGS);
	fake_put(&s.go, ALLGS, 8, 0);
	fake_put(&s.go, ALLGS + 8, 8, 0);
	assert_true(vole_goroutines_find(&s.go.rt, &list, &err));
	assert_int_equal(list.len, 0);
	assert_false(vole_goroutine_find(&s.go.rt, 1, &g, &err));
	assert_int_equal(err.code, VOLE_NOT_FOUND);
}

static void test_absurd_list(void **state)
{
	(void)state;
	fake_var(&s, "runtime.allgs", ALLGS);
	fake_put(&s.go, ALLGS + 8, 8, UINT64_C(1) << 61);
	assert_no_list(VOLE_CORRUPT);
	fake_put(&s.go, ALLGS, 8, UINT64_MAX - 8);
	fake_put(&s.go, ALLGS + 8, 8, 100);
	assert_no_list(VOLE_CORRUPT);
	s.vars[0].addr = FAKE_BASE + FAKE_SIZE;
	assert_no_list(VOLE_UNREADABLE);
	s.go.rt.layout.has[VOLE_STRUCT_G] = false;
	assert_no_list(VOLE_NO_DEBUG_INFO);
}

static void test_list_that_is_cut(void **state)
{
	uint64_t addr;

	(void)state;
	fake_var(&s, "runtime.allgs", ALLGS);
	fake_put(&s.go, ALLGS, 8, FAKE_BASE + FAKE_SIZE - 8);
	assert_true(vole_goroutines_find(&s.go.rt, &list, &err));
	assert_int_equal(list.len, 1);
	assert_int_equal(list.lost, 1);
	assert_true(vole_goroutines_get(&s.go.rt, &list, 0, &addr, &err));
	/* It may be the one that is lost. */
	assert_false(vole_goroutine_find(&s.go.rt, 99, &g, &err));
	assert_int_equal(err.code, VOLE_UNREADABLE);
}

/* Of what is not there nothing is asked, one by one. */
static void test_list_of_more_than_memory_has(void **state)
{
	(void)state;
	fake_var(&s, "runtime.allgs", ALLGS);
	fake_put(&s.go, ALLGS + 8, 8, 1 << 28);
	assert_true(vole_goroutines_find(&s.go.rt, &list, &err));
	assert_int_equal(list.len, (FAKE_BASE + FAKE_SIZE - LIST) / 8);
	assert_int_equal(list.len + list.lost, 1 << 28);
}

static void test_find_by_id(void **state)
{
	(void)state;
	fake_var(&s, "runtime.allgs", ALLGS);
	assert_true(vole_goroutine_find(&s.go.rt, 7, &g, &err));
	assert_int_equal(g.addr, G2);
	assert_false(vole_goroutine_find(&s.go.rt, 8, &g, &err));
	assert_int_equal(err.code, VOLE_NOT_FOUND);
}

static void test_find_passes_over_broken_and_dead(void **state)
{
	(void)state;
	fake_var(&s, "runtime.allgs", ALLGS);
	fake_set(&s, G1, VOLE_G_STATUS, 99);
	assert_true(vole_goroutine_find(&s.go.rt, 7, &g, &err));
	fake_set(&s, G1, VOLE_G_STATUS, VOLE_GSTATUS_DEAD);
	fake_set(&s, G1, VOLE_G_GOID, 7);
	assert_true(vole_goroutine_find(&s.go.rt, 7, &g, &err));
	assert_int_equal(g.addr, G2);
}

/* --- without symbols --------------------------------------------------------- */

static void data_is(uint64_t bss, uint64_t ebss)
{
	s.go.module.bss = bss;
	s.go.module.ebss = ebss;
	s.go.rt.modules.items = &s.go.module;
	s.go.rt.modules.len = 1;
}

static void test_search_of_the_data(void **state)
{
	uint64_t at = 0;

	(void)state;
	data_is(FAKE_BASE, FAKE_BASE + 0x800);
	assert_true(vole_runtime_search(&s.go.rt, "runtime.allgs", &at));
	assert_int_equal(at, ALLGS);
	assert_true(vole_goroutines_find(&s.go.rt, &list, &err));
	assert_int_equal(list.addr, LIST);
}

static void test_search_takes_the_longest(void **state)
{
	uint64_t at = 0, other = FAKE_BASE + 0x40;

	(void)state;
	fake_put(&s.go, other, 8, LIST);
	fake_put(&s.go, other + 8, 8, 1);
	fake_put(&s.go, other + 16, 8, 4);
	data_is(FAKE_BASE, FAKE_BASE + 0x800);
	assert_true(vole_runtime_search(&s.go.rt, "runtime.allgs", &at));
	assert_int_equal(at, ALLGS);
}

static void test_search_finds_nothing(void **state)
{
	uint64_t at;

	(void)state;
	assert_false(vole_runtime_search(&s.go.rt, "runtime.allgs",
					 &at)); /* no module */
	data_is(FAKE_BASE, FAKE_BASE + 0x800);
	fake_put(&s.go, ALLGS + 16, 8, 1); /* longer than its room */
	assert_false(vole_runtime_search(&s.go.rt, "runtime.allgs", &at));
	fake_put(&s.go, ALLGS + 16, 8, 2);
	fake_set(&s, G2, VOLE_G_SCHED_SP, HI + 8); /* not on its stack */
	assert_false(vole_runtime_search(&s.go.rt, "runtime.allgs", &at));
	assert_no_list(VOLE_NOT_FOUND);
}

/* Each word may be the heap's: the first g is looked for once. */
static void test_search_of_the_heap_ends(void **state)
{
	uint64_t at;

	(void)state;
	for (at = FAKE_BASE; at < FAKE_BASE + FAKE_SIZE; at += 8)
		fake_put(&s.go, at, 8, 0x1000);
	fake_has(&s.go, VOLE_STRUCT_MHEAP, 64);
	data_is(FAKE_BASE, FAKE_BASE + FAKE_SIZE);
	assert_false(vole_runtime_search(&s.go.rt, "runtime.mheap_", &at));
}

static void test_search_at_the_end_of_memory(void **state)
{
	uint64_t at;

	(void)state;
	data_is(FAKE_BASE + FAKE_SIZE - 0x100, FAKE_BASE + FAKE_SIZE + 0x1000);
	assert_false(vole_runtime_search(&s.go.rt, "runtime.allgs", &at));
	data_is(UINT64_MAX - 0x100, UINT64_MAX);
	assert_false(vole_runtime_search(&s.go.rt, "runtime.allgs", &at));
}

/* --- what they wait for -------------------------------------------------------- */

static void reason_is(unsigned index, uint64_t text, uint64_t len)
{
	fake_put(&s.go, REASONS + 16 * index, 8, text);
	fake_put(&s.go, REASONS + 16 * index + 8, 8, len);
	fake_set(&s, G1, VOLE_G_WAIT_REASON, index);
	assert_read(G1);
}

static const char *reason(void)
{
	return vole_goroutine_wait_reason(&s.go.rt, &g);
}

static void test_reason_in_the_words_of_the_runtime(void **state)
{
	(void)state;
	fake_var(&s, "runtime.waitReasonStrings", REASONS);
	memcpy(s.go.bytes + (TEXT - FAKE_BASE), "chan send", 9);
	reason_is(3, TEXT, 9);
	assert_string_equal(reason(), "chan send");
	s.go.size = 0; /* and it is kept */
	vole_memory_forget(&s.go.target.mem);
	assert_string_equal(reason(), "chan send");
}

static void test_reason_only_of_those_that_wait(void **state)
{
	(void)state;
	fake_var(&s, "runtime.waitReasonStrings", REASONS);
	fake_set(&s, G1, VOLE_G_STATUS, VOLE_GSTATUS_RUNNING);
	reason_is(3, TEXT, 9);
	assert_null(reason());
}

static void test_reason_that_cannot_be_read(void **state)
{
	(void)state;
	fake_var(&s, "runtime.waitReasonStrings", REASONS);
	reason_is(1, TEXT, UINT64_MAX);
	assert_null(reason());
	reason_is(2, UINT64_MAX - 2, 8);
	assert_null(reason());
}

static void test_reasons_that_are_not_there(void **state)
{
	(void)state;
	assert_read(G1);
	assert_null(reason());
}

static void test_reason_past_the_end_of_the_address_space(void **state)
{
	(void)state;
	fake_var(&s, "runtime.waitReasonStrings", UINT64_MAX - 31);
	fake_set(&s, G1, VOLE_G_WAIT_REASON, 255);
	assert_read(G1);
	assert_null(reason());
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_fields),
		TEST(test_collector_at_its_stack),
		TEST(test_each_state_has_a_word),
		TEST(test_status_that_is_none),
		TEST(test_stack_that_is_none),
		TEST(test_where_nothing_can_be_read),
		TEST(test_list_by_variable),
		TEST(test_empty_list),
		TEST(test_absurd_list),
		TEST(test_list_that_is_cut),
		TEST(test_list_of_more_than_memory_has),
		TEST(test_find_by_id),
		TEST(test_find_passes_over_broken_and_dead),
		TEST(test_search_of_the_data),
		TEST(test_search_takes_the_longest),
		TEST(test_search_finds_nothing),
		TEST(test_search_of_the_heap_ends),
		TEST(test_search_at_the_end_of_memory),
		TEST(test_reason_in_the_words_of_the_runtime),
		TEST(test_reason_only_of_those_that_wait),
		TEST(test_reason_that_cannot_be_read),
		TEST(test_reasons_that_are_not_there),
		TEST(test_reason_past_the_end_of_the_address_space),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
