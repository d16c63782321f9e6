/*
 * Any bytes as text for people: what is shown is printable UTF-8, however it
 * is cut, and read back as Go reads a literal it is the same bytes.
 */
#include "base/quote.h"
#include "base/error.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whole runes that may be shown, and nothing else. */
static void check_shown(const char *text, size_t len)
{
	size_t at = 0;

	while (at < len) {
		uint32_t rune;
		size_t n = vole_utf8((const unsigned char *)text + at, len - at,
				     &rune);

		if (!n || n > len - at || rune == VOLE_BAD_RUNE ||
		    !vole_rune_printable(rune))
			abort();
		at += n;
	}
	if (vole_utf8_whole(text, len) != len)
		abort();
}

static size_t encode(uint32_t rune, uint8_t *to)
{
	size_t n = rune < 0x80 ? 1 : rune < 0x800 ? 2 : rune < 0x10000 ? 3 : 4;
	size_t i;

	if (n == 1) {
		to[0] = (uint8_t)rune;
		return 1;
	}
	for (i = n - 1; i; i--, rune >>= 6)
		to[i] = (uint8_t)(0x80 | (rune & 0x3f));
	to[0] = (uint8_t)(0xf00u >> n | rune);
	return n;
}

/* What the escape at @p text stands for; how long the escape is. */
static size_t unescape(const char *text, uint8_t *to, size_t *ret_len)
{
	static const char letters[] = "abtnvfr\\\"";
	static const char bytes[] = "\a\b\t\n\v\f\r\\\"";
	const char *letter = text[1] ? strchr(letters, text[1]) : NULL;
	char digits[9] = "";
	size_t num = text[1] == 'x' ? 2 : text[1] == 'u' ? 4 : 8;

	if (letter) {
		to[0] = (uint8_t)bytes[letter - letters];
		*ret_len = 1;
		return 2;
	}
	if (!strchr("xuU", text[1]) || strlen(text + 2) < num)
		abort();
	memcpy(digits, text + 2, num);
	if (num == 2) {
		to[0] = (uint8_t)strtoul(digits, NULL, 16);
		*ret_len = 1;
	} else {
		*ret_len = encode((uint32_t)strtoul(digits, NULL, 16), to);
	}
	return num + 2;
}

/* A quoted literal, which is all of @p text, stands for @p data. */
static void check_literal(const char *text, size_t len, const uint8_t *data,
			  size_t size)
{
	size_t at = 1, done = 0, n;
	uint8_t bytes[4];

	if (len < 2 || text[0] != '"' || text[len - 1] != '"')
		abort();
	while (at < len - 1) {
		n = 1;
		bytes[0] = (uint8_t)text[at];
		if (text[at] == '"')
			abort();
		at += text[at] == '\\' ? unescape(text + at, bytes, &n) : 1;
		if (n > size - done || memcmp(data + done, bytes, n))
			abort();
		done += n;
	}
	if (done != size || at != len - 1)
		abort();
}

static void check_cuts(const char *text, size_t room)
{
	char dst[300];

	room = 4 + room % (sizeof(dst) - 4);
	vole_escape_into(dst, room, text);
	if (strlen(dst) >= room)
		abort();
	check_shown(dst, strlen(dst));
}

/* A message made of what is shown already stays so when it is cut. */
static void check_message(const char *shown)
{
	struct vole_error err;

	vole_fail(&err, VOLE_CORRUPT, 0, "%s", shown);
	check_shown(err.text, strlen(err.text));
	vole_fail_in(&err, "in");
	check_shown(err.text, strlen(err.text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vole_strbuf buf = { 0 };
	char *text = malloc(size + 1);
	uint32_t rune;

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	if (vole_utf8_whole(text, size) + 3 < size)
		abort();
	vole_quote(&buf, data, size);
	check_shown(vole_strbuf_text(&buf), buf.len);
	check_literal(vole_strbuf_text(&buf), buf.len, data, size);
	check_message(vole_strbuf_text(&buf));
	vole_strbuf_clear(&buf);
	vole_escape(&buf, data, size);
	check_shown(vole_strbuf_text(&buf), buf.len);
	if (size >= sizeof(rune)) {
		memcpy(&rune, data, sizeof(rune));
		vole_strbuf_clear(&buf);
		vole_quote_rune(&buf, rune);
		check_shown(vole_strbuf_text(&buf), buf.len);
		check_cuts(text + sizeof(rune), rune);
	}
	vole_strbuf_free(&buf);
	free(text);
	return 0;
}
