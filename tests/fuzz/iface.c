/*
 * Descriptors and an itab, then bytes of them replaced: opening an interface
 * and loading its type must end.
 */
#include "../unit/fake_patch.h"

#include "runtime/iface.h"
#include "runtime/rtype.h"

enum {
	INT = FAKE_BASE + 0x100,
	POINTER = FAKE_BASE + 0x180,
	STRUCT = FAKE_BASE + 0x200,
	STRINGER = FAKE_BASE + 0x480,
	FIELDS = FAKE_BASE + 0x280,
	NAME = 0x300,
	TAB = FAKE_BASE + 0x400,
	DATA = FAKE_BASE + 0x500,
};

static void build_type(struct fake_go *go, uint64_t addr, enum vole_kind kind,
		       uint64_t elem)
{
	fake_store(go, addr, 8, 8);
	fake_store(go, addr + 8, 8, elem ? 8 : 0);
	fake_store(go, addr + 16, 4, 0x1234);
	fake_store(go, addr + 21, 1, 8);
	fake_store(go, addr + 22, 1, 8);
	fake_store(go, addr + 23, 1, kind);
	fake_store(go, addr + 40, 4, NAME);
	fake_store(go, addr + 48, 8, elem);
}

static void build(struct fake_go *go)
{
	fake_layout_types(go);
	memcpy(go->bytes + NAME, "\0\3int", 5);
	build_type(go, INT, VOLE_KIND_INT, 0);
	build_type(go, POINTER, VOLE_KIND_PTR, INT);
	build_type(go, STRUCT, VOLE_KIND_STRUCT, 0);
	fake_store(go, STRUCT + 56, 8, FIELDS);
	fake_store(go, STRUCT + 64, 8, 1);
	fake_store(go, STRUCT + 72, 8, 1);
	fake_store(go, FIELDS, 8, FAKE_BASE + NAME);
	fake_store(go, FIELDS + 8, 8, INT);
	build_type(go, STRINGER, VOLE_KIND_INTERFACE, 0);
	fake_store(go, STRINGER, 8, 16);
	fake_store(go, TAB, 8, STRINGER);
	fake_store(go, TAB + 8, 8, STRUCT);
	fake_store(go, TAB + 16, 4, 0x1234);
}

/* A type that loads can be followed as far as it goes, within reason. */
static void follow(struct fake_go *go, struct vole_type *type)
{
	struct vole_error err;
	unsigned depth;
	size_t i;

	for (depth = 0; type && depth < 40; depth++) {
		if (!vole_type_load(go->rt.types, type, &err))
			return;
		if ((unsigned)type->kind >= VOLE_NUM_KINDS || !type->name)
			abort();
		for (i = 0; i < type->num_fields; i++)
			if (!type->fields[i].name || !type->fields[i].type)
				abort();
		type = type->elem	? type->elem :
		       type->num_fields ? type->fields[0].type :
					  NULL;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint64_t heads[] = { INT, POINTER, STRUCT, TAB };
	uint64_t words[2] = { 0, DATA };
	struct vole_iface iface;
	struct vole_error err;
	struct vole_type type;
	struct fake_go go;

	if (!size)
		return 0;
	fake_go_open(&go);
	build(&go);
	fake_patch(&go, data + 1, size - 1);
	type = *fake_type(&go, VOLE_KIND_INTERFACE, 16);
	type.is_eface = (data[0] & 3) != 3;
	words[0] = heads[data[0] & 3];
	vole_rtype_install(&go.rt);
	if (vole_iface_open(&go.rt, &type, words, DATA, &iface, &err))
		follow(&go, iface.type);
	fake_go_close(&go);
	return 0;
}
