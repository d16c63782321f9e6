#include "runtime/notify_list.h"

#include "runtime/sudog.h"

enum { MAX_WAITERS = 1 << 24 };

void vole_notify_lists_free(struct vole_notify_lists *lists)
{
	vole_hash_free(&lists->of_g);
	vole_hash_free(&lists->tried);
}

bool vole_notify_lists_get(const struct vole_notify_lists *lists, uint64_t g,
			   uint64_t *ret)
{
	uint64_t list, sound = 0;

	if (!vole_hash_get(&lists->of_g, g, &list) ||
	    !vole_hash_get(&lists->tried, list, &sound) || !sound)
		return false;
	*ret = list;
	return true;
}

/* May @p sudog be in the list at @p addr? No goroutine is in two, or twice. */
static bool fits(const struct vole_notify_lists *lists,
		 const struct vole_sudog *sudog, uint64_t addr)
{
	uint64_t other;

	return sudog->g && !sudog->chan &&
	       !vole_notify_lists_get(lists, sudog->g, &other) &&
	       (!vole_hash_get(&lists->of_g, sudog->g, &other) ||
		other != addr);
}

bool vole_notify_lists_try(struct vole_notify_lists *lists,
			   const struct vole_runtime *rt, uint64_t addr)
{
	struct vole_error unused;
	struct vole_view v = vole_runtime_view(rt, addr, &unused);
	uint64_t at = vole_get(&v, VOLE_NOTIFY_LIST_HEAD);
	uint64_t tail = vole_get(&v, VOLE_NOTIFY_LIST_TAIL);
	uint64_t waits = vole_get(&v, VOLE_NOTIFY_LIST_WAIT);
	uint64_t done = vole_get(&v, VOLE_NOTIFY_LIST_NOTIFY), last = 0;
	/* Who has a ticket may not be in the list yet. */
	uint32_t left = (uint32_t)(waits - done);
	struct vole_sudog sudog;

	if (vole_hash_get(&lists->tried, addr, NULL))
		return true;
	if (!vole_hash_put(&lists->tried, addr, 0))
		return false;
	if (!v.ok || left > MAX_WAITERS)
		return true;
	for (; at && left; left--) {
		if (++lists->num_steps > MAX_WAITERS ||
		    !vole_sudog_read(rt, at, &sudog, &unused) ||
		    !fits(lists, &sudog, addr))
			return true;
		if (!vole_hash_put(&lists->of_g, sudog.g, addr))
			return false;
		last = at;
		at = sudog.next;
	}
	return !last || at || last != tail ||
	       vole_hash_put(&lists->tried, addr, 1);
}
