/**
 * Untyped constants of Go expressions and their arithmetic: integers of 128
 * bits and floats of the widest kind C has, with overflow reported. (Go wants
 * 256 bits and more; nobody inspects a program with such numbers.) Where the
 * answer depends on what floats have lost, there is none.
 */
#ifndef VOLE_VALUE_CONSTANT_H
#define VOLE_VALUE_CONSTANT_H

#include "base/arena.h"
#include "value/lexer.h"

/** In the order in which operands of mixed kinds are raised. */
enum vole_constant_kind {
	VOLE_CONSTANT_BOOL,
	VOLE_CONSTANT_STRING,
	VOLE_CONSTANT_INT,
	VOLE_CONSTANT_RUNE,
	VOLE_CONSTANT_FLOAT,
	VOLE_CONSTANT_COMPLEX,
};

struct vole_constant {
	enum vole_constant_kind kind;
	bool truth; /* BOOL */
	__int128 i; /* INT, RUNE */
	long double re, im; /* FLOAT, COMPLEX */
	/*
	 * re as a float64. Kept apart because a literal is to be rounded
	 * once: 0.1 must be the very float64 that the compiler stored.
	 */
	double rounded;
	/*
	 * The number that is meant is at most so far from re: Go's constants
	 * are exact, these have 64 bits. 0: that is the number.
	 */
	long double off;
	const char *text; /* STRING: borrowed, len bytes */
	size_t len;
};

/** A number of each kind. */
struct vole_constant vole_constant_int(__int128 i);
struct vole_constant vole_constant_float(long double re);
struct vole_constant vole_constant_bool(bool truth);

/** "untyped int", "untyped string", ... without the word untyped. */
const char *vole_constant_kind_name(enum vole_constant_kind kind);
/** Numbers of any kind; not bools and strings. */
bool vole_constant_is_number(const struct vole_constant *c);
/** The same number as an integer, if it is one. */
bool vole_constant_to_int(const struct vole_constant *c, __int128 *ret);
/** The same number as a complex one (a float has imaginary part 0). */
struct vole_constant vole_constant_to_complex(const struct vole_constant *c);
/** A string of @p c for error texts: "300", "1.5", "\"text\"" cut when long. */
const char *vole_constant_show(const struct vole_constant *c, char *buf,
			       size_t room);

/** -c, +c, ^c, !c. @p column is the operator's, for errors. VOLE_SYNTAX. */
VOLE_CHECKED bool vole_constant_unary(enum vole_token_kind op,
				      const struct vole_constant *c,
				      size_t column, struct vole_constant *ret,
				      struct vole_error *err);
/** What a binary operation needs besides its operands. */
struct vole_constant_op {
	enum vole_token_kind op;
	size_t column; /* of the operator */
	struct vole_arena *arena; /* for strings put together */
};
/** a op b, comparisons and shifts included. VOLE_SYNTAX, VOLE_NOMEM. */
VOLE_CHECKED bool vole_constant_binary(const struct vole_constant_op *op,
				       const struct vole_constant *a,
				       const struct vole_constant *b,
				       struct vole_constant *ret,
				       struct vole_error *err);

#endif
