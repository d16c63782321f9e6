#include "runtime/memhash.h"

#include <string.h>

enum {
	BLOCK = 16,
	LANES = 8,
	STRIPE = BLOCK * LANES, /* bytes that all lanes take at once */
};

/* hash64.go: m5 in all releases, the others to Go 1.22. */
static const uint64_t m1 = 0xa0761d6478bd642f, m2 = 0xe7037ed1a0b428db,
		      m3 = 0x8ebc6af09c88c6e3, m4 = 0x589965cc75374cc3,
		      m5 = 0x1d8e4e27c47d124f;

const char *vole_memhash_name(const struct vole_memhash *hash)
{
	return hash->kind == VOLE_MEMHASH_AES ? "AES" : "wyhash";
}

static uint64_t load64(const uint8_t *at)
{
	uint64_t ret;

	memcpy(&ret, at, sizeof(ret));
	return ret;
}

static uint32_t load32(const uint8_t *at)
{
	uint32_t ret;

	memcpy(&ret, at, sizeof(ret));
	return ret;
}

static struct vole_block load(const uint8_t *at)
{
	return vole_block_of(load64(at), load64(at + 8));
}

void vole_memhash_init(struct vole_memhash *ret)
{
	vole_aes_init(&ret->aes);
}

void vole_memhash_set(struct vole_memhash *ret, enum vole_memhash_kind kind,
		      const uint8_t *secret)
{
	unsigned i;

	ret->kind = kind;
	if (kind == VOLE_MEMHASH_AES) {
		for (i = 0; i < LANES; i++)
			ret->schedule[i] = load(secret + BLOCK * i);
		return;
	}
	memcpy(ret->key, secret, sizeof(ret->key));
	if (kind != VOLE_MEMHASH_WYHASH)
		return;
	ret->key[0] ^= m1;
	ret->key[1] = m2;
	ret->key[2] = m3;
	ret->key[3] = m4;
}

/* How many lanes take @p len bytes, which are more than one block. */
static unsigned num_lanes(size_t len)
{
	if (len <= 2 * BLOCK)
		return 2;
	if (len <= 4 * BLOCK)
		return 4;
	return 8;
}

/*
 * Lane @p i of @p num over data of at most a stripe: the first half of the
 * lanes take blocks from the start, the others from the end.
 */
static struct vole_block lane_data(const uint8_t *bytes, size_t len,
				   unsigned num, unsigned i)
{
	if (i < num / 2)
		return load(bytes + BLOCK * i);
	return load(bytes + len - BLOCK * (num - i));
}

/* asm_amd64.s: aeshashbody. AESENC adds the key after the round. */

static struct vole_block aesenc(const struct vole_memhash *hash,
				struct vole_block s, struct vole_block key)
{
	return vole_block_xor(vole_aes_round(&hash->aes, s), key);
}

/* AESENC X, X, so many times. */
static struct vole_block scramble(const struct vole_memhash *hash,
				  struct vole_block s, unsigned times)
{
	while (times--)
		s = aesenc(hash, s, s);
	return s;
}

static struct vole_block lane_seed(const struct vole_memhash *hash, size_t len,
				   uint64_t seed, unsigned lane)
{
	uint64_t low = (len & 0xffff) * UINT64_C(0x1000100010001);
	struct vole_block s =
		vole_block_xor(vole_block_of(seed, low), hash->schedule[lane]);

	return scramble(hash, s, 1);
}

static struct vole_block lane_long(const struct vole_memhash *hash,
				   const uint8_t *bytes, size_t len,
				   struct vole_block s, unsigned lane)
{
	size_t blocks = (len - 1) / STRIPE;
	const uint8_t *at = bytes + BLOCK * lane;

	s = vole_block_xor(s, load(bytes + len - STRIPE + BLOCK * lane));
	for (; blocks--; at += STRIPE)
		s = aesenc(hash, scramble(hash, s, 1), load(at));
	return scramble(hash, s, 3);
}

static uint64_t aes_bytes(const struct vole_memhash *hash, const uint8_t *bytes,
			  size_t len, uint64_t seed)
{
	struct vole_block s = lane_seed(hash, len, seed, 0);
	struct vole_block sum = { 0 };
	uint8_t padded[BLOCK] = { 0 };
	unsigned i, num;

	if (!len)
		return vole_block_low(scramble(hash, s, 1));
	if (len <= BLOCK) {
		memcpy(padded, bytes, len);
		s = vole_block_xor(s, load(padded));
		return vole_block_low(scramble(hash, s, 3));
	}
	num = num_lanes(len);
	for (i = 0; i < num; i++) {
		if (i)
			s = lane_seed(hash, len, seed, i);
		if (len > STRIPE) {
			s = lane_long(hash, bytes, len, s, i);
		} else {
			s = vole_block_xor(s, lane_data(bytes, len, num, i));
			s = scramble(hash, s, 3);
		}
		sum = vole_block_xor(sum, s);
	}
	return vole_block_low(sum);
}

/* memhash32 and memhash64 are the same but for the width of the value. */
static uint64_t aes_word(const struct vole_memhash *hash, uint64_t value,
			 uint64_t seed)
{
	struct vole_block s = vole_block_of(seed, value);
	unsigned i;

	for (i = 0; i < 3; i++)
		s = aesenc(hash, s, hash->schedule[i]);
	return vole_block_low(s);
}

/* hash64.go: memhashFallback */

static uint64_t mix(uint64_t a, uint64_t b)
{
	unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)(product >> 64) ^ (uint64_t)product;
}

/* Stripes of 48 bytes, then of 16, each while more than that is left. */
static uint64_t fold(const uint64_t *key, const uint8_t **bytes, size_t left,
		     uint64_t seed)
{
	uint64_t seed1 = seed, seed2 = seed;
	const uint8_t *p = *bytes;

	if (left > 48) {
		for (; left > 48; left -= 48, p += 48) {
			seed = mix(load64(p) ^ key[1], load64(p + 8) ^ seed);
			seed1 = mix(load64(p + 16) ^ key[2],
				    load64(p + 24) ^ seed1);
			seed2 = mix(load64(p + 32) ^ key[3],
				    load64(p + 40) ^ seed2);
		}
		seed ^= seed1 ^ seed2;
	}
	for (; left > 16; left -= 16, p += 16)
		seed = mix(load64(p) ^ key[1], load64(p + 8) ^ seed);
	*bytes = p + left;
	return seed;
}

static uint64_t fallback(const struct vole_memhash *hash, const uint8_t *bytes,
			 size_t len, uint64_t seed)
{
	const uint64_t *key = hash->key;
	uint64_t a, b = 0;

	seed ^= key[0];
	if (!len)
		return seed;
	if (len < 4) {
		a = bytes[0] | (uint64_t)bytes[len / 2] << 8 |
		    (uint64_t)bytes[len - 1] << 16;
	} else if (len < 8) {
		a = load32(bytes);
		b = load32(bytes + len - 4);
	} else if (len <= 16) {
		a = load64(bytes);
		b = load64(bytes + len - 8);
	} else {
		seed = fold(key, &bytes, len, seed);
		a = load64(bytes - 16);
		b = load64(bytes - 8);
	}
	return mix(m5 ^ len, mix(a ^ key[1], b ^ seed));
}

static uint64_t fallback_word(const struct vole_memhash *hash, uint64_t value,
			      unsigned size, uint64_t seed)
{
	const uint64_t *key = hash->key;

	return mix(m5 ^ size, mix(value ^ key[1], value ^ seed ^ key[0]));
}

uint64_t vole_memhash(const struct vole_memhash *hash, const uint8_t *bytes,
		      size_t len, uint64_t seed)
{
	if (hash->kind == VOLE_MEMHASH_AES)
		return aes_bytes(hash, bytes, len, seed);
	return fallback(hash, bytes, len, seed);
}

uint64_t vole_memhash32(const struct vole_memhash *hash, uint32_t value,
			uint64_t seed)
{
	if (hash->kind == VOLE_MEMHASH_AES)
		return aes_word(hash, value, seed);
	return fallback_word(hash, value, 4, seed);
}

uint64_t vole_memhash64(const struct vole_memhash *hash, uint64_t value,
			uint64_t seed)
{
	if (hash->kind == VOLE_MEMHASH_AES)
		return aes_word(hash, value, seed);
	return fallback_word(hash, value, 8, seed);
}
