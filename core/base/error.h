/**
 * Errors by value. A function that can fail returns bool, is marked
 * VOLE_CHECKED and takes a `struct vole_error *` last; the caller owns it, so
 * nothing is allocated and nothing leaks. Results are written only on success.
 */
#ifndef VOLE_BASE_ERROR_H
#define VOLE_BASE_ERROR_H

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VOLE_CHECKED __attribute__((warn_unused_result))
#define VOLE_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

/** What went wrong. The words of JSON's "code" are vole_code_name() of these. */
enum vole_code {
	VOLE_OK,
	VOLE_USAGE, /* wrong option or argument */
	VOLE_SYNTAX, /* an expression that does not parse or type-check */
	VOLE_NOT_FOUND, /* no such variable, type, key, file */
	VOLE_UNREADABLE, /* memory or a file that cannot be read */
	VOLE_CORRUPT, /* read, but makes no sense */
	VOLE_MISMATCH, /* core and executable do not belong together */
	VOLE_UNSUPPORTED, /* understood, but not handled */
	VOLE_NO_DEBUG_INFO, /* needs DWARF that is not there */
	VOLE_INTERRUPTED, /* Ctrl-C */
	VOLE_NOMEM, /* our own allocation failed or hit its cap */
};

struct vole_error {
	enum vole_code code;
	bool has_addr;
	bool has_column;
	uint64_t addr; /* target address the error is about, when has_addr */
	uint32_t column; /* byte offset in the user's text, when has_column */
	char text[360]; /* one lower-case sentence, no full stop */
};

/** Address argument of vole_fail() for errors that are about no address. */
#define VOLE_NOWHERE UINT64_MAX

/**
 * Fill @p err and return false, so that a caller fails in one line. Target
 * text in the message must already be escaped (vole_quote()). A message that
 * does not fit is cut.
 */
bool vole_fail(struct vole_error *err, enum vole_code code, uint64_t addr,
	       const char *fmt, ...) VOLE_PRINTF(4, 5);

/** As vole_fail() with VOLE_SYNTAX, pointing at byte @p column of the text. */
bool vole_fail_at(struct vole_error *err, enum vole_code code, size_t column,
		  const char *fmt, ...) VOLE_PRINTF(4, 5);

/** Put "prefix: " before the message that is already there; returns false. */
bool vole_fail_in(struct vole_error *err, const char *fmt, ...)
	VOLE_PRINTF(2, 3);

/** Our own memory ran out; returns false. */
bool vole_fail_nomem(struct vole_error *err);

/** "CORRUPT", "NOT_FOUND", ...: the published JSON codes. */
const char *vole_code_name(enum vole_code code);

/** Exit status of a command that failed with @p code: 2 the user, 3 the target. */
int vole_code_exit(enum vole_code code);

#endif
