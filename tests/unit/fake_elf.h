/**
 * An ELF file of a few bytes, made by hand: program headers, sections, notes
 * and whatever a test puts between them. All functions are static, so this
 * header is all there is.
 */
#ifndef VOLE_TESTS_FAKE_ELF_H
#define VOLE_TESTS_FAKE_ELF_H

#include "target/elf.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#pragma GCC diagnostic ignored "-Wunused-function"

enum {
	FAKE_ELF_SIZE = 0x6000,
	FAKE_ELF_PHDRS = 0x40, /* where program headers lie in the file */
	FAKE_ELF_NAMES = 0x4000, /* of sections */
	FAKE_ELF_SHDRS = 0x5000,
	FAKE_ELF_PAGE = 0x1000,
};

struct fake_elf {
	uint8_t bytes[FAKE_ELF_SIZE];
	size_t size; /* of the file; less cuts it */
	size_t names; /* bytes of section names so far */
	char path[64]; /* once written */
};

static Elf64_Ehdr *fake_elf_header(struct fake_elf *f)
{
	return (Elf64_Ehdr *)(void *)f->bytes;
}

static Elf64_Phdr *fake_elf_phdr(struct fake_elf *f, size_t index)
{
	return (Elf64_Phdr *)(void *)(f->bytes + FAKE_ELF_PHDRS) + index;
}

static Elf64_Shdr *fake_elf_shdr(struct fake_elf *f, size_t index)
{
	return (Elf64_Shdr *)(void *)(f->bytes + FAKE_ELF_SHDRS) + index;
}

/* A file of no segments and no sections. */
static void fake_elf_begin(struct fake_elf *f, uint16_t type)
{
	Elf64_Ehdr *eh = fake_elf_header(f);

	memset(f->bytes, 0, sizeof(f->bytes));
	f->size = sizeof(f->bytes);
	f->names = 1;
	memcpy(eh->e_ident, ELFMAG, SELFMAG);
	eh->e_ident[EI_CLASS] = ELFCLASS64;
	eh->e_ident[EI_DATA] = ELFDATA2LSB;
	eh->e_type = type;
	eh->e_machine = EM_X86_64;
	eh->e_phoff = FAKE_ELF_PHDRS;
	eh->e_phentsize = sizeof(Elf64_Phdr);
}

static void fake_elf_segment(struct fake_elf *f, Elf64_Phdr phdr)
{
	*fake_elf_phdr(f, fake_elf_header(f)->e_phnum++) = phdr;
}

/* The first one comes with section 0 and the section of names. */
static Elf64_Shdr *fake_elf_section(struct fake_elf *f, const char *name,
				    Elf64_Shdr shdr)
{
	Elf64_Ehdr *eh = fake_elf_header(f);
	Elf64_Shdr *to;

	if (!eh->e_shnum) {
		eh->e_shoff = FAKE_ELF_SHDRS;
		eh->e_shentsize = sizeof(Elf64_Shdr);
		eh->e_shnum = 2;
		eh->e_shstrndx = 1;
		*fake_elf_shdr(f, 1) =
			(Elf64_Shdr){ .sh_type = SHT_STRTAB,
				      .sh_offset = FAKE_ELF_NAMES };
	}
	to = fake_elf_shdr(f, eh->e_shnum++);
	*to = shdr;
	to->sh_name = (Elf64_Word)f->names;
	memcpy(f->bytes + FAKE_ELF_NAMES + f->names, name, strlen(name) + 1);
	f->names += strlen(name) + 1;
	fake_elf_shdr(f, 1)->sh_size = f->names;
	return to;
}

/* A note at offset @p at; the offset behind it. */
static size_t fake_elf_note(struct fake_elf *f, size_t at, const char *owner,
			    uint32_t owner_len, uint32_t type, const void *desc,
			    uint32_t len)
{
	Elf64_Nhdr nh = { owner_len, len, type };
	size_t padded = (owner_len + 3u) & ~3u;

	memcpy(f->bytes + at, &nh, sizeof(nh));
	memcpy(f->bytes + at + sizeof(nh), owner, owner_len);
	memcpy(f->bytes + at + sizeof(nh) + padded, desc, len);
	return at + sizeof(nh) + padded + ((len + 3u) & ~3u);
}

/* Its first @p f->size bytes become the file at f->path. */
static void fake_elf_write(struct fake_elf *f)
{
	FILE *file;
	int fd;

	if (!f->path[0]) {
		strcpy(f->path, "/tmp/vole-test-XXXXXX");
		fd = mkstemp(f->path);
		if (fd < 0)
			abort();
		close(fd);
	}
	file = fopen(f->path, "wb");
	if (!file || fwrite(f->bytes, 1, f->size, file) != f->size)
		abort();
	fclose(file);
}

static void fake_elf_remove(struct fake_elf *f)
{
	if (f->path[0])
		unlink(f->path);
	f->path[0] = '\0';
}

#endif
