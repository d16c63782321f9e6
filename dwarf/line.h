/**
 * A unit's line table, DWARF 2 to 5: its files, and which line the code at an
 * address comes from.
 */
#ifndef VOLE_DWARF_LINE_H
#define VOLE_DWARF_LINE_H

#include "dwarf/private.h"

struct line_file {
	const char *name;
	uint64_t dir;
	const char *path; /* NULL: not put together yet */
};

struct line_table {
	bool readable;
	uint16_t version;
	uint8_t min_length, line_range, opcode_base;
	int8_t line_base;
	const uint8_t *operands; /* of standard opcodes 1 to opcode_base - 1 */
	const char **dirs;
	size_t num_dirs;
	struct line_file *files;
	size_t num_files;
	struct cursor program;
};

/** The unit's table; NULL when it has none or its header does not read. */
struct line_table *line_table(struct dwarf *d, const struct unit *unit);
/**
 * The path of a file of the unit's table, by the number that DW_AT_decl_file
 * and the line program have; NULL when there is none. Lives as long as @p d.
 */
const char *line_path(struct dwarf *d, const struct unit *unit, uint64_t file);

#endif
