/**
 * What of the heap is at an address: the span, and in a span of objects the
 * slot and whether an object is in it.
 */
#ifndef VOLE_HEAP_OBJECT_H
#define VOLE_HEAP_OBJECT_H

#include "heap/heap.h"
#include "heap/span.h"

/** What a slot of a span holds. */
enum vole_object_state {
	VOLE_OBJECT_ALLOCATED,
	VOLE_OBJECT_GARBAGE, /* found unreachable, about to be freed */
	VOLE_OBJECT_FREE, /* since the last sweep at the latest */
	VOLE_OBJECT_NEVER, /* free, and nothing was in it since the OS gave it */
};

/** Which part of a span an address is in. */
enum vole_object_part {
	VOLE_PART_OBJECT,
	VOLE_PART_HEADER, /* the 8 bytes for a type in front of the object */
	VOLE_PART_TAIL, /* behind the last slot: waste, or the span's bits */
	VOLE_PART_MANUAL, /* a span of stacks or of the runtime: no objects */
};

struct vole_object {
	const struct vole_span *span; /* as long as the heap */
	enum vole_object_part part;
	/* What follows is there for OBJECT and HEADER. */
	enum vole_object_state state;
	uint32_t number; /* for bits that there are for each object */
	uint32_t index; /* of the slot in its span */
	uint64_t slot; /* address of its first byte */
	uint64_t base; /* of the object: behind a header */
	uint64_t size; /* from base to the slot's end */
	uint64_t offset; /* of the address from base */
	uint64_t type; /* of its descriptor, as the runtime has it; 0 unknown */
	bool noscan; /* has no pointers */
	bool tiny; /* several small objects share this one */
};

/**
 * What is at @p addr; false when it is in no span of the heap. For what was
 * never allocated there is no mspan that says so: a slot that was given back
 * since the span was made is FREE, as are all others of it.
 */
bool vole_object_at(const struct vole_heap *heap, uint64_t addr,
		    struct vole_object *ret);
/** Slot @p index, which must be one, of @p span. */
void vole_object_of(const struct vole_heap *heap, const struct vole_span *span,
		    uint32_t index, struct vole_object *ret);

/** The words of vole_object_state: a closed list. */
const char *vole_object_state_name(enum vole_object_state state);

#endif
