/**
 * What debug information answers, whoever reads it: dwarf/ answers it from
 * DWARF, unit tests from arrays. Names are Go's full ones (import path, dot,
 * name: "encoding/json.Decoder", "main.(*T).Get"). Addresses are link
 * addresses: the load bias is added by callers. All strings live as long as
 * the debug information.
 */
#ifndef VOLE_TARGET_DEBUGINFO_H
#define VOLE_TARGET_DEBUGINFO_H

#include "base/error.h"

struct vole_arena;
struct vole_code_scope;
struct vole_frame_state;
struct vole_spots;
struct vole_type;
struct vole_types;
struct vole_variable;

enum vole_symbol_kind {
	VOLE_SYMBOL_VAR = 1,
	VOLE_SYMBOL_TYPE = 2,
	VOLE_SYMBOL_FUNC = 4,
	VOLE_SYMBOL_CONST = 8,
};

/** A name of debug information. */
struct vole_symbol {
	enum vole_symbol_kind kind;
	const char *name;
	bool is_c; /* of a unit that is not Go's */
	uint64_t ref; /* opaque; a type's is what vole_types_get() takes */
};

/** A variable or function in full. */
struct vole_symbol_info {
	bool has_addr; /* false: optimised away or in thread-local storage */
	uint64_t addr; /* variable's address, function's entry (link address) */
	uint64_t end; /* functions: past the last byte */
	uint64_t type_ref; /* variables, constants: type; 0 none */
	int64_t value; /* constants */
	const char *file; /* NULL: not recorded (Go records none for variables) */
	uint32_t line;
};

struct vole_debuginfo;

struct vole_debuginfo_ops {
	/**
	 * The symbol named exactly @p name among @p kinds (a mask). Go's
	 * declarations win over C's, definitions over declarations.
	 * VOLE_NOT_FOUND, or VOLE_CORRUPT when the information is damaged.
	 */
	bool (*find)(struct vole_debuginfo *di, uint32_t kinds,
		     const char *name, struct vole_symbol *ret,
		     struct vole_error *err);
	/** Address, type, place of a symbol. */
	bool (*info)(struct vole_debuginfo *di,
		     const struct vole_symbol *symbol,
		     struct vole_symbol_info *ret, struct vole_error *err);
	/**
	 * The type whose DW_AT_go_runtime_type is @p offset (from
	 * moduledata.types); a reference for vole_types_get(). VOLE_NOT_FOUND.
	 */
	bool (*by_runtime_type)(struct vole_debuginfo *di, uint64_t offset,
				uint64_t *ret, struct vole_error *err);
	/**
	 * Fill @p type, a stub whose `ref` is set: kind, name, size, len,
	 * fields, elem, key, params. The types it mentions become stubs by
	 * vole_types_stub(types, ref). Memory comes from vole_types_arena().
	 */
	bool (*load)(struct vole_debuginfo *di, struct vole_types *types,
		     struct vole_type *type, struct vole_error *err);
	/**
	 * Each symbol among @p kinds, in no promised order, each definition
	 * once; false from @p each stops (and is no error).
	 */
	bool (*each)(struct vole_debuginfo *di, uint32_t kinds,
		     bool (*each)(void *arg, const struct vole_symbol *symbol),
		     void *arg, struct vole_error *err);
	/**
	 * Variables that the body of a closure, the function whose entry is
	 * @p pc (link address), finds in its closure object: those with
	 * DW_AT_go_closure_offset (Go 1.23). Each definition once; NULL when
	 * an implementation has none. Of each are told name, offset, type and
	 * what of it is in a dictionary, no place. The type of one by
	 * reference ("&x") is the pointer's, the dictionary tells of x.
	 */
	bool (*captures)(struct vole_debuginfo *di, uint64_t pc,
			 void (*each)(void *arg,
				      const struct vole_variable *variable),
			 void *arg, struct vole_error *err);
	/**
	 * The function whose code is at @p pc and the calls that were inlined
	 * there, outermost first, each with the variables that the pc is in
	 * the block of. @p name, its name where known, else NULL, saves a
	 * search. Memory comes from @p arena, names live as long as the
	 * information. VOLE_NOT_FOUND, VOLE_CORRUPT, VOLE_NOMEM. NULL when an
	 * implementation has none.
	 */
	bool (*scopes)(struct vole_debuginfo *di, uint64_t pc, const char *name,
		       struct vole_arena *arena, struct vole_code_scope **ret,
		       size_t *ret_len, struct vole_error *err);
	/**
	 * Where @p variable of @p scope is, in pieces. VOLE_UNSUPPORTED and
	 * VOLE_NOT_FOUND say what for, for people. Where scopes is, this is.
	 */
	bool (*locate)(struct vole_debuginfo *di,
		       const struct vole_code_scope *scope,
		       const struct vole_variable *variable,
		       const struct vole_frame_state *state,
		       struct vole_spots *ret, struct vole_error *err);
	/**
	 * File and line of the code at @p pc of a unit that is not Go's.
	 * VOLE_NOT_FOUND. NULL when an implementation has none.
	 */
	bool (*line)(struct vole_debuginfo *di, uint64_t pc,
		     const char **ret_file, uint32_t *ret_line,
		     struct vole_error *err);
	void (*close)(struct vole_debuginfo *di);
};

struct vole_debuginfo {
	const struct vole_debuginfo_ops *ops;
	/** One sentence when part of the information was withheld; NULL. */
	const char *problem;
	bool is_go; /* at least one unit of Go's compiler */
	const char *producer; /* of the first Go unit, NULL: none */
};

#endif
