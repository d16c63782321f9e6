/*
 * Any bytes as debug information: the first two give the length of the
 * abbreviations, the rest is .debug_info. Every name is asked for, every type
 * is loaded.
 */
#include "dwarf/dwarf.h"

#include "target/elf.h"
#include "target/types.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct visit {
	struct vole_debuginfo *di;
	struct vole_types *types;
	unsigned left;
};

static bool on_symbol(void *arg, const struct vole_symbol *symbol)
{
	struct visit *visit = arg;
	struct vole_symbol_info info;
	struct vole_symbol found;
	struct vole_type *type;
	struct vole_error err;

	(void)!visit->di->ops->info(visit->di, symbol, &info, &err);
	(void)!visit->di->ops->find(visit->di, symbol->kind, symbol->name,
				    &found, &err);
	if (symbol->kind == VOLE_SYMBOL_TYPE &&
	    vole_types_get(visit->types, VOLE_TYPE_DEBUGINFO, symbol->ref,
			   &type, &err))
		vole_type_align(visit->types, type);
	return visit->left-- > 0;
}

static void on_capture(void *arg, const char *name, uint64_t offset,
		       uint64_t type_ref)
{
	(void)arg, (void)name, (void)offset, (void)type_ref;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vole_elf_section sections[2] = {
		{ .name = ".debug_info", .type = SHT_PROGBITS },
		{ .name = ".debug_abbrev", .type = SHT_PROGBITS },
	};
	struct vole_elf elf = { .path = "fuzz",
				.sections = sections,
				.num_sections = 2 };
	struct visit visit = { .left = 1000 };
	struct vole_error err;
	size_t abbrev;

	if (size < 2)
		return 0;
	abbrev = (size_t)data[0] << 8 | data[1];
	if (abbrev > size - 2)
		return 0;
	elf.data = data;
	elf.size = size;
	sections[1].offset = 2;
	sections[1].size = abbrev;
	sections[0].offset = 2 + abbrev;
	sections[0].size = size - 2 - abbrev;
	if (!vole_dwarf_open(&elf, &visit.di, &err))
		return 0;
	if (vole_types_open(visit.di, &visit.types, &err)) {
		(void)!visit.di->ops->each(visit.di, 15, on_symbol, &visit,
					   &err);
		(void)!visit.di->ops->captures(visit.di, 0x1000, on_capture,
					       NULL, &err);
		vole_types_close(visit.types);
	}
	visit.di->ops->close(visit.di);
	return 0;
}
