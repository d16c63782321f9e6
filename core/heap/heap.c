#include "heap/heap.h"

#include "heap/bitmap.h"
#include "heap/build.h"

#include <stdlib.h>

/* Of ours: some 150 KiB for each 64 MiB arena at most. */
static const size_t INDEX_CAP = (size_t)4 << 30;

void vole_heap_damaged(struct vole_heap *heap, enum vole_heap_damage damage,
		       uint64_t addr)
{
	if (!heap->problems[damage].num++)
		heap->problems[damage].first = addr;
}

bool vole_heap_is_whole(const struct vole_heap *heap)
{
	unsigned i;

	for (i = 0; i < VOLE_NUM_HEAP_DAMAGES; i++)
		if (heap->problems[i].num)
			return false;
	return true;
}

const char *vole_heap_damage_text(enum vole_heap_damage damage)
{
	static const char *const texts[VOLE_NUM_HEAP_DAMAGES] = {
		[VOLE_HEAP_BAD_ARENA] = "arenas whose record makes no sense or "
					"cannot be read",
		[VOLE_HEAP_BAD_SPAN] = "spans whose mspan makes no sense or "
				       "cannot be read",
		[VOLE_HEAP_OVERLAP] = "spans that overlap others",
		[VOLE_HEAP_BAD_BITS] = "spans whose bits of allocated objects "
				       "cannot be read",
		[VOLE_HEAP_BAD_COUNT] = "spans with another number of "
					"allocated objects than they count",
	};

	return texts[damage];
}

bool vole_heap_go_on(struct vole_ui *ui, struct vole_error *err)
{
	if (ui && ui->interrupted && ui->interrupted(ui))
		return vole_fail(err, VOLE_INTERRUPTED, VOLE_NOWHERE,
				 "interrupted");
	return true;
}

/* What is not known is left out: a check less. */
static void read_classes(struct vole_heap_build *b)
{
	const struct vole_runtime *rt = b->heap->rt;
	struct vole_error unused;
	uint64_t addr;

	if (vole_runtime_var(rt, "internal/runtime/gc.SizeClassToSize", &addr,
			     &unused) ||
	    vole_runtime_var(rt, "runtime.class_to_size", &addr, &unused))
		vole_memory_read(rt->mem, addr, b->class_size,
				 VOLE_NUM_SIZE_CLASSES * 2);
}

static bool known(const struct vole_runtime *rt, struct vole_error *err)
{
	const struct vole_layout *layout = &rt->layout;

	if (layout->has[VOLE_STRUCT_MHEAP] &&
	    layout->has[VOLE_STRUCT_HEAP_ARENA] &&
	    layout->has[VOLE_STRUCT_MSPAN] &&
	    layout->has_const[VOLE_CONST_ARENA_BASE])
		return true;
	return vole_fail(err, VOLE_NO_DEBUG_INFO, VOLE_NOWHERE,
			 "the heap needs debug information, which the program "
			 "does not have");
}

static bool build(struct vole_heap_build *b, struct vole_error *err)
{
	struct vole_heap *heap = b->heap;
	const struct vole_runtime *rt = heap->rt;
	uint64_t mheap, phase, value = 0;
	struct vole_error unused;
	bool ok;

	if (!known(rt, err) ||
	    !vole_runtime_var(rt, "runtime.mheap_", &mheap, err))
		return false;
	if (vole_runtime_var(rt, "runtime.gcphase", &phase, &unused) &&
	    vole_memory_uint(rt->mem, phase, 4, &value, &unused))
		heap->gc_phase = (uint32_t)value;
	heap->bitmap = vole_bitmap_generation(&rt->layout);
	read_classes(b);
	ok = vole_heap_find_arenas(b, mheap, err) &&
	     vole_heap_find_spans(b, err);
	heap->arenas = b->arenas.items;
	heap->spans = b->spans.items;
	heap->num_spans = b->spans.len;
	heap->mspans = b->mspans.items;
	heap->specials = b->specials.items;
	heap->num_specials = b->specials.len;
	heap->allocated = b->allocated.items;
	heap->num_objects = b->allocated.len * 64;
	return ok;
}

bool vole_heap_open(const struct vole_runtime *rt, struct vole_ui *ui,
		    struct vole_heap **ret, struct vole_error *err)
{
	struct vole_heap_build *b = calloc(1, sizeof(*b));
	struct vole_heap *heap = calloc(1, sizeof(*heap));
	bool ok;

	if (!b || !heap) {
		free(b);
		free(heap);
		return vole_fail_nomem(err);
	}
	heap->rt = rt;
	vole_arena_init(&heap->memory, INDEX_CAP);
	b->heap = heap;
	b->ui = ui;
	ok = build(b, err);
	free(b);
	if (!ok) {
		vole_heap_close(heap);
		return false;
	}
	*ret = heap;
	return true;
}

void vole_heap_close(struct vole_heap *heap)
{
	if (!heap)
		return;
	free(heap->arenas);
	free(heap->spans);
	free(heap->mspans);
	free(heap->specials);
	free(heap->allocated);
	vole_hash_free(&heap->masks);
	vole_arena_clear(&heap->memory);
	free(heap);
}

static void drop(void *item)
{
	vole_heap_close(item);
}

bool vole_heap_get(const struct vole_runtime *rt, struct vole_ui *ui,
		   struct vole_heap **ret, struct vole_error *err)
{
	struct vole_kept *kept = rt->heap;

	if (!kept->item) {
		struct vole_heap *heap;

		if (!vole_heap_open(rt, ui, &heap, err))
			return false;
		kept->item = heap;
		kept->drop = drop;
	}
	*ret = kept->item;
	return true;
}
