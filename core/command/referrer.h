/**
 * Words that point at something, as rows of a table, and what commands about
 * them are asked: an address, or a value that holds or has one.
 */
#ifndef VOLE_COMMAND_REFERRER_H
#define VOLE_COMMAND_REFERRER_H

#include "command/whose.h"

/**
 * The address that @p value holds, as a pointer, header or number, or, when it
 * holds none, has; and how many bytes it is about. VOLE_SYNTAX: neither.
 */
VOLE_CHECKED bool vole_value_address(struct vole_context *ctx,
				     const struct vole_value *value,
				     uint64_t *ret, uint64_t *ret_len,
				     struct vole_error *err);
/** That of the command's expression. VOLE_NOT_FOUND: it is nil. */
VOLE_CHECKED bool vole_context_address(struct vole_context *ctx, uint64_t *ret,
				       uint64_t *ret_len,
				       struct vole_error *err);
/**
 * The fields of the row that is begun: kind, address, where, note. Objects
 * that @p reached (maybe NULL) does not have are called garbage.
 */
void vole_put_referrer(struct vole_context *ctx, struct vole_heap *heap,
		       struct vole_whose *whose,
		       const struct vole_mark *reached,
		       const struct vole_ref *ref);

/** What the JSON of such a row holds, for the commands' help. */
#define VOLE_REFERRER_JSON                                                   \
	"objects of `kind` (`variable`, `object`, `stack`, `system-stack`, " \
	"`register`, `special`, `queue`), `address` of the pointer, "        \
	"`where`, `exact`, and by kind `object`, `offset`, `type`, "         \
	"`thread`; " VOLE_OWNER_JSON

#endif
