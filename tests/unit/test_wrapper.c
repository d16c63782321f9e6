#include "fake_people.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

enum {
	AT = FAKE_BASE + 0x3000,
	DATA = FAKE_BASE + 0x3100,
	INDIRECT = 1 << 7,
};

static struct fake_people p;
static struct vole_value held;
static bool typed;

static int setup(void **state)
{
	(void)state;
	fake_people_open(&p);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_people_close(&p);
	return 0;
}

static bool open_it(struct vole_type *type, uint64_t addr)
{
	struct vole_value value = { .type = type,
				    .where = VOLE_IN_MEMORY,
				    .addr = addr };

	return vole_wrapper_open(&p.go.rt, &value, &typed, &held);
}

static const char *text_of(struct vole_type *type)
{
	struct vole_value value = { .type = type,
				    .where = VOLE_IN_MEMORY,
				    .addr = AT };

	return vole_people_struct(&p.go.rt, &p.arena, &value);
}

static struct vole_type *make_reflect(uint64_t rtype, uint64_t ptr,
				      uint64_t flag)
{
	struct vole_type *type = fake_struct(&p.go, "reflect.Value", 24);

	fake_member(&p.go, type, "typ_", fake_type(&p.go, VOLE_KIND_PTR, 8), 0);
	fake_member(&p.go, type, "ptr",
		    fake_type(&p.go, VOLE_KIND_UNSAFE_POINTER, 8), 8);
	fake_member(&p.go, type, "flag", fake_type(&p.go, VOLE_KIND_UINTPTR, 8),
		    16);
	fake_put(&p.go, AT, 8, rtype);
	fake_put(&p.go, AT + 8, 8, ptr);
	fake_put(&p.go, AT + 16, 8, flag);
	return type;
}

static void test_reflect_value(void **state)
{
	struct vole_type *type =
		make_reflect(FAKE_STRING, DATA, INDIRECT | VOLE_KIND_STRING);

	(void)state;
	assert_true(open_it(type, AT));
	assert_false(typed);
	assert_int_equal(held.addr, DATA);
	assert_int_equal(held.type->kind, VOLE_KIND_STRING);
	/* A pointer is the word itself. */
	fake_put(&p.go, AT, 8, FAKE_PLAIN_POINTER);
	fake_put(&p.go, AT + 16, 8, VOLE_KIND_PTR);
	assert_true(open_it(type, AT));
	assert_int_equal(held.addr, AT + 8);
	assert_int_equal(held.type->kind, VOLE_KIND_PTR);
}

static void test_reflect_value_that_holds_none(void **state)
{
	struct vole_type *type = make_reflect(0, 0, 0);

	(void)state;
	assert_false(open_it(type, AT));
	assert_string_equal(text_of(type), "invalid");
	fake_put(&p.go, AT, 8, FAKE_CANCEL);
	fake_put(&p.go, AT + 16, 8, VOLE_REFLECT_METHOD | 3 << 10);
	assert_false(open_it(type, AT));
	assert_string_equal(text_of(type), "method 3 of context.cancelCtx");
}

static void test_reflect_value_that_cannot_be(void **state)
{
	struct vole_type *type =
		make_reflect(FAKE_STRING, DATA, INDIRECT | VOLE_KIND_INT);

	(void)state;
	assert_false(open_it(type, AT));
	assert_null(text_of(type));
	/* A string is not in one word. */
	fake_put(&p.go, AT + 16, 8, VOLE_KIND_STRING);
	assert_false(open_it(type, AT));
	fake_put(&p.go, AT, 8, 0x10);
	assert_false(open_it(type, AT));
	assert_false(open_it(type, UINT64_MAX - 7));
}

enum { FIRST = FAKE_BASE + 0x1f00 };

static bool find_var(struct vole_debuginfo *di, uint32_t kinds,
		     const char *name, struct vole_symbol *ret,
		     struct vole_error *err)
{
	(void)di;
	if (strcmp(name, "sync/atomic.firstStoreInProgress") != 0)
		return vole_fail(err, VOLE_NOT_FOUND, 0, "no %s", name);
	*ret = (struct vole_symbol){ .kind = kinds };
	return true;
}

static bool var_info(struct vole_debuginfo *di,
		     const struct vole_symbol *symbol,
		     struct vole_symbol_info *ret, struct vole_error *err)
{
	(void)di;
	(void)symbol;
	(void)err;
	*ret = (struct vole_symbol_info){ .has_addr = true, .addr = FIRST };
	return true;
}

static void test_atomic_value(void **state)
{
	static const struct vole_debuginfo_ops ops = { .find = find_var,
						       .info = var_info };
	struct vole_debuginfo di = { .ops = &ops };
	struct vole_type *type = fake_struct(&p.go, "sync/atomic.Value", 16);
	struct vole_type *any;
	struct vole_error err;

	(void)state;
	assert_true(vole_types_any(p.go.rt.types, &any, &err));
	fake_member(&p.go, type, "v", any, 0);
	assert_true(open_it(type, AT));
	assert_true(typed);
	assert_ptr_equal(held.type, any);
	/* Store has claimed it, but not put there what it holds. */
	p.go.rt.di = &di;
	fake_put(&p.go, AT, 8, FIRST);
	assert_false(open_it(type, AT));
	assert_string_equal(text_of(type), "its first value is being stored");
	assert_false(open_it(type, 0x10));
}

/* _ is a [0]T in some releases, a [0]*T in others. */
static void test_atomic_pointer(void **state)
{
	struct vole_type *target = fake_struct(&p.go, "main.T", 8);
	struct vole_type *elem = fake_pointer(&p.go, target);
	struct vole_type *type =
		fake_struct(&p.go, "sync/atomic.Pointer[main.T]", 8);
	struct vole_type *none = fake_type(&p.go, VOLE_KIND_ARRAY, 0);

	(void)state;
	elem->name = "*main.T";
	fake_member(&p.go, type, "_", none, 0);
	fake_member(&p.go, type, "v",
		    fake_type(&p.go, VOLE_KIND_UNSAFE_POINTER, 8), 0);
	none->elem = elem;
	assert_true(open_it(type, AT));
	assert_ptr_equal(held.type, elem);
	assert_int_equal(held.addr, AT);
	none->elem = target;
	assert_true(open_it(type, AT));
	assert_ptr_equal(held.type->elem, target);
	none->elem = elem;
	type->name = "sync/atomic.Pointer[*main.T]";
	assert_true(open_it(type, AT));
	assert_ptr_equal(held.type->elem, elem);
}

/* type Pointer[T any] struct { _ [0]*T; u unsafe.Pointer } */
static struct vole_type *make_weak(struct vole_type *elem, const char *name)
{
	struct vole_type *type = fake_struct(&p.go, name, 8);
	struct vole_type *none = fake_type(&p.go, VOLE_KIND_ARRAY, 0);

	none->elem = elem;
	fake_member(&p.go, type, "_", none, 0);
	fake_member(&p.go, type, "u",
		    fake_type(&p.go, VOLE_KIND_UNSAFE_POINTER, 8), 0);
	return type;
}

static void test_weak_pointer(void **state)
{
	struct vole_type *target = fake_struct(&p.go, "main.T", 8);
	struct vole_type *elem = fake_pointer(&p.go, target);
	struct vole_type *type = make_weak(elem, "weak.Pointer[main.T]");

	(void)state;
	elem->name = "*main.T";
	assert_false(open_it(type, AT));
	assert_string_equal(text_of(type), "nil");
	fake_put(&p.go, AT, 8, DATA);
	assert_false(open_it(type, AT));
	assert_string_equal(text_of(type), "dead");
	fake_put(&p.go, DATA, 8, DATA + 64);
	assert_null(text_of(type));
	assert_true(open_it(type, AT));
	assert_true(typed);
	assert_int_equal(held.addr, DATA);
	assert_ptr_equal(held.type, elem);
}

static void test_weak_pointer_that_cannot_be(void **state)
{
	struct vole_type *target = fake_struct(&p.go, "main.T", 8);
	struct vole_type *elem = fake_pointer(&p.go, target);
	struct vole_type *type = make_weak(elem, "weak.Pointer[main.U]");

	(void)state;
	elem->name = "*main.T";
	fake_put(&p.go, AT, 8, DATA);
	fake_put(&p.go, DATA, 8, DATA + 64);
	/* Its field is of another type than its argument. */
	assert_false(open_it(type, AT));
	type->name = "weak.Pointer[main.T]";
	fake_put(&p.go, AT, 8, 0x10);
	assert_false(open_it(type, AT));
	assert_null(text_of(type));
	type->name = "weak.Pointer[";
	assert_false(open_it(type, AT));
}

static void test_wait_groups(void **state)
{
	struct vole_type *type = fake_struct(&p.go, "sync.WaitGroup", 16);

	(void)state;
	assert_null(text_of(type));
	fake_member(&p.go, type, "state1",
		    fake_type(&p.go, VOLE_KIND_UINT64, 8), 0);
	assert_string_equal(text_of(type), "counter 0");
	fake_put(&p.go, AT, 8, 5ull << 32 | 2);
	assert_string_equal(text_of(type), "counter 5, 2 waiting");
	fake_put(&p.go, AT, 8, 5ull << 32 | 1ull << 31);
	assert_string_equal(text_of(type), "counter 5, of a synctest bubble");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_reflect_value),
		TEST(test_reflect_value_that_holds_none),
		TEST(test_reflect_value_that_cannot_be),
		TEST(test_atomic_value),
		TEST(test_atomic_pointer),
		TEST(test_weak_pointer),
		TEST(test_weak_pointer_that_cannot_be),
		TEST(test_wait_groups),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
