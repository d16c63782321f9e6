#include "base/strbuf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Room that most of what is printed fits in. */
enum { USUAL = 64 };

void vole_strbuf_free(struct vole_strbuf *buf)
{
	free(buf->text);
	*buf = (struct vole_strbuf){ 0 };
}

void vole_strbuf_clear(struct vole_strbuf *buf)
{
	buf->len = 0;
	buf->failed = false;
	if (buf->text)
		buf->text[0] = '\0';
}

/* Room for @p more bytes and a NUL. */
static bool grow(struct vole_strbuf *buf, size_t more)
{
	size_t need, room;
	char *text;

	if (buf->failed)
		return false;
	if (__builtin_add_overflow(buf->len, more, &need) ||
	    need >= SIZE_MAX / 2) {
		buf->failed = true;
		return false;
	}
	if (need < buf->room)
		return true;
	room = buf->room ? buf->room * 2 : 128;
	if (room <= need)
		room = need + 1;
	text = realloc(buf->text, room);
	if (!text) {
		buf->failed = true;
		return false;
	}
	buf->text = text;
	buf->room = room;
	return true;
}

void vole_strbuf_add_bytes(struct vole_strbuf *buf, const void *bytes,
			   size_t len)
{
	if (!len || !grow(buf, len))
		return;
	memcpy(buf->text + buf->len, bytes, len);
	buf->len += len;
	buf->text[buf->len] = '\0';
}

void vole_strbuf_add(struct vole_strbuf *buf, const char *text)
{
	vole_strbuf_add_bytes(buf, text, strlen(text));
}

void vole_strbuf_add_char(struct vole_strbuf *buf, char c)
{
	vole_strbuf_add_bytes(buf, &c, 1);
}

void vole_strbuf_fill(struct vole_strbuf *buf, char c, size_t count)
{
	if (!count || !grow(buf, count))
		return;
	memset(buf->text + buf->len, c, count);
	buf->len += count;
	buf->text[buf->len] = '\0';
}

void vole_strbuf_add_int(struct vole_strbuf *buf, int64_t n)
{
	uint64_t left = n < 0 ? -(uint64_t)n : (uint64_t)n;
	char text[24];
	size_t at = sizeof(text);

	do
		text[--at] = (char)('0' + left % 10);
	while (left /= 10);
	if (n < 0)
		text[--at] = '-';
	vole_strbuf_add_bytes(buf, text + at, sizeof(text) - at);
}

void vole_strbuf_add_addr(struct vole_strbuf *buf, uint64_t addr)
{
	char text[16];
	size_t at = sizeof(text);

	do
		text[--at] = "0123456789abcdef"[addr & 15];
	while (addr >>= 4);
	vole_strbuf_add_bytes(buf, "0x", 2);
	vole_strbuf_add_bytes(buf, text + at, sizeof(text) - at);
}

void vole_strbuf_printf(struct vole_strbuf *buf, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vole_strbuf_vprintf(buf, fmt, ap);
	va_end(ap);
}

void vole_strbuf_vprintf(struct vole_strbuf *buf, const char *fmt, va_list ap)
{
	size_t room;
	va_list again;
	int len;

	if (!grow(buf, USUAL))
		return;
	room = buf->room - buf->len;
	va_copy(again, ap);
	len = vsnprintf(buf->text + buf->len, room, fmt, ap);
	if (len >= 0 && (size_t)len >= room && grow(buf, (size_t)len))
		vsnprintf(buf->text + buf->len, (size_t)len + 1, fmt, again);
	va_end(again);
	if (len < 0 || buf->failed)
		buf->text[buf->len] = '\0';
	else
		buf->len += (size_t)len;
}

const char *vole_strbuf_text(const struct vole_strbuf *buf)
{
	return buf->len ? buf->text : "";
}
