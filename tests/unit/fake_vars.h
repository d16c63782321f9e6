/**
 * Package variables of a fake program: debug information of names, addresses
 * and types only, the types made by fake_go.h. All functions are static.
 */
#ifndef VOLE_TESTS_FAKE_VARS_H
#define VOLE_TESTS_FAKE_VARS_H

#include "fake_go.h"

#include "runtime/package_var.h"

enum { VARS_MAX = 128 };

struct fake_vars {
	struct fake_go go; /* first: cast back */
	struct vole_debuginfo di;
	struct {
		const char *name;
		uint64_t addr;
		struct vole_type *type; /* NULL: cannot be loaded */
	} items[VARS_MAX];
	size_t len;
	bool optimised_away; /* number 0 is */
	bool broken; /* none can be listed */
};

static struct fake_vars *fake_vars_of(struct vole_debuginfo *di)
{
	return (struct fake_vars *)(void *)((char *)di -
					    offsetof(struct fake_vars, di));
}

static bool fake_vars_each(struct vole_debuginfo *di, uint32_t kinds,
			   bool (*each)(void *arg,
					const struct vole_symbol *symbol),
			   void *arg, struct vole_error *err)
{
	struct fake_vars *v = fake_vars_of(di);
	struct vole_symbol symbol = { .kind = VOLE_SYMBOL_VAR };

	if (v->broken)
		return vole_fail(err, VOLE_CORRUPT, VOLE_NOWHERE, "broken");
	for (symbol.ref = 0; kinds & VOLE_SYMBOL_VAR && symbol.ref < v->len;
	     symbol.ref++) {
		symbol.name = v->items[symbol.ref].name;
		if (!each(arg, &symbol))
			break;
	}
	return true;
}

static bool fake_vars_info(struct vole_debuginfo *di,
			   const struct vole_symbol *symbol,
			   struct vole_symbol_info *ret, struct vole_error *err)
{
	struct fake_vars *v = fake_vars_of(di);

	(void)err;
	*ret = (struct vole_symbol_info){
		.has_addr = symbol->ref || !v->optimised_away,
		.addr = v->items[symbol->ref].addr,
		.type_ref = symbol->ref + 1,
	};
	return true;
}

/* A variable's number is its type's too, + 1. */
static bool fake_vars_load(struct vole_debuginfo *di, struct vole_types *types,
			   struct vole_type *type, struct vole_error *err)
{
	const struct vole_type *from =
		fake_vars_of(di)->items[type->ref - 1].type;
	uint64_t ref = type->ref;

	(void)types;
	if (!from)
		return vole_fail(err, VOLE_CORRUPT, VOLE_NOWHERE, "no type");
	*type = *from;
	type->source = VOLE_TYPE_DEBUGINFO;
	type->ref = ref;
	return true;
}

static const struct vole_debuginfo_ops fake_vars_ops = {
	.each = fake_vars_each,
	.info = fake_vars_info,
	.load = fake_vars_load,
};

static void fake_vars_add(struct fake_vars *v, const char *name, uint64_t addr,
			  struct vole_type *type)
{
	if (v->len == VARS_MAX)
		abort();
	v->items[v->len].name = name;
	v->items[v->len].type = type;
	v->items[v->len++].addr = addr;
}

static void fake_vars_open(struct fake_vars *v)
{
	struct vole_error err;

	memset(v, 0, sizeof(*v));
	fake_go_open(&v->go);
	v->di.ops = &fake_vars_ops;
	vole_types_close(v->go.rt.types);
	v->go.rt.di = &v->di;
	v->go.rt.package_vars = vole_package_vars_new();
	if (!v->go.rt.package_vars ||
	    !vole_types_open(&v->di, &v->go.rt.types, &err))
		abort();
}

static void fake_vars_close(struct fake_vars *v)
{
	vole_package_vars_free(v->go.rt.package_vars);
	fake_go_close(&v->go);
}

#endif
