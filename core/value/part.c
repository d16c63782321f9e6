#include "value/part.h"

enum { MAX_DEPTH = 32 }; /* of structs and arrays in each other */

bool vole_part_step(const struct vole_runtime *rt, struct vole_type **type,
		    uint64_t *offset, struct vole_strbuf *text)
{
	const struct vole_type *from = *type;
	struct vole_error unused;
	size_t i;

	if (from->kind == VOLE_KIND_ARRAY) {
		*type = from->elem;
		if (!vole_type_load(rt->types, *type, &unused) ||
		    !(*type)->size)
			return false;
		vole_strbuf_printf(text, "[%" PRIu64 "]",
				   *offset / (*type)->size);
		*offset %= (*type)->size;
		return true;
	}
	if (from->kind != VOLE_KIND_STRUCT)
		return false;
	for (i = 0; i < from->num_fields; i++) {
		const struct vole_field *field = &from->fields[i];

		if (!vole_type_load(rt->types, field->type, &unused) ||
		    *offset < field->offset ||
		    *offset - field->offset >= field->type->size)
			continue;
		vole_strbuf_printf(text, ".%s", field->name);
		*offset -= field->offset;
		*type = field->type;
		return true;
	}
	return false;
}

bool vole_part_leaf_in(const struct vole_runtime *rt, struct vole_type **type,
		       uint64_t *offset, struct vole_strbuf *text,
		       const struct vole_type **in)
{
	unsigned depth;

	for (depth = 0; (*type)->kind == VOLE_KIND_STRUCT ||
			(*type)->kind == VOLE_KIND_ARRAY;
	     depth++) {
		if ((*type)->kind == VOLE_KIND_STRUCT)
			*in = *type;
		if (depth == MAX_DEPTH ||
		    !vole_part_step(rt, type, offset, text))
			return false;
	}
	return true;
}

bool vole_part_leaf(const struct vole_runtime *rt, struct vole_type **type,
		    uint64_t *offset, struct vole_strbuf *text)
{
	const struct vole_type *unused;

	return vole_part_leaf_in(rt, type, offset, text, &unused);
}
