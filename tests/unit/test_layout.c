/* Fields of runtime structures: found in debug information, read by a view. */
#include "target/layout.h"
#include "target/view.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { MAX_FIELDS = 12, BASE = 0x10000 };

/* A type of the fake debug information; its reference is its place + 1. */
struct fake_type {
	const char *name;
	enum vole_kind kind;
	uint64_t size;
	struct {
		const char *name;
		uint64_t offset;
		int type;
	} fields[MAX_FIELDS];
};

enum { NONE, UINT16, UINT32, UINT, INT, PTR, WAITQ, HCHAN, ITAB, NUM_TYPES };

static const struct fake_type sound[NUM_TYPES] = {
	[UINT16] = { "uint16", VOLE_KIND_UINT16, 2, { { NULL } } },
	[UINT32] = { "uint32", VOLE_KIND_UINT32, 4, { { NULL } } },
	[UINT] = { "uint", VOLE_KIND_UINT, 8, { { NULL } } },
	[INT] = { "int", VOLE_KIND_INT, 8, { { NULL } } },
	[PTR] = { "*int", VOLE_KIND_PTR, 8, { { NULL } } },
	[WAITQ] = { "runtime.waitq",
		    VOLE_KIND_STRUCT,
		    16,
		    { { "first", 0, PTR }, { "last", 8, PTR } } },
	[HCHAN] = { "runtime.hchan",
		    VOLE_KIND_STRUCT,
		    96,
		    { { "qcount", 0, UINT },
		      { "dataqsiz", 8, UINT },
		      { "buf", 16, PTR },
		      { "elemsize", 24, UINT16 },
		      { "closed", 28, UINT32 },
		      { "timer", 32, PTR },
		      { "elemtype", 40, PTR },
		      { "sendx", 48, UINT },
		      { "recvx", 56, UINT },
		      { "recvq", 64, WAITQ },
		      { "sendq", 80, WAITQ } } },
	/* As Go 1.21 has it. */
	[ITAB] = { "runtime.itab",
		   VOLE_KIND_STRUCT,
		   32,
		   { { "inter", 0, PTR },
		     { "_type", 8, PTR },
		     { "hash", 16, UINT32 },
		     { "fun", 24, PTR } } },
};

static struct fake_type fakes[NUM_TYPES];
static struct vole_field fields[NUM_TYPES][MAX_FIELDS];
static bool damaged; /* nothing can be loaded */
static struct vole_types *types;
static struct vole_layout layout;
static struct vole_error err;

static bool fake_find(struct vole_debuginfo *di, uint32_t kinds,
		      const char *name, struct vole_symbol *ret,
		      struct vole_error *e)
{
	int i;

	(void)di;
	if (kinds == VOLE_SYMBOL_CONST && !strcmp(name, "runtime.emptyOne")) {
		*ret = (struct vole_symbol){ .name = name };
		return true;
	}
	for (i = 1; kinds == VOLE_SYMBOL_TYPE && i < NUM_TYPES; i++) {
		if (!fakes[i].name || strcmp(fakes[i].name, name))
			continue;
		*ret = (struct vole_symbol){ .name = name, .ref = (uint64_t)i };
		return true;
	}
	return vole_fail(e, VOLE_NOT_FOUND, VOLE_NOWHERE, "no %s", name);
}

static bool fake_info(struct vole_debuginfo *di,
		      const struct vole_symbol *symbol,
		      struct vole_symbol_info *ret, struct vole_error *e)
{
	(void)di;
	(void)symbol;
	(void)e;
	*ret = (struct vole_symbol_info){ .value = 1 };
	return true;
}

static bool fake_load(struct vole_debuginfo *di, struct vole_types *all,
		      struct vole_type *type, struct vole_error *e)
{
	const struct fake_type *from = &fakes[type->ref];
	struct vole_field *to = fields[type->ref];

	(void)di;
	if (damaged)
		return vole_fail(e, VOLE_CORRUPT, VOLE_NOWHERE, "damaged");
	type->name = from->name;
	type->kind = from->kind;
	type->size = from->size;
	type->fields = to;
	for (type->num_fields = 0; from->fields[type->num_fields].name;
	     type->num_fields++)
		to[type->num_fields] = (struct vole_field){
			.name = from->fields[type->num_fields].name,
			.offset = from->fields[type->num_fields].offset,
			.type = vole_types_stub(
				all, VOLE_TYPE_DEBUGINFO,
				(uint64_t)from->fields[type->num_fields].type),
		};
	return true;
}

static const struct vole_debuginfo_ops ops = {
	.find = fake_find,
	.info = fake_info,
	.load = fake_load,
};
static struct vole_debuginfo di = { .ops = &ops };

static int set_up(void **state)
{
	(void)state;
	memcpy(fakes, sound, sizeof(fakes));
	damaged = false;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	vole_types_close(types);
	types = NULL;
	return 0;
}

static bool resolve(void)
{
	vole_types_close(types);
	types = NULL;
	return vole_types_open(&di, &types, &err) &&
	       vole_layout_resolve(types, &di, &layout, &err);
}

static void assert_refused(enum vole_code code, const char *why)
{
	assert_false(resolve());
	assert_int_equal(err.code, code);
	assert_non_null(strstr(err.text, why));
}

/* --- resolving --------------------------------------------------------------- */

static void fields_lie_where_the_debug_information_says(void **state)
{
	(void)state;
	assert_true(resolve());
	assert_int_equal(layout.source, VOLE_LAYOUT_DEBUGINFO);
	assert_true(layout.has[VOLE_STRUCT_HCHAN]);
	assert_int_equal(layout.size[VOLE_STRUCT_HCHAN], 96);
	assert_int_equal(layout.place[VOLE_HCHAN_ELEMSIZE].offset, 24);
	assert_int_equal(layout.place[VOLE_HCHAN_ELEMSIZE].size, 2);
}

static void a_path_crosses_embedded_structs(void **state)
{
	(void)state;
	assert_true(resolve());
	assert_int_equal(layout.place[VOLE_HCHAN_SENDQ].offset, 80);
	assert_string_equal(layout.place[VOLE_HCHAN_SENDQ].path, "sendq.first");
}

static void an_older_spelling_will_do(void **state)
{
	(void)state;
	assert_true(resolve());
	assert_true(layout.has[VOLE_STRUCT_ITAB]);
	assert_string_equal(layout.name[VOLE_STRUCT_ITAB], "runtime.itab");
	assert_string_equal(layout.place[VOLE_ITAB_TYPE].path, "_type");
	assert_int_equal(layout.place[VOLE_ITAB_TYPE].offset, 8);
}

static void structures_that_a_release_lacks_are_no_error(void **state)
{
	size_t i;

	(void)state;
	memset(fakes, 0, sizeof(fakes));
	assert_true(resolve());
	for (i = 0; i < VOLE_NUM_STRUCTS; i++)
		assert_false(layout.has[i]);
	for (i = 0; i < VOLE_NUM_FIELDS; i++)
		assert_false(layout.place[i].known);
}

static void a_field_that_some_releases_lack_may_be_missing(void **state)
{
	(void)state;
	fakes[HCHAN].fields[5].name = "other";
	assert_true(resolve());
	assert_false(layout.place[VOLE_HCHAN_TIMER].known);
	assert_true(layout.place[VOLE_HCHAN_ELEMTYPE].known);
}

static void any_other_field_may_not(void **state)
{
	(void)state;
	fakes[HCHAN].fields[3].name = "other";
	assert_refused(VOLE_UNSUPPORTED,
		       "runtime.hchan has no field elemsize of kind uint");
}

static void a_field_of_another_kind_is_refused(void **state)
{
	(void)state;
	fakes[HCHAN].fields[3].type = WAITQ;
	assert_refused(VOLE_UNSUPPORTED, "elemsize");
	set_up(NULL);
	fakes[HCHAN].fields[0].type = INT;
	assert_refused(VOLE_UNSUPPORTED, "qcount");
	set_up(NULL);
	fakes[HCHAN].fields[2].type = UINT;
	assert_refused(VOLE_UNSUPPORTED, "buf");
}

static void a_field_outside_its_structure_is_damage(void **state)
{
	(void)state;
	fakes[HCHAN].size = 84;
	assert_refused(VOLE_CORRUPT, "sendq.first lies outside");
	fakes[HCHAN].size = 4;
	assert_refused(VOLE_CORRUPT, "qcount lies outside");
}

static void absurd_offsets_and_sizes_are_not_believed(void **state)
{
	(void)state;
	fakes[HCHAN].fields[8].offset = UINT64_MAX - 8;
	assert_refused(VOLE_CORRUPT, "at offset");
	set_up(NULL);
	fakes[WAITQ].fields[0].offset = UINT64_MAX;
	assert_refused(VOLE_CORRUPT, "at offset");
	set_up(NULL);
	fakes[UINT16].size = UINT64_MAX;
	assert_refused(VOLE_CORRUPT, "elemsize lies outside");
	set_up(NULL);
	fakes[HCHAN].size = UINT64_MAX;
	assert_true(resolve());
	assert_false(layout.has[VOLE_STRUCT_HCHAN]);
}

static void damage_is_told(void **state)
{
	(void)state;
	damaged = true;
	assert_refused(VOLE_CORRUPT, "damaged");
}

static void constants_are_looked_up(void **state)
{
	(void)state;
	assert_true(resolve());
	assert_true(layout.has_const[VOLE_CONST_EMPTY_ONE]);
	assert_int_equal(layout.value[VOLE_CONST_EMPTY_ONE], 1);
	assert_false(layout.has_const[VOLE_CONST_MIN_TOP_HASH]);
}

/* --- views ------------------------------------------------------------------- */

static uint8_t bytes[96]; /* at BASE, and the same at the end of memory */

static size_t host_read(struct vole_host *host, uint64_t addr, void *buf,
			size_t len)
{
	uint64_t skip = addr - BASE, end = UINT64_MAX - sizeof(bytes) + 1;

	(void)host;
	if (addr >= end)
		skip = addr - end;
	if (skip >= sizeof(bytes))
		return 0;
	if (len > sizeof(bytes) - skip)
		len = (size_t)(sizeof(bytes) - skip);
	memcpy(buf, bytes + skip, len);
	return len;
}

static struct vole_host host = { .read = host_read };
static struct vole_memory mem;

static int set_up_view(void **state)
{
	size_t i;

	set_up(state);
	assert_true(resolve());
	vole_memory_init(&mem, &host, NULL, NULL, 0);
	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(0x80 + i);
	return 0;
}

static int tear_down_view(void **state)
{
	vole_memory_free(&mem);
	return tear_down(state);
}

static void a_view_reads_fields_in_their_width(void **state)
{
	struct vole_view v = vole_view(&layout, &mem, BASE, &err);

	(void)state;
	assert_int_equal(vole_get(&v, VOLE_HCHAN_ELEMSIZE), 0x9998);
	assert_int_equal(vole_get(&v, VOLE_HCHAN_CLOSED), 0x9f9e9d9c);
	assert_true(vole_get(&v, VOLE_HCHAN_QCOUNT) == 0x8786858483828180);
	assert_int_equal(vole_get_addr(&v, VOLE_HCHAN_SENDQ), BASE + 80);
	assert_true(v.ok);
}

static void a_wider_field_is_read_by_its_first_word(void **state)
{
	struct vole_view v = vole_view(&layout, &mem, BASE, &err);

	(void)state;
	layout.place[VOLE_HCHAN_BUF].size = 24;
	assert_true(vole_get(&v, VOLE_HCHAN_BUF) == 0x9796959493929190);
	assert_true(v.ok);
}

static void the_first_error_of_a_view_sticks(void **state)
{
	struct vole_view v = vole_view(&layout, &mem, BASE + 90, &err);

	(void)state;
	assert_int_equal(vole_get(&v, VOLE_HCHAN_DATAQSIZ), 0);
	assert_false(v.ok);
	assert_int_equal(err.code, VOLE_UNREADABLE);
	assert_int_equal(err.addr, BASE + 98);
	assert_non_null(strstr(err.text, "reading HCHAN.DATAQSIZ"));
	v.addr = BASE;
	assert_int_equal(vole_get(&v, VOLE_HCHAN_QCOUNT), 0);
	assert_int_equal(vole_get_addr(&v, VOLE_HCHAN_SENDQ), 0);
}

static void an_absent_field_is_0_when_it_may_be(void **state)
{
	struct vole_view v = vole_view(&layout, &mem, BASE, &err);

	(void)state;
	layout.place[VOLE_HCHAN_TIMER].known = false;
	layout.place[VOLE_HCHAN_BUF].known = false;
	assert_int_equal(vole_get(&v, VOLE_HCHAN_TIMER), 0);
	assert_true(v.ok);
	assert_int_equal(vole_get(&v, VOLE_HCHAN_BUF), 0);
	assert_false(v.ok);
	assert_int_equal(err.code, VOLE_NO_DEBUG_INFO);
	assert_non_null(strstr(err.text, "HCHAN.BUF"));
}

static void a_view_may_end_with_the_address_space(void **state)
{
	uint64_t end = UINT64_MAX - sizeof(bytes) + 1;
	struct vole_view v = vole_view(&layout, &mem, end, &err);

	(void)state;
	assert_int_equal(vole_get(&v, VOLE_HCHAN_ELEMSIZE), 0x9998);
	assert_true(v.ok);
	v.addr = UINT64_MAX - 23;
	assert_int_equal(vole_get(&v, VOLE_HCHAN_ELEMSIZE), 0);
	assert_false(v.ok);
	assert_int_equal(err.code, VOLE_CORRUPT);
	assert_non_null(strstr(err.text, "past the end of memory"));
	v = vole_view(&layout, &mem, UINT64_MAX - 24, &err);
	assert_int_equal(vole_get(&v, VOLE_HCHAN_ELEMSIZE), 0);
	assert_int_equal(err.code, VOLE_UNREADABLE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
#define TEST_VIEW(name) \
	cmocka_unit_test_setup_teardown(name, set_up_view, tear_down_view)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(fields_lie_where_the_debug_information_says),
		TEST(a_path_crosses_embedded_structs),
		TEST(an_older_spelling_will_do),
		TEST(structures_that_a_release_lacks_are_no_error),
		TEST(a_field_that_some_releases_lack_may_be_missing),
		TEST(any_other_field_may_not),
		TEST(a_field_of_another_kind_is_refused),
		TEST(a_field_outside_its_structure_is_damage),
		TEST(absurd_offsets_and_sizes_are_not_believed),
		TEST(damage_is_told),
		TEST(constants_are_looked_up),
		TEST_VIEW(a_view_reads_fields_in_their_width),
		TEST_VIEW(a_wider_field_is_read_by_its_first_word),
		TEST_VIEW(the_first_error_of_a_view_sticks),
		TEST_VIEW(an_absent_field_is_0_when_it_may_be),
		TEST_VIEW(a_view_may_end_with_the_address_space),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
