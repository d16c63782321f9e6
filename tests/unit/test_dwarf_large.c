/*
 * Debug information that is small and would take time or memory without end:
 * thousands that refer to one thing which is long.
 */
#define FAKE_ROOM (4 << 20)
#include "fake_dwarf.h"
#include "target/types.h"
#include "target/variable.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

enum { UNIT = 1, CHILD, OTHER, THIRD }; /* codes of abbreviations */

static struct fake_dwarf fake;
static struct vole_error err;

static int setup(void **state)
{
	(void)state;
	memset(fake.len, 0, sizeof(fake.len));
	return 0;
}

/* A unit of Go's with its abbreviations at @p abbrevs; its entry comes next. */
static size_t begin_unit(uint32_t abbrevs)
{
	size_t begin = fake_begin(&fake, INFO);

	fake_uint(&fake, INFO, 4, 2);
	fake_uint(&fake, INFO, abbrevs, 4);
	PUT(&fake, INFO, 8);
	return begin;
}

/* language only, with children */
static void put_unit_abbrev(void)
{
	PUT(&fake, ABBREV, UNIT, 0x11, 1, 0x13, 0x0b, 0, 0);
}

static size_t begin_only_unit(void)
{
	size_t begin = begin_unit(0);

	PUT(&fake, INFO, UNIT, 0x16);
	return begin;
}

static void assert_damaged(void)
{
	assert_false(fake_open(&fake, &err));
	assert_int_equal(err.code, VOLE_CORRUPT);
}

/* --- abbreviations ----------------------------------------------------------- */

static void codes_that_are_far_apart_are_refused(void **state)
{
	enum { NUM = 1000, SIZE = 8 };
	unsigned i;

	(void)state;
	for (i = 0; i < NUM; i++) {
		size_t begin = begin_unit(i * SIZE);

		PUT(&fake, INFO, 0xff, 0xff, 3);
		fake_end(&fake, INFO, begin);
		PUT(&fake, ABBREV, 0xff, 0xff, 3, 0x11, 0, 0, 0, 0);
	}
	assert_damaged();
}

static void each_unit_may_have_its_own(void **state)
{
	enum { NUM = 200000, SIZE = 6 };
	unsigned i;

	(void)state;
	for (i = 0; i < NUM; i++) {
		size_t begin = begin_unit(i * SIZE);

		PUT(&fake, INFO, UNIT);
		fake_end(&fake, INFO, begin);
		PUT(&fake, ABBREV, UNIT, 0x11, 0, 0, 0, 0);
	}
	assert_true(fake_open(&fake, &err));
	fake_close(&fake);
}

static void tables_in_each_other_are_refused(void **state)
{
	enum { NUM = 40000, CODES = 100000, SIZE = 5 };
	unsigned i;

	(void)state;
	for (i = 0; i < NUM; i++) {
		size_t begin = begin_unit(i * SIZE);

		PUT(&fake, INFO, UNIT);
		fake_end(&fake, INFO, begin);
	}
	for (i = 0; i < CODES; i++)
		PUT(&fake, ABBREV, UNIT, 0x11, 0, 0, 0);
	PUT(&fake, ABBREV, 0);
	assert_damaged();
}

/* --- names ------------------------------------------------------------------- */

/* Variables whose names are what is left of one, and one with a short name. */
static void put_names(unsigned num, unsigned step)
{
	size_t begin;
	unsigned i;

	put_unit_abbrev();
	/* name in .debug_str; name here */
	PUT(&fake, ABBREV, CHILD, 0x34, 0, 0x03, 0x0e, 0, 0);
	PUT(&fake, ABBREV, OTHER, 0x34, 0, 0x03, 0x08, 0, 0);
	PUT(&fake, ABBREV, 0);
	begin = begin_only_unit();
	PUT(&fake, INFO, OTHER);
	fake_text(&fake, INFO, "main.x");
	for (i = 0; i < num; i++) {
		PUT(&fake, INFO, CHILD);
		fake_uint(&fake, INFO, i % 1000 * step, 4);
	}
	PUT(&fake, INFO, 0);
	fake_end(&fake, INFO, begin);
}

static void put_text(size_t len)
{
	memset(fake.bytes[STR], 'a', len);
	fake.bytes[STR][len] = '\0';
	fake.len[STR] = len + 1;
}

static void assert_finds_x(void)
{
	struct vole_symbol symbol;

	assert_true(fake_open(&fake, &err));
	assert_true(fake.di->ops->find(fake.di, VOLE_SYMBOL_VAR, "main.x",
				       &symbol, &err));
}

static void no_name_is_a_million_bytes_long(void **state)
{
	struct vole_symbol symbol;

	(void)state;
	put_text(1 << 20);
	put_names(100000, 1);
	assert_finds_x();
	assert_false(fake.di->ops->find(fake.di, VOLE_SYMBOL_VAR,
					(const char *)fake.bytes[STR], &symbol,
					&err));
	fake_close(&fake);
}

static void all_names_together_are_not_too_long(void **state)
{
	(void)state;
	put_text(30000);
	put_names(700000, 1);
	assert_finds_x();
	assert_non_null(fake.di->problem);
	fake_close(&fake);
}

/* --- lists ------------------------------------------------------------------- */

enum { CODE = 0x1000, STRIDE = 16 };

static bool find_scopes(uint64_t pc, struct vole_arena *arena,
			struct vole_code_scope **ret)
{
	size_t num;

	return fake.di->ops->scopes(fake.di, pc, NULL, arena, ret, &num, &err);
}

static void functions_that_share_their_code_are_not_all_kept(void **state)
{
	enum { FUNCTIONS = 30000, PARTS = 60000 };
	struct vole_code_scope *scope;
	struct vole_arena arena;
	size_t begin;
	unsigned i;

	(void)state;
	put_unit_abbrev();
	/* name, ranges */
	PUT(&fake, ABBREV, CHILD, 0x2e, 0, 0x03, 0x08, 0x55, 0x17, 0, 0);
	PUT(&fake, ABBREV, 0);
	begin = begin_only_unit();
	for (i = 0; i < FUNCTIONS; i++) {
		PUT(&fake, INFO, CHILD, 'f', 0);
		fake_uint(&fake, INFO, 0, 4);
	}
	PUT(&fake, INFO, 0);
	fake_end(&fake, INFO, begin);
	for (i = 0; i < PARTS; i++) {
		fake_uint(&fake, RANGES, CODE + i * STRIDE, 8);
		fake_uint(&fake, RANGES, CODE + i * STRIDE + 8, 8);
	}
	fake_uint(&fake, RANGES, 0, 8);
	fake_uint(&fake, RANGES, 0, 8);
	assert_true(fake_open(&fake, &err));
	vole_arena_init(&arena, 1 << 20);
	assert_true(find_scopes(CODE + STRIDE, &arena, &scope));
	assert_string_equal(scope->name, "f");
	assert_non_null(fake.di->problem);
	vole_arena_clear(&arena);
	fake_close(&fake);
}

/* main.f with code of 16 bytes, and what was put by @p children inside. */
static void put_function(void (*children)(void))
{
	size_t begin;

	put_unit_abbrev();
	/* name, low_pc, high_pc as a size */
	PUT(&fake, ABBREV, CHILD, 0x2e, 1, 0x03, 0x08, 0x11, 0x01, 0x12, 0x0f,
	    0, 0);
	/* name, type, location in a list */
	PUT(&fake, ABBREV, OTHER, 0x34, 0, 0x03, 0x08, 0x49, 0x13, 0x02, 0x17,
	    0, 0);
	/* origin, low_pc, high_pc: an inlined call */
	PUT(&fake, ABBREV, THIRD, 0x1d, 0, 0x31, 0x13, 0x11, 0x01, 0x12, 0x0f,
	    0, 0);
	PUT(&fake, ABBREV, THIRD + 1, 0x2e, 1, 0, 0); /* what was inlined */
	PUT(&fake, ABBREV, THIRD + 2, 0x34, 0, 0, 0); /* its variables */
	PUT(&fake, ABBREV, 0);
	begin = begin_only_unit();
	PUT(&fake, INFO, CHILD, 'f', 0);
	fake_uint(&fake, INFO, CODE, 8);
	PUT(&fake, INFO, STRIDE);
	children();
	PUT(&fake, INFO, 0);
	fake_end(&fake, INFO, begin);
}

static void put_listed(void)
{
	PUT(&fake, INFO, OTHER, 'x', 0);
	fake_uint(&fake, INFO, 11, 4);
	fake_uint(&fake, INFO, 0, 4);
	PUT(&fake, INFO, 0);
}

static void a_list_of_places_comes_to_an_end(void **state)
{
	enum { PARTS = 100000 };
	struct vole_frame_state none = { 0 };
	struct vole_code_scope *scope;
	struct vole_spots places;
	struct vole_arena arena;
	unsigned i;

	(void)state;
	put_function(put_listed);
	for (i = 0; i < PARTS; i++) {
		fake_uint(&fake, LOC, CODE + STRIDE, 8);
		fake_uint(&fake, LOC, CODE + STRIDE + 1, 8);
		PUT(&fake, LOC, 1, 0, 0x50);
	}
	fake_uint(&fake, LOC, 0, 8);
	fake_uint(&fake, LOC, 0, 8);
	assert_true(fake_open(&fake, &err));
	vole_arena_init(&arena, 1 << 20);
	assert_true(find_scopes(CODE, &arena, &scope));
	assert_int_equal(scope->num_variables, 1);
	/* Not "optimised out": who knows what comes behind. */
	assert_false(fake.di->ops->locate(fake.di, scope, scope->variables,
					  &none, &places, &err));
	assert_int_equal(err.code, VOLE_CORRUPT);
	vole_arena_clear(&arena);
	fake_close(&fake);
}

static void put_inlined(void)
{
	unsigned i;

	PUT(&fake, INFO, THIRD);
	fake_uint(&fake, INFO, fake.len[INFO] + 4 + 8 + 1 + 1, 4);
	fake_uint(&fake, INFO, CODE, 8);
	PUT(&fake, INFO, STRIDE);
	PUT(&fake, INFO, 0, THIRD + 1);
	for (i = 0; i < 100000; i++)
		PUT(&fake, INFO, THIRD + 2);
	PUT(&fake, INFO, 0);
}

static void a_function_has_no_hundred_thousand_variables(void **state)
{
	struct vole_code_scope *scope;
	struct vole_arena arena;

	(void)state;
	put_function(put_inlined);
	assert_true(fake_open(&fake, &err));
	vole_arena_init(&arena, 1 << 20);
	assert_false(find_scopes(CODE, &arena, &scope));
	assert_int_equal(err.code, VOLE_CORRUPT);
	vole_arena_clear(&arena);
	fake_close(&fake);
}

/* --- lines ------------------------------------------------------------------- */

static void put_lines(unsigned num_files)
{
	size_t begin = fake_begin(&fake, LINE), header;
	unsigned i;

	fake_uint(&fake, LINE, 4, 2);
	header = fake_begin(&fake, LINE);
	PUT(&fake, LINE, 1, 1, 1, 0xfb, 14, 1);
	PUT(&fake, LINE, 0);
	for (i = 0; i < num_files; i++)
		PUT(&fake, LINE, 'c', 0, 0, 0, 0);
	PUT(&fake, LINE, 0);
	fake_end(&fake, LINE, header);
	fake_end(&fake, LINE, begin);
}

struct files {
	unsigned asked, told;
};

static bool on_symbol(void *arg, const struct vole_symbol *symbol)
{
	struct vole_symbol_info info;
	struct files *files = arg;

	assert_true(fake.di->ops->info(fake.di, symbol, &info, &err));
	files->asked++;
	files->told += info.file != NULL;
	return true;
}

static void units_that_share_a_table_of_files_do_not_all_read_it(void **state)
{
	enum { UNITS = 60000 };
	struct files files = { 0 };
	char name[16];
	unsigned i;

	(void)state;
	/* stmt_list; name, decl_file */
	PUT(&fake, ABBREV, UNIT, 0x11, 1, 0x10, 0x17, 0, 0);
	PUT(&fake, ABBREV, CHILD, 0x34, 0, 0x03, 0x08, 0x3a, 0x0b, 0, 0);
	PUT(&fake, ABBREV, 0);
	for (i = 0; i < UNITS; i++) {
		size_t begin = begin_unit(0);

		PUT(&fake, INFO, UNIT);
		fake_uint(&fake, INFO, 0, 4);
		PUT(&fake, INFO, CHILD);
		snprintf(name, sizeof(name), "v%u", i);
		fake_text(&fake, INFO, name);
		PUT(&fake, INFO, 1, 0);
		fake_end(&fake, INFO, begin);
	}
	put_lines(200000);
	assert_true(fake_open(&fake, &err));
	assert_true(fake.di->ops->each(fake.di, VOLE_SYMBOL_VAR, on_symbol,
				       &files, &err));
	assert_int_equal(files.asked, UNITS);
	assert_in_range(files.told, 1, 100);
	fake_close(&fake);
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(codes_that_are_far_apart_are_refused),
		TEST(each_unit_may_have_its_own),
		TEST(tables_in_each_other_are_refused),
		TEST(no_name_is_a_million_bytes_long),
		TEST(all_names_together_are_not_too_long),
		TEST(functions_that_share_their_code_are_not_all_kept),
		TEST(a_list_of_places_comes_to_an_end),
		TEST(a_function_has_no_hundred_thousand_variables),
		TEST(units_that_share_a_table_of_files_do_not_all_read_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
