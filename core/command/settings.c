#include "command/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COLOR, DEBUG_DIR, DEPTH, LIMIT };
enum { DEFAULT_LIMIT = 64, DEFAULT_DEPTH = 6 };

const struct vole_setting vole_setting_table[VOLE_NUM_SETTINGS] = {
	[COLOR] = { "color", "auto|on|off",
		    "colour by meaning; auto follows the debugger, NO_COLOR "
		    "and the terminal" },
	[DEBUG_DIR] = { "debug-file-directory", "DIR",
			"where separate debug files are looked for, by build "
			"ID" },
	[DEPTH] = { "depth", "N",
		    "how many levels of a value are shown, pointers "
		    "included" },
	[LIMIT] = { "limit", "N",
		    "how much of a list, and of a value's elements, is shown; "
		    "0 shows all" },
};

static const char *const colors[] = { "auto", "on", "off" };

void vole_settings_init(struct vole_settings *settings)
{
	*settings = (struct vole_settings){ .limit = DEFAULT_LIMIT,
					    .depth = DEFAULT_DEPTH };
}

static bool find(const char *name, size_t *ret, struct vole_error *err)
{
	size_t i;

	for (i = 0; i < VOLE_NUM_SETTINGS; i++)
		if (!strcmp(vole_setting_table[i].name, name)) {
			*ret = i;
			return true;
		}
	return vole_fail(err, VOLE_USAGE, VOLE_NOWHERE,
			 "no setting \"%.40s\"; there are limit, depth, color "
			 "and debug-file-directory",
			 name);
}

static bool number(const char *name, const char *value, uint64_t *ret,
		   struct vole_error *err)
{
	char *end;

	if (*value >= '0' && *value <= '9') {
		*ret = strtoull(value, &end, 10);
		if (!*end)
			return true;
	}
	return vole_fail(err, VOLE_USAGE, VOLE_NOWHERE,
			 "%s is a number, not \"%.40s\"", name, value);
}

bool vole_settings_set(struct vole_settings *settings, const char *name,
		       const char *value, struct vole_error *err)
{
	size_t which = 0, i;

	if (!find(name, &which, err))
		return false;
	switch (which) {
	case LIMIT:
		return number(name, value, &settings->limit, err);
	case DEPTH:
		return number(name, value, &settings->depth, err);
	case COLOR:
		for (i = 0; i < 3; i++)
			if (!strcmp(value, colors[i])) {
				settings->color = i;
				return true;
			}
		return vole_fail(err, VOLE_USAGE, VOLE_NOWHERE,
				 "color is auto, on or off, not \"%.40s\"",
				 value);
	default:
		if (strlen(value) >= sizeof(settings->debug_dir))
			return vole_fail(err, VOLE_USAGE, VOLE_NOWHERE,
					 "a directory of over %zu bytes",
					 sizeof(settings->debug_dir) - 1);
		strcpy(settings->debug_dir, value);
		return true;
	}
}

bool vole_settings_get(const struct vole_settings *settings, const char *name,
		       char *buf, struct vole_error *err)
{
	size_t which = 0;

	if (!find(name, &which, err))
		return false;
	switch (which) {
	case LIMIT:
		snprintf(buf, VOLE_SETTING_ROOM, "%" PRIu64, settings->limit);
		break;
	case DEPTH:
		snprintf(buf, VOLE_SETTING_ROOM, "%" PRIu64, settings->depth);
		break;
	case COLOR:
		strcpy(buf, colors[settings->color]);
		break;
	default:
		strcpy(buf, settings->debug_dir[0] ? settings->debug_dir :
						     "/usr/lib/debug");
		break;
	}
	return true;
}
