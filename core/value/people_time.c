/* time.Time: src/time/time.go. */
#include "value/people_private.h"

#include <stdio.h>

enum {
	DAY = 86400,
	HAS_MONOTONIC_SHIFT = 63,
	NSEC_BITS = 30,
};

/* Seconds from year 1 to 1885 (wall epoch) and to 1970 (Unix). */
static const int64_t WALL_TO_INTERNAL =
	(1884LL * 365 + 1884 / 4 - 1884 / 100 + 1884 / 400) * DAY;
static const int64_t UNIX_TO_INTERNAL =
	(1969LL * 365 + 1969 / 4 - 1969 / 100 + 1969 / 400) * DAY;

struct zone {
	char name[32];
	int64_t offset; /* seconds east of UTC */
};

static bool read_word(const struct vole_runtime *rt, uint64_t addr,
		      uint64_t *ret)
{
	struct vole_error err;

	return vole_memory_uint(rt->mem, addr, 8, ret, &err);
}

static bool read_name(const struct vole_runtime *rt, uint64_t addr, char *ret,
		      size_t room)
{
	struct vole_error err;
	uint64_t data, len, i;

	if (!read_word(rt, addr, &data) || !read_word(rt, addr + 8, &len) ||
	    len >= room || !vole_memory_read_all(rt->mem, data, ret, len, &err))
		return false;
	for (i = 0; i < len; i++)
		if (ret[i] < 0x21 || ret[i] > 0x7e)
			return false;
	ret[len] = '\0';
	return true;
}

/*
 * type Location struct { name string; zone []zone; tx []zoneTrans; extend
 * string; cacheStart, cacheEnd int64; cacheZone *zone }, the same in every
 * release. The offset in force is taken from the cache or the transitions;
 * past the last transition the rule in `extend` would be needed.
 */
static bool find_zone(const struct vole_runtime *rt, uint64_t loc, int64_t sec,
		      struct zone *ret)
{
	enum { ZONES = 16, TX = 40, EXTEND = 64, CACHE = 80 };
	uint64_t zones, num_zones, tx, num_tx, extend_len, word;
	uint64_t start, end, cached, low = 0, high, at;
	uint8_t index;
	struct vole_error err;

	if (!read_word(rt, loc + ZONES, &zones) ||
	    !read_word(rt, loc + ZONES + 8, &num_zones) ||
	    !read_word(rt, loc + TX, &tx) ||
	    !read_word(rt, loc + TX + 8, &num_tx) ||
	    !read_word(rt, loc + EXTEND + 8, &extend_len) ||
	    !read_word(rt, loc + CACHE, &start) ||
	    !read_word(rt, loc + CACHE + 8, &end) ||
	    !read_word(rt, loc + CACHE + 16, &cached))
		return false;
	if (cached && (int64_t)start <= sec && sec < (int64_t)end) {
		at = cached;
	} else {
		if (!num_zones || !num_tx || num_tx > 100000)
			return false;
		high = num_tx;
		while (high - low > 1) {
			uint64_t mid = (low + high) / 2;

			if (!read_word(rt, tx + mid * 16, &word))
				return false;
			if (sec < (int64_t)word)
				high = mid;
			else
				low = mid;
		}
		if (!read_word(rt, tx + low * 16, &word) ||
		    sec < (int64_t)word || (low == num_tx - 1 && extend_len) ||
		    !vole_memory_read_all(rt->mem, tx + low * 16 + 8, &index, 1,
					  &err) ||
		    index >= num_zones)
			return false;
		at = zones + index * 32u;
	}
	/* type zone struct { name string; offset int; isDST bool } */
	return read_name(rt, at, ret->name, sizeof(ret->name)) &&
	       read_word(rt, at + 16, (uint64_t *)&ret->offset) &&
	       ret->offset > -2 * DAY && ret->offset < 2 * DAY;
}

/* Days since 0000-03-01 to a civil date (Howard Hinnant's algorithm). */
static void civil(int64_t days, int64_t *year, int *month, int *day)
{
	int64_t era = (days >= 0 ? days : days - 146096) / 146097;
	int64_t doe = days - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;

	*day = (int)(doy - (153 * mp + 2) / 5) + 1;
	*month = (int)(mp < 10 ? mp + 3 : mp - 9);
	*year = yoe + era * 400 + (*month <= 2);
}

/* As time.Time.String prints it, without the monotonic reading. */
static const char *format_time(struct vole_arena *arena, int64_t sec,
			       uint64_t nsec, const struct zone *zone)
{
	int64_t local = sec + zone->offset, days, rest, year;
	int64_t east = zone->offset < 0 ? -zone->offset : zone->offset;
	char fraction[16] = "";
	int month, day, len;

	char offset[16];

	days = local / DAY - (local % DAY < 0);
	rest = local - days * DAY;
	civil(days + 719468, &year, &month, &day);
	if (nsec) {
		len = snprintf(fraction, sizeof(fraction), ".%09" PRIu64, nsec);
		while (fraction[len - 1] == '0')
			fraction[--len] = '\0';
	}
	/* Less than a minute west of UTC has no sign. */
	snprintf(offset, sizeof(offset), "%c%02d%02d",
		 zone->offset <= -60 ? '-' : '+', (int)(east / 3600),
		 (int)(east / 60 % 60));
	return vole_arena_printf(
		arena, "%s%04" PRId64 "-%02d-%02d %02d:%02d:%02d%s %s %s",
		year < 0 ? "-" : "", year < 0 ? -year : year, month, day,
		(int)(rest / 3600), (int)(rest / 60 % 60), (int)(rest % 60),
		fraction, offset, *zone->name ? zone->name : offset);
}

const char *vole_people_time(const struct vole_people *p)
{
	struct vole_arena *arena = p->arena;
	const struct vole_runtime *rt = p->rt;
	struct zone utc = { "UTC", 0 }, zone;
	uint64_t wall, ext, loc, nsec;
	int64_t sec;

	if (!vole_people_int(p, "wall", &wall) ||
	    !vole_people_int(p, "ext", &ext) ||
	    !vole_people_int(p, "loc", &loc))
		return NULL;
	nsec = wall & ((1u << NSEC_BITS) - 1);
	if (nsec >= 1000000000)
		return NULL;
	if (wall >> HAS_MONOTONIC_SHIFT)
		sec = WALL_TO_INTERNAL +
		      (int64_t)(wall << 1 >> (NSEC_BITS + 1));
	else
		sec = (int64_t)ext;
	/* A year of more than six digits is no time that anyone wrote. */
	if (sec < -30000000000000 || sec > 30000000000000)
		return NULL;
	sec -= UNIX_TO_INTERNAL;
	/* Where the zone cannot be told the instant is still right in UTC. */
	if (loc && find_zone(rt, loc, sec, &zone))
		return format_time(arena, sec, nsec, &zone);
	return format_time(arena, sec, nsec, &utc);
}
