#include "target/ehframe_private.h"

#include <string.h>

/* DW_EH_PE_*: how an address is written. */
enum {
	PE_OMIT = 0xff,
	PE_SIZE = 0x0f,
	PE_ABSPTR = 0x00,
	PE_ULEB = 0x01,
	PE_UDATA2 = 0x02,
	PE_UDATA4 = 0x03,
	PE_UDATA8 = 0x04,
	PE_SLEB = 0x09,
	PE_SDATA2 = 0x0a,
	PE_SDATA4 = 0x0b,
	PE_SDATA8 = 0x0c,
	PE_BASE = 0x70,
	PE_PCREL = 0x10,
	PE_INDIRECT = 0x80,
};

uint64_t vole_eh_number(struct vole_cursor *c, uint8_t encoding)
{
	switch (encoding & PE_SIZE) {
	case PE_ABSPTR:
	case PE_UDATA8:
	case PE_SDATA8:
		return vole_cursor_uint(c, 8);
	case PE_ULEB:
		return vole_cursor_uleb(c);
	case PE_SLEB:
		return (uint64_t)vole_cursor_sleb(c);
	case PE_UDATA2:
		return vole_cursor_uint(c, 2);
	case PE_SDATA2:
		return (uint64_t)(int16_t)vole_cursor_uint(c, 2);
	case PE_UDATA4:
		return vole_cursor_uint(c, 4);
	case PE_SDATA4:
		return (uint64_t)(int32_t)vole_cursor_uint(c, 4);
	}
	c->bad = true;
	return 0;
}

uint64_t vole_eh_pointer(const struct vole_eh_section *t, struct vole_cursor *c,
			 uint8_t encoding)
{
	uint64_t here = t->addr + (uint64_t)(c->at - t->bytes);
	uint64_t value = vole_eh_number(c, encoding);

	/* Others are relative to sections that only the linker knows. */
	if ((encoding & PE_BASE) == PE_PCREL)
		value += here;
	else if (encoding & (PE_BASE | PE_INDIRECT))
		c->bad = true;
	return value;
}

/* The letters after 'z' say what the augmentation data holds, in order. */
static void read_augmentation(struct vole_cursor *c, const char *letters,
			      struct vole_cie *ret)
{
	uint64_t len = vole_cursor_uleb(c);
	struct vole_cursor data = { c->at, c->at, false };

	vole_cursor_skip(c, len);
	if (c->bad)
		return;
	data.end = c->at;
	ret->augmented = true;
	for (letters++; *letters; letters++) {
		uint8_t encoding;

		switch (*letters) {
		case 'R':
			ret->pointers = (uint8_t)vole_cursor_uint(&data, 1);
			break;
		case 'P':
			encoding = (uint8_t)vole_cursor_uint(&data, 1);
			if (encoding != PE_OMIT)
				vole_eh_number(&data, encoding);
			break;
		case 'L':
			vole_cursor_uint(&data, 1);
			break;
		case 'S':
			ret->signal = true;
			break;
		default:
			break;
		}
	}
}

bool vole_cie_read(const struct vole_eh_section *t, uint64_t offset,
		   struct vole_cie *ret)
{
	struct vole_cursor c = { t->bytes + offset, t->bytes + t->len, false };
	uint64_t len = vole_cursor_uint(&c, 4), id, version;
	const char *letters;

	if (len == UINT32_MAX || !vole_cursor_need(&c, len))
		return false;
	c.end = c.at + len;
	id = vole_cursor_uint(&c, 4);
	version = vole_cursor_uint(&c, 1);
	letters = (const char *)c.at;
	if (c.bad || id || (version != 1 && version != 3) ||
	    !memchr(c.at, 0, (size_t)(c.end - c.at)))
		return false;
	vole_cursor_skip(&c, strlen(letters) + 1);
	*ret = (struct vole_cie){ .code_align = vole_cursor_uleb(&c),
				  .data_align = vole_cursor_sleb(&c) };
	ret->ra = version == 1 ? vole_cursor_uint(&c, 1) : vole_cursor_uleb(&c);
	if (*letters == 'z')
		read_augmentation(&c, letters, ret);
	else if (*letters)
		return false;
	ret->program = c;
	return !c.bad;
}
