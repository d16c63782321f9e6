#include "heap/mask.h"

enum {
	REPEAT = 128,
	MAX_VARINT = 10,
};

struct program {
	struct vole_memory *mem;
	uint64_t addr;
	struct vole_error *err;
};

static bool take_byte(struct program *p, uint8_t *ret)
{
	uint64_t value;

	if (!vole_memory_uint(p->mem, p->addr, 1, &value, p->err))
		return false;
	p->addr++;
	*ret = (uint8_t)value;
	return true;
}

static bool take_varint(struct program *p, uint64_t *ret)
{
	uint64_t value = 0;
	unsigned shift;
	uint8_t byte;

	for (shift = 0; shift < 7 * MAX_VARINT; shift += 7) {
		if (!take_byte(p, &byte))
			return false;
		if (shift < 64)
			value |= (uint64_t)(byte & 127) << shift;
		if (!(byte & 128)) {
			*ret = value;
			return true;
		}
	}
	return vole_fail(p->err, VOLE_CORRUPT, p->addr,
			 "a number without an end in a GC program");
}

/* @p num bits that follow. */
static bool literal(struct program *p, uint64_t *bits, uint64_t *at,
		    uint64_t count, unsigned num)
{
	uint8_t byte;

	while (num && *at < count) {
		unsigned part = num < 8 ? num : 8;

		if (!take_byte(p, &byte))
			return false;
		num -= part;
		if (part > count - *at)
			part = (unsigned)(count - *at);
		vole_bits_put(bits, *at, byte, part);
		*at += part;
	}
	return true;
}

/* The last @p num bits again, several times. */
static bool repeat(struct program *p, uint64_t *bits, uint64_t *at,
		   uint64_t count, uint64_t num)
{
	uint64_t times, all;

	if (!num && !take_varint(p, &num))
		return false;
	if (!take_varint(p, &times))
		return false;
	if (!num || num > *at)
		return vole_fail(p->err, VOLE_CORRUPT, p->addr,
				 "a GC program that repeats %" PRIu64
				 " bits of %" PRIu64,
				 num, *at);
	if (__builtin_mul_overflow(num, times, &all) || all > count - *at)
		all = count - *at;
	vole_bits_repeat(bits, *at - num, *at, all);
	*at += all;
	return true;
}

bool vole_gcprog_run(struct vole_memory *mem, uint64_t addr, uint64_t *bits,
		     uint64_t count, struct vole_error *err)
{
	struct program p = { mem, addr, err };
	uint64_t at = 0;
	uint8_t code;

	while (at < count) {
		if (!take_byte(&p, &code))
			return false;
		if (!code)
			return vole_fail(err, VOLE_CORRUPT, addr,
					 "a GC program of %" PRIu64
					 " bits, not %" PRIu64,
					 at, count);
		if (code & REPEAT ? !repeat(&p, bits, &at, count, code & 127) :
				    !literal(&p, bits, &at, count, code))
			return false;
	}
	return true;
}
