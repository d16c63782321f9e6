/**
 * Did you mean: the names nearest to a misspelt one, by edit distance.
 * Initialise, offer every name there is, add the text to the error.
 */
#ifndef VOLE_VALUE_NEAREST_H
#define VOLE_VALUE_NEAREST_H

#include "base/error.h"

enum {
	VOLE_NUM_NEAREST = 3,
	VOLE_MAX_NEAREST_LEN = 120, /* longer names are never offered */
};

struct vole_nearest {
	const char *want;
	size_t want_len;
	unsigned limit; /* greatest distance worth naming */
	const char *names[VOLE_NUM_NEAREST]; /* borrowed; nearest first */
	unsigned distances[VOLE_NUM_NEAREST];
	size_t num;
};

/** Look for names near @p want, which must live as long as @p nearest. */
void vole_nearest_init(struct vole_nearest *nearest, const char *want);
/** Consider @p name, which must live as long as @p nearest. */
void vole_nearest_offer(struct vole_nearest *nearest, const char *name);
/** "; nearest: a, b, c" in @p buf, escaped; "" when none came near. */
const char *vole_nearest_text(const struct vole_nearest *nearest, char *buf,
			      size_t room);
/** Insertions, deletions, replacements and swaps from a to b, or limit + 1. */
unsigned vole_edit_distance(const char *a, const char *b, unsigned limit);

#endif
