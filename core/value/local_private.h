/** What the files behind value/local.h share. */
#ifndef VOLE_VALUE_LOCAL_PRIVATE_H
#define VOLE_VALUE_LOCAL_PRIVATE_H

#include "value/local.h"

struct vole_frame_reader {
	const struct vole_runtime *rt;
	struct vole_arena *arena;
	const struct vole_frame_at *at;
	const struct vole_code_scope *scope;
	struct vole_frame_state state;
};

/** What @p variable, which is @p role to its function, holds. */
void vole_local_value(const struct vole_frame_reader *r,
		      const struct vole_variable *variable, enum vole_role role,
		      struct vole_local *ret);

/** A value of @p type that is not there, and why. */
struct vole_value vole_no_value(const struct vole_type *type, const char *why);

/**
 * Put a value of @p type (loaded) together from where its pieces are; what is
 * lost of it is VOLE_IN_NOTHING. False with the reason in @p err when it
 * cannot be told for sure which bytes are whose.
 */
VOLE_CHECKED bool vole_compose(const struct vole_frame_reader *r,
			       const struct vole_variable *variable,
			       const struct vole_type *type,
			       const struct vole_spots *places,
			       struct vole_value *ret, struct vole_error *err);

/**
 * Has the code before the frame's pc given a value to the variable that lies
 * in [@p addr, @p addr + @p size) of the frame? Slots are not cleared, so
 * before that one holds anything. Told by the stores between the beginning of
 * its block and the pc, from its declaration's line on.
 */
bool vole_is_assigned(const struct vole_frame_reader *r,
		      const struct vole_variable *variable, uint64_t addr,
		      uint64_t size);

/**
 * Does no code that follows use the variable whose pointers are in @p value?
 * What they point to may have been freed since, and be something else now.
 */
bool vole_is_unused(const struct vole_frame_reader *r,
		    const struct vole_value *value);

#endif
