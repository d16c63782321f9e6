/**
 * An opened target: host, executable, core and memory brought together, and
 * checked to belong together before anything is decoded.
 */
#ifndef VOLE_TARGET_TARGET_H
#define VOLE_TARGET_TARGET_H

#include "base/arena.h"
#include "target/corefile.h"
#include "target/elf.h"
#include "target/host.h"
#include "target/memory.h"

enum { VOLE_MAX_PROBLEMS = 16 };

struct vole_target {
	struct vole_host *host;
	enum vole_target_kind kind;
	uint32_t pid;
	struct vole_elf *exe; /* NULL: unknown; the core alone is read */
	struct vole_elf
		*debug; /* holds the DWARF: exe or a separate file; NULL */
	struct vole_corefile *core; /* NULL: live, or a core without a path */
	struct vole_memory mem;
	uint64_t bias; /* load address minus link address of exe */
	struct vole_arena arena; /* session lifetime */
	/** What is missing or odd, one sentence each, for `info` and warnings. */
	const char *problems[VOLE_MAX_PROBLEMS];
	size_t num_problems;
};

struct vole_target_options {
	bool force; /* go on where core and executable do not match */
	const char *debug_dir; /* debug-file-directory; NULL: /usr/lib/debug */
};

/**
 * Open what @p host speaks of. Finds the executable (the host's, or the
 * core's NT_FILE when that file is still there with the same build ID), the
 * separate debug file (build-id directory, .gnu_debuglink), the load bias
 * (target/bias.h), and compares build IDs of executable and core: GNU's, then
 * Go's. Errors: VOLE_NOT_FOUND, VOLE_UNREADABLE (also: not known where the
 * executable was loaded), VOLE_UNSUPPORTED, VOLE_MISMATCH. With options->force
 * the last and an unknown load address are problems, and an executable of
 * unknown address is not used.
 */
VOLE_CHECKED bool vole_target_open(struct vole_host *host,
				   const struct vole_target_options *options,
				   struct vole_target **ret,
				   struct vole_error *err);
/** NULL is fine. */
void vole_target_close(struct vole_target *target);
/** Note a problem; the text is copied. Full: dropped. */
void vole_target_problem(struct vole_target *target, const char *fmt, ...)
	VOLE_PRINTF(2, 3);
/** Each mapping: of the core (PT_LOAD named by NT_FILE), else of the host. */
void vole_target_mappings(struct vole_target *target,
			  bool (*each)(void *arg, const struct vole_mapping *),
			  void *arg);

#endif
