/**
 * A way along pointers as a Go expression that can be evaluated again:
 * "main.table[3].owner.name". Begin at a variable, follow pointer by pointer.
 */
#ifndef VOLE_VALUE_ROUTE_H
#define VOLE_VALUE_ROUTE_H

#include "base/strbuf.h"
#include "value/value.h"

/** So far. Free the text. */
struct vole_route {
	const struct vole_runtime *rt;
	struct vole_strbuf text;
	struct vole_value value; /* what the text says: has the last word, */
	uint64_t offset; /* there; 0 but for a pointer of an interface */
	const struct vole_type *in; /* the innermost struct around it, or NULL */
};

/**
 * The part of the variable @p name, of @p type (loaded) at @p base, that
 * begins with the word at @p addr, or is an interface with its data there.
 * False: no part does.
 */
bool vole_route_begin(struct vole_route *route, const struct vole_runtime *rt,
		      const char *name, struct vole_type *type, uint64_t base,
		      uint64_t addr);
/** The same where the part and its expression are known. */
bool vole_route_begin_at(struct vole_route *route,
			 const struct vole_runtime *rt, const char *text,
			 const struct vole_value *value, uint64_t offset,
			 const struct vole_type *in);
/**
 * Through the pointer there, which leads to @p to, to the part that begins
 * with the word at @p addr. False: no expression says so. What the runtime
 * keeps behind maps, channels and functions has none.
 */
bool vole_route_follow(struct vole_route *route, uint64_t to, uint64_t addr);

#endif
