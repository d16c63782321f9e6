#include "target/ehframe.h"

#include "base/array.h"
#include "base/sorted.h"
#include "target/ehframe_private.h"
#include "target/elf_private.h"

#include <stdlib.h>

enum { MAX_FUNCTIONS = 1 << 22 };

struct vole_ehframe {
	struct vole_eh_section section;
	VOLE_ARRAY(struct vole_eh_function) functions; /* by start */
};

static int by_start(const void *a, const void *b)
{
	const struct vole_eh_function *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

static bool add_function(struct vole_ehframe *t, struct vole_cursor c,
			 uint64_t cie_offset)
{
	struct vole_eh_function *added;
	struct vole_cie cie;
	uint64_t start, len;

	if (!vole_cie_read(&t->section, cie_offset, &cie))
		return true;
	start = vole_eh_pointer(&t->section, &c, cie.pointers);
	len = vole_eh_number(&c, cie.pointers);
	if (c.bad || !len || len > UINT64_MAX - start)
		return true;
	added = vole_array_push(&t->functions);
	if (!added)
		return false;
	*added = (struct vole_eh_function){
		.start = start,
		.end = start + len,
		.fde = (uint64_t)(c.at - t->section.bytes),
		.fde_end = (uint64_t)(c.end - t->section.bytes),
		.cie = cie_offset,
	};
	return true;
}

/* Entry by entry: a length, then 0 for a CIE or the way back to one. */
static bool index_all(struct vole_ehframe *t)
{
	const struct vole_eh_section *s = &t->section;
	struct vole_cursor c = { s->bytes, s->bytes + s->len, false };

	while (c.at < c.end && t->functions.len < MAX_FUNCTIONS) {
		uint64_t len = vole_cursor_uint(&c, 4), id, here;
		struct vole_cursor entry;

		if (!len || len == UINT32_MAX || !vole_cursor_need(&c, len))
			break;
		entry = (struct vole_cursor){ c.at, c.at + len, false };
		c.at += len;
		here = (uint64_t)(entry.at - s->bytes);
		id = vole_cursor_uint(&entry, 4);
		if (entry.bad || !id || id > here)
			continue;
		if (!add_function(t, entry, here - id))
			return false;
	}
	if (t->functions.len)
		qsort(t->functions.items, t->functions.len,
		      sizeof(struct vole_eh_function), by_start);
	return true;
}

bool vole_ehframe_open(struct vole_elf *elf, struct vole_ehframe **ret,
		       struct vole_error *err)
{
	const struct vole_elf_section *s = vole_elf_section(elf, ".eh_frame");
	struct vole_ehframe *t = calloc(1, sizeof(*t));

	if (!t)
		return vole_fail_nomem(err);
	if (s && vole_elf_range(elf, s->offset, s->size)) {
		t->section.bytes = elf->data + s->offset;
		t->section.len = s->size;
		t->section.addr = s->addr;
	}
	if (!index_all(t)) {
		vole_ehframe_close(t);
		return vole_fail_nomem(err);
	}
	*ret = t;
	return true;
}

void vole_ehframe_close(struct vole_ehframe *t)
{
	if (!t)
		return;
	vole_array_free(&t->functions);
	free(t);
}

static const struct vole_eh_function *find(const struct vole_ehframe *t,
					   uint64_t pc)
{
	const struct vole_eh_function *list = t->functions.items;
	size_t num = vole_sorted_up_to(list, t->functions.len, start, pc);

	return num && pc < list[num - 1].end ? &list[num - 1] : NULL;
}

bool vole_ehframe_step(const struct vole_ehframe *t, struct vole_memory *mem,
		       uint64_t bias, uint64_t pc,
		       const struct vole_c_regs *regs,
		       struct vole_c_caller *ret, struct vole_error *err)
{
	const struct vole_eh_function *f = find(t, pc - bias);

	*ret = (struct vole_c_caller){ 0 };
	if (!f)
		return vole_fail(err, VOLE_NOT_FOUND, pc,
				 "no unwind table covers 0x%" PRIx64, pc);
	return vole_eh_unwind(&t->section, f, pc - bias, mem, regs, ret, err);
}
