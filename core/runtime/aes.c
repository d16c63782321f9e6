#include "runtime/aes.h"

static uint8_t twice(uint8_t x)
{
	return (uint8_t)(x << 1 ^ (x & 0x80 ? 0x1b : 0));
}

static uint8_t turn(uint8_t x, unsigned by)
{
	return (uint8_t)(x << by | x >> (8 - by));
}

static uint32_t rotate(uint32_t x, unsigned by)
{
	return x << by | x >> (32 - by);
}

static void set(struct vole_aes *aes, uint8_t x, uint8_t sub)
{
	uint8_t two = twice(sub);

	aes->table[x] = two | (uint32_t)sub << 8 | (uint32_t)sub << 16 |
			(uint32_t)(two ^ sub) << 24;
}

/* FIPS 197, 5.1.1: p runs through all bytes but 0, q is its inverse. */
void vole_aes_init(struct vole_aes *aes)
{
	uint8_t p = 1, q = 1;

	set(aes, 0, 0x63);
	do {
		p ^= twice(p);
		q ^= (uint8_t)(q << 1);
		q ^= (uint8_t)(q << 2);
		q ^= (uint8_t)(q << 4);
		if (q & 0x80)
			q ^= 9;
		set(aes, p,
		    q ^ turn(q, 1) ^ turn(q, 2) ^ turn(q, 3) ^ turn(q, 4) ^
			    0x63);
	} while (p != 1);
}

/* Byte @p row of column @p column before ShiftRows. */
static uint8_t at(const struct vole_block *s, unsigned column, unsigned row)
{
	return (uint8_t)(s->word[(column + row) % 4] >> 8 * row);
}

struct vole_block vole_aes_round(const struct vole_aes *aes,
				 struct vole_block s)
{
	const uint32_t *t = aes->table;
	struct vole_block ret;
	unsigned i;

	for (i = 0; i < 4; i++)
		ret.word[i] = t[at(&s, i, 0)] ^ rotate(t[at(&s, i, 1)], 8) ^
			      rotate(t[at(&s, i, 2)], 16) ^
			      rotate(t[at(&s, i, 3)], 24);
	return ret;
}
