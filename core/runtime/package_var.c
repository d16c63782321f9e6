#include "runtime/package_var.h"

#include "base/array.h"
#include "base/sorted.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_AT_ONE = 64 }; /* variables at one address: all but one of no size */

struct var {
	uint64_t addr;
	uint64_t type_ref;
	const char *name;
};

struct vole_package_vars {
	bool asked;
	VOLE_ARRAY(struct var) items; /* by address */
};

struct vole_package_vars *vole_package_vars_new(void)
{
	return calloc(1, sizeof(struct vole_package_vars));
}

void vole_package_vars_free(struct vole_package_vars *vars)
{
	if (!vars)
		return;
	vole_array_free(&vars->items);
	free(vars);
}

struct gather {
	const struct vole_runtime *rt;
	struct vole_package_vars *vars;
	bool out_of_memory;
};

static bool add(void *arg, const struct vole_symbol *symbol)
{
	struct gather *g = arg;
	struct vole_debuginfo *di = g->rt->di;
	struct vole_symbol_info info;
	struct vole_error unused;
	struct var *var;

	if (!di->ops->info(di, symbol, &info, &unused) || !info.has_addr ||
	    !info.type_ref)
		return true;
	var = vole_array_push(&g->vars->items);
	if (var)
		*var = (struct var){ info.addr + g->rt->target->bias,
				     info.type_ref, symbol->name };
	else
		g->out_of_memory = true;
	return var != NULL;
}

static int by_addr(const void *a, const void *b)
{
	const struct var *left = a, *right = b;

	if (left->addr != right->addr)
		return left->addr < right->addr ? -1 : 1;
	return strcmp(left->name, right->name);
}

static bool gather(const struct vole_runtime *rt, struct vole_error *err)
{
	struct gather g = { .rt = rt, .vars = rt->package_vars };

	if (!rt->di)
		return vole_fail(err, VOLE_NO_DEBUG_INFO, VOLE_NOWHERE,
				 "names of variables need debug information");
	vole_array_free(&g.vars->items);
	if (!rt->di->ops->each(rt->di, VOLE_SYMBOL_VAR, add, &g, err))
		return false;
	if (g.out_of_memory)
		return vole_fail_nomem(err);
	if (g.vars->items.len)
		qsort(g.vars->items.items, g.vars->items.len,
		      sizeof(struct var), by_addr);
	g.vars->asked = true;
	return true;
}

static bool open_var(const struct vole_runtime *rt, const struct var *var,
		     struct vole_package_var *ret, struct vole_error *err)
{
	struct vole_type *type;

	if (!vole_types_get(rt->types, VOLE_TYPE_DEBUGINFO, var->type_ref,
			    &type, err))
		return false;
	*ret = (struct vole_package_var){ var->addr, type->size, var->name,
					  type };
	return true;
}

bool vole_package_var_at(const struct vole_runtime *rt, uint64_t addr,
			 struct vole_package_var *ret, struct vole_error *err)
{
	struct vole_package_vars *vars = rt->package_vars;
	struct vole_error unused;
	unsigned n = 0;
	uint64_t last;
	size_t i;

	if (!vars->asked && !gather(rt, err))
		return false;
	i = vole_sorted_up_to(vars->items.items, vars->items.len, addr, addr);
	last = i ? vars->items.items[i - 1].addr : 0;
	for (; i-- && n < MAX_AT_ONE; n++) {
		const struct var *var = &vars->items.items[i];

		if (var->addr != last)
			break;
		if (open_var(rt, var, ret, &unused) && addr - last < ret->size)
			return true;
	}
	return vole_fail(err, VOLE_NOT_FOUND, addr,
			 "no package variable is at 0x%" PRIx64, addr);
}

bool vole_package_vars_each(const struct vole_runtime *rt,
			    bool (*each)(void *arg,
					 const struct vole_package_var *var),
			    void *arg, struct vole_error *err)
{
	struct vole_package_vars *vars = rt->package_vars;
	struct vole_package_var var;
	struct vole_error unused;
	size_t i;

	if (!vars->asked && !gather(rt, err))
		return false;
	for (i = 0; i < vars->items.len; i++)
		if (open_var(rt, &vars->items.items[i], &var, &unused) &&
		    !each(arg, &var))
			break;
	return true;
}
