/**
 * The stacks of all goroutines, equal ones once. A hundred thousand
 * goroutines have a dozen different stacks, so frames are compared as they
 * are unwound and only the different ones are looked up.
 */
#ifndef VOLE_RUNTIME_STACK_MERGE_H
#define VOLE_RUNTIME_STACK_MERGE_H

#include "runtime/stack.h"

struct vole_merged {
	uint64_t addr; /* of a g that has this stack */
	uint64_t *ids; /* goids, ascending */
	size_t num_ids;
};

struct vole_merge {
	struct vole_merged *items; /* the most frequent first */
	size_t len;
	uint64_t num_goroutines; /* living ones */
	uint64_t num_all; /* of allgs */
	uint64_t unreadable; /* of those */
};

/** Polled at goroutine @p done of @p all; true ends the work early. */
typedef bool vole_stacks_stop(void *arg, uint64_t done, uint64_t all);

/** Memory comes from @p arena. */
VOLE_CHECKED bool vole_stacks_merge(const struct vole_runtime *rt,
				    struct vole_arena *arena,
				    vole_stacks_stop *stopped, void *arg,
				    struct vole_merge *ret,
				    struct vole_error *err);

#endif
