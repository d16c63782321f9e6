/**
 * Runtime type descriptors (abi.Type): from an address in an interface word
 * to a type. Debug information is asked first, by the offset from
 * moduledata.types; what it lacks (types made by reflection, stripped
 * programs) is decoded from the descriptor itself. src/internal/abi/type.go.
 */
#ifndef VOLE_RUNTIME_RTYPE_H
#define VOLE_RUNTIME_RTYPE_H

#include "runtime/runtime.h"

/** The head of a descriptor, checked. */
struct vole_rtype {
	uint64_t addr;
	uint64_t size;
	uint64_t ptr_bytes;
	uint32_t hash;
	uint8_t tflag;
	uint8_t align;
	enum vole_kind kind;
	bool direct; /* an interface holds the value itself */
	uint64_t gc_data;
};

/** Read and check a descriptor. VOLE_CORRUPT when it is none. */
VOLE_CHECKED bool vole_rtype_read(const struct vole_runtime *rt, uint64_t addr,
				  struct vole_rtype *ret,
				  struct vole_error *err);
/** The type, loaded. */
VOLE_CHECKED bool vole_rtype_type(const struct vole_runtime *rt, uint64_t addr,
				  struct vole_type **ret,
				  struct vole_error *err);
/** The descriptor of a type; VOLE_NOT_FOUND when the program has none. */
VOLE_CHECKED bool vole_rtype_of(const struct vole_runtime *rt,
				const struct vole_type *type, uint64_t *ret,
				struct vole_error *err);
/** The type's name in full ("encoding/json.Decoder"), in @p arena. */
VOLE_CHECKED bool vole_rtype_name(const struct vole_runtime *rt, uint64_t addr,
				  struct vole_arena *arena, const char **ret,
				  struct vole_error *err);
/** Set rt->descriptors and register it with rt->types. */
void vole_rtype_install(struct vole_runtime *rt);

#endif
