#include "value/local.h"

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

/* --- the list -------------------------------------------------------------- */

static const char *plain_name(const struct vole_variable *v)
{
	return v->name + (v->name[0] == '&');
}

/*
 * A parameter or result that went to the heap is there twice: as the caller
 * gave it, and as the pointer that the function uses instead. The other one
 * of @p v, or NULL.
 */
static const struct vole_variable *twin(const struct vole_frame_reader *r,
					const struct vole_variable *v)
{
	size_t i;

	for (i = 0; i < r->scope->num_variables; i++) {
		const struct vole_variable *other = &r->scope->variables[i];

		if (other->depth == v->depth && other->line == v->line &&
		    (other->name[0] == '&') != (v->name[0] == '&') &&
		    !strcmp(plain_name(other), plain_name(v)))
			return other;
	}
	return NULL;
}

static enum vole_role role_of(const struct vole_frame_reader *r,
			      const struct vole_variable *v)
{
	const struct vole_variable *other = twin(r, v);

	return v->name[0] == '&' && other ? other->role : v->role;
}

static bool is_shown(const struct vole_frame_reader *r,
		     const struct vole_variable *v)
{
	if (v->name[0] != '&' && twin(r, v))
		return false;
	/* ".dict" and the like are the compiler's own; "_" has no value. */
	return v->name[0] && v->name[0] != '.' && strcmp(v->name, "_") != 0 &&
	       strcmp(v->name, "&_") != 0;
}

/* By the line that the frame stands at, @p v is still to be declared. */
static bool is_later(const struct vole_frame_reader *r,
		     const struct vole_variable *v)
{
	const struct vole_call *call = vole_frame_call(r->at);

	return v->role == VOLE_ROLE_LOCAL && !v->captured && call &&
	       call->line > 0 && v->line > (uint32_t)call->line;
}

/* Is @p other of an inner block, or of the same one and declared after @p v? */
static bool hides(const struct vole_variable *other,
		  const struct vole_variable *v)
{
	if (other->depth != v->depth)
		return other->depth > v->depth;
	if (other->line != v->line)
		return other->line > v->line;
	return other > v;
}

/* What is still to be declared hides nothing. */
static bool is_hidden(const struct vole_frame_reader *r,
		      const struct vole_variable *v)
{
	size_t i;

	for (i = 0; i < r->scope->num_variables; i++) {
		const struct vole_variable *other = &r->scope->variables[i];

		if (!strcmp(plain_name(other), plain_name(v)) &&
		    !is_later(r, other) && hides(other, v))
			return true;
	}
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

			if (role_of(r, v) != order[k] || !is_shown(r, v))
				continue;
			vole_local_value(r, v, role_of(r, v), &items[num]);
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

		if (strcmp(plain_name(v), name) == 0 && is_shown(r, v) &&
		    !is_hidden(r, v) && !is_later(r, v) &&
		    (!meant || is_before(v, meant)))
			meant = v;
	}
	if (meant)
		vole_local_value(r, meant, role_of(r, meant), ret);
	return meant != NULL;
}
