/** The Python module `vole`: importing it adds the commands to gdb. */
#include "plugin.h"

#include "object.h"

static struct plugin plugin;

/* After these, memory read before may be old. Some are missing in old gdbs. */
static const struct {
	const char *name;
	bool moved; /* what was chosen in the program may be no more */
} events[] = {
	{ "stop", true },
	{ "cont", true },
	{ "memory_changed", false },
	{ "register_changed", false },
	{ "inferior_call", false },
	{ "exited", true },
	{ "new_objfile", true },
	{ "clear_objfiles", true },
};

struct plugin *vole_gdb_the_plugin(void)
{
	return &plugin;
}

static PyObject *changed(PyObject *moved, PyObject *event)
{
	(void)event;
	plugin.num_changes++;
	if (moved == Py_True)
		vole_gdb_view_moved(&plugin);
	Py_RETURN_NONE;
}

static PyMethodDef changed_def = { "changed", changed, METH_O, NULL };

static void connect_event(PyObject *all, const char *name, bool moved)
{
	PyObject *event = PyObject_GetAttrString(all, name);
	PyObject *call =
		PyCFunction_New(&changed_def, moved ? Py_True : Py_False);

	if (event && call)
		Py_XDECREF(
			vole_gdb_call(&plugin, event, "connect", "(O)", call));
	PyErr_Clear();
	Py_XDECREF(call);
	Py_XDECREF(event);
}

static void connect_events(void)
{
	PyObject *all = PyObject_GetAttrString(plugin.gdb, "events");
	size_t i;

	for (i = 0; all && i < sizeof(events) / sizeof(*events); i++)
		connect_event(all, events[i].name, events[i].moved);
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
	if (!vole_gdb_commands_init(&plugin))
		return NULL;
	connect_events();
	module = PyModule_Create(&def);
	if (module)
		PyModule_AddStringConstant(module, "__version__",
					   vole_version());
	return module;
}
