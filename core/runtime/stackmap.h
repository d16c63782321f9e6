/**
 * What the garbage collector knows of a frame's words: which hold pointers
 * that the function may still use. What others point to may have been freed.
 * src/runtime/stkframe.go: getStackMap.
 */
#ifndef VOLE_RUNTIME_STACKMAP_H
#define VOLE_RUNTIME_STACKMAP_H

#include "runtime/stack.h"

enum vole_liveness {
	VOLE_LIVENESS_UNKNOWN,
	VOLE_LIVENESS_DEAD, /* a collection would not follow it */
	VOLE_LIVENESS_LIVE,
};

/**
 * Is the pointer that the word at @p addr has been used for still of use?
 * Told at calls only, of words in the frame or its arguments, and not of
 * variables whose address was taken.
 */
enum vole_liveness vole_frame_liveness(const struct vole_runtime *rt,
				       const struct vole_frame *frame,
				       uint64_t addr);
/**
 * Does a collection follow the word at @p addr as one of the frame's locals?
 * Told at calls only. Variables whose address was taken may be live without.
 */
bool vole_frame_follows(const struct vole_runtime *rt,
			const struct vole_frame *frame, uint64_t addr);

#endif
