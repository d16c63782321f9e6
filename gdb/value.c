#include "value.h"

#include <stdlib.h>
#include <string.h>

#include "object.h"

enum { MAX_PARTS = 1000 };

/* What fits a line, and what fits where gdb shows only scalars: in bt. */
static const struct vole_extent shown = { .depth = 3,
					  .limit = 16,
					  .total = 100 };
static const struct vole_extent summary = { .depth = 1,
					    .limit = 4,
					    .total = 12 };

struct value {
	PyObject *value; /* gdb's */
	struct vole_header header; /* type is ours */
	bool told; /* its text, before anybody asked for parts */
	bool asked; /* for parts: by one who can go into them */
};

static const char CAPSULE[] = "vole.value";

static struct value *value_of(PyObject *capsule)
{
	return PyCapsule_GetPointer(capsule, CAPSULE);
}

static void value_free(PyObject *capsule)
{
	struct value *it = value_of(capsule);

	Py_XDECREF(it->value);
	free((char *)it->header.type);
	free(it);
}

/* --- the text -------------------------------------------------------------- */

struct text_ui {
	struct vole_ui ui; /* first */
	struct plugin *plugin;
	struct vole_strbuf text;
};

static void text_write(struct vole_ui *ui, const char *text, size_t len)
{
	vole_strbuf_add_bytes(&((struct text_ui *)ui)->text, text, len);
}

static bool text_interrupted(struct vole_ui *ui)
{
	struct plugin *plugin = ((struct text_ui *)ui)->plugin;

	if (!plugin->stop_type && PyErr_CheckSignals() < 0)
		vole_gdb_forgive(plugin);
	return plugin->stop_type != NULL;
}

/** gdb's own limit where it is the lower one; from gdb 13 on it tells. */
static struct vole_extent extent_of(struct plugin *plugin)
{
	PyObject *options =
		vole_gdb_call(plugin, plugin->gdb, "print_options", "()");
	struct vole_extent ret = shown;
	PyObject *item;
	uint64_t limit;

	if (!options)
		return ret;
	item = PyDict_GetItemString(options, "summary");
	if (item == Py_True)
		ret = summary;
	item = PyDict_GetItemString(options, "max_elements");
	if (item && vole_gdb_number(plugin, item, &limit) && limit &&
	    limit < ret.limit)
		ret.limit = limit;
	Py_DECREF(options);
	return ret;
}

static PyObject *text_of(struct plugin *plugin, const struct value *it)
{
	struct text_ui ui = {
		.ui = { .write = text_write, .interrupted = text_interrupted },
		.plugin = plugin,
	};
	struct vole_extent extent = extent_of(plugin);
	struct vole_error err;
	const char *text;
	PyObject *ret;

	if (vole_session_show(plugin->session, &ui.ui, &it->header, &extent,
			      &err))
		text = vole_strbuf_text(&ui.text);
	else
		text = err.text;
	ret = PyUnicode_DecodeUTF8(text, (Py_ssize_t)strlen(text), "replace");
	vole_strbuf_free(&ui.text);
	return ret;
}

static PyObject *to_string(PyObject *self, PyObject *unused)
{
	struct plugin *plugin = vole_gdb_the_plugin();
	struct value *it = value_of(self);
	PyObject *ret = text_of(plugin, it);

	(void)unused;
	it->told = !it->asked;
	return vole_gdb_answer(plugin, ret, NULL);
}

/* --- types of parts -------------------------------------------------------- */

/** What @p type points to, or the elements of its array; takes @p type. */
static PyObject *target(struct plugin *plugin, PyObject *type)
{
	PyObject *ret = type ? vole_gdb_call(plugin, type, "target", "()") :
			       NULL;

	Py_XDECREF(type);
	return ret;
}

/** The type of field @p name; takes @p type. */
static PyObject *field(struct plugin *plugin, PyObject *type, const char *name)
{
	PyObject *key = PyUnicode_FromString(name);
	PyObject *it = type && key ? PyObject_GetItem(type, key) : NULL;
	PyObject *ret = vole_gdb_get(plugin, it, "type");

	vole_gdb_forgive(plugin);
	Py_XDECREF(it);
	Py_XDECREF(key);
	Py_XDECREF(type);
	return ret;
}

/** Through fields by name, pointers and arrays by "*". */
static PyObject *follow(struct plugin *plugin, PyObject *type,
			const char *const *path)
{
	for (Py_XINCREF(type); type && *path; path++)
		type = **path == '*' ? target(plugin, type) :
				       field(plugin, type, *path);
	return type;
}

/* From the type of the header to that of the parts, in each kind. */
static const char *const paths[][11] = {
	{ "array", "*", NULL },
	{ "*", "recvq", "first", "*", "elem", "*", NULL },
	{ "*", "buckets", "*", "values", "*", NULL },
	{ "*", "dirPtr", "*", "*", "groups", "data", "*", "slots", "*", "elem",
	  NULL },
};

static PyObject *part_type(struct plugin *plugin, PyObject *type)
{
	PyObject *ret = NULL;
	size_t i;

	for (i = 0; !ret && i < sizeof(paths) / sizeof(*paths); i++)
		ret = follow(plugin, type, paths[i]);
	return ret;
}

/** gdb knows no "*main.T", but main.T and pointers. */
static PyObject *named_type(struct plugin *plugin, const char *name)
{
	PyObject *ret, *pointer;
	size_t stars = strspn(name, "*");

	ret = vole_gdb_call(plugin, plugin->gdb, "lookup_type", "(s)",
			    name + stars);
	for (; ret && stars; stars--) {
		pointer = vole_gdb_call(plugin, ret, "pointer", "()");
		Py_DECREF(ret);
		ret = pointer;
	}
	return ret;
}

/* --- parts ----------------------------------------------------------------- */

struct children {
	struct plugin *plugin;
	PyObject *type; /* of each; NULL: by its name */
	PyObject *list; /* of (name, value) */
	PyObject *names; /* how often each was given; gdb wants them unique */
};

/** *(T *)addr, or T(addr) when the part is the word itself. */
static PyObject *value_at(struct plugin *plugin, PyObject *type,
			  const struct vole_part *part)
{
	PyObject *word = vole_gdb_call(plugin, plugin->gdb, "Value", "(K)",
				       (unsigned long long)part->addr);
	PyObject *to = part->direct ?
			       NULL :
			       vole_gdb_call(plugin, type, "pointer", "()");
	PyObject *cast = NULL, *ret = NULL;

	if (word && (to || part->direct))
		cast = vole_gdb_call(plugin, word, "cast", "(O)",
				     to ? to : type);
	if (cast && !part->direct)
		ret = vole_gdb_call(plugin, cast, "dereference", "()");
	else if (cast)
		Py_INCREF(ret = cast);
	Py_XDECREF(cast);
	Py_XDECREF(to);
	Py_XDECREF(word);
	return ret;
}

/** Large elements of maps are pointers in DWARF's words for them. */
static PyObject *sized_type(struct plugin *plugin, PyObject *type,
			    uint64_t size)
{
	PyObject *inner;

	if (!type || vole_gdb_get_number(plugin, type, "sizeof") == size)
		return type;
	inner = target(plugin, type);
	if (inner && vole_gdb_get_number(plugin, inner, "sizeof") == size)
		return inner;
	Py_XDECREF(inner);
	return NULL;
}

static PyObject *child_value(struct children *c, const struct vole_part *part)
{
	PyObject *type = c->type, *ret = NULL;

	Py_XINCREF(type);
	if (!type)
		type = named_type(c->plugin, part->type);
	type = sized_type(c->plugin, type, part->size);
	if (type)
		ret = value_at(c->plugin, type, part);
	if (!ret)
		ret = PyUnicode_FromFormat("(%s)(0x%llx)", part->type,
					   (unsigned long long)part->addr);
	Py_XDECREF(type);
	return ret;
}

/** "[NaN]", then "[NaN] (2)". */
static PyObject *unique_name(struct children *c, const char *name)
{
	PyObject *before = PyDict_GetItemString(c->names, name);
	long count = before ? PyLong_AsLong(before) + 1 : 1;
	PyObject *now = PyLong_FromLong(count);

	if (now)
		PyDict_SetItemString(c->names, name, now);
	Py_XDECREF(now);
	return count == 1 ? PyUnicode_FromString(name) :
			    PyUnicode_FromFormat("%s (%ld)", name, count);
}

static bool add_child(void *arg, const struct vole_part *part)
{
	struct children *c = arg;
	PyObject *value = child_value(c, part);
	PyObject *name = unique_name(c, part->name);
	PyObject *pair = name && value ? PyTuple_Pack(2, name, value) : NULL;
	bool ok = pair && PyList_Append(c->list, pair) == 0;

	vole_gdb_forgive(c->plugin);
	Py_XDECREF(pair);
	Py_XDECREF(name);
	Py_XDECREF(value);
	return ok;
}

static PyObject *children_of(struct plugin *plugin, const struct value *it)
{
	PyObject *type = vole_gdb_get(plugin, it->value, "type");
	PyObject *plain = NULL, *ret = NULL;
	struct children c = { .plugin = plugin,
			      .list = PyList_New(0),
			      .names = PyDict_New() };
	struct vole_error unused;

	if (type)
		plain = vole_gdb_call(plugin, type, "strip_typedefs", "()");
	if (plain)
		c.type = part_type(plugin, plain);
	/* What cannot be read ends them, and the text tells of it. */
	if (!c.list || !c.names ||
	    !vole_session_parts(plugin->session, &it->header, MAX_PARTS,
				add_child, &c, &unused))
		vole_gdb_forgive(plugin);
	if (c.list)
		ret = PyObject_GetIter(c.list);
	Py_XDECREF(c.type);
	Py_XDECREF(c.names);
	Py_XDECREF(c.list);
	Py_XDECREF(plain);
	Py_XDECREF(type);
	return ret;
}

static PyObject *children(PyObject *self, PyObject *unused)
{
	struct plugin *plugin = vole_gdb_the_plugin();

	(void)unused;
	return vole_gdb_answer(plugin, children_of(plugin, value_of(self)),
			       NULL);
}

static bool one_is_enough(void *arg, const struct vole_part *part)
{
	(void)part;
	*(bool *)arg = true;
	return false;
}

/*
 * print shows the text and then the parts, where there are any; but the text
 * has them. A variable object of MI asks for the parts first, to be gone into.
 */
static PyObject *get_children(PyObject *self, PyObject *object)
{
	static PyMethodDef def = { "children", children, METH_NOARGS, NULL };
	PyObject *capsule = PyObject_GetAttrString(object, "_vole");
	struct value *it = capsule ? value_of(capsule) : NULL;
	PyObject *ret = NULL;
	struct vole_error unused;
	bool any = false;

	(void)self;
	if (it && !it->told &&
	    vole_session_parts(vole_gdb_the_plugin()->session, &it->header, 1,
			       one_is_enough, &any, &unused) &&
	    any) {
		it->asked = true;
		ret = PyCFunction_New(&def, capsule);
	}
	Py_XDECREF(capsule);
	if (!ret && !PyErr_Occurred())
		PyErr_SetString(PyExc_AttributeError, "children");
	return ret;
}

/** class VoleValue: its instances get to_string and _vole, see below. */
static PyObject *new_class(void)
{
	static PyMethodDef def = { "children", get_children, METH_O, NULL };
	PyObject *call = PyCFunction_New(&def, NULL);
	PyObject *property = NULL, *ret = NULL;

	if (call)
		property = PyObject_CallFunction((PyObject *)&PyProperty_Type,
						 "O", call);
	if (property)
		ret = PyObject_CallFunction((PyObject *)&PyType_Type, "s(){sO}",
					    "VoleValue", "children", property);
	Py_XDECREF(property);
	Py_XDECREF(call);
	return ret;
}

/** The state of a printer, in a capsule that owns it. */
static PyObject *new_state(PyObject *value, const struct vole_header *header)
{
	struct value *it = calloc(1, sizeof(*it));
	PyObject *ret = NULL;

	if (!it)
		return PyErr_NoMemory();
	it->header = *header;
	it->header.type = strdup(header->type);
	it->value = value;
	Py_INCREF(value);
	if (it->header.type)
		ret = PyCapsule_New(it, CAPSULE, value_free);
	if (ret)
		return ret;
	Py_DECREF(value);
	free((char *)it->header.type);
	free(it);
	return NULL;
}

PyObject *vole_gdb_value_new(struct plugin *plugin, PyObject *value,
			     const struct vole_header *header)
{
	static PyMethodDef def = { "to_string", to_string, METH_NOARGS, NULL };
	static PyObject *type;
	PyObject *state = new_state(value, header);
	PyObject *call = state ? PyCFunction_New(&def, state) : NULL;
	PyObject *ret = NULL;

	if (!type)
		type = new_class();
	if (type && call)
		ret = PyObject_CallObject(type, NULL);
	if (ret && (PyObject_SetAttrString(ret, "to_string", call) < 0 ||
		    PyObject_SetAttrString(ret, "_vole", state) < 0)) {
		Py_DECREF(ret);
		ret = NULL;
	}
	vole_gdb_forgive(plugin);
	Py_XDECREF(call);
	Py_XDECREF(state);
	return ret;
}
