/**
 * What the parts of the evaluator share: operands and who does what with
 * them. expr.h is the interface for everyone else.
 */
#ifndef VOLE_VALUE_EVAL_H
#define VOLE_VALUE_EVAL_H

#include "value/ast.h"
#include "value/expr.h"

enum vole_operand_kind {
	VOLE_OPERAND_VALUE,
	VOLE_OPERAND_CONSTANT, /* untyped */
	VOLE_OPERAND_NIL, /* untyped */
	VOLE_OPERAND_TYPE,
};

struct vole_operand {
	enum vole_operand_kind kind;
	struct vole_value value;
	struct vole_constant constant;
	struct vole_type *type; /* TYPE */
	/*
	 * A VALUE that is an int for want of a context: a constant was shifted
	 * by what is none, and would have the type that it is converted to.
	 */
	bool shifted;
};

/** What one comparison may cost in a target that lies; see vole_eval_spend(). */
enum { VOLE_EVAL_BUDGET = 1 << 24 };

/** One run of vole_eval(). */
struct vole_evaluation {
	const struct vole_eval *eval;
	const struct vole_runtime *rt;
	struct vole_arena *arena;
	uint64_t budget; /* parts still to be compared, bytes to be copied */
	unsigned scans; /* walks over all names so far */
};

struct vole_parser_names;

/** Bytes of a string, wherever they are. */
struct vole_chars {
	const uint8_t *bytes; /* here; or NULL: at addr in the target */
	uint64_t addr;
	uint64_t len;
};

/* eval.c: expressions */

/** A run of @p eval, and the names its text is parsed with. */
void vole_eval_begin(struct vole_eval *eval, struct vole_evaluation *ev,
		     struct vole_parser_names *names);
/** Evaluate anything: a value, constant, nil or type. */
VOLE_CHECKED bool vole_eval_node(struct vole_evaluation *ev,
				 const struct vole_node *node,
				 struct vole_operand *ret,
				 struct vole_error *err);
/** The same, refusing types. */
VOLE_CHECKED bool vole_eval_operand(struct vole_evaluation *ev,
				    const struct vole_node *node,
				    struct vole_operand *ret,
				    struct vole_error *err);
/** The same, constants with their default type; nil is refused. */
VOLE_CHECKED bool vole_eval_value(struct vole_evaluation *ev,
				  const struct vole_node *node,
				  struct vole_value *ret,
				  struct vole_error *err);
/** An error that names no place in the text gets @p node's; returns false. */
bool vole_eval_at(const struct vole_node *node, struct vole_error *err);
/** Fail when the user asked to stop. */
VOLE_CHECKED bool vole_eval_poll(struct vole_evaluation *ev,
				 struct vole_error *err);
/** Spend from the budget; VOLE_UNSUPPORTED when it is used up. */
VOLE_CHECKED bool vole_eval_spend(struct vole_evaluation *ev, uint64_t what,
				  struct vole_error *err);

/* eval_name.c: names */

VOLE_CHECKED bool vole_eval_name(struct vole_evaluation *ev,
				 const struct vole_node *node,
				 struct vole_operand *ret,
				 struct vole_error *err);
/** pkg.name, when the selector @p node is that; else *@p ret_found is false. */
VOLE_CHECKED bool vole_eval_package(struct vole_evaluation *ev,
				    const struct vole_node *node,
				    bool *ret_found, struct vole_operand *ret,
				    struct vole_error *err);
/** Callbacks of the parser; arg is a struct vole_evaluation. */
bool vole_eval_known(void *arg, const char *name);
bool vole_eval_is_package(void *arg, const char *path);

/* eval_symbol.c: symbols of debug information */

/** The exact symbol @p name; *@p ret_found false when there is none. */
VOLE_CHECKED bool vole_eval_symbol(struct vole_evaluation *ev, const char *name,
				   bool *ret_found, struct vole_operand *ret,
				   struct vole_error *err);
/** Is there a symbol of that name among @p kinds? */
bool vole_eval_has(struct vole_evaluation *ev, uint32_t kinds, const char *name,
		   struct vole_symbol *ret);
/**
 * The full name of the one symbol that is @p name in the package of short
 * name @p package ("http", "DefaultClient"). NULL when there is none;
 * VOLE_NOT_FOUND names the candidates when there are several.
 */
VOLE_CHECKED bool vole_eval_short(struct vole_evaluation *ev,
				  const char *package, const char *name,
				  const char **ret, struct vole_error *err);
/**
 * Fail: there is no @p what of that name; the nearest ones are named.
 * VOLE_NOT_FOUND, VOLE_NO_DEBUG_INFO when there are no names at all.
 */
bool vole_eval_unknown(struct vole_evaluation *ev, uint32_t kinds,
		       const char *what, const char *name,
		       struct vole_error *err);

/* eval_type.c: types */

/** The type that @p node names, loaded. */
VOLE_CHECKED bool vole_eval_type_node(struct vole_evaluation *ev,
				      const struct vole_node *node,
				      struct vole_type **ret,
				      struct vole_error *err);
/**
 * The type of that name. Without debug information it is among those that the
 * linker lists for reflection; VOLE_NO_DEBUG_INFO: not there either.
 */
VOLE_CHECKED bool vole_eval_find_type(struct vole_evaluation *ev,
				      const char *name, struct vole_type **ret,
				      struct vole_error *err);
/** A predeclared type by its name, or NULL: int, byte, any, error, ... */
VOLE_CHECKED bool vole_eval_predeclared(struct vole_evaluation *ev,
					const char *name,
					struct vole_type **ret,
					struct vole_error *err);
/** One type by Go's rules? Types of different sources are one by name. */
bool vole_same_type(const struct vole_type *a, const struct vole_type *b);
/** May a value of type @p from be used as a @p to without conversion? */
bool vole_assignable(const struct vole_type *from, const struct vole_type *to);
/** The same layout and parts, names and tags aside. */
bool vole_same_underlying(const struct vole_type *a, const struct vole_type *b);
/** Drop const: registries hand types out mutable, values keep them const. */
struct vole_type *vole_type_of(const struct vole_value *value);

/* eval_select.c: fields, pointers, interfaces */

VOLE_CHECKED bool vole_eval_select(struct vole_evaluation *ev,
				   const struct vole_value *value,
				   const char *name, struct vole_value *ret,
				   struct vole_error *err);
/** What the pointer points to. */
VOLE_CHECKED bool vole_eval_deref(struct vole_evaluation *ev,
				  const struct vole_value *pointer,
				  struct vole_value *ret,
				  struct vole_error *err);
VOLE_CHECKED bool vole_eval_assert(struct vole_evaluation *ev,
				   const struct vole_value *iface,
				   struct vole_type *type,
				   struct vole_value *ret,
				   struct vole_error *err);

/* eval_index.c, eval_slice.c, eval_map.c: parts by index */

VOLE_CHECKED bool vole_eval_index(struct vole_evaluation *ev,
				  const struct vole_node *node,
				  struct vole_value *base,
				  struct vole_operand *ret,
				  struct vole_error *err);
/**
 * What is indexed, or sliced: @p base, or what is behind it where it is an
 * interface or a pointer to an array. @p what is the word for errors.
 */
VOLE_CHECKED bool vole_eval_base(struct vole_evaluation *ev,
				 struct vole_value *base, const char *what,
				 struct vole_error *err);
/** An index or bound: an integer value or constant of an integer's worth. */
VOLE_CHECKED bool vole_eval_bound(struct vole_evaluation *ev,
				  const struct vole_node *node, uint64_t *ret,
				  struct vole_error *err);
VOLE_CHECKED bool vole_eval_slice(struct vole_evaluation *ev,
				  const struct vole_node *node,
				  struct vole_operand *ret,
				  struct vole_error *err);
VOLE_CHECKED bool vole_eval_map_key(struct vole_evaluation *ev,
				    const struct vole_value *map,
				    const struct vole_node *key,
				    struct vole_value *ret,
				    struct vole_error *err);

/* eval_compare.c */

/** a == b of one type, or of an interface and a value, deeply by Go's rules. */
VOLE_CHECKED bool vole_eval_equal(struct vole_evaluation *ev,
				  const struct vole_value *a,
				  const struct vole_value *b, bool *ret,
				  struct vole_error *err);
/** Does @p value == nil? VOLE_SYNTAX for a type that has no nil. */
VOLE_CHECKED bool vole_eval_is_nil(struct vole_evaluation *ev,
				   const struct vole_value *value, bool *ret,
				   struct vole_error *err);
/** Less than, equal, greater: -1, 0, 1, of strings. */
VOLE_CHECKED bool vole_chars_compare(struct vole_evaluation *ev,
				     const struct vole_chars *a,
				     const struct vole_chars *b, int *ret,
				     struct vole_error *err);

/* eval_number.c: the bytes of numbers and strings */

/** A number's parts by kind: bits of an integer, re and im of a float. */
struct vole_number {
	enum vole_kind kind;
	uint64_t bits; /* integers and bools, sign-extended */
	double re, im;
};

VOLE_CHECKED bool vole_number_load(struct vole_evaluation *ev,
				   const struct vole_value *value,
				   struct vole_number *ret,
				   struct vole_error *err);
/** A value of @p type; integers wrap around at its width. */
VOLE_CHECKED bool vole_number_store(struct vole_evaluation *ev,
				    struct vole_type *type,
				    const struct vole_number *number,
				    struct vole_value *ret,
				    struct vole_error *err);
/** A value of these words: pointers, headers. */
VOLE_CHECKED bool vole_words_store(struct vole_evaluation *ev,
				   struct vole_type *type,
				   const uint64_t *words, size_t num,
				   struct vole_value *ret,
				   struct vole_error *err);
VOLE_CHECKED bool vole_chars_load(struct vole_evaluation *ev,
				  const struct vole_value *string,
				  struct vole_chars *ret,
				  struct vole_error *err);
/** All of them, copied into the arena; at most VOLE_MAX_CHARS. */
enum { VOLE_MAX_CHARS = 1 << 24 };
VOLE_CHECKED bool vole_chars_copy(struct vole_evaluation *ev,
				  const struct vole_chars *chars,
				  const uint8_t **ret, struct vole_error *err);

/* eval_binary.c: operators */

VOLE_CHECKED bool vole_eval_binary(struct vole_evaluation *ev,
				   const struct vole_node *node,
				   struct vole_operand *ret,
				   struct vole_error *err);
VOLE_CHECKED bool vole_eval_unary(struct vole_evaluation *ev,
				  const struct vole_node *node,
				  struct vole_operand *ret,
				  struct vole_error *err);

/* eval_call.c: conversions and builtins; eval_composite.c */

VOLE_CHECKED bool vole_eval_call(struct vole_evaluation *ev,
				 const struct vole_node *node,
				 struct vole_operand *ret,
				 struct vole_error *err);
VOLE_CHECKED bool vole_eval_composite(struct vole_evaluation *ev,
				      const struct vole_node *node,
				      struct vole_type *type,
				      struct vole_value *ret,
				      struct vole_error *err);

/* convert.c */

/** T(x). */
VOLE_CHECKED bool vole_convert(struct vole_evaluation *ev,
			       const struct vole_operand *operand,
			       struct vole_type *type, struct vole_value *ret,
			       struct vole_error *err);
/** x where a T is needed: constants and nil take the type, values must fit. */
VOLE_CHECKED bool vole_assign(struct vole_evaluation *ev,
			      const struct vole_operand *operand,
			      struct vole_type *type, struct vole_value *ret,
			      struct vole_error *err);
/** A constant with its default type. */
VOLE_CHECKED bool vole_constant_value(struct vole_evaluation *ev,
				      const struct vole_constant *c,
				      struct vole_value *ret,
				      struct vole_error *err);

#endif
