#include "base/quote.h"

#include <stdio.h>
#include <string.h>

/* Eight bytes at once: one below 0x20 borrows, 0x7f carries. */
size_t vole_ascii_len(const void *bytes, size_t len)
{
	static const uint64_t ones = 0x0101010101010101;
	const unsigned char *b = bytes;
	size_t i = 0;
	uint64_t w;

	for (; len - i >= sizeof(w); i += sizeof(w)) {
		memcpy(&w, b + i, sizeof(w));
		if ((w | (w - ones * 0x20) | (w + ones)) & ones << 7)
			break;
	}
	while (i < len && b[i] >= 0x20 && b[i] < 0x7f)
		i++;
	return i;
}

static bool tail(unsigned char c)
{
	return (c & 0xc0) == 0x80;
}

size_t vole_utf8(const unsigned char *b, size_t len, uint32_t *ret)
{
	uint32_t rune = VOLE_BAD_RUNE;
	size_t n = 1;

	if (b[0] < 0x80) {
		rune = b[0];
	} else if (b[0] >= 0xc2 && b[0] < 0xe0 && len >= 2 && tail(b[1])) {
		rune = (b[0] & 0x1fu) << 6 | (b[1] & 0x3fu);
		n = 2;
	} else if ((b[0] & 0xf0) == 0xe0 && len >= 3 && tail(b[1]) &&
		   tail(b[2])) {
		rune = (b[0] & 0xfu) << 12 | (b[1] & 0x3fu) << 6 |
		       (b[2] & 0x3fu);
		n = 3;
		if (rune < 0x800 || (rune >= 0xd800 && rune < 0xe000))
			rune = VOLE_BAD_RUNE, n = 1;
	} else if (b[0] >= 0xf0 && b[0] < 0xf5 && len >= 4 && tail(b[1]) &&
		   tail(b[2]) && tail(b[3])) {
		rune = (b[0] & 7u) << 18 | (b[1] & 0x3fu) << 12 |
		       (b[2] & 0x3fu) << 6 | (b[3] & 0x3fu);
		n = 4;
		if (rune < 0x10000 || rune > 0x10ffff)
			rune = VOLE_BAD_RUNE, n = 1;
	}
	*ret = rune;
	return n;
}

size_t vole_utf8_whole(const char *text, size_t len)
{
	const unsigned char *b = (const unsigned char *)text;
	size_t start = len, need;

	while (start && len - start < 3 && tail(b[start - 1]))
		start--;
	if (!start || b[start - 1] < 0xc0)
		return len;
	start--;
	need = b[start] < 0xe0 ? 2 : b[start] < 0xf0 ? 3 : 4;
	return len - start < need ? start : len;
}

/*
 * Ranges that Go's strconv.IsPrint refuses and that can change how a terminal
 * shows a line: controls, separators, bidirectional marks, surrogates, private
 * use, non-characters. Unassigned code points are shown: harmless, and the
 * table to find them is 10 KB that changes with every Unicode.
 */
static const uint32_t hidden[][2] = {
	{ 0x0, 0x1f },	      { 0x7f, 0xa0 },	    { 0xad, 0xad },
	{ 0x600, 0x605 },     { 0x61c, 0x61c },	    { 0x6dd, 0x6dd },
	{ 0x70f, 0x70f },     { 0x8e2, 0x8e2 },	    { 0x1680, 0x1680 },
	{ 0x180e, 0x180e },   { 0x2000, 0x200f },   { 0x2028, 0x202f },
	{ 0x205f, 0x206f },   { 0x3000, 0x3000 },   { 0xd800, 0xf8ff },
	{ 0xfeff, 0xfeff },   { 0xfff0, 0xfffb },   { 0xfffe, 0xffff },
	{ 0x110bd, 0x110bd }, { 0x1bca0, 0x1bca3 }, { 0x1d173, 0x1d17a },
	{ 0x1fffe, 0x1ffff }, { 0xe0000, 0xe00ff }, { 0xe01f0, 0x10ffff },
};

bool vole_rune_printable(uint32_t rune)
{
	size_t i;

	for (i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++)
		if (rune <= hidden[i][1])
			return rune < hidden[i][0];
	return false;
}

static void add_rune(struct vole_strbuf *buf, uint32_t rune, char quote)
{
	static const char letters[] = "abtnvfr";

	if (quote && rune == (unsigned char)quote)
		vole_strbuf_printf(buf, "\\%c", quote);
	else if (rune == '\\' && quote)
		vole_strbuf_add(buf, "\\\\");
	else if (rune >= 7 && rune <= 13)
		vole_strbuf_printf(buf, "\\%c", letters[rune - 7]);
	else if (rune < 0x20 || rune == 0x7f)
		vole_strbuf_printf(buf, "\\x%02x", rune);
	else if (rune <= 0xffff)
		vole_strbuf_printf(buf, "\\u%04x", rune);
	else
		vole_strbuf_printf(buf, "\\U%08x", rune);
}

size_t vole_plain_len(const unsigned char *bytes, size_t len, char quote)
{
	enum { AT_ONCE = 64 };
	size_t ascii, i = 0;

	if (!quote)
		return vole_ascii_len(bytes, len);
	ascii = vole_ascii_len(bytes, len < AT_ONCE ? len : AT_ONCE);
	while (i < ascii && bytes[i] != (unsigned char)quote &&
	       bytes[i] != '\\')
		i++;
	return i;
}

static void add_escaped(struct vole_strbuf *buf, const unsigned char *bytes,
			size_t len, char quote)
{
	size_t plain = 0, i = 0;

	while ((i += vole_plain_len(bytes + i, len - i, quote)) < len) {
		uint32_t rune;
		size_t n = vole_utf8(bytes + i, len - i, &rune);
		bool mark = quote &&
			    (rune == (unsigned char)quote || rune == '\\');

		if (!mark && rune != VOLE_BAD_RUNE &&
		    vole_rune_printable(rune)) {
			i += n;
			continue;
		}
		vole_strbuf_add_bytes(buf, bytes + plain, i - plain);
		if (rune == VOLE_BAD_RUNE)
			vole_strbuf_printf(buf, "\\x%02x", bytes[i]);
		else
			add_rune(buf, rune, quote);
		i += n;
		plain = i;
	}
	vole_strbuf_add_bytes(buf, bytes + plain, len - plain);
}

void vole_quote(struct vole_strbuf *buf, const void *bytes, size_t len)
{
	vole_strbuf_add_char(buf, '"');
	add_escaped(buf, bytes, len, '"');
	vole_strbuf_add_char(buf, '"');
}

void vole_escape(struct vole_strbuf *buf, const void *bytes, size_t len)
{
	add_escaped(buf, bytes, len, '\0');
}

void vole_quote_rune(struct vole_strbuf *buf, uint32_t rune)
{
	unsigned char b[4];
	size_t n = 0;

	vole_strbuf_add_char(buf, '\'');
	if (rune == '\'' || rune == '\\' || !vole_rune_printable(rune)) {
		add_rune(buf, rune, '\'');
	} else {
		if (rune < 0x80) {
			b[n++] = (unsigned char)rune;
		} else if (rune < 0x800) {
			b[n++] = (unsigned char)(0xc0 | rune >> 6);
		} else if (rune < 0x10000) {
			b[n++] = (unsigned char)(0xe0 | rune >> 12);
			b[n++] = (unsigned char)(0x80 | (rune >> 6 & 0x3f));
		} else {
			b[n++] = (unsigned char)(0xf0 | rune >> 18);
			b[n++] = (unsigned char)(0x80 | (rune >> 12 & 0x3f));
			b[n++] = (unsigned char)(0x80 | (rune >> 6 & 0x3f));
		}
		if (rune >= 0x80)
			b[n++] = (unsigned char)(0x80 | (rune & 0x3f));
		vole_strbuf_add_bytes(buf, b, n);
	}
	vole_strbuf_add_char(buf, '\'');
}

const char *vole_escape_into(char *dst, size_t room, const char *text)
{
	struct vole_strbuf buf = { 0 };
	size_t kept;

	vole_escape(&buf, text, strlen(text));
	if (buf.len < room) {
		snprintf(dst, room, "%s", vole_strbuf_text(&buf));
	} else {
		kept = vole_utf8_whole(buf.text, room - 4);
		snprintf(dst, room, "%.*s...", (int)kept, buf.text);
	}
	vole_strbuf_free(&buf);
	return dst;
}
