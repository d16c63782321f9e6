/**
 * Numbers as Go's %v writes them.
 */
#ifndef VOLE_RENDER_NUMBER_H
#define VOLE_RENDER_NUMBER_H

#include <stdint.h>

/** Room for any number, complex ones included. */
enum { VOLE_NUMBER_ROOM = 96 };

/** Decimal; returns the length. Millions of them are printed. */
unsigned vole_format_int(char *buf, int64_t value);
unsigned vole_format_uint(char *buf, uint64_t value);

/**
 * The shortest text that reads back as @p value in @p bits (32 or 64), in
 * strconv.FormatFloat's 'g' with Go's %v threshold of 21 digits.
 */
void vole_format_float(char *buf, double value, unsigned bits);
/** "(1+2i)"; @p bits of both parts together: 64 or 128. */
void vole_format_complex(char *buf, double re, double im, unsigned bits);

#endif
