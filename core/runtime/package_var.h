/**
 * Package variables by address: whose word that is.
 */
#ifndef VOLE_RUNTIME_PACKAGE_VAR_H
#define VOLE_RUNTIME_PACKAGE_VAR_H

#include "runtime/runtime.h"

struct vole_package_var {
	uint64_t addr; /* in the target */
	uint64_t size;
	const char *name; /* "main.users" */
	struct vole_type *type; /* loaded */
};

/**
 * The variable that has the byte at @p addr. VOLE_NOT_FOUND, also for the
 * gaps between variables; VOLE_NO_DEBUG_INFO. Names live as long as the
 * runtime. The first call makes a table of all variables.
 */
VOLE_CHECKED bool vole_package_var_at(const struct vole_runtime *rt,
				      uint64_t addr,
				      struct vole_package_var *ret,
				      struct vole_error *err);
/** Each variable that is somewhere, by address; false from @p each stops. */
VOLE_CHECKED bool vole_package_vars_each(
	const struct vole_runtime *rt,
	bool (*each)(void *arg, const struct vole_package_var *var), void *arg,
	struct vole_error *err);

/** For vole_runtime_open() and _close() only. */
struct vole_package_vars *vole_package_vars_new(void);
void vole_package_vars_free(struct vole_package_vars *vars);

#endif
