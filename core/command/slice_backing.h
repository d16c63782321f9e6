/**
 * The array that a slice, string or array is of: an object of the heap, a
 * package variable, or memory of which nothing more is known.
 */
#ifndef VOLE_COMMAND_SLICE_BACKING_H
#define VOLE_COMMAND_SLICE_BACKING_H

#include "command/object.h"
#include "runtime/package_var.h"
#include "runtime/slice.h"

enum vole_backing_kind {
	VOLE_BACKING_OBJECT,
	VOLE_BACKING_VARIABLE,
	VOLE_BACKING_BARE, /* only what the slice has of it */
};

struct vole_backing {
	enum vole_backing_kind kind;
	uint64_t addr, size;
	const struct vole_slice *slice; /* by which it was found */
	bool widened; /* BARE: what others over it have was looked for */
	uint64_t self; /* where the header of that slice is; 0 nowhere */
	struct vole_object object; /* OBJECT */
	struct vole_package_var variable; /* VARIABLE */
};

/**
 * That of @p slice, which must be possible. False: it has none, being nil,
 * without bytes, or where nothing is mapped.
 */
bool vole_backing_find(struct vole_context *ctx, const struct vole_slice *slice,
		       struct vole_backing *ret);
/** Does the slice claim no more than the array has? */
bool vole_backing_holds(const struct vole_backing *backing);
/** Send what it is, and what it has before and behind the slice. */
void vole_put_backing(struct vole_context *ctx,
		      const struct vole_backing *backing);

/** What its JSON holds, for the command's help. */
#define VOLE_BACKING_JSON                                         \
	VOLE_OBJECT_JSON ", else `variable`; `bytes_before` and " \
			 "`bytes_behind` it in there"

#endif
