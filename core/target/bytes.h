/**
 * A cursor over bytes of a file, none of which is trusted: past the end it
 * sticks, gives zeros and says so.
 */
#ifndef VOLE_TARGET_BYTES_H
#define VOLE_TARGET_BYTES_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct vole_cursor {
	const uint8_t *at, *end;
	bool bad; /* went past the end */
};

static inline bool vole_cursor_need(struct vole_cursor *c, uint64_t len)
{
	if (!c->bad && len <= (uint64_t)(c->end - c->at))
		return true;
	c->bad = true;
	return false;
}

/** A little-endian integer of up to 8 bytes. */
static inline uint64_t vole_cursor_uint(struct vole_cursor *c, unsigned size)
{
	uint64_t value = 0;

	if (!vole_cursor_need(c, size))
		return 0;
	memcpy(&value, c->at, size);
	c->at += size;
	return value;
}

static inline void vole_cursor_skip(struct vole_cursor *c, uint64_t len)
{
	if (vole_cursor_need(c, len))
		c->at += len;
}

static inline uint64_t vole_cursor_uleb(struct vole_cursor *c)
{
	uint64_t value = 0;
	unsigned shift;

	for (shift = 0; shift < 70; shift += 7) {
		uint64_t byte = vole_cursor_uint(c, 1);

		if (shift < 64)
			value |= (byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return value;
	}
	c->bad = true;
	return 0;
}

static inline int64_t vole_cursor_sleb(struct vole_cursor *c)
{
	uint64_t value = 0;
	unsigned shift;

	for (shift = 0; shift < 70;) {
		uint64_t byte = vole_cursor_uint(c, 1);

		if (shift < 64)
			value |= (byte & 0x7f) << shift;
		shift += 7;
		if (byte & 0x80)
			continue;
		if (byte & 0x40 && shift < 64)
			value |= UINT64_MAX << shift;
		return (int64_t)value;
	}
	c->bad = true;
	return 0;
}

#endif
