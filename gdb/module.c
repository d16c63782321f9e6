/** The Python module `vole`: importing it adds the commands to gdb. */
#include "plugin.h"

#include "object.h"

static struct plugin plugin;

/* After these, memory read before may be old. Some are missing in old gdbs. */
static const char *const events[] = {
	"stop",		 "cont",   "memory_changed", "register_changed",
	"inferior_call", "exited", "new_objfile",    "clear_objfiles",
};

static PyObject *changed(PyObject *self, PyObject *event)
{
	(void)self;
	(void)event;
	plugin.num_changes++;
	Py_RETURN_NONE;
}

static PyMethodDef changed_def = { "changed", changed, METH_O, NULL };

static void connect_events(void)
{
	PyObject *all = PyObject_GetAttrString(plugin.gdb, "events");
	PyObject *call = PyCFunction_New(&changed_def, NULL);
	PyObject *event;
	size_t i;

	for (i = 0; all && call && i < sizeof(events) / sizeof(*events); i++) {
		event = PyObject_GetAttrString(all, events[i]);
		if (event)
			Py_XDECREF(vole_gdb_call(&plugin, event, "connect",
						 "(O)", call));
		PyErr_Clear();
		Py_XDECREF(event);
	}
	PyErr_Clear();
	Py_XDECREF(call);
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
