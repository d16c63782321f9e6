/**
 * The runtime's hash of bytes, with the target's own secret: by AES where its
 * processor has that, else by multiplication. The same seed and bytes give
 * the same hash as in the process. src/runtime/asm_amd64.s (aeshashbody)
 * and hash64.go.
 */
#ifndef VOLE_RUNTIME_MEMHASH_H
#define VOLE_RUNTIME_MEMHASH_H

#include "runtime/aes.h"

#include <stddef.h>

enum vole_memhash_kind {
	VOLE_MEMHASH_AES,
	VOLE_MEMHASH_WYHASH, /* of a key and constants: to Go 1.22 */
	VOLE_MEMHASH_KEYED, /* of keys only */
};

struct vole_memhash {
	enum vole_memhash_kind kind;
	struct vole_aes aes;
	struct vole_block schedule[8]; /* runtime.aeskeysched */
	uint64_t key[4]; /* as mix() takes them */
};

/** "AES", "wyhash": for people. */
const char *vole_memhash_name(const struct vole_memhash *hash);
/** Before anything else: what does not depend on a secret. */
void vole_memhash_init(struct vole_memhash *ret);
/** The secret, as in memory: 128 bytes of a schedule or 32 of a key. */
void vole_memhash_set(struct vole_memhash *ret, enum vole_memhash_kind kind,
		      const uint8_t *secret);

/** runtime.memhash, which strhash is, too. */
uint64_t vole_memhash(const struct vole_memhash *hash, const uint8_t *bytes,
		      size_t len, uint64_t seed);
/** runtime.memhash32 and memhash64: not always memhash of 4 or 8 bytes. */
uint64_t vole_memhash32(const struct vole_memhash *hash, uint32_t value,
			uint64_t seed);
uint64_t vole_memhash64(const struct vole_memhash *hash, uint64_t value,
			uint64_t seed);

#endif
