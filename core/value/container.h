/**
 * Containers of the standard library whose fields say little: sync.Map,
 * container/list, container/ring. Recognised by the type's name and by the
 * fields that it must have.
 */
#ifndef VOLE_VALUE_CONTAINER_H
#define VOLE_VALUE_CONTAINER_H

#include "value/value.h"

/** Told of each entry; @p key is 0 where there are no keys. */
struct vole_container_visitor {
	/** False ends the visit. */
	bool (*entry)(struct vole_container_visitor *visitor, uint64_t key,
		      uint64_t value);
};

struct vole_container {
	const struct vole_runtime *rt;
	const struct vole_container_kind *kind;
	bool has_keys;
	struct vole_type *part; /* of keys and values: interface{} */
	struct vole_value value;
};

/** False: @p value is none, or not as one must be. */
bool vole_container_open(const struct vole_runtime *rt,
			 const struct vole_value *value,
			 struct vole_container *ret);
/**
 * All entries; false with the reason when it could not be followed to its
 * end. VOLE_UNREADABLE, VOLE_CORRUPT.
 */
VOLE_CHECKED bool vole_container_visit(const struct vole_container *container,
				       struct vole_container_visitor *visitor,
				       struct vole_error *err);

#endif
