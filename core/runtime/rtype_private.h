/**
 * What the files that decode type descriptors share.
 */
#ifndef VOLE_RUNTIME_RTYPE_PRIVATE_H
#define VOLE_RUNTIME_RTYPE_PRIVATE_H

#include "runtime/rtype.h"

/* sizeof(abi.Type), where what a kind adds begins: the same in all releases. */
enum { RTYPE_TAIL = 48 };

struct rtype_name {
	const char *text;
	bool embedded; /* 1.19 */
	uint64_t tag; /* address of the tag's length; 0 none */
};

struct rtype_field {
	const char *name;
	uint64_t type; /* descriptor */
	uint64_t offset;
	bool embedded;
	const char *tag; /* " \"quoted\"", or "" */
};

/** The name whose flags are at @p addr, in @p arena. */
VOLE_CHECKED bool rtype_read_name(const struct vole_runtime *rt, uint64_t addr,
				  struct vole_arena *arena,
				  struct rtype_name *ret,
				  struct vole_error *err);
/** A struct field's tag as Go's type names have it: blank, then quoted. */
VOLE_CHECKED bool rtype_read_tag(const struct vole_runtime *rt,
				 const struct rtype_name *name,
				 struct vole_arena *arena, const char **ret,
				 struct vole_error *err);
/** A nameOff or typeOff of the descriptor at @p from. */
VOLE_CHECKED bool rtype_resolve(const struct vole_runtime *rt, uint64_t from,
				int32_t offset, uint64_t *ret,
				struct vole_error *err);
/** "pkg.Name[args]": its name as the runtime has it, in @p arena. */
VOLE_CHECKED bool rtype_short_name(const struct vole_runtime *rt,
				   const struct vole_rtype *type,
				   struct vole_arena *arena, const char **ret,
				   struct vole_error *err);
/** Size of a descriptor of that kind without its uncommon part. */
uint64_t rtype_tail_size(const struct vole_runtime *rt, enum vole_kind kind);
VOLE_CHECKED bool rtype_num_fields(const struct vole_runtime *rt, uint64_t addr,
				   uint64_t *ret, struct vole_error *err);
VOLE_CHECKED bool rtype_field_at(const struct vole_runtime *rt, uint64_t addr,
				 uint64_t index, struct vole_arena *arena,
				 struct rtype_field *ret,
				 struct vole_error *err);

#endif
