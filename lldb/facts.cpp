#include "plugin.h"

#include <cinttypes>
#include <climits>
#include <cstdio>
#include <cstring>
#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

extern "C" {
#include "target/procmaps.h"
}

using namespace lldb;

enum { RANDOM_SIZE = 16 };

static bool path_of(SBFileSpec spec, struct vole_strbuf *ret)
{
	char path[PATH_MAX];

	vole_strbuf_clear(ret);
	if (!spec.IsValid() || !spec.GetPath(path, sizeof(path)))
		return false;
	vole_strbuf_add(ret, path);
	return path[0] == '/' && access(path, R_OK) == 0;
}

static bool is_core(const char *path)
{
	Elf64_Ehdr head = {};
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool ret = fd >= 0 && read(fd, &head, sizeof(head)) == sizeof(head) &&
		   !memcmp(head.e_ident, ELFMAG, SELFMAG) &&
		   head.e_type == ET_CORE;

	if (fd >= 0)
		close(fd);
	return ret;
}

struct cores {
	struct vole_strbuf *path; /* of the last one */
	size_t num;
};

static bool add_core(void *arg, const struct vole_mapping *map)
{
	struct cores *cores = (struct cores *)arg;

	if (!map->path || map->path[0] != '/' ||
	    !strcmp(map->path, vole_strbuf_text(cores->path)) ||
	    !is_core(map->path))
		return true;
	vole_strbuf_clear(cores->path);
	vole_strbuf_add(cores->path, map->path);
	cores->num++;
	return true;
}

/*
 * Before lldb 17 nobody tells the core's path, but lldb maps the file: it is
 * the one core among our mappings, if there is just one.
 */
static bool mapped_core(struct vole_strbuf *ret)
{
	struct cores cores = { ret, 0 };

	vole_strbuf_clear(ret);
	vole_procmaps_each(VOLE_PROCMAPS_SELF, add_core, &cores);
	return cores.num == 1;
}

static bool find_core(SBProcess &process, struct vole_strbuf *ret)
{
	/* Returned in memory, as C++ has it for a class with a destructor. */
	SBFileSpec (*core_file)(SBProcess *);

	*(void **)&core_file =
		dlsym(RTLD_DEFAULT, "_ZN4lldb9SBProcess11GetCoreFileEv");
	return core_file ? path_of(core_file(&process), ret) : mapped_core(ret);
}

/** A word of /proc/PID/auxv. */
static bool auxv(uint64_t pid, uint64_t type, uint64_t *ret)
{
	char path[64];
	Elf64_auxv_t aux = {};
	bool found = false;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%" PRIu64 "/auxv", pid);
	file = fopen(path, "re");
	while (file && !found && fread(&aux, sizeof(aux), 1, file) == 1)
		found = aux.a_type == type;
	if (file)
		fclose(file);
	if (found)
		*ret = aux.a_un.a_val;
	return found;
}

/*
 * lldb does not say whether its process is on this machine. The kernel gave
 * each program 16 random bytes: they must be the same both ways.
 */
static bool is_local(SBProcess &process, uint64_t pid)
{
	char here[RANDOM_SIZE], there[RANDOM_SIZE];
	struct iovec to = { here, sizeof(here) }, from = { nullptr, 0 };
	uint64_t addr;

	if (!auxv(pid, AT_RANDOM, &addr))
		return false;
	from = { (void *)addr, sizeof(here) };
	if (process_vm_readv((::pid_t)pid, &to, 1, &from, 1, 0) != sizeof(here))
		return false;
	return vole_lldb_read(process, addr, there, sizeof(there)) ==
		       sizeof(there) &&
	       !memcmp(here, there, sizeof(here));
}

static bool find_bias(SBTarget target, uint64_t *ret)
{
	SBModule module = target.FindModule(target.GetExecutable());
	SBSection text = module.FindSection(".text");
	uint64_t load = text.GetLoadAddress(target);

	if (!text.IsValid() || load == LLDB_INVALID_ADDRESS)
		return false;
	*ret = load - text.GetFileAddress();
	return true;
}

void vole_lldb_facts(struct vole_host *host, struct vole_facts *ret)
{
	struct plugin *plugin = (struct plugin *)host;
	SBTarget target = plugin->debugger.GetSelectedTarget();
	SBProcess process = target.GetProcess();

	*ret = {};
	ret->kind = vole_lldb_kind(process);
	if (path_of(target.GetExecutable(), &plugin->exe))
		ret->exe = vole_strbuf_text(&plugin->exe);
	if (ret->kind == VOLE_TARGET_NONE)
		return;
	ret->pid = (uint32_t)process.GetProcessID();
	ret->has_bias = find_bias(target, &ret->bias);
	if (ret->kind == VOLE_TARGET_CORE) {
		if (find_core(process, &plugin->core))
			ret->core = vole_strbuf_text(&plugin->core);
		return;
	}
	ret->remote = !is_local(process, ret->pid);
	if (!ret->remote)
		ret->has_entry = auxv(ret->pid, AT_ENTRY, &ret->entry);
}
