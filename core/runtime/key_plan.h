/**
 * How a type's values are hashed, as steps. Two recipes exist that differ for
 * structs: the compiler's own function for a map's key type, and the
 * runtime's typehash for what interfaces hold and for maps that reflection
 * made.
 */
#ifndef VOLE_RUNTIME_KEY_PLAN_H
#define VOLE_RUNTIME_KEY_PLAN_H

#include "runtime/runtime.h"

enum vole_key_op {
	VOLE_KEY_BYTES, /* memhash of len bytes */
	VOLE_KEY_WORD32, /* memhash32 */
	VOLE_KEY_WORD64, /* memhash64 */
	VOLE_KEY_FLOAT, /* of len bytes */
	VOLE_KEY_STRING,
	VOLE_KEY_EFACE,
	VOLE_KEY_IFACE,
	VOLE_KEY_ARRAY, /* len elements of stride bytes: steps of each */
};

struct vole_key_step {
	enum vole_key_op op;
	uint64_t offset; /* in the key, or in the array's element */
	uint64_t len;
	uint64_t stride;
	const struct vole_key_step *each;
	const struct vole_key_step *next;
};

struct vole_key_plan {
	const struct vole_key_step *first; /* NULL: the hash is the seed */
	bool direct; /* interfaces hold the value itself */
};

enum vole_key_recipe { VOLE_KEY_COMPILED, VOLE_KEY_TYPEHASH };

/**
 * Plan for the type at @p rtype, in @p arena. VOLE_UNSUPPORTED: values of it
 * have no hash; VOLE_UNREADABLE, VOLE_CORRUPT.
 */
VOLE_CHECKED bool vole_key_plan(const struct vole_runtime *rt, uint64_t rtype,
				enum vole_key_recipe recipe,
				struct vole_arena *arena,
				const struct vole_key_plan **ret,
				struct vole_error *err);

#endif
