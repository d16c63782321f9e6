/**
 * Package variables by address, as Go expressions: "main.account.Mu",
 * "main.table[3].lock". What a variable points at is known, too, so that
 * main.account may be a pointer; and the channel that a variable holds.
 */
#ifndef VOLE_VALUE_VARIABLES_H
#define VOLE_VALUE_VARIABLES_H

#include "runtime/runtime.h"

struct vole_variables;

/**
 * All of the program's, by one walk over debug information; without it there
 * are none. VOLE_CORRUPT, VOLE_NOMEM. Borrows @p rt.
 */
VOLE_CHECKED bool vole_variables_open(const struct vole_runtime *rt,
				      struct vole_variables **ret,
				      struct vole_error *err);
/** NULL is fine. */
void vole_variables_close(struct vole_variables *variables);
/**
 * The expression for what begins at @p addr and is of a type named @p type
 * ("sync.Mutex"; "chan": what a variable of a channel type holds). In
 * @p arena; NULL when there is none.
 */
const char *vole_variables_at(const struct vole_variables *variables,
			      uint64_t addr, const char *type,
			      struct vole_arena *arena);

#endif
