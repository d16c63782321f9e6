/**
 * Who waits in which sync.Cond: runtime.notifyList, src/runtime/sema.go.
 * Before Go 1.26 nothing leads to one but a word on the stacks of those that
 * wait in it; so addresses are tried, and believed when all of a list is sound.
 */
#ifndef VOLE_RUNTIME_NOTIFY_LIST_H
#define VOLE_RUNTIME_NOTIFY_LIST_H

#include "base/hash.h"
#include "runtime/runtime.h"

/** Begins zeroed. */
struct vole_notify_lists {
	struct vole_hash of_g; /* address of a g to that of a list */
	struct vole_hash tried; /* address to 1: a list, 0: none */
	uint64_t num_steps; /* along all of them */
};

/** Note who is in the list at @p addr, when it is one; false: no memory. */
VOLE_CHECKED bool vole_notify_lists_try(struct vole_notify_lists *lists,
					const struct vole_runtime *rt,
					uint64_t addr);
/** The list that @p g waits in, through @p ret; false: not known. */
bool vole_notify_lists_get(const struct vole_notify_lists *lists, uint64_t g,
			   uint64_t *ret);
void vole_notify_lists_free(struct vole_notify_lists *lists);

#endif
