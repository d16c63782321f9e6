/**
 * Every slice, string and pointer that leads into one array.
 */
#ifndef VOLE_COMMAND_SLICE_ALIASES_H
#define VOLE_COMMAND_SLICE_ALIASES_H

#include "base/array.h"
#include "check/region.h"
#include "command/slice_backing.h"
#include "command/whose.h"

enum vole_alias_kind {
	VOLE_ALIAS_POINTER,
	VOLE_ALIAS_STRING,
	VOLE_ALIAS_SLICE
};

struct vole_alias {
	enum vole_alias_kind kind;
	bool exact; /* it is that; else it may be something else */
	bool past_end; /* it claims more than the array has */
	bool open_end; /* a pointer to so much of the array that is not known */
	bool has_len, has_cap; /* they are known */
	struct vole_ref ref;
	struct vole_owner owner; /* without its value */
	uint64_t object; /* of the heap that it is in, or 0 */
	uint64_t data;
	uint64_t len, cap; /* elements, as the header has them */
	/* Of the array; of a pointer what it points at, cap_bytes at most. */
	uint64_t len_bytes, cap_bytes;
};

struct vole_aliases {
	struct vole_context *ctx;
	const struct vole_backing *backing;
	VOLE_ARRAY(struct vole_alias) found; /* by data */
	bool truncated; /* there are more */
};

/**
 * Find them all, that of @p backing itself aside; close them in any case.
 * What garbage has is nobody's. Fails as vole_heap_get() and
 * vole_refs_visit() do.
 */
VOLE_CHECKED bool vole_aliases_find(struct vole_context *ctx,
				    const struct vole_backing *backing,
				    struct vole_aliases *ret,
				    struct vole_error *err);
void vole_aliases_close(struct vole_aliases *aliases);
/**
 * Of an array of which nothing but the slice is known (VOLE_BACKING_BARE):
 * make it as large as slices that are sure to be over it say. Fails as
 * vole_aliases_find() does.
 */
VOLE_CHECKED bool vole_backing_widen(struct vole_context *ctx,
				     struct vole_backing *backing,
				     struct vole_error *err);

/**
 * Send them as the table "aliases", who would be overwritten by the next
 * append, and how much of the array none of them reaches.
 */
VOLE_CHECKED bool vole_put_aliases(const struct vole_aliases *aliases,
				   struct vole_error *err);

/** The fields of the row that is begun which say what @p alias is. */
void vole_put_alias(struct vole_context *ctx, const struct vole_alias *alias);
/**
 * Send who can write the bytes of the string that was asked about, which are
 * in @p region: the table "writers", and "written_by" in one word. Widens
 * @p backing when it must know more of it. Fails as vole_aliases_find() does.
 */
VOLE_CHECKED bool vole_put_writers(struct vole_context *ctx,
				   struct vole_backing *backing,
				   const struct vole_region *region,
				   struct vole_error *err);

/** What its JSON holds, for the command's help. */
#define VOLE_WRITERS_JSON                                                        \
	"`written_by` (`nobody`: the program's own and read-only; "              \
	"`none-found`; `listed` in `writers`; `unknown`: memory that is not "    \
	"Go's, is freed, or that others may change, or not all was looked at), " \
	"`maybe_pointers` (words that may lead there), `writers`: "              \
	"as `aliases`, and `by` (`elements`, `room`: by append or a longer "     \
	"slice, `pointer`, `variable` or `frame` that the bytes are of, "        \
	"`builder`: a strings.Builder, which only adds behind them)"

/** What its JSON holds, for the command's help. */
#define VOLE_ALIASES_JSON                                                     \
	"`aliases`: objects of `where`, `expression` (that can be "           \
	"evaluated, when there is one), `kind` (`slice`, `string`, "          \
	"`pointer`), `address` of the word, `data`, `len`, `cap`, `exact` "   \
	"(false: it may be something else that looks like it), `overlaps` "   \
	"(elements of this slice that it covers), `overwritten` (the next "   \
	"append writes over it), `past_end` (it claims more than the "        \
	"array has), `open_end` (a pointer, and to how much of the array "    \
	"is not known), `object` of the heap that it is in; " VOLE_OWNER_JSON \
	"; `unreachable_bytes` (of an array in the heap, by any of these, "   \
	"when all are known)"

#endif
