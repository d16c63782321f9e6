/**
 * What map.c, map_classic.c and map_swiss.c share.
 */
#ifndef VOLE_RUNTIME_MAP_PRIVATE_H
#define VOLE_RUNTIME_MAP_PRIVATE_H

#include "runtime/map.h"

/** A constant of the target, or @p fallback where it is not recorded. */
uint8_t vole_map_const(const struct vole_map *map, enum vole_const_id id,
		       uint8_t fallback);

/**
 * Find the shape: by @p descriptor from the type's descriptor, else by
 * @p header from debug information's type->header, which is loaded. The
 * shape is checked against the types of key and element.
 */
VOLE_CHECKED bool vole_map_shape_find(
	struct vole_map *map,
	bool (*descriptor)(struct vole_map *map, uint64_t rtype,
			   struct vole_error *err),
	bool (*header)(struct vole_map *map, struct vole_error *err),
	struct vole_error *err);

/**
 * The direct field @p name of @p owner with its type loaded, of kind @p kind.
 * VOLE_UNSUPPORTED when there is none.
 */
VOLE_CHECKED bool vole_map_field(const struct vole_map *map,
				 const struct vole_type *owner,
				 const char *name, enum vole_kind kind,
				 const struct vole_field **ret,
				 struct vole_error *err);
/** The loaded struct that field @p name of @p owner points to. */
VOLE_CHECKED bool vole_map_pointee(const struct vole_map *map,
				   const struct vole_type *owner,
				   const char *name, struct vole_type **ret,
				   struct vole_error *err);
/**
 * A field of @p owner that is an array of eight: its offset, stride and the
 * loaded type of its elements.
 */
VOLE_CHECKED bool vole_map_array(const struct vole_map *map,
				 const struct vole_type *owner,
				 const char *name, uint64_t *ret_offset,
				 uint64_t *ret_stride, struct vole_type **ret,
				 struct vole_error *err);
/** Does a slot of type @p slot hold a pointer to @p type instead of it? */
bool vole_map_indirect(const struct vole_type *slot,
		       const struct vole_type *type);

/** Slot @p index of the walk's unit; follows indirection and counts it. */
VOLE_CHECKED bool vole_map_slot_at(struct vole_map_walk *walk, unsigned index,
				   struct vole_map_slot *ret,
				   struct vole_error *err);
/** End the walk: false with VOLE_OK, or VOLE_CORRUPT by the count. */
bool vole_map_walk_finish(const struct vole_map_walk *walk,
			  struct vole_error *err);
/** Is @p addr a possible place of @p size bytes of runtime structure? */
VOLE_CHECKED bool vole_map_place(const struct vole_map *map, const char *what,
				 uint64_t addr, uint64_t size,
				 struct vole_error *err);

#endif
