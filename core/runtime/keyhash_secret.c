#include "runtime/keyhash_secret.h"

#include "runtime/hash_secret.h"
#include "runtime/map_probe.h"

#include <string.h>

enum {
	SAMPLE = 24, /* keys that a secret is tried on */
	/*
	 * So many right ones are no chance: each has seven bits or more, and
	 * a search tries less than 2^24 places.
	 */
	ENOUGH = 8,
	ALIGNMENT = 32, /* that linkers give to arrays of that size */
	CHUNK = 64 << 10,
	MAX_KEY = 256, /* bytes of a key to try a secret on */
	MAX_SEEN = 1024, /* keys that such are looked for among */
};

/* What a search may cost: the data of a very large program. */
static const uint64_t MAX_SEARCH = (uint64_t)64 << 20;

/* Keys of a map. */
struct sample {
	const struct vole_map *map;
	struct vole_keyhash *keyhash;
	struct vole_map_slot slots[SAMPLE];
	unsigned len;
};

/* A search hashes each key often. */
static bool is_long(const struct vole_map *map, uint64_t key)
{
	struct vole_error ignored;
	uint64_t len = 0;

	if (map->key->kind != VOLE_KIND_STRING)
		return map->key->size > MAX_KEY;
	return !vole_memory_uint(map->rt->mem, key + 8, 8, &len, &ignored) ||
	       len > MAX_KEY;
}

static void take_sample(struct sample *s)
{
	struct vole_error ignored;
	struct vole_map_walk walk;
	unsigned seen = 0;

	vole_map_walk_begin(s->map, &walk);
	while (s->len < SAMPLE && seen++ < MAX_SEEN &&
	       vole_map_walk_next(&walk, &s->slots[s->len], &ignored))
		s->len += !is_long(s->map, s->slots[s->len].key);
	vole_map_walk_end(&walk);
}

/* Does a lookup for @p hash come to that slot and compare its key? */
static bool leads_to(const struct vole_map *map, uint64_t hash,
		     const struct vole_map_slot *slot)
{
	struct vole_map_probe_slot at;
	struct vole_map_probe probe;
	struct vole_error ignored;

	if (!vole_map_probe_begin(map, hash, &probe, &ignored))
		return false;
	while (vole_map_probe_next(&probe, &at, &ignored))
		if (at.slot.unit == slot->unit && at.slot.index == slot->index)
			return at.state == VOLE_MAP_MATCH;
	return false;
}

/*
 * How many keys are where the secret that is set says, and how many are not;
 * not all are looked at when more than @p max_wrong are wrong. A NaN is
 * anywhere, and a key may be in memory that is missing.
 */
static void try_secret(struct sample *s, unsigned max_wrong,
		       unsigned *ret_right, unsigned *ret_wrong)
{
	unsigned right = 0, wrong = 0, i;

	for (i = 0; i < s->len && wrong <= max_wrong; i++) {
		struct vole_key_hash hash;
		struct vole_error ignored;

		if (!vole_keyhash_at(s->keyhash, s->slots[i].key, &hash,
				     &ignored) ||
		    hash.random)
			continue;
		if (leads_to(s->map, hash.bits, &s->slots[i]))
			right++;
		else
			wrong++;
	}
	*ret_right = right;
	*ret_wrong = wrong;
}

/* Keys that changed are what one looks for: some may be wrong. */
static bool prove(struct sample *s, const struct vole_hash_secret *secret,
		  struct vole_error *err)
{
	unsigned right, wrong;

	try_secret(s, SAMPLE, &right, &wrong);
	if (right && right >= wrong) {
		if (right >= ENOUGH)
			vole_hash_secret_keep(s->keyhash->rt, secret);
		return true;
	}
	return vole_fail(err, VOLE_NOT_FOUND, secret->addr,
			 "what the program's code hashes with does not explain "
			 "this map: of %u keys it leads to %u",
			 right + wrong, right);
}

/* Is the secret at those bytes, which lie at @p addr? */
static bool try_place(struct sample *s, uint64_t addr, const uint8_t *bytes,
		      size_t len)
{
	static const uint8_t none[VOLE_HASH_KEY];
	const enum vole_memhash_kind kinds[] = {
		VOLE_MEMHASH_AES, vole_hash_fallback(s->keyhash->rt)
	};
	unsigned i, right, wrong;

	/* Most of it was never written. */
	if (!memcmp(bytes, none, sizeof(none)))
		return false;
	for (i = 0; i < 2; i++) {
		struct vole_hash_secret secret = { kinds[i], addr, true };

		if (kinds[i] == VOLE_MEMHASH_AES && len < VOLE_HASH_SCHEDULE)
			continue;
		vole_memhash_set(&s->keyhash->mem, kinds[i], bytes);
		try_secret(s, SAMPLE / 4, &right, &wrong);
		if (right < ENOUGH || right < 3 * wrong)
			continue;
		vole_hash_secret_keep(s->keyhash->rt, &secret);
		return true;
	}
	return false;
}

static bool search(struct sample *s, uint64_t lo, uint64_t hi)
{
	struct vole_memory *mem = s->keyhash->rt->mem;
	uint8_t bytes[CHUNK + VOLE_HASH_SCHEDULE];
	uint64_t at;

	lo = (lo + ALIGNMENT - 1) & ~(uint64_t)(ALIGNMENT - 1);
	if (hi > lo && hi - lo > MAX_SEARCH)
		hi = lo + MAX_SEARCH;
	for (at = lo; at < hi; at += CHUNK) {
		size_t want = hi - at < sizeof(bytes) ? hi - at : sizeof(bytes);
		size_t len = vole_memory_read(mem, at, bytes, want), i;

		for (i = 0; i < CHUNK && i + VOLE_HASH_KEY <= len;
		     i += ALIGNMENT)
			if (try_place(s, at + i, bytes + i, len - i))
				return true;
	}
	return false;
}

/* Variables that alginit() fills have no value and no pointers. */
static bool search_all(struct sample *s, struct vole_error *err)
{
	const struct vole_modules *modules = &s->keyhash->rt->modules;

	if (s->len < ENOUGH)
		return vole_fail_in(
			err,
			"the hash is not known, and %u keys are too "
			"few to search for its secret",
			s->len);
	vole_memhash_init(&s->keyhash->mem);
	if (modules->len &&
	    search(s, modules->items[0].noptrbss, modules->items[0].enoptrbss))
		return true;
	return vole_fail_in(err,
			    "the hash is not known, and no secret leads to "
			    "the keys of this map");
}

bool vole_keyhash_find_secret(const struct vole_map *map,
			      struct vole_keyhash *keyhash,
			      struct vole_error *err)
{
	struct sample sample = { .map = map, .keyhash = keyhash };
	struct vole_hash_secret secret;

	if (vole_hash_secret_find(keyhash->rt, &secret, err)) {
		if (!vole_hash_secret_read(keyhash->rt, &secret, &keyhash->mem,
					   err))
			return false;
		/* Which of two hashes a release has is by its number. */
		if (secret.sure && (secret.kind == VOLE_MEMHASH_AES ||
				    keyhash->rt->build.minor))
			return true;
		take_sample(&sample);
		if (prove(&sample, &secret, err))
			return true;
	} else if (err->code != VOLE_NOT_FOUND) {
		return false;
	} else {
		take_sample(&sample);
	}
	return search_all(&sample, err);
}
