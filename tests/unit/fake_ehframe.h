/**
 * .eh_frame of an ELF file made by hand: a CIE and functions after it. All
 * functions are static.
 */
#ifndef VOLE_TESTS_FAKE_EHFRAME_H
#define VOLE_TESTS_FAKE_EHFRAME_H

#include "fake_elf.h"

enum { FAKE_EHFRAME = 0x1000 }; /* where it lies in the file */

struct fake_ehframe {
	struct fake_elf *file;
	size_t len;
};

static void fake_eh(struct fake_ehframe *eh, const void *bytes, size_t num)
{
	memcpy(eh->file->bytes + FAKE_EHFRAME + eh->len, bytes, num);
	eh->len += num;
}

static void fake_eh_u32(struct fake_ehframe *eh, uint32_t value)
{
	fake_eh(eh, &value, sizeof(value));
}

/**
 * "zR" or "zRS", the first of the section: absolute addresses of 4 bytes, the
 * frame ends at rsp+8, the return address is below.
 */
static void fake_cie(struct fake_ehframe *eh, const char *letters)
{
	static const uint8_t rest[] = { 1,    0x78, 16,	  1, 0x03, 0x0c,
					0x07, 0x08, 0x90, 1, 0,	   0 };
	size_t letters_len = strlen(letters) + 1;

	fake_eh_u32(eh, (uint32_t)(5 + letters_len + sizeof(rest)));
	fake_eh_u32(eh, 0);
	fake_eh(eh, "\1", 1);
	fake_eh(eh, letters, letters_len);
	fake_eh(eh, rest, sizeof(rest));
}

/** A function of the first CIE, with its program. */
static void fake_fde(struct fake_ehframe *eh, uint32_t addr, uint32_t size,
		     const uint8_t *program, size_t num)
{
	fake_eh_u32(eh, (uint32_t)(13 + num));
	fake_eh_u32(eh, (uint32_t)eh->len);
	fake_eh_u32(eh, addr);
	fake_eh_u32(eh, size);
	fake_eh(eh, "\0", 1); /* no augmentation data */
	fake_eh(eh, program, num);
}

static void fake_eh_section(struct fake_ehframe *eh)
{
	fake_elf_section(eh->file, ".eh_frame",
			 (Elf64_Shdr){ .sh_type = SHT_PROGBITS,
				       .sh_addr = 0x500000,
				       .sh_offset = FAKE_EHFRAME,
				       .sh_size = eh->len });
}

#endif
