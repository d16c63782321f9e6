#include "runtime/buildinfo.h"

#include "fake_elf.h"
#include "fake_go.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

enum {
	INFO = FAKE_BASE + 0x1000,
	TEXTS = FAKE_BASE + 0x2000,
	HEADER = 32,
	SENTINEL = 16,
};

static const char modules[] = "path\tvole.test/cmd\n"
			      "mod\tvole.test\t(devel)\t\n"
			      "dep\tx.org/y\tv1.2.3\th1:abc=\n"
			      "build\t-buildmode=exe\n";

static struct fake_go go;
static struct vole_buildinfo info;
static struct vole_error err;

static void put_bytes(uint64_t addr, const void *bytes, size_t len)
{
	memcpy(go.bytes + (addr - FAKE_BASE), bytes, len);
	vole_memory_forget(&go.target.mem);
}

/* A varint and the bytes; where they end. */
static uint64_t put_inline(uint64_t at, const void *bytes, size_t len)
{
	fake_put(&go, at, 1, 0x80 | (len & 0x7f));
	fake_put(&go, at + 1, 1, len >> 7);
	put_bytes(at + 2, bytes, len);
	return at + 2 + len;
}

/* src/cmd/link/internal/ld/data.go: buildinfo, of Go 1.18 and later. */
static uint64_t put_info(uint64_t at, const char *version)
{
	char text[512];
	size_t len = strlen(modules);

	put_bytes(at, "\xff Go buildinf:\x08\x02", 16);
	memset(text, 's', SENTINEL);
	memcpy(text + SENTINEL, modules, len);
	memset(text + SENTINEL + len, 'e', SENTINEL);
	at = put_inline(at + HEADER, version, strlen(version));
	return put_inline(at, text, 2 * SENTINEL + len);
}

static int setup(void **state)
{
	(void)state;
	fake_go_open(&go);
	go.host.mappings = fake_go_mappings;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_go_close(&go);
	return 0;
}

static bool read_info(void)
{
	return vole_buildinfo_read(&go.target, &go.rt.arena, &info, &err);
}

static void assert_none(void)
{
	assert_false(read_info());
	assert_int_equal(err.code, VOLE_NOT_FOUND);
}

static void assert_version(const char *text, unsigned minor, unsigned patch,
			   const char *experiments)
{
	put_info(INFO, text);
	assert_true(read_info());
	assert_int_equal(info.minor, minor);
	assert_int_equal(info.patch, patch);
	assert_string_equal(info.experiments, experiments);
}

static void test_modules_and_settings(void **state)
{
	(void)state;
	put_info(INFO, "go1.26.8");
	assert_true(read_info());
	assert_string_equal(info.version, "go1.26.8");
	assert_string_equal(info.path, "vole.test/cmd");
	assert_int_equal(info.num_lines, 4);
	assert_string_equal(info.lines[2].key, "dep");
	assert_string_equal(info.lines[2].value, "x.org/y\tv1.2.3\th1:abc=");
	assert_string_equal(info.lines[3].value, "-buildmode=exe");
}

static void test_versions(void **state)
{
	(void)state;
	assert_version("go1.18", 18, 0, "");
	assert_version("go1.26.8-X:nogreenteagc", 26, 8, "nogreenteagc");
	assert_version("go1.25.5 X:greenteagc", 25, 5, "greenteagc");
	assert_version("go1.24rc1", 24, 0, "");
	assert_version("devel go1.27-2f0b28da19 Thu", 27, 0, "");
	assert_version("devel +abc", 0, 0, "");
	assert_version("go1.99999999999999999999", 999999, 0, "");
}

static void test_without_modules(void **state)
{
	uint64_t at;

	(void)state;
	put_bytes(INFO, "\xff Go buildinf:\x08\x02", 16);
	at = put_inline(INFO + HEADER, "go1.20", 6);
	put_inline(at, "", 0);
	assert_true(read_info());
	assert_int_equal(info.minor, 20);
	assert_int_equal(info.num_lines, 0);
	assert_string_equal(info.path, "");
}

/* Before Go 1.18, and where the linker is not Go's: two pointers. */
static void test_pointers_to_strings(void **state)
{
	(void)state;
	put_bytes(INFO, "\xff Go buildinf:\x08\x00", 16);
	fake_put(&go, INFO + 16, 8, TEXTS);
	fake_put(&go, TEXTS, 8, TEXTS + 0x100);
	fake_put(&go, TEXTS + 8, 8, 6);
	put_bytes(TEXTS + 0x100, "go1.17", 6);
	assert_true(read_info());
	assert_string_equal(info.version, "go1.17");
	fake_put(&go, TEXTS + 8, 8, UINT64_MAX);
	assert_none();
	fake_put(&go, INFO + 16, 8, UINT64_MAX - 7);
	assert_none();
}

/* A program that reads other programs has the magic as text. */
static void test_magic_that_is_none(void **state)
{
	(void)state;
	put_bytes(INFO - 0x100, "\xff Go buildinf:\x08\x02", 16);
	put_bytes(INFO - 0x100 + HEADER, "\xff\xff\xff\xff\xff", 5);
	put_info(INFO, "go1.21.0");
	assert_true(read_info());
	assert_int_equal(info.minor, 21);
}

static void test_at_odd_places(void **state)
{
	(void)state;
	put_info(INFO + 8, "go1.21.0");
	assert_none(); /* the linker aligns it */
	put_info(FAKE_BASE, "go1.21.0");
	assert_true(read_info());
}

static void test_not_there(void **state)
{
	(void)state;
	assert_none();
	go.host.mappings = NULL;
	assert_none();
	go.size = 0;
	assert_none();
}

static void test_cut(void **state)
{
	uint64_t end = put_info(INFO, "go1.21.0");

	(void)state;
	go.size = INFO + HEADER + 4 - FAKE_BASE; /* in the version */
	vole_memory_forget(&go.target.mem);
	assert_none();
	go.size = end - 1 - FAKE_BASE; /* in the modules */
	vole_memory_forget(&go.target.mem);
	assert_true(read_info());
	assert_int_equal(info.minor, 21);
	assert_int_equal(info.num_lines, 0);
}

static void test_absurd_lengths(void **state)
{
	(void)state;
	put_info(INFO, "go1.21.0");
	put_bytes(INFO + HEADER, "\xff\xff\xff\xff\x0f", 5);
	assert_none();
	put_bytes(INFO + HEADER, "\0\0", 2); /* no version */
	assert_none();
}

static void test_of_the_executable(void **state)
{
	struct fake_elf file = { .size = 0 };

	(void)state;
	fake_elf_begin(&file, ET_EXEC);
	fake_elf_section(&file, ".go.buildinfo",
			 (Elf64_Shdr){ .sh_type = SHT_PROGBITS,
				       .sh_addr = INFO + 8 - 0x100,
				       .sh_offset = 0x1000,
				       .sh_size = 0x200 });
	fake_elf_write(&file);
	assert_true(vole_elf_open(file.path, &go.target.exe, &err));
	go.target.bias = 0x100;
	put_info(INFO + 8, "go1.22.1"); /* where no scan looks */
	assert_true(read_info());
	assert_int_equal(info.minor, 22);
	vole_elf_close(go.target.exe);
	fake_elf_remove(&file);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_modules_and_settings),
		TEST(test_versions),
		TEST(test_without_modules),
		TEST(test_pointers_to_strings),
		TEST(test_magic_that_is_none),
		TEST(test_at_odd_places),
		TEST(test_not_there),
		TEST(test_cut),
		TEST(test_absurd_lengths),
		TEST(test_of_the_executable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
