/**
 * Where a process keeps the random bytes that it hashes map keys with. They
 * have names in the symbol table; without one the code that uses them leads
 * there, and then they are in doubt until they explain a map.
 * src/runtime/alg.go: alginit().
 */
#ifndef VOLE_RUNTIME_HASH_SECRET_H
#define VOLE_RUNTIME_HASH_SECRET_H

#include "runtime/memhash.h"
#include "runtime/runtime.h"

enum { VOLE_HASH_SCHEDULE = 128, VOLE_HASH_KEY = 32 }; /* bytes */

/**
 * Find it by name, where an earlier search was kept, or by the code of
 * memhash32 and memhashFallback. VOLE_NOT_FOUND, VOLE_UNREADABLE,
 * VOLE_CORRUPT.
 */
VOLE_CHECKED bool vole_hash_secret_find(const struct vole_runtime *rt,
					struct vole_hash_secret *ret,
					struct vole_error *err);
/** Hash with the secret at that place. VOLE_UNREADABLE. */
VOLE_CHECKED bool vole_hash_secret_read(const struct vole_runtime *rt,
					const struct vole_hash_secret *secret,
					struct vole_memhash *ret,
					struct vole_error *err);
/** How this release hashes where it does not by AES. */
enum vole_memhash_kind vole_hash_fallback(const struct vole_runtime *rt);
/** It is right: find it at once from now on. */
void vole_hash_secret_keep(const struct vole_runtime *rt,
			   const struct vole_hash_secret *secret);

#endif
