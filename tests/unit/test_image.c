#include "target/image.h"

#include "fake_elf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

enum {
	PAGE = FAKE_ELF_PAGE,
	NOTE = 0x200, /* of the build ID in the file */
	CODE = 0x1000, /* link address of one function of 0x100 bytes */
	TABLE = 0x2000,
	NAMES = 0x2100,
};

/* Where the library is mapped. */
static const uint64_t START = 0x7f0000000000;

static struct fake_elf file;
static struct vole_host host;
static struct vole_target target;
static struct vole_images *images;
static struct vole_mapping mappings[8];
static size_t num_mappings;
static uint8_t memory[PAGE]; /* of the target at START */

static size_t read_memory(struct vole_host *unused, uint64_t addr, void *buf,
			  size_t len)
{
	(void)unused;
	if (addr < START || addr - START >= PAGE)
		return 0;
	if (len > PAGE - (addr - START))
		len = PAGE - (addr - START);
	memcpy(buf, memory + (addr - START), len);
	return len;
}

static uint64_t generation(struct vole_host *unused)
{
	(void)unused;
	return 1;
}

static void each_mapping(struct vole_host *unused,
			 bool (*each)(void *arg, const struct vole_mapping *),
			 void *arg)
{
	size_t i;

	(void)unused;
	for (i = 0; i < num_mappings && each(arg, &mappings[i]); i++)
		;
}

static void map(uint64_t start, uint64_t end, const char *path)
{
	mappings[num_mappings++] = (struct vole_mapping){ .start = start,
							  .end = end,
							  .path = path };
}

/* A library of a build ID and one function, mapped as the loader does. */
static void make_library(void)
{
	static const Elf64_Sym symbols[2] = {
		[1] = { .st_name = 1,
			.st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC),
			.st_shndx = 1,
			.st_value = CODE,
			.st_size = 0x100 }
	};
	size_t end;

	fake_elf_begin(&file, ET_DYN);
	end = fake_elf_note(&file, NOTE, "GNU", 4, NT_GNU_BUILD_ID,
			    "0123456789abcdef", 16);
	fake_elf_segment(&file, (Elf64_Phdr){ .p_type = PT_LOAD,
					      .p_flags = PF_R | PF_X,
					      .p_filesz = 0x3000,
					      .p_memsz = 0x3000 });
	fake_elf_segment(&file, (Elf64_Phdr){ .p_type = PT_NOTE,
					      .p_offset = NOTE,
					      .p_vaddr = NOTE,
					      .p_align = 4,
					      .p_filesz = end - NOTE,
					      .p_memsz = end - NOTE });
	memcpy(file.bytes + TABLE, symbols, sizeof(symbols));
	memcpy(file.bytes + NAMES, "\0pthread_kill", 14);
	fake_elf_section(&file, ".symtab",
			 (Elf64_Shdr){ .sh_type = SHT_SYMTAB,
				       .sh_link = 3,
				       .sh_offset = TABLE,
				       .sh_size = sizeof(symbols) });
	fake_elf_section(&file, ".strtab",
			 (Elf64_Shdr){ .sh_type = SHT_STRTAB,
				       .sh_offset = NAMES,
				       .sh_size = 14 });
	fake_elf_write(&file);
	memcpy(memory, file.bytes, PAGE);
}

static int setup(void **state)
{
	(void)state;
	host = (struct vole_host){ .read = read_memory,
				   .generation = generation,
				   .mappings = each_mapping };
	target = (struct vole_target){ .host = &host };
	vole_memory_init(&target.mem, &host, NULL, NULL, 0);
	num_mappings = 0;
	make_library();
	map(0x400000, 0x500000, NULL);
	map(0x600000, 0x700000, "[heap]");
	map(START, START + PAGE, file.path);
	map(START + PAGE, START + 3 * PAGE, file.path);
	map(START + 0x10000, START + 0x11000, "/nowhere/gone.so");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	vole_images_close(images);
	images = NULL;
	vole_memory_free(&target.mem);
	fake_elf_remove(&file);
	return 0;
}

static struct vole_image *image_at(uint64_t addr)
{
	struct vole_error err;

	if (!images)
		assert_true(vole_images_open(&target, &images, &err));
	return vole_image_at(images, addr);
}

static void assert_unknown(uint64_t addr)
{
	struct vole_image *image = image_at(addr);

	assert_non_null(image);
	assert_null(image->elf);
	assert_null(vole_image_function(image, addr, &(uint64_t){ 0 }));
}

static void test_function_of_a_library(void **state)
{
	struct vole_image *image = image_at(START + CODE + 0x10);
	uint64_t offset = 0;

	(void)state;
	assert_non_null(image);
	assert_int_equal(image->start, START);
	assert_int_equal(image->end, START + 3 * PAGE);
	assert_int_equal(image->bias, START);
	assert_string_equal(vole_image_function(image, START + CODE + 0x10,
						&offset),
			    "pthread_kill");
	assert_int_equal(offset, 0x10);
	assert_null(vole_image_function(image, START + CODE + 0x100, &offset));
	assert_ptr_equal(image, image_at(START)); /* opened once */
}

static void test_what_is_no_file(void **state)
{
	(void)state;
	assert_null(image_at(0x400000));
	assert_null(image_at(0x600000));
	assert_null(image_at(0));
	assert_null(image_at(START + 3 * PAGE));
	assert_null(image_at(UINT64_MAX));
}

static void test_file_that_is_gone(void **state)
{
	(void)state;
	assert_unknown(START + 0x10000);
}

static void test_file_of_another_build(void **state)
{
	(void)state;
	memory[NOTE + 16] ^= 1;
	vole_memory_forget(&target.mem);
	assert_unknown(START);
}

static void test_file_of_no_build_id(void **state)
{
	(void)state;
	fake_elf_header(&file)->e_phnum = 1;
	fake_elf_write(&file);
	memcpy(memory, file.bytes, PAGE);
	assert_unknown(START);
}

static void test_memory_that_cannot_be_read(void **state)
{
	(void)state;
	mappings[2].start = START - PAGE;
	assert_unknown(START);
}

static void test_host_that_knows_no_mappings(void **state)
{
	(void)state;
	host.mappings = NULL;
	assert_null(image_at(START));
}

static void test_file_that_was_cut(void **state)
{
	(void)state;
	file.size = 0x30;
	fake_elf_write(&file);
	assert_unknown(START);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_function_of_a_library),
		TEST(test_what_is_no_file),
		TEST(test_file_that_is_gone),
		TEST(test_file_of_another_build),
		TEST(test_file_of_no_build_id),
		TEST(test_memory_that_cannot_be_read),
		TEST(test_host_that_knows_no_mappings),
		TEST(test_file_that_was_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
