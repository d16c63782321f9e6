/**
 * vole inside gdb: a Python module written in C. gdb's Python API is all it
 * uses of gdb, the limited API of Python 3.6 all it uses of Python.
 */
#ifndef VOLE_GDB_PLUGIN_H
#define VOLE_GDB_PLUGIN_H

#include <Python.h>

#include "base/strbuf.h"
#include "view.h"
#include "vole.h"

/** gdb has one of everything, and so have we. */
struct plugin {
	struct vole_host host; /* first: cast back from it */
	PyObject *gdb; /* the module */
	struct vole_session *session; /* opened by the first command */
	uint64_t num_changes; /* events after which memory may differ */
	struct vole_strbuf exe, core; /* what vole_facts borrows */
	struct view view; /* of the chosen goroutine */
	bool running; /* a command */
	/**
	 * KeyboardInterrupt, kept while the command winds up: no call into
	 * Python may be made with an exception set.
	 */
	PyObject *stop_type, *stop_value, *stop_trace;
};

static inline struct plugin *vole_gdb_plugin(struct vole_host *host)
{
	return (struct plugin *)host;
}

/** The one there is: gdb calls us without telling. */
struct plugin *vole_gdb_the_plugin(void);

/** Fill plugin->host: with what host.c has, and with these. */
void vole_gdb_host_init(struct plugin *plugin);
void vole_gdb_facts(struct vole_host *host, struct vole_facts *ret);
void vole_gdb_threads(struct vole_host *host,
		      bool (*each)(void *arg, const struct vole_regs *),
		      void *arg);
bool vole_gdb_selected(struct vole_host *host, struct vole_regs *ret);
uint32_t vole_gdb_selected_inner(struct vole_host *host);
bool vole_gdb_registers(struct vole_host *host, uint32_t tid,
			struct vole_registers *ret);
/** Registers of a gdb.Frame; NULL has none. */
void vole_gdb_read_frame(struct plugin *plugin, PyObject *frame,
			 struct vole_regs *ret);
/** Is the gdb.Frame @p frame that of an inlined call? */
bool vole_gdb_is_inline(struct plugin *plugin, PyObject *frame);
/** Thread @p tid of the selected inferior as a new reference, or NULL. */
PyObject *vole_gdb_thread(struct plugin *plugin, uint32_t tid);
/** Make @p thread, a gdb.InferiorThread, the selected one. */
bool vole_gdb_switch(struct plugin *plugin, PyObject *thread);

/** Have gdb print Go's values our way; false: exception set. */
bool vole_gdb_printers_init(struct plugin *plugin);
/**
 * Be the first that is asked about Go's values: the runtime's own printers may
 * have been loaded since.
 */
void vole_gdb_printers_first(struct plugin *plugin);

/** Open plugin->session, unless it is; false: out of memory. */
bool vole_gdb_session(struct plugin *plugin);

/** Make `go`, its commands, `set go` and `show go`; false: exception set. */
bool vole_gdb_commands_init(struct plugin *plugin);

#endif
