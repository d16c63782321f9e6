/**
 * Which words of a type's values are pointers: its GCData, in whatever form
 * the release keeps it. src/internal/abi/type.go, src/runtime/type.go.
 */
#ifndef VOLE_HEAP_MASK_H
#define VOLE_HEAP_MASK_H

#include "heap/heap.h"

/** Memory that holds values one after another: a tile, over and over. */
struct vole_type_mask {
	uint64_t tile_words;
	uint64_t ptr_words; /* of a tile; behind them are no pointers */
	const uint64_t *bits;
};

/**
 * The mask of the type whose descriptor is at @p addr; as long as the heap.
 * Arrays have their element's. VOLE_CORRUPT: no type, or one without pointers.
 */
VOLE_CHECKED bool vole_type_mask_get(struct vole_heap *heap, uint64_t addr,
				     const struct vole_type_mask **ret,
				     struct vole_error *err);

/** Up to 64 bits of an array, from bit @p at on. */
uint64_t vole_bits_at(const uint64_t *bits, uint64_t at, unsigned count);
/** Or them into an array of zeros. */
void vole_bits_put(uint64_t *bits, uint64_t at, uint64_t value, unsigned count);
/** Copy @p count bits upwards; the ranges may overlap as a pattern repeats. */
void vole_bits_repeat(uint64_t *bits, uint64_t from, uint64_t to,
		      uint64_t count);

/**
 * Run the GC program at @p addr until @p count bits are in @p bits (zeros).
 * src/runtime/mbitmap.go: runGCProg.
 */
VOLE_CHECKED bool vole_gcprog_run(struct vole_memory *mem, uint64_t addr,
				  uint64_t *bits, uint64_t count,
				  struct vole_error *err);

#endif
