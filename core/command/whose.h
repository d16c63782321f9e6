/**
 * Whose a word is that leads somewhere: which variable of the program or of a
 * frame, which object of the heap, or which part of a stack.
 */
#ifndef VOLE_COMMAND_WHOSE_H
#define VOLE_COMMAND_WHOSE_H

#include "command/command.h"
#include "heap/path.h"

struct vole_whose;

struct vole_owner {
	const char *where; /* in words; never NULL */
	/*
	 * The value that begins with the word, in Go; NULL: it cannot be said.
	 * With in_frame, over the variables of that frame, those that are set.
	 */
	const char *expression;
	bool exact; /* it is a pointer; else it may be one */
	bool in_frame; /* the next ones are known */
	uint64_t goroutine, frame; /* as `bt` counts */
	const char *function; /* NULL: it is C's */
	bool no_variable; /* it is none of the frame's, which are all known */
	bool hidden; /* the name of its variable means another one there */
	const char *reg; /* the register that the word is, or NULL */
	/*
	 * With a type, the innermost part that has the word, and where in
	 * there; its bytes last until the next call.
	 */
	struct vole_value value;
	uint64_t offset;
	const struct vole_type *in; /* the innermost struct around it, or NULL */
};

/** Nothing is looked at yet. @p heap is borrowed. VOLE_NOMEM. */
VOLE_CHECKED bool vole_whose_open(struct vole_context *ctx,
				  struct vole_heap *heap,
				  struct vole_whose **ret,
				  struct vole_error *err);
/** NULL is fine. */
void vole_whose_close(struct vole_whose *whose);
/**
 * Whose the word is that the last of @p path leads by; the steps before it are
 * how it is come by, if that is known. A path of one step in an object is that
 * object. Strings are in the command's arena.
 */
void vole_whose_word(struct vole_whose *whose, const struct vole_path *path,
		     struct vole_owner *ret);
/**
 * For vole_paths_prefer(): is the word sure to be a pointer of a frame's
 * variable? Of too many the rest is not looked at.
 */
bool vole_whose_is_sure(void *whose, const struct vole_ref *ref);
/** Does evaluating its expression really lead to @p value? */
bool vole_owner_leads(struct vole_context *ctx, const struct vole_owner *owner,
		      uint64_t value);
/** Of one in a frame, as JSON only: goroutine, frame, function, register. */
void vole_put_owner_frame(struct vole_context *ctx,
			  const struct vole_owner *owner);

/** What the JSON of that holds, for the commands' help. */
#define VOLE_OWNER_JSON \
	"where a frame has it `goroutine`, `frame`, `function`, `register`"

#endif
