/*
 * Lists of address ranges: of code (.debug_ranges, .debug_rnglists) and, with
 * an expression each, of places of variables (.debug_loc, .debug_loclists).
 */
#include "dwarf/list.h"

#include "dwarf/names.h"

/* Entries of DWARF 5; those from `base_address` on count from 6 with places. */
enum {
	LE_end_of_list = 0,
	LE_base_addressx = 1,
	LE_startx_endx = 2,
	LE_startx_length = 3,
	LE_offset_pair = 4,
	LE_base_address = 5,
	LE_start_end = 6,
	LE_start_length = 7,
	LLE_default_location = 5,
	LLE_view_pair = 9, /* gcc's */
};

enum { MAX_ENTRIES = 1 << 16 };

static const enum section_id places[] = { SECTION_LOC, SECTION_LOCLISTS };
static const enum section_id code[] = { SECTION_RANGES, SECTION_RNGLISTS };

static void fail(struct list *l)
{
	l->c.ok = false;
	l->c.at = l->c.end;
}

/* Is there more to read? */
static bool go_on(struct list *l)
{
	if (l->num_entries++ == MAX_ENTRIES)
		fail(l);
	l->d->list_entries++;
	return l->c.ok;
}

/* Where list @p index of the unit begins, from its table of offsets. */
static bool indexed(const struct list *l, struct bytes section, uint64_t index,
		    uint64_t *ret)
{
	const struct unit *u = l->unit;
	uint64_t base = l->has_places ? u->loclists_base : u->rnglists_base;
	struct cursor c = { .ok = true };
	uint64_t at;

	if (__builtin_mul_overflow(index, u->offset_size, &at) ||
	    __builtin_add_overflow(at, base, &at) || at > section.len)
		return false;
	c.at = section.data + at;
	c.end = section.data + section.len;
	*ret = cursor_uint(&c, u->offset_size);
	return c.ok && !__builtin_add_overflow(*ret, base, ret);
}

void list_open(struct list *l, struct dwarf *d, const struct unit *unit,
	       struct list_ref at, bool has_places)
{
	bool five = unit->version >= 5;
	struct bytes section =
		section_bytes(d, has_places ? places[five] : code[five]);
	uint64_t offset = at.offset;

	*l = (struct list){ .d = d,
			    .unit = unit,
			    .has_places = has_places,
			    .base = unit->low };
	if (at.is_index && !indexed(l, section, at.offset, &offset))
		return;
	if (offset >= section.len)
		return;
	l->c = (struct cursor){ section.data + offset,
				section.data + section.len, true };
}

void list_open_code(struct list *l, struct dwarf *d, const struct die *die)
{
	if (die->ranges.there) {
		list_open(l, d, die->unit, die->ranges, false);
		return;
	}
	*l = (struct list){ .d = d, .unit = die->unit, .c = { .ok = true } };
	if (!die->has_low)
		return;
	l->one = true;
	l->low = die->low;
	l->high = die->high_is_size ? die->low + die->high : die->high;
}

static uint64_t addrx(struct list *l)
{
	uint64_t addr = 0;

	if (!addr_at(l->d, l->unit, cursor_uleb(&l->c), &addr))
		fail(l);
	return addr;
}

static void read_place(struct list *l, uint64_t len, struct list_entry *ret)
{
	ret->place = (struct bytes){ l->c.at, len };
	cursor_skip(&l->c, len);
}

/* DWARF 2 to 4: pairs of addresses. */
static bool next_pair(struct list *l, struct list_entry *ret)
{
	while (go_on(l)) {
		uint64_t low = cursor_uint(&l->c, 8);
		uint64_t high = cursor_uint(&l->c, 8);

		if (!low && !high)
			return false;
		if (low == UINT64_MAX) {
			l->base = high;
			continue;
		}
		*ret = (struct list_entry){ .low = l->base + low,
					    .high = l->base + high };
		if (l->has_places)
			read_place(l, cursor_uint(&l->c, 2), ret);
		return l->c.ok;
	}
	return false;
}

/* An entry's addresses; false when it is one that only sets the base. */
static bool read_range(struct list *l, uint64_t kind, struct list_entry *ret)
{
	struct cursor *c = &l->c;

	switch (kind) {
	case LE_base_addressx:
		l->base = addrx(l);
		return false;
	case LE_base_address:
		l->base = cursor_uint(c, 8);
		return false;
	case LE_startx_endx:
		ret->low = addrx(l);
		ret->high = addrx(l);
		return true;
	case LE_startx_length:
		ret->low = addrx(l);
		ret->high = ret->low + cursor_uleb(c);
		return true;
	case LE_offset_pair:
		ret->low = l->base + cursor_uleb(c);
		ret->high = l->base + cursor_uleb(c);
		return true;
	case LE_start_end:
		ret->low = cursor_uint(c, 8);
		ret->high = cursor_uint(c, 8);
		return true;
	case LE_start_length:
		ret->low = cursor_uint(c, 8);
		ret->high = ret->low + cursor_uleb(c);
		return true;
	default:
		fail(l);
		return false;
	}
}

static bool next_coded(struct list *l, struct list_entry *ret)
{
	while (go_on(l)) {
		uint64_t kind = cursor_uint(&l->c, 1);

		if (kind == LE_end_of_list)
			return false;
		*ret = (struct list_entry){ 0 };
		if (l->has_places && kind == LLE_view_pair) {
			cursor_uleb(&l->c);
			cursor_uleb(&l->c);
			continue;
		}
		if (l->has_places && kind == LLE_default_location)
			ret->is_default = true;
		else if (!read_range(l, kind - (l->has_places && kind > 5),
				     ret))
			continue;
		if (l->has_places)
			read_place(l, cursor_uleb(&l->c), ret);
		return l->c.ok;
	}
	return false;
}

bool list_next(struct list *l, struct list_entry *ret)
{
	if (l->one) {
		*ret = (struct list_entry){ .low = l->low, .high = l->high };
		l->one = false;
		return true;
	}
	if (l->c.at == l->c.end)
		return false;
	return l->unit->version >= 5 ? next_coded(l, ret) : next_pair(l, ret);
}

bool code_covers(struct dwarf *d, const struct die *die, uint64_t pc)
{
	struct list_entry at;
	struct list l;

	list_open_code(&l, d, die);
	while (list_next(&l, &at))
		if (pc >= at.low && pc < at.high)
			return true;
	return false;
}
