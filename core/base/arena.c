#include "base/arena.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_SIZE = 64 << 10 };

struct vole_arena_block {
	struct vole_arena_block *next;
	/* Keeps what follows aligned to 16. */
	size_t unused;
};

void vole_arena_init(struct vole_arena *arena, size_t cap)
{
	*arena = (struct vole_arena){ .cap = cap };
}

void vole_arena_clear(struct vole_arena *arena)
{
	struct vole_arena_block *block = arena->blocks;

	while (block) {
		struct vole_arena_block *next = block->next;

		free(block);
		block = next;
	}
	vole_arena_init(arena, arena->cap);
}

/* A block of its own for large requests keeps the current one in use. */
static char *new_block(struct vole_arena *arena, size_t len)
{
	struct vole_arena_block *block;
	size_t size;

	if (__builtin_add_overflow(len, sizeof(*block), &size))
		return NULL;
	if (size > arena->cap || arena->used > arena->cap - size)
		return NULL;
	block = calloc(1, size);
	if (!block)
		return NULL;
	block->next = arena->blocks;
	arena->blocks = block;
	arena->used += size;
	return (char *)(block + 1);
}

void *vole_arena_alloc(struct vole_arena *arena, size_t len)
{
	size_t need;
	char *at;

	/* For no bytes too there must be an address: NULL says no memory. */
	if (__builtin_add_overflow(len ? len : 1, (size_t)15, &need))
		return NULL;
	need &= ~(size_t)15;
	if (need > BLOCK_SIZE / 4)
		return new_block(arena, need);
	if (need > arena->left) {
		at = new_block(arena, BLOCK_SIZE);
		if (!at)
			return NULL;
		arena->at = at;
		arena->left = BLOCK_SIZE;
	}
	at = arena->at;
	arena->at += need;
	arena->left -= need;
	return at;
}

void *vole_arena_array(struct vole_arena *arena, size_t count, size_t size)
{
	size_t len;

	if (__builtin_mul_overflow(count, size, &len))
		return NULL;
	return vole_arena_alloc(arena, len);
}

char *vole_arena_copy(struct vole_arena *arena, const void *bytes, size_t len)
{
	char *copy;

	if (len == SIZE_MAX)
		return NULL;
	copy = vole_arena_alloc(arena, len + 1);
	if (copy && len)
		memcpy(copy, bytes, len);
	return copy;
}

char *vole_arena_string(struct vole_arena *arena, const char *text)
{
	return vole_arena_copy(arena, text, strlen(text));
}

char *vole_arena_printf(struct vole_arena *arena, const char *fmt, ...)
{
	va_list ap;
	char *text;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (len < 0)
		return NULL;
	text = vole_arena_alloc(arena, (size_t)len + 1);
	if (!text)
		return NULL;
	va_start(ap, fmt);
	vsnprintf(text, (size_t)len + 1, fmt, ap);
	va_end(ap);
	return text;
}
