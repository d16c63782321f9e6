/**
 * The functions of an ELF file by address, for code that is not Go's: from
 * .symtab, else .dynsym.
 */
#ifndef VOLE_TARGET_SYMBOLS_H
#define VOLE_TARGET_SYMBOLS_H

#include "target/elf.h"

struct vole_symbols;

/** Never empty-handed: a file without symbols gives a table of none. */
VOLE_CHECKED bool vole_symbols_open(struct vole_elf *elf,
				    struct vole_symbols **ret,
				    struct vole_error *err);
/** NULL is fine. */
void vole_symbols_close(struct vole_symbols *symbols);
/**
 * The function that covers link address @p addr, or NULL; @p ret_offset is
 * how far into it. The name lives as long as the ELF file.
 */
const char *vole_symbols_at(const struct vole_symbols *symbols, uint64_t addr,
			    uint64_t *ret_offset);

#endif
