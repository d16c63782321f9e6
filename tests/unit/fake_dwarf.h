/**
 * Debug information of a few bytes, written section by section. All functions
 * are static, so this header is all there is.
 */
#ifndef VOLE_TESTS_FAKE_DWARF_H
#define VOLE_TESTS_FAKE_DWARF_H

#include "dwarf/dwarf.h"
#include "target/elf.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#pragma GCC diagnostic ignored "-Wunused-function"

enum fake_section {
	INFO,
	ABBREV,
	LINE,
	RANGES,
	RNGLISTS,
	LOC,
	LOCLISTS,
	ADDR,
	STR,
	FAKE_SECTIONS,
};

/** Of each section; a test that needs more says so before it includes this. */
#ifndef FAKE_ROOM
#define FAKE_ROOM 2048
#endif

struct fake_dwarf {
	uint8_t bytes[FAKE_SECTIONS][FAKE_ROOM];
	size_t len[FAKE_SECTIONS]; /* less cuts it */
	uint8_t *file;
	struct vole_elf elf;
	struct vole_elf_section sections[FAKE_SECTIONS];
	struct vole_debuginfo *di;
};

static void fake_bytes(struct fake_dwarf *f, enum fake_section at,
		       const void *bytes, size_t len)
{
	memcpy(f->bytes[at] + f->len[at], bytes, len);
	f->len[at] += len;
}

/** Bytes given one by one. */
#define PUT(f, at, ...)                                     \
	fake_bytes(f, at, (const uint8_t[]){ __VA_ARGS__ }, \
		   sizeof((const uint8_t[]){ __VA_ARGS__ }))

static void fake_uint(struct fake_dwarf *f, enum fake_section at,
		      uint64_t value, unsigned size)
{
	fake_bytes(f, at, &value, size);
}

static void fake_text(struct fake_dwarf *f, enum fake_section at,
		      const char *text)
{
	fake_bytes(f, at, text, strlen(text) + 1);
}

/** A length to come; fake_end() fills it in. */
static size_t fake_begin(struct fake_dwarf *f, enum fake_section at)
{
	fake_uint(f, at, 0, 4);
	return f->len[at];
}

static void fake_end(struct fake_dwarf *f, enum fake_section at, size_t begin)
{
	uint32_t len = (uint32_t)(f->len[at] - begin);

	memcpy(f->bytes[at] + begin - 4, &len, sizeof(len));
}

/** Open what was written; close with fake_close() when it returns true. */
static bool fake_open(struct fake_dwarf *f, struct vole_error *err)
{
	static const char *const names[] = {
		".debug_info",	   ".debug_abbrev",   ".debug_line",
		".debug_ranges",   ".debug_rnglists", ".debug_loc",
		".debug_loclists", ".debug_addr",     ".debug_str",
	};
	size_t i, at = 0;

	/* Of the exact size, for sanitizers. */
	for (i = 0; i < FAKE_SECTIONS; i++)
		at += f->len[i];
	f->file = malloc(at + 1);
	f->elf = (struct vole_elf){ .path = (char *)"test",
				    .data = f->file,
				    .size = at,
				    .sections = f->sections,
				    .num_sections = FAKE_SECTIONS };
	for (i = at = 0; i < FAKE_SECTIONS; at += f->len[i++]) {
		memcpy(f->file + at, f->bytes[i], f->len[i]);
		f->sections[i] =
			(struct vole_elf_section){ .name = names[i],
						   .type = SHT_PROGBITS,
						   .offset = at,
						   .size = f->len[i] };
		if (!f->len[i])
			f->sections[i].name = "";
	}
	if (vole_dwarf_open(&f->elf, &f->di, err))
		return true;
	free(f->file);
	return false;
}

static void fake_close(struct fake_dwarf *f)
{
	f->di->ops->close(f->di);
	free(f->file);
}

#endif
