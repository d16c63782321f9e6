/* Variables of functions, inlined ones too, and where they are. */
#include "fake_dwarf.h"
#include "target/variable.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* Codes of the abbreviations below. */
enum {
	UNIT = 1,
	BASE,
	PARAM_TYPE,
	FUNC,
	PLACED,
	RESULT,
	LISTED,
	CAPTURED,
	BLOCK,
	ABSTRACT,
	PLACELESS,
	INLINED,
	COPY,
	CONSTANT,
};

static struct fake_dwarf fake;
static struct vole_error err;
static struct vole_arena arena;
static struct vole_code_scope *scopes;
static size_t num_scopes;

static void put_abbrevs(void)
{
	/* language, producer, low_pc, addr_base */
	PUT(&fake, ABBREV, UNIT, 0x11, 1, 0x13, 0x0b, 0x25, 0x08, 0x11, 0x01,
	    0x73, 0x17, 0, 0);
	PUT(&fake, ABBREV, BASE, 0x24, 0, 0x03, 0x08, 0, 0);
	/* name, type, DW_AT_go_dict_index */
	PUT(&fake, ABBREV, PARAM_TYPE, 0x16, 0, 0x03, 0x08, 0x49, 0x13, 0x86,
	    0x52, 0x0f, 0, 0);
	/* name, low_pc, high_pc as a size, frame_base */
	PUT(&fake, ABBREV, FUNC, 0x2e, 1, 0x03, 0x08, 0x11, 0x01, 0x12, 0x0f,
	    0x40, 0x18, 0, 0);
	/* name, decl_line, type, location */
	PUT(&fake, ABBREV, PLACED, 0x05, 0, 0x03, 0x08, 0x3b, 0x0b, 0x49, 0x13,
	    0x02, 0x18, 0, 0);
	PUT(&fake, ABBREV, RESULT, 0x05, 0, 0x03, 0x08, 0x4b, 0x0c, 0x49, 0x13,
	    0, 0);
	PUT(&fake, ABBREV, LISTED, 0x34, 0, 0x03, 0x08, 0x49, 0x13, 0x02, 0x17,
	    0, 0);
	/* as PLACED, with DW_AT_go_closure_offset */
	PUT(&fake, ABBREV, CAPTURED, 0x34, 0, 0x03, 0x08, 0x49, 0x13, 0x02,
	    0x18, 0x87, 0x52, 0x0f, 0, 0);
	PUT(&fake, ABBREV, BLOCK, 0x0b, 1, 0x11, 0x01, 0x12, 0x0f, 0, 0);
	PUT(&fake, ABBREV, ABSTRACT, 0x2e, 1, 0x03, 0x08, 0, 0);
	PUT(&fake, ABBREV, PLACELESS, 0x34, 0, 0x03, 0x08, 0x3b, 0x0b, 0x49,
	    0x13, 0, 0);
	PUT(&fake, ABBREV, INLINED, 0x1d, 1, 0x31, 0x13, 0x11, 0x01, 0x12, 0x0f,
	    0, 0);
	PUT(&fake, ABBREV, COPY, 0x34, 0, 0x31, 0x13, 0x02, 0x18, 0, 0);
	PUT(&fake, ABBREV, CONSTANT, 0x34, 0, 0x03, 0x08, 0x49, 0x13, 0x1c,
	    0x0d, 0, 0);
	PUT(&fake, ABBREV, 0);
}

static void put_named(uint8_t code, const char *name)
{
	PUT(&fake, INFO, code);
	fake_text(&fake, INFO, name);
}

static void put_ref(size_t to)
{
	fake_uint(&fake, INFO, to, 4);
}

static void put_code(uint64_t low, uint8_t size)
{
	fake_uint(&fake, INFO, low, 8);
	PUT(&fake, INFO, size);
}

/* main.f, code from 0x1000 to 0x1070; a block at 0x1020, main.g at 0x1050. */
static void put_function(size_t type, size_t generic, size_t g, size_t g_x)
{
	put_named(FUNC, "main.f");
	put_code(0x1000, 0x70);
	PUT(&fake, INFO, 1, 0x9c);
	put_named(PLACED, "a");
	PUT(&fake, INFO, 10);
	put_ref(type);
	PUT(&fake, INFO, 2, 0x91, 0x78); /* fbreg -8 */
	put_named(RESULT, "~r0");
	PUT(&fake, INFO, 1);
	put_ref(generic);
	put_named(LISTED, "listed");
	put_ref(type);
	fake_uint(&fake, INFO, 0, 4);
	put_named(CAPTURED, "&c");
	put_ref(type);
	PUT(&fake, INFO, 1, 0x9c, 16);
	put_named(CONSTANT, "k");
	put_ref(type);
	PUT(&fake, INFO, 0x7d); /* -3 */
	PUT(&fake, INFO, BLOCK);
	put_code(0x1020, 0x20);
	put_named(PLACED, "inner");
	PUT(&fake, INFO, 12);
	put_ref(type);
	PUT(&fake, INFO, 1, 0x50); /* reg0 */
	PUT(&fake, INFO, 0, INLINED);
	put_ref(g);
	put_code(0x1050, 0x10);
	PUT(&fake, INFO, COPY);
	put_ref(g_x);
	PUT(&fake, INFO, 1, 0x51); /* reg1 */
	PUT(&fake, INFO, 0, 0);
}

static void put_info(unsigned version)
{
	size_t begin = fake_begin(&fake, INFO), type, generic, g, g_x;

	fake_uint(&fake, INFO, version, 2);
	if (version == 5)
		PUT(&fake, INFO, 1, 8);
	fake_uint(&fake, INFO, 0, 4);
	if (version < 5)
		PUT(&fake, INFO, 8);
	PUT(&fake, INFO, UNIT, 0x16);
	fake_text(&fake, INFO, "Go cmd/compile go1.26; -N -l");
	fake_uint(&fake, INFO, 0x1000, 8);
	fake_uint(&fake, INFO, 0, 4);
	type = fake.len[INFO];
	put_named(BASE, "int");
	generic = fake.len[INFO];
	put_named(PARAM_TYPE, ".param0");
	put_ref(type);
	PUT(&fake, INFO, 2);
	g = fake.len[INFO];
	put_named(ABSTRACT, "main.g");
	g_x = fake.len[INFO];
	put_named(PLACELESS, "x");
	PUT(&fake, INFO, 20);
	put_ref(type);
	put_named(PLACELESS, "gone");
	PUT(&fake, INFO, 21);
	put_ref(type);
	PUT(&fake, INFO, 0);
	put_function(type, generic, g, g_x);
	PUT(&fake, INFO, 0);
	fake_end(&fake, INFO, begin);
}

/* In rbx from 0x1010 on, from 0x1030 to 0x1040 in rax and nowhere. */
static void put_lists(unsigned version)
{
	if (version == 5) {
		fake_uint(&fake, ADDR, 0x1000, 8);
		PUT(&fake, LOCLISTS, 1, 0, 4, 0x10, 0x30, 1, 0x53);
		PUT(&fake, LOCLISTS, 4, 0x30, 0x40, 5, 0x50, 0x93, 8, 0x93, 8,
		    0);
		return;
	}
	fake_uint(&fake, LOC, 0x10, 8);
	fake_uint(&fake, LOC, 0x30, 8);
	PUT(&fake, LOC, 1, 0, 0x53);
	fake_uint(&fake, LOC, 0x30, 8);
	fake_uint(&fake, LOC, 0x40, 8);
	PUT(&fake, LOC, 5, 0, 0x50, 0x93, 8, 0x93, 8);
	fake_uint(&fake, LOC, 0, 8);
	fake_uint(&fake, LOC, 0, 8);
}

static void build(unsigned version)
{
	memset(&fake, 0, sizeof(fake));
	put_abbrevs();
	put_info(version);
	put_lists(version);
}

static bool at(uint64_t pc)
{
	return fake.di->ops->scopes(fake.di, pc, NULL, &arena, &scopes,
				    &num_scopes, &err);
}

static struct vole_variable *find(size_t scope, const char *name)
{
	size_t i;

	for (i = 0; i < scopes[scope].num_variables; i++)
		if (!strcmp(scopes[scope].variables[i].name, name))
			return &scopes[scope].variables[i];
	return NULL;
}

static bool read_word(void *arg, uint64_t addr, uint64_t *ret)
{
	(void)arg;
	*ret = addr + 0x10000;
	return addr < 0x9000;
}

/* With the frame's end at 0x5000, rbx 7, the program 0x100000 further up. */
static bool locate(const struct vole_variable *variable, struct vole_spots *ret)
{
	struct vole_registers regs = { 0 };
	struct vole_frame_state state = { .has_cfa = true,
					  .cfa = 0x5000,
					  .bias = 0x100000,
					  .regs = &regs,
					  .read = read_word };

	vole_register_set(&regs, 3, 7);
	return fake.di->ops->locate(fake.di, &scopes[0], variable, &state, ret,
				    &err);
}

/* The place that the expression names, or one of kind -1. */
static struct vole_spot place_of(const uint8_t *expr, size_t len)
{
	struct vole_variable v = { .located = VOLE_LOCATED_HERE,
				   .expr = expr,
				   .expr_len = len,
				   .unit = scopes[0].unit };
	struct vole_spots places;

	if (!locate(&v, &places) || places.len != 1)
		return (struct vole_spot){ .kind = (enum vole_spot_kind) - 1 };
	return places.items[0];
}

#define PLACE(...)                                 \
	place_of((const uint8_t[]){ __VA_ARGS__ }, \
		 sizeof((const uint8_t[]){ __VA_ARGS__ }))

static int open_version(void **state)
{
	build((unsigned)(uintptr_t)*state);
	vole_arena_init(&arena, 1 << 20);
	return fake_open(&fake, &err) && at(0x1000) ? 0 : -1;
}

static int close_version(void **state)
{
	(void)state;
	vole_arena_clear(&arena);
	fake_close(&fake);
	return 0;
}

static void a_parameter_lies_in_its_frame(void **state)
{
	struct vole_variable *a;
	struct vole_spots places;

	(void)state;
	a = find(0, "a");
	assert_non_null(a);
	assert_int_equal(a->role, VOLE_ROLE_PARAMETER);
	assert_int_equal(a->line, 10);
	assert_int_equal(a->located, VOLE_LOCATED_HERE);
	assert_true(locate(a, &places));
	assert_int_equal(places.len, 1);
	assert_int_equal(places.items[0].kind, VOLE_SPOT_MEMORY);
	assert_int_equal(places.items[0].at, 0x4ff8);
	assert_int_equal(places.items[0].size, 0);
}

static void what_a_variable_is_to_its_function(void **state)
{
	(void)state;
	assert_int_equal(find(0, "~r0")->role, VOLE_ROLE_RESULT);
	assert_int_equal(find(0, "~r0")->located, VOLE_LOCATED_NOWHERE);
	assert_true(find(0, "~r0")->in_dictionary);
	assert_int_equal(find(0, "~r0")->dict_index, 2);
	assert_int_equal(find(0, "~r0")->type_ref, find(0, "a")->type_ref);
	assert_int_equal(find(0, "listed")->role, VOLE_ROLE_LOCAL);
	assert_true(find(0, "&c")->captured);
	assert_int_equal(find(0, "&c")->closure_offset, 16);
	assert_int_equal(find(0, "k")->located, VOLE_LOCATED_CONSTANT);
	assert_int_equal(find(0, "k")->constant, -3);
	assert_true(scopes[0].is_go);
	assert_false(scopes[0].optimized);
	assert_string_equal(scopes[0].name, "main.f");
}

static void a_list_tells_code_by_code(void **state)
{
	struct vole_spots places;

	(void)state;
	assert_int_equal(find(0, "listed")->located, VOLE_LOCATED_LISTED);
	assert_false(locate(find(0, "listed"), &places));
	assert_true(at(0x1010));
	assert_true(locate(find(0, "listed"), &places));
	assert_int_equal(places.items[0].kind, VOLE_SPOT_REGISTER);
	assert_int_equal(places.items[0].at, 3);
	assert_true(at(0x102f));
	assert_true(locate(find(0, "listed"), &places));
	assert_true(at(0x1040));
	assert_false(locate(find(0, "listed"), &places));
}

static void a_value_may_lie_in_pieces(void **state)
{
	struct vole_spots places;

	(void)state;
	assert_true(at(0x1030));
	assert_true(locate(find(0, "listed"), &places));
	assert_int_equal(places.len, 2);
	assert_int_equal(places.items[0].kind, VOLE_SPOT_REGISTER);
	assert_int_equal(places.items[0].at, 0);
	assert_int_equal(places.items[0].size, 8);
	assert_int_equal(places.items[1].kind, VOLE_SPOT_LOST);
	assert_int_equal(places.items[1].size, 8);
}

static void only_blocks_around_the_pc_have_variables(void **state)
{
	(void)state;
	assert_null(find(0, "inner"));
	assert_true(at(0x1020));
	assert_non_null(find(0, "inner"));
	assert_int_equal(find(0, "inner")->depth, 1);
	assert_int_equal(find(0, "inner")->block, 0x1020);
	assert_int_equal(find(0, "a")->depth, 0);
	assert_true(at(0x1040));
	assert_null(find(0, "inner"));
}

static void an_inlined_call_has_variables_of_its_own(void **state)
{
	struct vole_spots places;

	(void)state;
	assert_int_equal(num_scopes, 1);
	assert_true(at(0x105f));
	assert_int_equal(num_scopes, 2);
	assert_string_equal(scopes[1].name, "main.g");
	assert_int_equal(find(1, "x")->line, 20);
	assert_true(locate(find(1, "x"), &places));
	assert_int_equal(places.items[0].at, 1);
	assert_null(find(0, "x"));
	assert_int_equal(scopes[1].num_variables, 2);
	assert_int_equal(find(1, "gone")->located, VOLE_LOCATED_NOWHERE);
	assert_non_null(find(0, "a"));
}

static void code_of_no_function_has_no_scope(void **state)
{
	(void)state;
	assert_false(at(0x1070));
	assert_int_equal(err.code, VOLE_NOT_FOUND);
	assert_false(at(0xfff));
	assert_false(at(UINT64_MAX));
}

static void a_name_that_is_not_the_codes_misleads_nobody(void **state)
{
	(void)state;
	assert_true(fake.di->ops->scopes(fake.di, 0x1000, "main.g", &arena,
					 &scopes, &num_scopes, &err));
	assert_string_equal(scopes[0].name, "main.f");
	assert_true(fake.di->ops->scopes(fake.di, 0x1010, "main.f", &arena,
					 &scopes, &num_scopes, &err));
	assert_string_equal(scopes[0].name, "main.f");
	assert_false(fake.di->ops->scopes(fake.di, 0x1070, "main.f", &arena,
					  &scopes, &num_scopes, &err));
}

static void expressions_compute_places(void **state)
{
	struct vole_spot p;

	(void)state;
	p = PLACE(0x03, 0x10, 0x20, 0, 0, 0, 0, 0, 0); /* addr */
	assert_int_equal(p.at, 0x102010);
	p = PLACE(0x73, 0x7f); /* breg3 -1 */
	assert_int_equal(p.kind, VOLE_SPOT_MEMORY);
	assert_int_equal(p.at, 6);
	p = PLACE(0x9c, 0x06, 0x23, 4); /* cfa, deref, plus_uconst 4 */
	assert_int_equal(p.at, 0x15004);
	p = PLACE(0x35, 0x33, 0x1c, 0x9f); /* lit5 - lit3, stack_value */
	assert_int_equal(p.kind, VOLE_SPOT_VALUE);
	assert_int_equal(p.at, 2);
	p = PLACE(0x09, 0xfe, 0x9f); /* const1s -2 */
	assert_int_equal(p.at, UINT64_MAX - 1);
	p = PLACE(0x9e, 2, 0xaa, 0xbb); /* implicit_value */
	assert_int_equal(p.kind, VOLE_SPOT_BYTES);
	assert_int_equal(p.bytes_len, 2);
	assert_int_equal(p.bytes[1], 0xbb);
	p = PLACE(0x90, 17); /* regx xmm0 */
	assert_int_equal(p.kind, VOLE_SPOT_REGISTER);
	assert_int_equal(p.at, 17);
}

static void expressions_that_make_no_sense_are_refused(void **state)
{
	const enum vole_spot_kind none = (enum vole_spot_kind) - 1;
	uint8_t deep[40];

	(void)state;
	assert_int_equal(PLACE(0x06).kind, none); /* deref of nothing */
	assert_int_equal(PLACE(0x22).kind, none); /* plus of nothing */
	assert_int_equal(PLACE(0x93, 0).kind, none); /* a piece of no bytes */
	assert_int_equal(PLACE(0x50, 0x93, 8, 0x51).kind, none);
	assert_int_equal(PLACE(0x9e, 9, 1).kind, none); /* past the end */
	assert_int_equal(PLACE(0x91).kind, none);
	assert_int_equal(PLACE(0x90, 0x80).kind, none);
	memset(deep, 0x31, sizeof(deep));
	assert_int_equal(place_of(deep, sizeof(deep)).kind, none);
	assert_int_equal(err.code, VOLE_CORRUPT);
}

static void what_cannot_be_computed_says_why(void **state)
{
	(void)state;
	PLACE(0x70, 0); /* breg0 */
	assert_int_equal(err.code, VOLE_NOT_FOUND);
	assert_non_null(strstr(err.text, "rax"));
	PLACE(0xa3, 1, 0x50); /* entry_value */
	assert_int_equal(err.code, VOLE_NOT_FOUND);
	assert_non_null(strstr(err.text, "began"));
	PLACE(0xe0); /* GNU_push_tls_address */
	assert_int_equal(err.code, VOLE_UNSUPPORTED);
	PLACE(0x0a, 0x00, 0x90, 0x06); /* deref of 0x9000 */
	assert_int_equal(err.code, VOLE_UNREADABLE);
}

static void every_cut_is_survived(void **state)
{
	static const uint64_t pcs[] = { 0x1000, 0x1010, 0x1020, 0x1030,
					0x1050 };
	struct vole_spots places;
	size_t section, len, i, s, v;

	close_version(state);
	for (section = 0; section < FAKE_SECTIONS; section++) {
		build((unsigned)(uintptr_t)*state);
		for (len = fake.len[section]; len > 0; len--) {
			fake.len[section] = len - 1;
			if (!fake_open(&fake, &err))
				continue;
			for (i = 0; i < 5; i++)
				for (s = 0; at(pcs[i]) && s < num_scopes; s++)
					for (v = 0; v < scopes[s].num_variables;
					     v++)
						(void)!locate(
							&scopes[s].variables[v],
							&places);
			vole_arena_clear(&arena);
			fake_close(&fake);
		}
	}
	assert_int_equal(open_version(state), 0);
}

#define TEST(name, version)                                         \
	{                                                           \
#name " of version " #version, name, open_version,  \
			close_version, (void *)(uintptr_t)(version) \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_parameter_lies_in_its_frame, 4),
		TEST(what_a_variable_is_to_its_function, 4),
		TEST(a_list_tells_code_by_code, 4),
		TEST(a_list_tells_code_by_code, 5),
		TEST(a_value_may_lie_in_pieces, 4),
		TEST(a_value_may_lie_in_pieces, 5),
		TEST(only_blocks_around_the_pc_have_variables, 4),
		TEST(an_inlined_call_has_variables_of_its_own, 4),
		TEST(an_inlined_call_has_variables_of_its_own, 5),
		TEST(code_of_no_function_has_no_scope, 4),
		TEST(a_name_that_is_not_the_codes_misleads_nobody, 4),
		TEST(expressions_compute_places, 4),
		TEST(expressions_that_make_no_sense_are_refused, 4),
		TEST(what_cannot_be_computed_says_why, 4),
		TEST(every_cut_is_survived, 4),
		TEST(every_cut_is_survived, 5),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
