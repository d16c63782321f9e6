/**
 * Shared by the files that read ELF.
 */
#ifndef VOLE_TARGET_ELF_PRIVATE_H
#define VOLE_TARGET_ELF_PRIVATE_H

#include "target/elf.h"

/** Does [offset, offset + len) lie in the file? */
bool vole_elf_range(const struct vole_elf *elf, uint64_t offset, uint64_t len);

#endif
