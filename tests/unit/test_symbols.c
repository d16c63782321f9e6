#include "target/symbols.h"

#include "fake_elf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

enum { TABLE = 0x1000, NAMES = 0x2000 };

static struct fake_elf file;
static struct vole_elf *elf;
static struct vole_symbols *symbols;
static size_t num, names; /* bytes of names */

static int setup(void **state)
{
	(void)state;
	fake_elf_begin(&file, ET_DYN);
	num = 1;
	names = 1;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	vole_symbols_close(symbols);
	vole_elf_close(elf);
	symbols = NULL;
	elf = NULL;
	fake_elf_remove(&file);
	return 0;
}

static Elf64_Sym *add(const char *name, uint64_t addr, uint64_t size)
{
	Elf64_Sym *sym = (Elf64_Sym *)(void *)(file.bytes + TABLE) + num++;

	*sym = (Elf64_Sym){ .st_name = (Elf64_Word)names,
			    .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC),
			    .st_shndx = 1,
			    .st_value = addr,
			    .st_size = size };
	memcpy(file.bytes + NAMES + names, name, strlen(name) + 1);
	names += strlen(name) + 1;
	return sym;
}

/* The table of that name, whose names are the section after it. */
static Elf64_Shdr *open_file(const char *table)
{
	struct vole_error err;
	Elf64_Shdr *shdr;

	shdr = fake_elf_section(
		&file, table,
		(Elf64_Shdr){ .sh_type = SHT_SYMTAB,
			      .sh_link = 3,
			      .sh_offset = TABLE,
			      .sh_size = num * sizeof(Elf64_Sym) });
	fake_elf_section(&file, ".names",
			 (Elf64_Shdr){ .sh_type = SHT_STRTAB,
				       .sh_offset = NAMES,
				       .sh_size = names });
	fake_elf_write(&file);
	assert_true(vole_elf_open(file.path, &elf, &err));
	assert_true(vole_symbols_open(elf, &symbols, &err));
	return shdr;
}

static void assert_at(uint64_t addr, const char *name, uint64_t offset)
{
	uint64_t got = UINT64_MAX;
	const char *found = vole_symbols_at(symbols, addr, &got);

	assert_non_null(found);
	assert_string_equal(found, name);
	assert_int_equal(got, offset);
}

static void assert_none_at(uint64_t addr)
{
	assert_null(vole_symbols_at(symbols, addr, &(uint64_t){ 0 }));
}

static void test_function_around_an_address(void **state)
{
	(void)state;
	add("later", 0x3000, 0x10);
	add("first", 0x1000, 0x20);
	open_file(".symtab");
	assert_at(0x1000, "first", 0);
	assert_at(0x101f, "first", 0x1f);
	assert_at(0x3008, "later", 8);
	assert_none_at(0xfff);
	assert_none_at(0x1020);
	assert_none_at(0x3010);
	assert_none_at(UINT64_MAX);
}

static void test_without_size_up_to_the_next(void **state)
{
	(void)state;
	add("assembler", 0x1000, 0);
	add("c", 0x2000, 0x10);
	open_file(".symtab");
	assert_at(0x1fff, "assembler", 0xfff);
	assert_at(0x2000, "c", 0);
}

static void test_of_two_at_one_place_the_larger(void **state)
{
	(void)state;
	add("label", 0x1000, 0);
	add("function", 0x1000, 0x10);
	open_file(".symtab");
	assert_at(0x1004, "function", 4);
}

static void test_what_is_no_function_here(void **state)
{
	(void)state;
	add("variable", 0x1000, 8)->st_info =
		ELF64_ST_INFO(STB_GLOBAL, STT_OBJECT);
	add("elsewhere", 0x2000, 8)->st_shndx = SHN_UNDEF;
	add("nameless", 0x3000, 8)->st_name = 0;
	open_file(".symtab");
	assert_none_at(0x1000);
	assert_none_at(0x2000);
	assert_none_at(0x3000);
}

static void test_of_a_stripped_library(void **state)
{
	(void)state;
	add("exported", 0x1000, 8);
	open_file(".dynsym");
	assert_at(0x1000, "exported", 0);
}

static void test_file_of_no_symbols(void **state)
{
	(void)state;
	open_file(".else");
	assert_none_at(0x1000);
}

static void test_name_outside_the_names(void **state)
{
	(void)state;
	add("good", 0x1000, 8);
	add("bad", 0x2000, 8)->st_name = UINT32_MAX;
	add("endless", 0x3000, 8);
	names -= 1; /* without its zero */
	open_file(".symtab");
	assert_at(0x1000, "good", 0);
	assert_none_at(0x2000);
	assert_none_at(0x3000);
}

static void test_absurd_tables(void **state)
{
	struct vole_error err;
	Elf64_Shdr *shdr;
	unsigned i;

	(void)state;
	add("f", 0x1000, 8);
	shdr = open_file(".symtab");
	for (i = 0; i < 3; i++) {
		vole_symbols_close(symbols);
		vole_elf_close(elf);
		shdr->sh_size = i == 0 ? UINT64_MAX : 2 * sizeof(Elf64_Sym);
		shdr->sh_offset = i == 1 ? UINT64_MAX - 8 : TABLE;
		shdr->sh_link = i == 2 ? 99 : 3;
		fake_elf_write(&file);
		assert_true(vole_elf_open(file.path, &elf, &err));
		assert_true(vole_symbols_open(elf, &symbols, &err));
		assert_none_at(0x1000);
	}
}

static void test_function_at_the_end_of_the_address_space(void **state)
{
	(void)state;
	add("last", UINT64_MAX - 7, 64);
	open_file(".symtab");
	assert_at(UINT64_MAX, "last", 7);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_function_around_an_address),
		TEST(test_without_size_up_to_the_next),
		TEST(test_of_two_at_one_place_the_larger),
		TEST(test_what_is_no_function_here),
		TEST(test_of_a_stripped_library),
		TEST(test_file_of_no_symbols),
		TEST(test_name_outside_the_names),
		TEST(test_absurd_tables),
		TEST(test_function_at_the_end_of_the_address_space),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
