/**
 * vole inside lldb. The plugin is not linked to liblldb: it takes the symbols
 * of the lldb that loads it, 14 to 22, and looks newer ones up by name.
 */
#ifndef VOLE_LLDB_PLUGIN_H
#define VOLE_LLDB_PLUGIN_H

#include <lldb/API/LLDB.h>

extern "C" {
#include "base/strbuf.h"
#include "vole.h"
}

/** One for each debugger that loads us, as long as the process lives. */
struct plugin {
	struct vole_host host; /* first: cast back from it */
	lldb::SBDebugger debugger;
	struct vole_session *session; /* opened by the first command */
	uint64_t num_runs; /* commands so far */
	uint32_t stop; /* lldb's number of it, at the last command */
	struct vole_strbuf exe, core; /* what vole_facts borrows */
};

/** Fill plugin->host. */
void vole_lldb_host_init(struct plugin *plugin);

/** plugin->host.facts. */
void vole_lldb_facts(struct vole_host *host, struct vole_facts *ret);

/** A core, a live process, or none. */
enum vole_target_kind vole_lldb_kind(lldb::SBProcess &process);

/** How many bytes from @p addr on can be read: all, or those before a hole. */
size_t vole_lldb_read(lldb::SBProcess &process, uint64_t addr, char *buf,
		      size_t len);

/**
 * The command's arguments as the user typed them: lldb takes the quotes off
 * before it passes them on. @p ret_typed tells whether this is a line of
 * lldb's own input, rather than one that a program has it run.
 */
void vole_lldb_raw_line(lldb::SBCommandInterpreter interpreter,
			const char *name, char **args, struct vole_strbuf *ret,
			bool *ret_typed);

#endif
