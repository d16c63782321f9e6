/**
 * What the files of dwarf/ share: sections, units, abbreviations, entries.
 * Offsets of entries are from the start of .debug_info.
 */
#ifndef VOLE_DWARF_PRIVATE_H
#define VOLE_DWARF_PRIVATE_H

#include "base/arena.h"
#include "base/array.h"
#include "base/hash.h"
#include "dwarf/dwarf.h"
#include "target/elf.h"
#include "target/variable.h"

enum {
	VOLE_DWARF_MAX_ABBREVS = 1 << 16, /* codes in one table */
	VOLE_DWARF_MAX_ATTRS = 64, /* attributes of one abbreviation */
	VOLE_DWARF_MAX_CHAIN = 64, /* typedefs, qualifiers in a row */
	VOLE_DWARF_MAX_SPELLED = 8, /* pointers to pointers in a name */
	VOLE_DWARF_MAX_FIELDS = 1 << 16,
};

/** Bytes being read; the first failure sticks. */
struct cursor {
	const uint8_t *at;
	const uint8_t *end;
	bool ok;
};

uint64_t cursor_uint(struct cursor *c, unsigned size);
uint64_t cursor_uleb(struct cursor *c);
int64_t cursor_sleb(struct cursor *c);
void cursor_skip(struct cursor *c, uint64_t len);
/** A NUL-terminated string, or "" (and failure) when it does not soon end. */
const char *cursor_string(struct cursor *c);

struct bytes {
	const uint8_t *data;
	uint64_t len;
};

struct attr {
	uint16_t name;
	uint16_t form;
	int64_t implicit; /* DW_FORM_implicit_const */
};

/** An attribute's value, whatever its form. */
struct value {
	uint64_t u;
	int64_t s;
	const char *text;
	struct bytes block;
	bool is_ref; /* u is an offset in .debug_info */
	bool is_addr;
	bool is_block;
	bool is_index; /* u is an index into a table of lists */
};

struct abbrev {
	uint16_t tag; /* 0: no such code */
	bool children;
	uint8_t num_attrs;
	int32_t fixed; /* bytes of all attributes, -1: they vary */
	struct attr *attrs;
};

struct abbrevs {
	uint32_t num; /* codes are below */
	struct abbrev *codes;
};

struct unit {
	uint32_t offset; /* of the header */
	uint32_t die; /* of the unit's own entry */
	uint32_t end;
	uint16_t version;
	uint8_t offset_size; /* 4 or 8 */
	bool is_go;
	const struct abbrevs *abbrevs;
	uint64_t addr_base, str_offsets_base;
	uint64_t rnglists_base, loclists_base;
	uint64_t low; /* what its lists count from */
	bool has_lines;
	uint64_t lines; /* offset of its line table's header */
	const char *producer, *dir;
	struct line_table *line_table; /* see line_table() */
};

/** A name at the top of a unit. */
struct record {
	uint32_t name; /* in .debug_info; in .debug_str with NAME_IN_STR */
	uint32_t die;
	uint32_t runtime_type;
	uint8_t kind; /* enum vole_symbol_kind */
	bool is_c;
	bool is_typedef;
	bool has_code;
	bool hidden; /* another record of the same name and kind is better */
};

/** Code of a function. */
struct code_span {
	uint64_t low;
	uint32_t size;
	uint32_t die;
};

#define NAME_IN_STR 0x80000000u

/** Sections that not every question needs. */
enum section_id {
	SECTION_LINE,
	SECTION_RANGES,
	SECTION_RNGLISTS,
	SECTION_LOC,
	SECTION_LOCLISTS,
	NUM_SECTIONS,
};

struct dwarf {
	struct vole_debuginfo di; /* first: cast back */
	struct vole_elf *elf;
	struct bytes info, abbrev, str, line_str, addr, str_offsets;
	struct bytes lazy[NUM_SECTIONS];
	bool tried[NUM_SECTIONS];
	VOLE_ARRAY(struct unit) units;
	struct vole_hash tables; /* offset to struct abbrevs * */
	/*
	 * What was read so far. Each is told of once where nobody lies, but
	 * thousands may refer to one that is long.
	 */
	uint64_t abbrev_bytes, abbrev_codes, name_bytes, line_bytes;
	uint64_t list_entries;
	struct vole_arena arena;
	bool indexed;
	VOLE_ARRAY(struct record) records;
	uint32_t *names; /* hash table: record + 1 */
	size_t names_room; /* power of two */
	bool has_runtime_types, has_code;
	struct vole_hash runtime_types; /* offset to die */
	VOLE_ARRAY(struct code_span) code; /* by address */
};

/** Where a list of ranges lies, as an attribute says it. */
struct list_ref {
	bool there;
	bool is_index; /* into the unit's table of offsets */
	uint64_t offset;
};

/** An entry with the attributes that anyone here asks for. */
struct die {
	uint32_t offset;
	uint32_t next; /* entry after this one: first child when it has any */
	const struct unit *unit;
	uint16_t tag; /* 0: end of children */
	bool children;
	const char *name; /* NULL none */
	bool has_type, has_size, has_kind, has_location, has_value, has_count;
	bool declaration, embedded, has_low, high_is_size, has_closure_offset;
	bool has_key, has_elem, has_member, has_bit_offset;
	uint32_t type, key, elem, specification, origin;
	uint64_t size, count, member, low, high, runtime_type;
	uint64_t closure_offset, bit_size, bit_offset;
	int64_t value;
	uint8_t kind, encoding, language;
	uint64_t decl_line, addr_base, str_offsets_base, rnglists_base;
	uint64_t loclists_base;
	bool has_decl_file, has_lines;
	uint64_t decl_file, lines;
	struct list_ref ranges;
	struct list_ref places; /* of a variable, code by code */
	bool is_result, has_dict_index;
	uint64_t dict_index;
	struct bytes frame_base;
	const struct unit *decl_unit; /* whose file decl_file is */
	const char *producer, *dir;
	struct bytes location;
};

/** Empty when it is not there or damaged. */
struct bytes section_bytes(struct dwarf *d, enum section_id id);

VOLE_CHECKED bool abbrevs_get(struct dwarf *d, uint64_t offset,
			      const struct abbrevs **ret,
			      struct vole_error *err);
/** Read every unit header; the chain must end with the section. */
VOLE_CHECKED bool units_read(struct dwarf *d, struct vole_error *err);
/** The unit that holds the entry at @p offset, or NULL. */
const struct unit *unit_at(const struct dwarf *d, uint64_t offset);
/** Skip one attribute. */
void form_skip(const struct unit *unit, struct cursor *c, uint16_t form);
/** Fixed size of a form in a unit, -1: it varies. */
int form_size(uint16_t form, uint16_t version, uint8_t offset_size);

/** Read the entry at @p offset. VOLE_CORRUPT. */
VOLE_CHECKED bool die_read(const struct dwarf *d, uint32_t offset,
			   struct die *ret, struct vole_error *err);
/**
 * Name, type and place of a concrete copy of an inlined function or of a
 * variable in it stand at the entry it was made from, those of a C definition
 * maybe at its declaration; fill in what @p die lacks.
 */
void die_inherit(const struct dwarf *d, struct die *die);
/**
 * The child of @p owner at @p next, which then is where the one after it
 * would be. Begin at owner->next; tag 0: there are no more.
 */
VOLE_CHECKED bool die_child(const struct dwarf *d, const struct die *owner,
			    uint32_t *next, struct die *ret,
			    struct vole_error *err);
/** Word @p index of the unit's part of .debug_addr. */
bool addr_at(const struct dwarf *d, const struct unit *unit, uint64_t index,
	     uint64_t *ret);

/** Read the value of @p attr. What does not resolve is left out. */
void value_read(const struct dwarf *d, const struct unit *u, struct cursor *c,
		const struct attr *attr, struct value *ret);

VOLE_CHECKED bool index_build(struct dwarf *d, struct vole_error *err);
const char *record_name(const struct dwarf *d, const struct record *record);
/** The visible record of that name and one of these kinds, or NULL. */
const struct record *index_find(const struct dwarf *d, uint32_t kinds,
				const char *name);

/**
 * The function whose code is at @p pc. VOLE_NOT_FOUND, VOLE_CORRUPT. With its
 * name (else NULL) no index of all code is made.
 */
VOLE_CHECKED bool code_find_named(struct dwarf *d, uint64_t pc,
				  const char *name, struct die *ret,
				  struct vole_error *err);
VOLE_CHECKED bool code_find(struct dwarf *d, uint64_t pc, struct die *ret,
			    struct vole_error *err);

/** vole_debuginfo_ops.scopes */
VOLE_CHECKED bool scopes_at(struct vole_debuginfo *di, uint64_t pc,
			    const char *name, struct vole_arena *arena,
			    struct vole_code_scope **ret, size_t *ret_len,
			    struct vole_error *err);
/** vole_debuginfo_ops.captures */
VOLE_CHECKED bool captures_of(struct vole_debuginfo *di, uint64_t pc,
			      void (*fn)(void *arg,
					 const struct vole_variable *variable),
			      void *arg, struct vole_error *err);
/** vole_debuginfo_ops.locate */
VOLE_CHECKED bool place_find(struct vole_debuginfo *di,
			     const struct vole_code_scope *scope,
			     const struct vole_variable *variable,
			     const struct vole_frame_state *state,
			     struct vole_spots *ret, struct vole_error *err);
/** vole_debuginfo_ops.line */
VOLE_CHECKED bool line_at(struct vole_debuginfo *di, uint64_t pc,
			  const char **ret_file, uint32_t *ret_line,
			  struct vole_error *err);
/** vole_debuginfo_ops.load */
VOLE_CHECKED bool type_load(struct vole_debuginfo *di, struct vole_types *types,
			    struct vole_type *type, struct vole_error *err);

#endif
