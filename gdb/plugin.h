/**
 * vole inside gdb: a Python module written in C. gdb's Python API is all it
 * uses of gdb, the limited API of Python 3.6 all it uses of Python.
 */
#ifndef VOLE_GDB_PLUGIN_H
#define VOLE_GDB_PLUGIN_H

#include <Python.h>

#include "base/strbuf.h"
#include "vole.h"

/** gdb has one of everything, and so have we. */
struct plugin {
	struct vole_host host; /* first: cast back from it */
	PyObject *gdb; /* the module */
	struct vole_session *session; /* opened by the first command */
	uint64_t num_changes; /* events after which memory may differ */
	struct vole_strbuf exe, core; /* what vole_facts borrows */
	/**
	 * KeyboardInterrupt, kept while the command winds up: no call into
	 * Python may be made with an exception set.
	 */
	PyObject *stop_type, *stop_value, *stop_trace;
};

/** Fill plugin->host. */
void vole_gdb_host_init(struct plugin *plugin);

/** Make `go`, its commands, `set go` and `show go`; false: exception set. */
bool vole_gdb_commands_init(struct plugin *plugin);

/** The last call failed, which is fine; but remember that the user said stop. */
void vole_gdb_forgive(struct plugin *plugin);

/** gdb.NAME(arguments as for Py_BuildValue()), or NULL with the error forgiven. */
PyObject *vole_gdb_call(struct plugin *plugin, PyObject *object,
			const char *name, const char *format, ...);

/** Append a str as UTF-8; false for None and anything else. */
bool vole_gdb_text(PyObject *str, struct vole_strbuf *buf);

#endif
