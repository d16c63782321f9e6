#include "target/corefile.h"

#include "base/sorted.h"
#include "target/elf_private.h"
#include "target/notes.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

enum {
	MAX_THREADS = 1 << 20,
	MAX_FILES = 1 << 18,
	PAGE = 4096,
	/* struct elf_prstatus of x86-64 */
	PRSTATUS_SIGNAL = 12,
	PRSTATUS_PID = 32,
	PRSTATUS_REGS = 112,
	PRPSINFO_PID = 24,
	FXSAVE_SIZE = 512,
	NUM_REGS = 27,
};

/* Places in user_regs_struct. */
enum { R14 = 1, RBP = 4, RIP = 16, RSP = 19, FS_BASE = 21 };

static uint32_t get32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static uint64_t get64(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static bool add_thread(struct vole_corefile *core, const struct vole_note *n,
		       struct vole_error *err)
{
	struct vole_core_thread *t;

	if (n->len < PRSTATUS_REGS + NUM_REGS * 8 ||
	    core->num_threads >= MAX_THREADS)
		return true;
	/* Grows by doubling: the number is a power of two when it is full. */
	if (!(core->num_threads & (core->num_threads - 1))) {
		size_t room = core->num_threads ? core->num_threads * 2 : 1;

		t = realloc(core->threads, room * sizeof(*t));
		if (!t)
			return vole_fail_nomem(err);
		core->threads = t;
	}
	t = &core->threads[core->num_threads++];
	memset(t, 0, sizeof(*t));
	memcpy(t->gregs, n->desc + PRSTATUS_REGS, sizeof(t->gregs));
	t->regs = (struct vole_regs){
		.tid = get32(n->desc + PRSTATUS_PID),
		.have = VOLE_HAVE_PC | VOLE_HAVE_SP | VOLE_HAVE_BP |
			VOLE_HAVE_G | VOLE_HAVE_TLS,
		.pc = t->gregs[RIP],
		.sp = t->gregs[RSP],
		.bp = t->gregs[RBP],
		.g = t->gregs[R14],
		.tls = t->gregs[FS_BASE],
	};
	if (!core->signal)
		core->signal =
			(int16_t)(get32(n->desc + PRSTATUS_SIGNAL) & 0xffff);
	return true;
}

/* Of the thread whose NT_PRSTATUS came before. */
static void add_fxsave(struct vole_corefile *core, const struct vole_note *n)
{
	if (core->num_threads && n->len >= FXSAVE_SIZE)
		core->threads[core->num_threads - 1].fxsave = n->desc;
}

static void read_auxv(struct vole_corefile *core, const struct vole_note *n)
{
	uint64_t at;

	for (at = 0; n->len - at >= 16; at += 16) {
		uint64_t key = get64(n->desc + at);

		if (key == AT_ENTRY)
			core->entry = get64(n->desc + at + 8);
		else if (key == AT_PHDR)
			core->phdr = get64(n->desc + at + 8);
		else if (key == AT_EXECFN)
			core->execfn = get64(n->desc + at + 8);
		else if (key == AT_NULL)
			break;
	}
}

static int by_start(const void *a, const void *b)
{
	const struct vole_core_file *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

/* NT_FILE: count, page size, count * {start, end, pages}, names. */
static bool read_files(struct vole_corefile *core, const struct vole_note *n,
		       struct vole_error *err)
{
	uint64_t count, page, at, names, i;

	if (n->len < 16 || core->files)
		return true;
	count = get64(n->desc);
	page = get64(n->desc + 8);
	if (count > MAX_FILES || count > (n->len - 16) / 24)
		return true;
	core->files = calloc(count + 1, sizeof(*core->files));
	if (!core->files)
		return vole_fail_nomem(err);
	names = 16 + count * 24;
	for (i = 0; i < count; i++) {
		const uint8_t *end =
			memchr(n->desc + names, '\0', n->len - names);
		uint64_t pages;

		if (!end)
			break;
		at = 16 + i * 24;
		pages = get64(n->desc + at + 16);
		core->files[i] = (struct vole_core_file){
			.start = get64(n->desc + at),
			.end = get64(n->desc + at + 8),
			.path = (const char *)n->desc + names,
		};
		if (__builtin_mul_overflow(pages, page, &core->files[i].offset))
			core->files[i].offset = 0;
		names = (uint64_t)(end - n->desc) + 1;
		core->num_files++;
	}
	qsort(core->files, core->num_files, sizeof(*core->files), by_start);
	return true;
}

static bool read_note(struct vole_corefile *core, const struct vole_note *n,
		      struct vole_error *err)
{
	switch (n->type) {
	case NT_PRSTATUS:
		return add_thread(core, n, err);
	case NT_FPREGSET:
		add_fxsave(core, n);
		return true;
	case NT_PRPSINFO:
		if (n->len >= PRPSINFO_PID + 4)
			core->pid = get32(n->desc + PRPSINFO_PID);
		return true;
	case NT_SIGINFO:
		/* gdb writes one for each thread: the first one's counts. */
		if (n->len >= 4 && core->num_threads <= 1 && get32(n->desc))
			core->signal = (int32_t)get32(n->desc);
		return true;
	case NT_AUXV:
		read_auxv(core, n);
		return true;
	case NT_FILE:
		return read_files(core, n, err);
	default:
		return true;
	}
}

static bool read_notes(struct vole_corefile *core,
		       const struct vole_elf_segment *s, struct vole_error *err)
{
	struct vole_notes notes = { core->elf->data + s->offset, s->file_size };
	struct vole_note n;

	while (vole_notes_next(&notes, &n))
		if (vole_note_is(&n, "CORE") && !read_note(core, &n, err))
			return false;
	return true;
}

static int by_address(const void *a, const void *b)
{
	const struct vole_elf_segment *x = *(struct vole_elf_segment *const *)a;
	const struct vole_elf_segment *y = *(struct vole_elf_segment *const *)b;

	return x->addr < y->addr ? -1 : x->addr > y->addr;
}

static bool sort_loads(struct vole_corefile *core, struct vole_error *err)
{
	struct vole_elf *elf = core->elf;
	size_t i;

	core->by_addr = calloc(elf->num_segments + 1, sizeof(*core->by_addr));
	if (!core->by_addr)
		return vole_fail_nomem(err);
	for (i = 0; i < elf->num_segments; i++) {
		struct vole_elf_segment *s = &elf->segments[i];

		core->truncated = core->truncated || s->cut;
		if (s->type != PT_LOAD || !s->mem_size)
			continue;
		if (s->file_size > s->mem_size)
			s->file_size = s->mem_size;
		core->by_addr[core->num_loads++] = s;
	}
	qsort(core->by_addr, core->num_loads, sizeof(*core->by_addr),
	      by_address);
	/* Overlaps are damage: the lower segment ends where the next begins. */
	for (i = 0; i + 1 < core->num_loads; i++) {
		uint64_t gap =
			core->by_addr[i + 1]->addr - core->by_addr[i]->addr;

		if (core->by_addr[i]->mem_size > gap)
			core->by_addr[i]->mem_size = gap;
		if (core->by_addr[i]->file_size > gap)
			core->by_addr[i]->file_size = gap;
	}
	return true;
}

/* Where the last segment of an untruncated file would end. */
static uint64_t expected_size(const struct vole_elf *elf)
{
	uint64_t most = elf->size, at, i;
	Elf64_Ehdr eh;
	Elf64_Phdr ph;

	if (elf->headers_end > most && elf->headers_end != UINT64_MAX)
		most = elf->headers_end;
	memcpy(&eh, elf->data, sizeof(eh));
	for (i = 0; i < elf->num_segments; i++) {
		at = eh.e_phoff + i * sizeof(ph);
		if (!vole_elf_range(elf, at, sizeof(ph)))
			break;
		memcpy(&ph, elf->data + at, sizeof(ph));
		if (ph.p_filesz <= UINT64_MAX - ph.p_offset &&
		    ph.p_offset + ph.p_filesz > most)
			most = ph.p_offset + ph.p_filesz;
	}
	return most;
}

static bool read_core(struct vole_corefile *core, struct vole_error *err)
{
	struct vole_elf *elf = core->elf;
	uint64_t budget = elf->size;
	size_t i;

	if (elf->type != ET_CORE)
		return vole_fail(err, VOLE_UNREADABLE, VOLE_NOWHERE,
				 "%s: an ELF file, but not a core file",
				 elf->shown);
	if (!sort_loads(core, err))
		return false;
	for (i = 0; i < elf->num_segments; i++) {
		const struct vole_elf_segment *s = &elf->segments[i];

		/* Headers that overlap could have a note read for each. */
		if (s->type != PT_NOTE || !s->file_size ||
		    s->file_size > budget)
			continue;
		budget -= s->file_size;
		if (!read_notes(core, s, err))
			return false;
	}
	core->expected_size = expected_size(elf);
	core->truncated = core->truncated || core->expected_size > elf->size;
	return true;
}

bool vole_corefile_open(const char *path, struct vole_corefile **ret,
			struct vole_error *err)
{
	struct vole_corefile *core = calloc(1, sizeof(*core));

	if (!core)
		return vole_fail_nomem(err);
	if (!vole_elf_open(path, &core->elf, err) || !read_core(core, err)) {
		vole_corefile_close(core);
		return false;
	}
	*ret = core;
	return true;
}

void vole_corefile_close(struct vole_corefile *core)
{
	if (!core)
		return;
	vole_elf_close(core->elf);
	free(core->by_addr);
	free(core->threads);
	free(core->files);
	free(core);
}

/* How many segments begin at or below @p addr. */
static size_t loads_up_to(const struct vole_corefile *core, uint64_t addr)
{
	size_t low = 0, high = core->num_loads;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (core->by_addr[mid]->addr <= addr)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

const struct vole_elf_segment *
vole_corefile_segment(const struct vole_corefile *core, uint64_t addr)
{
	size_t num = loads_up_to(core, addr);
	const struct vole_elf_segment *s;

	if (!num)
		return NULL;
	s = core->by_addr[num - 1];
	return addr - s->addr < s->mem_size ? s : NULL;
}

uint64_t vole_corefile_undumped(const struct vole_corefile *core, uint64_t addr)
{
	size_t num = loads_up_to(core, addr);
	const struct vole_elf_segment *s = vole_corefile_segment(core, addr);

	if (s)
		return addr - s->addr < s->file_size ?
			       0 :
			       s->mem_size - (addr - s->addr);
	return (num < core->num_loads ? core->by_addr[num]->addr : UINT64_MAX) -
	       addr;
}

const struct vole_core_file *
vole_corefile_file(const struct vole_corefile *core, uint64_t addr)
{
	size_t num =
		vole_sorted_up_to(core->files, core->num_files, start, addr);

	return num && addr < core->files[num - 1].end ? &core->files[num - 1] :
							NULL;
}

const uint8_t *vole_corefile_borrow(const struct vole_corefile *core,
				    uint64_t addr, size_t *ret_len)
{
	const struct vole_elf_segment *s = vole_corefile_segment(core, addr);
	uint64_t skip;

	if (!s || addr - s->addr >= s->file_size)
		return NULL;
	skip = addr - s->addr;
	*ret_len = s->file_size - skip;
	return core->elf->data + s->offset + skip;
}
