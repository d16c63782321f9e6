#include "heap/path.h"

#include "heap/build.h"

#include <stdlib.h>

enum {
	POLL = 4096, /* objects between two looks at the user */
	MAX_STEPS = 1 << 20,
};

/* How an object was reached first; numbers of objects are less. */
static const uint32_t NOT_YET = 0;
static const uint32_t BY_ROOT = UINT32_MAX;

struct item {
	uint32_t span;
	uint32_t slot;
};

struct search {
	struct vole_root_visitor v; /* first: cast back */
	struct vole_heap *heap;
	struct vole_ui *ui;
	uint32_t *from; /* for each object: NOT_YET, BY_ROOT, a number + 1 */
	VOLE_ARRAY(struct item) queue; /* in the order they were reached */
	size_t next;
	struct item target;
	uint64_t target_number;
	bool out_of_memory;
	/* Of the last look for a pointer: into this object. */
	uint64_t lo, len;
	struct vole_ref found;
	bool is_found;
};

static uint64_t number_of(const struct search *s, const struct item *item)
{
	return s->heap->spans[item->span].first + item->slot;
}

/* --- there ----------------------------------------------------------------- */

static bool item_at(const struct vole_heap *heap, uint64_t addr,
		    struct item *ret)
{
	uint32_t number = vole_heap_span_at(heap, addr), slot;
	const struct vole_span *span;

	if (!number)
		return false;
	span = &heap->spans[number - 1];
	slot = vole_span_slot(heap, span, addr - span->base);
	*ret = (struct item){ number - 1, slot };
	return slot < span->count &&
	       vole_bit(heap->allocated, span->first + slot);
}

static void reach(struct search *s, uint64_t addr, uint32_t from)
{
	struct item item, *to;
	uint64_t number;

	if (addr - s->heap->lo >= s->heap->len ||
	    !item_at(s->heap, addr, &item))
		return;
	number = number_of(s, &item);
	if (s->from[number] != NOT_YET)
		return;
	s->from[number] = from;
	if (s->heap->spans[item.span].kind == VOLE_SPAN_NOSCAN)
		return;
	to = vole_array_push(&s->queue);
	if (to)
		*to = item;
	else
		s->out_of_memory = true;
}

static void reach_words(struct search *s, const struct vole_words *words,
			uint32_t from)
{
	uint64_t mask = words->mask;

	for (; mask; mask &= mask - 1)
		reach(s, vole_words_at(words, (unsigned)__builtin_ctzll(mask)),
		      from);
}

static bool visit_root(struct vole_root_visitor *v,
		       const struct vole_root *root)
{
	reach_words((struct search *)v, &root->words, BY_ROOT);
	return true;
}

static bool is_reached(const struct search *s)
{
	return s->from[s->target_number] != NOT_YET;
}

/* From what was reached in as many steps as can be to what takes one more. */
static bool go_on(struct search *s, struct vole_error *err)
{
	struct vole_pointers walk;
	struct vole_words words;

	for (; s->next < s->queue.len && !is_reached(s); s->next++) {
		struct item item = s->queue.items[s->next];
		uint32_t from = (uint32_t)number_of(s, &item) + 1;

		if (s->next % POLL == 0 && !vole_heap_go_on(s->ui, err))
			return false;
		vole_pointers_begin(&walk, s->heap, &s->heap->spans[item.span],
				    item.slot);
		while (vole_pointers_next(&walk, &words))
			reach_words(s, &words, from);
	}
	return !s->out_of_memory || vole_fail_nomem(err);
}

static bool search(struct search *s, struct vole_error *err)
{
	/* A variable has a name; what is certain goes before what is likely. */
	const uint32_t kinds[] = {
		1 << VOLE_ROOT_DATA,
		1 << VOLE_ROOT_SPECIAL | 1 << VOLE_ROOT_QUEUE,
		1 << VOLE_ROOT_STACK | 1 << VOLE_ROOT_REGISTERS,
	};
	const size_t num = sizeof(kinds) / sizeof(*kinds);
	size_t i;

	for (i = 0; i < num && !is_reached(s); i++)
		if (!vole_roots_visit(s->heap, kinds[i], s->ui, &s->v, err) ||
		    !go_on(s, err))
			return false;
	if (!is_reached(s))
		return vole_fail(err, VOLE_NOT_FOUND, VOLE_NOWHERE,
				 "nothing that was looked at leads there: it "
				 "is garbage");
	return true;
}

/* --- and back -------------------------------------------------------------- */

/*
 * The span of object @p number: the last that begins at or below. Those
 * without objects have the number of the next.
 */
static struct item item_of(const struct vole_heap *heap, uint64_t number)
{
	size_t lo = 0, hi = heap->num_spans;

	while (hi - lo > 1) {
		size_t middle = lo + (hi - lo) / 2;

		if (heap->spans[middle].first <= number)
			lo = middle;
		else
			hi = middle;
	}
	return (struct item){ (uint32_t)lo,
			      (uint32_t)(number - heap->spans[lo].first) };
}

/* Look for a pointer into the object @p item. */
static void look_for(struct search *s, const struct item *item)
{
	const struct vole_span *span = &s->heap->spans[item->span];

	s->len = vole_span_object_size(s->heap, span);
	s->lo = span->base + item->slot * s->len;
	s->is_found = false;
}

/* The first of @p words that leads there. */
static bool find_in(struct search *s, const struct vole_words *words)
{
	uint64_t mask = words->mask;

	for (; mask; mask &= mask - 1) {
		unsigned i = (unsigned)__builtin_ctzll(mask);
		uint64_t value = vole_words_at(words, i);

		if (value - s->lo >= s->len)
			continue;
		s->found.value = value;
		s->found.addr = words->addr ? words->addr + i * 8 : 0;
		s->is_found = true;
		return true;
	}
	return false;
}

static bool find_root(struct vole_root_visitor *v, const struct vole_root *root)
{
	struct search *s = (struct search *)v;

	s->found = (struct vole_ref){ .exact = root->exact,
				      .kind = root->kind,
				      .owner = root->owner };
	return !find_in(s, &root->words);
}

static void find_in_object(struct search *s, const struct item *item)
{
	struct vole_pointers walk;
	struct vole_words words;

	s->found = (struct vole_ref){ .in_object = true,
				      .span = &s->heap->spans[item->span],
				      .slot = item->slot };
	vole_pointers_begin(&walk, s->heap, s->found.span, item->slot);
	while (vole_pointers_next(&walk, &words) && !find_in(s, &words))
		;
	s->found.exact = walk.exact;
}

/* The root that leads to @p item, of the better kinds if there is one. */
static bool back_to_root(struct search *s, const struct item *item,
			 struct vole_error *err)
{
	unsigned kind;

	look_for(s, item);
	s->v.visit = find_root;
	for (kind = 0; kind < VOLE_NUM_ROOT_KINDS && !s->is_found; kind++) {
		/* Data, then what is certain, then what is not. */
		static const uint8_t order[VOLE_NUM_ROOT_KINDS] = {
			VOLE_ROOT_DATA,	     VOLE_ROOT_SPECIAL,
			VOLE_ROOT_QUEUE,     VOLE_ROOT_STACK,
			VOLE_ROOT_REGISTERS, VOLE_ROOT_SYSTEM_STACK,
		};

		if (!vole_roots_visit(s->heap, 1u << order[kind], s->ui, &s->v,
				      err))
			return false;
	}
	return true;
}

/* Steps from the target back to its root, the last first. */
static bool go_back(struct search *s, struct vole_arena *arena,
		    struct vole_path *ret, struct vole_error *err)
{
	struct item item = s->target;
	uint64_t number = s->target_number;
	size_t len = 1, i;

	while (s->from[number] != BY_ROOT && len < MAX_STEPS) {
		number = s->from[number] - 1;
		len++;
	}
	ret->steps = vole_arena_array(arena, len, sizeof(*ret->steps));
	if (!ret->steps)
		return vole_fail_nomem(err);
	ret->len = len;
	number = s->target_number;
	for (i = len; i-- > 1;) {
		struct item holder = item_of(s->heap, s->from[number] - 1);

		look_for(s, &item);
		find_in_object(s, &holder);
		ret->steps[i] = s->found;
		number = s->from[number] - 1;
		item = holder;
	}
	if (!back_to_root(s, &item, err))
		return false;
	ret->steps[0] = s->found;
	return true;
}

bool vole_path_find(struct vole_heap *heap, uint64_t addr, struct vole_ui *ui,
		    struct vole_arena *arena, struct vole_path *ret,
		    struct vole_error *err)
{
	struct search s = { .v = { visit_root }, .heap = heap, .ui = ui };
	bool ok;

	if (!item_at(heap, addr, &s.target))
		return vole_fail(err, VOLE_NOT_FOUND, addr,
				 "no object of the heap is at 0x%" PRIx64,
				 addr);
	s.target_number = number_of(&s, &s.target);
	s.from = calloc(heap->num_objects + 1, sizeof(*s.from));
	if (!s.from)
		return vole_fail_nomem(err);
	ok = search(&s, err) && go_back(&s, arena, ret, err);
	free(s.from);
	vole_array_free(&s.queue);
	return ok;
}
