/** The Python module `vole`: importing it adds the commands to gdb. */
#include "plugin.h"

#include "object.h"

static struct plugin plugin;

enum {
	MEMORY = 1, /* what was read before may be old */
	MOVED = 2, /* what was chosen in the program may be no more */
	LOADED = 4, /* other printers may have come */
};

/* Some are missing in old gdbs. */
static const struct {
	const char *name;
	long what;
} events[] = {
	{ "stop", MEMORY | MOVED },
	{ "cont", MEMORY | MOVED },
	{ "memory_changed", MEMORY },
	{ "register_changed", MEMORY },
	{ "inferior_call", MEMORY },
	{ "exited", MEMORY | MOVED },
	{ "new_objfile", MEMORY | MOVED | LOADED },
	{ "clear_objfiles", MEMORY | MOVED },
	{ "before_prompt", LOADED },
};

struct plugin *vole_gdb_the_plugin(void)
{
	return &plugin;
}

static PyObject *happened(PyObject *self, PyObject *args)
{
	long what = PyLong_AsLong(self);

	(void)args;
	plugin.num_changes += what & MEMORY;
	if (what & MOVED)
		vole_gdb_view_moved(&plugin);
	if (what & LOADED)
		vole_gdb_printers_first(&plugin);
	Py_RETURN_NONE;
}

static PyMethodDef happened_def = { "happened", happened, METH_VARARGS, NULL };

static void connect_event(PyObject *all, const char *name, long what)
{
	PyObject *event = PyObject_GetAttrString(all, name);
	PyObject *self = PyLong_FromLong(what);
	PyObject *call = self ? PyCFunction_New(&happened_def, self) : NULL;

	if (event && call)
		Py_XDECREF(
			vole_gdb_call(&plugin, event, "connect", "(O)", call));
	PyErr_Clear();
	Py_XDECREF(call);
	Py_XDECREF(self);
	Py_XDECREF(event);
}

static void connect_events(void)
{
	PyObject *all = PyObject_GetAttrString(plugin.gdb, "events");
	size_t i;

	for (i = 0; all && i < sizeof(events) / sizeof(*events); i++)
		connect_event(all, events[i].name, events[i].what);
	PyErr_Clear();
	Py_XDECREF(all);
}

PyMODINIT_FUNC PyInit_vole(void);
PyMODINIT_FUNC PyInit_vole(void)
{
	static struct PyModuleDef def = {
		PyModuleDef_HEAD_INIT,
		.m_name = "vole",
		.m_doc = "Shows the inside of Go programs.",
		.m_size = -1,
	};
	PyObject *module;

	plugin.gdb = PyImport_ImportModule("gdb");
	if (!plugin.gdb)
		return NULL;
	vole_gdb_host_init(&plugin);
	if (!vole_gdb_commands_init(&plugin) ||
	    !vole_gdb_printers_init(&plugin))
		return NULL;
	connect_events();
	module = PyModule_Create(&def);
	if (module)
		PyModule_AddStringConstant(module, "__version__",
					   vole_version());
	return module;
}
