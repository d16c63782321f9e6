#include "view.h"

#include <stdio.h>
#include <string.h>

#include "object.h"
#include "plugin.h"

enum { MAX_FRAMES = 1 << 17 };

bool vole_gdb_view_here(struct plugin *plugin)
{
	PyObject *thread =
		vole_gdb_call(plugin, plugin->gdb, "selected_thread", "()");
	bool ret = thread && thread == plugin->view.thread;

	Py_XDECREF(thread);
	return ret;
}

/* --- the frames ------------------------------------------------------------ */

static bool keep(void *arg, const struct vole_unwound *frame)
{
	struct view *view = arg;
	struct viewed *viewed;

	if (view->frames.len == MAX_FRAMES) {
		view->capped = true;
		return false;
	}
	viewed = vole_array_push(&view->frames);
	if (!viewed)
		return false;
	viewed->it = *frame;
	viewed->pc = frame->pc;
	return true;
}

/* amd64-linux-tdep.c: by the name of the function, unless it has none. */
static bool knows_signal(struct plugin *plugin, uint64_t pc)
{
	struct vole_strbuf name = { 0 };
	const char *text;
	char line[64];
	bool ret;

	snprintf(line, sizeof(line), "info symbol 0x%" PRIx64, pc);
	vole_gdb_execute(plugin, line, &name);
	text = vole_strbuf_text(&name);
	ret = strstr(text, "sigaction") ||
	      !strncmp(text, "__restore_rt ", 13) ||
	      !strncmp(text, "No symbol", 9);
	vole_strbuf_free(&name);
	return ret;
}

/*
 * gdb stops where a caller's cfa is below its callee's, as it is where Go
 * leaves the system stack. It does not look at the kernel's frames.
 */
static void order(struct plugin *plugin)
{
	uint64_t bound = UINT64_MAX;
	size_t i;

	for (i = plugin->view.frames.len; i-- > 0;) {
		struct viewed *frame = &plugin->view.frames.items[i];

		if (frame->it.is_signal && knows_signal(plugin, frame->it.pc)) {
			frame->native = true;
			bound = UINT64_MAX;
			continue;
		}
		if (!frame->it.cfa)
			frame->it.cfa = frame->it.sp;
		frame->displaced = frame->it.cfa > bound;
		frame->native = !frame->displaced && !frame->it.is_go &&
				!frame->it.is_signal;
		bound = frame->displaced ? 0 : frame->it.cfa;
	}
}

/* Does it run on the view's thread, and begin with what that is at? */
static bool is_own(const struct view *view)
{
	const struct viewed *first = view->frames.items;

	return first->it.pc == view->own_pc && first->it.sp == view->own_sp;
}

/*
 * gdb finds the line of a caller at pc - 1, unless a signal was in between. A
 * frame whose line it would miss gets a pc one further.
 */
static void shift(struct view *view)
{
	size_t i;

	for (i = 0; i < view->frames.len; i++) {
		struct viewed *frame = &view->frames.items[i];
		bool exact = i ? frame[-1].native && frame[-1].it.is_signal :
				 is_own(view);

		frame->pc = frame->it.pc + (frame->it.is_early && !exact);
	}
}

/* --- into gdb's lists, and out of them ------------------------------------- */

static void add_unwinder(struct plugin *plugin)
{
	PyObject *all = vole_gdb_get(plugin, plugin->gdb, "frame_unwinders");

	plugin->view.unwinder = vole_gdb_unwinder_new();
	if (all && plugin->view.unwinder)
		PyList_Insert(all, 0, plugin->view.unwinder);
	PyErr_Clear();
	Py_XDECREF(all);
}

static void add_filter(struct plugin *plugin)
{
	PyObject *all = vole_gdb_get(plugin, plugin->gdb, "frame_filters");

	plugin->view.filter = vole_gdb_filter_new();
	if (all && plugin->view.filter)
		PyDict_SetItemString(all, "vole", plugin->view.filter);
	PyErr_Clear();
	Py_XDECREF(all);
}

static void take_out(struct plugin *plugin)
{
	struct view *view = &plugin->view;
	PyObject *unwinders =
		vole_gdb_get(plugin, plugin->gdb, "frame_unwinders");
	PyObject *filters = vole_gdb_get(plugin, plugin->gdb, "frame_filters");

	if (unwinders && view->unwinder)
		Py_XDECREF(vole_gdb_call(plugin, unwinders, "remove", "(O)",
					 view->unwinder));
	if (filters && view->filter)
		PyDict_DelItemString(filters, "vole");
	PyErr_Clear();
	Py_XDECREF(filters);
	Py_XDECREF(unwinders);
	Py_XDECREF(view->unwinder);
	Py_XDECREF(view->filter);
	view->unwinder = view->filter = NULL;
}

static void invalidate(struct plugin *plugin)
{
	Py_XDECREF(vole_gdb_call(plugin, plugin->gdb,
				 "invalidate_cached_frames", "()"));
}

/** Forget the view; gdb's frames are as they were when it looks again. */
static void drop(struct plugin *plugin)
{
	struct view *view = &plugin->view;

	if (view->thread)
		take_out(plugin);
	Py_XDECREF(view->thread);
	Py_XDECREF(view->back);
	vole_array_free(&view->frames);
	*view = (struct view){ .changes = view->changes,
			       .frame_changes = view->frame_changes };
}

static void leave(struct plugin *plugin)
{
	/* A thread that the user went to since is not left again. */
	PyObject *back = vole_gdb_view_here(plugin) ? plugin->view.back : NULL;
	bool was = plugin->view.thread;

	Py_XINCREF(back);
	drop(plugin);
	if (was)
		invalidate(plugin);
	if (back)
		vole_gdb_switch(plugin, back);
	Py_XDECREF(back);
}

void vole_gdb_view_moved(struct plugin *plugin)
{
	if (!plugin->session)
		return;
	vole_session_unchoose(plugin->session);
	drop(plugin);
	plugin->view.changes = vole_session_choice(plugin->session).changes;
}

/* --- entering -------------------------------------------------------------- */

/** The frame that called @p frame, which is taken. */
static PyObject *older(struct plugin *plugin, PyObject *frame)
{
	PyObject *ret = vole_gdb_call(plugin, frame, "older", "()");

	Py_DECREF(frame);
	if (ret == Py_None) {
		Py_DECREF(ret);
		return NULL;
	}
	return ret;
}

static bool select_frame(struct plugin *plugin, PyObject *frame)
{
	if (frame)
		Py_XDECREF(vole_gdb_call(plugin, frame, "select", "()"));
	Py_XDECREF(frame);
	return frame != NULL;
}

/** Past the thread's own frame, and calls inlined in it, and select. */
static bool select_first(struct plugin *plugin)
{
	struct view *view = &plugin->view;
	PyObject *frame =
		vole_gdb_call(plugin, plugin->gdb, "newest_frame", "()");
	bool own = is_own(view);

	while (frame && !own) {
		own = !vole_gdb_is_inline(plugin, frame);
		view->hidden++;
		frame = older(plugin, frame);
	}
	return select_frame(plugin, frame);
}

static uint64_t sp_of(struct plugin *plugin, PyObject *frame)
{
	PyObject *value =
		vole_gdb_call(plugin, frame, "read_register", "(s)", "rsp");
	uint64_t ret;

	vole_gdb_number(plugin, value, &ret);
	Py_XDECREF(value);
	return ret;
}

/** Select the frame that `go frame` did; none where gdb has none. */
static void follow_frame(struct plugin *plugin,
			 const struct vole_choice *choice)
{
	struct view *view = &plugin->view;
	PyObject *frame =
		vole_gdb_call(plugin, plugin->gdb, "newest_frame", "()");
	size_t i;

	for (i = 0; frame && i < view->hidden; i++)
		frame = older(plugin, frame);
	while (frame && sp_of(plugin, frame) != choice->frame_sp)
		frame = older(plugin, frame);
	for (i = 0; frame && i < choice->frame_inner &&
		    vole_gdb_is_inline(plugin, frame);
	     i++)
		frame = older(plugin, frame);
	select_frame(plugin, frame);
}

/* A goroutine that runs has all its registers on its thread: go there. */
static PyObject *thread_for(struct plugin *plugin, uint32_t tid)
{
	PyObject *ret =
		vole_gdb_call(plugin, plugin->gdb, "selected_thread", "()");
	PyObject *other = tid ? vole_gdb_thread(plugin, tid) : NULL;

	if (!ret || ret == Py_None || !other || other == ret) {
		Py_XDECREF(other);
		return ret;
	}
	plugin->view.back = ret;
	vole_gdb_switch(plugin, other);
	return other;
}

static bool enter(struct plugin *plugin, uint64_t id, struct vole_error *err)
{
	struct view *view = &plugin->view;
	struct vole_regs regs = { 0 };
	PyObject *frame;
	uint32_t tid;

	if (!vole_session_unwind(plugin->session, id, keep, view, &tid, err))
		return false;
	if (!view->frames.len)
		return vole_fail_nomem(err);
	view->thread = thread_for(plugin, tid);
	frame = vole_gdb_call(plugin, plugin->gdb, "newest_frame", "()");
	vole_gdb_read_frame(plugin, frame, &regs);
	Py_XDECREF(frame);
	view->own_pc = regs.pc;
	view->own_sp = regs.sp;
	order(plugin);
	shift(view);
	add_unwinder(plugin);
	invalidate(plugin);
	if (!select_first(plugin))
		return vole_fail(err, VOLE_UNSUPPORTED, VOLE_NOWHERE,
				 "gdb does not follow its stack");
	if (view->hidden)
		add_filter(plugin);
	return true;
}

static void follow_goroutine(struct plugin *plugin,
			     const struct vole_choice *choice)
{
	struct vole_error err;
	char text[512];

	leave(plugin);
	if (!choice->chosen || enter(plugin, choice->goroutine, &err))
		return;
	leave(plugin);
	snprintf(text, sizeof(text),
		 "gdb's own commands stay at the thread: %s\n", err.text);
	Py_XDECREF(vole_gdb_call(plugin, plugin->gdb, "write", "(s)", text));
}

void vole_gdb_view_follow(struct plugin *plugin)
{
	struct vole_choice choice = vole_session_choice(plugin->session);
	struct view *view = &plugin->view;

	if (choice.changes != view->changes) {
		view->changes = choice.changes;
		follow_goroutine(plugin, &choice);
	}
	if (choice.frame_changes == view->frame_changes)
		return;
	view->frame_changes = choice.frame_changes;
	if (!choice.has_frame || !view->thread)
		return;
	if (vole_gdb_view_here(plugin))
		follow_frame(plugin, &choice);
	vole_session_followed(plugin->session);
}
