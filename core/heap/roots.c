#include "heap/roots.h"

#include "heap/build.h"

/* Tell the visitor; false: it, or the user, wants no more. */
static bool tell(struct vole_root_walk *w, const struct vole_root *root)
{
	if (w->v->visit(w->v, root))
		return true;
	w->ended = true;
	return false;
}

/* Up to 64 words as they are in memory; false when they cannot be read. */
static bool load(struct vole_root_walk *w, uint64_t addr, unsigned words,
		 uint8_t *buf)
{
	return vole_memory_read(w->heap->rt->mem, addr, buf, words * 8) ==
	       words * 8;
}

bool vole_root_some(struct vole_root_walk *w, struct vole_root *root,
		    uint64_t addr, uint64_t mask)
{
	uint8_t buf[64 * 8];
	unsigned words = mask ? 64 - (unsigned)__builtin_clzll(mask) : 0;

	root->exact = false;
	root->words = (struct vole_words){ addr, mask, buf };
	return !words || !load(w, addr, words, buf) || tell(w, root);
}

bool vole_root_range(struct vole_root_walk *w, struct vole_root *root,
		     uint64_t addr, uint64_t len)
{
	len -= len < (-addr & 7) ? len : -addr & 7;
	addr = (addr + 7) & ~UINT64_C(7);
	while (len >= 8) {
		unsigned words = len / 8 < 64 ? (unsigned)(len / 8) : 64;

		if (!vole_root_some(w, root, addr,
				    words < 64 ? (UINT64_C(1) << words) - 1 :
						 UINT64_MAX))
			return false;
		addr += words * 8;
		len -= words * 8;
	}
	return true;
}

bool vole_root_word(struct vole_root_walk *w, struct vole_root *root,
		    uint64_t addr)
{
	uint8_t buf[8];

	root->exact = true;
	root->words = (struct vole_words){ addr, 1, buf };
	return !load(w, addr, 1, buf) || tell(w, root);
}

/* Words [start, end) by one bit each at @p bits. */
static bool visit_data(struct vole_root_walk *w, uint64_t start, uint64_t end,
		       uint64_t bits)
{
	struct vole_root root = { .kind = VOLE_ROOT_DATA, .exact = true };
	uint8_t buf[64 * 8];
	uint64_t at;

	if (!bits)
		return vole_root_range(w, &root, start,
				       end > start ? end - start : 0);
	for (at = start; at < end; at += sizeof(buf), bits += 8) {
		unsigned words = 64, used;
		uint64_t mask = 0;

		if ((end - at) / 8 < 64)
			words = (unsigned)((end - at) / 8);
		if (vole_memory_read(w->heap->rt->mem, bits, &mask,
				     (words + 7) / 8) < (words + 7) / 8)
			continue;
		if (words < 64)
			mask &= (UINT64_C(1) << words) - 1;
		if (!mask)
			continue;
		used = 64 - (unsigned)__builtin_clzll(mask);
		root.words = (struct vole_words){ at, mask, buf };
		if (load(w, at, used, buf) && !tell(w, &root))
			return false;
	}
	return true;
}

static bool visit_modules(struct vole_root_walk *w)
{
	const struct vole_modules *modules = &w->heap->rt->modules;
	size_t i;

	for (i = 0; i < modules->len; i++) {
		const struct vole_module *m = &modules->items[i];

		if (!vole_heap_go_on(w->ui, w->err) ||
		    !visit_data(w, m->data, m->edata, m->gcdatamask) ||
		    !visit_data(w, m->bss, m->ebss, m->gcbssmask))
			return false;
	}
	return true;
}

bool vole_roots_visit(struct vole_heap *heap, uint32_t kinds,
		      struct vole_ui *ui, struct vole_root_visitor *v,
		      struct vole_error *err)
{
	struct vole_root_walk w = { .heap = heap, .ui = ui, .v = v, .err = err };
	const uint32_t threads = 1 << VOLE_ROOT_SYSTEM_STACK |
				 1 << VOLE_ROOT_REGISTERS;

	return ((!(kinds & 1 << VOLE_ROOT_DATA) || visit_modules(&w)) &&
		(!(kinds & 1 << VOLE_ROOT_SPECIAL) || vole_root_specials(&w)) &&
		(!(kinds & 1 << VOLE_ROOT_QUEUE) || vole_root_queues(&w)) &&
		(!(kinds & 1 << VOLE_ROOT_STACK) || vole_root_stacks(&w)) &&
		(!(kinds & threads) || vole_root_threads(&w, kinds))) ||
	       w.ended;
}

const char *vole_root_kind_name(enum vole_root_kind kind)
{
	static const char *const names[VOLE_NUM_ROOT_KINDS] = {
		[VOLE_ROOT_DATA] = "package variables",
		[VOLE_ROOT_STACK] = "goroutine stacks",
		[VOLE_ROOT_SYSTEM_STACK] = "system stacks",
		[VOLE_ROOT_REGISTERS] = "registers",
		[VOLE_ROOT_SPECIAL] = "finalizers and cleanups",
		[VOLE_ROOT_QUEUE] = "queues of finalizers and cleanups",
	};

	return names[kind];
}
