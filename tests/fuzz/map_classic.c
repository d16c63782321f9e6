/*
 * A sound classic map, then bytes of it replaced: opening and walking it must
 * end, and give no slot twice.
 */
#include "../unit/fake_iter.h"
#include "../unit/fake_patch.h"

enum {
	HMAP = FAKE_BASE + 0x1000,
	BUCKETS = FAKE_BASE + 0x1100,
	OLD = FAKE_BASE + 0x2000,
	MORE = FAKE_BASE + 0x3000,
	EXTRA = HMAP + 0x30,
	LIST = HMAP + 0x48,
	ITEMS = HMAP + 0x60,
	ITER = HMAP + 0x68,
};

/* runtime.mapextra with one overflow bucket in its list. */
static void build_extra(struct fake_go *go)
{
	fake_has(go, VOLE_STRUCT_MAPEXTRA, 24);
	fake_field(go, VOLE_HMAP_EXTRA, 40, 8);
	fake_field(go, VOLE_MAPEXTRA_OVERFLOW, 0, 8);
	fake_field(go, VOLE_MAPEXTRA_OLD_OVERFLOW, 8, 8);
	fake_field(go, VOLE_MAPEXTRA_NEXT_OVERFLOW, 16, 8);
	fake_field(go, VOLE_CLASSIC_MAPTYPE_BUCKET, 64, 8);
	fake_store(go, FAKE_DESCRIPTOR + 64, 8, FAKE_DESCRIPTOR);
	fake_store(go, HMAP + 40, 8, EXTRA);
	fake_store(go, EXTRA, 8, LIST);
	fake_store(go, LIST, 8, ITEMS);
	fake_store(go, LIST + 8, 8, 1);
	fake_store(go, LIST + 16, 8, 1);
	fake_store(go, ITEMS, 8, MORE);
}

/* A loop at the first slot of all. */
static void build_iter(struct fake_go *go)
{
	fake_hiter(go);
	fake_store(go, ITER, 8, BUCKETS + 8);
	fake_store(go, ITER + 16, 8, FAKE_DESCRIPTOR);
	fake_store(go, ITER + 24, 8, HMAP);
	fake_store(go, ITER + 32, 8, BUCKETS);
	fake_store(go, ITER + 40, 8, BUCKETS);
	fake_store(go, ITER + 64, 8, 1);
	fake_store(go, ITER + 74, 1, 2);
	fake_store(go, ITER + 75, 1, 1);
	fake_store(go, ITER + 80, 8, 2);
	fake_store(go, ITER + 88, 8, UINT64_MAX);
}

static void build(struct fake_go *go, unsigned kind)
{
	static const uint64_t sizes[][2] = {
		{ 8, 8 }, { 1, 0 }, { 136, 8 }, { 8, 200 }, { 16, 24 },
	};
	const uint64_t *size = sizes[kind % 5];
	uint64_t slots, unit;

	fake_classic(go, size[0], size[1]);
	slots = go->slot_key.size + go->slot_elem.size;
	unit = 8 + 8 * slots + 8;
	fake_field(go, VOLE_CLASSIC_MAPTYPE_KEY_SIZE, 80, 1);
	fake_field(go, VOLE_CLASSIC_MAPTYPE_ELEM_SIZE, 81, 1);
	fake_field(go, VOLE_CLASSIC_MAPTYPE_BUCKET_SIZE, 82, 2);
	fake_field(go, VOLE_CLASSIC_MAPTYPE_FLAGS, 84, 4);
	fake_store(go, FAKE_DESCRIPTOR + 80, 1, go->slot_key.size);
	fake_store(go, FAKE_DESCRIPTOR + 81, 1, go->slot_elem.size);
	fake_store(go, FAKE_DESCRIPTOR + 82, 2, unit);
	fake_store(go, FAKE_DESCRIPTOR + 84, 4,
		   (size[0] > 128) | (size[1] > 128) << 1);
	fake_store(go, HMAP, 8, 4);
	fake_store(go, HMAP + 9, 1, 2);
	fake_store(go, HMAP + 16, 8, BUCKETS);
	fake_store(go, BUCKETS, 2, 0x0909);
	fake_store(go, BUCKETS + 3 * unit, 1, 9);
	fake_store(go, BUCKETS + unit - 8, 8, MORE);
	fake_store(go, MORE, 1, 9);
	fake_store(go, BUCKETS + 8, 8, MORE);
	fake_store(go, BUCKETS + 16, 8, MORE);
	build_iter(go);
	if (kind & 32)
		build_extra(go);
	if (kind & 8) {
		fake_store(go, HMAP + 8, 1, kind & 16 ? 8 : 0);
		fake_store(go, HMAP + 24, 8, OLD);
		fake_store(go, OLD, 1, 2);
		fake_store(go, OLD + unit, 1, 9);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fake_fuzz_map(build, HMAP, true, data, size);
	return 0;
}
