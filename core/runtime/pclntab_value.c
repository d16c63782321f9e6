#include "runtime/pclntab_private.h"

enum { MAX_PAIRS = 1 << 20 }; /* a line each, in a function of a million */

static const uint32_t NO_FILE = UINT32_MAX;

/* A varint of at most 32 bits; false past the table's end. */
static bool varint(const struct vole_bytes *tab, uint64_t *at, uint32_t *ret)
{
	uint32_t value = 0;
	unsigned shift;

	for (shift = 0; shift < 35 && *at < tab->len; shift += 7) {
		uint8_t byte = tab->at[(*at)++];

		value |= (uint32_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80)) {
			*ret = value;
			return true;
		}
	}
	return false;
}

/* symtab.go: pcvalue and step. PCQuantum is 1 on amd64. */
static bool pcvalue(const struct vole_functab *tab,
		    const struct vole_func *func, uint32_t table, uint64_t pc,
		    int32_t *ret, struct vole_error *err)
{
	uint64_t at = table, end = func->entry;
	uint32_t value = UINT32_MAX, delta;
	unsigned num = 0;
	bool first = true;

	*ret = -1;
	if (!table || pc < func->entry || pc >= func->end)
		return true;
	while (end <= pc) {
		if (num++ == MAX_PAIRS)
			goto bad;
		if (!varint(&tab->pctab, &at, &delta))
			goto bad;
		/* A zero ends the table, but for the first pair. */
		if (!delta && !first)
			return true;
		first = false;
		value += delta & 1 ? ~(delta >> 1) : delta >> 1;
		if (!varint(&tab->pctab, &at, &delta))
			goto bad;
		end += delta;
	}
	*ret = (int32_t)value;
	return true;
bad:
	return vole_fail(err, VOLE_CORRUPT, tab->module->pctab.addr + table,
			 "a table of function 0x%" PRIx64 " does not end",
			 func->entry);
}

static bool fail_unknown(const struct vole_func *func, struct vole_error *err)
{
	return vole_fail(err, VOLE_NOT_FOUND, func->func,
			 "no function table holds this function");
}

bool vole_func_pcvalue(const struct vole_runtime *rt,
		       const struct vole_func *func, uint32_t table,
		       uint64_t pc, int32_t *ret, struct vole_error *err)
{
	const struct vole_functab *tab = vole_functab_of(rt, func);

	if (!tab)
		return fail_unknown(func, err);
	return pcvalue(tab, func, table, pc, ret, err);
}

/* symtab.go: funcfile. Files are numbered within a compilation unit. */
static bool file_name(const struct vole_functab *tab,
		      const struct vole_func *func, int32_t number,
		      const char **ret, struct vole_error *err)
{
	uint64_t index = (uint64_t)func->cu_offset + (uint32_t)number;
	uint32_t offset;

	*ret = "?";
	if (number < 0)
		return true;
	if (index >= tab->cu.len / 4)
		return vole_fail(err, VOLE_CORRUPT, func->func,
				 "file %" PRIi32 " of a function is not in the "
				 "table of files",
				 number);
	offset = vole_bytes_u32(&tab->cu, index * 4);
	if (offset == NO_FILE)
		return true;
	return vole_bytes_text(&tab->files, offset, ret) ||
	       vole_fail(err, VOLE_CORRUPT, func->func,
			 "the file of a function has no name");
}

bool vole_func_line(const struct vole_runtime *rt, const struct vole_func *func,
		    uint64_t pc, const char **ret_file, int32_t *ret_line,
		    struct vole_error *err)
{
	const struct vole_functab *tab = vole_functab_of(rt, func);
	int32_t number, line;
	const char *file;

	if (!tab)
		return fail_unknown(func, err);
	if (!pcvalue(tab, func, func->pcfile, pc, &number, err) ||
	    !pcvalue(tab, func, func->pcln, pc, &line, err) ||
	    !file_name(tab, func, number, &file, err))
		return false;
	/* As the runtime has it: both are known, or neither. */
	if (number < 0 || line < 0) {
		file = "?";
		line = 0;
	}
	*ret_file = file;
	*ret_line = line;
	return true;
}
