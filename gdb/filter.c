/**
 * The frame filter of a chosen goroutine: bt without the thread's own frame
 * at its beginning and without the frame at pc 0 that ends it.
 */
#include "view.h"

#include "object.h"
#include "plugin.h"

/* Is the frame of this decorator one of the goroutine's? */
static PyObject *is_shown(PyObject *self, PyObject *decorator)
{
	struct plugin *plugin = vole_gdb_the_plugin();
	PyObject *frame =
		vole_gdb_call(plugin, decorator, "inferior_frame", "()");
	PyObject *pc = frame ? vole_gdb_call(plugin, frame, "pc", "()") : NULL;
	uint64_t number;
	bool at_zero = vole_gdb_number(plugin, pc, &number) && !number;

	(void)self;
	Py_XDECREF(pc);
	Py_XDECREF(frame);
	if (vole_gdb_raise_stop(plugin))
		return NULL;
	return PyBool_FromLong(!at_zero);
}

static PyObject *shown_of(struct plugin *plugin, PyObject *frames)
{
	static PyMethodDef def = { "is_shown", is_shown, METH_O, NULL };
	PyObject *tools = PyImport_ImportModule("itertools");
	PyObject *test = PyCFunction_New(&def, NULL);
	PyObject *rest = NULL, *ret = NULL;

	if (tools && test)
		rest = vole_gdb_call(plugin, tools, "islice", "(OnO)", frames,
				     (Py_ssize_t)plugin->view.hidden, Py_None);
	if (rest)
		ret = vole_gdb_call(plugin, tools, "takewhile", "(OO)", test,
				    rest);
	vole_gdb_forgive(plugin);
	Py_XDECREF(rest);
	Py_XDECREF(test);
	Py_XDECREF(tools);
	return ret;
}

static PyObject *filter(PyObject *self, PyObject *frames)
{
	struct plugin *plugin = vole_gdb_the_plugin();
	PyObject *ret = shown_of(plugin, frames);

	(void)self;
	if (vole_gdb_raise_stop(plugin)) {
		Py_XDECREF(ret);
		return NULL;
	}
	if (ret)
		return ret;
	Py_INCREF(frames);
	return frames;
}

static PyObject *enabled(PyObject *self, PyObject *filter_object)
{
	struct plugin *plugin = vole_gdb_the_plugin();
	bool here = vole_gdb_view_here(plugin);

	(void)self;
	(void)filter_object;
	if (vole_gdb_raise_stop(plugin))
		return NULL;
	return PyBool_FromLong(here);
}

/* gdb prints frames in another way when there is any filter: none elsewhere. */
static PyObject *enabled_property(void)
{
	static PyMethodDef def = { "enabled", enabled, METH_O, NULL };
	PyObject *call = PyCFunction_New(&def, NULL);
	PyObject *ret = NULL;

	if (call)
		ret = PyObject_CallFunction((PyObject *)&PyProperty_Type, "O",
					    call);
	PyErr_Clear();
	Py_XDECREF(call);
	return ret;
}

PyObject *vole_gdb_filter_new(void)
{
	/* The first to see the frames: others may make new ones of them. */
	enum { PRIORITY = 1 << 20 };
	static PyMethodDef def = { "filter", filter, METH_O, NULL };
	PyObject *call = PyCFunction_New(&def, NULL);
	PyObject *here = enabled_property();
	PyObject *dict = NULL, *ret = NULL;

	if (call && here)
		dict = Py_BuildValue("{sssOsisO}", "name", "vole", "enabled",
				     here, "priority", PRIORITY, "filter",
				     call);
	if (dict)
		ret = vole_gdb_instance("VoleFilter", dict);
	Py_XDECREF(dict);
	Py_XDECREF(here);
	Py_XDECREF(call);
	return ret;
}
