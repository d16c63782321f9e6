/**
 * A hash table from uint64_t to uint64_t: visited sets, address to index.
 * Keys are spread first, so addresses do not collide by their low zero bits.
 */
#ifndef VOLE_BASE_HASH_H
#define VOLE_BASE_HASH_H

#include "base/error.h"

struct vole_hash_slot {
	uint64_t key;
	uint64_t value;
	bool used;
};

struct vole_hash {
	struct vole_hash_slot *slots;
	size_t room; /* power of two, or 0 */
	size_t len;
};

void vole_hash_free(struct vole_hash *hash);
/** Forget all keys, keep the memory. */
void vole_hash_clear(struct vole_hash *hash);
/** Is @p key there? Its value is stored through @p ret when not NULL. */
bool vole_hash_get(const struct vole_hash *hash, uint64_t key, uint64_t *ret);
/** Set @p key to @p value; false only when memory ran out. */
VOLE_CHECKED bool vole_hash_put(struct vole_hash *hash, uint64_t key,
				uint64_t value);
/** FNV-1a of bytes, for tables of names. */
uint64_t vole_hash_bytes(const void *bytes, size_t len);

#endif
