/**
 * What a frame has besides its variables: composite literals and arrays that
 * did not escape lie there without a name, and pointers lead to them.
 */
#ifndef VOLE_VALUE_STACK_WAY_H
#define VOLE_VALUE_STACK_WAY_H

#include "value/local.h"
#include "value/route.h"

/** A word at @p addr of the stack [lo, hi). */
struct vole_stack_range {
	uint64_t lo, hi, addr;
};

/**
 * The way from @p local by pointers into the stack to the part that begins
 * with the word there; its text is to be freed in any case. False: a few
 * pointers lead not there.
 */
bool vole_stack_way(const struct vole_runtime *rt,
		    const struct vole_local *local,
		    const struct vole_stack_range *range,
		    struct vole_route *ret);

#endif
