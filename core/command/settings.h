/**
 * What the user has set for the session.
 */
#ifndef VOLE_COMMAND_SETTINGS_H
#define VOLE_COMMAND_SETTINGS_H

#include "base/error.h"

enum vole_color {
	VOLE_COLOR_AUTO, /* as the debugger or terminal has it */
	VOLE_COLOR_ON,
	VOLE_COLOR_OFF,
};

struct vole_settings {
	uint64_t limit; /* of lists; 0 all */
	uint64_t depth; /* of values */
	enum vole_color color;
	char debug_dir[512]; /* debug-file-directory; "" /usr/lib/debug */
};

enum { VOLE_NUM_SETTINGS = 4, VOLE_SETTING_ROOM = 512 };

struct vole_setting {
	const char *name;
	const char *values; /* what may be set: "N", "auto|on|off" */
	const char *help;
};

extern const struct vole_setting vole_setting_table[VOLE_NUM_SETTINGS];

void vole_settings_init(struct vole_settings *settings);
/** VOLE_USAGE: no such setting, or not such a value. */
VOLE_CHECKED bool vole_settings_set(struct vole_settings *settings,
				    const char *name, const char *value,
				    struct vole_error *err);
/** The value as text into @p buf of VOLE_SETTING_ROOM bytes. */
VOLE_CHECKED bool vole_settings_get(const struct vole_settings *settings,
				    const char *name, char *buf,
				    struct vole_error *err);

#endif
