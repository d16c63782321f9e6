#include "value/lexer.h"

#include <errno.h>
#include <fenv.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/quote.h"
#include "value/constant.h"

/* Longest first, so that the first that fits is the right one. */
static const struct {
	const char text[5];
	enum vole_token_kind kind;
} operators[] = {
	{ "<<=", VOLE_TOKEN_ASSIGN }, { ">>=", VOLE_TOKEN_ASSIGN },
	{ "&^=", VOLE_TOKEN_ASSIGN }, { "...", VOLE_TOKEN_ELLIPSIS },
	{ "<<", VOLE_TOKEN_SHL },     { ">>", VOLE_TOKEN_SHR },
	{ "&^", VOLE_TOKEN_AND_NOT }, { "&&", VOLE_TOKEN_LAND },
	{ "||", VOLE_TOKEN_LOR },     { "<-", VOLE_TOKEN_ARROW },
	{ "==", VOLE_TOKEN_EQL },     { "!=", VOLE_TOKEN_NEQ },
	{ "<=", VOLE_TOKEN_LEQ },     { ">=", VOLE_TOKEN_GEQ },
	{ ":=", VOLE_TOKEN_ASSIGN },  { "+=", VOLE_TOKEN_ASSIGN },
	{ "-=", VOLE_TOKEN_ASSIGN },  { "*=", VOLE_TOKEN_ASSIGN },
	{ "/=", VOLE_TOKEN_ASSIGN },  { "%=", VOLE_TOKEN_ASSIGN },
	{ "&=", VOLE_TOKEN_ASSIGN },  { "|=", VOLE_TOKEN_ASSIGN },
	{ "^=", VOLE_TOKEN_ASSIGN },  { "++", VOLE_TOKEN_ASSIGN },
	{ "--", VOLE_TOKEN_ASSIGN },  { "+", VOLE_TOKEN_ADD },
	{ "-", VOLE_TOKEN_SUB },      { "*", VOLE_TOKEN_MUL },
	{ "/", VOLE_TOKEN_QUO },      { "%", VOLE_TOKEN_REM },
	{ "&", VOLE_TOKEN_AND },      { "|", VOLE_TOKEN_OR },
	{ "^", VOLE_TOKEN_XOR },      { "<", VOLE_TOKEN_LSS },
	{ ">", VOLE_TOKEN_GTR },      { "!", VOLE_TOKEN_NOT },
	{ "(", VOLE_TOKEN_LPAREN },   { ")", VOLE_TOKEN_RPAREN },
	{ "[", VOLE_TOKEN_LBRACK },   { "]", VOLE_TOKEN_RBRACK },
	{ "{", VOLE_TOKEN_LBRACE },   { "}", VOLE_TOKEN_RBRACE },
	{ ",", VOLE_TOKEN_COMMA },    { ".", VOLE_TOKEN_PERIOD },
	{ ":", VOLE_TOKEN_COLON },    { ";", VOLE_TOKEN_SEMICOLON },
	{ "=", VOLE_TOKEN_ASSIGN },
};

const char *vole_token_name(enum vole_token_kind kind)
{
	switch (kind) {
	case VOLE_TOKEN_END:
		return "end of expression";
	case VOLE_TOKEN_IDENT:
		return "name";
	case VOLE_TOKEN_NUMBER:
		return "number";
	case VOLE_TOKEN_RUNE:
		return "rune";
	case VOLE_TOKEN_STRING:
		return "string";
	case VOLE_TOKEN_ASSIGN:
		return "assignment";
	default:
		break;
	}
	for (size_t i = 0; i < sizeof(operators) / sizeof(*operators); i++)
		if (operators[i].kind == kind)
			return operators[i].text;
	return "token";
}

bool vole_is_name_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_' || (unsigned char)c >= 0x80;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool vole_lexer_init(struct vole_lexer *lexer, const char *text,
		     struct vole_error *err)
{
	size_t len = strnlen(text, VOLE_MAX_EXPR + 1);

	if (len > VOLE_MAX_EXPR)
		return vole_fail_at(err, VOLE_SYNTAX, VOLE_MAX_EXPR,
				    "expression longer than %d bytes",
				    VOLE_MAX_EXPR);
	*lexer = (struct vole_lexer){ text, len, 0 };
	return true;
}

/* The end of a number: everything that could belong to it, checked later. */
static size_t number_end(const struct vole_lexer *lexer)
{
	const char *s = lexer->text;
	size_t i = lexer->at;
	bool hex = s[i] == '0' && i + 1 < lexer->len && (s[i + 1] | 32) == 'x';

	for (; i < lexer->len; i++) {
		char last = i > lexer->at ? (char)(s[i - 1] | 32) : 0;
		bool sign = s[i] == '+' || s[i] == '-';

		if (sign && last == (hex ? 'p' : 'e'))
			continue;
		if (sign || (!vole_is_name_byte(s[i]) && s[i] != '.'))
			break;
	}
	return i;
}

/* The end of a rune or string, past its closing quote; 0: never closed. */
static size_t quoted_end(const struct vole_lexer *lexer)
{
	char quote = lexer->text[lexer->at];

	for (size_t i = lexer->at + 1; i < lexer->len; i++) {
		char c = lexer->text[i];

		if (c == quote)
			return i + 1;
		if (c == '\n' && quote != '`')
			return 0;
		if (c == '\\' && quote != '`')
			i++;
	}
	return 0;
}

static bool next_operator(struct vole_lexer *lexer, struct vole_token *ret,
			  struct vole_error *err)
{
	const char *s = lexer->text + lexer->at;
	size_t left = lexer->len - lexer->at;
	char shown[16];

	for (size_t i = 0; i < sizeof(operators) / sizeof(*operators); i++) {
		size_t len = strlen(operators[i].text);

		if (len <= left && memcmp(s, operators[i].text, len) == 0) {
			ret->kind = operators[i].kind;
			ret->len = (uint32_t)len;
			lexer->at += len;
			return true;
		}
	}
	vole_escape_into(shown, sizeof(shown), (char[]){ *s, 0 });
	return vole_fail_at(err, VOLE_SYNTAX, lexer->at,
			    "unexpected character %s", shown);
}

bool vole_lexer_next(struct vole_lexer *lexer, struct vole_token *ret,
		     struct vole_error *err)
{
	const char *s = lexer->text;
	size_t end = lexer->at;

	while (lexer->at < lexer->len && strchr(" \t\r\n", s[lexer->at]))
		lexer->at++;
	*ret = (struct vole_token){ VOLE_TOKEN_END, (uint32_t)lexer->at, 0 };
	if (lexer->at >= lexer->len)
		return true;
	if (is_digit(s[lexer->at]) ||
	    (s[lexer->at] == '.' && lexer->at + 1 < lexer->len &&
	     is_digit(s[lexer->at + 1]))) {
		ret->kind = VOLE_TOKEN_NUMBER;
		end = number_end(lexer);
	} else if (vole_is_name_byte(s[lexer->at])) {
		ret->kind = VOLE_TOKEN_IDENT;
		for (end = lexer->at; end < lexer->len; end++)
			if (!vole_is_name_byte(s[end]))
				break;
	} else if (strchr("'\"`", s[lexer->at])) {
		ret->kind = s[lexer->at] == '\'' ? VOLE_TOKEN_RUNE :
						   VOLE_TOKEN_STRING;
		end = quoted_end(lexer);
		if (!end)
			return vole_fail_at(err, VOLE_SYNTAX, lexer->at,
					    "%s is not closed",
					    vole_token_name(ret->kind));
	} else {
		return next_operator(lexer, ret, err);
	}
	ret->len = (uint32_t)(end - lexer->at);
	lexer->at = end;
	return true;
}

/* Underscores may stand between digits and after a base prefix only. */
static bool underscores_ok(const char *s, size_t len)
{
	char last = '.';

	for (size_t i = 0; i < len; i++) {
		if (s[i] == '_' && !vole_is_name_byte(last))
			return false;
		if (s[i] == '_' && (last == '_' || i + 1 == len))
			return false;
		if (last == '_' && !vole_is_name_byte(s[i]))
			return false;
		last = s[i];
	}
	return true;
}

static int digit_value(char c)
{
	if (is_digit(c))
		return c - '0';
	c |= 32;
	return c >= 'a' && c <= 'z' ? c - 'a' + 10 : 99;
}

/* Digits of @p base; false when one is not or 127 bits are not enough. */
static bool parse_digits(const char *s, int base, __int128 *ret)
{
	__int128 n = 0;

	if (!*s)
		return false;
	for (; *s; s++) {
		int d = digit_value(*s);

		if (d >= base || __builtin_mul_overflow(n, base, &n) ||
		    __builtin_add_overflow(n, d, &n))
			return false;
	}
	*ret = n;
	return true;
}

/* strtod and strtold, whatever locale the debugger has set. */
static bool parse_float(const char *s, struct vole_constant *ret)
{
	locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
	char *end, *end2;
	int mode = fegetround();
	long double wide, below, above;
	double once;

	if (!c)
		return false;
	wide = strtold_l(s, &end, c);
	once = strtod_l(s, &end2, c);
	fesetround(FE_DOWNWARD);
	below = strtold_l(s, NULL, c);
	fesetround(FE_UPWARD);
	above = strtold_l(s, NULL, c);
	fesetround(mode);
	freelocale(c);
	/* Less than any but 0 is too small. */
	if (end == s || *end || *end2 || !isfinite(wide) ||
	    (wide == 0 && above != 0))
		return false;
	*ret = vole_constant_float(wide);
	ret->rounded = once;
	ret->off = above - below;
	return true;
}

static bool parse_number(const char *s, struct vole_constant *ret)
{
	bool hex = s[0] == '0' && (s[1] | 32) == 'x';
	__int128 i;

	ret->i = 0;
	if (strpbrk(s, hex ? ".pP" : ".eE")) {
		/* C would take a hexadecimal float without exponent. */
		if (hex && !strpbrk(s, "pP"))
			return false;
		return parse_float(s, ret);
	}
	if (hex ? !parse_digits(s + 2, 16, &i) :
	    s[0] == '0' && (s[1] | 32) == 'b' ?
		  !parse_digits(s + 2, 2, &i) :
	    s[0] == '0' && (s[1] | 32) == 'o' ?
		  !parse_digits(s + 2, 8, &i) :
		  !parse_digits(s, s[0] == '0' ? 8 : 10, &i))
		return false;
	*ret = vole_constant_int(i);
	return true;
}

bool vole_token_number(const struct vole_lexer *lexer,
		       const struct vole_token *token,
		       struct vole_constant *ret, struct vole_error *err)
{
	const char *s = lexer->text + token->column;
	struct vole_constant c = { 0 };
	size_t len = 0, from = token->len;
	char clean[512];
	bool imaginary;

	if (from >= sizeof(clean))
		return vole_fail_at(err, VOLE_SYNTAX, token->column,
				    "number of %zu digits", from);
	for (size_t i = 0; i < from; i++)
		if (s[i] != '_')
			clean[len++] = s[i];
	clean[len] = 0;
	imaginary = len && clean[len - 1] == 'i';
	if (imaginary) {
		clean[--len] = 0;
		/* For compatibility 010i is decimal. */
		while (clean[0] == '0' && is_digit(clean[1]))
			memmove(clean, clean + 1, len--);
	}
	if (!underscores_ok(s, from) || strpbrk(clean, "nN") ||
	    !parse_number(clean, &c))
		return vole_fail_at(err, VOLE_SYNTAX, token->column,
				    "bad, too large or too small number %.60s",
				    clean);
	if (imaginary) {
		c = vole_constant_to_complex(&c);
		c.im = c.re;
		c.re = c.rounded = 0;
	}
	*ret = c;
	return true;
}

size_t vole_rune_encode(uint32_t r, char ret[4])
{
	if (r > 0x10ffff || (r >= 0xd800 && r < 0xe000))
		r = 0xfffd;
	if (r < 0x80) {
		ret[0] = (char)r;
		return 1;
	}
	if (r < 0x800) {
		ret[0] = (char)(0xc0 | r >> 6);
		ret[1] = (char)(0x80 | (r & 63));
		return 2;
	}
	if (r < 0x10000) {
		ret[0] = (char)(0xe0 | r >> 12);
		ret[1] = (char)(0x80 | (r >> 6 & 63));
		ret[2] = (char)(0x80 | (r & 63));
		return 3;
	}
	ret[0] = (char)(0xf0 | r >> 18);
	ret[1] = (char)(0x80 | (r >> 12 & 63));
	ret[2] = (char)(0x80 | (r >> 6 & 63));
	ret[3] = (char)(0x80 | (r & 63));
	return 4;
}

/* One escape of a literal: what it stands for. */
struct escape {
	uint32_t value;
	bool is_byte; /* \x and octal: a byte, not a rune */
};

/* The escape after the backslash at *@p at, which moves past it. */
static bool read_escape(const char *s, size_t *at, size_t end, char quote,
			struct escape *ret)
{
	static const char simple[] = "abfnrtv\\";
	static const char meaning[] = "\a\b\f\n\r\t\v\\";
	char c = s[(*at)++];
	size_t digits = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 3;
	unsigned base = strchr("xuU", c) ? 16 : 8;
	const char *found = strchr(simple, c);
	uint64_t n = 0;

	if (c == quote || (c && found)) {
		ret->value = c == quote ?
				     (unsigned char)c :
				     (unsigned char)meaning[found - simple];
		ret->is_byte = false;
		return true;
	}
	if (base == 8)
		(*at)--;
	if (end - *at < digits)
		return false;
	for (size_t i = 0; i < digits; i++) {
		unsigned d = (unsigned)digit_value(s[(*at)++]);

		if (d >= base)
			return false;
		n = n * base + d;
	}
	ret->is_byte = digits < 4;
	ret->value = (uint32_t)n;
	return ret->is_byte ? n < 256 :
			      n <= 0x10ffff && (n < 0xd800 || n >= 0xe000);
}

static bool raw_string(const char *s, size_t len, char *to,
		       struct vole_constant *ret)
{
	ret->text = to;
	/* Go drops carriage returns from raw strings. */
	for (size_t i = 0; i < len; i++)
		if (s[i] != '\r')
			to[ret->len++] = s[i];
	return true;
}

static bool rune_literal(const char *s, size_t at, size_t end,
			 struct vole_constant *ret)
{
	struct escape e = { 0 };

	if (at == end)
		return false;
	if (s[at] == '\\') {
		at++;
		if (!read_escape(s, &at, end, '\'', &e))
			return false;
	} else {
		at += vole_utf8((const unsigned char *)s + at, end - at,
				&e.value);
		if (e.value == VOLE_BAD_RUNE)
			return false;
	}
	*ret = vole_constant_int(e.value);
	ret->kind = VOLE_CONSTANT_RUNE;
	return at == end;
}

bool vole_token_text(const struct vole_lexer *lexer,
		     const struct vole_token *token, struct vole_arena *arena,
		     struct vole_constant *ret, struct vole_error *err)
{
	const char *s = lexer->text;
	size_t at = token->column + 1, end = token->column + token->len - 1;
	struct vole_constant c = { .kind = VOLE_CONSTANT_STRING };
	struct escape e;
	char *to;

	if (token->kind == VOLE_TOKEN_RUNE) {
		if (!rune_literal(s, at, end, ret))
			return vole_fail_at(err, VOLE_SYNTAX, token->column,
					    "not one rune between the quotes");
		return true;
	}
	/* No escape is shorter than what it stands for. */
	to = vole_arena_alloc(arena, end - at + 4);
	if (!to)
		return vole_fail_nomem(err);
	c.text = to;
	if (s[token->column] == '`') {
		*ret = c;
		return raw_string(s + at, end - at, to, ret);
	}
	while (at < end) {
		size_t start = at;

		if (s[at] != '\\') {
			to[c.len++] = s[at++];
			continue;
		}
		at++;
		if (!read_escape(s, &at, end, '"', &e))
			return vole_fail_at(err, VOLE_SYNTAX, start,
					    "unknown escape in the string");
		if (e.is_byte)
			to[c.len++] = (char)e.value;
		else
			c.len += vole_rune_encode(e.value, to + c.len);
	}
	*ret = c;
	return true;
}
