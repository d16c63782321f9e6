/* Compressed debug sections: both ways, cut off, of wrong and absurd sizes. */
#include "fake_elf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <zlib.h>
#include <zstd.h>

#include <cmocka.h>

enum { AT = 0x1000, TYPE_ZLIB = 1, TYPE_ZSTD = 2 };

static const char text[] = "what is compressed comes back, back, back, back";
static struct fake_elf f;
static struct vole_elf *elf;
static struct vole_error err;
static const uint8_t *bytes;
static uint64_t num;

static int set_up(void **state)
{
	(void)state;
	fake_elf_begin(&f, ET_EXEC);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	vole_elf_close(elf);
	elf = NULL;
	fake_elf_remove(&f);
	return 0;
}

/* The text, packed, at offset @p at of the file; how long that is. */
static size_t pack(uint32_t type, size_t at)
{
	uLongf len = FAKE_ELF_PAGE;

	if (type == TYPE_ZSTD)
		return ZSTD_compress(f.bytes + at, len, text, sizeof(text), 1);
	assert_int_equal(compress(f.bytes + at, &len, (const Bytef *)text,
				  sizeof(text)),
			 Z_OK);
	return len;
}

static Elf64_Chdr *header(void)
{
	return (Elf64_Chdr *)(void *)(f.bytes + AT);
}

static Elf64_Shdr *add_compressed(uint32_t type)
{
	size_t len = pack(type, AT + sizeof(Elf64_Chdr));

	header()->ch_type = type;
	header()->ch_size = sizeof(text);
	return fake_elf_section(
		&f, ".debug_info",
		(Elf64_Shdr){ .sh_type = SHT_PROGBITS,
			      .sh_flags = SHF_COMPRESSED,
			      .sh_offset = AT,
			      .sh_size = sizeof(Elf64_Chdr) + len });
}

static Elf64_Shdr *add_zdebug(void)
{
	size_t len = pack(TYPE_ZLIB, AT + 12);

	memcpy(f.bytes + AT, "ZLIB\0\0\0\0\0\0\0", 12);
	f.bytes[AT + 11] = sizeof(text);
	return fake_elf_section(&f, ".zdebug_info",
				(Elf64_Shdr){ .sh_type = SHT_PROGBITS,
					      .sh_offset = AT,
					      .sh_size = 12 + len });
}

static bool inflate_it(void)
{
	vole_elf_close(elf);
	fake_elf_write(&f);
	assert_true(vole_elf_open(f.path, &elf, &err));
	return vole_elf_debug_section(elf, ".debug_info", &bytes, &num, &err);
}

static void assert_damaged(void)
{
	assert_false(inflate_it());
	assert_int_equal(err.code, VOLE_CORRUPT);
}

static void assert_inflates(void)
{
	static const uint8_t zeros[16];
	const uint8_t *again;

	assert_true(inflate_it());
	assert_int_equal(num, sizeof(text));
	assert_memory_equal(bytes, text, sizeof(text));
	assert_memory_equal(bytes + num, zeros, sizeof(zeros));
	assert_true(
		vole_elf_debug_section(elf, ".debug_info", &again, &num, &err));
	assert_ptr_equal(again, bytes);
}

static void a_section_inflates_whichever_way(void **state)
{
	(void)state;
	add_compressed(TYPE_ZLIB);
	assert_inflates();
	set_up(NULL);
	add_compressed(TYPE_ZSTD);
	assert_inflates();
	set_up(NULL);
	add_zdebug();
	assert_inflates();
}

static void an_unknown_way_is_named(void **state)
{
	(void)state;
	add_compressed(TYPE_ZLIB);
	header()->ch_type = 77;
	assert_false(inflate_it());
	assert_int_equal(err.code, VOLE_UNSUPPORTED);
	assert_non_null(strstr(err.text, "77"));
}

static void a_section_kept_in_another_file_is_not_found(void **state)
{
	(void)state;
	add_compressed(TYPE_ZLIB)->sh_type = SHT_NOBITS;
	assert_false(inflate_it());
	assert_int_equal(err.code, VOLE_NOT_FOUND);
}

static void every_cut_is_damage(void **state)
{
	Elf64_Shdr *s;
	int way;

	(void)state;
	for (way = 0; way < 3; way++) {
		set_up(NULL);
		s = way == 0 ? add_compressed(TYPE_ZLIB) :
		    way == 1 ? add_compressed(TYPE_ZSTD) :
			       add_zdebug();
		while (s->sh_size) {
			s->sh_size--;
			assert_damaged();
		}
	}
}

static void another_size_than_promised_is_damage(void **state)
{
	static const uint32_t types[] = { TYPE_ZLIB, TYPE_ZSTD };
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		set_up(NULL);
		add_compressed(types[i]);
		header()->ch_size = sizeof(text) - 1;
		assert_damaged();
		header()->ch_size = sizeof(text) + 1;
		assert_damaged();
		header()->ch_size = 0;
		assert_damaged();
	}
}

static void absurd_sizes_cost_no_memory(void **state)
{
	static const uint64_t sizes[] = { UINT64_C(65) << 20,
					  (UINT64_C(2) << 30) + 1,
					  UINT64_MAX - 15, UINT64_MAX };
	size_t i;

	(void)state;
	add_compressed(TYPE_ZLIB);
	for (i = 0; i < 4; i++) {
		header()->ch_size = sizes[i];
		assert_damaged();
		assert_non_null(strstr(err.text, "claims to inflate"));
	}
}

static void a_section_outside_the_file_is_damage(void **state)
{
	(void)state;
	add_compressed(TYPE_ZLIB)->sh_offset = UINT64_MAX - 4;
	assert_damaged();
	fake_elf_shdr(&f, 2)->sh_offset = AT;
	fake_elf_shdr(&f, 2)->sh_size = UINT64_MAX;
	assert_damaged();
}

static void a_zdebug_section_needs_its_magic(void **state)
{
	(void)state;
	add_zdebug();
	f.bytes[AT] = 'z';
	assert_damaged();
	assert_non_null(strstr(err.text, "ZLIB"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_section_inflates_whichever_way),
		TEST(an_unknown_way_is_named),
		TEST(a_section_kept_in_another_file_is_not_found),
		TEST(every_cut_is_damage),
		TEST(another_size_than_promised_is_damage),
		TEST(absurd_sizes_cost_no_memory),
		TEST(a_section_outside_the_file_is_damage),
		TEST(a_zdebug_section_needs_its_magic),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
