#include "runtime/key_plan.h"

#include "runtime/rtype_private.h"

#include <string.h>

enum {
	TFLAG_REGULAR = 8, /* abi.TFlagRegularMemory: equal means same bytes */
	MAX_DEPTH = 64,
	MAX_PARTS = 1 << 14, /* types looked at and steps made of them */
};

struct planner {
	const struct vole_runtime *rt;
	struct vole_arena *arena;
	enum vole_key_recipe recipe;
	const struct vole_key_step **tail; /* where the next step goes */
	size_t num_parts;
	unsigned depth;
};

static bool plan_type(struct planner *p, uint64_t rtype, uint64_t offset,
		      struct vole_error *err);

static bool spend(struct planner *p, struct vole_error *err)
{
	if (p->num_parts++ < MAX_PARTS)
		return true;
	return vole_fail(err, VOLE_UNSUPPORTED, VOLE_NOWHERE,
			 "a key of more than %d parts", MAX_PARTS);
}

static struct vole_key_step *add(struct planner *p, enum vole_key_op op,
				 uint64_t offset, uint64_t len,
				 struct vole_error *err)
{
	struct vole_key_step *step;

	if (!spend(p, err))
		return NULL;
	step = vole_arena_alloc(p->arena, sizeof(*step));
	if (!step) {
		vole_fail_nomem(err);
		return NULL;
	}
	*step = (struct vole_key_step){ op, offset, len, 0, NULL, NULL };
	*p->tail = step;
	p->tail = &step->next;
	return step;
}

static bool is_regular(const struct vole_rtype *type)
{
	return type->tflag & TFLAG_REGULAR;
}

/* alg.go: typehash() and the choice of a map's hasher by size. */
static bool plan_regular(struct planner *p, const struct vole_rtype *type,
			 uint64_t offset, struct vole_error *err)
{
	switch (type->size) {
	case 4:
		return add(p, VOLE_KEY_WORD32, offset, 4, err);
	case 8:
		return add(p, VOLE_KEY_WORD64, offset, 8, err);
	case 0:
		/* memhash0 returns the seed. */
		if (p->recipe == VOLE_KEY_COMPILED)
			return true;
		break;
	default:
		break;
	}
	return add(p, VOLE_KEY_BYTES, offset, type->size, err);
}

static bool word_at(const struct planner *p, uint64_t addr, uint64_t *ret,
		    struct vole_error *err)
{
	return vole_memory_uint(p->rt->mem, addr, 8, ret, err);
}

/* ArrayType: Elem 48, Slice 56, Len 64. */
static bool plan_array(struct planner *p, const struct vole_rtype *type,
		       uint64_t offset, struct vole_error *err)
{
	const struct vole_key_step **outer = p->tail, *each = NULL;
	struct vole_key_step *step;
	uint64_t elem, len;

	if (!word_at(p, type->addr + RTYPE_TAIL, &elem, err) ||
	    !word_at(p, type->addr + RTYPE_TAIL + 16, &len, err))
		return false;
	p->tail = &each;
	if (!plan_type(p, elem, 0, err))
		return false;
	p->tail = outer;
	if (!each || !len)
		return true;
	step = add(p, VOLE_KEY_ARRAY, offset, len, err);
	if (!step)
		return false;
	step->stride = type->size / len;
	step->each = each;
	return true;
}

/* A field of a struct, with what its hash depends on. */
struct part {
	struct rtype_field field;
	struct vole_rtype type;
	bool blank;
};

static bool read_part(const struct planner *p, uint64_t rtype, uint64_t index,
		      struct part *ret, struct vole_error *err)
{
	if (!rtype_field_at(p->rt, rtype, index, p->arena, &ret->field, err) ||
	    !vole_rtype_read(p->rt, ret->field.type, &ret->type, err))
		return false;
	ret->blank = !strcmp(ret->field.name, "_");
	return true;
}

/*
 * reflectdata/alg.go: genhash() hashes regular fields that follow each other
 * without a gap as one piece of memory, compare.Memrun().
 */
static bool plan_run(struct planner *p, const struct part *first,
		     uint64_t rtype, uint64_t num, uint64_t offset,
		     uint64_t *index, struct vole_error *err)
{
	uint64_t end = first->field.offset + first->type.size;

	for (; *index + 1 < num; ++*index) {
		struct part next;

		if (!read_part(p, rtype, *index + 1, &next, err))
			return false;
		if (next.blank || !is_regular(&next.type) ||
		    next.field.offset != end)
			break;
		end += next.type.size;
	}
	return add(p, VOLE_KEY_BYTES, offset + first->field.offset,
		   end - first->field.offset, err);
}

static bool plan_struct(struct planner *p, const struct vole_rtype *type,
			uint64_t offset, struct vole_error *err)
{
	uint64_t num, i;
	bool ok = true;

	if (!rtype_num_fields(p->rt, type->addr, &num, err))
		return false;
	for (i = 0; ok && i < num; i++) {
		struct part part;

		if (!read_part(p, type->addr, i, &part, err))
			return false;
		if (part.field.offset > type->size)
			return vole_fail(err, VOLE_CORRUPT, type->addr,
					 "a field at offset %" PRIu64
					 " of a struct of %" PRIu64 " bytes",
					 part.field.offset, type->size);
		if (part.blank)
			continue;
		if (p->recipe == VOLE_KEY_COMPILED && is_regular(&part.type) &&
		    num > 1)
			ok = plan_run(p, &part, type->addr, num, offset, &i,
				      err);
		else
			ok = plan_type(p, part.field.type,
				       offset + part.field.offset, err);
	}
	return ok;
}

static bool plan_complex(struct planner *p, uint64_t offset, uint64_t half,
			 struct vole_error *err)
{
	return add(p, VOLE_KEY_FLOAT, offset, half, err) &&
	       add(p, VOLE_KEY_FLOAT, offset + half, half, err);
}

/* InterfaceType: PkgPath 48, Methods 56. */
static bool plan_interface(struct planner *p, const struct vole_rtype *type,
			   uint64_t offset, struct vole_error *err)
{
	uint64_t methods;

	return word_at(p, type->addr + RTYPE_TAIL + 16, &methods, err) &&
	       add(p, methods ? VOLE_KEY_IFACE : VOLE_KEY_EFACE, offset, 16,
		   err);
}

static bool plan_kind(struct planner *p, const struct vole_rtype *type,
		      uint64_t offset, struct vole_error *err)
{
	switch (type->kind) {
	case VOLE_KIND_FLOAT32:
	case VOLE_KIND_FLOAT64:
		return add(p, VOLE_KEY_FLOAT, offset, type->size, err);
	case VOLE_KIND_COMPLEX64:
	case VOLE_KIND_COMPLEX128:
		return plan_complex(p, offset, type->size / 2, err);
	case VOLE_KIND_STRING:
		return add(p, VOLE_KEY_STRING, offset, 16, err);
	case VOLE_KIND_INTERFACE:
		return plan_interface(p, type, offset, err);
	case VOLE_KIND_ARRAY:
		return plan_array(p, type, offset, err);
	case VOLE_KIND_STRUCT:
		return plan_struct(p, type, offset, err);
	default:
		return vole_fail(err, VOLE_UNSUPPORTED, type->addr,
				 "values of kind %s have no hash",
				 vole_kind_name(type->kind));
	}
}

static bool plan_type(struct planner *p, uint64_t rtype, uint64_t offset,
		      struct vole_error *err)
{
	struct vole_rtype type;
	bool ok;

	if (!spend(p, err) || !vole_rtype_read(p->rt, rtype, &type, err))
		return false;
	if (is_regular(&type))
		return plan_regular(p, &type, offset, err);
	if (p->depth++ >= MAX_DEPTH)
		return vole_fail(err, VOLE_CORRUPT, rtype,
				 "a key type of over %d levels", MAX_DEPTH);
	ok = plan_kind(p, &type, offset, err);
	p->depth--;
	return ok;
}

bool vole_key_plan(const struct vole_runtime *rt, uint64_t rtype,
		   enum vole_key_recipe recipe, struct vole_arena *arena,
		   const struct vole_key_plan **ret, struct vole_error *err)
{
	struct planner p = { .rt = rt, .arena = arena, .recipe = recipe };
	struct vole_key_plan *plan = vole_arena_alloc(arena, sizeof(*plan));
	const struct vole_key_step *first = NULL;
	struct vole_rtype type;

	if (!plan)
		return vole_fail_nomem(err);
	p.tail = &first;
	if (!vole_rtype_read(rt, rtype, &type, err) ||
	    !plan_type(&p, rtype, 0, err))
		return false;
	plan->first = first;
	plan->direct = type.direct;
	*ret = plan;
	return true;
}
