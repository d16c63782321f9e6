#include "target/bias.h"

#include "base/checked.h"

#include <elf.h>
#include <string.h>

enum {
	PAGE = 4096,
	MAX_SEGMENTS = 64, /* of an executable; real ones have about 14 */
};

/* How much a place has for it: each outweighs all that are below it. */
enum {
	LAYOUT = 1, /* the core's segments lie like the executable's */
	CLAIMED = 2, /* the core's notes or the debugger say so */
	SAME_PAGE = 4, /* the executable's first page is mapped there */
};

struct best {
	const struct vole_bias_clues *clues;
	uint64_t bias;
	unsigned score;
	bool tie; /* another place has as much for it */
};

static uint64_t page_of(uint64_t addr)
{
	return addr & ~(uint64_t)(PAGE - 1);
}

/* The PT_LOAD of the lowest address, or NULL: they ascend. */
static const struct vole_elf_segment *first_load(const struct vole_elf *exe)
{
	size_t i;

	for (i = 0; i < exe->num_segments && i < MAX_SEGMENTS; i++)
		if (exe->segments[i].type == PT_LOAD)
			return &exe->segments[i];
	return NULL;
}

/* --- the first page ---------------------------------------------------------- */

static size_t read_page(const struct vole_bias_clues *clues, uint64_t addr,
			uint8_t *page)
{
	const uint8_t *bytes;
	size_t have = 0;

	if (!clues->core)
		return clues->host->read ? clues->host->read(clues->host, addr,
							     page, PAGE) :
					   0;
	bytes = vole_corefile_borrow(clues->core, addr, &have);
	if (!bytes)
		return 0;
	if (have > PAGE)
		have = PAGE;
	memcpy(page, bytes, have);
	return have;
}

/* The page that begins with the ELF header, when it is mapped there. */
static size_t first_page(const struct vole_bias_clues *clues, uint64_t bias,
			 uint8_t *page)
{
	const struct vole_elf_segment *first = first_load(clues->exe);
	size_t have;

	if (!first || page_of(first->offset))
		return 0;
	have = read_page(clues, page_of(first->addr) + bias, page);
	return have >= sizeof(Elf64_Ehdr) && !memcmp(page, ELFMAG, SELFMAG) ?
		       have :
		       0;
}

bool vole_bias_ids(const struct vole_bias_clues *clues, uint64_t bias,
		   struct vole_build_id *gnu_id, struct vole_build_id *go_id)
{
	uint8_t page[PAGE];
	size_t have = first_page(clues, bias, page);

	if (have)
		vole_elf_page_ids(page, have, gnu_id, go_id);
	return have != 0;
}

/* Without build IDs the program headers, and where it starts, must do. */
static bool same_headers(const struct vole_elf *exe, const uint8_t *page,
			 size_t have)
{
	Elf64_Ehdr ours, theirs;
	uint64_t at, len;

	memcpy(&ours, exe->data, sizeof(ours));
	memcpy(&theirs, page, sizeof(theirs));
	at = ours.e_phoff;
	len = ours.e_phnum * sizeof(Elf64_Phdr);
	return ours.e_type == theirs.e_type && ours.e_entry == theirs.e_entry &&
	       ours.e_phnum == theirs.e_phnum && theirs.e_phoff == at &&
	       ours.e_phnum && at <= have && len <= have - at &&
	       at <= exe->size && len <= exe->size - at &&
	       !memcmp(exe->data + at, page + at, len);
}

static bool same_page(const struct vole_elf *exe, const uint8_t *page,
		      size_t have)
{
	struct vole_build_id gnu = { .len = 0 }, go = { .len = 0 };

	vole_elf_page_ids(page, have, &gnu, &go);
	if (gnu.len && exe->gnu_id.len)
		return vole_build_id_same(&gnu, &exe->gnu_id);
	if (go.len && exe->go_id.len)
		return vole_build_id_same(&go, &exe->go_id);
	return same_headers(exe, page, have);
}

/* --- the layout -------------------------------------------------------------- */

/* All of [start, end) may be read, and none of it is code. */
static bool is_data(const struct vole_corefile *core, uint64_t start,
		    uint64_t end)
{
	while (start < end) {
		const struct vole_elf_segment *s =
			vole_corefile_segment(core, start);

		if (!s || (s->flags & (PF_R | PF_X)) != PF_R)
			return false;
		start = s->addr + s->mem_size;
	}
	return true;
}

/*
 * Code is mapped whole and as it is in the file; data in pieces, since part of
 * it becomes read-only later; gcore may leave out what is only read.
 */
static bool segment_fits(const struct vole_corefile *core,
			 const struct vole_elf_segment *seg, uint64_t bias)
{
	const uint32_t perms = PF_R | PF_W | PF_X;
	uint64_t link = page_of(seg->addr), start = link + bias, len;
	uint64_t link_end = seg->addr + seg->mem_size;
	const struct vole_elf_segment *there =
		vole_corefile_segment(core, start);

	if (link_end > UINT64_MAX - PAGE)
		return false;
	len = page_of(link_end + PAGE - 1) - link;
	if (!vole_range_ok(start, len))
		return false;
	if (seg->flags & PF_X)
		return there && there->addr == start &&
		       there->mem_size == len &&
		       (there->flags & perms) == (seg->flags & perms);
	if (seg->flags & PF_W)
		return is_data(core, start, start + len);
	return !there || (there->flags & perms) == (seg->flags & perms);
}

static bool layout_fits(const struct vole_bias_clues *clues, uint64_t bias)
{
	const struct vole_elf *exe = clues->exe;
	bool code = false;
	size_t i;

	if (exe->num_segments > MAX_SEGMENTS)
		return false;
	for (i = 0; i < exe->num_segments; i++) {
		const struct vole_elf_segment *s = &exe->segments[i];

		if (s->type != PT_LOAD || !s->mem_size)
			continue;
		if (!segment_fits(clues->core, s, bias))
			return false;
		code = code || s->flags & PF_X;
	}
	return code;
}

/* --- the choice -------------------------------------------------------------- */

static unsigned score_of(const struct vole_bias_clues *clues, uint64_t bias)
{
	uint8_t page[PAGE];
	size_t have = first_page(clues, bias, page);
	unsigned layout;

	if (have && !same_page(clues->exe, page, have))
		return 0;
	layout = clues->core && layout_fits(clues, bias) ? LAYOUT : 0;
	return have ? SAME_PAGE + layout : layout;
}

static void offer(struct best *best, uint64_t bias, unsigned claim)
{
	unsigned score;

	if (best->score && bias == best->bias)
		return;
	score = score_of(best->clues, bias) + claim;
	if (!score || score < best->score)
		return;
	best->tie = score == best->score;
	best->bias = bias;
	best->score = score;
}

/*
 * Only whole pages can be moved. Nobody knows 0 of a PIE: it is what a debugger
 * says that was not told where it lies.
 */
static void claim(struct best *best, uint64_t loaded, uint64_t link)
{
	uint64_t bias = loaded - link;

	if (!(bias & (PAGE - 1)))
		offer(best, bias, bias ? CLAIMED : 0);
}

/* Where the program headers lie by the link addresses; 0 when nowhere. */
static uint64_t link_phdr(const struct vole_elf *exe)
{
	const struct vole_elf_segment *first = first_load(exe);
	Elf64_Ehdr eh;

	memcpy(&eh, exe->data, sizeof(eh));
	return first && eh.e_phoff >= first->offset &&
			       eh.e_phoff - first->offset < first->file_size ?
		       first->addr + (eh.e_phoff - first->offset) :
		       0;
}

static void offer_claims(struct best *best)
{
	const struct vole_bias_clues *clues = best->clues;
	uint64_t entry = clues->exe->entry, phdr = link_phdr(clues->exe);

	if (clues->facts->has_bias)
		claim(best, clues->facts->bias, 0);
	if (clues->core && clues->core->entry && entry)
		claim(best, clues->core->entry, entry);
	if (clues->core && clues->core->phdr && phdr)
		claim(best, clues->core->phdr, phdr);
	if (clues->facts->has_entry && entry)
		claim(best, clues->facts->entry, entry);
}

static bool offer_mapping(void *arg, const struct vole_mapping *m)
{
	struct best *best = arg;
	const struct vole_elf_segment *first = first_load(best->clues->exe);

	offer(best, m->start - page_of(first->addr), 0);
	return true;
}

static void search(struct best *best)
{
	const struct vole_bias_clues *clues = best->clues;
	size_t i;

	if (!first_load(clues->exe))
		return;
	if (!clues->core) {
		if (clues->host->mappings)
			clues->host->mappings(clues->host, offer_mapping, best);
		return;
	}
	for (i = 0; i < clues->core->num_loads; i++) {
		struct vole_mapping m = {
			.start = clues->core->by_addr[i]->addr,
		};

		offer_mapping(best, &m);
	}
}

enum vole_bias vole_bias_find(const struct vole_bias_clues *clues,
			      uint64_t *ret)
{
	struct best best = { .clues = clues };

	if (clues->exe->type != ET_DYN) {
		*ret = 0;
		return VOLE_BIAS_KNOWN;
	}
	if (clues->facts->has_bias && clues->facts->bias) {
		*ret = clues->facts->bias;
		return VOLE_BIAS_KNOWN;
	}
	offer_claims(&best);
	if (best.score < SAME_PAGE + CLAIMED)
		search(&best);
	if (!best.score || best.tie)
		return VOLE_BIAS_UNKNOWN;
	*ret = best.bias;
	return best.score == LAYOUT ? VOLE_BIAS_BY_LAYOUT : VOLE_BIAS_KNOWN;
}
