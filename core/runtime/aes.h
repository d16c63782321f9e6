/**
 * One round of AES, as the instruction AESENC does it: what the runtime
 * scrambles map keys with. There is no secret to guard here, so tables are
 * fine.
 */
#ifndef VOLE_RUNTIME_AES_H
#define VOLE_RUNTIME_AES_H

#include <stdint.h>

/** A state of 16 bytes; word 0 holds the first four, the first one lowest. */
struct vole_block {
	uint32_t word[4];
};

/** SubBytes and MixColumns of a byte in row 0, for all bytes. */
struct vole_aes {
	uint32_t table[256];
};

void vole_aes_init(struct vole_aes *aes);
/** MixColumns(ShiftRows(SubBytes(s))). */
struct vole_block vole_aes_round(const struct vole_aes *aes,
				 struct vole_block s);

static inline struct vole_block vole_block_of(uint64_t lo, uint64_t hi)
{
	return (struct vole_block){ { (uint32_t)lo, (uint32_t)(lo >> 32),
				      (uint32_t)hi, (uint32_t)(hi >> 32) } };
}

static inline struct vole_block vole_block_xor(struct vole_block a,
					       struct vole_block b)
{
	return (struct vole_block){
		{ a.word[0] ^ b.word[0], a.word[1] ^ b.word[1],
		  a.word[2] ^ b.word[2], a.word[3] ^ b.word[3] }
	};
}

/** The low eight bytes. */
static inline uint64_t vole_block_low(struct vole_block s)
{
	return s.word[0] | (uint64_t)s.word[1] << 32;
}

#endif
