#include "runtime/map_extra.h"

#include "runtime/rtype.h"

enum { SIZE_WORD = 8 };

static bool read_list(const struct vole_map *map, uint64_t addr,
		      struct vole_map_list *ret, struct vole_error *err)
{
	struct vole_memory *mem = map->rt->mem;

	*ret = (struct vole_map_list){ .addr = addr };
	return !addr ||
	       (vole_memory_uint(mem, addr, SIZE_WORD, &ret->items, err) &&
		vole_memory_uint(mem, addr + SIZE_WORD, SIZE_WORD, &ret->len,
				 err) &&
		vole_memory_uint(mem, addr + 2 * SIZE_WORD, SIZE_WORD,
				 &ret->cap, err));
}

bool vole_map_extra_read(const struct vole_map *map, struct vole_map_extra *ret,
			 struct vole_error *err)
{
	struct vole_view e = vole_runtime_view(map->rt, map->extra, err);
	const struct vole_place *place = e.layout->place;
	uint64_t overflow, old_overflow;

	if (!place[VOLE_MAPEXTRA_OVERFLOW].known ||
	    !place[VOLE_MAPEXTRA_OLD_OVERFLOW].known ||
	    !place[VOLE_MAPEXTRA_NEXT_OVERFLOW].known)
		return vole_fail(err, VOLE_NO_DEBUG_INFO, map->extra,
				 "runtime.mapextra is not described");
	overflow = vole_get(&e, VOLE_MAPEXTRA_OVERFLOW);
	old_overflow = vole_get(&e, VOLE_MAPEXTRA_OLD_OVERFLOW);
	ret->next_overflow = vole_get(&e, VOLE_MAPEXTRA_NEXT_OVERFLOW);
	return e.ok && read_list(map, overflow, &ret->overflow, err) &&
	       read_list(map, old_overflow, &ret->old_overflow, err);
}

bool vole_map_extra_lists(const struct vole_map *map, bool *ret)
{
	struct vole_error ignored;
	struct vole_rtype bucket;
	struct vole_view t;
	uint64_t rtype, addr;

	if (!vole_rtype_of(map->rt, map->type, &rtype, &ignored))
		return false;
	t = vole_runtime_view(map->rt, rtype, &ignored);
	if (!t.layout->place[VOLE_CLASSIC_MAPTYPE_BUCKET].known)
		return false;
	addr = vole_get(&t, VOLE_CLASSIC_MAPTYPE_BUCKET);
	if (!t.ok || !vole_rtype_read(map->rt, addr, &bucket, &ignored))
		return false;
	*ret = !bucket.ptr_bytes;
	return true;
}
