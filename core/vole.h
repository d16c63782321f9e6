/**
 * The whole of vole for a front end: open a session over a host, run a
 * command line, complete one, list the commands. gdb, lldb and the vole
 * program use nothing else of the core.
 */
#ifndef VOLE_H
#define VOLE_H

#include "base/error.h"
#include "target/debuginfo.h"
#include "target/host.h"

struct vole_elf;
struct vole_session;

/** How debug information is opened (dwarf/ gives it; the core never names it). */
typedef bool vole_debuginfo_open(struct vole_elf *elf,
				 struct vole_debuginfo **ret,
				 struct vole_error *err);

/**
 * A session over @p host, which must outlive it. Nothing is opened until a
 * command needs the target; what was opened is dropped by itself when
 * host->generation() or the target's identity changes. NULL: out of memory.
 */
struct vole_session *vole_session_open(struct vole_host *host,
				       vole_debuginfo_open *open_debuginfo);
/** NULL is fine. */
void vole_session_close(struct vole_session *session);
/** Go on where core and executable do not match (the vole program's --force). */
void vole_session_set_force(struct vole_session *session, bool force);

/** What came of a command. */
struct vole_outcome {
	int exit; /* 0, 1 (found something wrong), 2 (user), 3 (target) */
	/** The error to show when exit is 2 or 3; err.text is one sentence. */
	struct vole_error err;
	/**
	 * The same, ready to show after "error: ": more than one line when the
	 * error points at a place in the expression (text, caret line).
	 */
	char message[1024];
};

/**
 * Run one line: a command's name (or unique abbreviation) and its arguments,
 * without the leading "go". Output goes to @p ui as it is made. Target text
 * is escaped in it.
 */
void vole_session_run(struct vole_session *session, struct vole_ui *ui,
		      const char *line, struct vole_outcome *ret);

/**
 * Completions of @p line (without "go"; the cursor at its end): each is a
 * whole last word. Command names, options, package variables and types.
 * At most @p limit are given.
 */
void vole_session_complete(struct vole_session *session, const char *line,
			   size_t limit,
			   void (*each)(void *arg, const char *word),
			   void *arg);

/** What `goroutine N` and `frame K` chose last. */
struct vole_choice {
	bool chosen; /* false: what the debugger stands on */
	uint64_t goroutine; /* goid */
	uint64_t changes; /* another number after each choice of one */
	bool has_frame;
	uint64_t frame_sp;
	size_t frame_inner; /* calls inlined in it that lie further in */
	uint64_t frame_changes; /* another number after each choice of one */
};

struct vole_choice vole_session_choice(const struct vole_session *session);
/**
 * The debugger followed the choice: what its user selects from now on comes
 * before it.
 */
void vole_session_followed(struct vole_session *session);
/** The program moved on: what was chosen there is no longer. */
void vole_session_unchoose(struct vole_session *session);

/** A physical frame, as a debugger's own unwinder needs it. */
struct vole_unwound {
	bool is_go;
	bool is_signal; /* the kernel's, between a handler and what it hit */
	/**
	 * pc is what it runs next, and pc - 1, where debuggers look as if it
	 * had called from there, is of another line, call or function.
	 */
	bool is_early;
	uint32_t have; /* which of bp and g: enum vole_have */
	uint64_t pc, sp, bp, g;
	uint64_t cfa; /* sp of the caller after return; 0 unknown */
	uint64_t entry; /* of its function; 0: not Go's */
};

/**
 * Each frame of goroutine @p id, innermost first; false from @p each stops.
 * @p ret_tid is the thread whose registers the first frame has, 0 when the
 * goroutine does not run. VOLE_NOT_FOUND, VOLE_CORRUPT (no frame at all).
 */
VOLE_CHECKED bool
vole_session_unwind(struct vole_session *session, uint64_t id,
		    bool (*each)(void *arg, const struct vole_unwound *frame),
		    void *arg, uint32_t *ret_tid, struct vole_error *err);

/**
 * A Go string, slice, map, channel, interface or func as a debugger has it:
 * the words of its header, wherever it found them.
 */
struct vole_header {
	const char *type; /* the name in debug information */
	uint64_t words[3];
	size_t num_words; /* 0: the debugger does not tell them */
};

/** Is that the name of such a Go type? */
bool vole_session_knows(struct vole_session *session,
			const struct vole_header *header);

/** How much of a value is shown: as for the options of `print`. */
struct vole_extent {
	unsigned depth;
	uint64_t limit;
	uint64_t total; /* values in all, however nested */
};

/**
 * Write @p header to @p ui on one line, as `print` would: what is damaged
 * says so. VOLE_NOT_FOUND: that is the name of no such Go type.
 */
VOLE_CHECKED bool vole_session_show(struct vole_session *session,
				    struct vole_ui *ui,
				    const struct vole_header *header,
				    const struct vole_extent *extent,
				    struct vole_error *err);

/** An element, an entry's value or what an interface holds. */
struct vole_part {
	const char *name; /* [0], ["key"], or the dynamic type's */
	uint64_t addr;
	uint64_t size;
	const char *type;
	bool direct; /* an interface's word itself, @c addr, is the value */
};

/**
 * Each of the first @p limit parts of @p header; false from @p each stops. A
 * part that cannot be read ends them.
 */
VOLE_CHECKED bool
vole_session_parts(struct vole_session *session,
		   const struct vole_header *header, uint64_t limit,
		   bool (*each)(void *arg, const struct vole_part *part),
		   void *arg, struct vole_error *err);

/** Commands for registration: number, then name and one-line summary of each. */
size_t vole_num_commands(void);
const char *vole_command_name(size_t index);
/** Its alias number @p n; NULL behind the last. */
const char *vole_command_alias(size_t index, size_t n);
const char *vole_command_summary(size_t index);
/**
 * Help text of a command: usage, what it does, options, an example. The
 * caller frees it; NULL: out of memory.
 */
char *vole_command_help(size_t index);

/** "0.1.0" */
const char *vole_version(void);

#endif
