/**
 * Fuzzing decoders over memory that was sound: input bytes become patches of
 * it, so that a short input reaches far.
 */
#ifndef VOLE_TESTS_FAKE_PATCH_H
#define VOLE_TESTS_FAKE_PATCH_H

#include "fake_go.h"

#include "base/hash.h"
#include "runtime/map_iter.h"
#include "runtime/map_verify.h"

/** The map type's, when the input asks for one. */
enum { FAKE_DESCRIPTOR = FAKE_BASE + 0x100 };

/** As fake_put(), for memory that nobody has read yet. */
static void fake_store(struct fake_go *go, uint64_t addr, unsigned size,
		       uint64_t value)
{
	memcpy(go->bytes + (addr - FAKE_BASE), &value, size);
}

/**
 * A patch of four bytes: an offset from @p base of 14 bits, two bits that say
 * what is put there, and the value: a byte, a small word, a word near the
 * memory's addresses, or one with the high bits set.
 */
static void fake_patch_one(struct fake_go *go, uint64_t base,
			   const uint8_t *data)
{
	uint64_t at = base + (data[0] | (data[1] & 0x3f) << 8);
	uint64_t value = data[2] | (uint64_t)data[3] << 8;

	switch (data[1] >> 6) {
	case 0:
		fake_store(go, at, 1, data[2]);
		break;
	case 1:
		fake_store(go, at, 8, value);
		break;
	case 2:
		fake_store(go, at, 8, FAKE_BASE + value);
		break;
	case 3:
		fake_store(go, at, 8, UINT64_MAX - value);
		break;
	}
}

/** Patches of the first 16 KiB. */
static void fake_patch(struct fake_go *go, const uint8_t *data, size_t size)
{
	for (; size >= 4; data += 4, size -= 4)
		fake_patch_one(go, FAKE_BASE, data);
}

/** Patches of all the memory: a byte before each says in which 16 KiB. */
static void fake_patch_all(struct fake_go *go, const uint8_t *data, size_t size)
{
	for (; size >= 5; data += 5, size -= 5)
		fake_patch_one(go, FAKE_BASE + 0x4000 * (data[0] % 7),
			       data + 1);
}

/* Counts, and tells the address sanitizer that the text is one. */
static bool fake_count_problem(void *arg,
			       const struct vole_map_problem *problem)
{
	return strlen(problem->text) < sizeof(problem->text) &&
	       ++*(uint64_t *)arg < 1000;
}

/* What a walk trips over --verify must find; lookups must come to an end. */
static void fake_fuzz_look(const struct vole_map *map, bool walked)
{
	uint64_t num = 0, hash;
	struct vole_map_verify verify = { .map = map,
					  .problem = fake_count_problem,
					  .room = map->seed % 64,
					  .arg = &num };
	struct vole_map_probe_slot slot;
	struct vole_map_probe probe;
	struct vole_map_iter iter;
	struct vole_error err;
	unsigned steps = 0;

	if (!vole_map_verify(&verify, &err) || (!num && !walked))
		abort();
	for (hash = 0; hash < 4; hash++) {
		if (!vole_map_probe_begin(map,
					  hash * UINT64_C(0x5555555555555555),
					  &probe, &err))
			continue;
		while (vole_map_probe_next(&probe, &slot, &err))
			if (++steps > 1 << 22)
				abort();
	}
	for (hash = 0; hash < 64; hash++)
		(void)vole_map_iter_read(map, NULL, map->addr + 8 * hash,
					 &iter);
}

/* Walk to the end; `once`: abort when a slot comes twice. */
static void fake_fuzz_walk(struct fake_go *go, uint64_t addr, bool once)
{
	struct vole_hash seen = { 0 };
	struct vole_map_walk walk;
	struct vole_map_slot slot;
	struct vole_error err;
	struct vole_map map;

	if (!vole_map_open(&go->rt, &go->map, addr, &map, &err))
		return;
	vole_map_walk_begin(&map, &walk);
	while (vole_map_walk_next(&walk, &slot, &err)) {
		uint64_t id = slot.unit * VOLE_MAP_SLOTS + slot.index;

		if (slot.index >= VOLE_MAP_SLOTS ||
		    (once && vole_hash_get(&seen, id, NULL)) ||
		    !vole_hash_put(&seen, id, 0))
			abort();
	}
	if (err.code == VOLE_OK && !map.writing && walk.seen != map.count)
		abort();
	vole_map_walk_end(&walk);
	vole_hash_free(&seen);
	fake_fuzz_look(&map, err.code == VOLE_OK);
}

/** First byte of the input: which map; its rest: patches. */
static void fake_fuzz_map(void (*build)(struct fake_go *go, unsigned kind),
			  uint64_t addr, bool once, const uint8_t *data,
			  size_t size)
{
	struct fake_go go;

	if (!size)
		return;
	fake_go_open(&go);
	build(&go, data[0]);
	if (data[0] & 128) {
		go.map.source = VOLE_TYPE_DESCRIPTOR;
		go.map.ref = FAKE_DESCRIPTOR;
		fake_store(&go, FAKE_DESCRIPTOR, 8, 8);
		fake_store(&go, FAKE_DESCRIPTOR + 8, 8, 8);
		fake_store(&go, FAKE_DESCRIPTOR + 21, 1, 8);
		fake_store(&go, FAKE_DESCRIPTOR + 23, 1, VOLE_KIND_MAP);
	}
	if (data[0] & 64)
		go.size = 0x3000;
	fake_patch(&go, data + 1, size - 1);
	fake_fuzz_walk(&go, addr, once);
	fake_go_close(&go);
}

#endif
