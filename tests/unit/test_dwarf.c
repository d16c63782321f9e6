/* Hand-made debug information: names, types, damage. */
#include "dwarf/dwarf.h"

#include "target/elf.h"
#include "target/types.h"

#include <elf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* Codes of the abbreviations below. */
enum { UNIT = 1, BASE, TYPEDEF, STRUCT, MEMBER, VARIABLE, ARRAY, RANGE };

static const uint8_t abbrevs[] = {
	UNIT,	  0x11,	   1,	 0x13, 0x0b, 0,	   0, /* language: data1 */
	BASE,	  0x24,	   0,	 0x03, 0x08, 0x3e, 0x0b, 0x0b, 0x0b,  0,
	0,	  TYPEDEF, 0x16, 0,    0x03, 0x08, 0x49, 0x10, 0,     0,
	STRUCT,	  0x13,	   1,	 0x03, 0x08, 0x0b, 0x0b, 0,    0,     MEMBER,
	0x0d,	  0,	   0x03, 0x08, 0x49, 0x10, 0x38, 0x0b, 0,     0,
	VARIABLE, 0x34,	   0,	 0x03, 0x08, 0x49, 0x10, 0x02, 0x0a,  0,
	0,	  ARRAY,   0x01, 1,    0x49, 0x10, 0,	 0,    RANGE, 0x21,
	0,	  0x37,	   0x0b, 0,    0,    0,
};

static uint8_t info[512];
static size_t len;
static struct vole_elf_section sections[2];
static struct vole_elf elf;
static struct vole_debuginfo *di;
static struct vole_types *types;
static struct vole_error err;

static void byte(uint8_t b)
{
	info[len++] = b;
}

static void word(uint32_t w)
{
	memcpy(info + len, &w, sizeof(w));
	len += sizeof(w);
}

static void name(const char *text)
{
	memcpy(info + len, text, strlen(text) + 1);
	len += strlen(text) + 1;
}

/* Offsets of entries that others refer to. */
static uint32_t at_int, at_point, at_loop;

static void build(void)
{
	len = 0;
	word(0);
	byte(4), byte(0), word(0), byte(8);
	byte(UNIT), byte(0x16);
	at_int = (uint32_t)len;
	byte(BASE), name("int"), byte(5), byte(8);
	at_point = (uint32_t)len;
	byte(STRUCT), name("main.Point"), byte(16);
	byte(MEMBER), name("X"), word(at_int), byte(0);
	byte(MEMBER), name("Y"), word(at_int), byte(8);
	byte(0);
	byte(TYPEDEF), name("main.Point"), word(at_point);
	at_loop = (uint32_t)len;
	byte(TYPEDEF), name("main.Loop"), word(at_loop);
	byte(VARIABLE), name("main.p"), word(at_point), byte(9), byte(3);
	word(0x601000), word(0);
	byte(0);
	info[0] = (uint8_t)(len - 4);
}

static bool open_info(size_t size)
{
	static uint8_t file[1024];

	memcpy(file, abbrevs, sizeof(abbrevs));
	memcpy(file + sizeof(abbrevs), info, size);
	sections[0] = (struct vole_elf_section){ .name = ".debug_abbrev",
						 .type = SHT_PROGBITS,
						 .size = sizeof(abbrevs) };
	sections[1] = (struct vole_elf_section){ .name = ".debug_info",
						 .type = SHT_PROGBITS,
						 .offset = sizeof(abbrevs),
						 .size = size };
	elf = (struct vole_elf){ .path = "test",
				 .data = file,
				 .size = sizeof(abbrevs) + size,
				 .sections = sections,
				 .num_sections = 2 };
	if (!vole_dwarf_open(&elf, &di, &err))
		return false;
	assert_true(vole_types_open(di, &types, &err));
	return true;
}

static void close_info(void)
{
	vole_types_close(types);
	di->ops->close(di);
}

static void a_variable_has_address_and_type(void **state)
{
	struct vole_symbol_info found;
	struct vole_symbol symbol;
	struct vole_type *type;

	(void)state;
	build();
	assert_true(open_info(len));
	assert_true(di->is_go);
	assert_true(
		di->ops->find(di, VOLE_SYMBOL_VAR, "main.p", &symbol, &err));
	assert_true(di->ops->info(di, &symbol, &found, &err));
	assert_true(found.has_addr);
	assert_int_equal(found.addr, 0x601000);
	assert_true(vole_types_get(types, VOLE_TYPE_DEBUGINFO, found.type_ref,
				   &type, &err));
	assert_int_equal(type->kind, VOLE_KIND_STRUCT);
	assert_int_equal(type->num_fields, 2);
	assert_string_equal(type->fields[1].name, "Y");
	assert_int_equal(type->fields[1].offset, 8);
	assert_false(
		di->ops->find(di, VOLE_SYMBOL_VAR, "main.q", &symbol, &err));
	assert_int_equal(err.code, VOLE_NOT_FOUND);
	close_info();
}

static void a_typedef_wins_over_its_struct(void **state)
{
	struct vole_symbol symbol;

	(void)state;
	build();
	assert_true(open_info(len));
	assert_true(di->ops->find(di, VOLE_SYMBOL_TYPE, "main.Point", &symbol,
				  &err));
	assert_int_not_equal(symbol.ref, at_point);
	close_info();
}

static void a_typedef_of_itself_is_damage(void **state)
{
	struct vole_type *type;

	(void)state;
	build();
	assert_true(open_info(len));
	assert_false(vole_types_find(types, "main.Loop", &type, &err));
	assert_int_equal(err.code, VOLE_CORRUPT);
	close_info();
}

/* An array of one of what is at @p elem. */
static uint32_t array(uint32_t elem)
{
	uint32_t at = (uint32_t)len;

	byte(ARRAY), word(elem);
	byte(RANGE), byte(1);
	byte(0);
	return at;
}

static void finish(void)
{
	uint32_t size = (uint32_t)(len - 4);

	byte(0);
	size++;
	memcpy(info, &size, sizeof(size));
}

static void an_array_of_itself_is_damage(void **state)
{
	struct vole_type *type;
	uint32_t at;

	(void)state;
	build();
	len--; /* the unit goes on */
	at = array((uint32_t)len);
	finish();
	assert_true(open_info(len));
	assert_false(
		vole_types_get(types, VOLE_TYPE_DEBUGINFO, at, &type, &err));
	assert_int_equal(err.code, VOLE_CORRUPT);
	close_info();
}

static void arrays_may_be_in_each_other(void **state)
{
	struct vole_type *type;
	uint32_t at, i;

	(void)state;
	build();
	len--;
	for (at = at_int, i = 0; i < 20; i++)
		at = array(at);
	finish();
	assert_true(open_info(len));
	assert_true(
		vole_types_get(types, VOLE_TYPE_DEBUGINFO, at, &type, &err));
	assert_int_equal(type->size, 8);
	assert_int_equal(vole_type_align(types, type), 8);
	close_info();
}

static void a_struct_of_itself_has_an_alignment(void **state)
{
	struct vole_type *type;
	uint32_t at, i;

	(void)state;
	build();
	len--;
	at = (uint32_t)len;
	byte(STRUCT), name("main.Self"), byte(8);
	for (i = 0; i < 8; i++)
		byte(MEMBER), name("x"), word(at), byte(0);
	byte(MEMBER), name("y"), word(at_int), byte(0);
	byte(0);
	finish();
	assert_true(open_info(len));
	assert_true(
		vole_types_get(types, VOLE_TYPE_DEBUGINFO, at, &type, &err));
	assert_int_equal(vole_type_align(types, type), 8);
	close_info();
}

static void every_cut_is_survived(void **state)
{
	struct vole_symbol symbol;
	size_t size;

	(void)state;
	build();
	for (size = 0; size < len; size++) {
		if (!open_info(size))
			continue;
		(void)!di->ops->find(di, 15, "main.p", &symbol, &err);
		close_info();
	}
}

static void a_unit_longer_than_its_section_is_refused(void **state)
{
	(void)state;
	build();
	info[0] = 0xf0;
	assert_false(open_info(len));
	assert_int_equal(err.code, VOLE_CORRUPT);
}

static void without_debug_information_it_says_so(void **state)
{
	(void)state;
	elf = (struct vole_elf){ .path = "test" };
	assert_false(vole_dwarf_open(&elf, &di, &err));
	assert_int_equal(err.code, VOLE_NO_DEBUG_INFO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_variable_has_address_and_type),
		cmocka_unit_test(a_typedef_wins_over_its_struct),
		cmocka_unit_test(a_typedef_of_itself_is_damage),
		cmocka_unit_test(an_array_of_itself_is_damage),
		cmocka_unit_test(arrays_may_be_in_each_other),
		cmocka_unit_test(a_struct_of_itself_has_an_alignment),
		cmocka_unit_test(every_cut_is_survived),
		cmocka_unit_test(a_unit_longer_than_its_section_is_refused),
		cmocka_unit_test(without_debug_information_it_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
