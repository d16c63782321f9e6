/*
 * No key is in a map twice: all that could be the same are in one chain, one
 * table or one group. Threads that write without a lock leave such.
 */
#include "runtime/map_verify_private.h"

#include <stdlib.h>

enum { FIRST_ROOM = 64 };

/* The slot of @p hash in the part that is looked at, or where it belongs. */
static struct verify_key *find(const struct verify_keys *keys, uint64_t hash)
{
	/* Its low bits chose the bucket, seven of them the control byte. */
	size_t at = hash >> 20 & (keys->room - 1);

	while (keys->slots[at].part == keys->part &&
	       keys->slots[at].hash != hash)
		at = (at + 1) & (keys->room - 1);
	return &keys->slots[at];
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
			*find(&more, keys->slots[i].hash) = keys->slots[i];
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

void verify_same_key(struct verifier *v, const struct vole_map_slot *slot,
		     uint64_t hash)
{
	struct verify_keys *keys = &v->keys;
	struct verify_key *other;
	struct vole_error ignored;
	bool same;

	/* At most half full, and never without an end. */
	if (keys->len >= keys->room / 2 && !grow(keys)) {
		v->failed = v->stopped = true;
		return;
	}
	other = find(keys, hash);
	if (other->part != keys->part) {
		*other = (struct verify_key){ hash, slot->key, keys->part };
		keys->len++;
	} else if (vole_keyhash_same(&v->keyhash, other->key, slot->key, &same,
				     &ignored) &&
		   same) {
		verify_key_problem(v, slot,
				   "at 0x%" PRIx64
				   " has the key that the entry at 0x%" PRIx64
				   " has, too",
				   slot->unit, other->key);
	}
}
