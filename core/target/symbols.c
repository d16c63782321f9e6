#include "target/symbols.h"

#include "base/array.h"
#include "base/sorted.h"
#include "target/elf_private.h"

#include <elf.h>

enum { MAX_SYMBOLS = 1 << 24, MAX_NAME = 1 << 15 };

struct symbol {
	uint64_t addr, size;
	const char *name;
};

struct vole_symbols {
	VOLE_ARRAY(struct symbol) list; /* by address */
};

/* Of two at one place the one with a size, then the global one, comes first. */
static int by_addr(const void *a, const void *b)
{
	const struct symbol *x = a, *y = b;

	if (x->addr != y->addr)
		return x->addr < y->addr ? -1 : 1;
	return x->size > y->size ? -1 : x->size < y->size;
}

static const char *name_at(const struct vole_elf *elf,
			   const struct vole_elf_section *names,
			   uint64_t offset)
{
	const char *text = (const char *)elf->data + names->offset + offset;
	uint64_t left = offset < names->size ? names->size - offset : 0;

	if (!left || !*text ||
	    !memchr(text, '\0', left < MAX_NAME ? left : MAX_NAME))
		return NULL;
	return text;
}

static bool add_table(struct vole_symbols *to, struct vole_elf *elf,
		      const struct vole_elf_section *table)
{
	const struct vole_elf_section *names;
	uint64_t i, num = table->size / sizeof(Elf64_Sym);

	if (table->link >= elf->num_sections || num > MAX_SYMBOLS ||
	    !vole_elf_range(elf, table->offset, table->size))
		return true;
	names = &elf->sections[table->link];
	if (!vole_elf_range(elf, names->offset, names->size))
		return true;
	for (i = 0; i < num; i++) {
		struct symbol *added;
		const char *name;
		Elf64_Sym sym;

		memcpy(&sym, elf->data + table->offset + i * sizeof(sym),
		       sizeof(sym));
		if (ELF64_ST_TYPE(sym.st_info) != STT_FUNC ||
		    sym.st_shndx == SHN_UNDEF)
			continue;
		name = name_at(elf, names, sym.st_name);
		if (!name)
			continue;
		added = vole_array_push(&to->list);
		if (!added)
			return false;
		*added = (struct symbol){ sym.st_value, sym.st_size, name };
	}
	return true;
}

/* Sorted, and one at each place. */
static void settle(struct vole_symbols *symbols)
{
	struct symbol *list = symbols->list.items;
	size_t num = 0, i;

	if (!symbols->list.len)
		return;
	qsort(list, symbols->list.len, sizeof(*list), by_addr);
	for (i = 0; i < symbols->list.len; i++)
		if (!num || list[num - 1].addr != list[i].addr)
			list[num++] = list[i];
	symbols->list.len = num;
}

bool vole_symbols_open(struct vole_elf *elf, struct vole_symbols **ret,
		       struct vole_error *err)
{
	const struct vole_elf_section *table = vole_elf_section(elf, ".symtab");
	struct vole_symbols *symbols = calloc(1, sizeof(*symbols));

	if (!symbols)
		return vole_fail_nomem(err);
	if (!table)
		table = vole_elf_section(elf, ".dynsym");
	if (table && !add_table(symbols, elf, table)) {
		vole_symbols_close(symbols);
		return vole_fail_nomem(err);
	}
	settle(symbols);
	*ret = symbols;
	return true;
}

void vole_symbols_close(struct vole_symbols *symbols)
{
	if (!symbols)
		return;
	vole_array_free(&symbols->list);
	free(symbols);
}

const char *vole_symbols_at(const struct vole_symbols *symbols, uint64_t addr,
			    uint64_t *ret_offset)
{
	const struct symbol *list = symbols->list.items, *s;
	size_t num = vole_sorted_up_to(list, symbols->list.len, addr, addr);

	if (!num)
		return NULL;
	s = &list[num - 1];
	/* Assembler gives its functions no size: up to the next one. */
	if (s->size && addr - s->addr >= s->size)
		return NULL;
	*ret_offset = addr - s->addr;
	return s->name;
}
