/*
 * What .eh_frame says of each pc on standard input, for test_frames.py: the
 * caller's registers where register i holds (i + 1) << 32 and every word of
 * memory its own address times 3.
 */
#include "target/ehframe.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static size_t read_word(struct vole_host *host, uint64_t addr, void *buf,
			size_t len)
{
	size_t i;

	(void)host;
	for (i = 0; i < len; i++) {
		uint64_t at = addr + i, word = (at & ~UINT64_C(7)) * 3;

		((uint8_t *)buf)[i] = (uint8_t)(word >> (at & 7) * 8);
	}
	return len;
}

static uint64_t generation(struct vole_host *host)
{
	(void)host;
	return 1;
}

static void print_step(const struct vole_ehframe *tables,
		       struct vole_memory *mem, uint64_t pc)
{
	struct vole_c_regs regs = { .known = (1u << VOLE_NUM_REGS) - 1 };
	struct vole_c_caller caller;
	struct vole_error err;
	unsigned i;

	for (i = 0; i < VOLE_NUM_REGS; i++)
		regs.value[i] = (uint64_t)(i + 1) << 32;
	if (!vole_ehframe_step(tables, mem, 0, pc, &regs, &caller, &err)) {
		printf("%" PRIx64 " fails: %s\n", pc, err.text);
		return;
	}
	if (caller.top) {
		printf("%" PRIx64 " top\n", pc);
		return;
	}
	printf("%" PRIx64 " cfa=%" PRIx64, pc, caller.cfa);
	for (i = 0; i < VOLE_NUM_REGS; i++)
		if (caller.regs.known >> i & 1)
			printf(" %u=%" PRIx64, i, caller.regs.value[i]);
	putchar('\n');
}

int main(int argc, char **argv)
{
	struct vole_host host = { .read = read_word, .generation = generation };
	struct vole_ehframe *tables;
	struct vole_memory mem;
	struct vole_error err;
	struct vole_elf *elf;
	uint64_t pc;

	if (argc != 2) {
		fprintf(stderr, "usage: step FILE < PCS\n");
		return 2;
	}
	vole_memory_init(&mem, &host, NULL, NULL, 0);
	if (!vole_elf_open(argv[1], &elf, &err) ||
	    !vole_ehframe_open(elf, &tables, &err)) {
		fprintf(stderr, "%s\n", err.text);
		return 1;
	}
	while (scanf("%" SCNx64, &pc) == 1)
		print_step(tables, &mem, pc);
	vole_ehframe_close(tables);
	vole_elf_close(elf);
	vole_memory_free(&mem);
	return 0;
}
