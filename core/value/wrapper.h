/**
 * Structs of the standard library that are there to hold another value:
 * reflect.Value, atomic.Value, atomic.Pointer, unique.Handle, weak.Pointer.
 * Recognised by the type's name and by the fields that it must have.
 */
#ifndef VOLE_VALUE_WRAPPER_H
#define VOLE_VALUE_WRAPPER_H

#include "value/value.h"

/**
 * What @p value holds; @p ret_typed when its type follows from that of
 * @p value. False: it is no such struct, not as one must be, or in a state for
 * which vole_people_struct() has a text.
 */
bool vole_wrapper_open(const struct vole_runtime *rt,
		       const struct vole_value *value, bool *ret_typed,
		       struct vole_value *ret);
/** Type descriptor and flags of a reflect.Value; false: they are not there. */
bool vole_wrapper_reflect(const struct vole_runtime *rt,
			  const struct vole_value *value, uint64_t *ret_type,
			  uint64_t *ret_flag);

enum {
	VOLE_REFLECT_METHOD = 1 << 9, /* flagMethod */
	VOLE_REFLECT_METHOD_SHIFT = 10,
};

#endif
