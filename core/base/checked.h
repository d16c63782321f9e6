/**
 * Arithmetic on target numbers that fails instead of wrapping. All return
 * false on overflow and leave the result alone.
 */
#ifndef VOLE_BASE_CHECKED_H
#define VOLE_BASE_CHECKED_H

#include <stdbool.h>
#include <stdint.h>

/** base + index * stride: the address of an element. */
static inline bool vole_at(uint64_t base, uint64_t index, uint64_t stride,
			   uint64_t *ret)
{
	uint64_t off, addr;

	if (__builtin_mul_overflow(index, stride, &off) ||
	    __builtin_add_overflow(base, off, &addr))
		return false;
	*ret = addr;
	return true;
}

/** Does [addr, addr + len) end without wrapping past 2^64? */
static inline bool vole_range_ok(uint64_t addr, uint64_t len)
{
	return len <= UINT64_MAX - addr;
}

#endif
