/**
 * A Go heap of one arena in a few megabytes of fake memory, as of Go 1.26, or
 * with the bitmaps of an older release: spans are added one by one, and the
 * runtime's variables are found by name.
 */
#ifndef VOLE_TESTS_FAKE_HEAP_H
#define VOLE_TESTS_FAKE_HEAP_H

#include "fake_go.h"
#include "heap/heap.h"

enum {
	FAKE_HEAP_SIZE = 0x400000,
	FAKE_MHEAP = FAKE_BASE, /* the variable */
	FAKE_GCPHASE = FAKE_BASE + 0x100,
	FAKE_CLASSES = FAKE_BASE + 0x200,
	FAKE_TABLE = FAKE_BASE + 0x1000, /* of records; ours is the first */
	FAKE_LIST = FAKE_BASE + 0x2000, /* of numbers of arenas */
	FAKE_MSPANS = FAKE_BASE + 0x4000, /* of 256 bytes each */
	FAKE_BITS = FAKE_BASE + 0x10000, /* allocBits, gcmarkBits */
	FAKE_TYPES = FAKE_BASE + 0x20000,
	FAKE_RECORD = FAKE_BASE + 0x100000, /* heapArena */
	FAKE_BITMAP = 0x20000, /* offsets in it */
	FAKE_INLINE = 0x10400,
	FAKE_NO_MORE = 0x14000,
	FAKE_PAGES = FAKE_BASE + 0x380000, /* spans may lie from here on */
	FAKE_PAGES_END = FAKE_BASE + FAKE_HEAP_SIZE,
	FAKE_SWEEPGEN = 10,
};

/** What the tests set of an mspan. */
struct fake_span {
	uint64_t base, pages;
	uint64_t size; /* of an object */
	uint64_t count; /* of slots */
	uint64_t free_index;
	uint64_t allocated; /* allocBits, the first 64 */
	uint64_t marked; /* gcmarkBits, the first 64 */
	uint64_t type; /* of a large object */
	uint32_t sweepgen; /* 0: swept */
	uint16_t alloc_count;
	uint8_t class; /* size class << 1 | noscan */
	uint8_t state;
	bool need_zero;
};

struct fake_var {
	const char *name;
	uint64_t addr;
};

static const struct fake_var fake_heap_vars[] = {
	{ "runtime.mheap_", FAKE_MHEAP },
	{ "runtime.gcphase", FAKE_GCPHASE },
	{ "internal/runtime/gc.SizeClassToSize", FAKE_CLASSES },
};

static bool fake_heap_find(struct vole_debuginfo *di, uint32_t kinds,
			   const char *name, struct vole_symbol *ret,
			   struct vole_error *err)
{
	size_t i;

	(void)di;
	(void)kinds;
	for (i = 0; i < sizeof(fake_heap_vars) / sizeof(*fake_heap_vars); i++)
		if (!strcmp(fake_heap_vars[i].name, name)) {
			*ret = (struct vole_symbol){ .ref = i };
			return true;
		}
	return vole_fail(err, VOLE_NOT_FOUND, VOLE_NOWHERE, "no %s", name);
}

static bool fake_heap_info(struct vole_debuginfo *di,
			   const struct vole_symbol *symbol,
			   struct vole_symbol_info *ret, struct vole_error *err)
{
	(void)di;
	(void)err;
	*ret = (struct vole_symbol_info){
		.has_addr = true, .addr = fake_heap_vars[symbol->ref].addr
	};
	return true;
}

static const struct vole_debuginfo_ops fake_heap_ops = {
	.find = fake_heap_find,
	.info = fake_heap_info,
};
static struct vole_debuginfo fake_heap_di = { .ops = &fake_heap_ops };

static void fake_heap_layout_mheap(struct fake_go *go)
{
	fake_has(go, VOLE_STRUCT_MHEAP, 256);
	fake_field(go, VOLE_MHEAP_SWEEPGEN, 0, 4);
	fake_field(go, VOLE_MHEAP_ARENAS, 8, 8);
	fake_field(go, VOLE_MHEAP_HEAP_ARENAS, 16, 24);
	fake_has(go, VOLE_STRUCT_HEAP_ARENA, 0x220000);
	fake_field(go, VOLE_HEAP_ARENA_SPANS, 0, 65536);
	fake_field(go, VOLE_HEAP_ARENA_PAGE_SPECIALS, 0x10000, 1024);
	go->rt.layout.has_const[VOLE_CONST_ARENA_BASE] = true;
}

static void fake_heap_layout_span(struct fake_go *go)
{
	fake_has(go, VOLE_STRUCT_MSPAN, 160);
	fake_field(go, VOLE_MSPAN_START_ADDR, 24, 8);
	fake_field(go, VOLE_MSPAN_NPAGES, 32, 8);
	fake_field(go, VOLE_MSPAN_FREE_INDEX, 48, 2);
	fake_field(go, VOLE_MSPAN_NELEMS, 50, 2);
	fake_field(go, VOLE_MSPAN_ALLOC_BITS, 64, 8);
	fake_field(go, VOLE_MSPAN_GCMARK_BITS, 72, 8);
	fake_field(go, VOLE_MSPAN_SWEEPGEN, 88, 4);
	fake_field(go, VOLE_MSPAN_ALLOC_COUNT, 96, 2);
	fake_field(go, VOLE_MSPAN_SPAN_CLASS, 98, 1);
	fake_field(go, VOLE_MSPAN_STATE, 99, 1);
	fake_field(go, VOLE_MSPAN_NEED_ZERO, 100, 1);
	fake_field(go, VOLE_MSPAN_ELEMSIZE, 104, 8);
	fake_field(go, VOLE_MSPAN_SPECIALS, 128, 8);
}

/** src/runtime/mbitmap.go, Go 1.22 to 1.26. */
static void fake_heap_typed(struct fake_go *go)
{
	fake_field(go, VOLE_MSPAN_LARGE_TYPE, 152, 8);
	fake_field(go, VOLE_HEAP_ARENA_INLINE_MARKS, FAKE_INLINE, 1024);
	fake_has(go, VOLE_STRUCT_INLINE_MARKS, 128);
	fake_field(go, VOLE_INLINE_MARKS_MARKS, 64, 63);
	go->rt.layout.has_const[VOLE_CONST_MIN_SIZE_FOR_HEADER] = true;
	go->rt.layout.value[VOLE_CONST_MIN_SIZE_FOR_HEADER] = 512;
	go->rt.layout.has_const[VOLE_CONST_TFLAG_MASK_ON_DEMAND] = true;
	go->rt.layout.value[VOLE_CONST_TFLAG_MASK_ON_DEMAND] = 16;
}

/** Go 1.18 and 1.19. */
static void fake_heap_two_bits(struct fake_go *go)
{
	fake_field(go, VOLE_HEAP_ARENA_BITMAP, FAKE_BITMAP, 2 << 20);
}

/** Go 1.20 and 1.21. */
static void fake_heap_one_bit(struct fake_go *go)
{
	fake_field(go, VOLE_HEAP_ARENA_BITMAP, FAKE_BITMAP, 1 << 20);
	fake_field(go, VOLE_HEAP_ARENA_NO_MORE_PTRS, FAKE_NO_MORE, 16384);
}

/**
 * The memory of an empty heap, and how it is laid out, for a program that is
 * open; the arena is number 0, at address 0. Variables are to be added.
 */
static void fake_heap_add(struct fake_go *go)
{
	free(go->bytes);
	go->bytes = calloc(1, FAKE_HEAP_SIZE);
	go->size = FAKE_HEAP_SIZE;
	if (!go->bytes)
		abort();
	fake_layout_types(go);
	fake_heap_layout_mheap(go);
	fake_heap_layout_span(go);
	fake_put(go, FAKE_MHEAP, 4, FAKE_SWEEPGEN);
	fake_put(go, FAKE_MHEAP + 8, 8, FAKE_TABLE);
	fake_put(go, FAKE_MHEAP + 16, 8, FAKE_LIST);
	fake_put(go, FAKE_MHEAP + 24, 8, 1);
	fake_put(go, FAKE_TABLE, 8, FAKE_RECORD);
}

/** A program with an empty heap. */
static void fake_heap_open(struct fake_go *go)
{
	fake_go_open(go);
	fake_heap_add(go);
	go->rt.di = &fake_heap_di;
}

static uint64_t fake_mspan(unsigned number)
{
	return FAKE_MSPANS + number * 256;
}

/** Make mspan @p number, and the arena's table lead to it. */
static void fake_span_put(struct fake_go *go, unsigned number,
			  const struct fake_span *span)
{
	uint64_t m = fake_mspan(number), bits = FAKE_BITS + number * 4096, i;

	fake_put(go, m + 24, 8, span->base);
	fake_put(go, m + 32, 8, span->pages);
	fake_put(go, m + 48, 2, span->free_index);
	fake_put(go, m + 50, 2, span->count);
	fake_put(go, m + 64, 8, bits);
	fake_put(go, m + 72, 8, bits + 2048);
	fake_put(go, m + 88, 4,
		 span->sweepgen ? span->sweepgen : FAKE_SWEEPGEN);
	fake_put(go, m + 96, 2, span->alloc_count);
	fake_put(go, m + 98, 1, span->class);
	fake_put(go, m + 99, 1, span->state);
	fake_put(go, m + 100, 1, span->need_zero);
	fake_put(go, m + 104, 8, span->size);
	fake_put(go, m + 152, 8, span->type);
	fake_put(go, bits, 8, span->allocated);
	fake_put(go, bits + 2048, 8, span->marked);
	for (i = 0; i < span->pages; i++)
		fake_put(go, FAKE_RECORD + (span->base / 8192 + i) * 8, 8, m);
}

/** A page of noscan objects of 16 bytes, the first three allocated. */
static struct fake_span fake_tiny_span(void)
{
	return (struct fake_span){ .base = FAKE_PAGES,
				   .pages = 1,
				   .size = 16,
				   .count = 512,
				   .free_index = 3,
				   .alloc_count = 3,
				   .class = 2 << 1 | 1,
				   .state = 1 };
}

/** A page of objects of 48 bytes with pointers: all of the first two. */
static struct fake_span fake_bits_span(void)
{
	return (struct fake_span){ .base = FAKE_PAGES + 0x2000,
				   .pages = 1,
				   .size = 48,
				   .count = 168,
				   .free_index = 2,
				   .alloc_count = 2,
				   .class = 4 << 1,
				   .state = 1 };
}

/** A page of objects of 1024 bytes with headers, the first allocated. */
static struct fake_span fake_typed_span(void)
{
	return (struct fake_span){ .base = FAKE_PAGES + 0x4000,
				   .pages = 1,
				   .size = 1024,
				   .count = 8,
				   .free_index = 1,
				   .alloc_count = 1,
				   .class = 32 << 1,
				   .state = 1 };
}

/** Three pages of one object. */
static struct fake_span fake_large_span(void)
{
	return (struct fake_span){ .base = FAKE_PAGES + 0x6000,
				   .pages = 3,
				   .size = 3 * 8192,
				   .count = 1,
				   .free_index = 1,
				   .alloc_count = 1,
				   .type = FAKE_TYPES,
				   .state = 1 };
}

/** abi.Type of pointers in @p bits (a word), for objects of @p size bytes. */
static void fake_type_put(struct fake_go *go, uint64_t addr, uint64_t size,
			  uint64_t ptr_bytes, uint64_t bits)
{
	fake_put(go, addr, 8, size);
	fake_put(go, addr + 8, 8, ptr_bytes);
	fake_put(go, addr + 23, 1, VOLE_KIND_STRUCT);
	fake_put(go, addr + 32, 8, addr + 128);
	fake_put(go, addr + 128, 8, bits);
}

#endif
