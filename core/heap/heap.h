/**
 * The Go heap by one compact index, made once for a target: from an address
 * to its span and from there to its object, without a look at the target's own
 * tables. Objects are numbered through all spans in address order, so that a
 * fact about each is a bit in an array. src/runtime/mheap.go.
 */
#ifndef VOLE_HEAP_HEAP_H
#define VOLE_HEAP_HEAP_H

#include "base/array.h"
#include "base/hash.h"
#include "runtime/runtime.h"

struct vole_bitmap_ops;

enum {
	VOLE_PAGE_SHIFT = 13,
	VOLE_PAGE_SIZE = 1 << VOLE_PAGE_SHIFT,
	VOLE_ARENA_SHIFT = 26,
	VOLE_ARENA_MASK = (1 << VOLE_ARENA_SHIFT) - 1,
	VOLE_ARENA_PAGES = 1 << (VOLE_ARENA_SHIFT - VOLE_PAGE_SHIFT),
	VOLE_ARENA_WORDS = 1 << (VOLE_ARENA_SHIFT - 3),
	VOLE_NUM_SIZE_CLASSES = 68,
	VOLE_MAX_OBJECT_SIZES = 256,
	VOLE_MAX_SMALL_SIZE = 32768, /* larger objects have a span each */
	VOLE_MAX_SMALL_PAGES =
		16, /* of a span of small ones; the runtime has 10 */
};

/** What a span holds, and where the pointers of its objects are told. */
enum vole_span_kind {
	VOLE_SPAN_MANUAL, /* stacks and the runtime's own: no objects */
	VOLE_SPAN_NOSCAN, /* objects without pointers */
	VOLE_SPAN_BITS, /* one bit a word, at the end of the span; 1.22 */
	VOLE_SPAN_TYPED, /* by a type: before the object, or of the span; 1.22 */
	VOLE_SPAN_BITMAP, /* in the arena's bitmap; to 1.21 */
	VOLE_SPAN_UNKNOWN, /* any word may be a pointer */
};

/** A span in use; 32 bytes, so that all of them fit a cache. */
struct vole_span {
	uint64_t base;
	const uint8_t *bytes; /* all of it in our memory, or NULL */
	uint32_t num_pages;
	uint32_t first; /* number of its first object; a multiple of 64 */
	uint16_t count; /* of slots for objects */
	uint8_t size; /* index in heap->sizes; 0: one object, the whole span */
	uint8_t kind; /* enum vole_span_kind */
	uint32_t bits; /* BITS: offset of the bitmap in the span */
};

/** A span some of whose objects have finalizers and the like. */
struct vole_span_special {
	uint32_t span; /* index */
	uint64_t first; /* address of the first special */
};

struct vole_object_size {
	uint32_t size;
	uint32_t magic; /* offset * magic >> 32 is offset / size */
};

/** A heapArena. */
struct vole_heap_arena {
	uint64_t base; /* of the memory it describes */
	uint64_t addr; /* of the record */
	const uint8_t *bitmap; /* all of it in our memory, or NULL */
};

/** What was found wrong, each kind once. */
enum vole_heap_damage {
	VOLE_HEAP_BAD_ARENA,
	VOLE_HEAP_BAD_SPAN,
	VOLE_HEAP_OVERLAP,
	VOLE_HEAP_BAD_BITS,
	VOLE_HEAP_BAD_COUNT,
	VOLE_NUM_HEAP_DAMAGES,
};

struct vole_heap_problem {
	uint64_t num; /* 0: none of these */
	uint64_t first; /* address of the first */
};

struct vole_heap {
	const struct vole_runtime *rt;
	uint64_t lo; /* of the lowest arena */
	uint64_t len; /* up to the end of the highest */
	uint32_t *places; /* of each 64 MiB of that: first in `pages` */
	uint32_t *pages; /* number of the span + 1; the first 8192 are 0 */
	struct vole_span *spans; /* in address order */
	size_t num_spans;
	uint64_t *mspans; /* address of each span's mspan */
	struct vole_span_special *specials; /* in address order */
	size_t num_specials;
	uint64_t *allocated; /* a bit for each object */
	uint64_t num_objects; /* numbers, free ones included; 64 times words */
	struct vole_object_size sizes[VOLE_MAX_OBJECT_SIZES];
	struct vole_heap_arena *arenas; /* in address order */
	size_t num_arenas;
	uint32_t sweepgen;
	uint32_t gc_phase; /* 0: no collection marks now */
	uint64_t in_use_bytes; /* of the spans that hold objects */
	const struct vole_bitmap_ops *bitmap; /* the generation */
	struct vole_heap_problem problems[VOLE_NUM_HEAP_DAMAGES];
	struct vole_hash masks; /* of types, by address; see mask.h */
	struct vole_arena memory;
};

/**
 * The heap of @p rt: made when first asked for, the same until memory may have
 * changed. VOLE_NO_DEBUG_INFO, VOLE_UNREADABLE, VOLE_NOMEM, VOLE_INTERRUPTED
 * (@p ui may be NULL). Parts that are damaged are left out and counted.
 */
VOLE_CHECKED bool vole_heap_get(const struct vole_runtime *rt,
				struct vole_ui *ui, struct vole_heap **ret,
				struct vole_error *err);
/** The same, owned by the caller. */
VOLE_CHECKED bool vole_heap_open(const struct vole_runtime *rt,
				 struct vole_ui *ui, struct vole_heap **ret,
				 struct vole_error *err);
/** NULL is fine. */
void vole_heap_close(struct vole_heap *heap);

/** One sentence for a kind of damage ("spans that overlap others"). */
const char *vole_heap_damage_text(enum vole_heap_damage damage);

/** Was nothing found damaged: is what no span has in no span? */
bool vole_heap_is_whole(const struct vole_heap *heap);

/** Number of the span around @p addr + 1, or 0. */
static inline uint32_t vole_heap_span_at(const struct vole_heap *heap,
					 uint64_t addr)
{
	uint64_t off = addr - heap->lo;

	if (off >= heap->len)
		return 0;
	return heap->pages[heap->places[off >> VOLE_ARENA_SHIFT] +
			   ((off >> VOLE_PAGE_SHIFT) & (VOLE_ARENA_PAGES - 1))];
}

/** Bytes of one object's slot. */
static inline uint64_t vole_span_object_size(const struct vole_heap *heap,
					     const struct vole_span *span)
{
	return span->size ? heap->sizes[span->size].size :
			    (uint64_t)span->num_pages << VOLE_PAGE_SHIFT;
}

/** Which slot the byte @p off of the span is in; past `count`: none. */
static inline uint32_t vole_span_slot(const struct vole_heap *heap,
				      const struct vole_span *span,
				      uint64_t off)
{
	return span->size ?
		       (uint32_t)((off * heap->sizes[span->size].magic) >> 32) :
		       0;
}

/** The record of the arena around @p addr, or NULL. */
static inline const struct vole_heap_arena *
vole_heap_arena_at(const struct vole_heap *heap, uint64_t addr)
{
	uint64_t off = addr - heap->lo;
	uint32_t place;

	if (off >= heap->len)
		return NULL;
	place = heap->places[off >> VOLE_ARENA_SHIFT];
	return place ? &heap->arenas[place / VOLE_ARENA_PAGES - 1] : NULL;
}

static inline bool vole_bit(const uint64_t *bits, uint64_t number)
{
	return bits[number >> 6] >> (number & 63) & 1;
}

#endif
