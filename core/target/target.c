#include "target/target.h"

#include "base/quote.h"
#include "target/bias.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const size_t ARENA_CAP = 64 << 20;
enum { PAGE = 4096, MAX_PATH = 4096 };

void vole_target_problem(struct vole_target *target, const char *fmt, ...)
{
	char text[512];
	va_list ap;
	char *copy;

	if (target->num_problems == VOLE_MAX_PROBLEMS)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	copy = vole_arena_copy(&target->arena, text,
			       vole_utf8_whole(text, strlen(text)));
	if (copy)
		target->problems[target->num_problems++] = copy;
}

/* The file of NT_FILE that @p addr was mapped from, or NULL. */
static const struct vole_core_file *file_at(const struct vole_corefile *core,
					    uint64_t addr)
{
	size_t i;

	for (i = 0; i < core->num_files; i++)
		if (addr >= core->files[i].start && addr < core->files[i].end)
			return &core->files[i];
	return NULL;
}

/* --- which executable -------------------------------------------------------- */

static const char *exe_path(const struct vole_target *t,
			    const struct vole_facts *facts)
{
	const struct vole_core_file *file = NULL;

	if (facts->exe)
		return facts->exe;
	if (!t->core)
		return NULL;
	if (t->core->phdr)
		file = file_at(t->core, t->core->phdr);
	if (!file && t->core->entry)
		file = file_at(t->core, t->core->entry);
	return file ? file->path : NULL;
}

static bool open_exe(struct vole_target *t, const struct vole_facts *facts,
		     struct vole_error *err)
{
	const char *path = exe_path(t, facts);
	struct vole_error why;

	if (!path) {
		vole_target_problem(t, "the executable is not known");
		return true;
	}
	if (vole_elf_open(path, &t->exe, facts->exe ? err : &why)) {
		if (t->exe->type != ET_CORE)
			return true;
		return vole_fail(err, VOLE_USAGE, VOLE_NOWHERE,
				 "%s: a core file, not an executable", path);
	}
	/* One that only the core names may be gone. */
	if (facts->exe)
		return false;
	vole_target_problem(t, "executable: %s", why.text);
	return true;
}

/* --- do they belong together? ------------------------------------------------ */

/*
 * Build IDs of the program that made the core: its first page, which kernels
 * dump always, holds the ELF header and both notes. It lies where the
 * executable's would, or else where the core's notes say.
 */
static void ids_in_core(const struct vole_bias_clues *clues,
			const uint64_t *bias, struct vole_build_id *gnu_id,
			struct vole_build_id *go_id)
{
	const struct vole_corefile *core = clues->core;
	const uint8_t *page;
	size_t have = 0;

	if ((bias && vole_bias_ids(clues, *bias, gnu_id, go_id)) || !core->phdr)
		return;
	page = vole_corefile_borrow(core, core->phdr & ~(uint64_t)(PAGE - 1),
				    &have);
	if (page)
		vole_elf_page_ids(page, have, gnu_id, go_id);
}

static bool mismatch(struct vole_target *t, bool force, const char *which,
		     struct vole_error *err)
{
	if (!force)
		return vole_fail(err, VOLE_MISMATCH, VOLE_NOWHERE,
				 "the core was not made by %s: their %s build "
				 "IDs differ; --force goes on all the same",
				 t->exe->shown, which);
	vole_target_problem(t,
			    "forced: the core was not made by %s (their %s "
			    "build IDs differ), so anything may be wrong",
			    t->exe->shown, which);
	return true;
}

/* @p bias is NULL when it is not known. */
static bool check_ids(struct vole_target *t,
		      const struct vole_bias_clues *clues, const uint64_t *bias,
		      bool force, struct vole_error *err)
{
	struct vole_build_id gnu = { .len = 0 }, go = { .len = 0 };

	if (!t->core)
		return true;
	ids_in_core(clues, bias, &gnu, &go);
	if (gnu.len && t->exe->gnu_id.len)
		return vole_build_id_same(&gnu, &t->exe->gnu_id) ?
			       true :
			       mismatch(t, force, "GNU", err);
	if (go.len && t->exe->go_id.len)
		return vole_build_id_same(&go, &t->exe->go_id) ?
			       true :
			       mismatch(t, force, "Go", err);
	vole_target_problem(t, "whether core and executable belong together "
			       "is not known: the core holds no build ID");
	return true;
}

/* --- where it lies ------------------------------------------------------------ */

/* With a wrong address every variable would be a wrong answer. */
static bool bias_unknown(struct vole_target *t, bool force,
			 struct vole_error *err)
{
	const char *hint = t->core ? "use a core that is whole" :
				     "let the debugger load its symbols there";

	if (!force)
		return vole_fail(err, VOLE_UNREADABLE, VOLE_NOWHERE,
				 "at which address %s was loaded is not known: "
				 "no notes tell it, and nothing in memory is "
				 "like it; %s",
				 t->exe->shown, hint);
	vole_target_problem(t,
			    "forced: at which address %s was loaded is not "
			    "known, so it was not used",
			    t->exe->shown);
	vole_elf_close(t->exe);
	t->exe = NULL;
	return true;
}

static bool place_exe(struct vole_target *t, const struct vole_facts *facts,
		      bool force, struct vole_error *err)
{
	const struct vole_bias_clues clues = { t->exe, t->core, t->host,
					       facts };
	enum vole_bias found;

	if (!t->exe)
		return true;
	found = vole_bias_find(&clues, &t->bias);
	if (!check_ids(t, &clues, found ? &t->bias : NULL, force, err))
		return false;
	if (found == VOLE_BIAS_UNKNOWN)
		return bias_unknown(t, force, err);
	if (found == VOLE_BIAS_BY_LAYOUT)
		vole_target_problem(t,
				    "the load address 0x%" PRIx64 " of %s is "
				    "where the core's segments lie like its "
				    "own: no notes tell it",
				    t->bias, t->exe->shown);
	return true;
}

/* --- separate debug files ---------------------------------------------------- */

static bool take_debug(struct vole_target *t, const char *path)
{
	struct vole_error ignored;
	struct vole_elf *elf;

	if (!vole_elf_open(path, &elf, &ignored))
		return false;
	if (vole_build_id_same(&elf->gnu_id, &t->exe->gnu_id) ||
	    vole_build_id_same(&elf->go_id, &t->exe->go_id)) {
		t->debug = elf;
		return true;
	}
	vole_target_problem(t, "%s is of another build and was not used", path);
	vole_elf_close(elf);
	return false;
}

static bool by_build_id(struct vole_target *t, const char *dir)
{
	const struct vole_build_id *id = &t->exe->gnu_id;
	char path[MAX_PATH];
	size_t len, i;

	if (id->len < 2 || id->len > 64)
		return false;
	len = (size_t)snprintf(path, sizeof(path), "%s/.build-id/%02x/", dir,
			       id->bytes[0]);
	if (len + 2 * id->len + sizeof(".debug") > sizeof(path))
		return false;
	for (i = 1; i < id->len; i++)
		len += (size_t)sprintf(path + len, "%02x", id->bytes[i]);
	strcpy(path + len, ".debug");
	return take_debug(t, path);
}

/* The base name in .gnu_debuglink, beside the executable or in .debug/. */
static bool by_link(struct vole_target *t)
{
	struct vole_elf_section *s = vole_elf_section(t->exe, ".gnu_debuglink");
	const char *slash = strrchr(t->exe->path, '/');
	int dir = slash ? (int)(slash - t->exe->path) + 1 : 0;
	char path[MAX_PATH];
	const uint8_t *bytes;
	struct vole_error ignored;
	uint64_t len;

	if (!s ||
	    !vole_elf_debug_section(t->exe, ".gnu_debuglink", &bytes, &len,
				    &ignored) ||
	    !memchr(bytes, '\0', len) || strchr((const char *)bytes, '/') ||
	    !*bytes)
		return false;
	snprintf(path, sizeof(path), "%.*s%s", dir, t->exe->path,
		 (const char *)bytes);
	if (take_debug(t, path))
		return true;
	snprintf(path, sizeof(path), "%.*s.debug/%s", dir, t->exe->path,
		 (const char *)bytes);
	return take_debug(t, path);
}

static bool has_dwarf(struct vole_elf *elf)
{
	const struct vole_elf_section *s = vole_elf_section(elf, ".debug_info");

	return (s && s->type != SHT_NOBITS) ||
	       vole_elf_section(elf, ".zdebug_info");
}

static void find_debug(struct vole_target *t, const char *dir)
{
	if (!t->exe)
		return;
	if (!has_dwarf(t->exe) &&
	    ((dir && by_build_id(t, dir)) || by_build_id(t, "/usr/lib/debug") ||
	     by_link(t)))
		return;
	t->debug = t->exe;
}

/* --- opening ----------------------------------------------------------------- */

/*
 * A debugger may show another core than the file of that name holds by now: a
 * page of the file must be what the debugger reads.
 */
static bool same_memory(struct vole_host *host,
			const struct vole_corefile *core)
{
	uint8_t theirs[256];
	size_t got, i;

	for (i = 0; i < core->num_loads; i++) {
		const struct vole_elf_segment *s = core->by_addr[i];

		if (s->file_size < sizeof(theirs) || !(s->flags & PF_W))
			continue;
		/* A host that reads nothing has nothing to say. */
		got = host->read(host, s->addr, theirs, sizeof(theirs));
		if (got)
			return !memcmp(theirs, core->elf->data + s->offset,
				       got);
	}
	return true;
}

static bool open_core(struct vole_target *t, const struct vole_facts *facts,
		      struct vole_error *err)
{
	if (t->kind != VOLE_TARGET_CORE || !facts->core)
		return true;
	if (!vole_corefile_open(facts->core, &t->core, err))
		return false;
	if (t->host->read && !same_memory(t->host, t->core)) {
		vole_target_problem(t,
				    "%s is not what the debugger reads; "
				    "the debugger's reads are used",
				    facts->core);
		vole_corefile_close(t->core);
		t->core = NULL;
		return true;
	}
	t->pid = t->core->pid;
	if (t->core->truncated)
		vole_target_problem(t,
				    "the core file is truncated: %" PRIu64
				    " of %" PRIu64 " bytes are there",
				    t->core->elf->size, t->core->expected_size);
	return true;
}

static bool open_all(struct vole_target *t,
		     const struct vole_target_options *options,
		     struct vole_error *err)
{
	struct vole_facts facts;

	t->host->facts(t->host, &facts);
	t->kind = facts.kind;
	t->pid = facts.pid;
	if (!open_core(t, &facts, err))
		return false;
	/* The host may have given its strings only until the next call. */
	t->host->facts(t->host, &facts);
	if (!open_exe(t, &facts, err))
		return false;
	if (!place_exe(t, &facts, options->force, err))
		return false;
	if (facts.remote)
		vole_target_problem(t, "the target is remote: its memory is "
				       "read through the debugger");
	find_debug(t, options->debug_dir);
	vole_memory_init(&t->mem, t->host, t->core, t->exe, t->bias);
	return true;
}

bool vole_target_open(struct vole_host *host,
		      const struct vole_target_options *options,
		      struct vole_target **ret, struct vole_error *err)
{
	struct vole_target *t = calloc(1, sizeof(*t));

	if (!t)
		return vole_fail_nomem(err);
	t->host = host;
	vole_arena_init(&t->arena, ARENA_CAP);
	if (!open_all(t, options, err)) {
		vole_target_close(t);
		return false;
	}
	*ret = t;
	return true;
}

void vole_target_close(struct vole_target *target)
{
	if (!target)
		return;
	vole_memory_free(&target->mem);
	if (target->debug != target->exe)
		vole_elf_close(target->debug);
	vole_elf_close(target->exe);
	vole_corefile_close(target->core);
	vole_arena_clear(&target->arena);
	free(target);
}

static bool each_load(struct vole_corefile *core,
		      bool (*each)(void *arg, const struct vole_mapping *),
		      void *arg)
{
	size_t i;

	for (i = 0; i < core->num_loads; i++) {
		const struct vole_elf_segment *s = core->by_addr[i];
		const struct vole_core_file *file = file_at(core, s->addr);
		struct vole_mapping m = {
			.start = s->addr,
			.end = s->addr + s->mem_size,
			.perms = (s->flags & PF_R ? VOLE_PERM_READ : 0u) |
				 (s->flags & PF_W ? VOLE_PERM_WRITE : 0u) |
				 (s->flags & PF_X ? VOLE_PERM_EXEC : 0u),
			.path = file ? file->path : NULL,
		};

		if (file)
			m.offset = file->offset + (s->addr - file->start);
		if (!each(arg, &m))
			return false;
	}
	return true;
}

void vole_target_mappings(struct vole_target *target,
			  bool (*each)(void *arg, const struct vole_mapping *),
			  void *arg)
{
	if (target->core)
		each_load(target->core, each, arg);
	else if (target->host->mappings)
		target->host->mappings(target->host, each, arg);
}
