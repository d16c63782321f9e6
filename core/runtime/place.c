#include "runtime/place.h"

#include <string.h>

/* User code further out than this is not looked for. */
enum { MAX_FRAMES = 4096 };

static const struct vole_call *physical(const struct vole_runtime *rt,
					uint64_t pc)
{
	struct vole_error unused;
	struct vole_calls calls;

	if (!pc || !vole_calls_at(rt, pc, true, &calls, &unused))
		return NULL;
	return &calls.items[calls.len - 1];
}

/* The call that a go statement is in: @p pc is its return address. */
static const struct vole_call *creator(const struct vole_runtime *rt,
				       uint64_t pc)
{
	struct vole_error unused;
	struct vole_calls calls;

	if (!pc || !vole_calls_at(rt, pc, false, &calls, &unused))
		return NULL;
	return &calls.items[0];
}

static void look_at(const struct vole_calls *calls, struct vole_place_of *ret,
		    bool *found_user)
{
	size_t i;

	for (i = 0; i < calls->len && !*found_user; i++) {
		const struct vole_call *call = &calls->items[i];

		if (!call->is_std) {
			ret->user = call;
			*found_user = true;
		} else if (!ret->user && !call->is_runtime) {
			ret->user = call;
		}
	}
}

static void walk(const struct vole_runtime *rt, const struct vole_goroutine *g,
		 struct vole_place_of *ret, bool *found_user)
{
	struct vole_stack stack;
	struct vole_frame frame;
	bool first = true;
	unsigned n = 0;

	vole_stack_begin(&stack, rt, g);
	while (!*found_user && n++ < MAX_FRAMES &&
	       vole_stack_next(&stack, &frame)) {
		struct vole_error unused;
		struct vole_calls calls;

		if (frame.kind == VOLE_FRAME_GO &&
		    vole_calls_at(rt, frame.pc, frame.exact, &calls, &unused)) {
			if (first)
				ret->top = &calls.items[0];
			look_at(&calls, ret, found_user);
		}
		first = false;
	}
	if (!*found_user && stack.end) {
		memcpy(ret->text, stack.text, sizeof(ret->text));
		ret->end = ret->text;
	}
}

static bool is(const char *name, const char *const *list)
{
	for (; *list; list++)
		if (!strcmp(name, *list))
			return true;
	return false;
}

/* traceback.go: isSystemGoroutine. */
static bool is_system(const struct vole_runtime *rt,
		      const struct vole_goroutine *g,
		      const struct vole_call *start, bool found_user)
{
	static const char *const never[] = { "runtime.main",
					     "runtime.handleAsyncEvent",
					     "runtime.corostart", NULL };
	static const char *const idle[] = { "runtime.runfinq",
					    "runtime.runFinalizers",
					    "runtime.runCleanups", NULL };
	const struct vole_ms *ms;
	struct vole_error unused;
	const struct vole_m *m;

	/* A thread of C that is back in C keeps its goroutine. */
	if (g->status == VOLE_GSTATUS_SYSCALL && !found_user &&
	    vole_ms_get(rt, &ms, &unused) && (m = vole_m_of(ms, g)) &&
	    m->is_extra_in_c)
		return true;
	if (!start || strncmp(start->name, "runtime.", 8) ||
	    is(start->name, never))
		return false;
	/* They run finalizers and cleanups, which are the user's. */
	return !is(start->name, idle) || !found_user;
}

void vole_goroutine_place(const struct vole_runtime *rt,
			  const struct vole_goroutine *g,
			  struct vole_place_of *ret)
{
	bool found_user = false;

	memset(ret, 0, sizeof(*ret));
	/* The first one was made by assembler, not by a go statement. */
	if (g->id != 1)
		ret->created = creator(rt, g->go_pc);
	ret->start = physical(rt, g->start_pc);
	walk(rt, g, ret, &found_user);
	ret->system = is_system(rt, g, ret->start, found_user);
}
