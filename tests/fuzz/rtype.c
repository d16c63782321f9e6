/*
 * Descriptors of each kind of type, then bytes of them replaced: what a type
 * says, and all types that it leads to, must come to an end.
 */
#include "../unit/fake_patch.h"
#include "../unit/fake_rtype.h"

#include "runtime/rtype.h"

enum {
	FIRST = FAKE_BASE + 0x100, /* one descriptor for each kind */
	STRIDE = 0x80,
	FIELDS = FAKE_BASE + 0xe00,
	NAMES = 0x80,
	MAX_TYPES = 500,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t type_at(unsigned kind)
{
	return FIRST + STRIDE * (uint64_t)kind;
}

static void build(struct fake_go *go)
{
	unsigned kind;

	fake_layout_types(go);
	fake_name(go, NAMES, "main.T");
	fake_name(go, NAMES + 0x10, "field");
	for (kind = 1; kind < VOLE_NUM_KINDS; kind++) {
		fake_rtype(go, type_at(kind), (enum vole_kind)kind, 0, NAMES);
		fake_rtype_tail(go, type_at(kind), type_at(VOLE_KIND_INT),
				type_at(VOLE_KIND_STRING), 2);
	}
	fake_rtype_tail(go, type_at(VOLE_KIND_STRUCT), FAKE_BASE + NAMES,
			FIELDS, 2);
	fake_put(go, type_at(VOLE_KIND_STRUCT) + 72, 8, 2);
	fake_rtype_field(go, FIELDS, 0, NAMES + 0x10, type_at(VOLE_KIND_PTR),
			 0);
	fake_rtype_field(go, FIELDS, 1, NAMES + 0x10, type_at(VOLE_KIND_MAP),
			 8);
	fake_put(go, type_at(VOLE_KIND_FUNC) + 48, 4, 0x00010001);
	fake_put(go, type_at(VOLE_KIND_FUNC) + 56, 8, type_at(VOLE_KIND_INT));
	fake_put(go, type_at(VOLE_KIND_FUNC) + 64, 8, type_at(VOLE_KIND_CHAN));
}

struct walk {
	struct vole_types *types;
	struct vole_type *todo[MAX_TYPES];
	size_t len;
};

static void push(struct walk *w, struct vole_type *type)
{
	size_t i;

	for (i = 0; i < w->len; i++)
		if (w->todo[i] == type)
			return;
	if (type && w->len < MAX_TYPES)
		w->todo[w->len++] = type;
}

static void follow(struct walk *w, struct vole_type *type)
{
	struct vole_error err;
	size_t i;

	if (!vole_type_load(w->types, type, &err)) {
		if (err.code == VOLE_OK || !err.text[0])
			abort();
		return;
	}
	if (!type->name || (unsigned)type->kind >= VOLE_NUM_KINDS)
		abort();
	push(w, type->elem);
	push(w, type->key);
	for (i = 0; i < type->num_fields; i++) {
		if (!type->fields[i].name || !type->fields[i].type)
			abort();
		push(w, type->fields[i].type);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct walk w = { .len = 0 };
	struct vole_type *type;
	struct vole_error err;
	struct fake_go go;
	size_t i;

	if (!size)
		return 0;
	fake_go_open(&go);
	build(&go);
	fake_patch(&go, data + 1, size - 1);
	vole_memory_forget(&go.target.mem);
	vole_rtype_install(&go.rt);
	w.types = go.rt.types;
	if (vole_rtype_type(&go.rt, type_at(data[0] % VOLE_NUM_KINDS), &type,
			    &err))
		push(&w, type);
	for (i = 0; i < w.len; i++)
		follow(&w, w.todo[i]);
	fake_go_close(&go);
	return 0;
}
