/* Memory of a host with holes, and of a core that left out what is in the file. */
#include "target/memory.h"

#include <elf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { PAGE = 0x1000, LINE = 0x4000, LINK = 0x400000 };

/* Readable: [START, END), where END is in the middle of a page, and the last
 * page of all; not the page at HOLE. Each byte is a mix of its address. */
static const uint64_t START = 0x10000, HOLE = 0x15000, END = 0x18f80;
static const uint64_t LAST = UINT64_MAX - PAGE + 1;

static struct vole_host host;
static struct vole_memory mem;
static struct vole_error err;
static uint8_t buf[0x10000];
static size_t num_reads;
static uint8_t salt; /* what else the bytes depend on */
static bool everywhere; /* all addresses can be read */

static uint8_t byte_at(uint64_t addr)
{
	return (uint8_t)(addr ^ addr >> 8 ^ addr >> 16 ^ salt);
}

static bool readable(uint64_t addr)
{
	return everywhere || addr >= LAST ||
	       (addr >= START && addr < END &&
		(addr < HOLE || addr >= HOLE + PAGE));
}

static size_t host_read(struct vole_host *self, uint64_t addr, void *to,
			size_t len)
{
	size_t done = 0;

	(void)self;
	num_reads++;
	while (done < len && addr <= UINT64_MAX - done &&
	       readable(addr + done)) {
		((uint8_t *)to)[done] = byte_at(addr + done);
		done++;
	}
	return done;
}

static int set_up(void **state)
{
	(void)state;
	host = (struct vole_host){ .read = host_read };
	vole_memory_init(&mem, &host, NULL, NULL, 0);
	num_reads = 0;
	salt = 0;
	everywhere = false;
	memset(buf, 0, sizeof(buf));
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	vole_memory_free(&mem);
	return 0;
}

static void assert_reads(uint64_t addr, size_t len, size_t wanted)
{
	size_t i;

	assert_int_equal(vole_memory_read(&mem, addr, buf, len), wanted);
	for (i = 0; i < wanted; i++)
		assert_int_equal(buf[i], byte_at(addr + i));
}

/* --- through a host ---------------------------------------------------------- */

static void bytes_come_from_the_host(void **state)
{
	(void)state;
	assert_reads(START, 16, 16);
	assert_reads(START + 0x3ff8, 16, 16);
	assert_reads(START, 0, 0);
}

static void a_read_ends_at_the_first_bad_byte(void **state)
{
	(void)state;
	assert_reads(START - 8, 16, 0);
	assert_reads(HOLE - 8, 16, 8);
	assert_reads(HOLE, 16, 0);
	assert_reads(HOLE + PAGE, 16, 16);
	assert_reads(START, 0x10000, HOLE - START);
}

static void a_page_that_ends_in_the_middle_is_read_to_there(void **state)
{
	(void)state;
	assert_reads(END - 8, 16, 8);
	assert_reads(END - 0x100, 0x200, 0x100);
	assert_reads(END, 16, 0);
}

static void the_last_byte_of_all_can_be_read(void **state)
{
	(void)state;
	assert_reads(UINT64_MAX - 7, 16, 8);
	assert_reads(UINT64_MAX, 16, 1);
	assert_reads(LAST - 8, 16, 0);
}

static void what_was_read_is_not_asked_again(void **state)
{
	size_t before;

	(void)state;
	assert_reads(START, 16, 16);
	before = num_reads;
	assert_reads(START + 0x100, 0x2000, 0x2000);
	assert_int_equal(num_reads, before);
}

static void what_was_forgotten_is_asked_again(void **state)
{
	(void)state;
	vole_memory_forget(&mem);
	assert_reads(START, 16, 16);
	salt = 0x5a;
	assert_int_equal(vole_memory_read(&mem, START, buf, 1), 1);
	assert_int_not_equal(buf[0], byte_at(START));
	vole_memory_forget(&mem);
	assert_reads(START, 16, 16);
}

static void a_full_cache_starts_over(void **state)
{
	uint64_t i;

	(void)state;
	everywhere = true;
	for (i = 0; i < 4200; i++)
		assert_reads(i * LINE, 4, 4);
	assert_reads(0, 4, 4);
}

static void borrowed_bytes_go_on_to_the_next_bad_page(void **state)
{
	const uint8_t *bytes;
	size_t len = 0;

	(void)state;
	bytes = vole_memory_borrow(&mem, 0x14010, &len);
	assert_non_null(bytes);
	assert_int_equal(len, PAGE - 0x10);
	assert_int_equal(bytes[0], byte_at(0x14010));
	assert_null(vole_memory_borrow(&mem, HOLE, &len));
	assert_true(vole_memory_readable(&mem, HOLE - 1));
	assert_false(vole_memory_readable(&mem, HOLE));
}

static void all_or_an_error_with_the_first_bad_address(void **state)
{
	(void)state;
	assert_true(vole_memory_read_all(&mem, HOLE - 8, buf, 8, &err));
	assert_false(vole_memory_read_all(&mem, HOLE - 8, buf, 16, &err));
	assert_int_equal(err.code, VOLE_UNREADABLE);
	assert_true(err.has_addr);
	assert_int_equal(err.addr, HOLE);
	assert_false(vole_memory_read_all(&mem, UINT64_MAX - 3, buf, 8, &err));
	assert_non_null(strstr(err.text, "end of the address space"));
}

static void integers_are_little_endian(void **state)
{
	uint64_t value;
	unsigned size;

	(void)state;
	for (size = 1; size <= 8; size *= 2) {
		uint64_t wanted = 0;
		unsigned i;

		for (i = size; i--;)
			wanted = wanted << 8 | byte_at(START + 0x321 + i);
		assert_true(vole_memory_uint(&mem, START + 0x321, size, &value,
					     &err));
		assert_true(value == wanted);
	}
}

static void an_integer_of_no_such_size_is_damage(void **state)
{
	uint64_t value = 77;

	(void)state;
	assert_false(vole_memory_uint(&mem, START, 9, &value, &err));
	assert_int_equal(err.code, VOLE_CORRUPT);
	assert_false(vole_memory_uint(&mem, END - 4, 8, &value, &err));
	assert_int_equal(err.code, VOLE_UNREADABLE);
	assert_int_equal(value, 77);
}

/* --- a core and its executable ----------------------------------------------- */

enum { BIAS = 0x10000, NUM = 3 };

static uint8_t exe_bytes[0x3000], core_bytes[PAGE];
static struct vole_elf_segment exe_segments[2], core_segments[NUM];
static struct vole_elf_segment *by_addr[NUM];
static struct vole_elf exe, core_elf;
static struct vole_corefile core;

/*
 * The executable: two pages of code, one of data. The core holds the first
 * page of code; then that the second was not dumped, nor the data.
 */
static int set_up_core(void **state)
{
	size_t i;

	set_up(state);
	memset(exe_bytes, 0xee, sizeof(exe_bytes));
	memset(core_bytes, 0xcc, sizeof(core_bytes));
	exe_segments[0] =
		(struct vole_elf_segment){ PT_LOAD, PF_R | PF_X, 0,    LINK,
					   0x2000,  0x2000,	 false };
	exe_segments[1] = (struct vole_elf_segment){
		PT_LOAD, PF_R | PF_W, 0x2000, LINK + 0x2000, PAGE, PAGE, false
	};
	exe = (struct vole_elf){ .data = exe_bytes,
				 .size = sizeof(exe_bytes),
				 .segments = exe_segments,
				 .num_segments = 2 };
	core_segments[0] = (struct vole_elf_segment){
		PT_LOAD, PF_R | PF_X, 0, LINK + BIAS, PAGE, PAGE, false
	};
	core_segments[1] = (struct vole_elf_segment){
		PT_LOAD, PF_R | PF_X, 0, LINK + BIAS + PAGE, 0, PAGE, false
	};
	core_segments[2] = (struct vole_elf_segment){
		PT_LOAD, PF_R | PF_W, 0, LINK + BIAS + 2 * PAGE, 0, PAGE, false
	};
	for (i = 0; i < NUM; i++)
		by_addr[i] = &core_segments[i];
	core_elf = (struct vole_elf){ .data = core_bytes,
				      .size = sizeof(core_bytes) };
	core = (struct vole_corefile){ .elf = &core_elf,
				       .by_addr = by_addr,
				       .num_loads = NUM };
	vole_memory_init(&mem, &host, &core, &exe, BIAS);
	return 0;
}

static void code_that_was_not_dumped_is_as_in_the_file(void **state)
{
	(void)state;
	assert_int_equal(vole_memory_read(&mem, LINK + BIAS + 0xffe, buf, 4),
			 4);
	assert_memory_equal(buf, "\xcc\xcc\xee\xee", 4);
	assert_int_equal(num_reads, 0);
}

static void segments_of_the_core_are_told_apart_in_any_order(void **state)
{
	static uint8_t bytes[PAGE];
	size_t len = 0, i;
	uint64_t value;

	(void)state;
	/* The third is dumped too, half of it, and lies first in the file. */
	memset(bytes, 0xdd, PAGE / 2);
	memset(bytes + PAGE / 2, 0xcc, PAGE / 2);
	core_elf.data = bytes;
	core_segments[2].file_size = core_segments[2].mem_size = PAGE / 2;
	core_segments[0].offset = PAGE / 2;
	core_segments[0].file_size = core_segments[0].mem_size = PAGE / 2;
	for (i = 0; i < 3; i++) {
		uint64_t last = LINK + BIAS + PAGE / 2 - 8;

		assert_true(vole_memory_uint(&mem, last, 8, &value, &err));
		assert_int_equal(value, 0xcccccccccccccccc);
		assert_true(vole_memory_uint(&mem, last + 4, 8, &value, &err));
		assert_int_equal(value, 0xeeeeeeeecccccccc);
		assert_non_null(vole_memory_borrow(
			&mem, LINK + BIAS + 2 * PAGE + 8, &len));
		assert_int_equal(len, PAGE / 2 - 8);
		assert_true(vole_memory_uint(&mem, LINK + BIAS + 2 * PAGE, 8,
					     &value, &err));
		assert_int_equal(value, 0xdddddddddddddddd);
	}
	assert_false(vole_memory_uint(&mem, LINK + BIAS + 2 * PAGE + PAGE / 2,
				      8, &value, &err));
	core_elf.data = core_bytes;
}

static void a_hint_may_be_about_any_address(void **state)
{
	uint64_t value;

	(void)state;
	assert_true(vole_memory_uint(&mem, LINK + BIAS, 8, &value, &err));
	vole_memory_prefetch(&mem, 0, 1000);
	vole_memory_prefetch(&mem, LINK + BIAS + PAGE - 1, SIZE_MAX);
	vole_memory_prefetch(&mem, UINT64_MAX, 1);
	assert_int_equal(num_reads, 0);
}

static void code_in_no_segment_of_the_core_is_as_in_the_file(void **state)
{
	(void)state;
	core.num_loads = 1;
	assert_int_equal(vole_memory_read(&mem, LINK + BIAS + 0xffe, buf, 4),
			 4);
	assert_memory_equal(buf, "\xcc\xcc\xee\xee", 4);
}

static void bytes_of_the_file_end_where_the_core_has_its_own(void **state)
{
	const uint8_t *bytes;
	size_t len = 0;

	(void)state;
	core_segments[0].addr += 0x800;
	core_segments[0].mem_size = core_segments[0].file_size = 0x800;
	bytes = vole_memory_borrow(&mem, LINK + BIAS, &len);
	assert_non_null(bytes);
	assert_int_equal(bytes[0], 0xee);
	assert_int_equal(len, 0x800);
}

static void data_that_was_not_dumped_is_not_as_in_the_file(void **state)
{
	(void)state;
	assert_int_equal(vole_memory_read(&mem, LINK + BIAS + 0x2000, buf, 4),
			 0);
	assert_false(
		vole_memory_read_all(&mem, LINK + BIAS + 0x2000, buf, 4, &err));
	assert_non_null(strstr(err.text, "not dumped"));
	mem.initial = true;
	assert_int_equal(vole_memory_read(&mem, LINK + BIAS + 0x2000, buf, 4),
			 4);
	assert_int_equal(buf[0], 0xee);
}

static void code_that_could_be_written_is_not_as_in_the_file(void **state)
{
	(void)state;
	core_segments[1].flags |= PF_W;
	assert_int_equal(vole_memory_read(&mem, LINK + BIAS + 0xffe, buf, 4),
			 2);
}

static void the_file_alone_is_memory_too(void **state)
{
	(void)state;
	vole_memory_init(&mem, NULL, NULL, &exe, 0);
	assert_int_equal(vole_memory_read(&mem, LINK + 0x1ffe, buf, 4), 2);
	assert_int_equal(buf[0], 0xee);
	assert_int_equal(vole_memory_read(&mem, LINK - 1, buf, 4), 0);
	assert_int_equal(vole_memory_read(&mem, UINT64_MAX, buf, 4), 0);
}

static void a_bias_may_wrap_around(void **state)
{
	(void)state;
	vole_memory_init(&mem, NULL, NULL, &exe, UINT64_MAX - LINK - 0xfff);
	assert_int_equal(vole_memory_read(&mem, UINT64_MAX - 0xfff, buf,
					  0x2000),
			 0x1000);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
#define TEST_CORE(name) \
	cmocka_unit_test_setup_teardown(name, set_up_core, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(bytes_come_from_the_host),
		TEST(a_read_ends_at_the_first_bad_byte),
		TEST(a_page_that_ends_in_the_middle_is_read_to_there),
		TEST(the_last_byte_of_all_can_be_read),
		TEST(what_was_read_is_not_asked_again),
		TEST(what_was_forgotten_is_asked_again),
		TEST(a_full_cache_starts_over),
		TEST(borrowed_bytes_go_on_to_the_next_bad_page),
		TEST(all_or_an_error_with_the_first_bad_address),
		TEST(integers_are_little_endian),
		TEST(an_integer_of_no_such_size_is_damage),
		TEST_CORE(code_that_was_not_dumped_is_as_in_the_file),
		TEST_CORE(segments_of_the_core_are_told_apart_in_any_order),
		TEST_CORE(a_hint_may_be_about_any_address),
		TEST_CORE(code_in_no_segment_of_the_core_is_as_in_the_file),
		TEST_CORE(bytes_of_the_file_end_where_the_core_has_its_own),
		TEST_CORE(data_that_was_not_dumped_is_not_as_in_the_file),
		TEST_CORE(code_that_could_be_written_is_not_as_in_the_file),
		TEST_CORE(the_file_alone_is_memory_too),
		TEST_CORE(a_bias_may_wrap_around),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
