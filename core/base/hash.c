#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

void vole_hash_free(struct vole_hash *hash)
{
	free(hash->slots);
	*hash = (struct vole_hash){ 0 };
}

void vole_hash_clear(struct vole_hash *hash)
{
	if (hash->len)
		memset(hash->slots, 0, hash->room * sizeof(*hash->slots));
	hash->len = 0;
}

/* The finaliser of MurmurHash3: every input bit reaches every output bit. */
static uint64_t spread(uint64_t key)
{
	key ^= key >> 33;
	key *= 0xff51afd7ed558ccdULL;
	key ^= key >> 33;
	key *= 0xc4ceb9fe1a85ec53ULL;
	return key ^ key >> 33;
}

/* The slot that holds @p key, or the empty one where it belongs. */
static struct vole_hash_slot *find(const struct vole_hash *hash, uint64_t key)
{
	size_t at = spread(key) & (hash->room - 1);

	while (hash->slots[at].used && hash->slots[at].key != key)
		at = (at + 1) & (hash->room - 1);
	return &hash->slots[at];
}

bool vole_hash_get(const struct vole_hash *hash, uint64_t key, uint64_t *ret)
{
	struct vole_hash_slot *slot;

	if (!hash->len)
		return false;
	slot = find(hash, key);
	if (slot->used && ret)
		*ret = slot->value;
	return slot->used;
}

static bool grow(struct vole_hash *hash)
{
	struct vole_hash more = { .room = hash->room ? hash->room * 2 : 64 };
	size_t i;

	more.slots = calloc(more.room, sizeof(*more.slots));
	if (!more.slots)
		return false;
	for (i = 0; i < hash->room; i++)
		if (hash->slots[i].used)
			*find(&more, hash->slots[i].key) = hash->slots[i];
	more.len = hash->len;
	free(hash->slots);
	*hash = more;
	return true;
}

bool vole_hash_put(struct vole_hash *hash, uint64_t key, uint64_t value)
{
	struct vole_hash_slot *slot;

	/* At most three quarters full: probes stay short. */
	if (hash->len >= hash->room / 4 * 3 && !grow(hash))
		return false;
	slot = find(hash, key);
	hash->len += !slot->used;
	*slot = (struct vole_hash_slot){ key, value, true };
	return true;
}

uint64_t vole_hash_bytes(const void *bytes, size_t len)
{
	const unsigned char *p = bytes;
	uint64_t hash = 0xcbf29ce484222325ULL;

	while (len--)
		hash = (hash ^ *p++) * 0x100000001b3ULL;
	return hash;
}
