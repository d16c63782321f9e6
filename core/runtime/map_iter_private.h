/**
 * What the iterators of both generations of maps share. They have been set to
 * nothing but the address when they are opened.
 */
#ifndef VOLE_RUNTIME_MAP_ITER_PRIVATE_H
#define VOLE_RUNTIME_MAP_ITER_PRIVATE_H

#include "runtime/map_iter.h"
#include "runtime/map_private.h"

/* Buckets or tables that are counted; of more it is not known what is left. */
enum { ITER_MAX_COUNTED = 1 << 22 };

bool iter_open_classic(const struct vole_map *map,
		       const struct vole_map_iter_help *help, uint64_t addr,
		       struct vole_map_iter *ret);
bool iter_open_swiss(const struct vole_map *map,
		     const struct vole_map_iter_help *help, uint64_t addr,
		     struct vole_map_iter *ret);
/** At step @p done of a count: does the user not want it any more? */
bool iter_stopped(const struct vole_map_iter_help *help, uint64_t done);

/** Do maps and iterators count how often the map was cleared? */
bool iter_counts_clears(const struct vole_map *map);
/** Is the descriptor at @p rtype that of the map's type? */
bool iter_same_type(const struct vole_map *map, uint64_t rtype);
/**
 * Is @p addr the key of slot @p index of @p unit? A slot that holds a pointer
 * to its key loses that with the entry: see iter_had_key().
 */
bool iter_is_key(const struct vole_map *map, uint64_t unit, unsigned index,
		 uint64_t addr);
/** Is the entry gone, whose slot is @p full now? */
void iter_judge_slot(const struct vole_map *map, bool full,
		     struct vole_map_iter *iter);
/**
 * Can the loop have been given the key at @p addr from that slot? Of keys
 * that lie elsewhere this is not known, once the entry was deleted.
 */
bool iter_had_key(const struct vole_map *map, uint64_t unit, unsigned index,
		  uint64_t addr);

#endif
