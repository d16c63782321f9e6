/**
 * The unwinder of a chosen goroutine. gdb takes the FrameId's sp for the
 * frame's cfa, by which it finds arguments and locals.
 */
#include "view.h"

#include "object.h"
#include "plugin.h"

/*
 * The cfa of frames that have none gdb would take: what lies around it is
 * never mapped, so that their locals are errors and not other memory.
 */
static const uint64_t NO_CFA = 8;

static bool is_at(const struct viewed *frame, uint64_t pc, uint64_t sp)
{
	return frame->pc == pc && frame->it.sp == sp;
}

/* gdb goes outwards: it is the one after the last, or a walk begins again. */
static const struct viewed *find(struct view *view, uint64_t pc, uint64_t sp)
{
	size_t i;

	if (view->last + 1 < view->frames.len &&
	    is_at(&view->frames.items[view->last + 1], pc, sp))
		return &view->frames.items[++view->last];
	for (i = 0; i < view->frames.len; i++) {
		if (!is_at(&view->frames.items[i], pc, sp))
			continue;
		view->last = i;
		return &view->frames.items[i];
	}
	return NULL;
}

static PyObject *value_of(struct plugin *plugin, uint64_t number)
{
	return vole_gdb_call(plugin, plugin->gdb, "Value", "(K)",
			     (unsigned long long)number);
}

static bool set(struct plugin *plugin, PyObject *object, const char *name,
		uint64_t number)
{
	PyObject *value = value_of(plugin, number);
	bool ok = value && PyObject_SetAttrString(object, name, value) == 0;

	vole_gdb_forgive(plugin);
	Py_XDECREF(value);
	return ok;
}

static bool save(struct plugin *plugin, PyObject *info, const char *reg,
		 uint64_t number)
{
	PyObject *value = value_of(plugin, number), *done = NULL;

	if (value)
		done = vole_gdb_call(plugin, info, "add_saved_register", "(sO)",
				     reg, value);
	Py_XDECREF(done);
	Py_XDECREF(value);
	return done != NULL;
}

/** A gdb.UnwindInfo for a frame known by @p cfa, @p code and @p special. */
static PyObject *new_info(struct plugin *plugin, PyObject *pending,
			  uint64_t cfa, uint64_t code, uint64_t special)
{
	PyObject *types = PyImport_ImportModule("types");
	PyObject *id = NULL, *ret = NULL;

	if (types)
		id = vole_gdb_call(plugin, types, "SimpleNamespace", "()");

	if (id && set(plugin, id, "sp", cfa) && set(plugin, id, "pc", code) &&
	    (!special || set(plugin, id, "special", special)))
		ret = vole_gdb_call(plugin, pending, "create_unwind_info",
				    "(O)", id);
	vole_gdb_forgive(plugin);
	Py_XDECREF(id);
	Py_XDECREF(types);
	return ret;
}

/* The end of a stack is a return address of 0, as C's threads have it. */
static bool save_caller(struct plugin *plugin, PyObject *info,
			const struct viewed *frame, const struct viewed *caller)
{
	if (!caller)
		return save(plugin, info, "rip", 0) &&
		       save(plugin, info, "rsp", frame->it.cfa);
	return save(plugin, info, "rip", caller->pc) &&
	       save(plugin, info, "rsp", caller->it.sp) &&
	       (!(caller->it.have & VOLE_HAVE_BP) ||
		save(plugin, info, "rbp", caller->it.bp)) &&
	       (!(caller->it.have & VOLE_HAVE_G) ||
		save(plugin, info, "r14", caller->it.g));
}

static PyObject *finish(struct plugin *plugin, PyObject *info,
			const struct viewed *frame, const struct viewed *caller)
{
	if (info && save_caller(plugin, info, frame, caller))
		return info;
	Py_XDECREF(info);
	return NULL;
}

/* The thread's own innermost frame was called by the goroutine's. */
static PyObject *of_hidden(struct plugin *plugin, PyObject *pending)
{
	const struct view *view = &plugin->view;

	return finish(plugin,
		      new_info(plugin, pending, NO_CFA, view->own_pc,
			       view->frames.len + 1),
		      NULL, &view->frames.items[0]);
}

static PyObject *of_frame(struct plugin *plugin, PyObject *pending,
			  const struct viewed *frame)
{
	const struct view *view = &plugin->view;
	size_t index = (size_t)(frame - view->frames.items);
	const struct viewed *caller = frame + 1;
	uint64_t code = frame->it.entry ? frame->it.entry : frame->it.pc;
	PyObject *info;

	if (index + 1 == view->frames.len) {
		if (view->capped)
			return NULL;
		caller = NULL;
	}
	info = frame->displaced ?
		       new_info(plugin, pending, NO_CFA, code, index + 1) :
		       new_info(plugin, pending, frame->it.cfa, code, 0);
	return finish(plugin, info, frame, caller);
}

static bool read_register(struct plugin *plugin, PyObject *pending,
			  const char *name, uint64_t *ret)
{
	PyObject *value =
		vole_gdb_call(plugin, pending, "read_register", "(s)", name);
	bool ok = vole_gdb_number(plugin, value, ret);

	Py_XDECREF(value);
	return ok;
}

static PyObject *unwind_in(struct plugin *plugin, PyObject *pending)
{
	struct view *view = &plugin->view;
	const struct viewed *frame;
	uint64_t pc, sp;

	if (!vole_gdb_view_here(plugin) ||
	    !read_register(plugin, pending, "rip", &pc) ||
	    !read_register(plugin, pending, "rsp", &sp))
		return NULL;
	frame = find(view, pc, sp);
	if (frame)
		return frame->native ? NULL : of_frame(plugin, pending, frame);
	if (pc == view->own_pc && sp == view->own_sp)
		return of_hidden(plugin, pending);
	return NULL;
}

static PyObject *unwind(PyObject *self, PyObject *pending)
{
	struct plugin *plugin = vole_gdb_the_plugin();

	(void)self;
	return vole_gdb_answer(plugin, unwind_in(plugin, pending), Py_None);
}

PyObject *vole_gdb_unwinder_new(void)
{
	static PyMethodDef def = { "unwind", unwind, METH_O, NULL };

	return vole_gdb_callable("VoleUnwinder", &def);
}
