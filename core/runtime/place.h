/**
 * Where a goroutine is, in one line: its innermost call and its innermost
 * call in user code, that is outside the standard library.
 */
#ifndef VOLE_RUNTIME_PLACE_H
#define VOLE_RUNTIME_PLACE_H

#include "runtime/call.h"

struct vole_place_of {
	const struct vole_call *top; /* NULL: C code, or not known */
	/* Outside the standard library, else outside the runtime; or NULL. */
	const struct vole_call *user;
	const struct vole_call *created; /* its go statement; or NULL */
	const struct vole_call *start; /* its first function; or NULL */
	bool system; /* works for the runtime, or for a thread of C */
	const char *end; /* why nothing more is known, or NULL */
	char text[160]; /* of `end` */
};

/** Never fails: what cannot be told is NULL. */
void vole_goroutine_place(const struct vole_runtime *rt,
			  const struct vole_goroutine *g,
			  struct vole_place_of *ret);

#endif
