#include "check/held.h"

#include "fake_kept.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

/* An object of six words, of which the first, third and last are pointers. */
enum {
	OBJECT = FAKE_PAGES + 0x2000,
	FIRST = OBJECT,
	THIRD = OBJECT + 16,
	LAST = OBJECT + 40,
	ALIVE = FAKE_PAGES + 16,
	FREED = FAKE_PAGES + 16 * 100,
};

static struct fake_kept fake;
static struct vole_held held;

static int setup(void **state)
{
	struct fake_span tiny = fake_tiny_span(), bits = fake_bits_span();

	(void)state;
	fake_kept_open(&fake);
	tiny.need_zero = true;
	fake_span_put(&fake.go, 0, &tiny);
	fake_span_put(&fake.go, 1, &bits);
	fake_put(&fake.go, bits.base + 8192 - 128, 8, 1 | 1 << 2 | 1 << 5);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_kept_close(&fake);
	return 0;
}

static bool find(void)
{
	struct vole_object object;
	struct vole_heap *heap;
	struct vole_error err;

	assert_true(vole_heap_get(&fake.go.rt, NULL, &heap, &err));
	assert_true(vole_object_at(heap, OBJECT, &object));
	return vole_held_find(&fake.go.rt, NULL, heap, &object, &held);
}

static void pointers_to_what_is_alive_are_right(void **state)
{
	(void)state;
	fake_put(&fake.go, FIRST, 8, ALIVE);
	fake_put(&fake.go, LAST, 8, OBJECT);
	assert_false(find());
}

static void a_pointer_into_a_free_slot_is_found(void **state)
{
	(void)state;
	fake_put(&fake.go, FIRST, 8, ALIVE);
	fake_put(&fake.go, THIRD, 8, FREED + 4);
	assert_true(find());
	assert_int_equal(held.offset, 16);
	assert_int_equal(held.value, FREED + 4);
	assert_int_equal(held.region.live, VOLE_LIVE_FREE);
}

static void a_number_is_no_pointer(void **state)
{
	(void)state;
	fake_put(&fake.go, OBJECT + 8, 8, FREED);
	assert_false(find());
}

static void so_is_one_into_nothing(void **state)
{
	(void)state;
	fake_put(&fake.go, LAST, 8, UINT64_C(0x7f0000000000));
	assert_true(find());
	assert_int_equal(held.offset, 40);
	assert_int_equal(held.region.kind, VOLE_REGION_UNMAPPED);
}

static void an_object_that_is_free_holds_nothing(void **state)
{
	struct fake_span bits = fake_bits_span();

	(void)state;
	bits.free_index = 0;
	bits.alloc_count = 0;
	fake_span_put(&fake.go, 1, &bits);
	fake_put(&fake.go, FIRST, 8, FREED);
	assert_false(find());
}

static void pages_in_no_span_hold_nothing(void **state)
{
	struct vole_region region;
	struct vole_heap *heap;
	struct vole_error err;

	(void)state;
	assert_true(vole_heap_get(&fake.go.rt, NULL, &heap, &err));
	vole_region_at(&fake.go.rt, NULL, FAKE_PAGES + 0x10000, &region);
	assert_int_equal(region.live, VOLE_LIVE_FREE_SPAN);
	assert_false(
		vole_held_find(&fake.go.rt, NULL, heap, &region.object, &held));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(pointers_to_what_is_alive_are_right),
		TEST(a_pointer_into_a_free_slot_is_found),
		TEST(a_number_is_no_pointer),
		TEST(so_is_one_into_nothing),
		TEST(an_object_that_is_free_holds_nothing),
		TEST(pages_in_no_span_hold_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
