/**
 * The capacity that append gives a slice that is full.
 * src/runtime/slice.go: growslice, nextslicecap; msize.go: roundupsize.
 */
#ifndef VOLE_RUNTIME_GROWSLICE_H
#define VOLE_RUNTIME_GROWSLICE_H

#include "runtime/runtime.h"

/**
 * The new capacity when a slice of capacity @p cap, whose elements have
 * @p elem_size bytes and pointers unless @p noscan, must hold @p len.
 * VOLE_NOT_FOUND: the size classes are not known. VOLE_CORRUPT: no slice can
 * be that large.
 */
VOLE_CHECKED bool vole_growslice(const struct vole_runtime *rt, uint64_t cap,
				 uint64_t len, uint64_t elem_size, bool noscan,
				 uint64_t *ret, struct vole_error *err);
/**
 * May the compiler have put a slice of @p len elements in a buffer of the
 * frame, where it grows in place and by other steps? growsliceBuf, in programs
 * from Go 1.26 on.
 */
bool vole_growslice_may_be_in_frame(const struct vole_runtime *rt, uint64_t len,
				    uint64_t elem_size);

#endif
