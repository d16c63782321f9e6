#include "target/procmaps.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool vole_procmaps_line(char *line, struct vole_mapping *ret)
{
	struct vole_mapping m = { .path = NULL };
	char perms[5];
	int path = 0;

	line[strcspn(line, "\n")] = '\0';
	if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s %" SCNx64 " %*s %*s %n",
		   &m.start, &m.end, perms, &m.offset, &path) < 4 ||
	    strlen(perms) != 4 || m.start >= m.end)
		return false;
	m.perms = (perms[0] == 'r' ? VOLE_PERM_READ : 0u) |
		  (perms[1] == 'w' ? VOLE_PERM_WRITE : 0u) |
		  (perms[2] == 'x' ? VOLE_PERM_EXEC : 0u);
	m.path = path && line[path] ? line + path : NULL;
	*ret = m;
	return true;
}

void vole_procmaps_each(uint32_t pid,
			bool (*each)(void *arg, const struct vole_mapping *),
			void *arg)
{
	char path[64] = "/proc/self/maps", *line = NULL;
	struct vole_mapping map;
	size_t room = 0;
	FILE *file;

	if (pid != VOLE_PROCMAPS_SELF)
		snprintf(path, sizeof(path), "/proc/%" PRIu32 "/maps", pid);
	file = fopen(path, "re");
	while (file && getline(&line, &room, file) > 0)
		if (vole_procmaps_line(line, &map) && !each(arg, &map))
			break;
	free(line);
	if (file)
		fclose(file);
}
