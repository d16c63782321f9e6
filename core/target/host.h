/**
 * The two doors to the outside. A front end (gdb, lldb, the vole program)
 * fills a `struct vole_host`, which lives as long as the target, and a `struct
 * vole_ui`, which lives one command. Bytes and integers cross here, nothing
 * of the debugger does, and neither side decides anything for the other.
 * Embed the struct first in the front end's own and cast back.
 */
#ifndef VOLE_TARGET_HOST_H
#define VOLE_TARGET_HOST_H

#include "base/error.h"

enum vole_target_kind {
	VOLE_TARGET_NONE,
	VOLE_TARGET_CORE,
	VOLE_TARGET_LIVE,
};

/** What the host knows of its target. Strings are borrowed until the next call. */
struct vole_facts {
	enum vole_target_kind kind;
	bool remote; /* memory of another machine: no local /proc, no paths */
	uint32_t pid; /* 0 unknown */
	const char *exe; /* executable on this machine, or NULL */
	const char *core; /* core file on this machine, or NULL */
	bool has_entry;
	uint64_t entry; /* the executable's entry point as loaded */
	bool has_bias;
	uint64_t bias; /* load address minus link address of the executable */
};

enum vole_perm {
	VOLE_PERM_READ = 1,
	VOLE_PERM_WRITE = 2,
	VOLE_PERM_EXEC = 4,
};

struct vole_mapping {
	uint64_t start;
	uint64_t end;
	uint32_t perms; /* enum vole_perm */
	uint64_t offset; /* in the file at path */
	const char *path; /* NULL when anonymous; borrowed for the callback */
};

/** Registers of a thread or frame; `have` tells which were known. */
enum vole_have {
	VOLE_HAVE_PC = 1,
	VOLE_HAVE_SP = 2,
	VOLE_HAVE_BP = 4,
	VOLE_HAVE_G = 8, /* r14 */
	VOLE_HAVE_TLS = 16, /* fs_base */
};

struct vole_regs {
	uint32_t tid;
	uint32_t have;
	uint64_t pc, sp, bp, g, tls;
};

struct vole_registers;

struct vole_host {
	/** Copy up to @p len bytes from @p addr; the count before the first bad one. */
	size_t (*read)(struct vole_host *host, uint64_t addr, void *buf,
		       size_t len);
	/** Changes whenever the target, or its memory, may have. */
	uint64_t (*generation)(struct vole_host *host);
	/** What is known of the target; kind VOLE_TARGET_NONE when there is none. */
	void (*facts)(struct vole_host *host, struct vole_facts *ret);
	/** Each mapping, ascending; false from @p each stops. NULL: not known. */
	void (*mappings)(struct vole_host *host,
			 bool (*each)(void *arg, const struct vole_mapping *),
			 void *arg);
	/** Each thread; false from @p each stops. NULL: not known. */
	void (*threads)(struct vole_host *host,
			bool (*each)(void *arg, const struct vole_regs *),
			void *arg);
	/** Registers of the frame the user selected; false when none. NULL: never. */
	bool (*selected)(struct vole_host *host, struct vole_regs *ret);
	/**
	 * Of the calls inlined in that frame, how many lie further in than the
	 * selected one. Asked only where it matters: gdb may have to read much
	 * before it knows. NULL: 0.
	 */
	uint32_t (*selected_inner)(struct vole_host *host);
	/** All that is known of thread @p tid's; false: nothing. NULL: never. */
	bool (*registers)(struct vole_host *host, uint32_t tid,
			  struct vole_registers *ret);
};

struct vole_ui {
	/** Show @p len bytes of UTF-8. */
	void (*write)(struct vole_ui *ui, const char *text, size_t len);
	/** Has the user asked to stop? Cheap enough to ask for each row. */
	bool (*interrupted)(struct vole_ui *ui);
	/**
	 * A long command is @p done, 0 to 1: show it until the next write or
	 * the end, where it destroys no output. NULL when nobody looks.
	 */
	void (*progress)(struct vole_ui *ui, double done);
	bool color; /* the debugger styles its output and we may too */
};

#endif
