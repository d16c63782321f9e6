/**
 * Types without a name of their own by what reflection calls them: the linker
 * sorted them so. src/reflect/type.go: typesByString.
 */
#ifndef VOLE_RUNTIME_TYPELINK_H
#define VOLE_RUNTIME_TYPELINK_H

#include "runtime/runtime.h"

/**
 * The pointer, slice, array, channel or map type called @p text, with packages
 * by their last element only: "*pprof.labelMap". VOLE_NOT_FOUND, also when
 * several have that name.
 */
VOLE_CHECKED bool vole_typelink_find(const struct vole_runtime *rt,
				     const char *text, struct vole_type **ret,
				     struct vole_error *err);

#endif
