#include "value/container.h"

#include "fake_go.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

enum {
	LIST = FAKE_BASE + 0x2000, /* root, then len at 48 */
	FIRST = FAKE_BASE + 0x3000,
	SECOND = FAKE_BASE + 0x3100,
};

static struct fake_go go;
static struct vole_type *list, *element, *ring, *iface;
static struct vole_container container;
static struct vole_error err;

struct seen {
	struct vole_container_visitor visitor; /* first: cast back */
	size_t len, most;
	uint64_t values[16];
};

static void add_links(struct vole_type *type, struct vole_type *any,
		      uint64_t value)
{
	struct vole_type *pointer = fake_pointer(&go, type);

	fake_member(&go, type, "next", pointer, 0);
	fake_member(&go, type, "Value", any, value);
}

static int setup(void **state)
{
	(void)state;
	fake_go_open(&go);
	iface = fake_type(&go, VOLE_KIND_INTERFACE, 16);
	element = fake_type(&go, VOLE_KIND_STRUCT, 40);
	add_links(element, iface, 24);
	ring = fake_type(&go, VOLE_KIND_STRUCT, 32);
	ring->name = "container/ring.Ring";
	add_links(ring, iface, 16);
	list = fake_type(&go, VOLE_KIND_STRUCT, 56);
	list->name = "container/list.List";
	fake_member(&go, list, "root", element, 0);
	fake_member(&go, list, "len", fake_type(&go, VOLE_KIND_INT, 8), 48);
	fake_put(&go, LIST, 8, FIRST);
	fake_put(&go, LIST + 48, 8, 2);
	fake_put(&go, FIRST, 8, SECOND);
	fake_put(&go, SECOND, 8, LIST);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_go_close(&go);
	return 0;
}

static bool on_entry(struct vole_container_visitor *visitor, uint64_t key,
		     uint64_t value)
{
	struct seen *seen = (struct seen *)visitor;

	assert_int_equal(key, 0);
	assert_true(seen->len < 16);
	seen->values[seen->len++] = value;
	return seen->len != seen->most;
}

static bool visit(const struct vole_type *type, uint64_t addr,
		  struct seen *seen, size_t most)
{
	struct vole_value value = { .type = type,
				    .where = VOLE_IN_MEMORY,
				    .addr = addr };

	*seen = (struct seen){ .visitor = { on_entry }, .most = most };
	assert_true(vole_container_open(&go.rt, &value, &container));
	return vole_container_visit(&container, &seen->visitor, &err);
}

static void test_a_list(void **state)
{
	struct seen seen;

	(void)state;
	assert_true(visit(list, LIST, &seen, 0));
	assert_int_equal(seen.len, 2);
	assert_int_equal(seen.values[0], FIRST + 24);
	assert_int_equal(seen.values[1], SECOND + 24);
}

/* Nothing was put in yet: next is nil, or the root itself. */
static void test_an_empty_list(void **state)
{
	struct seen seen;

	(void)state;
	fake_put(&go, LIST + 48, 8, 0);
	fake_put(&go, LIST, 8, LIST);
	assert_true(visit(list, LIST, &seen, 0));
	fake_put(&go, LIST, 8, 0);
	assert_true(visit(list, LIST, &seen, 0));
	assert_int_equal(seen.len, 0);
}

static void test_the_visitor_may_end_it(void **state)
{
	struct seen seen;

	(void)state;
	assert_true(visit(list, LIST, &seen, 1));
	assert_int_equal(seen.len, 1);
}

static void test_a_list_that_does_not_end(void **state)
{
	struct seen seen;

	(void)state;
	fake_put(&go, SECOND, 8, FIRST);
	assert_false(visit(list, LIST, &seen, 0));
	assert_int_equal(err.code, VOLE_CORRUPT);
	assert_int_equal(seen.len, 2);
}

static void test_a_list_that_ends_early(void **state)
{
	struct seen seen;

	(void)state;
	fake_put(&go, LIST + 48, 8, 3);
	assert_false(visit(list, LIST, &seen, 0));
	assert_int_equal(err.code, VOLE_CORRUPT);
	fake_put(&go, FIRST, 8, 0x10);
	assert_false(visit(list, LIST, &seen, 0));
	assert_int_equal(err.code, VOLE_UNREADABLE);
	assert_false(visit(list, UINT64_MAX - 31, &seen, 0));
}

static void test_a_ring(void **state)
{
	struct seen seen;

	(void)state;
	fake_put(&go, SECOND, 8, FIRST);
	assert_true(visit(ring, FIRST, &seen, 0));
	assert_int_equal(seen.len, 2);
	assert_int_equal(seen.values[0], FIRST + 16);
	/* A zero Ring is a ring of one. */
	fake_put(&go, FIRST, 8, 0);
	assert_true(visit(ring, FIRST, &seen, 0));
	assert_int_equal(seen.len, 1);
}

static void test_what_is_none(void **state)
{
	struct vole_value value = { .type = element,
				    .where = VOLE_IN_MEMORY,
				    .addr = LIST };

	(void)state;
	assert_false(vole_container_open(&go.rt, &value, &container));
	element->name = "sync.Map";
	assert_false(vole_container_open(&go.rt, &value, &container));
	element->name = "container/list.List";
	assert_false(vole_container_open(&go.rt, &value, &container));
}

/* --- sync.Map as a trie ------------------------------------------------------ */

static bool find_entry(struct vole_debuginfo *di, uint32_t kinds,
		       const char *name, struct vole_symbol *ret,
		       struct vole_error *fail)
{
	(void)di, (void)kinds;
	*ret = (struct vole_symbol){ .ref = 1 };
	return !strcmp(name, "sync.entry[any]") ||
	       vole_fail(fail, VOLE_NOT_FOUND, VOLE_NOWHERE, "no %s", name);
}

static bool load_entry(struct vole_debuginfo *di, struct vole_types *types,
		       struct vole_type *type, struct vole_error *fail)
{
	static const char *const names[] = { "overflow", "key", "value" };
	size_t i;

	(void)di, (void)fail;
	type->kind = VOLE_KIND_STRUCT;
	type->size = 48;
	type->num_fields = 3;
	type->fields = vole_arena_array(vole_types_arena(types), 3,
					sizeof(*type->fields));
	for (i = 0; i < 3; i++)
		type->fields[i] = (struct vole_field){ names[i], iface, 16 * i,
						       false,	 0,	0 };
	return true;
}

static const struct vole_debuginfo_ops entry_ops = { .find = find_entry,
						     .load = load_entry };

/* A trie at LIST whose nodes have that many children, @p stride apart. */
static struct vole_type *make_trie(uint64_t num_children, uint64_t stride)
{
	struct vole_type *node = fake_struct(&go, "sync.node[any]", 64),
			 *indirect = fake_struct(&go, "sync.indirect[any]", 64),
			 *trie = fake_struct(&go, "sync.HashTrieMap", 64),
			 *map = fake_struct(&go, "sync.Map", 64), *children;

	fake_member(&go, node, "isEntry", fake_type(&go, VOLE_KIND_BOOL, 1), 0);
	children = fake_array(&go, fake_pointer(&go, node));
	children->len = num_children;
	children->elem->size = stride;
	fake_member(&go, indirect, "children", children, 8);
	fake_member(&go, trie, "root", fake_pointer(&go, indirect), 0);
	fake_member(&go, map, "m", trie, 0);
	fake_put(&go, LIST, 8, FIRST);
	fake_put(&go, FIRST, 8, 0);
	return map;
}

static bool visit_trie(const struct vole_type *map)
{
	static struct vole_debuginfo di = { .ops = &entry_ops };
	struct vole_types *types = go.rt.types;
	struct seen seen;
	bool ok;

	assert_true(vole_types_open(&di, &go.rt.types, &err));
	ok = visit(map, LIST, &seen, 0);
	vole_types_close(go.rt.types);
	go.rt.types = types;
	return ok;
}

static void test_an_empty_trie(void **state)
{
	(void)state;
	assert_true(visit_trie(make_trie(16, 8)));
}

/* All at one place, as debug information may have it. */
static void test_a_trie_of_endless_nodes(void **state)
{
	(void)state;
	assert_false(visit_trie(make_trie(UINT64_C(1) << 62, 0)));
	assert_int_equal(err.code, VOLE_CORRUPT);
}

/* 16 to the 16th ways. */
static void test_a_trie_in_itself(void **state)
{
	unsigned i;
	struct vole_type *map = make_trie(16, 8);

	(void)state;
	for (i = 0; i < 16; i++)
		fake_put(&go, FIRST + 8 + 8 * i, 8, FIRST);
	assert_false(visit_trie(map));
	assert_int_equal(err.code, VOLE_CORRUPT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_list),
		TEST(test_an_empty_list),
		TEST(test_the_visitor_may_end_it),
		TEST(test_a_list_that_does_not_end),
		TEST(test_a_list_that_ends_early),
		TEST(test_a_ring),
		TEST(test_what_is_none),
		TEST(test_an_empty_trie),
		TEST(test_a_trie_of_endless_nodes),
		TEST(test_a_trie_in_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
