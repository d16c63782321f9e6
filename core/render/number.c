#include "render/number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_PLAIN_EXPONENT = 21, MIN_PLAIN_EXPONENT = -4 };

unsigned vole_format_uint(char *buf, uint64_t value)
{
	char digits[20];
	unsigned len = 0, i;

	do {
		digits[len++] = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	for (i = 0; i < len; i++)
		buf[i] = digits[len - 1 - i];
	buf[len] = '\0';
	return len;
}

unsigned vole_format_int(char *buf, int64_t value)
{
	if (value >= 0)
		return vole_format_uint(buf, (uint64_t)value);
	*buf = '-';
	return 1 + vole_format_uint(buf + 1, 0 - (uint64_t)value);
}

/* "d.ddde-XX" with as few digits as read back to the same number. */
static void shortest(char *buf, double value, unsigned bits)
{
	int digits;

	/* 17 significant digits always read back. */
	for (digits = 0; digits < 17; digits++) {
		snprintf(buf, VOLE_NUMBER_ROOM / 2, "%.*e", digits, value);
		if (bits == 32 ? strtof(buf, NULL) == (float)value :
				 strtod(buf, NULL) == value)
			return;
	}
}

void vole_format_float(char *buf, double value, unsigned bits)
{
	char text[VOLE_NUMBER_ROOM / 2];
	const char *digits = text;
	char *e;
	int exponent, num, i;

	if (isnan(value)) {
		strcpy(buf, "NaN");
		return;
	}
	if (isinf(value)) {
		strcpy(buf, value < 0 ? "-Inf" : "+Inf");
		return;
	}
	shortest(text, value, bits);
	e = strchr(text, 'e');
	exponent = atoi(e + 1);
	if (exponent < MIN_PLAIN_EXPONENT || exponent >= MAX_PLAIN_EXPONENT) {
		strcpy(buf, text);
		return;
	}
	if (*digits == '-')
		*buf++ = *digits++;
	*e = '\0';
	if (exponent < 0) {
		*buf++ = '0';
		*buf++ = '.';
		for (i = -1; i > exponent; i--)
			*buf++ = '0';
	}
	num = 0;
	for (i = 0; digits[i]; i++) {
		if (digits[i] == '.')
			continue;
		if (exponent >= 0 && num == exponent + 1)
			*buf++ = '.';
		*buf++ = digits[i];
		num++;
	}
	for (; num <= exponent; num++)
		*buf++ = '0';
	*buf = '\0';
}

void vole_format_complex(char *buf, double re, double im, unsigned bits)
{
	char part[VOLE_NUMBER_ROOM / 2];

	vole_format_float(part, re, bits / 2);
	buf += sprintf(buf, "(%s", part);
	vole_format_float(part, im, bits / 2);
	sprintf(buf, "%s%si)", *part == '-' || *part == '+' ? "" : "+", part);
}
