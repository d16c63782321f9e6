/* Bytes and numbers behind slices: bytes, strings, bufio, math/big. */
#include "value/people_private.h"

#include "base/quote.h"

#include <string.h>

enum {
	SIZE_WORD = 8,
	MAX_SHOWN = 256, /* bytes of a buffer */
	MAX_WORDS = 64, /* of a big.Int */
};

/* The bytes [from, to) of memory at @p data. */
static const char *quoted(const struct vole_people *p, uint64_t data,
			  uint64_t from, uint64_t to)
{
	uint64_t len = to - from, shown = len < MAX_SHOWN ? len : MAX_SHOWN;
	struct vole_strbuf text = { 0 };
	const char *ret = NULL;
	char bytes[MAX_SHOWN] = { 0 };
	struct vole_error ignored;

	if (from > to ||
	    (shown && !vole_memory_read_all(p->rt->mem, data + from, bytes,
					    shown, &ignored)))
		return NULL;
	vole_quote(&text, bytes, shown);
	if (shown < len)
		vole_strbuf_printf(&text, "... +%" PRIu64 " more", len - shown);
	if (!text.failed)
		ret = vole_arena_string(p->arena, vole_strbuf_text(&text));
	vole_strbuf_free(&text);
	return ret;
}

/* Data and length of the slice or string at @p path. */
static bool span_of(const struct vole_people *p, const char *path,
		    uint64_t *data, uint64_t *len)
{
	struct vole_error ignored;
	struct vole_value part;

	return vole_people_part(p, path, &part) &&
	       (part.type->kind == VOLE_KIND_SLICE ||
		part.type->kind == VOLE_KIND_STRING) &&
	       part.where != VOLE_IN_TEXT &&
	       vole_value_word(p->rt, &part, 0, data, &ignored) &&
	       vole_value_word(p->rt, &part, SIZE_WORD, len, &ignored) &&
	       *len <= INT64_MAX;
}

/* What of @p path is behind the index @p from, up to that of @p to or all. */
static const char *rest(const struct vole_people *p, const char *path,
			const char *from, const char *to)
{
	uint64_t data, len, start = 0, end;

	if (!span_of(p, path, &data, &len) ||
	    (from && !vole_people_int(p, from, &start)))
		return NULL;
	end = len;
	if ((to && !vole_people_int(p, to, &end)) || end > len || start > end)
		return NULL;
	return quoted(p, data, start, end);
}

const char *vole_people_bytes_buffer(const struct vole_people *p)
{
	return rest(p, "buf", "off", NULL);
}

const char *vole_people_builder(const struct vole_people *p)
{
	return rest(p, "buf", NULL, NULL);
}

const char *vole_people_bytes_reader(const struct vole_people *p)
{
	return rest(p, "s", "i", NULL);
}

const char *vole_people_strings_reader(const struct vole_people *p)
{
	return rest(p, "s", "i", NULL);
}

const char *vole_people_bufio_reader(const struct vole_people *p)
{
	return rest(p, "buf", "r", "w");
}

const char *vole_people_bufio_writer(const struct vole_people *p)
{
	return rest(p, "buf", NULL, "n");
}

/* Divide in place by 10^19; the remainder. */
static uint64_t divide(uint64_t *words, unsigned len)
{
	const uint64_t by = UINT64_C(10000000000000000000);
	unsigned __int128 rest = 0;
	unsigned i;

	for (i = len; i-- > 0;) {
		rest = rest << 64 | words[i];
		words[i] = (uint64_t)(rest / by);
		rest %= by;
	}
	return (uint64_t)rest;
}

/* nat: 64-bit digits, the lowest first, none of them zero at the end. */
const char *vole_people_big_int(const struct vole_people *p)
{
	uint64_t words[MAX_WORDS], parts[MAX_WORDS * 2];
	uint64_t data, len, neg;
	unsigned num = 0, n;
	struct vole_strbuf text = { 0 };
	struct vole_error ignored;
	const char *ret;

	if (!span_of(p, "abs", &data, &len) || len > MAX_WORDS ||
	    !vole_people_int(p, "neg", &neg) ||
	    (len && !vole_memory_read_all(p->rt->mem, data, words,
					  len * SIZE_WORD, &ignored)))
		return NULL;
	for (n = (unsigned)len; n;) {
		parts[num++] = divide(words, n);
		while (n && !words[n - 1])
			n--;
	}
	vole_strbuf_printf(&text, "%s%" PRIu64, neg ? "-" : "",
			   num ? parts[num - 1] : 0);
	while (num > 1)
		vole_strbuf_printf(&text, "%019" PRIu64, parts[--num - 1]);
	ret = text.failed ?
		      NULL :
		      vole_arena_string(p->arena, vole_strbuf_text(&text));
	vole_strbuf_free(&text);
	return ret;
}
