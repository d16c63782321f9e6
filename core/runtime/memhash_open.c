#include "runtime/memhash.h"

#include "runtime/runtime.h"

/* To this release hash64.go mixed constants into a single random word. */
enum { LAST_WYHASH = 22, SCHEDULE = 128 };

static bool read_var(const struct vole_runtime *rt, const char *name, void *buf,
		     size_t len, struct vole_error *err)
{
	uint64_t addr;

	return vole_runtime_var(rt, name, &addr, err) &&
	       vole_memory_read_all(rt->mem, addr, buf, len, err);
}

/* src/runtime/alg.go: alginit() fills the one secret or the other. */
bool vole_memhash_open(const struct vole_runtime *rt, struct vole_memhash *ret,
		       struct vole_error *err)
{
	enum vole_memhash_kind kind = VOLE_MEMHASH_AES;
	uint8_t schedule[SCHEDULE], aes;
	uint64_t key[4];

	if (!read_var(rt, "runtime.useAeshash", &aes, 1, err) ||
	    !read_var(rt, "runtime.aeskeysched", schedule, sizeof(schedule),
		      err) ||
	    !read_var(rt, "runtime.hashkey", key, sizeof(key), err))
		return vole_fail_in(err, "how this process hashes");
	if (aes > 1)
		return vole_fail(err, VOLE_CORRUPT, VOLE_NOWHERE,
				 "runtime.useAeshash is %u, no bool", aes);
	if (!aes)
		kind = rt->build.minor && rt->build.minor <= LAST_WYHASH ?
			       VOLE_MEMHASH_WYHASH :
			       VOLE_MEMHASH_KEYED;
	vole_memhash_init(ret, kind, schedule, key);
	return true;
}
