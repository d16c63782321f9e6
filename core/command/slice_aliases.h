/**
 * Every slice, string and pointer that leads into one array.
 */
#ifndef VOLE_COMMAND_SLICE_ALIASES_H
#define VOLE_COMMAND_SLICE_ALIASES_H

#include "command/command.h"
#include "heap/object.h"
#include "runtime/slice.h"

/** The array that is asked about. */
struct vole_backing {
	uint64_t addr, size;
	const struct vole_slice *slice; /* by which it was found */
	uint64_t self; /* where the header of that slice is; 0 nowhere */
};

/**
 * Send them as the table "aliases", who would be overwritten by the next
 * append, and how much of the array none of them reaches. Fails as
 * vole_heap_get() and vole_refs_visit() do.
 */
VOLE_CHECKED bool vole_put_aliases(struct vole_context *ctx,
				   const struct vole_backing *backing,
				   struct vole_error *err);

/** What its JSON holds, for the command's help. */
#define VOLE_ALIASES_JSON                                                   \
	"`aliases`: objects of `where`, `kind` (`slice`, `string`, "        \
	"`pointer`), `address` of the word, `data`, `len`, `cap`, `exact` " \
	"(false: it may be something else that looks like it), `overlaps` " \
	"(elements of this slice that it covers), `overwritten` (the next " \
	"append writes over it), and by place `goroutine`, `object`; "      \
	"`unreachable_bytes` (of the array, by any slice or string)"

#endif
