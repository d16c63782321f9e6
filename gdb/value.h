/**
 * A pretty printer: gdb asks it for a Go value's text and parts.
 */
#ifndef VOLE_GDB_VALUE_H
#define VOLE_GDB_VALUE_H

#include "plugin.h"

/**
 * The printer of the gdb.Value @p value, whose header is @p header: a new
 * reference, or NULL.
 */
PyObject *vole_gdb_value_new(struct plugin *plugin, PyObject *value,
			     const struct vole_header *header);

#endif
