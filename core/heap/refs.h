/**
 * Who points there: every word of package variables, stacks, registers and
 * the objects of the heap that leads into a range of addresses.
 */
#ifndef VOLE_HEAP_REFS_H
#define VOLE_HEAP_REFS_H

#include "heap/mark.h"
#include "heap/object.h"
#include "heap/roots.h"

/** A word that leads there. */
struct vole_ref {
	uint64_t addr; /* of the word; 0: a register */
	uint64_t value; /* that it holds */
	bool exact; /* it is a pointer; else it may be one */
	bool in_object; /* of the heap; else in a root */
	/* Of an object: */
	const struct vole_span *span;
	uint32_t slot; /* of a register its number */
	/* Of a root, as in struct vole_root: */
	enum vole_root_kind kind;
	uint64_t owner, g;
};

/** Word @p index of @p root. */
struct vole_ref vole_root_ref(const struct vole_root *root, unsigned index);

/** Where they go; embed it first and cast back. */
struct vole_ref_visitor {
	/** False ends the search. */
	bool (*visit)(struct vole_ref_visitor *v, const struct vole_ref *ref);
};

/** What is searched for, and where. */
struct vole_ref_search {
	uint64_t addr, len; /* the range; len at least 1 */
	uint32_t roots; /* kinds of them, 1 << enum vole_root_kind */
	const struct vole_mark *reached; /* only objects that it has; or NULL */
	struct vole_ui *ui; /* may be NULL */
	/** How much of the heap was searched, at times; may be NULL. */
	void (*progress)(void *arg, uint64_t done, uint64_t all);
	void *arg;
};

/**
 * Tell @p v all words that lead into the range: roots first, then objects in
 * address order, also those that nobody reaches any more. VOLE_INTERRUPTED,
 * and what vole_roots_visit() can fail with.
 */
VOLE_CHECKED bool vole_refs_visit(struct vole_heap *heap,
				  const struct vole_ref_search *search,
				  struct vole_ref_visitor *v,
				  struct vole_error *err);

#endif
