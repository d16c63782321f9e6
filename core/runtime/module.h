/**
 * runtime.moduledata: one for the program, one more for each plugin. Found
 * by symbol, section .go.module or by the pclntab it points at, so it works
 * in stripped programs. Slices are already relocated target addresses.
 */
#ifndef VOLE_RUNTIME_MODULE_H
#define VOLE_RUNTIME_MODULE_H

#include "base/error.h"

enum { VOLE_MAX_MODULES = 64 };

struct vole_table {
	uint64_t addr;
	uint64_t len; /* elements as the runtime counts them */
};

struct vole_module {
	uint64_t addr; /* of the moduledata */
	uint64_t pc_header;
	struct vole_table funcnametab, cutab, filetab, pctab, pclntable, ftab;
	struct vole_table typelinks, itablinks, textsectmap;
	uint64_t minpc, maxpc, text, etext;
	uint64_t noptrdata, enoptrdata, data, edata, bss, ebss;
	uint64_t noptrbss, enoptrbss;
	uint64_t types, etypes, rodata, gofunc;
	uint64_t gcdatamask, gcbssmask; /* bitmaps' addresses; 0 none */
	uint64_t next;
	const char *name; /* modulename or pluginpath; "" the program */
};

struct vole_modules {
	struct vole_module *items; /* the program first */
	size_t len;
};

struct vole_runtime;

/** Find and check all modules; fills rt->modules. VOLE_CORRUPT, VOLE_NOT_FOUND. */
VOLE_CHECKED bool vole_modules_find(struct vole_runtime *rt,
				    struct vole_error *err);
/** The module whose [types, etypes) holds @p addr, or NULL. */
const struct vole_module *vole_module_of_type(const struct vole_runtime *rt,
					      uint64_t addr);
/** The module whose text holds @p pc, or NULL. */
const struct vole_module *vole_module_of_pc(const struct vole_runtime *rt,
					    uint64_t pc);
/**
 * The module that can write the static data at @p addr, or NULL: from
 * noptrdata to enoptrbss, with what is between its four parts.
 */
const struct vole_module *vole_module_of_data(const struct vole_runtime *rt,
					      uint64_t addr);
/** Is that the program's own memory: code, constants, static data? */
bool vole_module_has(const struct vole_runtime *rt, uint64_t addr);

#endif
