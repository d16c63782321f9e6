#include "plugin.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "target/procmaps.h"

enum {
	PAGE = 4096,
	MAX_READ = 1 << 20, /* gdb copies each read twice; more gets slower */
};

static struct plugin *plugin_of(struct vole_host *host)
{
	return (struct plugin *)host;
}

void vole_gdb_forgive(struct plugin *plugin)
{
	if (!PyErr_Occurred())
		return;
	if (!plugin->stop_type &&
	    PyErr_ExceptionMatches(PyExc_KeyboardInterrupt))
		PyErr_Fetch(&plugin->stop_type, &plugin->stop_value,
			    &plugin->stop_trace);
	else
		PyErr_Clear();
}

PyObject *vole_gdb_call(struct plugin *plugin, PyObject *object,
			const char *name, const char *format, ...)
{
	PyObject *method = PyObject_GetAttrString(object, name);
	PyObject *args, *ret = NULL;
	va_list ap;

	if (method) {
		va_start(ap, format);
		args = Py_VaBuildValue(format, ap);
		va_end(ap);
		if (args)
			ret = PyObject_CallObject(method, args);
		Py_XDECREF(args);
		Py_DECREF(method);
	}
	if (!ret)
		vole_gdb_forgive(plugin);
	return ret;
}

bool vole_gdb_text(PyObject *str, struct vole_strbuf *buf)
{
	PyObject *bytes;
	char *text;
	Py_ssize_t len;

	if (!str || !PyUnicode_Check(str))
		return false;
	bytes = PyUnicode_AsEncodedString(str, "utf-8", "surrogateescape");
	if (!bytes || PyBytes_AsStringAndSize(bytes, &text, &len) < 0) {
		PyErr_Clear();
		Py_XDECREF(bytes);
		return false;
	}
	vole_strbuf_add_bytes(buf, text, (size_t)len);
	Py_DECREF(bytes);
	return !buf->failed;
}

/** Attribute @p name as a new reference, or NULL; also for object NULL. */
static PyObject *get(struct plugin *plugin, PyObject *object, const char *name)
{
	PyObject *ret = object ? PyObject_GetAttrString(object, name) : NULL;

	if (!ret)
		vole_gdb_forgive(plugin);
	return ret;
}

/** An int or gdb.Value as an unsigned number; false when it is neither. */
static bool number(struct plugin *plugin, PyObject *object, uint64_t *ret)
{
	PyObject *num = object ? PyNumber_Long(object) : NULL;

	*ret = num ? PyLong_AsUnsignedLongLongMask(num) : 0;
	Py_XDECREF(num);
	if (!PyErr_Occurred())
		return num != NULL;
	vole_gdb_forgive(plugin);
	return false;
}

static uint64_t get_number(struct plugin *plugin, PyObject *object,
			   const char *name)
{
	PyObject *attr = get(plugin, object, name);
	uint64_t ret;

	number(plugin, attr, &ret);
	Py_XDECREF(attr);
	return ret;
}

static PyObject *selected_inferior(struct plugin *plugin)
{
	return vole_gdb_call(plugin, plugin->gdb, "selected_inferior", "()");
}

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
	struct plugin *plugin = plugin_of(host);
	PyObject *inferior = selected_inferior(plugin);
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
	struct plugin *plugin = plugin_of(host);
	PyObject *inferior = selected_inferior(plugin);
	PyObject *progspace = get(plugin, inferior, "progspace");
	PyObject *name = get(plugin, progspace, "filename");
	PyObject *connection = get(plugin, inferior, "connection");
	struct vole_strbuf exe = { 0 };
	uint64_t ret = mix(1, plugin->num_changes);
	size_t i;

	ret = mix(ret, get_number(plugin, inferior, "num"));
	ret = mix(ret, get_number(plugin, inferior, "pid"));
	ret = mix(ret, get_number(plugin, connection, "num"));
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

/** Run a gdb command and append what it prints. */
static bool execute(struct plugin *plugin, const char *line,
		    struct vole_strbuf *ret)
{
	PyObject *text = vole_gdb_call(plugin, plugin->gdb, "execute", "(sOO)",
				       line, Py_False, Py_True);
	bool ok = vole_gdb_text(text, ret);

	Py_XDECREF(text);
	return ok;
}

/* "Local core dump file:\n\t`PATH', file type elf64-x86-64." */
static bool find_core(const char *files, struct vole_strbuf *ret)
{
	const char *at = strstr(files, "Local core dump file:");
	const char *end;

	at = at ? strchr(at, '`') : NULL;
	end = at ? strstr(at, "', file type") : NULL;
	if (end)
		vole_strbuf_add_bytes(ret, at + 1, (size_t)(end - at - 1));
	return end != NULL;
}

/** A file of this machine, or NULL. */
static const char *local(const struct vole_strbuf *path)
{
	const char *text = vole_strbuf_text(path);

	return text[0] == '/' && access(text, R_OK) == 0 ? text : NULL;
}

/* gdb 10 has no inferior.connection: then the words of `info files` tell. */
static void find_kind(struct plugin *plugin, PyObject *inferior,
		      const char *files, struct vole_facts *ret)
{
	PyObject *connection = get(plugin, inferior, "connection");
	PyObject *type = get(plugin, connection, "type");
	struct vole_strbuf word = { 0 };
	bool native;

	if (vole_gdb_text(type, &word))
		native = !strcmp(vole_strbuf_text(&word), "native");
	else
		native = strstr(files, "Using the running image of ") != NULL;
	if (plugin->core.len)
		ret->kind = VOLE_TARGET_CORE;
	else if (ret->pid)
		ret->kind = VOLE_TARGET_LIVE;
	ret->remote = ret->kind == VOLE_TARGET_LIVE && !native;
	vole_strbuf_free(&word);
	Py_XDECREF(type);
	Py_XDECREF(connection);
}

static void host_facts(struct vole_host *host, struct vole_facts *ret)
{
	struct plugin *plugin = plugin_of(host);
	PyObject *inferior = selected_inferior(plugin);
	PyObject *progspace = get(plugin, inferior, "progspace");
	PyObject *name = get(plugin, progspace, "filename");
	struct vole_strbuf files = { 0 };
	const char *entry;

	memset(ret, 0, sizeof(*ret));
	vole_strbuf_clear(&plugin->exe);
	vole_strbuf_clear(&plugin->core);
	ret->pid = (uint32_t)get_number(plugin, inferior, "pid");
	if (vole_gdb_text(name, &plugin->exe))
		ret->exe = local(&plugin->exe);
	execute(plugin, "info files", &files);
	if (find_core(vole_strbuf_text(&files), &plugin->core))
		ret->core = local(&plugin->core);
	find_kind(plugin, inferior, vole_strbuf_text(&files), ret);
	entry = strstr(vole_strbuf_text(&files), "Entry point: 0x");
	ret->has_entry = entry && sscanf(entry, "Entry point: 0x%" SCNx64,
					 &ret->entry) == 1;
	vole_strbuf_free(&files);
	Py_XDECREF(name);
	Py_XDECREF(progspace);
	Py_XDECREF(inferior);
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

	if (execute(plugin, "info proc mappings", &text) && text.len)
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

	host_facts(host, &facts);
	if (facts.kind == VOLE_TARGET_LIVE && !facts.remote)
		vole_procmaps_each(facts.pid, each, arg);
	else
		gdb_mappings(plugin_of(host), each, arg);
}

static void read_frame(struct plugin *plugin, PyObject *frame,
		       struct vole_regs *ret)
{
	const struct {
		const char *name;
		uint32_t have;
		uint64_t *to;
	} regs[] = {
		{ "rip", VOLE_HAVE_PC, &ret->pc },
		{ "rsp", VOLE_HAVE_SP, &ret->sp },
		{ "rbp", VOLE_HAVE_BP, &ret->bp },
		{ "r14", VOLE_HAVE_G, &ret->g },
		{ "fs_base", VOLE_HAVE_TLS, &ret->tls },
	};
	PyObject *value;
	size_t i;

	for (i = 0; frame && i < sizeof(regs) / sizeof(*regs); i++) {
		value = vole_gdb_call(plugin, frame, "read_register", "(s)",
				      regs[i].name);
		if (number(plugin, value, regs[i].to))
			ret->have |= regs[i].have;
		Py_XDECREF(value);
	}
}

/* ptid is (pid, lwp, tid); a remote stub may know the last only. */
static uint32_t thread_id(struct plugin *plugin, PyObject *thread)
{
	PyObject *ptid = get(plugin, thread, "ptid");
	unsigned long long pid = 0, lwp = 0, tid = 0;

	if (ptid && !PyArg_ParseTuple(ptid, "KKK", &pid, &lwp, &tid))
		vole_gdb_forgive(plugin);
	Py_XDECREF(ptid);
	return (uint32_t)(lwp ? lwp : tid);
}

static bool one_thread(struct plugin *plugin, PyObject *thread,
		       bool (*each)(void *arg, const struct vole_regs *),
		       void *arg)
{
	struct vole_regs regs = { .tid = thread_id(plugin, thread) };
	PyObject *switched = vole_gdb_call(plugin, thread, "switch", "()");
	PyObject *frame = NULL;

	if (switched)
		frame = vole_gdb_call(plugin, plugin->gdb, "newest_frame",
				      "()");
	read_frame(plugin, frame, &regs);
	Py_XDECREF(frame);
	Py_XDECREF(switched);
	return each(arg, &regs);
}

static void call_and_drop(struct plugin *plugin, PyObject *object,
			  const char *method)
{
	if (object && object != Py_None)
		Py_XDECREF(vole_gdb_call(plugin, object, method, "()"));
	Py_XDECREF(object);
}

/* switch() forgets the selected frame: put both back. */
static void host_threads(struct vole_host *host,
			 bool (*each)(void *arg, const struct vole_regs *),
			 void *arg)
{
	struct plugin *plugin = plugin_of(host);
	PyObject *thread =
		vole_gdb_call(plugin, plugin->gdb, "selected_thread", "()");
	PyObject *frame =
		vole_gdb_call(plugin, plugin->gdb, "selected_frame", "()");
	PyObject *inferior = selected_inferior(plugin);
	PyObject *threads = NULL;
	Py_ssize_t i, num = 0;

	if (inferior)
		threads = vole_gdb_call(plugin, inferior, "threads", "()");
	if (threads)
		num = PyTuple_Size(threads);
	for (i = 0; i < num && !plugin->stop_type; i++)
		if (!one_thread(plugin, PyTuple_GetItem(threads, i), each, arg))
			break;
	Py_XDECREF(threads);
	Py_XDECREF(inferior);
	call_and_drop(plugin, thread, "switch");
	call_and_drop(plugin, frame, "select");
}

static bool host_selected(struct vole_host *host, struct vole_regs *ret)
{
	struct plugin *plugin = plugin_of(host);
	PyObject *thread =
		vole_gdb_call(plugin, plugin->gdb, "selected_thread", "()");
	PyObject *frame =
		vole_gdb_call(plugin, plugin->gdb, "selected_frame", "()");

	memset(ret, 0, sizeof(*ret));
	if (frame) {
		ret->tid = thread_id(plugin, thread);
		read_frame(plugin, frame, ret);
	}
	Py_XDECREF(frame);
	Py_XDECREF(thread);
	return frame != NULL;
}

void vole_gdb_host_init(struct plugin *plugin)
{
	plugin->host = (struct vole_host){
		.read = host_read,
		.generation = host_generation,
		.facts = host_facts,
		.mappings = host_mappings,
		.threads = host_threads,
		.selected = host_selected,
	};
}
