/**
 * An ELF file, mapped and read in place, trusted in nothing: every offset is
 * checked against the file, compressed sections are inflated with caps. Reads
 * 64-bit little-endian x86-64 files; anything else is VOLE_UNSUPPORTED and
 * named. Serves executables, separate debug files and (by its segments) cores.
 */
#ifndef VOLE_TARGET_ELF_H
#define VOLE_TARGET_ELF_H

#include "base/error.h"

struct vole_elf_section {
	const char *name; /* inside the file; "" when out of bounds */
	uint32_t type;
	uint64_t flags;
	uint64_t addr; /* link address */
	uint64_t offset;
	uint64_t size; /* in the file */
	uint32_t link;
	uint64_t entsize;
	/* Filled by vole_elf_debug_section(). */
	const uint8_t *bytes;
	uint64_t num_bytes;
	bool owned;
};

struct vole_elf_segment {
	uint32_t type;
	uint32_t flags; /* PF_R, PF_W, PF_X */
	uint64_t offset;
	uint64_t addr;
	uint64_t file_size; /* cut to what the file really holds */
	uint64_t mem_size;
	bool cut; /* the file ends before the segment does */
};

struct vole_build_id {
	uint8_t bytes[128];
	size_t len; /* 0: none */
};

struct vole_elf {
	char *path;
	char shown[160]; /* the path for messages: escaped, cut when long */
	const uint8_t *data; /* the whole file */
	uint64_t size;
	uint16_t type; /* ET_EXEC, ET_DYN, ET_CORE */
	uint64_t entry;
	uint64_t headers_end; /* past the program headers; maybe past the file */
	struct vole_elf_section *sections;
	size_t num_sections;
	struct vole_elf_segment *segments;
	size_t num_segments;
	struct vole_build_id gnu_id; /* NT_GNU_BUILD_ID */
	struct vole_build_id go_id; /* Go's own note, type 4 */
};

/**
 * Map @p path. Fails with VOLE_NOT_FOUND (no such file), VOLE_UNREADABLE (no
 * ELF), VOLE_UNSUPPORTED (32 bits, another machine or byte order). Damaged
 * section headers leave a file without sections.
 */
VOLE_CHECKED bool vole_elf_open(const char *path, struct vole_elf **ret,
				struct vole_error *err);
/** NULL is fine. */
void vole_elf_close(struct vole_elf *elf);

/** The section of that name, or NULL. */
struct vole_elf_section *vole_elf_section(struct vole_elf *elf,
					  const char *name);
/**
 * The bytes of debug section @p name (".debug_info"), inflated from
 * SHF_COMPRESSED (zlib, zstd) or ".zdebug_*"; kept until the file is closed,
 * followed by 16 zero bytes when inflated. VOLE_NOT_FOUND when there is none,
 * VOLE_CORRUPT when it lies outside the file or inflates to another size or
 * past the caps (2 GiB a section, 4 GiB in all).
 */
VOLE_CHECKED bool vole_elf_debug_section(struct vole_elf *elf, const char *name,
					 const uint8_t **ret, uint64_t *ret_len,
					 struct vole_error *err);

/** Bytes at a link address out of PT_LOAD segments; zeros past file_size. */
size_t vole_elf_read(const struct vole_elf *elf, uint64_t addr, void *buf,
		     size_t len);
/** The same without copying; NULL where the file holds no byte. */
const uint8_t *vole_elf_borrow(const struct vole_elf *elf, uint64_t addr,
			       size_t *ret_len);
/** The PT_LOAD that covers @p addr, or NULL. */
const struct vole_elf_segment *vole_elf_segment_at(const struct vole_elf *elf,
						   uint64_t addr);

struct vole_elf_symbol {
	const char *name;
	uint64_t addr; /* link address */
	uint64_t size;
	uint8_t type; /* STT_* */
};

/** A symbol of .symtab by name. VOLE_NOT_FOUND also when stripped. */
VOLE_CHECKED bool vole_elf_symbol(struct vole_elf *elf, const char *name,
				  struct vole_elf_symbol *ret,
				  struct vole_error *err);

/** Are both there and equal? */
bool vole_build_id_same(const struct vole_build_id *a,
			const struct vole_build_id *b);

/** Build IDs among the notes in @p bytes; leaves what is not found alone. */
void vole_elf_notes_ids(const uint8_t *bytes, uint64_t len,
			struct vole_build_id *gnu_id,
			struct vole_build_id *go_id);
/**
 * The same of a file of which only its first bytes are there, beginning with
 * the ELF header: a mapped first page. Notes that lie further on are not found.
 */
void vole_elf_page_ids(const uint8_t *page, size_t len,
		       struct vole_build_id *gnu_id,
		       struct vole_build_id *go_id);

#endif
