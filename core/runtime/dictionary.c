#include "runtime/dictionary.h"

#include "base/checked.h"
#include "runtime/rtype.h"

enum { SIZE_WORD = 8 };

void vole_dictionary_type(const struct vole_runtime *rt, uint64_t dict,
			  const struct vole_variable *variable,
			  struct vole_type **type)
{
	struct vole_type *real;
	struct vole_error unused;
	uint64_t at, descriptor;

	if (!variable->in_dictionary)
		return;
	if (dict && vole_at(dict, variable->dict_index, SIZE_WORD, &at) &&
	    vole_memory_uint(rt->mem, at, SIZE_WORD, &descriptor, &unused) &&
	    vole_rtype_type(rt, descriptor, &real, &unused) &&
	    real->size == (*type)->size && real->kind == (*type)->kind) {
		*type = real;
		return;
	}
	/* The shape of all pointers is *uint8: what it points to is not told. */
	if ((*type)->kind == VOLE_KIND_PTR &&
	    vole_types_basic(rt->types, VOLE_KIND_UNSAFE_POINTER, &real,
			     &unused))
		*type = real;
}
