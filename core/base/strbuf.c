#include "base/strbuf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

void vole_strbuf_printf(struct vole_strbuf *buf, const char *fmt, ...)
{
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (len < 0 || !grow(buf, (size_t)len))
		return;
	va_start(ap, fmt);
	vsnprintf(buf->text + buf->len, (size_t)len + 1, fmt, ap);
	va_end(ap);
	buf->len += (size_t)len;
}

const char *vole_strbuf_text(const struct vole_strbuf *buf)
{
	return buf->len ? buf->text : "";
}
