/**
 * The events of walking a Go value, from outside in: what printers listen
 * to. A printer decides how it looks, the walk decides what there is, how deep
 * and how much.
 */
#ifndef VOLE_VALUE_VISIT_H
#define VOLE_VALUE_VISIT_H

#include "base/error.h"

/** How much of a value is walked. */
struct vole_walk_limits {
	unsigned depth; /* levels of nesting and of pointers followed */
	uint64_t count; /* elements, entries; times 16: bytes of a string; 0 all */
	uint64_t total; /* values in all, however nested; 0 all */
	bool raw; /* headers, not contents; nothing is followed */
};

/** What is said of a value before its contents. */
struct vole_value_head {
	const char *type; /* full name */
	const char *kind; /* reflect's word */
	unsigned kind_id; /* enum vole_kind */
	bool named; /* a defined type that is not predeclared */
	bool has_addr;
	uint64_t addr;
	bool has_len, has_cap;
	uint64_t len, cap;
	bool parts_are_scalars; /* numbers and bools: stand many to a line */
	bool closed; /* CHAN */
	bool has_value; /* the word itself: pointers, maps, chans, funcs */
	uint64_t value;
	bool raw; /* BEGIN: fields of the header follow, whatever the kind */
	bool held; /* BEGIN: holds() came before, and what the struct holds */
	/** As people write it (time.Time, Duration); a FUNC's name; or NULL. */
	const char *text;
};

enum vole_scalar_kind {
	VOLE_SCALAR_BOOL,
	VOLE_SCALAR_INT,
	VOLE_SCALAR_UINT,
	VOLE_SCALAR_FLOAT, /* bits says 32 or 64 */
	VOLE_SCALAR_COMPLEX,
	VOLE_SCALAR_STRING,
	VOLE_SCALAR_NIL, /* pointer, slice, map, chan, func, interface */
	VOLE_SCALAR_POINTER, /* an address that is not followed */
	VOLE_SCALAR_FUNC, /* text names it; u is the closure's address */
};

struct vole_scalar {
	enum vole_scalar_kind kind;
	unsigned bits;
	int64_t i;
	uint64_t u;
	double re, im;
	const char *text; /* STRING: bytes; FUNC: name */
	size_t text_len;
	uint64_t omitted; /* STRING: bytes not shown */
	const char *remark; /* POINTER: why it is not followed; or NULL */
};

struct vole_visitor;

struct vole_visitor_ops {
	void (*scalar)(struct vole_visitor *v,
		       const struct vole_value_head *head,
		       const struct vole_scalar *scalar);
	/**
	 * A struct that is there to hold another value (reflect.Value): that
	 * value comes next, and then begin() with the struct's own fields.
	 * @p typed: the struct's type tells that of the value.
	 */
	void (*holds)(struct vole_visitor *v,
		      const struct vole_value_head *head, bool typed);
	/**
	 * A value with parts: struct, array, slice, map, chan, pointer (one
	 * part, what it points to), interface (one part, the dynamic value),
	 * func with captures. Each part is preceded by field, key or element.
	 */
	void (*begin)(struct vole_visitor *v,
		      const struct vole_value_head *head);
	void (*field)(struct vole_visitor *v, const char *name);
	void (*key)(struct vole_visitor *v); /* the key of an entry comes */
	/** An element, an entry's value, a pointee or a dynamic value comes. */
	void (*element)(struct vole_visitor *v);
	/** That many parts were left out by the limit, or by @p err (or NULL). */
	void (*omitted)(struct vole_visitor *v, uint64_t count,
			const struct vole_error *err);
	void (*end)(struct vole_visitor *v);
	/** In place of a value: why it cannot be shown. */
	void (*broken)(struct vole_visitor *v,
		       const struct vole_value_head *head,
		       const struct vole_error *err);
	/** Should the walk, @p done (0 to 1) so far, end here (Ctrl-C, pager)? */
	bool (*stop)(struct vole_visitor *v, double done);
};

struct vole_visitor {
	const struct vole_visitor_ops *ops;
};

#endif
