#include "heap/pointers.h"

#include "heap/bitmap.h"
#include "heap/span.h"

static uint64_t type_of_large(const struct vole_pointers *walk)
{
	struct vole_heap *heap = walk->heap;
	uint64_t mspan = heap->mspans[walk->span - heap->spans], type;
	struct vole_error unused;

	return vole_memory_uint(heap->rt->mem,
				mspan + heap->rt->layout
						.place[VOLE_MSPAN_LARGE_TYPE]
						.offset,
				8, &type, &unused) ?
		       type :
		       0;
}

/* The type in front of the object at @p slot. */
static uint64_t type_of_slot(const struct vole_pointers *walk, uint64_t slot)
{
	const uint8_t *bytes = walk->span->bytes;
	struct vole_error unused;
	uint64_t type;

	if (bytes) {
		memcpy(&type, bytes + (slot - walk->span->base), sizeof(type));
		return type;
	}
	return vole_memory_uint(walk->heap->rt->mem, slot, 8, &type, &unused) ?
		       type :
		       0;
}

/* No type at all: the object has been allocated, but not yet published. */
static void begin_typed(struct vole_pointers *walk)
{
	struct vole_error unused;

	if (walk->span->size) {
		walk->type = type_of_slot(walk, walk->at);
		walk->at += 8;
	} else {
		walk->type = type_of_large(walk);
	}
	if (!walk->type)
		walk->end = walk->at;
	else if (!vole_type_mask_get(walk->heap, walk->type, &walk->mask,
				     &unused))
		walk->exact = false;
}

void vole_pointers_begin(struct vole_pointers *walk, struct vole_heap *heap,
			 const struct vole_span *span, uint32_t slot)
{
	uint64_t size = vole_span_object_size(heap, span);

	walk->heap = heap;
	walk->span = span;
	walk->at = span->base + slot * size;
	walk->end = walk->at + size;
	walk->type = 0;
	walk->mask = NULL;
	walk->tile_at = 0;
	walk->exact = span->kind != VOLE_SPAN_UNKNOWN;
	walk->unreadable = false;
	if (span->kind == VOLE_SPAN_TYPED)
		begin_typed(walk);
	if (span->kind == VOLE_SPAN_NOSCAN || span->kind == VOLE_SPAN_MANUAL)
		walk->end = walk->at;
}

/* Up to 64 bits of the span's own bitmap. */
static bool next_bits(struct vole_pointers *walk, uint64_t *ret_mask,
		      uint64_t *ret_words)
{
	const struct vole_span *span = walk->span;
	uint64_t bit = (walk->at - span->base) / 8;
	uint64_t off = span->bits + bit / 64 * 8, pair[2] = { 0 };
	uint64_t size = (uint64_t)span->num_pages << VOLE_PAGE_SHIFT;
	size_t len = off + 16 <= size ? 16 : 8;

	if (span->bytes)
		memcpy(pair, span->bytes + off, len);
	else if (vole_memory_read(walk->heap->rt->mem, span->base + off, pair,
				  len) < len)
		return false;
	*ret_words = len == 16 ? 64 : 64 - bit % 64;
	*ret_mask = vole_bits_at(pair, bit % 64, (unsigned)*ret_words);
	return true;
}

static void next_typed(struct vole_pointers *walk, uint64_t *ret_mask,
		       uint64_t *ret_words)
{
	const struct vole_type_mask *mask = walk->mask;
	uint64_t at = walk->tile_at, left = mask->tile_words - at;
	uint64_t words = left < 64 ? left : 64;

	*ret_mask = 0;
	if (at >= mask->ptr_words)
		words = left; /* nothing more in this tile */
	else
		*ret_mask = vole_bits_at(mask->bits, at, (unsigned)words);
	walk->tile_at = words == left ? 0 : at + words;
	*ret_words = words;
}

static bool next_mask(struct vole_pointers *walk, uint64_t *ret_mask,
		      uint64_t *ret_words)
{
	unsigned words;

	switch (walk->exact ? walk->span->kind : VOLE_SPAN_UNKNOWN) {
	case VOLE_SPAN_BITS:
		return next_bits(walk, ret_mask, ret_words);
	case VOLE_SPAN_TYPED:
		next_typed(walk, ret_mask, ret_words);
		return true;
	case VOLE_SPAN_BITMAP:
		if (!walk->heap->bitmap->next(walk, ret_mask, &words))
			return false;
		*ret_words = words;
		return true;
	default:
		*ret_mask = UINT64_MAX;
		*ret_words = 64;
		return true;
	}
}

/* The words themselves, in place or as a copy; *mask loses those that cannot
 * be read. */
static const uint8_t *bytes_of(struct vole_pointers *walk, uint64_t addr,
			       uint64_t *mask)
{
	size_t len = 8 * (64 - (size_t)__builtin_clzll(*mask)), got;

	if (walk->span->bytes)
		return walk->span->bytes + (addr - walk->span->base);
	got = vole_memory_read(walk->heap->rt->mem, addr, walk->buf, len);
	if (got < len) {
		walk->unreadable = true;
		*mask &= (UINT64_C(1) << got / 8) - 1;
	}
	return walk->buf;
}

bool vole_pointers_next(struct vole_pointers *walk, struct vole_words *ret)
{
	while (walk->at < walk->end) {
		uint64_t addr = walk->at, mask, words, left;

		if (!next_mask(walk, &mask, &words)) {
			walk->exact = false;
			continue;
		}
		left = (walk->end - addr) / 8;
		if (left < 64)
			mask &= (UINT64_C(1) << left) - 1;
		if (words > left)
			words = left;
		walk->at = words ? addr + words * 8 : walk->end;
		if (!mask)
			continue;
		ret->bytes = bytes_of(walk, addr, &mask);
		if (!mask)
			continue;
		ret->addr = addr;
		ret->mask = mask;
		return true;
	}
	return false;
}
