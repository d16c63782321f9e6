/*
 * Names at the top of every unit, gathered in one pass. Function bodies are
 * most of the entries; they are stepped over by the fixed size of their
 * abbreviations.
 */
#include "dwarf/names.h"
#include "dwarf/private.h"

#include <stdlib.h>
#include <string.h>

enum {
	MAX_RECORDS = 1 << 24,
	/* Bytes of names for each byte of entries; there is less than one. */
	MAX_NAMES = 64,
};

static uint32_t kind_of(uint16_t tag)
{
	switch (tag) {
	case TAG_variable:
		return VOLE_SYMBOL_VAR;
	case TAG_subprogram:
		return VOLE_SYMBOL_FUNC;
	case TAG_constant:
		return VOLE_SYMBOL_CONST;
	case TAG_array_type:
	case TAG_base_type:
	case TAG_class_type:
	case TAG_enumeration_type:
	case TAG_pointer_type:
	case TAG_structure_type:
	case TAG_subroutine_type:
	case TAG_typedef:
	case TAG_union_type:
		return VOLE_SYMBOL_TYPE;
	default:
		return 0;
	}
}

const char *record_name(const struct dwarf *d, const struct record *record)
{
	if (record->name & NAME_IN_STR)
		return (const char *)d->str.data +
		       (record->name & ~NAME_IN_STR);
	return (const char *)d->info.data + record->name;
}

/* Where a name's bytes lie, as a record keeps it; false when nowhere. */
static bool name_place(const struct dwarf *d, const char *name, uint32_t *ret)
{
	const uint8_t *at = (const uint8_t *)name;

	if (at >= d->info.data && at < d->info.data + d->info.len) {
		*ret = (uint32_t)(at - d->info.data);
		return true;
	}
	if (at >= d->str.data && at < d->str.data + d->str.len) {
		*ret = (uint32_t)(at - d->str.data) | NAME_IN_STR;
		return true;
	}
	return false;
}

static bool add_record(struct dwarf *d, const struct die *die, uint32_t kind,
		       struct vole_error *err)
{
	struct record *r;
	uint32_t name;

	if (!die->name || !*die->name || die->declaration ||
	    !name_place(d, die->name, &name))
		return true;
	d->name_bytes += strlen(die->name);
	if (d->name_bytes / MAX_NAMES > d->info.len ||
	    d->records.len == MAX_RECORDS)
		return vole_fail(err, VOLE_CORRUPT, VOLE_NOWHERE,
				 "debug information: too many names");
	r = vole_array_push(&d->records);
	if (!r)
		return vole_fail_nomem(err);
	*r = (struct record){
		.name = name,
		.die = die->offset,
		.runtime_type = die->runtime_type < UINT32_MAX ?
					(uint32_t)die->runtime_type :
					0,
		.kind = (uint8_t)kind,
		.is_c = !die->unit->is_go,
		.is_typedef = die->tag == TAG_typedef,
		.has_code = die->has_low || die->ranges.there,
	};
	return true;
}

/* Step over entries until @p depth levels are closed. */
static void skip_children(const struct unit *u, struct cursor *c)
{
	const struct abbrev *codes = u->abbrevs->codes;
	bool fixed = u->version == 5 || u->version == 4;
	uint64_t depth = 1;
	size_t i;

	fixed = fixed && u->offset_size == 4;
	while (depth && c->at < c->end) {
		uint64_t code = *c->at < 0x80 ? *c->at++ : cursor_uleb(c);
		const struct abbrev *a;

		if (!code) {
			depth--;
			continue;
		}
		if (code >= u->abbrevs->num || !codes[code].tag) {
			c->ok = false;
			return;
		}
		a = &codes[code];
		depth += a->children;
		if (fixed && a->fixed >= 0) {
			cursor_skip(c, (uint64_t)a->fixed);
			continue;
		}
		for (i = 0; i < a->num_attrs; i++)
			form_skip(u, c, a->attrs[i].form);
	}
}

static bool index_unit(struct dwarf *d, const struct unit *u,
		       struct vole_error *err)
{
	struct cursor c = { d->info.data + u->die, d->info.data + u->end,
			    true };
	struct die die;

	if (!die_read(d, u->die, &die, err))
		return false;
	if (!die.children)
		return true;
	c.at = d->info.data + die.next;
	while (c.ok && c.at < c.end) {
		uint32_t kind;

		if (!die_read(d, (uint32_t)(c.at - d->info.data), &die, err))
			return false;
		if (!die.tag)
			break;
		kind = kind_of(die.tag);
		if ((kind == VOLE_SYMBOL_FUNC || kind == VOLE_SYMBOL_VAR) &&
		    !die.name)
			die_inherit(d, &die);
		if (kind && !add_record(d, &die, kind, err))
			return false;
		c.at = d->info.data + die.next;
		if (die.children)
			skip_children(u, &c);
	}
	if (c.ok)
		return true;
	return vole_fail(err, VOLE_CORRUPT, VOLE_NOWHERE,
			 "debug information: the unit at offset %" PRIu32
			 " does not read",
			 u->offset);
}

static uint64_t name_hash(const char *name)
{
	uint64_t hash = vole_hash_bytes(name, strlen(name));

	return hash ^ hash >> 29;
}

/* Is @p a the one to show of two that share name and kind? */
static bool better(const struct record *a, const struct record *b)
{
	if (a->is_c != b->is_c)
		return b->is_c;
	/* C lets a variable and a struct share a name: values are asked for. */
	if (a->kind != b->kind)
		return a->kind < b->kind;
	/* What an inlined function is made from has no address. */
	if (a->has_code != b->has_code)
		return a->has_code;
	return a->is_typedef && !b->is_typedef;
}

static void enter_name(struct dwarf *d, size_t index)
{
	struct record *r = &d->records.items[index];
	const char *name = record_name(d, r);
	size_t at = name_hash(name) & (d->names_room - 1);

	for (; d->names[at]; at = (at + 1) & (d->names_room - 1)) {
		struct record *other = &d->records.items[d->names[at] - 1];

		if (other->kind != r->kind ||
		    strcmp(record_name(d, other), name))
			continue;
		if (better(r, other)) {
			other->hidden = true;
			break;
		}
		r->hidden = true;
		return;
	}
	d->names[at] = (uint32_t)index + 1;
}

static bool enter_names(struct dwarf *d)
{
	size_t i;

	d->names_room = 64;
	while (d->names_room < d->records.len * 2)
		d->names_room *= 2;
	d->names = calloc(d->names_room, sizeof(*d->names));
	if (!d->names)
		return false;
	for (i = 0; i < d->records.len; i++)
		enter_name(d, i);
	return true;
}

bool index_build(struct dwarf *d, struct vole_error *err)
{
	size_t i, bad = 0;

	if (d->indexed)
		return true;
	for (i = 0; i < d->units.len; i++) {
		if (index_unit(d, &d->units.items[i], err))
			continue;
		if (err->code == VOLE_NOMEM)
			return false;
		/* One damaged unit does not take the others away. */
		bad++;
	}
	if (bad)
		d->di.problem = "part of the debug information is damaged: "
				"some names may be missing";
	if (!enter_names(d))
		return vole_fail_nomem(err);
	d->indexed = true;
	return true;
}

const struct record *index_find(const struct dwarf *d, uint32_t kinds,
				const char *name)
{
	const struct record *best = NULL;
	size_t at = name_hash(name) & (d->names_room - 1);

	for (; d->names[at]; at = (at + 1) & (d->names_room - 1)) {
		const struct record *r = &d->records.items[d->names[at] - 1];

		if ((r->kind & kinds) && !strcmp(record_name(d, r), name) &&
		    (!best || better(r, best)))
			best = r;
	}
	return best;
}
