#include "runtime/typelink.h"

#include "base/checked.h"
#include "runtime/rtype_private.h"

#include <string.h>

enum { OFFSET = 4 };

/* What a type is called, and where it is. */
static bool link_at(const struct vole_runtime *rt,
		    const struct vole_module *module, uint64_t index,
		    struct vole_arena *arena, uint64_t *addr, const char **text,
		    struct vole_error *err)
{
	struct vole_rtype type;
	uint64_t at, offset;

	if (!vole_at(module->typelinks.addr, index, OFFSET, &at) ||
	    !vole_memory_uint(rt->mem, at, OFFSET, &offset, err))
		return false;
	if (offset >= module->etypes - module->types)
		return vole_fail(err, VOLE_CORRUPT, at,
				 "a type at offset 0x%" PRIx64, offset);
	*addr = module->types + offset;
	return vole_rtype_read(rt, *addr, &type, err) &&
	       rtype_short_name(rt, &type, arena, text, err);
}

/* Is another type beside number @p index called @p text, too? */
static bool has_namesake(const struct vole_runtime *rt,
			 const struct vole_module *module, uint64_t index,
			 const char *text, struct vole_arena *arena)
{
	const uint64_t beside[] = { index - 1, index + 1 };
	struct vole_error ignored;
	const char *name;
	uint64_t addr;
	unsigned i;

	for (i = 0; i < 2; i++)
		if (beside[i] < module->typelinks.len &&
		    link_at(rt, module, beside[i], arena, &addr, &name,
			    &ignored) &&
		    !strcmp(name, text))
			return true;
	return false;
}

static bool find(const struct vole_runtime *rt, const char *text,
		 struct vole_arena *arena, uint64_t *ret,
		 struct vole_error *err)
{
	const struct vole_module *module = rt->modules.items;
	uint64_t low = 0, high = module->typelinks.len;

	while (low < high) {
		uint64_t middle = low + (high - low) / 2;
		const char *name;
		int order;

		if (!link_at(rt, module, middle, arena, ret, &name, err))
			return false;
		order = strcmp(name, text);
		if (!order && has_namesake(rt, module, middle, text, arena))
			return vole_fail(err, VOLE_NOT_FOUND, VOLE_NOWHERE,
					 "the program has several types %s, "
					 "of packages with one last name",
					 text);
		if (!order)
			return true;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return vole_fail(err, VOLE_NOT_FOUND, VOLE_NOWHERE,
			 "the program has no type %s", text);
}

bool vole_typelink_find(const struct vole_runtime *rt, const char *text,
			struct vole_type **ret, struct vole_error *err)
{
	struct vole_arena arena;
	uint64_t addr = 0;
	bool ok;

	if (!rt->modules.len)
		return vole_fail(err, VOLE_NOT_FOUND, VOLE_NOWHERE,
				 "the program's types were not found");
	vole_arena_init(&arena, (size_t)1 << 20);
	ok = find(rt, text, &arena, &addr, err);
	vole_arena_clear(&arena);
	return ok && vole_rtype_type(rt, addr, ret, err);
}
