/**
 * A goroutine in a thread's place: what gdb's own bt, frame, up, info locals
 * and info registers show after `go goroutine N`.
 *
 * gdb takes the innermost frame from the thread's registers and nobody can
 * change that. So that frame stays, hidden from bt by a frame filter, and an
 * unwinder says that the goroutine's innermost frame called it. Both stand in
 * gdb's lists only while a goroutine is chosen.
 */
#ifndef VOLE_GDB_VIEW_H
#define VOLE_GDB_VIEW_H

#include <Python.h>

#include "base/array.h"
#include "vole.h"

struct plugin;

/** A frame, and the FrameId that gdb gets for it. */
struct viewed {
	struct vole_unwound it;
	uint64_t pc; /* that gdb is given */
	/** gdb unwinds it as well as we do, and knows more of it. */
	bool native;
	/**
	 * Its real cfa would make gdb think the stack corrupt, and stop: it
	 * lies on a stack above the goroutine's.
	 */
	bool displaced;
};

struct view {
	PyObject *thread; /* that it stands in for; NULL: there is no view */
	PyObject *back; /* the thread to go back to, or NULL */
	PyObject *unwinder, *filter; /* as registered in gdb */
	uint64_t changes, frame_changes; /* of the choice that it follows */
	uint64_t own_pc, own_sp; /* of the thread's innermost frame */
	size_t hidden; /* gdb's frames before the goroutine's first */
	bool capped; /* there are more frames than are kept */
	size_t last; /* index that the unwinder found last */
	VOLE_ARRAY(struct viewed) frames; /* innermost first */
};

/** Show what the session chose last, if that changed. Prints why it cannot. */
void vole_gdb_view_follow(struct plugin *plugin);
/** The program moved on, or is another: back to the threads. */
void vole_gdb_view_moved(struct plugin *plugin);
/** Is the view's thread the one that gdb is at now? */
bool vole_gdb_view_here(struct plugin *plugin);

/** What view.c puts into gdb's lists: new references, or NULL. */
PyObject *vole_gdb_unwinder_new(void);
PyObject *vole_gdb_filter_new(void);
#endif
