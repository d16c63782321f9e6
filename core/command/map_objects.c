#include "command/map_objects.h"

#include "heap/object.h"
#include "runtime/map_extra.h"

#include <stdio.h>
#include <string.h>

enum { SIZE_WORD = 8, SIZE_SLICE = 3 * SIZE_WORD };

struct checker {
	struct vole_map_visitor visitor; /* first: cast back */
	const struct vole_map *map;
	const struct vole_heap *heap;
	bool exact; /* objects are as large as they must be, and not larger */
	bool whole; /* all spans of the heap are known */
	bool (*problem)(void *arg, const struct vole_map_problem *problem);
	void *arg;
	bool stopped;
};

/*
 * Maps that do not escape have their header and first bucket or group in a
 * frame, which is no object.
 */
enum home { ANYWHERE, HEAP };

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

/* Would another size of objects, or a page less, have done? */
static bool is_too_large(const struct checker *c,
			 const struct vole_object *object, uint64_t size)
{
	const struct vole_heap *heap = c->heap;
	uint64_t slot = vole_span_object_size(heap, object->span);
	uint64_t need = size + (object->base - object->slot), other;
	unsigned i;

	if (!c->exact || object->tiny)
		return false;
	if (!object->span->size)
		return slot - need >= VOLE_PAGE_SIZE;
	for (i = 1; i < VOLE_MAX_OBJECT_SIZES; i++) {
		other = heap->sizes[i].size;
		if (other >= need && other < slot)
			return true;
	}
	return false;
}

/* Is that a place in the heap? Else, may it be elsewhere? */
static bool check_place(struct checker *c, const char *what, uint64_t addr,
			enum home home, struct vole_object *object)
{
	bool found = vole_object_at(c->heap, addr, object);

	if (found && object->part != VOLE_PART_MANUAL)
		return true;
	if (home == HEAP && (found || c->whole))
		tell(c, what, addr,
		     found ? "is on a stack, of pages: " :
			     "is in none of the heap's spans, of which there "
			     "are ",
		     found ? object->span->num_pages : c->heap->num_spans);
	return false;
}

/*
 * Memory that a map made for itself is an object of the heap and begins where
 * it begins.
 */
static bool check(struct checker *c, const char *what, uint64_t addr,
		  uint64_t size, enum home home, struct vole_object *object)
{
	if (c->stopped || !addr || !check_place(c, what, addr, home, object))
		return false;
	if (object->part != VOLE_PART_OBJECT)
		tell(c, what, addr,
		     "is in no object, but behind those of a "
		     "span of ",
		     object->span->num_pages);
	else if (object->state == VOLE_OBJECT_FREE ||
		 object->state == VOLE_OBJECT_NEVER)
		tell(c, what, addr, "is free memory, in slot ", object->index);
	else if (object->offset)
		tell(c, what, addr,
		     "is not where its object begins, but at "
		     "offset ",
		     object->offset);
	else if (object->size < size)
		tell(c, what, addr,
		     "does not fit its object, which has bytes: ",
		     object->size);
	else if (is_too_large(c, object, size))
		tell(c, what, addr,
		     "is in an object that is too large for it, of bytes: ",
		     object->size);
	else
		return true;
	return false;
}

/*
 * makeBucketArray() puts the first overflow buckets of an array behind it:
 * verify_extra_unit() checks these.
 */
static bool in_array(const struct checker *c, const struct vole_map_unit *unit)
{
	struct vole_object object;

	return vole_object_at(c->heap, unit->addr, &object) &&
	       object.part == VOLE_PART_OBJECT &&
	       object.base ==
		       (unit->old ? c->map->old_buckets : c->map->buckets);
}

static bool on_unit(struct vole_map_visitor *visitor,
		    const struct vole_map_unit *unit)
{
	struct checker *c = (struct checker *)visitor;
	struct vole_object object;

	if (unit->depth && !in_array(c, unit))
		check(c, "overflow bucket", unit->addr, c->map->shape.unit_size,
		      HEAP, &object);
	return !c->stopped;
}

static bool on_table(struct vole_map_visitor *visitor,
		     const struct vole_map_table *table)
{
	struct checker *c = (struct checker *)visitor;
	struct vole_object object;

	check(c, "table", table->addr,
	      c->map->rt->layout.size[VOLE_STRUCT_SWISSTABLE], HEAP, &object);
	check(c, "array of groups", table->groups,
	      table->num_groups * c->map->shape.unit_size, HEAP, &object);
	return !c->stopped;
}

/* --- classic ----------------------------------------------------------------- */

/* makeBucketArray(): from 16 buckets on a sixteenth more for chains. */
static uint64_t array_size(const struct vole_map *map, unsigned b)
{
	uint64_t num = UINT64_C(1) << b;

	return (num + (b >= 4 ? num >> 4 : 0)) * map->shape.unit_size;
}

/* growslice() gives a slice all of its object. */
static void check_list(struct checker *c, const struct vole_map_list *list)
{
	struct vole_object object;

	check(c, "list of overflow buckets", list->addr, SIZE_SLICE, HEAP,
	      &object);
	if (check(c, "array of a list", list->items, list->cap * SIZE_WORD,
		  HEAP, &object) &&
	    c->exact && list->cap != object.size / SIZE_WORD)
		tell(c, "array of a list", list->items,
		     "has not the capacity that its object has: ",
		     object.size / SIZE_WORD);
}

static void check_extra(struct checker *c)
{
	const struct vole_map *map = c->map;
	struct vole_map_extra extra;
	struct vole_error ignored;
	struct vole_object object;

	if (!map->extra || !vole_map_extra_read(map, &extra, &ignored))
		return;
	if (check(c, "mapextra", map->extra,
		  map->rt->layout.size[VOLE_STRUCT_MAPEXTRA], HEAP, &object) &&
	    object.noscan)
		tell(c, "mapextra", map->extra,
		     "is where pointers are not followed, in slot ",
		     object.index);
	check_list(c, &extra.overflow);
	check_list(c, &extra.old_overflow);
}

static void check_classic(struct checker *c)
{
	const struct vole_map *map = c->map;
	unsigned old_b = map->same_size_growth || !map->b ? map->b :
							    map->b - 1U;
	struct vole_object object;

	check(c, "array of buckets", map->buckets, array_size(map, map->b),
	      map->b ? HEAP : ANYWHERE, &object);
	check(c, "array of old buckets", map->old_buckets,
	      array_size(map, old_b), old_b ? HEAP : ANYWHERE, &object);
	check_extra(c);
	c->visitor.unit = on_unit;
}

static void check_swiss(struct checker *c)
{
	const struct vole_map *map = c->map;
	struct vole_object object;

	if (!map->dir_len)
		check(c, "group", map->dir, map->shape.unit_size, ANYWHERE,
		      &object);
	else
		check(c, "directory", map->dir, map->dir_len * SIZE_WORD, HEAP,
		      &object);
	c->visitor.table = on_table;
}

/* --- both -------------------------------------------------------------------- */

/* Programs built with -asan have room around each object. */
static bool has_exact_objects(const struct vole_buildinfo *build)
{
	size_t i;

	for (i = 0; i < build->num_lines; i++)
		if (!strcmp(build->lines[i].key, "build") &&
		    !strcmp(build->lines[i].value, "-asan=true"))
			return false;
	return build->num_lines > 0;
}

uint64_t vole_map_room(const struct vole_map *map, const struct vole_heap *heap,
		       uint64_t addr)
{
	struct vole_object object;

	if (map->ops != &vole_map_classic || !map->shape.unit_size ||
	    !has_exact_objects(&map->rt->build) ||
	    !vole_object_at(heap, addr, &object) ||
	    object.part != VOLE_PART_OBJECT || object.offset)
		return 0;
	return object.size / map->shape.unit_size;
}

void vole_map_check_objects(
	const struct vole_map *map, const struct vole_heap *heap,
	bool (*problem)(void *arg, const struct vole_map_problem *p), void *arg)
{
	struct checker c = {
		.map = map, .heap = heap, .problem = problem, .arg = arg
	};
	struct vole_object object;

	c.whole = vole_heap_is_whole(heap);
	c.exact = has_exact_objects(&map->rt->build);
	check(&c, "header", map->addr,
	      map->rt->layout.size[map->ops == &vole_map_classic ?
					   VOLE_STRUCT_HMAP :
					   VOLE_STRUCT_SWISSMAP],
	      ANYWHERE, &object);
	if (map->ops == &vole_map_classic)
		check_classic(&c);
	else
		check_swiss(&c);
	if (!c.stopped)
		vole_map_visit(map, &c.visitor);
}
