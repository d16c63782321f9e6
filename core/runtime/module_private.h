/**
 * What module.c, module_find.c and runtime_table.c share.
 */
#ifndef VOLE_RUNTIME_MODULE_PRIVATE_H
#define VOLE_RUNTIME_MODULE_PRIVATE_H

#include "runtime/runtime.h"

/** More candidates than any program has; see vole_module_places(). */
enum { VOLE_MAX_PLACES = 16 };

struct vole_module_places {
	uint64_t addr[VOLE_MAX_PLACES];
	size_t len;
};

/**
 * Where the first moduledata may be, best guess first: the variable, the
 * section .go.module. Cheap.
 */
void vole_module_places_named(const struct vole_runtime *rt,
			      struct vole_module_places *ret);
/** The same by a scan for the function table and for what points at it. */
void vole_module_places_scanned(const struct vole_runtime *rt,
				struct vole_module_places *ret);

/**
 * The tables for stripped programs: rows of layout.def as one Go release has
 * them; runtime_table.def, which tools/gen-layouts makes. Table 0 is the
 * newest.
 */
size_t vole_runtime_num_tables(void);
/** The table of a release; the newest when it is newer or unknown. */
size_t vole_runtime_table_of(const struct vole_buildinfo *build);
/** Set rows of the layout that no debug information gave. */
void vole_runtime_table_apply(struct vole_runtime *rt, size_t table);

#endif
