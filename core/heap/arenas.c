/*
 * The arenas of the heap, and the tables that lead from an address to the
 * number of a span. src/runtime/mheap.go: type mheap.
 */
#include "base/checked.h"
#include "heap/build.h"

#include <stdlib.h>
#include <string.h>

enum { ADDRESS_BITS = 47 };

static const uint64_t MAX_ARENAS = 1 << 22; /* arenaL2Bits */
static const uint64_t MAX_SPANS = UINT64_C(1) << 32;

/* src/runtime/mheap.go: arenaBase. */
static uint64_t arena_base(const struct vole_layout *layout, uint64_t number)
{
	return (number << VOLE_ARENA_SHIFT) +
	       (uint64_t)layout->value[VOLE_CONST_ARENA_BASE];
}

/* The whole bitmap of an arena, when it is not a copy. */
static const uint8_t *bitmap_of(const struct vole_runtime *rt, uint64_t addr)
{
	const struct vole_place *place =
		&rt->layout.place[VOLE_HEAP_ARENA_BITMAP];
	const uint8_t *bytes;
	size_t have;

	if (!place->known || !rt->mem->core)
		return NULL;
	bytes = vole_memory_borrow(rt->mem, addr + place->offset, &have);
	return bytes && have >= place->size ? bytes : NULL;
}

static int by_base(const void *a, const void *b)
{
	const struct vole_heap_arena *left = a, *right = b;

	return (left->base > right->base) - (left->base < right->base);
}

static int by_addr(const void *a, const void *b)
{
	const struct vole_heap_arena *left = a, *right = b;

	return (left->addr > right->addr) - (left->addr < right->addr);
}

/* Arena @p number; @p table is the array of all records. False: there is none. */
static bool read_arena(const struct vole_runtime *rt, uint64_t number,
		       uint64_t table, struct vole_heap_arena *ret)
{
	struct vole_error unused;
	uint64_t record;

	if (number >= MAX_ARENAS || !vole_at(table, number, 8, &record) ||
	    !vole_memory_uint(rt->mem, record, 8, &ret->addr, &unused))
		return false;
	ret->base = arena_base(&rt->layout, number);
	ret->bitmap = bitmap_of(rt, ret->addr);
	return !(ret->base >> ADDRESS_BITS) && !(ret->addr & 7) &&
	       vole_memory_readable(rt->mem, ret->addr);
}

static bool add_arena(struct vole_heap_build *b,
		      const struct vole_heap_arena *arena,
		      struct vole_error *err)
{
	struct vole_heap_arena *to = vole_array_push(&b->arenas);

	if (!to)
		return vole_fail_nomem(err);
	*to = *arena;
	return true;
}

/* A slice's array and length. */
static bool read_list(struct vole_heap_build *b, uint64_t list, uint64_t max,
		      uint64_t ret[2], struct vole_error *err)
{
	if (!vole_memory_read_all(b->heap->rt->mem, list, ret, 16, err))
		return false;
	if (ret[1] > max)
		return vole_fail(err, VOLE_CORRUPT, list,
				 "a list of %" PRIu64 " parts of the heap",
				 ret[1]);
	return true;
}

/* Add what the []arenaIdx at @p list names. */
static bool list_arenas(struct vole_heap_build *b, uint64_t list,
			uint64_t table, struct vole_error *err)
{
	const struct vole_runtime *rt = b->heap->rt;
	uint64_t words[2], number, at, i;
	struct vole_heap_arena arena;
	struct vole_error unused;

	if (!read_list(b, list, MAX_ARENAS, words, err))
		return false;
	for (i = 0; i < words[1]; i++) {
		if (!(i & 1023) && !vole_heap_go_on(b->ui, err))
			return false;
		if (!vole_at(words[0], i, 8, &at) ||
		    !vole_memory_uint(rt->mem, at, 8, &number, &unused) ||
		    !read_arena(rt, number, table, &arena))
			vole_heap_damaged(b->heap, VOLE_HEAP_BAD_ARENA, list);
		else if (!add_arena(b, &arena, err))
			return false;
	}
	return true;
}

/*
 * Arenas of GOEXPERIMENT=arenas, which no list names before Go 1.25: those of
 * the spans in the []*mspan at @p list that are in no arena yet.
 */
static bool stray_arenas(struct vole_heap_build *b, struct vole_hash *known,
			 uint64_t list, uint64_t table, struct vole_error *err)
{
	const struct vole_runtime *rt = b->heap->rt;
	uint32_t start = rt->layout.place[VOLE_MSPAN_START_ADDR].offset;
	uint64_t words[2], number, span, at, i;
	struct vole_heap_arena arena;
	struct vole_error unused;

	if (!read_list(b, list, MAX_SPANS, words, err))
		return false;
	for (i = 0; i < b->arenas.len; i++)
		if (!vole_hash_put(known, b->arenas.items[i].base, 0))
			return vole_fail_nomem(err);
	for (i = 0; i < words[1]; i++) {
		if (!(i & 1023) && !vole_heap_go_on(b->ui, err))
			return false;
		if (!vole_at(words[0], i, 8, &at) ||
		    !vole_memory_uint(rt->mem, at, 8, &span, &unused) ||
		    !vole_at(span, 1, start, &at) ||
		    !vole_memory_uint(rt->mem, at, 8, &at, &unused))
			continue;
		number = (at - arena_base(&rt->layout, 0)) >> VOLE_ARENA_SHIFT;
		if (vole_hash_get(known, arena_base(&rt->layout, number),
				  NULL) ||
		    !read_arena(rt, number, table, &arena))
			continue;
		if (!vole_hash_put(known, arena.base, 0))
			return vole_fail_nomem(err);
		if (!add_arena(b, &arena, err))
			return false;
	}
	return true;
}

static bool user_arenas(struct vole_heap_build *b, struct vole_view *mheap,
			uint64_t table, struct vole_error *err)
{
	uint64_t list = vole_get_addr(mheap, VOLE_MHEAP_USER_ARENAS);
	const char *experiments = b->heap->rt->build.experiments;
	struct vole_hash known = { 0 };
	bool ok;

	if (list)
		return list_arenas(b, list, table, err);
	if (!experiments || !strstr(experiments, "arenas"))
		return true;
	list = vole_get_addr(mheap, VOLE_MHEAP_ALL_SPANS);
	ok = stray_arenas(b, &known, list, table, err);
	vole_hash_free(&known);
	return ok;
}

/* Two records that overlap, or two of one place, cannot both be right. */
static void drop_doubles(struct vole_heap_build *b)
{
	uint64_t size = b->heap->rt->layout.size[VOLE_STRUCT_HEAP_ARENA];
	struct vole_heap_arena *items = b->arenas.items;
	size_t i, len = 0;

	if (!b->arenas.len)
		return;
	qsort(items, b->arenas.len, sizeof(*items), by_addr);
	for (i = 0; i < b->arenas.len; i++) {
		if (len && items[i].addr - items[len - 1].addr < size)
			vole_heap_damaged(b->heap, VOLE_HEAP_BAD_ARENA,
					  items[i].addr);
		else
			items[len++] = items[i];
	}
	b->arenas.len = len;
	qsort(items, len, sizeof(*items), by_base);
	for (i = len = 0; i < b->arenas.len; i++) {
		if (len && items[i].base == items[len - 1].base)
			vole_heap_damaged(b->heap, VOLE_HEAP_BAD_ARENA,
					  items[i].addr);
		else
			items[len++] = items[i];
	}
	b->arenas.len = len;
}

/* The two tables that lead from an address to a span. */
static bool make_tables(struct vole_heap_build *b, struct vole_error *err)
{
	struct vole_heap *heap = b->heap;
	const struct vole_heap_arena *arenas = b->arenas.items;
	size_t num = b->arenas.len, i;
	uint64_t places;

	heap->arenas = b->arenas.items;
	heap->num_arenas = num;
	if (!num)
		return true;
	heap->lo = arenas[0].base;
	places = ((arenas[num - 1].base - heap->lo) >> VOLE_ARENA_SHIFT) + 1;
	heap->places =
		vole_arena_array(&heap->memory, places, sizeof(*heap->places));
	heap->pages = vole_arena_array(&heap->memory,
				       (num + 1) * VOLE_ARENA_PAGES,
				       sizeof(*heap->pages));
	if (!heap->places || !heap->pages)
		return vole_fail_nomem(err);
	heap->len = places << VOLE_ARENA_SHIFT;
	for (i = 0; i < num; i++) {
		uint64_t at = (arenas[i].base - heap->lo) >> VOLE_ARENA_SHIFT;

		heap->places[at] = (uint32_t)(i + 1) * VOLE_ARENA_PAGES;
	}
	return true;
}

bool vole_heap_find_arenas(struct vole_heap_build *b, uint64_t mheap,
			   struct vole_error *err)
{
	struct vole_heap *heap = b->heap;
	struct vole_view v = vole_runtime_view(heap->rt, mheap, err);
	uint64_t arenas = vole_get_addr(&v, VOLE_MHEAP_ARENAS);
	uint64_t list = vole_get_addr(&v, VOLE_MHEAP_HEAP_ARENAS);
	uint64_t table;

	heap->sweepgen = (uint32_t)vole_get(&v, VOLE_MHEAP_SWEEPGEN);
	if (!v.ok || !vole_memory_uint(heap->rt->mem, arenas, 8, &table, err) ||
	    !list_arenas(b, list, table, err) ||
	    !user_arenas(b, &v, table, err))
		return false;
	drop_doubles(b);
	return make_tables(b, err);
}
