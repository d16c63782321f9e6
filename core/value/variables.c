#include "value/variables.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/sorted.h"
#include "base/strbuf.h"
#include "runtime/package_var.h"
#include "value/part.h"

enum {
	MAX_DEPTH = 32, /* of structs and arrays in each other */
	MAX_VARIABLES = 1 << 22,
	MAX_TRIED = 64, /* ranges that overlap */
};

/* What a variable points at, or the channel it holds. */
struct range {
	uint64_t addr, size;
	const char *name; /* of the variable */
	struct vole_type *type; /* of what is there */
};

struct vole_variables {
	const struct vole_runtime *rt;
	VOLE_ARRAY(struct range) ranges; /* by address */
	bool no_memory;
};

static void add(struct vole_variables *all, uint64_t addr, const char *name,
		struct vole_type *type)
{
	struct range *added;

	if (!type->size || all->ranges.len >= MAX_VARIABLES)
		return;
	added = vole_array_push(&all->ranges);
	if (added)
		*added = (struct range){ addr, type->size, name, type };
	else
		all->no_memory = true;
}

static bool on_variable(void *arg, const struct vole_package_var *var)
{
	struct vole_variables *all = arg;
	struct vole_type *to = var->type->elem;
	bool is_chan = var->type->kind == VOLE_KIND_CHAN;
	struct vole_error unused;
	uint64_t target;

	if ((!is_chan && var->type->kind != VOLE_KIND_PTR) || !to ||
	    !vole_memory_uint(all->rt->mem, var->addr, 8, &target, &unused) ||
	    !target)
		return true;
	if (is_chan)
		add(all, target, var->name, var->type);
	else if (vole_type_load(all->rt->types, to, &unused) &&
		 to->kind == VOLE_KIND_STRUCT)
		add(all, target, var->name, to);
	return !all->no_memory;
}

static int by_addr(const void *a, const void *b)
{
	const struct range *x = a, *y = b;

	if (x->addr != y->addr)
		return x->addr < y->addr ? -1 : 1;
	/* Of two names for one thing the same one is told each time. */
	return strcmp(x->name, y->name);
}

bool vole_variables_open(const struct vole_runtime *rt,
			 struct vole_variables **ret, struct vole_error *err)
{
	struct vole_variables *all = calloc(1, sizeof(*all));

	if (!all)
		return vole_fail_nomem(err);
	all->rt = rt;
	if (rt->di && !vole_package_vars_each(rt, on_variable, all, err)) {
		vole_variables_close(all);
		return false;
	}
	if (all->no_memory) {
		vole_variables_close(all);
		return vole_fail_nomem(err);
	}
	if (all->ranges.len)
		qsort(all->ranges.items, all->ranges.len, sizeof(struct range),
		      by_addr);
	*ret = all;
	return true;
}

void vole_variables_close(struct vole_variables *all)
{
	if (!all)
		return;
	vole_array_free(&all->ranges);
	free(all);
}

static bool is_wanted(const struct vole_type *type, const char *wanted)
{
	return !strcmp(wanted, "chan") ? type->kind == VOLE_KIND_CHAN :
					 !strcmp(type->name, wanted);
}

/* The range's part at @p offset that is of the wanted type. */
static const char *descend(const struct vole_runtime *rt,
			   const struct range *range, uint64_t offset,
			   const char *wanted, struct vole_arena *arena)
{
	struct vole_strbuf text = { 0 };
	struct vole_type *type = range->type;
	const char *ret = NULL;
	unsigned depth = 0;

	vole_strbuf_add(&text, range->name);
	while (depth++ < MAX_DEPTH && !(!offset && is_wanted(type, wanted)) &&
	       vole_part_step(rt, &type, &offset, &text))
		;
	if (!offset && is_wanted(type, wanted) && !text.failed)
		ret = vole_arena_string(arena, vole_strbuf_text(&text));
	vole_strbuf_free(&text);
	return ret;
}

const char *vole_variables_at(const struct vole_variables *all, uint64_t addr,
			      const char *type, struct vole_arena *arena)
{
	struct vole_package_var var;
	struct vole_error unused;
	const char *text;
	size_t i, n;

	if (vole_package_var_at(all->rt, addr, &var, &unused)) {
		struct range whole = { var.addr, var.size, var.name, var.type };

		text = descend(all->rt, &whole, addr - var.addr, type, arena);
		if (text)
			return text;
	}
	i = vole_sorted_up_to(all->ranges.items, all->ranges.len, addr, addr);
	for (n = 0; i-- && n < MAX_TRIED; n++) {
		const struct range *range = &all->ranges.items[i];

		if (addr - range->addr >= range->size)
			continue;
		text = descend(all->rt, range, addr - range->addr, type, arena);
		if (text)
			return text;
	}
	return NULL;
}
