#include "heap/mark.h"

#include "fake_heap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

enum {
	DATA = FAKE_BASE + 0x3000,
	MASK = FAKE_BASE + 0x3800,
	STACK = FAKE_BASE + 0x40000,
	SPECIAL = FAKE_BASE + 0x50000,
};

static struct fake_go go;
static struct vole_heap *heap;
static struct vole_mark *mark;
static struct vole_error err;

/*
 * A page of objects of 48 bytes, the first word of each a pointer, sixty of
 * them allocated, and a page of tiny ones.
 */
static int setup(void **state)
{
	struct fake_span span = fake_bits_span(), tiny = fake_tiny_span();
	unsigned i;

	(void)state;
	fake_heap_open(&go);
	fake_heap_typed(&go);
	span.free_index = 60;
	span.alloc_count = 60;
	fake_span_put(&go, 0, &span);
	fake_span_put(&go, 1, &tiny);
	for (i = 0; i < 60 * 6; i += 6)
		fake_put(&go, span.base + 8192 - 128 + i / 8, 1,
			 go.bytes[span.base + 8192 - 128 + i / 8 - FAKE_BASE] |
				 1 << i % 8);
	heap = NULL;
	mark = NULL;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	vole_mark_close(mark);
	vole_heap_close(heap);
	fake_go_close(&go);
	return 0;
}

static uint64_t object(unsigned slot)
{
	return FAKE_PAGES + 0x2000 + slot * 48;
}

/* The pointer of object @p from leads to @p to. */
static void link_to(unsigned from, uint64_t to)
{
	fake_put(&go, object(from), 8, to);
}

static void make(void)
{
	assert_true(vole_heap_open(&go.rt, NULL, &heap, &err));
	assert_true(vole_mark_open(heap, NULL, &mark, &err));
}

static void a_chain_is_followed(void **state)
{
	unsigned i;

	(void)state;
	for (i = 0; i < 59; i++)
		link_to(i, object(i + 1) + 7);
	make();
	assert_true(vole_mark_from(mark, object(0), &err));
	assert_true(vole_mark_has(mark, object(59)));
	assert_int_equal(vole_mark_totals(mark)->objects, 60);
	assert_int_equal(vole_mark_totals(mark)->bytes, 60 * 48);
}

static void a_cycle_comes_to_an_end(void **state)
{
	(void)state;
	link_to(0, object(1));
	link_to(1, object(0));
	link_to(2, object(2));
	make();
	assert_true(vole_mark_from(mark, object(1), &err));
	assert_true(vole_mark_has(mark, object(0)));
	assert_false(vole_mark_has(mark, object(2)));
	assert_int_equal(vole_mark_totals(mark)->objects, 2);
}

static void what_is_no_pointer_is_not_followed(void **state)
{
	(void)state;
	fake_put(&go, object(0) + 8, 8, object(1));
	make();
	assert_true(vole_mark_from(mark, object(0), &err));
	assert_false(vole_mark_has(mark, object(1)));
}

static void objects_without_pointers_are_marked(void **state)
{
	(void)state;
	link_to(0, FAKE_PAGES + 16);
	fake_put(&go, FAKE_PAGES + 16, 8, object(1));
	make();
	assert_true(vole_mark_from(mark, object(0), &err));
	assert_true(vole_mark_has(mark, FAKE_PAGES + 16));
	assert_false(vole_mark_has(mark, object(1)));
}

static void free_slots_are_counted_and_not_entered(void **state)
{
	(void)state;
	link_to(0, object(100));
	make();
	assert_true(vole_mark_from(mark, object(0), &err));
	assert_false(vole_mark_has(mark, object(100)));
	assert_int_equal(vole_mark_totals(mark)->to_free, 1);
}

static void a_barred_object_is_not_entered(void **state)
{
	(void)state;
	link_to(0, object(1));
	link_to(1, object(2));
	make();
	vole_mark_bar(mark, object(1) + 5);
	assert_true(vole_mark_from(mark, object(0), &err));
	assert_false(vole_mark_has(mark, object(1)));
	assert_false(vole_mark_has(mark, object(2)));
	vole_mark_unbar(mark, object(1));
	assert_true(vole_mark_from(mark, object(1), &err));
	assert_true(vole_mark_has(mark, object(2)));
}

static void package_variables_are_roots_by_their_mask(void **state)
{
	(void)state;
	go.module.data = DATA;
	go.module.edata = DATA + 8 * 70;
	go.module.gcdatamask = MASK;
	fake_put(&go, DATA, 8, object(0)); /* no pointer, says the mask */
	fake_put(&go, DATA + 8, 8, object(1));
	fake_put(&go, DATA + 8 * 69, 8, object(2));
	fake_put(&go, DATA + 8 * 70, 8, object(3)); /* past its end */
	fake_put(&go, MASK, 1, 2);
	fake_put(&go, MASK + 8, 1, 1 << 5 | 1 << 6);
	make();
	assert_true(vole_mark_from_roots(mark, 1 << VOLE_ROOT_DATA, &err));
	assert_false(vole_mark_has(mark, object(0)));
	assert_true(vole_mark_has(mark, object(1)));
	assert_true(vole_mark_has(mark, object(2)));
	assert_false(vole_mark_has(mark, object(3)));
}

static void without_a_mask_any_word_of_them_counts(void **state)
{
	(void)state;
	go.module.bss = DATA;
	go.module.ebss = DATA + 16;
	fake_put(&go, DATA + 8, 8, object(1));
	make();
	assert_true(vole_mark_from_roots(mark, 1 << VOLE_ROOT_DATA, &err));
	assert_true(vole_mark_has(mark, object(1)));
}

static void the_part_of_a_stack_in_use_is_a_root(void **state)
{
	struct vole_goroutine g = { .status = VOLE_GSTATUS_SYSCALL,
				    .stack_lo = STACK,
				    .stack_hi = STACK + 2048,
				    .sched_sp = STACK + 1024 };

	(void)state;
	fake_put(&go, STACK + 1016, 8, object(0));
	fake_put(&go, STACK + 1024, 8, object(1));
	fake_put(&go, STACK + 2040, 8, object(2) + 40);
	fake_put(&go, STACK + 2048, 8, object(3));
	make();
	assert_true(vole_mark_from_stack(mark, &g, &err));
	assert_false(vole_mark_has(mark, object(0)));
	assert_true(vole_mark_has(mark, object(1)));
	assert_true(vole_mark_has(mark, object(2)));
	assert_false(vole_mark_has(mark, object(3)));
}

static void a_range_that_is_not_aligned(void **state)
{
	(void)state;
	fake_put(&go, STACK, 8, object(0));
	fake_put(&go, STACK + 8, 8, object(1));
	make();
	assert_true(vole_mark_from_range(mark, STACK + 1, 15, &err));
	assert_false(vole_mark_has(mark, object(0)));
	assert_true(vole_mark_has(mark, object(1)));
	assert_true(vole_mark_from_range(mark, STACK + 1, 6, &err));
	assert_false(vole_mark_has(mark, object(0)));
}

/* src/runtime/mheap.go: type special, specialfinalizer; Go 1.26 */
static void layout_specials(void)
{
	struct vole_layout *layout = &go.rt.layout;

	fake_has(&go, VOLE_STRUCT_SPECIAL, 24);
	fake_field(&go, VOLE_SPECIAL_NEXT, 0, 8);
	fake_field(&go, VOLE_SPECIAL_OFFSET, 8, 8);
	fake_field(&go, VOLE_SPECIAL_KIND, 16, 1);
	fake_field(&go, VOLE_SPECIAL_FINALIZER_FN, 24, 8);
	fake_field(&go, VOLE_SPECIAL_WEAK_HANDLE, 24, 8);
	layout->has_const[VOLE_CONST_KIND_SPECIAL_FINALIZER] = true;
	layout->value[VOLE_CONST_KIND_SPECIAL_FINALIZER] = 2;
	layout->has_const[VOLE_CONST_KIND_SPECIAL_WEAK] = true;
	layout->value[VOLE_CONST_KIND_SPECIAL_WEAK] = 3;
}

static void put_special(uint64_t addr, uint64_t next, uint64_t offset,
			unsigned kind, uint64_t pointer)
{
	fake_put(&go, addr, 8, next);
	fake_put(&go, addr + 8, 8, offset);
	fake_put(&go, addr + 16, 1, kind);
	fake_put(&go, addr + 24, 8, pointer);
}

static void a_finalizer_keeps_what_its_object_points_to(void **state)
{
	(void)state;
	layout_specials();
	fake_put(&go, fake_mspan(0) + 128, 8, SPECIAL);
	put_special(SPECIAL, SPECIAL + 64, 48, 2, object(5));
	put_special(SPECIAL + 64, 0, 3 * 48, 3, object(6));
	link_to(1, object(2));
	make();
	assert_true(vole_mark_from_roots(mark, 1 << VOLE_ROOT_SPECIAL, &err));
	assert_false(vole_mark_has(mark, object(1)));
	assert_true(vole_mark_has(mark, object(2)));
	assert_true(vole_mark_has(mark, object(5)));
	assert_true(vole_mark_has(mark, object(6)));
	assert_false(vole_mark_has(mark, object(3)));
}

static void specials_in_a_circle_come_to_an_end(void **state)
{
	(void)state;
	layout_specials();
	fake_put(&go, fake_mspan(0) + 128, 8, SPECIAL);
	put_special(SPECIAL, SPECIAL + 64, 0, 3, object(5));
	put_special(SPECIAL + 64, SPECIAL, 48, 3, object(6));
	make();
	assert_true(vole_mark_from_roots(mark, 1 << VOLE_ROOT_SPECIAL, &err));
	assert_true(vole_mark_has(mark, object(6)));
}

static bool stop_now;

static bool stopped(struct vole_ui *ui)
{
	(void)ui;
	return stop_now;
}

static void the_user_can_stop_it(void **state)
{
	struct vole_ui ui = { .interrupted = stopped };

	(void)state;
	stop_now = false;
	assert_true(vole_heap_open(&go.rt, &ui, &heap, &err));
	assert_true(vole_mark_open(heap, &ui, &mark, &err));
	stop_now = true;
	assert_false(vole_mark_from_roots(mark, 1 << VOLE_ROOT_DATA, &err));
	assert_int_equal(err.code, VOLE_INTERRUPTED);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_chain_is_followed),
		TEST(a_cycle_comes_to_an_end),
		TEST(what_is_no_pointer_is_not_followed),
		TEST(objects_without_pointers_are_marked),
		TEST(free_slots_are_counted_and_not_entered),
		TEST(a_barred_object_is_not_entered),
		TEST(package_variables_are_roots_by_their_mask),
		TEST(without_a_mask_any_word_of_them_counts),
		TEST(the_part_of_a_stack_in_use_is_a_root),
		TEST(a_range_that_is_not_aligned),
		TEST(a_finalizer_keeps_what_its_object_points_to),
		TEST(specials_in_a_circle_come_to_an_end),
		TEST(the_user_can_stop_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
