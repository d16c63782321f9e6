/**
 * What pclntab.c, pclntab_open.c and module*.c share.
 */
#ifndef VOLE_RUNTIME_PCLNTAB_PRIVATE_H
#define VOLE_RUNTIME_PCLNTAB_PRIVATE_H

#include "runtime/pclntab.h"
#include "runtime/runtime.h"

/** runtime.pcHeader, checked. */
struct vole_pc_header {
	uint32_t magic;
	uint64_t num_funcs;
	uint64_t funcname_offset; /* from the header */
};

/**
 * VOLE_UNREADABLE, VOLE_CORRUPT (no such header), VOLE_UNSUPPORTED (of Go
 * 1.17 or before, or of another machine).
 */
VOLE_CHECKED bool vole_pc_header_read(struct vole_memory *mem, uint64_t addr,
				      struct vole_pc_header *ret,
				      struct vole_error *err);

/** Part of the function table that is held here: lent or copied. */
struct vole_bytes {
	const uint8_t *at;
	uint64_t len;
};

/** A section of text: only programs of several have them. */
struct vole_textsect {
	uint64_t vaddr, end, base;
};

/** The tables of one module. */
struct vole_functab {
	const struct vole_module *module;
	struct vole_bytes ftab, funcs, names, cu, files, pctab;
	struct vole_textsect *sections;
	size_t num_sections; /* 0: all of text is one piece */
	size_t num_funcs;
	size_t first; /* index of the first function among all */
	bool has_start_line; /* _func as of Go 1.20 */
};

struct vole_pclntab {
	struct vole_functab *items; /* by text address */
	size_t len;
	size_t num_funcs;
	size_t last; /* the function found last */
};

/** The tables that @p func is of, or NULL. */
const struct vole_functab *vole_functab_of(const struct vole_runtime *rt,
					   const struct vole_func *func);

/** The name at @p offset; false: none ends there soon. */
bool vole_bytes_text(const struct vole_bytes *bytes, uint32_t offset,
		     const char **ret);

static inline uint32_t vole_bytes_u32(const struct vole_bytes *bytes,
				      uint64_t offset)
{
	uint32_t value;

	__builtin_memcpy(&value, bytes->at + offset, sizeof(value));
	return value;
}

#endif
