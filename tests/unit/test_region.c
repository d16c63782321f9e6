#include "check/region.h"

#include "fake_kept.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static struct fake_kept fake;
static struct vole_region region;

static int setup(void **state)
{
	(void)state;
	fake_kept_open(&fake);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_kept_close(&fake);
	return 0;
}

static void put(struct fake_span span)
{
	fake_span_put(&fake.go, 0, &span);
}

static void assert_at(uint64_t addr, enum vole_region_kind kind,
		      enum vole_live live, const char *words)
{
	char text[160];

	vole_region_at(&fake.go.rt, NULL, addr, &region);
	assert_string_equal(vole_region_name(region.kind),
			    vole_region_name(kind));
	assert_int_equal(region.live, live);
	vole_region_words(&region, text, sizeof(text));
	assert_string_equal(text, words);
}

static void nil_is_nowhere(void **state)
{
	(void)state;
	assert_at(0, VOLE_REGION_NIL, VOLE_LIVE_NONE, "nil");
	assert_false(vole_region_is_freed(&region));
}

static void an_object_in_use(void **state)
{
	(void)state;
	put(fake_tiny_span());
	assert_at(FAKE_PAGES + 33, VOLE_REGION_HEAP, VOLE_LIVE_ALLOCATED,
		  "heap, an object of 16 bytes");
	assert_int_equal(region.object.offset, 1);
	assert_false(vole_region_is_freed(&region));
}

static void a_slot_without_an_object_is_freed(void **state)
{
	struct fake_span span = fake_tiny_span();

	(void)state;
	span.need_zero = true;
	put(span);
	assert_at(FAKE_PAGES + 48, VOLE_REGION_HEAP, VOLE_LIVE_FREE,
		  "freed: a slot of 16 bytes without an object");
	assert_true(vole_region_is_freed(&region));
}

static void behind_the_last_slot(void **state)
{
	(void)state;
	put(fake_bits_span());
	assert_at(FAKE_PAGES + 0x4000 - 8, VOLE_REGION_HEAP, VOLE_LIVE_PAST_END,
		  "heap, behind the objects of a span");
	assert_true(vole_region_is_freed(&region));
}

static void pages_in_no_span_are_freed(void **state)
{
	(void)state;
	put(fake_tiny_span());
	assert_at(FAKE_PAGES + 0x10000, VOLE_REGION_HEAP, VOLE_LIVE_FREE_SPAN,
		  "freed: pages of the heap in no span");
	assert_true(vole_region_is_freed(&region));
}

static void whose_stack_it_is_is_unknown_without_goroutines(void **state)
{
	struct fake_span span = fake_tiny_span();

	(void)state;
	span.state = 2; /* mSpanManual */
	put(span);
	vole_region_at(&fake.go.rt, NULL, FAKE_PAGES + 8, &region);
	assert_int_equal(region.kind, VOLE_REGION_UNKNOWN);
	assert_int_not_equal(region.unknown.code, VOLE_OK);
	assert_false(vole_region_is_freed(&region));
}

static void memory_that_is_not_there(void **state)
{
	(void)state;
	put(fake_tiny_span());
	assert_at(UINT64_C(0x7f0000000000), VOLE_REGION_UNMAPPED,
		  VOLE_LIVE_NONE, "unmapped");
	assert_true(vole_region_is_freed(&region));
}

static void a_heap_that_cannot_be_read_is_not_guessed_at(void **state)
{
	(void)state;
	fake.go.rt.di = NULL;
	fake.go.rt.layout.size[VOLE_STRUCT_MHEAP] = 0;
	vole_region_at(&fake.go.rt, NULL, FAKE_PAGES, &region);
	assert_int_equal(region.kind, VOLE_REGION_UNKNOWN);
	assert_int_not_equal(region.unknown.code, VOLE_OK);
	assert_false(vole_region_is_freed(&region));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(nil_is_nowhere),
		TEST(an_object_in_use),
		TEST(a_slot_without_an_object_is_freed),
		TEST(behind_the_last_slot),
		TEST(pages_in_no_span_are_freed),
		TEST(whose_stack_it_is_is_unknown_without_goroutines),
		TEST(memory_that_is_not_there),
		TEST(a_heap_that_cannot_be_read_is_not_guessed_at),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
