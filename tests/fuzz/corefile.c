/* Any bytes as a core file and as an executable: no crash, no endless loop. */
#include "target/corefile.h"
#include "target/bias.h"
#include "target/memory.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Where would it lie in itself? A PIE is there or nowhere, twice the same. */
static void find_bias(const struct vole_corefile *core,
		      const struct vole_elf *exe)
{
	struct vole_facts facts = { .has_entry = true, .entry = exe->entry };
	struct vole_host host = { .read = NULL };
	struct vole_elf pie = *exe;
	const struct vole_bias_clues clues = { &pie, core, &host, &facts };
	uint64_t bias = 1, again = 1;

	pie.type = ET_DYN;
	if (vole_bias_find(&clues, &bias) != vole_bias_find(&clues, &again) ||
	    bias != again)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vole_corefile *core = NULL;
	struct vole_elf *exe = NULL;
	struct vole_elf_symbol symbol;
	struct vole_memory mem;
	struct vole_error err;
	const uint8_t *bytes;
	uint64_t len;
	char path[64];
	uint8_t buf[64];
	int fd = memfd_create("fuzz", 0);
	size_t i;

	if (fd < 0)
		return 0;
	if (write(fd, data, size) == (ssize_t)size) {
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		if (!vole_corefile_open(path, &core, &err))
			core = NULL;
		if (!vole_elf_open(path, &exe, &err))
			exe = NULL;
	}
	vole_memory_init(&mem, NULL, core, exe, 0);
	for (i = 0; core && i < core->num_loads && i < 16; i++)
		vole_memory_read(&mem, core->by_addr[i]->addr, buf,
				 sizeof(buf));
	vole_memory_read(&mem, UINT64_MAX - 8, buf, sizeof(buf));
	if (core && exe)
		find_bias(core, exe);
	if (exe) {
		(void)!vole_elf_symbol(exe, "main", &symbol, &err);
		(void)!vole_elf_debug_section(exe, ".debug_info", &bytes, &len,
					      &err);
	}
	vole_elf_close(exe);
	vole_corefile_close(core);
	close(fd);
	return 0;
}
