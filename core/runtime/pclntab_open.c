#include "runtime/pclntab_private.h"

#include "base/checked.h"

#include <stdlib.h>
#include <string.h>

/* internal/abi/symtab.go: PCLnTabMagic. */
enum {
	MAGIC_GO12 = 0xb,
	MAGIC_GO116 = 0xa,
	MAGIC_GO118 = 0x0,
	MAGIC_GO120 = 0x1, /* 1.26 has it too, without textStart */
};

enum {
	FTAB_ENTRY = 8, /* entry offset, _func offset */
	TEXTSECT = 24,
	MAX_SECTIONS = 4096,
	PROBE = 64,
	CHUNK = 1 << 20,
};

static const uint32_t MAGIC_BASE = 0xfffffff0;

/* The largest programs known have function tables of some 100 MB. */
static const uint64_t MAX_TABLE = 512 << 20;

bool vole_pc_header_read(struct vole_memory *mem, uint64_t addr,
			 struct vole_pc_header *ret, struct vole_error *err)
{
	uint64_t words[9];
	uint8_t sizes[8];

	if (!vole_memory_read_all(mem, addr, words, sizeof(words), err))
		return false;
	memcpy(sizes, words, sizeof(sizes));
	ret->magic = (uint32_t)words[0];
	if (ret->magic < MAGIC_BASE || sizes[4] || sizes[5])
		return vole_fail(err, VOLE_CORRUPT, addr,
				 "no header of a function table");
	if (sizes[6] != 1 || sizes[7] != 8)
		return vole_fail(err, VOLE_UNSUPPORTED, addr,
				 "a function table of another machine");
	if (ret->magic == MAGIC_BASE + MAGIC_GO12 ||
	    ret->magic == MAGIC_BASE + MAGIC_GO116)
		return vole_fail(err, VOLE_UNSUPPORTED, addr,
				 "a function table of Go 1.17 or before");
	ret->num_funcs = words[1];
	ret->funcname_offset = words[4];
	return true;
}

/* Does the executable hold what memory does, as far as a look at both ends says? */
static bool same_ends(struct vole_memory *mem, uint64_t addr,
		      const uint8_t *bytes, uint64_t len)
{
	uint8_t probe[PROBE];
	size_t want = len < PROBE ? len : PROBE;

	return vole_memory_read(mem, addr, probe, want) == want &&
	       !memcmp(probe, bytes, want) &&
	       vole_memory_read(mem, addr + len - want, probe, want) == want &&
	       !memcmp(probe, bytes + len - want, want);
}

/* Bytes that stay where they are until the target closes, or NULL. */
static const uint8_t *lend(const struct vole_runtime *rt, uint64_t addr,
			   uint64_t len)
{
	struct vole_memory *mem = rt->mem;
	const uint8_t *bytes;
	size_t have = 0;

	if (mem->core) {
		bytes = vole_memory_borrow(mem, addr, &have);
		if (bytes && have >= len)
			return bytes;
	}
	if (!mem->exe)
		return NULL;
	bytes = vole_elf_borrow(mem->exe, addr - mem->bias, &have);
	if (bytes && have >= len && same_ends(mem, addr, bytes, len))
		return bytes;
	return NULL;
}

/*
 * A whole table, lent or copied once: listing functions looks at every byte
 * of it. What is missing at its end is left out.
 */
static bool hold(struct vole_runtime *rt, uint64_t addr, uint64_t len,
		 struct vole_bytes *ret, struct vole_error *err)
{
	uint64_t done = 0;
	uint8_t *copy;

	if (len > MAX_TABLE)
		return vole_fail(err, VOLE_CORRUPT, addr,
				 "a function table of %" PRIu64 " bytes", len);
	*ret = (struct vole_bytes){ (const uint8_t *)"", 0 };
	len = vole_memory_extent(rt->mem, addr, len);
	if (!len)
		return true;
	ret->at = lend(rt, addr, len);
	if (ret->at) {
		ret->len = len;
		return true;
	}
	copy = vole_arena_alloc(&rt->arena, len);
	if (!copy)
		return vole_fail_nomem(err);
	while (done < len) {
		size_t want = len - done < CHUNK ? len - done : CHUNK;
		size_t have = vole_memory_read(rt->mem, addr + done,
					       copy + done, want);

		done += have;
		if (have < want)
			break;
	}
	*ret = (struct vole_bytes){ copy, done };
	return true;
}

/*
 * Up to 1.25 the length of cutab, a []uint32, is in bytes: its slice claims
 * four times what there is. The table of files follows it.
 */
static uint64_t cu_bytes(const struct vole_module *m)
{
	uint64_t claimed = m->cutab.len * 4;
	uint64_t room = m->filetab.addr - m->cutab.addr;

	return m->filetab.addr > m->cutab.addr && room < claimed ? room :
								   claimed;
}

static bool hold_sections(struct vole_runtime *rt, struct vole_functab *tab,
			  struct vole_error *err)
{
	const struct vole_table *map = &tab->module->textsectmap;

	if (map->len <= 1)
		return true;
	if (map->len > MAX_SECTIONS)
		return vole_fail(err, VOLE_CORRUPT, map->addr,
				 "%" PRIu64 " text sections", map->len);
	tab->sections = vole_arena_array(&rt->arena, map->len, TEXTSECT);
	if (!tab->sections)
		return vole_fail_nomem(err);
	if (!vole_memory_read_all(rt->mem, map->addr, tab->sections,
				  map->len * TEXTSECT, err))
		return false;
	tab->num_sections = map->len;
	return true;
}

static bool open_module(struct vole_runtime *rt, const struct vole_module *m,
			struct vole_functab *tab, struct vole_error *err)
{
	struct vole_pc_header header;

	tab->module = m;
	if (!vole_pc_header_read(rt->mem, m->pc_header, &header, err))
		return false;
	if (header.magic != MAGIC_BASE + MAGIC_GO118 &&
	    header.magic != MAGIC_BASE + MAGIC_GO120)
		return vole_fail(err, VOLE_UNSUPPORTED, m->pc_header,
				 "a function table of an unknown kind (0x%x)",
				 header.magic);
	tab->has_start_line = header.magic == MAGIC_BASE + MAGIC_GO120;
	if (!hold(rt, m->ftab.addr, m->ftab.len * FTAB_ENTRY, &tab->ftab,
		  err) ||
	    !hold(rt, m->pclntable.addr, m->pclntable.len, &tab->funcs, err) ||
	    !hold(rt, m->funcnametab.addr, m->funcnametab.len, &tab->names,
		  err) ||
	    !hold(rt, m->cutab.addr, cu_bytes(m), &tab->cu, err) ||
	    !hold(rt, m->filetab.addr, m->filetab.len, &tab->files, err) ||
	    !hold(rt, m->pctab.addr, m->pctab.len, &tab->pctab, err) ||
	    !hold_sections(rt, tab, err))
		return false;
	/* The last entry is no function but the end of the one before. */
	if (tab->ftab.len < 2 * FTAB_ENTRY)
		return vole_fail(err, VOLE_UNREADABLE, m->ftab.addr,
				 "the function table is not there");
	tab->num_funcs = tab->ftab.len / FTAB_ENTRY - 1;
	return true;
}

static int by_text(const void *a, const void *b)
{
	const struct vole_functab *x = a, *y = b;

	return x->module->minpc < y->module->minpc ? -1 :
	       x->module->minpc > y->module->minpc ? 1 :
						     0;
}

bool vole_pclntab_open(struct vole_runtime *rt, struct vole_pclntab **ret,
		       struct vole_error *err)
{
	struct vole_pclntab *tab = vole_arena_alloc(&rt->arena, sizeof(*tab));
	size_t i;

	if (!tab)
		return vole_fail_nomem(err);
	tab->items = vole_arena_array(&rt->arena, rt->modules.len + 1,
				      sizeof(*tab->items));
	if (!tab->items)
		return vole_fail_nomem(err);
	if (!rt->modules.len)
		return vole_fail(err, VOLE_NOT_FOUND, VOLE_NOWHERE,
				 "no module has a function table");
	for (i = 0; i < rt->modules.len; i++) {
		struct vole_error bad;

		if (open_module(rt, &rt->modules.items[i],
				&tab->items[tab->len], &bad)) {
			tab->len++;
			continue;
		}
		if (!i) {
			*err = bad;
			return false;
		}
		vole_target_problem(rt->target, "functions of module %zu: %s",
				    i, bad.text);
	}
	qsort(tab->items, tab->len, sizeof(*tab->items), by_text);
	for (i = 0; i < tab->len; i++) {
		tab->items[i].first = tab->num_funcs;
		tab->num_funcs += tab->items[i].num_funcs;
	}
	*ret = tab;
	return true;
}

void vole_pclntab_close(struct vole_pclntab *tab)
{
	/* All of it is the runtime's arena's. */
	(void)tab;
}
