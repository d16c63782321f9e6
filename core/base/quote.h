/**
 * Text of the target as text for people: escaped always, so that no byte of a
 * broken program reaches a terminal raw.
 */
#ifndef VOLE_BASE_QUOTE_H
#define VOLE_BASE_QUOTE_H

#include "base/strbuf.h"

/** How many of the first bytes are printable ASCII. */
size_t vole_ascii_len(const void *bytes, size_t len);

/**
 * How many of the first bytes stay as they are between quotes @p quote (0:
 * without any), a long run piece by piece.
 */
size_t vole_plain_len(const unsigned char *bytes, size_t len, char quote);

/**
 * One rune of UTF-8 from @p bytes; its length, 1 for an invalid byte. @p ret
 * is the rune, or VOLE_BAD_RUNE.
 */
size_t vole_utf8(const unsigned char *bytes, size_t len, uint32_t *ret);
#define VOLE_BAD_RUNE 0xffffffffu

/** @p len, less the bytes of a rune that is cut off at the end of @p text. */
size_t vole_utf8_whole(const char *text, size_t len);

/** May this rune be shown as it is? Go's strconv.IsPrint, cautiously. */
bool vole_rune_printable(uint32_t rune);

/** A double-quoted Go string literal, escaped as strconv.Quote does. */
void vole_quote(struct vole_strbuf *buf, const void *bytes, size_t len);
/** The same escapes without quotes: names, paths and error texts. */
void vole_escape(struct vole_strbuf *buf, const void *bytes, size_t len);
/** A single-quoted Go rune literal. */
void vole_quote_rune(struct vole_strbuf *buf, uint32_t rune);
/**
 * Escape @p text into @p dst of @p room bytes, at least 4, cut with "..." when
 * it is long.
 */
const char *vole_escape_into(char *dst, size_t room, const char *text);

#endif
