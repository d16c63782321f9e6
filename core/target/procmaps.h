/**
 * /proc/PID/maps: what a process of this machine has mapped.
 */
#ifndef VOLE_TARGET_PROCMAPS_H
#define VOLE_TARGET_PROCMAPS_H

#include "target/host.h"

/** Our own process. */
enum { VOLE_PROCMAPS_SELF = 0 };

/**
 * Each mapping of @p pid, ascending, until @p each gives false. A process that
 * is gone, or whose mappings we may not see, has none.
 */
void vole_procmaps_each(uint32_t pid,
			bool (*each)(void *arg, const struct vole_mapping *),
			void *arg);

/**
 * One line, "START-END PERMS OFFSET DEVICE INODE [PATH]"; false when it is
 * none. Its end is cut off; the path lies in it, as the kernel writes it: with
 * " (deleted)" behind one that is gone, "[stack]" and the like for none.
 */
bool vole_procmaps_line(char *line, struct vole_mapping *ret);

#endif
