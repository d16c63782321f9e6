#include "plugin.h"

#include <string.h>

#include "object.h"
#include "target/registers.h"

static const struct {
	const char *name; /* "$rip", as an expression */
	uint32_t have;
	size_t to;
} regs_read[] = {
	{ "$rip", VOLE_HAVE_PC, offsetof(struct vole_regs, pc) },
	{ "$rsp", VOLE_HAVE_SP, offsetof(struct vole_regs, sp) },
	{ "$rbp", VOLE_HAVE_BP, offsetof(struct vole_regs, bp) },
	{ "$r14", VOLE_HAVE_G, offsetof(struct vole_regs, g) },
	{ "$fs_base", VOLE_HAVE_TLS, offsetof(struct vole_regs, tls) },
};

enum { NUM_REGS = sizeof(regs_read) / sizeof(regs_read[0]) };

static void keep_reg(struct plugin *plugin, size_t i, PyObject *value,
		     struct vole_regs *ret)
{
	uint64_t *to = (uint64_t *)((char *)ret + regs_read[i].to);

	if (vole_gdb_number(plugin, value, to))
		ret->have |= regs_read[i].have;
	Py_XDECREF(value);
}

void vole_gdb_read_frame(struct plugin *plugin, PyObject *frame,
			 struct vole_regs *ret)
{
	size_t i;

	for (i = 0; frame && i < NUM_REGS; i++)
		keep_reg(plugin, i,
			 vole_gdb_call(plugin, frame, "read_register", "(s)",
				       regs_read[i].name + 1),
			 ret);
}

/* ptid is (pid, lwp, tid); a remote stub may know the last only. */
static uint32_t thread_id(struct plugin *plugin, PyObject *thread)
{
	PyObject *ptid = vole_gdb_get(plugin, thread, "ptid");
	unsigned long long pid = 0, lwp = 0, tid = 0;

	if (ptid && !PyArg_ParseTuple(ptid, "KKK", &pid, &lwp, &tid))
		vole_gdb_forgive(plugin);
	Py_XDECREF(ptid);
	return (uint32_t)(lwp ? lwp : tid);
}

bool vole_gdb_switch(struct plugin *plugin, PyObject *thread)
{
	PyObject *done = vole_gdb_call(plugin, thread, "switch", "()");

	Py_XDECREF(done);
	return done != NULL;
}

static bool one_thread(struct plugin *plugin, PyObject *thread,
		       bool (*each)(void *arg, const struct vole_regs *),
		       void *arg)
{
	struct vole_regs regs = { .tid = thread_id(plugin, thread) };
	PyObject *frame = NULL;

	if (vole_gdb_switch(plugin, thread))
		frame = vole_gdb_call(plugin, plugin->gdb, "newest_frame",
				      "()");
	vole_gdb_read_frame(plugin, frame, &regs);
	Py_XDECREF(frame);
	return each(arg, &regs);
}

PyObject *vole_gdb_thread(struct plugin *plugin, uint32_t tid)
{
	PyObject *inferior = vole_gdb_inferior(plugin);
	PyObject *threads = NULL, *ret = NULL;
	Py_ssize_t i, num = 0;

	if (inferior)
		threads = vole_gdb_call(plugin, inferior, "threads", "()");
	if (threads)
		num = PyTuple_Size(threads);
	for (i = 0; i < num && !ret; i++)
		if (thread_id(plugin, PyTuple_GetItem(threads, i)) == tid)
			ret = PyTuple_GetItem(threads, i);
	Py_XINCREF(ret);
	Py_XDECREF(threads);
	Py_XDECREF(inferior);
	return ret;
}

static void call_and_drop(struct plugin *plugin, PyObject *object,
			  const char *method)
{
	if (object && object != Py_None)
		Py_XDECREF(vole_gdb_call(plugin, object, method, "()"));
	Py_XDECREF(object);
}

/* switch() forgets the selected frame: put both back. */
void vole_gdb_threads(struct vole_host *host,
		      bool (*each)(void *arg, const struct vole_regs *),
		      void *arg)
{
	struct plugin *plugin = vole_gdb_plugin(host);
	PyObject *thread =
		vole_gdb_call(plugin, plugin->gdb, "selected_thread", "()");
	PyObject *frame =
		vole_gdb_call(plugin, plugin->gdb, "selected_frame", "()");
	PyObject *inferior = vole_gdb_inferior(plugin);
	PyObject *threads = NULL;
	Py_ssize_t i, num = 0;

	if (inferior)
		threads = vole_gdb_call(plugin, inferior, "threads", "()");
	if (threads)
		num = PyTuple_Size(threads);
	for (i = 0; i < num && !plugin->stop_type; i++)
		if (!one_thread(plugin, PyTuple_GetItem(threads, i), each, arg))
			break;
	Py_XDECREF(threads);
	Py_XDECREF(inferior);
	call_and_drop(plugin, thread, "switch");
	call_and_drop(plugin, frame, "select");
}

bool vole_gdb_is_inline(struct plugin *plugin, PyObject *frame)
{
	PyObject *type = vole_gdb_call(plugin, frame, "type", "()");
	PyObject *constant = vole_gdb_get(plugin, plugin->gdb, "INLINE_FRAME");
	uint64_t is, wanted;
	bool ret = vole_gdb_number(plugin, type, &is) &&
		   vole_gdb_number(plugin, constant, &wanted) && is == wanted;

	Py_XDECREF(constant);
	Py_XDECREF(type);
	return ret;
}

/* gdb has a frame for each inlined call; the outermost is the physical one. */
static uint32_t num_inner(struct plugin *plugin, PyObject *frame)
{
	PyObject *newer = vole_gdb_call(plugin, frame, "newer", "()");
	uint32_t ret = 0;

	while (newer && newer != Py_None && vole_gdb_is_inline(plugin, newer)) {
		PyObject *next = vole_gdb_call(plugin, newer, "newer", "()");

		Py_DECREF(newer);
		newer = next;
		ret++;
	}
	Py_XDECREF(newer);
	return ret;
}

/*
 * By expressions: gdb.selected_frame() first finds out who called that frame,
 * for which gdb reads all of .debug_frame.
 */
bool vole_gdb_selected(struct vole_host *host, struct vole_regs *ret)
{
	struct plugin *plugin = vole_gdb_plugin(host);
	PyObject *thread =
		vole_gdb_call(plugin, plugin->gdb, "selected_thread", "()");
	size_t i;

	memset(ret, 0, sizeof(*ret));
	if (thread && thread != Py_None) {
		ret->tid = thread_id(plugin, thread);
		for (i = 0; i < NUM_REGS; i++)
			keep_reg(plugin, i,
				 vole_gdb_call(plugin, plugin->gdb,
					       "parse_and_eval", "(s)",
					       regs_read[i].name),
				 ret);
	}
	Py_XDECREF(thread);
	return ret->have != 0;
}

uint32_t vole_gdb_selected_inner(struct vole_host *host)
{
	struct plugin *plugin = vole_gdb_plugin(host);
	PyObject *frame =
		vole_gdb_call(plugin, plugin->gdb, "selected_frame", "()");
	uint32_t ret = frame ? num_inner(plugin, frame) : 0;

	Py_XDECREF(frame);
	return ret;
}

static void read_registers(struct plugin *plugin, PyObject *frame,
			   struct vole_registers *ret)
{
	PyObject *value;
	uint64_t word;
	unsigned i;

	for (i = 0; i < VOLE_REGISTER_PC; i++) {
		value = vole_gdb_call(plugin, frame, "read_register", "(s)",
				      vole_register_name(i));
		if (vole_gdb_number(plugin, value, &word))
			vole_register_set(ret, i, word);
		Py_XDECREF(value);
	}
}

bool vole_gdb_registers(struct vole_host *host, uint32_t tid,
			struct vole_registers *ret)
{
	struct plugin *plugin = vole_gdb_plugin(host);
	PyObject *selected =
		vole_gdb_call(plugin, plugin->gdb, "selected_thread", "()");
	PyObject *back =
		vole_gdb_call(plugin, plugin->gdb, "selected_frame", "()");
	PyObject *thread = vole_gdb_thread(plugin, tid), *frame = NULL;

	if (thread && vole_gdb_switch(plugin, thread))
		frame = vole_gdb_call(plugin, plugin->gdb, "newest_frame",
				      "()");
	if (frame)
		read_registers(plugin, frame, ret);
	Py_XDECREF(frame);
	Py_XDECREF(thread);
	call_and_drop(plugin, selected, "switch");
	call_and_drop(plugin, back, "select");
	return ret->known != 0;
}
