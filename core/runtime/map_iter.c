#include "runtime/map_iter.h"

#include "runtime/map_iter_private.h"
#include "runtime/rtype.h"
#include "runtime/stackmap.h"

enum { SIZE_WORD = 8, ASK_EVERY = 1024 };

const char *vole_map_iter_walks_name(enum vole_map_iter_walks walks)
{
	static const char *const names[] = {
		[VOLE_MAP_WALKS_CURRENT] = "current",
		[VOLE_MAP_WALKS_OLD] = "old",
		[VOLE_MAP_WALKS_FORMER] = "former",
	};

	return names[walks];
}

bool iter_stopped(const struct vole_map_iter_help *help, uint64_t done)
{
	return help->interrupted && done % ASK_EVERY == ASK_EVERY - 1 &&
	       help->interrupted(help->arg);
}

bool iter_counts_clears(const struct vole_map *map)
{
	const struct vole_place *place = map->rt->layout.place;

	return map->ops == &vole_map_classic ?
		       place[VOLE_HMAP_CLEAR_SEQ].known &&
			       place[VOLE_HITER_CLEAR_SEQ].known :
		       place[VOLE_SWISSMAP_CLEAR_SEQ].known &&
			       place[VOLE_SWISSITER_CLEAR_SEQ].known;
}

bool iter_same_type(const struct vole_map *map, uint64_t rtype)
{
	struct vole_error ignored;
	uint64_t own;

	return vole_rtype_of(map->rt, map->type, &own, &ignored) &&
	       own == rtype;
}

bool iter_is_key(const struct vole_map *map, uint64_t unit, unsigned index,
		 uint64_t addr)
{
	/* Not by vole_map_slot_of(): a deleted entry's pointers are nil. */
	const struct vole_map_shape *shape = &map->shape;
	struct vole_error ignored;
	uint64_t key;

	if (!vole_map_place(map, "unit", unit, shape->unit_size, &ignored))
		return false;
	key = unit + shape->keys_off + index * shape->key_stride;
	return shape->indirect_key ?
		       vole_memory_uint(map->rt->mem, key, SIZE_WORD, &key,
					&ignored) &&
			       key == addr :
		       key == addr;
}

bool iter_had_key(const struct vole_map *map, uint64_t unit, unsigned index,
		  uint64_t addr)
{
	struct vole_error ignored;

	if (!map->shape.indirect_key)
		return iter_is_key(map, unit, index, addr);
	return vole_map_place(map, "unit", unit, map->shape.unit_size,
			      &ignored);
}

/*
 * Keys that lie elsewhere are not used again while the iterator points to
 * them; of others that came to the same slot nothing tells.
 */
void iter_judge_slot(const struct vole_map *map, bool full,
		     struct vole_map_iter *iter)
{
	bool indirect = map->shape.indirect_key;

	iter->gone_known = !full || indirect;
	iter->gone = !full ||
		     (indirect &&
		      !iter_is_key(map, iter->unit, iter->index, iter->key));
}

bool vole_map_iter_offset(const struct vole_map *map, uint64_t *ret)
{
	bool classic = map->ops == &vole_map_classic;
	enum vole_struct_id id = classic ? VOLE_STRUCT_HITER :
					   VOLE_STRUCT_SWISSITER;
	enum vole_field_id field = classic ? VOLE_HITER_MAP :
					     VOLE_SWISSITER_MAP;

	if (!map->rt->layout.has[id] || !map->rt->layout.place[field].known)
		return false;
	*ret = map->rt->layout.place[field].offset;
	return true;
}

bool vole_map_iter_read(const struct vole_map *map,
			const struct vole_map_iter_help *help, uint64_t addr,
			struct vole_map_iter *ret)
{
	static const struct vole_map_iter_help none;
	struct vole_map_iter iter = { .addr = addr };

	if (!help)
		help = &none;
	if (!map->addr || !map->shape.unit_size ||
	    !(map->ops == &vole_map_classic ?
		      iter_open_classic(map, help, addr, &iter) :
		      iter_open_swiss(map, help, addr, &iter)))
		return false;
	*ret = iter;
	return true;
}

/*
 * The compiler's iterator has its address taken by each step of the loop, so
 * vole_frame_liveness() leaves it open. While the loop goes on it is among the
 * live locals all the same.
 */
bool vole_map_iter_held(const struct vole_map *map,
			const struct vole_frame *frame, uint64_t addr)
{
	uint64_t offset;

	return vole_map_iter_offset(map, &offset) &&
	       vole_frame_follows(map->rt, frame, addr + offset);
}
