/**
 * Profiler labels of a goroutine: runtime/pprof.Do. A map up to Go 1.23, a
 * list since.
 */
#ifndef VOLE_RUNTIME_LABELS_H
#define VOLE_RUNTIME_LABELS_H

#include "runtime/goroutine.h"

enum { VOLE_MAX_LABELS = 16, VOLE_LABEL_ROOM = 64 };

struct vole_label {
	char key[VOLE_LABEL_ROOM]; /* cut where they are longer */
	char value[VOLE_LABEL_ROOM];
};

struct vole_labels {
	struct vole_label items[VOLE_MAX_LABELS];
	size_t len;
	bool more; /* than are here */
};

/** Sorted by key. false: it has none, or they cannot be read. */
bool vole_labels_read(const struct vole_runtime *rt,
		      const struct vole_goroutine *g, struct vole_labels *ret);

#endif
