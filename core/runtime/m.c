#include "runtime/m.h"

#include "base/array.h"
#include "base/hash.h"

enum {
	MAX_MS = 1 << 16, /* sched.maxmcount is 10,000 unless it is raised */
	M_BYTES = 512, /* the fields read lie in front */
	PT_TLS = 7,
	TLS_ALIGN = 64, /* more than compilers ask for */
	MAX_TLS = 1 << 16,
};

struct vole_m_cache {
	bool filled;
	struct vole_arena arena;
	struct vole_ms ms;
};

static const size_t CACHE_CAP = (size_t)64 << 20;

struct vole_m_cache *vole_m_cache_new(void)
{
	struct vole_m_cache *cache = calloc(1, sizeof(*cache));

	if (cache)
		vole_arena_init(&cache->arena, CACHE_CAP);
	return cache;
}

void vole_m_cache_clear(struct vole_m_cache *cache)
{
	vole_arena_clear(&cache->arena);
	cache->ms = (struct vole_ms){ 0 };
	cache->filled = false;
}

void vole_m_cache_free(struct vole_m_cache *cache)
{
	if (!cache)
		return;
	vole_m_cache_clear(cache);
	free(cache);
}

/* --- reading ms ------------------------------------------------------------ */

static bool read_m(const struct vole_runtime *rt, uint64_t addr,
		   struct vole_m *ret, uint64_t *next, struct vole_error *err)
{
	struct vole_view v = vole_runtime_view(rt, addr, err);
	uint8_t bytes[M_BYTES];

	vole_view_load(&v, bytes, sizeof(bytes));
	*ret = (struct vole_m){
		.addr = addr,
		.id = (int64_t)vole_get(&v, VOLE_M_ID),
		.tid = vole_get(&v, VOLE_M_PROCID),
		.g0 = vole_get(&v, VOLE_M_G0),
		.gsignal = vole_get(&v, VOLE_M_GSIGNAL),
		.curg = vole_get(&v, VOLE_M_CURG),
		.p = vole_get(&v, VOLE_M_P),
		.locked_g = vole_get(&v, VOLE_M_LOCKED_G),
		.throwing = (int32_t)vole_get(&v, VOLE_M_THROWING),
		.dying = (int32_t)vole_get(&v, VOLE_M_DYING),
		.ncgo = (int32_t)vole_get(&v, VOLE_M_NCGO),
		.locks = (int32_t)vole_get(&v, VOLE_M_LOCKS),
		.in_cgo = vole_get(&v, VOLE_M_IN_CGO),
		.spinning = vole_get(&v, VOLE_M_SPINNING),
		.blocked = vole_get(&v, VOLE_M_BLOCKED),
		.is_extra = vole_get(&v, VOLE_M_IS_EXTRA),
		.is_extra_in_c = vole_get(&v, VOLE_M_IS_EXTRA_IN_C),
		.start_fn = vole_get(&v, VOLE_M_START_FN),
		.vdso_sp = vole_get(&v, VOLE_M_VDSO_SP),
		.vdso_pc = vole_get(&v, VOLE_M_VDSO_PC),
	};
	*next = vole_get(&v, VOLE_M_ALL_LINK);
	return v.ok;
}

/* The stacks of its own g's. One that cannot be read has none. */
static void read_stacks(const struct vole_runtime *rt, struct vole_m *m)
{
	struct vole_goroutine g;
	struct vole_error unused;

	if (m->g0 && vole_goroutine_read(rt, m->g0, &g, &unused)) {
		m->g0_lo = g.stack_lo;
		m->g0_hi = g.stack_hi;
		m->g0_sp = g.sched_sp;
	}
	if (m->gsignal && vole_goroutine_read(rt, m->gsignal, &g, &unused)) {
		m->signal_lo = g.stack_lo;
		m->signal_hi = g.stack_hi;
	}
}

struct gather {
	const struct vole_runtime *rt;
	VOLE_ARRAY(struct vole_m) list;
	struct vole_hash seen; /* to index in the list */
	const char *problem;
	bool no_memory;
};

/* Follow alllink from @p addr on, to what was known before. */
static void gather_from(struct gather *to, uint64_t addr)
{
	const size_t known = to->list.len;

	while (addr && !to->no_memory) {
		struct vole_error unused;
		struct vole_m m, *added;
		uint64_t next, index = known;
		bool seen = vole_hash_get(&to->seen, addr, &index);

		if (index < known)
			return;
		if (seen || to->list.len == MAX_MS ||
		    !read_m(to->rt, addr, &m, &next, &unused)) {
			to->problem = "the list of Ms (runtime.allm) is "
				      "damaged: some threads may be missing";
			return;
		}
		added = vole_array_push(&to->list);
		to->no_memory = !added || !vole_hash_put(&to->seen, addr,
							 to->list.len - 1);
		if (to->no_memory)
			return;
		read_stacks(to->rt, &m);
		*added = m;
		addr = next;
	}
}

/* --- threads --------------------------------------------------------------- */

static bool readable_word(const struct vole_runtime *rt, uint64_t addr,
			  uint64_t *ret)
{
	struct vole_error unused;

	return vole_memory_uint(rt->mem, addr, 8, ret, &unused);
}

/* The m of the g at @p addr; 0 when it is no g that an m has. */
static uint64_t m_of_g(const struct vole_runtime *rt, uint64_t addr)
{
	struct vole_goroutine g;
	struct vole_error unused;
	struct vole_view m;

	if (!addr || addr & 7 || !vole_goroutine_read(rt, addr, &g, &unused) ||
	    !g.m)
		return 0;
	m = vole_runtime_view(rt, g.m, &unused);
	if (vole_get(&m, VOLE_M_G0) != addr &&
	    vole_get(&m, VOLE_M_CURG) != addr &&
	    vole_get(&m, VOLE_M_GSIGNAL) != addr)
		return 0;
	return m.ok ? g.m : 0;
}

/* How much of what lies below the thread pointer is the program's own. */
static uint64_t tls_size(const struct vole_runtime *rt)
{
	const struct vole_elf *exe = rt->target->exe;
	size_t i;

	for (i = 0; exe && i < exe->num_segments; i++)
		if (exe->segments[i].type == PT_TLS)
			return exe->segments[i].mem_size;
	return 0;
}

/*
 * The m of a thread by its TLS, which has the g: just below the thread pointer
 * where runtime.tlsg is the only variable, lower where C has others.
 */
static uint64_t m_by_tls(const struct vole_runtime *rt,
			 const struct vole_regs *regs)
{
	uint64_t size = tls_size(rt), offset, addr, m;

	if (!(regs->have & VOLE_HAVE_TLS))
		return 0;
	for (offset = 8; offset <= MAX_TLS; offset += 8) {
		if (readable_word(rt, regs->tls - offset, &addr)) {
			m = m_of_g(rt, addr);
			if (m)
				return m;
		}
		if (offset >= size + TLS_ALIGN)
			break;
	}
	return 0;
}

/* By the thread's number, else by its own address. */
static struct vole_m *find_m(struct gather *in, uint64_t tid, uint64_t addr)
{
	size_t i;

	for (i = 0; i < in->list.len; i++)
		if (addr ? in->list.items[i].addr == addr :
			   in->list.items[i].tid == tid)
			return &in->list.items[i];
	return NULL;
}

static bool on_thread(void *arg, const struct vole_regs *regs)
{
	struct gather *to = arg;
	uint64_t by_tls = 0;
	struct vole_m *m;

	if (!to->rt->layout.has[VOLE_STRUCT_G])
		return false;
	m = find_m(to, regs->tid, 0);
	/* Another process namespace numbers its threads otherwise. */
	if (!m) {
		by_tls = m_by_tls(to->rt, regs);
		gather_from(to, by_tls);
		m = by_tls ? find_m(to, 0, by_tls) : NULL;
	}
	/*
	 * A thread of C may have the g of an M that it had once: what the M
	 * itself says of its thread goes first.
	 */
	if (m && (!by_tls || !m->has_regs)) {
		m->has_regs = true;
		m->regs = *regs;
	}
	return !to->no_memory;
}

static void each_thread(const struct vole_runtime *rt,
			bool (*each)(void *arg, const struct vole_regs *),
			void *arg)
{
	const struct vole_corefile *core = rt->target->core;
	struct vole_host *host = rt->target->host;
	size_t i;

	if (!core) {
		if (host && host->threads)
			host->threads(host, each, arg);
		return;
	}
	for (i = 0; i < core->num_threads; i++)
		if (!each(arg, &core->threads[i].regs))
			return;
}

/* --- the list -------------------------------------------------------------- */

static bool keep(struct vole_m_cache *cache, const struct gather *from,
		 struct vole_error *err)
{
	size_t i;

	cache->ms.items = vole_arena_array(&cache->arena, from->list.len + 1,
					   sizeof(struct vole_m));
	if (!cache->ms.items || from->no_memory)
		return vole_fail_nomem(err);
	for (i = 0; i < from->list.len; i++)
		cache->ms.items[i] = from->list.items[i];
	cache->ms.len = from->list.len;
	cache->ms.problem = from->problem;
	cache->filled = true;
	return true;
}

bool vole_ms_get(const struct vole_runtime *rt, const struct vole_ms **ret,
		 struct vole_error *err)
{
	struct vole_m_cache *cache = rt->ms;
	struct gather gather = { .rt = rt };
	struct vole_error unused;
	uint64_t allm, first;
	bool ok = true;

	*ret = &cache->ms;
	if (cache->filled)
		return true;
	if (!rt->layout.has[VOLE_STRUCT_M] || !rt->layout.has[VOLE_STRUCT_G])
		return vole_fail(err, VOLE_NO_DEBUG_INFO, VOLE_NOWHERE,
				 "how threads and goroutines are laid out is "
				 "not known");
	/* In a stripped program the threads lead to their Ms. */
	if (vole_runtime_var(rt, "runtime.allm", &allm, &unused) &&
	    readable_word(rt, allm, &first))
		gather_from(&gather, first);
	each_thread(rt, on_thread, &gather);
	ok = keep(cache, &gather, err);
	vole_array_free(&gather.list);
	vole_hash_free(&gather.seen);
	return ok;
}

const struct vole_m *vole_m_at(const struct vole_ms *ms, uint64_t addr)
{
	size_t i;

	for (i = 0; addr && i < ms->len; i++)
		if (ms->items[i].addr == addr)
			return &ms->items[i];
	return NULL;
}

const struct vole_m *vole_m_of_thread(const struct vole_ms *ms, uint64_t tid)
{
	size_t i;

	for (i = 0; i < ms->len; i++)
		if (ms->items[i].has_regs && ms->items[i].regs.tid == tid)
			return &ms->items[i];
	return NULL;
}

const struct vole_m *vole_m_of(const struct vole_ms *ms,
			       const struct vole_goroutine *g)
{
	const struct vole_m *m = vole_m_at(ms, g->m);

	return m ? m : vole_m_at(ms, g->locked_m);
}

/* Of those that @p is picks the one of thread @p tid, else the first. */
static const struct vole_m *first_of(const struct vole_ms *ms, uint64_t tid,
				     bool (*is)(const struct vole_m *m))
{
	const struct vole_m *m = vole_m_of_thread(ms, tid);
	size_t i;

	if (m && is(m))
		return m;
	for (i = 0; i < ms->len; i++)
		if (is(&ms->items[i]))
			return &ms->items[i];
	return NULL;
}

static bool is_dying(const struct vole_m *m)
{
	return m->dying > 0;
}

static bool is_throwing(const struct vole_m *m)
{
	return m->throwing > 0;
}

bool vole_goroutine_crashed(const struct vole_runtime *rt,
			    struct vole_goroutine *ret, struct vole_error *err)
{
	const struct vole_corefile *core = rt->target->core;
	const struct vole_m *who;
	const struct vole_ms *ms;
	uint64_t tid = 0;

	if (!vole_ms_get(rt, &ms, err))
		return false;
	/* The thread that got the signal comes first. */
	if (core && core->num_threads)
		tid = core->threads[0].regs.tid;
	who = first_of(ms, tid, is_dying);
	/* It has each M print its stack, which is throwing for that. */
	if (!who)
		who = first_of(ms, tid, is_throwing);
	if (!who)
		who = vole_m_of_thread(ms, tid);
	if (!who || !who->curg)
		return vole_fail(err, VOLE_NOT_FOUND, VOLE_NOWHERE,
				 who ? "the thread that crashed ran no "
				       "goroutine" :
				       "nothing says which goroutine crashed");
	return vole_goroutine_read(rt, who->curg, ret, err);
}
