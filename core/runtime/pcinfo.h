/**
 * What unwinding needs to know of a pc, and which functions do not return the
 * way others do. Programs have millions of frames at few different pcs, so
 * the answers are kept.
 */
#ifndef VOLE_RUNTIME_PCINFO_H
#define VOLE_RUNTIME_PCINFO_H

#include "runtime/runtime.h"

/**
 * Functions that unwinding must know by name: their numbers (abi.FuncID)
 * differ from release to release.
 */
enum vole_special {
	VOLE_SPECIAL_NONE,
	VOLE_SPECIAL_ASMCGOCALL, /* Go to C, on the system stack */
	VOLE_SPECIAL_CGOCALLBACK, /* C to Go: a frame on both stacks */
	VOLE_SPECIAL_CROSSCALL, /* C's registers are kept in its frame */
	VOLE_SPECIAL_GOEXIT, /* below the first function of a goroutine */
	VOLE_SPECIAL_GOGO, /* goes on where a goroutine was left */
	VOLE_SPECIAL_INJECTED, /* asyncPreempt, debugCall: as if called */
	VOLE_SPECIAL_MCALL, /* left the goroutine for good */
	VOLE_SPECIAL_MORESTACK, /* a function that needs a larger stack */
	VOLE_SPECIAL_SIGPANIC, /* as if called by a faulting instruction */
	VOLE_SPECIAL_SIGTRAMP, /* the kernel called it: a signal frame */
	VOLE_SPECIAL_SYSTEMSTACK, /* goes on on the system stack */
};

enum {
	VOLE_FUNC_TOP_FRAME = 1, /* nothing called it */
	VOLE_FUNC_SP_WRITE = 2, /* moves sp as no table tells */
	VOLE_FUNC_ASM = 4,
};

struct vole_pcinfo {
	uint64_t pc;
	uint64_t entry; /* of its function */
	int32_t delta; /* bytes from sp up to the return address */
	uint8_t flag; /* VOLE_FUNC_* */
	uint8_t special; /* enum vole_special */
	bool known; /* false: no Go code, or its table is damaged */
};

/** Look @p pc up. Not known: `known` is false, nothing else is set. */
struct vole_pcinfo vole_pcinfo_at(const struct vole_runtime *rt, uint64_t pc);

/** For vole_runtime_open() and _close() only. */
struct vole_pcinfo_cache *vole_pcinfo_cache_new(void);
void vole_pcinfo_cache_free(struct vole_pcinfo_cache *cache);

#endif
