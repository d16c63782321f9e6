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

enum { PAGE = 4096, RANDOM_SIZE = 16 };

static SBTarget target_of(struct vole_host *host)
{
	return ((struct plugin *)host)->debugger.GetSelectedTarget();
}

static SBProcess process_of(struct vole_host *host)
{
	return target_of(host).GetProcess();
}

static enum vole_target_kind kind_of(SBProcess &process)
{
	const char *plugin_name = process.GetPluginName();

	switch (process.IsValid() ? process.GetState() : eStateInvalid) {
	case eStateInvalid:
	case eStateUnloaded:
	case eStateDetached:
	case eStateExited:
		return VOLE_TARGET_NONE;
	default:
		return plugin_name && !strcmp(plugin_name, "elf-core") ?
			       VOLE_TARGET_CORE :
			       VOLE_TARGET_LIVE;
	}
}

/* lldb reads all of it or little, so halve, at a page where there is one. */
static size_t read_some(SBProcess &process, uint64_t addr, char *buf,
			size_t len)
{
	SBError error;
	size_t half, n;

	n = process.ReadMemory(addr, buf, len, error);
	if (n == len || len < 2)
		return error.Fail() ? 0 : n;
	half = len / 2;
	n = PAGE - (size_t)(addr % PAGE);
	if (n < len)
		half = n >= half ? n : half - (size_t)((addr + half) % PAGE);
	n = read_some(process, addr, buf, half);
	if (n < half)
		return n;
	return n + read_some(process, addr + n, buf + n, len - n);
}

static size_t host_read(struct vole_host *host, uint64_t addr, void *buf,
			size_t len)
{
	SBProcess process = process_of(host);

	if (!process.IsValid())
		return 0;
	if (addr && len > UINT64_MAX - addr + 1)
		len = (size_t)(UINT64_MAX - addr + 1);
	return read_some(process, addr, (char *)buf, len);
}

static uint64_t mix(uint64_t hash, uint64_t word)
{
	return (hash ^ word) * 0x9e3779b97f4a7c15u + (hash >> 29);
}

static bool path_of(SBFileSpec spec, struct vole_strbuf *ret)
{
	char path[PATH_MAX];

	vole_strbuf_clear(ret);
	if (!spec.IsValid() || !spec.GetPath(path, sizeof(path)))
		return false;
	vole_strbuf_add(ret, path);
	return path[0] == '/' && access(path, R_OK) == 0;
}

/*
 * Nothing tells of `memory write` or of an assignment, so a process that can
 * be written to may have changed before any of our commands.
 */
static uint64_t host_generation(struct vole_host *host)
{
	SBProcess process = process_of(host);
	uint64_t ret = 1;

	if (kind_of(process) == VOLE_TARGET_NONE)
		return ret;
	ret = mix(ret, process.GetUniqueID());
	ret = mix(ret, process.GetStopID(true));
	if (kind_of(process) == VOLE_TARGET_LIVE)
		ret = mix(ret, ((struct plugin *)host)->num_runs);
	return ret;
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
	return read_some(process, addr, there, sizeof(there)) ==
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

static void host_facts(struct vole_host *host, struct vole_facts *ret)
{
	struct plugin *plugin = (struct plugin *)host;
	SBTarget target = target_of(host);
	SBProcess process = target.GetProcess();

	*ret = {};
	ret->kind = kind_of(process);
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

static void lldb_mappings(SBProcess process,
			  bool (*each)(void *arg, const struct vole_mapping *),
			  void *arg)
{
	SBMemoryRegionInfoList regions = process.GetMemoryRegions();
	SBMemoryRegionInfo region;
	uint32_t i;

	for (i = 0; i < regions.GetSize(); i++) {
		struct vole_mapping map = {};

		if (!regions.GetMemoryRegionAtIndex(i, region) ||
		    !region.IsMapped())
			continue;
		map.start = region.GetRegionBase();
		map.end = region.GetRegionEnd();
		map.perms = (region.IsReadable() ? VOLE_PERM_READ : 0) |
			    (region.IsWritable() ? VOLE_PERM_WRITE : 0) |
			    (region.IsExecutable() ? VOLE_PERM_EXEC : 0);
		map.path = region.GetName();
		if (!each(arg, &map))
			break;
	}
}

static void host_mappings(struct vole_host *host,
			  bool (*each)(void *arg, const struct vole_mapping *),
			  void *arg)
{
	struct vole_facts facts;

	host_facts(host, &facts);
	if (facts.kind == VOLE_TARGET_LIVE && !facts.remote)
		vole_procmaps_each(facts.pid, each, arg);
	else if (facts.kind != VOLE_TARGET_NONE)
		lldb_mappings(process_of(host), each, arg);
}

static void read_register(SBFrame &frame, const char *name, uint32_t have,
			  uint64_t *to, struct vole_regs *ret)
{
	SBValue value = frame.FindRegister(name);
	SBError error;

	if (!value.IsValid())
		return;
	*to = value.GetValueAsUnsigned(error);
	if (error.Success())
		ret->have |= have;
}

static void read_frame(SBFrame frame, struct vole_regs *ret)
{
	ret->tid = (uint32_t)frame.GetThread().GetThreadID();
	read_register(frame, "rip", VOLE_HAVE_PC, &ret->pc, ret);
	read_register(frame, "rsp", VOLE_HAVE_SP, &ret->sp, ret);
	read_register(frame, "rbp", VOLE_HAVE_BP, &ret->bp, ret);
	read_register(frame, "r14", VOLE_HAVE_G, &ret->g, ret);
	read_register(frame, "fs_base", VOLE_HAVE_TLS, &ret->tls, ret);
}

static void host_threads(struct vole_host *host,
			 bool (*each)(void *arg, const struct vole_regs *),
			 void *arg)
{
	SBProcess process = process_of(host);
	uint32_t i, num = process.IsValid() ? process.GetNumThreads() : 0;

	for (i = 0; i < num; i++) {
		SBThread thread = process.GetThreadAtIndex(i);
		struct vole_regs regs = {};

		read_frame(thread.GetFrameAtIndex(0), &regs);
		regs.tid = (uint32_t)thread.GetThreadID();
		if (!each(arg, &regs))
			break;
	}
}

static bool host_selected(struct vole_host *host, struct vole_regs *ret)
{
	SBProcess process = process_of(host);
	SBFrame frame = process.GetSelectedThread().GetSelectedFrame();

	*ret = {};
	if (kind_of(process) == VOLE_TARGET_NONE || !frame.IsValid())
		return false;
	read_frame(frame, ret);
	return true;
}

void vole_lldb_host_init(struct plugin *plugin)
{
	plugin->host.read = host_read;
	plugin->host.generation = host_generation;
	plugin->host.facts = host_facts;
	plugin->host.mappings = host_mappings;
	plugin->host.threads = host_threads;
	plugin->host.selected = host_selected;
}
