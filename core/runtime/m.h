/**
 * Ms: the runtime's threads, each with the registers of the system's thread
 * that it is. src/runtime/runtime2.go: type m.
 */
#ifndef VOLE_RUNTIME_M_H
#define VOLE_RUNTIME_M_H

#include "runtime/goroutine.h"

struct vole_m {
	uint64_t addr; /* of the m */
	int64_t id;
	uint64_t tid; /* 0: an idle extra M has no thread */
	uint64_t g0, gsignal; /* addresses of its own g's */
	uint64_t curg; /* the goroutine it runs, or 0 */
	uint64_t p; /* the P it holds, or 0 */
	uint64_t locked_g; /* the goroutine that is locked to it, or 0 */
	int32_t throwing; /* 1: for the user's mistake, 2: the runtime's */
	int32_t dying;
	int32_t ncgo; /* calls into C now */
	int32_t locks;
	bool in_cgo, spinning, blocked;
	bool is_extra; /* made for a thread of C */
	bool is_extra_in_c; /* that thread is back in C */
	uint64_t start_fn; /* func value of what it runs all its life, or 0 */
	uint64_t vdso_sp, vdso_pc; /* its caller's, inside a vdso call */
	uint64_t g0_lo, g0_hi, g0_sp; /* g0's stack and sched.sp; 0 unknown */
	uint64_t signal_lo, signal_hi; /* gsignal's stack */
	bool has_regs;
	struct vole_regs regs;
};

struct vole_ms {
	struct vole_m *items;
	size_t len;
	const char *problem; /* one sentence when some are missing, or NULL */
};

/**
 * All Ms with their threads; the same until memory may have changed. A list
 * that is damaged ends where it is, with `problem` set. VOLE_NO_DEBUG_INFO,
 * VOLE_NOMEM.
 */
VOLE_CHECKED bool vole_ms_get(const struct vole_runtime *rt,
			      const struct vole_ms **ret,
			      struct vole_error *err);
/** The M at @p addr, or NULL. */
const struct vole_m *vole_m_at(const struct vole_ms *ms, uint64_t addr);
/** The M whose thread is @p tid, or NULL. */
const struct vole_m *vole_m_of_thread(const struct vole_ms *ms, uint64_t tid);
/** The M that runs @p g or that it is locked to, or NULL. */
const struct vole_m *vole_m_of(const struct vole_ms *ms,
			       const struct vole_goroutine *g);

/**
 * The goroutine that brought the program down: of the M that is dying or
 * throwing, else of the thread that got the signal. VOLE_NOT_FOUND when that
 * thread runs none, or when nothing says which it was (a live program).
 */
VOLE_CHECKED bool vole_goroutine_crashed(const struct vole_runtime *rt,
					 struct vole_goroutine *ret,
					 struct vole_error *err);

/** For vole_runtime_open(), _forget() and _close() only. */
struct vole_m_cache *vole_m_cache_new(void);
void vole_m_cache_clear(struct vole_m_cache *cache);
void vole_m_cache_free(struct vole_m_cache *cache);

#endif
