#include "runtime/semtable.h"

#include "base/array.h"
#include "runtime/sudog.h"

/* sema.go: semTabSize roots, each on cache lines of its own. */
enum {
	NUM_ROOTS = 251,
	STRIDE = 64,
	MAX_WAITERS = 1 << 26,
};

struct walk {
	const struct vole_runtime *rt;
	struct vole_semtable *table;
	struct vole_hash seen; /* sudogs */
	VOLE_ARRAY(uint64_t) todo; /* sudogs of the treap */
	bool no_memory;
};

static void damaged(struct walk *w)
{
	w->table->problem = "the table of semaphores (runtime.semtable) is "
			    "damaged: some waiters may be missing";
}

/* Read the sudog at @p addr and note it; false: seen already, or damaged. */
static bool visit(struct walk *w, uint64_t addr, struct vole_sudog *ret)
{
	struct vole_error unused;

	if (vole_hash_get(&w->seen, addr, NULL) || w->seen.len > MAX_WAITERS ||
	    !vole_sudog_read(w->rt, addr, ret, &unused) || !ret->g) {
		damaged(w);
		return false;
	}
	if (!vole_hash_put(&w->seen, addr, 1) ||
	    !vole_hash_put(&w->table->of_g, ret->g, addr))
		w->no_memory = true;
	return !w->no_memory;
}

static void push(struct walk *w, uint64_t addr)
{
	uint64_t *added;

	if (!addr)
		return;
	added = vole_array_push(&w->todo);
	if (added)
		*added = addr;
	else
		w->no_memory = true;
}

/* A node of the treap is the first waiter of its address. */
static void walk_treap(struct walk *w, uint64_t root)
{
	push(w, root);
	while (w->todo.len && !w->no_memory) {
		struct vole_sudog node, waiter;
		uint64_t at = w->todo.items[--w->todo.len];

		if (!visit(w, at, &node))
			continue;
		push(w, node.prev);
		push(w, node.next);
		for (at = node.wait_link; at; at = waiter.wait_link)
			if (!visit(w, at, &waiter))
				break;
	}
}

bool vole_semtable_read(const struct vole_runtime *rt,
			struct vole_semtable *ret, struct vole_error *err)
{
	struct walk w = { .rt = rt, .table = ret };
	uint64_t at;
	size_t i;

	*ret = (struct vole_semtable){ 0 };
	if (!vole_runtime_var(rt, "runtime.semtable", &at, err))
		return false;
	for (i = 0; i < NUM_ROOTS && !w.no_memory; i++) {
		struct vole_error unused;
		struct vole_view root =
			vole_runtime_view(rt, at + i * STRIDE, &unused);
		uint64_t treap = vole_get(&root, VOLE_SEMA_ROOT_TREAP);

		if (root.ok)
			walk_treap(&w, treap);
		else
			damaged(&w);
	}
	vole_hash_free(&w.seen);
	vole_array_free(&w.todo);
	if (!w.no_memory)
		return true;
	vole_semtable_free(ret);
	return vole_fail_nomem(err);
}

void vole_semtable_free(struct vole_semtable *table)
{
	vole_hash_free(&table->of_g);
}
