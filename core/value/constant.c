#include "value/constant.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/quote.h"

/* Longest string that concatenation may give. */
enum { MAX_TEXT = 1 << 24 };

struct vole_constant vole_constant_int(__int128 i)
{
	return (struct vole_constant){ .kind = VOLE_CONSTANT_INT, .i = i };
}

struct vole_constant vole_constant_float(long double re)
{
	return (struct vole_constant){ .kind = VOLE_CONSTANT_FLOAT,
				       .re = re,
				       .rounded = (double)re };
}

struct vole_constant vole_constant_bool(bool truth)
{
	return (struct vole_constant){ .kind = VOLE_CONSTANT_BOOL,
				       .truth = truth };
}

const char *vole_constant_kind_name(enum vole_constant_kind kind)
{
	static const char *const kinds[] = {
		[VOLE_CONSTANT_BOOL] = "bool",
		[VOLE_CONSTANT_STRING] = "string",
		[VOLE_CONSTANT_INT] = "int",
		[VOLE_CONSTANT_RUNE] = "rune",
		[VOLE_CONSTANT_FLOAT] = "float",
		[VOLE_CONSTANT_COMPLEX] = "complex",
	};

	return kinds[kind];
}

bool vole_constant_is_number(const struct vole_constant *c)
{
	return c->kind >= VOLE_CONSTANT_INT;
}

static bool is_int(const struct vole_constant *c)
{
	return c->kind == VOLE_CONSTANT_INT || c->kind == VOLE_CONSTANT_RUNE;
}

bool vole_constant_to_int(const struct vole_constant *c, __int128 *ret)
{
	if (is_int(c)) {
		*ret = c->i;
		return true;
	}
	if (!vole_constant_is_number(c) || c->im != 0 || c->off != 0 ||
	    truncl(c->re) != c->re || fabsl(c->re) >= 0x1p126L)
		return false;
	*ret = (__int128)c->re;
	return true;
}

/* How far a number may be from @p x that was rounded to it. */
static long double half_ulp(long double x)
{
	return fabsl(x) * 0x1p-64L;
}

struct vole_constant vole_constant_to_complex(const struct vole_constant *c)
{
	struct vole_constant ret = *c;

	if (is_int(c)) {
		ret.re = (long double)c->i;
		ret.rounded = (double)c->i;
		ret.im = 0;
		/* The largest are rounded to what is no __int128. */
		ret.off = fabsl(ret.re) < 0x1p127L && (__int128)ret.re == c->i ?
				  0 :
				  half_ulp(ret.re);
	}
	ret.kind = VOLE_CONSTANT_COMPLEX;
	return ret;
}

static const char *show_int(__int128 i, char *buf, size_t room)
{
	unsigned __int128 n = i < 0 ? -(unsigned __int128)i :
				      (unsigned __int128)i;
	char digits[48];
	size_t at = sizeof(digits) - 1;

	digits[at] = 0;
	do {
		digits[--at] = (char)('0' + (int)(n % 10));
		n /= 10;
	} while (n);
	if (i < 0)
		digits[--at] = '-';
	snprintf(buf, room, "%s", digits + at);
	return buf;
}

const char *vole_constant_show(const struct vole_constant *c, char *buf,
			       size_t room)
{
	char copy[24];

	switch (c->kind) {
	case VOLE_CONSTANT_BOOL:
		snprintf(buf, room, "%s", c->truth ? "true" : "false");
		break;
	case VOLE_CONSTANT_STRING:
		snprintf(copy, sizeof(copy), "%.*s",
			 c->len < 23 ? (int)c->len : 23, c->text);
		vole_escape_into(buf, room, copy);
		break;
	case VOLE_CONSTANT_FLOAT:
		snprintf(buf, room, "%Lg", c->re);
		break;
	case VOLE_CONSTANT_COMPLEX:
		snprintf(buf, room, "(%Lg%+Lgi)", c->re, c->im);
		break;
	default:
		return show_int(c->i, buf, room);
	}
	return buf;
}

static bool overflow(size_t column, struct vole_error *err)
{
	return vole_fail_at(err, VOLE_SYNTAX, column,
			    "constant overflow (more than 127 bits)");
}

bool vole_constant_unary(enum vole_token_kind op, const struct vole_constant *c,
			 size_t column, struct vole_constant *ret,
			 struct vole_error *err)
{
	struct vole_constant r = *c;

	if (op == VOLE_TOKEN_NOT && c->kind == VOLE_CONSTANT_BOOL) {
		r.truth = !c->truth;
	} else if (op == VOLE_TOKEN_XOR && is_int(c)) {
		r.i = ~c->i;
	} else if (op == VOLE_TOKEN_SUB && vole_constant_is_number(c)) {
		if (is_int(c) &&
		    __builtin_sub_overflow((__int128)0, c->i, &r.i))
			return overflow(column, err);
		r.re = -c->re;
		r.im = -c->im;
		r.rounded = -c->rounded;
		/* Constants have no negative zero. */
		if (r.re == 0)
			r.re = r.rounded = 0;
	} else if (op != VOLE_TOKEN_ADD || !vole_constant_is_number(c)) {
		return vole_fail_at(err, VOLE_SYNTAX, column,
				    "operator %s is not defined on untyped %s",
				    vole_token_name(op),
				    vole_constant_kind_name(c->kind));
	}
	*ret = r;
	return true;
}

static bool undefined(const struct vole_constant_op *op,
		      enum vole_constant_kind kind, struct vole_error *err)
{
	return vole_fail_at(err, VOLE_SYNTAX, op->column,
			    "operator %s is not defined on untyped %s",
			    vole_token_name(op->op),
			    vole_constant_kind_name(kind));
}

/* The answer of a comparison from -1, 0, 1. */
static struct vole_constant ordered(enum vole_token_kind op, int order)
{
	switch (op) {
	case VOLE_TOKEN_EQL:
		return vole_constant_bool(order == 0);
	case VOLE_TOKEN_NEQ:
		return vole_constant_bool(order != 0);
	case VOLE_TOKEN_LSS:
		return vole_constant_bool(order < 0);
	case VOLE_TOKEN_LEQ:
		return vole_constant_bool(order <= 0);
	case VOLE_TOKEN_GTR:
		return vole_constant_bool(order > 0);
	default:
		return vole_constant_bool(order >= 0);
	}
}

static bool is_comparison(enum vole_token_kind op)
{
	return op >= VOLE_TOKEN_EQL && op <= VOLE_TOKEN_GEQ;
}

static bool binary_bool(const struct vole_constant_op *op,
			const struct vole_constant *a,
			const struct vole_constant *b,
			struct vole_constant *ret, struct vole_error *err)
{
	switch (op->op) {
	case VOLE_TOKEN_LAND:
		*ret = vole_constant_bool(a->truth && b->truth);
		return true;
	case VOLE_TOKEN_LOR:
		*ret = vole_constant_bool(a->truth || b->truth);
		return true;
	case VOLE_TOKEN_EQL:
	case VOLE_TOKEN_NEQ:
		*ret = ordered(op->op, a->truth != b->truth);
		return true;
	default:
		return undefined(op, a->kind, err);
	}
}

static bool binary_string(const struct vole_constant_op *op,
			  const struct vole_constant *a,
			  const struct vole_constant *b,
			  struct vole_constant *ret, struct vole_error *err)
{
	size_t both = a->len < b->len ? a->len : b->len;
	char *text;
	int order;

	if (is_comparison(op->op)) {
		order = both ? memcmp(a->text, b->text, both) : 0;
		if (!order)
			order = (a->len > b->len) - (a->len < b->len);
		*ret = ordered(op->op, order);
		return true;
	}
	if (op->op != VOLE_TOKEN_ADD)
		return undefined(op, a->kind, err);
	if (a->len > MAX_TEXT || b->len > MAX_TEXT - a->len)
		return vole_fail_at(err, VOLE_UNSUPPORTED, op->column,
				    "string of more than %d bytes", MAX_TEXT);
	text = vole_arena_alloc(op->arena, a->len + b->len + 1);
	if (!text)
		return vole_fail_nomem(err);
	if (a->len)
		memcpy(text, a->text, a->len);
	if (b->len)
		memcpy(text + a->len, b->text, b->len);
	*ret = (struct vole_constant){ .kind = VOLE_CONSTANT_STRING,
				       .text = text,
				       .len = a->len + b->len };
	return true;
}

static bool too_near(const struct vole_constant_op *op, struct vole_error *err)
{
	return vole_fail_at(err, VOLE_UNSUPPORTED, op->column,
			    "these constants are too near to each other to be "
			    "told apart by the 64 bits that are kept");
}

/* What is lost when a op b, of numbers that are exact, becomes r. */
static long double lost(enum vole_token_kind op, long double a, long double b,
			long double r)
{
	long double rest;

	switch (op) {
	case VOLE_TOKEN_MUL:
		rest = fmal(a, b, -r);
		break;
	case VOLE_TOKEN_QUO:
		rest = fmal(r, b, -a);
		break;
	default:
		/* Knuth's sum of two, in order of size. */
		rest = fabsl(a) < fabsl(b) ? a - (r - b) : b - (r - a);
		break;
	}
	return rest == 0 ? 0 : half_ulp(r);
}

/* What a op b may be off by, with what a and b are. */
static long double carried(enum vole_token_kind op,
			   const struct vole_constant *a,
			   const struct vole_constant *b, long double r)
{
	long double x = fabsl(a->re), y = fabsl(b->re);

	if (op == VOLE_TOKEN_MUL)
		return x * b->off + y * a->off + a->off * b->off;
	if (op == VOLE_TOKEN_QUO)
		return (a->off + fabsl(r) * b->off) / (y - b->off);
	return a->off + b->off;
}

static bool compare_floats(const struct vole_constant_op *op,
			   const struct vole_constant *a,
			   const struct vole_constant *b,
			   struct vole_constant *ret, struct vole_error *err)
{
	long double off = a->off + b->off;

	if (off != 0 && fabsl(a->re - b->re) <= off)
		return too_near(op, err);
	*ret = ordered(op->op, (a->re > b->re) - (a->re < b->re));
	return true;
}

static bool binary_float(const struct vole_constant_op *op,
			 const struct vole_constant *x,
			 const struct vole_constant *y,
			 struct vole_constant *ret, struct vole_error *err)
{
	long double a = x->re, b = y->re, r, off;

	if (is_comparison(op->op))
		return compare_floats(op, x, y, ret, err);
	switch (op->op) {
	case VOLE_TOKEN_ADD:
		r = a + b;
		break;
	case VOLE_TOKEN_SUB:
		r = a - b;
		break;
	case VOLE_TOKEN_MUL:
		r = a * b;
		break;
	case VOLE_TOKEN_QUO:
		if (fabsl(b) <= y->off)
			return b == 0 && y->off == 0 ?
				       vole_fail_at(err, VOLE_SYNTAX,
						    op->column,
						    "division by zero") :
				       too_near(op, err);
		r = a / b;
		break;
	default:
		return undefined(op, VOLE_CONSTANT_FLOAT, err);
	}
	if (!isfinite(r))
		return vole_fail_at(err, VOLE_SYNTAX, op->column,
				    "constant overflow of a float");
	off = lost(op->op, a, op->op == VOLE_TOKEN_SUB ? -b : b, r) +
	      carried(op->op, x, y, r);
	/* Which float64 it is must not depend on it. */
	if ((double)(r - off) != (double)(r + off))
		return too_near(op, err);
	*ret = vole_constant_float(r);
	ret->off = off;
	return true;
}

static bool binary_complex(const struct vole_constant_op *op,
			   const struct vole_constant *a,
			   const struct vole_constant *b,
			   struct vole_constant *ret, struct vole_error *err)
{
	bool same = a->re == b->re && a->im == b->im;
	long double scale = b->re * b->re + b->im * b->im;
	long double off = a->off + b->off;
	long double re, im;

	switch (op->op) {
	case VOLE_TOKEN_EQL:
	case VOLE_TOKEN_NEQ:
		if (off != 0 && fabsl(a->re - b->re) <= off &&
		    fabsl(a->im - b->im) <= off)
			return too_near(op, err);
		*ret = ordered(op->op, !same);
		return true;
	case VOLE_TOKEN_ADD:
		re = a->re + b->re;
		im = a->im + b->im;
		break;
	case VOLE_TOKEN_SUB:
		re = a->re - b->re;
		im = a->im - b->im;
		break;
	case VOLE_TOKEN_MUL:
		re = a->re * b->re - a->im * b->im;
		im = a->re * b->im + a->im * b->re;
		break;
	case VOLE_TOKEN_QUO:
		if (scale == 0)
			return vole_fail_at(err, VOLE_SYNTAX, op->column,
					    "division by zero");
		re = (a->re * b->re + a->im * b->im) / scale;
		im = (a->im * b->re - a->re * b->im) / scale;
		break;
	default:
		return undefined(op, VOLE_CONSTANT_COMPLEX, err);
	}
	if (!isfinite(re) || !isfinite(im))
		return vole_fail_at(err, VOLE_SYNTAX, op->column,
				    "constant overflow of a complex number");
	*ret = vole_constant_float(re);
	ret->kind = VOLE_CONSTANT_COMPLEX;
	ret->im = im;
	/* A bound for either part, and a wide one. */
	if (op->op == VOLE_TOKEN_QUO || off != 0)
		ret->off = (fabsl(re) + fabsl(im)) * 0x1p-56L + 4 * off;
	return true;
}

static bool arithmetic(const struct vole_constant_op *op, __int128 a,
		       __int128 b, __int128 *ret, struct vole_error *err)
{
	bool div = op->op == VOLE_TOKEN_QUO || op->op == VOLE_TOKEN_REM;
	bool wrapped = false;

	if (div && b == 0)
		return vole_fail_at(err, VOLE_SYNTAX, op->column,
				    "division by zero");
	switch (op->op) {
	case VOLE_TOKEN_ADD:
		wrapped = __builtin_add_overflow(a, b, ret);
		break;
	case VOLE_TOKEN_SUB:
		wrapped = __builtin_sub_overflow(a, b, ret);
		break;
	case VOLE_TOKEN_MUL:
		wrapped = __builtin_mul_overflow(a, b, ret);
		break;
	case VOLE_TOKEN_QUO:
		/* The one quotient that does not fit: -2^127 / -1. */
		wrapped = b == -1 &&
			  __builtin_sub_overflow((__int128)0, a, ret);
		if (b != -1)
			*ret = a / b;
		break;
	case VOLE_TOKEN_REM:
		*ret = b == -1 ? 0 : a % b;
		break;
	case VOLE_TOKEN_AND:
		*ret = a & b;
		break;
	case VOLE_TOKEN_OR:
		*ret = a | b;
		break;
	case VOLE_TOKEN_XOR:
		*ret = a ^ b;
		break;
	case VOLE_TOKEN_AND_NOT:
		*ret = a & ~b;
		break;
	default:
		return undefined(op, VOLE_CONSTANT_INT, err);
	}
	return wrapped ? overflow(op->column, err) : true;
}

static bool shift(const struct vole_constant_op *op,
		  const struct vole_constant *a, const struct vole_constant *b,
		  struct vole_constant *ret, struct vole_error *err)
{
	__int128 x, n;

	if (!vole_constant_to_int(a, &x) || !vole_constant_to_int(b, &n))
		return vole_fail_at(err, VOLE_SYNTAX, op->column,
				    "shift of or by what is no integer");
	if (n < 0)
		return vole_fail_at(err, VOLE_SYNTAX, op->column,
				    "negative shift count");
	if (op->op == VOLE_TOKEN_SHR)
		x = n > 126 ? -(x < 0) : x >> (int)n;
	else if (x && (n > 126 ||
		       __builtin_mul_overflow(x, (__int128)1 << (int)n, &x)))
		return overflow(op->column, err);
	*ret = vole_constant_int(x);
	if (a->kind == VOLE_CONSTANT_RUNE)
		ret->kind = VOLE_CONSTANT_RUNE;
	return true;
}

bool vole_constant_binary(const struct vole_constant_op *op,
			  const struct vole_constant *a,
			  const struct vole_constant *b,
			  struct vole_constant *ret, struct vole_error *err)
{
	enum vole_constant_kind kind = a->kind > b->kind ? a->kind : b->kind;
	struct vole_constant x, y;
	__int128 i = 0;

	if (op->op == VOLE_TOKEN_SHL || op->op == VOLE_TOKEN_SHR)
		return shift(op, a, b, ret, err);
	if (a->kind != b->kind &&
	    (!vole_constant_is_number(a) || !vole_constant_is_number(b)))
		return vole_fail_at(
			err, VOLE_SYNTAX, op->column,
			"mismatched types untyped %s and untyped %s",
			vole_constant_kind_name(a->kind),
			vole_constant_kind_name(b->kind));
	if (kind == VOLE_CONSTANT_BOOL)
		return binary_bool(op, a, b, ret, err);
	if (kind == VOLE_CONSTANT_STRING)
		return binary_string(op, a, b, ret, err);
	if (kind == VOLE_CONSTANT_INT || kind == VOLE_CONSTANT_RUNE) {
		if (is_comparison(op->op)) {
			*ret = ordered(op->op, (a->i > b->i) - (a->i < b->i));
			return true;
		}
		if (!arithmetic(op, a->i, b->i, &i, err))
			return false;
		*ret = vole_constant_int(i);
		ret->kind = kind;
		return true;
	}
	x = vole_constant_to_complex(a);
	y = vole_constant_to_complex(b);
	if (kind == VOLE_CONSTANT_FLOAT)
		return binary_float(op, &x, &y, ret, err);
	return binary_complex(op, &x, &y, ret, err);
}
