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

/** A bit a word, at @p addr in the target; addr 0: not known. */
struct vole_word_bits {
	uint64_t addr;
	uint64_t len;
	uint64_t first; /* all of them when len is up to 64 */
};

/**
 * The maps of a frame at its call. What they say depends on the pc alone: with
 * argp and varp moved they are another frame's.
 */
struct vole_frame_words {
	const struct vole_runtime *rt;
	uint64_t argp; /* its arguments begin here, */
	uint64_t varp; /* and its variables end here */
	struct vole_word_bits locals; /* up to varp */
	struct vole_word_bits args;
	uint64_t objects; /* what of it has its address taken; 0: nothing */
};

/**
 * False where nothing is known: in no call, in C or assembler, without maps.
 * Those of assembler may say less than the runtime knows: reflect's stubs.
 */
VOLE_CHECKED bool vole_frame_words_open(const struct vole_runtime *rt,
					const struct vole_frame *frame,
					struct vole_frame_words *ret);
/**
 * Is the pointer that the word at @p addr has been used for still of use? Told
 * of words among the variables, also where their address was taken.
 */
enum vole_liveness vole_frame_local(const struct vole_frame_words *words,
				    uint64_t addr);
/**
 * Of a word below its variables, where it leaves what it passes to the
 * function it calls: @p callee, NULL where that has no frame. A collection
 * follows the callee's arguments there and nothing else.
 */
enum vole_liveness vole_frame_passed(const struct vole_frame_words *words,
				     const struct vole_frame_words *callee,
				     uint64_t addr);
/** A variable in a frame, or arguments together, whose address was taken. */
struct vole_stack_object {
	uint64_t addr;
	uint64_t size;
};

/** How many a frame has; false when they cannot be read. */
VOLE_CHECKED bool vole_frame_objects(const struct vole_frame_words *words,
				     size_t *ret);
/** The one of number @p i below that. */
VOLE_CHECKED bool vole_frame_object(const struct vole_frame_words *words,
				    size_t i, struct vole_stack_object *ret);
/**
 * As vole_frame_local(), of a word among the variables or arguments of a
 * frame, but not of those that have their address taken.
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
