#include "plugin.h"

#include <cstring>

extern "C" {
#include "target/procmaps.h"
#include "target/registers.h"
}

using namespace lldb;

enum { PAGE = 4096 };

static SBTarget target_of(struct vole_host *host)
{
	return ((struct plugin *)host)->debugger.GetSelectedTarget();
}

static SBProcess process_of(struct vole_host *host)
{
	return target_of(host).GetProcess();
}

enum vole_target_kind vole_lldb_kind(SBProcess &process)
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
size_t vole_lldb_read(SBProcess &process, uint64_t addr, char *buf, size_t len)
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
	n = vole_lldb_read(process, addr, buf, half);
	if (n < half)
		return n;
	return n + vole_lldb_read(process, addr + n, buf + n, len - n);
}

static size_t host_read(struct vole_host *host, uint64_t addr, void *buf,
			size_t len)
{
	SBProcess process = process_of(host);

	if (!process.IsValid())
		return 0;
	if (addr && len > UINT64_MAX - addr + 1)
		len = (size_t)(UINT64_MAX - addr + 1);
	return vole_lldb_read(process, addr, (char *)buf, len);
}

static uint64_t mix(uint64_t hash, uint64_t word)
{
	return (hash ^ word) * 0x9e3779b97f4a7c15u + (hash >> 29);
}

/*
 * Nothing tells of `memory write` or of an assignment, so a process that can
 * be written to may have changed before any of our commands.
 */
static uint64_t host_generation(struct vole_host *host)
{
	SBProcess process = process_of(host);
	uint64_t ret = 1;

	if (vole_lldb_kind(process) == VOLE_TARGET_NONE)
		return ret;
	ret = mix(ret, process.GetUniqueID());
	ret = mix(ret, process.GetStopID(true));
	if (vole_lldb_kind(process) == VOLE_TARGET_LIVE)
		ret = mix(ret, ((struct plugin *)host)->num_runs);
	return ret;
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

	vole_lldb_facts(host, &facts);
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

static bool host_registers(struct vole_host *host, uint32_t tid,
			   struct vole_registers *ret)
{
	SBFrame frame = process_of(host).GetThreadByID(tid).GetFrameAtIndex(0);

	for (unsigned i = 0; frame.IsValid() && i < VOLE_REGISTER_PC; i++) {
		SBValue value = frame.FindRegister(vole_register_name(i));
		SBError error;
		uint64_t word;

		if (!value.IsValid())
			continue;
		word = value.GetValueAsUnsigned(error);
		if (error.Success())
			vole_register_set(ret, i, word);
	}
	return ret->known != 0;
}

/* lldb has a frame for each inlined call; the outermost is the physical one. */
static uint32_t num_inner(SBThread thread, uint32_t index)
{
	uint32_t ret = 0;

	while (ret < index &&
	       thread.GetFrameAtIndex(index - ret - 1).IsInlined())
		ret++;
	return ret;
}

static bool host_selected(struct vole_host *host, struct vole_regs *ret)
{
	SBProcess process = process_of(host);
	SBFrame frame = process.GetSelectedThread().GetSelectedFrame();

	*ret = {};
	if (vole_lldb_kind(process) == VOLE_TARGET_NONE || !frame.IsValid())
		return false;
	read_frame(frame, ret);
	return true;
}

static uint32_t host_selected_inner(struct vole_host *host)
{
	SBThread thread = process_of(host).GetSelectedThread();
	SBFrame frame = thread.GetSelectedFrame();

	return frame.IsValid() ? num_inner(thread, frame.GetFrameID()) : 0;
}

void vole_lldb_host_init(struct plugin *plugin)
{
	plugin->host.read = host_read;
	plugin->host.generation = host_generation;
	plugin->host.facts = vole_lldb_facts;
	plugin->host.mappings = host_mappings;
	plugin->host.threads = host_threads;
	plugin->host.selected = host_selected;
	plugin->host.selected_inner = host_selected_inner;
	plugin->host.registers = host_registers;
}
