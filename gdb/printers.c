/**
 * Which of gdb's values are ours to print, and that we are asked first. One
 * callable stands in gdb's list for all programs, and in that of the program
 * when others stand there: Go's runtime-gdb.py, whose printers gdb would
 * prefer and which fail on maps.
 */
#include "plugin.h"

#include <string.h>

#include "object.h"
#include "value.h"

/** The callable; made once. */
static PyObject *lookup;

static uint64_t constant(struct plugin *plugin, const char *name)
{
	return vole_gdb_get_number(plugin, plugin->gdb, name);
}

static bool has_field(struct plugin *plugin, PyObject *type, const char *name)
{
	PyObject *answer = vole_gdb_call(plugin, type, "has_key", "(s)", name);
	bool ret = answer == Py_True;

	Py_XDECREF(answer);
	return ret;
}

/** A word of @p value: its field @p name, or itself. */
static bool add_word(struct plugin *plugin, PyObject *value, const char *name,
		     struct vole_header *header)
{
	PyObject *key = name ? PyUnicode_FromString(name) : NULL;
	PyObject *part = NULL;
	uint64_t word;
	bool ok;

	if (key)
		part = PyObject_GetItem(value, key);
	ok = vole_gdb_number(plugin, name ? part : value, &word);
	vole_gdb_forgive(plugin);
	if (ok)
		header->words[header->num_words++] = word;
	Py_XDECREF(part);
	Py_XDECREF(key);
	return ok;
}

/* The headers of DWARF for Go: all their fields, in order. */
static const char *const shapes[][3] = {
	{ "str", "len", NULL },
	{ "array", "len", "cap" },
	{ "tab", "data", NULL },
	{ "_type", "data", NULL },
};

static bool has_shape(struct plugin *plugin, PyObject *type,
		      const char *const fields[3])
{
	uint64_t size = vole_gdb_get_number(plugin, type, "sizeof");
	size_t num = fields[2] ? 3 : 2, i;

	if (size != num * sizeof(uint64_t))
		return false;
	for (i = 0; i < num; i++)
		if (!has_field(plugin, type, fields[i]))
			return false;
	return true;
}

static bool struct_header(struct plugin *plugin, PyObject *value,
			  PyObject *type, struct vole_header *ret)
{
	size_t i, k;

	for (i = 0; i < sizeof(shapes) / sizeof(*shapes); i++) {
		if (!has_shape(plugin, type, shapes[i]))
			continue;
		for (k = 0; k < 3 && shapes[i][k]; k++)
			if (!add_word(plugin, value, shapes[i][k], ret))
				return false;
		return true;
	}
	return false;
}

/* Maps and channels are typedefs of pointers to structs of the linker's. */
static bool pointer_header(struct plugin *plugin, PyObject *value,
			   PyObject *type, struct vole_header *ret)
{
	static const char *const heads[] = { "hash<", "map<", "hchan<" };
	PyObject *target = vole_gdb_call(plugin, type, "target", "()");
	PyObject *name = vole_gdb_get(plugin, target, "name");
	struct vole_strbuf text = { 0 };
	bool ours = false;
	size_t i;

	if (vole_gdb_text(name, &text))
		for (i = 0; i < sizeof(heads) / sizeof(*heads); i++)
			ours |= !strncmp(text.text, heads[i], strlen(heads[i]));
	vole_strbuf_free(&text);
	Py_XDECREF(name);
	Py_XDECREF(target);
	return ours && add_word(plugin, value, NULL, ret);
}

/*
 * gdb takes the variable for the function, and does not read it. Of one in a
 * register it keeps a byte: no words.
 */
static bool func_header(struct plugin *plugin, PyObject *value,
			struct vole_header *ret)
{
	PyObject *address = vole_gdb_get(plugin, value, "address");
	bool in_register = address == Py_None;
	uint64_t addr, word;
	bool ok = !in_register && vole_gdb_number(plugin, address, &addr) &&
		  plugin->host.read(&plugin->host, addr, &word, sizeof(word)) ==
			  sizeof(word);

	if (ok)
		ret->words[ret->num_words++] = word;
	Py_XDECREF(address);
	return ok || in_register;
}

static bool header_of(struct plugin *plugin, PyObject *value, PyObject *type,
		      struct vole_header *ret)
{
	PyObject *plain = vole_gdb_call(plugin, type, "strip_typedefs", "()");
	uint64_t code = vole_gdb_get_number(plugin, plain, "code");
	bool ok = false;

	if (plain && code == constant(plugin, "TYPE_CODE_STRUCT"))
		ok = struct_header(plugin, value, plain, ret);
	else if (plain && code == constant(plugin, "TYPE_CODE_PTR") &&
		 vole_gdb_get_number(plugin, type, "code") != code)
		ok = pointer_header(plugin, value, plain, ret);
	else if (plain && code == constant(plugin, "TYPE_CODE_FUNC"))
		ok = func_header(plugin, value, ret);
	Py_XDECREF(plain);
	return ok;
}

static PyObject *printer_of(struct plugin *plugin, PyObject *value)
{
	PyObject *type = vole_gdb_get(plugin, value, "type");
	PyObject *name = vole_gdb_get(plugin, type, "name");
	struct vole_header header = { 0 };
	struct vole_strbuf text = { 0 };
	PyObject *ret = NULL;

	if (vole_gdb_text(name, &text) &&
	    header_of(plugin, value, type, &header) &&
	    vole_gdb_session(plugin)) {
		header.type = text.text;
		if (vole_session_knows(plugin->session, &header))
			ret = vole_gdb_value_new(plugin, value, &header);
	}
	vole_strbuf_free(&text);
	Py_XDECREF(name);
	Py_XDECREF(type);
	return ret;
}

static PyObject *look_up(PyObject *self, PyObject *value)
{
	struct plugin *plugin = vole_gdb_the_plugin();

	(void)self;
	return vole_gdb_answer(plugin, printer_of(plugin, value), Py_None);
}

/** Put it at the head of owner.pretty_printers, when @p alone or others do. */
static void put_first(struct plugin *plugin, PyObject *owner, bool alone)
{
	PyObject *list = vole_gdb_get(plugin, owner, "pretty_printers");
	Py_ssize_t len = list ? PyList_Size(list) : 0;

	if (list && (alone || len) &&
	    (!len || PyList_GetItem(list, 0) != lookup)) {
		if (PySequence_Contains(list, lookup) == 1)
			Py_XDECREF(vole_gdb_call(plugin, list, "remove", "(O)",
						 lookup));
		PyList_Insert(list, 0, lookup);
	}
	PyErr_Clear();
	Py_XDECREF(list);
}

void vole_gdb_printers_first(struct plugin *plugin)
{
	PyObject *space =
		vole_gdb_call(plugin, plugin->gdb, "current_progspace", "()");
	PyObject *name = vole_gdb_get(plugin, space, "filename");
	PyObject *file = NULL;

	if (name && name != Py_None)
		file = vole_gdb_call(plugin, plugin->gdb, "lookup_objfile",
				     "(O)", name);
	if (file)
		put_first(plugin, file, false);
	Py_XDECREF(file);
	Py_XDECREF(name);
	Py_XDECREF(space);
}

bool vole_gdb_printers_init(struct plugin *plugin)
{
	static PyMethodDef def = { "vole", look_up, METH_O, NULL };

	lookup = vole_gdb_callable("VolePrinters", &def);
	if (!lookup)
		return false;
	put_first(plugin, plugin->gdb, true);
	vole_gdb_printers_first(plugin);
	return true;
}
