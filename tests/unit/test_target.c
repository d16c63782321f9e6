/* Executable, core and host brought together: what lies where. */
#include "target/target.h"

#include "fake_target.h"

/* --- where it lies ----------------------------------------------------------- */

static void without_notes_its_first_page_tells_where_it_lies(void **state)
{
	(void)state;
	fake_elf_phdr(&core, 0)->p_type = PT_NULL;
	fake_elf_write(&core);
	assert_true(open_target());
	assert_int_equal(t->bias, BIAS);
	assert_int_equal(t->num_problems, 0);
}

static void what_only_the_layout_tells_is_told(void **state)
{
	(void)state;
	fake_elf_phdr(&core, 0)->p_type = PT_NULL;
	fake_elf_phdr(&core, 1)->p_filesz = 0;
	fake_elf_write(&core);
	assert_true(open_target());
	assert_int_equal(t->bias, BIAS);
	assert_true(has_problem("0x555500000000"));
	assert_true(has_problem("no notes tell it"));
}

static void an_unknown_address_is_an_error(void **state)
{
	(void)state;
	fake_elf_phdr(&core, 0)->p_type = PT_NULL;
	fake_elf_phdr(&core, 1)->p_type = PT_NULL;
	fake_elf_write(&core);
	assert_false(open_target());
	assert_int_equal(err.code, VOLE_UNREADABLE);
	assert_non_null(strstr(err.text, "was loaded is not known"));
	options.force = true;
	assert_true(open_target());
	assert_null(t->exe);
	assert_null(t->debug);
	assert_true(has_problem("it was not used"));
}

static void what_is_no_pie_needs_no_notes(void **state)
{
	(void)state;
	fake_elf_header(&exe)->e_type = ET_EXEC;
	fake_elf_write(&exe);
	fake_elf_phdr(&core, 0)->p_type = PT_NULL;
	fake_elf_phdr(&core, 1)->p_vaddr = LINK;
	fake_elf_write(&core);
	assert_true(open_target());
	assert_int_equal(t->bias, 0);
	assert_int_equal(t->num_problems, 0);
}

static void a_core_of_another_build_without_notes_is_refused(void **state)
{
	(void)state;
	fake_elf_header(&exe)->e_type = ET_EXEC;
	fake_elf_write(&exe);
	fake_elf_phdr(&core, 0)->p_type = PT_NULL;
	fake_elf_phdr(&core, 1)->p_vaddr = LINK;
	memcpy(core.bytes + PAGE + IDS + sizeof(Elf64_Nhdr) + 4, "GNU", 3);
	fake_elf_write(&core);
	assert_false(open_target());
	assert_int_equal(err.code, VOLE_MISMATCH);
}

/* --- what is odd ------------------------------------------------------------- */

static void a_truncated_core_is_a_problem(void **state)
{
	(void)state;
	core.size = DATA + 0x100;
	fake_elf_write(&core);
	assert_true(open_target());
	assert_true(has_problem("truncated: 8448 of"));
	assert_int_equal(t->bias, BIAS);
}

static uint8_t seen; /* what the debugger reads everywhere */

static size_t host_read(struct vole_host *self, uint64_t addr, void *buf,
			size_t len)
{
	(void)self;
	(void)addr;
	memset(buf, seen, len);
	return len;
}

static void a_core_that_the_debugger_does_not_read_is_not_used(void **state)
{
	(void)state;
	host.read = host_read;
	seen = 0xdd;
	assert_true(open_target());
	assert_non_null(t->core);
	seen = 0xee;
	facts.has_bias = true;
	facts.bias = BIAS;
	assert_true(open_target());
	assert_null(t->core);
	assert_true(has_problem("the debugger's reads are used"));
}

static void problems_are_kept_up_to_a_number(void **state)
{
	int i;

	(void)state;
	assert_true(open_target());
	for (i = 0; i < 2 * VOLE_MAX_PROBLEMS; i++)
		vole_target_problem(t, "problem %d", i);
	assert_int_equal(t->num_problems, VOLE_MAX_PROBLEMS);
	assert_string_equal(t->problems[0], "problem 0");
}

/* --- mappings ---------------------------------------------------------------- */

static struct vole_mapping maps[4];
static size_t num_maps;

static bool take(void *arg, const struct vole_mapping *m)
{
	(void)arg;
	assert_true(num_maps < 4);
	maps[num_maps++] = *m;
	return true;
}

static void mappings_of_a_core_are_named_by_its_notes(void **state)
{
	(void)state;
	num_maps = 0;
	assert_true(open_target());
	vole_target_mappings(t, take, NULL);
	assert_int_equal(num_maps, 2);
	assert_int_equal(maps[0].start, LINK + BIAS);
	assert_int_equal(maps[0].perms, VOLE_PERM_READ | VOLE_PERM_EXEC);
	assert_string_equal(maps[0].path, exe.path);
	assert_int_equal(maps[1].end, LINK + BIAS + 2 * PAGE);
	assert_int_equal(maps[1].perms, VOLE_PERM_READ | VOLE_PERM_WRITE);
	assert_int_equal(maps[1].offset, 2 * PAGE);
}

static void a_host_that_knows_no_mappings_gives_none(void **state)
{
	(void)state;
	num_maps = 0;
	facts = (struct vole_facts){ .kind = VOLE_TARGET_LIVE };
	assert_true(open_target());
	vole_target_mappings(t, take, NULL);
	assert_int_equal(num_maps, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(without_notes_its_first_page_tells_where_it_lies),
		TEST(what_only_the_layout_tells_is_told),
		TEST(an_unknown_address_is_an_error),
		TEST(what_is_no_pie_needs_no_notes),
		TEST(a_core_of_another_build_without_notes_is_refused),
		TEST(a_truncated_core_is_a_problem),
		TEST(a_core_that_the_debugger_does_not_read_is_not_used),
		TEST(problems_are_kept_up_to_a_number),
		TEST(mappings_of_a_core_are_named_by_its_notes),
		TEST(a_host_that_knows_no_mappings_gives_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
