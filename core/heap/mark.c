#include "heap/mark.h"

#include "heap/build.h"

#include <stdlib.h>

enum {
	NUM_AHEAD = 16, /* objects on their way into the cache */
	POLL = 4096, /* objects between two looks at the user */
	LINE = 64,
};

struct work {
	uint32_t span;
	uint32_t slot;
};

struct vole_mark {
	struct vole_heap *heap;
	struct vole_ui *ui;
	void (*progress)(void *arg, uint64_t done, uint64_t all);
	void *arg;
	uint64_t *marked; /* a bit for each object */
	uint64_t *barred; /* likewise */
	struct vole_mark_totals totals;
	uint64_t all; /* allocated objects */
	VOLE_ARRAY(struct work) todo; /* marked, not yet looked at */
	struct work ahead[NUM_AHEAD];
	unsigned first_ahead, num_ahead;
	bool out_of_memory;
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
	if (!mark->marked || !mark->barred) {
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
	vole_array_free(&mark->todo);
	free(mark);
}

void vole_mark_watch(struct vole_mark *mark,
		     void (*progress)(void *arg, uint64_t done, uint64_t all),
		     void *arg)
{
	mark->progress = progress;
	mark->arg = arg;
}

/* The number of the allocated object around @p addr. */
static bool number_of(const struct vole_heap *heap, uint64_t addr,
		      struct work *ret, uint64_t *ret_number)
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
	*ret = (struct work){ number - 1, slot };
	*ret_number = span->first + slot;
	return true;
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
	struct work work, *to;
	uint64_t number, bit;

	/* Most words are no pointers into the heap. */
	if (addr - heap->lo >= heap->len)
		return;
	if (!number_of(heap, addr, &work, &number)) {
		mark->totals.to_free += is_slot(heap, addr);
		return;
	}
	bit = UINT64_C(1) << number % 64;
	if ((mark->marked[number / 64] | mark->barred[number / 64]) & bit)
		return;
	mark->marked[number / 64] |= bit;
	span = &heap->spans[work.span];
	mark->totals.objects++;
	mark->totals.bytes += vole_span_object_size(heap, span);
	if (span->kind == VOLE_SPAN_NOSCAN)
		return;
	to = vole_array_push(&mark->todo);
	if (to)
		*to = work;
	else
		mark->out_of_memory = true;
}

static void reach_words(struct vole_mark *mark, const struct vole_words *words)
{
	uint64_t mask = words->mask;

	for (; mask; mask &= mask - 1)
		reach(mark,
		      vole_words_at(words, (unsigned)__builtin_ctzll(mask)));
}

/* What will be read of an object first. */
static void prefetch(const struct vole_mark *mark, const struct work *work)
{
	const struct vole_heap *heap = mark->heap;
	const struct vole_span *span = &heap->spans[work->span];
	uint64_t off = work->slot * vole_span_object_size(heap, span);

	if (!span->bytes)
		return;
	__builtin_prefetch(span->bytes + off);
	__builtin_prefetch(span->bytes + off + LINE);
	if (span->kind == VOLE_SPAN_BITS)
		__builtin_prefetch(span->bytes + span->bits + off / 64);
}

/*
 * The next object to look at. It was asked for some objects ago, so that it is
 * in the cache now.
 */
static bool take(struct vole_mark *mark, struct work *ret)
{
	while (mark->num_ahead < NUM_AHEAD && mark->todo.len) {
		struct work *to =
			&mark->ahead[(mark->first_ahead + mark->num_ahead++) %
				     NUM_AHEAD];

		*to = mark->todo.items[--mark->todo.len];
		prefetch(mark, to);
	}
	if (!mark->num_ahead)
		return false;
	*ret = mark->ahead[mark->first_ahead];
	mark->first_ahead = (mark->first_ahead + 1) % NUM_AHEAD;
	mark->num_ahead--;
	return true;
}

static bool poll(struct vole_mark *mark, struct vole_error *err)
{
	if (mark->progress)
		mark->progress(mark->arg, mark->totals.objects, mark->all);
	return vole_heap_go_on(mark->ui, err);
}

/* Look at all objects that are marked and were not looked at. */
static bool drain(struct vole_mark *mark, struct vole_error *err)
{
	struct vole_pointers walk;
	struct vole_words words;
	unsigned num = 0;
	struct work work;

	while (take(mark, &work)) {
		vole_pointers_begin(&walk, mark->heap,
				    &mark->heap->spans[work.span], work.slot);
		while (vole_pointers_next(&walk, &words))
			reach_words(mark, &words);
		mark->totals.inexact += !walk.exact;
		if (++num % POLL == 0 && !poll(mark, err))
			return false;
	}
	return !mark->out_of_memory || vole_fail_nomem(err);
}

void vole_mark_bar(struct vole_mark *mark, uint64_t addr)
{
	struct work unused;
	uint64_t number;

	if (number_of(mark->heap, addr, &unused, &number))
		mark->barred[number / 64] |= UINT64_C(1) << number % 64;
}

void vole_mark_unbar(struct vole_mark *mark, uint64_t addr)
{
	struct work unused;
	uint64_t number;

	if (number_of(mark->heap, addr, &unused, &number))
		mark->barred[number / 64] &= ~(UINT64_C(1) << number % 64);
}

bool vole_mark_from(struct vole_mark *mark, uint64_t addr,
		    struct vole_error *err)
{
	reach(mark, addr);
	return drain(mark, err);
}

/* Roots as they come: each is followed before the next. */
struct root_visitor {
	struct vole_root_visitor v; /* first: cast back */
	struct vole_mark *mark;
	struct vole_error *err;
	bool ok;
};

static bool visit(struct vole_root_visitor *v, const struct vole_root *root)
{
	struct root_visitor *to = (struct root_visitor *)v;

	reach_words(to->mark, &root->words);
	to->ok = drain(to->mark, to->err);
	return to->ok;
}

bool vole_mark_from_roots(struct vole_mark *mark, uint32_t kinds,
			  struct vole_error *err)
{
	struct root_visitor to = { { visit }, mark, err, true };

	return vole_roots_visit(mark->heap, kinds, mark->ui, &to.v, err) &&
	       to.ok;
}

bool vole_mark_from_stack(struct vole_mark *mark,
			  const struct vole_goroutine *g,
			  struct vole_error *err)
{
	struct root_visitor to = { { visit }, mark, err, true };

	return vole_roots_stack(mark->heap, g, &to.v) && to.ok;
}

bool vole_mark_from_range(struct vole_mark *mark, uint64_t addr, uint64_t len,
			  struct vole_error *err)
{
	struct root_visitor to = { { visit }, mark, err, true };
	struct vole_root_walk w = { .heap = mark->heap, .v = &to.v };
	struct vole_root root = { .kind = VOLE_ROOT_DATA };

	return vole_root_range(&w, &root, addr, len) && to.ok;
}

bool vole_mark_has(const struct vole_mark *mark, uint64_t addr)
{
	struct work unused;
	uint64_t number;

	return number_of(mark->heap, addr, &unused, &number) &&
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
