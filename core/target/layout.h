/**
 * Where the fields of the runtime's structures lie in this target. The rows
 * are in layout.def; they are resolved once per target from debug information,
 * each checked by its kind, so that a field that became something else is
 * refused by name and not misread.
 */
#ifndef VOLE_TARGET_LAYOUT_H
#define VOLE_TARGET_LAYOUT_H

#include "target/types.h"

/** What a row's field must be. */
enum vole_field_kind {
	VOLE_FIELD_INT, /* signed integer of 1, 2, 4 or 8 bytes */
	VOLE_FIELD_UINT, /* unsigned integer, uintptr or bool */
	VOLE_FIELD_PTR, /* pointer, unsafe.Pointer, map, chan, func */
	VOLE_FIELD_SLICE, /* {pointer, len, cap} */
	VOLE_FIELD_STRING, /* {pointer, len} */
	VOLE_FIELD_STRUCT,
	VOLE_FIELD_ARRAY,
	VOLE_FIELD_IFACE,
	VOLE_FIELD_NUMBER, /* an integer whose sign changed between releases */
	VOLE_FIELD_WORD, /* a pointer, or a uintptr that hides one */
};

/*
 * The rows give the identifiers: VOLE_STRUCT_HMAP, VOLE_HMAP_COUNT,
 * VOLE_CONST_EMPTY_ONE.
 */
#define VOLE_LAYOUT_STRUCT(id, ...) VOLE_STRUCT_##id,
#define VOLE_LAYOUT_FIELD(owner, id, kind, ...)
#define VOLE_LAYOUT_MAYBE(owner, id, kind, ...)
#define VOLE_LAYOUT_CONST(id, ...)
enum vole_struct_id {
#include "target/layout.def"
	VOLE_NUM_STRUCTS,
};
#undef VOLE_LAYOUT_STRUCT
#undef VOLE_LAYOUT_FIELD
#undef VOLE_LAYOUT_MAYBE
#undef VOLE_LAYOUT_CONST

#define VOLE_LAYOUT_STRUCT(id, ...)
#define VOLE_LAYOUT_FIELD(owner, id, kind, ...) VOLE_##owner##_##id,
#define VOLE_LAYOUT_MAYBE(owner, id, kind, ...) VOLE_##owner##_##id,
#define VOLE_LAYOUT_CONST(id, ...)
enum vole_field_id {
#include "target/layout.def"
	VOLE_NUM_FIELDS,
};
#undef VOLE_LAYOUT_STRUCT
#undef VOLE_LAYOUT_FIELD
#undef VOLE_LAYOUT_MAYBE
#undef VOLE_LAYOUT_CONST

#define VOLE_LAYOUT_STRUCT(id, ...)
#define VOLE_LAYOUT_FIELD(owner, id, kind, ...)
#define VOLE_LAYOUT_MAYBE(owner, id, kind, ...)
#define VOLE_LAYOUT_CONST(id, ...) VOLE_CONST_##id,
enum vole_const_id {
#include "target/layout.def"
	VOLE_NUM_CONSTS,
};
#undef VOLE_LAYOUT_STRUCT
#undef VOLE_LAYOUT_FIELD
#undef VOLE_LAYOUT_MAYBE
#undef VOLE_LAYOUT_CONST

enum { VOLE_LAYOUT_SPELLINGS = 4 };

/** A row of layout.def: the same for every target. */
struct vole_layout_row {
	enum vole_struct_id owner;
	enum vole_field_kind kind;
	bool optional;
	const char *id; /* "HMAP.COUNT" */
	const char *paths[VOLE_LAYOUT_SPELLINGS]; /* newest first */
};

struct vole_struct_row {
	const char *id; /* "HMAP" */
	const char *names[VOLE_LAYOUT_SPELLINGS]; /* newest first */
};

struct vole_const_row {
	const char *id;
	const char *names[VOLE_LAYOUT_SPELLINGS]; /* newest first */
};

extern const struct vole_struct_row vole_struct_rows[VOLE_NUM_STRUCTS];
extern const struct vole_layout_row vole_layout_rows[VOLE_NUM_FIELDS];
extern const struct vole_const_row vole_const_rows[VOLE_NUM_CONSTS];

/** A resolved row. */
struct vole_place {
	bool known;
	uint32_t offset;
	uint32_t size;
	const char *path; /* the spelling that matched */
};

enum vole_layout_source {
	VOLE_LAYOUT_NONE,
	VOLE_LAYOUT_DEBUGINFO,
	VOLE_LAYOUT_TABLE, /* of a Go release, for stripped binaries */
};

struct vole_layout {
	enum vole_layout_source source; /* of most; see `from` */
	bool has[VOLE_NUM_STRUCTS]; /* the structure exists in this target */
	enum vole_layout_source from[VOLE_NUM_STRUCTS]; /* of those it has */
	uint64_t size[VOLE_NUM_STRUCTS];
	const char *name[VOLE_NUM_STRUCTS]; /* the spelling that matched */
	struct vole_place place[VOLE_NUM_FIELDS];
	bool has_const[VOLE_NUM_CONSTS];
	int64_t value[VOLE_NUM_CONSTS];
};

/**
 * Resolve every row. A missing structure is no error (generations differ); a
 * required field missing from a structure that is there, or of another kind,
 * is VOLE_UNSUPPORTED and names the row; the other rows are resolved all the
 * same.
 */
VOLE_CHECKED bool vole_layout_resolve(struct vole_types *types,
				      struct vole_debuginfo *di,
				      struct vole_layout *ret,
				      struct vole_error *err);

/** "int", "uint", "ptr", ... */
const char *vole_field_kind_name(enum vole_field_kind kind);

#endif
