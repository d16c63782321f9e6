/**
 * Lists of address ranges, DWARF 2 to 5: which code an entry covers, and
 * where a variable is in which part of it.
 */
#ifndef VOLE_DWARF_LIST_H
#define VOLE_DWARF_LIST_H

#include "dwarf/private.h"

struct list_entry {
	uint64_t low, high; /* link addresses, high past the last */
	bool is_default; /* holds wherever no other entry does */
	struct bytes place; /* expression, of lists with places */
};

/** A list being read; c.ok is false once it turned out damaged. */
struct list {
	struct dwarf *d;
	const struct unit *unit;
	struct cursor c;
	uint64_t base;
	bool has_places;
	bool one; /* low, high is the only entry, still to come */
	uint64_t low, high;
	unsigned num_entries; /* read so far */
};

/** Read the list at @p at; with @p has_places each entry has an expression. */
void list_open(struct list *l, struct dwarf *d, const struct unit *unit,
	       struct list_ref at, bool has_places);
/** The code that @p die covers: DW_AT_ranges, else DW_AT_low_pc, high_pc. */
void list_open_code(struct list *l, struct dwarf *d, const struct die *die);
/** The next entry; false at the end, on damage and of a list without end. */
bool list_next(struct list *l, struct list_entry *ret);

/** Does @p die cover the code at @p pc (link address)? */
bool code_covers(struct dwarf *d, const struct die *die, uint64_t pc);

#endif
