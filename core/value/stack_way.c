#include "value/stack_way.h"

enum {
	MAX_HOPS = 4,
	MAX_LOOKED = 1024, /* parts of values */
};

struct hop {
	uint64_t at, to; /* the pointer, and what it holds */
};

struct seeker {
	const struct vole_runtime *rt;
	const struct vole_stack_range *range;
	struct hop hops[MAX_HOPS];
	size_t len;
	unsigned looked;
};

static bool seek(struct seeker *s, struct vole_type *type, uint64_t base);

/* Is it in the @p count elements at @p to, or where those lead? */
static bool through(struct seeker *s, uint64_t at, uint64_t to,
		    struct vole_type *elem, uint64_t count)
{
	const struct vole_stack_range *range = s->range;
	struct vole_error unused;
	uint64_t size;

	if (to < range->lo || to >= range->hi || s->len == MAX_HOPS || !elem ||
	    !vole_type_load(s->rt->types, elem, &unused) ||
	    __builtin_mul_overflow(elem->size, count, &size) ||
	    size > range->hi - to)
		return false;
	s->hops[s->len++] = (struct hop){ at, to };
	if ((range->addr >= to && range->addr - to < size) ||
	    (count && seek(s, elem, to)))
		return true;
	s->len--;
	return false;
}

static bool seek_parts(struct seeker *s, const struct vole_type *type,
		       uint64_t base)
{
	struct vole_error unused;
	uint64_t i;

	if (type->kind == VOLE_KIND_STRUCT) {
		for (i = 0; i < type->num_fields && s->looked < MAX_LOOKED; i++)
			if (seek(s, type->fields[i].type,
				 base + type->fields[i].offset))
				return true;
		return false;
	}
	if (!vole_type_load(s->rt->types, type->elem, &unused))
		return false;
	for (i = 0; i < type->len && s->looked < MAX_LOOKED; i++)
		if (seek(s, type->elem, base + i * type->elem->size))
			return true;
	return false;
}

/* Through the slice at @p base, unless it is none that Go would make. */
static bool seek_slice(struct seeker *s, const struct vole_type *type,
		       uint64_t base)
{
	struct vole_memory *mem = s->rt->mem;
	struct vole_error unused;
	uint64_t to, len, cap;

	return vole_memory_uint(mem, base, 8, &to, &unused) &&
	       vole_memory_uint(mem, base + 8, 8, &len, &unused) &&
	       vole_memory_uint(mem, base + 16, 8, &cap, &unused) &&
	       len <= cap && through(s, base, to, type->elem, cap);
}

/* By the pointers of a value of @p type at @p base. */
static bool seek(struct seeker *s, struct vole_type *type, uint64_t base)
{
	struct vole_error unused;
	uint64_t to;

	if (++s->looked > MAX_LOOKED ||
	    !vole_type_load(s->rt->types, type, &unused))
		return false;
	switch (type->kind) {
	case VOLE_KIND_STRUCT:
	case VOLE_KIND_ARRAY:
		return seek_parts(s, type, base);
	case VOLE_KIND_PTR:
		return vole_memory_uint(s->rt->mem, base, 8, &to, &unused) &&
		       through(s, base, to, type->elem, 1);
	case VOLE_KIND_SLICE:
		return seek_slice(s, type, base);
	default:
		return false;
	}
}

/* A pointer in a register, or wherever else it is. */
static bool seek_word(struct seeker *s, const struct vole_value *value)
{
	struct vole_error unused;
	uint64_t to;

	return value->type->kind == VOLE_KIND_PTR &&
	       vole_value_word(s->rt, value, 0, &to, &unused) &&
	       through(s, 0, to, value->type->elem, 1);
}

static bool say(const struct seeker *s, const struct vole_local *local,
		struct vole_route *ret)
{
	struct vole_type *type =
		(struct vole_type *)(uintptr_t)local->value.type;
	const struct hop *hops = s->hops;
	size_t i;

	if (local->value.where == VOLE_IN_MEMORY ?
		    !vole_route_begin(ret, s->rt, local->name, type,
				      local->value.addr, hops[0].at) :
		    !vole_route_begin_at(ret, s->rt, local->name, &local->value,
					 0, NULL))
		return false;
	for (i = 0; i < s->len; i++)
		if (!vole_route_follow(ret, hops[i].to,
				       i + 1 < s->len ? hops[i + 1].at :
							s->range->addr))
			return false;
	return true;
}

bool vole_stack_way(const struct vole_runtime *rt,
		    const struct vole_local *local,
		    const struct vole_stack_range *range,
		    struct vole_route *ret)
{
	struct seeker s = { .rt = rt, .range = range };
	struct vole_type *type =
		(struct vole_type *)(uintptr_t)local->value.type;

	*ret = (struct vole_route){ .rt = rt };
	switch (local->value.where) {
	case VOLE_IN_MEMORY:
		return seek(&s, type, local->value.addr) && say(&s, local, ret);
	case VOLE_IN_BYTES:
		return seek_word(&s, &local->value) && say(&s, local, ret);
	default:
		return false;
	}
}
