#include "runtime/hash_secret.h"

#include "runtime/pclntab.h"

#include <string.h>

enum {
	/* To this release hash64.go mixed constants into one random word. */
	LAST_WYHASH = 22,
	MAX_CODE = 512, /* bytes of a function to look at */
};

/* The variables of alginit(). */
struct places {
	uint64_t use_aes, schedule, key;
};

/* The code of a function. */
struct code {
	uint64_t addr;
	size_t len;
	uint8_t bytes[MAX_CODE];
};

enum vole_memhash_kind vole_hash_fallback(const struct vole_runtime *rt)
{
	return rt->build.minor && rt->build.minor <= LAST_WYHASH ?
		       VOLE_MEMHASH_WYHASH :
		       VOLE_MEMHASH_KEYED;
}

/* --- by the code that uses it ------------------------------------------------ */

static bool load_code(const struct vole_runtime *rt, const char *name,
		      struct code *ret)
{
	struct vole_error ignored;
	struct vole_func func;

	if (!vole_func_find(rt, name, &func, &ignored) ||
	    func.end <= func.entry)
		return false;
	ret->addr = func.entry;
	ret->len = func.end - func.entry;
	if (ret->len > sizeof(ret->bytes))
		ret->len = sizeof(ret->bytes);
	return vole_memory_read_all(rt->mem, ret->addr, ret->bytes, ret->len,
				    &ignored);
}

/*
 * The first instruction of amd64 that begins with the @p num bytes of
 * @p opcode, where @p mask has a bit; what its operand relative to rip is, by
 * the instruction's length @p len.
 */
static bool find_operand(const struct code *code, const uint8_t *opcode,
			 const uint8_t *mask, size_t num, size_t len,
			 uint64_t *ret)
{
	int32_t offset;
	size_t i, at;

	for (at = 0; at + len <= code->len; at++) {
		for (i = 0; i < num; i++)
			if ((code->bytes[at + i] & mask[i]) != opcode[i])
				break;
		if (i < num)
			continue;
		memcpy(&offset, code->bytes + at + num, sizeof(offset));
		*ret = code->addr + at + len + (uint64_t)(int64_t)offset;
		return true;
	}
	return false;
}

/* Variables that alginit() fills have no value and no pointers. */
static bool in_bss(const struct vole_runtime *rt, uint64_t addr, uint64_t len)
{
	const struct vole_module *m = rt->modules.items;

	return rt->modules.len && addr >= m->noptrbss && addr <= m->enoptrbss &&
	       len <= m->enoptrbss - addr;
}

/* asm_amd64.s: memhash32; hash64.go: memhashFallback */
static bool by_code(const struct vole_runtime *rt, struct places *ret)
{
	/* CMPB $0, useAeshash; AESENC aeskeysched, X0; XORQ hashkey, reg */
	static const uint8_t cmpb[] = { 0x80, 0x3d },
			     aesenc[] = { 0x66, 0x0f, 0x38, 0xdc, 0x05 },
			     xorq[] = { 0x48, 0x33, 0x05 };
	static const uint8_t all[] = { 0xff, 0xff, 0xff, 0xff, 0xff },
			     any_reg[] = { 0xfb, 0xff, 0xc7 };
	struct code code;

	return load_code(rt, "runtime.memhash32", &code) &&
	       find_operand(&code, cmpb, all, 2, 7, &ret->use_aes) &&
	       find_operand(&code, aesenc, all, 5, 9, &ret->schedule) &&
	       load_code(rt, "runtime.memhashFallback", &code) &&
	       find_operand(&code, xorq, any_reg, 3, 7, &ret->key) &&
	       in_bss(rt, ret->use_aes, 1) &&
	       in_bss(rt, ret->schedule, VOLE_HASH_SCHEDULE) &&
	       in_bss(rt, ret->key, VOLE_HASH_KEY);
}

/* --- all ways ---------------------------------------------------------------- */

static bool by_name(const struct vole_runtime *rt, struct places *ret,
		    struct vole_error *err)
{
	return vole_runtime_var(rt, "runtime.useAeshash", &ret->use_aes, err) &&
	       vole_runtime_var(rt, "runtime.aeskeysched", &ret->schedule,
				err) &&
	       vole_runtime_var(rt, "runtime.hashkey", &ret->key, err);
}

/* alginit() fills the one secret or the other. */
static bool choose(const struct vole_runtime *rt, const struct places *places,
		   struct vole_hash_secret *ret, struct vole_error *err)
{
	uint64_t aes;

	if (!vole_memory_uint(rt->mem, places->use_aes, 1, &aes, err))
		return vole_fail_in(err, "how this process hashes");
	if (aes > 1)
		return vole_fail(err, VOLE_CORRUPT, places->use_aes,
				 "runtime.useAeshash is %u, no bool",
				 (unsigned)aes);
	ret->kind = aes ? VOLE_MEMHASH_AES : vole_hash_fallback(rt);
	ret->addr = aes ? places->schedule : places->key;
	return true;
}

bool vole_hash_secret_find(const struct vole_runtime *rt,
			   struct vole_hash_secret *ret, struct vole_error *err)
{
	struct places places;

	*ret = rt->hash_secret;
	if (ret->sure)
		return true;
	if (by_name(rt, &places, err)) {
		ret->sure = true;
		return choose(rt, &places, ret, err);
	}
	if (by_code(rt, &places))
		return choose(rt, &places, ret, err);
	return vole_fail(err, VOLE_NOT_FOUND, VOLE_NOWHERE,
			 "the program has no name of the secret that it "
			 "hashes with, and no code that shows it");
}

bool vole_hash_secret_read(const struct vole_runtime *rt,
			   const struct vole_hash_secret *secret,
			   struct vole_memhash *ret, struct vole_error *err)
{
	bool aes = secret->kind == VOLE_MEMHASH_AES;
	uint8_t bytes[VOLE_HASH_SCHEDULE] = { 0 };

	if (!vole_memory_read_all(rt->mem, secret->addr, bytes,
				  aes ? VOLE_HASH_SCHEDULE : VOLE_HASH_KEY,
				  err))
		return vole_fail_in(err, "the secret of this process's hashes");
	vole_memhash_init(ret);
	vole_memhash_set(ret, secret->kind, bytes);
	return true;
}

void vole_hash_secret_keep(const struct vole_runtime *rt,
			   const struct vole_hash_secret *secret)
{
	/* Found when it is needed: not a change that anyone can see. */
	struct vole_hash_secret *kept =
		(struct vole_hash_secret *)&rt->hash_secret;

	*kept = *secret;
	kept->sure = true;
}
