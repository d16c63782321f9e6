#include "runtime/goroutine.h"

#include "base/checked.h"

#include <stdlib.h>

/* runtime2.go: waitReasonStrings has 27 to 47; the index is a byte. */
enum { MAX_REASONS = 256, MAX_TEXT = 64, STRING = 16 };

struct vole_wait_reasons {
	bool asked;
	uint64_t table; /* address of waitReasonStrings; 0 not found */
	const char *text[MAX_REASONS]; /* NULL: not read yet */
};

struct vole_wait_reasons *vole_wait_reasons_new(void)
{
	return calloc(1, sizeof(struct vole_wait_reasons));
}

void vole_wait_reasons_free(struct vole_wait_reasons *reasons)
{
	free(reasons);
}

static const char *read_text(const struct vole_runtime *rt, uint64_t header)
{
	struct vole_arena *arena = (struct vole_arena *)&rt->arena;
	struct vole_error unused;
	char bytes[MAX_TEXT];
	uint64_t addr, len;

	if (!vole_memory_uint(rt->mem, header, 8, &addr, &unused) ||
	    !vole_memory_uint(rt->mem, header + 8, 8, &len, &unused) ||
	    len > sizeof(bytes) ||
	    !vole_memory_read_all(rt->mem, addr, bytes, len, &unused))
		return NULL;
	return vole_arena_copy(arena, bytes, len);
}

const char *vole_goroutine_wait_reason(const struct vole_runtime *rt,
				       const struct vole_goroutine *g)
{
	struct vole_wait_reasons *reasons = rt->wait_reasons;
	struct vole_error unused;
	uint64_t header;

	if (g->status != VOLE_GSTATUS_WAITING &&
	    g->status != VOLE_GSTATUS_LEAKED &&
	    g->status != VOLE_GSTATUS_PREEMPTED)
		return NULL;
	if (!reasons->asked &&
	    !vole_runtime_var(rt, "runtime.waitReasonStrings", &reasons->table,
			      &unused))
		reasons->table = 0;
	reasons->asked = true;
	if (!reasons->table)
		return NULL;
	if (!reasons->text[g->wait_reason] &&
	    vole_at(reasons->table, g->wait_reason, STRING, &header))
		reasons->text[g->wait_reason] = read_text(rt, header);
	return reasons->text[g->wait_reason];
}
