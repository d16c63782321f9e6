#include "heap/totals.h"

#include "command/command.h"
#include "heap/roots.h"

static bool measure(struct vole_context *ctx, struct vole_heap *heap,
		    struct vole_heap_totals *ret, struct vole_error *err)
{
	struct vole_mark *mark;
	bool ok;

	if (!vole_mark_open(heap, ctx->sink->ui, &mark, err))
		return false;
	vole_mark_watch(mark, vole_sink_on_progress, ctx->sink);
	ok = vole_mark_from_roots(mark, VOLE_ROOTS_GO, err) &&
	     vole_heap_count(heap, mark, ctx->sink->ui, ret, err);
	vole_mark_close(mark);
	return ok;
}

static void put_number(struct vole_sink *sink, const char *key, uint64_t number)
{
	vole_sink_number(sink, key, (int64_t)number);
}

static void put_totals(struct vole_sink *sink, const struct vole_heap *heap,
		       const struct vole_heap_totals *t)
{
	put_number(sink, "live_bytes", t->live);
	put_number(sink, "garbage_bytes", t->garbage);
	put_number(sink, "free_bytes", t->free);
	put_number(sink, "waste_bytes", t->waste);
	put_number(sink, "stack_bytes", t->stacks);
	put_number(sink, "runtime_bytes", t->manual);
	put_number(sink, "unused_bytes", t->unused);
	put_number(sink, "total_bytes", t->arenas);
	put_number(sink, "live_objects", t->live_objects);
	put_number(sink, "garbage_objects", t->garbage_objects);
	put_number(sink, "free_slots", t->free_slots);
	put_number(sink, "spans", heap->num_spans);
	put_number(sink, "arenas", heap->num_arenas);
	vole_sink_text(sink, "gc", VOLE_STYLE_PLAIN,
		       heap->gc_phase ? "marking" : "off");
}

/* Objects that only a queue without a name keeps. */
static void warn_of_queues(struct vole_context *ctx)
{
	struct vole_error unused;
	uint64_t addr;

	if (!vole_runtime_var(ctx->rt, "runtime.allfin", &addr, &unused))
		vole_sink_warn(ctx->sink,
			       "without symbols, what waits for its finalizer "
			       "counts as garbage");
}

static void put_memstats(struct vole_context *ctx)
{
	struct vole_sink *sink = ctx->sink;
	struct vole_memstats stats;
	struct vole_error err;

	if (!vole_memstats_read(ctx->rt, &stats, &err)) {
		vole_sink_warn(sink, "no memstats: %s", err.text);
		return;
	}
	vole_sink_object(sink, "memstats");
	put_number(sink, "heap_in_use", stats.heap_in_use);
	if (ctx->rt->layout.place[VOLE_GC_CONTROLLER_HEAP_FREE].known)
		put_number(sink, "heap_free", stats.heap_free);
	put_number(sink, "heap_released", stats.heap_released);
	put_number(sink, "heap_live", stats.heap_live);
	put_number(sink, "heap_marked", stats.heap_marked);
	put_number(sink, "metadata", stats.metadata);
	put_number(sink, "num_gc", stats.num_gc);
	vole_sink_end(sink);
}

/* What was found wrong while the index was made. */
static void put_problems(struct vole_context *ctx, const struct vole_heap *heap)
{
	int i;

	vole_sink_items(ctx->sink, "problems");
	for (i = 0; i < VOLE_NUM_HEAP_DAMAGES; i++) {
		const struct vole_heap_problem *p = &heap->problems[i];

		if (!p->num)
			continue;
		vole_sink_row(ctx->sink);
		vole_sink_printf(ctx->sink, "message", VOLE_STYLE_BAD,
				 "%" PRIu64 " %s, the first at 0x%" PRIx64,
				 p->num, vole_heap_damage_text(i), p->first);
		vole_sink_address_json(ctx->sink, "address", p->first);
		vole_sink_number_json(ctx->sink, "count", (int64_t)p->num);
		vole_sink_end(ctx->sink);
	}
	vole_sink_end(ctx->sink);
}

static bool run(struct vole_context *ctx, struct vole_error *err)
{
	struct vole_heap_totals totals;
	struct vole_heap *heap;

	if (!vole_heap_get(ctx->rt, ctx->sink->ui, &heap, err) ||
	    !measure(ctx, heap, &totals, err))
		return false;
	put_totals(ctx->sink, heap, &totals);
	if (!vole_roots_are_whole(heap))
		vole_sink_warn(ctx->sink, VOLE_ROOTS_MISSING
			       ": what only they lead to counts as garbage");
	warn_of_queues(ctx);
	put_memstats(ctx);
	put_problems(ctx, heap);
	return true;
}

const struct vole_command vole_cmd_heap = {
	.name = "heap",
	.args = "",
	.summary = "Show what the heap's memory is used for.",
	.detail = "Live is what can be reached from package variables, "
		  "finalizers, the stacks in use\nand registers, where any "
		  "word that could be a pointer counts; garbage is what was\n"
		  "allocated and cannot. Free are slots for objects, waste is "
		  "behind the last slot of\na span, stack what goroutines "
		  "have, runtime its own use and free stacks, unused the\n"
		  "pages of no span. The seven add up to the total, all bytes "
		  "of the arenas. Memory\nof C is not among them. memstats "
		  "holds what the runtime itself has counted.",
	.example = "heap",
	.json = "`live_bytes`, `garbage_bytes`, `free_bytes`, `waste_bytes`, "
		"`stack_bytes`, `runtime_bytes`, `unused_bytes` and their sum "
		"`total_bytes`; `live_objects`, `garbage_objects`, "
		"`free_slots`, `spans`, `arenas`; `gc` (`off`, `marking`); "
		"`memstats`: `heap_in_use`, `heap_free` (Go 1.19), "
		"`heap_released`, `heap_live`, `heap_marked`, `metadata`, "
		"`num_gc`; `problems`: objects of `message`, `address`, "
		"`count`.",
	.run = run,
};
