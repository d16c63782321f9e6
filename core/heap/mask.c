#include "heap/mask.h"

#include "base/checked.h"

enum {
	KIND_MASK = 31,
	KIND_ARRAY = VOLE_KIND_ARRAY,
	KIND_STRUCT = VOLE_KIND_STRUCT,
	MAX_DEPTH = 64,
	MAX_FIELDS = 1 << 16,
	FIELD_SIZE = 24, /* sizeof(abi.StructField): Name, Typ, Offset */
	SMALL_TILE = 64, /* words; smaller tiles are put together */
};

/* Of one type; arrays are as long as they like. */
static const uint64_t MAX_WORDS = 1 << 24;
static const uint64_t MAX_SIZE = UINT64_C(1) << 47;

/* --- bits ------------------------------------------------------------------ */

static uint64_t low(unsigned count)
{
	return count < 64 ? (UINT64_C(1) << count) - 1 : UINT64_MAX;
}

uint64_t vole_bits_at(const uint64_t *bits, uint64_t at, unsigned count)
{
	unsigned shift = at & 63;
	uint64_t value = bits[at >> 6] >> shift;

	if (shift && count > 64 - shift)
		value |= bits[(at >> 6) + 1] << (64 - shift);
	return value & low(count);
}

void vole_bits_put(uint64_t *bits, uint64_t at, uint64_t value, unsigned count)
{
	unsigned shift = at & 63;

	value &= low(count);
	bits[at >> 6] |= value << shift;
	if (shift && count > 64 - shift)
		bits[(at >> 6) + 1] |= value >> (64 - shift);
}

void vole_bits_repeat(uint64_t *bits, uint64_t from, uint64_t to,
		      uint64_t count)
{
	while (count) {
		/* No more than there are before they repeat. */
		uint64_t part = to - from < 64 ? to - from : 64;

		if (part > count)
			part = count;
		vole_bits_put(bits, to,
			      vole_bits_at(bits, from, (unsigned)part),
			      (unsigned)part);
		from += part;
		to += part;
		count -= part;
	}
}

/* --- descriptors ----------------------------------------------------------- */

/*
 * What of a descriptor says where its pointers are. Large objects of Go 1.22
 * and 1.23 can have one made up by the runtime with nothing else in it, so
 * this is not vole_rtype_read().
 */
struct head {
	uint64_t addr, size, words; /* words: up to the last pointer */
	uint64_t gc_data;
	uint8_t kind;
	bool program, on_demand;
};

static bool read_head(const struct vole_runtime *rt, uint64_t addr,
		      struct head *ret, struct vole_error *err)
{
	const struct vole_layout *layout = &rt->layout;
	struct vole_view v = vole_runtime_view(rt, addr, err);
	uint64_t size = vole_get(&v, VOLE_TYPE_SIZE);
	uint64_t bytes = vole_get(&v, VOLE_TYPE_PTR_BYTES);
	uint8_t kind = (uint8_t)vole_get(&v, VOLE_TYPE_KIND);
	uint8_t flag = (uint8_t)vole_get(&v, VOLE_TYPE_TFLAG);
	uint64_t data = vole_get(&v, VOLE_TYPE_GC_DATA);

	if (!v.ok)
		return false;
	if ((addr & 7) || (size & 7) || (bytes & 7) || bytes > size ||
	    size > MAX_SIZE || (kind & KIND_MASK) >= VOLE_NUM_KINDS)
		return vole_fail(err, VOLE_CORRUPT, addr,
				 "no type with pointers is here: kind %u, size "
				 "%" PRIu64 ", %" PRIu64 " bytes of pointers",
				 kind, size, bytes);
	*ret = (struct head){
		.addr = addr,
		.size = size,
		.words = bytes / 8,
		.gc_data = data,
		.kind = kind & KIND_MASK,
		.program = layout->has_const[VOLE_CONST_KIND_GC_PROG] &&
			   kind & layout->value[VOLE_CONST_KIND_GC_PROG],
		.on_demand =
			layout->has_const[VOLE_CONST_TFLAG_MASK_ON_DEMAND] &&
			flag & layout->value[VOLE_CONST_TFLAG_MASK_ON_DEMAND],
	};
	return true;
}

/* ArrayType: Elem 48, Slice 56, Len 64. */
static bool read_array(const struct vole_runtime *rt, const struct head *array,
		       struct head *elem, uint64_t *len, struct vole_error *err)
{
	uint64_t addr, bytes;

	if (!vole_memory_uint(rt->mem, array->addr + 48, 8, &addr, err) ||
	    !vole_memory_uint(rt->mem, array->addr + 64, 8, len, err) ||
	    !read_head(rt, addr, elem, err))
		return false;
	if (!elem->words || __builtin_mul_overflow(*len, elem->size, &bytes) ||
	    bytes != array->size)
		return vole_fail(err, VOLE_CORRUPT, array->addr,
				 "an array of %" PRIu64 " elements of %" PRIu64
				 " bytes in %" PRIu64 " bytes",
				 *len, elem->size, array->size);
	return true;
}

/* --- masks ----------------------------------------------------------------- */

struct mask_build {
	const struct vole_runtime *rt;
	uint64_t *bits;
	uint64_t room; /* of them */
	uint64_t steps; /* left, so that hostile types come to an end */
	struct vole_error *err;
};

static bool put_type(struct mask_build *b, const struct head *type, uint64_t at,
		     unsigned depth);

static bool spend(struct mask_build *b, const struct head *type, uint64_t steps)
{
	if (steps > b->steps)
		return vole_fail(b->err, VOLE_CORRUPT, type->addr,
				 "a type whose pointers have no end");
	b->steps -= steps;
	return true;
}

/* The mask as the compiler made it. */
static bool put_data(struct mask_build *b, const struct head *type, uint64_t at)
{
	uint64_t done;

	for (done = 0; done < type->words; done += 64) {
		uint64_t left = type->words - done, value = 0;
		unsigned part = left < 64 ? (unsigned)left : 64;

		if (!vole_memory_read_all(b->rt->mem, type->gc_data + done / 8,
					  &value, (part + 7) / 8, b->err))
			return false;
		vole_bits_put(b->bits, at + done, value, part);
	}
	return true;
}

static bool put_array(struct mask_build *b, const struct head *type,
		      uint64_t at, unsigned depth)
{
	struct head elem;
	uint64_t len, words;

	if (!read_array(b->rt, type, &elem, &len, b->err))
		return false;
	if (!put_type(b, &elem, at, depth))
		return false;
	words = elem.size / 8;
	if (type->words > words)
		vole_bits_repeat(b->bits, at, at + words, type->words - words);
	return true;
}

/* StructType: Fields at 56. */
static bool put_struct(struct mask_build *b, const struct head *type,
		       uint64_t at, unsigned depth)
{
	struct vole_memory *mem = b->rt->mem;
	uint64_t fields[2], field[3], place, i;

	if (!vole_memory_read_all(mem, type->addr + 56, fields, sizeof(fields),
				  b->err))
		return false;
	if (fields[1] > MAX_FIELDS)
		return vole_fail(b->err, VOLE_CORRUPT, type->addr,
				 "a struct of %" PRIu64 " fields", fields[1]);
	for (i = 0; i < fields[1]; i++) {
		struct head part;

		if (!spend(b, type, 1))
			return false;
		if (!vole_at(fields[0], i, FIELD_SIZE, &place))
			return vole_fail(b->err, VOLE_CORRUPT, type->addr,
					 "fields past the end of memory");
		if (!vole_memory_read_all(mem, place, field, sizeof(field),
					  b->err))
			return false;
		/* Only types with pointers have all of a head. */
		if (!vole_memory_uint(
			    mem,
			    field[1] + b->rt->layout.place[VOLE_TYPE_PTR_BYTES]
					       .offset,
			    8, &place, b->err))
			return false;
		if (!place)
			continue;
		if (!read_head(b->rt, field[1], &part, b->err))
			return false;
		if ((field[2] & 7) || part.size > type->size ||
		    field[2] > type->size - part.size)
			return vole_fail(b->err, VOLE_CORRUPT, type->addr,
					 "a field outside its struct");
		if (!put_type(b, &part, at + field[2] / 8, depth))
			return false;
	}
	return true;
}

static bool put_type(struct mask_build *b, const struct head *type, uint64_t at,
		     unsigned depth)
{
	if (depth > MAX_DEPTH || type->words > b->room ||
	    at > b->room - type->words)
		return vole_fail(b->err, VOLE_CORRUPT, type->addr,
				 "a type whose pointers have no end");
	if (!spend(b, type, type->words / 64 + 1))
		return false;
	if (!type->on_demand)
		return type->program ?
			       vole_fail(b->err, VOLE_UNSUPPORTED, type->addr,
					 "a GC program inside a type") :
			       put_data(b, type, at);
	if (type->kind == KIND_ARRAY)
		return put_array(b, type, at, depth + 1);
	if (type->kind == KIND_STRUCT)
		return put_struct(b, type, at, depth + 1);
	return vole_fail(b->err, VOLE_CORRUPT, type->addr,
			 "a type of kind %u whose mask is made on demand",
			 type->kind);
}

/* A GCData that is a program has its length in front of it. */
static bool fill(struct mask_build *b, const struct head *type)
{
	if (!type->program)
		return put_type(b, type, 0, 0);
	return vole_gcprog_run(b->rt->mem, type->gc_data + 4, b->bits,
			       type->words, b->err);
}

/* Tile small types until there are enough words for one load. */
static uint64_t copies_of(const struct head *type)
{
	uint64_t tile = type->size / 8;

	return tile < SMALL_TILE ? (SMALL_TILE + tile - 1) / tile : 1;
}

static bool make_mask(struct vole_heap *heap, const struct head *type,
		      const struct vole_type_mask **ret, struct vole_error *err)
{
	uint64_t copies, tile = type->size / 8, words;
	struct mask_build b = { .rt = heap->rt, .err = err };
	struct vole_type_mask *mask;

	if (!type->words || type->words > MAX_WORDS)
		return vole_fail(err, VOLE_CORRUPT, type->addr,
				 "a type with pointers in %" PRIu64
				 " of its words",
				 type->words);
	copies = copies_of(type);
	words = tile * (copies - 1) + type->words;
	mask = vole_arena_alloc(&heap->memory, sizeof(*mask));
	b.bits = vole_arena_array(&heap->memory, words / 64 + 2, 8);
	if (!mask || !b.bits)
		return vole_fail_nomem(err);
	b.room = type->words;
	/* Fields without pointers may be a byte each. */
	b.steps = 16 * type->words + 2 * MAX_FIELDS;
	if (!fill(&b, type))
		return false;
	vole_bits_repeat(b.bits, 0, tile, words - type->words);
	if (copies > 1)
		vole_bits_repeat(b.bits, 0, tile, words - tile);
	*mask = (struct vole_type_mask){ copies * tile, words, b.bits };
	*ret = mask;
	return true;
}

/* The type itself, or of an array that has no mask yet its element. */
static bool strip_arrays(struct vole_heap *heap, struct head *type,
			 struct vole_error *err)
{
	unsigned depth;

	for (depth = 0; type->on_demand && type->kind == KIND_ARRAY; depth++) {
		struct head elem;
		uint64_t len;

		if (depth > MAX_DEPTH)
			return vole_fail(err, VOLE_CORRUPT, type->addr,
					 "arrays in arrays without end");
		if (!read_array(heap->rt, type, &elem, &len, err))
			return false;
		*type = elem;
	}
	return true;
}

bool vole_type_mask_get(struct vole_heap *heap, uint64_t addr,
			const struct vole_type_mask **ret,
			struct vole_error *err)
{
	const struct vole_type_mask *mask = NULL;
	struct head type;
	uint64_t known;

	if (vole_hash_get(&heap->masks, addr, &known)) {
		if (!known)
			return vole_fail(err, VOLE_CORRUPT, addr,
					 "no type with pointers is here");
		*ret = (const struct vole_type_mask *)(uintptr_t)known;
		return true;
	}
	if (!read_head(heap->rt, addr, &type, err) ||
	    !strip_arrays(heap, &type, err) ||
	    !make_mask(heap, &type, &mask, err))
		mask = NULL;
	if (!vole_hash_put(&heap->masks, addr, (uintptr_t)mask))
		return vole_fail_nomem(err);
	if (!mask)
		return false;
	*ret = mask;
	return true;
}
