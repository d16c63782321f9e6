/**
 * Memory with a lifetime: a session's or a command's. Everything allocated
 * from an arena goes away with it, so decoders never free. Each arena has a
 * byte cap: what a hostile target makes us ask for ends in VOLE_NOMEM, not in
 * a debugger without memory.
 */
#ifndef VOLE_BASE_ARENA_H
#define VOLE_BASE_ARENA_H

#include "base/error.h"

struct vole_arena_block;

struct vole_arena {
	struct vole_arena_block *blocks; /* newest first */
	char *at; /* free part of the newest block */
	size_t left;
	size_t used; /* bytes asked of malloc so far */
	size_t cap;
};

/** An empty arena of at most @p cap bytes. Allocates nothing yet. */
void vole_arena_init(struct vole_arena *arena, size_t cap);
/** Free everything; the arena is empty and usable again. */
void vole_arena_clear(struct vole_arena *arena);

/** @p len zeroed bytes aligned to 16, or NULL. */
void *vole_arena_alloc(struct vole_arena *arena, size_t len);
/** @p count zeroed items of @p size bytes, or NULL (also when it overflows). */
void *vole_arena_array(struct vole_arena *arena, size_t count, size_t size);
/** A copy of @p len bytes and a NUL, or NULL. */
char *vole_arena_copy(struct vole_arena *arena, const void *bytes, size_t len);
/** A copy of the string, or NULL. */
char *vole_arena_string(struct vole_arena *arena, const char *text);
/** A formatted string, or NULL. */
char *vole_arena_printf(struct vole_arena *arena, const char *fmt, ...)
	VOLE_PRINTF(2, 3);

#endif
