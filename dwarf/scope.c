/*
 * Functions at a pc with their variables: entries below DW_TAG_subprogram
 * whose blocks the pc is in.
 */
#include "dwarf/list.h"
#include "dwarf/names.h"
#include "dwarf/private.h"

#include <string.h>

enum {
	MAX_NESTING = 64, /* blocks and inlined calls in each other */
	MAX_VARIABLES =
		1 << 12, /* in the blocks of one pc: n * n are bearable */
	MAX_LOOKED = 1 << 16, /* variables that copies may have left out */
	MAX_ENTRIES = 1 << 22, /* of lists of code */
};

/* A variable on its way. */
struct found {
	struct vole_variable variable;
	size_t scope;
	uint32_t origin; /* entry that it is a copy of; 0 none */
};

/* Where in the tree. */
struct level {
	size_t scope;
	uint32_t depth; /* blocks of it around */
	uint64_t block; /* first code of the innermost */
};

struct walk {
	struct dwarf *d;
	uint64_t pc;
	VOLE_ARRAY(struct found) found;
	struct die scopes[MAX_NESTING];
	size_t num_scopes;
	unsigned nesting, looked;
	uint64_t most_entries;
};

static bool bad(struct vole_error *err, const struct die *die, const char *what)
{
	return vole_fail(err, VOLE_CORRUPT, VOLE_NOWHERE,
			 "debug information: function at offset %" PRIu32 " %s",
			 die->offset, what);
}

static void find_place(const struct walk *w, const struct die *die,
		       struct vole_variable *ret)
{
	ret->unit = die->unit;
	if (die->has_value) {
		ret->located = VOLE_LOCATED_CONSTANT;
		ret->constant = die->value;
	} else if (die->places.there) {
		ret->located = VOLE_LOCATED_LISTED;
		ret->list = die->places.offset;
		ret->list_is_index = die->places.is_index;
		ret->pc = w->pc;
	} else if (die->has_location && die->location.len) {
		ret->located = VOLE_LOCATED_HERE;
		ret->expr = die->location.data;
		ret->expr_len = die->location.len;
	}
}

/* Go's typedef ".param3": what the type is stands in a dictionary. */
static void find_dictionary(struct walk *w, const struct die *die,
			    struct vole_variable *ret)
{
	struct vole_error ignored;
	struct die type;

	if (!die_read(w->d, die->type, &type, &ignored) ||
	    !type.has_dict_index || !type.has_type)
		return;
	ret->in_dictionary = true;
	ret->type_ref = type.type; /* the shape */
	ret->dict_index = type.dict_index;
}

static bool add(struct walk *w, struct die *die, const struct level *at,
		struct vole_error *err)
{
	struct found *found;

	die_inherit(w->d, die);
	if (!die->name || !die->has_type || die->declaration)
		return true;
	if (w->found.len == MAX_VARIABLES)
		return bad(err, die, "belongs to too many variables");
	found = vole_array_push(&w->found);
	if (!found)
		return vole_fail_nomem(err);
	found->scope = at->scope;
	found->origin = die->origin;
	found->variable = (struct vole_variable){
		.name = die->name,
		.type_ref = die->type,
		.line = (uint32_t)die->decl_line,
		.depth = at->depth,
		.block = at->block,
		.captured = die->has_closure_offset,
		.closure_offset = die->closure_offset,
	};
	if (die->tag == TAG_formal_parameter)
		found->variable.role = die->is_result ? VOLE_ROLE_RESULT :
							VOLE_ROLE_PARAMETER;
	find_place(w, die, &found->variable);
	find_dictionary(w, die, &found->variable);
	return true;
}

static bool is_variable(const struct die *die)
{
	return die->tag == TAG_formal_parameter || die->tag == TAG_variable;
}

static bool has_copy(const struct walk *w, const struct level *at,
		     uint32_t origin)
{
	size_t i;

	for (i = w->found.len; i > 0; i--)
		if (w->found.items[i - 1].scope == at->scope &&
		    w->found.items[i - 1].origin == origin)
			return true;
	return false;
}

/* What the copy of an inlined function leaves out was optimised away. */
static bool add_missing(struct walk *w, const struct die *copy,
			const struct level *at, struct vole_error *err)
{
	struct vole_error ignored;
	struct die origin, child;
	uint32_t next;

	if (!copy->origin || !die_read(w->d, copy->origin, &origin, &ignored))
		return true;
	for (next = origin.next;;) {
		if (!die_child(w->d, &origin, &next, &child, err))
			return false;
		if (!child.tag)
			break;
		if (!is_variable(&child))
			continue;
		if (w->looked++ == MAX_LOOKED)
			return bad(err, copy, "has too many variables");
		if (!has_copy(w, at, child.offset) && !add(w, &child, at, err))
			return false;
	}
	return true;
}

static uint64_t first_code(const struct walk *w, const struct die *die)
{
	struct list_entry at;
	struct list list;

	list_open_code(&list, w->d, die);
	return list_next(&list, &at) ? at.low : 0;
}

static bool walk(struct walk *w, const struct die *parent,
		 const struct level *at, struct vole_error *err);

/* A function, or a call that was inlined. */
static bool enter(struct walk *w, struct die *die, struct vole_error *err)
{
	struct level at = { .scope = w->num_scopes,
			    .block = first_code(w, die) };

	if (w->num_scopes == MAX_NESTING)
		return bad(err, die, "has too many calls in each other");
	die_inherit(w->d, die);
	w->scopes[w->num_scopes++] = *die;
	return walk(w, die, &at, err) && add_missing(w, die, &at, err);
}

static bool child_of(struct walk *w, struct die *child, const struct level *at,
		     struct vole_error *err)
{
	struct level block = { at->scope, at->depth + 1, 0 };

	if (is_variable(child))
		return add(w, child, at, err);
	if (child->tag != TAG_lexical_block &&
	    child->tag != TAG_inlined_subroutine)
		return true;
	if (w->d->list_entries > w->most_entries)
		return bad(err, child, "has too many parts of code");
	if (!code_covers(w->d, child, w->pc))
		return true;
	if (child->tag == TAG_inlined_subroutine)
		return enter(w, child, err);
	block.block = first_code(w, child);
	return walk(w, child, &block, err);
}

static bool walk(struct walk *w, const struct die *parent,
		 const struct level *at, struct vole_error *err)
{
	uint32_t next = parent->next;
	struct die child;

	if (w->nesting == MAX_NESTING)
		return bad(err, parent, "has too many blocks in each other");
	w->nesting++;
	do
		if (!die_child(w->d, parent, &next, &child, err) ||
		    (child.tag && !child_of(w, &child, at, err)))
			return false;
	while (child.tag);
	w->nesting--;
	return true;
}

static size_t count(const struct walk *w, size_t scope)
{
	size_t num = 0, i;

	for (i = 0; i < w->found.len; i++)
		num += w->found.items[i].scope == scope;
	return num;
}

/* gc notes its own flags: "-N" asks for code as it is written. */
static bool is_optimized(const struct unit *unit)
{
	const char *at = unit->producer;

	if (!unit->is_go)
		return false;
	for (; at && (at = strstr(at, " -N")); at += 3)
		if (!at[3] || at[3] == ' ' || at[3] == ';')
			return false;
	return true;
}

static bool settle(const struct walk *w, struct vole_arena *arena,
		   struct vole_code_scope *scopes)
{
	const struct die *function = &w->scopes[0];
	size_t s, i;

	for (s = 0; s < w->num_scopes; s++) {
		struct vole_code_scope *scope = &scopes[s];

		*scope = (struct vole_code_scope){
			.name = w->scopes[s].name,
			.is_go = function->unit->is_go,
			.optimized = is_optimized(function->unit),
			.base = function->frame_base.data,
			.base_len = function->frame_base.len,
			.unit = function->unit,
		};
		scope->variables = vole_arena_array(arena, count(w, s) + 1,
						    sizeof(*scope->variables));
		if (!scope->variables)
			return false;
		for (i = 0; i < w->found.len; i++)
			if (w->found.items[i].scope == s)
				scope->variables[scope->num_variables++] =
					w->found.items[i].variable;
	}
	return true;
}

bool scopes_at(struct vole_debuginfo *di, uint64_t pc, const char *name,
	       struct vole_arena *arena, struct vole_code_scope **ret,
	       size_t *ret_len, struct vole_error *err)
{
	struct dwarf *d = (struct dwarf *)di;
	struct walk w = { .d = d, .pc = pc };
	struct vole_code_scope *scopes = NULL;
	struct die function;
	bool ok;

	if (!code_find_named(d, pc, name, &function, err))
		return false;
	w.most_entries = d->list_entries + MAX_ENTRIES;
	ok = enter(&w, &function, err);
	if (ok) {
		scopes = vole_arena_array(arena, w.num_scopes, sizeof(*scopes));
		ok = (scopes && settle(&w, arena, scopes)) ||
		     vole_fail_nomem(err);
	}
	vole_array_free(&w.found);
	if (!ok)
		return false;
	*ret = scopes;
	*ret_len = w.num_scopes;
	return true;
}
