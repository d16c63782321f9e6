/**
 * A physical frame as its programmer sees it: the calls that were inlined
 * into its function at that pc, innermost first, then the function itself.
 */
#ifndef VOLE_RUNTIME_CALL_H
#define VOLE_RUNTIME_CALL_H

#include "runtime/stack.h"

struct vole_call {
	const char *name; /* of the function, as the runtime has it */
	const char *file; /* "?" unknown */
	int32_t line; /* 0 unknown */
	const char *where; /* in short: "main.send main.go:64" */
	int32_t start_line; /* of the function; 0 not recorded */
	bool inlined;
	bool is_std; /* of the standard library, by its file */
	bool is_runtime; /* what a list of goroutines passes over */
};

struct vole_calls {
	const struct vole_call *items;
	size_t len; /* at least 1 */
};

/**
 * The calls at @p pc. @p exact as in struct vole_frame: a return address is
 * looked up by the call before it. Lives as long as the runtime.
 * VOLE_NOT_FOUND (no Go code), VOLE_CORRUPT, VOLE_NOMEM.
 */
VOLE_CHECKED bool vole_calls_at(const struct vole_runtime *rt, uint64_t pc,
				bool exact, struct vole_calls *ret,
				struct vole_error *err);

/** What is damaged of what was asked so far, in one sentence; or NULL. */
const char *vole_calls_problem(const struct vole_runtime *rt);

/** The last part of a path: "proc.go". */
const char *vole_base_name(const char *path);
/** The package of a function's full name: its length. "net/http", "main". */
size_t vole_package_len(const char *name);

/** For vole_runtime_open() and _close() only. */
struct vole_call_cache *vole_call_cache_new(void);
void vole_call_cache_free(struct vole_call_cache *cache);

#endif
