/**
 * Keys of maps as expressions give them: evaluated, hashed as the process
 * hashes them, and compared with those in the map.
 */
#ifndef VOLE_VALUE_MAP_KEY_H
#define VOLE_VALUE_MAP_KEY_H

#include "runtime/keyhash.h"
#include "runtime/map_probe.h"
#include "value/expr.h"

/**
 * Evaluate @p text as a key of @p map; any value may be a key of map[any]T.
 * Fails as vole_eval() does.
 */
VOLE_CHECKED bool vole_map_key_eval(struct vole_eval *eval,
				    const struct vole_map *map,
				    const char *text, struct vole_value *ret,
				    struct vole_error *err);
/**
 * Hash @p key with the hash that was opened for @p map. VOLE_NOT_FOUND: the
 * program knows no type of that value; VOLE_UNSUPPORTED; VOLE_UNREADABLE.
 */
VOLE_CHECKED bool
vole_map_key_hash(struct vole_eval *eval, struct vole_keyhash *keyhash,
		  const struct vole_map *map, const struct vole_value *key,
		  struct vole_key_hash *ret, struct vole_error *err);
/** vole_map_probe_begin() for a key, as the program reads map[key]. */
VOLE_CHECKED bool vole_map_key_begin(const struct vole_map *map,
				     const struct vole_key_hash *hash,
				     struct vole_map_probe *ret,
				     struct vole_error *err);
/** Is @p key the one in the target's memory at @p addr? */
VOLE_CHECKED bool vole_map_key_equal(struct vole_eval *eval,
				     const struct vole_map *map, uint64_t addr,
				     const struct vole_value *key, bool *ret,
				     struct vole_error *err);
/**
 * Look at each entry for @p key: an entry that is in the map though its hash
 * says otherwise is what one debugs for. VOLE_INTERRUPTED and what the walk
 * fails with.
 */
VOLE_CHECKED bool vole_map_key_scan(struct vole_eval *eval,
				    const struct vole_map *map,
				    const struct vole_value *key,
				    bool *ret_found, struct vole_map_slot *ret,
				    struct vole_error *err);

#endif
