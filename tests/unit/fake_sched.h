/**
 * Goroutines, threads and processors of a fake program: the scheduler's
 * structures laid out, the runtime's variables known by name, and threads
 * with registers. All functions are static.
 */
#ifndef VOLE_TESTS_FAKE_SCHED_H
#define VOLE_TESTS_FAKE_SCHED_H

#include "fake_go.h"

#include "runtime/call.h"
#include "runtime/goroutine.h"
#include "runtime/p.h"
#include "runtime/pcinfo.h"
#include "target/image.h"

enum {
	SCHED_MAX = 8, /* variables, threads */
	SCHED_G_SIZE = 256,
	SCHED_M_SIZE = 192,
	SCHED_P_SIZE = 64 + 8 * VOLE_P_RUNQ_SIZE,
	SCHED_RUNQ = 64, /* in a p */
};

struct fake_sched {
	struct fake_go go; /* first: cast back */
	struct vole_debuginfo di;
	struct {
		const char *name;
		uint64_t addr;
	} vars[SCHED_MAX];
	size_t num_vars;
	struct vole_regs threads[SCHED_MAX];
	size_t num_threads;
};

/* --- variables by name, threads -------------------------------------------- */

static struct fake_sched *fake_sched_of(struct vole_debuginfo *di)
{
	return (struct fake_sched *)(void *)((char *)di -
					     offsetof(struct fake_sched, di));
}

static bool fake_sched_find(struct vole_debuginfo *di, uint32_t kinds,
			    const char *name, struct vole_symbol *ret,
			    struct vole_error *err)
{
	struct fake_sched *s = fake_sched_of(di);
	size_t i;

	for (i = 0; kinds & VOLE_SYMBOL_VAR && i < s->num_vars; i++)
		if (!strcmp(s->vars[i].name, name)) {
			*ret = (struct vole_symbol){ .kind = VOLE_SYMBOL_VAR,
						     .name = name,
						     .ref = i };
			return true;
		}
	return vole_fail(err, VOLE_NOT_FOUND, VOLE_NOWHERE, "no %s", name);
}

static bool fake_sched_info(struct vole_debuginfo *di,
			    const struct vole_symbol *symbol,
			    struct vole_symbol_info *ret,
			    struct vole_error *err)
{
	(void)err;
	*ret = (struct vole_symbol_info){
		.has_addr = true,
		.addr = fake_sched_of(di)->vars[symbol->ref].addr,
	};
	return true;
}

static const struct vole_debuginfo_ops fake_sched_ops = {
	.find = fake_sched_find,
	.info = fake_sched_info,
};

static void fake_var(struct fake_sched *s, const char *name, uint64_t addr)
{
	s->vars[s->num_vars].name = name;
	s->vars[s->num_vars++].addr = addr;
}

static void
fake_sched_threads(struct vole_host *host,
		   bool (*each)(void *arg, const struct vole_regs *), void *arg)
{
	struct fake_sched *s = (struct fake_sched *)(void *)host;
	size_t i;

	for (i = 0; i < s->num_threads && each(arg, &s->threads[i]); i++)
		;
}

/** A thread of the system that stands at @p pc. */
static struct vole_regs *fake_thread(struct fake_sched *s, uint32_t tid,
				     uint64_t pc, uint64_t sp)
{
	struct vole_regs *regs = &s->threads[s->num_threads++];

	*regs = (struct vole_regs){ .tid = tid,
				    .have = VOLE_HAVE_PC | VOLE_HAVE_SP,
				    .pc = pc,
				    .sp = sp };
	return regs;
}

/* --- how structures lie ---------------------------------------------------- */

struct fake_row {
	enum vole_field_id field;
	uint32_t offset, size;
};

static const struct fake_row fake_sched_rows[] = {
	{ VOLE_G_STACK_LO, 0, 8 },
	{ VOLE_G_STACK_HI, 8, 8 },
	{ VOLE_G_PANIC, 16, 8 },
	{ VOLE_G_DEFER, 24, 8 },
	{ VOLE_G_M, 32, 8 },
	{ VOLE_G_SCHED_SP, 40, 8 },
	{ VOLE_G_SCHED_PC, 48, 8 },
	{ VOLE_G_SCHED_BP, 56, 8 },
	{ VOLE_G_SYSCALL_SP, 64, 8 },
	{ VOLE_G_SYSCALL_PC, 72, 8 },
	{ VOLE_G_SYSCALL_BP, 80, 8 },
	{ VOLE_G_PARAM, 88, 8 },
	{ VOLE_G_STATUS, 96, 4 },
	{ VOLE_G_GOID, 104, 8 },
	{ VOLE_G_SCHEDLINK, 112, 8 },
	{ VOLE_G_WAIT_SINCE, 120, 8 },
	{ VOLE_G_WAIT_REASON, 128, 1 },
	{ VOLE_G_LOCKED_M, 136, 8 },
	{ VOLE_G_SIG, 144, 4 },
	{ VOLE_G_SIGCODE0, 152, 8 },
	{ VOLE_G_SIGCODE1, 160, 8 },
	{ VOLE_G_SIGPC, 168, 8 },
	{ VOLE_G_PARENT, 176, 8 },
	{ VOLE_G_GO_PC, 184, 8 },
	{ VOLE_G_START_PC, 192, 8 },
	{ VOLE_G_WAITING, 200, 8 },
	{ VOLE_G_LABELS, 208, 8 },
	{ VOLE_G_TIMER, 216, 8 },
	{ VOLE_G_SLEEP_WHEN, 224, 8 },
	{ VOLE_M_G0, 0, 8 },
	{ VOLE_M_PROCID, 8, 8 },
	{ VOLE_M_GSIGNAL, 16, 8 },
	{ VOLE_M_CURG, 24, 8 },
	{ VOLE_M_P, 32, 8 },
	{ VOLE_M_ID, 40, 8 },
	{ VOLE_M_THROWING, 48, 4 },
	{ VOLE_M_DYING, 52, 4 },
	{ VOLE_M_LOCKS, 56, 4 },
	{ VOLE_M_SPINNING, 60, 1 },
	{ VOLE_M_BLOCKED, 61, 1 },
	{ VOLE_M_IN_CGO, 62, 1 },
	{ VOLE_M_IS_EXTRA, 63, 1 },
	{ VOLE_M_IS_EXTRA_IN_C, 64, 1 },
	{ VOLE_M_NCGO, 68, 4 },
	{ VOLE_M_ALL_LINK, 72, 8 },
	{ VOLE_M_LOCKED_G, 80, 8 },
	{ VOLE_M_VDSO_SP, 88, 8 },
	{ VOLE_M_VDSO_PC, 96, 8 },
	{ VOLE_M_START_FN, 104, 8 },
	{ VOLE_P_ID, 0, 4 },
	{ VOLE_P_STATUS, 4, 4 },
	{ VOLE_P_M, 8, 8 },
	{ VOLE_P_RUNQ_HEAD, 16, 4 },
	{ VOLE_P_RUNQ_TAIL, 20, 4 },
	{ VOLE_P_RUN_NEXT, 24, 8 },
	{ VOLE_P_SCHED_WHEN, 32, 8 },
	{ VOLE_P_SYSCALL_WHEN, 40, 8 },
	{ VOLE_P_RUNQ, SCHED_RUNQ, 8 },
	{ VOLE_SCHED_LAST_POLL, 0, 8 },
};

static void fake_layout_sched(struct fake_go *go)
{
	size_t i;

	fake_has(go, VOLE_STRUCT_G, SCHED_G_SIZE);
	fake_has(go, VOLE_STRUCT_M, SCHED_M_SIZE);
	fake_has(go, VOLE_STRUCT_P, SCHED_P_SIZE);
	fake_has(go, VOLE_STRUCT_SCHED, 64);
	for (i = 0; i < sizeof(fake_sched_rows) / sizeof(fake_sched_rows[0]);
	     i++)
		fake_field(go, fake_sched_rows[i].field,
			   fake_sched_rows[i].offset, fake_sched_rows[i].size);
}

/** Set a field of the structure at @p addr; of a slice, where it begins. */
static void fake_set(struct fake_sched *s, uint64_t addr,
		     enum vole_field_id field, uint64_t value)
{
	const struct vole_place *place = &s->go.rt.layout.place[field];

	fake_put(&s->go, addr + place->offset,
		 place->size < sizeof(value) ? place->size : sizeof(value),
		 value);
}

/** A goroutine with a stack, parked where @p pc and @p sp say. */
static void fake_g(struct fake_sched *s, uint64_t addr, uint64_t id,
		   enum vole_goroutine_status status, uint64_t lo, uint64_t hi)
{
	fake_set(s, addr, VOLE_G_GOID, id);
	fake_set(s, addr, VOLE_G_STATUS, status);
	fake_set(s, addr, VOLE_G_STACK_LO, lo);
	fake_set(s, addr, VOLE_G_STACK_HI, hi);
	fake_set(s, addr, VOLE_G_SCHED_SP, hi - 64);
}

/* --- opening --------------------------------------------------------------- */

static void fake_sched_open(struct fake_sched *s)
{
	struct vole_runtime *rt = &s->go.rt;

	memset(s, 0, sizeof(*s));
	fake_go_open(&s->go);
	s->go.host.threads = fake_sched_threads;
	s->di.ops = &fake_sched_ops;
	rt->di = &s->di;
	rt->pcinfo = vole_pcinfo_cache_new();
	rt->calls = vole_call_cache_new();
	rt->wait_reasons = vole_wait_reasons_new();
	rt->ms = vole_m_cache_new();
	if (!rt->pcinfo || !rt->calls || !rt->wait_reasons || !rt->ms)
		abort();
	fake_layout_sched(&s->go);
}

static void fake_sched_close(struct fake_sched *s)
{
	struct vole_runtime *rt = &s->go.rt;

	vole_images_close(rt->images);
	vole_m_cache_free(rt->ms);
	vole_wait_reasons_free(rt->wait_reasons);
	vole_call_cache_free(rt->calls);
	vole_pcinfo_cache_free(rt->pcinfo);
	fake_go_close(&s->go);
}

#endif
