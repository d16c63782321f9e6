#include "heap/refs.h"

#include "fake_heap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

enum {
	DATA = FAKE_BASE + 0x3000,
	MASK = FAKE_BASE + 0x3800,
	BITS = FAKE_PAGES + 0x2000, /* fake_bits_span() */
	TINY = FAKE_PAGES, /* fake_tiny_span() */
};

static struct fake_go go;
static struct vole_heap *heap;
static struct vole_error err;

static struct vole_ref found[64];
static size_t num_found, at_most;

/* Objects of 48 bytes whose first word is a pointer, and tiny ones. */
static int setup(void **state)
{
	struct fake_span bits = fake_bits_span(), tiny = fake_tiny_span();

	(void)state;
	fake_heap_open(&go);
	fake_heap_typed(&go);
	fake_span_put(&go, 0, &bits);
	fake_span_put(&go, 1, &tiny);
	fake_put(&go, BITS + 8192 - 128, 8, 1 | 1 << 6 | 1 << 12);
	heap = NULL;
	num_found = 0;
	at_most = 64;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	vole_heap_close(heap);
	fake_go_close(&go);
	return 0;
}

static bool visit(struct vole_ref_visitor *v, const struct vole_ref *ref)
{
	(void)v;
	assert_in_range(num_found, 0, at_most - 1);
	found[num_found++] = *ref;
	return num_found < at_most;
}

static void search(uint64_t addr, uint64_t len, const struct vole_mark *reached)
{
	struct vole_ref_search what = { .addr = addr,
					.len = len,
					.roots = 1 << VOLE_ROOT_DATA,
					.reached = reached };
	struct vole_ref_visitor v = { visit };

	if (!heap)
		assert_true(vole_heap_open(&go.rt, NULL, &heap, &err));
	num_found = 0;
	assert_true(vole_refs_visit(heap, &what, &v, &err));
}

static void a_pointer_into_the_range_is_found(void **state)
{
	(void)state;
	fake_put(&go, BITS + 48, 8, TINY + 15);
	search(TINY, 16, NULL);
	assert_int_equal(num_found, 1);
	assert_int_equal(found[0].addr, BITS + 48);
	assert_int_equal(found[0].value, TINY + 15);
	assert_true(found[0].in_object);
	assert_true(found[0].exact);
	assert_int_equal(found[0].slot, 1);
	search(TINY + 16, 16, NULL);
	assert_int_equal(num_found, 0);
	search(TINY, 15, NULL);
	assert_int_equal(num_found, 0);
}

static void a_word_that_is_no_pointer_is_not(void **state)
{
	(void)state;
	fake_put(&go, BITS + 48 + 8, 8, TINY); /* by its mask */
	fake_put(&go, TINY + 16, 8, TINY); /* in a span without any */
	search(TINY, 16, NULL);
	assert_int_equal(num_found, 0);
}

static void a_freed_object_points_nowhere(void **state)
{
	(void)state;
	fake_put(&go, BITS + 2 * 48, 8, TINY);
	search(TINY, 16, NULL);
	assert_int_equal(num_found, 0);
}

static void package_variables_come_first(void **state)
{
	(void)state;
	go.module.data = DATA;
	go.module.edata = DATA + 16;
	go.module.gcdatamask = MASK;
	fake_put(&go, MASK, 1, 2);
	fake_put(&go, DATA, 8, TINY);
	fake_put(&go, DATA + 8, 8, TINY);
	fake_put(&go, BITS, 8, TINY);
	search(TINY, 16, NULL);
	assert_int_equal(num_found, 2);
	assert_false(found[0].in_object);
	assert_int_equal(found[0].addr, DATA + 8);
	assert_int_equal(found[0].kind, VOLE_ROOT_DATA);
	assert_int_equal(found[1].addr, BITS);
}

static void only_objects_that_were_reached(void **state)
{
	struct vole_mark *mark;

	(void)state;
	fake_put(&go, BITS, 8, TINY);
	fake_put(&go, BITS + 48, 8, TINY);
	assert_true(vole_heap_open(&go.rt, NULL, &heap, &err));
	assert_true(vole_mark_open(heap, NULL, &mark, &err));
	assert_true(vole_mark_from(mark, BITS + 48, &err));
	search(TINY, 16, mark);
	assert_int_equal(num_found, 1);
	assert_int_equal(found[0].slot, 1);
	vole_mark_close(mark);
}

static void the_visitor_ends_the_search(void **state)
{
	(void)state;
	fake_put(&go, BITS, 8, TINY);
	fake_put(&go, BITS + 48, 8, TINY);
	at_most = 1;
	search(TINY, 16, NULL);
	assert_int_equal(num_found, 1);
}

/* The target ends in the middle of the span. */
static void pages_that_cannot_be_read_are_passed_over(void **state)
{
	struct fake_span large = fake_large_span();

	(void)state;
	large.type = FAKE_TYPES;
	fake_span_put(&go, 2, &large);
	fake_type_put(&go, FAKE_TYPES, 8, 8, 1);
	fake_put(&go, large.base + 8192, 8, TINY);
	go.size = large.base + 8192 + 7 - FAKE_BASE;
	search(TINY, 16, NULL);
	assert_int_equal(num_found, 0);
	go.size = large.base + 8192 + 12 - FAKE_BASE;
	vole_memory_forget(&go.target.mem);
	search(TINY, 16, NULL);
	assert_int_equal(num_found, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_pointer_into_the_range_is_found),
		TEST(a_word_that_is_no_pointer_is_not),
		TEST(a_freed_object_points_nowhere),
		TEST(package_variables_come_first),
		TEST(only_objects_that_were_reached),
		TEST(the_visitor_ends_the_search),
		TEST(pages_that_cannot_be_read_are_passed_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
