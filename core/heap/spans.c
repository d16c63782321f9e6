/*
 * The spans of each arena and their bits of allocated objects, in address
 * order. src/runtime/mheap.go: type mspan.
 */
#include "heap/bitmap.h"
#include "heap/build.h"
#include "heap/span.h"

#include <string.h>

static const uint64_t MAX_OBJECTS = UINT32_MAX & ~UINT64_C(63);

/* The index of that object size; 0 when it is none or there are too many. */
static uint8_t size_of(struct vole_heap_build *b, uint64_t size)
{
	uint8_t *index;

	if (!size || (size & 7) || size > VOLE_MAX_SMALL_SIZE)
		return 0;
	index = &b->size_index[size / 8];
	if (!*index && b->num_sizes < VOLE_MAX_OBJECT_SIZES - 1) {
		*index = (uint8_t)++b->num_sizes;
		b->heap->sizes[*index] = (struct vole_object_size){
			(uint32_t)size, UINT32_MAX / (uint32_t)size + 1
		};
	}
	return *index;
}

/* Do the numbers of the objects in @p m fit its pages? */
static bool sound_objects(struct vole_heap_build *b, const struct vole_mspan *m,
			  struct vole_span *ret)
{
	uint64_t bytes = (uint64_t)ret->num_pages << VOLE_PAGE_SHIFT;

	if (m->free_index > m->count)
		return false;
	if (!m->size_class) {
		ret->count = 1;
		return m->count == 1 && m->elem_size && m->elem_size <= bytes;
	}
	if (b->class_size[m->size_class] &&
	    b->class_size[m->size_class] != m->elem_size)
		return false;
	ret->size = size_of(b, m->elem_size);
	ret->count = (uint16_t)m->count;
	return ret->size && ret->num_pages <= VOLE_MAX_SMALL_PAGES &&
	       m->count && m->count <= bytes / m->elem_size;
}

/* Of the last word only the bits of objects count. */
static void drop_behind(uint64_t *bits, unsigned count)
{
	if (count % 64)
		bits[count / 64] &= (UINT64_C(1) << count % 64) - 1;
}

/*
 * Which objects of @p m exist: all below freeindex, above it as allocBits say.
 * False: that is not as many as it says.
 */
static bool load_allocated(struct vole_heap_build *b,
			   const struct vole_mspan *m,
			   const struct vole_span *span, uint64_t *bits)
{
	size_t words = (span->count + 63u) / 64, len = (span->count + 7u) / 8;
	unsigned num = 0, i;

	if (vole_memory_read(b->heap->rt->mem, m->alloc_bits, bits, len) < len)
		vole_heap_damaged(b->heap, VOLE_HEAP_BAD_BITS, m->addr);
	for (i = 0; i < m->free_index / 64; i++)
		bits[i] = UINT64_MAX;
	if (m->free_index % 64)
		bits[i] |= (UINT64_C(1) << m->free_index % 64) - 1;
	drop_behind(bits, span->count);
	for (i = 0; i < words; i++)
		num += (unsigned)__builtin_popcountll(bits[i]);
	/* nextFreeFast() moves freeindex, and then counts. */
	return num == m->alloc_count ||
	       (num == m->alloc_count + 1u && vole_span_is_cached(b->heap, m));
}

static bool read_allocated(struct vole_heap_build *b,
			   const struct vole_mspan *m,
			   const struct vole_span *span, struct vole_error *err)
{
	uint64_t bits[VOLE_MAX_SMALL_PAGES * VOLE_PAGE_SIZE / 8 / 64] = { 0 };
	unsigned i;

	if (!load_allocated(b, m, span, bits)) {
		/*
		 * sweepLocked.sweep() counts before it changes the bits: until
		 * then nothing of the span can be called free.
		 */
		if (vole_span_marks(b->heap, m) == VOLE_MARKS_CHANGING) {
			memset(bits, 0xff, sizeof(bits));
			drop_behind(bits, span->count);
		} else {
			vole_heap_damaged(b->heap, VOLE_HEAP_BAD_COUNT,
					  m->addr);
		}
	}
	for (i = 0; i < (span->count + 63u) / 64; i++) {
		uint64_t *to = vole_array_push(&b->allocated);

		if (!to)
			return vole_fail_nomem(err);
		*to = bits[i];
	}
	return true;
}

/* Host memory of the whole span, when it is not a copy. */
static const uint8_t *span_bytes(const struct vole_heap *heap, uint64_t base,
				 uint64_t num_pages)
{
	const uint8_t *bytes;
	size_t have;

	if (!heap->rt->mem->core)
		return NULL;
	bytes = vole_memory_borrow(heap->rt->mem, base, &have);
	return bytes && have >= num_pages << VOLE_PAGE_SHIFT ? bytes : NULL;
}

/* The objects of @p m; *ret_ok false when they make no sense. */
static bool add_objects(struct vole_heap_build *b, const struct vole_mspan *m,
			struct vole_span *span, bool *ret_ok,
			struct vole_error *err)
{
	*ret_ok = sound_objects(b, m, span) &&
		  b->allocated.len * 64 <= MAX_OBJECTS - span->count;
	if (!*ret_ok) {
		vole_heap_damaged(b->heap, VOLE_HEAP_BAD_SPAN, m->addr);
		return true;
	}
	span->kind = VOLE_SPAN_NOSCAN;
	if (!m->noscan)
		span->kind = (uint8_t)b->heap->bitmap->kind(b->heap, m, span);
	b->heap->in_use_bytes += (uint64_t)span->num_pages << VOLE_PAGE_SHIFT;
	return read_allocated(b, m, span, err);
}

/* Add @p m, whose pages are in the tables already, unless it makes no sense. */
static bool add_span(struct vole_heap_build *b, const struct vole_mspan *m,
		     uint64_t num_pages, bool *added, struct vole_error *err)
{
	struct vole_span span = {
		.base = m->base,
		.bytes = span_bytes(b->heap, m->base, num_pages),
		.num_pages = (uint32_t)num_pages,
		.first = (uint32_t)(b->allocated.len * 64),
		.kind = VOLE_SPAN_MANUAL,
	};
	struct vole_span_special *special;
	struct vole_span *to;
	uint64_t *mspan;

	*added = true;
	if (m->state == VOLE_MSPAN_IN_USE &&
	    !add_objects(b, m, &span, added, err))
		return false;
	if (!*added)
		return true;
	if (m->state == VOLE_MSPAN_IN_USE && m->specials) {
		special = vole_array_push(&b->specials);
		if (!special)
			return vole_fail_nomem(err);
		*special = (struct vole_span_special){ (uint32_t)b->spans.len,
						       m->specials };
	}
	to = vole_array_push(&b->spans);
	mspan = vole_array_push(&b->mspans);
	if (!to || !mspan)
		return vole_fail_nomem(err);
	*to = span;
	*mspan = m->addr;
	return true;
}

/*
 * How many pages from page @p page of arena @p arena on belong to the mspan at
 * @p addr as the arenas' tables have it, at most @p want.
 */
static uint64_t pages_of(const struct vole_heap_build *b, size_t arena,
			 uint64_t page, uint64_t addr, uint64_t want)
{
	const struct vole_heap *heap = b->heap;
	uint64_t spans = heap->rt->layout.place[VOLE_HEAP_ARENA_SPANS].offset;
	uint64_t num = 0, entry;
	struct vole_error unused;

	for (; num < want && page < VOLE_ARENA_PAGES; num++, page++)
		if (b->table[page] != addr)
			return num;
	while (num < want) {
		const struct vole_heap_arena *last = &heap->arenas[arena++];

		if (arena == heap->num_arenas ||
		    last[1].base - last->base != UINT64_C(1)
							 << VOLE_ARENA_SHIFT)
			return num;
		for (page = 0; num < want && page < VOLE_ARENA_PAGES;
		     num++, page++)
			if (!vole_memory_uint(heap->rt->mem,
					      last[1].addr + spans + page * 8,
					      8, &entry, &unused) ||
			    entry != addr)
				return num;
	}
	return num;
}

/*
 * The span that the table has at @p page. What is stale there, as the runtime
 * leaves it on free pages, is passed over: *ret_pages is 1 then.
 */
static bool take_span(struct vole_heap_build *b, size_t arena, uint64_t page,
		      uint64_t *ret_pages, struct vole_error *err)
{
	struct vole_heap *heap = b->heap;
	uint64_t base = heap->arenas[arena].base + (page << VOLE_PAGE_SHIFT);
	uint64_t addr = b->table[page], num, i;
	uint32_t *pages = heap->pages + (arena + 1) * VOLE_ARENA_PAGES + page;
	struct vole_error unused;
	struct vole_mspan m;
	bool added;

	*ret_pages = 1;
	b->stale = addr;
	b->stale_base = 0;
	if (!vole_mspan_read(heap->rt, addr, &m, &unused)) {
		vole_heap_damaged(heap, VOLE_HEAP_BAD_SPAN, addr);
		return true;
	}
	b->stale_base = m.base;
	if (m.base != base || m.state == VOLE_MSPAN_DEAD)
		return true;
	if (m.state > VOLE_MSPAN_MANUAL || !m.num_pages) {
		vole_heap_damaged(heap, VOLE_HEAP_BAD_SPAN, addr);
		return true;
	}
	num = pages_of(b, arena, page, addr, m.num_pages);
	if (num < m.num_pages)
		vole_heap_damaged(heap, VOLE_HEAP_OVERLAP, addr);
	*ret_pages = num;
	if (!add_span(b, &m, num, &added, err))
		return false;
	/* The pages of neighbouring arenas are neighbours in the table. */
	for (i = 0; added && i < num; i++)
		pages[i] = (uint32_t)b->spans.len;
	return true;
}

/*
 * The mspan that was looked at last again, and not where it begins: need not
 * be read again.
 */
static bool is_stale(const struct vole_heap_build *b,
		     const struct vole_heap_arena *arena, uint64_t page)
{
	return b->table[page] == b->stale &&
	       arena->base + (page << VOLE_PAGE_SHIFT) != b->stale_base;
}

static bool walk_arena(struct vole_heap_build *b, size_t number,
		       struct vole_error *err)
{
	struct vole_heap *heap = b->heap;
	const struct vole_heap_arena *arena = &heap->arenas[number];
	uint64_t spans = heap->rt->layout.place[VOLE_HEAP_ARENA_SPANS].offset;
	uint64_t page = b->skip, pages;

	b->skip = 0;
	if (page >= VOLE_ARENA_PAGES) {
		b->skip = page - VOLE_ARENA_PAGES;
		return true;
	}
	if (vole_memory_read(heap->rt->mem, arena->addr + spans, b->table,
			     sizeof(b->table)) < sizeof(b->table)) {
		vole_heap_damaged(heap, VOLE_HEAP_BAD_ARENA, arena->addr);
		return true;
	}
	for (; page < VOLE_ARENA_PAGES; page += pages) {
		pages = 1;
		if (b->table[page] && !is_stale(b, arena, page) &&
		    !take_span(b, number, page, &pages, err))
			return false;
	}
	b->skip = page - VOLE_ARENA_PAGES;
	return true;
}

bool vole_heap_find_spans(struct vole_heap_build *b, struct vole_error *err)
{
	size_t i;

	for (i = 0; i < b->heap->num_arenas; i++)
		if (!vole_heap_go_on(b->ui, err) || !walk_arena(b, i, err))
			return false;
	return true;
}
