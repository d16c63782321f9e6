/*
 * Roots that the runtime keeps outside the heap for objects in it.
 * src/runtime/mgcmark.go: markrootSpans; mfinal.go; mcleanup.go.
 */
#include "base/checked.h"
#include "heap/build.h"
#include "heap/roots.h"
#include "heap/span.h"

/* Far more than a span, and a program, ever has. */
static const unsigned MAX_SPECIALS = 1 << 20;
static const unsigned MAX_BLOCKS = 1 << 16;

/* A field of a special, when this release has it. */
static bool visit_field(struct vole_root_walk *w, struct vole_root *root,
			uint64_t special, enum vole_field_id field)
{
	const struct vole_place *place = &w->heap->rt->layout.place[field];
	uint64_t at;

	return !place->known || !vole_at(special, 1, place->offset, &at) ||
	       vole_root_word(w, root, at);
}

/* What an object with a finalizer points to; itself it may go. */
static bool visit_contents(struct vole_root_walk *w, struct vole_root *root,
			   const struct vole_span *span, uint32_t slot)
{
	struct vole_pointers walk;

	vole_pointers_begin(&walk, w->heap, span, slot);
	while (vole_pointers_next(&walk, &root->words)) {
		root->exact = walk.exact;
		if (!w->v->visit(w->v, root)) {
			w->ended = true;
			return false;
		}
	}
	return true;
}

static bool is_kind(const struct vole_layout *layout,
		    enum vole_const_id constant, uint64_t kind)
{
	return layout->has_const[constant] &&
	       (uint64_t)layout->value[constant] == kind;
}

static bool visit_special(struct vole_root_walk *w,
			  const struct vole_span *span, uint64_t special,
			  uint64_t offset, uint64_t kind)
{
	const struct vole_layout *layout = &w->heap->rt->layout;
	struct vole_root root = { .kind = VOLE_ROOT_SPECIAL };
	uint32_t slot = vole_span_slot(w->heap, span, offset);

	root.owner = span->base + offset;
	if (is_kind(layout, VOLE_CONST_KIND_SPECIAL_FINALIZER, kind))
		return visit_field(w, &root, special,
				   VOLE_SPECIAL_FINALIZER_FN) &&
		       (slot >= span->count ||
			visit_contents(w, &root, span, slot));
	if (is_kind(layout, VOLE_CONST_KIND_SPECIAL_WEAK, kind))
		return visit_field(w, &root, special, VOLE_SPECIAL_WEAK_HANDLE);
	if (is_kind(layout, VOLE_CONST_KIND_SPECIAL_CLEANUP, kind))
		return visit_field(w, &root, special,
				   VOLE_SPECIAL_CLEANUP_FN) &&
		       visit_field(w, &root, special,
				   VOLE_SPECIAL_CLEANUP_CALL) &&
		       visit_field(w, &root, special, VOLE_SPECIAL_CLEANUP_ARG);
	return true;
}

/*
 * Has a list come back to where it was at the last power of two? Then it goes
 * round.
 */
static bool goes_round(uint64_t item, unsigned num, uint64_t *earlier)
{
	if (num && item == *earlier)
		return true;
	if (!(num & (num - 1)))
		*earlier = item;
	return false;
}

/* The list is sorted by offset: one that goes back is damaged. */
static bool visit_span(struct vole_root_walk *w, const struct vole_span *span,
		       uint64_t special)
{
	uint64_t size = (uint64_t)span->num_pages << VOLE_PAGE_SHIFT;
	uint64_t last = 0, earlier = 0, offset, kind;
	struct vole_error unused;
	unsigned num;

	for (num = 0; special && num < MAX_SPECIALS; num++) {
		struct vole_view v =
			vole_runtime_view(w->heap->rt, special, &unused);

		offset = vole_get(&v, VOLE_SPECIAL_OFFSET);
		kind = vole_get(&v, VOLE_SPECIAL_KIND);
		if (!v.ok || offset < last || offset >= size ||
		    goes_round(special, num, &earlier))
			return true;
		if (!visit_special(w, span, special, offset, kind))
			return false;
		last = offset;
		special = vole_get(&v, VOLE_SPECIAL_NEXT);
		if (!(num & 1023) && !vole_heap_go_on(w->ui, w->err))
			return false;
	}
	return true;
}

bool vole_root_specials(struct vole_root_walk *w)
{
	struct vole_heap *heap = w->heap;
	size_t i;

	for (i = 0; i < heap->num_specials; i++) {
		const struct vole_span_special *s = &heap->specials[i];

		if (!visit_span(w, &heap->spans[s->span], s->first))
			return false;
	}
	return true;
}

/*
 * Blocks that hang together by @p link, each with a count and an array of
 * records of @p stride bytes; their pointers are at @p offsets.
 */
struct blocks {
	enum vole_field_id link, count, array;
	uint64_t stride;
	uint32_t offsets[3];
	unsigned num_offsets;
};

static bool visit_block(struct vole_root_walk *w, const struct blocks *blocks,
			uint64_t block, uint64_t count)
{
	struct vole_root root = { .kind = VOLE_ROOT_QUEUE };
	const struct vole_place *array =
		&w->heap->rt->layout.place[blocks->array];
	uint64_t i, at;
	unsigned k;

	if (blocks->stride && count > array->size / blocks->stride)
		count = array->size / blocks->stride;
	for (i = 0; i < count; i++)
		for (k = 0; k < blocks->num_offsets; k++)
			if (vole_at(block + array->offset + blocks->offsets[k],
				    i, blocks->stride, &at) &&
			    !vole_root_word(w, &root, at))
				return false;
	return true;
}

static bool visit_blocks(struct vole_root_walk *w, const struct blocks *blocks,
			 uint64_t block)
{
	struct vole_error unused;
	uint64_t earlier = 0;
	unsigned num;

	for (num = 0; block && num < MAX_BLOCKS; num++) {
		struct vole_view v =
			vole_runtime_view(w->heap->rt, block, &unused);
		uint64_t next = vole_get(&v, blocks->link);
		uint64_t count = vole_get(&v, blocks->count);

		if (!v.ok || goes_round(block, num, &earlier))
			return true;
		if (!vole_heap_go_on(w->ui, w->err) ||
		    !visit_block(w, blocks, block, count))
			return false;
		block = next;
	}
	return true;
}

/* The pointer at @p field of the variable @p name; 0: there is none. */
static uint64_t first_block(const struct vole_runtime *rt, const char *name,
			    uint32_t offset)
{
	struct vole_error unused;
	uint64_t addr, block;

	return vole_runtime_var(rt, name, &addr, &unused) &&
			       vole_memory_uint(rt->mem, addr + offset, 8,
						&block, &unused) ?
		       block :
		       0;
}

static bool visit_finalizers(struct vole_root_walk *w)
{
	const struct vole_layout *layout = &w->heap->rt->layout;
	struct blocks blocks = {
		.link = VOLE_FIN_BLOCK_ALL_LINK,
		.count = VOLE_FIN_BLOCK_CNT,
		.array = VOLE_FIN_BLOCK_FIN,
		.stride = layout->size[VOLE_STRUCT_FINALIZER],
		.offsets = { layout->place[VOLE_FINALIZER_FN].offset,
			     layout->place[VOLE_FINALIZER_ARG].offset },
		.num_offsets = 2,
	};

	return !layout->has[VOLE_STRUCT_FIN_BLOCK] ||
	       !layout->has[VOLE_STRUCT_FINALIZER] ||
	       visit_blocks(w, &blocks,
			    first_block(w->heap->rt, "runtime.allfin", 0));
}

/* 1.25: pointers to functions; 1.26: three words each. */
static bool visit_cleanups(struct vole_root_walk *w)
{
	const struct vole_layout *layout = &w->heap->rt->layout;
	bool structs = layout->has[VOLE_STRUCT_CLEANUP_FN];
	struct blocks blocks = {
		.link = VOLE_CLEANUP_BLOCK_ALL_LINK,
		.count = VOLE_CLEANUP_BLOCK_N,
		.array = VOLE_CLEANUP_BLOCK_CLEANUPS,
		.stride = structs ? layout->size[VOLE_STRUCT_CLEANUP_FN] : 8,
		.offsets = { 0, 8, 16 },
		.num_offsets = structs ? 3 : 1,
	};

	return !layout->has[VOLE_STRUCT_CLEANUP_QUEUE] ||
	       !layout->has[VOLE_STRUCT_CLEANUP_BLOCK] ||
	       visit_blocks(
		       w, &blocks,
		       first_block(
			       w->heap->rt, "runtime.gcCleanups",
			       layout->place[VOLE_CLEANUP_QUEUE_ALL].offset));
}

bool vole_root_queues(struct vole_root_walk *w)
{
	return visit_finalizers(w) && visit_cleanups(w);
}
