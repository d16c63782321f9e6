/* Lines of /proc/PID/maps, and those of this very process. */
#include "target/procmaps.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static char line[512];
static struct vole_mapping map;

static bool parse(const char *text)
{
	snprintf(line, sizeof(line), "%s", text);
	map = (struct vole_mapping){ .start = 77 };
	return vole_procmaps_line(line, &map);
}

static void a_file_has_its_path_and_offset(void **state)
{
	(void)state;
	assert_true(parse("55d0c1c2a000-55d0c1c2c000 r-xp 00002000 fe:01 1234  "
			  "                   /usr/bin/cat\n"));
	assert_int_equal(map.start, 0x55d0c1c2a000);
	assert_int_equal(map.end, 0x55d0c1c2c000);
	assert_int_equal(map.perms, VOLE_PERM_READ | VOLE_PERM_EXEC);
	assert_int_equal(map.offset, 0x2000);
	assert_string_equal(map.path, "/usr/bin/cat");
}

static void a_path_may_hold_blanks(void **state)
{
	(void)state;
	assert_true(parse("1000-2000 rw-s 0 00:05 9 /a b (deleted)\n"));
	assert_int_equal(map.perms, VOLE_PERM_READ | VOLE_PERM_WRITE);
	assert_string_equal(map.path, "/a b (deleted)");
}

static void anonymous_memory_has_no_path(void **state)
{
	(void)state;
	assert_true(parse("c000000000-c000400000 ---p 00000000 00:00 0 \n"));
	assert_int_equal(map.perms, 0);
	assert_null(map.path);
	assert_true(parse("c000000000-c000400000 rw-p 00000000 00:00 0"));
	assert_null(map.path);
}

static void the_last_page_is_a_mapping(void **state)
{
	(void)state;
	assert_true(parse("fffffffffffff000-ffffffffffffffff --xp 0 00:00 0 "
			  "[vsyscall]\n"));
	assert_int_equal(map.end, UINT64_MAX);
	assert_string_equal(map.path, "[vsyscall]");
}

static void what_is_cut_off_is_no_mapping(void **state)
{
	(void)state;
	assert_false(parse(""));
	assert_false(parse("\n"));
	assert_false(parse("55d0c1c2a000"));
	assert_false(parse("55d0c1c2a000-55d0c1c2c000"));
	assert_false(parse("55d0c1c2a000-55d0c1c2c000 r-x"));
	assert_false(parse("55d0c1c2a000-55d0c1c2c000 r-xp"));
	assert_false(parse("1000-2000 r-x 0 00:05 9 /short-perms"));
	assert_int_equal(map.start, 77);
}

static void a_mapping_that_ends_before_it_begins_is_none(void **state)
{
	(void)state;
	assert_false(parse("2000-1000 r-xp 0 00:00 0"));
	assert_false(parse("2000-2000 r-xp 0 00:00 0"));
	assert_false(parse("ffffffffffffffffffff-ffffffffffffffffffff r-xp 0 "
			   "00:00 0"));
}

struct seen {
	size_t num;
	bool code;
};

static bool look(void *arg, const struct vole_mapping *m)
{
	struct seen *seen = arg;
	uint64_t here = (uint64_t)(uintptr_t)look;

	seen->num++;
	if (here < m->start || here >= m->end)
		return true;
	seen->code = m->perms & VOLE_PERM_EXEC && m->path &&
		     strstr(m->path, "test_procmaps");
	return false;
}

static void our_own_code_is_mapped_from_our_program(void **state)
{
	struct seen seen = { 0 };

	(void)state;
	vole_procmaps_each(VOLE_PROCMAPS_SELF, look, &seen);
	assert_true(seen.code);
}

static bool stop(void *arg, const struct vole_mapping *m)
{
	(void)m;
	++*(int *)arg;
	return false;
}

static void the_walk_ends_when_it_is_told_to(void **state)
{
	int num = 0;

	(void)state;
	vole_procmaps_each(VOLE_PROCMAPS_SELF, stop, &num);
	assert_int_equal(num, 1);
}

static void a_process_that_is_gone_has_no_mappings(void **state)
{
	int num = 0;

	(void)state;
	vole_procmaps_each(UINT32_MAX, stop, &num);
	assert_int_equal(num, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_has_its_path_and_offset),
		cmocka_unit_test(a_path_may_hold_blanks),
		cmocka_unit_test(anonymous_memory_has_no_path),
		cmocka_unit_test(the_last_page_is_a_mapping),
		cmocka_unit_test(what_is_cut_off_is_no_mapping),
		cmocka_unit_test(a_mapping_that_ends_before_it_begins_is_none),
		cmocka_unit_test(our_own_code_is_mapped_from_our_program),
		cmocka_unit_test(the_walk_ends_when_it_is_told_to),
		cmocka_unit_test(a_process_that_is_gone_has_no_mappings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
