/*
 * From places to a value. gc writes the pieces of a variable one behind the
 * other without the padding between fields, and leaves out those that nothing
 * refers to: cmd/compile/internal/ssa/debug.go, writePendingEntry. So pieces
 * are matched with the type's parts, and where they do not fit nothing is said.
 */
#include "value/local_private.h"

#include <string.h>

enum {
	WORD = 8,
	MAX_BYTES = 1 << 16, /* of a value that is not in memory */
	MAX_DEPTH = 16,
	MAX_LOOKED = 4096, /* types, when pieces are matched */
	MAX_SPLIT =
		4 * WORD, /* ssa.CanSSA: larger ones are never taken apart */
};

struct vole_value vole_no_value(const struct vole_type *type, const char *why)
{
	return (struct vole_value){ .type = type,
				    .where = VOLE_IN_NOTHING,
				    .why = why };
}

/* --- which piece is which part --------------------------------------------- */

struct fitting {
	const struct vole_frame_reader *r;
	const struct vole_spots *places;
	uint64_t size; /* of all */
	uint64_t offsets[VOLE_MAX_SPOTS];
	size_t next; /* piece */
	unsigned looked;
};

static bool fit(struct fitting *f, struct vole_type *type, uint64_t offset,
		unsigned depth);

static bool fit_words(struct fitting *f, uint64_t offset, uint64_t size,
		      unsigned num)
{
	unsigned i;

	/* Debug information may have fields behind the end of their struct. */
	if (offset > f->size || num * size > f->size - offset)
		return false;
	for (i = 0; i < num; i++) {
		if (f->next >= f->places->len ||
		    f->places->items[f->next].size != size)
			return false;
		f->offsets[f->next++] = offset + i * size;
	}
	return true;
}

static bool fit_fields(struct fitting *f, const struct vole_type *type,
		       uint64_t offset, unsigned depth)
{
	size_t i;

	for (i = 0; i < type->num_fields; i++)
		if (!fit(f, type->fields[i].type,
			 offset + type->fields[i].offset, depth))
			return false;
	return true;
}

static bool fit_elements(struct fitting *f, const struct vole_type *type,
			 uint64_t offset, unsigned depth)
{
	uint64_t i;

	for (i = 0; i < type->len && i <= VOLE_MAX_SPOTS; i++)
		if (!fit(f, type->elem, offset + i * type->elem->size, depth))
			return false;
	return i == type->len;
}

static bool fit(struct fitting *f, struct vole_type *type, uint64_t offset,
		unsigned depth)
{
	struct vole_error unused;

	if (depth == MAX_DEPTH || f->looked++ >= MAX_LOOKED ||
	    !vole_type_load(f->r->rt->types, type, &unused))
		return false;
	if (!type->size)
		return true;
	switch (type->kind) {
	case VOLE_KIND_STRING:
	case VOLE_KIND_INTERFACE:
		return fit_words(f, offset, WORD, 2);
	case VOLE_KIND_SLICE:
		return fit_words(f, offset, WORD, 3);
	case VOLE_KIND_COMPLEX64:
	case VOLE_KIND_COMPLEX128:
		return fit_words(f, offset, type->size / 2, 2);
	case VOLE_KIND_STRUCT:
		return fit_fields(f, type, offset, depth + 1);
	case VOLE_KIND_ARRAY:
		return vole_type_load(f->r->rt->types, type->elem, &unused) &&
		       fit_elements(f, type, offset, depth + 1);
	default:
		return fit_words(f, offset, type->size, 1);
	}
}

static bool in_order(struct fitting *f, uint64_t size)
{
	uint64_t at = 0;

	for (f->next = 0; f->next < f->places->len; f->next++) {
		f->offsets[f->next] = at;
		if (f->places->items[f->next].size > size - at)
			return false;
		at += f->places->items[f->next].size;
	}
	/* The padding at the end may be left out. */
	return size - at < WORD;
}

/* --- the bytes ------------------------------------------------------------- */

static bool lost_register(const struct vole_frame_reader *r, uint64_t number,
			  struct vole_error *err)
{
	if (number >= VOLE_NUM_REGISTERS)
		return vole_fail(err, VOLE_UNSUPPORTED, VOLE_NOWHERE,
				 "it is in register %" PRIu64
				 ", which is not known here",
				 number);
	return vole_fail(err, VOLE_UNREADABLE, VOLE_NOWHERE,
			 r->at->frame.exact ?
				 "it was in register %s, whose value is lost" :
				 "it was in register %s, which the call does "
				 "not keep",
			 vole_register_name(number));
}

static bool read_place(const struct vole_frame_reader *r,
		       const struct vole_spot *place, uint8_t *ret,
		       uint64_t len, struct vole_error *err)
{
	const struct vole_registers *regs = r->state.regs;

	switch (place->kind) {
	case VOLE_SPOT_MEMORY:
		return vole_memory_read_all(r->rt->mem, place->at, ret, len,
					    err);
	case VOLE_SPOT_REGISTER:
		if (place->at >= VOLE_NUM_REGISTERS ||
		    !(regs->known >> place->at & 1))
			return lost_register(r, place->at, err);
		if (len > WORD)
			break;
		memcpy(ret, &regs->value[place->at], len);
		return true;
	case VOLE_SPOT_VALUE:
		if (len > WORD)
			break;
		memcpy(ret, &place->at, len);
		return true;
	case VOLE_SPOT_BYTES:
		if (len > place->bytes_len)
			break;
		memcpy(ret, place->bytes, len);
		return true;
	case VOLE_SPOT_LOST:
		return vole_fail(err, VOLE_UNREADABLE, VOLE_NOWHERE,
				 "optimised out here");
	}
	return vole_fail(err, VOLE_UNSUPPORTED, VOLE_NOWHERE,
			 "debug information tells of a part of it only, not "
			 "of which");
}

/* A part that has no value; its type is nothing but a size. */
static bool add_lost(const struct vole_frame_reader *r, uint64_t offset,
		     uint64_t size, const char *why,
		     struct vole_value_piece *ret)
{
	struct vole_type *type = vole_arena_alloc(r->arena, sizeof(*type));
	const char *text = vole_arena_string(r->arena, why);

	if (!type || !text)
		return false;
	*type = (struct vole_type){ .source = VOLE_TYPE_MADE,
				    .loaded = true,
				    .name = "?",
				    .size = size };
	*ret = (struct vole_value_piece){ offset, vole_no_value(type, text) };
	return true;
}

/* Note that the bytes at @p offset come from @p place, if they are anywhere. */
static void add_source(const struct vole_spot *place, uint64_t offset,
		       uint64_t size, struct vole_value_source *sources,
		       size_t *num)
{
	if (place->kind == VOLE_SPOT_MEMORY ||
	    place->kind == VOLE_SPOT_REGISTER)
		sources[(*num)++] = (struct vole_value_source){
			offset, size, place->kind == VOLE_SPOT_REGISTER,
			place->at
		};
}

static bool gather(const struct fitting *f, const struct vole_type *type,
		   struct vole_value *ret, struct vole_error *err)
{
	const struct vole_frame_reader *r = f->r;
	struct vole_value_source *sources;
	const size_t len = f->places->len;
	struct vole_value_piece *lost =
		vole_arena_array(r->arena, len, sizeof(*lost));
	uint8_t *bytes = vole_arena_alloc(r->arena, type->size);
	struct vole_error first = { 0 }, why;
	size_t num = 0, num_sources = 0, i;

	sources = vole_arena_array(r->arena, len, sizeof(*sources));
	if (!lost || !bytes || !sources)
		return vole_fail_nomem(err);
	for (i = 0; i < len; i++) {
		const struct vole_spot *place = &f->places->items[i];

		if (read_place(r, place, bytes + f->offsets[i], place->size,
			       &why)) {
			add_source(place, f->offsets[i], place->size, sources,
				   &num_sources);
			continue;
		}
		if (!num)
			first = why;
		if (!add_lost(r, f->offsets[i], place->size, why.text,
			      &lost[num++]))
			return vole_fail_nomem(err);
	}
	if (num == len) {
		*err = first;
		return false;
	}
	*ret = (struct vole_value){ .type = type,
				    .where = num ? VOLE_IN_PIECES :
						   VOLE_IN_BYTES,
				    .bytes = bytes,
				    .pieces = lost,
				    .num_pieces = num,
				    .sources = sources,
				    .num_sources = num_sources };
	return true;
}

/* Pieces that follow each other in memory are a variable like others. */
static bool is_contiguous(const struct fitting *f)
{
	const struct vole_spot *first = &f->places->items[0];
	size_t i;

	for (i = 0; i < f->places->len; i++) {
		const struct vole_spot *place = &f->places->items[i];

		if (place->kind != VOLE_SPOT_MEMORY ||
		    place->at - first->at != f->offsets[i] - f->offsets[0])
			return false;
	}
	return !f->offsets[0];
}

static struct vole_value in_memory(const struct vole_type *type, uint64_t addr)
{
	return (struct vole_value){ .type = type,
				    .where = VOLE_IN_MEMORY,
				    .addressable = true,
				    .addr = addr };
}

/* The type without const, which only its owner may change. */
static struct vole_type *mutable(const struct vole_type *type)
{
	return (struct vole_type *)(uintptr_t)type;
}

/* Has the type one part only, which then is what a lone place tells of? */
static bool is_simple(const struct vole_frame_reader *r,
		      const struct vole_type *type)
{
	struct vole_spots one = { .items = { { .size = type->size } },
				  .len = 1 };
	struct fitting f = { .r = r, .places = &one, .size = type->size };
	struct vole_error unused;
	unsigned depth;

	for (depth = 0; depth < MAX_DEPTH; depth++) {
		bool single = type->kind == VOLE_KIND_STRUCT ?
				      type->num_fields == 1 :
				      type->kind == VOLE_KIND_ARRAY &&
					      type->len == 1;

		if (!single)
			break;
		type = type->kind == VOLE_KIND_ARRAY ? type->elem :
						       type->fields[0].type;
		if (!vole_type_load(r->rt->types, mutable(type), &unused))
			return false;
	}
	return type->size <= WORD && fit(&f, mutable(type), 0, 0) && f.next;
}

/* One place for all of it, unless optimised code has it for a part. */
static bool whole(const struct vole_frame_reader *r,
		  const struct vole_variable *variable,
		  const struct vole_type *type, const struct vole_spot *place,
		  struct vole_value *ret, struct vole_error *err)
{
	struct vole_value_source *source;
	size_t num = 0;
	uint8_t *bytes;

	if (variable->located == VOLE_LOCATED_LISTED && r->scope->is_go &&
	    r->scope->optimized && type->size <= MAX_SPLIT &&
	    !is_simple(r, type))
		return vole_fail(err, VOLE_UNSUPPORTED, VOLE_NOWHERE,
				 "debug information tells of a part of it "
				 "only, not of which");
	if (place->kind == VOLE_SPOT_MEMORY) {
		*ret = in_memory(type, place->at);
		return true;
	}
	bytes = vole_arena_alloc(r->arena, type->size + 1);
	source = vole_arena_alloc(r->arena, sizeof(*source));
	if (!bytes || !source)
		return vole_fail_nomem(err);
	if (!read_place(r, place, bytes, type->size, err))
		return false;
	add_source(place, 0, type->size, source, &num);
	*ret = (struct vole_value){ .type = type,
				    .where = VOLE_IN_BYTES,
				    .bytes = bytes,
				    .sources = source,
				    .num_sources = num };
	return true;
}

bool vole_compose(const struct vole_frame_reader *r,
		  const struct vole_variable *variable,
		  const struct vole_type *type, const struct vole_spots *places,
		  struct vole_value *ret, struct vole_error *err)
{
	struct fitting f = { .r = r, .places = places, .size = type->size };
	bool fits;

	if (places->len == 1 && !places->items[0].size &&
	    (places->items[0].kind == VOLE_SPOT_MEMORY ||
	     type->size <= MAX_BYTES))
		return whole(r, variable, type, &places->items[0], ret, err);
	if (type->size > MAX_BYTES)
		return vole_fail(err, VOLE_UNSUPPORTED, VOLE_NOWHERE,
				 "it is in pieces and of %" PRIu64 " bytes",
				 type->size);
	fits = r->scope->is_go && r->scope->optimized ?
		       fit(&f, mutable(type), 0, 0) && f.next == places->len :
		       in_order(&f, type->size);
	if (!fits)
		return vole_fail(err, VOLE_UNSUPPORTED, VOLE_NOWHERE,
				 "debug information tells of some parts of "
				 "it, not of which");
	if (is_contiguous(&f)) {
		*ret = in_memory(type, places->items[0].at);
		return true;
	}
	return gather(&f, type, ret, err);
}
