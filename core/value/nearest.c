#include "value/nearest.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/quote.h"

/* Three rows of the table of distances are all a swap needs. */
struct rows {
	unsigned row[3][VOLE_MAX_NEAREST_LEN + 1];
};

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Row @p i of the table: a[i - 1] against all of b; its least entry. */
static unsigned next_row(struct rows *t, const char *a, size_t i, const char *b,
			 size_t b_len)
{
	unsigned *now = t->row[i % 3], *last = t->row[(i + 2) % 3];
	unsigned *before = t->row[(i + 1) % 3];
	unsigned best = now[0] = (unsigned)i;

	for (size_t j = 1; j <= b_len; j++) {
		bool differs = a[i - 1] != b[j - 1];

		now[j] = least(last[j], now[j - 1]) + 1;
		now[j] = least(now[j], last[j - 1] + differs);
		if (differs && i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
		    a[i - 2] == b[j - 1])
			now[j] = least(now[j], before[j - 2] + 1);
		best = least(best, now[j]);
	}
	return best;
}

unsigned vole_edit_distance(const char *a, const char *b, unsigned limit)
{
	size_t a_len = strnlen(a, VOLE_MAX_NEAREST_LEN + 1);
	size_t b_len = strnlen(b, VOLE_MAX_NEAREST_LEN + 1);
	struct rows t;

	if (a_len > VOLE_MAX_NEAREST_LEN || b_len > VOLE_MAX_NEAREST_LEN ||
	    a_len > b_len + limit || b_len > a_len + limit)
		return limit + 1;
	for (size_t j = 0; j <= b_len; j++)
		t.row[0][j] = (unsigned)j;
	for (size_t i = 1; i <= a_len; i++)
		if (next_row(&t, a, i, b, b_len) > limit)
			return limit + 1;
	return least(t.row[a_len % 3][b_len], limit + 1);
}

void vole_nearest_init(struct vole_nearest *nearest, const char *want)
{
	const char *dot = strrchr(want, '.');
	size_t len = strlen(want), word = dot ? strlen(dot + 1) : len;

	*nearest = (struct vole_nearest){ .want = want, .want_len = len };
	/*
	 * A third of the letters wrong is another word; the package, which is
	 * mostly right, does not count.
	 */
	nearest->limit = word < 3 ? 1 : word < 9 ? 2 : 3;
}

void vole_nearest_offer(struct vole_nearest *nearest, const char *name)
{
	unsigned d = vole_edit_distance(nearest->want, name, nearest->limit);
	size_t at = nearest->num;

	if (d > nearest->limit && nearest->want_len <= VOLE_MAX_NEAREST_LEN &&
	    strcasecmp(nearest->want, name) == 0)
		d = nearest->limit;
	if (d > nearest->limit || d >= nearest->want_len)
		return;
	for (size_t i = 0; i < nearest->num; i++)
		if (strcmp(nearest->names[i], name) == 0)
			return;
	/* Alike distances in alphabetical order: no order is promised to us. */
	while (at && (nearest->distances[at - 1] > d ||
		      (nearest->distances[at - 1] == d &&
		       strcmp(nearest->names[at - 1], name) > 0)))
		at--;
	if (at == VOLE_NUM_NEAREST)
		return;
	if (nearest->num < VOLE_NUM_NEAREST)
		nearest->num++;
	for (size_t i = nearest->num - 1; i > at; i--) {
		nearest->names[i] = nearest->names[i - 1];
		nearest->distances[i] = nearest->distances[i - 1];
	}
	nearest->names[at] = name;
	nearest->distances[at] = d;
}

const char *vole_nearest_text(const struct vole_nearest *nearest, char *buf,
			      size_t room)
{
	char name[VOLE_MAX_NEAREST_LEN + 1];
	size_t at = 0;

	if (room)
		buf[0] = 0;
	for (size_t i = 0; i < nearest->num && at < room; i++) {
		vole_escape_into(name, sizeof(name), nearest->names[i]);
		at += (size_t)snprintf(buf + at, room - at, "%s%s",
				       i ? ", " : "; nearest: ", name);
	}
	return buf;
}
