/* Executable, core and host brought together, and whether they belong so. */
#include "target/target.h"

#include "fake_elf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/stat.h>

#include <cmocka.h>

enum {
	PAGE = 0x1000,
	LINK = 0x400000,
	ENTRY = 0x400080,
	IDS = 0x200, /* notes of the executable, in its first page */
	NOTES = 0x3000, /* of the core */
	DATA = 0x2000,
};

static const uint64_t BIAS = 0x555500000000;

static struct fake_elf exe, core, other;
static struct vole_facts facts;
static struct vole_host host;
static struct vole_target_options options;
static struct vole_target *t;
static struct vole_error err;

static void host_facts(struct vole_host *self, struct vole_facts *ret)
{
	(void)self;
	*ret = facts;
}

/* The executable: a page of code with its IDs, and a page of data. */
static void make_exe(struct fake_elf *f, const char *gnu, const char *go)
{
	size_t end = IDS;

	fake_elf_begin(f, ET_DYN);
	fake_elf_header(f)->e_entry = ENTRY;
	if (gnu)
		end = fake_elf_note(f, end, "GNU", 4, NT_GNU_BUILD_ID, gnu,
				    (uint32_t)strlen(gnu));
	if (go)
		end = fake_elf_note(f, end, "Go\0", 4, 4, go,
				    (uint32_t)strlen(go));
	fake_elf_segment(f, (Elf64_Phdr){ .p_type = PT_LOAD,
					  .p_flags = PF_R | PF_X,
					  .p_vaddr = LINK,
					  .p_filesz = PAGE,
					  .p_memsz = PAGE });
	fake_elf_segment(f, (Elf64_Phdr){ .p_type = PT_LOAD,
					  .p_flags = PF_R | PF_W,
					  .p_offset = DATA,
					  .p_vaddr = LINK + PAGE,
					  .p_filesz = PAGE,
					  .p_memsz = PAGE });
	fake_elf_segment(f, (Elf64_Phdr){ .p_type = PT_NOTE,
					  .p_offset = IDS,
					  .p_filesz = end - IDS });
}

/* NT_FILE: the executable's path for both of its mappings. */
static size_t add_files(size_t at)
{
	uint8_t desc[512];
	uint64_t head[] = { 2,
			    PAGE,
			    LINK + BIAS,
			    LINK + BIAS + PAGE,
			    0,
			    LINK + BIAS + PAGE,
			    LINK + BIAS + 2 * PAGE,
			    2 };
	size_t len = strlen(exe.path) + 1;

	memcpy(desc, head, sizeof(head));
	memcpy(desc + sizeof(head), exe.path, len);
	memcpy(desc + sizeof(head) + len, exe.path, len);
	return fake_elf_note(&core, at, "CORE", 5, NT_FILE, desc,
			     (uint32_t)(sizeof(head) + 2 * len));
}

static void make_core(void)
{
	uint64_t auxv[] = { AT_PHDR,  LINK + BIAS + 0x40,
			    AT_ENTRY, ENTRY + BIAS,
			    0,	      0 };
	uint8_t info[136] = { 0 };
	size_t at = NOTES;

	info[24] = 99;
	fake_elf_begin(&core, ET_CORE);
	memcpy(core.bytes + PAGE, exe.bytes, PAGE);
	memset(core.bytes + DATA, 0xdd, PAGE);
	at = fake_elf_note(&core, at, "CORE", 5, NT_PRPSINFO, info,
			   sizeof(info));
	at = fake_elf_note(&core, at, "CORE", 5, NT_AUXV, auxv, sizeof(auxv));
	at = add_files(at);
	fake_elf_segment(&core, (Elf64_Phdr){ .p_type = PT_NOTE,
					      .p_offset = NOTES,
					      .p_filesz = at - NOTES });
	fake_elf_segment(&core, (Elf64_Phdr){ .p_type = PT_LOAD,
					      .p_flags = PF_R | PF_X,
					      .p_offset = PAGE,
					      .p_vaddr = LINK + BIAS,
					      .p_filesz = PAGE,
					      .p_memsz = PAGE });
	fake_elf_segment(&core, (Elf64_Phdr){ .p_type = PT_LOAD,
					      .p_flags = PF_R | PF_W,
					      .p_offset = DATA,
					      .p_vaddr = LINK + BIAS + PAGE,
					      .p_filesz = PAGE,
					      .p_memsz = PAGE });
}

static int set_up(void **state)
{
	(void)state;
	make_exe(&exe, "gnu", "go");
	fake_elf_write(&exe);
	make_core();
	fake_elf_write(&core);
	host = (struct vole_host){ .facts = host_facts };
	facts = (struct vole_facts){ .kind = VOLE_TARGET_CORE,
				     .exe = exe.path,
				     .core = core.path };
	options = (struct vole_target_options){ .debug_dir = "/nonexistent" };
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	vole_target_close(t);
	t = NULL;
	fake_elf_remove(&exe);
	fake_elf_remove(&core);
	fake_elf_remove(&other);
	return 0;
}

static bool open_target(void)
{
	vole_target_close(t);
	t = NULL;
	return vole_target_open(&host, &options, &t, &err);
}

static bool has_problem(const char *text)
{
	size_t i;

	for (i = 0; i < t->num_problems; i++)
		if (strstr(t->problems[i], text))
			return true;
	return false;
}

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
		TEST(a_core_and_its_executable_open_without_a_word),
		TEST(a_core_of_another_build_is_refused),
		TEST(when_forced_the_mismatch_is_a_problem),
		TEST(equal_gnu_ids_settle_it),
		TEST(without_ids_nobody_knows),
		TEST(a_core_names_its_executable),
		TEST(an_executable_that_is_gone_is_a_problem),
		TEST(a_core_without_notes_names_none),
		TEST(a_core_is_no_executable),
		TEST(without_notes_its_first_page_tells_where_it_lies),
		TEST(what_only_the_layout_tells_is_told),
		TEST(an_unknown_address_is_an_error),
		TEST(what_is_no_pie_needs_no_notes),
		TEST(a_core_of_another_build_without_notes_is_refused),
		TEST(a_truncated_core_is_a_problem),
		TEST(a_core_that_the_debugger_does_not_read_is_not_used),
		TEST(problems_are_kept_up_to_a_number),
		TEST(a_linked_debug_file_of_the_same_build_is_used),
		TEST(one_of_another_build_is_not),
		TEST(a_link_that_leaves_its_folder_is_not_followed),
		TEST(a_debug_file_is_found_by_build_id),
		TEST(mappings_of_a_core_are_named_by_its_notes),
		TEST(a_host_that_knows_no_mappings_gives_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
