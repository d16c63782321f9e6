#include "value/value.h"

#include "runtime/iface.h"

#include <string.h>

bool vole_value_at(const struct vole_runtime *rt, struct vole_type *type,
		   uint64_t addr, struct vole_value *ret,
		   struct vole_error *err)
{
	if (!vole_type_load(rt->types, type, err))
		return false;
	*ret = (struct vole_value){ .type = type,
				    .where = VOLE_IN_MEMORY,
				    .addressable = true,
				    .addr = addr };
	return true;
}

/* Where an error about the value points. */
static uint64_t place(const struct vole_value *value)
{
	return value->where == VOLE_IN_MEMORY ? value->addr : VOLE_NOWHERE;
}

static bool outside(const struct vole_value *value, uint64_t offset,
		    uint64_t len, struct vole_error *err)
{
	return vole_fail(err, VOLE_CORRUPT, place(value),
			 "%" PRIu64 " bytes at offset %" PRIu64
			 " of a value of %" PRIu64 " bytes",
			 len, offset, value->type->size);
}

static bool inside(const struct vole_value *value, uint64_t offset,
		   uint64_t len)
{
	return offset <= value->type->size && len <= value->type->size - offset;
}

/*
 * The piece that [offset, offset + len) touches, or NULL. *@p ret_all: it
 * holds all of that, so that it can answer.
 */
static const struct vole_value_piece *piece_of(const struct vole_value *value,
					       uint64_t offset, uint64_t len,
					       bool *ret_all)
{
	for (size_t i = 0; i < value->num_pieces; i++) {
		const struct vole_value_piece *p = &value->pieces[i];
		uint64_t end = p->offset + p->value.type->size;

		if (offset >= end || p->offset >= offset + len)
			continue;
		*ret_all = offset >= p->offset && offset + len <= end;
		return p;
	}
	return NULL;
}

static bool no_value(const struct vole_value *value, struct vole_error *err)
{
	return vole_fail(err, VOLE_UNREADABLE, VOLE_NOWHERE, "%s", value->why);
}

static bool no_place(const struct vole_value *value, struct vole_error *err)
{
	if (value->where == VOLE_IN_NOTHING)
		return no_value(value, err);
	return vole_fail(err, VOLE_UNSUPPORTED, VOLE_NOWHERE,
			 "a string of the expression has no place in the "
			 "target");
}

bool vole_value_read(const struct vole_runtime *rt,
		     const struct vole_value *value, uint64_t offset, void *buf,
		     size_t len, struct vole_error *err)
{
	const struct vole_value_piece *piece;
	bool all = false;

	if (!inside(value, offset, len))
		return outside(value, offset, len, err);
	if (!len)
		return true;
	switch (value->where) {
	case VOLE_IN_MEMORY:
		if (offset > UINT64_MAX - value->addr)
			return outside(value, offset, len, err);
		return vole_memory_read_all(rt->mem, value->addr + offset, buf,
					    len, err);
	case VOLE_IN_BYTES:
		memcpy(buf, value->bytes + offset, len);
		return true;
	case VOLE_IN_PIECES:
		piece = piece_of(value, offset, len, &all);
		if (!piece)
			memcpy(buf, value->bytes + offset, len);
		if (!piece)
			return true;
		return all ? vole_value_read(rt, &piece->value,
					     offset - piece->offset, buf, len,
					     err) :
			     no_place(&piece->value, err);
	case VOLE_IN_NOTHING:
	case VOLE_IN_TEXT:
		break;
	}
	return no_place(value, err);
}

bool vole_value_word(const struct vole_runtime *rt,
		     const struct vole_value *value, uint64_t offset,
		     uint64_t *ret, struct vole_error *err)
{
	uint8_t bytes[8];
	uint64_t word = 0;

	if (!vole_value_read(rt, value, offset, bytes, sizeof(bytes), err))
		return false;
	for (unsigned i = 8; i-- > 0;)
		word = word << 8 | bytes[i];
	*ret = word;
	return true;
}

/* A part of a value in pieces: one of them, or of one, or of the rest. */
static bool part_of_pieces(const struct vole_runtime *rt,
			   const struct vole_value *value,
			   struct vole_type *type, uint64_t offset,
			   struct vole_value *ret, struct vole_error *err)
{
	bool all = false;
	const struct vole_value_piece *piece =
		piece_of(value, offset, type->size, &all);

	if (!piece) {
		*ret = (struct vole_value){ .type = type,
					    .where = VOLE_IN_BYTES,
					    .bytes = value->bytes + offset };
		return true;
	}
	if (!all)
		return no_place(&piece->value, err);
	/* A string of the expression is one by whatever name. */
	if (piece->offset == offset &&
	    (piece->value.type == type || (piece->value.where == VOLE_IN_TEXT &&
					   type->kind == VOLE_KIND_STRING))) {
		*ret = piece->value;
		ret->type = type;
		return true;
	}
	return vole_value_part(rt, &piece->value, type, offset - piece->offset,
			       ret, err);
}

bool vole_value_part(const struct vole_runtime *rt,
		     const struct vole_value *value, struct vole_type *type,
		     uint64_t offset, struct vole_value *ret,
		     struct vole_error *err)
{
	struct vole_value part = *value;

	if (!vole_type_load(rt->types, type, err))
		return false;
	if (!inside(value, offset, type->size))
		return outside(value, offset, type->size, err);
	if (value->where == VOLE_IN_PIECES && type == value->type && !offset) {
		*ret = part;
		return true;
	}
	part.type = type;
	part.sources = NULL;
	part.num_sources = 0;
	switch (value->where) {
	case VOLE_IN_MEMORY:
		if (offset > UINT64_MAX - value->addr)
			return outside(value, offset, type->size, err);
		part.addr += offset;
		break;
	case VOLE_IN_BYTES:
		part.bytes += offset;
		break;
	case VOLE_IN_PIECES:
		return part_of_pieces(rt, value, type, offset, ret, err);
	case VOLE_IN_NOTHING:
		break;
	case VOLE_IN_TEXT:
		return vole_fail(err, VOLE_UNSUPPORTED, VOLE_NOWHERE,
				 "a string of the expression has no parts");
	}
	*ret = part;
	return true;
}

static bool is_word(const struct vole_type *type)
{
	switch (type->kind) {
	case VOLE_KIND_BOOL:
	case VOLE_KIND_PTR:
	case VOLE_KIND_UNSAFE_POINTER:
	case VOLE_KIND_CHAN:
	case VOLE_KIND_MAP:
	case VOLE_KIND_FUNC:
		return true;
	default:
		return vole_kind_is_signed(type->kind) ||
		       vole_kind_is_unsigned(type->kind);
	}
}

bool vole_value_int(const struct vole_runtime *rt,
		    const struct vole_value *value, uint64_t *ret,
		    struct vole_error *err)
{
	uint64_t size = value->type->size, word = 0;
	uint8_t bytes[8];

	if (!is_word(value->type) || !size || size > sizeof(bytes))
		return vole_fail(err, VOLE_CORRUPT, place(value),
				 "a %s of %" PRIu64 " bytes is no integer",
				 vole_kind_name(value->type->kind), size);
	if (!vole_value_read(rt, value, 0, bytes, size, err))
		return false;
	for (uint64_t i = size; i-- > 0;)
		word = word << 8 | bytes[i];
	if (vole_kind_is_signed(value->type->kind) && size < 8 &&
	    word >> (size * 8 - 1))
		word |= UINT64_MAX << (size * 8);
	*ret = word;
	return true;
}

bool vole_value_dynamic(const struct vole_runtime *rt,
			const struct vole_value *value, bool *ret_nil,
			struct vole_value *ret, struct vole_error *err)
{
	struct vole_iface iface;
	uint64_t words[2];

	if (!vole_value_word(rt, value, 0, &words[0], err) ||
	    !vole_value_word(rt, value, 8, &words[1], err) ||
	    !vole_iface_open(rt, value->type, words,
			     value->where == VOLE_IN_MEMORY ? value->addr : 0,
			     &iface, err))
		return false;
	*ret_nil = iface.nil;
	if (iface.nil)
		return true;
	if (!iface.direct || value->where == VOLE_IN_MEMORY) {
		if (!vole_value_at(rt, iface.type, iface.addr, ret, err))
			return false;
	} else {
		/* The data word lies in our copy: the value is that word. */
		if (value->where != VOLE_IN_BYTES || iface.type->size > 8)
			return vole_fail(err, VOLE_CORRUPT, iface.rtype,
					 "type of %" PRIu64
					 " bytes in one interface word",
					 iface.type->size);
		*ret = *value;
		ret->type = iface.type;
		ret->bytes = value->bytes + 8;
	}
	ret->addressable = false;
	return true;
}
