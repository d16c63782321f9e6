/* Variables that no code will use any more. */
#include "runtime/stackmap.h"
#include "value/local_private.h"

enum { WORD = 8, MAX_DEPTH = 16, MAX_LOOKED = 4096 };

struct search {
	struct vole_types *types;
	unsigned looked; /* types */
};

/* Where the first word is that garbage collection looks at; false: nowhere. */
static bool first_pointer(struct search *s, struct vole_type *type,
			  uint64_t *offset, unsigned depth)
{
	struct vole_error unused;
	uint64_t from = *offset;
	size_t i;

	if (depth == MAX_DEPTH || s->looked++ >= MAX_LOOKED ||
	    !vole_type_load(s->types, type, &unused))
		return false;
	switch (type->kind) {
	case VOLE_KIND_INTERFACE:
		/* The type's word leads to nothing that is collected. */
		*offset += WORD;
		return true;
	case VOLE_KIND_ARRAY:
		return type->len &&
		       first_pointer(s, type->elem, offset, depth + 1);
	case VOLE_KIND_STRUCT:
		for (i = 0; i < type->num_fields; i++) {
			*offset = from + type->fields[i].offset;
			if (first_pointer(s, type->fields[i].type, offset,
					  depth + 1))
				return true;
		}
		return false;
	default:
		return vole_kind_begins_with_pointer(type->kind);
	}
}

bool vole_is_unused(const struct vole_frame_reader *r,
		    const struct vole_value *value)
{
	struct vole_type *type = (struct vole_type *)(uintptr_t)value->type;
	struct search s = { .types = r->rt->types };
	uint64_t offset = 0;

	return r->scope->is_go && value->where == VOLE_IN_MEMORY &&
	       first_pointer(&s, type, &offset, 0) &&
	       vole_frame_liveness(r->rt, &r->at->frame,
				   value->addr + offset) == VOLE_LIVENESS_DEAD;
}
