/* Numbers that have names or units: package time, error numbers. */
#include "value/people_private.h"

#include <stdio.h>
#include <string.h>

static const char *const months[] = {
	"January", "February", "March",	    "April",   "May",	   "June",
	"July",	   "August",   "September", "October", "November", "December",
};

static const char *const weekdays[] = {
	"Sunday",   "Monday", "Tuesday",  "Wednesday",
	"Thursday", "Friday", "Saturday",
};

/* time.Duration.String: 1h2m3.5s, 1.5ms, 0s. */
const char *vole_people_duration(struct vole_arena *arena, int64_t ns)
{
	uint64_t u = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns;
	const char *unit = "s", *sign = ns < 0 ? "-" : "";
	uint64_t whole, scale = 1000000000;
	char text[128], digits[16];
	int len = 9;

	if (!u)
		return "0s";
	if (u < 1000)
		return vole_arena_printf(arena, "%s%" PRIu64 "ns", sign, u);
	if (u < 1000000) {
		scale = 1000;
		unit = "\xc2\xb5s";
		len = 3;
	} else if (u < 1000000000) {
		scale = 1000000;
		unit = "ms";
		len = 6;
	}
	whole = u / scale;
	snprintf(digits, sizeof(digits), "%0*" PRIu64, len, u % scale);
	while (len && digits[len - 1] == '0')
		digits[--len] = '\0';
	if (whole >= 3600)
		snprintf(text, sizeof(text), "%" PRIu64 "h%" PRIu64 "m",
			 whole / 3600, whole / 60 % 60);
	else if (whole >= 60)
		snprintf(text, sizeof(text), "%" PRIu64 "m", whole / 60);
	else
		text[0] = '\0';
	if (scale == 1000000000)
		whole %= 60;
	return vole_arena_printf(arena, "%s%s%" PRIu64 "%s%s%s", sign, text,
				 whole, len ? "." : "", digits, unit);
}

static const struct {
	unsigned number;
	const char *name, *text;
} errnos[] = {
#define VOLE_ERRNO(number, name, text) { number, #name, text },
#include "value/errno.def"
#undef VOLE_ERRNO
};

/* Go's text for an error of the system; NULL: it has none. */
static const char *error_text(uint64_t number, const char **ret_name)
{
	size_t i;

	for (i = 0; i < sizeof(errnos) / sizeof(errnos[0]); i++) {
		if (errnos[i].number != number)
			continue;
		*ret_name = errnos[i].name;
		return errnos[i].text;
	}
	return NULL;
}

const char *vole_people_errno(uint64_t number)
{
	const char *unused;

	return error_text(number, &unused);
}

static const char *number_of_time(struct vole_arena *arena, const char *name,
				  int64_t number)
{
	if (!strcmp(name, "time.Duration"))
		return vole_people_duration(arena, number);
	if (!strcmp(name, "time.Month") && number >= 1 && number <= 12)
		return months[number - 1];
	if (!strcmp(name, "time.Weekday") && number >= 0 && number < 7)
		return weekdays[number];
	return NULL;
}

const char *vole_people_number(const struct vole_runtime *rt,
			       struct vole_arena *arena,
			       const struct vole_value *value, int64_t number)
{
	const char *type = value->type->name, *name, *text;

	if (!value->type->named)
		return NULL;
	if (!strncmp(type, "time.", 5))
		return number_of_time(arena, type, number);
	if (!strcmp(type, "context.emptyCtx"))
		return vole_people_empty_context(rt, value);
	if (strcmp(type, "syscall.Errno") != 0)
		return NULL;
	text = error_text((uint64_t)number, &name);
	if (!text)
		return vole_arena_printf(arena, "%" PRIu64, (uint64_t)number);
	return vole_arena_printf(arena, "%s, \"%s\"", name, text);
}
