#include "command/map_objects.h"

#include "heap/object.h"

#include <stdio.h>

struct checker {
	struct vole_map_visitor visitor; /* first: cast back */
	const struct vole_map *map;
	const struct vole_heap *heap;
	bool (*problem)(void *arg, const struct vole_map_problem *problem);
	void *arg;
	bool stopped;
};

static void tell(struct checker *c, const char *what, uint64_t addr,
		 const char *why, uint64_t number)
{
	struct vole_map_problem problem = { .kind = VOLE_MAP_BAD_OBJECT,
					    .possible = c->map->writing,
					    .addr = addr };

	snprintf(problem.text, sizeof(problem.text),
		 "the %s at 0x%" PRIx64 " %s%" PRIu64, what, addr, why, number);
	c->stopped = !c->problem(c->arg, &problem);
}

/*
 * Memory that a map made for itself is an object of the heap and begins where
 * it begins. Maps that do not escape have their header and first bucket or
 * group in a frame, which is no object.
 */
static void check(struct checker *c, const char *what, uint64_t addr,
		  uint64_t size)
{
	struct vole_object object;

	if (c->stopped || !addr || !vole_object_at(c->heap, addr, &object) ||
	    object.part == VOLE_PART_MANUAL)
		return;
	if (object.part != VOLE_PART_OBJECT)
		tell(c, what, addr,
		     "is in no object, but behind those of a "
		     "span of ",
		     object.span->num_pages);
	else if (object.state == VOLE_OBJECT_FREE ||
		 object.state == VOLE_OBJECT_NEVER)
		tell(c, what, addr, "is free memory, in slot ", object.index);
	else if (object.offset)
		tell(c, what, addr,
		     "is not where its object begins, but at "
		     "offset ",
		     object.offset);
	else if (object.size < size)
		tell(c, what, addr,
		     "does not fit its object, which has bytes: ", object.size);
}

/* makeBucketArray() puts the first overflow buckets behind the array. */
static bool in_array(const struct checker *c, uint64_t addr)
{
	struct vole_object object;

	return vole_object_at(c->heap, addr, &object) &&
	       object.part == VOLE_PART_OBJECT &&
	       (object.base == c->map->buckets ||
		object.base == c->map->old_buckets);
}

static bool on_unit(struct vole_map_visitor *visitor,
		    const struct vole_map_unit *unit)
{
	struct checker *c = (struct checker *)visitor;

	if (unit->depth && !in_array(c, unit->addr))
		check(c, "overflow bucket", unit->addr,
		      c->map->shape.unit_size);
	return !c->stopped;
}

static bool on_table(struct vole_map_visitor *visitor,
		     const struct vole_map_table *table)
{
	struct checker *c = (struct checker *)visitor;

	check(c, "table", table->addr,
	      c->map->rt->layout.size[VOLE_STRUCT_SWISSTABLE]);
	check(c, "array of groups", table->groups,
	      table->num_groups * c->map->shape.unit_size);
	return !c->stopped;
}

static void check_classic(struct checker *c)
{
	const struct vole_map *map = c->map;
	uint64_t num = UINT64_C(1) << map->b;
	uint64_t num_old = map->same_size_growth ? num : num / 2;

	check(c, "array of buckets", map->buckets, num * map->shape.unit_size);
	check(c, "array of old buckets", map->old_buckets,
	      num_old * map->shape.unit_size);
	c->visitor.unit = on_unit;
}

static void check_swiss(struct checker *c)
{
	const struct vole_map *map = c->map;

	if (!map->dir_len)
		check(c, "group", map->dir, map->shape.unit_size);
	else
		check(c, "directory", map->dir, map->dir_len * 8);
	c->visitor.table = on_table;
}

bool vole_map_check_objects(struct vole_context *ctx,
			    const struct vole_map *map,
			    bool (*problem)(void *arg,
					    const struct vole_map_problem *p),
			    void *arg, struct vole_error *err)
{
	struct checker c = { .map = map, .problem = problem, .arg = arg };
	struct vole_heap *heap;

	if (!vole_heap_get(ctx->rt, ctx->sink->ui, &heap, err))
		return false;
	c.heap = heap;
	check(&c, "header", map->addr,
	      ctx->rt->layout.size[map->ops == &vole_map_classic ?
					   VOLE_STRUCT_HMAP :
					   VOLE_STRUCT_SWISSMAP]);
	if (map->ops == &vole_map_classic)
		check_classic(&c);
	else
		check_swiss(&c);
	if (!c.stopped)
		vole_map_visit(map, &c.visitor);
	return true;
}
