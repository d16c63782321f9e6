/**
 * Variables of a fake program's functions, and the places that its debug
 * information has for each. What types there are is the test's to say.
 */
#ifndef VOLE_TESTS_FAKE_VARIABLES_H
#define VOLE_TESTS_FAKE_VARIABLES_H

#include "fake_stack.h"

#include "target/variable.h"

struct fake_variables {
	struct vole_debuginfo di; /* first: cast back */
	struct vole_variable items[8];
	struct vole_spots spots[8]; /* of each */
	size_t len;
	struct vole_types *before; /* the types of the program without any */
};

/** A type by its reference, in a table whose first row is of none. */
struct fake_known {
	enum vole_kind kind;
	uint64_t size;
};

static bool fake_load_known(struct vole_type *type,
			    const struct fake_known *known, size_t len,
			    struct vole_error *err)
{
	if (!type->ref || type->ref >= len)
		return vole_fail(err, VOLE_CORRUPT, VOLE_NOWHERE, "no type");
	type->kind = known[type->ref].kind;
	type->size = known[type->ref].size;
	type->name = vole_kind_name(type->kind);
	return true;
}

static bool fake_locate(struct vole_debuginfo *di,
			const struct vole_code_scope *scope,
			const struct vole_variable *variable,
			const struct vole_frame_state *state,
			struct vole_spots *ret, struct vole_error *err)
{
	const struct fake_variables *v = (const struct fake_variables *)di;

	(void)scope, (void)state, (void)err;
	*ret = v->spots[variable - v->items];
	return true;
}

static bool fake_find_nothing(struct vole_debuginfo *di, uint32_t kinds,
			      const char *name, struct vole_symbol *ret,
			      struct vole_error *err)
{
	(void)di, (void)kinds, (void)ret;
	return vole_fail(err, VOLE_NOT_FOUND, VOLE_NOWHERE, "no %s", name);
}

/** A program with none yet, whose types @p ops knows. */
static void fake_variables_open(struct fake_variables *v, struct fake_sched *s,
				const struct vole_debuginfo_ops *ops)
{
	struct vole_error err;

	fake_stack_open(s);
	*v = (struct fake_variables){ .di = { .ops = ops },
				      .before = s->go.rt.types };
	if (!vole_types_open(&v->di, &s->go.rt.types, &err))
		abort();
	s->go.rt.di = &v->di;
}

static void fake_variables_close(struct fake_variables *v, struct fake_sched *s)
{
	vole_types_close(s->go.rt.types);
	s->go.rt.types = v->before;
	fake_sched_close(s);
}

/** One more, the last of @p scope, which has those added before it. */
static struct vole_variable *fake_variable(struct fake_variables *v,
					   struct vole_code_scope *scope,
					   const struct vole_variable *variable)
{
	struct vole_variable *added = &v->items[v->len++];

	if (!scope->num_variables)
		scope->variables = added;
	scope->num_variables++;
	*added = *variable;
	return added;
}

/** One more place of the last variable. */
static void fake_spot(struct fake_variables *v, enum vole_spot_kind kind,
		      uint64_t at, uint64_t size)
{
	struct vole_spots *of = &v->spots[v->len - 1];

	of->items[of->len++] =
		(struct vole_spot){ .kind = kind, .at = at, .size = size };
}

#endif
