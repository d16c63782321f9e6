/* What the body of a closure finds in its closure object. */
#include "dwarf/private.h"

#include <string.h>

#include "dwarf/names.h"

enum {
	MAX_SHAPES = 32,
	MAX_NAME = 1024, /* of a function */
};

/* Types of generic code: which word of the dictionary tells of which shape. */
struct shapes {
	struct {
		uint32_t type;
		uint64_t dict_index;
	} items[MAX_SHAPES];
	size_t len;
};

/* Does the shape stand for one argument only, of those in the name? */
static bool is_alone(const char *function, const char *shape)
{
	size_t len = strlen(shape);
	unsigned count = 0;
	const char *at;

	for (at = strstr(function, shape); at && len;
	     at = strstr(at + len, shape))
		count += at > function && strchr("[,", at[-1]) &&
			 (at[len] == ']' || at[len] == ',');
	return count == 1;
}

/* From the typedefs ".param3" of the generic function @p func. */
static void add_shapes(struct dwarf *d, const struct die *func,
		       struct shapes *shapes)
{
	uint32_t next = func->next;
	struct vole_error ignored;
	struct die child, shape;

	while (die_child(d, func, &next, &child, &ignored) && child.tag) {
		if (child.tag != TAG_typedef || !child.has_dict_index ||
		    !child.has_type || shapes->len == MAX_SHAPES ||
		    !die_read(d, child.type, &shape, &ignored) || !shape.name ||
		    !is_alone(func->name, shape.name))
			continue;
		shapes->items[shapes->len].type = child.type;
		shapes->items[shapes->len++].dict_index = child.dict_index;
	}
}

/*
 * Of the functions that "main.f[go.shape.int].func1.2" is inside of: closures
 * have the dictionary of the function that they are in.
 */
static void find_shapes(struct dwarf *d, const char *closure,
			struct shapes *ret)
{
	const char *bracket = strrchr(closure, ']');
	struct vole_error ignored;
	char name[MAX_NAME];
	size_t len = strlen(closure);

	ret->len = 0;
	if (!bracket || len >= sizeof(name))
		return;
	memcpy(name, closure, len + 1);
	while (len-- > (size_t)(bracket - closure) + 1) {
		const struct record *r;
		struct die func;

		if (name[len] != '.')
			continue;
		name[len] = '\0';
		r = index_find(d, VOLE_SYMBOL_FUNC, name);
		if (r && die_read(d, r->die, &func, &ignored) && func.name)
			add_shapes(d, &func, ret);
	}
}

/* The type itself, or what the pointer of "&x" leads to, is a shape. */
static void find_dictionary(struct dwarf *d, const struct shapes *shapes,
			    struct vole_variable *variable)
{
	uint32_t type = (uint32_t)variable->type_ref;
	struct vole_error ignored;
	struct die pointer;
	size_t i;

	if (*variable->name == '&') {
		if (!shapes->len || !die_read(d, type, &pointer, &ignored) ||
		    !pointer.has_type)
			return;
		type = pointer.type;
	}
	for (i = 0; i < shapes->len && !variable->in_dictionary; i++) {
		variable->in_dictionary = shapes->items[i].type == type;
		variable->dict_index = shapes->items[i].dict_index;
	}
}

bool captures_of(struct vole_debuginfo *di, uint64_t pc,
		 void (*fn)(void *arg, const struct vole_variable *variable),
		 void *arg, struct vole_error *err)
{
	struct dwarf *d = (struct dwarf *)di;
	struct shapes shapes;
	struct die func, child;
	uint32_t next;

	if (!code_find(d, pc, &func, err))
		return err->code == VOLE_NOT_FOUND;
	if (func.low != pc)
		return true;
	find_shapes(d, func.name ? func.name : "", &shapes);
	for (next = func.next;;) {
		struct vole_variable variable = { .captured = true };

		if (!die_child(d, &func, &next, &child, err))
			return false;
		if (!child.tag)
			return true;
		if (child.origin)
			die_inherit(d, &child);
		if (!child.has_closure_offset || !child.name || !child.has_type)
			continue;
		variable.name = child.name;
		variable.type_ref = child.type;
		variable.closure_offset = child.closure_offset;
		find_dictionary(d, &shapes, &variable);
		fn(arg, &variable);
	}
}
