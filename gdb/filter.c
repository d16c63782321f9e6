/**
 * The frame filter of a chosen goroutine: bt without the thread's own frame
 * at its beginning and without the frame at pc 0 that ends it.
 */
#include "view.h"

#include "object.h"
#include "plugin.h"

static PyObject *frame_of(struct plugin *plugin, PyObject *decorator)
{
	return vole_gdb_call(plugin, decorator, "inferior_frame", "()");
}

static PyObject *answer(struct plugin *plugin, bool is)
{
	return vole_gdb_answer(plugin, PyBool_FromLong(is), NULL);
}

/* Is the frame one of the first that are hidden? gdb 10 tells no levels. */
static PyObject *is_hidden(PyObject *self, PyObject *decorator)
{
	struct plugin *plugin = vole_gdb_the_plugin();
	PyObject *frame = frame_of(plugin, decorator);
	size_t i;

	(void)self;
	for (i = 0; i < plugin->view.hidden && frame && frame != Py_None; i++) {
		PyObject *newer = vole_gdb_call(plugin, frame, "newer", "()");

		Py_DECREF(frame);
		frame = newer;
	}
	Py_XDECREF(frame);
	return answer(plugin, frame == Py_None);
}

/* Is the frame not the one at pc 0 that ends the stack? */
static PyObject *is_shown(PyObject *self, PyObject *decorator)
{
	struct plugin *plugin = vole_gdb_the_plugin();
	PyObject *frame = frame_of(plugin, decorator);
	PyObject *pc = frame ? vole_gdb_call(plugin, frame, "pc", "()") : NULL;
	uint64_t number;
	bool at_zero = vole_gdb_number(plugin, pc, &number) && !number;

	(void)self;
	Py_XDECREF(pc);
	Py_XDECREF(frame);
	return answer(plugin, !at_zero);
}

/* gdb may begin at any frame: -stack-list-variables does at the selected. */
static PyObject *shown_of(struct plugin *plugin, PyObject *frames)
{
	static PyMethodDef hidden = { "is_hidden", is_hidden, METH_O, NULL };
	static PyMethodDef shown = { "is_shown", is_shown, METH_O, NULL };
	PyObject *tools = PyImport_ImportModule("itertools");
	PyObject *drop = PyCFunction_New(&hidden, NULL);
	PyObject *take = PyCFunction_New(&shown, NULL);
	PyObject *rest = NULL, *ret = NULL;

	if (tools && drop && take)
		rest = vole_gdb_call(plugin, tools, "dropwhile", "(OO)", drop,
				     frames);
	if (rest)
		ret = vole_gdb_call(plugin, tools, "takewhile", "(OO)", take,
				    rest);
	vole_gdb_forgive(plugin);
	Py_XDECREF(rest);
	Py_XDECREF(take);
	Py_XDECREF(drop);
	Py_XDECREF(tools);
	return ret;
}

static PyObject *filter(PyObject *self, PyObject *frames)
{
	struct plugin *plugin = vole_gdb_the_plugin();

	(void)self;
	return vole_gdb_answer(plugin, shown_of(plugin, frames), frames);
}

static PyObject *enabled(PyObject *self, PyObject *filter_object)
{
	struct plugin *plugin = vole_gdb_the_plugin();

	(void)self;
	(void)filter_object;
	return answer(plugin, vole_gdb_view_here(plugin));
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
