/**
 * The function table of a fake program, made from a list: each function has
 * one frame size and one line, and CODE_SIZE bytes of code. fake_funcs.h has
 * the finer things of a table. All functions are static.
 */
#ifndef VOLE_TESTS_FAKE_CODE_H
#define VOLE_TESTS_FAKE_CODE_H

#include "fake_funcs.h"

/** Offsets from where it all begins. */
enum {
	CODE_HEADER = 0,
	CODE_NAMES = FUNCS_NAMES,
	CODE_CU = 0x500,
	CODE_FILES = 0x600,
	CODE_PCTAB = 0xa00,
	CODE_GOFUNC = 0xe00, /* what funcdata counts from */
	CODE_FUNCS = 0x1000,
	CODE_FTAB = 0x1800,
	CODE_TEXT = FAKE_BASE + 0x1e000,
	CODE_MAX = 32, /* functions */
	CODE_FUNC = 64, /* bytes of a runtime._func */
	CODE_SIZE = 64, /* bytes of a function's code */
};

struct fake_func {
	const char *name;
	const char *file;
	uint32_t frame; /* bytes from sp up to the return address */
	uint8_t flag; /* VOLE_FUNC_* */
};

struct fake_code {
	struct fake_go *go;
	uint64_t at;
	uint32_t names, files, pctab; /* bytes of them */
};

/** Where function number @p index begins. */
static uint64_t fake_code_at(size_t index)
{
	return CODE_TEXT + CODE_SIZE * (uint64_t)index;
}

static uint32_t fake_code_text(struct fake_code *code, uint64_t table,
			       uint32_t *len, const char *text)
{
	uint32_t at = *len;

	fake_bytes(code->go, code->at + table + at, text, strlen(text) + 1);
	*len += (uint32_t)strlen(text) + 1;
	return at;
}

/* A pc-value table of one value for all of a function. */
static uint32_t fake_code_value(struct fake_code *code, uint32_t value)
{
	uint32_t at = code->pctab, rest = (value + 1) * 2;

	for (; rest >= 0x80; rest >>= 7)
		fake_put(code->go, code->at + CODE_PCTAB + code->pctab++, 1,
			 (rest & 0x7f) | 0x80);
	fake_put(code->go, code->at + CODE_PCTAB + code->pctab++, 1, rest);
	fake_put(code->go, code->at + CODE_PCTAB + code->pctab++, 1, CODE_SIZE);
	fake_put(code->go, code->at + CODE_PCTAB + code->pctab++, 1, 0);
	return at;
}

/* runtime._func of Go 1.20; line `10 + index` of its file. */
static void fake_code_func(struct fake_code *code, uint32_t index,
			   const struct fake_func *f)
{
	uint64_t func = CODE_FUNCS + CODE_FUNC * index;
	uint32_t words[11] = { index * CODE_SIZE };

	fake_put(code->go, code->at + CODE_CU + 4 * index, 4,
		 fake_code_text(code, CODE_FILES, &code->files, f->file));
	words[1] = fake_code_text(code, CODE_NAMES, &code->names, f->name);
	words[4] = fake_code_value(code, f->frame);
	words[5] = fake_code_value(code, 0);
	words[6] = fake_code_value(code, 10 + index);
	words[8] = index;
	words[9] = 1;
	words[10] = (uint32_t)f->flag << 8;
	fake_words(code->go, code->at + func, words, 11);
	words[1] = (uint32_t)(func - CODE_FUNCS);
	fake_words(code->go, code->at + CODE_FTAB + 8 * index, words, 2);
}

/** Write all of it at @p at, and open it. */
static void fake_code(struct fake_go *go, uint64_t at,
		      const struct fake_func *funcs, uint32_t num)
{
	struct fake_code code = { go, at, 1, 0, 1 };
	struct vole_error err;
	uint32_t i;

	if (num > CODE_MAX)
		abort();
	fake_pc_header(go, at + CODE_HEADER);
	for (i = 0; i < num; i++)
		fake_code_func(&code, i, &funcs[i]);
	fake_put(go, at + CODE_FTAB + 8 * (uint64_t)num, 4, num * CODE_SIZE);
	go->module = (struct vole_module){
		.pc_header = at + CODE_HEADER,
		.funcnametab = { at + CODE_NAMES, code.names },
		.cutab = { at + CODE_CU, num },
		.filetab = { at + CODE_FILES, code.files },
		.pctab = { at + CODE_PCTAB, code.pctab },
		.pclntable = { at + CODE_FUNCS, CODE_FUNC * (uint64_t)num },
		.ftab = { at + CODE_FTAB, num + 1 },
		.minpc = CODE_TEXT,
		.maxpc = CODE_TEXT + (uint64_t)num * CODE_SIZE,
		.text = CODE_TEXT,
		.etext = CODE_TEXT + (uint64_t)num * CODE_SIZE,
		.gofunc = at + CODE_GOFUNC,
		.name = "",
	};
	go->rt.modules.items = &go->module;
	go->rt.modules.len = 1;
	if (!vole_pclntab_open(&go->rt, &go->rt.pclntab, &err))
		abort();
}

/** Let function number @p index have open-coded defers, told at @p offset. */
static void fake_code_defers(struct fake_go *go, uint64_t at, uint32_t index,
			     uint32_t offset)
{
	uint64_t func = at + CODE_FUNCS + CODE_FUNC * (uint64_t)index;
	const uint32_t funcdata[] = { UINT32_MAX, UINT32_MAX, UINT32_MAX,
				      UINT32_MAX, offset };
	struct vole_error err;

	fake_put(go, func + 12, 4, CODE_SIZE - 4); /* where it runs them */
	fake_put(go, func + 43, 1, 5);
	fake_words(go, func + 44, funcdata, 5);
	if (!vole_pclntab_open(&go->rt, &go->rt.pclntab, &err))
		abort();
}

#endif
