/**
 * Slice and string headers, and whether they are sound by themselves.
 */
#ifndef VOLE_RUNTIME_SLICE_H
#define VOLE_RUNTIME_SLICE_H

#include "runtime/runtime.h"

struct vole_slice {
	uint64_t data;
	uint64_t len;
	uint64_t cap; /* strings: len */
	uint64_t elem_size; /* strings: 1 */
	struct vole_type *elem; /* loaded; NULL for strings */
};

/** Split the words of a SLICE or STRING @p type; never judges them. */
VOLE_CHECKED bool vole_slice_open(const struct vole_runtime *rt,
				  const struct vole_type *type,
				  const uint64_t *words, struct vole_slice *ret,
				  struct vole_error *err);
/**
 * Is the header possible: 0 <= len <= cap, data not nil unless cap is 0, and
 * data + cap * elem_size no wrap? VOLE_CORRUPT with what is wrong. Does not
 * read the elements.
 */
VOLE_CHECKED bool vole_slice_check(const struct vole_slice *slice,
				   struct vole_error *err);

#endif
