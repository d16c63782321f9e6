/*
 * A function table, then bytes of it and of what the module says of it
 * replaced: looking up any function, line, value and inlined call must end.
 */
#include "../unit/fake_funcs.h"
#include "../unit/fake_patch.h"

#include "runtime/call.h"

enum { AT = FAKE_BASE + 0x1000, MAX_FUNCS = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What the module says: four bytes, which table, address or length, value. */
static void patch_module(struct vole_module *m, const uint8_t *data)
{
	struct vole_table *tables[] = { &m->funcnametab, &m->cutab,
					&m->filetab,	 &m->pctab,
					&m->pclntable,	 &m->ftab,
					&m->textsectmap };
	struct vole_table *table = tables[data[0] % 7];
	uint64_t value = data[2] | (uint64_t)data[3] << 8;

	if (data[1] & 2)
		value = UINT64_MAX - value;
	if (data[1] & 1)
		table->addr = data[1] & 4 ? FAKE_BASE + value : value;
	else
		table->len = value;
}

static void look_at(const struct vole_runtime *rt, const struct vole_func *f,
		    uint64_t pc)
{
	struct vole_calls calls;
	struct vole_error err;
	const char *file;
	int32_t line, value;
	uint32_t i;

	if (vole_func_line(rt, f, pc, &file, &line, &err) && !file[0] &&
	    line < 0)
		abort();
	for (i = 0; i < 4; i++)
		if (!vole_func_pcvalue(rt, f, vole_func_pcdata(rt, f, i), pc,
				       &value, &err) &&
		    err.code == VOLE_OK)
			abort();
	vole_func_funcdata(rt, f, 3);
	if (vole_calls_at(rt, pc, true, &calls, &err) &&
	    (!calls.len || !calls.items[calls.len - 1].name))
		abort();
}

static void look_at_all(const struct vole_runtime *rt)
{
	size_t num = vole_func_count(rt), i;
	struct vole_func f;
	struct vole_error err;
	uint64_t pc;

	for (i = 0; i < num && i < MAX_FUNCS; i++) {
		if (!vole_func_get(rt, i, &f, &err))
			continue;
		if (!f.name || strlen(f.name) > FAKE_SIZE)
			abort();
		look_at(rt, &f, f.entry);
		look_at(rt, &f, f.end - 1);
	}
	for (pc = FUNCS_TEXT; pc < FUNCS_TEXT + FUNCS_G_END + 8; pc++)
		if (vole_func_at(rt, pc, &f, &err))
			look_at(rt, &f, pc);
	vole_func_find(rt, "main.g", &f, &err) ? look_at(rt, &f, pc) : (void)0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vole_error err;
	struct fake_go go;

	if (size < 4)
		return 0;
	fake_go_open(&go);
	fake_funcs(&go, AT);
	patch_module(&go.module, data);
	fake_patch(&go, data + 4, size - 4);
	go.rt.calls = vole_call_cache_new();
	if (go.rt.calls && vole_pclntab_open(&go.rt, &go.rt.pclntab, &err))
		look_at_all(&go.rt);
	vole_call_cache_free(go.rt.calls);
	fake_go_close(&go);
	return 0;
}
