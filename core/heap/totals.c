#include "heap/totals.h"

#include "heap/build.h"

static uint64_t bytes_of(const struct vole_span *span)
{
	return (uint64_t)span->num_pages << VOLE_PAGE_SHIFT;
}

static void count_objects(const struct vole_heap *heap,
			  const struct vole_mark *mark,
			  const struct vole_span *span,
			  struct vole_heap_totals *t)
{
	uint64_t size = vole_span_object_size(heap, span);
	uint64_t live = 0, allocated = 0;
	uint32_t i;

	for (i = 0; i < span->count; i++) {
		allocated += vole_bit(heap->allocated, span->first + i);
		live += vole_mark_has_number(mark, span->first + i);
	}
	t->live_objects += live;
	t->live += live * size;
	t->garbage_objects += allocated - live;
	t->garbage += (allocated - live) * size;
	t->free_slots += span->count - allocated;
	t->free += (span->count - allocated) * size;
	t->waste += bytes_of(span) - span->count * size;
}

/* Stacks that lie in spans of the heap; those of C threads do not. */
static bool count_stacks(const struct vole_heap *heap, struct vole_ui *ui,
			 uint64_t *ret, struct vole_error *err)
{
	const struct vole_runtime *rt = heap->rt;
	struct vole_goroutines list;
	uint64_t i, addr;

	if (!vole_goroutines_find(rt, &list, err))
		return false;
	for (i = 0; i < list.len; i++) {
		struct vole_error unused;
		struct vole_goroutine g;
		uint32_t number;

		if (!(i & 1023) && !vole_heap_go_on(ui, err))
			return false;
		if (!vole_goroutines_get(rt, &list, i, &addr, &unused) ||
		    !vole_goroutine_read(rt, addr, &g, &unused))
			continue;
		number = vole_heap_span_at(heap, g.stack_lo);
		if (number && g.stack_hi > g.stack_lo &&
		    heap->spans[number - 1].kind == VOLE_SPAN_MANUAL)
			*ret += g.stack_hi - g.stack_lo;
	}
	return true;
}

bool vole_heap_count(const struct vole_heap *heap, const struct vole_mark *mark,
		     struct vole_ui *ui, struct vole_heap_totals *ret,
		     struct vole_error *err)
{
	struct vole_heap_totals t = { 0 };
	uint64_t manual = 0, spans = 0;
	size_t i;

	for (i = 0; i < heap->num_spans; i++) {
		const struct vole_span *span = &heap->spans[i];

		if (!(i & 1023) && !vole_heap_go_on(ui, err))
			return false;
		spans += bytes_of(span);
		if (span->kind == VOLE_SPAN_MANUAL)
			manual += bytes_of(span);
		else
			count_objects(heap, mark, span, &t);
	}
	if (!count_stacks(heap, ui, &t.stacks, err))
		return false;
	/* Damage can make them overlap. */
	if (t.stacks > manual)
		t.stacks = manual;
	t.manual = manual - t.stacks;
	t.arenas = (uint64_t)heap->num_arenas << VOLE_ARENA_SHIFT;
	t.unused = t.arenas - spans;
	*ret = t;
	return true;
}

static bool open_view(const struct vole_runtime *rt, const char *name,
		      struct vole_view *ret, struct vole_error *err)
{
	uint64_t addr;

	if (!vole_runtime_var(rt, name, &addr, err))
		return false;
	*ret = vole_runtime_view(rt, addr, err);
	return true;
}

bool vole_memstats_read(const struct vole_runtime *rt,
			struct vole_memstats *ret, struct vole_error *err)
{
	struct vole_view stats, gc;

	if (!open_view(rt, "runtime.memstats", &stats, err) ||
	    !open_view(rt, "runtime.gcController", &gc, err))
		return false;
	*ret = (struct vole_memstats){
		/* In one of the two, by release. */
		.heap_in_use = vole_get(&stats, VOLE_MSTATS_HEAP_IN_USE) +
			       vole_get(&gc, VOLE_GC_CONTROLLER_HEAP_IN_USE),
		.heap_free = vole_get(&gc, VOLE_GC_CONTROLLER_HEAP_FREE),
		.heap_released =
			vole_get(&stats, VOLE_MSTATS_HEAP_RELEASED) +
			vole_get(&gc, VOLE_GC_CONTROLLER_HEAP_RELEASED),
		.heap_live = vole_get(&gc, VOLE_GC_CONTROLLER_HEAP_LIVE),
		.heap_marked = vole_get(&gc, VOLE_GC_CONTROLLER_HEAP_MARKED),
		.num_gc = vole_get(&stats, VOLE_MSTATS_NUM_GC),
		.metadata = vole_get(&stats, VOLE_MSTATS_MSPAN_SYS) +
			    vole_get(&stats, VOLE_MSTATS_MCACHE_SYS) +
			    vole_get(&stats, VOLE_MSTATS_BUCKHASH_SYS) +
			    vole_get(&stats, VOLE_MSTATS_GC_MISC_SYS) +
			    vole_get(&stats, VOLE_MSTATS_STACKS_SYS) +
			    vole_get(&stats, VOLE_MSTATS_OTHER_SYS),
	};
	return stats.ok && gc.ok;
}
