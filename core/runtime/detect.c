#include "runtime/detect.h"

#include "base/quote.h"

#include <string.h>
#include <sys/stat.h>

enum { MAX_LIBRARIES = 256, MAX_SHOWN_PATH = 200 };

static bool starts(const char *text, const char *prefix)
{
	return text && !strncmp(text, prefix, strlen(prefix));
}

static bool has_symbol(struct vole_elf *elf, const char *name)
{
	struct vole_elf_symbol symbol;
	struct vole_error ignored;

	return elf && vole_elf_symbol(elf, name, &symbol, &ignored);
}

/* Does the producer, wherever DWARF keeps its strings, begin like this? */
static bool produced_by(struct vole_target *target,
			const struct vole_debuginfo *di, const char *producer)
{
	static const char *const sections[] = { ".debug_str",
						".debug_line_str" };
	size_t i;

	if (di && starts(di->producer, producer))
		return true;
	for (i = 0; target->debug && i < 2; i++) {
		struct vole_error ignored;
		const uint8_t *bytes;
		uint64_t len;

		if (vole_elf_debug_section(target->debug, sections[i], &bytes,
					   &len, &ignored) &&
		    memmem(bytes, len, producer, strlen(producer)))
			return true;
	}
	return false;
}

static bool is_gccgo(struct vole_target *target,
		     const struct vole_debuginfo *di)
{
	if (target->exe && (vole_elf_section(target->exe, ".go_export") ||
			    has_symbol(target->exe, "__go_init_main") ||
			    has_symbol(target->exe, "__go_go")))
		return true;
	return produced_by(target, di, "GNU Go ");
}

static bool is_tinygo(struct vole_target *target,
		      const struct vole_debuginfo *di)
{
	if (has_symbol(target->exe, "tinygo_startTask") ||
	    has_symbol(target->exe, "tinygo_scanCurrentStack") ||
	    has_symbol(target->exe, "tinygo_getCurrentStackPointer"))
		return true;
	return produced_by(target, di, "TinyGo");
}

struct search {
	struct vole_target *target;
	char path[4096]; /* the last file looked at */
	unsigned tried;
	bool found;
};

/* Only regular files: opening a device that is mapped may block or act. */
static bool is_go_library(const char *path)
{
	struct vole_error ignored;
	struct vole_elf *elf;
	struct stat st;
	bool found;

	if (stat(path, &st) || !S_ISREG(st.st_mode))
		return false;
	if (!vole_elf_open(path, &elf, &ignored))
		return false;
	found = vole_elf_section(elf, ".go.buildinfo") != NULL;
	vole_elf_close(elf);
	return found;
}

static bool look_at(void *arg, const struct vole_mapping *mapping)
{
	struct search *search = arg;
	const struct vole_elf *exe = search->target->exe;

	/* Mappings of one file follow each other. */
	if (!mapping->path || mapping->path[0] != '/' ||
	    !strcmp(mapping->path, search->path) ||
	    strlen(mapping->path) >= sizeof(search->path))
		return true;
	strcpy(search->path, mapping->path);
	if (exe && exe->path && !strcmp(exe->path, search->path))
		return true;
	search->found = is_go_library(search->path);
	return !search->found && ++search->tried < MAX_LIBRARIES;
}

static bool is_remote(const struct vole_target *target)
{
	struct vole_facts facts = { 0 };

	if (target->host && target->host->facts)
		target->host->facts(target->host, &facts);
	return facts.remote;
}

static const char *target_name(const struct vole_target *target, char *room)
{
	const char *name = "the target";

	if (target->exe && target->exe->path)
		name = target->exe->path;
	else if (target->core && target->core->elf->path)
		name = target->core->elf->path;
	return vole_escape_into(room, MAX_SHOWN_PATH, name);
}

bool vole_detect_foreign(struct vole_target *target,
			 const struct vole_debuginfo *di,
			 struct vole_error *err)
{
	struct search search = { .target = target };
	char room[MAX_SHOWN_PATH];

	if (is_gccgo(target, di))
		return vole_fail(err, VOLE_UNSUPPORTED, VOLE_NOWHERE,
				 "%s was built by gccgo; vole reads programs "
				 "of the Go toolchain's own compiler (gc)",
				 target_name(target, room));
	if (is_tinygo(target, di))
		return vole_fail(err, VOLE_UNSUPPORTED, VOLE_NOWHERE,
				 "%s was built by TinyGo; vole reads programs "
				 "of the Go toolchain's own compiler (gc)",
				 target_name(target, room));
	if (!is_remote(target))
		vole_target_mappings(target, look_at, &search);
	if (search.found)
		return vole_fail(err, VOLE_UNSUPPORTED, VOLE_NOWHERE,
				 "Go lives in the shared library %s of this C "
				 "program; vole reads programs linked by Go",
				 vole_escape_into(room, sizeof(room),
						  search.path));
	return vole_fail(err, VOLE_UNSUPPORTED, VOLE_NOWHERE,
			 "%s is not a Go program: no Go build information",
			 target_name(target, room));
}

bool vole_detect_release(struct vole_target *target,
			 const struct vole_buildinfo *build,
			 struct vole_error *err)
{
	char version[64];

	vole_escape_into(version, sizeof(version), build->version);
	/* "go1.9" and older have a minor too; unknown ones (devel) get by. */
	if (build->minor && build->minor < VOLE_OLDEST_MINOR)
		return vole_fail(err, VOLE_UNSUPPORTED, VOLE_NOWHERE,
				 "%s is too old: vole reads programs of "
				 "Go 1.%d and later",
				 version, VOLE_OLDEST_MINOR);
	if (build->minor > VOLE_NEWEST_MINOR)
		vole_target_problem(target,
				    "%s is newer than tested (Go 1.%d): some "
				    "answers may be missing",
				    version, VOLE_NEWEST_MINOR);
	return true;
}
