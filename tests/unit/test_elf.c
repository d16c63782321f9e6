/* ELF files of a few bytes: right, of another kind, cut off, absurd. */
#include "fake_elf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { TEXT = 0x1000, DATA = 0x2000, LINK = 0x400000 };

static struct fake_elf f;
static struct vole_elf *elf;
static struct vole_error err;
static uint8_t buf[64];

/* Code of one page; data of 0x10 bytes in the file and 0x30 in memory. */
static int set_up(void **state)
{
	(void)state;
	fake_elf_begin(&f, ET_EXEC);
	fake_elf_header(&f)->e_entry = LINK + 0x80;
	fake_elf_segment(&f, (Elf64_Phdr){ .p_type = PT_LOAD,
					   .p_flags = PF_R | PF_X,
					   .p_offset = TEXT,
					   .p_vaddr = LINK,
					   .p_filesz = 0x1000,
					   .p_memsz = 0x1000 });
	fake_elf_segment(&f, (Elf64_Phdr){ .p_type = PT_LOAD,
					   .p_flags = PF_R | PF_W,
					   .p_offset = DATA,
					   .p_vaddr = LINK + 0x1000,
					   .p_filesz = 0x10,
					   .p_memsz = 0x30 });
	memset(f.bytes + TEXT, 0xaa, 0x1000);
	memset(f.bytes + DATA, 0xdd, 0x10);
	elf = NULL;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	vole_elf_close(elf);
	elf = NULL;
	fake_elf_remove(&f);
	return 0;
}

static bool open_file(void)
{
	vole_elf_close(elf);
	elf = NULL;
	fake_elf_write(&f);
	return vole_elf_open(f.path, &elf, &err);
}

static void assert_refused(enum vole_code code, const char *why)
{
	assert_false(open_file());
	assert_int_equal(err.code, code);
	assert_non_null(strstr(err.text, why));
}

static void a_file_has_a_type_an_entry_and_segments(void **state)
{
	(void)state;
	assert_true(open_file());
	assert_int_equal(elf->type, ET_EXEC);
	assert_int_equal(elf->entry, LINK + 0x80);
	assert_int_equal(elf->num_segments, 2);
	assert_int_equal(elf->segments[1].addr, LINK + 0x1000);
	assert_int_equal(elf->num_sections, 0);
	assert_ptr_equal(vole_elf_segment_at(elf, LINK + 0x102f),
			 &elf->segments[1]);
	assert_null(vole_elf_segment_at(elf, LINK + 0x1030));
	assert_null(vole_elf_segment_at(elf, LINK - 1));
}

static void no_file_is_not_found(void **state)
{
	(void)state;
	assert_false(vole_elf_open("/nonexistent/file", &elf, &err));
	assert_int_equal(err.code, VOLE_NOT_FOUND);
}

static void a_folder_is_unreadable(void **state)
{
	(void)state;
	assert_false(vole_elf_open("/tmp", &elf, &err));
	assert_int_equal(err.code, VOLE_UNREADABLE);
}

static void what_has_no_magic_is_no_elf_file(void **state)
{
	(void)state;
	f.size = 0;
	assert_refused(VOLE_UNREADABLE, "not an ELF file");
	f.size = sizeof(Elf64_Ehdr) - 1;
	assert_refused(VOLE_UNREADABLE, "not an ELF file");
	f.size = FAKE_ELF_SIZE;
	f.bytes[0] = 0;
	assert_refused(VOLE_UNREADABLE, "not an ELF file");
}

static void files_of_other_machines_are_named(void **state)
{
	(void)state;
	fake_elf_header(&f)->e_machine = EM_AARCH64;
	assert_refused(VOLE_UNSUPPORTED, "aarch64");
	fake_elf_header(&f)->e_machine = 0x1234;
	assert_refused(VOLE_UNSUPPORTED, "unknown (4660)");
	fake_elf_header(&f)->e_ident[EI_CLASS] = ELFCLASS32;
	assert_refused(VOLE_UNSUPPORTED, "32-bit");
	fake_elf_header(&f)->e_ident[EI_DATA] = ELFDATA2MSB;
	assert_refused(VOLE_UNSUPPORTED, "big-endian");
}

static void absurd_program_headers_are_refused(void **state)
{
	(void)state;
	fake_elf_header(&f)->e_phentsize = 32;
	assert_refused(VOLE_CORRUPT, "program headers of 32 bytes");
	fake_elf_header(&f)->e_phentsize = sizeof(Elf64_Phdr);
	fake_elf_section(&f, ".x", (Elf64_Shdr){ .sh_size = 0 });
	fake_elf_header(&f)->e_phnum = PN_XNUM;
	fake_elf_shdr(&f, 0)->sh_info = 0xffffffff;
	assert_refused(VOLE_CORRUPT, "4294967295 program headers");
}

static void many_program_headers_are_counted_in_section_0(void **state)
{
	(void)state;
	fake_elf_section(&f, ".x", (Elf64_Shdr){ .sh_size = 0 });
	fake_elf_header(&f)->e_phnum = PN_XNUM;
	fake_elf_shdr(&f, 0)->sh_info = 2;
	assert_true(open_file());
	assert_int_equal(elf->num_segments, 2);
}

static void a_file_cut_off_gives_what_is_there(void **state)
{
	size_t size;

	(void)state;
	for (size = sizeof(Elf64_Ehdr); size <= DATA + 0x10; size += 8) {
		f.size = size;
		assert_true(open_file());
		assert_true(elf->headers_end == 0x40 + 2 * sizeof(Elf64_Phdr));
		assert_int_equal(elf->num_segments, size < 0x78 ? 0 :
						    size < 0xb0 ? 1 :
								  2);
		if (size >= 0xb0)
			assert_int_equal(elf->segments[1].cut,
					 size < DATA + 0x10);
	}
	f.size = TEXT + 0x10;
	assert_true(open_file());
	assert_true(elf->segments[0].cut);
	assert_int_equal(elf->segments[0].file_size, 0x10);
	assert_int_equal(elf->segments[1].file_size, 0);
}

/* --- memory ------------------------------------------------------------------ */

static void reads_go_on_from_segment_to_segment(void **state)
{
	(void)state;
	assert_true(open_file());
	assert_int_equal(vole_elf_read(elf, LINK + 0xffe, buf, 4), 4);
	assert_memory_equal(buf, "\xaa\xaa\xdd\xdd", 4);
}

static void memory_past_the_file_is_zero_and_then_ends(void **state)
{
	(void)state;
	memset(buf, 1, sizeof(buf));
	assert_true(open_file());
	assert_int_equal(vole_elf_read(elf, LINK + 0x100f, buf, 64), 0x21);
	assert_int_equal(buf[0], 0xdd);
	assert_int_equal(buf[1], 0);
	assert_int_equal(buf[0x20], 0);
	assert_int_equal(vole_elf_read(elf, LINK + 0x1030, buf, 64), 0);
	assert_int_equal(vole_elf_read(elf, LINK - 1, buf, 64), 0);
	assert_int_equal(vole_elf_read(elf, UINT64_MAX, buf, 64), 0);
}

static void what_was_cut_off_is_not_zero(void **state)
{
	(void)state;
	f.size = DATA + 8;
	assert_true(open_file());
	assert_int_equal(vole_elf_read(elf, LINK + 0x1000, buf, 64), 8);
}

static void borrowing_stops_at_the_end_of_the_file(void **state)
{
	size_t len;

	(void)state;
	assert_true(open_file());
	assert_ptr_equal(vole_elf_borrow(elf, LINK + 0x1004, &len),
			 elf->data + DATA + 4);
	assert_int_equal(len, 0xc);
	assert_null(vole_elf_borrow(elf, LINK + 0x1010, &len));
	assert_null(vole_elf_borrow(elf, 0, &len));
}

static void a_segment_may_hold_more_than_it_maps(void **state)
{
	size_t len;

	(void)state;
	fake_elf_phdr(&f, 0)->p_memsz = 0x20;
	assert_true(open_file());
	assert_non_null(vole_elf_borrow(elf, LINK, &len));
	assert_int_equal(len, 0x20);
	assert_null(vole_elf_borrow(elf, LINK + 0x20, &len));
}

static void a_segment_ends_with_the_address_space(void **state)
{
	(void)state;
	fake_elf_phdr(&f, 1)->p_vaddr = UINT64_MAX - 7;
	fake_elf_phdr(&f, 1)->p_memsz = 0x30;
	assert_true(open_file());
	assert_int_equal(elf->segments[1].mem_size, 7);
	assert_int_equal(vole_elf_read(elf, UINT64_MAX - 7, buf, 64), 7);
}

static void absurd_segments_hold_nothing(void **state)
{
	size_t len;

	(void)state;
	fake_elf_phdr(&f, 0)->p_offset = UINT64_MAX - 4;
	fake_elf_phdr(&f, 1)->p_filesz = UINT64_MAX;
	fake_elf_phdr(&f, 1)->p_memsz = UINT64_MAX;
	assert_true(open_file());
	assert_null(vole_elf_borrow(elf, LINK, &len));
	assert_int_equal(elf->segments[1].file_size, FAKE_ELF_SIZE - DATA);
	assert_int_equal(vole_elf_read(elf, LINK + 0x1000, buf, 64), 64);
}

/* --- sections and symbols ---------------------------------------------------- */

static void a_section_is_found_by_its_name(void **state)
{
	const uint8_t *bytes;
	uint64_t len;

	(void)state;
	fake_elf_section(&f, ".first", (Elf64_Shdr){ .sh_size = 1 });
	fake_elf_section(&f, ".debug_info",
			 (Elf64_Shdr){ .sh_type = SHT_PROGBITS,
				       .sh_offset = DATA,
				       .sh_size = 0x10 });
	assert_true(open_file());
	assert_int_equal(elf->num_sections, 4);
	assert_int_equal(vole_elf_section(elf, ".first")->size, 1);
	assert_null(vole_elf_section(elf, ".second"));
	assert_true(
		vole_elf_debug_section(elf, ".debug_info", &bytes, &len, &err));
	assert_ptr_equal(bytes, elf->data + DATA);
	assert_int_equal(len, 0x10);
	assert_false(
		vole_elf_debug_section(elf, ".debug_line", &bytes, &len, &err));
	assert_int_equal(err.code, VOLE_NOT_FOUND);
}

static void a_name_outside_the_table_of_names_is_empty(void **state)
{
	(void)state;
	fake_elf_section(&f, ".x", (Elf64_Shdr){ .sh_size = 1 });
	fake_elf_shdr(&f, 2)->sh_name = 4;
	assert_true(open_file());
	assert_string_equal(elf->sections[2].name, "");
	fake_elf_shdr(&f, 2)->sh_name = UINT32_MAX;
	assert_true(open_file());
	assert_string_equal(elf->sections[2].name, "");
	fake_elf_shdr(&f, 2)->sh_name = 1;
	fake_elf_shdr(&f, 1)->sh_size = 2; /* its NUL is not in the table */
	assert_true(open_file());
	assert_string_equal(elf->sections[2].name, "");
}

static void damaged_section_headers_leave_no_sections(void **state)
{
	(void)state;
	fake_elf_section(&f, ".x", (Elf64_Shdr){ .sh_size = 1 });
	fake_elf_header(&f)->e_shstrndx = 9999;
	assert_true(open_file());
	assert_int_equal(elf->num_sections, 0);
	fake_elf_header(&f)->e_shstrndx = 1;
	fake_elf_header(&f)->e_shentsize = 8;
	assert_true(open_file());
	assert_int_equal(elf->num_sections, 0);
	fake_elf_header(&f)->e_shentsize = sizeof(Elf64_Shdr);
	fake_elf_header(&f)->e_shoff = UINT64_MAX - 64;
	assert_true(open_file());
	assert_int_equal(elf->num_sections, 0);
	fake_elf_header(&f)->e_shoff = FAKE_ELF_SHDRS;
	f.size = FAKE_ELF_SHDRS + 100;
	assert_true(open_file());
	assert_int_equal(elf->num_sections, 0);
}

static void build_ids_are_in_notes_of_segments_or_sections(void **state)
{
	size_t end = fake_elf_note(&f, 0x3000, "Go\0", 4, 4, "go", 2);

	(void)state;
	fake_elf_segment(&f, (Elf64_Phdr){ .p_type = PT_NOTE,
					   .p_offset = 0x3000,
					   .p_filesz = end - 0x3000 });
	end = fake_elf_note(&f, 0x3100, "GNU", 4, 3, "gnu", 3);
	fake_elf_section(&f, ".note.gnu.build-id",
			 (Elf64_Shdr){ .sh_type = SHT_NOTE,
				       .sh_offset = 0x3100,
				       .sh_size = end - 0x3100 });
	assert_true(open_file());
	assert_int_equal(elf->go_id.len, 2);
	assert_int_equal(elf->gnu_id.len, 3);
	fake_elf_phdr(&f, 2)->p_filesz = UINT64_MAX;
	fake_elf_shdr(&f, 2)->sh_offset = UINT64_MAX;
	assert_true(open_file());
	assert_int_equal(elf->go_id.len + elf->gnu_id.len, 0);
}

/* Two symbols: "main" that is used and not there, and "main" at LINK. */
static void add_symbols(void)
{
	Elf64_Sym symbols[2] = {
		{ .st_name = 1, .st_shndx = SHN_UNDEF, .st_value = 1 },
		{ .st_name = 1,
		  .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC),
		  .st_shndx = 1,
		  .st_value = LINK,
		  .st_size = 8 },
	};

	memcpy(f.bytes + 0x3000, symbols, sizeof(symbols));
	memcpy(f.bytes + 0x3100, "\0main", 6);
	fake_elf_section(&f, ".symtab",
			 (Elf64_Shdr){ .sh_type = SHT_SYMTAB,
				       .sh_offset = 0x3000,
				       .sh_size = sizeof(symbols),
				       .sh_link = 3 });
	fake_elf_section(&f, ".strtab",
			 (Elf64_Shdr){ .sh_type = SHT_STRTAB,
				       .sh_offset = 0x3100,
				       .sh_size = 6 });
}

static void a_symbol_is_found_where_it_is_defined(void **state)
{
	struct vole_elf_symbol symbol;

	(void)state;
	add_symbols();
	assert_true(open_file());
	assert_true(vole_elf_symbol(elf, "main", &symbol, &err));
	assert_int_equal(symbol.addr, LINK);
	assert_int_equal(symbol.size, 8);
	assert_int_equal(symbol.type, STT_FUNC);
	assert_string_equal(symbol.name, "main");
	assert_false(vole_elf_symbol(elf, "mai", &symbol, &err));
	assert_false(vole_elf_symbol(elf, "mains", &symbol, &err));
	assert_int_equal(err.code, VOLE_NOT_FOUND);
}

static void a_stripped_file_has_no_symbols(void **state)
{
	struct vole_elf_symbol symbol;

	(void)state;
	assert_true(open_file());
	assert_false(vole_elf_symbol(elf, "main", &symbol, &err));
	assert_int_equal(err.code, VOLE_NOT_FOUND);
}

static void symbols_without_their_names_are_damage(void **state)
{
	struct vole_elf_symbol symbol;

	(void)state;
	add_symbols();
	fake_elf_shdr(&f, 3)->sh_size = UINT64_MAX;
	assert_true(open_file());
	assert_false(vole_elf_symbol(elf, "main", &symbol, &err));
	assert_int_equal(err.code, VOLE_CORRUPT);
	fake_elf_shdr(&f, 3)->sh_size = 5; /* the name's NUL is not in it */
	assert_true(open_file());
	assert_false(vole_elf_symbol(elf, "main", &symbol, &err));
	fake_elf_shdr(&f, 2)->sh_link = 99;
	assert_true(open_file());
	assert_false(vole_elf_symbol(elf, "main", &symbol, &err));
	assert_int_equal(err.code, VOLE_NOT_FOUND);
}

static void a_path_in_a_message_is_escaped(void **state)
{
	(void)state;
	assert_false(vole_elf_open("/nonexistent/\x1b[31m", &elf, &err));
	assert_non_null(strstr(err.text, "\\x1b[31m"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_file_has_a_type_an_entry_and_segments),
		TEST(no_file_is_not_found),
		TEST(a_folder_is_unreadable),
		TEST(what_has_no_magic_is_no_elf_file),
		TEST(files_of_other_machines_are_named),
		TEST(absurd_program_headers_are_refused),
		TEST(many_program_headers_are_counted_in_section_0),
		TEST(a_file_cut_off_gives_what_is_there),
		TEST(reads_go_on_from_segment_to_segment),
		TEST(memory_past_the_file_is_zero_and_then_ends),
		TEST(what_was_cut_off_is_not_zero),
		TEST(borrowing_stops_at_the_end_of_the_file),
		TEST(a_segment_may_hold_more_than_it_maps),
		TEST(a_segment_ends_with_the_address_space),
		TEST(absurd_segments_hold_nothing),
		TEST(a_section_is_found_by_its_name),
		TEST(a_name_outside_the_table_of_names_is_empty),
		TEST(damaged_section_headers_leave_no_sections),
		TEST(build_ids_are_in_notes_of_segments_or_sections),
		TEST(a_symbol_is_found_where_it_is_defined),
		TEST(a_stripped_file_has_no_symbols),
		TEST(symbols_without_their_names_are_damage),
		TEST(a_path_in_a_message_is_escaped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
