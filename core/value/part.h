/**
 * Which part of a value an offset is in: "[3].lock".
 */
#ifndef VOLE_VALUE_PART_H
#define VOLE_VALUE_PART_H

#include "base/strbuf.h"
#include "runtime/runtime.h"

/**
 * Go one step into a struct or array: @p type and @p offset become those of
 * the field or element that @p offset is in, and ".field" or "[index]" is
 * added to @p text. False: there is none, or @p type is no such type.
 */
bool vole_part_step(const struct vole_runtime *rt, struct vole_type **type,
		    uint64_t *offset, struct vole_strbuf *text);
/** Go on until @p type is neither a struct nor an array. */
bool vole_part_leaf(const struct vole_runtime *rt, struct vole_type **type,
		    uint64_t *offset, struct vole_strbuf *text);
/** The same; @p in becomes the innermost struct that was gone into, if any. */
bool vole_part_leaf_in(const struct vole_runtime *rt, struct vole_type **type,
		       uint64_t *offset, struct vole_strbuf *text,
		       const struct vole_type **in);

#endif
