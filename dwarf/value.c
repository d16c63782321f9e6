/* Attributes' values, by form. */
#include "dwarf/names.h"
#include "dwarf/private.h"

#include <string.h>

static const char *text_at(struct bytes section, uint64_t offset)
{
	struct cursor c = { .ok = true };
	const char *text;

	if (offset >= section.len)
		return NULL;
	c.at = section.data + offset;
	c.end = section.data + section.len;
	text = cursor_string(&c);
	return c.ok ? text : NULL;
}

static uint64_t word_at(struct bytes section, uint64_t base, uint64_t index,
			unsigned size, bool *ok)
{
	uint64_t at, value = 0;

	if (__builtin_mul_overflow(index, (uint64_t)size, &at) ||
	    __builtin_add_overflow(at, base, &at) || at > section.len ||
	    section.len - at < size) {
		*ok = false;
		return 0;
	}
	memcpy(&value, section.data + at, size);
	return value;
}

bool addr_at(const struct dwarf *d, const struct unit *unit, uint64_t index,
	     uint64_t *ret)
{
	bool ok = true;

	*ret = word_at(d->addr, unit->addr_base, index, 8, &ok);
	return ok;
}

static const char *indexed_text(const struct dwarf *d, const struct unit *u,
				uint64_t index)
{
	bool ok = true;
	uint64_t at = word_at(d->str_offsets, u->str_offsets_base, index,
			      u->offset_size, &ok);

	return ok ? text_at(d->str, at) : NULL;
}

static void read_block(struct cursor *c, uint16_t form, struct value *ret)
{
	uint64_t len = form == FORM_block1 ? cursor_uint(c, 1) :
		       form == FORM_block2 ? cursor_uint(c, 2) :
		       form == FORM_block4 ? cursor_uint(c, 4) :
					     cursor_uleb(c);

	ret->block = (struct bytes){ c->at, len };
	ret->is_block = true;
	cursor_skip(c, len);
}

static void read_constant(const struct unit *u, struct cursor *c, uint16_t form,
			  struct value *ret)
{
	int size = form_size(form, u->version, u->offset_size);
	unsigned shift;

	if (size == 16) {
		cursor_skip(c, 16);
		return;
	}
	ret->u = size >= 0 ? cursor_uint(c, (unsigned)size) : cursor_uleb(c);
	ret->s = (int64_t)ret->u;
	if (size > 0 && size < 8) {
		shift = 64 - 8 * (unsigned)size;
		ret->s = (int64_t)(ret->u << shift) >> shift;
	}
}

static void read_text(const struct dwarf *d, const struct unit *u,
		      struct cursor *c, uint16_t form, struct value *ret)
{
	switch (form) {
	case FORM_string:
		ret->text = cursor_string(c);
		return;
	case FORM_strp:
		ret->text = text_at(d->str, cursor_uint(c, u->offset_size));
		return;
	case FORM_line_strp:
		ret->text =
			text_at(d->line_str, cursor_uint(c, u->offset_size));
		return;
	default:
		read_constant(u, c, form, ret);
		ret->text = indexed_text(d, u, ret->u);
		return;
	}
}

/* Within the unit, but for ref_addr. */
static void read_ref(const struct unit *u, struct cursor *c, uint16_t form,
		     struct value *ret)
{
	uint64_t base = form == FORM_ref_addr ? 0 : u->offset;

	read_constant(u, c, form, ret);
	ret->is_ref = !__builtin_add_overflow(ret->u, base, &ret->u);
}

static void read_other(const struct unit *u, struct cursor *c, uint16_t form,
		       struct value *ret)
{
	switch (form) {
	case FORM_data1:
	case FORM_data2:
	case FORM_data4:
	case FORM_data8:
	case FORM_data16:
	case FORM_flag:
	case FORM_udata:
	case FORM_sec_offset:
		read_constant(u, c, form, ret);
		return;
	default:
		form_skip(u, c, form);
		return;
	}
}

void value_read(const struct dwarf *d, const struct unit *u, struct cursor *c,
		const struct attr *attr, struct value *ret)
{
	*ret = (struct value){ 0 };
	switch (attr->form) {
	case FORM_string:
	case FORM_strp:
	case FORM_line_strp:
	case FORM_strx:
	case FORM_strx1:
	case FORM_strx2:
	case FORM_strx3:
	case FORM_strx4:
		read_text(d, u, c, attr->form, ret);
		return;
	case FORM_block1:
	case FORM_block2:
	case FORM_block4:
	case FORM_block:
	case FORM_exprloc:
		read_block(c, attr->form, ret);
		return;
	case FORM_flag_present:
		ret->u = 1;
		return;
	case FORM_implicit_const:
		ret->u = (uint64_t)attr->implicit;
		ret->s = attr->implicit;
		return;
	case FORM_sdata:
		ret->s = cursor_sleb(c);
		ret->u = (uint64_t)ret->s;
		return;
	case FORM_ref1:
	case FORM_ref2:
	case FORM_ref4:
	case FORM_ref8:
	case FORM_ref_udata:
	case FORM_ref_addr:
		read_ref(u, c, attr->form, ret);
		return;
	case FORM_loclistx:
	case FORM_rnglistx:
		ret->u = cursor_uleb(c);
		ret->is_index = true;
		return;
	case FORM_addr:
		ret->u = cursor_uint(c, 8);
		ret->is_addr = true;
		return;
	case FORM_addrx:
	case FORM_addrx1:
	case FORM_addrx2:
	case FORM_addrx3:
	case FORM_addrx4:
		read_constant(u, c, attr->form, ret);
		ret->is_addr = addr_at(d, u, ret->u, &ret->u);
		return;
	default:
		read_other(u, c, attr->form, ret);
		return;
	}
}
