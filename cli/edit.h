/**
 * A line typed at a terminal: with the keys that people know from their shell,
 * the lines before, and completion. The terminal is as it was while none is
 * being typed.
 */
#ifndef VOLE_CLI_EDIT_H
#define VOLE_CLI_EDIT_H

#include <stdbool.h>
#include <stddef.h>

struct edit;

/** Tell @p each what the last word of @p line, after a blank, may become. */
typedef void edit_complete(void *arg, const char *line,
			   void (*each)(void *each_arg, const char *word),
			   void *each_arg);

enum edit_result {
	EDIT_LINE,
	EDIT_CANCELLED, /* Ctrl-C, or a signal */
	EDIT_END, /* Ctrl-D, or the terminal is gone */
};

/** Over standard input and output, both terminals. NULL: out of memory. */
struct edit *edit_open(const char *prompt, edit_complete *complete, void *arg);
/** NULL is fine. */
void edit_close(struct edit *edit);
/** The next line, without its end; it lasts until the next. */
enum edit_result edit_read(struct edit *edit, const char **ret);

#endif
