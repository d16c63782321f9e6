/**
 * The collector's own account: phase, cycles, goal. src/runtime/mgc.go,
 * mgcpacer.go, mstats.go.
 */
#ifndef VOLE_RUNTIME_GC_H
#define VOLE_RUNTIME_GC_H

#include "runtime/runtime.h"

struct vole_gc {
	uint32_t phase; /* see vole_gc_phase() */
	uint32_t cycles; /* completed since the start */
	uint32_t forced; /* of them, by runtime.GC */
	uint64_t last_unix, last_nanotime; /* ns, end of the last; 0 none yet */
	uint64_t last_pause, total_pause; /* ns, world stopped */
	int32_t percent; /* GOGC; negative: off */
	uint64_t memory_limit; /* bytes; 0: none */
	uint64_t goal; /* heap bytes that GOGC aims at */
	uint64_t live; /* heap bytes, as far as spans were accounted */
	uint64_t marked; /* heap bytes that survived the last cycle */
};

/** VOLE_NOT_FOUND (no such variable), VOLE_UNREADABLE, VOLE_CORRUPT. */
VOLE_CHECKED bool vole_gc_read(const struct vole_runtime *rt,
			       struct vole_gc *ret, struct vole_error *err);
/** "off", "mark", "mark termination". */
const char *vole_gc_phase(const struct vole_gc *gc);

#endif
