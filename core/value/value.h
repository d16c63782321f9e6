/**
 * A Go value: a type and where its bytes are. Bytes of the target are read
 * when they are looked at, not before.
 */
#ifndef VOLE_VALUE_VALUE_H
#define VOLE_VALUE_VALUE_H

#include "runtime/runtime.h"

enum vole_place_kind {
	VOLE_IN_MEMORY, /* at addr in the target */
	VOLE_IN_BYTES, /* computed here: bytes in the command's arena */
	VOLE_IN_TEXT, /* a string computed here: its contents, not its header */
	VOLE_IN_PIECES, /* composed here, with IN_TEXT, IN_NOTHING inside */
	VOLE_IN_NOTHING, /* a variable without a value here: `why` */
};

struct vole_value_piece;

/** Where bytes of a variable that is in no one place were read. */
struct vole_value_source {
	uint64_t offset, size; /* in the variable */
	bool in_register; /* number `at`; else at that address */
	uint64_t at;
};

struct vole_value {
	const struct vole_type *type; /* loaded */
	enum vole_place_kind where;
	bool addressable; /* &x and x[:] are allowed (Go's rule) */
	uint64_t addr; /* IN_MEMORY */
	/* IN_BYTES, IN_PIECES (zero under pieces): type->size; IN_TEXT: len */
	const uint8_t *bytes;
	size_t len; /* IN_TEXT */
	const struct vole_value_piece *pieces; /* IN_PIECES */
	size_t num_pieces;
	const char *why; /* IN_NOTHING: for people */
	/* IN_BYTES, IN_PIECES of a whole variable: where those come from. */
	const struct vole_value_source *sources;
	size_t num_sources;
};

/**
 * A part of main.T{"a", 1} that is or holds an IN_TEXT string, or one of a
 * variable that has no value. Printers need not know: vole_value_part() gives
 * it where it belongs.
 */
struct vole_value_piece {
	uint64_t offset;
	struct vole_value value;
};

/** The value of @p type at @p addr; loads the type. */
VOLE_CHECKED bool vole_value_at(const struct vole_runtime *rt,
				struct vole_type *type, uint64_t addr,
				struct vole_value *ret, struct vole_error *err);
/**
 * Copy the value's bytes from @p offset on. VOLE_UNSUPPORTED for IN_TEXT and
 * for bytes of such a string in IN_PIECES, VOLE_UNREADABLE for IN_NOTHING.
 */
VOLE_CHECKED bool vole_value_read(const struct vole_runtime *rt,
				  const struct vole_value *value,
				  uint64_t offset, void *buf, size_t len,
				  struct vole_error *err);
/** A word of the value at @p offset. */
VOLE_CHECKED bool vole_value_word(const struct vole_runtime *rt,
				  const struct vole_value *value,
				  uint64_t offset, uint64_t *ret,
				  struct vole_error *err);
/** A part of the value (field, array element): shares its place. */
VOLE_CHECKED bool vole_value_part(const struct vole_runtime *rt,
				  const struct vole_value *value,
				  struct vole_type *type, uint64_t offset,
				  struct vole_value *ret,
				  struct vole_error *err);
/** An integer, bool or pointer value, sign-extended when its type is signed. */
VOLE_CHECKED bool vole_value_int(const struct vole_runtime *rt,
				 const struct vole_value *value, uint64_t *ret,
				 struct vole_error *err);
/**
 * The dynamic value of the INTERFACE @p value; @p ret_nil when it is nil, then
 * @p ret is untouched.
 */
VOLE_CHECKED bool vole_value_dynamic(const struct vole_runtime *rt,
				     const struct vole_value *value,
				     bool *ret_nil, struct vole_value *ret,
				     struct vole_error *err);

#endif
