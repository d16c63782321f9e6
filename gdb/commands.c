/**
 * gdb's commands, made in a loop from the core's table: `go`, `go NAME`, and
 * `set go` and `show go` for `go set` and `go show`.
 */
#include "plugin.h"

#include <langinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dwarf/dwarf.h"
#include "object.h"

enum { MAX_COMPLETIONS = 200 };

struct gdb_ui {
	struct vole_ui ui; /* first */
	struct plugin *plugin;
	bool quit; /* 'q' at the pager: nothing more is wanted */
	bool shown; /* progress is on the terminal's last line */
	bool in_line; /* and must not be: output there has not ended its line */
};

static void write_to(struct gdb_ui *gdb_ui, const char *text, size_t len,
		     const char *stream)
{
	struct plugin *plugin = gdb_ui->plugin;
	PyObject *str = PyUnicode_DecodeUTF8(text, (Py_ssize_t)len, "replace");
	PyObject *to = PyObject_GetAttrString(plugin->gdb, stream);

	if (str && to)
		Py_XDECREF(vole_gdb_call(plugin, plugin->gdb, "write", "(OO)",
					 str, to));
	vole_gdb_forgive(plugin);
	Py_XDECREF(to);
	Py_XDECREF(str);
}

static void clear_progress(struct gdb_ui *gdb_ui)
{
	if (gdb_ui->shown)
		write_to(gdb_ui, "\r\033[K", 4, "STDERR");
	gdb_ui->shown = false;
}

static void ui_write(struct vole_ui *ui, const char *text, size_t len)
{
	struct gdb_ui *gdb_ui = (struct gdb_ui *)ui;
	bool stopped = gdb_ui->plugin->stop_type;

	if (gdb_ui->quit)
		return;
	clear_progress(gdb_ui);
	write_to(gdb_ui, text, len, "STDOUT");
	gdb_ui->in_line = text[len - 1] != '\n';
	gdb_ui->quit = !stopped && gdb_ui->plugin->stop_type;
}

static bool ui_interrupted(struct vole_ui *ui)
{
	struct plugin *plugin = ((struct gdb_ui *)ui)->plugin;

	/* Unasked, Python would give a Ctrl-C to the next command. */
	if (!plugin->stop_type && PyErr_CheckSignals() < 0)
		vole_gdb_forgive(plugin);
	return plugin->stop_type != NULL;
}

static void ui_progress(struct vole_ui *ui, double done)
{
	struct gdb_ui *gdb_ui = (struct gdb_ui *)ui;
	char text[32];
	int n;

	if (gdb_ui->in_line)
		return;
	n = snprintf(text, sizeof(text), "\r%3.0f %%\033[K", 100 * done);
	write_to(gdb_ui, text, (size_t)n, "STDERR");
	gdb_ui->shown = true;
}

static bool parameter(struct plugin *plugin, const char *name)
{
	PyObject *value =
		vole_gdb_call(plugin, plugin->gdb, "parameter", "(s)", name);
	bool ret = value && PyObject_IsTrue(value) == 1;

	vole_gdb_forgive(plugin);
	Py_XDECREF(value);
	return ret;
}

static void set_exit(struct plugin *plugin, int status)
{
	Py_XDECREF(vole_gdb_call(plugin, plugin->gdb,
				 "set_convenience_variable", "(si)", "_go_exit",
				 status));
}

/*
 * An error's text goes through the charset of gdb's host, and one that does
 * not fit makes gdb fail over the failure: escape what LANG=C cannot say.
 */
static PyObject *host_text(const char *message)
{
	const char *charset = nl_langinfo(CODESET);
	PyObject *text = PyUnicode_DecodeUTF8(
		message, (Py_ssize_t)strlen(message), "replace");
	PyObject *bytes = NULL, *ret = NULL;
	char *data;
	Py_ssize_t len;

	if (text)
		bytes = PyUnicode_AsEncodedString(text, charset,
						  "backslashreplace");
	if (bytes && PyBytes_AsStringAndSize(bytes, &data, &len) == 0)
		ret = PyUnicode_Decode(data, len, charset, "replace");
	if (!ret) {
		PyErr_Clear();
		ret = text;
		text = NULL;
	}
	Py_XDECREF(bytes);
	Py_XDECREF(text);
	return ret;
}

static PyObject *fail(struct plugin *plugin, const char *message)
{
	PyObject *type = PyObject_GetAttrString(plugin->gdb, "GdbError");
	PyObject *text = host_text(message);

	if (type && text)
		PyErr_SetObject(type, text);
	Py_XDECREF(text);
	Py_XDECREF(type);
	return NULL;
}

bool vole_gdb_session(struct plugin *plugin)
{
	if (!plugin->session)
		plugin->session =
			vole_session_open(&plugin->host, vole_dwarf_open);
	return plugin->session != NULL;
}

static PyObject *run(struct plugin *plugin, const char *line, bool from_tty)
{
	struct vole_outcome outcome = { 0 };
	const char *no_color = getenv("NO_COLOR");
	bool terminal = from_tty && isatty(STDOUT_FILENO);
	struct gdb_ui ui = {
		.ui = { .write = ui_write, .interrupted = ui_interrupted },
		.plugin = plugin,
	};

	if (!vole_gdb_session(plugin))
		return PyErr_NoMemory();
	/* gdb lets our colours through where it would not use its own. */
	ui.ui.color = terminal && !(no_color && *no_color) &&
		      parameter(plugin, "style enabled");
	if (terminal && isatty(STDERR_FILENO))
		ui.ui.progress = ui_progress;
	plugin->running = true;
	vole_session_run(plugin->session, &ui.ui, line, &outcome);
	clear_progress(&ui);
	set_exit(plugin, outcome.exit);
	vole_gdb_view_follow(plugin);
	vole_gdb_printers_first(plugin);
	plugin->running = false;
	if (vole_gdb_raise_stop(plugin))
		return NULL;
	if (outcome.exit >= 2)
		return fail(plugin, outcome.message);
	Py_RETURN_NONE;
}

/** "NAME ARGUMENTS" from the command's name and what gdb passed. */
static bool join(PyObject *name, PyObject *text, struct vole_strbuf *ret)
{
	if (!vole_gdb_text(name, ret))
		return false;
	if (ret->len)
		vole_strbuf_add_char(ret, ' ');
	return vole_gdb_text(text, ret);
}

/** What a line runs: `go` alone lists the commands. */
static const char *line_text(const struct vole_strbuf *line)
{
	const char *text = vole_strbuf_text(line);

	return *text ? text : "help";
}

/* self is the command's name: a builtin in a class's dict is no descriptor. */
static PyObject *invoke(PyObject *self, PyObject *args)
{
	struct vole_strbuf line = { 0 };
	PyObject *text, *from_tty, *ret = NULL;

	if (!PyArg_ParseTuple(args, "OO", &text, &from_tty))
		return NULL;
	if (join(self, text, &line))
		ret = run(vole_gdb_the_plugin(), line_text(&line),
			  PyObject_IsTrue(from_tty) == 1);
	else
		PyErr_NoMemory();
	vole_strbuf_free(&line);
	return ret;
}

struct completions {
	PyObject *list;
	size_t skip; /* of each word, what gdb has as done with */
};

static void add_completion(void *arg, const char *word)
{
	struct completions *all = arg;
	PyObject *str;

	if (strlen(word) < all->skip)
		return;
	word += all->skip;
	str = PyUnicode_DecodeUTF8(word, (Py_ssize_t)strlen(word), "replace");
	if (!str || PyList_Append(all->list, str) < 0)
		PyErr_Clear();
	Py_XDECREF(str);
}

/*
 * gdb breaks words at '-' and other places of its own: of "--json" it passes
 * "json" as the word. The core completes what follows the last blank, so the
 * part of it before gdb's word comes off each answer.
 */
static PyObject *complete(PyObject *self, PyObject *args)
{
	struct plugin *plugin = vole_gdb_the_plugin();
	struct completions all = { PyList_New(0), 0 };
	struct vole_strbuf line = { 0 }, word = { 0 };
	PyObject *text, *last;
	const char *token;

	if (!all.list || !PyArg_ParseTuple(args, "OO", &text, &last))
		return all.list;
	/* No word: gdb only asks how to break words. */
	if (vole_gdb_text(last, &word) && join(self, text, &line) &&
	    vole_gdb_session(plugin)) {
		token = strrchr(vole_strbuf_text(&line), ' ');
		token = token ? token + 1 : vole_strbuf_text(&line);
		if (strlen(token) > word.len)
			all.skip = strlen(token) - word.len;
		vole_session_complete(plugin->session, vole_strbuf_text(&line),
				      MAX_COMPLETIONS, add_completion, &all);
	}
	vole_strbuf_free(&word);
	vole_strbuf_free(&line);
	return all.list;
}

static PyMethodDef invoke_def = { "invoke", invoke, METH_VARARGS, NULL };
static PyMethodDef complete_def = { "complete", complete, METH_VARARGS, NULL };

/** A class for one command, as `class NAME(gdb.Command):` would make it. */
static PyObject *command_class(PyObject *base, const char *line,
			       const char *help)
{
	PyObject *name = PyUnicode_FromString(line);
	PyObject *run_it = name ? PyCFunction_New(&invoke_def, name) : NULL;
	PyObject *words = name ? PyCFunction_New(&complete_def, name) : NULL;
	PyObject *ret = NULL;

	if (run_it && words)
		ret = PyObject_CallFunction((PyObject *)&PyType_Type,
					    "s(O){sssOsO}", "VoleCommand", base,
					    "__doc__", help, "invoke", run_it,
					    "complete", words);
	Py_XDECREF(words);
	Py_XDECREF(run_it);
	Py_XDECREF(name);
	return ret;
}

/**
 * Make gdb's command @p name that runs the core's command @p line. Only a
 * prefix has a completer of gdb's own: its subcommands.
 */
static bool add_command(PyObject *gdb, const char *name, const char *line,
			const char *help, bool prefix)
{
	PyObject *base = PyObject_GetAttrString(gdb, "Command");
	PyObject *kind = PyObject_GetAttrString(gdb, "COMMAND_DATA");
	PyObject *completer = PyObject_GetAttrString(gdb, "COMPLETE_NONE");
	PyObject *type = base ? command_class(base, line, help) : NULL;
	PyObject *it = NULL;

	if (type && kind && completer)
		it = prefix ? PyObject_CallFunction(type, "sOOO", name, kind,
						    completer, Py_True) :
			      PyObject_CallFunction(type, "sO", name, kind);
	Py_XDECREF(it);
	Py_XDECREF(type);
	Py_XDECREF(completer);
	Py_XDECREF(kind);
	Py_XDECREF(base);
	return it != NULL;
}

/* gdb 10 refuses an alias that begins just one name: make it a command. */
static bool add_from_table(PyObject *gdb, size_t index)
{
	const char *line = vole_command_name(index), *word = line;
	char *help = vole_command_help(index);
	char name[64];
	size_t n = 0;
	bool ok = true;

	for (; ok && word; word = vole_command_alias(index, n++)) {
		snprintf(name, sizeof(name), "go %s", word);
		ok = add_command(gdb, name, line,
				 help ? help : vole_command_summary(index),
				 false);
	}
	free(help);
	return ok;
}

static const char go_help[] =
	"Show the inside of a Go program: \"go\" alone lists the commands.";
static const char set_help[] =
	"Change a setting of the go commands: set go NAME VALUE.\n"
	"\"show go\" lists them.";
static const char show_help[] =
	"Show the settings of the go commands: show go [NAME].";

bool vole_gdb_commands_init(struct plugin *plugin)
{
	size_t i;

	if (!add_command(plugin->gdb, "go", "", go_help, true) ||
	    !add_command(plugin->gdb, "set go", "set", set_help, false) ||
	    !add_command(plugin->gdb, "show go", "show", show_help, false))
		return false;
	for (i = 0; i < vole_num_commands(); i++)
		if (!add_from_table(plugin->gdb, i))
			return false;
	return true;
}
