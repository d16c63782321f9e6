/* ELF notes of a few bytes: right, empty, cut off, absurd. */
#include "target/notes.h"

#include "fake_elf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static struct fake_elf f;
static struct vole_notes notes;
static struct vole_note note;
static struct vole_build_id gnu, go;

static int set_up(void **state)
{
	(void)state;
	fake_elf_begin(&f, ET_DYN);
	gnu = go = (struct vole_build_id){ .len = 0 };
	return 0;
}

/* Notes from offset 0x1000 to @p end. */
static void walk(size_t end)
{
	notes = (struct vole_notes){ f.bytes + 0x1000, end - 0x1000 };
}

static void each_note_is_given_in_order(void **state)
{
	size_t at = fake_elf_note(&f, 0x1000, "CORE", 5, 1, "abc", 3);

	(void)state;
	walk(fake_elf_note(&f, at, "GNU", 4, 3, "wxyz", 4));
	assert_true(vole_notes_next(&notes, &note));
	assert_true(vole_note_is(&note, "CORE"));
	assert_int_equal(note.type, 1);
	assert_int_equal(note.len, 3);
	assert_memory_equal(note.desc, "abc", 3);
	assert_true(vole_notes_next(&notes, &note));
	assert_true(vole_note_is(&note, "GNU"));
	assert_memory_equal(note.desc, "wxyz", 4);
	assert_false(vole_notes_next(&notes, &note));
}

static void of_no_bytes_there_are_no_notes(void **state)
{
	(void)state;
	walk(0x1000);
	assert_false(vole_notes_next(&notes, &note));
}

static void a_note_without_owner_and_contents_is_one(void **state)
{
	(void)state;
	walk(fake_elf_note(&f, 0x1000, "", 0, 9, "", 0));
	assert_true(vole_notes_next(&notes, &note));
	assert_int_equal(note.type, 9);
	assert_int_equal(note.len, 0);
	assert_false(vole_note_is(&note, ""));
	assert_false(vole_notes_next(&notes, &note));
}

static void an_owner_must_be_all_of_the_name(void **state)
{
	(void)state;
	walk(fake_elf_note(&f, 0x1000, "CORE", 4, 1, "abc", 3));
	assert_true(vole_notes_next(&notes, &note));
	assert_false(vole_note_is(&note, "CORE"));
	assert_false(vole_note_is(&note, "CORES"));
	walk(fake_elf_note(&f, 0x1000, "CORE\0\0", 6, 1, "abc", 3));
	assert_true(vole_notes_next(&notes, &note));
	assert_false(vole_note_is(&note, "CORE"));
}

static void a_note_that_is_cut_off_ends_the_walk(void **state)
{
	size_t end = fake_elf_note(&f, 0x1000, "CORE", 5, 1, "abcdefgh", 8);
	size_t cut;

	(void)state;
	for (cut = 0x1000; cut < end; cut++) {
		walk(cut);
		assert_false(vole_notes_next(&notes, &note));
	}
	walk(end);
	assert_true(vole_notes_next(&notes, &note));
}

static void the_last_note_may_lack_its_padding(void **state)
{
	(void)state;
	walk(fake_elf_note(&f, 0x1000, "CORE", 5, 1, "abc", 3) - 1);
	assert_true(vole_notes_next(&notes, &note));
	assert_int_equal(note.len, 3);
	assert_false(vole_notes_next(&notes, &note));
}

static void absurd_lengths_end_the_walk(void **state)
{
	static const uint32_t lengths[] = { 0x80000000, 0xfffffffd,
					    0xffffffff };
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		fake_elf_note(&f, 0x1000, "CORE", 5, 1, "abc", 3);
		memcpy(f.bytes + 0x1000, &lengths[i], 4);
		walk(0x2000);
		assert_false(vole_notes_next(&notes, &note));
		fake_elf_note(&f, 0x1000, "CORE", 5, 1, "abc", 3);
		memcpy(f.bytes + 0x1004, &lengths[i], 4);
		walk(0x2000);
		assert_false(vole_notes_next(&notes, &note));
	}
}

static void both_build_ids_are_found(void **state)
{
	size_t at = fake_elf_note(&f, 0x1000, "GNU", 4, NT_GNU_PROPERTY_TYPE_0,
				  "no id", 5);

	(void)state;
	at = fake_elf_note(&f, at, "Go\0", 4, 4, "go id", 5);
	at = fake_elf_note(&f, at, "GNU", 4, NT_GNU_BUILD_ID, "\1\2\3", 3);
	at = fake_elf_note(&f, at, "GNU", 4, NT_GNU_BUILD_ID, "later", 5);
	vole_elf_notes_ids(f.bytes + 0x1000, at - 0x1000, &gnu, &go);
	assert_int_equal(gnu.len, 3);
	assert_memory_equal(gnu.bytes, "\1\2\3", 3);
	assert_int_equal(go.len, 5);
	assert_memory_equal(go.bytes, "go id", 5);
}

static void an_id_that_is_too_long_is_none(void **state)
{
	static const uint8_t id[sizeof(gnu.bytes) + 1] = { 1 };
	size_t at = fake_elf_note(&f, 0x1000, "GNU", 4, NT_GNU_BUILD_ID, id,
				  sizeof(id));

	(void)state;
	vole_elf_notes_ids(f.bytes + 0x1000, at - 0x1000, &gnu, &go);
	assert_int_equal(gnu.len, 0);
	at = fake_elf_note(&f, 0x1000, "GNU", 4, NT_GNU_BUILD_ID, id,
			   sizeof(id) - 1);
	vole_elf_notes_ids(f.bytes + 0x1000, at - 0x1000, &gnu, &go);
	assert_int_equal(gnu.len, sizeof(gnu.bytes));
}

static void ids_that_are_not_there_are_not_the_same(void **state)
{
	struct vole_build_id a = { "abc", 3 }, b = { "abc", 3 };

	(void)state;
	assert_true(vole_build_id_same(&a, &b));
	b.len = 2;
	assert_false(vole_build_id_same(&a, &b));
	assert_false(vole_build_id_same(&gnu, &go));
}

/* --- a mapped first page ----------------------------------------------------- */

static size_t page_with_id(void)
{
	size_t end = fake_elf_note(&f, 0x200, "Go\0", 4, 4, "go id", 5);

	fake_elf_segment(&f, (Elf64_Phdr){ .p_type = PT_NOTE,
					   .p_offset = 0x200,
					   .p_filesz = end - 0x200 });
	return end;
}

static void the_ids_of_a_page_are_where_its_headers_say(void **state)
{
	size_t end = page_with_id(), cut;

	(void)state;
	for (cut = 0; cut < end; cut++) {
		vole_elf_page_ids(f.bytes, cut, &gnu, &go);
		assert_int_equal(go.len, 0);
	}
	vole_elf_page_ids(f.bytes, end, &gnu, &go);
	assert_int_equal(go.len, 5);
}

static void a_page_that_is_no_elf_has_no_ids(void **state)
{
	(void)state;
	page_with_id();
	f.bytes[0] = 0;
	vole_elf_page_ids(f.bytes, FAKE_ELF_PAGE, &gnu, &go);
	assert_int_equal(go.len, 0);
}

static void absurd_headers_of_a_page_have_no_ids(void **state)
{
	(void)state;
	page_with_id();
	fake_elf_phdr(&f, 0)->p_offset = UINT64_MAX;
	vole_elf_page_ids(f.bytes, FAKE_ELF_PAGE, &gnu, &go);
	fake_elf_phdr(&f, 0)->p_offset = 0x200;
	fake_elf_phdr(&f, 0)->p_filesz = UINT64_MAX;
	vole_elf_page_ids(f.bytes, FAKE_ELF_PAGE, &gnu, &go);
	fake_elf_phdr(&f, 0)->p_filesz = 0x20;
	fake_elf_header(&f)->e_phoff = UINT64_MAX - 8;
	fake_elf_header(&f)->e_phnum = 0xffff;
	vole_elf_page_ids(f.bytes, FAKE_ELF_PAGE, &gnu, &go);
	assert_int_equal(go.len, 0);
}

#define TEST(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_note_is_given_in_order),
		TEST(of_no_bytes_there_are_no_notes),
		TEST(a_note_without_owner_and_contents_is_one),
		TEST(an_owner_must_be_all_of_the_name),
		TEST(a_note_that_is_cut_off_ends_the_walk),
		TEST(the_last_note_may_lack_its_padding),
		TEST(absurd_lengths_end_the_walk),
		TEST(both_build_ids_are_found),
		TEST(an_id_that_is_too_long_is_none),
		TEST(ids_that_are_not_there_are_not_the_same),
		TEST(the_ids_of_a_page_are_where_its_headers_say),
		TEST(a_page_that_is_no_elf_has_no_ids),
		TEST(absurd_headers_of_a_page_have_no_ids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
