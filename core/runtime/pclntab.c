#include "runtime/pclntab.h"

#include "runtime/pclntab_private.h"

#include <string.h>

/* runtime/runtime2.go: type _func. Offsets; startLine is Go 1.20's. */
enum {
	MAX_TEXT = 1 << 16, /* a longer name counts as damage */
	FTAB_ENTRY = 8,
	FUNC_ENTRY = 0,
	FUNC_NAME = 4,
	FUNC_ARGS = 8,
	FUNC_DEFERRETURN = 12,
	FUNC_PCSP = 16,
	FUNC_PCFILE = 20,
	FUNC_PCLN = 24,
	FUNC_NPCDATA = 28,
	FUNC_CU_OFFSET = 32,
	FUNC_START_LINE = 36,
	FUNC_ID = 36, /* 40 with startLine, as all that follows */
	FUNC_FLAG = 37,
	FUNC_NFUNCDATA = 39,
	FUNC_SIZE = 40, /* where the tables begin; not sizeof(_func) */
};

static const uint32_t NONE = UINT32_MAX;

static unsigned func_size(const struct vole_functab *tab)
{
	return FUNC_SIZE + (tab->has_start_line ? 4 : 0);
}

/* symtab.go: (*moduledata).textAddr. */
static uint64_t text_addr(const struct vole_functab *tab, uint32_t offset)
{
	size_t i;

	for (i = 0; i < tab->num_sections; i++) {
		const struct vole_textsect *s = &tab->sections[i];

		if (offset >= s->vaddr &&
		    (offset < s->end ||
		     (i + 1 == tab->num_sections && offset == s->end)))
			return s->base + (offset - s->vaddr);
	}
	return tab->module->text + offset;
}

/* symtab.go: (*moduledata).textOff. */
static bool text_offset(const struct vole_functab *tab, uint64_t pc,
			uint32_t *ret)
{
	uint64_t offset = pc - tab->module->text;
	size_t i;

	for (i = 0; i < tab->num_sections; i++) {
		const struct vole_textsect *s = &tab->sections[i];

		if (pc < s->base)
			return false;
		if (pc - s->base < s->end - s->vaddr) {
			offset = pc - s->base + s->vaddr;
			break;
		}
	}
	*ret = (uint32_t)offset;
	return offset <= UINT32_MAX;
}

static bool fail_func(const struct vole_functab *tab, uint64_t funcoff,
		      const char *what, struct vole_error *err)
{
	return vole_fail(err, VOLE_CORRUPT,
			 tab->module->pclntable.addr + funcoff,
			 "a function of the function table: %s", what);
}

bool vole_bytes_text(const struct vole_bytes *bytes, uint32_t offset,
		     const char **ret)
{
	uint64_t left = offset < bytes->len ? bytes->len - offset : 0;

	if (left > MAX_TEXT)
		left = MAX_TEXT;
	if (!left || !memchr(bytes->at + offset, 0, left))
		return false;
	*ret = (const char *)bytes->at + offset;
	return true;
}

static bool decode(const struct vole_functab *tab, size_t index,
		   struct vole_func *ret, struct vole_error *err)
{
	uint64_t at = index * FTAB_ENTRY;
	uint32_t entry = vole_bytes_u32(&tab->ftab, at);
	uint64_t off = vole_bytes_u32(&tab->ftab, at + 4);
	uint32_t end = vole_bytes_u32(&tab->ftab, at + FTAB_ENTRY);
	unsigned size = func_size(tab), more = size - FUNC_SIZE;
	struct vole_bytes f;

	if (tab->funcs.len < size || off > tab->funcs.len - size)
		return fail_func(tab, off, "it lies outside the table", err);
	f = (struct vole_bytes){ tab->funcs.at + off, tab->funcs.len - off };
	if (vole_bytes_u32(&f, FUNC_ENTRY) != entry || end < entry)
		return fail_func(tab, off, "its entry is another's", err);
	*ret = (struct vole_func){
		.entry = text_addr(tab, entry),
		.end = text_addr(tab, end),
		.func = tab->module->pclntable.addr + off,
		.func_id = f.at[FUNC_ID + more],
		.flag = f.at[FUNC_FLAG + more],
		.args = (int32_t)vole_bytes_u32(&f, FUNC_ARGS),
		.deferreturn = vole_bytes_u32(&f, FUNC_DEFERRETURN),
		.pcsp = vole_bytes_u32(&f, FUNC_PCSP),
		.pcfile = vole_bytes_u32(&f, FUNC_PCFILE),
		.pcln = vole_bytes_u32(&f, FUNC_PCLN),
		.cu_offset = vole_bytes_u32(&f, FUNC_CU_OFFSET),
		.num_pcdata = vole_bytes_u32(&f, FUNC_NPCDATA),
		.num_funcdata = f.at[FUNC_NFUNCDATA + more],
	};
	if (more)
		ret->start_line = (int32_t)vole_bytes_u32(&f, FUNC_START_LINE);
	if ((f.len - size) / 4 < (uint64_t)ret->num_pcdata + ret->num_funcdata)
		return fail_func(tab, off, "its tables do not fit", err);
	if (!vole_bytes_text(&tab->names, vole_bytes_u32(&f, FUNC_NAME),
			     &ret->name))
		return fail_func(tab, off, "its name does not end", err);
	return true;
}

size_t vole_func_count(const struct vole_runtime *rt)
{
	return rt->pclntab ? rt->pclntab->num_funcs : 0;
}

bool vole_func_get(const struct vole_runtime *rt, size_t index,
		   struct vole_func *ret, struct vole_error *err)
{
	const struct vole_pclntab *all = rt->pclntab;
	size_t i;

	for (i = 0; all && i < all->len; i++)
		if (index - all->items[i].first < all->items[i].num_funcs)
			return decode(&all->items[i],
				      index - all->items[i].first, ret, err);
	return vole_fail(err, VOLE_NOT_FOUND, VOLE_NOWHERE, "no function %zu",
			 index);
}

static bool covers(const struct vole_functab *tab, size_t index,
		   uint32_t offset)
{
	return index < tab->num_funcs &&
	       vole_bytes_u32(&tab->ftab, index * FTAB_ENTRY) <= offset &&
	       vole_bytes_u32(&tab->ftab, (index + 1) * FTAB_ENTRY) > offset;
}

/* A table that is not sorted gives some function or none, nothing worse. */
static bool search(const struct vole_functab *tab, uint32_t offset, size_t *ret)
{
	size_t lo = 0, hi = tab->num_funcs;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (vole_bytes_u32(&tab->ftab, mid * FTAB_ENTRY) <= offset)
			lo = mid + 1;
		else
			hi = mid;
	}
	*ret = lo - 1;
	return lo && covers(tab, lo - 1, offset);
}

bool vole_func_at(const struct vole_runtime *rt, uint64_t pc,
		  struct vole_func *ret, struct vole_error *err)
{
	struct vole_pclntab *all = rt->pclntab;
	size_t i, index;
	uint32_t offset;

	for (i = 0; all && i < all->len; i++) {
		const struct vole_functab *tab = &all->items[i];

		if (pc < tab->module->minpc || pc >= tab->module->maxpc ||
		    !text_offset(tab, pc, &offset))
			continue;
		index = all->last - tab->first;
		if (!covers(tab, index, offset) && !search(tab, offset, &index))
			continue;
		all->last = tab->first + index;
		return decode(tab, index, ret, err);
	}
	return vole_fail(err, VOLE_NOT_FOUND, pc, "no Go code at 0x%" PRIx64,
			 pc);
}

/* Where @p name begins in the name table; each name is there once. */
static bool find_name(const struct vole_functab *tab, const char *name,
		      uint32_t *ret)
{
	const uint8_t *at = tab->names.at, *end = at + tab->names.len, *hit;
	size_t len = strlen(name) + 1;

	while (at < end && (hit = memmem(at, (size_t)(end - at), name, len))) {
		if (hit == tab->names.at || !hit[-1]) {
			*ret = (uint32_t)(hit - tab->names.at);
			return true;
		}
		at = hit + 1;
	}
	return false;
}

static bool find_in(const struct vole_functab *tab, const char *name,
		    size_t *ret)
{
	uint32_t offset;
	size_t i;

	if (!name[0] || !find_name(tab, name, &offset))
		return false;
	for (i = 0; i < tab->num_funcs; i++) {
		uint64_t off = vole_bytes_u32(&tab->ftab, i * FTAB_ENTRY + 4);

		if (tab->funcs.len < FUNC_SIZE ||
		    off > tab->funcs.len - FUNC_SIZE ||
		    vole_bytes_u32(&tab->funcs, off + FUNC_NAME) != offset)
			continue;
		*ret = i;
		return true;
	}
	return false;
}

bool vole_func_find(const struct vole_runtime *rt, const char *name,
		    struct vole_func *ret, struct vole_error *err)
{
	const struct vole_pclntab *all = rt->pclntab;
	size_t i, index;

	for (i = 0; all && i < all->len; i++)
		if (find_in(&all->items[i], name, &index))
			return decode(&all->items[i], index, ret, err);
	return vole_fail(err, VOLE_NOT_FOUND, VOLE_NOWHERE,
			 "no function of that name");
}

const struct vole_functab *vole_functab_of(const struct vole_runtime *rt,
					   const struct vole_func *func)
{
	const struct vole_pclntab *all = rt->pclntab;
	size_t i;

	for (i = 0; all && i < all->len; i++)
		if (func->func - all->items[i].module->pclntable.addr <
		    all->items[i].funcs.len)
			return &all->items[i];
	return NULL;
}

/* Word @p index behind the fixed part of a _func. */
static uint32_t tail(const struct vole_functab *tab,
		     const struct vole_func *func, uint64_t index,
		     uint32_t missing)
{
	uint64_t off = func->func - tab->module->pclntable.addr +
		       func_size(tab) + 4 * index;

	if (tab->funcs.len < 4 || off > tab->funcs.len - 4)
		return missing;
	return vole_bytes_u32(&tab->funcs, off);
}

uint32_t vole_func_pcdata(const struct vole_runtime *rt,
			  const struct vole_func *func, uint32_t index)
{
	const struct vole_functab *tab = vole_functab_of(rt, func);

	if (!tab || index >= func->num_pcdata)
		return 0;
	return tail(tab, func, index, 0);
}

uint64_t vole_func_funcdata(const struct vole_runtime *rt,
			    const struct vole_func *func, uint32_t index)
{
	const struct vole_functab *tab = vole_functab_of(rt, func);
	uint32_t offset;

	if (!tab || index >= func->num_funcdata)
		return 0;
	offset = tail(tab, func, (uint64_t)func->num_pcdata + index, NONE);
	return offset == NONE ? 0 : tab->module->gofunc + offset;
}
