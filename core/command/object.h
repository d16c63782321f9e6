/**
 * An object of the heap, the same in every command that shows one.
 */
#ifndef VOLE_COMMAND_OBJECT_H
#define VOLE_COMMAND_OBJECT_H

#include "command/command.h"
#include "heap/object.h"

/** Send @p object as the group "object". */
void vole_put_object(struct vole_context *ctx,
		     const struct vole_object *object);
/** The name of the type that the runtime keeps with the object, or NULL. */
const char *vole_object_type_name(struct vole_context *ctx,
				  const struct vole_object *object);

/** What its JSON holds, for the commands' help. */
#define VOLE_OBJECT_JSON                                                          \
	"`object` when it is one of the heap: `address`, `size`, "                \
	"`size_class` (0: large, in a span of its own), `state` "                 \
	"(`allocated`, `garbage`, `free`, `never-allocated`), `pointers`, "       \
	"`tiny` (several small ones may share it), `index`, `span`, `type` when " \
	"the runtime keeps it"

#endif
