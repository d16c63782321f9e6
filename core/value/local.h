/**
 * The variables of a frame with their values, or why they have none: where
 * debug information puts them, read with the registers the frame has. What
 * cannot be told for sure has no value.
 */
#ifndef VOLE_VALUE_LOCAL_H
#define VOLE_VALUE_LOCAL_H

#include "runtime/frame_at.h"
#include "target/variable.h"
#include "value/value.h"

struct vole_local {
	const char *name; /* without the "&" of one that escaped */
	enum vole_role role;
	bool escaped; /* it lives on the heap */
	bool captured; /* of the function around, by a closure */
	bool hidden; /* an inner variable of that name is in its place */
	bool unused; /* from here on: what it leads to may have been freed */
	uint32_t line; /* of the declaration; 0 not recorded */
	struct vole_value value; /* maybe VOLE_IN_NOTHING */
	/*
	 * Where the frame has it, set or not: of one that escaped the pointer
	 * to it. VOLE_IN_NOTHING without a type: nowhere.
	 */
	struct vole_value slot;
};

struct vole_locals {
	const struct vole_local *items; /* parameters, results, others */
	size_t len;
};

struct vole_frame_reader;

/**
 * Which variables the frame @p at has, none of them read; the frame must live
 * as long. Memory comes from @p arena. VOLE_NO_DEBUG_INFO when nothing is
 * known of its variables, VOLE_CORRUPT, VOLE_NOMEM.
 */
VOLE_CHECKED bool vole_locals_open(const struct vole_runtime *rt,
				   struct vole_arena *arena,
				   const struct vole_frame_at *at,
				   const struct vole_frame_reader **ret,
				   struct vole_error *err);
/** All of them. VOLE_NOMEM. */
VOLE_CHECKED bool vole_locals_read(const struct vole_frame_reader *frame,
				   struct vole_locals *ret,
				   struct vole_error *err);
/**
 * The one that @p name means in Go at the frame's line; false: there is none.
 */
bool vole_local_read(const struct vole_frame_reader *frame, const char *name,
		     struct vole_local *ret);

#endif
