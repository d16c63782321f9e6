/**
 * The secret of a process without symbols: one that is not known by its name
 * is believed once the keys of a map are where it says.
 */
#ifndef VOLE_RUNTIME_KEYHASH_SECRET_H
#define VOLE_RUNTIME_KEYHASH_SECRET_H

#include "runtime/keyhash.h"

/**
 * Set keyhash->mem for the keys of @p map, whose plan is made. VOLE_NOT_FOUND:
 * no secret explains them, or they are too few to tell.
 */
VOLE_CHECKED bool vole_keyhash_find_secret(const struct vole_map *map,
					   struct vole_keyhash *keyhash,
					   struct vole_error *err);

#endif
