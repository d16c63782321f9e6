#include "base/error.h"

#include "base/quote.h"

#include <stdio.h>
#include <string.h>

/* Where a long message was cut. */
static void drop_half_rune(struct vole_error *err)
{
	err->text[vole_utf8_whole(err->text, strlen(err->text))] = '\0';
}

static VOLE_PRINTF(3, 0) void fill(struct vole_error *err, enum vole_code code,
				   const char *fmt, va_list ap)
{
	memset(err, 0, sizeof(*err));
	err->code = code;
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	drop_half_rune(err);
}

bool vole_fail(struct vole_error *err, enum vole_code code, uint64_t addr,
	       const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fill(err, code, fmt, ap);
	va_end(ap);
	err->has_addr = addr != VOLE_NOWHERE;
	err->addr = err->has_addr ? addr : 0;
	return false;
}

bool vole_fail_at(struct vole_error *err, enum vole_code code, size_t column,
		  const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fill(err, code, fmt, ap);
	va_end(ap);
	err->has_column = true;
	err->column = (uint32_t)column;
	return false;
}

bool vole_fail_in(struct vole_error *err, const char *fmt, ...)
{
	char old[sizeof(err->text)];
	va_list ap;
	int n;

	memcpy(old, err->text, sizeof(old));
	va_start(ap, fmt);
	n = vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	if (n >= 0 && (size_t)n < sizeof(err->text))
		snprintf(err->text + n, sizeof(err->text) - (size_t)n, ": %.*s",
			 (int)(sizeof(err->text) - (size_t)n), old);
	drop_half_rune(err);
	return false;
}

bool vole_fail_nomem(struct vole_error *err)
{
	return vole_fail(err, VOLE_NOMEM, VOLE_NOWHERE, "out of memory");
}

static const char *const names[] = {
	[VOLE_OK] = "OK",
	[VOLE_USAGE] = "USAGE",
	[VOLE_SYNTAX] = "SYNTAX",
	[VOLE_NOT_FOUND] = "NOT_FOUND",
	[VOLE_UNREADABLE] = "UNREADABLE",
	[VOLE_CORRUPT] = "CORRUPT",
	[VOLE_MISMATCH] = "MISMATCH",
	[VOLE_UNSUPPORTED] = "UNSUPPORTED",
	[VOLE_NO_DEBUG_INFO] = "NO_DEBUG_INFO",
	[VOLE_INTERRUPTED] = "INTERRUPTED",
	[VOLE_NOMEM] = "NO_MEMORY",
};

const char *vole_code_name(enum vole_code code)
{
	return names[code];
}

int vole_code_exit(enum vole_code code)
{
	switch (code) {
	case VOLE_OK:
		return 0;
	case VOLE_USAGE:
	case VOLE_SYNTAX:
	case VOLE_NOT_FOUND:
		return 2;
	default:
		return 3;
	}
}
