#include "target/elf.h"

#include "base/checked.h"
#include "base/quote.h"
#include "target/elf_private.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { MAX_SECTIONS = 65536, MAX_SEGMENTS = 1 << 20, MAX_NAME = 4096 };
/* Of notes read in one file: those of an executable take some hundred. */
static const uint64_t MAX_NOTES = 16 << 20;

bool vole_elf_range(const struct vole_elf *elf, uint64_t offset, uint64_t len)
{
	return offset <= elf->size && len <= elf->size - offset;
}

static bool map_file(struct vole_elf *elf, struct vole_error *err)
{
	/* The path may be a core's word: a pipe must not make us wait. */
	int fd = open(elf->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	int why = errno;
	off_t size;
	void *data;

	if (fd < 0)
		return vole_fail(
			err, why == ENOENT ? VOLE_NOT_FOUND : VOLE_UNREADABLE,
			VOLE_NOWHERE, "%s: %s", elf->shown, strerror(why));
	/* fstat() would tie the plugin to a newer C library. */
	size = lseek(fd, 0, SEEK_END);
	if (size < (off_t)sizeof(Elf64_Ehdr)) {
		close(fd);
		return vole_fail(err, VOLE_UNREADABLE, VOLE_NOWHERE,
				 "%s: not an ELF file", elf->shown);
	}
	data = mmap(NULL, (size_t)size, PROT_READ, MAP_PRIVATE, fd, 0);
	why = errno;
	close(fd);
	/* Folders and devices have a length, but cannot be mapped. */
	if (data == MAP_FAILED)
		return vole_fail(err, VOLE_UNREADABLE, VOLE_NOWHERE, "%s: %s",
				 elf->shown,
				 why == ENODEV ? "not a regular file" :
						 strerror(why));
	elf->data = data;
	elf->size = (uint64_t)size;
	return true;
}

static const char *machine_name(unsigned machine)
{
	switch (machine) {
	case EM_386:
		return "386";
	case EM_ARM:
		return "arm";
	case EM_AARCH64:
		return "aarch64";
	case EM_RISCV:
		return "riscv";
	case EM_PPC64:
		return "ppc64";
	case EM_S390:
		return "s390";
	case EM_MIPS:
		return "mips";
	default:
		return NULL;
	}
}

static bool check_header(struct vole_elf *elf, Elf64_Ehdr *ret,
			 struct vole_error *err)
{
	const char *name;

	memcpy(ret, elf->data, sizeof(*ret));
	if (memcmp(ret->e_ident, ELFMAG, SELFMAG))
		return vole_fail(err, VOLE_UNREADABLE, VOLE_NOWHERE,
				 "%s: not an ELF file", elf->shown);
	if (ret->e_ident[EI_DATA] != ELFDATA2LSB)
		return vole_fail(err, VOLE_UNSUPPORTED, VOLE_NOWHERE,
				 "%s: a big-endian ELF file; vole reads "
				 "little-endian x86-64",
				 elf->shown);
	if (ret->e_ident[EI_CLASS] != ELFCLASS64)
		return vole_fail(err, VOLE_UNSUPPORTED, VOLE_NOWHERE,
				 "%s: a 32-bit ELF file; vole reads 64-bit "
				 "x86-64",
				 elf->shown);
	if (ret->e_machine == EM_X86_64)
		return true;
	name = machine_name(ret->e_machine);
	return vole_fail(err, VOLE_UNSUPPORTED, VOLE_NOWHERE,
			 "%s: an ELF file for machine %s (%u); vole reads "
			 "x86-64",
			 elf->shown, name ? name : "unknown", ret->e_machine);
}

/* Section 0 holds what does not fit the header: PN_XNUM. */
static uint64_t num_segments(const struct vole_elf *elf, const Elf64_Ehdr *eh)
{
	Elf64_Shdr first;

	if (eh->e_phnum != PN_XNUM ||
	    !vole_elf_range(elf, eh->e_shoff, sizeof(first)) || !eh->e_shoff)
		return eh->e_phnum;
	memcpy(&first, elf->data + eh->e_shoff, sizeof(first));
	return first.sh_info;
}

static bool read_segments(struct vole_elf *elf, const Elf64_Ehdr *eh,
			  struct vole_error *err)
{
	uint64_t num = num_segments(elf, eh), i;

	if (num > MAX_SEGMENTS ||
	    (num && eh->e_phentsize != sizeof(Elf64_Phdr)))
		return vole_fail(err, VOLE_CORRUPT, VOLE_NOWHERE,
				 "%s: %" PRIu64 " program headers of %u bytes",
				 elf->shown, num, eh->e_phentsize);
	if (!vole_at(eh->e_phoff, num, sizeof(Elf64_Phdr), &elf->headers_end))
		elf->headers_end = UINT64_MAX;
	if (num > elf->size / sizeof(Elf64_Phdr))
		num = elf->size / sizeof(Elf64_Phdr);
	elf->segments = calloc(num + 1, sizeof(*elf->segments));
	if (!elf->segments)
		return vole_fail_nomem(err);
	for (i = 0; i < num; i++) {
		uint64_t at = eh->e_phoff + i * sizeof(Elf64_Phdr);
		struct vole_elf_segment *s = &elf->segments[i];
		Elf64_Phdr ph;

		if (at < eh->e_phoff || !vole_elf_range(elf, at, sizeof(ph)))
			break;
		memcpy(&ph, elf->data + at, sizeof(ph));
		*s = (struct vole_elf_segment){
			.type = ph.p_type,
			.flags = ph.p_flags,
			.offset = ph.p_offset,
			.addr = ph.p_vaddr,
			.file_size = ph.p_filesz,
			.mem_size = ph.p_memsz,
		};
		if (!vole_elf_range(elf, s->offset, s->file_size)) {
			s->cut = true;
			s->file_size = s->offset < elf->size ?
					       elf->size - s->offset :
					       0;
		}
		if (s->mem_size > UINT64_MAX - s->addr)
			s->mem_size = UINT64_MAX - s->addr;
		elf->num_segments++;
	}
	return true;
}

static const char *section_name(const struct vole_elf *elf,
				const Elf64_Shdr *names, uint32_t offset)
{
	uint64_t at = names->sh_offset + offset, left;

	if (offset >= names->sh_size ||
	    !vole_elf_range(elf, names->sh_offset, names->sh_size))
		return "";
	left = names->sh_size - offset;
	if (!memchr(elf->data + at, '\0', left < MAX_NAME ? left : MAX_NAME))
		return "";
	return (const char *)elf->data + at;
}

static bool section_at(const struct vole_elf *elf, const Elf64_Ehdr *eh,
		       uint64_t index, Elf64_Shdr *ret)
{
	uint64_t at = eh->e_shoff + index * sizeof(*ret);

	if (at < eh->e_shoff || !vole_elf_range(elf, at, sizeof(*ret)))
		return false;
	memcpy(ret, elf->data + at, sizeof(*ret));
	return true;
}

/* Damaged section headers leave a file without sections. */
static bool read_sections(struct vole_elf *elf, const Elf64_Ehdr *eh,
			  struct vole_error *err)
{
	Elf64_Shdr sh, names;
	uint64_t num = eh->e_shnum, i;

	if (!eh->e_shoff || eh->e_shentsize != sizeof(sh) ||
	    !section_at(elf, eh, 0, &sh))
		return true;
	num = num ? num : sh.sh_size;
	if (num > MAX_SECTIONS || !section_at(elf, eh, num - 1, &sh) ||
	    !section_at(elf, eh, eh->e_shstrndx, &names))
		return true;
	elf->sections = calloc(num, sizeof(*elf->sections));
	if (!elf->sections)
		return vole_fail_nomem(err);
	for (i = 0; i < num && section_at(elf, eh, i, &sh); i++)
		elf->sections[i] = (struct vole_elf_section){
			.name = section_name(elf, &names, sh.sh_name),
			.type = sh.sh_type,
			.flags = sh.sh_flags,
			.addr = sh.sh_addr,
			.offset = sh.sh_offset,
			.size = sh.sh_size,
			.link = sh.sh_link,
			.entsize = sh.sh_entsize,
		};
	elf->num_sections = i;
	return true;
}

/* Headers that overlap could have one note read a million times. */
static void read_ids_at(struct vole_elf *elf, uint64_t offset, uint64_t len,
			uint64_t *budget)
{
	if (!vole_elf_range(elf, offset, len) || len > *budget)
		return;
	*budget -= len;
	vole_elf_notes_ids(elf->data + offset, len, &elf->gnu_id, &elf->go_id);
}

static void read_ids(struct vole_elf *elf)
{
	uint64_t budget = MAX_NOTES;
	size_t i;

	if (elf->type == ET_CORE)
		return;
	for (i = 0; i < elf->num_segments; i++)
		if (elf->segments[i].type == PT_NOTE && !elf->segments[i].cut)
			read_ids_at(elf, elf->segments[i].offset,
				    elf->segments[i].file_size, &budget);
	for (i = 0; i < elf->num_sections; i++)
		if (elf->sections[i].type == SHT_NOTE)
			read_ids_at(elf, elf->sections[i].offset,
				    elf->sections[i].size, &budget);
}

bool vole_elf_open(const char *path, struct vole_elf **ret,
		   struct vole_error *err)
{
	struct vole_elf *elf = calloc(1, sizeof(*elf));
	Elf64_Ehdr eh;

	if (!elf)
		return vole_fail_nomem(err);
	elf->path = strdup(path);
	if (!elf->path) {
		free(elf);
		return vole_fail_nomem(err);
	}
	vole_escape_into(elf->shown, sizeof(elf->shown), path);
	if (!map_file(elf, err) || !check_header(elf, &eh, err) ||
	    !read_segments(elf, &eh, err) || !read_sections(elf, &eh, err)) {
		vole_elf_close(elf);
		return false;
	}
	elf->type = eh.e_type;
	elf->entry = eh.e_entry;
	read_ids(elf);
	*ret = elf;
	return true;
}

void vole_elf_close(struct vole_elf *elf)
{
	size_t i;

	if (!elf)
		return;
	for (i = 0; i < elf->num_sections; i++)
		if (elf->sections[i].owned)
			free((void *)(uintptr_t)elf->sections[i].bytes);
	if (elf->data)
		munmap((void *)(uintptr_t)elf->data, elf->size);
	free(elf->sections);
	free(elf->segments);
	free(elf->path);
	free(elf);
}

struct vole_elf_section *vole_elf_section(struct vole_elf *elf,
					  const char *name)
{
	size_t i;

	for (i = 0; i < elf->num_sections; i++)
		if (!strcmp(elf->sections[i].name, name))
			return &elf->sections[i];
	return NULL;
}

const struct vole_elf_segment *vole_elf_segment_at(const struct vole_elf *elf,
						   uint64_t addr)
{
	size_t i;

	for (i = 0; i < elf->num_segments; i++) {
		const struct vole_elf_segment *s = &elf->segments[i];

		if (s->type == PT_LOAD && addr >= s->addr &&
		    addr - s->addr < s->mem_size)
			return s;
	}
	return NULL;
}

const uint8_t *vole_elf_borrow(const struct vole_elf *elf, uint64_t addr,
			       size_t *ret_len)
{
	const struct vole_elf_segment *s = vole_elf_segment_at(elf, addr);
	uint64_t skip;

	if (!s || addr - s->addr >= s->file_size)
		return NULL;
	skip = addr - s->addr;
	*ret_len = s->file_size - skip;
	if (*ret_len > s->mem_size - skip)
		*ret_len = s->mem_size - skip;
	return elf->data + s->offset + skip;
}

size_t vole_elf_read(const struct vole_elf *elf, uint64_t addr, void *buf,
		     size_t len)
{
	size_t done = 0;

	while (done < len && addr <= UINT64_MAX - done) {
		const struct vole_elf_segment *s =
			vole_elf_segment_at(elf, addr + done);
		size_t have = 0;
		const uint8_t *from = vole_elf_borrow(elf, addr + done, &have);

		if (!s)
			break;
		if (!from)
			have = s->mem_size - (addr + done - s->addr);
		if (have > len - done)
			have = len - done;
		if (from)
			memcpy((char *)buf + done, from, have);
		else if (s->cut)
			break;
		else
			memset((char *)buf + done, 0, have);
		done += have;
	}
	return done;
}

bool vole_elf_symbol(struct vole_elf *elf, const char *name,
		     struct vole_elf_symbol *ret, struct vole_error *err)
{
	const struct vole_elf_section *table = vole_elf_section(elf, ".symtab");
	const struct vole_elf_section *names;
	size_t len = strlen(name) + 1;
	char shown[100];
	uint64_t i;

	if (!table || table->link >= elf->num_sections ||
	    !vole_elf_range(elf, table->offset, table->size))
		return vole_fail(err, VOLE_NOT_FOUND, VOLE_NOWHERE,
				 "%s has no symbol table", elf->shown);
	names = &elf->sections[table->link];
	if (!vole_elf_range(elf, names->offset, names->size))
		return vole_fail(err, VOLE_CORRUPT, VOLE_NOWHERE,
				 "%s: symbol names outside the file",
				 elf->shown);
	for (i = 0; i < table->size / sizeof(Elf64_Sym); i++) {
		Elf64_Sym sym;
		const char *text;

		memcpy(&sym, elf->data + table->offset + i * sizeof(sym),
		       sizeof(sym));
		if (sym.st_shndx == SHN_UNDEF)
			continue;
		if (sym.st_name > names->size ||
		    len > names->size - sym.st_name)
			continue;
		text = (const char *)elf->data + names->offset + sym.st_name;
		if (memcmp(text, name, len))
			continue;
		*ret = (struct vole_elf_symbol){
			.name = text,
			.addr = sym.st_value,
			.size = sym.st_size,
			.type = ELF64_ST_TYPE(sym.st_info),
		};
		return true;
	}
	return vole_fail(err, VOLE_NOT_FOUND, VOLE_NOWHERE,
			 "%s has no symbol %s", elf->shown,
			 vole_escape_into(shown, sizeof(shown), name));
}

bool vole_build_id_same(const struct vole_build_id *a,
			const struct vole_build_id *b)
{
	return a->len && a->len == b->len &&
	       !memcmp(a->bytes, b->bytes, a->len);
}
