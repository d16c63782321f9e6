#include "runtime/map_probe.h"

#include "runtime/map_private.h"

enum {
	LONG_STRING = 32,
	MAX_FAST_ELEM = 128, /* cmd/compile/internal/walk: mapfast() */
};

/* --- classic: src/runtime/map.go: mapaccess1() ------------------------------- */

static bool classic_evacuated(const struct vole_map_probe *probe)
{
	return vole_classic_state(probe->map, probe->control[0]) ==
	       VOLE_MAP_MOVED;
}

static bool load(struct vole_map_probe *probe, uint64_t unit,
		 struct vole_error *err)
{
	probe->unit = unit;
	probe->index = 0;
	return vole_map_unit_load(probe->map, unit, probe->control,
				  &probe->overflow, err);
}

static bool classic_begin(struct vole_map_probe *probe, uint64_t hash,
			  struct vole_error *err)
{
	const struct vole_map *map = probe->map;
	uint64_t num = vole_classic_num_buckets(map);

	probe->control_wanted = vole_classic_top_hash(map, hash);
	if (map->growing) {
		probe->mask = vole_classic_num_old_buckets(map) - 1;
		probe->number = hash & probe->mask;
		probe->old = true;
		if (!load(probe,
			  map->old_buckets +
				  probe->number * map->shape.unit_size,
			  err))
			return false;
		if (!classic_evacuated(probe))
			return true;
	}
	probe->old = false;
	probe->mask = num - 1;
	probe->number = hash & probe->mask;
	return load(probe, map->buckets + probe->number * map->shape.unit_size,
		    err);
}

static bool classic_next(struct vole_map_probe *probe, struct vole_error *err)
{
	const struct vole_map *map = probe->map;

	if (!probe->overflow) {
		probe->over = true;
		return true;
	}
	if (probe->step == CLASSIC_MAX_CHAIN)
		return vole_fail(err, VOLE_CORRUPT, probe->unit,
				 "a chain of over %d map buckets",
				 CLASSIC_MAX_CHAIN);
	probe->step++;
	return vole_map_place(map, "overflow bucket", probe->overflow,
			      map->shape.unit_size, err) &&
	       load(probe, probe->overflow, err);
}

/* --- swiss: internal/runtime/maps/table.go: probeSeq ------------------------- */

static bool swiss_begin(struct vole_map_probe *probe, uint64_t hash,
			struct vole_error *err)
{
	const struct vole_map *map = probe->map;
	struct vole_swiss_table table;

	probe->control_wanted = hash & SWISS_H2;
	probe->base = map->dir;
	if (map->dir_len) {
		probe->directory_slot = vole_swiss_directory_index(map, hash);
		if (!vole_swiss_table_at(map, probe->directory_slot, &table,
					 err))
			return false;
		probe->table = table.addr;
		probe->base = table.groups;
		probe->mask = table.mask;
		probe->number = hash >> 7 & table.mask;
	}
	return load(probe, probe->base + probe->number * map->shape.unit_size,
		    err);
}

static bool has_empty(const struct vole_map_probe *probe)
{
	unsigned i;

	for (i = 0; i < VOLE_MAP_SLOTS; i++)
		if (vole_swiss_state(probe->map, probe->control[i]) ==
		    VOLE_MAP_EMPTY)
			return true;
	return false;
}

static bool swiss_next(struct vole_map_probe *probe, struct vole_error *err)
{
	const struct vole_map *map = probe->map;

	if (!map->dir_len || has_empty(probe) || probe->step >= probe->mask) {
		probe->over = true;
		return true;
	}
	probe->step++;
	probe->number = (probe->number + probe->step) & probe->mask;
	return load(probe, probe->base + probe->number * map->shape.unit_size,
		    err);
}

/* --- both -------------------------------------------------------------------- */

static bool is_classic(const struct vole_map *map)
{
	return map->ops == &vole_map_classic;
}

bool vole_map_probe_begin(const struct vole_map *map, uint64_t hash,
			  struct vole_map_probe *ret, struct vole_error *err)
{
	*ret = (struct vole_map_probe){ .map = map };
	if (!map->addr || !map->shape.unit_size) {
		ret->over = true;
		return true;
	}
	return is_classic(map) ? classic_begin(ret, hash, err) :
				 swiss_begin(ret, hash, err);
}

/* src/runtime/map_faststr.go: mapaccess1_faststr() */
void vole_map_probe_string(struct vole_map_probe *probe, uint64_t len)
{
	const struct vole_map *map = probe->map;

	probe->all = is_classic(map) && !map->b && len < LONG_STRING &&
		     map->elem->size <= MAX_FAST_ELEM;
}

/*
 * src/runtime/map_fast64.go: mapaccess1_fast64() looks for the end of a chain
 * by its overflow pointer only. runtime_fast64_swiss.go of
 * internal/runtime/maps.
 */
void vole_map_probe_word(struct vole_map_probe *probe)
{
	const struct vole_map *map = probe->map;
	bool fast = map->elem->size <= MAX_FAST_ELEM;

	probe->whole = fast && is_classic(map);
	probe->all = probe->whole || (fast && !map->dir_len);
}

bool vole_map_reads_unhashed(const struct vole_map *map,
			     const struct vole_key_hash *hash)
{
	return hash->fast == VOLE_KEY_FAST_STRING &&
	       map->elem->size <= MAX_FAST_ELEM && !map->dir_len && !map->b;
}

static enum vole_map_slot_state state_of(const struct vole_map_probe *probe,
					 uint8_t control)
{
	enum vole_map_slot_state state =
		is_classic(probe->map) ?
			vole_classic_state(probe->map, control) :
			vole_swiss_state(probe->map, control);

	if (state == VOLE_MAP_OTHER &&
	    (probe->all || control == probe->control_wanted))
		return VOLE_MAP_MATCH;
	if (state == VOLE_MAP_EMPTY_REST && probe->whole)
		return VOLE_MAP_EMPTY;
	return state == VOLE_MAP_MOVED && probe->all ? VOLE_MAP_MATCH : state;
}

bool vole_map_probe_next(struct vole_map_probe *probe,
			 struct vole_map_probe_slot *ret,
			 struct vole_error *err)
{
	struct vole_map_probe_slot slot = { 0 };
	unsigned index;

	err->code = VOLE_OK;
	if (!probe->over && probe->index == VOLE_MAP_SLOTS &&
	    !(is_classic(probe->map) ? classic_next(probe, err) :
				       swiss_next(probe, err)))
		probe->over = true;
	if (probe->over)
		return false;
	index = probe->index++;
	slot.control = probe->control[index];
	slot.state = state_of(probe, slot.control);
	slot.number = probe->number;
	slot.step = probe->step;
	slot.slot.unit = probe->unit;
	slot.slot.index = index;
	if (slot.state == VOLE_MAP_EMPTY_REST)
		probe->over = true;
	if (slot.state == VOLE_MAP_MATCH &&
	    !vole_map_slot_of(probe->map, probe->unit, index, &slot.slot,
			      err)) {
		probe->over = true;
		return false;
	}
	*ret = slot;
	return true;
}
