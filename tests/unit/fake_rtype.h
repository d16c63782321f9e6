/**
 * Type descriptors in a fake program's memory, after fake_layout_types():
 * types begin at FAKE_BASE, so an offset of type data is one of that.
 */
#ifndef VOLE_TESTS_FAKE_RTYPE_H
#define VOLE_TESTS_FAKE_RTYPE_H

#include "fake_go.h"

/** abi.TFlag, src/internal/abi/type.go */
enum {
	FAKE_UNCOMMON = 1,
	FAKE_EXTRA_STAR = 2,
	FAKE_NAMED = 4,
	FAKE_DIRECT = 32,
};

/** An abi.Name at that offset, with flags 0. */
static void fake_name(struct fake_go *go, uint32_t offset, const char *name)
{
	size_t i, len = strlen(name);

	fake_put(go, FAKE_BASE + offset, 1, 0);
	fake_put(go, FAKE_BASE + offset + 1, 1, len);
	for (i = 0; i < len; i++)
		fake_put(go, FAKE_BASE + offset + 2 + i, 1,
			 (unsigned char)name[i]);
}

/** An abi.Type of 8 bytes whose Str is at offset @p name. */
static void fake_rtype(struct fake_go *go, uint64_t addr, enum vole_kind kind,
		       unsigned tflag, uint32_t name)
{
	fake_put(go, addr, 8, 8);
	fake_put(go, addr + 16, 4, 0x12345678);
	fake_put(go, addr + 20, 1, tflag);
	fake_put(go, addr + 21, 1, 8);
	fake_put(go, addr + 22, 1, 8);
	fake_put(go, addr + 23, 1, kind);
	fake_put(go, addr + 40, 4, name);
}

/** The words behind abi.Type, as many as the kind has. */
static void fake_rtype_tail(struct fake_go *go, uint64_t addr, uint64_t first,
			    uint64_t second, uint64_t third)
{
	fake_put(go, addr + 48, 8, first);
	fake_put(go, addr + 56, 8, second);
	fake_put(go, addr + 64, 8, third);
}

/** abi.StructField number @p index of those at @p fields. */
static void fake_rtype_field(struct fake_go *go, uint64_t fields,
			     unsigned index, uint32_t name, uint64_t type,
			     uint64_t offset)
{
	uint64_t at = fields + 24 * index;

	fake_put(go, at, 8, FAKE_BASE + name);
	fake_put(go, at + 8, 8, type);
	fake_put(go, at + 16, 8, offset);
}

#endif
