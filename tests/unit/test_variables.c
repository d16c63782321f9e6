#include "value/variables.h"

#include "fake_vars.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

enum {
	AT = FAKE_BASE + 0x1000, /* package variables */
	HEAP = FAKE_BASE + 0x4000, /* what they lead to */
};

static struct fake_vars v;
static struct vole_variables *variables;
static struct vole_arena arena;
static struct vole_type *mutex, *account, *table, *chan;
static struct vole_error err;

/* type account struct { id int; mu sync.Mutex; ch chan int }, [8]account */
static int setup(void **state)
{
	(void)state;
	fake_vars_open(&v);
	vole_arena_init(&arena, 1 << 20);
	variables = NULL;
	mutex = fake_type(&v.go, VOLE_KIND_STRUCT, 8);
	mutex->name = "sync.Mutex";
	chan = fake_type(&v.go, VOLE_KIND_CHAN, 8);
	chan->elem = mutex;
	account = fake_type(&v.go, VOLE_KIND_STRUCT, 32);
	account->name = "main.account";
	fake_member(&v.go, account, "id", fake_type(&v.go, VOLE_KIND_INT, 8),
		    0);
	fake_member(&v.go, account, "mu", mutex, 8);
	fake_member(&v.go, account, "ch", chan, 16);
	table = fake_array(&v.go, account);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	vole_variables_close(variables);
	vole_arena_clear(&arena);
	fake_vars_close(&v);
	return 0;
}

static void open_all(void)
{
	assert_true(vole_variables_open(&v.go.rt, &variables, &err));
}

static const char *at(uint64_t addr, const char *type)
{
	return vole_variables_at(variables, addr, type, &arena);
}

static void test_parts_of_a_variable(void **state)
{
	(void)state;
	fake_vars_add(&v, "main.users", AT, table);
	fake_vars_add(&v, "main.lock", AT + 0x800, mutex);
	open_all();
	assert_string_equal(at(AT + 0x800, "sync.Mutex"), "main.lock");
	assert_string_equal(at(AT + 8, "sync.Mutex"), "main.users[0].mu");
	assert_string_equal(at(AT + 3 * 32 + 8, "sync.Mutex"),
			    "main.users[3].mu");
	assert_string_equal(at(AT + 7 * 32, "main.account"), "main.users[7]");
	assert_null(at(AT + 8, "sync.RWMutex"));
	assert_null(at(AT + 12, "sync.Mutex")); /* inside one */
	assert_null(at(AT + 24, "sync.Mutex")); /* padding */
	assert_null(at(AT + 8 * 32, "main.account"));
}

static void test_what_pointers_lead_to(void **state)
{
	(void)state;
	fake_vars_add(&v, "main.p", AT, fake_pointer(&v.go, account));
	fake_vars_add(&v, "main.nil", AT + 8, fake_pointer(&v.go, account));
	fake_put(&v.go, AT, 8, HEAP);
	open_all();
	assert_string_equal(at(HEAP + 8, "sync.Mutex"), "main.p.mu");
	assert_null(at(HEAP + 32, "main.account"));
	assert_null(at(8, "sync.Mutex"));
}

static void test_channels_that_variables_hold(void **state)
{
	(void)state;
	fake_vars_add(&v, "main.done", AT, chan);
	fake_put(&v.go, AT, 8, HEAP);
	open_all();
	assert_string_equal(at(HEAP, "chan"), "main.done");
	assert_null(at(HEAP + 8, "chan"));
}

/* Elements of a slice are no fields of it. */
static void test_slices_lead_nowhere(void **state)
{
	struct vole_type *slice = fake_type(&v.go, VOLE_KIND_SLICE, 24);

	(void)state;
	slice->elem = account;
	fake_vars_add(&v, "main.slice", AT, slice);
	fake_put(&v.go, AT, 8, HEAP);
	open_all();
	assert_null(at(HEAP + 8, "sync.Mutex"));
}

/* Of two names for one thing the same one is told each time. */
static void test_two_names(void **state)
{
	(void)state;
	fake_vars_add(&v, "main.z", AT, fake_pointer(&v.go, mutex));
	fake_vars_add(&v, "main.y", AT + 8, fake_pointer(&v.go, mutex));
	fake_put(&v.go, AT, 8, HEAP);
	fake_put(&v.go, AT + 8, 8, HEAP);
	open_all();
	assert_string_equal(at(HEAP, "sync.Mutex"), "main.z");
}

/* A struct around it may begin before others do. */
static void test_ranges_that_overlap(void **state)
{
	struct vole_type *to_account = fake_pointer(&v.go, account);
	struct vole_type *to_mutex = fake_pointer(&v.go, mutex);

	(void)state;
	fake_vars_add(&v, "main.p", AT, to_account);
	fake_vars_add(&v, "main.q", AT + 8, to_mutex);
	fake_put(&v.go, AT, 8, HEAP);
	fake_put(&v.go, AT + 8, 8, HEAP + 8);
	open_all();
	assert_string_equal(at(HEAP + 8, "sync.Mutex"), "main.q");
	assert_string_equal(at(HEAP, "main.account"), "main.p");
	assert_string_equal(at(HEAP + 16, "chan"), "main.p.ch");
}

/* struct { struct { ... } }, all at one address: damage, or worse. */
static void test_type_that_holds_itself(void **state)
{
	struct vole_type *loop = fake_type(&v.go, VOLE_KIND_STRUCT, 8);

	(void)state;
	fake_member(&v.go, loop, "in", loop, 0);
	fake_vars_add(&v, "main.loop", AT, loop);
	open_all();
	assert_null(at(AT, "sync.Mutex"));
}

static void test_array_of_nothing(void **state)
{
	struct vole_type *none = fake_type(&v.go, VOLE_KIND_STRUCT, 0);
	struct vole_type *array = fake_array(&v.go, none);

	(void)state;
	array->size = 64;
	fake_vars_add(&v, "main.array", AT, array);
	open_all();
	assert_null(at(AT + 8, "sync.Mutex"));
}

static void test_pointers_to_nowhere(void **state)
{
	(void)state;
	fake_vars_add(&v, "main.p", AT, fake_pointer(&v.go, account));
	fake_vars_add(&v, "main.cut", FAKE_BASE + FAKE_SIZE - 4,
		      fake_pointer(&v.go, account));
	fake_put(&v.go, AT, 8, UINT64_MAX - 7);
	open_all();
	assert_string_equal(at(UINT64_MAX - 7, "main.account"), "main.p");
	assert_null(at(0, "sync.Mutex"));
}

static void test_without_debug_information(void **state)
{
	(void)state;
	v.go.rt.di = NULL;
	open_all();
	assert_null(at(AT, "sync.Mutex"));
}

static void test_debug_information_that_is_damaged(void **state)
{
	(void)state;
	v.broken = true;
	assert_false(vole_variables_open(&v.go.rt, &variables, &err));
	assert_int_equal(err.code, VOLE_CORRUPT);
	assert_null(variables);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_parts_of_a_variable),
		TEST(test_what_pointers_lead_to),
		TEST(test_channels_that_variables_hold),
		TEST(test_slices_lead_nowhere),
		TEST(test_two_names),
		TEST(test_ranges_that_overlap),
		TEST(test_type_that_holds_itself),
		TEST(test_array_of_nothing),
		TEST(test_pointers_to_nowhere),
		TEST(test_without_debug_information),
		TEST(test_debug_information_that_is_damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
