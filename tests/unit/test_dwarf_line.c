/* Files, lines and addresses of C's variables and functions. */
#include "fake_dwarf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* Codes of the abbreviations below. */
enum { UNIT = 1, VAR, DECLARATION, DEFINITION, FUNC };

static struct fake_dwarf fake;
static struct vole_error err;

static void put_abbrevs(void)
{
	/* language, stmt_list, comp_dir, low_pc */
	PUT(&fake, ABBREV, UNIT, 0x11, 1, 0x13, 0x0b, 0x10, 0x17, 0x1b, 0x08,
	    0x11, 0x01, 0, 0);
	/* name, decl_file, decl_line, location */
	PUT(&fake, ABBREV, VAR, 0x34, 0, 0x03, 0x08, 0x3a, 0x0b, 0x3b, 0x0b,
	    0x02, 0x18, 0, 0);
	/* name, decl_file, decl_line, declaration */
	PUT(&fake, ABBREV, DECLARATION, 0x34, 0, 0x03, 0x08, 0x3a, 0x0b, 0x3b,
	    0x0b, 0x3c, 0x19, 0, 0);
	/* specification, decl_line, location */
	PUT(&fake, ABBREV, DEFINITION, 0x34, 0, 0x47, 0x13, 0x3b, 0x0b, 0x02,
	    0x18, 0, 0);
	/* name, decl_file, decl_line, ranges */
	PUT(&fake, ABBREV, FUNC, 0x2e, 0, 0x03, 0x08, 0x3a, 0x0b, 0x3b, 0x0b,
	    0x55, 0x17, 0, 0);
	PUT(&fake, ABBREV, 0);
}

static void put_location(uint64_t addr)
{
	PUT(&fake, INFO, 9, 3);
	fake_uint(&fake, INFO, addr, 8);
}

/* A C unit whose variables name files 1, 2 and 9. */
static void put_info(unsigned version)
{
	size_t begin = fake_begin(&fake, INFO), declaration;

	fake_uint(&fake, INFO, version, 2);
	if (version == 5)
		PUT(&fake, INFO, 1, 8);
	fake_uint(&fake, INFO, 0, 4);
	if (version < 5)
		PUT(&fake, INFO, 8);
	PUT(&fake, INFO, UNIT, 0x0c);
	fake_uint(&fake, INFO, 0, 4);
	fake_text(&fake, INFO, "/src");
	fake_uint(&fake, INFO, 0x1000, 8);
	PUT(&fake, INFO, VAR);
	fake_text(&fake, INFO, "one");
	PUT(&fake, INFO, 1, 11);
	put_location(0x5000);
	PUT(&fake, INFO, VAR);
	fake_text(&fake, INFO, "nowhere");
	PUT(&fake, INFO, 9, 12);
	put_location(0x5008);
	declaration = fake.len[INFO];
	PUT(&fake, INFO, DECLARATION);
	fake_text(&fake, INFO, "two");
	PUT(&fake, INFO, 2, 13);
	PUT(&fake, INFO, DEFINITION);
	fake_uint(&fake, INFO, declaration, 4);
	PUT(&fake, INFO, 14);
	put_location(0x5010);
	PUT(&fake, INFO, FUNC);
	fake_text(&fake, INFO, "split");
	PUT(&fake, INFO, 1, 15);
	fake_uint(&fake, INFO, 0, 4);
	PUT(&fake, INFO, 0);
	fake_end(&fake, INFO, begin);
}

static size_t begin_header(unsigned version)
{
	fake_uint(&fake, LINE, version, 2);
	if (version == 5)
		PUT(&fake, LINE, 8, 0);
	return fake_begin(&fake, LINE);
}

/* Directories: the unit's, "sub", "/abs"; files "a.c" and "b.h". */
static void put_old_lines(unsigned version)
{
	size_t begin = fake_begin(&fake, LINE), header = begin_header(version);

	PUT(&fake, LINE, 1);
	if (version == 4)
		PUT(&fake, LINE, 1);
	PUT(&fake, LINE, 1, 0xfb, 14, 4, 0, 1, 1);
	fake_text(&fake, LINE, "sub");
	fake_text(&fake, LINE, "/abs");
	PUT(&fake, LINE, 0);
	fake_text(&fake, LINE, "a.c");
	PUT(&fake, LINE, 1, 0, 0);
	fake_text(&fake, LINE, "b.h");
	PUT(&fake, LINE, 2, 0x80, 1, 0);
	PUT(&fake, LINE, 0);
	fake_end(&fake, LINE, header);
	fake_end(&fake, LINE, begin);
}

static void put_program(void);

static void put_new_lines(uint8_t num_files)
{
	size_t begin = fake_begin(&fake, LINE), header = begin_header(5);

	PUT(&fake, LINE, 1, 1, 1, 0xfb, 14, 4, 0, 1, 1);
	PUT(&fake, LINE, 1, 1, 0x08, 2); /* path: string */
	fake_text(&fake, LINE, "/src");
	fake_text(&fake, LINE, "/abs");
	/* path: string, directory: udata, a checksum: data16 */
	PUT(&fake, LINE, 3, 1, 0x08, 2, 0x0f, 5, 0x1e, num_files);
	fake_text(&fake, LINE, "a.c");
	PUT(&fake, LINE, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 4, 5, 6);
	fake_text(&fake, LINE, "a.c");
	PUT(&fake, LINE, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 4, 5, 6);
	fake_text(&fake, LINE, "b.h");
	PUT(&fake, LINE, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 4, 5, 6);
	fake_end(&fake, LINE, header);
	put_program();
	fake_end(&fake, LINE, begin);
}

/*
 * Code of line 7 from 0x1010 on, of line 9 from 0x1014 and from 0x101a on; it
 * ends at 0x1020.
 */
static void put_program(void)
{
	PUT(&fake, LINE, 0, 9, 2);
	fake_uint(&fake, LINE, 0x1010, 8);
	PUT(&fake, LINE, 3, 6, 1); /* advance_line 6; copy */
	PUT(&fake, LINE, 0, 2, 0x80, 1); /* an extended opcode of others */
	PUT(&fake, LINE, 2, 4, 3, 2, 3, 0, 1); /* advance_pc, advance_line */
	PUT(&fake, LINE, 4 + 6 * 14 + 5); /* special: 6 on, no line on */
	PUT(&fake, LINE, 2, 6, 0, 1, 1); /* end_sequence */
}

static void build(unsigned version)
{
	memset(&fake, 0, sizeof(fake));
	put_abbrevs();
	put_info(version);
	if (version == 5)
		put_new_lines(3);
	else
		put_old_lines(version);
}

static struct vole_symbol_info ask(uint32_t kind, const char *name)
{
	struct vole_symbol_info info;
	struct vole_symbol symbol;

	assert_true(fake.di->ops->find(fake.di, kind, name, &symbol, &err));
	assert_true(symbol.is_c);
	assert_true(fake.di->ops->info(fake.di, &symbol, &info, &err));
	return info;
}

static void a_variable_has_file_and_line(void **state)
{
	struct vole_symbol_info info;

	(void)state;
	build(5);
	assert_true(fake_open(&fake, &err));
	info = ask(VOLE_SYMBOL_VAR, "one");
	assert_string_equal(info.file, "/src/a.c");
	assert_int_equal(info.line, 11);
	fake_close(&fake);
}

static void a_directory_may_count_from_the_units(void **state)
{
	static const unsigned versions[] = { 2, 3, 4 };
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		build(versions[i]);
		assert_true(fake_open(&fake, &err));
		assert_string_equal(ask(VOLE_SYMBOL_VAR, "one").file,
				    "/src/sub/a.c");
		fake_close(&fake);
	}
}

static void a_definition_takes_from_its_declaration_what_it_lacks(void **state)
{
	struct vole_symbol_info info;

	(void)state;
	build(4);
	assert_true(fake_open(&fake, &err));
	info = ask(VOLE_SYMBOL_VAR, "two");
	assert_string_equal(info.file, "/abs/b.h");
	assert_int_equal(info.line, 14);
	assert_true(info.has_addr);
	assert_int_equal(info.addr, 0x5010);
	fake_close(&fake);
}

static void a_file_that_the_table_lacks_is_not_told(void **state)
{
	struct vole_symbol_info info;

	(void)state;
	build(5);
	assert_true(fake_open(&fake, &err));
	info = ask(VOLE_SYMBOL_VAR, "nowhere");
	assert_null(info.file);
	assert_int_equal(info.line, 12);
	fake_close(&fake);
}

static void without_a_line_table_no_file_is_told(void **state)
{
	(void)state;
	build(5);
	fake.len[LINE] = 0;
	assert_true(fake_open(&fake, &err));
	assert_null(ask(VOLE_SYMBOL_VAR, "one").file);
	fake_close(&fake);
}

static void more_files_than_bytes_are_refused(void **state)
{
	(void)state;
	build(5);
	fake.len[LINE] = 0;
	put_new_lines(0x7f);
	assert_true(fake_open(&fake, &err));
	assert_null(ask(VOLE_SYMBOL_VAR, "one").file);
	fake_close(&fake);
}

static void every_cut_of_a_line_table_is_survived(void **state)
{
	static const unsigned versions[] = { 2, 4, 5 };
	size_t i, len;

	(void)state;
	for (i = 0; i < 3; i++) {
		build(versions[i]);
		for (len = fake.len[LINE]; len > 0; len--) {
			fake.len[LINE] = len - 1;
			assert_true(fake_open(&fake, &err));
			assert_null(ask(VOLE_SYMBOL_VAR, "one").file);
			fake_close(&fake);
		}
	}
}

static void a_split_function_begins_with_its_first_range(void **state)
{
	struct vole_symbol_info info;

	(void)state;
	build(5);
	PUT(&fake, RNGLISTS, 4, 0x10, 0x20, 4, 0x00, 0x08, 0);
	assert_true(fake_open(&fake, &err));
	info = ask(VOLE_SYMBOL_FUNC, "split");
	assert_true(info.has_addr);
	assert_int_equal(info.addr, 0x1010);
	assert_int_equal(info.end, 0x1020);
	assert_string_equal(info.file, "/src/a.c");
	fake_close(&fake);
}

static bool line_at(uint64_t pc, uint32_t *ret)
{
	const char *file;

	if (!fake.di->ops->line(fake.di, pc, &file, ret, &err))
		return false;
	assert_string_equal(file, "/src/a.c");
	return true;
}

static void code_has_the_line_of_the_row_before_it(void **state)
{
	uint32_t line;

	(void)state;
	build(5);
	PUT(&fake, RNGLISTS, 4, 0x00, 0x30, 0);
	assert_true(fake_open(&fake, &err));
	assert_true(line_at(0x1010, &line));
	assert_int_equal(line, 7);
	assert_true(line_at(0x1013, &line));
	assert_int_equal(line, 7);
	assert_true(line_at(0x1014, &line));
	assert_int_equal(line, 9);
	assert_true(line_at(0x101f, &line));
	assert_int_equal(line, 9);
	assert_false(line_at(0x100f, &line));
	assert_int_equal(err.code, VOLE_NOT_FOUND);
	assert_false(line_at(0x1020, &line));
	assert_false(line_at(0x2000, &line));
	fake_close(&fake);
}

static void every_cut_of_a_line_program_is_survived(void **state)
{
	uint32_t line;
	size_t len;

	(void)state;
	build(5);
	PUT(&fake, RNGLISTS, 4, 0x00, 0x30, 0);
	for (len = fake.len[LINE]; len > 0; len--) {
		fake.len[LINE] = len - 1;
		assert_true(fake_open(&fake, &err));
		assert_false(line_at(0x101f, &line));
		fake_close(&fake);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_variable_has_file_and_line),
		cmocka_unit_test(a_directory_may_count_from_the_units),
		cmocka_unit_test(
			a_definition_takes_from_its_declaration_what_it_lacks),
		cmocka_unit_test(a_file_that_the_table_lacks_is_not_told),
		cmocka_unit_test(without_a_line_table_no_file_is_told),
		cmocka_unit_test(more_files_than_bytes_are_refused),
		cmocka_unit_test(every_cut_of_a_line_table_is_survived),
		cmocka_unit_test(a_split_function_begins_with_its_first_range),
		cmocka_unit_test(code_has_the_line_of_the_row_before_it),
		cmocka_unit_test(every_cut_of_a_line_program_is_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
