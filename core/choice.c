#include "runtime/call.h"
#include "runtime/stack.h"
#include "session.h"
#include "vole.h"

#include <string.h>

struct vole_choice vole_session_choice(const struct vole_session *s)
{
	const struct vole_selection *selection = &s->selection;

	return (struct vole_choice){
		.chosen = selection->chosen,
		.goroutine = selection->goroutine,
		.changes = selection->changes,
		.has_frame = selection->has_frame,
		.frame_sp = selection->frame_sp,
		.frame_inner = selection->frame_inner,
		.frame_changes = selection->frame_changes,
	};
}

void vole_session_followed(struct vole_session *s)
{
	vole_selection_stand(&s->selection, s->host);
}

void vole_session_unchoose(struct vole_session *s)
{
	vole_selection_clear(&s->selection);
}

static bool same_calls(const struct vole_calls *a, const struct vole_calls *b)
{
	size_t i;

	for (i = 0; i < a->len && i < b->len; i++)
		if (a->items[i].line != b->items[i].line ||
		    strcmp(a->items[i].name, b->items[i].name))
			return false;
	return a->len == b->len;
}

static bool is_early(const struct vole_runtime *rt,
		     const struct vole_frame *frame)
{
	struct vole_calls at, before;
	struct vole_error unused;

	if (frame->kind != VOLE_FRAME_GO)
		return false;
	if (frame->pc == frame->entry)
		return true;
	return frame->exact &&
	       vole_calls_at(rt, frame->pc, true, &at, &unused) &&
	       (!vole_calls_at(rt, frame->pc, false, &before, &unused) ||
		!same_calls(&at, &before));
}

static struct vole_unwound unwound(const struct vole_runtime *rt,
				   const struct vole_goroutine *g,
				   const struct vole_frame *frame)
{
	struct vole_unwound ret = {
		.is_go = frame->kind == VOLE_FRAME_GO,
		.is_signal = frame->kind == VOLE_FRAME_SIGNAL,
		.is_early = is_early(rt, frame),
		.have = frame->has_bp ? VOLE_HAVE_BP : 0,
		.pc = frame->pc,
		.sp = frame->sp,
		.bp = frame->bp,
		.g = g->addr,
		.cfa = frame->cfa,
		.entry = frame->entry,
	};

	/* Go keeps g in r14; on other stacks it is another's. */
	if (ret.is_go && ret.sp > g->stack_lo && ret.sp <= g->stack_hi)
		ret.have |= VOLE_HAVE_G;
	return ret;
}

bool vole_session_unwind(struct vole_session *s, uint64_t id,
			 bool (*each)(void *arg,
				      const struct vole_unwound *frame),
			 void *arg, uint32_t *ret_tid, struct vole_error *err)
{
	struct vole_unwound frame;
	struct vole_frame physical;
	struct vole_goroutine g;
	struct vole_stack stack;
	bool any = false, more = true;

	if (!vole_session_target(s, err) ||
	    !vole_goroutine_find(s->rt, id, &g, err))
		return false;
	vole_stack_begin(&stack, s->rt, &g);
	*ret_tid =
		stack.m && (stack.exact || g.status == VOLE_GSTATUS_RUNNING) ?
			stack.m->regs.tid :
			0;
	while (more && vole_stack_next(&stack, &physical)) {
		frame = unwound(s->rt, &g, &physical);
		more = each(arg, &frame);
		any = true;
	}
	return any || vole_fail(err, VOLE_CORRUPT, g.addr, "%s",
				stack.end ? stack.end : "it has no frames");
}
