#include "runtime/module.h"

#include "base/checked.h"
#include "base/hash.h"
#include "runtime/module_private.h"
#include "runtime/pclntab_private.h"

#include <string.h>

enum { MAX_NAME = 4096 };

/* More functions, types or sections than a 2 GiB text can hold. */
static const uint64_t MAX_ELEMENTS = 1 << 28;

static struct vole_table get_table(struct vole_view *view,
				   enum vole_field_id field)
{
	struct vole_table table = { 0 };
	uint64_t at = vole_get_addr(view, field);

	table.addr = vole_get(view, field);
	if (view->ok &&
	    !vole_memory_uint(view->mem, at + 8, 8, &table.len, view->err))
		view->ok = false;
	if (view->ok && table.len > MAX_ELEMENTS)
		view->ok = vole_fail(view->err, VOLE_CORRUPT, view->addr,
				     "%s of %" PRIu64 " elements",
				     vole_layout_rows[field].id, table.len);
	return table;
}

/* Names only serve people: what is wrong with one is no error. */
static const char *get_name(struct vole_runtime *rt, struct vole_view *view,
			    enum vole_field_id field)
{
	uint64_t at = vole_get_addr(view, field), data, len;
	struct vole_error ignored;
	char *name;

	if (!view->ok || !vole_memory_uint(rt->mem, at, 8, &data, &ignored) ||
	    !vole_memory_uint(rt->mem, at + 8, 8, &len, &ignored) || !len ||
	    len > MAX_NAME)
		return "";
	name = vole_arena_alloc(&rt->arena, len + 1);
	if (!name || vole_memory_read(rt->mem, data, name, len) != len)
		return "";
	return name;
}

static bool decode(struct vole_runtime *rt, uint64_t addr,
		   struct vole_module *ret, struct vole_error *err)
{
	struct vole_view v = vole_runtime_view(rt, addr, err);
	struct vole_module m = { .addr = addr };

	m.pc_header = vole_get(&v, VOLE_MODULEDATA_PC_HEADER);
	m.funcnametab = get_table(&v, VOLE_MODULEDATA_FUNCNAMETAB);
	m.cutab = get_table(&v, VOLE_MODULEDATA_CUTAB);
	m.filetab = get_table(&v, VOLE_MODULEDATA_FILETAB);
	m.pctab = get_table(&v, VOLE_MODULEDATA_PCTAB);
	m.pclntable = get_table(&v, VOLE_MODULEDATA_PCLNTABLE);
	m.ftab = get_table(&v, VOLE_MODULEDATA_FTAB);
	m.typelinks = get_table(&v, VOLE_MODULEDATA_TYPELINKS);
	m.itablinks = get_table(&v, VOLE_MODULEDATA_ITABLINKS);
	m.textsectmap = get_table(&v, VOLE_MODULEDATA_TEXTSECTMAP);
	m.minpc = vole_get(&v, VOLE_MODULEDATA_MINPC);
	m.maxpc = vole_get(&v, VOLE_MODULEDATA_MAXPC);
	m.text = vole_get(&v, VOLE_MODULEDATA_TEXT);
	m.etext = vole_get(&v, VOLE_MODULEDATA_ETEXT);
	m.noptrdata = vole_get(&v, VOLE_MODULEDATA_NOPTRDATA);
	m.enoptrdata = vole_get(&v, VOLE_MODULEDATA_ENOPTRDATA);
	m.data = vole_get(&v, VOLE_MODULEDATA_DATA);
	m.edata = vole_get(&v, VOLE_MODULEDATA_EDATA);
	m.bss = vole_get(&v, VOLE_MODULEDATA_BSS);
	m.ebss = vole_get(&v, VOLE_MODULEDATA_EBSS);
	m.noptrbss = vole_get(&v, VOLE_MODULEDATA_NOPTRBSS);
	m.enoptrbss = vole_get(&v, VOLE_MODULEDATA_ENOPTRBSS);
	m.types = vole_get(&v, VOLE_MODULEDATA_TYPES);
	m.etypes = vole_get(&v, VOLE_MODULEDATA_ETYPES);
	m.rodata = vole_get(&v, VOLE_MODULEDATA_RODATA);
	m.gofunc = vole_get(&v, VOLE_MODULEDATA_GOFUNC);
	m.gcdatamask = vole_get(&v, VOLE_MODULEDATA_GCDATAMASK);
	m.gcbssmask = vole_get(&v, VOLE_MODULEDATA_GCBSSMASK);
	m.next = vole_get(&v, VOLE_MODULEDATA_NEXT);
	m.name = get_name(rt, &v, VOLE_MODULEDATA_PLUGINPATH);
	if (!m.name[0])
		m.name = get_name(rt, &v, VOLE_MODULEDATA_MODULENAME);
	if (!v.ok)
		return false;
	*ret = m;
	return true;
}

/*
 * The last entry of ftab is where the last function ends. With several text
 * sections its offset means something else; the check is left out then.
 */
static bool ends_match(struct vole_runtime *rt, const struct vole_module *m)
{
	struct vole_error ignored;
	uint64_t at, offset;

	if (m->textsectmap.len > 1 || !m->ftab.len)
		return true;
	if (!vole_at(m->ftab.addr, m->ftab.len - 1, 8, &at) ||
	    !vole_memory_uint(rt->mem, at, 4, &offset, &ignored))
		return true;
	return m->text + offset == m->maxpc;
}

static bool check(struct vole_runtime *rt, const struct vole_module *m,
		  struct vole_error *err)
{
	struct vole_pc_header header;

	if (m->text > m->minpc || m->minpc >= m->maxpc || m->maxpc > m->etext)
		return vole_fail(err, VOLE_CORRUPT, m->addr,
				 "moduledata with code at 0x%" PRIx64
				 " to 0x%" PRIx64,
				 m->minpc, m->maxpc);
	if (m->types >= m->etypes)
		return vole_fail(err, VOLE_CORRUPT, m->addr,
				 "moduledata with types at 0x%" PRIx64
				 " to 0x%" PRIx64,
				 m->types, m->etypes);
	if (m->noptrdata > m->enoptrdata || m->data > m->edata ||
	    m->bss > m->ebss || m->noptrbss > m->enoptrbss)
		return vole_fail(err, VOLE_CORRUPT, m->addr,
				 "moduledata with data that ends before it "
				 "starts");
	if (!vole_pc_header_read(rt->mem, m->pc_header, &header, err))
		/* Not in a core without its executable. */
		return err->code == VOLE_UNREADABLE;
	if (m->funcnametab.addr - m->pc_header != header.funcname_offset ||
	    !m->ftab.len || !ends_match(rt, m))
		return vole_fail(err, VOLE_CORRUPT, m->addr,
				 "moduledata and function table at 0x%" PRIx64
				 " do not agree",
				 m->pc_header);
	return true;
}

/* Follow `next`. A broken link ends the chain; what came before stands. */
static bool chain(struct vole_runtime *rt, const struct vole_module *first,
		  struct vole_error *err)
{
	struct vole_module m = *first;
	struct vole_hash visited = { 0 };
	struct vole_module *items =
		vole_arena_array(&rt->arena, VOLE_MAX_MODULES, sizeof(*items));
	bool ok = items != NULL;
	size_t len = 0;

	while (ok) {
		struct vole_error bad;

		items[len++] = m;
		ok = vole_hash_put(&visited, m.addr, 0);
		if (!ok || !m.next)
			break;
		if (len == VOLE_MAX_MODULES ||
		    vole_hash_get(&visited, m.next, NULL)) {
			vole_target_problem(rt->target,
					    "the list of modules does not end");
			break;
		}
		if (!decode(rt, m.next, &m, &bad) || !check(rt, &m, &bad)) {
			vole_target_problem(rt->target,
					    "a module after %zu: %s", len,
					    bad.text);
			break;
		}
	}
	vole_hash_free(&visited);
	if (!ok)
		return vole_fail_nomem(err);
	rt->modules = (struct vole_modules){ items, len };
	return true;
}

/* Try each place with the layout as it is now. */
static bool try_places(struct vole_runtime *rt,
		       const struct vole_module_places *places,
		       struct vole_module *ret, struct vole_error *err)
{
	size_t i;

	for (i = 0; i < places->len; i++)
		if (decode(rt, places->addr[i], ret, err) &&
		    check(rt, ret, err))
			return true;
	return false;
}

/*
 * Without debug information the layout is a guess from the release: when its
 * table does not fit, another's may. A wrong `next` gives a second module that
 * fails its checks, so the table with a sound one is taken first.
 */
static bool try_tables(struct vole_runtime *rt,
		       const struct vole_module_places *places,
		       struct vole_module *ret, struct vole_error *err)
{
	size_t own = vole_runtime_table_of(&rt->build), i;

	for (i = 0; i <= vole_runtime_num_tables(); i++) {
		struct vole_module next;
		struct vole_error ignored;

		vole_runtime_table_apply(rt, i ? i - 1 : own);
		if (!try_places(rt, places, ret, i ? &ignored : err))
			continue;
		if ((!i && rt->build.minor) || !ret->next ||
		    (decode(rt, ret->next, &next, &ignored) &&
		     check(rt, &next, &ignored)))
			return true;
	}
	vole_runtime_table_apply(rt, own);
	return false;
}

static bool find_at(struct vole_runtime *rt,
		    const struct vole_module_places *places,
		    struct vole_module *ret, struct vole_error *err)
{
	if (!places->len)
		return vole_fail(err, VOLE_NOT_FOUND, VOLE_NOWHERE,
				 "no runtime.firstmoduledata");
	if (rt->layout.source == VOLE_LAYOUT_DEBUGINFO &&
	    rt->layout.has[VOLE_STRUCT_MODULEDATA])
		return try_places(rt, places, ret, err);
	return try_tables(rt, places, ret, err);
}

bool vole_modules_find(struct vole_runtime *rt, struct vole_error *err)
{
	struct vole_module_places places = { 0 };
	struct vole_error named;
	struct vole_module first;

	vole_module_places_named(rt, &places);
	if (find_at(rt, &places, &first, &named))
		return chain(rt, &first, err);
	places.len = 0;
	vole_module_places_scanned(rt, &places);
	if (find_at(rt, &places, &first, err))
		return chain(rt, &first, err);
	/* What is wrong at the known place says more than "not found". */
	if (named.code != VOLE_NOT_FOUND)
		*err = named;
	return false;
}

const struct vole_module *vole_module_of_type(const struct vole_runtime *rt,
					      uint64_t addr)
{
	size_t i;

	for (i = 0; i < rt->modules.len; i++)
		if (addr >= rt->modules.items[i].types &&
		    addr < rt->modules.items[i].etypes)
			return &rt->modules.items[i];
	return NULL;
}

const struct vole_module *vole_module_of_pc(const struct vole_runtime *rt,
					    uint64_t pc)
{
	size_t i;

	for (i = 0; i < rt->modules.len; i++)
		if (pc >= rt->modules.items[i].minpc &&
		    pc < rt->modules.items[i].maxpc)
			return &rt->modules.items[i];
	return NULL;
}

const struct vole_module *vole_module_of_data(const struct vole_runtime *rt,
					      uint64_t addr)
{
	size_t i;

	for (i = 0; i < rt->modules.len; i++)
		if (addr >= rt->modules.items[i].noptrdata &&
		    addr < rt->modules.items[i].enoptrbss)
			return &rt->modules.items[i];
	return NULL;
}

bool vole_module_has(const struct vole_runtime *rt, uint64_t addr)
{
	const struct vole_memory *mem = rt->mem;
	size_t i;

	for (i = 0; i < rt->modules.len; i++)
		if (addr >= rt->modules.items[i].text &&
		    addr < rt->modules.items[i].enoptrbss)
			return true;
	/* What is linked around Go's parts, C's among it. */
	return mem->exe && vole_elf_segment_at(mem->exe, addr - mem->bias);
}
