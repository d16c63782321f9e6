/**
 * Python objects of gdb's: calls, attributes, texts and numbers. None of these
 * leaves an exception set.
 */
#ifndef VOLE_GDB_OBJECT_H
#define VOLE_GDB_OBJECT_H

#include "plugin.h"

/** The last call failed, which is fine; but remember that the user said stop. */
void vole_gdb_forgive(struct plugin *plugin);

/**
 * Set the KeyboardInterrupt that was kept, if there is one and no command runs
 * that will do so when it ends; false: none is set.
 */
bool vole_gdb_raise_stop(struct plugin *plugin);

/**
 * How a callback of gdb's ends: with @p ret, which it takes, or, when that is
 * NULL, with a new reference to @p otherwise; with that exception when it is
 * set.
 */
PyObject *vole_gdb_answer(struct plugin *plugin, PyObject *ret,
			  PyObject *otherwise);

/** gdb.NAME(arguments as for Py_BuildValue()), or NULL with the error forgiven. */
PyObject *vole_gdb_call(struct plugin *plugin, PyObject *object,
			const char *name, const char *format, ...);

/** Attribute @p name as a new reference, or NULL; also for object NULL. */
PyObject *vole_gdb_get(struct plugin *plugin, PyObject *object,
		       const char *name);

/** Append a str as UTF-8; false for None and anything else. */
bool vole_gdb_text(PyObject *str, struct vole_strbuf *buf);

/** An int or gdb.Value as an unsigned number; false when it is neither. */
bool vole_gdb_number(struct plugin *plugin, PyObject *object, uint64_t *ret);

/** Attribute @p name as an unsigned number, 0 when it is none. */
uint64_t vole_gdb_get_number(struct plugin *plugin, PyObject *object,
			     const char *name);

/** An instance of a new class: PyCFunctions in @p dict get no self. */
PyObject *vole_gdb_instance(const char *name, PyObject *dict);

/**
 * An instance of a new class that gdb may call: as @p def, under our name and
 * enabled, as its lists of unwinders and printers want it.
 */
PyObject *vole_gdb_callable(const char *name, PyMethodDef *def);

/** The selected inferior as a new reference, or NULL. */
PyObject *vole_gdb_inferior(struct plugin *plugin);

/** Run a gdb command and append what it prints. */
bool vole_gdb_execute(struct plugin *plugin, const char *line,
		      struct vole_strbuf *ret);

#endif
