/*
 * No key is in a map twice: all that could be the same are in one chain, one
 * table or one group. Threads that write without a lock leave such.
 */
#include "runtime/map_verify_private.h"

#include <stdlib.h>

enum {
	FIRST_ROOM = 64,
	MAX_ALIKE = 16, /* keys of one hash that others are compared with */
};

/* Where to look for @p hash first. */
static size_t first_at(const struct verify_keys *keys, uint64_t hash)
{
	/* Its low bits chose the bucket, seven of them the control byte. */
	return hash >> 20 & (keys->room - 1);
}

static void put(struct verify_keys *keys, const struct verify_key *key)
{
	size_t at = first_at(keys, key->hash);

	while (keys->slots[at].part == keys->part)
		at = (at + 1) & (keys->room - 1);
	keys->slots[at] = *key;
}

static bool grow(struct verify_keys *keys)
{
	struct verify_keys more = *keys;
	size_t i;

	more.room = keys->room ? keys->room * 2 : FIRST_ROOM;
	more.slots = calloc(more.room, sizeof(*more.slots));
	if (!more.slots)
		return false;
	for (i = 0; i < keys->room; i++)
		if (keys->slots[i].part == keys->part)
			put(&more, &keys->slots[i]);
	free(keys->slots);
	*keys = more;
	return true;
}

void verify_same_begin(struct verifier *v)
{
	/* What is left of the part before counts as empty. */
	v->keys.part++;
	v->keys.len = 0;
}

void verify_same_end(struct verifier *v)
{
	free(v->keys.slots);
}

/*
 * A key that equals the one at @p addr, or none; @p ret_alike is how many of
 * its hash there were.
 */
static const struct verify_key *find_same(struct verifier *v, uint64_t addr,
					  uint64_t hash, unsigned *ret_alike)
{
	const struct verify_keys *keys = &v->keys;
	const struct verify_key *key;
	size_t at = first_at(keys, hash);
	struct vole_error ignored;
	bool same;

	*ret_alike = 0;
	/* Half of them are free: there is an end. */
	for (; keys->slots[at].part == keys->part;
	     at = (at + 1) & (keys->room - 1)) {
		key = &keys->slots[at];
		if (key->hash != hash)
			continue;
		if (vole_keyhash_same(&v->keyhash, key->key, addr, &same,
				      &ignored) &&
		    same)
			return key;
		(*ret_alike)++;
	}
	return NULL;
}

void verify_same_key(struct verifier *v, const struct vole_map_slot *slot,
		     uint64_t hash)
{
	struct verify_keys *keys = &v->keys;
	const struct verify_key *other;
	unsigned alike;

	if (keys->len >= keys->room / 2 && !grow(keys)) {
		v->failed = v->stopped = true;
		return;
	}
	other = find_same(v, slot->key, hash, &alike);
	if (other) {
		verify_key_problem(v, slot,
				   "at 0x%" PRIx64
				   " has the key that the entry at 0x%" PRIx64
				   " has, too",
				   slot->unit, other->key);
	} else if (alike < MAX_ALIKE) {
		put(keys, &(struct verify_key){ hash, slot->key, keys->part });
		keys->len++;
	}
}
