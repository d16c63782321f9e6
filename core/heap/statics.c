#include "heap/statics.h"

#include "base/sorted.h"
#include "runtime/package_var.h"

#include <stdlib.h>

enum {
	MAX_DEPTH = 16,
	MAX_TRIED = 64, /* pointers, for one way */
};

struct gather {
	struct vole_root_visitor v; /* first: cast back */
	struct vole_statics *to;
	bool no_memory;
};

/* What lies outside has no pointers, and leads nowhere from there. */
static bool in_pointer_data(const struct vole_runtime *rt, uint64_t addr)
{
	size_t i;

	for (i = 0; i < rt->modules.len; i++) {
		const struct vole_module *m = &rt->modules.items[i];

		if ((addr >= m->data && addr < m->edata) ||
		    (addr >= m->bss && addr < m->ebss))
			return true;
	}
	return false;
}

static bool visit(struct vole_root_visitor *v, const struct vole_root *root)
{
	struct gather *g = (struct gather *)v;
	uint64_t mask = root->words.mask;

	if (!root->exact)
		return true;
	for (; mask; mask &= mask - 1) {
		unsigned i = (unsigned)__builtin_ctzll(mask);
		uint64_t value = vole_words_at(&root->words, i);
		struct vole_static_ref *added;

		if (!in_pointer_data(g->to->rt, value))
			continue;
		added = vole_array_push(&g->to->refs);
		g->no_memory |= !added;
		if (!added)
			return false;
		*added = (struct vole_static_ref){ value,
						   root->words.addr + i * 8 };
	}
	return true;
}

static int by_target(const void *a, const void *b)
{
	const struct vole_static_ref *x = a, *y = b;

	if (x->to != y->to)
		return x->to < y->to ? -1 : 1;
	return (x->addr > y->addr) - (x->addr < y->addr);
}

bool vole_statics_open(struct vole_heap *heap, struct vole_ui *ui,
		       struct vole_statics *ret, struct vole_error *err)
{
	struct gather g = { .v = { visit }, .to = ret };

	*ret = (struct vole_statics){ .rt = heap->rt };
	if (!vole_roots_visit(heap, 1 << VOLE_ROOT_DATA, ui, &g.v, err))
		return false;
	if (g.no_memory)
		return vole_fail_nomem(err);
	if (ret->refs.len)
		qsort(ret->refs.items, ret->refs.len,
		      sizeof(struct vole_static_ref), by_target);
	return true;
}

void vole_statics_close(struct vole_statics *statics)
{
	vole_array_free(&statics->refs);
}

struct way_back {
	const struct vole_statics *statics;
	struct vole_static_ref steps[MAX_DEPTH]; /* the last first */
	size_t len, most;
	unsigned tried; /* pointers */
};

static bool in_variable(const struct way_back *w, uint64_t addr)
{
	struct vole_package_var var;
	struct vole_error unused;

	return vole_package_var_at(w->statics->rt, addr, &var, &unused);
}

/* Steps back from @p addr, which is in no variable. */
static bool go_back(struct way_back *w, uint64_t addr)
{
	const struct vole_static_ref *refs = w->statics->refs.items;
	size_t i = vole_sorted_up_to(refs, w->statics->refs.len, to, addr);
	size_t len = w->len;

	for (; i-- && w->tried < MAX_TRIED && len < w->most; w->tried++) {
		const struct vole_static_ref *ref = &refs[i];

		/* A variable is between what that leads to and @p addr. */
		if (in_variable(w, ref->to))
			return false;
		w->steps[len] = *ref;
		w->len = len + 1;
		if (in_variable(w, ref->addr) || go_back(w, ref->addr))
			return true;
	}
	return false;
}

bool vole_statics_way(const struct vole_statics *s, uint64_t addr, size_t most,
		      struct vole_arena *arena, struct vole_path *ret)
{
	struct way_back back = { .statics = s,
				 .most = most < MAX_DEPTH ? most : MAX_DEPTH };
	size_t i;

	ret->len = 0;
	if (in_variable(&back, addr))
		return true;
	if (!go_back(&back, addr))
		return false;
	ret->len = back.len;
	ret->steps = vole_arena_array(arena, ret->len, sizeof(*ret->steps));
	if (!ret->steps)
		return false;
	for (i = 0; i < ret->len; i++)
		ret->steps[ret->len - 1 - i] =
			(struct vole_ref){ .addr = back.steps[i].addr,
					   .value = back.steps[i].to,
					   .exact = true,
					   .kind = VOLE_ROOT_DATA };
	return true;
}
