#include "runtime/trace.h"

#include "base/array.h"

enum {
	MAX_PERIOD = 8, /* functions that call each other in a circle */
	MAX_ITEMS = 1 << 20,
	FOLD_AFTER = 3, /* rounds, before the third becomes a repetition */
	POLL = 4096, /* frames between looks at Ctrl-C */
};

struct folder {
	VOLE_ARRAY(struct vole_trace_item) items;
	uint64_t limit;
	uint64_t omitted;
	bool unfolded;
	uint32_t at; /* frames of the round that is being repeated */
};

static bool same(const struct vole_frame *a, const struct vole_frame *b)
{
	return a->kind == b->kind && a->pc == b->pc && a->exact == b->exact &&
	       a->cfa - a->sp == b->cfa - b->sp;
}

static bool push(struct folder *f, const struct vole_trace_item *item)
{
	struct vole_trace_item *added;

	if (f->items.len >= f->limit) {
		f->omitted++;
		return true;
	}
	added = vole_array_push(&f->items);
	if (!added)
		return false;
	*added = *item;
	return true;
}

/* Frame @p back of those at the end of the list, 0 the last; NULL: none. */
static const struct vole_frame *last(const struct folder *f, size_t back)
{
	const struct vole_trace_item *item;

	if (back >= f->items.len)
		return NULL;
	item = &f->items.items[f->items.len - 1 - back];
	return item->repeats ? NULL : &item->frame;
}

/* Do the last frames go round in a circle of @p period? */
static bool circles(const struct folder *f, uint32_t period)
{
	uint32_t i;

	for (i = 0; i < period * (FOLD_AFTER - 1); i++) {
		const struct vole_frame *a = last(f, i);
		const struct vole_frame *b = last(f, i + period);

		if (!a || !b || !same(a, b))
			return false;
	}
	return true;
}

/* Put the later rounds of a circle as one item. */
static void fold(struct folder *f)
{
	uint32_t period;

	for (period = 1; period <= MAX_PERIOD; period++) {
		struct vole_trace_item *item;

		if (!circles(f, period))
			continue;
		f->items.len -= (size_t)period * (FOLD_AFTER - 1);
		item = vole_array_push(&f->items);
		*item = (struct vole_trace_item){ .period = period,
						  .repeats = FOLD_AFTER - 1 };
		f->at = 0;
		return;
	}
}

/* The frame that would go on with the round, of the item at the end. */
static const struct vole_frame *expected(const struct folder *f)
{
	const struct vole_trace_item *item;

	if (!f->items.len)
		return NULL;
	item = &f->items.items[f->items.len - 1];
	if (!item->repeats)
		return NULL;
	return &f->items.items[f->items.len - 1 - item->period + f->at].frame;
}

/* A round that was begun and not finished is frames of its own. */
static bool spill(struct folder *f)
{
	struct vole_trace_item *item;
	uint32_t i, num = f->at;
	size_t from;

	f->at = 0;
	if (!num)
		return true;
	item = &f->items.items[f->items.len - 1];
	from = f->items.len - 1 - item->period;
	for (i = 0; i < num; i++) {
		struct vole_trace_item copy = f->items.items[from + i];

		if (!push(f, &copy))
			return false;
	}
	return true;
}

static bool add(struct folder *f, const struct vole_frame *frame)
{
	const struct vole_trace_item item = { .frame = *frame };
	const struct vole_frame *next = expected(f);

	if (next && same(next, frame)) {
		struct vole_trace_item *round =
			&f->items.items[f->items.len - 1];

		if (++f->at == round->period) {
			round->repeats++;
			f->at = 0;
		}
		return true;
	}
	if (!spill(f) || !push(f, &item))
		return false;
	if (!f->unfolded && !f->omitted)
		fold(f);
	return true;
}

static bool settle(struct folder *f, struct vole_arena *arena,
		   struct vole_trace *ret)
{
	size_t i;

	if (!spill(f))
		return false;
	ret->items =
		vole_arena_array(arena, f->items.len + 1, sizeof(*ret->items));
	if (!ret->items)
		return false;
	for (i = 0; i < f->items.len; i++)
		ret->items[i] = f->items.items[i];
	ret->len = f->items.len;
	ret->omitted = f->omitted;
	return true;
}

bool vole_trace_take(const struct vole_runtime *rt,
		     const struct vole_goroutine *g,
		     const struct vole_trace_options *options,
		     struct vole_arena *arena, struct vole_trace *ret,
		     struct vole_error *err)
{
	struct folder folder = { .unfolded = options->unfolded };
	struct vole_stack stack;
	struct vole_frame frame;
	bool ok = true;

	*ret = (struct vole_trace){ 0 };
	folder.limit = options->limit && options->limit < MAX_ITEMS ?
			       options->limit :
			       MAX_ITEMS;
	vole_stack_begin(&stack, rt, g);
	while (ok && vole_stack_next(&stack, &frame)) {
		ok = add(&folder, &frame);
		if (!(++ret->num_frames % POLL) && options->stopped &&
		    options->stopped(options->stopped_arg))
			break;
	}
	ok = ok && settle(&folder, arena, ret);
	vole_array_free(&folder.items);
	if (ok && stack.end)
		ret->end = vole_arena_string(arena, stack.end);
	return ok ? true : vole_fail_nomem(err);
}
