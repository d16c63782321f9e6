#include "heap/path.h"

#include "heap/build.h"

#include <stdlib.h>

enum {
	POLL = 4096, /* objects between two looks at the user */
	MAX_STEPS = 1 << 20,
};

/* What no address of a user's memory has. */
static const uint64_t BY_ROOT = UINT64_C(1) << 63;

struct item {
	uint32_t span;
	uint32_t slot;
};

struct vole_paths {
	struct vole_root_visitor v; /* first: cast back */
	struct vole_heap *heap;
	struct vole_ui *ui;
	uint64_t most;
	/*
	 * By which word each object was reached first: its address in another
	 * object, BY_ROOT and an index of `roots`, or 0.
	 */
	uint64_t *via;
	VOLE_ARRAY(struct vole_ref) roots;
	VOLE_ARRAY(struct item) queue; /* in the order they were reached */
	size_t next;
	uint64_t *wanted; /* a bit for each object */
	uint64_t num_wanted; /* of those that are still to be reached */
	bool out_of_memory;
	bool (*sure)(void *arg, const struct vole_ref *word);
	void *arg;
};

bool vole_paths_open(struct vole_heap *heap, struct vole_ui *ui, uint64_t most,
		     struct vole_paths **ret, struct vole_error *err)
{
	struct vole_paths *p = calloc(1, sizeof(*p));

	if (!p)
		return vole_fail_nomem(err);
	p->heap = heap;
	p->ui = ui;
	p->most = most ? most : UINT64_MAX;
	p->via = calloc(heap->num_objects + 1, sizeof(*p->via));
	p->wanted = calloc(heap->num_objects / 64 + 1, sizeof(*p->wanted));
	if (!p->via || !p->wanted) {
		vole_paths_close(p);
		return vole_fail_nomem(err);
	}
	*ret = p;
	return true;
}

void vole_paths_close(struct vole_paths *p)
{
	if (!p)
		return;
	free(p->via);
	free(p->wanted);
	vole_array_free(&p->roots);
	vole_array_free(&p->queue);
	free(p);
}

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

static uint64_t number_of(const struct vole_heap *heap, const struct item *item)
{
	return heap->spans[item->span].first + item->slot;
}

bool vole_paths_want(struct vole_paths *p, uint64_t addr)
{
	struct item item;
	uint64_t number;

	if (!item_at(p->heap, addr, &item))
		return false;
	number = number_of(p->heap, &item);
	if (!vole_bit(p->wanted, number) && !p->via[number])
		p->num_wanted++;
	p->wanted[number / 64] |= UINT64_C(1) << number % 64;
	return true;
}

void vole_paths_prefer(struct vole_paths *p,
		       bool (*sure)(void *arg, const struct vole_ref *word),
		       void *arg)
{
	p->sure = sure;
	p->arg = arg;
}

bool vole_paths_done(const struct vole_paths *p)
{
	return !p->num_wanted;
}

/* --- there ----------------------------------------------------------------- */

/* An object that is of use is at @p addr, and was not reached. */
static bool is_new(const struct vole_paths *p, uint64_t addr, struct item *ret)
{
	const struct vole_heap *heap = p->heap;
	uint64_t number;

	if (addr - heap->lo >= heap->len || !item_at(heap, addr, ret))
		return false;
	number = number_of(heap, ret);
	return !p->via[number] &&
	       (heap->spans[ret->span].kind != VOLE_SPAN_NOSCAN ||
		vole_bit(p->wanted, number));
}

static void reach(struct vole_paths *p, const struct item *item, uint64_t via)
{
	uint64_t number = number_of(p->heap, item);
	struct item *to;

	p->via[number] = via;
	p->num_wanted -= vole_bit(p->wanted, number);
	if (p->heap->spans[item->span].kind == VOLE_SPAN_NOSCAN)
		return;
	to = vole_array_push(&p->queue);
	if (to)
		*to = *item;
	else
		p->out_of_memory = true;
}

static bool visit_root(struct vole_root_visitor *v,
		       const struct vole_root *root)
{
	struct vole_paths *p = (struct vole_paths *)v;
	uint64_t mask = root->words.mask;

	for (; mask; mask &= mask - 1) {
		unsigned i = (unsigned)__builtin_ctzll(mask);
		struct vole_ref ref, *added;
		struct item item;

		if (!is_new(p, vole_words_at(&root->words, i), &item))
			continue;
		ref = vole_root_ref(root, i);
		if (p->sure && !p->sure(p->arg, &ref))
			continue;
		reach(p, &item, BY_ROOT | p->roots.len);
		added = vole_array_push(&p->roots);
		p->out_of_memory |= !added;
		if (!added)
			return false;
		*added = ref;
	}
	return true;
}

/* From what was reached in as many steps as can be to what takes one more. */
static bool go_on(struct vole_paths *p, struct vole_error *err)
{
	struct vole_pointers walk;
	struct vole_words words;
	struct item to;
	uint64_t n;

	for (n = 0; p->next < p->queue.len && p->num_wanted && n < p->most;
	     p->next++, n++) {
		struct item item = p->queue.items[p->next];

		if (n % POLL == 0 && !vole_heap_go_on(p->ui, err))
			return false;
		vole_pointers_begin(&walk, p->heap, &p->heap->spans[item.span],
				    item.slot);
		while (vole_pointers_next(&walk, &words))
			for (; words.mask; words.mask &= words.mask - 1) {
				unsigned i =
					(unsigned)__builtin_ctzll(words.mask);

				if (is_new(p, vole_words_at(&words, i), &to))
					reach(p, &to, words.addr + i * 8);
			}
	}
	return !p->out_of_memory || vole_fail_nomem(err);
}

bool vole_paths_from(struct vole_paths *p, uint32_t kinds,
		     struct vole_error *err)
{
	if (!p->num_wanted)
		return true;
	p->v.visit = visit_root;
	/* What was left because it was too much is left for good. */
	p->next = p->queue.len;
	return vole_roots_visit(p->heap, kinds, p->ui, &p->v, err) &&
	       go_on(p, err);
}

/* --- and back -------------------------------------------------------------- */

/* The object that has the word at @p addr, and what the word holds. */
static bool holder_of(const struct vole_paths *p, uint64_t addr,
		      struct vole_ref *ret)
{
	struct vole_pointers walk;
	struct vole_words words;
	struct vole_error unused;
	struct item item;

	if (!item_at(p->heap, addr, &item))
		return false;
	*ret = (struct vole_ref){ .addr = addr,
				  .in_object = true,
				  .span = &p->heap->spans[item.span],
				  .slot = item.slot };
	vole_pointers_begin(&walk, p->heap, ret->span, ret->slot);
	ret->exact = vole_pointers_next(&walk, &words) && walk.exact;
	return vole_memory_uint(p->heap->rt->mem, addr, 8, &ret->value,
				&unused);
}

static uint64_t via_of(const struct vole_paths *p, uint64_t addr)
{
	struct item item;

	return item_at(p->heap, addr, &item) ?
		       p->via[number_of(p->heap, &item)] :
		       0;
}

bool vole_paths_to(const struct vole_paths *p, uint64_t addr, size_t most,
		   struct vole_arena *arena, struct vole_path *ret)
{
	uint64_t first = via_of(p, addr), via;
	size_t len = 1;

	if (!first)
		return false;
	for (via = first; via && !(via & BY_ROOT) && len <= most; len++)
		via = via_of(p, via);
	if (!via || len > most || (via & ~BY_ROOT) >= p->roots.len)
		return false;
	ret->steps = vole_arena_array(arena, len, sizeof(*ret->steps));
	ret->len = len;
	if (!ret->steps)
		return false;
	ret->steps[0] = p->roots.items[via & ~BY_ROOT];
	for (via = first; --len; via = via_of(p, via))
		if (!holder_of(p, via, &ret->steps[len]))
			return false;
	return true;
}

/* A variable has a name; what is certain goes before what is likely. */
static bool find(struct vole_paths *p,
		 bool (*sure)(void *arg, const struct vole_ref *word),
		 void *arg, struct vole_error *err)
{
	const uint32_t frames = 1 << VOLE_ROOT_STACK | 1 << VOLE_ROOT_REGISTERS;

	if (!vole_paths_from(p, 1 << VOLE_ROOT_DATA, err) ||
	    !vole_paths_from(p, 1 << VOLE_ROOT_SPECIAL | 1 << VOLE_ROOT_QUEUE,
			     err))
		return false;
	if (sure) {
		vole_paths_prefer(p, sure, arg);
		if (!vole_paths_from(p, frames, err))
			return false;
		vole_paths_prefer(p, NULL, NULL);
	}
	if (!vole_paths_from(p, frames, err))
		return false;
	return vole_paths_done(p) ||
	       vole_fail(err, VOLE_NOT_FOUND, VOLE_NOWHERE,
			 vole_roots_are_whole(p->heap) ?
				 "nothing leads there: it is garbage" :
				 "nothing that could be looked at leads there, "
				 "but " VOLE_ROOTS_MISSING);
}

bool vole_path_find(struct vole_heap *heap, uint64_t addr,
		    bool (*sure)(void *arg, const struct vole_ref *word),
		    void *arg, struct vole_ui *ui, struct vole_arena *arena,
		    struct vole_path *ret, struct vole_error *err)
{
	struct vole_paths *paths;
	bool ok;

	if (!vole_paths_open(heap, ui, 0, &paths, err))
		return false;
	if (!vole_paths_want(paths, addr))
		ok = vole_fail(err, VOLE_NOT_FOUND, addr,
			       "no object of the heap is at 0x%" PRIx64, addr);
	else
		ok = find(paths, sure, arg, err);
	if (ok && !vole_paths_to(paths, addr, MAX_STEPS, arena, ret))
		ok = vole_fail_nomem(err);
	vole_paths_close(paths);
	return ok;
}
