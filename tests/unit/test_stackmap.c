/* Which words of a frame are of use, by the maps of garbage collection. */
#include "runtime/stackmap.h"

#include "fake_funcs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum {
	AT = FAKE_BASE + 0x1000,
	G_FUNC = AT + FUNCS_FUNCS + FUNCS_G,
	PCDATA = 11 * 4, /* in it */
	FUNCDATA = 14 * 4,
	GOFUNC = AT + FUNCS_TREE - 16,
	ARGS = 0x200, /* from there */
	LOCALS = 0x240,
	OBJECTS = 0x280,
	CFA = FAKE_BASE + 0x8000,
	VARP = CFA - 16,
};

static struct fake_go go;
static struct vole_frame frame;
static struct vole_error err;

static void put_map(uint64_t offset, uint32_t num, uint32_t bits, uint8_t byte)
{
	fake_put(&go, GOFUNC + offset, 4, num);
	fake_put(&go, GOFUNC + offset + 4, 4, bits);
	fake_put(&go, GOFUNC + offset + 8, 1, byte);
}

/* Map 0 holds from byte 8 to 16 of main.g, where its inlined call is. */
static int setup(void **state)
{
	(void)state;
	fake_go_open(&go);
	fake_funcs(&go, AT);
	fake_put(&go, G_FUNC + PCDATA + 4, 4, FUNCS_INLINED);
	fake_put(&go, G_FUNC + FUNCDATA, 4, ARGS);
	fake_put(&go, G_FUNC + FUNCDATA + 4, 4, LOCALS);
	fake_put(&go, G_FUNC + FUNCDATA + 8, 4, UINT32_MAX);
	put_map(ARGS, 1, 2, 2);
	put_map(LOCALS, 1, 4, 5);
	assert_true(vole_pclntab_open(&go.rt, &go.rt.pclntab, &err));
	frame = (struct vole_frame){ .kind = VOLE_FRAME_GO,
				     .pc = FUNCS_TEXT + FUNCS_G_ENTRY + 12,
				     .sp = CFA - 0x80,
				     .cfa = CFA };
	return 0;
}

/* The function table is read when it is opened. */
static void put_funcdata(unsigned index, uint32_t offset)
{
	fake_put(&go, G_FUNC + FUNCDATA + 4 * index, 4, offset);
	vole_pclntab_close(go.rt.pclntab);
	assert_true(vole_pclntab_open(&go.rt, &go.rt.pclntab, &err));
}

static int teardown(void **state)
{
	(void)state;
	vole_pclntab_close(go.rt.pclntab);
	fake_go_close(&go);
	return 0;
}

static void assert_word(uint64_t addr, enum vole_liveness want)
{
	assert_int_equal(vole_frame_liveness(&go.rt, &frame, addr), want);
}

static void locals_lie_below_the_saved_frame_pointer(void **state)
{
	(void)state;
	assert_word(VARP - 32, VOLE_LIVENESS_LIVE);
	assert_word(VARP - 24, VOLE_LIVENESS_DEAD);
	assert_word(VARP - 16, VOLE_LIVENESS_LIVE);
	assert_word(VARP - 8, VOLE_LIVENESS_DEAD);
	assert_word(VARP - 40, VOLE_LIVENESS_UNKNOWN);
	assert_word(VARP, VOLE_LIVENESS_UNKNOWN);
	assert_word(VARP - 9, VOLE_LIVENESS_UNKNOWN);
}

static void arguments_lie_above_the_frame(void **state)
{
	(void)state;
	assert_word(CFA, VOLE_LIVENESS_DEAD);
	assert_word(CFA + 8, VOLE_LIVENESS_LIVE);
	assert_word(CFA + 16, VOLE_LIVENESS_UNKNOWN);
	assert_word(UINT64_MAX - 7, VOLE_LIVENESS_UNKNOWN);
}

static void only_calls_have_maps(void **state)
{
	(void)state;
	frame.exact = true;
	assert_word(VARP - 24, VOLE_LIVENESS_UNKNOWN);
	frame.exact = false;
	frame.pc = FUNCS_TEXT + FUNCS_G_ENTRY + 4;
	assert_word(VARP - 24, VOLE_LIVENESS_UNKNOWN);
	frame.pc = FUNCS_TEXT + FUNCS_F_ENTRY + 4;
	assert_word(VARP - 24, VOLE_LIVENESS_UNKNOWN);
	frame.pc = 0x10;
	assert_word(VARP - 24, VOLE_LIVENESS_UNKNOWN);
}

static void what_has_its_address_taken_is_not_told(void **state)
{
	(void)state;
	put_funcdata(2, OBJECTS);
	fake_put(&go, GOFUNC + OBJECTS, 8, 1);
	fake_put(&go, GOFUNC + OBJECTS + 8, 4, (uint32_t)-24);
	fake_put(&go, GOFUNC + OBJECTS + 12, 4, 8);
	assert_word(VARP - 24, VOLE_LIVENESS_UNKNOWN);
	assert_word(VARP - 8, VOLE_LIVENESS_DEAD);
	fake_put(&go, GOFUNC + OBJECTS, 8, UINT64_MAX);
	assert_word(VARP - 8, VOLE_LIVENESS_UNKNOWN);
}

/* Even one whose address was taken. */
static void a_local_that_is_followed_is_told(void **state)
{
	(void)state;
	put_funcdata(2, OBJECTS);
	fake_put(&go, GOFUNC + OBJECTS, 8, 1);
	fake_put(&go, GOFUNC + OBJECTS + 8, 4, (uint32_t)-16);
	fake_put(&go, GOFUNC + OBJECTS + 12, 4, 8);
	assert_word(VARP - 16, VOLE_LIVENESS_UNKNOWN);
	assert_true(vole_frame_follows(&go.rt, &frame, VARP - 16));
	assert_false(vole_frame_follows(&go.rt, &frame, VARP - 24));
	assert_false(vole_frame_follows(&go.rt, &frame, CFA + 8));
	frame.sp = VARP - 8;
	assert_false(vole_frame_follows(&go.rt, &frame, VARP - 16));
	frame.sp = 0;
	frame.cfa = 8;
	assert_false(vole_frame_follows(&go.rt, &frame, 0));
}

static void maps_that_make_no_sense_are_refused(void **state)
{
	(void)state;
	put_map(LOCALS, 0, 4, 0);
	assert_word(VARP - 8, VOLE_LIVENESS_UNKNOWN);
	put_map(LOCALS, 1, UINT32_MAX, 0);
	assert_word(VARP - 8, VOLE_LIVENESS_UNKNOWN);
	put_map(LOCALS, UINT32_MAX, 4, 0);
	assert_word(VARP - 8, VOLE_LIVENESS_UNKNOWN);
	put_funcdata(1, 0x7fffffff);
	assert_word(VARP - 8, VOLE_LIVENESS_UNKNOWN);
	frame.cfa = 0;
	assert_word(CFA, VOLE_LIVENESS_UNKNOWN);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(locals_lie_below_the_saved_frame_pointer),
		TEST(arguments_lie_above_the_frame),
		TEST(only_calls_have_maps),
		TEST(what_has_its_address_taken_is_not_told),
		TEST(a_local_that_is_followed_is_told),
		TEST(maps_that_make_no_sense_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
