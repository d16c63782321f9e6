#include "dwarf/dwarf.h"

#include "dwarf/line.h"
#include "dwarf/list.h"
#include "dwarf/names.h"
#include "dwarf/private.h"

#include <stdlib.h>
#include <string.h>

/* Abbreviations are the only thing kept here: some 100 KB. */
static const size_t ARENA_CAP = 256 << 20;
/* Offsets of entries and names are kept in 31 bits. */
static const uint64_t MAX_INFO = UINT64_C(1) << 31;

static struct dwarf *dwarf_of(struct vole_debuginfo *di)
{
	return (struct dwarf *)di;
}

static struct vole_symbol symbol_of(const struct dwarf *d,
				    const struct record *r)
{
	return (struct vole_symbol){ .kind = r->kind,
				     .name = record_name(d, r),
				     .is_c = r->is_c,
				     .ref = r->die };
}

static bool find(struct vole_debuginfo *di, uint32_t kinds, const char *name,
		 struct vole_symbol *ret, struct vole_error *err)
{
	struct dwarf *d = dwarf_of(di);
	const struct record *r;

	if (!index_build(d, err))
		return false;
	r = index_find(d, kinds, name);
	if (!r)
		return vole_fail(err, VOLE_NOT_FOUND, VOLE_NOWHERE,
				 "debug information has no %s", name);
	*ret = symbol_of(d, r);
	return true;
}

/* A fixed place: one DW_OP_addr or DW_OP_addrx and nothing else. */
static bool static_address(const struct dwarf *d, const struct die *die,
			   uint64_t *ret)
{
	struct cursor c = { .ok = true };
	uint64_t op, value;
	bool ok = true;

	if (!die->has_location || !die->location.len)
		return false;
	c.at = die->location.data;
	c.end = c.at + die->location.len;
	op = cursor_uint(&c, 1);
	if (op == OP_addr)
		value = cursor_uint(&c, 8);
	else if (op == OP_addrx)
		ok = addr_at(d, die->unit, cursor_uleb(&c), &value);
	else
		return false;
	if (!ok || !c.ok || c.at != c.end)
		return false;
	*ret = value;
	return true;
}

static bool info(struct vole_debuginfo *di, const struct vole_symbol *symbol,
		 struct vole_symbol_info *ret, struct vole_error *err)
{
	struct dwarf *d = dwarf_of(di);
	struct list_entry code;
	struct list list;
	struct die die;

	if (!die_read(d, (uint32_t)symbol->ref, &die, err))
		return false;
	die_inherit(d, &die);
	*ret = (struct vole_symbol_info){ .type_ref = die.type,
					  .value = die.value,
					  .line = (uint32_t)die.decl_line };
	if (die.has_decl_file)
		ret->file = line_path(d, die.decl_unit, die.decl_file);
	if (symbol->kind == VOLE_SYMBOL_VAR)
		ret->has_addr = static_address(d, &die, &ret->addr);
	if (symbol->kind == VOLE_SYMBOL_FUNC) {
		list_open_code(&list, d, &die);
		ret->has_addr = list_next(&list, &code);
		ret->addr = ret->has_addr ? code.low : 0;
		ret->end = ret->has_addr ? code.high : 0;
	}
	return true;
}

static bool by_runtime_type(struct vole_debuginfo *di, uint64_t offset,
			    uint64_t *ret, struct vole_error *err)
{
	struct dwarf *d = dwarf_of(di);
	size_t i;

	if (!index_build(d, err))
		return false;
	for (i = 0; i < d->records.len && !d->has_runtime_types; i++) {
		const struct record *r = &d->records.items[i];
		const struct record *shown;

		if (r->kind != VOLE_SYMBOL_TYPE || !r->runtime_type)
			continue;
		/* The typedef of that name is the type that users know. */
		shown = index_find(d, VOLE_SYMBOL_TYPE, record_name(d, r));
		if (!vole_hash_put(&d->runtime_types, r->runtime_type,
				   shown ? shown->die : r->die))
			return vole_fail_nomem(err);
	}
	d->has_runtime_types = true;
	if (vole_hash_get(&d->runtime_types, offset, ret))
		return true;
	return vole_fail(err, VOLE_NOT_FOUND, VOLE_NOWHERE,
			 "debug information has no type at offset 0x%" PRIx64,
			 offset);
}

static bool each(struct vole_debuginfo *di, uint32_t kinds,
		 bool (*fn)(void *arg, const struct vole_symbol *symbol),
		 void *arg, struct vole_error *err)
{
	struct dwarf *d = dwarf_of(di);
	size_t i;

	if (!index_build(d, err))
		return false;
	for (i = 0; i < d->records.len; i++) {
		const struct record *r = &d->records.items[i];
		struct vole_symbol symbol;

		if (r->hidden || !(r->kind & kinds))
			continue;
		symbol = symbol_of(d, r);
		if (!fn(arg, &symbol))
			break;
	}
	return true;
}

static void close_dwarf(struct vole_debuginfo *di)
{
	struct dwarf *d = dwarf_of(di);

	vole_array_free(&d->units);
	vole_hash_free(&d->tables);
	vole_array_free(&d->records);
	vole_hash_free(&d->runtime_types);
	vole_array_free(&d->code);
	vole_arena_clear(&d->arena);
	free(d->names);
	free(d);
}

static const struct vole_debuginfo_ops ops = {
	.find = find,
	.info = info,
	.by_runtime_type = by_runtime_type,
	.load = type_load,
	.each = each,
	.captures = captures_of,
	.scopes = scopes_at,
	.locate = place_find,
	.line = line_at,
	.close = close_dwarf,
};

/* A section that may be missing; one that is broken counts as missing. */
static bool optional(struct dwarf *d, const char *name, struct bytes *ret)
{
	struct vole_error err;

	if (vole_elf_debug_section(d->elf, name, &ret->data, &ret->len, &err))
		return true;
	if (err.code != VOLE_NOT_FOUND)
		d->di.problem = "a section of the debug information is "
				"damaged and was left out";
	return false;
}

struct bytes section_bytes(struct dwarf *d, enum section_id id)
{
	static const char *const names[NUM_SECTIONS] = {
		[SECTION_LINE] = ".debug_line",
		[SECTION_RANGES] = ".debug_ranges",
		[SECTION_RNGLISTS] = ".debug_rnglists",
		[SECTION_LOC] = ".debug_loc",
		[SECTION_LOCLISTS] = ".debug_loclists",
	};

	if (!d->tried[id])
		optional(d, names[id], &d->lazy[id]);
	d->tried[id] = true;
	return d->lazy[id];
}

static bool open_sections(struct dwarf *d, struct vole_error *err)
{
	if (!vole_elf_debug_section(d->elf, ".debug_info", &d->info.data,
				    &d->info.len, err)) {
		if (err->code == VOLE_NOT_FOUND)
			return vole_fail(err, VOLE_NO_DEBUG_INFO, VOLE_NOWHERE,
					 "%s has no debug information",
					 d->elf->path);
		return false;
	}
	if (d->info.len >= MAX_INFO)
		return vole_fail(err, VOLE_UNSUPPORTED, VOLE_NOWHERE,
				 "%s: debug information of %" PRIu64 " bytes",
				 d->elf->path, d->info.len);
	if (!vole_elf_debug_section(d->elf, ".debug_abbrev", &d->abbrev.data,
				    &d->abbrev.len, err))
		return false;
	optional(d, ".debug_str", &d->str);
	optional(d, ".debug_line_str", &d->line_str);
	optional(d, ".debug_addr", &d->addr);
	optional(d, ".debug_str_offsets", &d->str_offsets);
	if (d->str.len >= MAX_INFO)
		d->str.len = 0;
	return true;
}

bool vole_dwarf_open(struct vole_elf *elf, struct vole_debuginfo **ret,
		     struct vole_error *err)
{
	struct dwarf *d = calloc(1, sizeof(*d));
	size_t i;

	if (!d)
		return vole_fail_nomem(err);
	d->di.ops = &ops;
	d->elf = elf;
	vole_arena_init(&d->arena, ARENA_CAP);
	if (!open_sections(d, err) || !units_read(d, err)) {
		close_dwarf(&d->di);
		return false;
	}
	for (i = 0; i < d->units.len && !d->di.is_go; i++) {
		d->di.is_go = d->units.items[i].is_go;
		if (d->di.is_go)
			d->di.producer = d->units.items[i].producer;
	}
	*ret = &d->di;
	return true;
}
