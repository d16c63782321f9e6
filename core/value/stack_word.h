/**
 * Words of stacks and registers: which variable of which frame they are.
 *
 * Only the goroutines and frames that are asked about are looked at, and each
 * once when its words are asked for in the order of their addresses.
 */
#ifndef VOLE_VALUE_STACK_WORD_H
#define VOLE_VALUE_STACK_WORD_H

#include "runtime/frame_at.h"
#include "value/value.h"

struct vole_stack_words;

/** A word: of a goroutine's stack, else of what is a thread's own. */
struct vole_stack_place {
	uint64_t g; /* address of the goroutine's; 0: the thread's */
	uint64_t thread;
	uint64_t addr; /* 0: the register of that number */
	unsigned number;
};

/** Whose it is. */
struct vole_stack_word {
	uint64_t goroutine, frame; /* as `bt` counts */
	const char *function; /* NULL: the frame is C's */
	const char *saved; /* the register of that frame that it is, or NULL */
	/* A Go expression: "buf", "t.lines[3]", "&x"; NULL: no variable. */
	const char *name;
	bool hidden; /* in the frame its variable's name means another one */
	bool captured; /* of the function around, by a closure */
	struct vole_value value; /* the innermost part that has the word */
	uint64_t offset; /* of the word in that */
	const struct vole_type *in; /* the innermost struct around it, or NULL */
	/* The variable is set and still used, and the word a pointer of it. */
	bool exact;
	/* All variables of the frame are known, and none has the word. */
	bool no_variable;
};

/** Nothing is looked at yet. Borrows @p rt. VOLE_NOMEM. */
VOLE_CHECKED bool vole_stack_words_open(const struct vole_runtime *rt,
					struct vole_stack_words **ret,
					struct vole_error *err);
/** NULL is fine. */
void vole_stack_words_close(struct vole_stack_words *words);
/**
 * Whose word @p place is; false: no frame is known to have it. Strings and the
 * value's bytes last until the next call.
 */
bool vole_stack_word_at(struct vole_stack_words *words,
			const struct vole_stack_place *place,
			struct vole_stack_word *ret);
/**
 * The same for the word at @p addr elsewhere, in what a variable of the frame
 * that has @p place is or leads to: one that a closure captured, or that
 * escaped. False: there is none.
 */
bool vole_stack_word_behind(struct vole_stack_words *words,
			    const struct vole_stack_place *place, uint64_t addr,
			    struct vole_stack_word *ret);

#endif
