#include "heap/live_stack.h"

#include "base/sorted.h"
#include "runtime/stackmap.h"

#include <stdlib.h>
#include <string.h>

enum {
	WORD = 8,
	SLOTS = 1024, /* pcs */
	MAX_FRAMES = 4096,
	MAX_OBJECTS = 1 << 14,
	MAX_WORDS = 1 << 16, /* of one frame */
	ROOM = 16 << 20, /* for the objects of all pcs */
};

/* What holds for all frames at one pc, as if their cfa were 0. */
struct plan {
	uint64_t pc;
	bool known;
	struct vole_frame_words words;
	struct vole_stack_object *objects;
	size_t num_objects;
};

struct frame {
	uint64_t sp, cfa;
	struct vole_frame_words words;
	bool known; /* words are */
	bool innermost; /* it has called nobody that has a frame */
};

struct object {
	struct vole_stack_object is;
	bool reached;
};

struct vole_live_stacks {
	struct vole_heap *heap;
	struct vole_arena arena;
	struct plan plans[SLOTS];
	struct frame *frames; /* inner ones first */
	size_t num_frames;
	struct object *objects; /* by address */
	size_t num_objects;
	size_t *reached; /* which of them, in that order */
	size_t num_reached;
};

/* A stack being gone over: words that are followed come by here. */
struct follower {
	struct vole_root_visitor v; /* first: cast back */
	struct vole_root_visitor *to;
	struct vole_live_stacks *stacks;
	struct vole_root_walk walk;
	struct vole_root root;
	uint64_t at; /* done so far */
};

bool vole_live_stacks_open(struct vole_heap *heap,
			   struct vole_live_stacks **ret,
			   struct vole_error *err)
{
	struct vole_live_stacks *stacks = calloc(1, sizeof(*stacks));

	if (!stacks)
		return vole_fail_nomem(err);
	stacks->heap = heap;
	stacks->frames = malloc(MAX_FRAMES * sizeof(*stacks->frames));
	stacks->objects = malloc(MAX_OBJECTS * sizeof(*stacks->objects));
	stacks->reached = malloc(MAX_OBJECTS * sizeof(*stacks->reached));
	vole_arena_init(&stacks->arena, ROOM);
	if (!stacks->frames || !stacks->objects || !stacks->reached) {
		vole_live_stacks_close(stacks);
		return vole_fail_nomem(err);
	}
	*ret = stacks;
	return true;
}

void vole_live_stacks_close(struct vole_live_stacks *stacks)
{
	if (!stacks)
		return;
	vole_arena_clear(&stacks->arena);
	free(stacks->frames);
	free(stacks->objects);
	free(stacks->reached);
	free(stacks);
}

/* --- frames and their objects ---------------------------------------------- */

static bool plan_objects(struct vole_live_stacks *stacks, struct plan *plan)
{
	size_t i;

	if (!vole_frame_objects(&plan->words, &plan->num_objects))
		return false;
	if (!plan->num_objects)
		return true;
	plan->objects = vole_arena_array(&stacks->arena, plan->num_objects,
					 sizeof(*plan->objects));
	for (i = 0; plan->objects && i < plan->num_objects; i++)
		if (!vole_frame_object(&plan->words, i, &plan->objects[i]))
			return false;
	return plan->objects;
}

static void make_plan(struct vole_live_stacks *stacks, struct plan *plan,
		      const struct vole_frame *frame)
{
	*plan = (struct plan){ .pc = frame->pc };
	if (!vole_frame_words_open(stacks->heap->rt, frame, &plan->words))
		return;
	plan->words.argp -= frame->cfa;
	plan->words.varp -= frame->cfa;
	plan->known = plan_objects(stacks, plan);
}

static const struct plan *plan_of(struct vole_live_stacks *stacks,
				  const struct vole_frame *frame)
{
	size_t index = (frame->pc ^ frame->pc >> 13) & (SLOTS - 1);
	struct plan *plan = &stacks->plans[index];

	if (plan->pc == frame->pc)
		return plan;
	make_plan(stacks, plan, frame);
	if (!plan->num_objects || plan->objects)
		return plan;
	/* Those of pcs that gave way to others have the room. */
	vole_arena_clear(&stacks->arena);
	memset(stacks->plans, 0, sizeof(stacks->plans));
	make_plan(stacks, plan, frame);
	return plan;
}

static bool take_objects(struct vole_live_stacks *stacks,
			 const struct plan *plan, const struct frame *frame)
{
	size_t i;

	if (plan->num_objects > MAX_OBJECTS - stacks->num_objects)
		return false;
	for (i = 0; i < plan->num_objects; i++) {
		struct vole_stack_object is = plan->objects[i];

		is.addr += frame->cfa;
		/* The function has not made room for its variables yet. */
		if (is.addr < frame->sp)
			continue;
		stacks->objects[stacks->num_objects++] =
			(struct object){ .is = is };
	}
	return true;
}

static bool take_frame(struct vole_live_stacks *stacks,
		       const struct vole_frame *frame, bool innermost)
{
	struct frame *to = &stacks->frames[stacks->num_frames++];
	const struct plan *plan;

	*to = (struct frame){ .sp = frame->sp,
			      .cfa = frame->cfa,
			      .innermost = innermost };
	/* In no call, though another frame at this pc may be. */
	if (frame->kind != VOLE_FRAME_GO || frame->exact)
		return true;
	plan = plan_of(stacks, frame);
	to->known = plan->known;
	to->words = plan->words;
	to->words.argp += frame->cfa;
	to->words.varp += frame->cfa;
	return !plan->known || take_objects(stacks, plan, to);
}

static int by_addr(const void *left, const void *right)
{
	uint64_t a = ((const struct object *)left)->is.addr;
	uint64_t b = ((const struct object *)right)->is.addr;

	return (a > b) - (a < b);
}

/* The runtime throws when they overlap: addObject(). */
static bool are_apart(const struct vole_live_stacks *stacks, uint64_t lo,
		      uint64_t hi)
{
	size_t i;

	for (i = 0; i < stacks->num_objects; i++) {
		const struct vole_stack_object *is = &stacks->objects[i].is;

		if (is->addr < lo || is->addr > hi || is->size > hi - is->addr)
			return false;
		lo = is->addr + is->size;
	}
	return true;
}

static bool take_frames(struct vole_live_stacks *stacks,
			const struct vole_goroutine *g, uint64_t used)
{
	uint64_t lo = used;
	struct vole_stack stack;
	struct vole_frame frame;
	unsigned num;

	vole_stack_begin(&stack, stacks->heap->rt, g);
	for (num = 0; num < MAX_FRAMES && vole_stack_next(&stack, &frame);
	     num++) {
		if (frame.sp < lo || frame.sp % WORD || frame.cfa % WORD ||
		    frame.cfa <= frame.sp || frame.cfa > g->stack_hi ||
		    (frame.cfa - frame.sp) / WORD > MAX_WORDS)
			continue;
		if (!take_frame(stacks, &frame, !num))
			return false;
		lo = frame.cfa;
	}
	qsort(stacks->objects, stacks->num_objects, sizeof(*stacks->objects),
	      by_addr);
	return are_apart(stacks, used, g->stack_hi);
}

static struct object *object_at(const struct vole_live_stacks *stacks,
				uint64_t addr)
{
	size_t num = vole_sorted_up_to(stacks->objects, stacks->num_objects,
				       is.addr, addr);
	struct object *last = num ? &stacks->objects[num - 1] : NULL;

	return last && addr - last->is.addr < last->is.size ? last : NULL;
}

/* --- their words ----------------------------------------------------------- */

static bool follow(struct vole_root_visitor *v, const struct vole_root *root)
{
	struct follower *f = (struct follower *)v;
	struct vole_live_stacks *stacks = f->stacks;
	uint64_t mask = stacks->num_objects ? root->words.mask : 0;

	for (; mask; mask &= mask - 1) {
		unsigned i = (unsigned)__builtin_ctzll(mask);
		struct object *object;

		object = object_at(stacks, vole_words_at(&root->words, i));
		if (!object || object->reached)
			continue;
		object->reached = true;
		stacks->reached[stacks->num_reached++] =
			(size_t)(object - stacks->objects);
	}
	return f->to->visit(f->to, root);
}

static bool all_until(struct follower *f, uint64_t end)
{
	uint64_t from = f->at;

	if (end <= from)
		return true;
	f->at = end;
	return vole_root_range(&f->walk, &f->root, from, end - from);
}

static bool is_followed(const struct follower *f, const struct frame *frame,
			const struct frame *callee, uint64_t addr)
{
	enum vole_liveness is = vole_frame_local(&frame->words, addr);

	if (is == VOLE_LIVENESS_UNKNOWN && (frame->innermost || callee))
		is = vole_frame_passed(&frame->words,
				       callee ? &callee->words : NULL, addr);
	/* Objects wait for a pointer to them, unless the code goes back to it. */
	return is == VOLE_LIVENESS_LIVE ||
	       (is == VOLE_LIVENESS_UNKNOWN && !object_at(f->stacks, addr));
}

/* @p callee: the frame that it called, when its maps are known, or NULL. */
static bool visit_frame(struct follower *f, const struct frame *frame,
			const struct frame *callee)
{
	while (f->at < frame->cfa) {
		uint64_t mask = 0, from = f->at;
		unsigned i;

		for (i = 0; i < 64 && f->at < frame->cfa; i++, f->at += WORD)
			if (is_followed(f, frame, callee, f->at))
				mask |= UINT64_C(1) << i;
		if (!vole_root_some(&f->walk, &f->root, from, mask))
			return false;
	}
	return true;
}

static bool visit_frames(struct follower *f)
{
	size_t i;

	for (i = 0; i < f->stacks->num_frames; i++) {
		const struct frame *frame = &f->stacks->frames[i];
		const struct frame *callee = NULL;

		if (i && frame[-1].known && frame[-1].cfa == frame->sp)
			callee = &frame[-1];
		if (!all_until(f, frame->sp) ||
		    (frame->known && !visit_frame(f, frame, callee)) ||
		    !all_until(f, frame->cfa))
			return false;
	}
	return true;
}

/* One may lead to others. */
static bool visit_objects(struct follower *f)
{
	const struct vole_live_stacks *stacks = f->stacks;
	size_t i;

	for (i = 0; i < stacks->num_reached; i++) {
		const struct object *at = &stacks->objects[stacks->reached[i]];

		if (!vole_root_range(&f->walk, &f->root, at->is.addr,
				     at->is.size))
			return false;
	}
	return true;
}

/*
 * Does it go on after its calls, with nothing but its stack to lead to its
 * variables? A panic goes on elsewhere, deferred functions and registers may
 * lead to them, too.
 */
static bool is_plain(const struct vole_goroutine *g)
{
	return !g->panic && !g->defer &&
	       (g->status == VOLE_GSTATUS_WAITING ||
		g->status == VOLE_GSTATUS_RUNNABLE);
}

bool vole_live_stack_visit(struct vole_live_stacks *stacks,
			   const struct vole_goroutine *g,
			   struct vole_root_visitor *v)
{
	struct follower f = { .v = { follow },
			      .to = v,
			      .stacks = stacks,
			      .walk = { .heap = stacks->heap },
			      .root = { .kind = VOLE_ROOT_STACK,
					.owner = g->id,
					.g = g->addr },
			      .at = vole_stack_used(stacks->heap->rt, g) };

	f.walk.v = &f.v;
	stacks->num_frames = stacks->num_objects = stacks->num_reached = 0;
	if (!is_plain(g) || !take_frames(stacks, g, f.at))
		stacks->num_frames = stacks->num_objects = 0;
	return visit_frames(&f) && all_until(&f, g->stack_hi) &&
	       visit_objects(&f);
}
