#include "heap/refs.h"

#include "heap/build.h"

enum {
	POLL = 256, /* spans between two looks at the user */
	CHUNK = VOLE_PAGE_SIZE, /* bytes read at a time when they are a copy */
};

struct search {
	struct vole_root_visitor roots; /* first: cast back */
	struct vole_heap *heap;
	const struct vole_ref_search *for_what;
	struct vole_ref_visitor *v;
	bool ended; /* by the visitor */
	uint64_t chunk_at; /* what `chunk` is a copy of */
	size_t chunk_len; /* 0: of nothing yet */
	uint8_t chunk[CHUNK];
};

static bool leads_there(const struct search *s, uint64_t value)
{
	return value - s->for_what->addr < s->for_what->len;
}

/* --- roots ----------------------------------------------------------------- */

struct vole_ref vole_root_ref(const struct vole_root *root, unsigned index)
{
	uint64_t addr = root->words.addr;

	return (struct vole_ref){
		.addr = addr ? addr + index * 8 : 0,
		.value = vole_words_at(&root->words, index),
		.exact = root->exact,
		.slot = addr ? 0 : index,
		.kind = root->kind,
		.owner = root->owner,
		.g = root->g,
	};
}

static bool visit_root(struct vole_root_visitor *v,
		       const struct vole_root *root)
{
	struct search *s = (struct search *)v;
	uint64_t mask = root->words.mask;
	struct vole_ref ref;

	for (; mask; mask &= mask - 1) {
		unsigned i = (unsigned)__builtin_ctzll(mask);

		if (!leads_there(s, vole_words_at(&root->words, i)))
			continue;
		ref = vole_root_ref(root, i);
		/* Contents of an object with a finalizer come with the heap. */
		if (root->kind == VOLE_ROOT_SPECIAL &&
		    vole_heap_span_at(s->heap, ref.addr))
			continue;
		if (!s->v->visit(s->v, &ref)) {
			s->ended = true;
			return false;
		}
	}
	return true;
}

/* --- objects --------------------------------------------------------------- */

/* Its pointers that lead there, all of them. */
static bool visit_object(struct search *s, const struct vole_span *span,
			 uint32_t slot)
{
	struct vole_ref ref = { .in_object = true, .span = span, .slot = slot };
	struct vole_pointers walk;
	struct vole_words words;

	vole_pointers_begin(&walk, s->heap, span, slot);
	while (vole_pointers_next(&walk, &words)) {
		for (; words.mask; words.mask &= words.mask - 1) {
			unsigned i = (unsigned)__builtin_ctzll(words.mask);

			ref.value = vole_words_at(&words, i);
			if (!leads_there(s, ref.value))
				continue;
			ref.addr = words.addr + i * 8;
			ref.exact = walk.exact;
			if (!s->v->visit(s->v, &ref)) {
				s->ended = true;
				return false;
			}
		}
	}
	return true;
}

/* The first offset from @p off on whose word leads there, or @p end. */
static uint64_t first_in(const struct search *s, const uint8_t *bytes,
			 uint64_t off, uint64_t end)
{
	uint64_t addr = s->for_what->addr, len = s->for_what->len, word;

	for (; off < end; off += 8) {
		memcpy(&word, bytes + off, sizeof(word));
		if (word - addr < len)
			return off;
	}
	return end;
}

/* Memory that is not ours: page by page, unreadable ones are passed over. */
static uint64_t first_copied(struct search *s, const struct vole_span *span,
			     uint64_t off, uint64_t end)
{
	while (off < end) {
		uint64_t page = off & ~(uint64_t)(CHUNK - 1), found;
		size_t len = end - page < CHUNK ? (size_t)(end - page) : CHUNK;

		if (!s->chunk_len || s->chunk_at != span->base + page ||
		    s->chunk_len < len) {
			s->chunk_at = span->base + page;
			s->chunk_len = vole_memory_read(
				s->heap->rt->mem, s->chunk_at, s->chunk, len);
		}
		len = s->chunk_len & ~(size_t)7;
		found = first_in(s, s->chunk, off - page, len);
		if (found < len)
			return page + found;
		off = page + CHUNK;
	}
	return end;
}

/*
 * Any word is looked at first, whether it is a pointer when its value leads
 * there: few do.
 */
static bool visit_span(struct search *s, const struct vole_span *span)
{
	const struct vole_mark *reached = s->for_what->reached;
	uint64_t size = vole_span_object_size(s->heap, span);
	uint64_t end = size * span->count, off = 0;

	while (off < end) {
		uint32_t slot;

		off = span->bytes ? first_in(s, span->bytes, off, end) :
				    first_copied(s, span, off, end);
		if (off >= end)
			break;
		slot = vole_span_slot(s->heap, span, off);
		if (vole_bit(s->heap->allocated, span->first + slot) &&
		    (!reached ||
		     vole_mark_has_number(reached, span->first + slot)) &&
		    !visit_object(s, span, slot))
			return false;
		off = (slot + 1) * size;
	}
	return true;
}

static bool visit_heap(struct search *s, struct vole_error *err)
{
	const struct vole_ref_search *what = s->for_what;
	size_t i;

	for (i = 0; i < s->heap->num_spans; i++) {
		const struct vole_span *span = &s->heap->spans[i];

		if (i % POLL == 0) {
			if (!vole_heap_go_on(what->ui, err))
				return false;
			if (what->progress)
				what->progress(what->arg, i,
					       s->heap->num_spans);
		}
		if (span->kind == VOLE_SPAN_MANUAL ||
		    span->kind == VOLE_SPAN_NOSCAN)
			continue;
		if (!visit_span(s, span))
			return false;
	}
	return true;
}

bool vole_refs_visit(struct vole_heap *heap,
		     const struct vole_ref_search *search,
		     struct vole_ref_visitor *v, struct vole_error *err)
{
	struct search s = { .roots = { visit_root },
			    .heap = heap,
			    .for_what = search,
			    .v = v };

	if (!vole_roots_visit(heap, search->roots, search->ui, &s.roots, err))
		return false;
	return s.ended || visit_heap(&s, err) || s.ended;
}
