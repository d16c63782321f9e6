#include "runtime/stack_merge.h"

#include "base/array.h"
#include "base/hash.h"

enum {
	POLL = 1024, /* goroutines between two looks at the user */
	POLL_FRAMES = 1 << 14,
	MAX_KEYS = 1 << 26, /* frames of all stacks that differ */
};

/* One goroutine and which stack it has. */
struct member {
	uint64_t id;
	uint32_t stack;
};

struct stack {
	uint64_t hash;
	uint64_t addr; /* of the first goroutine */
	size_t keys, num_keys; /* in `keys` */
	size_t num_members;
	uint32_t next; /* of the same hash, + 1 */
};

struct merger {
	VOLE_ARRAY(struct member) members;
	VOLE_ARRAY(struct stack) stacks;
	VOLE_ARRAY(uint64_t) keys; /* of all stacks: pc and how exact it is */
	struct vole_hash by_hash; /* to index + 1 */
	VOLE_ARRAY(uint64_t) frames; /* of the stack in hand */
	vole_stacks_stop *stopped;
	void *arg;
	uint64_t done, all; /* goroutines */
	uint64_t num_frames;
	bool ended; /* by the user */
};

static uint64_t key_of(const struct vole_frame *frame)
{
	return frame->pc << 3 | (uint64_t)frame->exact << 2 | frame->kind;
}

/* One that is damaged may be as deep as it has words. */
static bool may_go_on(struct merger *m)
{
	if (!(++m->num_frames % POLL_FRAMES))
		m->ended = m->stopped(m->arg, m->done, m->all);
	return !m->ended;
}

/* Unwind into merger->frames; the hash of it. */
static bool unwind(struct merger *m, const struct vole_runtime *rt,
		   const struct vole_goroutine *g, uint64_t *ret)
{
	uint64_t hash = 0xcbf29ce484222325;
	struct vole_stack stack;
	struct vole_frame frame;

	m->frames.len = 0;
	vole_stack_begin(&stack, rt, g);
	while (may_go_on(m) && vole_stack_next(&stack, &frame)) {
		uint64_t *added = vole_array_push(&m->frames);

		if (!added)
			return false;
		*added = key_of(&frame);
		hash = (hash ^ *added) * 0x9e3779b97f4a7c15;
		hash ^= hash >> 29;
	}
	/* One that was cut short is not the same as one that was not. */
	*ret = stack.end ? ~hash : hash;
	return true;
}

static bool same(const struct merger *m, const struct stack *s)
{
	return s->num_keys == m->frames.len &&
	       (!s->num_keys ||
		!memcmp(m->keys.items + s->keys, m->frames.items,
			s->num_keys * sizeof(uint64_t)));
}

static bool add_stack(struct merger *m, uint64_t hash, uint64_t addr,
		      uint32_t next, uint32_t *ret)
{
	struct stack *added = vole_array_push(&m->stacks);
	size_t i;

	if (!added || m->keys.len + m->frames.len > MAX_KEYS)
		return false;
	*added = (struct stack){ .hash = hash,
				 .addr = addr,
				 .keys = m->keys.len,
				 .num_keys = m->frames.len,
				 .next = next };
	for (i = 0; i < m->frames.len; i++) {
		uint64_t *key = vole_array_push(&m->keys);

		if (!key)
			return false;
		*key = m->frames.items[i];
	}
	*ret = (uint32_t)m->stacks.len - 1;
	return vole_hash_put(&m->by_hash, hash, m->stacks.len);
}

static bool find_stack(struct merger *m, uint64_t hash, uint64_t addr,
		       uint32_t *ret)
{
	uint64_t first = 0;
	uint32_t at;

	vole_hash_get(&m->by_hash, hash, &first);
	for (at = (uint32_t)first; at; at = m->stacks.items[at - 1].next)
		if (same(m, &m->stacks.items[at - 1])) {
			*ret = at - 1;
			return true;
		}
	return add_stack(m, hash, addr, (uint32_t)first, ret);
}

static bool add_goroutine(struct merger *m, const struct vole_runtime *rt,
			  const struct vole_goroutine *g)
{
	struct member *member;
	uint32_t index;
	uint64_t hash;

	if (!unwind(m, rt, g, &hash))
		return false;
	if (m->ended)
		return true;
	if (!find_stack(m, hash, g->addr, &index))
		return false;
	member = vole_array_push(&m->members);
	if (!member)
		return false;
	*member = (struct member){ g->id, index };
	m->stacks.items[index].num_members++;
	return true;
}

static int by_count(const void *a, const void *b)
{
	const struct vole_merged *x = a, *y = b;

	if (x->num_ids != y->num_ids)
		return x->num_ids > y->num_ids ? -1 : 1;
	return x->ids[0] < y->ids[0] ? -1 : x->ids[0] > y->ids[0];
}

static int by_id(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static bool settle(struct merger *m, struct vole_arena *arena,
		   struct vole_merge *ret)
{
	size_t i;

	ret->items =
		vole_arena_array(arena, m->stacks.len + 1, sizeof(*ret->items));
	if (!ret->items)
		return false;
	for (i = 0; i < m->stacks.len; i++) {
		ret->items[i].addr = m->stacks.items[i].addr;
		ret->items[i].ids =
			vole_arena_array(arena, m->stacks.items[i].num_members,
					 sizeof(uint64_t));
		if (!ret->items[i].ids)
			return false;
	}
	for (i = 0; i < m->members.len; i++) {
		struct vole_merged *to = &ret->items[m->members.items[i].stack];

		to->ids[to->num_ids++] = m->members.items[i].id;
	}
	ret->len = m->stacks.len;
	ret->num_goroutines = m->members.len;
	for (i = 0; i < ret->len; i++)
		qsort(ret->items[i].ids, ret->items[i].num_ids,
		      sizeof(uint64_t), by_id);
	if (ret->len)
		qsort(ret->items, ret->len, sizeof(*ret->items), by_count);
	return true;
}

static bool gather(struct merger *m, const struct vole_runtime *rt,
		   struct vole_merge *ret, struct vole_error *err)
{
	struct vole_goroutines list;
	struct vole_error unused;
	uint64_t i, addr;

	if (!vole_goroutines_find(rt, &list, err))
		return false;
	m->all = list.len;
	ret->num_all = list.len + list.lost;
	ret->unreadable = list.lost;
	for (i = 0; i < list.len && !m->ended; i++) {
		struct vole_goroutine g;

		m->done = i;
		if (!(i % POLL) && m->stopped(m->arg, i, list.len))
			return true;
		vole_goroutines_prefetch(rt, &list, i, true);
		if (!vole_goroutines_get(rt, &list, i, &addr, &unused) ||
		    !vole_goroutine_read(rt, addr, &g, &unused))
			ret->unreadable++;
		else if (vole_goroutine_lives(&g) && !add_goroutine(m, rt, &g))
			return vole_fail_nomem(err);
	}
	return true;
}

bool vole_stacks_merge(const struct vole_runtime *rt, struct vole_arena *arena,
		       vole_stacks_stop *stopped, void *arg,
		       struct vole_merge *ret, struct vole_error *err)
{
	struct merger m = { .stopped = stopped, .arg = arg };
	bool ok;

	*ret = (struct vole_merge){ 0 };
	ok = gather(&m, rt, ret, err);
	if (ok && !settle(&m, arena, ret))
		ok = vole_fail_nomem(err);
	vole_array_free(&m.members);
	vole_array_free(&m.stacks);
	vole_array_free(&m.keys);
	vole_array_free(&m.frames);
	vole_hash_free(&m.by_hash);
	return ok;
}
