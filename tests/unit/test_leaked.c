/* Goroutines that nothing can wake. */
#include "heap/leaked.h"

#include "fake_heap.h"
#include "fake_waits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

enum {
	ALLGS = FAKE_BASE + 0x2800, /* the variable, and the array behind it */
	DATA = FAKE_BASE + 0x3000,
	MASK = FAKE_BASE + 0x3100,
	GS = FAKE_BASE + 0x40000,
	STACKS = FAKE_BASE + 0x50000,
	STACK = 0x400,
	MAX = 4,
};

static struct fake_sched s;
static struct vole_kept kept;
static struct vole_waiter waiters[MAX];
static struct vole_wait_case cases[MAX];
static struct vole_waits waits;
static struct vole_leaked leaked;
static unsigned num_gs;
static struct vole_error err;

static void add_heap(void)
{
	struct fake_span span = fake_bits_span();
	unsigned i;

	fake_heap_add(&s.go);
	fake_heap_typed(&s.go);
	fake_var(&s, "runtime.mheap_", FAKE_MHEAP);
	fake_var(&s, "runtime.gcphase", FAKE_GCPHASE);
	fake_var(&s, "internal/runtime/gc.SizeClassToSize", FAKE_CLASSES);
	fake_var(&s, "runtime.allgs", ALLGS);
	span.free_index = 20;
	span.alloc_count = 20;
	fake_span_put(&s.go, 0, &span);
	for (i = 0; i < 20 * 6; i += 6)
		fake_put(
			&s.go, span.base + 8192 - 128 + i / 8, 1,
			s.go.bytes[span.base + 8192 - 128 + i / 8 - FAKE_BASE] |
				1 << i % 8);
}

/* Twenty objects whose first word is a pointer, and a variable of 64 words. */
static int setup(void **state)
{
	(void)state;
	fake_sched_open(&s);
	add_heap();
	fake_layout_waits(&s.go);
	s.go.rt.heap = &kept;
	s.go.rt.modules = (struct vole_modules){ &s.go.module, 1 };
	s.go.module.data = DATA;
	s.go.module.edata = DATA + 64;
	s.go.module.gcdatamask = MASK;
	fake_put(&s.go, MASK, 1, 0xff);
	fake_put(&s.go, ALLGS, 8, ALLGS + 64);
	memset(waiters, 0, sizeof(waiters));
	memset(&waits, 0, sizeof(waits));
	waits.waiters.items = waiters;
	num_gs = 0;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	vole_heap_close(kept.item);
	kept = (struct vole_kept){ 0 };
	s.go.rt.heap = NULL;
	fake_sched_close(&s);
	return 0;
}

static uint64_t object(unsigned slot)
{
	return FAKE_PAGES + 0x2000 + slot * 48;
}

/* One whose stack has @p held, an object or 0. */
static uint64_t add_goroutine(enum vole_goroutine_status status, uint64_t held)
{
	uint64_t g = GS + SCHED_G_SIZE * (uint64_t)num_gs;
	uint64_t hi = STACKS + STACK * (uint64_t)(num_gs + 1);

	fake_g(&s, g, num_gs + 1, status, hi - STACK, hi);
	fake_put(&s.go, hi - 16, 8, held);
	fake_put(&s.go, ALLGS + 64 + 8 * num_gs, 8, g);
	fake_put(&s.go, ALLGS + 8, 8, ++num_gs);
	return g;
}

/* One that waits for the channel @p object, and has @p held. */
static struct vole_waiter *add_waiter(uint64_t chan, uint64_t held)
{
	size_t i = waits.waiters.len++;

	cases[i] = (struct vole_wait_case){ .object = chan };
	waiters[i] = (struct vole_waiter){
		.id = num_gs + 1,
		.addr = add_goroutine(VOLE_GSTATUS_WAITING, held),
		.wait = { .kind = VOLE_WAIT_CHAN,
			  .cases = &cases[i],
			  .num_cases = 1 },
	};
	return &waiters[i];
}

static void find(void)
{
	assert_true(vole_leaked_find(&s.go.rt, NULL, &waits, NULL, NULL,
				     &leaked, &err));
}

static void what_it_alone_has_wakes_nobody(void **state)
{
	const struct vole_waiter *w = add_waiter(object(0), object(0));

	(void)state;
	find();
	assert_true(w->leaked);
	assert_int_equal(leaked.num, 1);
	assert_false(leaked.partial);
}

static void a_variable_may_wake_it(void **state)
{
	const struct vole_waiter *w = add_waiter(object(1), 0);

	(void)state;
	fake_put(&s.go, DATA + 8, 8, object(0));
	fake_put(&s.go, object(0), 8, object(1));
	find();
	assert_false(w->leaked);
	assert_int_equal(leaked.num, 0);
}

static void one_that_runs_may_wake_it(void **state)
{
	const struct vole_waiter *w = add_waiter(object(0), 0);

	(void)state;
	add_goroutine(VOLE_GSTATUS_RUNNABLE, object(0));
	find();
	assert_false(w->leaked);
}

static void one_that_is_dead_wakes_nobody(void **state)
{
	const struct vole_waiter *w = add_waiter(object(0), 0);

	(void)state;
	add_goroutine(VOLE_GSTATUS_DEAD, object(0));
	find();
	assert_true(w->leaked);
}

static void those_who_wait_for_each_other(void **state)
{
	const struct vole_waiter *a = add_waiter(object(0), object(1));
	const struct vole_waiter *b = add_waiter(object(1), object(0));

	(void)state;
	find();
	assert_true(a->leaked);
	assert_true(b->leaked);
	assert_int_equal(leaked.num, 2);
}

/* Whoever is woken has what wakes the next, in either order of the list. */
static void a_chain_of_who_wakes_whom(void **state)
{
	const struct vole_waiter *last = add_waiter(object(2), 0);
	const struct vole_waiter *first = add_waiter(object(0), object(1));
	const struct vole_waiter *middle = add_waiter(object(1), object(2));

	(void)state;
	add_goroutine(VOLE_GSTATUS_RUNNABLE, object(0));
	find();
	assert_false(first->leaked);
	assert_false(middle->leaked);
	assert_false(last->leaked);
}

static void what_is_not_of_the_heap_is_anybodys(void **state)
{
	const struct vole_waiter *w = add_waiter(DATA + 16, 0);

	(void)state;
	find();
	assert_false(w->leaked);
}

static void time_or_the_unknown_may_wake_it(void **state)
{
	struct vole_waiter *timed = add_waiter(object(0), 0);
	struct vole_waiter *unknown = add_waiter(object(1), 0);
	struct vole_waiter *system = add_waiter(object(2), 0);
	struct vole_waiter *other = add_waiter(object(3), 0);

	(void)state;
	timed->wait.until = 5;
	unknown->wait.problem = "not known";
	system->system = true;
	other->wait.kind = VOLE_WAIT_FD;
	find();
	assert_int_equal(leaked.num, 0);
}

static void an_empty_select_waits_forever(void **state)
{
	struct vole_waiter *w = add_waiter(0, 0);

	(void)state;
	w->wait.kind = VOLE_WAIT_FOREVER;
	w->wait.num_cases = 0;
	find();
	assert_true(w->leaked);
}

/* The runtime knows every sudog, and that leads to the channel. */
static void its_own_sudog_wakes_nobody(void **state)
{
	const struct vole_waiter *w = add_waiter(object(0), 0);

	(void)state;
	fake_set(&s, w->addr, VOLE_G_WAITING, object(5));
	fake_put(&s.go, object(5), 8, object(0));
	fake_put(&s.go, DATA, 8, object(5));
	find();
	assert_true(w->leaked);
}

static void a_damaged_heap_is_told(void **state)
{
	(void)state;
	add_waiter(object(0), 0);
	fake_put(&s.go, FAKE_RECORD + ((FAKE_PAGES + 0x4000) / 8192) * 8, 8,
		 FAKE_BASE + FAKE_HEAP_SIZE);
	find();
	assert_true(leaked.partial);
}

static void without_goroutines_nobody_is_called_leaked(void **state)
{
	const struct vole_waiter *w = add_waiter(object(0), 0);

	(void)state;
	fake_put(&s.go, ALLGS + 8, 8, UINT64_MAX);
	assert_false(vole_leaked_find(&s.go.rt, NULL, &waits, NULL, NULL,
				      &leaked, &err));
	assert_int_equal(err.code, VOLE_CORRUPT);
	assert_false(w->leaked);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_it_alone_has_wakes_nobody),
		TEST(a_variable_may_wake_it),
		TEST(one_that_runs_may_wake_it),
		TEST(one_that_is_dead_wakes_nobody),
		TEST(those_who_wait_for_each_other),
		TEST(a_chain_of_who_wakes_whom),
		TEST(what_is_not_of_the_heap_is_anybodys),
		TEST(time_or_the_unknown_may_wake_it),
		TEST(an_empty_select_waits_forever),
		TEST(its_own_sudog_wakes_nobody),
		TEST(a_damaged_heap_is_told),
		TEST(without_goroutines_nobody_is_called_leaked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
