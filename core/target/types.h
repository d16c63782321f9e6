/**
 * Types, each known once, loaded when first looked into. A `struct vole_type`
 * is found by reference (debug information), by descriptor address (runtime
 * types without DWARF) or made here (`*T` for &x, `[]T` for a slice of an
 * array).
 *
 * A type that another mentions may still be a stub: pass it through
 * vole_type_load() before reading anything but its identity. A loaded type
 * never changes and lives as long as the registry.
 *
 * Debug information of a damaged program may have structs that hold themselves,
 * and a sound one structs of structs of nothing: who goes down into fields
 * counts how many, not only how deep.
 */
#ifndef VOLE_TARGET_TYPES_H
#define VOLE_TARGET_TYPES_H

#include "base/arena.h"
#include "target/debuginfo.h"

/** reflect.Kind's numbers, as abi.Type and DW_AT_go_kind use them. */
enum vole_kind {
	VOLE_KIND_INVALID,
	VOLE_KIND_BOOL,
	VOLE_KIND_INT,
	VOLE_KIND_INT8,
	VOLE_KIND_INT16,
	VOLE_KIND_INT32,
	VOLE_KIND_INT64,
	VOLE_KIND_UINT,
	VOLE_KIND_UINT8,
	VOLE_KIND_UINT16,
	VOLE_KIND_UINT32,
	VOLE_KIND_UINT64,
	VOLE_KIND_UINTPTR,
	VOLE_KIND_FLOAT32,
	VOLE_KIND_FLOAT64,
	VOLE_KIND_COMPLEX64,
	VOLE_KIND_COMPLEX128,
	VOLE_KIND_ARRAY,
	VOLE_KIND_CHAN,
	VOLE_KIND_FUNC,
	VOLE_KIND_INTERFACE,
	VOLE_KIND_MAP,
	VOLE_KIND_PTR,
	VOLE_KIND_SLICE,
	VOLE_KIND_STRING,
	VOLE_KIND_STRUCT,
	VOLE_KIND_UNSAFE_POINTER,
	VOLE_NUM_KINDS,
};

struct vole_field {
	const char *name; /* "_" for blank ones */
	struct vole_type *type; /* maybe a stub */
	uint64_t offset;
	bool embedded;
	uint8_t bit_size; /* C bit-fields; 0: a whole field */
	uint8_t bit_offset; /* from the low bit of the storage at offset */
};

struct vole_param {
	struct vole_type *type; /* maybe a stub */
	bool result;
};

enum vole_type_source {
	VOLE_TYPE_DEBUGINFO, /* ref: debug information's */
	VOLE_TYPE_DESCRIPTOR, /* ref: address of the abi.Type */
	VOLE_TYPE_MADE, /* composed here; ref unused */
};

struct vole_type {
	enum vole_type_source source;
	uint64_t ref;
	bool loaded;
	bool failed; /* loading failed once; asked again it fails again */

	/* The rest only when loaded. */
	enum vole_kind kind;
	const char *name; /* full Go name; never NULL */
	bool named; /* declared with a name, predeclared ones included */
	bool is_c; /* of a C unit */
	bool is_union; /* C: kind STRUCT, all fields at offset 0 */
	bool is_void; /* C: what void * points to; kind INVALID, size 0 */
	bool variadic; /* FUNC: last argument is ...T */
	bool is_eface; /* INTERFACE without methods: data words are {type, data} */
	uint8_t chan_dir; /* 1 receive, 2 send, 3 both */
	uint64_t size;
	uint64_t align; /* ask vole_type_align(); 0: not recorded, nor asked for */
	uint64_t len; /* ARRAY */
	uint64_t runtime_type; /* offset from moduledata.types; 0 none */
	struct vole_type *elem; /* ARRAY CHAN MAP PTR SLICE */
	struct vole_type *key; /* MAP */
	/*
	 * What the runtime keeps behind a MAP, CHAN or SLICE in DWARF's words:
	 * the struct (not the pointer to it): hash<K,V>, map<K,V>, hchan<T>.
	 * NULL when there is none.
	 */
	struct vole_type *header;
	struct vole_field *fields; /* STRUCT */
	size_t num_fields;
	struct vole_param *params; /* FUNC, arguments first */
	size_t num_params;
};

/** How a type that no debug information describes is loaded (core/runtime). */
struct vole_type_loader {
	bool (*load)(struct vole_type_loader *loader, struct vole_types *types,
		     struct vole_type *type, struct vole_error *err);
};

/** @p di may be NULL (stripped). */
VOLE_CHECKED bool vole_types_open(struct vole_debuginfo *di,
				  struct vole_types **ret,
				  struct vole_error *err);
void vole_types_close(struct vole_types *types);
void vole_types_set_loader(struct vole_types *types,
			   struct vole_type_loader *loader);
/** Memory for names, fields and params of types being loaded. */
struct vole_arena *vole_types_arena(struct vole_types *types);

/** The one type of that reference, perhaps a stub; NULL: out of memory. */
struct vole_type *vole_types_stub(struct vole_types *types,
				  enum vole_type_source source, uint64_t ref);
/** Fill @p type unless it is. VOLE_CORRUPT, VOLE_NOMEM and what loading gives. */
VOLE_CHECKED bool vole_type_load(struct vole_types *types,
				 struct vole_type *type,
				 struct vole_error *err);
/** Stub and load in one. */
VOLE_CHECKED bool vole_types_get(struct vole_types *types,
				 enum vole_type_source source, uint64_t ref,
				 struct vole_type **ret,
				 struct vole_error *err);
/** The debug information's type named @p name, loaded. VOLE_NOT_FOUND. */
VOLE_CHECKED bool vole_types_find(struct vole_types *types, const char *name,
				  struct vole_type **ret,
				  struct vole_error *err);

/** A predeclared type ("int", "uint8", "string", "bool"), made when DWARF has none. */
VOLE_CHECKED bool vole_types_basic(struct vole_types *types,
				   enum vole_kind kind, struct vole_type **ret,
				   struct vole_error *err);
/** interface{}, and the predeclared error, made when DWARF has none. */
VOLE_CHECKED bool vole_types_any(struct vole_types *types,
				 struct vole_type **ret,
				 struct vole_error *err);
VOLE_CHECKED bool vole_types_error(struct vole_types *types,
				   struct vole_type **ret,
				   struct vole_error *err);
/** *elem, []elem: debug information's type of that name, else made here. */
VOLE_CHECKED bool vole_types_pointer(struct vole_types *types,
				     struct vole_type *elem,
				     struct vole_type **ret,
				     struct vole_error *err);
VOLE_CHECKED bool vole_types_slice(struct vole_types *types,
				   struct vole_type *elem,
				   struct vole_type **ret,
				   struct vole_error *err);
VOLE_CHECKED bool vole_types_array(struct vole_types *types,
				   struct vole_type *elem, uint64_t len,
				   struct vole_type **ret,
				   struct vole_error *err);

/** Alignment in bytes, worked out from the parts where it is not recorded. */
uint64_t vole_type_align(struct vole_types *types, struct vole_type *type);

/** reflect's word for a kind: "int", "ptr", "unsafe.Pointer", ... */
const char *vole_kind_name(enum vole_kind kind);
bool vole_kind_is_signed(enum vole_kind kind);
bool vole_kind_is_unsigned(enum vole_kind kind); /* with uintptr */
bool vole_kind_is_float(enum vole_kind kind);
bool vole_kind_is_complex(enum vole_kind kind);
/** Signed, unsigned, float or complex. */
bool vole_kind_is_number(enum vole_kind kind);
/**
 * Is the first word of such a value a pointer that the collector follows? Of
 * an interface only the second is.
 */
bool vole_kind_begins_with_pointer(enum vole_kind kind);
/** The direct field @p name of a loaded struct, or NULL. */
const struct vole_field *vole_type_field(const struct vole_type *type,
					 const char *name);

#endif
