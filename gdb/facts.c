#include "plugin.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "object.h"

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
	PyObject *connection = vole_gdb_get(plugin, inferior, "connection");
	PyObject *type = vole_gdb_get(plugin, connection, "type");
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

void vole_gdb_facts(struct vole_host *host, struct vole_facts *ret)
{
	struct plugin *plugin = vole_gdb_plugin(host);
	PyObject *inferior = vole_gdb_inferior(plugin);
	PyObject *progspace = vole_gdb_get(plugin, inferior, "progspace");
	PyObject *name = vole_gdb_get(plugin, progspace, "filename");
	struct vole_strbuf files = { 0 };
	const char *entry;

	memset(ret, 0, sizeof(*ret));
	vole_strbuf_clear(&plugin->exe);
	vole_strbuf_clear(&plugin->core);
	ret->pid = (uint32_t)vole_gdb_get_number(plugin, inferior, "pid");
	if (vole_gdb_text(name, &plugin->exe))
		ret->exe = local(&plugin->exe);
	vole_gdb_execute(plugin, "info files", &files);
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
