/* One entry and its attributes. */
#include "dwarf/names.h"
#include "dwarf/private.h"

#include <string.h>

/* An attribute's value, whatever its form. */
struct value {
	uint64_t u;
	int64_t s;
	const char *text;
	struct bytes block;
	bool is_ref; /* u is an offset in .debug_info */
	bool is_addr;
	bool is_block;
};

static const char *text_at(struct bytes section, uint64_t offset)
{
	if (offset >= section.len ||
	    !memchr(section.data + offset, '\0', section.len - offset))
		return NULL;
	return (const char *)section.data + offset;
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

static void read_block(struct cursor *c, uint64_t len, struct value *ret)
{
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

static void read_value(const struct dwarf *d, const struct unit *u,
		       struct cursor *c, const struct attr *attr,
		       struct value *ret)
{
	*ret = (struct value){ 0 };
	switch (attr->form) {
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
	case FORM_strx:
	case FORM_strx1:
	case FORM_strx2:
	case FORM_strx3:
	case FORM_strx4:
		read_constant(u, c, attr->form, ret);
		ret->text = indexed_text(d, u, ret->u);
		return;
	case FORM_block1:
		read_block(c, cursor_uint(c, 1), ret);
		return;
	case FORM_block2:
		read_block(c, cursor_uint(c, 2), ret);
		return;
	case FORM_block4:
		read_block(c, cursor_uint(c, 4), ret);
		return;
	case FORM_block:
	case FORM_exprloc:
		read_block(c, cursor_uleb(c), ret);
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
		read_constant(u, c, attr->form, ret);
		ret->is_ref =
			!__builtin_add_overflow(ret->u, u->offset, &ret->u);
		return;
	case FORM_ref_addr:
		read_constant(u, c, attr->form, ret);
		ret->is_ref = true;
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
	case FORM_data1:
	case FORM_data2:
	case FORM_data4:
	case FORM_data8:
	case FORM_data16:
	case FORM_flag:
	case FORM_udata:
	case FORM_sec_offset:
		read_constant(u, c, attr->form, ret);
		return;
	default:
		form_skip(u, c, attr->form);
		return;
	}
}

/* An offset that fits; 0, where no entry is, when it does not. */
static uint32_t ref(const struct value *v)
{
	return v->is_ref && v->u < UINT32_MAX ? (uint32_t)v->u : 0;
}

static void keep_go(struct die *die, uint16_t name, const struct value *v)
{
	switch (name) {
	case AT_go_kind:
		die->kind = (uint8_t)v->u;
		die->has_kind = v->u != 0;
		break;
	case AT_go_key:
		die->key = ref(v);
		die->has_key = true;
		break;
	case AT_go_elem:
		die->elem = ref(v);
		die->has_elem = true;
		break;
	case AT_go_embedded_field:
		die->embedded = v->u != 0;
		break;
	case AT_go_runtime_type:
		die->runtime_type = v->u;
		break;
	case AT_go_closure_offset:
		die->closure_offset = v->u;
		die->has_closure_offset = true;
		break;
	default:
		break;
	}
}

static void keep(struct die *die, uint16_t name, const struct value *v)
{
	switch (name) {
	case AT_name:
		die->name = v->text;
		break;
	case AT_type:
		die->type = ref(v);
		die->has_type = true;
		break;
	case AT_byte_size:
		die->size = v->u;
		die->has_size = true;
		break;
	case AT_location:
		die->location = v->block;
		die->has_location = v->is_block;
		break;
	case AT_const_value:
		die->value = v->s;
		die->has_value = !v->is_block && !v->text;
		break;
	case AT_count:
		die->count = v->u;
		die->has_count = !v->is_ref && !v->is_block;
		break;
	case AT_upper_bound:
		die->count = v->u + 1;
		die->has_count = !v->is_ref && !v->is_block;
		break;
	case AT_data_member_location:
		die->member = v->u;
		die->has_member = !v->is_block;
		break;
	case AT_low_pc:
		die->low = v->u;
		die->has_low = v->is_addr;
		break;
	case AT_high_pc:
		die->high = v->u;
		die->high_is_size = !v->is_addr;
		break;
	case AT_language:
		die->language = (uint8_t)v->u;
		break;
	case AT_producer:
		die->producer = v->text;
		break;
	case AT_declaration:
		die->declaration = v->u != 0;
		break;
	case AT_specification:
		die->specification = ref(v);
		break;
	case AT_abstract_origin:
		die->origin = ref(v);
		break;
	case AT_encoding:
		die->encoding = (uint8_t)v->u;
		break;
	case AT_decl_line:
		die->decl_line = v->u;
		break;
	case AT_bit_size:
		die->bit_size = v->u;
		break;
	case AT_data_bit_offset:
		die->bit_offset = v->u;
		die->has_bit_offset = true;
		break;
	case AT_addr_base:
		die->addr_base = v->u;
		break;
	case AT_str_offsets_base:
		die->str_offsets_base = v->u;
		break;
	default:
		keep_go(die, name, v);
		break;
	}
}

static bool bad_die(struct vole_error *err, uint32_t offset, const char *what)
{
	return vole_fail(err, VOLE_CORRUPT, VOLE_NOWHERE,
			 "debug information: entry at offset %" PRIu32 " %s",
			 offset, what);
}

bool die_read(const struct dwarf *d, uint32_t offset, struct die *ret,
	      struct vole_error *err)
{
	const struct unit *u = unit_at(d, offset);
	const struct abbrev *a;
	struct cursor c;
	uint64_t code;
	size_t i;

	if (!u)
		return bad_die(err, offset, "lies in no unit");
	c = (struct cursor){ d->info.data + offset, d->info.data + u->end,
			     true };
	*ret = (struct die){ .offset = offset, .unit = u };
	code = cursor_uleb(&c);
	if (code >= u->abbrevs->num || (code && !u->abbrevs->codes[code].tag))
		return bad_die(err, offset, "has no abbreviation");
	a = &u->abbrevs->codes[code];
	if (code) {
		ret->tag = a->tag;
		ret->children = a->children;
		for (i = 0; i < a->num_attrs; i++) {
			struct value v;

			read_value(d, u, &c, &a->attrs[i], &v);
			keep(ret, a->attrs[i].name, &v);
		}
	}
	if (!c.ok)
		return bad_die(err, offset, "runs past its unit");
	ret->next = (uint32_t)(c.at - d->info.data);
	return true;
}

void die_inherit(const struct dwarf *d, struct die *die)
{
	struct vole_error ignored;
	struct die origin;
	uint32_t at = die->origin;
	unsigned steps;

	for (steps = 0; at && steps < VOLE_DWARF_MAX_CHAIN; steps++) {
		if (!die_read(d, at, &origin, &ignored))
			return;
		if (!die->name)
			die->name = origin.name;
		if (!die->has_type && origin.has_type) {
			die->type = origin.type;
			die->has_type = true;
		}
		if (!die->has_closure_offset && origin.has_closure_offset) {
			die->closure_offset = origin.closure_offset;
			die->has_closure_offset = true;
		}
		at = origin.origin;
	}
}

bool die_skip(const struct dwarf *d, const struct die *die, uint32_t *ret,
	      struct vole_error *err)
{
	const struct unit *u = die->unit;
	struct cursor c = { d->info.data + die->next, d->info.data + u->end,
			    true };
	uint64_t depth = die->children;
	size_t i;

	while (depth && c.ok && c.at < c.end) {
		uint64_t code = cursor_uleb(&c);
		const struct abbrev *a;

		if (!code) {
			depth--;
			continue;
		}
		if (code >= u->abbrevs->num || !u->abbrevs->codes[code].tag)
			return bad_die(err, die->offset,
				       "has a child without abbreviation");
		a = &u->abbrevs->codes[code];
		for (i = 0; i < a->num_attrs; i++)
			form_skip(u, &c, a->attrs[i].form);
		depth += a->children;
	}
	if (!c.ok)
		return bad_die(err, die->offset, "runs past its unit");
	*ret = (uint32_t)(c.at - d->info.data);
	return true;
}
