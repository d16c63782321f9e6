/* ELF and core files of a few bytes: right, empty, cut off, absurd. */
#include "target/corefile.h"
#include "target/memory.h"

#include <elf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { SIZE = 0x3000, DATA = 0x1000, NOTES = 0x2000 };

/* One segment of data at 0x400000, one of notes, one that was not dumped. */
struct image {
	Elf64_Ehdr eh;
	Elf64_Phdr ph[3];
	uint8_t rest[SIZE - sizeof(Elf64_Ehdr) - 3 * sizeof(Elf64_Phdr)];
};

static struct image image;
static char path[] = "/tmp/vole-test-XXXXXX";
static struct vole_error err;

static void write_image(size_t len)
{
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(&image, 1, len, file), len);
	fclose(file);
}

static size_t add_note(size_t at, uint32_t type, const void *desc, size_t len)
{
	Elf64_Nhdr nh = { 5, (uint32_t)len, type };
	uint8_t *bytes = (uint8_t *)&image;

	memcpy(bytes + at, &nh, sizeof(nh));
	memcpy(bytes + at + sizeof(nh), "CORE", 5);
	memcpy(bytes + at + sizeof(nh) + 8, desc, len);
	return at + sizeof(nh) + 8 + ((len + 3) & ~(size_t)3);
}

static int set_up(void **state)
{
	uint64_t auxv[] = { AT_ENTRY, 0x401000, AT_PHDR, 0x400040, 0, 0 };
	uint8_t status[336] = { 0 };
	uint64_t sp = 0x7ffff000;
	size_t at = NOTES;

	(void)state;
	memset(&image, 0, sizeof(image));
	memcpy(image.eh.e_ident, ELFMAG, SELFMAG);
	image.eh.e_ident[EI_CLASS] = ELFCLASS64;
	image.eh.e_ident[EI_DATA] = ELFDATA2LSB;
	image.eh.e_type = ET_CORE;
	image.eh.e_machine = EM_X86_64;
	image.eh.e_phoff = sizeof(image.eh);
	image.eh.e_phentsize = sizeof(Elf64_Phdr);
	image.eh.e_phnum = 3;
	image.ph[0] = (Elf64_Phdr){ .p_type = PT_LOAD,
				    .p_flags = PF_R | PF_W,
				    .p_offset = DATA,
				    .p_vaddr = 0x400000,
				    .p_filesz = 0x1000,
				    .p_memsz = 0x1000 };
	image.ph[2] = (Elf64_Phdr){ .p_type = PT_LOAD,
				    .p_flags = PF_R,
				    .p_vaddr = 0x500000,
				    .p_memsz = 0x1000 };
	memset((uint8_t *)&image + DATA, 0xab, 0x1000);
	status[12] = 6;
	status[32] = 77;
	memcpy(status + 112 + 19 * 8, &sp, sizeof(sp));
	at = add_note(at, NT_PRSTATUS, status, sizeof(status));
	at = add_note(at, NT_AUXV, auxv, sizeof(auxv));
	image.ph[1] = (Elf64_Phdr){ .p_type = PT_NOTE,
				    .p_offset = NOTES,
				    .p_filesz = at - NOTES };
	return 0;
}

static struct vole_corefile *open_core(size_t len)
{
	struct vole_corefile *core;

	write_image(len);
	assert_true(vole_corefile_open(path, &core, &err));
	return core;
}

static void threads_and_entry_come_from_notes(void **state)
{
	struct vole_corefile *core = open_core(SIZE);

	(void)state;
	assert_int_equal(core->num_threads, 1);
	assert_int_equal(core->threads[0].regs.tid, 77);
	assert_int_equal(core->threads[0].regs.sp, 0x7ffff000);
	assert_int_equal(core->signal, 6);
	assert_int_equal(core->entry, 0x401000);
	assert_false(core->truncated);
	vole_corefile_close(core);
}

static void memory_ends_where_its_segment_ends(void **state)
{
	struct vole_corefile *core = open_core(SIZE);
	struct vole_memory mem;
	uint8_t bytes[16];

	(void)state;
	vole_memory_init(&mem, NULL, core, NULL, 0);
	assert_int_equal(vole_memory_read(&mem, 0x400ff8, bytes, 16), 8);
	assert_int_equal(bytes[7], 0xab);
	assert_int_equal(vole_memory_read(&mem, 0x3fffff, bytes, 16), 0);
	assert_int_equal(vole_memory_read(&mem, UINT64_MAX, bytes, 16), 0);
	vole_corefile_close(core);
}

static void what_was_not_dumped_says_so(void **state)
{
	struct vole_corefile *core = open_core(SIZE);
	struct vole_memory mem;
	uint8_t byte;

	(void)state;
	vole_memory_init(&mem, NULL, core, NULL, 0);
	assert_false(vole_memory_read_all(&mem, 0x500000, &byte, 1, &err));
	assert_int_equal(err.code, VOLE_UNREADABLE);
	assert_non_null(strstr(err.text, "not dumped"));
	assert_false(vole_memory_read_all(&mem, 0x600000, &byte, 1, &err));
	assert_non_null(strstr(err.text, "not mapped"));
	vole_corefile_close(core);
}

static void a_core_cut_off_gives_what_is_there(void **state)
{
	struct vole_corefile *core = open_core(DATA + 0x10);
	struct vole_memory mem;
	uint8_t bytes[32];

	(void)state;
	assert_true(core->truncated);
	assert_true(core->expected_size > DATA + 0x10);
	assert_int_equal(core->num_threads, 0);
	vole_memory_init(&mem, NULL, core, NULL, 0);
	assert_int_equal(vole_memory_read(&mem, 0x400000, bytes, 32), 16);
	assert_false(vole_memory_read_all(&mem, 0x400020, bytes, 1, &err));
	assert_non_null(strstr(err.text, "truncated"));
	vole_corefile_close(core);
}

static void every_cut_is_survived(void **state)
{
	size_t len;

	(void)state;
	for (len = 0; len < SIZE; len += 7) {
		struct vole_corefile *core;

		write_image(len);
		if (vole_corefile_open(path, &core, &err))
			vole_corefile_close(core);
	}
}

static void absurd_numbers_are_refused_or_cut(void **state)
{
	struct vole_corefile *core;
	size_t len;

	(void)state;
	image.ph[0].p_filesz = UINT64_MAX;
	image.ph[0].p_memsz = UINT64_MAX;
	image.ph[2].p_vaddr = 0x400800; /* overlaps */
	core = open_core(SIZE);
	assert_true(core->truncated);
	assert_non_null(vole_corefile_borrow(core, 0x400000, &len));
	assert_int_equal(len, 0x800);
	vole_corefile_close(core);

	image.eh.e_phnum = 0xfffe;
	image.eh.e_phoff = UINT64_MAX - 8;
	core = open_core(SIZE);
	assert_int_equal(core->num_loads, 0);
	vole_corefile_close(core);
}

static bool refused(enum vole_code code, const char *says)
{
	struct vole_corefile *core;

	write_image(SIZE);
	if (vole_corefile_open(path, &core, &err)) {
		vole_corefile_close(core);
		return false;
	}
	return err.code == code && strstr(err.text, says);
}

static void other_files_are_named(void **state)
{
	(void)state;
	image.eh.e_type = ET_EXEC;
	assert_true(refused(VOLE_UNREADABLE, "not a core file"));
	image.eh.e_machine = EM_AARCH64;
	assert_true(refused(VOLE_UNSUPPORTED, "aarch64"));
	image.eh.e_ident[EI_CLASS] = ELFCLASS32;
	assert_true(refused(VOLE_UNSUPPORTED, "32-bit"));
	image.eh.e_ident[EI_DATA] = ELFDATA2MSB;
	assert_true(refused(VOLE_UNSUPPORTED, "big-endian"));
	image.eh.e_ident[0] = 'x';
	assert_true(refused(VOLE_UNREADABLE, "not an ELF file"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(threads_and_entry_come_from_notes,
				       set_up),
		cmocka_unit_test_setup(memory_ends_where_its_segment_ends,
				       set_up),
		cmocka_unit_test_setup(what_was_not_dumped_says_so, set_up),
		cmocka_unit_test_setup(a_core_cut_off_gives_what_is_there,
				       set_up),
		cmocka_unit_test_setup(every_cut_is_survived, set_up),
		cmocka_unit_test_setup(absurd_numbers_are_refused_or_cut,
				       set_up),
		cmocka_unit_test_setup(other_files_are_named, set_up),
	};
	int fd = mkstemp(path), failed;

	if (fd < 0)
		return 1;
	close(fd);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(path);
	return failed;
}
