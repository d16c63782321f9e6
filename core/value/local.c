#include "value/local.h"

#include "base/checked.h"
#include "runtime/rtype.h"
#include "value/local_private.h"

#include <string.h>

enum { WORD = 8 };

/* --- which of the functions at the pc -------------------------------------- */

/*
 * The runtime shortens type arguments to "[...]", debug information has them
 * in full: names are compared without.
 */
static const char *skip_arguments(const char *at)
{
	unsigned depth = 0;

	for (; *at; at++) {
		if (*at == '[')
			depth++;
		else if (*at == ']' && depth && !--depth)
			return at + 1;
	}
	return at;
}

static bool same_function(const char *a, const char *b)
{
	for (;;) {
		if (*a == '[' && *b == '[') {
			a = skip_arguments(a);
			b = skip_arguments(b);
		}
		if (*a != *b)
			return false;
		if (!*a)
			return true;
		a++;
		b++;
	}
}

/* Both list calls, the runtime from inside out, debug information outside in. */
static const struct vole_code_scope *
scope_of(const struct vole_frame_at *at, const struct vole_code_scope *scopes,
	 size_t num)
{
	size_t depth = at->calls.len - 1 - at->inlined, i;

	if (!at->calls.len)
		return &scopes[0];
	for (i = 0; i <= depth; i++)
		if (i >= num || !scopes[i].name ||
		    !same_function(at->calls.items[at->calls.len - 1 - i].name,
				   scopes[i].name))
			return NULL;
	return &scopes[depth];
}

/* A return address belongs to the call before it. */
static uint64_t lookup_pc(const struct vole_frame *frame)
{
	return frame->exact || frame->pc == frame->entry ? frame->pc :
							   frame->pc - 1;
}

static bool read_word(void *arg, uint64_t addr, uint64_t *ret)
{
	const struct vole_runtime *rt = arg;
	struct vole_error unused;

	return vole_memory_uint(rt->mem, addr, WORD, ret, &unused);
}

static bool open_scope(struct vole_frame_reader *r, struct vole_error *err)
{
	const struct vole_frame *frame = &r->at->frame;
	struct vole_debuginfo *di = r->rt->di;
	uint64_t bias = r->rt->target->bias;
	const struct vole_calls *calls = &r->at->calls;
	const char *name = calls->len ? calls->items[calls->len - 1].name :
					NULL;
	struct vole_code_scope *scopes;
	size_t num;

	if (!di || !di->ops->scopes || frame->kind == VOLE_FRAME_SIGNAL)
		return vole_fail(err, VOLE_NO_DEBUG_INFO, VOLE_NOWHERE,
				 frame->kind == VOLE_FRAME_SIGNAL ?
					 "the kernel's frame of a signal has "
					 "no variables" :
					 "without debug information no "
					 "variables are known");
	if (!di->ops->scopes(di, lookup_pc(frame) - bias, name, r->arena,
			     &scopes, &num, err)) {
		if (err->code == VOLE_NOT_FOUND)
			err->code = VOLE_NO_DEBUG_INFO;
		return false;
	}
	r->scope = scope_of(r->at, scopes, num);
	if (!r->scope)
		return vole_fail(err, VOLE_NO_DEBUG_INFO, frame->pc,
				 "debug information does not tell of this "
				 "inlined call");
	r->state = (struct vole_frame_state){
		.has_cfa = frame->cfa != 0,
		.cfa = frame->cfa,
		.bias = bias,
		.regs = &r->at->regs,
		.read = read_word,
		.arg = (void *)(uintptr_t)r->rt,
	};
	return true;
}

/* --- a variable's value ---------------------------------------------------- */

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

/* Is the variable set at the frame's line? What its place holds tells not. */
static bool in_scope(const struct vole_frame_reader *r,
		     const struct vole_variable *variable, bool escaped,
		     const struct vole_value *value, struct vole_error *err)
{
	const struct vole_call *call = vole_frame_call(r->at);
	uint32_t line = call && call->line > 0 ? (uint32_t)call->line : 0;
	bool same_line = line && line == variable->line;

	if (!r->scope->is_go || variable->captured ||
	    variable->role == VOLE_ROLE_PARAMETER)
		return true;
	if (variable->role == VOLE_ROLE_LOCAL && line < variable->line && line)
		return vole_fail(err, VOLE_UNREADABLE, VOLE_NOWHERE,
				 "declared later, at line %" PRIu32,
				 variable->line);
	if (variable->located == VOLE_LOCATED_LISTED ||
	    value->where != VOLE_IN_MEMORY)
		return true;
	if (vole_is_assigned(r, variable, value->addr, value->type->size) &&
	    !(escaped && same_line && variable->role == VOLE_ROLE_LOCAL))
		return true;
	return vole_fail(err, VOLE_UNREADABLE, VOLE_NOWHERE,
			 variable->role == VOLE_ROLE_LOCAL ?
				 "declared at line %" PRIu32
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

/*
 * cmd/compile: a generic function is compiled for a shape of types; what they
 * really are stands in the dictionary that it was given.
 */
static void from_dictionary(const struct vole_frame_reader *r,
			    const struct vole_variable *variable,
			    struct vole_type **type)
{
	struct vole_type *real;
	struct vole_error unused;
	uint64_t dict, at, descriptor;

	if (!variable->in_dictionary)
		return;
	if (hidden_word(r, ".dict", &dict) && dict &&
	    vole_at(dict, variable->dict_index, WORD, &at) &&
	    vole_memory_uint(r->rt->mem, at, WORD, &descriptor, &unused) &&
	    vole_rtype_type(r->rt, descriptor, &real, &unused) &&
	    vole_type_load(r->rt->types, real, &unused) &&
	    real->size == (*type)->size && real->kind == (*type)->kind) {
		*type = real;
		return;
	}
	/* The shape of all pointers is *uint8: what it points to is not told. */
	if ((*type)->kind == VOLE_KIND_PTR &&
	    vole_types_basic(r->rt->types, VOLE_KIND_UNSAFE_POINTER, &real,
			     &unused))
		*type = real;
}

static const struct vole_type unknown_type = { .source = VOLE_TYPE_MADE,
					       .loaded = true,
					       .name = "?" };

static void read_local(const struct vole_frame_reader *r,
		       const struct vole_variable *variable,
		       struct vole_local *ret)
{
	bool escaped = r->scope->is_go && variable->name[0] == '&';
	struct vole_type *type = NULL, *shown;
	struct vole_value value;
	struct vole_error err;

	*ret = (struct vole_local){ .name = variable->name + escaped,
				    .role = variable->role,
				    .escaped = escaped,
				    .captured = variable->captured,
				    .line = variable->line };
	if (!vole_types_get(r->rt->types, VOLE_TYPE_DEBUGINFO,
			    variable->type_ref, &type, &err)) {
		ret->value = nothing(r, &unknown_type, err.text);
		return;
	}
	from_dictionary(r, variable, &type);
	shown = escaped && type->kind == VOLE_KIND_PTR && type->elem ?
			type->elem :
			type;
	if (!vole_type_load(r->rt->types, shown, &err))
		ret->value = nothing(r, &unknown_type, err.text);
	else if ((!by_place(r, variable, type, &value, &err) &&
		  !by_closure(r, variable, type, &value)) ||
		 !in_scope(r, variable, escaped, &value, &err) ||
		 (shown != type && !follow(r, &value, shown, &value, &err)))
		ret->value = nothing(r, shown, err.text);
	else
		ret->value = value;
}

/* --- the list -------------------------------------------------------------- */

static bool is_shown(const struct vole_variable *v)
{
	/* ".dict" and the like are the compiler's own; "_" has no value. */
	return v->name[0] && v->name[0] != '.' && strcmp(v->name, "_") != 0 &&
	       strcmp(v->name, "&_") != 0;
}

static const char *plain_name(const struct vole_variable *v)
{
	return v->name + (v->name[0] == '&');
}

/*
 * Is @p v hidden by @p other: of an inner block, or of the same and declared
 * after it? What comes later at the frame's line hides nothing yet.
 */
static bool hides(const struct vole_variable *other,
		  const struct vole_variable *v, uint32_t line)
{
	if (other == v || strcmp(plain_name(other), plain_name(v)) != 0 ||
	    (other->role == VOLE_ROLE_LOCAL && !other->captured && line &&
	     other->line > line))
		return false;
	if (other->depth != v->depth)
		return other->depth > v->depth;
	if (other->line != v->line)
		return other->line > v->line;
	return other > v;
}

static bool is_hidden(const struct vole_frame_reader *r,
		      const struct vole_variable *v)
{
	const struct vole_call *call = vole_frame_call(r->at);
	uint32_t line = call && call->line > 0 ? (uint32_t)call->line : 0;
	size_t i;

	for (i = 0; i < r->scope->num_variables; i++)
		if (hides(&r->scope->variables[i], v, line))
			return true;
	return false;
}

/* As the source has them; debug information sorts some by name. */
static void sort_by_line(struct vole_local *items, size_t num)
{
	size_t i, k;

	for (i = 1; i < num; i++)
		for (k = i; k > 0 && items[k - 1].role == VOLE_ROLE_LOCAL &&
			    items[k - 1].line > items[k].line;
		     k--) {
			struct vole_local swapped = items[k];

			items[k] = items[k - 1];
			items[k - 1] = swapped;
		}
}

bool vole_locals_open(const struct vole_runtime *rt, struct vole_arena *arena,
		      const struct vole_frame_at *at,
		      const struct vole_frame_reader **ret,
		      struct vole_error *err)
{
	struct vole_frame_reader *r = vole_arena_alloc(arena, sizeof(*r));

	if (!r)
		return vole_fail_nomem(err);
	*r = (struct vole_frame_reader){ .rt = rt, .arena = arena, .at = at };
	*ret = r;
	return open_scope(r, err);
}

static const enum vole_role order[] = { VOLE_ROLE_PARAMETER, VOLE_ROLE_RESULT,
					VOLE_ROLE_LOCAL };

bool vole_locals_read(const struct vole_frame_reader *r,
		      struct vole_locals *ret, struct vole_error *err)
{
	struct vole_local *items;
	size_t num = 0, i, k;

	items = vole_arena_array(r->arena, r->scope->num_variables + 1,
				 sizeof(*items));
	if (!items)
		return vole_fail_nomem(err);
	for (k = 0; k < 3; k++)
		for (i = 0; i < r->scope->num_variables; i++) {
			const struct vole_variable *v = &r->scope->variables[i];

			if (v->role != order[k] || !is_shown(v))
				continue;
			read_local(r, v, &items[num]);
			items[num++].hidden = is_hidden(r, v);
		}
	sort_by_line(items, num);
	*ret = (struct vole_locals){ items, num };
	return true;
}

/* The first of the list, as vole_locals_read() sorts it. */
static bool is_before(const struct vole_variable *v,
		      const struct vole_variable *other)
{
	size_t k;

	for (k = 0; k < 3 && v->role != other->role; k++)
		if (order[k] == v->role || order[k] == other->role)
			return order[k] == v->role;
	return v->role == VOLE_ROLE_LOCAL && v->line < other->line;
}

bool vole_local_read(const struct vole_frame_reader *r, const char *name,
		     struct vole_local *ret)
{
	const struct vole_variable *meant = NULL;
	size_t i;

	for (i = 0; i < r->scope->num_variables; i++) {
		const struct vole_variable *v = &r->scope->variables[i];

		if (strcmp(plain_name(v), name) == 0 && is_shown(v) &&
		    !is_hidden(r, v) && (!meant || is_before(v, meant)))
			meant = v;
	}
	if (meant)
		read_local(r, meant, ret);
	return meant != NULL;
}
