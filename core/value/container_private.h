/**
 * What container.c and container_map.c share.
 */
#ifndef VOLE_VALUE_CONTAINER_PRIVATE_H
#define VOLE_VALUE_CONTAINER_PRIVATE_H

#include "value/container.h"

/** The field @p name of the struct @p type, its type loaded. */
VOLE_CHECKED bool container_field(const struct vole_container *c,
				  struct vole_type *type, const char *name,
				  const struct vole_field **ret,
				  struct vole_error *err);
/** What a pointer, or an atomic.Pointer, points to; loaded. */
VOLE_CHECKED bool container_pointee(const struct vole_container *c,
				    struct vole_type *type,
				    struct vole_type **ret,
				    struct vole_error *err);
/**
 * The integer or pointer in field @p name of the struct of @p type at @p addr,
 * also where sync/atomic wraps it.
 */
VOLE_CHECKED bool container_word(const struct vole_container *c, uint64_t addr,
				 struct vole_type *type, const char *name,
				 uint64_t *ret, struct vole_error *err);

bool container_visit_sync_map(const struct vole_container *c,
			      struct vole_container_visitor *visitor,
			      struct vole_error *err);
/** The type of a sync.Map's keys: interface{}. */
VOLE_CHECKED bool container_sync_map_part(const struct vole_container *c,
					  struct vole_type **ret,
					  struct vole_error *err);

#endif
