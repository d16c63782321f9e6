/**
 * Which objects can be reached, step by step: from roots, then from whatever
 * else, with objects barred that are not to be entered. "Is this channel
 * reachable but for that goroutine" is: bar the goroutine's g, mark from the
 * roots, ask, and go on from the g when the answer is yes.
 *
 *	struct vole_mark *mark;
 *
 *	vole_mark_open(heap, ui, &mark, err)
 *	vole_mark_bar(mark, g.addr);
 *	vole_mark_from_roots(mark, VOLE_ROOTS_GO & ~(1 << VOLE_ROOT_STACK), err)
 *	vole_mark_from_stack(mark, &other, err)
 *	if (vole_mark_has(mark, chan)) {
 *		vole_mark_unbar(mark, g.addr);
 *		vole_mark_from(mark, g.addr, err)
 *		vole_mark_from_stack(mark, &g, err)
 *	}
 *	vole_mark_close(mark);
 */
#ifndef VOLE_HEAP_MARK_H
#define VOLE_HEAP_MARK_H

#include "heap/roots.h"

struct vole_mark;

/** What has been marked so far. */
struct vole_mark_totals {
	uint64_t objects;
	uint64_t bytes; /* of their slots */
	uint64_t to_free; /* pointers into spans of objects, but to none */
	uint64_t inexact; /* objects any of whose words may be a pointer */
};

/**
 * Nothing is marked, nothing barred. @p heap is borrowed. @p ui, which may be
 * NULL, ends the steps with VOLE_INTERRUPTED. VOLE_NOMEM.
 */
VOLE_CHECKED bool vole_mark_open(struct vole_heap *heap, struct vole_ui *ui,
				 struct vole_mark **ret,
				 struct vole_error *err);
/** NULL is fine. */
void vole_mark_close(struct vole_mark *mark);
/** Tell @p progress how many of all allocated objects are marked, at times. */
void vole_mark_watch(struct vole_mark *mark,
		     void (*progress)(void *arg, uint64_t done, uint64_t all),
		     void *arg);

/** The object around @p addr shall not be entered, however it is reached. */
void vole_mark_bar(struct vole_mark *mark, uint64_t addr);
/** It may be entered again; that it was reached meanwhile is forgotten. */
void vole_mark_unbar(struct vole_mark *mark, uint64_t addr);

/** All that can be reached by a pointer to @p addr. */
VOLE_CHECKED bool vole_mark_from(struct vole_mark *mark, uint64_t addr,
				 struct vole_error *err);
/** ... by the words of [addr, addr + len), any of which may be a pointer. */
VOLE_CHECKED bool vole_mark_from_range(struct vole_mark *mark, uint64_t addr,
				       uint64_t len, struct vole_error *err);
/** ... by the stack of @p g, vole_live_stack_visit(). */
VOLE_CHECKED bool vole_mark_from_stack(struct vole_mark *mark,
				       const struct vole_goroutine *g,
				       struct vole_error *err);
/** ... by the roots among @p kinds (1 << enum vole_root_kind). */
VOLE_CHECKED bool vole_mark_from_roots(struct vole_mark *mark, uint32_t kinds,
				       struct vole_error *err);

/** Has the object around @p addr been reached? False also for no object. */
bool vole_mark_has(const struct vole_mark *mark, uint64_t addr);
/** The same by vole_object.number. */
bool vole_mark_has_number(const struct vole_mark *mark, uint64_t number);
const struct vole_mark_totals *vole_mark_totals(const struct vole_mark *mark);

#endif
