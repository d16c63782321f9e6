/* Cursors, abbreviations, unit headers and forms. */
#include "base/sorted.h"
#include "dwarf/names.h"
#include "dwarf/private.h"

#include <string.h>

enum {
	MAX_UNITS = 1 << 20,
	MAX_TEXT = 1 << 15, /* a longer one counts as damage */
	/* Reading tables of abbreviations as often as this costs little. */
	MAX_READ = 4,
};

uint64_t cursor_uint(struct cursor *c, unsigned size)
{
	uint64_t value = 0;

	if ((uint64_t)(c->end - c->at) < size || size > 8) {
		c->ok = false;
		c->at = c->end;
		return 0;
	}
	memcpy(&value, c->at, size);
	c->at += size;
	return value;
}

uint64_t cursor_uleb(struct cursor *c)
{
	uint64_t value = 0;
	unsigned shift;

	for (shift = 0; c->at < c->end && shift < 70; shift += 7) {
		uint8_t byte = *c->at++;

		if (shift < 64)
			value |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return value;
	}
	c->ok = false;
	c->at = c->end;
	return 0;
}

int64_t cursor_sleb(struct cursor *c)
{
	uint64_t value = 0;
	unsigned shift;

	for (shift = 0; c->at < c->end && shift < 70; shift += 7) {
		uint8_t byte = *c->at++;

		if (shift < 64)
			value |= (uint64_t)(byte & 0x7f) << shift;
		if (byte & 0x80)
			continue;
		if ((byte & 0x40) && shift + 7 < 64)
			value |= UINT64_MAX << (shift + 7);
		return (int64_t)value;
	}
	c->ok = false;
	c->at = c->end;
	return 0;
}

void cursor_skip(struct cursor *c, uint64_t len)
{
	if ((uint64_t)(c->end - c->at) < len) {
		c->ok = false;
		c->at = c->end;
		return;
	}
	c->at += len;
}

const char *cursor_string(struct cursor *c)
{
	const uint8_t *start = c->at, *nul;
	size_t left = (size_t)(c->end - start);

	if (left > MAX_TEXT)
		left = MAX_TEXT;
	nul = memchr(start, '\0', left);
	if (!nul) {
		c->ok = false;
		c->at = c->end;
		return "";
	}
	c->at = nul + 1;
	return (const char *)start;
}

int form_size(uint16_t form, uint16_t version, uint8_t offset_size)
{
	switch (form) {
	case FORM_flag_present:
	case FORM_implicit_const:
		return 0;
	case FORM_data1:
	case FORM_flag:
	case FORM_ref1:
	case FORM_strx1:
	case FORM_addrx1:
		return 1;
	case FORM_data2:
	case FORM_ref2:
	case FORM_strx2:
	case FORM_addrx2:
		return 2;
	case FORM_strx3:
	case FORM_addrx3:
		return 3;
	case FORM_data4:
	case FORM_ref4:
	case FORM_strx4:
	case FORM_addrx4:
		return 4;
	case FORM_addr:
	case FORM_data8:
	case FORM_ref8:
	case FORM_ref_sig8:
		return 8;
	case FORM_data16:
		return 16;
	case FORM_ref_addr:
		return version < 3 ? 8 : offset_size;
	case FORM_strp:
	case FORM_line_strp:
	case FORM_sec_offset:
		return offset_size;
	default:
		return -1;
	}
}

void form_skip(const struct unit *unit, struct cursor *c, uint16_t form)
{
	int size = form_size(form, unit->version, unit->offset_size);

	if (size >= 0) {
		cursor_skip(c, (uint64_t)size);
		return;
	}
	switch (form) {
	case FORM_string:
		cursor_string(c);
		return;
	case FORM_block1:
		cursor_skip(c, cursor_uint(c, 1));
		return;
	case FORM_block2:
		cursor_skip(c, cursor_uint(c, 2));
		return;
	case FORM_block4:
		cursor_skip(c, cursor_uint(c, 4));
		return;
	case FORM_block:
	case FORM_exprloc:
		cursor_skip(c, cursor_uleb(c));
		return;
	case FORM_sdata:
	case FORM_udata:
	case FORM_ref_udata:
	case FORM_strx:
	case FORM_addrx:
	case FORM_loclistx:
	case FORM_rnglistx:
		cursor_uleb(c);
		return;
	default: /* a form that no standard has */
		c->ok = false;
		c->at = c->end;
		return;
	}
}

/* One abbreviation after its code. Sizes are those of 32-bit DWARF 5. */
static bool read_abbrev(struct dwarf *d, struct cursor *c, struct abbrev *ret)
{
	struct attr attrs[VOLE_DWARF_MAX_ATTRS];
	size_t num = 0;

	ret->tag = (uint16_t)cursor_uleb(c);
	ret->children = cursor_uint(c, 1) != 0;
	ret->fixed = 0;
	for (;;) {
		uint64_t name = cursor_uleb(c), form = cursor_uleb(c);
		int size;

		if (!c->ok || name > UINT16_MAX || form > UINT16_MAX)
			return false;
		if (!name && !form)
			break;
		if (num == VOLE_DWARF_MAX_ATTRS)
			return false;
		attrs[num] = (struct attr){ (uint16_t)name, (uint16_t)form, 0 };
		if (form == FORM_implicit_const)
			attrs[num].implicit = cursor_sleb(c);
		num++;
		size = form_size((uint16_t)form, 5, 4);
		ret->fixed = size < 0 || ret->fixed < 0 ? -1 :
							  ret->fixed + size;
	}
	ret->num_attrs = (uint8_t)num;
	ret->attrs = vole_arena_array(&d->arena, num, sizeof(*attrs));
	if (!ret->attrs)
		return num == 0;
	memcpy(ret->attrs, attrs, num * sizeof(*attrs));
	return true;
}

static bool count_codes(struct cursor *c, uint64_t *ret)
{
	*ret = 0;
	for (;;) {
		uint64_t code = cursor_uleb(c);

		if (!c->ok || !code)
			return c->ok;
		if (code >= VOLE_DWARF_MAX_ABBREVS)
			return false;
		*ret = code > *ret ? code : *ret;
		cursor_uleb(c);
		cursor_skip(c, 1);
		for (;;) {
			uint64_t name = cursor_uleb(c);
			uint64_t form = cursor_uleb(c);

			if (form == FORM_implicit_const)
				cursor_sleb(c);
			if (!c->ok)
				return false;
			if (!name && !form)
				break;
		}
	}
}

/* No compiler lets tables overlap, or leaves out most codes. */
static bool measure(struct dwarf *d, struct cursor c, uint64_t *ret_most)
{
	const uint8_t *from = c.at;

	if (!count_codes(&c, ret_most))
		return false;
	d->abbrev_bytes += (uint64_t)(c.at - from);
	d->abbrev_codes += *ret_most;
	return d->abbrev_bytes / MAX_READ <= d->abbrev.len &&
	       d->abbrev_codes <= d->abbrev.len + VOLE_DWARF_MAX_ABBREVS;
}

static bool bad_abbrevs(struct vole_error *err, uint64_t offset,
			const char *what)
{
	return vole_fail(err, VOLE_CORRUPT, VOLE_NOWHERE,
			 "debug information: abbreviations at %" PRIu64 " %s",
			 offset, what);
}

bool abbrevs_get(struct dwarf *d, uint64_t offset, const struct abbrevs **ret,
		 struct vole_error *err)
{
	struct cursor c = { .end = d->abbrev.data + d->abbrev.len, .ok = true };
	uint64_t most, code, known;
	struct abbrevs *t;

	if (vole_hash_get(&d->tables, offset, &known)) {
		*ret = (const struct abbrevs *)(uintptr_t)known;
		return true;
	}
	if (offset >= d->abbrev.len)
		return bad_abbrevs(err, offset, "outside their section");
	c.at = d->abbrev.data + offset;
	if (!measure(d, c, &most))
		return bad_abbrevs(err, offset, "do not read");
	t = vole_arena_alloc(&d->arena, sizeof(*t));
	if (!t || !vole_hash_put(&d->tables, offset, (uintptr_t)t))
		return vole_fail_nomem(err);
	t->codes = vole_arena_array(&d->arena, most + 1, sizeof(*t->codes));
	if (!t->codes)
		return vole_fail_nomem(err);
	t->num = (uint32_t)most + 1;
	while ((code = cursor_uleb(&c)) && c.ok)
		if (!read_abbrev(d, &c, &t->codes[code]))
			return bad_abbrevs(err, offset, "are damaged");
	*ret = t;
	return true;
}

static bool bad_unit(struct vole_error *err, uint64_t at, const char *what)
{
	return vole_fail(err, VOLE_CORRUPT, VOLE_NOWHERE,
			 "debug information: unit at offset %" PRIu64 " %s", at,
			 what);
}

/* What the unit's own entry says of all of it. */
static bool read_unit_die(struct dwarf *d, struct unit *unit,
			  struct vole_error *err)
{
	struct die die;

	if (!die_read(d, unit->die, &die, err))
		return false;
	unit->addr_base = die.addr_base;
	unit->str_offsets_base = die.str_offsets_base;
	/* Only now do its own indices lead to addresses and strings. */
	if ((die.addr_base || die.str_offsets_base) &&
	    !die_read(d, unit->die, &die, err))
		return false;
	unit->is_go = die.language == LANG_Go;
	unit->rnglists_base = die.rnglists_base;
	unit->loclists_base = die.loclists_base;
	unit->low = die.has_low ? die.low : 0;
	unit->producer = die.producer;
	unit->dir = die.dir;
	unit->lines = die.lines;
	unit->has_lines = die.has_lines;
	return true;
}

/* A unit header; moves @p c past the unit. Skips kinds that hold no names. */
static bool read_unit(struct dwarf *d, struct cursor *c, struct vole_error *err)
{
	enum { UT_compile = 1, UT_partial = 3 };
	uint64_t at = (uint64_t)(c->at - d->info.data);
	uint64_t len = cursor_uint(c, 4), abbrev, kind = UT_compile;
	struct unit u = { .offset = (uint32_t)at, .offset_size = 4 };
	struct unit *slot;
	struct cursor in;
	uint64_t size;

	if (len == 0xffffffff) {
		len = cursor_uint(c, 8);
		u.offset_size = 8;
	}
	if (!c->ok || len > (uint64_t)(c->end - c->at))
		return bad_unit(err, at, "is longer than its section");
	in = (struct cursor){ c->at, c->at + len, true };
	cursor_skip(c, len);
	u.end = (uint32_t)(c->at - d->info.data);
	u.version = (uint16_t)cursor_uint(&in, 2);
	if (u.version < 2 || u.version > 5)
		return bad_unit(err, at, "has an unknown version");
	if (u.version == 5) {
		kind = cursor_uint(&in, 1);
		size = cursor_uint(&in, 1);
		abbrev = cursor_uint(&in, u.offset_size);
	} else {
		abbrev = cursor_uint(&in, u.offset_size);
		size = cursor_uint(&in, 1);
	}
	if (kind != UT_compile && kind != UT_partial)
		return true;
	if (!in.ok || size != 8)
		return bad_unit(err, at, "has addresses that are not 8 bytes");
	u.die = (uint32_t)(in.at - d->info.data);
	if (u.die >= u.end)
		return true;
	if (d->units.len == MAX_UNITS)
		return bad_unit(err, at, "is one of too many");
	if (!abbrevs_get(d, abbrev, &u.abbrevs, err))
		return false;
	slot = vole_array_push(&d->units);
	if (!slot)
		return vole_fail_nomem(err);
	*slot = u;
	return read_unit_die(d, slot, err);
}

bool units_read(struct dwarf *d, struct vole_error *err)
{
	struct cursor c = { d->info.data, d->info.data + d->info.len, true };

	while (c.at < c.end)
		if (!read_unit(d, &c, err))
			return false;
	return true;
}

const struct unit *unit_at(const struct dwarf *d, uint64_t offset)
{
	const struct unit *list = d->units.items;
	size_t num = vole_sorted_up_to(list, d->units.len, offset, offset);

	if (!num || offset < list[num - 1].die || offset >= list[num - 1].end)
		return NULL;
	return &list[num - 1];
}
