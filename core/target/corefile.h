/**
 * A core file of the kernel or of gcore, mapped and read in place. The two
 * differ: gcore puts segments at unaligned offsets and notes at the end, the
 * kernel leaves out text and rodata but for their first page.
 */
#ifndef VOLE_TARGET_COREFILE_H
#define VOLE_TARGET_COREFILE_H

#include "target/elf.h"
#include "target/host.h"

struct vole_core_thread {
	struct vole_regs regs;
	uint64_t gregs[27]; /* user_regs_struct order: r15 ... gs */
	const uint8_t *fxsave; /* 512 bytes in the core file, or NULL */
};

/** A row of NT_FILE. */
struct vole_core_file {
	uint64_t start, end, offset; /* offset in bytes */
	const char *path; /* inside the core file */
};

struct vole_corefile {
	struct vole_elf *elf;
	struct vole_elf_segment **by_addr; /* PT_LOADs in address order */
	size_t num_loads;
	struct vole_core_thread *threads; /* the crashing one first */
	size_t num_threads;
	struct vole_core_file *files; /* in address order */
	size_t num_files;
	uint64_t entry; /* AT_ENTRY; 0 unknown */
	uint64_t phdr; /* AT_PHDR; 0 unknown */
	uint64_t execfn; /* AT_EXECFN: address of a path; 0 unknown */
	int32_t signal; /* first NT_SIGINFO or NT_PRSTATUS; 0 unknown */
	uint32_t pid;
	bool truncated; /* the file ends before its segments do */
	uint64_t expected_size; /* of an untruncated file */
};

/**
 * Open the core at @p path. VOLE_NOT_FOUND, VOLE_UNREADABLE (not an ELF, not
 * a core), VOLE_UNSUPPORTED (another machine). A truncated core opens, and
 * says so.
 */
VOLE_CHECKED bool vole_corefile_open(const char *path,
				     struct vole_corefile **ret,
				     struct vole_error *err);
/** NULL is fine. */
void vole_corefile_close(struct vole_corefile *core);

/**
 * Bytes the file holds from @p addr on, and how many follow it in the same
 * segment; NULL when the core holds none (not dumped, PROT_NONE, cut off).
 */
const uint8_t *vole_corefile_borrow(const struct vole_corefile *core,
				    uint64_t addr, size_t *ret_len);
/** The segment that covers @p addr whether or not it was dumped, or NULL. */
const struct vole_elf_segment *
vole_corefile_segment(const struct vole_corefile *core, uint64_t addr);
/**
 * How many bytes from @p addr on the core holds nothing for, up to where the
 * segment ends or the next begins; 0 when it holds the byte at @p addr.
 */
uint64_t vole_corefile_undumped(const struct vole_corefile *core,
				uint64_t addr);
/** The file that was mapped at @p addr, or NULL. */
const struct vole_core_file *
vole_corefile_file(const struct vole_corefile *core, uint64_t addr);

#endif
