#include "plugin.h"

#include <stdio.h>
#include <string.h>

#include "object.h"
#include "target/procmaps.h"

enum {
	PAGE = 4096,
	MAX_READ = 1 << 20, /* gdb copies each read twice; more gets slower */
};

/* gdb reads all of it or nothing, so halve, at a page where there is one. */
static size_t read_some(struct plugin *plugin, PyObject *inferior,
			uint64_t addr, char *buf, size_t len)
{
	PyObject *mem = vole_gdb_call(plugin, inferior, "read_memory", "(KK)",
				      (unsigned long long)addr,
				      (unsigned long long)len);
	PyObject *bytes = mem ? PyBytes_FromObject(mem) : NULL;
	char *data;
	Py_ssize_t got;
	size_t half, n;

	Py_XDECREF(mem);
	if (bytes && PyBytes_AsStringAndSize(bytes, &data, &got) == 0 &&
	    (size_t)got == len) {
		memcpy(buf, data, len);
		Py_DECREF(bytes);
		return len;
	}
	Py_XDECREF(bytes);
	vole_gdb_forgive(plugin);
	if (len < 2 || plugin->stop_type)
		return 0;
	half = len / 2;
	n = PAGE - (size_t)(addr % PAGE);
	if (n < len)
		half = n >= half ? n : half - (size_t)((addr + half) % PAGE);
	n = read_some(plugin, inferior, addr, buf, half);
	if (n < half)
		return n;
	return n + read_some(plugin, inferior, addr + n, buf + n, len - n);
}

static size_t host_read(struct vole_host *host, uint64_t addr, void *buf,
			size_t len)
{
	struct plugin *plugin = vole_gdb_plugin(host);
	PyObject *inferior = vole_gdb_inferior(plugin);
	size_t done = 0, want, got;

	if (addr && len > UINT64_MAX - addr + 1)
		len = (size_t)(UINT64_MAX - addr + 1);
	while (inferior && done < len) {
		want = len - done < MAX_READ ? len - done : MAX_READ;
		got = read_some(plugin, inferior, addr + done,
				(char *)buf + done, want);
		done += got;
		if (got < want)
			break;
	}
	Py_XDECREF(inferior);
	return done;
}

static uint64_t mix(uint64_t hash, uint64_t word)
{
	return (hash ^ word) * 0x9e3779b97f4a7c15u + (hash >> 29);
}

/* Loading a core fires no stop event: hence who it is as well as a count. */
static uint64_t host_generation(struct vole_host *host)
{
	struct plugin *plugin = vole_gdb_plugin(host);
	PyObject *inferior = vole_gdb_inferior(plugin);
	PyObject *progspace = vole_gdb_get(plugin, inferior, "progspace");
	PyObject *name = vole_gdb_get(plugin, progspace, "filename");
	PyObject *connection = vole_gdb_get(plugin, inferior, "connection");
	struct vole_strbuf exe = { 0 };
	uint64_t ret = mix(1, plugin->num_changes);
	size_t i;

	ret = mix(ret, vole_gdb_get_number(plugin, inferior, "num"));
	ret = mix(ret, vole_gdb_get_number(plugin, inferior, "pid"));
	ret = mix(ret, vole_gdb_get_number(plugin, connection, "num"));
	vole_gdb_text(name, &exe);
	for (i = 0; i < exe.len; i++)
		ret = mix(ret, (unsigned char)exe.text[i]);
	vole_strbuf_free(&exe);
	Py_XDECREF(connection);
	Py_XDECREF(name);
	Py_XDECREF(progspace);
	Py_XDECREF(inferior);
	return ret;
}

static uint32_t perms_of(const char *text)
{
	return (text[0] == 'r' ? VOLE_PERM_READ : 0u) |
	       (text[1] == 'w' ? VOLE_PERM_WRITE : 0u) |
	       (text[2] == 'x' ? VOLE_PERM_EXEC : 0u);
}

/* "0xSTART 0xEND 0xSIZE 0xOFFSET [PERMS] [PATH]"; no PERMS before gdb 12. */
static bool parse_mapping(char *line, struct vole_mapping *ret)
{
	char perms[5] = "rw-p";
	int at = 0, n = 0;

	memset(ret, 0, sizeof(*ret));
	if (sscanf(line, " 0x%" SCNx64 " 0x%" SCNx64 " 0x%*x 0x%" SCNx64 " %n",
		   &ret->start, &ret->end, &ret->offset, &at) < 3)
		return false;
	if (sscanf(line + at, "%4[-rwxps] %n", perms, &n) == 1 && n)
		at += n;
	ret->perms = perms_of(perms);
	ret->path = at && line[at] ? line + at : NULL;
	return ret->start < ret->end;
}

/* What gdb tells of a core or of another machine. */
static void gdb_mappings(struct plugin *plugin,
			 bool (*each)(void *arg, const struct vole_mapping *),
			 void *arg)
{
	struct vole_strbuf text = { 0 };
	struct vole_mapping map;
	char *line, *rest;

	if (vole_gdb_execute(plugin, "info proc mappings", &text) && text.len)
		for (line = strtok_r(text.text, "\n", &rest); line;
		     line = strtok_r(NULL, "\n", &rest))
			if (parse_mapping(line, &map) && !each(arg, &map))
				break;
	vole_strbuf_free(&text);
}

static void host_mappings(struct vole_host *host,
			  bool (*each)(void *arg, const struct vole_mapping *),
			  void *arg)
{
	struct vole_facts facts;

	vole_gdb_facts(host, &facts);
	if (facts.kind == VOLE_TARGET_LIVE && !facts.remote)
		vole_procmaps_each(facts.pid, each, arg);
	else
		gdb_mappings(vole_gdb_plugin(host), each, arg);
}

void vole_gdb_host_init(struct plugin *plugin)
{
	plugin->host = (struct vole_host){
		.read = host_read,
		.generation = host_generation,
		.facts = vole_gdb_facts,
		.mappings = host_mappings,
		.threads = vole_gdb_threads,
		.selected = vole_gdb_selected,
		.selected_inner = vole_gdb_selected_inner,
		.registers = vole_gdb_registers,
	};
}
