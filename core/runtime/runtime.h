/**
 * The Go runtime of a target: which release, where its modules are, how its
 * structures lie, and which generation of each algorithm it uses. Everything
 * a decoder needs hangs off this; it lives until the target changes.
 */
#ifndef VOLE_RUNTIME_RUNTIME_H
#define VOLE_RUNTIME_RUNTIME_H

#include "base/arena.h"
#include "runtime/buildinfo.h"
#include "runtime/memhash.h"
#include "runtime/module.h"
#include "target/debuginfo.h"
#include "target/layout.h"
#include "target/target.h"
#include "target/types.h"
#include "target/view.h"

struct vole_call_cache;
struct vole_images;
struct vole_m_cache;
struct vole_map_ops;
struct vole_package_vars;
struct vole_pcinfo_cache;
struct vole_pclntab;
struct vole_wait_reasons;

/**
 * What a layer above keeps of the target's memory: made when it is needed,
 * dropped when memory may have changed.
 */
struct vole_kept {
	void *item; /* NULL: not made yet */
	void (*drop)(void *item);
};

/** Where the process keeps what it hashes with; see hash_secret.h. */
struct vole_hash_secret {
	enum vole_memhash_kind kind;
	uint64_t addr; /* of runtime.aeskeysched or runtime.hashkey */
	bool sure; /* by its name, or as it has explained a map */
};

/** How many variables can be found without symbols. */
enum { VOLE_NUM_SEARCHED = 5 };

struct vole_runtime {
	struct vole_target *target;
	struct vole_memory *mem; /* target's */
	struct vole_debuginfo *di; /* NULL: stripped */
	struct vole_types *types;
	struct vole_layout layout;
	struct vole_buildinfo build;
	struct vole_modules modules;
	struct vole_pclntab *pclntab; /* of modules.items[0] */
	const char *no_functions; /* why pclntab is none; NULL: it is one */
	const struct vole_map_ops *map; /* the generation; NULL: unknown */
	struct vole_type_loader descriptors; /* loads abi.Type; see rtype.h */
	/* Filled when they are needed. */
	struct vole_pcinfo_cache *pcinfo;
	struct vole_call_cache *calls;
	struct vole_wait_reasons *wait_reasons;
	uint64_t searched[VOLE_NUM_SEARCHED]; /* addresses; see search.h */
	struct vole_hash_secret hash_secret;
	struct vole_package_vars *package_vars;
	/* Until memory may have changed. */
	struct vole_m_cache *ms;
	struct vole_images *images; /* NULL: see vole_runtime_images() */
	struct vole_kept *heap; /* core/heap's */
	struct vole_arena arena; /* session lifetime */
};

/**
 * Recognise the Go program in @p target. @p di may be NULL and is borrowed.
 * VOLE_UNSUPPORTED: no Go program at all, gccgo, tinygo, a release before
 * 1.18, Go in a shared library (named). A release newer than tested is a
 * problem noted in target, not an error.
 */
VOLE_CHECKED bool vole_runtime_open(struct vole_target *target,
				    struct vole_debuginfo *di,
				    struct vole_runtime **ret,
				    struct vole_error *err);
/** NULL is fine. */
void vole_runtime_close(struct vole_runtime *rt);

/** The target's memory may have changed: forget what was read of it. */
void vole_runtime_forget(struct vole_runtime *rt);

/** The files mapped into the target, or NULL: out of memory. */
struct vole_images *vole_runtime_images(const struct vole_runtime *rt);

/** A view with this runtime's layout and memory. */
struct vole_view vole_runtime_view(const struct vole_runtime *rt, uint64_t addr,
				   struct vole_error *err);

/**
 * Target address of the package variable @p name (load bias added): from
 * debug information, else from the symbol table, else by vole_runtime_search().
 * VOLE_NOT_FOUND.
 */
VOLE_CHECKED bool vole_runtime_var(const struct vole_runtime *rt,
				   const char *name, uint64_t *ret,
				   struct vole_error *err);

#endif
