/**
 * The words of an object that may be pointers, 64 at a time, whatever the
 * generation of bitmaps:
 *
 *	struct vole_pointers walk;
 *	struct vole_words words;
 *
 *	vole_pointers_begin(&walk, heap, span, slot);
 *	while (vole_pointers_next(&walk, &words))
 *		... word i of those is a pointer when bit i of words.mask is set
 */
#ifndef VOLE_HEAP_POINTERS_H
#define VOLE_HEAP_POINTERS_H

#include "heap/heap.h"
#include "heap/mask.h"

#include <string.h>

/** Up to 64 words that follow one another. */
struct vole_words {
	uint64_t addr; /* of the first */
	uint64_t mask; /* of the pointers; never 0 */
	const uint8_t *bytes; /* of them; not aligned */
};

struct vole_pointers {
	struct vole_heap *heap;
	const struct vole_span *span;
	uint64_t at, end;
	uint64_t type; /* TYPED: address of the descriptor, or 0 */
	const struct vole_type_mask *mask; /* of that; NULL: by the span */
	uint64_t tile_at; /* which word of the mask's tile `at` is */
	bool exact; /* the mask is the runtime's; else any word may be */
	bool unreadable; /* some words could not be read, and were left out */
	uint8_t buf[64 * 8]; /* of the words, when they are a copy */
};

/** Stand before the first word of slot @p slot of @p span, free or not. */
void vole_pointers_begin(struct vole_pointers *walk, struct vole_heap *heap,
			 const struct vole_span *span, uint32_t slot);
/** The next words with a pointer among them; valid until the next call. */
bool vole_pointers_next(struct vole_pointers *walk, struct vole_words *ret);

static inline uint64_t vole_words_at(const struct vole_words *words,
				     unsigned index)
{
	uint64_t word;

	memcpy(&word, words->bytes + index * 8, sizeof(word));
	return word;
}

#endif
