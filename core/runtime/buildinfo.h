/**
 * What the linker wrote into the program about itself: release, module,
 * dependencies, settings. debug/buildinfo.readRawBuildInfo.
 */
#ifndef VOLE_RUNTIME_BUILDINFO_H
#define VOLE_RUNTIME_BUILDINFO_H

#include "base/arena.h"
#include "target/target.h"

struct vole_buildinfo_line {
	const char *key; /* "path", "mod", "dep", "build", "=>" */
	const char *value; /* the rest of the line, tabs as they are */
};

struct vole_buildinfo {
	const char *version; /* "go1.26.8"; "" unknown */
	const char *experiments; /* after "X:": "nogreenteagc"; "" none */
	unsigned minor; /* 26; 0 unknown (devel) */
	unsigned patch;
	const char *path; /* main package path; "" unknown */
	const struct vole_buildinfo_line *lines;
	size_t num_lines;
};

/**
 * From the section .go.buildinfo of the executable, else by its magic in the
 * writable memory of the target, else runtime.buildVersion. VOLE_NOT_FOUND:
 * nothing of the kind, so most likely not a Go program.
 */
VOLE_CHECKED bool vole_buildinfo_read(struct vole_target *target,
				      struct vole_arena *arena,
				      struct vole_buildinfo *ret,
				      struct vole_error *err);

#endif
