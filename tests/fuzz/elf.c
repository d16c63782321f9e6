/*
 * Any bytes as an executable: its segments, sections, notes, symbols and what
 * is compressed in it lie in the file, or are said to be damaged.
 */
#include "target/elf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Of each kind: a file of many overlapping ones is slow, not wrong. */
enum { MAX_LOOKS = 32 };

/* Read first and last byte, which a sanitizer sees. */
static void touch(const uint8_t *bytes, uint64_t len)
{
	volatile uint8_t sink;

	if (!len)
		return;
	sink = bytes[0];
	sink = bytes[len - 1];
	(void)sink;
}

static void look_at_segment(const struct vole_elf *elf,
			    const struct vole_elf_segment *s)
{
	const uint8_t *bytes;
	uint8_t buf[64];
	size_t len = 0;

	if (s->mem_size > UINT64_MAX - s->addr ||
	    (s->file_size &&
	     (s->offset > elf->size || s->file_size > elf->size - s->offset)))
		abort();
	bytes = vole_elf_borrow(elf, s->addr, &len);
	if (bytes) {
		if (!len || bytes < elf->data ||
		    len > elf->size - (uint64_t)(bytes - elf->data))
			abort();
		touch(bytes, len);
	}
	vole_elf_read(elf, s->addr, buf, sizeof(buf));
	vole_elf_read(elf, s->addr + s->mem_size - 8, buf, sizeof(buf));
}

static void look_at_section(struct vole_elf *elf, const char *name)
{
	struct vole_error err;
	const uint8_t *bytes, *again;
	uint64_t len, same;

	if (!vole_elf_debug_section(elf, name, &bytes, &len, &err)) {
		if (err.code == VOLE_OK || !err.text[0])
			abort();
		return;
	}
	touch(bytes, len);
	if (!vole_elf_debug_section(elf, name, &again, &same, &err) ||
	    again != bytes || same != len)
		abort();
}

static void look(struct vole_elf *elf)
{
	static const char *const names[] = { ".debug_info", ".debug_abbrev",
					     ".debug_line" };
	struct vole_elf_symbol symbol;
	struct vole_error err;
	uint8_t buf[16];
	size_t i;

	if (elf->gnu_id.len > sizeof(elf->gnu_id.bytes) ||
	    elf->go_id.len > sizeof(elf->go_id.bytes))
		abort();
	for (i = 0; i < elf->num_segments && i < MAX_LOOKS; i++)
		look_at_segment(elf, &elf->segments[i]);
	for (i = 0; i < elf->num_sections && i < MAX_LOOKS; i++)
		if (elf->sections[i].name[0])
			look_at_section(elf, elf->sections[i].name);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		look_at_section(elf, names[i]);
	if (vole_elf_symbol(elf, "main", &symbol, &err) &&
	    strcmp(symbol.name, "main"))
		abort();
	vole_elf_read(elf, UINT64_MAX - 8, buf, sizeof(buf));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vole_build_id gnu = { .len = 0 }, go = { .len = 0 };
	struct vole_elf *elf;
	struct vole_error err;
	char path[64];
	int fd = memfd_create("fuzz", 0);

	if (fd < 0)
		return 0;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (write(fd, data, size) == (ssize_t)size &&
	    vole_elf_open(path, &elf, &err)) {
		look(elf);
		vole_elf_close(elf);
	}
	vole_elf_page_ids(data, size, &gnu, &go);
	vole_elf_notes_ids(data, size, &gnu, &go);
	close(fd);
	return 0;
}
