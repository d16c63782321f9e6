/**
 * Reading a runtime structure: open a view at its address, get fields by
 * their row in layout.def, check once. The first error sticks; after it every
 * get gives 0. Widths come from the layout.
 */
#ifndef VOLE_TARGET_VIEW_H
#define VOLE_TARGET_VIEW_H

#include "target/layout.h"
#include "target/memory.h"

struct vole_view {
	const struct vole_layout *layout;
	struct vole_memory *mem;
	uint64_t addr;
	struct vole_error *err;
	bool ok;
};

struct vole_view vole_view(const struct vole_layout *layout,
			   struct vole_memory *mem, uint64_t addr,
			   struct vole_error *err);
/** An integer or pointer field, zero-extended. Absent MAYBE fields are 0. */
uint64_t vole_get(struct vole_view *view, enum vole_field_id field);
/** The address of a field (for arrays and embedded structures). */
uint64_t vole_get_addr(struct vole_view *view, enum vole_field_id field);

#endif
