#include "runtime/module_private.h"

#include "base/checked.h"
#include "runtime/pclntab_private.h"

#include <string.h>

/*
 * A program says nowhere where its moduledata is once symbols are gone (1.26
 * has a section for it). But moduledata begins with the address of the
 * function table's header, which has a magic, and goes on with an address
 * that the header gives too: one pair of words in the whole image.
 */

enum {
	LOAD = 1, /* PT_LOAD */
	WRITABLE = 2, /* PF_W */
	WORD = 8,
	CHUNK = 64 << 10,
};

/* What one scan may cost: image of a very large program. */
static const uint64_t MAX_SCAN = (uint64_t)1 << 30;

void vole_module_places_named(const struct vole_runtime *rt,
			      struct vole_module_places *ret)
{
	struct vole_elf *exe = rt->target->exe;
	const struct vole_elf_section *section;
	struct vole_error ignored;

	if (vole_runtime_var(rt, "runtime.firstmoduledata",
			     &ret->addr[ret->len], &ignored))
		ret->len++;
	section = exe ? vole_elf_section(exe, ".go.module") : NULL;
	if (section)
		ret->addr[ret->len++] = section->addr + rt->target->bias;
}

struct scan {
	struct vole_memory *mem;
	/* Is it what the two words at @p word begin? */
	bool (*is)(const struct scan *scan, const uint8_t *word);
	const struct vole_pc_header *header;
	uint64_t header_addr;
	uint32_t flags; /* of the segments to look at */
	uint64_t left;
	struct vole_module_places *ret;
};

/* Overlap chunks by a word: what is looked for has two. */
static bool scan_range(struct scan *scan, uint64_t start, uint64_t len)
{
	uint8_t bytes[CHUNK];
	uint64_t at = (start + WORD - 1) & ~(uint64_t)(WORD - 1), end;

	if (at < start || !vole_range_ok(start, len))
		return true;
	for (end = start + len; at < end && end - at >= 2 * WORD;) {
		size_t want = end - at < CHUNK ? end - at : CHUNK;
		size_t have = vole_memory_read(scan->mem, at, bytes, want), i;

		if (have > scan->left)
			return false;
		scan->left -= have;
		for (i = 0; i + 2 * WORD <= have; i += WORD)
			if (scan->is(scan, bytes + i)) {
				scan->ret->addr[scan->ret->len++] = at + i;
				if (scan->ret->len == VOLE_MAX_PLACES)
					return false;
			}
		if (have < want || have < 2 * WORD)
			break;
		at += have - WORD;
		at &= ~(uint64_t)(WORD - 1);
	}
	return true;
}

static bool scan_mapping(void *arg, const struct vole_mapping *mapping)
{
	return scan_range(arg, mapping->start, mapping->end - mapping->start);
}

static void scan_all(const struct vole_runtime *rt, struct scan *scan)
{
	const struct vole_elf *exe = rt->target->exe;
	size_t i;

	scan->mem = rt->mem;
	scan->left = MAX_SCAN;
	if (!exe) {
		vole_target_mappings(rt->target, scan_mapping, scan);
		return;
	}
	for (i = 0; i < exe->num_segments; i++) {
		const struct vole_elf_segment *segment = &exe->segments[i];

		if (segment->type != LOAD ||
		    (segment->flags & scan->flags) != scan->flags)
			continue;
		if (!scan_range(scan, segment->addr + rt->target->bias,
				segment->file_size))
			return;
	}
}

static bool is_header(const struct scan *scan, const uint8_t *word)
{
	/* After the magic: two zeros, instruction and pointer sizes. */
	static const uint8_t rest[] = { 0xff, 0xff, 0xff, 0, 0, 1, WORD };

	(void)scan;
	return word[0] >= 0xf0 && !memcmp(word + 1, rest, sizeof(rest));
}

static bool is_module(const struct scan *scan, const uint8_t *word)
{
	uint64_t words[2];

	memcpy(words, word, sizeof(words));
	return words[0] == scan->header_addr &&
	       words[1] == scan->header_addr + scan->header->funcname_offset;
}

static void find_headers(const struct vole_runtime *rt,
			 struct vole_module_places *ret)
{
	static const char *const names[] = { ".gopclntab",
					     ".data.rel.ro.gopclntab" };
	struct scan scan = { .is = is_header, .flags = 0, .ret = ret };
	struct vole_elf *exe = rt->target->exe;
	size_t i;

	for (i = 0; exe && i < 2; i++) {
		const struct vole_elf_section *section =
			vole_elf_section(exe, names[i]);

		if (section)
			ret->addr[ret->len++] =
				section->addr + rt->target->bias;
	}
	if (!ret->len)
		scan_all(rt, &scan);
}

void vole_module_places_scanned(const struct vole_runtime *rt,
				struct vole_module_places *ret)
{
	struct vole_module_places headers = { 0 };
	size_t i;

	find_headers(rt, &headers);
	for (i = 0; i < headers.len && !ret->len; i++) {
		struct vole_pc_header header;
		struct vole_error ignored;
		struct scan scan = {
			.is = is_module,
			.flags = WRITABLE,
			.header = &header,
			.header_addr = headers.addr[i],
			.ret = ret,
		};

		if (vole_pc_header_read(rt->mem, headers.addr[i], &header,
					&ignored))
			scan_all(rt, &scan);
	}
}
