/*
 * A sound swiss map, then bytes of it replaced: opening and walking it must
 * end.
 */
#include "../unit/fake_iter.h"
#include "../unit/fake_patch.h"

enum {
	MAP = FAKE_BASE + 0x1000,
	DIR = FAKE_BASE + 0x1100,
	TABLES = FAKE_BASE + 0x1200,
	GROUPS = FAKE_BASE + 0x2000,
};

static void build_table(struct fake_go *go, unsigned n, unsigned index,
			unsigned depth)
{
	uint64_t table = TABLES + 0x40 * n, groups = GROUPS + 0x800 * n;

	fake_store(go, table, 2, 1);
	fake_store(go, table + 2, 2, 8);
	fake_store(go, table + 6, 1, depth);
	fake_store(go, table + 8, 8, index);
	fake_store(go, table + 16, 8, groups);
	fake_store(go, groups, 8, UINT64_C(0x8080808080808011));
	fake_store(go, groups + 8, 8, GROUPS + 0x100);
}

/* Split groups come with the descriptors of Go 1.27. */
static void build_descriptor(struct fake_go *go, const uint64_t *size,
			     bool split)
{
	uint64_t key = go->slot_key.size, elem = go->slot_elem.size;
	uint64_t slot = elem ? key + elem : key + 8;
	uint64_t at = FAKE_DESCRIPTOR;
	unsigned flags = (size[0] > 128) << 2 | (size[1] > 128) << 3;

	fake_field(go, VOLE_SWISS_MAPTYPE_GROUP_SIZE, 80, 8);
	if (split) {
		fake_field(go, VOLE_SWISS_MAPTYPE_KEYS_OFF, 88, 8);
		fake_field(go, VOLE_SWISS_MAPTYPE_KEY_STRIDE, 96, 8);
		fake_field(go, VOLE_SWISS_MAPTYPE_ELEMS_OFF, 104, 8);
		fake_field(go, VOLE_SWISS_MAPTYPE_ELEM_STRIDE, 112, 8);
		fake_field(go, VOLE_SWISS_MAPTYPE_FLAGS, 120, 4);
		fake_store(go, at + 80, 8, 8 + 8 * (key + elem));
		fake_store(go, at + 88, 8, 8);
		fake_store(go, at + 96, 8, key);
		fake_store(go, at + 104, 8, 8 + 8 * key);
		fake_store(go, at + 112, 8, elem);
		fake_store(go, at + 120, 4, flags);
		return;
	}
	fake_field(go, VOLE_SWISS_MAPTYPE_SLOT_SIZE, 88, 8);
	fake_field(go, VOLE_SWISS_MAPTYPE_ELEM_OFF, 96, 8);
	fake_field(go, VOLE_SWISS_MAPTYPE_FLAGS, 104, 4);
	fake_store(go, at + 80, 8, 8 + 8 * slot);
	fake_store(go, at + 88, 8, slot);
	fake_store(go, at + 96, 8, key);
	fake_store(go, at + 104, 4, flags);
}

/* A loop at the first slot of all. */
static void build_iter(struct fake_go *go, bool small)
{
	uint64_t at = MAP + 0x40;

	fake_swissiter(go);
	fake_store(go, at, 8, GROUPS + 8);
	fake_store(go, at + 16, 8, FAKE_DESCRIPTOR);
	fake_store(go, at + 24, 8, MAP);
	fake_store(go, at + 56, 1, small ? 0 : 2);
	fake_store(go, at + 64, 8, small ? UINT64_MAX : 0);
	fake_store(go, at + 72, 8, TABLES);
	fake_store(go, at + 80, 8, GROUPS);
	fake_store(go, at + 88, 8, 1);
}

static void build(struct fake_go *go, unsigned kind)
{
	static const uint64_t sizes[][2] = {
		{ 8, 8 }, { 1, 0 }, { 136, 8 }, { 8, 200 }, { 16, 24 },
	};
	const uint64_t *size = sizes[kind % 5];

	fake_swiss(go, size[0], size[1], kind & 32);
	build_descriptor(go, size, kind & 32);
	build_iter(go, kind & 8);
	if (kind & 8) {
		fake_store(go, MAP, 8, 1);
		fake_store(go, MAP + 16, 8, GROUPS);
		fake_store(go, GROUPS, 8, UINT64_C(0x8080808080808011));
		return;
	}
	fake_store(go, MAP, 8, 3);
	fake_store(go, MAP + 16, 8, DIR);
	fake_store(go, MAP + 24, 8, 4);
	fake_store(go, MAP + 32, 1, 2);
	fake_store(go, DIR, 8, TABLES);
	fake_store(go, DIR + 8, 8, TABLES);
	fake_store(go, DIR + 16, 8, TABLES + 0x40);
	fake_store(go, DIR + 24, 8, TABLES + 0x80);
	build_table(go, 0, 0, 1);
	build_table(go, 1, 2, 2);
	build_table(go, 2, 3, 2);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fake_fuzz_map(build, MAP, false, data, size);
	return 0;
}
