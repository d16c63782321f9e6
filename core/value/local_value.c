/* What one variable holds, or why nothing is known of it. */
#include "value/local.h"

#include <string.h>

#include "base/checked.h"
#include "runtime/dictionary.h"
#include "value/local_private.h"

enum { WORD = 8 };

static struct vole_value nothing(const struct vole_frame_reader *r,
				 const struct vole_type *type, const char *why)
{
	const char *text = vole_arena_string(r->arena, why);

	return vole_no_value(type, text ? text : "out of memory");
}

static bool constant(const struct vole_frame_reader *r,
		     const struct vole_variable *variable,
		     const struct vole_type *type, struct vole_value *ret,
		     struct vole_error *err)
{
	const struct vole_spots places = {
		.items = { { .kind = VOLE_SPOT_VALUE,
			     .at = (uint64_t)variable->constant } },
		.len = 1,
	};

	return vole_compose(r, variable, type, &places, ret, err);
}

static bool by_place(const struct vole_frame_reader *r,
		     const struct vole_variable *variable,
		     const struct vole_type *type, struct vole_value *ret,
		     struct vole_error *err)
{
	struct vole_debuginfo *di = r->rt->di;
	struct vole_spots places;

	switch (variable->located) {
	case VOLE_LOCATED_NOWHERE:
		return vole_fail(err, VOLE_UNREADABLE, VOLE_NOWHERE,
				 "optimised out");
	case VOLE_LOCATED_CONSTANT:
		return constant(r, variable, type, ret, err);
	case VOLE_LOCATED_HERE:
	case VOLE_LOCATED_LISTED:
		break;
	}
	return di->ops->locate(di, r->scope, variable, &r->state, &places,
			       err) &&
	       vole_compose(r, variable, type, &places, ret, err);
}

/* Go's own names for what no source has: .closureptr, .dict. */
static bool hidden_word(const struct vole_frame_reader *r, const char *name,
			uint64_t *ret)
{
	struct vole_error unused;
	struct vole_value value;
	struct vole_type *type;
	size_t i;

	for (i = 0; i < r->scope->num_variables; i++) {
		const struct vole_variable *v = &r->scope->variables[i];

		if (!strcmp(v->name, name))
			return vole_types_get(r->rt->types, VOLE_TYPE_DEBUGINFO,
					      v->type_ref, &type, &unused) &&
			       by_place(r, v, type, &value, &unused) &&
			       vole_value_word(r->rt, &value, 0, ret, &unused);
	}
	return false;
}

/* The closure's object holds what its function has captured. */
static bool by_closure(const struct vole_frame_reader *r,
		       const struct vole_variable *variable,
		       const struct vole_type *type, struct vole_value *ret)
{
	uint64_t closure, addr;

	if (!variable->captured || !hidden_word(r, ".closureptr", &closure) ||
	    !closure || !vole_at(closure, 1, variable->closure_offset, &addr))
		return false;
	*ret = (struct vole_value){ .type = type,
				    .where = VOLE_IN_MEMORY,
				    .addressable = true,
				    .addr = addr };
	return true;
}

/*
 * A function that needs a larger stack calls for it before it has a frame,
 * from code behind its end, which the last entries of lists cover as well.
 * Only what was passed in registers is put where it belongs for that.
 */
static bool has_only_begun(const struct vole_frame_reader *r)
{
	const struct vole_frame *frame = &r->at->frame;

	return r->scope->is_go && !frame->exact &&
	       frame->cfa == frame->sp + WORD;
}

static bool was_passed(const struct vole_frame_reader *r,
		       const struct vole_variable *variable,
		       const struct vole_value *value)
{
	return variable->role == VOLE_ROLE_PARAMETER &&
	       value->where == VOLE_IN_MEMORY &&
	       value->addr >= r->at->frame.cfa;
}

/* Is the variable set at the frame's line? What its place holds tells not. */
static bool in_scope(const struct vole_frame_reader *r,
		     const struct vole_variable *variable, enum vole_role role,
		     bool escaped, const struct vole_value *value,
		     struct vole_error *err)
{
	const struct vole_call *call = vole_frame_call(r->at);
	uint32_t line = call && call->line > 0 ? (uint32_t)call->line : 0;
	bool same_line = line && line == variable->line;

	if (has_only_begun(r) && !was_passed(r, variable, value))
		return vole_fail(err, VOLE_UNREADABLE, VOLE_NOWHERE,
				 "the function has only begun");
	if (!r->scope->is_go || variable->captured ||
	    variable->role == VOLE_ROLE_PARAMETER)
		return true;
	if (role == VOLE_ROLE_LOCAL && line < variable->line && line)
		return vole_fail(err, VOLE_UNREADABLE, VOLE_NOWHERE,
				 "declared later, at line %" PRIu32,
				 variable->line);
	if (variable->located == VOLE_LOCATED_LISTED ||
	    value->where != VOLE_IN_MEMORY)
		return true;
	if (vole_is_assigned(r, variable, value->addr, value->type->size) &&
	    !(escaped && same_line && role == VOLE_ROLE_LOCAL))
		return true;
	return vole_fail(err, VOLE_UNREADABLE, VOLE_NOWHERE,
			 role == VOLE_ROLE_LOCAL ? "declared at line %" PRIu32
						   ", may not be set yet" :
						   "may not be set yet",
			 variable->line);
}

/* "&x" is where the compiler keeps the pointer to x. */
static bool follow(const struct vole_frame_reader *r,
		   const struct vole_value *pointer, struct vole_type *type,
		   struct vole_value *ret, struct vole_error *err)
{
	uint64_t addr;

	if (!vole_value_word(r->rt, pointer, 0, &addr, err))
		return false;
	if (!addr)
		return vole_fail(err, VOLE_UNREADABLE, VOLE_NOWHERE,
				 "not allocated yet");
	return vole_value_at(r->rt, type, addr, ret, err);
}

/* --- types ----------------------------------------------------------------- */

/* With an alignment: what is asked for it is not written here. */
static const struct vole_type unknown_type = { .source = VOLE_TYPE_MADE,
					       .loaded = true,
					       .name = "?",
					       .align = 1 };

/* A value of the variable's type, or the pointer to one that escaped. */
static void give(const struct vole_frame_reader *r,
		 const struct vole_value *value, struct vole_type *shown,
		 struct vole_local *ret)
{
	struct vole_error err;

	ret->unused = vole_is_unused(r, value);
	ret->value = *value;
	if (shown != value->type && !follow(r, value, shown, &ret->value, &err))
		ret->value = nothing(r, shown, err.text);
}

void vole_local_value(const struct vole_frame_reader *r,
		      const struct vole_variable *variable, enum vole_role role,
		      struct vole_local *ret)
{
	bool escaped = r->scope->is_go && variable->name[0] == '&';
	struct vole_type *type = NULL, *shown;
	struct vole_value value = { 0 };
	struct vole_error err;
	uint64_t dict = 0;

	*ret = (struct vole_local){ .name = variable->name + escaped,
				    .role = role,
				    .escaped = escaped,
				    .captured = variable->captured,
				    .line = variable->line,
				    .slot = { .where = VOLE_IN_NOTHING } };
	if (!vole_types_get(r->rt->types, VOLE_TYPE_DEBUGINFO,
			    variable->type_ref, &type, &err)) {
		ret->value = nothing(r, &unknown_type, err.text);
		return;
	}
	if (variable->in_dictionary && !hidden_word(r, ".dict", &dict))
		dict = 0;
	vole_dictionary_type(r->rt, dict, variable, &type);
	shown = escaped && type->kind == VOLE_KIND_PTR && type->elem ?
			type->elem :
			type;
	if (!vole_type_load(r->rt->types, shown, &err)) {
		ret->value = nothing(r, &unknown_type, err.text);
		return;
	}
	if (!by_place(r, variable, type, &value, &err) &&
	    !by_closure(r, variable, type, &value)) {
		ret->value = nothing(r, shown, err.text);
		return;
	}
	ret->slot = value;
	if (in_scope(r, variable, role, escaped, &value, &err))
		give(r, &value, shown, ret);
	else
		ret->value = nothing(r, shown, err.text);
}
