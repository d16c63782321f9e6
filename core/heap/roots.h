/**
 * What keeps objects alive from outside the heap, word by word: package
 * variables by the runtime's masks, stacks and registers conservatively (any
 * word that could be a pointer), and what the runtime keeps for finalizers,
 * weak pointers and cleanups. src/runtime/mgcmark.go: markroot.
 */
#ifndef VOLE_HEAP_ROOTS_H
#define VOLE_HEAP_ROOTS_H

#include "heap/pointers.h"
#include "runtime/goroutine.h"

enum vole_root_kind {
	VOLE_ROOT_DATA, /* package variables */
	VOLE_ROOT_STACK, /* the part in use of a goroutine's */
	VOLE_ROOT_SYSTEM_STACK, /* of a thread's own: the runtime's, and C's */
	VOLE_ROOT_REGISTERS, /* of a thread */
	VOLE_ROOT_SPECIAL, /* of an object: finalizer, weak pointer, cleanup */
	VOLE_ROOT_QUEUE, /* finalizers and cleanups that are about to run */
	VOLE_NUM_ROOT_KINDS,
};

/** All that the runtime's own collector looks at, and registers. */
enum {
	VOLE_ROOTS_GO = 1 << VOLE_ROOT_DATA | 1 << VOLE_ROOT_STACK |
			1 << VOLE_ROOT_REGISTERS | 1 << VOLE_ROOT_SPECIAL |
			1 << VOLE_ROOT_QUEUE,
	VOLE_ROOTS_ALL = (1 << VOLE_NUM_ROOT_KINDS) - 1,
};

struct vole_root {
	enum vole_root_kind kind;
	bool exact; /* the mask is the runtime's; else any word may be one */
	struct vole_words words; /* addr 0: registers, by their numbers */
	/* goid of a stack, thread of registers and a system stack, address of
	 * a special's object. */
	uint64_t owner;
	uint64_t g; /* STACK: address of its g */
};

/** Where roots go; embed it first and cast back. */
struct vole_root_visitor {
	/** False ends the walk. What @p root points to lasts for the call. */
	bool (*visit)(struct vole_root_visitor *v,
		      const struct vole_root *root);
};

/**
 * Tell @p v all roots among @p kinds (a mask of 1 << kind). Parts that cannot
 * be read are left out. Registers of threads are all known in cores only.
 * VOLE_INTERRUPTED (@p ui may be NULL), and what the lists of goroutines and
 * threads can fail with.
 */
VOLE_CHECKED bool vole_roots_visit(struct vole_heap *heap, uint32_t kinds,
				   struct vole_ui *ui,
				   struct vole_root_visitor *v,
				   struct vole_error *err);
/** The lowest address in use of the stack of @p g. */
uint64_t vole_stack_used(const struct vole_runtime *rt,
			 const struct vole_goroutine *g);

/** "package variables", "stacks", ... */
const char *vole_root_kind_name(enum vole_root_kind kind);

/** For the files of roots only: one source of roots each. */
struct vole_root_walk {
	struct vole_heap *heap;
	struct vole_ui *ui;
	struct vole_root_visitor *v;
	struct vole_error *err;
	bool ended; /* by the visitor */
};

/** Any word of [addr, addr + len) may be a pointer; false to end. */
bool vole_root_range(struct vole_root_walk *w, struct vole_root *root,
		     uint64_t addr, uint64_t len);
/** Those among 64 words from @p addr whose bits are in @p mask; false to end. */
bool vole_root_some(struct vole_root_walk *w, struct vole_root *root,
		    uint64_t addr, uint64_t mask);
/** The word at @p addr is a pointer; false to end. */
bool vole_root_word(struct vole_root_walk *w, struct vole_root *root,
		    uint64_t addr);
bool vole_root_specials(struct vole_root_walk *w);
bool vole_root_queues(struct vole_root_walk *w);
bool vole_root_stacks(struct vole_root_walk *w);
/** Can the stacks of all goroutines be read, and all that the core has? */
bool vole_roots_are_whole(const struct vole_heap *heap);
/** What to say when not. */
#define VOLE_ROOTS_MISSING "stacks or parts of the core are missing"
bool vole_root_threads(struct vole_root_walk *w, uint32_t kinds);

#endif
