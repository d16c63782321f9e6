#include "object.h"

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

bool vole_gdb_raise_stop(struct plugin *plugin)
{
	if (!plugin->stop_type || plugin->running)
		return false;
	PyErr_Restore(plugin->stop_type, plugin->stop_value,
		      plugin->stop_trace);
	plugin->stop_type = plugin->stop_value = plugin->stop_trace = NULL;
	return true;
}

PyObject *vole_gdb_answer(struct plugin *plugin, PyObject *ret,
			  PyObject *otherwise)
{
	if (vole_gdb_raise_stop(plugin)) {
		Py_XDECREF(ret);
		return NULL;
	}
	if (ret)
		return ret;
	Py_XINCREF(otherwise);
	return otherwise;
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

PyObject *vole_gdb_get(struct plugin *plugin, PyObject *object,
		       const char *name)
{
	PyObject *ret = object ? PyObject_GetAttrString(object, name) : NULL;

	if (!ret)
		vole_gdb_forgive(plugin);
	return ret;
}

bool vole_gdb_number(struct plugin *plugin, PyObject *object, uint64_t *ret)
{
	PyObject *num = object ? PyNumber_Long(object) : NULL;

	*ret = num ? PyLong_AsUnsignedLongLongMask(num) : 0;
	Py_XDECREF(num);
	if (!PyErr_Occurred())
		return num != NULL;
	vole_gdb_forgive(plugin);
	return false;
}

uint64_t vole_gdb_get_number(struct plugin *plugin, PyObject *object,
			     const char *name)
{
	PyObject *attr = vole_gdb_get(plugin, object, name);
	uint64_t ret;

	vole_gdb_number(plugin, attr, &ret);
	Py_XDECREF(attr);
	return ret;
}

PyObject *vole_gdb_instance(const char *name, PyObject *dict)
{
	PyObject *type = PyObject_CallFunction((PyObject *)&PyType_Type, "s()O",
					       name, dict);
	PyObject *ret = type ? PyObject_CallObject(type, NULL) : NULL;

	PyErr_Clear();
	Py_XDECREF(type);
	return ret;
}

PyObject *vole_gdb_callable(const char *name, PyMethodDef *def)
{
	PyObject *call = PyCFunction_New(def, NULL);
	PyObject *dict = call ? Py_BuildValue("{sssOsO}", "name", "vole",
					      "enabled", Py_True, "__call__",
					      call) :
				NULL;
	PyObject *ret = dict ? vole_gdb_instance(name, dict) : NULL;

	Py_XDECREF(dict);
	Py_XDECREF(call);
	return ret;
}

PyObject *vole_gdb_inferior(struct plugin *plugin)
{
	return vole_gdb_call(plugin, plugin->gdb, "selected_inferior", "()");
}

bool vole_gdb_execute(struct plugin *plugin, const char *line,
		      struct vole_strbuf *ret)
{
	PyObject *text = vole_gdb_call(plugin, plugin->gdb, "execute", "(sOO)",
				       line, Py_False, Py_True);
	bool ok = vole_gdb_text(text, ret);

	Py_XDECREF(text);
	return ok;
}
