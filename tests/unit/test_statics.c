/* Static data without a name: which variable leads there. */
#include "heap/statics.h"

#include "fake_vars.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

enum {
	DATA = FAKE_BASE + 0x3000,
	LEN = 0x200,
	MASK = FAKE_BASE + 0x3800,
	FIRST = DATA + 0x80, /* two places without a name */
	SECOND = DATA + 0xc0,
};

static struct fake_vars v;
static struct vole_heap heap;
static struct vole_statics statics;
static struct vole_arena arena;
static struct vole_path path;
static struct vole_error err;

/* main.v is a pointer, main.w another behind it; all words may be pointers. */
static int setup(void **state)
{
	unsigned i;

	(void)state;
	fake_vars_open(&v);
	vole_arena_init(&arena, 1 << 20);
	heap = (struct vole_heap){ .rt = &v.go.rt };
	v.go.rt.modules = (struct vole_modules){ &v.go.module, 1 };
	v.go.module.data = DATA;
	v.go.module.edata = DATA + LEN;
	v.go.module.gcdatamask = MASK;
	for (i = 0; i < LEN / 64; i++)
		fake_put(&v.go, MASK + i, 1, 0xff);
	fake_vars_add(&v, "main.v", DATA, fake_type(&v.go, VOLE_KIND_PTR, 8));
	fake_vars_add(&v, "main.w", DATA + 0x100,
		      fake_type(&v.go, VOLE_KIND_PTR, 8));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	vole_statics_close(&statics);
	vole_arena_clear(&arena);
	fake_vars_close(&v);
	return 0;
}

static bool way(uint64_t addr, size_t most)
{
	vole_statics_close(&statics);
	assert_true(vole_statics_open(&heap, NULL, &statics, &err));
	return vole_statics_way(&statics, addr, most, &arena, &path);
}

static void what_is_in_a_variable_needs_no_way(void **state)
{
	(void)state;
	assert_true(way(DATA, 8));
	assert_int_equal(path.len, 0);
}

static void one_pointer(void **state)
{
	(void)state;
	fake_put(&v.go, DATA, 8, FIRST);
	assert_true(way(FIRST + 8, 8));
	assert_int_equal(path.len, 1);
	assert_int_equal(path.steps[0].addr, DATA);
	assert_int_equal(path.steps[0].value, FIRST);
}

static void two_pointers(void **state)
{
	(void)state;
	fake_put(&v.go, DATA, 8, FIRST);
	fake_put(&v.go, FIRST + 8, 8, SECOND);
	assert_true(way(SECOND + 16, 8));
	assert_int_equal(path.len, 2);
	assert_int_equal(path.steps[0].addr, DATA);
	assert_int_equal(path.steps[1].addr, FIRST + 8);
	assert_int_equal(path.steps[1].value, SECOND);
}

/* Types tell later whether that reaches as far. */
static void a_longer_way_is_none_but_a_nearer_begin_may_be(void **state)
{
	(void)state;
	fake_put(&v.go, DATA, 8, FIRST);
	fake_put(&v.go, FIRST + 8, 8, SECOND);
	assert_true(way(SECOND + 16, 1));
	assert_int_equal(path.len, 1);
	assert_int_equal(path.steps[0].value, FIRST);
}

static void nobody_leads_there(void **state)
{
	(void)state;
	assert_false(way(FIRST, 8));
	/* What leads to a variable before it leads not there. */
	fake_put(&v.go, DATA, 8, DATA + 0x100);
	assert_false(way(DATA + 0x180, 8));
}

static void a_ring_ends(void **state)
{
	(void)state;
	fake_put(&v.go, FIRST, 8, SECOND);
	fake_put(&v.go, SECOND, 8, FIRST);
	assert_false(way(SECOND + 8, 8));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_in_a_variable_needs_no_way),
		TEST(one_pointer),
		TEST(two_pointers),
		TEST(a_longer_way_is_none_but_a_nearer_begin_may_be),
		TEST(nobody_leads_there),
		TEST(a_ring_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
