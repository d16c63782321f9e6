/**
 * sync.Pool: what each P keeps for itself and for others, and what the last
 * collection left as victims. src/sync/pool.go, poolqueue.go.
 */
#ifndef VOLE_RUNTIME_POOL_H
#define VOLE_RUNTIME_POOL_H

#include "runtime/runtime.h"

struct vole_pool {
	const struct vole_runtime *rt;
	uint64_t addr;
	uint64_t local, num_local; /* an array of sync.poolLocal, one for a P */
	uint64_t victim, num_victim; /* the same, of before the collection */
};

struct vole_pool_item {
	uint64_t p; /* number of the P */
	bool victim;
	bool shared; /* others may take it; else only that P */
	uint64_t addr; /* of the interface that holds it: two words */
};

struct vole_pool_visitor {
	/** False ends the visit. */
	bool (*item)(struct vole_pool_visitor *visitor,
		     const struct vole_pool_item *item);
	/** A part that cannot be read, or makes no sense. */
	void (*broken)(struct vole_pool_visitor *visitor,
		       const struct vole_error *err);
};

/** VOLE_NO_DEBUG_INFO, VOLE_UNREADABLE, VOLE_CORRUPT (absurd counts). */
VOLE_CHECKED bool vole_pool_open(const struct vole_runtime *rt, uint64_t addr,
				 struct vole_pool *ret, struct vole_error *err);
/**
 * All items, P by P: its private one, then those that it shares, in the order
 * in which it would take them itself.
 */
void vole_pool_visit(const struct vole_pool *pool,
		     struct vole_pool_visitor *visitor);

#endif
