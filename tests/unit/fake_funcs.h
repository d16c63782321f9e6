/**
 * The function table of a fake program: main.f, and main.g with main.h inlined
 * into it. Everything lies at and after one address, so it fits into the last
 * bytes of the address space too.
 */
#ifndef VOLE_TESTS_FAKE_FUNCS_H
#define VOLE_TESTS_FAKE_FUNCS_H

#include "fake_go.h"
#include "runtime/pclntab_private.h"

/** Offsets from where it all begins. */
enum {
	FUNCS_HEADER = 0, /* runtime.pcHeader */
	FUNCS_NAMES = 0x80,
	FUNCS_CU = 0xc0,
	FUNCS_FILES = 0xe0,
	FUNCS_PCTAB = 0x100,
	FUNCS_TREE = 0x140, /* of main.g, at offset 16 of gofunc */
	FUNCS_FUNCS = 0x180, /* the pclntable: _func after _func */
	FUNCS_G = 64, /* main.g's _func in it */
	FUNCS_FTAB = 0x240,
	FUNCS_END = FUNCS_FTAB + 24,
};

/** What is in them. */
enum {
	FUNCS_TEXT = 0x400000,
	FUNCS_F_ENTRY = 16,
	FUNCS_G_ENTRY = 32,
	FUNCS_G_END = 64,
	FUNCS_NAME_F = 1, /* in the names */
	FUNCS_NAME_G = 8,
	FUNCS_NAME_H = 15,
	FUNCS_SP_F = 1, /* in pctab: 0, then 24 from byte 4 on */
	FUNCS_FILE = 6, /* file 1 all along */
	FUNCS_LINE_F = 9, /* 10, then 9 from byte 8 on */
	FUNCS_LINE_G = 14, /* 30 */
	FUNCS_INLINED = 17, /* call 0 from byte 8 to 16, else none */
};

static void fake_bytes(struct fake_go *go, uint64_t addr, const void *bytes,
		       size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		fake_put(go, addr + i, 1, ((const uint8_t *)bytes)[i]);
}

/** Set words of 4 bytes: `words` from @p addr on. */
static void fake_words(struct fake_go *go, uint64_t addr, const uint32_t *words,
		       size_t num_words)
{
	fake_bytes(go, addr, words, num_words * sizeof(*words));
}

/** runtime.pcHeader, src/runtime/symtab.go */
static void fake_pc_header(struct fake_go *go, uint64_t addr)
{
	fake_put(go, addr, 8, UINT64_C(0x08010000fffffff1));
	fake_put(go, addr + 8, 8, 2);
	fake_put(go, addr + 24, 8, FUNCS_TEXT);
	fake_put(go, addr + 32, 8, FUNCS_NAMES);
}

/** runtime._func of Go 1.20, src/runtime/runtime2.go */
static void fake_funcs_f(struct fake_go *go, uint64_t addr)
{
	static const uint32_t f[] = {
		FUNCS_F_ENTRY, FUNCS_NAME_F, 8, 0, FUNCS_SP_F,
		FUNCS_FILE,    FUNCS_LINE_F, 0, 0, 7,
		0x00000512,
	};

	fake_words(go, addr, f, 11);
}

/* Three words of pcdata and four of funcdata; the inline tree is last of both. */
static void fake_funcs_g(struct fake_go *go, uint64_t addr)
{
	static const uint32_t g[] = {
		FUNCS_G_ENTRY,
		FUNCS_NAME_G,
		0,
		0,
		0,
		FUNCS_FILE,
		FUNCS_LINE_G,
		3,
		1,
		20,
		0x04000000,
		0,
		0,
		FUNCS_INLINED,
		UINT32_MAX,
		0,
		8,
		16,
	};

	fake_words(go, addr, g, 18);
}

static void fake_funcs_module(struct fake_go *go, uint64_t at)
{
	struct vole_module *m = &go->module;

	*m = (struct vole_module){
		.pc_header = at + FUNCS_HEADER,
		.funcnametab = { at + FUNCS_NAMES, 22 },
		.cutab = { at + FUNCS_CU, 3 },
		.filetab = { at + FUNCS_FILES, 16 },
		.pctab = { at + FUNCS_PCTAB, 24 },
		.pclntable = { at + FUNCS_FUNCS, FUNCS_G + 72 },
		.ftab = { at + FUNCS_FTAB, 3 },
		.minpc = FUNCS_TEXT + FUNCS_F_ENTRY,
		.maxpc = FUNCS_TEXT + FUNCS_G_END,
		.text = FUNCS_TEXT,
		.etext = FUNCS_TEXT + FUNCS_G_END,
		.types = 0x500000,
		.etypes = 0x510000,
		.gofunc = at + FUNCS_TREE - 16,
		.name = "",
	};
	go->rt.modules.items = m;
	go->rt.modules.len = 1;
}

/** Write all of it at @p at and describe it in go->module. */
static void fake_funcs(struct fake_go *go, uint64_t at)
{
	static const char names[] = "\0main.f\0main.g\0main.h";
	static const char files[] = "/src/a.go\0/b.go";
	static const uint32_t cu[] = { UINT32_MAX, 0, 10 };
	static const uint32_t ftab[] = { FUNCS_F_ENTRY, 0, FUNCS_G_ENTRY,
					 FUNCS_G, FUNCS_G_END };
	/* Pairs of a value's change, zigzag from -1, and of bytes of code. */
	static const uint8_t pctab[] = { 0, 2,	4, 48, 12, 0, 4,  32,
					 0, 22, 8, 1,  8,  0, 62, 32,
					 0, 0,	8, 2,  8,  1, 16, 0 };
	/* funcID, name, byte of main.g where it is called, start line. */
	static const uint32_t tree[] = { 0, FUNCS_NAME_H, 4, 25 };

	fake_pc_header(go, at + FUNCS_HEADER);
	fake_bytes(go, at + FUNCS_NAMES, names, sizeof(names));
	fake_words(go, at + FUNCS_CU, cu, 3);
	fake_bytes(go, at + FUNCS_FILES, files, sizeof(files));
	fake_bytes(go, at + FUNCS_PCTAB, pctab, sizeof(pctab));
	fake_words(go, at + FUNCS_TREE, tree, 4);
	fake_funcs_f(go, at + FUNCS_FUNCS);
	fake_funcs_g(go, at + FUNCS_FUNCS + FUNCS_G);
	fake_words(go, at + FUNCS_FTAB, ftab, 5);
	fake_funcs_module(go, at);
}

#endif
