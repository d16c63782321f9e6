#include "runtime/detect.h"

#include "fake_elf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

enum { STRINGS = 0x1000, SYMBOLS = 0x2000, NAMES = 0x3000 };

static struct fake_elf file, library;
static struct vole_host host;
static struct vole_target target;
static struct vole_debuginfo di;
static struct vole_error err;
static struct vole_mapping mapping;
static bool remote;

static void facts(struct vole_host *unused, struct vole_facts *ret)
{
	(void)unused;
	*ret = (struct vole_facts){ .kind = VOLE_TARGET_LIVE,
				    .remote = remote };
}

static void mappings(struct vole_host *unused,
		     bool (*each)(void *arg, const struct vole_mapping *),
		     void *arg)
{
	(void)unused;
	each(arg, &mapping);
}

static int setup(void **state)
{
	(void)state;
	host = (struct vole_host){ .facts = facts, .mappings = mappings };
	target = (struct vole_target){ .host = &host };
	vole_arena_init(&target.arena, 1 << 20);
	di = (struct vole_debuginfo){ 0 };
	mapping = (struct vole_mapping){ 0 };
	remote = false;
	fake_elf_begin(&file, ET_EXEC);
	fake_elf_begin(&library, ET_DYN);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	vole_elf_close(target.exe);
	vole_arena_clear(&target.arena);
	fake_elf_remove(&file);
	fake_elf_remove(&library);
	return 0;
}

static void open_exe(void)
{
	fake_elf_write(&file);
	assert_true(vole_elf_open(file.path, &target.exe, &err));
}

/* A program of one symbol, as a compiler's own runtime has. */
static void add_symbol(const char *name)
{
	static const Elf64_Sym sym = { .st_name = 1, .st_shndx = 1 };

	memcpy(file.bytes + SYMBOLS + sizeof(sym), &sym, sizeof(sym));
	memcpy(file.bytes + NAMES + 1, name, strlen(name) + 1);
	fake_elf_section(&file, ".symtab",
			 (Elf64_Shdr){ .sh_type = SHT_SYMTAB,
				       .sh_link = 3,
				       .sh_offset = SYMBOLS,
				       .sh_size = 2 * sizeof(sym) });
	fake_elf_section(&file, ".strtab",
			 (Elf64_Shdr){ .sh_type = SHT_STRTAB,
				       .sh_offset = NAMES,
				       .sh_size = strlen(name) + 2 });
}

static void assert_says(const char *what)
{
	assert_false(vole_detect_foreign(&target, &di, &err));
	assert_int_equal(err.code, VOLE_UNSUPPORTED);
	if (!strstr(err.text, what))
		fail_msg("'%s' does not say '%s'", err.text, what);
}

static void test_gccgo_by_its_runtime(void **state)
{
	(void)state;
	add_symbol("__go_init_main");
	open_exe();
	assert_says("was built by gccgo");
}

static void test_gccgo_by_its_section(void **state)
{
	(void)state;
	fake_elf_section(&file, ".go_export",
			 (Elf64_Shdr){ .sh_type = SHT_PROGBITS });
	open_exe();
	assert_says("was built by gccgo");
}

static void test_tinygo_by_its_runtime(void **state)
{
	(void)state;
	add_symbol("tinygo_scanCurrentStack");
	open_exe();
	assert_says("was built by TinyGo");
}

static void test_producers(void **state)
{
	static const struct {
		const char *producer, *says;
	} rows[] = {
		{ "GNU Go 12.2.0 -mtune=generic", "was built by gccgo" },
		{ "TinyGo", "was built by TinyGo" },
		{ "GNU C17 12.2.0", "is not a Go program" },
		{ "Go cmd/compile go1.22", "is not a Go program" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < 4; i++) {
		di.producer = rows[i].producer;
		assert_says(rows[i].says);
	}
}

/* Where debug information could not be read, its strings still can. */
static void test_producer_in_the_strings(void **state)
{
	static const char strings[] = "main.c\0GNU Go 13.1.0\0int";

	(void)state;
	memcpy(file.bytes + STRINGS, strings, sizeof(strings));
	fake_elf_section(&file, ".debug_str",
			 (Elf64_Shdr){ .sh_type = SHT_PROGBITS,
				       .sh_offset = STRINGS,
				       .sh_size = sizeof(strings) });
	open_exe();
	target.debug = target.exe;
	assert_says("was built by gccgo");
}

static void map_library(const char *section)
{
	fake_elf_section(&library, section,
			 (Elf64_Shdr){ .sh_type = SHT_PROGBITS });
	fake_elf_write(&library);
	mapping.path = library.path;
}

static void test_go_in_a_shared_library(void **state)
{
	(void)state;
	map_library(".go.buildinfo");
	assert_says("Go lives in the shared library /tmp/vole-test-");
}

static void test_library_of_c(void **state)
{
	(void)state;
	map_library(".text");
	assert_says("is not a Go program");
}

/* Its paths are of another machine. */
static void test_libraries_of_a_remote_target_are_not_opened(void **state)
{
	(void)state;
	map_library(".go.buildinfo");
	remote = true;
	assert_says("is not a Go program");
}

static void test_what_is_mapped_and_no_file(void **state)
{
	static const char *const paths[] = { "/dev/zero", "/", "/nowhere",
					     "[vdso]" };
	size_t i;

	(void)state;
	for (i = 0; i < 4; i++) {
		mapping.path = paths[i];
		assert_says("is not a Go program");
	}
	host.mappings = NULL;
	assert_says("the target is not a Go program");
}

static void test_releases(void **state)
{
	struct vole_buildinfo build = { .version = "go1.17.3", .minor = 17 };

	(void)state;
	assert_false(vole_detect_release(&target, &build, &err));
	assert_int_equal(err.code, VOLE_UNSUPPORTED);
	assert_non_null(strstr(err.text, "go1.17.3 is too old"));
	build = (struct vole_buildinfo){ .version = "go1.18", .minor = 18 };
	assert_true(vole_detect_release(&target, &build, &err));
	assert_int_equal(target.num_problems, 0);
	build = (struct vole_buildinfo){ .version = "devel +1" };
	assert_true(vole_detect_release(&target, &build, &err));
	assert_int_equal(target.num_problems, 0);
	build = (struct vole_buildinfo){ .version = "go1.99", .minor = 99 };
	assert_true(vole_detect_release(&target, &build, &err));
	assert_int_equal(target.num_problems, 1);
}

static void test_version_that_would_not_print(void **state)
{
	struct vole_buildinfo build = { .version = "go1.5\x1b[2J", .minor = 5 };

	(void)state;
	assert_false(vole_detect_release(&target, &build, &err));
	assert_null(strchr(err.text, '\x1b'));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_gccgo_by_its_runtime),
		TEST(test_gccgo_by_its_section),
		TEST(test_tinygo_by_its_runtime),
		TEST(test_producers),
		TEST(test_producer_in_the_strings),
		TEST(test_go_in_a_shared_library),
		TEST(test_library_of_c),
		TEST(test_libraries_of_a_remote_target_are_not_opened),
		TEST(test_what_is_mapped_and_no_file),
		TEST(test_releases),
		TEST(test_version_that_would_not_print),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
