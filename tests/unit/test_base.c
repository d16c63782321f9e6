/* What everything stands on: sums, arenas, arrays, tables, strings. */
#include "base/arena.h"
#include "base/array.h"
#include "base/checked.h"
#include "base/hash.h"
#include "base/sorted.h"
#include "base/strbuf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* --- checked arithmetic ------------------------------------------------------ */

static void an_element_lies_at_its_stride(void **state)
{
	uint64_t addr = 77;

	(void)state;
	assert_true(vole_at(0x1000, 3, 8, &addr));
	assert_int_equal(addr, 0x1018);
	assert_true(vole_at(UINT64_MAX - 8, 1, 8, &addr));
	assert_int_equal(addr, UINT64_MAX);
}

static void a_sum_that_wraps_is_refused(void **state)
{
	uint64_t addr = 77;

	(void)state;
	assert_false(vole_at(UINT64_MAX - 7, 1, 8, &addr));
	assert_false(vole_at(0, UINT64_MAX / 8 + 1, 8, &addr));
	assert_int_equal(addr, 77);
}

static void a_range_may_end_with_the_address_space(void **state)
{
	(void)state;
	assert_true(vole_range_ok(UINT64_MAX - 8, 8));
	assert_true(vole_range_ok(UINT64_MAX, 0));
	assert_false(vole_range_ok(UINT64_MAX - 8, 9));
	assert_false(vole_range_ok(1, UINT64_MAX));
}

/* --- arena ------------------------------------------------------------------- */

static void arena_memory_is_zero_and_aligned(void **state)
{
	struct vole_arena arena;
	size_t len, i;

	(void)state;
	vole_arena_init(&arena, 1 << 20);
	for (len = 1; len < 40000; len = len * 3 + 1) {
		char *at = vole_arena_alloc(&arena, len);

		assert_non_null(at);
		assert_int_equal((uintptr_t)at % 16, 0);
		for (i = 0; i < len; i++)
			assert_int_equal(at[i], 0);
		memset(at, 0xff, len);
	}
	vole_arena_clear(&arena);
}

static void an_arena_gives_no_more_than_its_cap(void **state)
{
	struct vole_arena arena;

	(void)state;
	vole_arena_init(&arena, 100000);
	assert_null(vole_arena_alloc(&arena, 100000));
	assert_non_null(vole_arena_alloc(&arena, 90000));
	assert_null(vole_arena_alloc(&arena, 20000));
	assert_null(vole_arena_alloc(&arena, 1));
	vole_arena_clear(&arena);
	assert_non_null(vole_arena_alloc(&arena, 90000));
	vole_arena_clear(&arena);
	assert_int_equal(arena.used, 0);
}

static void absurd_sizes_of_an_arena_are_refused(void **state)
{
	struct vole_arena arena;

	(void)state;
	vole_arena_init(&arena, SIZE_MAX);
	assert_null(vole_arena_alloc(&arena, SIZE_MAX));
	assert_null(vole_arena_alloc(&arena, SIZE_MAX - 20));
	assert_null(vole_arena_array(&arena, SIZE_MAX / 8 + 2, 8));
	assert_null(vole_arena_copy(&arena, "", SIZE_MAX));
	vole_arena_clear(&arena);
}

static void asking_an_arena_for_nothing_is_no_failure(void **state)
{
	struct vole_arena arena;

	(void)state;
	vole_arena_init(&arena, 1 << 20);
	assert_non_null(vole_arena_alloc(&arena, 0));
	assert_non_null(vole_arena_array(&arena, 0, 8));
	vole_arena_clear(&arena);
}

static void an_arena_copies_bytes_and_ends_them(void **state)
{
	struct vole_arena arena;
	char *copy;

	(void)state;
	vole_arena_init(&arena, 1 << 20);
	copy = vole_arena_copy(&arena, "a\0b", 3);
	assert_memory_equal(copy, "a\0b", 4);
	assert_string_equal(vole_arena_copy(&arena, NULL, 0), "");
	assert_string_equal(vole_arena_string(&arena, "text"), "text");
	assert_string_equal(vole_arena_printf(&arena, "%d %s", 7, "x"), "7 x");
	vole_arena_clear(&arena);
}

/* --- array ------------------------------------------------------------------- */

static void an_array_grows_and_keeps_its_items(void **state)
{
	VOLE_ARRAY(uint64_t) numbers = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < 1000; i++) {
		uint64_t *item = vole_array_push(&numbers);

		assert_non_null(item);
		assert_int_equal(*item, 0);
		*item = i * i;
	}
	assert_int_equal(numbers.len, 1000);
	for (i = 0; i < 1000; i++)
		assert_int_equal(numbers.items[i], i * i);
	vole_array_free(&numbers);
	assert_null(numbers.items);
	assert_int_equal(numbers.len + numbers.room, 0);
}

static void an_array_past_all_memory_stays_as_it_is(void **state)
{
	void *items = NULL;
	size_t room = SIZE_MAX / 2 + 1;

	(void)state;
	assert_false(vole_array_grow(&items, &room, 1));
	room = SIZE_MAX / 16;
	assert_false(vole_array_grow(&items, &room, 16));
	assert_int_equal(room, SIZE_MAX / 16);
	assert_null(items);
}

/* --- sorted ------------------------------------------------------------------ */

static void what_is_sorted_is_counted_up_to_a_value(void **state)
{
	static const struct {
		const char *name;
		uint64_t at;
	} rows[] = { { "a", 3 }, { "b", 7 }, { "c", 7 }, { "d", UINT64_MAX } };
	static const struct {
		uint64_t value;
		size_t count;
	} wanted[] = { { 0, 0 },	 { 2, 0 }, { 3, 1 },
		       { 6, 1 },	 { 7, 3 }, { UINT64_MAX - 1, 3 },
		       { UINT64_MAX, 4 } };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		assert_int_equal(vole_sorted_up_to(rows, 4, at,
						   wanted[i].value),
				 wanted[i].count);
	assert_int_equal(vole_sorted_up_to(rows, 0, at, 9), 0);
}

/* --- hash -------------------------------------------------------------------- */

static void a_table_gives_back_what_was_put(void **state)
{
	struct vole_hash hash = { 0 };
	uint64_t i, value = 77;

	(void)state;
	assert_false(vole_hash_get(&hash, 0, &value));
	/* Addresses of pages: their low bits are all the same. */
	for (i = 0; i < 10000; i++)
		assert_true(vole_hash_put(&hash, i << 12, i));
	assert_int_equal(hash.len, 10000);
	for (i = 0; i < 10000; i++) {
		assert_true(vole_hash_get(&hash, i << 12, &value));
		assert_int_equal(value, i);
	}
	assert_false(vole_hash_get(&hash, 1, &value));
	vole_hash_free(&hash);
}

static void putting_a_key_again_replaces_its_value(void **state)
{
	struct vole_hash hash = { 0 };
	uint64_t value;

	(void)state;
	assert_true(vole_hash_put(&hash, UINT64_MAX, 1));
	assert_true(vole_hash_put(&hash, 0, 2));
	assert_true(vole_hash_put(&hash, UINT64_MAX, 3));
	assert_int_equal(hash.len, 2);
	assert_true(vole_hash_get(&hash, UINT64_MAX, &value));
	assert_int_equal(value, 3);
	assert_true(vole_hash_get(&hash, 0, NULL));
	vole_hash_free(&hash);
}

static void a_table_that_was_cleared_is_empty(void **state)
{
	struct vole_hash hash = { 0 };

	(void)state;
	vole_hash_clear(&hash);
	assert_true(vole_hash_put(&hash, 5, 1));
	vole_hash_clear(&hash);
	assert_false(vole_hash_get(&hash, 5, NULL));
	assert_true(vole_hash_put(&hash, 6, 1));
	assert_false(vole_hash_get(&hash, 5, NULL));
	vole_hash_free(&hash);
}

static void names_have_the_hash_of_their_bytes(void **state)
{
	(void)state;
	/* FNV-1a of 64 bits, as published. */
	assert_true(vole_hash_bytes("", 0) == 0xcbf29ce484222325);
	assert_true(vole_hash_bytes("a", 1) == 0xaf63dc4c8601ec8c);
	assert_true(vole_hash_bytes("foobar", 6) == 0x85944171f73967e8);
}

/* --- strbuf ------------------------------------------------------------------ */

static void a_string_grows_by_what_is_added(void **state)
{
	struct vole_strbuf buf = { 0 };
	char want[300];

	(void)state;
	assert_string_equal(vole_strbuf_text(&buf), "");
	vole_strbuf_add(&buf, "a");
	vole_strbuf_add_char(&buf, 'b');
	vole_strbuf_printf(&buf, "%03d", 7);
	vole_strbuf_add_bytes(&buf, "cd", 1);
	assert_string_equal(vole_strbuf_text(&buf), "ab007c");
	vole_strbuf_clear(&buf);
	assert_string_equal(vole_strbuf_text(&buf), "");
	memset(want, 'x', sizeof(want));
	vole_strbuf_fill(&buf, 'x', sizeof(want));
	assert_int_equal(buf.len, sizeof(want));
	assert_memory_equal(buf.text, want, sizeof(want));
	assert_int_equal(buf.text[buf.len], 0);
	vole_strbuf_free(&buf);
	assert_string_equal(vole_strbuf_text(&buf), "");
}

static void adding_nothing_is_no_failure(void **state)
{
	struct vole_strbuf buf = { 0 };

	(void)state;
	vole_strbuf_add(&buf, "");
	vole_strbuf_add_bytes(&buf, NULL, 0);
	vole_strbuf_fill(&buf, 'x', 0);
	vole_strbuf_printf(&buf, "%s", "");
	assert_int_equal(buf.len, 0);
	assert_false(buf.failed);
	vole_strbuf_free(&buf);
}

static void a_failure_to_grow_sticks(void **state)
{
	struct vole_strbuf buf = { 0 };

	(void)state;
	vole_strbuf_add(&buf, "kept");
	vole_strbuf_fill(&buf, 'x', SIZE_MAX - 2);
	assert_true(buf.failed);
	vole_strbuf_add(&buf, "dropped");
	assert_string_equal(vole_strbuf_text(&buf), "kept");
	vole_strbuf_clear(&buf);
	assert_false(buf.failed);
	vole_strbuf_free(&buf);
}

static void a_number_is_written_in_decimal(void **state)
{
	static const int64_t numbers[] = { 0, 7, -1, INT64_MAX, INT64_MIN };
	struct vole_strbuf buf = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		vole_strbuf_add_int(&buf, numbers[i]);
		vole_strbuf_add_char(&buf, ' ');
	}
	assert_string_equal(buf.text, "0 7 -1 9223372036854775807 "
				      "-9223372036854775808 ");
	vole_strbuf_free(&buf);
}

static void an_address_is_written_in_hexadecimal(void **state)
{
	struct vole_strbuf buf = { 0 };

	(void)state;
	vole_strbuf_add_addr(&buf, 0);
	vole_strbuf_add_addr(&buf, 0xc000012f80);
	vole_strbuf_add_addr(&buf, UINT64_MAX);
	assert_string_equal(buf.text, "0x00xc000012f800xffffffffffffffff");
	vole_strbuf_free(&buf);
}

static void a_printed_text_may_be_longer_than_most(void **state)
{
	struct vole_strbuf buf = { 0 };

	(void)state;
	vole_strbuf_printf(&buf, "%d %200d", 1, 2);
	vole_strbuf_printf(&buf, "%s", ".");
	assert_int_equal(buf.len, 203);
	assert_string_equal(buf.text + 198, "   2.");
	vole_strbuf_free(&buf);
}

/* --- errors ------------------------------------------------------------------ */

static void a_message_that_is_long_is_cut(void **state)
{
	struct vole_error err;
	char text[1000];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_false(vole_fail(&err, VOLE_CORRUPT, 0x10, "%s", text));
	assert_int_equal(strlen(err.text), sizeof(err.text) - 1);
	assert_int_equal(err.addr, 0x10);
	assert_false(vole_fail_in(&err, "reading %d", 7));
	assert_int_equal(strlen(err.text), sizeof(err.text) - 1);
	assert_memory_equal(err.text, "reading 7: xxx", 14);
	assert_int_equal(err.code, VOLE_CORRUPT);
}

static void a_long_message_ends_with_a_whole_rune(void **state)
{
	struct vole_error err;
	char text[1000];
	size_t i;

	(void)state;
	for (i = 0; i + 2 < sizeof(text); i += 2)
		memcpy(text + i, "\xc3\xa9", 3);
	vole_fail(&err, VOLE_CORRUPT, 0, "%s", text);
	assert_int_equal(strlen(err.text), sizeof(err.text) - 2);
	vole_fail_in(&err, "x");
	assert_int_equal(strlen(err.text), sizeof(err.text) - 1);
	vole_fail_in(&err, "x");
	assert_int_equal(strlen(err.text), sizeof(err.text) - 2);
	vole_fail_in(&err, "%s", text);
	assert_int_equal(strlen(err.text), sizeof(err.text) - 2);
}

static void an_error_may_be_about_no_address(void **state)
{
	struct vole_error err;

	(void)state;
	assert_false(vole_fail(&err, VOLE_USAGE, VOLE_NOWHERE, "no"));
	assert_false(err.has_addr);
	assert_false(vole_fail(&err, VOLE_USAGE, 0, "no"));
	assert_true(err.has_addr);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_element_lies_at_its_stride),
		cmocka_unit_test(a_sum_that_wraps_is_refused),
		cmocka_unit_test(a_range_may_end_with_the_address_space),
		cmocka_unit_test(arena_memory_is_zero_and_aligned),
		cmocka_unit_test(an_arena_gives_no_more_than_its_cap),
		cmocka_unit_test(absurd_sizes_of_an_arena_are_refused),
		cmocka_unit_test(asking_an_arena_for_nothing_is_no_failure),
		cmocka_unit_test(an_arena_copies_bytes_and_ends_them),
		cmocka_unit_test(an_array_grows_and_keeps_its_items),
		cmocka_unit_test(an_array_past_all_memory_stays_as_it_is),
		cmocka_unit_test(what_is_sorted_is_counted_up_to_a_value),
		cmocka_unit_test(a_table_gives_back_what_was_put),
		cmocka_unit_test(putting_a_key_again_replaces_its_value),
		cmocka_unit_test(a_table_that_was_cleared_is_empty),
		cmocka_unit_test(names_have_the_hash_of_their_bytes),
		cmocka_unit_test(a_string_grows_by_what_is_added),
		cmocka_unit_test(adding_nothing_is_no_failure),
		cmocka_unit_test(a_failure_to_grow_sticks),
		cmocka_unit_test(a_number_is_written_in_decimal),
		cmocka_unit_test(an_address_is_written_in_hexadecimal),
		cmocka_unit_test(a_printed_text_may_be_longer_than_most),
		cmocka_unit_test(a_message_that_is_long_is_cut),
		cmocka_unit_test(a_long_message_ends_with_a_whole_rune),
		cmocka_unit_test(an_error_may_be_about_no_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
