/* Walks over values that are not what their types say. */
#include "value/walk.h"

#include "fake_go.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

enum { AT = FAKE_BASE + 0x2000, NEXT = FAKE_BASE + 0x3000 };

struct seen {
	struct vole_visitor visitor; /* first: cast back */
	unsigned scalars, broken, asked;
	enum vole_code why;
};

static struct fake_go go;
static struct vole_arena arena;
static struct seen seen;

static void on_scalar(struct vole_visitor *v,
		      const struct vole_value_head *head,
		      const struct vole_scalar *scalar)
{
	(void)v, (void)head, (void)scalar;
	seen.scalars++;
}

static void on_holds(struct vole_visitor *v, const struct vole_value_head *head,
		     bool typed)
{
	(void)v, (void)head, (void)typed;
}

static void on_begin(struct vole_visitor *v, const struct vole_value_head *head)
{
	(void)v, (void)head;
}

static void on_field(struct vole_visitor *v, const char *name)
{
	(void)v, (void)name;
}

static void on_part(struct vole_visitor *v)
{
	(void)v;
}

static void on_omitted(struct vole_visitor *v, uint64_t count,
		       const struct vole_error *err)
{
	(void)v, (void)count, (void)err;
}

static void on_broken(struct vole_visitor *v,
		      const struct vole_value_head *head,
		      const struct vole_error *err)
{
	(void)v, (void)head;
	seen.broken++;
	seen.why = err->code;
}

/* The user has had enough when asked twice. */
static bool on_stop(struct vole_visitor *v, double done)
{
	(void)v, (void)done;
	return ++seen.asked > 1;
}

static const struct vole_visitor_ops ops = {
	.scalar = on_scalar,
	.holds = on_holds,
	.begin = on_begin,
	.field = on_field,
	.key = on_part,
	.element = on_part,
	.omitted = on_omitted,
	.end = on_part,
	.broken = on_broken,
	.stop = on_stop,
};

static int setup(void **state)
{
	(void)state;
	fake_go_open(&go);
	vole_arena_init(&arena, 1 << 20);
	seen = (struct seen){ .visitor = { &ops } };
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	vole_arena_clear(&arena);
	fake_go_close(&go);
	return 0;
}

static void walk(const struct vole_type *type)
{
	const struct vole_value value = { .type = type,
					  .where = VOLE_IN_MEMORY,
					  .addr = AT };
	const struct vole_walk_limits limits = { .depth = 3, .count = 100 };

	vole_value_walk(&go.rt, &arena, &value, &limits, &seen.visitor);
}

static struct vole_type *with_bits(struct vole_type *of)
{
	struct vole_type *type = fake_type(&go, VOLE_KIND_STRUCT, 8);

	fake_member(&go, type, "bits", of, 0);
	go.fields[go.num_fields - 1].bit_size = 4;
	return type;
}

static void bits_are_of_a_number(void **state)
{
	(void)state;
	walk(with_bits(fake_type(&go, VOLE_KIND_INT32, 4)));
	assert_int_equal(seen.scalars, 1);
	assert_int_equal(seen.broken, 0);
}

/* A few bits are no megabyte, whatever their type. */
static void bits_of_a_large_type_are_broken(void **state)
{
	struct vole_type *large = fake_type(&go, VOLE_KIND_STRUCT, 1 << 28);

	(void)state;
	fake_member(&go, large, "far", fake_type(&go, VOLE_KIND_INT, 8),
		    1 << 27);
	walk(with_bits(large));
	assert_int_equal(seen.scalars, 0);
	assert_int_equal(seen.broken, 1);
	assert_int_equal(seen.why, VOLE_CORRUPT);
}

/* Elements are counted first; the last of them is before itself. */
static void who_counts_asks_the_user(void **state)
{
	struct vole_type *ring = fake_type(&go, VOLE_KIND_STRUCT, 32);

	(void)state;
	ring->name = "container/ring.Ring";
	fake_member(&go, ring, "next", fake_pointer(&go, ring), 0);
	fake_member(&go, ring, "Value", fake_type(&go, VOLE_KIND_INTERFACE, 16),
		    16);
	fake_put(&go, AT, 8, NEXT);
	fake_put(&go, NEXT, 8, NEXT);
	walk(ring);
	assert_int_equal(seen.asked, 2);
	assert_int_equal(seen.broken, 1);
	assert_int_equal(seen.why, VOLE_INTERRUPTED);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(bits_are_of_a_number),
		TEST(bits_of_a_large_type_are_broken),
		TEST(who_counts_asks_the_user),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
