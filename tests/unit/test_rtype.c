#include "runtime/rtype.h"

#include "fake_rtype.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

enum {
	INT = FAKE_BASE + 0x100, /* descriptors */
	IT = FAKE_BASE + 0x180, /* of what is tested */
	FIELDS = FAKE_BASE + 0x280,
	NAME = 0x300, /* offsets from moduledata.types */
	PATH = 0x340,
	INT_NAME = 0x3a0,
	TYPES_END = FAKE_BASE + 0x1000, /* as fake_layout_types() has it */
};

static struct fake_go go;
static struct vole_rtype rtype;
static struct vole_type *type;
static struct vole_error err;

static int setup(void **state)
{
	(void)state;
	fake_go_open(&go);
	fake_layout_types(&go);
	vole_rtype_install(&go.rt);
	fake_name(&go, INT_NAME, "int");
	fake_name(&go, NAME, "short");
	fake_rtype(&go, INT, VOLE_KIND_INT, FAKE_NAMED, INT_NAME);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_go_close(&go);
	return 0;
}

/* The type at IT, of @p size bytes, and the words that its kind adds. */
static void put(enum vole_kind kind, uint64_t size, uint64_t first,
		uint64_t second, uint64_t third)
{
	fake_rtype(&go, IT, kind, 0, NAME);
	fake_put(&go, IT, 8, size);
	fake_rtype_tail(&go, IT, first, second, third);
}

static void assert_name(const char *name)
{
	const char *got;

	assert_true(vole_rtype_name(&go.rt, IT, &go.rt.arena, &got, &err));
	assert_string_equal(got, name);
}

static void load(void)
{
	assert_true(vole_rtype_type(&go.rt, IT, &type, &err));
}

static void assert_refused(uint64_t addr, enum vole_code code)
{
	assert_false(vole_rtype_type(&go.rt, addr, &type, &err));
	assert_int_equal(err.code, code);
}

static void test_head(void **state)
{
	(void)state;
	put(VOLE_KIND_PTR, 8, INT, 0, 0);
	fake_put(&go, IT + 8, 8, 8);
	fake_put(&go, IT + 20, 1, FAKE_DIRECT);
	fake_put(&go, IT + 32, 8, 0x1234);
	assert_true(vole_rtype_read(&go.rt, IT, &rtype, &err));
	assert_int_equal(rtype.kind, VOLE_KIND_PTR);
	assert_int_equal(rtype.size, 8);
	assert_int_equal(rtype.ptr_bytes, 8);
	assert_int_equal(rtype.hash, 0x12345678);
	assert_int_equal(rtype.align, 8);
	assert_int_equal(rtype.gc_data, 0x1234);
	assert_true(rtype.direct);
}

/* Up to Go 1.25 the kind's byte says it. */
static void test_direct_in_the_kind(void **state)
{
	(void)state;
	go.rt.layout.has_const[VOLE_CONST_TFLAG_DIRECT_IFACE] = false;
	put(VOLE_KIND_PTR | 32, 8, INT, 0, 0);
	assert_true(vole_rtype_read(&go.rt, IT, &rtype, &err));
	assert_int_equal(rtype.kind, VOLE_KIND_PTR);
	assert_true(rtype.direct);
}

/* Before memory is spent on it. */
static void test_a_name_of_a_gigabyte(void **state)
{
	static const uint8_t len[] = { 0xff, 0xff, 0xff, 0x7f, 0 };
	const size_t before = go.rt.arena.used;
	const char *got;

	(void)state;
	put(VOLE_KIND_INT, 8, 0, 0, 0);
	memcpy(go.bytes + NAME + 1, len, sizeof(len));
	assert_false(vole_rtype_name(&go.rt, IT, &go.rt.arena, &got, &err));
	assert_int_equal(err.code, VOLE_CORRUPT);
	assert_in_range(go.rt.arena.used - before, 0, 1 << 20);
}

static void test_composed_types(void **state)
{
	(void)state;
	put(VOLE_KIND_ARRAY, 24, INT, 0, 3);
	load();
	assert_string_equal(type->name, "[3]int");
	assert_int_equal(type->len, 3);
	assert_int_equal(type->elem->ref, INT);
	put(VOLE_KIND_SLICE, 24, INT, 0, 0);
	assert_name("[]int");
	put(VOLE_KIND_PTR, 8, INT, 0, 0);
	assert_name("*int");
	put(VOLE_KIND_MAP, 8, INT, INT, 0);
	assert_name("map[int]int");
	put(VOLE_KIND_CHAN, 8, INT, 1, 0);
	assert_name("<-chan int");
	put(VOLE_KIND_CHAN, 8, INT, 2, 0);
	assert_name("chan<- int");
	put(VOLE_KIND_CHAN, 8, INT, 3, 0);
	assert_name("chan int");
}

static void test_struct(void **state)
{
	(void)state;
	put(VOLE_KIND_STRUCT, 16, 0, FIELDS, 2);
	fake_name(&go, NAME + 16, "a");
	fake_name(&go, NAME + 32, "int");
	fake_put(&go, FAKE_BASE + NAME + 32, 1, 8); /* embedded */
	fake_rtype_field(&go, FIELDS, 0, NAME + 16, INT, 0);
	fake_rtype_field(&go, FIELDS, 1, NAME + 32, INT, 8);
	load();
	assert_string_equal(type->name, "struct { a int; int }");
	assert_int_equal(type->num_fields, 2);
	assert_string_equal(type->fields[0].name, "a");
	assert_false(type->fields[0].embedded);
	assert_true(type->fields[1].embedded);
	assert_int_equal(type->fields[1].offset, 8);
}

static void test_tag_is_part_of_the_name(void **state)
{
	static const uint8_t name[] = { 2, 1, 'a', 5, 'k', ':', '"', 'v', '"' };
	size_t i;

	(void)state;
	put(VOLE_KIND_STRUCT, 8, 0, FIELDS, 1);
	for (i = 0; i < sizeof(name); i++)
		fake_put(&go, FAKE_BASE + NAME + 16 + i, 1, name[i]);
	fake_rtype_field(&go, FIELDS, 0, NAME + 16, INT, 0);
	assert_name("struct { a int \"k:\\\"v\\\"\" }");
}

/* Go 1.18 kept the bit "embedded" in the offset. */
static void test_struct_of_go_1_18(void **state)
{
	(void)state;
	go.rt.build.minor = 18;
	put(VOLE_KIND_STRUCT, 16, 0, FIELDS, 1);
	fake_rtype_field(&go, FIELDS, 0, INT_NAME, INT, 8 << 1 | 1);
	load();
	assert_true(type->fields[0].embedded);
	assert_int_equal(type->fields[0].offset, 8);
}

/* Words of 2 bytes behind the head: arguments, results and "variadic". */
static void put_func(unsigned in, unsigned out)
{
	put(VOLE_KIND_FUNC, 8, in | out << 16, INT, INT);
	fake_put(&go, IT + 72, 8, INT);
}

static void test_functions(void **state)
{
	(void)state;
	put_func(0, 0);
	assert_name("func()");
	put_func(1, 0);
	assert_name("func(int)");
	put_func(0, 1);
	assert_name("func() int");
	put_func(1, 2);
	assert_name("func(int) (int, int)");
	put_func(2, 1);
	assert_name("func(int, int) int");
}

static void test_variadic_function(void **state)
{
	(void)state;
	put_func(2, 0x8000);
	fake_put(&go, IT + 64, 8, IT + 0x80);
	fake_rtype(&go, IT + 0x80, VOLE_KIND_SLICE, 0, NAME);
	fake_put(&go, IT + 0x80 + 48, 8, INT);
	assert_name("func(int, ...int)");
	put_func(1, 0x8001);
	fake_put(&go, IT + 56, 8, IT + 0x80);
	assert_name("func(...int) int");
}

static void test_named_type_has_its_path(void **state)
{
	(void)state;
	fake_name(&go, NAME, "*yaml.Node[a.b/c.T]");
	fake_name(&go, PATH, "gopkg.in/yaml.v2");
	fake_rtype(&go, IT, VOLE_KIND_INT,
		   FAKE_NAMED | FAKE_UNCOMMON | FAKE_EXTRA_STAR, NAME);
	fake_put(&go, IT + 48, 4, PATH);
	assert_name("gopkg.in/yaml.v2.Node[a.b/c.T]");
	fake_put(&go, IT + 48, 4, 0);
	assert_name("yaml.Node[a.b/c.T]");
}

static void test_interfaces(void **state)
{
	(void)state;
	put(VOLE_KIND_INTERFACE, 16, 0, 0, 0);
	load();
	assert_true(type->is_eface);
	fake_rtype(&go, IT + 0x80, VOLE_KIND_INTERFACE, 0, NAME);
	fake_put(&go, IT + 0x80 + 64, 8, 1);
	assert_true(vole_rtype_type(&go.rt, IT + 0x80, &type, &err));
	assert_false(type->is_eface);
	assert_string_equal(type->name, "short"); /* its methods, to Go */
}

static void test_nothing_to_see(void **state)
{
	(void)state;
	assert_refused(0, VOLE_UNREADABLE);
	assert_refused(FAKE_BASE + 0x800, VOLE_CORRUPT); /* all zero */
	put(VOLE_KIND_STRUCT, 0, 0, 0, 0);
	load();
	assert_string_equal(type->name, "struct {}");
	assert_int_equal(type->num_fields, 0);
}

static void test_truncated(void **state)
{
	(void)state;
	put(VOLE_KIND_ARRAY, 24, INT, 0, 3);
	go.size = IT + 24 - FAKE_BASE;
	assert_refused(IT, VOLE_UNREADABLE); /* before its name */
	go.size = IT + 56 - FAKE_BASE;
	vole_memory_forget(&go.target.mem);
	assert_refused(IT, VOLE_UNREADABLE); /* before its length */
}

static void test_truncated_fields(void **state)
{
	(void)state;
	fake_name(&go, 0, "x");
	put(VOLE_KIND_STRUCT, 8, 0, FIELDS, 2);
	fake_rtype_field(&go, FIELDS, 0, 0, INT, 0);
	go.size = FIELDS + 40 - FAKE_BASE;
	vole_memory_forget(&go.target.mem);
	assert_refused(IT, VOLE_UNREADABLE);
}

static void assert_head_refused(unsigned offset, unsigned size, uint64_t value)
{
	put(VOLE_KIND_INT, 8, 0, 0, 0);
	fake_put(&go, IT + offset, size, value);
	assert_false(vole_rtype_read(&go.rt, IT, &rtype, &err));
	assert_int_equal(err.code, VOLE_CORRUPT);
}

static void test_absurd_heads(void **state)
{
	(void)state;
	assert_head_refused(0, 8, UINT64_C(1) << 48);
	assert_head_refused(8, 8, 9); /* more pointers than bytes */
	assert_head_refused(21, 1, 0);
	assert_head_refused(21, 1, 6);
	assert_head_refused(23, 1, 0);
	assert_head_refused(23, 1, VOLE_NUM_KINDS);
	assert_false(vole_rtype_read(&go.rt, INT + 4, &rtype, &err));
	assert_int_equal(err.code, VOLE_CORRUPT);
}

static void test_absurd_names(void **state)
{
	(void)state;
	put(VOLE_KIND_INT, 8, 0, 0, 0);
	fake_put(&go, IT + 40, 4, UINT32_MAX);
	assert_refused(IT, VOLE_CORRUPT);
	fake_rtype(&go, IT + 0x80, VOLE_KIND_INT, 0, 0x1000);
	assert_refused(IT + 0x80, VOLE_CORRUPT); /* behind the module's types */
	fake_rtype(&go, IT + 0xc0, VOLE_KIND_INT, 0, NAME);
	fake_put(&go, FAKE_BASE + NAME + 1, 8, UINT64_MAX);
	assert_refused(IT + 0xc0, VOLE_CORRUPT); /* a length without an end */
}

static void test_absurd_structs(void **state)
{
	(void)state;
	put(VOLE_KIND_STRUCT, 8, 0, FIELDS, UINT64_C(1) << 40);
	assert_refused(IT, VOLE_CORRUPT);
	fake_rtype(&go, IT + 0x80, VOLE_KIND_STRUCT, 0, NAME);
	fake_rtype_tail(&go, IT + 0x80, 0, FIELDS, 1);
	fake_rtype_field(&go, FIELDS, 0, INT_NAME, INT, 9);
	assert_refused(IT + 0x80, VOLE_CORRUPT); /* a field behind its end */
}

static void test_absurd_arrays(void **state)
{
	(void)state;
	put(VOLE_KIND_ARRAY, 24, INT, 0, 4);
	assert_refused(IT, VOLE_CORRUPT);
	fake_rtype(&go, IT + 0x80, VOLE_KIND_ARRAY, 0, NAME);
	fake_rtype_tail(&go, IT + 0x80, INT, 0, (UINT64_C(1) << 61) + 1);
	assert_refused(IT + 0x80, VOLE_CORRUPT);
}

/* No type holds itself, but damaged memory may say so. */
static void test_array_of_itself(void **state)
{
	(void)state;
	put(VOLE_KIND_ARRAY, 8, IT, 0, 2);
	assert_refused(IT, VOLE_CORRUPT);
}

/* Written in full its name would have 5^17 parts. */
static void test_struct_of_itself(void **state)
{
	const char *name;
	unsigned i;

	(void)state;
	put(VOLE_KIND_STRUCT, 8, 0, FIELDS, 5);
	for (i = 0; i < 5; i++)
		fake_rtype_field(&go, FIELDS, i, INT_NAME, IT, 0);
	assert_false(vole_rtype_name(&go.rt, IT, &go.rt.arena, &name, &err));
	assert_int_equal(err.code, VOLE_CORRUPT);
}

static void test_pointer_to_itself(void **state)
{
	(void)state;
	put(VOLE_KIND_PTR, 8, IT, 0, 0);
	fake_name(&go, NAME, "*T");
	load();
	assert_ptr_equal(type->elem, type);
	assert_string_equal(type->name, "******************T");
}

static void test_end_of_address_space(void **state)
{
	(void)state;
	assert_refused(UINT64_MAX - 7, VOLE_CORRUPT);
	assert_refused(UINT64_MAX, VOLE_CORRUPT);
	/* The last 48 bytes are a sound head whose tail is not there. */
	fake_rtype(&go, UINT64_MAX - 47, VOLE_KIND_PTR, 0, NAME);
	assert_true(vole_rtype_read(&go.rt, UINT64_MAX - 47, &rtype, &err));
	go.module.types = 0;
	go.module.etypes = UINT64_MAX;
	fake_put(&go, UINT64_MAX - 7, 4, FAKE_BASE + NAME);
	assert_refused(UINT64_MAX - 47, VOLE_UNREADABLE);
}

static void test_descriptor_of_a_type(void **state)
{
	const struct vole_type *offset = fake_type(&go, VOLE_KIND_INT, 8);
	uint64_t addr;

	(void)state;
	assert_true(vole_rtype_type(&go.rt, INT, &type, &err));
	assert_true(vole_rtype_of(&go.rt, type, &addr, &err));
	assert_int_equal(addr, INT);
	assert_false(vole_rtype_of(&go.rt, offset, &addr, &err));
	assert_int_equal(err.code, VOLE_NOT_FOUND);
	go.types[0].runtime_type = 0x100;
	assert_true(vole_rtype_of(&go.rt, offset, &addr, &err));
	assert_int_equal(addr, INT);
	go.types[0].runtime_type = TYPES_END - FAKE_BASE;
	assert_false(vole_rtype_of(&go.rt, offset, &addr, &err));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_head),
		TEST(test_direct_in_the_kind),
		TEST(test_a_name_of_a_gigabyte),
		TEST(test_composed_types),
		TEST(test_struct),
		TEST(test_tag_is_part_of_the_name),
		TEST(test_struct_of_go_1_18),
		TEST(test_functions),
		TEST(test_variadic_function),
		TEST(test_named_type_has_its_path),
		TEST(test_interfaces),
		TEST(test_nothing_to_see),
		TEST(test_truncated),
		TEST(test_truncated_fields),
		TEST(test_absurd_heads),
		TEST(test_absurd_names),
		TEST(test_absurd_structs),
		TEST(test_absurd_arrays),
		TEST(test_array_of_itself),
		TEST(test_struct_of_itself),
		TEST(test_pointer_to_itself),
		TEST(test_end_of_address_space),
		TEST(test_descriptor_of_a_type),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
