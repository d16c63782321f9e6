/**
 * Where the executable lies in the target: load address minus link address.
 * The core's auxiliary vector or the debugger says it, but the one is lost
 * with the notes of a truncated core (gcore writes them last), and a debugger
 * without it takes the link addresses as they are. So what they say is held
 * against the memory itself, and without a word from them it is searched.
 */
#ifndef VOLE_TARGET_BIAS_H
#define VOLE_TARGET_BIAS_H

#include "target/corefile.h"
#include "target/elf.h"
#include "target/host.h"

enum vole_bias {
	VOLE_BIAS_UNKNOWN, /* nothing fits, or two places do equally well */
	VOLE_BIAS_KNOWN,
	/* Segments of the core lie as the executable's do: nothing else says. */
	VOLE_BIAS_BY_LAYOUT,
};

/** What the bias is found from. */
struct vole_bias_clues {
	const struct vole_elf *exe;
	const struct vole_corefile *core; /* NULL: memory is the host's */
	struct vole_host *host;
	const struct vole_facts *facts;
};

/**
 * Find the load bias. Non-PIE: 0. Else a bias that the host knows wins, unless
 * it is 0; then come the entry point and program headers of the core's
 * auxiliary vector, the host's entry point, and a search for the executable's
 * first page and, in a core, for segments like its own. @p ret is written only
 * when it is known.
 */
enum vole_bias vole_bias_find(const struct vole_bias_clues *clues,
			      uint64_t *ret);

/**
 * Build IDs of what is mapped where the executable begins under @p bias; false
 * when no ELF header can be read there.
 */
bool vole_bias_ids(const struct vole_bias_clues *clues, uint64_t bias,
		   struct vole_build_id *gnu_id, struct vole_build_id *go_id);

#endif
