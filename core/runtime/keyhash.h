/**
 * The hash of a map key as the process itself computes it, with its secret
 * and the map's seed. src/runtime/alg.go and what the compiler makes of it
 * (cmd/compile/internal/reflectdata/alg.go).
 *
 * A key is hashed by its type's descriptor, which is worked out once, into
 * steps: so many bytes here, a string there.
 */
#ifndef VOLE_RUNTIME_KEYHASH_H
#define VOLE_RUNTIME_KEYHASH_H

#include "base/hash.h"
#include "runtime/map.h"
#include "runtime/memhash.h"

struct vole_key_plan;

/** What compiled code looks keys up by: cmd/compile/internal/walk: mapfast(). */
enum vole_key_fast {
	VOLE_KEY_SLOW, /* mapaccess1 */
	/* _fast32, _fast64: 4 or 8 bytes without padding or floats. */
	VOLE_KEY_FAST_WORD,
	VOLE_KEY_FAST_STRING, /* _faststr: a string, or nothing beside one */
};

/** Hashes keys of one map. Close it. */
struct vole_keyhash {
	const struct vole_runtime *rt;
	struct vole_memhash mem;
	struct vole_arena arena; /* plans */
	struct vole_hash plans; /* of dynamic types, by descriptor */
	const struct vole_key_plan *key; /* of the map's keys */
	enum vole_key_fast fast;
	uint64_t seed;
	uint8_t *scratch; /* bytes that do not lie in one piece */
	size_t scratch_len;
	uint64_t budget; /* steps the current key may still take */
};

struct vole_key_hash {
	uint64_t bits;
	bool random; /* there is a NaN in it: each hash is another */
	/* Of keys of the map's key type, in whatever memory. */
	enum vole_key_fast fast;
	uint64_t len; /* of a VOLE_KEY_FAST_STRING */
};

/**
 * A key that is not all in the target's memory: where its bytes are. Results
 * are valid until the next call.
 */
struct vole_key_source {
	/** @p len bytes at @p offset; NULL with @p err. */
	const uint8_t *(*bytes)(struct vole_key_source *source, uint64_t offset,
				size_t len, struct vole_error *err);
	/** The contents of the string whose header is at @p offset. */
	const uint8_t *(*string)(struct vole_key_source *source,
				 uint64_t offset, uint64_t *ret_len,
				 struct vole_error *err);
};

/**
 * Find out how the keys of @p map are hashed. VOLE_UNSUPPORTED: its type
 * cannot be a key; VOLE_NOT_FOUND: the program has no descriptor of the map's
 * type, or no secret that explains its keys; VOLE_UNREADABLE, VOLE_CORRUPT.
 */
VOLE_CHECKED bool vole_keyhash_open(const struct vole_map *map,
				    struct vole_keyhash *ret,
				    struct vole_error *err);
void vole_keyhash_close(struct vole_keyhash *keyhash);

/** Hash the key in the target's memory at @p addr. */
VOLE_CHECKED bool vole_keyhash_at(struct vole_keyhash *keyhash, uint64_t addr,
				  struct vole_key_hash *ret,
				  struct vole_error *err);
/**
 * Are the keys at @p a and @p b, of one hash, equal? Another hash decides, of
 * all that the process compares.
 */
VOLE_CHECKED bool vole_keyhash_same(struct vole_keyhash *keyhash, uint64_t a,
				    uint64_t b, bool *ret,
				    struct vole_error *err);
/**
 * The key at @p addr will be hashed soon: fetch what it points to. Worth its
 * cost for several keys ahead in a large map.
 */
void vole_keyhash_prefetch(const struct vole_keyhash *keyhash, uint64_t addr);
/** Hash a key of the map's key type. */
VOLE_CHECKED bool vole_keyhash_of(struct vole_keyhash *keyhash,
				  struct vole_key_source *source,
				  struct vole_key_hash *ret,
				  struct vole_error *err);
/** Hash a value of the type at @p rtype as a key of interface type. */
VOLE_CHECKED bool vole_keyhash_dynamic(struct vole_keyhash *keyhash,
				       uint64_t rtype,
				       struct vole_key_source *source,
				       struct vole_key_hash *ret,
				       struct vole_error *err);

#endif
