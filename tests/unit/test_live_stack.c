/* The words of a stack that a collection follows, and no others. */
#include "heap/live_stack.h"

#include "fake_stack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum {
	FUNC = 64, /* of a _func: */
	NPCDATA = 28,
	FILE_TABLE = 20, /* one that is 0 all along */
	FLAG = 41,
	NFUNCDATA = 43,
	PCDATA = 44,
	FUNCDATA = PCDATA + 2 * 4,
	MAPS = 0x100, /* of one function, from gofunc on */
	OBJECTS = 0x80, /* in them */
	/*
	 * main.work at the bottom, of five words: what it passes on, three
	 * variables, the saved frame pointer. Then main.main, of three.
	 */
	SP = STACK_HI - 0x100,
	WORK = SP + 8,
	MAIN = SP + 48,
	ABOVE = MAIN + 32, /* of which nothing is known */
	MAX_SEEN = 64,
};

static struct fake_sched s;
static struct vole_heap heap;
static struct vole_live_stacks *stacks;
static struct vole_goroutine g;
static struct vole_root_visitor visitor;
static uint64_t seen[MAX_SEEN];
static size_t num_seen;
static struct vole_error err;

static bool visit(struct vole_root_visitor *v, const struct vole_root *root)
{
	uint64_t mask = root->words.mask;

	(void)v;
	assert_int_equal(root->kind, VOLE_ROOT_STACK);
	for (; mask && num_seen < MAX_SEEN; mask &= mask - 1)
		seen[num_seen++] =
			root->words.addr + 8 * (uint64_t)__builtin_ctzll(mask);
	return true;
}

static void put_bits(uint64_t at, uint64_t bits, uint8_t byte)
{
	fake_put(&s.go, at, 4, 1);
	fake_put(&s.go, at + 4, 4, bits);
	fake_put(&s.go, at + 8, 1, byte);
}

/* Bits of the variables, of the arguments; OBJECTS without an object. */
static void put_maps(unsigned fn, uint64_t num_locals, uint8_t locals,
		     uint64_t num_args, uint8_t args)
{
	uint64_t func = STACK_CODE + CODE_FUNCS + FUNC * (uint64_t)fn, table;
	uint64_t maps = STACK_CODE + CODE_GOFUNC + MAPS * (uint64_t)fn;
	unsigned i;

	assert_true(vole_memory_uint(s.go.rt.mem, func + FILE_TABLE, 4, &table,
				     &err));
	fake_put(&s.go, func + NPCDATA, 4, 2);
	fake_put(&s.go, func + NFUNCDATA, 1, 3);
	fake_put(&s.go, func + PCDATA, 4, 0);
	fake_put(&s.go, func + PCDATA + 4, 4, table);
	for (i = 0; i < 3; i++)
		fake_put(&s.go, func + FUNCDATA + 4 * i, 4,
			 MAPS * fn + 0x40 * i);
	put_bits(maps, num_args, args);
	put_bits(maps + 0x40, num_locals, locals);
	fake_put(&s.go, maps + OBJECTS, 8, 0);
}

static int setup(void **state)
{
	static const unsigned fns[] = { FN_WORK, FN_MAIN, FN_GOEXIT };

	(void)state;
	fake_stack_open(&s);
	fake_frames(&s, SP, fns, 3);
	fake_stand(&s, VOLE_GSTATUS_WAITING, fake_in(FN_WORK), SP);
	put_maps(FN_WORK, 3, 1, 1, 1);
	put_maps(FN_MAIN, 1, 0, 0, 0);
	vole_pclntab_close(s.go.rt.pclntab);
	assert_true(vole_pclntab_open(&s.go.rt, &s.go.rt.pclntab, &err));
	vole_memory_forget(s.go.rt.mem);
	heap = (struct vole_heap){ .rt = &s.go.rt };
	visitor = (struct vole_root_visitor){ visit };
	assert_true(vole_goroutine_read(&s.go.rt, STACK_G, &g, &err));
	num_seen = 0;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_sched_close(&s);
	return 0;
}

static bool is_seen(uint64_t addr)
{
	size_t i;

	for (i = 0; i < num_seen; i++)
		if (seen[i] == addr)
			return true;
	return false;
}

static void look(void)
{
	vole_memory_forget(s.go.rt.mem);
	assert_true(vole_live_stacks_open(&heap, &stacks, &err));
	assert_true(vole_live_stack_visit(stacks, &g, &visitor));
	/* Again, by what is kept of each pc. */
	num_seen = 0;
	assert_true(vole_live_stack_visit(stacks, &g, &visitor));
	vole_live_stacks_close(stacks);
	assert_true(is_seen(ABOVE));
	assert_true(is_seen(STACK_HI - 8));
	assert_false(is_seen(SP - 8));
}

static void put_object(uint64_t addr, uint64_t size)
{
	uint64_t at = STACK_CODE + CODE_GOFUNC + MAPS * FN_WORK + OBJECTS;

	fake_put(&s.go, at, 8, 1);
	fake_put(&s.go, at + 8, 4, (uint32_t)(addr - (SP + 32)));
	fake_put(&s.go, at + 12, 4, size);
}

static void variables_of_no_use_are_left_out(void **state)
{
	(void)state;
	look();
	assert_true(is_seen(WORK));
	assert_false(is_seen(WORK + 8));
	assert_false(is_seen(WORK + 16));
	assert_false(is_seen(MAIN + 8));
}

static void arguments_are_where_the_caller_left_them(void **state)
{
	(void)state;
	look();
	assert_true(is_seen(MAIN));
	/* Below the variables of the innermost frame nobody was called. */
	assert_false(is_seen(SP));
	put_maps(FN_WORK, 3, 1, 1, 0);
	look();
	assert_false(is_seen(MAIN));
	/* Room for registers: a map of no bits is one. */
	put_maps(FN_WORK, 3, 1, 0, 0);
	look();
	assert_false(is_seen(MAIN));
}

static void an_object_counts_when_something_points_to_it(void **state)
{
	(void)state;
	put_object(WORK + 8, 16);
	look();
	assert_false(is_seen(WORK + 8));
	fake_word(&s, WORK, WORK + 16);
	look();
	assert_true(is_seen(WORK + 8));
	assert_true(is_seen(WORK + 16));
	/* Not by itself. */
	fake_word(&s, WORK, 0);
	fake_word(&s, WORK + 8, WORK + 8);
	look();
	assert_false(is_seen(WORK + 8));
}

static void an_object_counts_while_the_code_goes_back_to_it(void **state)
{
	(void)state;
	put_object(WORK, 8);
	look();
	assert_true(is_seen(WORK));
}

static void what_assembler_says_is_not_all(void **state)
{
	(void)state;
	fake_put(&s.go, STACK_CODE + CODE_FUNCS + FUNC * FN_WORK + FLAG, 1,
		 VOLE_FUNC_ASM);
	vole_pclntab_close(s.go.rt.pclntab);
	assert_true(vole_pclntab_open(&s.go.rt, &s.go.rt.pclntab, &err));
	look();
	assert_true(is_seen(SP));
	assert_true(is_seen(WORK + 8));
}

static void what_may_go_on_elsewhere_is_followed_whole(void **state)
{
	(void)state;
	g.panic = 8;
	look();
	assert_true(is_seen(WORK + 8));
	g.panic = 0;
	g.defer = 8;
	look();
	assert_true(is_seen(WORK + 8));
	g.defer = 0;
	g.status = VOLE_GSTATUS_SYSCALL;
	look();
	assert_true(is_seen(WORK + 8));
}

static void without_maps_any_word_counts(void **state)
{
	(void)state;
	put_maps(FN_WORK, UINT32_MAX, 0, UINT32_MAX, 0);
	look();
	assert_true(is_seen(SP));
	assert_true(is_seen(WORK + 8));
	assert_true(is_seen(MAIN));
	assert_false(is_seen(MAIN + 8));
}

static void objects_that_make_no_sense_are_not_believed(void **state)
{
	uint64_t at = STACK_CODE + CODE_GOFUNC + MAPS * FN_WORK + OBJECTS;

	(void)state;
	fake_put(&s.go, at, 8, UINT64_MAX);
	look();
	assert_true(is_seen(WORK + 8));
	fake_put(&s.go, at, 8, 1);
	fake_put(&s.go, at + 12, 4, UINT32_MAX);
	look();
	assert_true(is_seen(WORK + 8));
}

static void an_object_that_does_not_fit_is_not_believed(void **state)
{
	uint64_t at = STACK_CODE + CODE_GOFUNC + MAPS * FN_WORK + OBJECTS;

	(void)state;
	put_object(WORK + 8, INT32_MAX & ~7);
	look();
	assert_true(is_seen(WORK + 8));
	/* Two in each other. */
	put_object(WORK + 8, 16);
	fake_put(&s.go, at, 8, 2);
	fake_put(&s.go, at + 24, 4, (uint32_t)(WORK + 16 - (SP + 32)));
	fake_put(&s.go, at + 28, 4, 8);
	look();
	assert_true(is_seen(WORK + 8));
}

static void an_object_that_has_no_room_yet_is_none(void **state)
{
	(void)state;
	put_object(SP - 64, 8);
	fake_word(&s, WORK, SP - 64);
	look();
	assert_false(is_seen(SP - 64));
	assert_false(is_seen(WORK + 8));
}

/* main.main and main.nothing are kept in one place; so many do not fit. */
static void what_is_kept_of_each_pc_may_be_made_again(void **state)
{
	static const unsigned fns[] = { FN_NOTHING, FN_MAIN, FN_GOEXIT };
	enum { NUM = 64, VISITS = 20000, LOCAL = SP + 16 };
	uint64_t at = STACK_CODE + CODE_GOFUNC + MAPS * FN_MAIN + OBJECTS;
	unsigned i;

	(void)state;
	fake_frames(&s, SP, fns, 3);
	fake_stand(&s, VOLE_GSTATUS_WAITING, fake_in(FN_NOTHING), SP);
	fake_put(&s.go, at, 8, NUM);
	for (i = 0; i < NUM; i++)
		fake_put(&s.go, at + 8 + 16 * i, 8, UINT32_MAX - 15);
	vole_memory_forget(s.go.rt.mem);
	assert_true(vole_goroutine_read(&s.go.rt, STACK_G, &g, &err));
	assert_true(vole_live_stacks_open(&heap, &stacks, &err));
	for (i = 0; i < VISITS; i++) {
		num_seen = 0;
		assert_true(vole_live_stack_visit(stacks, &g, &visitor));
		assert_false(is_seen(LOCAL));
	}
	vole_live_stacks_close(stacks);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(variables_of_no_use_are_left_out),
		TEST(arguments_are_where_the_caller_left_them),
		TEST(an_object_counts_when_something_points_to_it),
		TEST(an_object_counts_while_the_code_goes_back_to_it),
		TEST(what_assembler_says_is_not_all),
		TEST(what_may_go_on_elsewhere_is_followed_whole),
		TEST(without_maps_any_word_counts),
		TEST(objects_that_make_no_sense_are_not_believed),
		TEST(an_object_that_does_not_fit_is_not_believed),
		TEST(an_object_that_has_no_room_yet_is_none),
		TEST(what_is_kept_of_each_pc_may_be_made_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
