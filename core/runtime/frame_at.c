#include "runtime/frame_at.h"

enum { POLL = 4096 };

struct search {
	uint64_t index; /* VOLE_FRAME_OF_USER: by what it is */
	bool by_sp;
	uint64_t sp;
	size_t inner;
	struct vole_frame_at found;
	int rank; /* of what was found: 3 is best */
};

static void offer(struct search *s, const struct vole_frame_at *frame,
		  size_t inlined, int rank)
{
	if (rank <= s->rank)
		return;
	s->rank = rank;
	s->found = *frame;
	s->found.inlined = inlined;
	s->found.index += inlined;
}

/* How well a call does as the frame that users look for. */
static int rank_of(const struct search *s, const struct vole_frame_at *frame,
		   size_t inlined)
{
	const struct vole_call *call;

	if (s->by_sp && frame->frame.sp != s->sp)
		return 0;
	if (s->by_sp)
		return inlined == s->inner || inlined + 1 >= frame->calls.len ?
			       3 :
			       0;
	if (s->index != VOLE_FRAME_OF_USER)
		return frame->index + inlined == s->index ? 3 : 0;
	if (inlined >= frame->calls.len)
		return 1;
	call = &frame->calls.items[inlined];
	if (!call->is_std)
		return 3;
	return call->is_runtime ? 1 : 2;
}

static uint64_t look_at(struct search *s, const struct vole_frame_at *frame)
{
	uint64_t num = frame->calls.len ? frame->calls.len : 1;
	size_t i;

	for (i = 0; i < num && s->rank < 3; i++)
		offer(s, frame, i, rank_of(s, frame, i));
	return num;
}

static bool search(const struct vole_runtime *rt,
		   const struct vole_goroutine *g, struct search *s,
		   bool (*stopped)(void *arg), void *arg, uint64_t *ret_num,
		   struct vole_error *err)
{
	struct vole_frame_at frame = { 0 };
	struct vole_stack stack;
	unsigned num = 0;

	vole_stack_begin(&stack, rt, g);
	while (s->rank < 3) {
		vole_stack_registers(&stack, &frame.regs);
		if (!vole_stack_next(&stack, &frame.frame))
			break;
		frame.calls.len = 0;
		if (frame.frame.kind == VOLE_FRAME_GO &&
		    !vole_calls_at(rt, frame.frame.pc, frame.frame.exact,
				   &frame.calls, err))
			frame.calls.len = 0;
		frame.index += look_at(s, &frame);
		if (!(++num % POLL) && stopped && stopped(arg))
			return vole_fail(err, VOLE_INTERRUPTED, VOLE_NOWHERE,
					 "interrupted");
	}
	*ret_num = frame.index;
	return true;
}

static bool give(const struct vole_goroutine *g, const struct search *s,
		 uint64_t num, struct vole_frame_at *ret,
		 struct vole_error *err)
{
	if (!s->rank && !num)
		return vole_fail(err, VOLE_NOT_FOUND, VOLE_NOWHERE,
				 "goroutine %" PRIu64 " has no frames that "
				 "can be read",
				 g->id);
	if (!s->rank)
		return vole_fail(err, VOLE_NOT_FOUND, VOLE_NOWHERE,
				 "no such frame: the stack of goroutine "
				 "%" PRIu64 " has %" PRIu64,
				 g->id, num);
	*ret = s->found;
	return true;
}

bool vole_frame_at(const struct vole_runtime *rt,
		   const struct vole_goroutine *g, uint64_t index,
		   bool (*stopped)(void *arg), void *arg,
		   struct vole_frame_at *ret, struct vole_error *err)
{
	struct search s = { .index = index };
	uint64_t num;

	return search(rt, g, &s, stopped, arg, &num, err) &&
	       give(g, &s, num, ret, err);
}

bool vole_frame_by_sp(const struct vole_runtime *rt,
		      const struct vole_goroutine *g, uint64_t sp, size_t inner,
		      struct vole_frame_at *ret, struct vole_error *err)
{
	struct search s = { .by_sp = true, .sp = sp, .inner = inner };
	uint64_t num;

	return search(rt, g, &s, NULL, NULL, &num, err) &&
	       give(g, &s, num, ret, err);
}

const struct vole_call *vole_frame_call(const struct vole_frame_at *at)
{
	return at->inlined < at->calls.len ? &at->calls.items[at->inlined] :
					     NULL;
}
