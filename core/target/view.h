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
	const uint8_t *bytes; /* the first `have` bytes, when loaded; or NULL */
	size_t have;
};

struct vole_view vole_view(const struct vole_layout *layout,
			   struct vole_memory *mem, uint64_t addr,
			   struct vole_error *err);
/**
 * Read the structure's first @p room bytes, into @p buf unless the target's
 * memory is mapped, so that getting many fields costs one read. What does not fit, or cannot be read, is read as
 * without; @p buf must live as long as the view.
 */
void vole_view_load(struct vole_view *view, void *buf, size_t room);
/** An integer or pointer field, zero-extended. Absent MAYBE fields are 0. */
uint64_t vole_get(struct vole_view *view, enum vole_field_id field);
/** The address of a field (for arrays and embedded structures). */
uint64_t vole_get_addr(struct vole_view *view, enum vole_field_id field);

#endif
