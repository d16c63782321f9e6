#include "heap/mark.h"

#include "heap/build.h"
#include "heap/live_stack.h"

#include <stdlib.h>

enum { POLL = 64 }; /* spans between two looks at the user */

/*
 * Spans are queued, not objects, and each is gone over in address order when
 * its turn comes: what was reached of it meanwhile is looked at together,
 * which memory, and a target that is read page by page, rewards.
 */
struct vole_mark {
	struct vole_heap *heap;
	struct vole_ui *ui;
	void (*progress)(void *arg, uint64_t done, uint64_t all);
	void *arg;
	/* A bit for each object: */
	uint64_t *marked, *barred;
	uint64_t *seen; /* marked, and its pointers followed */
	struct vole_mark_totals totals;
	uint64_t all; /* allocated objects */
	/* Spans with objects that are marked and not seen: a ring. */
	uint32_t *queue;
	size_t first, len;
	uint64_t *queued; /* a bit for each span */
	struct vole_live_stacks *stacks; /* when one was asked for */
};

bool vole_mark_open(struct vole_heap *heap, struct vole_ui *ui,
		    struct vole_mark **ret, struct vole_error *err)
{
	struct vole_mark *mark = calloc(1, sizeof(*mark));
	size_t words = heap->num_objects / 64 + 1, i;

	if (!mark)
		return vole_fail_nomem(err);
	mark->heap = heap;
	mark->ui = ui;
	mark->marked = calloc(words, sizeof(*mark->marked));
	mark->barred = calloc(words, sizeof(*mark->barred));
	mark->seen = calloc(words, sizeof(*mark->seen));
	mark->queue = calloc(heap->num_spans + 1, sizeof(*mark->queue));
	mark->queued = calloc(heap->num_spans / 64 + 1, sizeof(*mark->queued));
	if (!mark->marked || !mark->barred || !mark->seen || !mark->queue ||
	    !mark->queued) {
		vole_mark_close(mark);
		return vole_fail_nomem(err);
	}
	for (i = 0; i + 1 < words; i++)
		mark->all += (uint64_t)__builtin_popcountll(heap->allocated[i]);
	*ret = mark;
	return true;
}

void vole_mark_close(struct vole_mark *mark)
{
	if (!mark)
		return;
	free(mark->marked);
	free(mark->barred);
	free(mark->seen);
	free(mark->queue);
	free(mark->queued);
	vole_live_stacks_close(mark->stacks);
	free(mark);
}

void vole_mark_watch(struct vole_mark *mark,
		     void (*progress)(void *arg, uint64_t done, uint64_t all),
		     void *arg)
{
	mark->progress = progress;
	mark->arg = arg;
}

/* Number and span of the allocated object around @p addr. */
static bool number_of(const struct vole_heap *heap, uint64_t addr,
		      uint32_t *ret_span, uint64_t *ret)
{
	uint32_t number = vole_heap_span_at(heap, addr), slot;
	const struct vole_span *span;

	if (!number)
		return false;
	span = &heap->spans[number - 1];
	slot = vole_span_slot(heap, span, addr - span->base);
	if (slot >= span->count ||
	    !vole_bit(heap->allocated, span->first + slot))
		return false;
	*ret_span = number - 1;
	*ret = span->first + slot;
	return true;
}

static void queue_span(struct vole_mark *mark, uint32_t span)
{
	uint64_t bit = UINT64_C(1) << span % 64;
	size_t at;

	if (mark->queued[span / 64] & bit)
		return;
	mark->queued[span / 64] |= bit;
	at = mark->first + mark->len++;
	if (at >= mark->heap->num_spans)
		at -= mark->heap->num_spans;
	mark->queue[at] = span;
}

/* Is there a slot for objects, with none in it? */
static bool is_slot(const struct vole_heap *heap, uint64_t addr)
{
	uint32_t number = vole_heap_span_at(heap, addr);

	return number && heap->spans[number - 1].kind != VOLE_SPAN_MANUAL;
}

/* A word that is a pointer leads to @p addr. */
static void reach(struct vole_mark *mark, uint64_t addr)
{
	struct vole_heap *heap = mark->heap;
	const struct vole_span *span;
	uint64_t number, bit;
	uint32_t index;

	/* Most words are no pointers into the heap. */
	if (addr - heap->lo >= heap->len)
		return;
	if (!number_of(heap, addr, &index, &number)) {
		mark->totals.to_free += is_slot(heap, addr);
		return;
	}
	bit = UINT64_C(1) << number % 64;
	if ((mark->marked[number / 64] | mark->barred[number / 64]) & bit)
		return;
	mark->marked[number / 64] |= bit;
	span = &heap->spans[index];
	mark->totals.objects++;
	mark->totals.bytes += vole_span_object_size(heap, span);
	if (span->kind != VOLE_SPAN_NOSCAN)
		queue_span(mark, index);
}

static void reach_words(struct vole_mark *mark, const struct vole_words *words)
{
	uint64_t mask = words->mask;

	for (; mask; mask &= mask - 1)
		reach(mark,
		      vole_words_at(words, (unsigned)__builtin_ctzll(mask)));
}

static void look_at(struct vole_mark *mark, const struct vole_span *span,
		    uint32_t slot)
{
	struct vole_pointers walk;
	struct vole_words words;

	vole_pointers_begin(&walk, mark->heap, span, slot);
	while (vole_pointers_next(&walk, &words))
		reach_words(mark, &words);
	mark->totals.inexact += !walk.exact;
}

static void look_at_span(struct vole_mark *mark, const struct vole_span *span)
{
	uint32_t first, base = span->first / 64;

	for (first = 0; first < span->count; first += 64) {
		uint32_t word = base + first / 64;
		uint64_t todo = mark->marked[word] & ~mark->seen[word];

		mark->seen[word] |= todo;
		for (; todo; todo &= todo - 1)
			look_at(mark, span,
				first + (uint32_t)__builtin_ctzll(todo));
	}
}

/* Follow all that is marked and not seen. */
static bool drain(struct vole_mark *mark, struct vole_error *err)
{
	unsigned num = 0;

	while (mark->len) {
		uint32_t span = mark->queue[mark->first];

		if (++mark->first == mark->heap->num_spans)
			mark->first = 0;
		mark->len--;
		mark->queued[span / 64] &= ~(UINT64_C(1) << span % 64);
		look_at_span(mark, &mark->heap->spans[span]);
		if (++num % POLL)
			continue;
		if (mark->progress)
			mark->progress(mark->arg, mark->totals.objects,
				       mark->all);
		if (!vole_heap_go_on(mark->ui, err))
			return false;
	}
	return true;
}

void vole_mark_bar(struct vole_mark *mark, uint64_t addr)
{
	uint64_t number;
	uint32_t span;

	if (number_of(mark->heap, addr, &span, &number))
		mark->barred[number / 64] |= UINT64_C(1) << number % 64;
}

void vole_mark_unbar(struct vole_mark *mark, uint64_t addr)
{
	uint64_t number;
	uint32_t span;

	if (number_of(mark->heap, addr, &span, &number))
		mark->barred[number / 64] &= ~(UINT64_C(1) << number % 64);
}

bool vole_mark_from(struct vole_mark *mark, uint64_t addr,
		    struct vole_error *err)
{
	reach(mark, addr);
	return drain(mark, err);
}

struct root_visitor {
	struct vole_root_visitor v; /* first: cast back */
	struct vole_mark *mark;
};

static bool visit(struct vole_root_visitor *v, const struct vole_root *root)
{
	reach_words(((struct root_visitor *)v)->mark, &root->words);
	return true;
}

bool vole_mark_from_roots(struct vole_mark *mark, uint32_t kinds,
			  struct vole_error *err)
{
	struct root_visitor to = { { visit }, mark };

	return vole_roots_visit(mark->heap, kinds, mark->ui, &to.v, err) &&
	       drain(mark, err);
}

bool vole_mark_from_stack(struct vole_mark *mark,
			  const struct vole_goroutine *g,
			  struct vole_error *err)
{
	struct root_visitor to = { { visit }, mark };

	if (!mark->stacks &&
	    !vole_live_stacks_open(mark->heap, &mark->stacks, err))
		return false;
	return vole_live_stack_visit(mark->stacks, g, &to.v) &&
	       drain(mark, err);
}

bool vole_mark_from_range(struct vole_mark *mark, uint64_t addr, uint64_t len,
			  struct vole_error *err)
{
	struct root_visitor to = { { visit }, mark };
	struct vole_root_walk w = { .heap = mark->heap, .v = &to.v };
	struct vole_root root = { .kind = VOLE_ROOT_DATA };

	return vole_root_range(&w, &root, addr, len) && drain(mark, err);
}

bool vole_mark_has(const struct vole_mark *mark, uint64_t addr)
{
	uint64_t number;
	uint32_t span;

	return number_of(mark->heap, addr, &span, &number) &&
	       vole_bit(mark->marked, number);
}

bool vole_mark_has_number(const struct vole_mark *mark, uint64_t number)
{
	return number < mark->heap->num_objects &&
	       vole_bit(mark->marked, number);
}

const struct vole_mark_totals *vole_mark_totals(const struct vole_mark *mark)
{
	return &mark->totals;
}
