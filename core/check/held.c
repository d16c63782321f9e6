#include "check/held.h"

#include "heap/pointers.h"

enum { MAX_POINTERS = 4096 };

struct finder {
	const struct vole_runtime *rt;
	struct vole_ui *ui;
	const struct vole_object *object;
	struct vole_held *ret;
	unsigned left; /* pointers to look at */
	bool found; /* one out of what Go manages */
};

/* Is the pointer at @p addr into freed memory? */
static bool is_freed(struct finder *f, uint64_t addr, uint64_t value)
{
	struct vole_region region;

	vole_region_at(f->rt, f->ui, value, &region);
	if (!vole_region_is_freed(&region) &&
	    (f->found || region.kind != VOLE_REGION_OTHER))
		return false;
	*f->ret = (struct vole_held){ addr - f->object->base, value, region };
	f->found = true;
	return vole_region_is_freed(&region);
}

static bool look_at(struct finder *f, const struct vole_words *words)
{
	uint64_t mask = words->mask;

	for (; mask && f->left; mask &= mask - 1) {
		unsigned i = (unsigned)__builtin_ctzll(mask);
		uint64_t value = vole_words_at(words, i);

		if (!value)
			continue;
		if (f->ui && f->ui->interrupted(f->ui))
			f->left = 1;
		f->left--;
		if (is_freed(f, words->addr + i * 8, value))
			return true;
	}
	return false;
}

bool vole_held_find(const struct vole_runtime *rt, struct vole_ui *ui,
		    struct vole_heap *heap, const struct vole_object *object,
		    struct vole_held *ret)
{
	struct finder f = { rt, ui, object, ret, MAX_POINTERS, false };
	struct vole_pointers walk;
	struct vole_words words;

	if (!object->span || object->part != VOLE_PART_OBJECT ||
	    object->state != VOLE_OBJECT_ALLOCATED || object->noscan)
		return false;
	vole_pointers_begin(&walk, heap, object->span, object->index);
	while (f.left && vole_pointers_next(&walk, &words))
		if (walk.exact && look_at(&f, &words))
			return true;
	return f.found;
}
