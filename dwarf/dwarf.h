/**
 * DWARF 4 and 5 as Go and C compilers write it, read from an ELF file's
 * sections: the answers of struct vole_debuginfo. Every length, offset and
 * count comes from the file and is checked before it is used.
 */
#ifndef VOLE_DWARF_DWARF_H
#define VOLE_DWARF_DWARF_H

#include "target/debuginfo.h"

struct vole_elf;

/**
 * Open the debug information of @p elf, which must outlive it. Reads unit
 * headers only; names are gathered at the first question. VOLE_NO_DEBUG_INFO
 * when there is none, VOLE_CORRUPT when the chain of units is broken.
 */
VOLE_CHECKED bool vole_dwarf_open(struct vole_elf *elf,
				  struct vole_debuginfo **ret,
				  struct vole_error *err);

#endif
