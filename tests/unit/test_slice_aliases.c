/* What leads into an array, in memory that lies. */
#include "command/slice_aliases.h"

#include "fake_heap.h"
#include "fake_sched.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

enum {
	ALLGS = FAKE_BASE + 0x2800,
	ALLM = FAKE_BASE + 0x2900,
	DATA = FAKE_BASE + 0x3000,
	MASK = FAKE_BASE + 0x3100,
	M = FAKE_BASE + 0x40000,
	ARRAY = FAKE_PAGES, /* an object of 16 bytes */
	HOLDER = FAKE_PAGES + 0x2000, /* objects of 48, each with a pointer */
};

static struct fake_sched s;
static struct vole_kept kept;
static struct vole_arena arena;
static struct vole_ui ui;
static struct vole_sink *sink;
static struct vole_settings settings;
static struct vole_slice slice;
static struct vole_backing backing;
static struct vole_aliases found;
static struct vole_error err;

static bool no_symbols(struct vole_debuginfo *di, uint32_t kinds,
		       bool (*each)(void *arg,
				    const struct vole_symbol *symbol),
		       void *arg, struct vole_error *fail)
{
	(void)di, (void)kinds, (void)each, (void)arg, (void)fail;
	return true;
}

static void on_write(struct vole_ui *to, const char *text, size_t len)
{
	(void)to, (void)text, (void)len;
}

static bool on_interrupted(struct vole_ui *of)
{
	(void)of;
	return false;
}

static void add_heap(void)
{
	struct fake_span bits = fake_bits_span(), tiny = fake_tiny_span();

	fake_heap_add(&s.go);
	fake_heap_typed(&s.go);
	fake_var(&s, "runtime.mheap_", FAKE_MHEAP);
	fake_var(&s, "runtime.gcphase", FAKE_GCPHASE);
	fake_var(&s, "internal/runtime/gc.SizeClassToSize", FAKE_CLASSES);
	fake_var(&s, "runtime.allgs", ALLGS);
	fake_var(&s, "runtime.allm", ALLM);
	fake_span_put(&s.go, 0, &bits);
	fake_span_put(&s.go, 1, &tiny);
	fake_put(&s.go, HOLDER + 8192 - 128, 8, 1 | 1 << 6);
}

/* A variable leads to the first holder, whose first word is a pointer. */
static int setup(void **state)
{
	static struct vole_debuginfo_ops ops;

	(void)state;
	fake_sched_open(&s);
	ops = *s.di.ops;
	ops.each = no_symbols;
	s.di.ops = &ops;
	s.go.rt.package_vars = vole_package_vars_new();
	s.go.rt.heap = &kept;
	add_heap();
	s.go.rt.modules = (struct vole_modules){ &s.go.module, 1 };
	s.go.module.data = DATA;
	s.go.module.edata = DATA + 64;
	s.go.module.gcdatamask = MASK;
	fake_put(&s.go, MASK, 1, 1);
	fake_put(&s.go, DATA, 8, HOLDER);
	ui = (struct vole_ui){ .write = on_write,
			       .interrupted = on_interrupted };
	sink = vole_sink_text_open(&ui, "slice");
	vole_arena_init(&arena, 1 << 20);
	slice = (struct vole_slice){ ARRAY, 4, 16, 1, NULL };
	backing = (struct vole_backing){ .addr = ARRAY,
					 .size = 16,
					 .slice = &slice };
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	vole_aliases_close(&found);
	vole_sink_close(sink);
	vole_arena_clear(&arena);
	vole_heap_close(kept.item);
	kept = (struct vole_kept){ 0 };
	s.go.rt.heap = NULL;
	vole_package_vars_free(s.go.rt.package_vars);
	s.go.rt.package_vars = NULL;
	fake_sched_close(&s);
	return 0;
}

static bool find(void)
{
	static struct vole_context ctx;

	ctx = (struct vole_context){ .rt = &s.go.rt,
				     .arena = &arena,
				     .sink = sink,
				     .settings = &settings };
	return vole_aliases_find(&ctx, &backing, &found, &err);
}

/* The words of a header that leads into the array at offset @p at. */
static const struct vole_alias *header(uint64_t at, uint64_t len, uint64_t cap)
{
	fake_put(&s.go, HOLDER, 8, ARRAY + at);
	fake_put(&s.go, HOLDER + 8, 8, len);
	fake_put(&s.go, HOLDER + 16, 8, cap);
	assert_true(find());
	assert_int_equal(found.found.len, 1);
	assert_int_equal(found.found.items[0].data, ARRAY + at);
	return &found.found.items[0];
}

static void what_looks_like_a_header_may_be_one(void **state)
{
	const struct vole_alias *a = header(4, 2, 12);

	(void)state;
	assert_int_equal(a->kind, VOLE_ALIAS_SLICE);
	assert_false(a->exact);
	assert_int_equal(a->len, 2);
	assert_int_equal(a->cap_bytes, 12);
	assert_int_equal(a->object, HOLDER);
}

static void bytes_without_a_capacity_may_be_a_string(void **state)
{
	const struct vole_alias *a = header(4, 2, 99);

	(void)state;
	assert_int_equal(a->kind, VOLE_ALIAS_STRING);
	assert_false(a->exact);
	assert_int_equal(a->len_bytes, 2);
}

static void a_length_that_cannot_be_is_none(void **state)
{
	const struct vole_alias *a = header(4, 13, 13);

	(void)state;
	assert_int_equal(a->kind, VOLE_ALIAS_POINTER);
	assert_true(a->exact);
	assert_true(a->open_end);
	assert_int_equal(a->cap_bytes, 12);
}

static void an_absurd_length_is_none(void **state)
{
	const struct vole_alias *a = header(15, UINT64_MAX, UINT64_MAX);

	(void)state;
	assert_int_equal(a->kind, VOLE_ALIAS_POINTER);
	assert_int_equal(a->cap_bytes, 1);
}

/* Words of eight bytes: none fit behind the second. */
static void elements_that_do_not_fit(void **state)
{
	const struct vole_alias *a;

	(void)state;
	slice.elem_size = 8;
	slice.cap = 2;
	a = header(8, 2, 2);
	assert_int_equal(a->kind, VOLE_ALIAS_POINTER);
}

static void one_that_covers_it_all(void **state)
{
	const struct vole_alias *a;

	(void)state;
	slice.elem_size = 8;
	slice.cap = 2;
	a = header(0, 1, 2);
	assert_int_equal(a->kind, VOLE_ALIAS_SLICE);
	assert_int_equal(a->len_bytes, 8);
	assert_int_equal(a->cap_bytes, 16);
}

static void its_own_header_is_not_told(void **state)
{
	(void)state;
	fake_put(&s.go, HOLDER, 8, ARRAY);
	backing.self = HOLDER;
	assert_true(find());
	assert_int_equal(found.found.len, 0);
}

static void garbage_has_nothing(void **state)
{
	(void)state;
	fake_put(&s.go, HOLDER + 48, 8, ARRAY);
	assert_true(find());
	assert_int_equal(found.found.len, 0);
}

static void a_register_is_told_by_its_name(void **state)
{
	const struct vole_alias *a;

	(void)state;
	fake_put(&s.go, ALLM, 8, M);
	fake_set(&s, M, VOLE_M_PROCID, 10);
	fake_thread(&s, 10, 0, 0)->bp = ARRAY + 4;
	assert_true(find());
	assert_int_equal(found.found.len, 1);
	a = &found.found.items[0];
	assert_int_equal(a->kind, VOLE_ALIAS_POINTER);
	assert_false(a->exact);
	assert_int_equal(a->ref.kind, VOLE_ROOT_REGISTERS);
	assert_string_equal(a->owner.where, "rbp of thread 10");
	assert_string_equal(a->owner.reg, "rbp");
}

/* At either end of the address space. */
static void what_cannot_be_widened_is_not(void **state)
{
	struct vole_context ctx = { .rt = &s.go.rt,
				    .arena = &arena,
				    .sink = sink,
				    .settings = &settings };

	(void)state;
	backing.kind = VOLE_BACKING_BARE;
	backing.addr = 16;
	assert_true(vole_backing_widen(&ctx, &backing, &err));
	assert_int_equal(backing.addr, 16);
	assert_int_equal(backing.size, 16);
	backing.widened = false;
	backing.addr = UINT64_MAX - 15;
	assert_true(vole_backing_widen(&ctx, &backing, &err));
	assert_int_equal(backing.addr, UINT64_MAX - 15);
	assert_int_equal(backing.size, 16);
}

/* Elements of no size have no array; whoever asks gets no division by it. */
static void elements_of_no_size(void **state)
{
	(void)state;
	slice.elem_size = 0;
	assert_int_equal(header(0, 4, 4)->kind, VOLE_ALIAS_POINTER);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_looks_like_a_header_may_be_one),
		TEST(bytes_without_a_capacity_may_be_a_string),
		TEST(a_length_that_cannot_be_is_none),
		TEST(an_absurd_length_is_none),
		TEST(elements_that_do_not_fit),
		TEST(one_that_covers_it_all),
		TEST(its_own_header_is_not_told),
		TEST(garbage_has_nothing),
		TEST(a_register_is_told_by_its_name),
		TEST(what_cannot_be_widened_is_not),
		TEST(elements_of_no_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
