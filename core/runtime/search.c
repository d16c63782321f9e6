#include "runtime/search.h"

#include "runtime/goroutine.h"
#include "runtime/p.h"
#include "runtime/sched.h"

#include <string.h>

enum {
	TRIED = 64,
	CHUNK = 64 << 10,
	SLICE = 24,
	MAX_LEN = 1 << 28,
	MAX_READ = 1 << 20, /* g's and P's that words may lead to */
	DEFAULT_MAX_M = 10000, /* sched.maxmcount; see SetMaxThreads */
};

/* What a search may cost: the data of a very large program. */
static const uint64_t MAX_SEARCH = (uint64_t)1 << 30;
static const uint64_t MAX_ID = (uint64_t)1 << 40;

struct search {
	const struct vole_runtime *rt;
	const struct shape *shape;
	uint64_t count, addr;
	bool alone; /* no other counts as much */
	unsigned num_read; /* g's and P's */
	bool asked; /* for the first g: no other is asked for each word */
	uint64_t first_g; /* 0: not known */
	uint64_t num_ps; /* 0: not asked for */
};

struct shape {
	const char *name;
	/* What it counts: of those that fit, the largest is it. 0: no fit. */
	uint64_t (*fits)(struct search *s, uint64_t addr,
			 const uint64_t *words);
	uint64_t before; /* the variable begins so many bytes before */
	bool only; /* more than one that fits are none */
	/* It begins so many bytes before as this field has; 0: none. */
	enum vole_field_id field;
};

static bool is_slice(const uint64_t *words)
{
	return words[0] && !(words[0] & 7) && words[1] &&
	       words[1] <= words[2] && words[2] <= MAX_LEN;
}

/* Is it a g? One is known by how its fields agree. 0: no, else its id. */
static uint64_t g_id(struct search *s, uint64_t addr)
{
	struct vole_error unused;
	struct vole_goroutine g;

	if (!addr || addr & 7 || s->num_read++ >= MAX_READ ||
	    !vole_goroutine_read(s->rt, addr, &g, &unused))
		return 0;
	/* None is in the list before it has left the state idle. */
	if (g.status == VOLE_GSTATUS_IDLE)
		return 0;
	if (vole_goroutine_lives(&g) &&
	    (g.stack_lo >= g.stack_hi ||
	     (g.status != VOLE_GSTATUS_RUNNING &&
	      (g.sched_sp <= g.stack_lo || g.sched_sp > g.stack_hi))))
		return 0;
	return g.id < MAX_ID ? g.id : 0;
}

static bool has(const uint64_t *ids, uint64_t len, uint64_t id)
{
	while (len)
		if (ids[--len] == id)
			return true;
	return false;
}

static uint64_t fits_allgs(struct search *s, uint64_t addr,
			   const uint64_t *words)
{
	uint64_t ids[TRIED], num, i, g;
	struct vole_error unused;

	(void)addr;
	if (!is_slice(words))
		return 0;
	/*
	 * From the first to the last, as other words lead to the list too and
	 * have no length behind. The dead keep their ids: no two are the same.
	 */
	num = words[1] < TRIED ? words[1] : TRIED;
	for (i = 0; i < num; i++) {
		uint64_t at = num > 1 ? i * (words[1] - 1) / (num - 1) : 0;

		if (!vole_memory_uint(s->rt->mem, words[0] + at * 8, 8, &g,
				      &unused))
			return 0;
		ids[i] = g_id(s, g);
		if (!ids[i] || has(ids, i, ids[i]))
			return 0;
	}
	return words[1];
}

/* Does the m that has a P know of it? */
static bool is_of_m(const struct vole_runtime *rt, const struct vole_p *p)
{
	struct vole_error unused;
	struct vole_view m = vole_runtime_view(rt, p->m, &unused);

	return vole_get(&m, VOLE_M_P) == p->addr && m.ok;
}

static uint64_t fits_allp(struct search *s, uint64_t addr,
			  const uint64_t *words)
{
	struct vole_ps ps = { words[0], words[1] };
	uint64_t i, held = 0;

	(void)addr;
	if (!is_slice(words))
		return 0;
	for (i = 0; i < ps.len && i < TRIED; i++) {
		struct vole_error unused;
		struct vole_p p;

		if (s->num_read++ >= MAX_READ ||
		    !vole_p_read(s->rt, &ps, i, &p, &unused) ||
		    p.id != (int)i || (p.m && !is_of_m(s->rt, &p)))
			return 0;
		held += p.m != 0;
	}
	/* One P that nobody holds would be any address of zeros. */
	return held || ps.len > 1 ? ps.len : 0;
}

/* Its second string; the first is empty. */
static uint64_t fits_wait_reasons(struct search *s, uint64_t addr,
				  const uint64_t *words)
{
	static const char second[] = "GC assist marking";
	enum { LEN = sizeof(second) - 1 };
	struct vole_error unused;
	char text[LEN];

	(void)addr;
	return words[1] == LEN &&
	       vole_memory_read_all(s->rt->mem, words[0], text, LEN, &unused) &&
	       !memcmp(text, second, LEN);
}

/* Any number when it is not known. */
static uint64_t num_ps(struct search *s)
{
	struct vole_error unused;
	struct vole_ps ps;

	if (!s->num_ps)
		s->num_ps = vole_ps_find(s->rt, &ps, &unused) && ps.len ?
				    ps.len :
				    UINT32_MAX;
	return s->num_ps;
}

/* Words 0 and 1 are the last goroutine's id and a time. */
static uint64_t fits_sched(struct search *s, uint64_t addr,
			   const uint64_t *words)
{
	struct vole_error unused;
	struct vole_view v;
	uint64_t idle, runnable;
	int32_t stopping;

	if (!words[0] || words[0] >= MAX_ID || words[1] >> 62)
		return 0;
	v = vole_runtime_view(s->rt, addr, &unused);
	if (vole_get(&v, VOLE_SCHED_MAX_M) != DEFAULT_MAX_M)
		return 0;
	stopping = (int32_t)vole_get(&v, VOLE_SCHED_STOP_WAIT);
	if (vole_get(&v, VOLE_SCHED_NUM_IDLE_P) > num_ps(s) ||
	    ((uint64_t)stopping > num_ps(s) && !vole_sched_froze(stopping)))
		return 0;
	idle = vole_get(&v, VOLE_SCHED_NUM_IDLE_M);
	runnable = vole_get(&v, VOLE_SCHED_RUNQ_SIZE);
	return v.ok && idle < DEFAULT_MAX_M && runnable < MAX_LEN &&
	       !vole_get(&v, VOLE_SCHED_RUNQ_HEAD) == !runnable &&
	       vole_get(&v, VOLE_SCHED_GC_WAITING) <= 1;
}

/* The word at @p addr + @p offset; 0 also when it cannot be read. */
static uint64_t word_at(const struct vole_runtime *rt, uint64_t addr,
			uint64_t offset)
{
	struct vole_error unused;
	uint64_t word;

	if (!addr || offset > UINT64_MAX - addr ||
	    !vole_memory_uint(rt->mem, addr + offset, 8, &word, &unused))
		return 0;
	return word;
}

/* 0: there is none. */
static uint64_t first_g(struct search *s)
{
	struct vole_goroutines list;
	struct vole_error unused;

	if (!s->asked && vole_goroutines_find(s->rt, &list, &unused) &&
	    list.len)
		s->first_g = word_at(s->rt, list.addr, 0);
	s->asked = true;
	return s->first_g;
}

/*
 * mheap_.arenas: a table of arenas, large enough for pages of its own. By it
 * the first g is found in a span, as all g's but one are of the heap.
 */
static uint64_t fits_mheap(struct search *s, uint64_t addr,
			   const uint64_t *words)
{
	const uint64_t arena = 64 << 20, page = 8192;
	const struct vole_runtime *rt = s->rt;
	const struct vole_layout *layout = &rt->layout;
	uint64_t g, at, span, start;

	(void)addr;
	if (!words[0] || words[0] & 4095 || !layout->has[VOLE_STRUCT_MHEAP])
		return 0;
	g = first_g(s);
	if (!g)
		return 0;
	at = g - (uint64_t)layout->value[VOLE_CONST_ARENA_BASE];
	span = word_at(rt, words[0], at / arena * 8);
	span = word_at(rt, span,
		       layout->place[VOLE_HEAP_ARENA_SPANS].offset +
			       at % arena / page * 8);
	start = word_at(rt, span, layout->place[VOLE_MSPAN_START_ADDR].offset);
	return start && !(start % page) && g >= start &&
	       g - start <
		       page * word_at(rt, span,
				      layout->place[VOLE_MSPAN_NPAGES].offset);
}

static const struct shape shapes[VOLE_NUM_SEARCHED] = {
	{ "runtime.allgs", fits_allgs, 0, false, 0 },
	{ "runtime.allp", fits_allp, 0, false, 0 },
	{ "runtime.sched", fits_sched, 0, true, 0 },
	{ "runtime.waitReasonStrings", fits_wait_reasons, 16, true, 0 },
	{ "runtime.mheap_", fits_mheap, 0, true, VOLE_MHEAP_ARENAS },
};

static void try(struct search *to, uint64_t addr, const uint64_t *words)
{
	uint64_t count = to->shape->fits(to, addr, words);

	if (!count || count < to->count)
		return;
	to->alone = count > to->count;
	if (!to->alone)
		return;
	to->count = count;
	to->addr = addr - to->shape->before -
		   (to->shape->field ?
			    to->rt->layout.place[to->shape->field].offset :
			    0);
}

static void search(struct search *to, uint64_t lo, uint64_t hi)
{
	uint64_t len = hi < lo ? 0 : hi - lo, done, words[SLICE / 8];
	uint8_t bytes[CHUNK + SLICE];

	for (done = 0;
	     done < len && done < MAX_SEARCH && to->num_read <= MAX_READ;
	     done += CHUNK) {
		uint64_t at = lo + done, left = len - done;
		size_t want = left < sizeof(bytes) ? left : sizeof(bytes);
		size_t have = vole_memory_read(to->rt->mem, at, bytes, want), i;

		for (i = 0; i + SLICE <= have && i < CHUNK; i += 8) {
			memcpy(words, bytes + i, SLICE);
			try(to, at + i, words);
		}
	}
}

bool vole_runtime_search(const struct vole_runtime *rt, const char *name,
			 uint64_t *ret)
{
	const struct vole_module *m = rt->modules.items;
	struct search to = { .rt = rt };
	/* Made when it is needed: not a change that anyone can see. */
	uint64_t *kept;
	size_t i = 0;

	while (i < VOLE_NUM_SEARCHED && strcmp(shapes[i].name, name))
		i++;
	if (i == VOLE_NUM_SEARCHED || !rt->modules.len)
		return false;
	to.shape = &shapes[i];
	kept = (uint64_t *)&rt->searched[i];
	*ret = *kept;
	if (*kept)
		return true;
	/* What has pointers is in bss, or in data when it had a value. */
	search(&to, m->bss, m->ebss);
	if (!to.count)
		search(&to, m->data, m->edata);
	if (!to.count || (to.shape->only && !to.alone) ||
	    to.num_read > MAX_READ)
		return false;
	/* Copies are made of lists that grow: which it is, time will tell. */
	if (to.alone)
		*kept = to.addr;
	*ret = to.addr;
	return true;
}
