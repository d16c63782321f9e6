#include "command/slice_aliases.h"

#include "base/checked.h"
#include "heap/object.h"

#include <stdlib.h>

enum {
	SIZE_WORD = 8,
	POLL = 1024, /* aliases between two looks at the user */
	MAX_ALIASES = 1 << 20,
	MAX_STEPS = 24, /* from a variable to the object that has the word */
	MAX_SEARCHED = 1 << 20, /* objects, for such a way */
	MAX_MEMORY = 1 << 20, /* of one way */
	AROUND = 1 << 20, /* bytes where others may begin or end */
};

struct finder {
	struct vole_ref_visitor v; /* first: cast back */
	struct vole_aliases *to;
	bool no_memory;
	struct vole_heap *heap;
	struct vole_mark *mark;
	struct vole_paths *paths;
	struct vole_whose *whose;
	struct vole_arena arena; /* for one way at a time */
};

/* --- what a word is -------------------------------------------------------- */

/* The part of [data, data + count * size) that the array has. */
static uint64_t clip(const struct vole_backing *b, uint64_t data,
		     uint64_t count, uint64_t size, bool *past_end)
{
	uint64_t room = b->addr + b->size - data, bytes;

	if (!__builtin_mul_overflow(count, size, &bytes) && bytes <= room)
		return bytes;
	*past_end = true;
	return room;
}

static void take_header(const struct finder *f, struct vole_alias *a,
			enum vole_alias_kind kind, uint64_t elem_size)
{
	const struct vole_backing *b = f->to->backing;

	a->kind = kind;
	if (a->has_len)
		a->len_bytes =
			clip(b, a->data, a->len, elem_size, &a->past_end);
	a->cap_bytes = a->len_bytes;
	if (a->has_cap)
		a->cap_bytes =
			clip(b, a->data, a->cap, elem_size, &a->past_end);
}

/* It is not known how much of the array is what it points at. */
static void take_rest(const struct finder *f, struct vole_alias *a)
{
	const struct vole_backing *b = f->to->backing;

	a->open_end = true;
	a->cap_bytes = b->addr + b->size - a->data;
}

/* How large is what a pointer or interface leads to? False: not known. */
static bool pointee_size(const struct finder *f, const struct vole_alias *a,
			 const struct vole_value *value, uint64_t *ret)
{
	const struct vole_runtime *rt = f->to->ctx->rt;
	struct vole_value dynamic = *value;
	struct vole_error unused;
	struct vole_type *elem;
	bool nil = false;

	if (value->type->kind == VOLE_KIND_INTERFACE &&
	    (!vole_value_dynamic(rt, value, &nil, &dynamic, &unused) || nil))
		return false;
	/* A copy that only the interface has. */
	if (value->type->kind == VOLE_KIND_INTERFACE &&
	    dynamic.where == VOLE_IN_MEMORY && dynamic.addr == a->data) {
		*ret = dynamic.type->size;
		return true;
	}
	elem = dynamic.type->elem;
	if (dynamic.type->kind != VOLE_KIND_PTR || !elem ||
	    !vole_type_load(rt->types, elem, &unused))
		return false;
	*ret = elem->size;
	return true;
}

static void take_pointer(const struct finder *f, struct vole_alias *a,
			 const struct vole_value *value)
{
	uint64_t size;
	bool past_end;

	if (pointee_size(f, a, value, &size))
		a->cap_bytes = a->len_bytes =
			clip(f->to->backing, a->data, 1, size, &past_end);
	else
		take_rest(f, a);
}

/* By the type of the part that has it. */
static void by_type(const struct finder *f, struct vole_alias *a,
		    const struct vole_value *value)
{
	const struct vole_runtime *rt = f->to->ctx->rt;
	const struct vole_type *type = value->type;
	struct vole_error unused;

	switch (type->kind) {
	case VOLE_KIND_STRING:
		a->has_len = vole_value_word(rt, value, 8, &a->len, &unused);
		take_header(f, a, VOLE_ALIAS_STRING, 1);
		break;
	case VOLE_KIND_SLICE:
		a->has_len = vole_value_word(rt, value, 8, &a->len, &unused);
		if (!vole_type_load(rt->types, type->elem, &unused))
			break;
		a->has_cap = vole_value_word(rt, value, 16, &a->cap, &unused);
		take_header(f, a, VOLE_ALIAS_SLICE, type->elem->size);
		break;
	case VOLE_KIND_PTR:
	case VOLE_KIND_INTERFACE:
	case VOLE_KIND_UNSAFE_POINTER:
		take_pointer(f, a, value);
		break;
	default:
		break;
	}
}

static bool word_at(const struct finder *f, uint64_t addr, uint64_t *ret)
{
	struct vole_error unused;

	return vole_memory_uint(f->to->ctx->rt->mem, addr, 8, ret, &unused);
}

/* By what stands behind it: words that could be a header of ours. */
static bool by_looks(const struct finder *f, struct vole_alias *a)
{
	const struct vole_backing *b = f->to->backing;
	uint64_t elem_size = b->slice->elem_size, room, len, cap;

	if (!elem_size || !a->ref.addr || !word_at(f, a->ref.addr + 8, &len) ||
	    !len)
		return false;
	room = (b->addr + b->size - a->data) / elem_size;
	if (len > room)
		return false;
	if (word_at(f, a->ref.addr + 16, &cap) && cap >= len && cap <= room) {
		a->has_cap = true;
		a->cap = cap;
	} else if (elem_size != 1) {
		return false;
	}
	a->exact = false;
	a->has_len = true;
	a->len = len;
	take_header(f, a, a->has_cap ? VOLE_ALIAS_SLICE : VOLE_ALIAS_STRING,
		    elem_size);
	return true;
}

/* Of a header only the word that points is one, of an interface the second. */
static void take_extent_of(const struct finder *f, struct vole_alias *a)
{
	const struct vole_type *type = a->owner.value.type;
	uint64_t word = 0;

	if (!type) {
		if (!by_looks(f, a))
			take_rest(f, a);
		return;
	}
	if (type->kind == VOLE_KIND_INTERFACE)
		word = SIZE_WORD;
	if (a->owner.offset == word)
		by_type(f, a, &a->owner.value);
}

/* --- which they are -------------------------------------------------------- */

static bool visit(struct vole_ref_visitor *v, const struct vole_ref *ref)
{
	struct finder *f = (struct finder *)v;
	struct vole_alias *added;

	if (ref->addr && ref->addr == f->to->backing->self)
		return true;
	if (f->to->found.len >= MAX_ALIASES) {
		f->to->truncated = true;
		return false;
	}
	added = vole_array_push(&f->to->found);
	f->no_memory |= !added;
	if (added)
		*added = (struct vole_alias){ .ref = *ref, .data = ref->value };
	return added != NULL;
}

/* Ways to the objects that have them: from variables, else from frames. */
static bool find_ways(struct finder *f, struct vole_error *err)
{
	const uint32_t frames = 1 << VOLE_ROOT_STACK |
				1 << VOLE_ROOT_SYSTEM_STACK |
				1 << VOLE_ROOT_REGISTERS;
	size_t i;

	for (i = 0; i < f->to->found.len; i++)
		if (f->to->found.items[i].ref.in_object)
			vole_paths_want(f->paths,
					f->to->found.items[i].ref.addr);
	if (!vole_paths_from(f->paths, 1 << VOLE_ROOT_DATA, err))
		return false;
	vole_paths_prefer(f->paths, vole_whose_is_sure, f->whose);
	if (!vole_paths_from(f->paths, frames, err))
		return false;
	vole_paths_prefer(f->paths, NULL, NULL);
	return vole_paths_from(f->paths, frames, err);
}

/* The way to the word, as far as it is known. */
static bool way_to(struct finder *f, const struct vole_ref *ref,
		   struct vole_path *ret)
{
	struct vole_path to = { 0 };
	size_t i;

	if (ref->in_object &&
	    !vole_paths_to(f->paths, ref->addr, MAX_STEPS, &f->arena, &to))
		to.len = 0;
	ret->len = to.len + 1;
	ret->steps = vole_arena_array(&f->arena, ret->len, sizeof(*ret->steps));
	if (!ret->steps)
		return false;
	for (i = 0; i < to.len; i++)
		ret->steps[i] = to.steps[i];
	ret->steps[i] = *ref;
	return true;
}

static bool describe(struct finder *f, struct vole_alias *a,
		     struct vole_error *err)
{
	struct vole_object object;
	struct vole_path path;

	vole_arena_clear(&f->arena);
	if (!way_to(f, &a->ref, &path))
		return vole_fail_nomem(err);
	vole_whose_word(f->whose, &path, &a->owner);
	a->exact = a->owner.exact;
	take_extent_of(f, a);
	a->owner.value = (struct vole_value){ 0 };
	if (!a->ref.in_object)
		return true;
	vole_object_of(f->heap, a->ref.span, a->ref.slot, &object);
	a->object = object.base;
	return true;
}

static bool describe_all(struct finder *f, struct vole_error *err)
{
	size_t i;

	for (i = 0; i < f->to->found.len; i++) {
		if (!(i % POLL) && vole_sink_stopped(f->to->ctx->sink))
			return vole_fail(err, VOLE_INTERRUPTED, VOLE_NOWHERE,
					 "interrupted");
		if (!describe(f, &f->to->found.items[i], err))
			return false;
	}
	return true;
}

static bool search(struct finder *f, struct vole_error *err)
{
	const struct vole_ref_search search = {
		.addr = f->to->backing->addr,
		.len = f->to->backing->size,
		.roots = VOLE_ROOTS_ALL,
		.reached = f->mark,
		.ui = f->to->ctx->sink->ui,
		.progress = vole_sink_on_progress,
		.arg = f->to->ctx->sink,
	};

	return vole_mark_from_roots(f->mark, VOLE_ROOTS_ALL, err) &&
	       vole_refs_visit(f->heap, &search, &f->v, err) &&
	       (!f->no_memory || vole_fail_nomem(err)) && find_ways(f, err) &&
	       describe_all(f, err);
}

static int by_data(const void *a, const void *b)
{
	const struct vole_alias *x = a, *y = b;

	if (x->data != y->data)
		return x->data < y->data ? -1 : 1;
	return (x->ref.addr > y->ref.addr) - (x->ref.addr < y->ref.addr);
}

bool vole_aliases_find(struct vole_context *ctx,
		       const struct vole_backing *backing,
		       struct vole_aliases *ret, struct vole_error *err)
{
	struct finder f = { .v = { visit }, .to = ret };
	struct vole_ui *ui = ctx->sink->ui;
	bool ok;

	*ret = (struct vole_aliases){ .ctx = ctx, .backing = backing };
	vole_arena_init(&f.arena, MAX_MEMORY);
	ok = vole_heap_get(ctx->rt, ui, &f.heap, err) &&
	     vole_mark_open(f.heap, ui, &f.mark, err) &&
	     vole_paths_open(f.heap, ui, MAX_SEARCHED, &f.paths, err) &&
	     vole_whose_open(ctx, f.heap, &f.whose, err) && search(&f, err);
	if (ret->found.len)
		qsort(ret->found.items, ret->found.len,
		      sizeof(struct vole_alias), by_data);
	vole_whose_close(f.whose);
	vole_paths_close(f.paths);
	vole_mark_close(f.mark);
	vole_arena_clear(&f.arena);
	return ok;
}

void vole_aliases_close(struct vole_aliases *aliases)
{
	vole_array_free(&aliases->found);
}

/* Where nothing says how large an array is, slices over it do. */
static void take_extent(struct vole_backing *b, const struct vole_alias *a)
{
	uint64_t end = b->addr + b->size, a_end = a->data + a->cap_bytes;

	if (a->kind != VOLE_ALIAS_SLICE || !a->exact || a->past_end ||
	    a->data >= end || a_end <= b->addr)
		return;
	if (a->data < b->addr)
		b->addr = a->data;
	b->size = (a_end > end ? a_end : end) - b->addr;
}

bool vole_backing_widen(struct vole_context *ctx, struct vole_backing *b,
			struct vole_error *err)
{
	struct vole_backing wide = *b;
	struct vole_aliases found;
	bool ok;
	size_t i;

	if (b->kind != VOLE_BACKING_BARE || b->widened)
		return true;
	b->widened = true;
	wide.addr -= wide.addr < AROUND ? wide.addr : AROUND;
	wide.size = b->addr + b->size - wide.addr;
	if (wide.size <= UINT64_MAX - wide.addr - AROUND)
		wide.size += AROUND;
	ok = vole_aliases_find(ctx, &wide, &found, err);
	for (i = 0; ok && i < found.found.len; i++)
		take_extent(b, &found.found.items[i]);
	vole_aliases_close(&found);
	return ok;
}
