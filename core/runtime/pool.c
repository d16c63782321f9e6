#include "runtime/pool.h"

#include "base/checked.h"
#include "base/hash.h"

enum {
	SIZE_WORD = 8,
	SIZE_IFACE = 16,
	MAX_PS = 1 << 16,
	MAX_RING = 1 << 30, /* dequeueLimit */
	MAX_RINGS = 1 << 10, /* each is twice as long as the one before */
	MAX_LOOKED = 1 << 24, /* items, in all rings */
};

static bool described(const struct vole_runtime *rt)
{
	const struct vole_place *place = rt->layout.place;

	return place[VOLE_POOL_LOCAL].known &&
	       place[VOLE_POOL_LOCAL_PRIVATE].known &&
	       place[VOLE_POOL_LOCAL_SHARED_HEAD].known &&
	       place[VOLE_POOL_CHAIN_HEAD_TAIL].known &&
	       place[VOLE_POOL_CHAIN_VALS].known &&
	       place[VOLE_POOL_CHAIN_PREV].known;
}

bool vole_pool_open(const struct vole_runtime *rt, uint64_t addr,
		    struct vole_pool *ret, struct vole_error *err)
{
	struct vole_view v = vole_runtime_view(rt, addr, err);
	struct vole_pool pool = { .rt = rt, .addr = addr };

	if (!described(rt))
		return vole_fail(err, VOLE_NO_DEBUG_INFO, addr,
				 "how sync.Pool lies is not known");
	pool.local = vole_get(&v, VOLE_POOL_LOCAL);
	pool.num_local = vole_get(&v, VOLE_POOL_LOCAL_SIZE);
	pool.victim = vole_get(&v, VOLE_POOL_VICTIM);
	pool.num_victim = vole_get(&v, VOLE_POOL_VICTIM_SIZE);
	if (!v.ok)
		return false;
	if (pool.num_local > MAX_PS || pool.num_victim > MAX_PS)
		return vole_fail(err, VOLE_CORRUPT, addr,
				 "a pool of %" PRIu64 " and %" PRIu64 " Ps",
				 pool.num_local, pool.num_victim);
	*ret = pool;
	return true;
}

struct visit {
	const struct vole_pool *pool;
	struct vole_pool_visitor *visitor;
	struct vole_pool_item item;
	uint64_t looked; /* items */
	bool ended;
};

/* An interface without a type is no item. */
static bool give(struct visit *v, uint64_t addr, struct vole_error *err)
{
	uint64_t type;

	if (!vole_memory_uint(v->pool->rt->mem, addr, SIZE_WORD, &type, err))
		return false;
	v->item.addr = addr;
	if (type && !v->visitor->item(v->visitor, &v->item))
		v->ended = true;
	return true;
}

/* poolDequeue: headTail holds two indices of 32 bits; the head comes first. */
static bool give_ring(struct visit *v, uint64_t ring, uint64_t *prev,
		      struct vole_error *err)
{
	struct vole_view d = vole_runtime_view(v->pool->rt, ring, err);
	uint64_t head_tail = vole_get(&d, VOLE_POOL_CHAIN_HEAD_TAIL);
	uint64_t place = vole_get_addr(&d, VOLE_POOL_CHAIN_VALS);
	uint32_t head = (uint32_t)(head_tail >> 32), tail = (uint32_t)head_tail;
	uint64_t vals, len, addr;

	*prev = vole_get(&d, VOLE_POOL_CHAIN_PREV);
	if (!d.ok || !vole_memory_uint(d.mem, place, SIZE_WORD, &vals, err) ||
	    !vole_memory_uint(d.mem, place + SIZE_WORD, SIZE_WORD, &len, err))
		return false;
	if (!len || len > MAX_RING || len & (len - 1) || head - tail > len)
		return vole_fail(err, VOLE_CORRUPT, ring,
				 "a pool's ring of %" PRIu64 " with %" PRIu32
				 " items",
				 len, head - tail);
	while (head != tail && !v->ended) {
		head--;
		v->ended = v->looked++ >= MAX_LOOKED;
		if (v->ended)
			return vole_fail(err, VOLE_CORRUPT, ring,
					 "a pool of over %d items", MAX_LOOKED);
		if (!vole_at(vals, head & (len - 1), SIZE_IFACE, &addr))
			return vole_fail(err, VOLE_CORRUPT, ring,
					 "a pool's ring ends past 2^64");
		if (!give(v, addr, err))
			return false;
	}
	return true;
}

static bool give_local(struct visit *v, uint64_t local, struct vole_error *err)
{
	struct vole_view l = vole_runtime_view(v->pool->rt, local, err);
	uint64_t ring = vole_get(&l, VOLE_POOL_LOCAL_SHARED_HEAD);
	unsigned n;

	v->item.shared = false;
	if (!l.ok || !give(v, vole_get_addr(&l, VOLE_POOL_LOCAL_PRIVATE), err))
		return false;
	v->item.shared = true;
	for (n = 0; ring && !v->ended; n++) {
		if (n == MAX_RINGS)
			return vole_fail(err, VOLE_CORRUPT, ring,
					 "a pool of over %d rings", MAX_RINGS);
		if (!give_ring(v, ring, &ring, err))
			return false;
	}
	return true;
}

static void give_all(struct visit *v, uint64_t array, uint64_t num)
{
	uint64_t size = v->pool->rt->layout.size[VOLE_STRUCT_POOL_LOCAL];
	struct vole_error err;
	uint64_t local;

	for (v->item.p = 0; v->item.p < num && !v->ended; v->item.p++) {
		if (vole_at(array, v->item.p, size, &local) &&
		    vole_range_ok(local, size)) {
			if (give_local(v, local, &err))
				continue;
		} else {
			vole_fail(&err, VOLE_CORRUPT, array,
				  "a pool that ends past 2^64");
		}
		v->visitor->broken(v->visitor, &err);
	}
}

void vole_pool_visit(const struct vole_pool *pool,
		     struct vole_pool_visitor *visitor)
{
	struct visit v = { .pool = pool, .visitor = visitor };

	give_all(&v, pool->local, pool->num_local);
	v.item.victim = true;
	give_all(&v, pool->victim, pool->num_victim);
}
