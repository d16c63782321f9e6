/**
 * Walking any Go value, telling a visitor what there is.
 */
#ifndef VOLE_VALUE_WALK_H
#define VOLE_VALUE_WALK_H

#include "base/arena.h"
#include "value/value.h"
#include "value/visit.h"

/**
 * Walk @p value. Damage inside becomes a broken() event, never the end of the
 * walk; so the walk itself cannot fail. @p arena holds scratch of the command.
 */
void vole_value_walk(const struct vole_runtime *rt, struct vole_arena *arena,
		     const struct vole_value *value,
		     const struct vole_walk_limits *limits,
		     struct vole_visitor *visitor);

#endif
