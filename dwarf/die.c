/* One entry and its attributes. */
#include "dwarf/names.h"
#include "dwarf/private.h"

/* A copy, what it was made from, a declaration: three, where all is well. */
enum { MAX_ORIGINS = 8 };

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
	case AT_go_dict_index:
		die->dict_index = v->u;
		die->has_dict_index = true;
		break;
	case AT_go_closure_offset:
		die->closure_offset = v->u;
		die->has_closure_offset = true;
		break;
	default:
		break;
	}
}

/* What the entry of a unit has alone. */
static void keep_unit(struct die *die, uint16_t name, const struct value *v)
{
	switch (name) {
	case AT_language:
		die->language = (uint8_t)v->u;
		break;
	case AT_producer:
		die->producer = v->text;
		break;
	case AT_stmt_list:
		die->lines = v->u;
		die->has_lines = true;
		break;
	case AT_comp_dir:
		die->dir = v->text;
		break;
	case AT_addr_base:
		die->addr_base = v->u;
		break;
	case AT_str_offsets_base:
		die->str_offsets_base = v->u;
		break;
	case AT_loclists_base:
		die->loclists_base = v->u;
		break;
	case AT_rnglists_base:
		die->rnglists_base = v->u;
		break;
	default:
		keep_go(die, name, v);
		break;
	}
}

/* Where its code lies, and its declaration. */
static void keep_place(struct die *die, uint16_t name, const struct value *v)
{
	switch (name) {
	case AT_low_pc:
		die->low = v->u;
		die->has_low = v->is_addr;
		break;
	case AT_high_pc:
		die->high = v->u;
		die->high_is_size = !v->is_addr;
		break;
	case AT_ranges:
		die->ranges =
			(struct list_ref){ !v->is_block, v->is_index, v->u };
		break;
	case AT_frame_base:
		die->frame_base = v->block;
		break;
	case AT_decl_file:
		die->decl_file = v->u;
		die->decl_unit = die->unit;
		die->has_decl_file = true;
		break;
	case AT_decl_line:
		die->decl_line = v->u;
		break;
	default:
		keep_unit(die, name, v);
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
		die->places =
			(struct list_ref){ !v->is_block, v->is_index, v->u };
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
	case AT_declaration:
		die->declaration = v->u != 0;
		break;
	case AT_specification:
		die->specification = ref(v);
		break;
	case AT_abstract_origin:
		die->origin = ref(v);
		break;
	case AT_variable_parameter:
		die->is_result = v->u != 0;
		break;
	case AT_encoding:
		die->encoding = (uint8_t)v->u;
		break;
	case AT_bit_size:
		die->bit_size = v->u;
		break;
	case AT_data_bit_offset:
		die->bit_offset = v->u;
		die->has_bit_offset = true;
		break;
	default:
		keep_place(die, name, v);
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

			value_read(d, u, &c, &a->attrs[i], &v);
			keep(ret, a->attrs[i].name, &v);
		}
	}
	if (!c.ok)
		return bad_die(err, offset, "runs past its unit");
	ret->next = (uint32_t)(c.at - d->info.data);
	return true;
}

static void inherit_from(struct die *die, const struct die *origin)
{
	if (!die->name)
		die->name = origin->name;
	if (!die->has_type && origin->has_type) {
		die->type = origin->type;
		die->has_type = true;
	}
	if (!die->has_closure_offset && origin->has_closure_offset) {
		die->closure_offset = origin->closure_offset;
		die->has_closure_offset = true;
	}
	if (!die->has_decl_file && origin->has_decl_file) {
		die->decl_file = origin->decl_file;
		die->decl_unit = origin->decl_unit;
		die->has_decl_file = true;
	}
	if (!die->decl_line)
		die->decl_line = origin->decl_line;
	die->is_result = die->is_result || origin->is_result;
}

void die_inherit(const struct dwarf *d, struct die *die)
{
	struct vole_error ignored;
	struct die origin;
	uint32_t at = die->origin ? die->origin : die->specification;
	unsigned steps;

	for (steps = 0; at && steps < MAX_ORIGINS; steps++) {
		if (!die_read(d, at, &origin, &ignored))
			return;
		inherit_from(die, &origin);
		at = origin.origin ? origin.origin : origin.specification;
	}
}

/* The entry after @p die and all below it. */
static bool skip(const struct dwarf *d, const struct die *die, uint32_t *ret,
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

bool die_child(const struct dwarf *d, const struct die *owner, uint32_t *next,
	       struct die *ret, struct vole_error *err)
{
	ret->tag = 0;
	if (!owner->children || *next >= owner->unit->end)
		return true;
	return die_read(d, *next, ret, err) &&
	       (!ret->tag || skip(d, ret, next, err));
}
