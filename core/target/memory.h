/**
 * The target's memory, by the shortest way there is: a core file on this
 * machine is mapped, anything else is read through the host and a page cache;
 * read-only segments that were not dumped come from the executable. Decoders
 * cannot tell which.
 */
#ifndef VOLE_TARGET_MEMORY_H
#define VOLE_TARGET_MEMORY_H

#include "target/corefile.h"
#include "target/elf.h"
#include "target/host.h"

struct vole_page_cache;

struct vole_memory {
	struct vole_host *host; /* NULL: core or executable only */
	struct vole_corefile *core; /* NULL: read through the host */
	struct vole_elf *exe; /* NULL: no fallback for read-only segments */
	uint64_t bias; /* of the executable */
	bool initial; /* read writable segments as the executable has them */
	struct vole_page_cache *cache;
	/* The core's segment that was read last: the next read is near it. */
	const uint8_t *near;
	uint64_t near_addr, near_len;
};

/** Borrows everything it is given; vole_memory_free() frees the cache only. */
void vole_memory_init(struct vole_memory *mem, struct vole_host *host,
		      struct vole_corefile *core, struct vole_elf *exe,
		      uint64_t bias);
void vole_memory_free(struct vole_memory *mem);
/** Forget cached pages: the target's memory may have changed. */
void vole_memory_forget(struct vole_memory *mem);

/** Up to @p len bytes from @p addr; the count before the first bad one. */
size_t vole_memory_read(struct vole_memory *mem, uint64_t addr, void *buf,
			size_t len);
/** All @p len bytes, or VOLE_UNREADABLE with the first bad address and why. */
VOLE_CHECKED bool vole_memory_read_all(struct vole_memory *mem, uint64_t addr,
				       void *buf, size_t len,
				       struct vole_error *err);
/**
 * A pointer to target bytes from @p addr on and how many of them are
 * contiguous (at least one), or NULL when unreadable. From a mapped core it
 * is valid until the target closes; else it points into a cached page and is
 * valid until the next call.
 */
const uint8_t *vole_memory_borrow(struct vole_memory *mem, uint64_t addr,
				  size_t *ret_len);
/**
 * Soon @p len bytes from @p addr on will be read: a hint for the processor,
 * where memory is mapped, in walks that know their next steps.
 */
void vole_memory_prefetch(const struct vole_memory *mem, uint64_t addr,
			  size_t len);
/** Can @p addr be read at all? */
bool vole_memory_readable(struct vole_memory *mem, uint64_t addr);

enum vole_presence {
	VOLE_PRESENCE_NONE, /* nothing is there, or nobody may look at it */
	VOLE_PRESENCE_READABLE,
	VOLE_PRESENCE_NOT_DUMPED, /* there, and not in the core file */
	VOLE_PRESENCE_CUT_OFF, /* there, and behind the core file's end */
	VOLE_PRESENCE_UNKNOWN, /* the core file's end is missing */
};

/** Is there memory at @p addr, and if it cannot be read, why not? */
enum vole_presence vole_memory_presence(struct vole_memory *mem, uint64_t addr);
/**
 * How many of the @p len bytes from @p addr on come before the first gap; all
 * of them where the last one can be read.
 */
uint64_t vole_memory_extent(struct vole_memory *mem, uint64_t addr,
			    uint64_t len);
/** A little-endian integer of 1, 2, 4 or 8 bytes, zero-extended. */
VOLE_CHECKED bool vole_memory_uint(struct vole_memory *mem, uint64_t addr,
				   unsigned size, uint64_t *ret,
				   struct vole_error *err);
/**
 * An unsigned varint of at most 32 bits at @p addr, as Go's linker writes
 * them; moves @p addr past it. VOLE_CORRUPT: it does not end.
 */
VOLE_CHECKED bool vole_memory_uvarint(struct vole_memory *mem, uint64_t *addr,
				      uint64_t *ret, struct vole_error *err);

#endif
