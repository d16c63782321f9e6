/*
 * Any bytes after the linker's magic, and as the memory behind it: reading
 * what a program says of itself must end, and what it says must be text.
 */
#include "../unit/fake_patch.h"

#include "runtime/buildinfo.h"

enum { INFO = 0x400, MAX_INPUT = 0x4000 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct vole_buildinfo *info, size_t size)
{
	size_t i, len = strlen(info->version) + strlen(info->experiments) +
			strlen(info->path);

	for (i = 0; i < info->num_lines; i++)
		len += strlen(info->lines[i].key) +
		       strlen(info->lines[i].value);
	if (len > 2 * (size + FAKE_SIZE))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vole_buildinfo info;
	struct vole_error err;
	struct fake_go go;

	if (size > MAX_INPUT)
		return 0;
	fake_go_open(&go);
	go.host.mappings = fake_go_mappings;
	memcpy(go.bytes + INFO, "\xff Go buildinf:", 14);
	memcpy(go.bytes + INFO + 14, data, size);
	if (vole_buildinfo_read(&go.target, &go.rt.arena, &info, &err))
		check(&info, size);
	fake_go_close(&go);
	return 0;
}
