/*
 * A sound heap of one arena, then bytes of its tables, spans, types and
 * objects replaced: whatever is told of it lies inside it, and comes to an end.
 */
#include "../unit/fake_heap.h"

#include "heap/object.h"
#include "heap/path.h"

enum {
	SPECIAL = FAKE_BASE + 0x3000,
	DATA = FAKE_BASE + 0x3800,
};

/* Where patches go: most bytes matter there. */
static const uint64_t places[] = {
	FAKE_MHEAP,
	FAKE_LIST,
	FAKE_MSPANS,
	FAKE_BITS,
	FAKE_TYPES,
	FAKE_RECORD + FAKE_PAGES / 8192 * 8,
	FAKE_RECORD + FAKE_BITMAP + FAKE_PAGES / 64,
	FAKE_RECORD + FAKE_BITMAP + FAKE_PAGES / 32,
	FAKE_RECORD + FAKE_INLINE + FAKE_PAGES / 65536,
	FAKE_RECORD + FAKE_NO_MORE + FAKE_PAGES / 4096,
	FAKE_PAGES,
	FAKE_PAGES + 0x2000,
	FAKE_PAGES + 0x4000 - 256,
	FAKE_PAGES + 0x4000,
	FAKE_PAGES + 0x6000,
	SPECIAL,
};

static void store(struct fake_go *go, uint64_t addr, unsigned size,
		  uint64_t value)
{
	if (addr >= FAKE_BASE && addr - FAKE_BASE <= FAKE_HEAP_SIZE - size)
		memcpy(go->bytes + (addr - FAKE_BASE), &value, size);
}

/* Five bytes each: what is put where, 16 bits of place, 16 of value. */
static void patch(struct fake_go *go, const uint8_t *data, size_t size)
{
	for (; size >= 5; data += 5, size -= 5) {
		uint64_t at = places[data[0] & 15] + (data[1] | data[2] << 8);
		uint64_t value = data[3] | (uint64_t)data[4] << 8;

		switch (data[0] >> 4 & 3) {
		case 0:
			store(go, at, 1, value);
			break;
		case 1:
			store(go, at & ~UINT64_C(7), 8, value);
			break;
		case 2:
			store(go, at & ~UINT64_C(7), 8,
			      places[value >> 12] + (value & 0xfff) * 8);
			break;
		case 3:
			store(go, at & ~UINT64_C(7), 8, UINT64_MAX - value);
			break;
		}
	}
}

static void layout_specials(struct fake_go *go)
{
	struct vole_layout *layout = &go->rt.layout;

	fake_has(go, VOLE_STRUCT_SPECIAL, 24);
	fake_field(go, VOLE_SPECIAL_NEXT, 0, 8);
	fake_field(go, VOLE_SPECIAL_OFFSET, 8, 8);
	fake_field(go, VOLE_SPECIAL_KIND, 16, 1);
	fake_field(go, VOLE_SPECIAL_FINALIZER_FN, 24, 8);
	layout->has_const[VOLE_CONST_KIND_SPECIAL_FINALIZER] = true;
	layout->value[VOLE_CONST_KIND_SPECIAL_FINALIZER] = 2;
}

static void build(struct fake_go *go, unsigned how)
{
	struct fake_span spans[] = { fake_tiny_span(), fake_bits_span(),
				     fake_typed_span(), fake_large_span() };
	unsigned i;

	fake_heap_open(go);
	layout_specials(go);
	if (how % 3 == 0)
		fake_heap_typed(go);
	else if (how % 3 == 1)
		fake_heap_two_bits(go);
	else
		fake_heap_one_bit(go);
	if (how & 4) {
		go->rt.layout.has_const[VOLE_CONST_KIND_GC_PROG] = true;
		go->rt.layout.value[VOLE_CONST_KIND_GC_PROG] = 64;
	}
	for (i = 0; i < 4; i++)
		fake_span_put(go, i, &spans[i]);
	store(go, fake_mspan(1) + 128, 8, SPECIAL);
	store(go, SPECIAL + 16, 1, 2);
	store(go, FAKE_PAGES + 0x4000, 8, FAKE_TYPES);
	store(go, FAKE_TYPES, 8, 24);
	store(go, FAKE_TYPES + 8, 8, 16);
	store(go, FAKE_TYPES + 23, 1, VOLE_KIND_STRUCT);
	store(go, FAKE_TYPES + 32, 8, FAKE_TYPES + 128);
	store(go, FAKE_TYPES + 128, 8, 3);
	go->module.data = DATA;
	go->module.edata = DATA + 64;
	store(go, DATA, 8, FAKE_PAGES + 0x6000);
	store(go, DATA + 8, 8, FAKE_PAGES + 0x2000);
}

static void check_span(const struct vole_heap *heap,
		       const struct vole_span *span)
{
	uint64_t size = vole_span_object_size(heap, span), i;
	uint64_t bytes = (uint64_t)span->num_pages * VOLE_PAGE_SIZE;

	if (span->kind == VOLE_SPAN_MANUAL)
		return;
	if (!size || size * span->count > bytes ||
	    span->first + (uint64_t)span->count > heap->num_objects)
		abort();
	for (i = 0; i < span->count; i++)
		if (vole_span_slot(heap, span, i * size) != i ||
		    vole_span_slot(heap, span, i * size + size - 1) != i)
			abort();
	for (i = span->count; i % 64; i++)
		if (vole_bit(heap->allocated, span->first + i))
			abort();
}

static void check_pointers(struct vole_heap *heap, const struct vole_span *span,
			   uint32_t slot)
{
	uint64_t size = vole_span_object_size(heap, span), base;
	struct vole_pointers walk;
	struct vole_words words;

	base = span->base + slot * size;
	vole_pointers_begin(&walk, heap, span, slot);
	while (vole_pointers_next(&walk, &words)) {
		unsigned top = 63 - (unsigned)__builtin_clzll(words.mask);

		if (words.addr < base || words.addr % 8 ||
		    words.addr + top * 8 + 8 > base + size)
			abort();
		vole_words_at(&words, top);
	}
}

static void check_places(const struct vole_heap *heap)
{
	struct vole_object object;
	uint64_t addr;

	for (addr = FAKE_PAGES - 24; addr < FAKE_PAGES + 0xe000; addr += 1000) {
		if (!vole_object_at(heap, addr, &object) ||
		    object.part != VOLE_PART_OBJECT)
			continue;
		if (addr < object.base || addr - object.base != object.offset ||
		    object.offset >= object.size ||
		    object.number >= heap->num_objects)
			abort();
	}
}

static bool visit(struct vole_ref_visitor *v, const struct vole_ref *ref)
{
	(void)v;
	if (ref->value - FAKE_PAGES >= 0x8000)
		abort();
	return true;
}

/* Each pointer of a path leads into the object that holds the next. */
static void check_path(struct vole_heap *heap, uint64_t addr)
{
	struct vole_object object;
	struct vole_arena arena;
	struct vole_path path;
	struct vole_error err;
	size_t i;

	vole_arena_init(&arena, 1 << 20);
	if (vole_path_find(heap, addr, NULL, NULL, NULL, &arena, &path, &err))
		for (i = 0; i < path.len; i++) {
			uint64_t to = i + 1 < path.len ?
					      path.steps[i + 1].addr :
					      addr;
			uint64_t size;

			if (!vole_object_at(heap, to, &object))
				abort();
			size = vole_span_object_size(heap, object.span);
			if (path.steps[i].value - object.slot >= size)
				abort();
		}
	vole_arena_clear(&arena);
}

static void go_over(struct vole_heap *heap)
{
	const uint32_t kinds = 1 << VOLE_ROOT_DATA | 1 << VOLE_ROOT_SPECIAL;
	struct vole_ref_search search = { .addr = FAKE_PAGES,
					  .len = 0x8000,
					  .roots = kinds };
	struct vole_ref_visitor v = { visit };
	struct vole_mark *mark;
	struct vole_error err;
	size_t i;

	for (i = 0; i < heap->num_spans; i++) {
		check_span(heap, &heap->spans[i]);
		if (heap->spans[i].count) {
			check_pointers(heap, &heap->spans[i], 0);
			check_pointers(heap, &heap->spans[i],
				       heap->spans[i].count - 1u);
		}
	}
	check_places(heap);
	if (!vole_mark_open(heap, NULL, &mark, &err))
		return;
	if (!vole_mark_from_roots(mark, kinds, &err))
		abort();
	search.reached = mark;
	if (!vole_refs_visit(heap, &search, &v, &err))
		abort();
	vole_mark_close(mark);
	check_path(heap, FAKE_PAGES + 16);
	check_path(heap, FAKE_PAGES + 0x2000 + 48);
	check_path(heap, FAKE_PAGES + 0x6000 + 100);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vole_heap *heap;
	struct vole_error err;
	struct fake_go go;

	if (!size)
		return 0;
	build(&go, data[0]);
	patch(&go, data + 1, size - 1);
	vole_memory_forget(&go.target.mem);
	if (vole_heap_open(&go.rt, NULL, &heap, &err)) {
		go_over(heap);
		vole_heap_close(heap);
	}
	fake_go_close(&go);
	return 0;
}
