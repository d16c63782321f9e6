/* Where a PIE lies in a core or a process that may have lost what tells it. */
#include "target/bias.h"

#include <elf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { PAGE = 0x1000, LINK = 0x400000, ENTRY = 0x401080, LOADS = 7 };

static const uint64_t BIAS = 0x555500000000;

/* The first page of the executable: header, program headers, Go's build ID. */
struct page {
	Elf64_Ehdr eh;
	Elf64_Phdr note;
	Elf64_Nhdr nh;
	char owner[4], id[4];
	uint8_t rest[PAGE - sizeof(Elf64_Ehdr) - sizeof(Elf64_Phdr) -
		     sizeof(Elf64_Nhdr) - 8];
};

static struct page first, pages[LOADS];
static struct vole_elf_segment exe_segments[3], core_segments[LOADS];
static struct vole_elf_segment *by_addr[LOADS];
static struct vole_elf exe, core_elf;
static struct vole_corefile core;
static struct vole_facts facts;
static struct vole_host host;
static struct vole_bias_clues clues;
static uint64_t bias;

/* A mapping of the core, in address order; with a page or without. */
static void map(uint64_t addr, uint64_t len, uint32_t flags,
		const struct page *page)
{
	size_t i = core.num_loads++;

	if (page)
		pages[i] = *page;
	core_segments[i] = (struct vole_elf_segment){
		.type = PT_LOAD,
		.flags = flags,
		.addr = addr,
		.offset = i * PAGE,
		.file_size = page ? PAGE : 0,
		.mem_size = len,
	};
	by_addr[i] = &core_segments[i];
}

/* The four mappings that become of three segments: relocated data is read. */
static void map_program(uint64_t addr, const struct page *page)
{
	map(addr, 0x2000, PF_R | PF_X, page);
	map(addr + 0x2000, 0x1000, PF_R, NULL);
	map(addr + 0x3000, 0x1000, PF_R, NULL);
	map(addr + 0x4000, 0x2000, PF_R | PF_W, NULL);
}

static void make_first_page(void)
{
	memset(&first, 0, sizeof(first));
	memcpy(first.eh.e_ident, ELFMAG, SELFMAG);
	first.eh.e_type = ET_DYN;
	first.eh.e_entry = ENTRY;
	first.eh.e_phoff = sizeof(first.eh);
	first.eh.e_phnum = 1;
	first.note = (Elf64_Phdr){
		.p_type = PT_NOTE,
		.p_offset = offsetof(struct page, nh),
		.p_filesz = sizeof(Elf64_Nhdr) + 8,
	};
	first.nh = (Elf64_Nhdr){ 4, 4, 4 };
	memcpy(first.owner, "Go\0", 4);
	memcpy(first.id, "abcd", 4);
}

static int set_up(void **state)
{
	(void)state;
	make_first_page();
	memset(pages, 0, sizeof(pages));
	exe_segments[0] =
		(struct vole_elf_segment){ PT_LOAD, PF_R | PF_X, 0,    LINK,
					   0x1800,  0x1800,	 false };
	exe_segments[1] = (struct vole_elf_segment){
		PT_LOAD, PF_R, 0x2000, LINK + 0x2000, 0x800, 0x800, false
	};
	exe_segments[2] = (struct vole_elf_segment){
		PT_LOAD, PF_R | PF_W, 0x3000, LINK + 0x3000, 0x10, 0x2800, false
	};
	exe = (struct vole_elf){
		.data = (const uint8_t *)&first,
		.size = sizeof(first),
		.type = ET_DYN,
		.entry = ENTRY,
		.segments = exe_segments,
		.num_segments = 3,
		.go_id = { "abcd", 4 },
	};
	core_elf = (struct vole_elf){
		.data = (const uint8_t *)pages,
		.size = sizeof(pages),
	};
	core = (struct vole_corefile){ .elf = &core_elf, .by_addr = by_addr };
	facts = (struct vole_facts){ .kind = VOLE_TARGET_CORE };
	host = (struct vole_host){ .read = NULL };
	clues = (struct vole_bias_clues){ &exe, &core, &host, &facts };
	bias = 77;
	return 0;
}

static void assert_known(uint64_t wanted)
{
	assert_int_equal(vole_bias_find(&clues, &bias), VOLE_BIAS_KNOWN);
	assert_int_equal(bias, wanted);
}

static void assert_unknown(void)
{
	assert_int_equal(vole_bias_find(&clues, &bias), VOLE_BIAS_UNKNOWN);
	assert_int_equal(bias, 77);
}

static void what_is_no_pie_is_never_moved(void **state)
{
	(void)state;
	exe.type = ET_EXEC;
	core.entry = BIAS + ENTRY;
	assert_known(0);
}

static void the_bias_of_the_host_wins(void **state)
{
	(void)state;
	map_program(LINK + BIAS, &first);
	facts.has_bias = true;
	facts.bias = 0x10000;
	assert_known(0x10000);
}

static void the_entry_of_the_core_tells_it(void **state)
{
	(void)state;
	core.entry = BIAS + ENTRY;
	assert_known(BIAS);
}

static void the_program_headers_of_the_core_tell_it(void **state)
{
	(void)state;
	core.phdr = BIAS + LINK + sizeof(Elf64_Ehdr);
	assert_known(BIAS);
}

static void the_entry_that_the_host_tells_will_do(void **state)
{
	(void)state;
	facts.has_entry = true;
	facts.entry = BIAS + ENTRY;
	assert_known(BIAS);
}

static void without_notes_the_first_page_tells_it(void **state)
{
	(void)state;
	map_program(LINK + BIAS, &first);
	assert_known(BIAS);
}

static void a_host_that_was_told_nothing_is_not_believed(void **state)
{
	(void)state;
	facts.has_bias = facts.has_entry = true;
	facts.entry = ENTRY;
	assert_unknown();
	map_program(LINK + BIAS, &first);
	assert_known(BIAS);
}

static void a_bias_of_0_is_believed_where_the_page_is(void **state)
{
	(void)state;
	map_program(LINK, &first);
	assert_known(0);
}

static void the_page_of_another_build_is_not_its_own(void **state)
{
	struct page other = first;

	(void)state;
	other.id[0] = 'z';
	map_program(LINK + BIAS, &other);
	assert_unknown();
}

static void a_stripped_copy_has_the_same_page(void **state)
{
	struct page stripped = first;

	(void)state;
	stripped.eh.e_shoff = 0x1234;
	map_program(LINK + BIAS, &stripped);
	assert_known(BIAS);
}

static void without_ids_the_program_headers_must_be_the_same(void **state)
{
	struct page other;

	(void)state;
	first.note.p_type = PT_NULL;
	other = first;
	map_program(LINK + BIAS, &other);
	assert_known(BIAS);
	pages[0].note.p_memsz = 1;
	bias = 77;
	assert_unknown();
}

static void without_the_page_segments_that_lie_alike_tell_it(void **state)
{
	(void)state;
	map_program(LINK + BIAS, NULL);
	map(0xc000000000000, 0x4000000, PF_R | PF_W, NULL);
	assert_int_equal(vole_bias_find(&clues, &bias), VOLE_BIAS_BY_LAYOUT);
	assert_int_equal(bias, BIAS);
}

static void two_places_alike_tell_nothing(void **state)
{
	(void)state;
	exe_segments[2].flags = PF_R;
	map(LINK + BIAS, 0x2000, PF_R | PF_X, NULL);
	map(LINK + BIAS + 0x100000, 0x2000, PF_R | PF_X, NULL);
	assert_unknown();
}

static void code_of_another_size_is_not_its_own(void **state)
{
	(void)state;
	map_program(LINK + BIAS, NULL);
	core_segments[0].mem_size = 0x1000;
	assert_unknown();
}

static void data_that_is_not_all_there_is_not_its_own(void **state)
{
	(void)state;
	map_program(LINK + BIAS, NULL);
	core_segments[3].mem_size = 0x1000;
	assert_unknown();
}

static void a_file_that_maps_itself_lies_where_its_data_is(void **state)
{
	(void)state;
	map(BIAS, 0x8000, PF_R, &first);
	map_program(LINK + BIAS, &first);
	assert_known(BIAS);
}

static void a_bias_of_no_whole_pages_is_none(void **state)
{
	(void)state;
	core.entry = BIAS + ENTRY + 0x20;
	assert_unknown();
}

/* ld.so ./prog: both are then of ld.so. */
static void notes_that_disagree_yield_to_the_page(void **state)
{
	(void)state;
	core.entry = BIAS + ENTRY + 0x7000;
	core.phdr = BIAS + LINK + 0x9000 + sizeof(Elf64_Ehdr);
	assert_unknown();
	map_program(LINK + BIAS, &first);
	assert_known(BIAS);
}

static void a_page_at_the_end_of_the_address_space_is_looked_at(void **state)
{
	(void)state;
	map(UINT64_MAX - 0xfff, 0xfff, PF_R | PF_X, &first);
	assert_known(UINT64_MAX - 0xfff - LINK);
	pages[0].id[0] = 'z';
	bias = 77;
	assert_unknown();
	core_segments[0].file_size = 0;
	assert_unknown();
}

static void an_executable_without_segments_is_nowhere(void **state)
{
	(void)state;
	exe.num_segments = 0;
	map_program(LINK + BIAS, &first);
	assert_unknown();
}

static void absurd_segments_are_nowhere(void **state)
{
	(void)state;
	exe_segments[0].addr = UINT64_MAX - 8;
	exe_segments[0].mem_size = 8;
	exe_segments[2].mem_size = UINT64_MAX - exe_segments[2].addr;
	map_program(LINK + BIAS, NULL);
	assert_unknown();
}

/* --- a process --------------------------------------------------------------- */

static size_t host_read(struct vole_host *self, uint64_t addr, void *buf,
			size_t len)
{
	(void)self;
	if (addr != LINK + BIAS || len > sizeof(first))
		return 0;
	memcpy(buf, &first, len);
	return len;
}

static void host_mappings(struct vole_host *self,
			  bool (*each)(void *arg, const struct vole_mapping *),
			  void *arg)
{
	struct vole_mapping map = { .start = 0x1000, .end = 0x2000 };

	(void)self;
	if (!each(arg, &map))
		return;
	map.start = LINK + BIAS;
	each(arg, &map);
}

static void a_process_is_searched_as_well(void **state)
{
	(void)state;
	clues.core = NULL;
	facts.has_entry = true;
	facts.entry = BIAS + ENTRY + 0x7000;
	host.read = host_read;
	host.mappings = host_mappings;
	assert_known(BIAS);
}

static void a_process_that_cannot_be_read_is_where_the_host_says(void **state)
{
	(void)state;
	clues.core = NULL;
	assert_unknown();
	facts.has_entry = true;
	facts.entry = BIAS + ENTRY;
	assert_known(BIAS);
}

static void build_ids_are_read_where_it_lies(void **state)
{
	struct vole_build_id gnu = { .len = 0 }, go = { .len = 0 };

	(void)state;
	map_program(LINK + BIAS, &first);
	assert_false(vole_bias_ids(&clues, BIAS + PAGE, &gnu, &go));
	assert_true(vole_bias_ids(&clues, BIAS, &gnu, &go));
	assert_int_equal(gnu.len, 0);
	assert_true(vole_build_id_same(&go, &exe.go_id));
}

#define TEST(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_no_pie_is_never_moved),
		TEST(the_bias_of_the_host_wins),
		TEST(the_entry_of_the_core_tells_it),
		TEST(the_program_headers_of_the_core_tell_it),
		TEST(the_entry_that_the_host_tells_will_do),
		TEST(without_notes_the_first_page_tells_it),
		TEST(a_host_that_was_told_nothing_is_not_believed),
		TEST(a_bias_of_0_is_believed_where_the_page_is),
		TEST(the_page_of_another_build_is_not_its_own),
		TEST(a_stripped_copy_has_the_same_page),
		TEST(without_ids_the_program_headers_must_be_the_same),
		TEST(without_the_page_segments_that_lie_alike_tell_it),
		TEST(two_places_alike_tell_nothing),
		TEST(code_of_another_size_is_not_its_own),
		TEST(data_that_is_not_all_there_is_not_its_own),
		TEST(a_file_that_maps_itself_lies_where_its_data_is),
		TEST(a_bias_of_no_whole_pages_is_none),
		TEST(notes_that_disagree_yield_to_the_page),
		TEST(a_page_at_the_end_of_the_address_space_is_looked_at),
		TEST(an_executable_without_segments_is_nowhere),
		TEST(absurd_segments_are_nowhere),
		TEST(a_process_is_searched_as_well),
		TEST(a_process_that_cannot_be_read_is_where_the_host_says),
		TEST(build_ids_are_read_where_it_lies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
