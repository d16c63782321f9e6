#include "check/region.h"

#include "heap/span.h"
#include "runtime/call.h"
#include "runtime/m.h"
#include "runtime/stack.h"

#include <stdio.h>

enum { MAX_FRAMES = 1 << 20 };

static bool within(uint64_t addr, uint64_t lo, uint64_t hi)
{
	return addr >= lo && addr < hi;
}

/* --- stacks ---------------------------------------------------------------- */

/* The frame of @p g that has @p addr; below all of them nothing lives. */
static void in_goroutine(const struct vole_runtime *rt,
			 const struct vole_goroutine *g, uint64_t addr,
			 struct vole_region *ret)
{
	struct vole_stack stack;
	struct vole_frame frame;
	struct vole_calls calls;
	struct vole_error unused;
	unsigned num;

	ret->kind = VOLE_REGION_STACK;
	ret->goroutine = g->id;
	ret->live = vole_goroutine_lives(g) ? VOLE_LIVE_FRAME :
					      VOLE_LIVE_DEAD_STACK;
	if (ret->live == VOLE_LIVE_DEAD_STACK)
		return;
	vole_stack_begin(&stack, rt, g);
	for (num = 0; num < MAX_FRAMES && vole_stack_next(&stack, &frame);
	     num++) {
		if (!within(frame.sp, g->stack_lo, g->stack_hi))
			continue;
		if (addr < frame.sp) {
			ret->live = VOLE_LIVE_RETURNED_FRAME;
			return;
		}
		if (addr >= frame.cfa)
			continue;
		if (vole_calls_at(rt, frame.pc, frame.exact, &calls, &unused))
			ret->function = calls.items[calls.len - 1].name;
		return;
	}
}

enum found { FOUND, NOWHERE, UNREADABLE };

/* Whose head the list gives at @p at; UNREADABLE: it is none that is known. */
static enum found is_stack_of(const struct vole_runtime *rt, uint64_t at,
			      uint64_t addr, struct vole_region *ret)
{
	struct vole_goroutine g;

	if (!vole_goroutine_head(rt, at, &g, &ret->unknown))
		return UNREADABLE;
	if (!within(addr, g.stack_lo, g.stack_hi))
		return NOWHERE;
	if (!vole_goroutine_read(rt, at, &g, &ret->unknown))
		return UNREADABLE;
	in_goroutine(rt, &g, addr, ret);
	return FOUND;
}

static enum found on_goroutine_stack(const struct vole_runtime *rt,
				     struct vole_ui *ui, uint64_t addr,
				     struct vole_region *ret)
{
	enum found all = NOWHERE;
	struct vole_goroutines list;
	uint64_t i, at;

	if (!vole_goroutines_find(rt, &list, &ret->unknown))
		return UNREADABLE;
	if (list.lost) {
		all = UNREADABLE;
		(void)!vole_fail(&ret->unknown, VOLE_UNREADABLE, list.addr,
				 "not all goroutines can be read");
	}
	for (i = 0; i < list.len; i++) {
		enum found one = UNREADABLE;

		if (!(i & 1023) && ui && ui->interrupted(ui))
			return UNREADABLE;
		vole_goroutines_prefetch(rt, &list, i, false);
		if (vole_goroutines_get(rt, &list, i, &at, &ret->unknown))
			one = is_stack_of(rt, at, addr, ret);
		if (one == FOUND)
			return FOUND;
		if (one == UNREADABLE)
			all = UNREADABLE;
	}
	return all;
}

static enum found on_system_stack(const struct vole_runtime *rt, uint64_t addr,
				  struct vole_region *ret)
{
	const struct vole_ms *ms;
	size_t i;

	if (!vole_ms_get(rt, &ms, &ret->unknown))
		return UNREADABLE;
	for (i = 0; i < ms->len; i++) {
		const struct vole_m *m = &ms->items[i];

		if (!within(addr, m->g0_lo, m->g0_hi) &&
		    !within(addr, m->signal_lo, m->signal_hi))
			continue;
		ret->kind = VOLE_REGION_STACK;
		ret->live = VOLE_LIVE_MAPPED;
		ret->thread = m->tid;
		return FOUND;
	}
	if (!ms->problem)
		return NOWHERE;
	(void)!vole_fail(&ret->unknown, VOLE_UNREADABLE, addr, "%s",
			 ms->problem);
	return UNREADABLE;
}

/* --- the heap -------------------------------------------------------------- */

/* What nobody has now: only stacks are divided into elements. */
static void in_unknown_stack(const struct vole_heap *heap,
			     struct vole_region *ret)
{
	uint64_t at = heap->mspans[ret->object.span - heap->spans];
	struct vole_mspan span;

	if (!vole_mspan_read(heap->rt, at, &span, &ret->unknown)) {
		ret->kind = VOLE_REGION_UNKNOWN;
	} else if (span.elem_size) {
		ret->kind = VOLE_REGION_STACK;
		ret->live = VOLE_LIVE_DEAD_STACK;
	} else {
		ret->kind = VOLE_REGION_OTHER;
		ret->live = VOLE_LIVE_MAPPED;
	}
}

/* Stacks, and what else the runtime has there. */
static void in_manual_span(const struct vole_heap *heap, struct vole_ui *ui,
			   uint64_t addr, struct vole_region *ret)
{
	enum found system = on_system_stack(heap->rt, addr, ret), mine;

	if (system == FOUND)
		return;
	mine = on_goroutine_stack(heap->rt, ui, addr, ret);
	if (mine == FOUND)
		return;
	if (system == NOWHERE && mine == NOWHERE)
		in_unknown_stack(heap, ret);
	else
		ret->kind = VOLE_REGION_UNKNOWN;
}

static void in_span(const struct vole_heap *heap, struct vole_ui *ui,
		    uint64_t addr, struct vole_region *ret)
{
	static const enum vole_live lives[] = {
		[VOLE_OBJECT_ALLOCATED] = VOLE_LIVE_ALLOCATED,
		[VOLE_OBJECT_GARBAGE] = VOLE_LIVE_GARBAGE,
		[VOLE_OBJECT_FREE] = VOLE_LIVE_FREE,
		[VOLE_OBJECT_NEVER] = VOLE_LIVE_FREE,
	};

	ret->kind = VOLE_REGION_HEAP;
	switch (ret->object.part) {
	case VOLE_PART_OBJECT:
	case VOLE_PART_HEADER:
		ret->live = lives[ret->object.state];
		return;
	case VOLE_PART_TAIL:
		ret->live = VOLE_LIVE_PAST_END;
		return;
	case VOLE_PART_MANUAL:
		in_manual_span(heap, ui, addr, ret);
		return;
	}
}

/* False: in no arena, or the heap cannot be read, which `unknown` says. */
static bool in_heap(const struct vole_runtime *rt, struct vole_ui *ui,
		    uint64_t addr, struct vole_region *ret)
{
	struct vole_heap *heap;

	if (!vole_heap_get(rt, ui, &heap, &ret->unknown))
		return false;
	if (vole_object_at(heap, addr, &ret->object)) {
		in_span(heap, ui, addr, ret);
		return true;
	}
	if (!vole_heap_arena_at(heap, addr))
		return false;
	if (!vole_heap_is_whole(heap)) {
		ret->kind = VOLE_REGION_UNKNOWN;
		(void)!vole_fail(&ret->unknown, VOLE_CORRUPT, addr,
				 "parts of the heap's tables are damaged");
		return true;
	}
	ret->kind = VOLE_REGION_HEAP;
	ret->live = VOLE_LIVE_FREE_SPAN;
	return true;
}

static bool is_static(const struct vole_runtime *rt, uint64_t addr,
		      struct vole_region *ret)
{
	struct vole_error unused;

	if (!vole_module_has(rt, addr))
		return false;
	ret->kind = vole_package_var_at(rt, addr, &ret->variable, &unused) ?
			    VOLE_REGION_VARIABLE :
			    VOLE_REGION_PROGRAM;
	ret->live = VOLE_LIVE_MAPPED;
	return true;
}

void vole_region_at(const struct vole_runtime *rt, struct vole_ui *ui,
		    uint64_t addr, struct vole_region *ret)
{
	*ret = (struct vole_region){ .live = VOLE_LIVE_NONE };
	if (!addr || is_static(rt, addr, ret) || in_heap(rt, ui, addr, ret) ||
	    on_system_stack(rt, addr, ret) == FOUND)
		return;
	switch (vole_memory_presence(rt->mem, addr)) {
	case VOLE_PRESENCE_NONE:
		ret->kind = VOLE_REGION_UNMAPPED;
		return;
	case VOLE_PRESENCE_UNKNOWN:
		ret->kind = VOLE_REGION_UNKNOWN;
		(void)!vole_fail(&ret->unknown, VOLE_UNREADABLE, addr,
				 "the core file is truncated");
		return;
	default:
		break;
	}
	ret->kind = ret->unknown.code == VOLE_OK ? VOLE_REGION_OTHER :
						   VOLE_REGION_UNKNOWN;
	if (ret->kind == VOLE_REGION_OTHER)
		ret->live = VOLE_LIVE_MAPPED;
}

struct lookup {
	uint64_t addr;
	uint32_t perms;
	bool found;
};

static bool look_at(void *arg, const struct vole_mapping *mapping)
{
	struct lookup *l = arg;

	l->found = within(l->addr, mapping->start, mapping->end);
	l->perms = mapping->perms;
	return !l->found;
}

bool vole_region_is_read_only(const struct vole_runtime *rt,
			      const struct vole_region *region, uint64_t addr)
{
	struct lookup l = { .addr = addr };

	vole_target_mappings(rt->target, look_at, &l);
	if (l.found)
		return !(l.perms & VOLE_PERM_WRITE);
	/* Of a remote program no more may be known than what Go says. */
	return region->kind == VOLE_REGION_PROGRAM &&
	       !vole_module_of_data(rt, addr);
}

bool vole_region_is_freed(const struct vole_region *region)
{
	switch (region->live) {
	case VOLE_LIVE_FREE:
	case VOLE_LIVE_FREE_SPAN:
	case VOLE_LIVE_PAST_END:
	case VOLE_LIVE_RETURNED_FRAME:
	case VOLE_LIVE_DEAD_STACK:
		return true;
	default:
		return region->kind == VOLE_REGION_UNMAPPED;
	}
}

/* --- words ----------------------------------------------------------------- */

const char *vole_region_name(enum vole_region_kind kind)
{
	static const char *const names[] = {
		[VOLE_REGION_NIL] = "nil",
		[VOLE_REGION_HEAP] = "heap",
		[VOLE_REGION_STACK] = "stack",
		[VOLE_REGION_VARIABLE] = "variable",
		[VOLE_REGION_PROGRAM] = "program",
		[VOLE_REGION_OTHER] = "other",
		[VOLE_REGION_UNMAPPED] = "unmapped",
		[VOLE_REGION_UNKNOWN] = "unknown",
	};

	return names[kind];
}

const char *vole_live_name(enum vole_live live)
{
	static const char *const names[] = {
		[VOLE_LIVE_ALLOCATED] = "allocated",
		[VOLE_LIVE_GARBAGE] = "garbage",
		[VOLE_LIVE_FREE] = "free",
		[VOLE_LIVE_FREE_SPAN] = "free-span",
		[VOLE_LIVE_PAST_END] = "past-end",
		[VOLE_LIVE_FRAME] = "frame",
		[VOLE_LIVE_RETURNED_FRAME] = "returned-frame",
		[VOLE_LIVE_DEAD_STACK] = "dead-stack",
		[VOLE_LIVE_MAPPED] = "mapped",
		[VOLE_LIVE_NONE] = NULL,
	};

	return names[live];
}

static void heap_words(const struct vole_region *r, char *ret, size_t size)
{
	const struct vole_object *o = &r->object;

	switch (r->live) {
	case VOLE_LIVE_ALLOCATED:
		snprintf(ret, size, "heap, an object of %" PRIu64 " bytes",
			 o->size);
		break;
	case VOLE_LIVE_GARBAGE:
		snprintf(ret, size,
			 "heap, garbage of %" PRIu64 " bytes: nothing led to "
			 "it any more",
			 o->size);
		break;
	case VOLE_LIVE_FREE:
		snprintf(ret, size,
			 "freed: a slot of %" PRIu64 " bytes without an object",
			 o->size);
		break;
	case VOLE_LIVE_PAST_END:
		snprintf(ret, size, "heap, behind the objects of a span");
		break;
	default:
		snprintf(ret, size, "freed: pages of the heap in no span");
		break;
	}
}

static void stack_words(const struct vole_region *r, char *ret, size_t size)
{
	if (r->thread)
		snprintf(ret, size, "system stack of thread %" PRIu64,
			 r->thread);
	else if (!r->goroutine)
		snprintf(ret, size, "no goroutine's: an old stack");
	else if (r->live == VOLE_LIVE_DEAD_STACK)
		snprintf(ret, size,
			 "stack of goroutine %" PRIu64 ", which has ended",
			 r->goroutine);
	else if (r->live == VOLE_LIVE_RETURNED_FRAME)
		snprintf(ret, size,
			 "stack of goroutine %" PRIu64
			 ", of a call that has returned",
			 r->goroutine);
	else
		snprintf(ret, size, "stack of goroutine %" PRIu64 "%s%s",
			 r->goroutine, r->function ? ", frame of " : "",
			 r->function ? r->function : "");
}

void vole_region_words(const struct vole_region *r, char *ret, size_t size)
{
	switch (r->kind) {
	case VOLE_REGION_HEAP:
		heap_words(r, ret, size);
		break;
	case VOLE_REGION_STACK:
		stack_words(r, ret, size);
		break;
	case VOLE_REGION_VARIABLE:
		snprintf(ret, size, "variable %s", r->variable.name);
		break;
	case VOLE_REGION_PROGRAM:
		snprintf(ret, size, "the program's own data");
		break;
	case VOLE_REGION_OTHER:
		snprintf(ret, size, "outside of Go's heap, stacks and data");
		break;
	case VOLE_REGION_UNKNOWN:
		snprintf(ret, size, "unknown: %s", r->unknown.text);
		break;
	default:
		snprintf(ret, size, "%s", vole_region_name(r->kind));
		break;
	}
}
