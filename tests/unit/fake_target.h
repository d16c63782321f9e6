/**
 * An executable of a page of code and one of data, its core, and a host that
 * tells of both: what tests of targets share. All functions are static.
 */
#ifndef VOLE_TESTS_FAKE_TARGET_H
#define VOLE_TESTS_FAKE_TARGET_H

#include "target/target.h"

#include "fake_elf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

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

#endif
