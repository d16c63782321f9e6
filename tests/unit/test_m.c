#include "runtime/m.h"

#include "fake_sched.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

enum {
	ALLM = FAKE_BASE + 0x100, /* the variable */
	TLS = FAKE_BASE + 0x300,
	M0 = FAKE_BASE + 0x1000,
	M1 = FAKE_BASE + 0x1200,
	G0 = FAKE_BASE + 0x2000, /* M0's own */
	SIGNAL = FAKE_BASE + 0x2200,
	G = FAKE_BASE + 0x2400, /* a goroutine */
	LO = FAKE_BASE + 0x8000,
	HI = FAKE_BASE + 0x9000,
};

static struct fake_sched s;
static const struct vole_ms *ms;
static struct vole_goroutine g;
static struct vole_error err;

/* M0 runs the goroutine on thread 10, M1 idles on thread 11. */
static int setup(void **state)
{
	(void)state;
	fake_sched_open(&s);
	fake_var(&s, "runtime.allm", ALLM);
	fake_put(&s.go, ALLM, 8, M1);
	fake_set(&s, M1, VOLE_M_ALL_LINK, M0);
	fake_set(&s, M1, VOLE_M_ID, 1);
	fake_set(&s, M1, VOLE_M_PROCID, 11);
	fake_set(&s, M0, VOLE_M_PROCID, 10);
	fake_set(&s, M0, VOLE_M_G0, G0);
	fake_set(&s, M0, VOLE_M_GSIGNAL, SIGNAL);
	fake_set(&s, M0, VOLE_M_CURG, G);
	fake_g(&s, G0, 0, VOLE_GSTATUS_IDLE, LO, HI);
	fake_g(&s, SIGNAL, 0, VOLE_GSTATUS_IDLE, HI, HI + 0x100);
	fake_g(&s, G, 5, VOLE_GSTATUS_RUNNING, HI + 0x200, HI + 0x400);
	fake_set(&s, G, VOLE_G_M, M0);
	fake_thread(&s, 10, 0x401000, HI - 0x40);
	fake_thread(&s, 11, 0x402000, HI - 0x80);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_sched_close(&s);
	return 0;
}

static void get(size_t len)
{
	vole_m_cache_clear(s.go.rt.ms);
	assert_true(vole_ms_get(&s.go.rt, &ms, &err));
	assert_int_equal(ms->len, len);
}

static void assert_crashed(uint64_t id)
{
	vole_m_cache_clear(s.go.rt.ms);
	assert_true(vole_goroutine_crashed(&s.go.rt, &g, &err));
	assert_int_equal(g.id, id);
}

static void assert_none_crashed(void)
{
	vole_m_cache_clear(s.go.rt.ms);
	assert_false(vole_goroutine_crashed(&s.go.rt, &g, &err));
	assert_int_equal(err.code, VOLE_NOT_FOUND);
}

static void test_threads_of_ms(void **state)
{
	const struct vole_m *m;

	(void)state;
	get(2);
	assert_null(ms->problem);
	m = vole_m_at(ms, M0);
	assert_non_null(m);
	assert_ptr_equal(m, vole_m_of_thread(ms, 10));
	assert_int_equal(m->regs.pc, 0x401000);
	assert_int_equal(m->curg, G);
	assert_int_equal(m->g0_lo, LO);
	assert_int_equal(m->g0_hi, HI);
	assert_int_equal(m->signal_hi, HI + 0x100);
	assert_int_equal(vole_m_of_thread(ms, 11)->id, 1);
	assert_null(vole_m_of_thread(ms, 12));
	assert_null(vole_m_at(ms, 0));
}

static void test_whose_m_a_goroutine_is_on(void **state)
{
	(void)state;
	get(2);
	assert_true(vole_goroutine_read(&s.go.rt, G, &g, &err));
	assert_int_equal(vole_m_of(ms, &g)->addr, M0);
	g.m = 0;
	assert_null(vole_m_of(ms, &g));
	g.locked_m = M1;
	assert_int_equal(vole_m_of(ms, &g)->addr, M1);
}

static void test_list_is_kept_until_memory_changes(void **state)
{
	(void)state;
	get(2);
	fake_put(&s.go, ALLM, 8, 0);
	assert_true(vole_ms_get(&s.go.rt, &ms, &err));
	assert_int_equal(ms->len, 2);
	get(0);
}

static void test_list_that_goes_round(void **state)
{
	(void)state;
	get(2);
	assert_null(ms->problem);
	fake_set(&s, M0, VOLE_M_ALL_LINK, M1);
	get(2);
	assert_non_null(ms->problem);
	fake_set(&s, M0, VOLE_M_ALL_LINK, M0);
	get(2);
	assert_non_null(ms->problem);
}

static void test_list_that_breaks_off(void **state)
{
	(void)state;
	fake_set(&s, M1, VOLE_M_ALL_LINK, 16);
	get(1);
	assert_non_null(ms->problem);
	fake_set(&s, M1, VOLE_M_ALL_LINK, UINT64_MAX - 3);
	get(1);
	assert_non_null(ms->problem);
}

static void test_own_stack_that_is_damaged_is_not_known(void **state)
{
	(void)state;
	fake_set(&s, G0, VOLE_G_STACK_HI, LO - 8);
	fake_set(&s, M0, VOLE_M_GSIGNAL, 16);
	get(2);
	assert_int_equal(vole_m_at(ms, M0)->g0_hi, 0);
	assert_int_equal(vole_m_at(ms, M0)->signal_hi, 0);
}

/* Another process namespace: the runtime's thread numbers are not ours. */
static void test_thread_by_its_tls(void **state)
{
	struct vole_regs *regs;

	(void)state;
	s.num_threads = 0;
	regs = fake_thread(&s, 4010, 0x401000, HI - 0x40);
	regs->have |= VOLE_HAVE_TLS;
	regs->tls = TLS + 8;
	fake_put(&s.go, TLS, 8, G);
	get(2);
	assert_int_equal(vole_m_of_thread(ms, 4010)->addr, M0);
}

static void test_tls_finds_ms_without_the_list(void **state)
{
	struct vole_regs *regs = &s.threads[0];

	(void)state;
	s.num_vars = 0;
	get(0);
	regs->have |= VOLE_HAVE_TLS;
	regs->tls = TLS + 8;
	fake_put(&s.go, TLS, 8, G);
	get(1);
	assert_int_equal(vole_m_of_thread(ms, 10)->addr, M0);
}

static void test_tls_of_no_use(void **state)
{
	struct vole_regs *regs = &s.threads[0];
	static const uint64_t places[] = { 0, 8, TLS + 8, UINT64_MAX };
	size_t i;

	(void)state;
	s.num_vars = 0;
	regs->have |= VOLE_HAVE_TLS;
	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		regs->tls = places[i];
		get(0);
	}
	fake_put(&s.go, TLS, 8, UINT64_MAX - 3);
	regs->tls = TLS + 8;
	get(0);
}

static void test_without_layout(void **state)
{
	(void)state;
	s.go.rt.layout.has[VOLE_STRUCT_M] = false;
	assert_false(vole_ms_get(&s.go.rt, &ms, &err));
	assert_int_equal(err.code, VOLE_NO_DEBUG_INFO);
}

static void test_who_crashed(void **state)
{
	(void)state;
	assert_none_crashed();
	fake_set(&s, M0, VOLE_M_DYING, 1);
	assert_crashed(5);
	/* Others print their stacks for it. */
	fake_set(&s, M1, VOLE_M_THROWING, 2);
	assert_crashed(5);
	fake_set(&s, M1, VOLE_M_THROWING, 0);
	fake_set(&s, M0, VOLE_M_DYING, 0);
	fake_set(&s, M0, VOLE_M_THROWING, 2);
	assert_crashed(5);
	fake_set(&s, M0, VOLE_M_CURG, 0);
	assert_none_crashed();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_threads_of_ms),
		TEST(test_whose_m_a_goroutine_is_on),
		TEST(test_list_is_kept_until_memory_changes),
		TEST(test_list_that_goes_round),
		TEST(test_list_that_breaks_off),
		TEST(test_own_stack_that_is_damaged_is_not_known),
		TEST(test_thread_by_its_tls),
		TEST(test_tls_finds_ms_without_the_list),
		TEST(test_tls_of_no_use),
		TEST(test_without_layout),
		TEST(test_who_crashed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
