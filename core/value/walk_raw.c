#include "value/walk_private.h"

struct raw_word {
	const char *name;
	bool is_address;
};

/* The words of a header as fields, in place of what they lead to. */
static void walk_words(struct vole_walk *w, const struct vole_value *value,
		       struct vole_value_head *head,
		       const struct raw_word *words, size_t num_words)
{
	const struct vole_visitor_ops *ops = w->visitor->ops;
	struct vole_error err;
	uint64_t all[3] = { 0 };
	size_t i;

	if (!vole_value_read(w->rt, value, 0, all, num_words * 8, &err)) {
		vole_walk_broken(w, head, &err);
		return;
	}
	head->raw = true;
	ops->begin(w->visitor, head);
	for (i = 0; i < num_words; i++) {
		struct vole_value_head h = {
			.type = words[i].is_address ? "unsafe.Pointer" : "int",
			.kind = words[i].is_address ? "unsafe.Pointer" : "int",
			.kind_id = words[i].is_address ?
					   VOLE_KIND_UNSAFE_POINTER :
					   VOLE_KIND_INT,
		};
		struct vole_scalar s = { .kind = VOLE_SCALAR_INT,
					 .bits = 64,
					 .i = (int64_t)all[i] };

		ops->field(w->visitor, words[i].name);
		if (words[i].is_address)
			vole_walk_address(w, &h, all[i], NULL);
		else
			vole_walk_scalar(w, &h, &s);
	}
	ops->end(w->visitor);
}

bool vole_walk_raw(struct vole_walk *w, const struct vole_value *value,
		   struct vole_value_head *head)
{
	static const struct raw_word slice[] = { { "array", true },
						 { "len", false },
						 { "cap", false } };
	static const struct raw_word string[] = { { "str", true },
						  { "len", false } };
	static const struct raw_word iface[] = { { "tab", true },
						 { "data", true } };
	static const struct raw_word eface[] = { { "_type", true },
						 { "data", true } };
	struct vole_error err;
	uint64_t word;

	switch (value->type->kind) {
	case VOLE_KIND_SLICE:
		walk_words(w, value, head, slice, 3);
		return true;
	case VOLE_KIND_STRING:
		if (value->where == VOLE_IN_TEXT)
			return false;
		walk_words(w, value, head, string, 2);
		return true;
	case VOLE_KIND_INTERFACE:
		walk_words(w, value, head,
			   value->type->is_eface ? eface : iface, 2);
		return true;
	case VOLE_KIND_MAP:
	case VOLE_KIND_CHAN:
	case VOLE_KIND_FUNC:
	case VOLE_KIND_PTR:
		if (!vole_value_word(w->rt, value, 0, &word, &err))
			vole_walk_broken(w, head, &err);
		else
			vole_walk_address(w, head, word, NULL);
		return true;
	default:
		return false;
	}
}
