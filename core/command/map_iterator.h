/**
 * One range loop over a map, as a row: where it is, at which entry, what it
 * goes through and what is left.
 */
#ifndef VOLE_COMMAND_MAP_ITERATOR_H
#define VOLE_COMMAND_MAP_ITERATOR_H

#include "command/whose.h"
#include "runtime/call.h"
#include "runtime/map_iter.h"

/** Where an iterator lies: in a frame, or where a word leads to its map. */
struct vole_iterator_place {
	const struct vole_goroutine *g; /* of the stack; else NULL */
	const struct vole_call *call; /* of the frame, if it is known */
	const struct vole_ref *ref; /* of an object or a variable; else NULL */
	const struct vole_owner *owner; /* of that */
	bool held; /* sure to be in use: nobody else has what it goes through */
};

/** Begin the table; it ends with vole_sink_end(). */
void vole_map_iterators_begin(struct vole_context *ctx);
/** One row of it: @p iter, over @p map, which is at @p place. */
void vole_map_iterator_put(struct vole_context *ctx, const struct vole_map *map,
			   const struct vole_map_iter *iter,
			   const struct vole_iterator_place *place);

#endif
