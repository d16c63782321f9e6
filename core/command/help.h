/**
 * The help text of a command, made from its row of the table.
 */
#ifndef VOLE_COMMAND_HELP_H
#define VOLE_COMMAND_HELP_H

#include "base/strbuf.h"

struct vole_command;

void vole_help_text(const struct vole_command *command,
		    struct vole_strbuf *buf);

#endif
