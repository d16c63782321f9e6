/* Which files belong to a target: executable, core and debug file. */
#include "target/target.h"

#include "fake_target.h"

#include <sys/stat.h>

/* --- what belongs together --------------------------------------------------- */

static void a_core_and_its_executable_open_without_a_word(void **state)
{
	uint8_t byte = 0;

	(void)state;
	assert_true(open_target());
	assert_int_equal(t->kind, VOLE_TARGET_CORE);
	assert_int_equal(t->pid, 99);
	assert_int_equal(t->bias, BIAS);
	assert_ptr_equal(t->debug, t->exe);
	assert_int_equal(t->num_problems, 0);
	assert_true(vole_memory_read_all(&t->mem, LINK + BIAS + PAGE, &byte, 1,
					 &err));
	assert_int_equal(byte, 0xdd);
}

static void a_core_of_another_build_is_refused(void **state)
{
	(void)state;
	make_exe(&exe, "GNU", "go");
	fake_elf_write(&exe);
	assert_false(open_target());
	assert_int_equal(err.code, VOLE_MISMATCH);
	assert_non_null(strstr(err.text, "GNU build IDs differ"));
	make_exe(&exe, NULL, "GO");
	fake_elf_write(&exe);
	assert_false(open_target());
	assert_int_equal(err.code, VOLE_MISMATCH);
	assert_non_null(strstr(err.text, "Go build IDs differ"));
}

static void when_forced_the_mismatch_is_a_problem(void **state)
{
	(void)state;
	make_exe(&exe, NULL, "GO");
	fake_elf_write(&exe);
	options.force = true;
	assert_true(open_target());
	assert_true(has_problem("anything may be wrong"));
	assert_int_equal(t->bias, BIAS);
}

static void equal_gnu_ids_settle_it(void **state)
{
	(void)state;
	make_exe(&exe, "gnu", "another link of the same");
	fake_elf_write(&exe);
	assert_true(open_target());
	assert_int_equal(t->num_problems, 0);
}

static void without_ids_nobody_knows(void **state)
{
	(void)state;
	make_exe(&exe, NULL, NULL);
	fake_elf_write(&exe);
	make_core();
	fake_elf_write(&core);
	assert_true(open_target());
	assert_true(has_problem("belong together is not known"));
}

/* --- which executable -------------------------------------------------------- */

static void a_core_names_its_executable(void **state)
{
	(void)state;
	facts.exe = NULL;
	assert_true(open_target());
	assert_string_equal(t->exe->path, exe.path);
	assert_int_equal(t->bias, BIAS);
}

static void an_executable_that_is_gone_is_a_problem(void **state)
{
	(void)state;
	facts.exe = NULL;
	unlink(exe.path);
	assert_true(open_target());
	assert_null(t->exe);
	assert_null(t->debug);
	assert_true(has_problem("No such file"));
	facts.exe = "/nonexistent/exe";
	assert_false(open_target());
	assert_int_equal(err.code, VOLE_NOT_FOUND);
}

static void a_core_without_notes_names_none(void **state)
{
	(void)state;
	facts.exe = NULL;
	fake_elf_phdr(&core, 0)->p_type = PT_NULL;
	fake_elf_write(&core);
	assert_true(open_target());
	assert_null(t->exe);
	assert_true(has_problem("the executable is not known"));
}

static void a_core_is_no_executable(void **state)
{
	(void)state;
	facts.exe = core.path;
	assert_false(open_target());
	assert_int_equal(err.code, VOLE_USAGE);
	facts.exe = exe.path;
	facts.core = exe.path;
	assert_false(open_target());
	assert_int_equal(err.code, VOLE_UNREADABLE);
}

/* --- debug files ------------------------------------------------------------- */

/* The executable points to the other file as the one with its DWARF. */
static void link_debug(const char *go)
{
	const char *slash;

	make_exe(&other, NULL, go);
	fake_elf_write(&other);
	slash = strrchr(other.path, '/');
	strcpy((char *)exe.bytes + 0x2800, slash + 1);
	fake_elf_section(&exe, ".gnu_debuglink",
			 (Elf64_Shdr){ .sh_type = SHT_PROGBITS,
				       .sh_offset = 0x2800,
				       .sh_size = 64 });
	fake_elf_write(&exe);
}

static void a_linked_debug_file_of_the_same_build_is_used(void **state)
{
	(void)state;
	link_debug("go");
	assert_true(open_target());
	assert_string_equal(t->debug->path, other.path);
}

static void one_of_another_build_is_not(void **state)
{
	(void)state;
	link_debug("GO");
	assert_true(open_target());
	assert_ptr_equal(t->debug, t->exe);
	assert_true(has_problem("is of another build"));
}

static void a_link_that_leaves_its_folder_is_not_followed(void **state)
{
	(void)state;
	link_debug("go");
	memmove(exe.bytes + 0x2802, exe.bytes + 0x2800, 60);
	memcpy(exe.bytes + 0x2800, "./", 2);
	fake_elf_write(&exe);
	assert_true(open_target());
	assert_ptr_equal(t->debug, t->exe);
}

static void a_debug_file_is_found_by_build_id(void **state)
{
	char dir[] = "/tmp/vole-test-XXXXXX", path[64], sub[80], file[128];

	(void)state;
	make_exe(&other, "gnu", NULL);
	fake_elf_write(&other);
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/.build-id", dir);
	snprintf(sub, sizeof(sub), "%s/67", path); /* "g" */
	snprintf(file, sizeof(file), "%s/6e75.debug", sub); /* "nu" */
	assert_int_equal(mkdir(path, 0700) + mkdir(sub, 0700), 0);
	assert_int_equal(symlink(other.path, file), 0);
	options.debug_dir = dir;
	assert_true(open_target());
	assert_string_equal(t->debug->path, file);
	unlink(file);
	rmdir(sub);
	rmdir(path);
	rmdir(dir);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_core_and_its_executable_open_without_a_word),
		TEST(a_core_of_another_build_is_refused),
		TEST(when_forced_the_mismatch_is_a_problem),
		TEST(equal_gnu_ids_settle_it),
		TEST(without_ids_nobody_knows),
		TEST(a_core_names_its_executable),
		TEST(an_executable_that_is_gone_is_a_problem),
		TEST(a_core_without_notes_names_none),
		TEST(a_core_is_no_executable),
		TEST(a_linked_debug_file_of_the_same_build_is_used),
		TEST(one_of_another_build_is_not),
		TEST(a_link_that_leaves_its_folder_is_not_followed),
		TEST(a_debug_file_is_found_by_build_id),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
