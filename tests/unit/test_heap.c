#include "heap/object.h"

#include "fake_heap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static struct fake_go go;
static struct vole_heap *heap;
static struct vole_object object;
static struct vole_error err;

static int setup(void **state)
{
	(void)state;
	fake_heap_open(&go);
	fake_heap_typed(&go);
	heap = NULL;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	vole_heap_close(heap);
	fake_go_close(&go);
	return 0;
}

static void put(unsigned number, struct fake_span span)
{
	fake_span_put(&go, number, &span);
}

static void make(void)
{
	vole_heap_close(heap);
	heap = NULL;
	assert_true(vole_heap_open(&go.rt, NULL, &heap, &err));
}

static void assert_sound(void)
{
	int i;

	for (i = 0; i < VOLE_NUM_HEAP_DAMAGES; i++)
		assert_int_equal(heap->problems[i].num, 0);
}

static void assert_damage(enum vole_heap_damage damage, uint64_t addr)
{
	assert_int_equal(heap->problems[damage].num, 1);
	assert_int_equal(heap->problems[damage].first, addr);
}

static void an_empty_heap_has_no_spans(void **state)
{
	(void)state;
	make();
	assert_int_equal(heap->num_spans, 0);
	assert_false(vole_object_at(heap, FAKE_PAGES, &object));
	assert_sound();
}

static void no_arenas_at_all(void **state)
{
	(void)state;
	fake_put(&go, FAKE_MHEAP + 24, 8, 0);
	make();
	assert_false(vole_object_at(heap, 0, &object));
	assert_false(vole_object_at(heap, UINT64_MAX, &object));
}

static void an_object_is_found_by_any_of_its_bytes(void **state)
{
	(void)state;
	put(0, fake_tiny_span());
	make();
	assert_true(vole_object_at(heap, FAKE_PAGES + 16 * 2 + 5, &object));
	assert_int_equal(object.part, VOLE_PART_OBJECT);
	assert_int_equal(object.state, VOLE_OBJECT_ALLOCATED);
	assert_int_equal(object.index, 2);
	assert_int_equal(object.base, FAKE_PAGES + 32);
	assert_int_equal(object.size, 16);
	assert_int_equal(object.offset, 5);
	assert_true(object.noscan);
	assert_true(object.tiny);
	assert_sound();
}

static void allocated_is_below_freeindex_or_in_the_bits(void **state)
{
	struct fake_span span = fake_tiny_span();

	(void)state;
	span.allocated = 1 | UINT64_C(1) << 63; /* bit 0 is below freeindex */
	span.alloc_count = 4;
	put(0, span);
	make();
	vole_object_at(heap, FAKE_PAGES + 16, &object);
	assert_int_equal(object.state, VOLE_OBJECT_ALLOCATED);
	vole_object_at(heap, FAKE_PAGES + 16 * 3, &object);
	assert_int_equal(object.state, VOLE_OBJECT_NEVER);
	vole_object_at(heap, FAKE_PAGES + 16 * 63, &object);
	assert_int_equal(object.state, VOLE_OBJECT_ALLOCATED);
	assert_sound();
}

static void a_slot_of_used_memory_is_free(void **state)
{
	struct fake_span span = fake_tiny_span();

	(void)state;
	span.need_zero = true;
	put(0, span);
	make();
	vole_object_at(heap, FAKE_PAGES + 16 * 3, &object);
	assert_int_equal(object.state, VOLE_OBJECT_FREE);
}

static void what_is_not_marked_before_the_sweep_is_garbage(void **state)
{
	struct fake_span span = fake_tiny_span();

	(void)state;
	span.marked = 5;
	span.sweepgen = FAKE_SWEEPGEN - 2;
	put(0, span);
	make();
	vole_object_at(heap, FAKE_PAGES, &object);
	assert_int_equal(object.state, VOLE_OBJECT_ALLOCATED);
	vole_object_at(heap, FAKE_PAGES + 16, &object);
	assert_int_equal(object.state, VOLE_OBJECT_GARBAGE);
	/* While a collection marks, nothing is garbage yet. */
	fake_put(&go, FAKE_GCPHASE, 4, 1);
	make();
	vole_object_at(heap, FAKE_PAGES + 16, &object);
	assert_int_equal(object.state, VOLE_OBJECT_ALLOCATED);
}

/* They may be those of the next collection already. */
static void marks_say_nothing_while_a_span_is_swept(void **state)
{
	struct fake_span span = fake_tiny_span();

	(void)state;
	span.sweepgen = FAKE_SWEEPGEN - 1;
	put(0, span);
	make();
	vole_object_at(heap, FAKE_PAGES, &object);
	assert_int_equal(object.state, VOLE_OBJECT_ALLOCATED);
	assert_sound();
}

/* Counted anew, but the bits are still the old ones. */
static void nothing_is_free_of_a_span_that_is_just_swept(void **state)
{
	struct fake_span span = fake_tiny_span();

	(void)state;
	span.sweepgen = FAKE_SWEEPGEN - 1;
	span.alloc_count = 2;
	span.count = 500;
	span.need_zero = true;
	put(0, span);
	make();
	vole_object_at(heap, FAKE_PAGES + 16 * 499, &object);
	assert_int_equal(object.state, VOLE_OBJECT_ALLOCATED);
	assert_false(vole_bit(heap->allocated, 500));
	assert_sound();
}

static void a_cached_span_counts_after_it_has_allocated(void **state)
{
	struct fake_span span = fake_tiny_span();

	(void)state;
	span.sweepgen = FAKE_SWEEPGEN + 3;
	span.alloc_count = 2;
	put(0, span);
	make();
	assert_sound();
	span.alloc_count = 1;
	put(0, span);
	make();
	assert_damage(VOLE_HEAP_BAD_COUNT, fake_mspan(0));
}

static void marks_of_green_tea_lie_in_the_span(void **state)
{
	struct fake_span span = fake_tiny_span();
	uint64_t page = FAKE_PAGES / 8192;

	(void)state;
	span.count = 504;
	span.sweepgen = FAKE_SWEEPGEN - 2;
	put(0, span);
	fake_put(&go, FAKE_RECORD + FAKE_INLINE + page / 8, 1, 1 << page % 8);
	fake_put(&go, FAKE_PAGES + 8192 - 64, 1, 2);
	make();
	vole_object_at(heap, FAKE_PAGES, &object);
	assert_int_equal(object.state, VOLE_OBJECT_GARBAGE);
	vole_object_at(heap, FAKE_PAGES + 16, &object);
	assert_int_equal(object.state, VOLE_OBJECT_ALLOCATED);
}

static void an_object_over_512_bytes_begins_behind_its_type(void **state)
{
	struct fake_span span = fake_typed_span();

	(void)state;
	fake_put(&go, span.base, 8, FAKE_TYPES);
	put(0, span);
	make();
	assert_true(vole_object_at(heap, span.base + 8, &object));
	assert_int_equal(object.part, VOLE_PART_OBJECT);
	assert_int_equal(object.base, span.base + 8);
	assert_int_equal(object.slot, span.base);
	assert_int_equal(object.size, 1016);
	assert_int_equal(object.offset, 0);
	assert_int_equal(object.type, FAKE_TYPES);
	assert_true(vole_object_at(heap, span.base + 7, &object));
	assert_int_equal(object.part, VOLE_PART_HEADER);
}

static void a_large_object_is_its_span(void **state)
{
	struct fake_span span = fake_large_span();

	(void)state;
	put(0, span);
	make();
	assert_true(vole_object_at(heap, span.base + 3 * 8192 - 1, &object));
	assert_int_equal(object.base, span.base);
	assert_int_equal(object.size, 3 * 8192);
	assert_int_equal(object.type, FAKE_TYPES);
	assert_false(vole_object_at(heap, span.base + 3 * 8192, &object));
	assert_int_equal(heap->in_use_bytes, 3 * 8192);
	assert_sound();
}

static void behind_the_last_slot_is_no_object(void **state)
{
	struct fake_span span = fake_bits_span();

	(void)state;
	put(0, span);
	make();
	assert_true(vole_object_at(heap, span.base + 168 * 48, &object));
	assert_int_equal(object.part, VOLE_PART_TAIL);
}

static void a_span_of_a_stack_has_no_objects(void **state)
{
	struct fake_span span = { .base = FAKE_PAGES, .pages = 4, .state = 2 };

	(void)state;
	put(0, span);
	make();
	assert_true(vole_object_at(heap, FAKE_PAGES + 0x7fff, &object));
	assert_int_equal(object.part, VOLE_PART_MANUAL);
	assert_int_equal(heap->in_use_bytes, 0);
}

static void what_the_table_has_of_dead_spans_is_stale(void **state)
{
	struct fake_span span = fake_tiny_span();

	(void)state;
	span.state = 0;
	put(0, span);
	make();
	assert_int_equal(heap->num_spans, 0);
	assert_sound();
}

/* The mspan of a span that was given back is used again for another. */
static void a_stale_page_in_front_of_the_span(void **state)
{
	struct fake_span span = fake_tiny_span();

	(void)state;
	span.base = FAKE_PAGES + 0x4000;
	put(0, span);
	fake_put(&go, FAKE_RECORD + FAKE_PAGES / 8192 * 8, 8, fake_mspan(0));
	fake_put(&go, FAKE_RECORD + FAKE_PAGES / 8192 * 8 + 8, 8,
		 fake_mspan(0));
	fake_put(&go, FAKE_RECORD + FAKE_PAGES / 8192 * 8 + 24, 8,
		 fake_mspan(0));
	make();
	assert_int_equal(heap->num_spans, 1);
	assert_true(vole_object_at(heap, span.base, &object));
	assert_false(vole_object_at(heap, span.base - 1, &object));
	assert_false(vole_object_at(heap, span.base + 8192, &object));
	assert_sound();
}

static void objects_are_numbered_through_all_spans(void **state)
{
	(void)state;
	put(0, fake_tiny_span());
	put(1, fake_bits_span());
	make();
	vole_object_at(heap, FAKE_PAGES + 0x2000 + 48, &object);
	assert_int_equal(object.number, 512 + 1);
	assert_true(vole_bit(heap->allocated, 512 + 1));
	assert_false(vole_bit(heap->allocated, 512 + 2));
}

static void a_count_that_differs_from_the_bits_is_found(void **state)
{
	struct fake_span span = fake_tiny_span();

	(void)state;
	span.alloc_count = 4;
	put(0, span);
	make();
	assert_damage(VOLE_HEAP_BAD_COUNT, fake_mspan(0));
}

static void a_span_with_more_objects_than_room_is_left_out(void **state)
{
	struct fake_span span = fake_tiny_span();

	(void)state;
	span.count = 513;
	put(0, span);
	make();
	assert_int_equal(heap->num_spans, 0);
	assert_damage(VOLE_HEAP_BAD_SPAN, fake_mspan(0));
}

static void a_size_that_is_not_its_class_is_refused(void **state)
{
	(void)state;
	fake_put(&go, FAKE_CLASSES + 2 * 2, 2, 24);
	put(0, fake_tiny_span());
	make();
	assert_damage(VOLE_HEAP_BAD_SPAN, fake_mspan(0));
}

static void a_span_that_reaches_into_another_is_cut(void **state)
{
	struct fake_span span = fake_large_span();

	(void)state;
	put(0, span);
	span = fake_tiny_span();
	span.base = FAKE_PAGES + 0x8000; /* the second page of the other */
	put(1, span);
	make();
	assert_damage(VOLE_HEAP_OVERLAP, fake_mspan(0));
	assert_true(vole_object_at(heap, FAKE_PAGES + 0x8000, &object));
	assert_int_equal(object.slot, FAKE_PAGES + 0x8000);
}

static void an_mspan_that_cannot_be_read_is_left_out(void **state)
{
	(void)state;
	fake_put(&go, FAKE_RECORD + FAKE_PAGES / 8192 * 8, 8, UINT64_MAX - 8);
	put(1, fake_bits_span());
	make();
	assert_damage(VOLE_HEAP_BAD_SPAN, UINT64_MAX - 8);
	assert_int_equal(heap->num_spans, 1);
}

static void bits_that_cannot_be_read(void **state)
{
	(void)state;
	put(0, fake_tiny_span());
	fake_put(&go, fake_mspan(0) + 64, 8, 8);
	make();
	assert_damage(VOLE_HEAP_BAD_BITS, fake_mspan(0));
	vole_object_at(heap, FAKE_PAGES, &object);
	assert_int_equal(object.state, VOLE_OBJECT_ALLOCATED);
}

static void an_absurd_number_of_arenas_is_refused(void **state)
{
	(void)state;
	fake_put(&go, FAKE_MHEAP + 24, 8, UINT64_MAX);
	assert_false(vole_heap_open(&go.rt, NULL, &heap, &err));
	assert_int_equal(err.code, VOLE_CORRUPT);
}

static void an_arena_named_twice_counts_once(void **state)
{
	(void)state;
	fake_put(&go, FAKE_MHEAP + 24, 8, 2);
	put(0, fake_tiny_span());
	make();
	assert_int_equal(heap->num_arenas, 1);
	assert_int_equal(heap->problems[VOLE_HEAP_BAD_ARENA].num, 1);
	assert_int_equal(heap->num_spans, 1);
}

/* Before Go 1.25 no list has them; their spans are in allspans. */
static void arenas_of_the_user_are_found_by_their_spans(void **state)
{
	const uint64_t spans = FAKE_BASE + 0x3000;

	(void)state;
	fake_field(&go, VOLE_MHEAP_ALL_SPANS, 40, 24);
	fake_put(&go, FAKE_MHEAP + 24, 8, 0);
	fake_put(&go, FAKE_MHEAP + 40, 8, spans);
	fake_put(&go, FAKE_MHEAP + 48, 8, 2);
	fake_put(&go, spans, 8, fake_mspan(0));
	fake_put(&go, spans + 8, 8, fake_mspan(1));
	put(0, fake_tiny_span());
	put(1, fake_bits_span());
	make();
	assert_int_equal(heap->num_arenas, 0);
	go.rt.build.experiments = "arenas";
	make();
	assert_int_equal(heap->num_arenas, 1);
	assert_int_equal(heap->num_spans, 2);
	assert_sound();
}

static void an_arena_without_a_record_is_left_out(void **state)
{
	(void)state;
	fake_put(&go, FAKE_TABLE, 8, 0);
	make();
	assert_int_equal(heap->num_arenas, 0);
	assert_int_equal(heap->problems[VOLE_HEAP_BAD_ARENA].num, 1);
}

static void a_program_without_debug_information_has_no_heap(void **state)
{
	(void)state;
	go.rt.layout.has[VOLE_STRUCT_MSPAN] = false;
	assert_false(vole_heap_open(&go.rt, NULL, &heap, &err));
	assert_int_equal(err.code, VOLE_NO_DEBUG_INFO);
}

static bool yes(struct vole_ui *ui)
{
	(void)ui;
	return true;
}

static void the_user_can_stop_it(void **state)
{
	struct vole_ui ui = { .interrupted = yes };

	(void)state;
	assert_false(vole_heap_open(&go.rt, &ui, &heap, &err));
	assert_int_equal(err.code, VOLE_INTERRUPTED);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_empty_heap_has_no_spans),
		TEST(no_arenas_at_all),
		TEST(an_object_is_found_by_any_of_its_bytes),
		TEST(allocated_is_below_freeindex_or_in_the_bits),
		TEST(a_slot_of_used_memory_is_free),
		TEST(what_is_not_marked_before_the_sweep_is_garbage),
		TEST(marks_say_nothing_while_a_span_is_swept),
		TEST(nothing_is_free_of_a_span_that_is_just_swept),
		TEST(a_cached_span_counts_after_it_has_allocated),
		TEST(marks_of_green_tea_lie_in_the_span),
		TEST(an_object_over_512_bytes_begins_behind_its_type),
		TEST(a_large_object_is_its_span),
		TEST(behind_the_last_slot_is_no_object),
		TEST(a_span_of_a_stack_has_no_objects),
		TEST(what_the_table_has_of_dead_spans_is_stale),
		TEST(a_stale_page_in_front_of_the_span),
		TEST(objects_are_numbered_through_all_spans),
		TEST(a_count_that_differs_from_the_bits_is_found),
		TEST(a_span_with_more_objects_than_room_is_left_out),
		TEST(a_size_that_is_not_its_class_is_refused),
		TEST(a_span_that_reaches_into_another_is_cut),
		TEST(an_mspan_that_cannot_be_read_is_left_out),
		TEST(bits_that_cannot_be_read),
		TEST(an_absurd_number_of_arenas_is_refused),
		TEST(an_arena_named_twice_counts_once),
		TEST(arenas_of_the_user_are_found_by_their_spans),
		TEST(an_arena_without_a_record_is_left_out),
		TEST(a_program_without_debug_information_has_no_heap),
		TEST(the_user_can_stop_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
