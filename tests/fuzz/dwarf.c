/*
 * Any bytes as debug information: each section behind two bytes of its length,
 * .debug_info last and without. Every name is asked for, every type is loaded,
 * variables of functions and lines are looked up.
 */
#include "dwarf/dwarf.h"
#include "target/variable.h"

#include "target/elf.h"
#include "target/types.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const names[] = {
	".debug_abbrev", ".debug_str",	    ".debug_line_str",
	".debug_line",	 ".debug_ranges",   ".debug_rnglists",
	".debug_loc",	 ".debug_loclists", ".debug_addr",
	".debug_info",
};
enum { NUM_SECTIONS = sizeof(names) / sizeof(names[0]) };

struct visit {
	struct vole_debuginfo *di;
	struct vole_types *types;
	unsigned left;
};

static bool read_word(void *arg, uint64_t addr, uint64_t *ret)
{
	(void)arg;
	*ret = ~addr;
	return addr & 8;
}

static void visit_code(struct vole_debuginfo *di, const char *name, uint64_t pc)
{
	struct vole_registers regs = { .known = 0x2aaaa };
	struct vole_frame_state state = {
		.has_cfa = true, .cfa = 0x7000, .regs = &regs, .read = read_word
	};
	struct vole_code_scope *scopes;
	struct vole_spots places;
	struct vole_arena arena;
	struct vole_error err;
	const char *file;
	uint32_t line;
	size_t num, s, i;

	(void)!di->ops->line(di, pc, &file, &line, &err);
	vole_arena_init(&arena, 64 << 20);
	if (di->ops->scopes(di, pc, name, &arena, &scopes, &num, &err))
		for (s = 0; s < num; s++)
			for (i = 0; i < scopes[s].num_variables; i++)
				(void)!di->ops->locate(di, &scopes[s],
						       &scopes[s].variables[i],
						       &state, &places, &err);
	vole_arena_clear(&arena);
}

static bool on_symbol(void *arg, const struct vole_symbol *symbol)
{
	struct visit *visit = arg;
	struct vole_symbol_info info;
	struct vole_symbol found;
	struct vole_type *type;
	struct vole_error err;

	if (visit->di->ops->info(visit->di, symbol, &info, &err) &&
	    symbol->kind == VOLE_SYMBOL_FUNC && info.has_addr) {
		visit_code(visit->di, symbol->name, info.addr);
		visit_code(visit->di, NULL,
			   info.addr + (info.end - info.addr) / 2);
		visit_code(visit->di, "main", info.end - 1);
	}
	(void)!visit->di->ops->find(visit->di, symbol->kind, symbol->name,
				    &found, &err);
	if (symbol->kind == VOLE_SYMBOL_TYPE &&
	    vole_types_get(visit->types, VOLE_TYPE_DEBUGINFO, symbol->ref,
			   &type, &err))
		vole_type_align(visit->types, type);
	return visit->left-- > 0;
}

static void on_capture(void *arg, const struct vole_variable *variable)
{
	(void)arg;
	if (!variable->name)
		abort();
}

static void visit_all(struct visit *visit)
{
	const struct vole_debuginfo_ops *ops = visit->di->ops;
	struct vole_error err;

	(void)!ops->each(visit->di, 15, on_symbol, visit, &err);
	(void)!ops->captures(visit->di, 0x1000, on_capture, NULL, &err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vole_elf_section sections[NUM_SECTIONS];
	struct vole_elf elf = { .path = "fuzz",
				.data = data,
				.size = size,
				.sections = sections,
				.num_sections = NUM_SECTIONS };
	struct visit visit = { .left = 1000 };
	struct vole_error err;
	size_t i, at = 0;

	for (i = 0; i < NUM_SECTIONS; i++) {
		uint64_t len = size - at;

		if (i + 1 < NUM_SECTIONS) {
			if (len < 2)
				return 0;
			len = (uint64_t)data[at] << 8 | data[at + 1];
			at += 2;
		}
		if (len > size - at)
			return 0;
		sections[i] = (struct vole_elf_section){ .name = names[i],
							 .type = SHT_PROGBITS,
							 .offset = at,
							 .size = len };
		if (!len)
			sections[i].name = "";
		at += len;
	}
	if (!vole_dwarf_open(&elf, &visit.di, &err))
		return 0;
	if (vole_types_open(visit.di, &visit.types, &err)) {
		visit_all(&visit);
		vole_types_close(visit.types);
	}
	visit.di->ops->close(visit.di);
	return 0;
}
