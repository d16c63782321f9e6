#include "heap/path.h"

#include "fake_heap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

enum {
	DATA = FAKE_BASE + 0x3000,
	MASK = FAKE_BASE + 0x3800,
	BITS = FAKE_PAGES + 0x2000,
	TINY = FAKE_PAGES,
};

static struct fake_go go;
static struct vole_heap *heap;
static struct vole_arena arena;
static struct vole_path path;
static struct vole_error err;

/* Twenty objects of 48 bytes, each with a pointer first, and three tiny ones. */
static int setup(void **state)
{
	struct fake_span span = fake_bits_span(), tiny = fake_tiny_span();
	unsigned i;

	(void)state;
	fake_heap_open(&go);
	fake_heap_typed(&go);
	span.free_index = 20;
	span.alloc_count = 20;
	fake_span_put(&go, 0, &span);
	fake_span_put(&go, 1, &tiny);
	for (i = 0; i < 20 * 6; i += 6)
		fake_put(&go, BITS + 8192 - 128 + i / 8, 1,
			 go.bytes[BITS + 8192 - 128 + i / 8 - FAKE_BASE] |
				 1 << i % 8);
	go.module.data = DATA;
	go.module.edata = DATA + 64;
	go.module.gcdatamask = MASK;
	fake_put(&go, MASK, 1, 0xff);
	vole_arena_init(&arena, 1 << 20);
	heap = NULL;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	vole_heap_close(heap);
	vole_arena_clear(&arena);
	fake_go_close(&go);
	return 0;
}

static uint64_t object(unsigned slot)
{
	return BITS + slot * 48;
}

static bool find(uint64_t addr)
{
	assert_true(vole_heap_open(&go.rt, NULL, &heap, &err));
	return vole_path_find(heap, addr, NULL, NULL, NULL, &arena, &path,
			      &err);
}

static void a_variable_points_at_it(void **state)
{
	(void)state;
	fake_put(&go, DATA + 16, 8, TINY + 16);
	assert_true(find(TINY + 20));
	assert_int_equal(path.len, 1);
	assert_false(path.steps[0].in_object);
	assert_int_equal(path.steps[0].kind, VOLE_ROOT_DATA);
	assert_int_equal(path.steps[0].addr, DATA + 16);
	assert_int_equal(path.steps[0].value, TINY + 16);
	assert_true(path.steps[0].exact);
}

static void the_shortest_of_two_ways(void **state)
{
	(void)state;
	/* 0 -> 1 -> 2 -> 9 and 5 -> 9; the longer way is met first. */
	fake_put(&go, DATA, 8, object(0));
	fake_put(&go, DATA + 8, 8, object(5));
	fake_put(&go, object(0), 8, object(1));
	fake_put(&go, object(1), 8, object(2));
	fake_put(&go, object(2), 8, object(9));
	fake_put(&go, object(5), 8, object(9) + 8);
	assert_true(find(object(9)));
	assert_int_equal(path.len, 2);
	assert_int_equal(path.steps[0].addr, DATA + 8);
	assert_true(path.steps[1].in_object);
	assert_int_equal(path.steps[1].slot, 5);
	assert_int_equal(path.steps[1].addr, object(5));
	assert_int_equal(path.steps[1].value, object(9) + 8);
}

static void a_long_way_in_order(void **state)
{
	unsigned i;

	(void)state;
	fake_put(&go, DATA, 8, object(0));
	for (i = 0; i < 19; i++)
		fake_put(&go, object(i), 8, object(i + 1));
	assert_true(find(object(19)));
	assert_int_equal(path.len, 20);
	for (i = 1; i < 20; i++)
		assert_int_equal(path.steps[i].addr, object(i - 1));
}

static void a_free_slot_is_no_object(void **state)
{
	(void)state;
	fake_put(&go, DATA, 8, object(100));
	assert_false(find(object(100)));
	assert_int_equal(err.code, VOLE_NOT_FOUND);
}

static struct vole_paths *open_paths(uint64_t most)
{
	struct vole_paths *ret;

	assert_true(vole_heap_open(&go.rt, NULL, &heap, &err));
	assert_true(vole_paths_open(heap, NULL, most, &ret, &err));
	return ret;
}

static bool to(const struct vole_paths *paths, uint64_t addr, size_t most)
{
	return vole_paths_to(paths, addr, most, &arena, &path);
}

static void ways_to_several(void **state)
{
	struct vole_paths *paths;

	(void)state;
	/* 0 -> 1 -> 2, and 5 by its own; of 7 nobody knows. */
	fake_put(&go, DATA, 8, object(0));
	fake_put(&go, DATA + 8, 8, object(5));
	fake_put(&go, object(0), 8, object(1));
	fake_put(&go, object(1), 8, object(2));
	paths = open_paths(0);
	assert_true(vole_paths_want(paths, object(2)));
	assert_true(vole_paths_want(paths, object(5) + 8));
	assert_true(vole_paths_want(paths, object(7)));
	assert_false(vole_paths_want(paths, object(100)));
	assert_true(vole_paths_from(paths, 1 << VOLE_ROOT_DATA, &err));
	assert_false(vole_paths_done(paths));
	assert_true(to(paths, object(2), 9));
	assert_int_equal(path.len, 3);
	assert_int_equal(path.steps[2].addr, object(1));
	assert_true(to(paths, object(5), 9));
	assert_int_equal(path.len, 1);
	assert_int_equal(path.steps[0].addr, DATA + 8);
	assert_false(to(paths, object(7), 9));
	assert_false(to(paths, object(2), 2));
	vole_paths_close(paths);
}

static bool is_second(void *arg, const struct vole_ref *word)
{
	++*(unsigned *)arg;
	return word->addr == DATA + 8;
}

static void words_that_are_sure_go_first(void **state)
{
	struct vole_paths *paths;
	unsigned asked = 0;

	(void)state;
	/* One object directly, and in two steps; another directly. */
	fake_put(&go, DATA, 8, object(1));
	fake_put(&go, DATA + 8, 8, object(0));
	fake_put(&go, DATA + 16, 8, object(5));
	fake_put(&go, object(0), 8, object(1));
	paths = open_paths(0);
	assert_true(vole_paths_want(paths, object(1)));
	assert_true(vole_paths_want(paths, object(5)));
	vole_paths_prefer(paths, is_second, &asked);
	assert_true(vole_paths_from(paths, 1 << VOLE_ROOT_DATA, &err));
	assert_int_equal(asked, 3);
	assert_false(to(paths, object(5), 9));
	vole_paths_prefer(paths, NULL, NULL);
	assert_true(vole_paths_from(paths, 1 << VOLE_ROOT_DATA, &err));
	assert_true(to(paths, object(1), 9));
	assert_int_equal(path.len, 2);
	assert_int_equal(path.steps[0].addr, DATA + 8);
	assert_true(to(paths, object(5), 9));
	vole_paths_close(paths);
}

static void no_more_is_gone_over_than_was_asked_for(void **state)
{
	struct vole_paths *paths;

	(void)state;
	fake_put(&go, DATA, 8, object(0));
	fake_put(&go, object(0), 8, object(1));
	fake_put(&go, object(1), 8, object(2));
	paths = open_paths(1);
	assert_true(vole_paths_want(paths, object(2)));
	assert_true(vole_paths_from(paths, 1 << VOLE_ROOT_DATA, &err));
	assert_false(to(paths, object(2), 9));
	assert_true(to(paths, object(1), 9));
	vole_paths_close(paths);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_variable_points_at_it),
		TEST(the_shortest_of_two_ways),
		TEST(a_long_way_in_order),
		TEST(a_free_slot_is_no_object),
		TEST(ways_to_several),
		TEST(words_that_are_sure_go_first),
		TEST(no_more_is_gone_over_than_was_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
