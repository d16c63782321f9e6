/**
 * A fake program with a heap of typed spans that is kept, as a session does,
 * for those who ask what an address is.
 */
#ifndef VOLE_TESTS_FAKE_KEPT_H
#define VOLE_TESTS_FAKE_KEPT_H

#include "fake_heap.h"
#include "runtime/m.h"

struct fake_kept {
	struct fake_go go;
	struct vole_kept heap;
};

static void fake_kept_open(struct fake_kept *k)
{
	fake_heap_open(&k->go);
	fake_heap_typed(&k->go);
	k->heap = (struct vole_kept){ 0 };
	k->go.rt.heap = &k->heap;
	k->go.rt.ms = vole_m_cache_new();
	if (!k->go.rt.ms)
		abort();
}

static void fake_kept_close(struct fake_kept *k)
{
	if (k->heap.item)
		k->heap.drop(k->heap.item);
	vole_m_cache_free(k->go.rt.ms);
	fake_go_close(&k->go);
}

#endif
