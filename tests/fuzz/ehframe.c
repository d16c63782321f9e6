/*
 * Any bytes as .eh_frame: stepping from each function that they describe must
 * end, with a caller or with a reason.
 */
#include "../unit/fake_ehframe.h"
#include "../unit/fake_go.h"

#include "target/ehframe.h"

enum { TEXT = 0x401000, NUM_PCS = 256, MAX_INPUT = 0x2000 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void step(const struct vole_ehframe *tables, struct fake_go *go,
		 uint64_t pc)
{
	struct vole_c_regs regs = { .known = (1u << VOLE_NUM_REGS) - 1 };
	struct vole_c_caller caller;
	struct vole_error err;
	unsigned i;

	for (i = 0; i < VOLE_NUM_REGS; i++)
		regs.value[i] = FAKE_BASE + 0x100 * i;
	if (!vole_ehframe_step(tables, go->rt.mem, 0, pc, &regs, &caller,
			       &err) &&
	    (err.code == VOLE_OK || !err.text[0]))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct fake_elf file;
	struct fake_ehframe eh = { .file = &file };
	struct vole_ehframe *tables;
	struct vole_error err;
	struct vole_elf elf = { .data = file.bytes };
	struct vole_elf_section section = { .name = ".eh_frame",
					    .addr = 0x400000,
					    .offset = FAKE_EHFRAME };
	struct fake_go go;
	uint64_t pc;

	if (!size || size > MAX_INPUT)
		return 0;
	fake_go_open(&go);
	if (data[0] & 1) {
		fake_cie(&eh, "zR");
		fake_fde(&eh, TEXT, NUM_PCS, data + 1, size - 1);
	} else {
		fake_eh(&eh, data + 1, size - 1);
	}
	section.size = eh.len;
	elf.size = FAKE_EHFRAME + eh.len;
	elf.sections = &section;
	elf.num_sections = 1;
	if (vole_ehframe_open(&elf, &tables, &err)) {
		for (pc = TEXT; pc < TEXT + NUM_PCS; pc += 16)
			step(tables, &go, pc);
		for (pc = 0x400000; pc < 0x400000 + eh.len; pc += 64)
			step(tables, &go, pc);
		vole_ehframe_close(tables);
	}
	fake_go_close(&go);
	return 0;
}
