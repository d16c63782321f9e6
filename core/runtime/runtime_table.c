#include "runtime/module_private.h"

/*
 * Places of the releases' structures, measured on their binaries, for programs
 * without debug information. Only what leads to functions and types is here.
 */

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

struct row {
	enum vole_field_id field;
	uint16_t offset;
	uint16_t size;
};

/* The same in Go 1.18 to 1.26. src/runtime/symtab.go, internal/abi. */
static const struct row common[] = {
	{ VOLE_MODULEDATA_PC_HEADER, 0, 8 },
	{ VOLE_MODULEDATA_FUNCNAMETAB, 8, 24 },
	{ VOLE_MODULEDATA_CUTAB, 32, 24 },
	{ VOLE_MODULEDATA_FILETAB, 56, 24 },
	{ VOLE_MODULEDATA_PCTAB, 80, 24 },
	{ VOLE_MODULEDATA_PCLNTABLE, 104, 24 },
	{ VOLE_MODULEDATA_FTAB, 128, 24 },
	{ VOLE_MODULEDATA_MINPC, 160, 8 },
	{ VOLE_MODULEDATA_MAXPC, 168, 8 },
	{ VOLE_MODULEDATA_TEXT, 176, 8 },
	{ VOLE_MODULEDATA_ETEXT, 184, 8 },
	{ VOLE_MODULEDATA_NOPTRDATA, 192, 8 },
	{ VOLE_MODULEDATA_ENOPTRDATA, 200, 8 },
	{ VOLE_MODULEDATA_DATA, 208, 8 },
	{ VOLE_MODULEDATA_EDATA, 216, 8 },
	{ VOLE_MODULEDATA_BSS, 224, 8 },
	{ VOLE_MODULEDATA_EBSS, 232, 8 },
	{ VOLE_MODULEDATA_NOPTRBSS, 240, 8 },
	{ VOLE_MODULEDATA_ENOPTRBSS, 248, 8 },
	{ VOLE_TYPE_SIZE, 0, 8 },
	{ VOLE_TYPE_PTR_BYTES, 8, 8 },
	{ VOLE_TYPE_HASH, 16, 4 },
	{ VOLE_TYPE_TFLAG, 20, 1 },
	{ VOLE_TYPE_ALIGN, 21, 1 },
	{ VOLE_TYPE_KIND, 23, 1 },
	{ VOLE_TYPE_GC_DATA, 32, 8 },
	{ VOLE_TYPE_STR, 40, 4 },
	{ VOLE_TYPE_PTR_TO_THIS, 44, 4 },
	{ VOLE_ITAB_INTER, 0, 8 },
	{ VOLE_ITAB_TYPE, 8, 8 },
	{ VOLE_ITAB_HASH, 16, 4 },
};

/* What moves in moduledata, in the order of `moving`. */
static const struct {
	enum vole_field_id field;
	uint16_t size;
} moving[] = {
	{ VOLE_MODULEDATA_TYPES, 8 },	     { VOLE_MODULEDATA_ETYPES, 8 },
	{ VOLE_MODULEDATA_RODATA, 8 },	     { VOLE_MODULEDATA_GOFUNC, 8 },
	{ VOLE_MODULEDATA_TEXTSECTMAP, 24 }, { VOLE_MODULEDATA_TYPELINKS, 24 },
	{ VOLE_MODULEDATA_ITABLINKS, 24 },   { VOLE_MODULEDATA_PLUGINPATH, 16 },
	{ VOLE_MODULEDATA_MODULENAME, 16 },  { VOLE_MODULEDATA_GCDATAMASK, 8 },
	{ VOLE_MODULEDATA_GCBSSMASK, 8 },    { VOLE_MODULEDATA_TYPEMAP, 8 },
	{ VOLE_MODULEDATA_NEXT, 8 },
};

static const struct {
	uint8_t from_minor; /* the first release like this */
	uint16_t size;
	uint16_t offsets[LENGTH(moving)];
} releases[] = {
	{ 26,
	  592,
	  { 296, 304, 312, 320, 336, 360, 384, 432, 496, 552, 568, 576, 584 } },
	{ 23,
	  584,
	  { 296, 304, 312, 320, 328, 352, 376, 424, 488, 544, 560, 568, 576 } },
	{ 21,
	  592,
	  { 296, 304, 312, 320, 328, 352, 376, 424, 488, 544, 560, 568, 584 } },
	{ 20,
	  568,
	  { 296, 304, 312, 320, 328, 352, 376, 424, 464, 520, 536, 544, 560 } },
	/* Without `embedded` in the names of fields, up to 1.18. */
	{ 19,
	  552,
	  { 280, 288, 296, 304, 312, 336, 360, 408, 448, 504, 520, 528, 544 } },
	{ 18,
	  552,
	  { 280, 288, 296, 304, 312, 336, 360, 408, 448, 504, 520, 528, 544 } },
};

size_t vole_runtime_num_tables(void)
{
	return LENGTH(releases);
}

size_t vole_runtime_table_of(unsigned minor)
{
	size_t i = 0;

	if (!minor)
		return 0;
	while (i + 1 < LENGTH(releases) && releases[i].from_minor > minor)
		i++;
	return i;
}

static void put(struct vole_layout *layout, enum vole_field_id field,
		uint16_t offset, uint16_t size)
{
	layout->place[field] =
		(struct vole_place){ true, offset, size,
				     vole_layout_rows[field].paths[0] };
}

void vole_runtime_table_apply(size_t table, struct vole_layout *layout)
{
	static const struct {
		enum vole_struct_id id;
		uint16_t size;
	} structs[] = {
		{ VOLE_STRUCT_MODULEDATA, 0 },
		{ VOLE_STRUCT_TYPE, 48 },
		{ VOLE_STRUCT_ITAB, 32 },
	};
	bool wanted[VOLE_NUM_STRUCTS] = { false };
	unsigned minor = releases[table].from_minor;
	size_t i;

	for (i = 0; i < LENGTH(structs); i++) {
		enum vole_struct_id id = structs[i].id;

		/* A second table may replace the first. */
		wanted[id] = !layout->has[id] ||
			     layout->source != VOLE_LAYOUT_DEBUGINFO;
		if (!wanted[id])
			continue;
		layout->has[id] = true;
		layout->size[id] = structs[i].size;
		layout->name[id] = vole_struct_rows[id].names[0];
	}
	for (i = 0; i < LENGTH(common); i++)
		if (wanted[vole_layout_rows[common[i].field].owner])
			put(layout, common[i].field, common[i].offset,
			    common[i].size);
	if (wanted[VOLE_STRUCT_MODULEDATA]) {
		layout->source = VOLE_LAYOUT_TABLE;
		layout->size[VOLE_STRUCT_MODULEDATA] = releases[table].size;
		for (i = 0; i < LENGTH(moving); i++)
			put(layout, moving[i].field, releases[table].offsets[i],
			    moving[i].size);
	}
	if (!wanted[VOLE_STRUCT_TYPE])
		return;
	layout->has[VOLE_STRUCT_STRUCT_FIELD] = true;
	layout->size[VOLE_STRUCT_STRUCT_FIELD] = 24;
	layout->place[VOLE_STRUCT_FIELD_OFFSET_ANON] = (struct vole_place){ 0 };
	if (minor <= 18)
		put(layout, VOLE_STRUCT_FIELD_OFFSET_ANON, 16, 8);
	/* The bit was in the kind before; see internal/abi/type.go. */
	layout->has_const[VOLE_CONST_TFLAG_DIRECT_IFACE] = minor >= 26;
	layout->value[VOLE_CONST_TFLAG_DIRECT_IFACE] = 1 << 5;
}
