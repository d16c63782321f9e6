#include "runtime/func.h"

#include "fake_rtype.h"
#include "runtime/pclntab_private.h"
#include "runtime/rtype.h"
#include "target/variable.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

enum {
	TEXT = 0x400000,
	CLOSURE = FAKE_BASE + 0x2000,
	FUNC_SIZE = 44, /* runtime._func */
	POINTER_REF = 7,
	INT_REF = 9,
};

static struct fake_go go;
static struct vole_functab table;
static struct vole_pclntab pclntab;
static struct vole_debuginfo di;
static struct vole_debuginfo_ops ops;
static struct vole_funcval val;
static struct vole_error err;
/* main.f at TEXT + 16, main.g at TEXT + 32, to TEXT + 64. */
static uint32_t ftab[5] = { 16, 0, 32, FUNC_SIZE, 64 };
static uint8_t funcs[2 * FUNC_SIZE];

static int setup(void **state)
{
	static const char names[] = "\0main.f\0main.g";
	const uint32_t name[] = { 1, 8 };
	unsigned i;

	(void)state;
	fake_go_open(&go);
	for (i = 0; i < 2; i++) {
		memcpy(funcs + i * FUNC_SIZE, &ftab[2 * i], 4);
		memcpy(funcs + i * FUNC_SIZE + 4, &name[i], 4);
	}
	go.module.text = go.module.minpc = TEXT;
	go.module.maxpc = go.module.etext = TEXT + 64;
	table = (struct vole_functab){
		.module = &go.module,
		.ftab = { (const uint8_t *)ftab, sizeof(ftab) },
		.funcs = { funcs, sizeof(funcs) },
		.names = { (const uint8_t *)names, sizeof(names) },
		.num_funcs = 2,
		.has_start_line = true,
	};
	pclntab = (struct vole_pclntab){ &table, 1, 2, 0 };
	go.rt.pclntab = &pclntab;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_go_close(&go);
	return 0;
}

static bool open_code(uint64_t code)
{
	fake_put(&go, CLOSURE, 8, code);
	return vole_funcval_open(&go.rt, CLOSURE, &val, &err);
}

static void test_function(void **state)
{
	(void)state;
	assert_true(open_code(TEXT + 32));
	assert_int_equal(val.addr, CLOSURE);
	assert_int_equal(val.code, TEXT + 32);
	assert_string_equal(val.func.name, "main.g");
}

static void test_nil(void **state)
{
	(void)state;
	assert_true(vole_funcval_open(&go.rt, 0, &val, &err));
	assert_int_equal(val.addr, 0);
}

static void test_code_that_is_none(void **state)
{
	(void)state;
	assert_false(open_code(TEXT + 33)); /* inside a function */
	assert_int_equal(err.code, VOLE_CORRUPT);
	assert_false(open_code(0));
	assert_int_equal(err.code, VOLE_CORRUPT);
	assert_false(open_code(UINT64_MAX));
	assert_int_equal(err.code, VOLE_CORRUPT);
	go.rt.pclntab = NULL;
	assert_false(open_code(TEXT + 32));
	assert_int_equal(err.code, VOLE_NOT_FOUND);
}

static void test_truncated(void **state)
{
	(void)state;
	assert_true(open_code(TEXT + 32));
	go.size = CLOSURE + 4 - FAKE_BASE;
	vole_memory_forget(&go.target.mem);
	assert_false(vole_funcval_open(&go.rt, CLOSURE, &val, &err));
	assert_int_equal(err.code, VOLE_UNREADABLE);
}

static void test_end_of_address_space(void **state)
{
	(void)state;
	fake_put(&go, UINT64_MAX - 7, 8, TEXT + 16);
	assert_true(vole_funcval_open(&go.rt, UINT64_MAX - 7, &val, &err));
	assert_string_equal(val.func.name, "main.f");
	assert_false(vole_funcval_open(&go.rt, UINT64_MAX - 6, &val, &err));
}

static void tell(void (*each)(void *arg, const struct vole_variable *variable),
		 void *arg, const char *name, uint64_t offset, uint64_t type)
{
	const struct vole_variable variable = { .name = name,
						.type_ref = type,
						.captured = true,
						.closure_offset = offset };

	each(arg, &variable);
}

static bool two_captures(struct vole_debuginfo *self, uint64_t pc,
			 void (*each)(void *arg,
				      const struct vole_variable *variable),
			 void *arg, struct vole_error *ret_err)
{
	(void)self;
	if (pc != 32) /* the program is loaded TEXT higher than linked */
		return vole_fail(ret_err, VOLE_NOT_FOUND, pc, "no captures");
	tell(each, arg, "n", 16, INT_REF);
	tell(each, arg, "&x", 8, POINTER_REF);
	return true;
}

static bool broken_captures(struct vole_debuginfo *self, uint64_t pc,
			    void (*each)(void *arg,
					 const struct vole_variable *variable),
			    void *arg, struct vole_error *ret_err)
{
	(void)self;
	tell(each, arg, "&x", 8, POINTER_REF);
	return vole_fail(ret_err, VOLE_CORRUPT, pc, "damaged");
}

static void use_captures(__typeof__(ops.captures) captures)
{
	struct vole_type *pointer =
		vole_types_stub(go.rt.types, VOLE_TYPE_DEBUGINFO, POINTER_REF);

	go.elem = *fake_type(&go, VOLE_KIND_INT, 8);
	*pointer = *fake_pointer(&go, &go.elem);
	*vole_types_stub(go.rt.types, VOLE_TYPE_DEBUGINFO, INT_REF) = go.elem;
	go.target.bias = TEXT;
	ops.captures = captures;
	di.ops = &ops;
	go.rt.di = &di;
}

static void test_captures(void **state)
{
	const struct vole_capture *got;
	size_t num;

	(void)state;
	use_captures(two_captures);
	assert_true(open_code(TEXT + 32));
	assert_true(vole_funcval_captures(&go.rt, &go.rt.arena, &val, &got,
					  &num, &err));
	assert_int_equal(num, 2);
	assert_string_equal(got[0].name, "x");
	assert_true(got[0].by_reference);
	assert_int_equal(got[0].offset, 8);
	assert_ptr_equal(got[0].type, &go.elem);
	assert_string_equal(got[1].name, "n");
	assert_false(got[1].by_reference);
	assert_int_equal(got[1].offset, 16);
}

enum {
	DICT = FAKE_BASE + 0x2800,
	NAMED_INT = FAKE_BASE + 0x200, /* a descriptor */
};

static bool generic_captures(struct vole_debuginfo *self, uint64_t pc,
			     void (*each)(void *arg,
					  const struct vole_variable *variable),
			     void *arg, struct vole_error *ret_err)
{
	struct vole_variable n = { .name = "n",
				   .type_ref = INT_REF,
				   .in_dictionary = true,
				   .dict_index = 3,
				   .closure_offset = 8 };

	(void)self;
	(void)pc;
	(void)ret_err;
	each(arg, &n);
	n.name = "&x";
	n.type_ref = POINTER_REF;
	n.closure_offset = 16;
	each(arg, &n);
	tell(each, arg, ".dict", 24, INT_REF);
	return true;
}

static bool no_runtime_type(struct vole_debuginfo *self, uint64_t offset,
			    uint64_t *ret, struct vole_error *ret_err)
{
	(void)self;
	(void)ret;
	return vole_fail(ret_err, VOLE_NOT_FOUND, offset, "none");
}

/* Where the dictionary says no type of that shape it stays. */
static void test_captures_of_generic_code(void **state)
{
	const struct vole_capture *got;
	size_t num;
	int i;

	(void)state;
	use_captures(generic_captures);
	ops.by_runtime_type = no_runtime_type;
	fake_layout_types(&go);
	vole_rtype_install(&go.rt);
	fake_name(&go, 0x300, "main.n");
	fake_rtype(&go, NAMED_INT, VOLE_KIND_INT, FAKE_NAMED, 0x300);
	assert_true(open_code(TEXT + 32));
	fake_put(&go, CLOSURE + 24, 8, DICT);
	fake_put(&go, DICT + 24, 8, NAMED_INT);
	for (i = 0; i < 2; i++) {
		assert_true(vole_funcval_captures(&go.rt, &go.rt.arena, &val,
						  &got, &num, &err));
		assert_int_equal(num, 3);
		assert_string_equal(got[0].type->name, i ? "int" : "main.n");
		assert_string_equal(got[1].name, "x");
		assert_string_equal(got[1].type->name, i ? "int" : "main.n");
		fake_put(&go, DICT + 24, 8, 0x10);
	}
}

static void assert_no_captures(void)
{
	const struct vole_capture *got;
	size_t num = 1;

	assert_true(vole_funcval_captures(&go.rt, &go.rt.arena, &val, &got,
					  &num, &err));
	assert_int_equal(num, 0);
}

static void test_no_captures(void **state)
{
	(void)state;
	assert_true(open_code(TEXT + 16));
	assert_no_captures(); /* no debug information */
	use_captures(NULL);
	assert_no_captures();
	use_captures(two_captures);
	assert_no_captures(); /* none of this function */
}

static void test_broken_captures(void **state)
{
	const struct vole_capture *got;
	size_t num;

	(void)state;
	use_captures(broken_captures);
	assert_true(open_code(TEXT + 32));
	assert_false(vole_funcval_captures(&go.rt, &go.rt.arena, &val, &got,
					   &num, &err));
	assert_int_equal(err.code, VOLE_CORRUPT);
	/* By reference, but no pointer. */
	use_captures(two_captures);
	vole_types_stub(go.rt.types, VOLE_TYPE_DEBUGINFO, POINTER_REF)->kind =
		VOLE_KIND_INT;
	assert_false(vole_funcval_captures(&go.rt, &go.rt.arena, &val, &got,
					   &num, &err));
	assert_int_equal(err.code, VOLE_CORRUPT);
}

static bool find_type(struct vole_debuginfo *self, uint32_t kinds,
		      const char *name, struct vole_symbol *ret,
		      struct vole_error *ret_err)
{
	(void)self;
	if (strcmp(name, "main.T[a.b]") != 0 && strcmp(name, "error") != 0)
		return vole_fail(ret_err, VOLE_NOT_FOUND, 0, "no %s", name);
	*ret = (struct vole_symbol){ .kind = kinds, .ref = POINTER_REF };
	return true;
}

/* The closure of a function with that name. */
static size_t num_captures(const char *name, const struct vole_capture **ret)
{
	static char names[64];
	size_t num;

	snprintf(names, sizeof(names), "x%s", name);
	table.names.at = (const uint8_t *)names;
	table.names.len = sizeof(names);
	assert_true(open_code(TEXT + 16));
	assert_string_equal(val.func.name, name);
	assert_true(vole_funcval_captures(&go.rt, &go.rt.arena, &val, ret, &num,
					  &err));
	return num;
}

static const char *scope_name;

static bool one_scope(struct vole_debuginfo *self, uint64_t pc,
		      const char *name, struct vole_arena *memory,
		      struct vole_code_scope **ret, size_t *ret_len,
		      struct vole_error *ret_err)
{
	static struct vole_code_scope scope;

	(void)self;
	(void)name;
	(void)memory;
	if (!scope_name)
		return vole_fail(ret_err, VOLE_NOT_FOUND, pc, "no function");
	assert_int_equal(pc, 16);
	scope.name = scope_name;
	*ret = &scope;
	*ret_len = 1;
	return true;
}

/* The name of main.f[...] where debug information says @p name of it. */
static const char *generic_name(const char *name)
{
	static const char names[] = "\0main.f[...]";

	table.names.at = (const uint8_t *)names;
	table.names.len = sizeof(names);
	scope_name = name;
	assert_true(open_code(TEXT + 16));
	return val.func.name;
}

static void test_type_arguments(void **state)
{
	(void)state;
	use_captures(NULL);
	assert_string_equal(generic_name("main.f[int]"), "main.f[...]");
	ops.scopes = one_scope;
	assert_string_equal(generic_name("main.f[int]"), "main.f[int]");
	assert_string_equal(generic_name("main.f[go.shape.int_0]"),
			    "main.f[...]");
	assert_string_equal(generic_name(NULL), "main.f[...]");
	ops.scopes = NULL;
}

static void test_receivers(void **state)
{
	const struct vole_capture *got;
	const struct vole_type *type;

	(void)state;
	vole_types_close(go.rt.types);
	assert_true(vole_types_open(&di, &go.rt.types, &err));
	use_captures(NULL);
	ops.find = find_type;
	type = vole_types_stub(go.rt.types, VOLE_TYPE_DEBUGINFO, POINTER_REF);
	assert_int_equal(num_captures("main.T[a.b].M-fm", &got), 1);
	assert_string_equal(got[0].name, ".this");
	assert_int_equal(got[0].offset, 8);
	assert_false(got[0].by_reference);
	assert_ptr_equal(got[0].type, type);
	assert_int_equal(num_captures("main.(*T[a.b]).M-fm", &got), 1);
	assert_int_equal(got[0].type->kind, VOLE_KIND_PTR);
	assert_ptr_equal(got[0].type->elem, type);
	assert_int_equal(num_captures("go:builtin.error.Error-fm", &got), 1);
	assert_int_equal(num_captures("main.U.M-fm", &got), 0);
	assert_int_equal(num_captures("main.T[a.b].M", &got), 0);
	assert_int_equal(num_captures("T[a.b]-fm", &got), 0);
	assert_int_equal(num_captures("-fm", &got), 0);
	assert_int_equal(num_captures("..-fm", &got), 0);
	assert_int_equal(num_captures("]].[[.M-fm", &got), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_function),
		TEST(test_nil),
		TEST(test_code_that_is_none),
		TEST(test_truncated),
		TEST(test_end_of_address_space),
		TEST(test_captures),
		TEST(test_captures_of_generic_code),
		TEST(test_no_captures),
		TEST(test_broken_captures),
		TEST(test_receivers),
		TEST(test_type_arguments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
