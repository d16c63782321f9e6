/*
 * Structs that would hold a value but now do not, and what else of reflect and
 * sync has a state that a few words tell.
 */
#include "value/people_private.h"

#include "runtime/rtype.h"
#include "value/wrapper.h"

#include <string.h>

const char *vole_people_reflect_value(const struct vole_people *p)
{
	uint64_t rtype, flag;
	struct vole_error ignored;
	const char *name;

	if (!vole_wrapper_reflect(p->rt, p->value, &rtype, &flag))
		return NULL;
	if (!flag)
		return "invalid";
	if (!(flag & VOLE_REFLECT_METHOD) ||
	    !vole_rtype_name(p->rt, rtype, p->arena, &name, &ignored))
		return NULL;
	return vole_arena_printf(p->arena, "method %" PRIu64 " of %s",
				 flag >> VOLE_REFLECT_METHOD_SHIFT, name);
}

/* A type descriptor: the type that it describes. */
const char *vole_people_rtype(const struct vole_people *p)
{
	struct vole_error ignored;
	const char *name;

	if (p->value->where != VOLE_IN_MEMORY ||
	    !vole_rtype_name(p->rt, p->value->addr, p->arena, &name, &ignored))
		return NULL;
	return name;
}

const char *vole_people_atomic_value(const struct vole_people *p)
{
	struct vole_error ignored;
	uint64_t first, word;
	struct vole_value v;

	return vole_people_part(p, "v", &v) &&
			       v.type->kind == VOLE_KIND_INTERFACE &&
			       vole_value_word(p->rt, &v, 0, &word, &ignored) &&
			       vole_runtime_var(
				       p->rt,
				       "sync/atomic.firstStoreInProgress",
				       &first, &ignored) &&
			       word == first ?
		       "its first value is being stored" :
		       NULL;
}

/* What unique.Handle and weak.Pointer are when they hold nothing. */
const char *vole_people_weak(const struct vole_people *p)
{
	struct vole_error ignored;
	struct vole_value part;
	uint64_t addr, target;

	if (!vole_people_part(p, "u", &part) ||
	    !vole_value_word(p->rt, &part, 0, &addr, &ignored))
		return NULL;
	if (!addr)
		return "nil";
	if (!vole_memory_uint(p->rt->mem, addr, sizeof(target), &target,
			      &ignored))
		return NULL;
	return target ? NULL : "dead";
}
