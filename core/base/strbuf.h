/**
 * A string that grows. Failure to allocate sticks: append freely, check
 * `failed` once at the end.
 */
#ifndef VOLE_BASE_STRBUF_H
#define VOLE_BASE_STRBUF_H

#include "base/error.h"

struct vole_strbuf {
	char *text; /* NUL-terminated once anything was added; may be NULL */
	size_t len;
	size_t room;
	bool failed;
};

void vole_strbuf_free(struct vole_strbuf *buf);
/** Forget the text, keep the memory. */
void vole_strbuf_clear(struct vole_strbuf *buf);
void vole_strbuf_add(struct vole_strbuf *buf, const char *text);
void vole_strbuf_add_bytes(struct vole_strbuf *buf, const void *bytes,
			   size_t len);
void vole_strbuf_add_char(struct vole_strbuf *buf, char c);
void vole_strbuf_fill(struct vole_strbuf *buf, char c, size_t count);
/** In decimal, at a fraction of what printf costs. */
void vole_strbuf_add_int(struct vole_strbuf *buf, int64_t n);
/** In hexadecimal, with 0x. */
void vole_strbuf_add_addr(struct vole_strbuf *buf, uint64_t addr);
void vole_strbuf_printf(struct vole_strbuf *buf, const char *fmt, ...)
	VOLE_PRINTF(2, 3);
void vole_strbuf_vprintf(struct vole_strbuf *buf, const char *fmt, va_list ap)
	VOLE_PRINTF(2, 0);
/** The text so far, never NULL. */
const char *vole_strbuf_text(const struct vole_strbuf *buf);

#endif
