/* Ways along pointers, as Go expressions. */
#include "value/route.h"

#include "fake_go.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

enum {
	AT = FAKE_BASE + 0x1000, /* a variable */
	NODE = FAKE_BASE + 0x4000,
	OTHER = FAKE_BASE + 0x4100,
	ARRAY = FAKE_BASE + 0x4200,
};

static struct fake_go go;
static struct vole_type *node, *slice, *number;
static struct vole_route route;

/* type node struct { id int; next *node; list []node; part []int } */
static int setup(void **state)
{
	struct vole_type *nodes;

	(void)state;
	fake_go_open(&go);
	number = fake_type(&go, VOLE_KIND_INT, 8);
	slice = fake_type(&go, VOLE_KIND_SLICE, 24);
	slice->elem = number;
	node = fake_type(&go, VOLE_KIND_STRUCT, 64);
	node->name = "main.node";
	nodes = fake_type(&go, VOLE_KIND_SLICE, 24);
	nodes->elem = node;
	fake_member(&go, node, "id", number, 0);
	fake_member(&go, node, "next", fake_pointer(&go, node), 8);
	fake_member(&go, node, "list", nodes, 16);
	fake_member(&go, node, "part", slice, 40);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	vole_strbuf_free(&route.text);
	fake_go_close(&go);
	return 0;
}

static bool begin(struct vole_type *type, uint64_t addr)
{
	vole_strbuf_free(&route.text);
	return vole_route_begin(&route, &go.rt, "main.v", type, AT, addr);
}

static void assert_text(const char *text)
{
	assert_string_equal(vole_strbuf_text(&route.text), text);
}

static void a_part_of_a_variable(void **state)
{
	(void)state;
	assert_true(begin(node, AT + 40));
	assert_text("main.v.part");
	assert_ptr_equal(route.value.type, slice);
	assert_ptr_equal(route.in, node);
	assert_false(begin(node, AT + 48)); /* its len */
	assert_false(begin(node, AT + 64));
	assert_false(begin(node, AT - 8));
}

static void through_pointers(void **state)
{
	(void)state;
	assert_true(begin(node, AT + 8));
	assert_true(vole_route_follow(&route, NODE, NODE + 8));
	assert_true(vole_route_follow(&route, OTHER, OTHER + 40));
	assert_text("main.v.next.next.part");
	assert_int_equal(route.value.addr, OTHER + 40);
}

static void a_pointer_to_no_struct_is_dereferenced(void **state)
{
	(void)state;
	assert_true(begin(fake_pointer(&go, slice), AT));
	assert_true(vole_route_follow(&route, NODE, NODE));
	assert_text("(*main.v)");
	assert_null(route.in);
}

static void elements_behind_the_length_are_resliced_for(void **state)
{
	(void)state;
	fake_put(&go, AT + 16 + 8, 8, 2); /* len(list) */
	fake_put(&go, AT + 16 + 16, 8, 3); /* cap(list) */
	assert_true(begin(node, AT + 16));
	assert_true(vole_route_follow(&route, ARRAY, ARRAY + 64 + 40));
	assert_text("main.v.list[1].part");
	assert_true(begin(node, AT + 16));
	assert_true(vole_route_follow(&route, ARRAY, ARRAY + 2 * 64 + 8));
	assert_text("main.v.list[:cap(main.v.list)][2].next");
}

static void not_behind_the_room_of_a_slice(void **state)
{
	(void)state;
	fake_put(&go, AT + 16 + 8, 8, 2);
	fake_put(&go, AT + 16 + 16, 8, 3);
	assert_true(begin(node, AT + 16));
	assert_false(vole_route_follow(&route, ARRAY, ARRAY + 3 * 64 + 8));
	fake_put(&go, AT + 16 + 16, 8, 1); /* less than its len */
	assert_true(begin(node, AT + 16));
	assert_false(vole_route_follow(&route, ARRAY, ARRAY + 64 + 8));
}

static void not_before_what_a_pointer_leads_to(void **state)
{
	(void)state;
	assert_true(begin(node, AT + 8));
	assert_false(vole_route_follow(&route, NODE, NODE - 8));
	assert_true(begin(node, AT + 16));
	assert_false(vole_route_follow(&route, ARRAY, ARRAY - 8));
	assert_true(begin(node, AT + 8));
	assert_false(vole_route_follow(&route, NODE, UINT64_MAX));
}

static void what_is_no_pointer_leads_nowhere(void **state)
{
	struct vole_type *map = fake_type(&go, VOLE_KIND_MAP, 8);

	(void)state;
	map->elem = node;
	assert_true(begin(map, AT));
	assert_false(vole_route_follow(&route, NODE, NODE + 8));
	assert_true(begin(node, AT));
	assert_false(vole_route_follow(&route, NODE, NODE));
}

/* A list of a million is no expression. */
static void a_way_that_is_too_long(void **state)
{
	unsigned i;

	(void)state;
	assert_true(begin(node, AT + 8));
	for (i = 0; i < 1000; i++)
		if (!vole_route_follow(&route, NODE, NODE + 8))
			break;
	assert_in_range(i, 100, 999);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_part_of_a_variable),
		TEST(through_pointers),
		TEST(a_pointer_to_no_struct_is_dereferenced),
		TEST(elements_behind_the_length_are_resliced_for),
		TEST(not_behind_the_room_of_a_slice),
		TEST(not_before_what_a_pointer_leads_to),
		TEST(what_is_no_pointer_leads_nowhere),
		TEST(a_way_that_is_too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
