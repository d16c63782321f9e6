#include "value/people.h"

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

enum { ROOM = 128 };

/* time.Duration.String: 1h2m3.5s, 1.5ms, 0s. */
static const char *duration(struct vole_arena *arena, int64_t ns)
{
	uint64_t u = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns;
	const char *unit = "s", *sign = ns < 0 ? "-" : "";
	uint64_t whole, scale = 1000000000;
	char text[ROOM], digits[16];
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

const char *vole_people_number(struct vole_arena *arena,
			       const struct vole_type *type, int64_t number)
{
	if (!type->named || strncmp(type->name, "time.", 5))
		return NULL;
	if (!strcmp(type->name, "time.Duration"))
		return duration(arena, number);
	if (!strcmp(type->name, "time.Month") && number >= 1 && number <= 12)
		return months[number - 1];
	if (!strcmp(type->name, "time.Weekday") && number >= 0 && number < 7)
		return weekdays[number];
	return NULL;
}

/* --- structs ----------------------------------------------------------------- */

bool vole_people_part(const struct vole_people *p, const char *path,
		      struct vole_value *ret)
{
	struct vole_value part = *p->value;
	struct vole_error ignored;

	while (*path) {
		size_t len = strcspn(path, ".");
		const struct vole_field *field;
		char name[ROOM];

		if (part.type->kind != VOLE_KIND_STRUCT || len >= sizeof(name))
			return false;
		memcpy(name, path, len);
		name[len] = '\0';
		field = vole_type_field(part.type, name);
		if (!field || !vole_value_part(p->rt, &part, field->type,
					       field->offset, &part, &ignored))
			return false;
		path += len + (path[len] == '.');
	}
	*ret = part;
	return true;
}

bool vole_people_int(const struct vole_people *p, const char *path,
		     uint64_t *ret)
{
	struct vole_error ignored;
	struct vole_value part;

	if (!vole_people_part(p, path, &part))
		return false;
	if (part.type->kind == VOLE_KIND_STRUCT) {
		struct vole_people inner = { p->rt, p->arena, &part };

		return strcmp(path, "v") && vole_people_int(&inner, "v", ret);
	}
	return vole_value_int(p->rt, &part, ret, &ignored);
}

static const struct {
	const char *name;
	const char *(*text)(const struct vole_people *p);
} structs[] = {
	{ "time.Time", vole_people_time },
	{ "sync/atomic.Bool", vole_people_atomic },
	{ "sync/atomic.Int32", vole_people_atomic },
	{ "sync/atomic.Int64", vole_people_atomic },
	{ "sync/atomic.Uint32", vole_people_atomic },
	{ "sync/atomic.Uint64", vole_people_atomic },
	{ "sync/atomic.Uintptr", vole_people_atomic },
	{ "sync.Mutex", vole_people_mutex },
	{ "sync.RWMutex", vole_people_rwmutex },
	{ "sync.Once", vole_people_once },
	{ "math/big.Int", vole_people_big_int },
	{ "bytes.Buffer", vole_people_bytes_buffer },
	{ "bytes.Reader", vole_people_bytes_reader },
	{ "strings.Builder", vole_people_builder },
	{ "strings.Reader", vole_people_strings_reader },
	{ "bufio.Reader", vole_people_bufio_reader },
	{ "bufio.Writer", vole_people_bufio_writer },
	{ "net/netip.Addr", vole_people_addr },
	{ "net/netip.AddrPort", vole_people_addr_port },
	{ "net/netip.Prefix", vole_people_prefix },
};

const char *vole_people_struct(const struct vole_runtime *rt,
			       struct vole_arena *arena,
			       const struct vole_value *value)
{
	struct vole_people p = { rt, arena, value };
	size_t i;

	for (i = 0; i < sizeof(structs) / sizeof(structs[0]); i++)
		if (!strcmp(value->type->name, structs[i].name))
			return structs[i].text(&p);
	return NULL;
}
