/**
 * Panics of a goroutine that are going on: runtime._panic, newest first.
 * src/runtime/panic.go.
 */
#ifndef VOLE_RUNTIME_PANIC_H
#define VOLE_RUNTIME_PANIC_H

#include "runtime/goroutine.h"

enum { VOLE_MAX_PANICS = 64 };

struct vole_panic {
	uint64_t addr; /* of the _panic */
	/*
	 * Address of the value as an interface{}. When nothing recovered it,
	 * the runtime has put an error's or Stringer's text in its place.
	 */
	uint64_t arg;
	bool recovered; /* its goroutine goes on as soon as defers have run */
	bool aborted; /* by a newer one; to Go 1.21 */
	bool goexit; /* no panic: runtime.Goexit runs the deferred calls */
};

struct vole_panics {
	struct vole_panic items[VOLE_MAX_PANICS];
	size_t len;
	const char *problem; /* why there may be more, or NULL */
};

void vole_panics_read(const struct vole_runtime *rt,
		      const struct vole_goroutine *g, struct vole_panics *ret);

#endif
