#include "heap/pointers.h"

#include "fake_heap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static struct fake_go go;
static struct vole_heap *heap;
static struct vole_error err;
static struct vole_pointers walk;

/* Addresses of the pointer words that the last walk told. */
static uint64_t found[4096];
static size_t num_found;

static int setup(void **state)
{
	(void)state;
	fake_heap_open(&go);
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

static void put(struct fake_span span)
{
	fake_span_put(&go, 0, &span);
}

static void walk_slot(uint32_t slot)
{
	struct vole_words words;
	unsigned i;

	vole_heap_close(heap);
	heap = NULL;
	assert_true(vole_heap_open(&go.rt, NULL, &heap, &err));
	assert_int_equal(heap->num_spans, 1);
	num_found = 0;
	vole_pointers_begin(&walk, heap, &heap->spans[0], slot);
	while (vole_pointers_next(&walk, &words)) {
		assert_int_not_equal(words.mask, 0);
		for (i = 0; i < 64; i++)
			if (words.mask >> i & 1)
				found[num_found++] = words.addr + i * 8;
	}
}

static void bits_at_the_end_of_the_span(void **state)
{
	struct fake_span span = fake_bits_span();
	uint64_t bits = span.base + 8192 - 128;

	(void)state;
	fake_heap_typed(&go);
	put(span);
	/* Slot 1 is words 6 to 11, slot 11 crosses into the second eight. */
	fake_put(&go, bits, 8, UINT64_C(0x21) << 6 | UINT64_C(1) << 12);
	fake_put(&go, bits + 8, 8, 2 | 1 << 2 | 1 << 7);
	fake_put(&go, span.base + 48 + 40, 8, 0x1234);
	walk_slot(1);
	assert_int_equal(num_found, 2);
	assert_int_equal(found[0], span.base + 48);
	assert_int_equal(found[1], span.base + 48 + 40);
	assert_true(walk.exact);
	walk_slot(10); /* words 60 to 65 */
	assert_int_equal(num_found, 1);
	assert_int_equal(found[0], span.base + 65 * 8);
	walk_slot(11); /* words 66 to 71 */
	assert_int_equal(num_found, 2);
	assert_int_equal(found[1], span.base + 71 * 8);
}

static void the_words_come_with_their_mask(void **state)
{
	struct fake_span span = fake_bits_span();
	struct vole_words words;

	(void)state;
	fake_heap_typed(&go);
	put(span);
	fake_put(&go, span.base + 8192 - 128, 1, 4);
	fake_put(&go, span.base + 16, 8, 0x1122334455667788);
	walk_slot(0);
	vole_pointers_begin(&walk, heap, &heap->spans[0], 0);
	assert_true(vole_pointers_next(&walk, &words));
	assert_int_equal(vole_words_at(&words, 2), 0x1122334455667788);
}

static void bits_of_green_tea_are_lower(void **state)
{
	struct fake_span span = fake_bits_span();
	uint64_t page = span.base / 8192;

	(void)state;
	span.count = 165;
	fake_heap_typed(&go);
	put(span);
	fake_put(&go, FAKE_RECORD + FAKE_INLINE + page / 8, 1, 1 << page % 8);
	fake_put(&go, span.base + 8192 - 256, 1, 1);
	walk_slot(0);
	assert_int_equal(num_found, 1);
	assert_true(walk.exact);
}

static void objects_may_not_reach_into_the_bits(void **state)
{
	struct fake_span span = fake_bits_span();

	(void)state;
	span.count = 170;
	fake_heap_typed(&go);
	put(span);
	walk_slot(0);
	assert_false(walk.exact);
	assert_int_equal(num_found, 6); /* any word may be one */
}

static void a_type_tiles_the_slot_behind_its_header(void **state)
{
	struct fake_span span = fake_typed_span();
	size_t i;

	(void)state;
	fake_heap_typed(&go);
	put(span);
	fake_put(&go, span.base, 8, FAKE_TYPES);
	fake_type_put(&go, FAKE_TYPES, 24, 16, 2); /* the second of three */
	walk_slot(0);
	assert_int_equal(num_found, 42); /* of 127 words */
	for (i = 0; i < num_found; i++)
		assert_int_equal(found[i], span.base + 8 + i * 24 + 8);
	assert_int_equal(walk.type, FAKE_TYPES);
}

static void a_large_object_has_the_type_of_its_span(void **state)
{
	struct fake_span span = fake_large_span();

	(void)state;
	fake_heap_typed(&go);
	put(span);
	fake_type_put(&go, FAKE_TYPES, 800, 600, UINT64_C(1) << 63);
	fake_put(&go, FAKE_TYPES + 128 + 8, 8, 1 << 10); /* word 74 */
	walk_slot(0);
	assert_int_equal(num_found, 2 * 30 + 1);
	assert_int_equal(found[0], span.base + 63 * 8);
	assert_int_equal(found[1], span.base + 74 * 8);
	assert_int_equal(found[2], span.base + 800 + 63 * 8);
}

static void an_object_without_a_type_is_not_published(void **state)
{
	(void)state;
	fake_heap_typed(&go);
	put(fake_typed_span());
	walk_slot(0);
	assert_int_equal(num_found, 0);
	assert_true(walk.exact);
}

static void a_header_that_is_no_type_makes_any_word_one(void **state)
{
	struct fake_span span = fake_typed_span();

	(void)state;
	fake_heap_typed(&go);
	put(span);
	fake_put(&go, span.base, 8, UINT64_MAX - 7);
	walk_slot(0);
	assert_false(walk.exact);
	assert_int_equal(num_found, 127);
}

/* To 1.23: bit 6 of the kind says that GCData is a program. */
static void a_gc_program_is_run(void **state)
{
	static const uint8_t program[] = {
		3,	  5, /* 1 0 1 */
		0x80 | 3, 9, /* the last three, nine times more */
		0,
	};
	struct fake_span span = fake_large_span();
	size_t i;

	(void)state;
	fake_heap_typed(&go);
	go.rt.layout.has_const[VOLE_CONST_KIND_GC_PROG] = true;
	go.rt.layout.value[VOLE_CONST_KIND_GC_PROG] = 64;
	put(span);
	fake_type_put(&go, FAKE_TYPES, 240, 240, 0);
	fake_put(&go, FAKE_TYPES + 23, 1, VOLE_KIND_STRUCT | 64);
	for (i = 0; i < sizeof(program); i++)
		fake_put(&go, FAKE_TYPES + 128 + 4 + i, 1, program[i]);
	walk_slot(0);
	assert_int_equal(num_found, 3 * 8192 / 24 * 2);
	assert_int_equal(found[1], span.base + 16);
	assert_int_equal(found[2], span.base + 24);
}

/* From 1.24: the mask of a large array is made when it is first needed. */
static void a_mask_on_demand_is_made_from_the_type(void **state)
{
	const uint64_t array = FAKE_TYPES, elem = FAKE_TYPES + 0x1000;
	struct fake_span span = fake_large_span();

	(void)state;
	fake_heap_typed(&go);
	put(span);
	fake_type_put(&go, elem, 16, 8, 1);
	fake_type_put(&go, array, 16 * 1536, 16 * 1536 - 8, 0);
	fake_put(&go, array + 20, 1, 16);
	fake_put(&go, array + 23, 1, VOLE_KIND_ARRAY);
	fake_put(&go, array + 48, 8, elem);
	fake_put(&go, array + 64, 8, 1536);
	walk_slot(0);
	assert_int_equal(num_found, 1536);
	assert_int_equal(found[1], span.base + 16);
}

static void a_type_that_holds_itself_comes_to_an_end(void **state)
{
	struct fake_span span = fake_large_span();

	(void)state;
	fake_heap_typed(&go);
	put(span);
	fake_type_put(&go, FAKE_TYPES, 64, 64, 0);
	fake_put(&go, FAKE_TYPES + 20, 1, 16);
	fake_put(&go, FAKE_TYPES + 23, 1, VOLE_KIND_ARRAY);
	fake_put(&go, FAKE_TYPES + 48, 8, FAKE_TYPES);
	fake_put(&go, FAKE_TYPES + 64, 8, 1);
	walk_slot(0);
	assert_false(walk.exact);
}

/* The byte for four words: pointers below, "go on" above. */
static void put_two_bits(uint64_t addr, uint8_t byte)
{
	fake_put(&go, FAKE_RECORD + FAKE_BITMAP + addr / 32, 1, byte);
}

static void two_bits_a_word_end_with_the_last_pointer(void **state)
{
	struct fake_span span = fake_bits_span();

	(void)state;
	fake_heap_two_bits(&go);
	put(span);
	/* Slot 1 is words 6 to 11 of the span: byte 1, bits 2 and 3, byte 2. */
	put_two_bits(span.base + 32, 0x88 | 0x44 | 0x03);
	put_two_bits(span.base + 64, 0x11 | 0x20 | 0x04);
	walk_slot(1);
	assert_int_equal(num_found, 3);
	assert_int_equal(found[0], span.base + 48);
	assert_int_equal(found[1], span.base + 56);
	assert_int_equal(found[2], span.base + 64);
}

static void two_bits_of_an_object_of_many_words(void **state)
{
	struct fake_span span = fake_typed_span();
	size_t i;

	(void)state;
	fake_heap_two_bits(&go);
	put(span);
	for (i = 0; i < 1024; i += 32)
		put_two_bits(span.base + i, 0xf1);
	walk_slot(0);
	assert_int_equal(num_found, 32);
	assert_int_equal(found[31], span.base + 31 * 32);
}

static void one_bit_a_word(void **state)
{
	struct fake_span span = fake_bits_span();
	uint64_t word = span.base / 8;

	(void)state;
	fake_heap_one_bit(&go);
	put(span);
	fake_put(&go, FAKE_RECORD + FAKE_BITMAP + word / 8, 8,
		 UINT64_C(5) << 6 | UINT64_C(1) << 63);
	fake_put(&go, FAKE_RECORD + FAKE_BITMAP + word / 8 + 8, 8, 3);
	walk_slot(1);
	assert_int_equal(num_found, 2);
	assert_int_equal(found[1], span.base + 64);
	walk_slot(10); /* words 60 to 65 */
	assert_int_equal(num_found, 3);
}

static void one_bit_and_no_more(void **state)
{
	struct fake_span span = fake_typed_span();
	uint64_t word = span.base / 8, i;

	(void)state;
	fake_heap_one_bit(&go);
	put(span);
	for (i = 0; i < 128; i += 64)
		fake_put(&go, FAKE_RECORD + FAKE_BITMAP + (word + i) / 8, 8, 1);
	walk_slot(0);
	assert_int_equal(num_found, 2);
	fake_put(&go, FAKE_RECORD + FAKE_NO_MORE + word / 64 / 8, 1,
		 1 << word / 64 % 8);
	walk_slot(0);
	assert_int_equal(num_found, 1);
}

static void objects_without_pointers_have_none(void **state)
{
	(void)state;
	fake_heap_typed(&go);
	put(fake_tiny_span());
	walk_slot(0);
	assert_int_equal(num_found, 0);
	assert_true(walk.exact);
}

static void an_unknown_generation_makes_any_word_a_pointer(void **state)
{
	(void)state;
	put(fake_bits_span());
	walk_slot(0);
	assert_false(walk.exact);
	assert_int_equal(num_found, 6);
}

static void words_that_cannot_be_read_are_left_out(void **state)
{
	struct fake_span span = fake_typed_span();

	(void)state;
	fake_heap_typed(&go);
	put(span);
	fake_put(&go, span.base, 8, FAKE_TYPES);
	fake_type_put(&go, FAKE_TYPES, 8, 8, 1);
	go.size = span.base + 600 - FAKE_BASE;
	walk_slot(0);
	assert_true(walk.unreadable);
	assert_int_equal(num_found, 74);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(bits_at_the_end_of_the_span),
		TEST(the_words_come_with_their_mask),
		TEST(bits_of_green_tea_are_lower),
		TEST(objects_may_not_reach_into_the_bits),
		TEST(a_type_tiles_the_slot_behind_its_header),
		TEST(a_large_object_has_the_type_of_its_span),
		TEST(an_object_without_a_type_is_not_published),
		TEST(a_header_that_is_no_type_makes_any_word_one),
		TEST(a_gc_program_is_run),
		TEST(a_mask_on_demand_is_made_from_the_type),
		TEST(a_type_that_holds_itself_comes_to_an_end),
		TEST(two_bits_a_word_end_with_the_last_pointer),
		TEST(two_bits_of_an_object_of_many_words),
		TEST(one_bit_a_word),
		TEST(one_bit_and_no_more),
		TEST(objects_without_pointers_have_none),
		TEST(an_unknown_generation_makes_any_word_a_pointer),
		TEST(words_that_cannot_be_read_are_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
